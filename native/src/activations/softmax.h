// Softmax along an axis: y = exp(x - max) / sum(exp(x - max)).
#ifndef RECTIFIER_ACTIVATIONS_SOFTMAX_H
#define RECTIFIER_ACTIVATIONS_SOFTMAX_H

#include "../engine/loop.h"
#include "../engine/sum.h"
#include "exponential.h"

namespace {

// exp(x - max), where what is lost in the difference is not lost in the exponential.
template <class P>
P exp_difference(P x, P max) {
    Pair<P> difference = two_difference(x, max);
    // Of an infinite difference there is nothing left over.
    P finite = less(absolute(difference.hi), set<P>(std::numeric_limits<ScalarOf<P>>::infinity()));
    P low = select(finite, difference.lo, set<P>(0));
    return or_nan(difference.hi, exp_of_negative(difference.hi, low));
}

// e / sum, where sum is given to twice the working precision.
template <class P>
P share(P e, Pair<P> sum) {
    Pair<P> q = quotient(Pair<P>{e, set<P>(0)}, sum);
    return or_nan(sum.hi, add(q.hi, q.lo));
}

// A sum as hi + lo. Its NaN has one sign on every processor.
template <class S>
Pair<S> split(double sum) {
    const S hi = sum == sum ? S(sum) : std::numeric_limits<S>::quiet_NaN();
    return {hi, S(sum - double(hi))};
}

// The maximum, or something that isn't it if there is a NaN, which then shows in the sum.
template <class S>
S maximum(const S* x, int64_t n) {
    S lane[sum_lanes];
    for (S& m : lane) {
        m = x[0];
    }
    int64_t i = 0;
    for (; i + sum_lanes <= n; i += sum_lanes) {
        for (int l = 0; l < sum_lanes; ++l) {
            lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
        }
    }
    for (; i < n; ++i) {
        lane[0] = x[i] > lane[0] ? x[i] : lane[0];
    }
    S result = lane[0];
    for (S m : lane) {
        result = m > result ? m : result;
    }
    return result;
}

// Rows [first, last) of length n, side by side in memory.
template <class S>
void softmax_rows(const S* x, S* y, int64_t first, int64_t last, int64_t n) {
    using P = Packet<S>;
    for (int64_t row = first; row < last; ++row) {
        const S* from = x + row * n;
        S* to = y + row * n;
        const P max = set<P>(maximum(from, n));
        for_each([max](P v) { return exp_difference(v, max); }, n, to, from);
        const Pair<S> sum = split<S>(sum_of<S>(n, [to](int64_t i) { return double(to[i]); }).total());
        const Pair<P> total = {set<P>(sum.hi), set<P>(sum.lo)};
        for_each([total](P e) { return share(e, total); }, n, to, to);
    }
}

// dx = y * (dy - sum(y * dy))
template <class S>
void softmax_gradient_rows(const S* y, const S* dy, S* dx, int64_t first, int64_t last, int64_t n) {
    using P = Packet<S>;
    for (int64_t row = first; row < last; ++row) {
        const S* p = y + row * n;
        const S* d = dy + row * n;
        const double dot = sum_of<S>(n, [p, d](int64_t i) { return double(p[i]) * double(d[i]); }).total();
        const P mean = set<P>(rounded<S>(dot));
        for_each([mean](P v, P g) { return or_nan(mean, multiply(v, subtract(g, mean))); }, n, dx + row * n, p, d);
    }
}

// Columns are taken in blocks of this many, side by side in memory.
constexpr int column_block = 64;

// Calls body(from, width, sums) for blocks that together are the columns [first, last) of all outer * inner columns,
// where element i of the block's first column is at from + i * inner; sums are the block's own.
template <class S, class Body>
void for_column_blocks(int64_t first, int64_t last, int64_t n, int64_t inner, const Body& body) {
    for (int64_t column = first; column < last;) {
        const int64_t in_row = column % inner;
        int64_t width = last - column < inner - in_row ? last - column : inner - in_row;
        width = width < column_block ? width : column_block;
        LaneSum<S> sums[column_block / sum_lanes];
        body(column / inner * n * inner + in_row, int(width), sums);
        column += width;
    }
}

template <class S>
void softmax_columns(const S* x, S* y, int64_t first, int64_t last, int64_t n, int64_t inner) {
    using P = Packet<S>;
    for_column_blocks<S>(first, last, n, inner, [=](int64_t from, int width, LaneSum<S>* sums) {
        S max[column_block], hi[column_block], lo[column_block];
        std::memcpy(max, x + from, size_t(width) * sizeof(S));
        for (int64_t i = 1; i < n; ++i) {
            const S* row = x + from + i * inner;
            for (int c = 0; c < width; ++c) {
                max[c] = row[c] > max[c] ? row[c] : max[c];
            }
        }
        for (int64_t i = 0; i < n; ++i) {
            S* row = y + from + i * inner;
            for_each([](P v, P m) { return exp_difference(v, m); }, width, row, x + from + i * inner, max);
            for (int c = 0; c < width; ++c) {
                sums[c / sum_lanes].add(c % sum_lanes, row[c]);
            }
        }
        for (int c = 0; c < width; ++c) {
            const Pair<S> sum = split<S>(sums[c / sum_lanes].lane_total(c % sum_lanes));
            hi[c] = sum.hi;
            lo[c] = sum.lo;
        }
        for (int64_t i = 0; i < n; ++i) {
            S* row = y + from + i * inner;
            for_each([](P e, P h, P l) { return share(e, Pair<P>{h, l}); }, width, row, row, hi, lo);
        }
    });
}

template <class S>
void softmax_gradient_columns(const S* y, const S* dy, S* dx, int64_t first, int64_t last, int64_t n, int64_t inner) {
    using P = Packet<S>;
    for_column_blocks<S>(first, last, n, inner, [=](int64_t from, int width, LaneSum<S>* sums) {
        S mean[column_block];
        for (int64_t i = 0; i < n; ++i) {
            const int64_t row = from + i * inner;
            for (int c = 0; c < width; ++c) {
                sums[c / sum_lanes].add(c % sum_lanes, double(y[row + c]) * double(dy[row + c]));
            }
        }
        for (int c = 0; c < width; ++c) {
            mean[c] = rounded<S>(sums[c / sum_lanes].lane_total(c % sum_lanes));
        }
        for (int64_t i = 0; i < n; ++i) {
            const int64_t row = from + i * inner;
            for_each([](P v, P g, P m) { return or_nan(m, multiply(v, subtract(g, m))); }, width, dx + row, y + row,
                dy + row, mean);
        }
    });
}

}  // namespace

#endif
