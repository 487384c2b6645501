// ReLU of x beside ReLU of -x (Shang et al. 2016, arXiv 1603.05201).
#ifndef RECTIFIER_ACTIVATIONS_CONCATENATED_H
#define RECTIFIER_ACTIVATIONS_CONCATENATED_H

#include "glu.h"

namespace {

// y has rows of x's twice as long.
template <class S>
void concatenated_relu(const S* x, S* y, int64_t first, int64_t last, int64_t row) {
    using P = Packet<S>;
    const auto rectified = [](P v) { return or_nan(v, select(positive(v), v, set<P>(0))); };
    for_rows(first, last, row, 2 * row, [=](int64_t pair, int64_t at, int64_t n) {
        for_each(rectified, n, y + pair, x + at);
        for_each([=](P v) { return rectified(negate(v)); }, n, y + pair + row, x + at);
    });
}

// +0 for x = 0, whatever dy is.
template <class S>
void concatenated_relu_gradient(const S* x, const S* dy, S* dx, int64_t first, int64_t last, int64_t row) {
    using P = Packet<S>;
    const auto gradient = [](P v, P above, P below) {
        const P zero = set<P>(0);
        return or_nan(v, select(positive(v), above, select(less(v, zero), negate(below), zero)));
    };
    for_rows(first, last, row, 2 * row, [=](int64_t pair, int64_t at, int64_t n) {
        for_each(gradient, n, dx + at, x + at, dy + pair, dy + pair + row);
    });
}

}  // namespace

#endif
