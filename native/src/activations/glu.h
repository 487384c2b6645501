// Gated linear units (Dauphin et al. 2016, arXiv 1612.08083; with any gate Shazeer 2020, arXiv 2002.05202): some
// elements gate others.
#ifndef RECTIFIER_ACTIVATIONS_GLU_H
#define RECTIFIER_ACTIVATIONS_GLU_H

#include <cmath>

#include "../engine/loop.h"
#include "../engine/table.h"
#include "../engine/wide.h"
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

// Calls body(from, at, n) with an offset into a and b and one into y, for runs that together are the elements
// [first, last) of a y of rows of `row`, where the rows of a and b are `stride` apart.
template <class Body>
void for_rows(int64_t first, int64_t last, int64_t row, int64_t stride, const Body& body) {
    for (int64_t i = first; i < last;) {
        const int64_t in_row = i % row, left = row - in_row;
        const int64_t n = last - i < left ? last - i : left;
        body(i / row * stride + in_row, i, n);
        i += n;
    }
}

// Elements that are worked on at once, so that what is between them stays in the nearest cache.
constexpr int64_t gated_run = 256;

// The parameters as a kernel for S sees them.
template <class S>
Parameters rounded_parameters(const Parameters& p) {
    // GCC 12 leaves out the conversions to float and back of two doubles side by side.
    const volatile S rounded[] = {S(p.p[0]), S(p.p[1]), S(p.p[2])};
    return {{double(rounded[0]), double(rounded[1]), double(rounded[2])}};
}

// Elements i, i + 1, ... of n, as many as a packet has lanes or there are.
template <class S>
Packet<S> load_up_to(const S* from, int64_t i, int64_t n) {
    using P = Packet<S>;
    return n - i < lanes<P> ? load_some<P>(from + i, int(n - i)) : load<P>(from + i);
}

// n elements of a run, where there is room for whole packets.
inline void load_as_double(const float* from, double* to, int64_t n) {
    constexpr int width = lanes<Packet<float>>;
    for (int64_t i = 0; i < n; i += width) {
        const Wide wide = widen(load_up_to(from, i, n));
        store(to + i, wide.low);
        store(to + i + width / 2, wide.high);
    }
}
inline void load_as_double(const double* from, double* to, int64_t n) { copy_bytes(to, from, size_t(n) * sizeof *to); }

template <class S>
void store_up_to(S* to, int64_t i, int64_t n, Packet<S> value) {
    if (n - i < lanes<Packet<S>>) {
        store_some(to + i, value, int(n - i));
    } else {
        store(to + i, value);
    }
}

inline Wide load_wide(const double* from) {
    return {load<Wide::Half>(from), load<Wide::Half>(from + lanes<Wide::Half>)};
}

template <class S>
Packet<S> load_from_double(const double* from) {
    if constexpr (sizeof(S) == sizeof(float)) {
        return narrow(load_wide(from));
    } else {
        return load<Packet<S>>(from);
    }
}

// factor * gate, given that product where neither is special; a gate of 0 is shut, also for an infinite factor. NaN for
// a NaN, always the same one.
template <class P>
P gated_product(P factor, P gate, P product) {
    product = select(equal(gate, set<P>(0)), turned_where_negative(factor, gate), product);
    P nan = set<P>(std::numeric_limits<ScalarOf<P>>::quiet_NaN());
    return select(equal(factor, factor), select(equal(product, product), product, nan), nan);
}

inline Wide gated_product(Wide factor, Wide gate) {
    const Wide product = multiply(factor, gate);
    return {gated_product(factor.low, gate.low, product.low), gated_product(factor.high, gate.high, product.high)};
}

// a * f(x), where the lanes are ordinary: where f has that product for x, and it is finite and not too small for f.
template <class P>
struct OrdinaryGated {
    P value;
    Mask<P> is_ordinary;

    template <class F>
    OrdinaryGated(const F& f, P a, P x) : value(f.ordinary_gated(a, x)) {
        P infinity = set<P>(std::numeric_limits<ScalarOf<P>>::infinity()), size = absolute(value);
        is_ordinary = both(less(absolute(x), set<P>(F::ordinary)), less(size, infinity));
        if constexpr (F::least_ordinary != 0) {
            Mask<P> is_zero = equal(multiply(a, x), set<P>(0));
            is_ordinary = both(is_ordinary, either(less(set<P>(F::least_ordinary), size), is_zero));
        }
    }
};

// y = a * f(x) for ordinary packets from i on, up to the first that isn't, or that isn't whole. Returns where that is.
// Without a call in it, the loop keeps its constants in registers.
template <class F>
RECTIFIER_FLATTEN int64_t ordinary_gated(const F& f, const float* a, const float* x, float* y, int64_t i, int64_t n) {
    using P = Packet<float>;
    for (; i + lanes<P> <= n; i += lanes<P>) {
        OrdinaryGated<P> packet(f, load<P>(a + i), load<P>(x + i));
        if (!in_all_lanes(packet.is_ordinary)) {
            break;
        }
        store(y + i, packet.value);
    }
    return i;
}

