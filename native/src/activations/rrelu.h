// Randomized leaky ReLU, training form (Xu et al. 2015, arXiv 1505.00853, section 2.4).
#ifndef RECTIFIER_ACTIVATIONS_RRELU_H
#define RECTIFIER_ACTIVATIONS_RRELU_H

#include "../engine/loop.h"
#include "../engine/table.h"
#include "../initializers/distributions.h"
#include "rectifiers.h"

namespace {

// Calls body(from, n, slopes) for runs that together are the elements [first, last).
template <class S, class Body>
void for_random_slopes(const RandomSlope& slope, int64_t first, int64_t last, const Body& body) {
    constexpr int64_t run = 1024;
    const Uniform<S> uniform(slope.lower, slope.upper);
    S slopes[run];
    for (int64_t from = first; from < last; from += run) {
        const int64_t n = last - from < run ? last - from : run;
        if (slope.reciprocal) {
            draw(slope.key, Domain::rrelu, from, n, slopes,
                [=](auto bits) { return divide(set<Packet<S>>(1), uniform(bits)); });
        } else {
            draw(slope.key, Domain::rrelu, from, n, slopes, uniform);
        }
        body(from, n, slopes);
    }
}

template <class S>
void rrelu_forward(const RandomSlope& slope, const S* x, S* y, int64_t first, int64_t last) {
    using P = Packet<S>;
    for_random_slopes<S>(slope, first, last, [=](int64_t from, int64_t n, const S* slopes) {
        for_each([](P v, P s) { return forward_of(LeakyRelu<S>(s))(v); }, n, y + from, x + from, slopes);
    });
}

template <class S>
void rrelu_backward(const RandomSlope& slope, const S* x, const S* dy, S* dx, int64_t first, int64_t last) {
    using P = Packet<S>;
    for_random_slopes<S>(slope, first, last, [=](int64_t from, int64_t n, const S* slopes) {
        for_each([](P v, P d, P s) { return backward_of(LeakyRelu<S>(s))(v, d); }, n, dx + from, x + from, dy + from,
            slopes);
    });
}

}  // namespace

#endif
