// Straight lines between two bounds, and what is gated by one. The derivative at a bound is 0, as outside.
#ifndef RECTIFIER_ACTIVATIONS_CLIPPED_H
#define RECTIFIER_ACTIVATIONS_CLIPPED_H

#include <cmath>

#include "family.h"
#include "knee.h"
#include "parameters.h"
#include "pieces.h"

namespace {

// x > min ? (x < max ? x : max) : min, min <= max. An infinite bound is none. The sign of a bound of 0 is +.
template <class S>
struct HardTanh {
    static constexpr const char* name = "hardTanh";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    P min, max;

    explicit HardTanh(const Parameters& parameters)
        : min(set<P>(S(parameters.p[0]) + S(0))), max(set<P>(S(parameters.p[1]) + S(0))) {}

    P forward(P x) const { return pieces(x, min, max, min, x, max); }

    P derivative(P x) const {
        return pieces(x, min, max, derivative_at_bound(min), set<P>(1), derivative_at_bound(max));
    }

    P derivative_from_output(P y) const { return derivative(y); }
};

// min(max(x, 0), 6) (Krizhevsky 2010). +0 for every x <= 0.
template <class S>
struct Relu6 : HardTanh<S> {
    static constexpr const char* name = "relu6";
    static constexpr int parameters = 0;

    explicit Relu6(const Parameters&) : HardTanh<S>(Parameters{{0, 6, 0}}) {}
};

// 1/6 to twice the working precision, also with parts of one sign, which a sum of products with a zero keeps.
template <class S>
struct Sixth;

template <>
struct Sixth<float> {
    static constexpr float hi = 0x1.555556p-3f, lo = -0x1.555556p-28f;
    static constexpr float lower = 0x1.555554p-3f, rest = 0x1.555556p-27f;
};

template <>
struct Sixth<double> {
    static constexpr double hi = 0x1.5555555555555p-3, lo = 0x1.5555555555555p-57;
    static constexpr double lower = hi, rest = lo;
};

// slope * x + offset between 0 and 1; of a slope of 1/6 and an offset of 1/2 exactly (x + 3) / 6. The bounds are
// reached where the exact line does.
template <class S>
struct HardSigmoid {
    static constexpr const char* name = "hardSigmoid";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    P slope, slope_lo, offset;
    P lower, upper, below, above;
    // slope = significand * unit, with a significand from 1 to 2.
    P significand, unit;

    explicit HardSigmoid(const Parameters& parameters) {
        const double p = parameters.p[0];
        const S b = S(parameters.p[1]);
        const bool sixth = (p == 1.0 / 6 || p == double(1.0f / 6)) && b == S(0.5);
        const S a = sixth ? Sixth<S>::hi : S(p);
        slope = set<P>(a);
        slope_lo = set<P>(sixth ? Sixth<S>::lo : S(0));
        offset = set<P>(b);
        int exponent;
        significand = set<P>(2 * std::frexp(a, &exponent));
        unit = set<P>(a == 0 ? S(1) : std::ldexp(S(1), exponent - 1));
        if (a == 0) {
            lower = upper = set<P>(0);
            below = above = set<P>(b > 0 ? (b < 1 ? b : S(1)) : S(0));
            return;
        }
        const S s = std::fabs(a);
        // Where |slope| * x + offset leaves 0 and reaches 1.
        const S zero = sixth ? S(-3) : -knee<S>(s, -b, 0);
        const S one = sixth ? S(3) : knee<S>(s, b, 1);
        lower = set<P>(a > 0 ? zero : -one);
        upper = set<P>(a > 0 ? one : -zero);
        below = set<P>(S(a > 0 ? 0 : 1));
        above = set<P>(S(a > 0 ? 1 : 0));
    }

    P forward(P x) const { return pieces(x, lower, upper, below, line(x), above); }
    P derivative(P x) const { return pieces(x, lower, upper, set<P>(0), slope, set<P>(0)); }
    P derivative_from_output(P y) const { return pieces(y, set<P>(0), set<P>(1), set<P>(0), slope, set<P>(0)); }