// What gives a * f(x) for special lanes is `careful`.
template <class F, class Careful>
void gated(const F& f, const Careful& careful, const float* a, const float* x, float* y, int64_t n) {
    using P = Packet<float>;
    for (int64_t i = 0; i < n; i += lanes<P>) {
        i = ordinary_gated(f, a, x, y, i, n);
        if (i < n) {
            const P u = load_up_to(a, i, n), v = load_up_to(x, i, n);
            OrdinaryGated<P> packet(f, u, v);
            store_up_to(y, i, n, select(packet.is_ordinary, packet.value, careful(u, v)));
        }
    }
}

// A power of two that leaves exact products with a * unit clear of the ends of the range, and its inverse.
template <class P>
Pair<P> moderating_unit(P a) {
    P size = absolute(a);
    Mask<P> is_large = less(set<P>(0x1p400), size), is_small = less(size, set<P>(0x1p-400));
    P large = set<P>(0x1p500), small = set<P>(0x1p-500), one = set<P>(1);
    return {
        select(is_large, small, select(is_small, large, one)), select(is_large, large, select(is_small, small, one))};
}

// The same with a gate of twice the precision, rounded little more than once.
template <class P>
P gated_product(P factor, Pair<P> gate) {
    P plain = multiply(factor, gate.hi), precise;
    if constexpr (has_fma) {
        precise = product(factor, gate);
    } else {
        Pair<P> of_factor = moderating_unit(factor), of_gate = moderating_unit(gate.hi);
        Pair<P> moderate = {multiply(gate.hi, of_gate.hi), multiply(gate.lo, of_gate.hi)};
        precise = product(multiply(factor, of_factor.hi), moderate);
        precise = multiply(precise, multiply(of_factor.lo, of_gate.lo));
    }
    Mask<P> is_finite = less(absolute(precise), set<P>(std::numeric_limits<ScalarOf<P>>::infinity()));
    // A sum of zeros would lose the sign.
    return gated_product(factor, gate.hi, copy_sign(select(is_finite, precise, plain), plain));
}

// The value of a functor's pair for x, with 0 for a lower part that is none.
template <class P>
Pair<P> settled(P x, Pair<P> pair) {
    P infinity = set<P>(std::numeric_limits<ScalarOf<P>>::infinity()), zero = set<P>(0);
    return {or_nan(x, pair.hi), select(less(absolute(pair.lo), infinity), pair.lo, zero)};
}

template <class F>
void for_pairs(const F& f, const double* x, double* hi, double* lo, int64_t n) {
    using P = Packet<double>;
    for (int64_t i = 0; i < n; i += lanes<P>) {
        const P v = load<P>(x + i);
        const Pair<P> pair = settled(v, f(v));
        store(hi + i, pair.hi);
        store(lo + i, pair.lo);
    }
}

// Appends zeros to n numbers of a run, up to the length returned.
inline int64_t padded(double* run, int64_t n) {
    for (; n % pair_step != 0; ++n) {
        run[n] = 0;
    }
    return n;
}

// f'(b) for a run of n elements, in double.
inline void slopes(const Elementwise& f, const Parameters& parameters, const double* b, double* slope, int64_t n) {
    double one[gated_run];
    for (double& v : one) {
        v = 1;
    }
    f.f64.backward(parameters, b, one, slope, n, false);
}

// product = a * f(b) for a run of n elements, or a * f'(b).
inline void multiply_by_gate(const Elementwise& f, const Parameters& parameters, bool by_derivative, const double* a,
    const double* b, double* product, int64_t n) {
    using P = Packet<double>;
    double factor[gated_run], source[gated_run], lo[gated_run];
    load_as_double(a, factor, n);
    load_as_double(b, source, n);
    n = padded(source, n);
    padded(factor, n);
    const auto pair = by_derivative ? f.derivative_pair : f.forward_pair;
    if (pair != nullptr) {
        pair(parameters, source, product, lo, n);
        for (int64_t i = 0; i < n; i += lanes<P>) {
            const Pair<P> gate = {load<P>(product + i), load<P>(lo + i)};
            store(product + i, gated_product(load<P>(factor + i), gate));
        }
        return;
    }
    if (by_derivative) {
        slopes(f, parameters, source, product, n);
    } else {
        f.f64.forward(parameters, source, product, n, false);
    }
    for (int64_t i = 0; i < n; i += lanes<P>) {
        const P by = load<P>(factor + i), gate = load<P>(product + i);
        store(product + i, gated_product(by, gate, multiply(by, gate)));
    }
}

// y = a * f(b) in double, whatever S is: what float would lose of f(b), where that is a denormal number or 0, a large a
// would bring to light.
inline void gated_forward(const Elementwise& f, const Parameters& parameters, const double* a, const double* b,
    double* y, int64_t first, int64_t last, int64_t row, int64_t stride) {
    for_rows(first, last, row, stride, [&](int64_t from, int64_t at, int64_t count) {
        double product[gated_run];
        for (int64_t i = 0; i < count; i += gated_run) {
            const int64_t m = count - i < gated_run ? count - i : gated_run;
            multiply_by_gate(f, parameters, false, a + from + i, b + from + i, product, m);
            copy_bytes(y + at + i, product, size_t(m) * sizeof *y);
        }
    });
}

