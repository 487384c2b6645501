// Gated linear units (Dauphin et al. 2016, arXiv 1612.08083): one half of the elements gates the other.
#ifndef RECTIFIER_ACTIVATIONS_GLU_H
#define RECTIFIER_ACTIVATIONS_GLU_H

#include "../engine/loop.h"
#include "exponential.h"

namespace {

// a * 2^k for any a and an integral k <= 1 that is not below what ReducedExp gives: each of three factors is a normal
// number.
template <class P>
P scale_down(P a, P k) {
    using S = ScalarOf<P>;
    P third = round(multiply(k, set<P>(S(1) / S(3))));
    P power = power_of_two(third);
    P last = power_of_two(subtract(subtract(k, third), third));
    return multiply(multiply(multiply(a, power), power), last);
}

// a as hi * 2^lo, where hi is far enough from overflow for a factor of 2.
template <class P>
Pair<P> with_headroom(P a) {
    Mask<P> is_large = less(set<P>(1), absolute(a));
    return {multiply(a, select(is_large, set<P>(ScalarOf<P>(0.5)), set<P>(1))), select(is_large, set<P>(1), set<P>(0))};
}

// a * sigmoid(b). 0 with the sign of a for b = -infinity, whatever a is; NaN for a NaN.
template <class P>
P glu(P a, P b) {
    P infinity = set<P>(std::numeric_limits<ScalarOf<P>>::infinity());
    Gate<P> s(b);
    Pair<P> scaled = with_headroom(a);
    P gated = divide(scaled.hi, s.one_plus.hi);
    gated = select(equal(absolute(a), infinity), a, gated);
    gated = scale_down(gated, add(scaled.lo, s.exponent));
    gated = select(equal(b, negate(infinity)), set<P>(0), gated);
    return or_nan(a, or_nan(b, copy_sign(gated, a)));
}

// sigmoid(b) * dy
template <class P>
P glu_gradient(P a, P b, P dy) {
    return or_nan(a, gradient(b, Gate<P>(b).value(), dy));
}

// a * sigmoid'(b) * dy, where the derivative is 0 for an infinite b, whatever a is.
template <class P>
P glu_gate_gradient(P a, P b, P dy) {
    P infinity = set<P>(std::numeric_limits<ScalarOf<P>>::infinity());
    Logistic<P> s(b);
    Pair<P> scaled = with_headroom(a);
    P derivative = multiply(scaled.hi, product(s.small(), s.large()));
    derivative = scale_down(derivative, add(scaled.lo, s.exponent));
    derivative = select(equal(absolute(b), infinity), set<P>(0), derivative);
    return or_nan(a, gradient(b, derivative, dy));
}

// Calls body(a, b, y, n) with offsets into x and y, for runs that together are the elements [first, last) of a y of
// rows of `half`, and an x of rows of two halves.
template <class Body>
void for_halves(int64_t first, int64_t last, int64_t half, const Body& body) {
    for (int64_t i = first; i < last;) {
        const int64_t row = i / half, in_row = i % half;
        const int64_t n = last - i < half - in_row ? last - i : half - in_row;
        const int64_t a = 2 * row * half + in_row;
        body(a, a + half, i, n);
        i += n;
    }
}

template <class S>
void glu_forward(const S* x, S* y, int64_t first, int64_t last, int64_t half) {
    using P = Packet<S>;
    for_halves(first, last, half, [=](int64_t a, int64_t b, int64_t at, int64_t n) {
        for_each([](P u, P v) { return glu(u, v); }, n, y + at, x + a, x + b);
    });
}

template <class S>
void glu_backward(const S* x, const S* dy, S* dx, int64_t first, int64_t last, int64_t half) {
    using P = Packet<S>;
    for_halves(first, last, half, [=](int64_t a, int64_t b, int64_t at, int64_t n) {
        // dx may be x, and both gradients need both halves of x.
        constexpr int64_t run = 256;
        S kept[run];
        for (int64_t i = 0; i < n; i += run) {
            const int64_t m = n - i < run ? n - i : run;
            const S *u = x + a + i, *v = x + b + i, *g = dy + at + i;
            for_each([](P p, P q, P d) { return glu_gradient(p, q, d); }, m, kept, u, v, g);
            for_each([](P p, P q, P d) { return glu_gate_gradient(p, q, d); }, m, dx + b + i, u, v, g);
            std::memcpy(dx + a + i, kept, size_t(m) * sizeof(S));
        }
    });
}

}  // namespace

#endif