  private:
    P line(P x) const {
        if constexpr (has_fma) {
            return multiply_add(x, slope_lo, multiply_add(x, slope, offset));
        } else {
            Pair<P> steep = two_product(multiply(x, unit), significand);
            Mask<P> is_exact = less(set<P>(exact_product_from<S>), absolute(steep.hi));
            steep = {select(is_exact, steep.hi, multiply(x, slope)), select(is_exact, steep.lo, set<P>(0))};
            Pair<P> sum = two_sum(steep.hi, offset);
            return add(sum.hi, add(sum.lo, multiply_add(x, slope_lo, steep.lo)));
        }
    }
};

// (x + 1) / 2 between 0 and 1.
template <class S>
struct SparseSigmoid : HardSigmoid<S> {
    static constexpr const char* name = "sparseSigmoid";
    static constexpr int parameters = 0;

    explicit SparseSigmoid(const Parameters&) : HardSigmoid<S>(Parameters{{0.5, 0.5, 0}}) {}
};

// x * ((x + 3) / 6 between 0 and 1) (Howard et al. 2019, arXiv 1905.02244). -0 for x <= -3, derivative 1 at 3.
template <class S>
struct HardSwish {
    static constexpr const char* name = "hardSwish";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    static constexpr bool forward_suffices = !has_fma;
    using P = Packet<S>;

    explicit HardSwish(const Parameters&) {}

    P forward(P x) const {
        P three = set<P>(3);
        if constexpr (has_fma) {
            P above = at_least(x, negate(three));
            Pair<P> sixth = {set<P>(Sixth<S>::lower), set<P>(Sixth<S>::rest)};
            return select(less(x, three), product(multiply(above, add(above, three)), sixth), x);
        } else {
            return pieces(x, negate(three), three, set<P>(S(-0.0)), product(x, gate(x)), x);
        }
    }

    Pair<P> forward_pair(P x) const {
        P three = set<P>(3), zero = set<P>(0);
        Pair<P> inside = pair_product(gate(x), Pair<P>{x, zero});
        return {pieces(x, negate(three), three, set<P>(S(-0.0)), inside.hi, x),
            pieces(x, negate(three), three, zero, inside.lo, zero)};
    }

    // x / 3 + 1 / 2, exact near the root -3/2.
    P derivative(P x) const {
        P three = set<P>(3);
        P inside = divide(add(x, set<P>(S(1.5))), three);
        return pieces(x, negate(three), three, set<P>(0), inside, set<P>(1));
    }

  private:
    // (x + 3) / 6
    static Pair<P> gate(P x) {
        P sixth = set<P>(Sixth<S>::hi);
        Pair<P> sum = fast_two_sum(set<P>(3), x), gate = two_product(sum.hi, sixth);
        gate.lo = add(gate.lo, multiply_add(sum.hi, set<P>(Sixth<S>::lo), multiply(sum.lo, sixth)));
        return gate;
    }
};

// x * ((x + 2) / 2 between 0 and 1), mish in straight lines. -0 for x <= -2.
template <class S>
struct HardMish {
    static constexpr const char* name = "hardMish";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    explicit HardMish(const Parameters&) {}

    P forward(P x) const {
        P half = multiply(x, set<P>(S(0.5))), inside;
        if constexpr (has_fma) {
            inside = multiply_add(half, x, x);
        } else {
            inside = product(x, fast_two_sum(set<P>(1), half));
        }
        return pieces(x, set<P>(-2), set<P>(0), set<P>(S(-0.0)), inside, x);
    }

    P derivative(P x) const { return pieces(x, set<P>(-2), set<P>(0), set<P>(0), add(x, set<P>(1)), set<P>(1)); }
};

using Clipped = Family<HardTanh, Relu6, HardSigmoid, SparseSigmoid, HardSwish, HardMish>;

}  // namespace

#endif