inline void gated_forward(const Elementwise& f, const Parameters& given, const float* a, const float* b, float* y,
    int64_t first, int64_t last, int64_t row, int64_t stride) {
    using P = Packet<float>;
    const Parameters parameters = rounded_parameters<float>(given);
    for_rows(first, last, row, stride, [&](int64_t from, int64_t at, int64_t count) {
        if (f.gated != nullptr) {
            return f.gated(parameters, a + from, b + from, y + at, count);
        }
        double gate[gated_run];
        for (int64_t i = 0; i < count; i += gated_run) {
            const int64_t m = count - i < gated_run ? count - i : gated_run;
            load_as_double(b + from + i, gate, m);
            f.f64.forward(parameters, gate, gate, m, false);
            for (int64_t k = 0; k < m; k += lanes<P>) {
                const Wide factor = widen(load_up_to(a + from + i, k, m));
                store_up_to(y + at + i, k, m, narrow(gated_product(factor, load_wide(gate + k))));
            }
        }
    });
}

// factor * dy; exactly +0 for a factor of 0, NaN for a NaN factor.
template <class P>
P gated_gradient(P factor, P dy) {
    P zero = set<P>(0);
    return select(equal(factor, factor), select(equal(factor, zero), zero, multiply(factor, dy)), factor);
}

// da = f(b) * dy and db = a * f'(b) * dy. Each run is computed before it is written, so that da and db may take the
// place of any source.
template <class S>
void gated_backward(const Elementwise& f, const Parameters& given, const S* a, const S* b, const S* dy, S* da, S* db,
    int64_t first, int64_t last, int64_t row, int64_t stride) {
    using P = Packet<S>;
    const Parameters parameters = rounded_parameters<S>(given);
    for_rows(first, last, row, stride, [&](int64_t from, int64_t at, int64_t count) {
        double source[gated_run], gate[gated_run], slope[gated_run];
        S of_a[gated_run], of_b[gated_run];
        for (int64_t i = 0; i < count; i += gated_run) {
            const int64_t m = count - i < gated_run ? count - i : gated_run, x = from + i;
            load_as_double(b + x, source, m);
            f.f64.forward(parameters, source, gate, m, false);
            if constexpr (sizeof(S) == sizeof(double)) {
                multiply_by_gate(f, parameters, true, a + x, source, slope, m);
            } else {
                slopes(f, parameters, source, slope, m);
            }
            for (int64_t k = 0; k < m; k += lanes<P>) {
                const P above = load_up_to(dy + at + i, k, m), u = load_up_to(a + x, k, m), v = load_up_to(b + x, k, m);
                const P nan = set<P>(std::numeric_limits<S>::quiet_NaN());
                const auto or_nan_of_both = [=](P value) {
                    return select(equal(u, u), select(equal(v, v), value, nan), nan);
                };
                P of_slope;
                if constexpr (sizeof(S) == sizeof(double)) {
                    of_slope = load<P>(slope + k);
                } else {
                    of_slope = narrow(gated_product(widen(u), load_wide(slope + k)));
                }
                store(of_a + k, or_nan_of_both(gated_gradient(load_from_double<S>(gate + k), above)));
                store(of_b + k, or_nan_of_both(gated_gradient(of_slope, above)));
            }
            copy_bytes(da + x, of_a, size_t(m) * sizeof(S));
            copy_bytes(db + x, of_b, size_t(m) * sizeof(S));
        }
    });
}

// The same for the logistic function, whose product can be had with all its digits and without double.
template <class S>
void glu_forward(const S* a, const S* b, S* y, int64_t first, int64_t last, int64_t row, int64_t stride) {
    using P = Packet<S>;
    for_rows(first, last, row, stride, [=](int64_t from, int64_t at, int64_t n) {
        for_each([](P u, P v) { return glu(u, v); }, n, y + at, a + from, b + from);
    });
}

template <class S>
void glu_backward(
    const S* a, const S* b, const S* dy, S* da, S* db, int64_t first, int64_t last, int64_t row, int64_t stride) {
    using P = Packet<S>;
    for_rows(first, last, row, stride, [=](int64_t from, int64_t at, int64_t n) {
        S of_a[gated_run], of_b[gated_run];
        for (int64_t i = 0; i < n; i += gated_run) {
            const int64_t m = n - i < gated_run ? n - i : gated_run;
            const S *u = a + from + i, *v = b + from + i, *g = dy + at + i;
            for_each([](P p, P q, P d) { return glu_gradient(p, q, d); }, m, of_a, u, v, g);
            for_each([](P p, P q, P d) { return glu_gate_gradient(p, q, d); }, m, of_b, u, v, g);
            copy_bytes(da + from + i, of_a, size_t(m) * sizeof(S));
            copy_bytes(db + from + i, of_b, size_t(m) * sizeof(S));
        }
    });
}

}  // namespace

#endif
