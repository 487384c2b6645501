// The smooth rectifier and its mirror image: log(1 + exp(x)) in forms in which nothing cancels or overflows.
#ifndef RECTIFIER_ACTIVATIONS_SOFTPLUS_H
#define RECTIFIER_ACTIVATIONS_SOFTPLUS_H

#include <algorithm>
#include <cmath>

#include "exponential.h"
#include "family.h"
#include "fused_exponential.h"
#include "logarithm.h"
#include "parameters.h"
#include "wide_exponential.h"

namespace {

// From here on log1p(exp(z)) = z and sigmoid(z) = 1 in either type.
template <class S>
constexpr S softplus_limit = 40;

// 2^b * (max(x, 0) + log1p(e) / c) for x below the limit, where e = exp(-|c * x|) and 1 <= c < 2.
template <class P>
P softplus(P x, const ReducedExp<P>& e, ScalarOf<P> c, ScalarOf<P> b) {
    P zero = set<P>(0);
    Mask<P> is_positive = positive(x);
    P power = power_of_two(without_negligible(e.exponent));
    Pair<P> logarithm = scaled_log1p(fast_two_sum(e.significand()), power, c);
    // What is added to x needs its exponent now; what stands alone gets it last, so that a denormal is rounded once.
    P factor = select(is_positive, power, set<P>(1));
    Pair<P> sum = two_sum(select(is_positive, x, zero), multiply(logarithm.hi, factor));
    P y = add(sum.hi, add(sum.lo, multiply(logarithm.lo, factor)));
    return scale(y, add(select(is_positive, zero, e.exponent), set<P>(b)));
}

// max(z, 0) + log1p(exp(-|z|))
inline Wide wide_softplus(Wide z) {
    return add(maximum(z, set<Wide>(0)), wide_log1p(WideExp<>(maximum(negate(absolute(z)), set<Wide>(-700))).value()));
}

// log1p(exp(x)) for x up to the limit. With e = exp(-|x|) = p * (1 + excess) it is max(x, 0) + p * (1 + h), where h is
// a small number: log1p(e) is 2 atanh(s) for s = e / (2 + e), and 2s / p = 1 + g for g = (excess * (1 - p / 2) - p / 2)
// / (1 + e / 2).
template <class P>
P fused_softplus(P x) {
    P one = set<P>(1), up = set<P>(0x1p64f), down = set<P>(0x1p-64f);
    // Farther down the result underflows.
    FusedExp<P> e(maximum(negate(absolute(x)), set<P>(-110)), set<P>(exponent_rounder<64>));
    P half = multiply(e.power, set<P>(0x1p-65f));
    P numerator = multiply_add(e.excess, subtract(one, half), negate(half));
    P g = divide(numerator, multiply_add(half, e.excess, add(half, one)));
    P one_plus_g = add(g, one);
    P h = multiply_add(one_plus_g, log1p_excess(multiply(half, one_plus_g)), g);
    // What the greater terms lose when they are added is added with the small one.
    P above = multiply(maximum(x, set<P>(0)), up), sum = add(above, e.power);
    P lost = subtract(above, subtract(sum, e.power));
    return multiply(add(sum, multiply_add(e.power, h, lost)), down);
}

// The softplus below for beta = 1.
template <class S>
struct StandardSoftplus {
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    P largest;

    explicit StandardSoftplus(const Parameters& parameters)
        : largest(set<P>(std::min(S(parameters.p[1]), softplus_limit<S>))) {}

    P forward(P x) const { return select(at_most(x, largest), fused_softplus(x), x); }
    P derivative(P x) const { return select(at_most(x, largest), fused_sigmoid(x), set<P>(1)); }
};

// beta * x > threshold ? x : log1p(exp(beta * x)) / beta (Dugas et al. 2000) for finite beta > 0, computed as
// max(x, 0) + log1p(exp(-|beta * x|)) / beta. The exponential would magnify a rounding error of beta * x, which is
// therefore an exact sum of two.
template <class S>
struct Softplus {
    static constexpr const char* name = "softplus";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    using Simpler = std::conditional_t<has_fused<P>, StandardSoftplus<S>, void>;
    static bool is_simpler(const Parameters& parameters) { return S(parameters.p[0]) == 1; }

    // beta = significand * power, power = 2^exponent and 1 <= significand < 2
    S significand, power, exponent;
    // the largest x with beta * x <= threshold
    S largest;

    explicit Softplus(const Parameters& parameters) {
        // A double may round to a float 0.
        const S beta = std::max(S(parameters.p[0]), std::numeric_limits<S>::denorm_min());
        const S threshold = std::min(S(parameters.p[1]), softplus_limit<S>);
        int e;
        significand = 2 * std::frexp(beta, &e);
        exponent = S(e - 1);
        power = std::ldexp(S(1), e - 1);
        largest = std::min(threshold / beta, std::numeric_limits<S>::max());
        // The quotient may have been rounded up. Not every C library's fma is exact (MinGW's).
        int q;
        const Pair<P> product = two_product(set<P>(std::frexp(largest, &q)), set<P>(significand));
        const P excess = subtract(product.hi, set<P>(std::ldexp(threshold, 1 - e - q)));
        if (Eigen::internal::pfirst(add(excess, product.lo)) > 0) {
            largest = std::nextafter(largest, -std::numeric_limits<S>::infinity());
        }
    }

    P forward(P x) const {
        if constexpr (has_wide<P>) {
            const double beta = double(significand) * power;
            P y = narrow(multiply(wide_softplus(multiply(widen(x), set<Wide>(beta))), set<Wide>(1 / beta)));
            return select(less(set<P>(largest), x), x, y);
        } else {
            return pair_forward(x);
        }
    }

    // sigmoid(beta * x)
    P derivative(P x) const { return select(less(set<P>(largest), x), set<P>(1), gate(x).value()); }

    Pair<P> derivative_pair(P x) const {
        Gate<P> g = gate(x);
        return select(less(set<P>(largest), x), Pair<P>{set<P>(1), set<P>(0)}, scale(g.inverse(), g.exponent));
    }

    // 1 - exp(-beta * y) for y >= 0
    P derivative_from_output(P y) const {
        Pair<P> z = two_product(multiply(y, set<P>(power)), set<P>(-significand));
        Pair<P> m = expm1_of_negative(z.hi, z.lo);
        return select(less(set<P>(largest), y), set<P>(1), negate(add(m.hi, m.lo)));
    }

  private:
    Gate<P> gate(P x) const { return Gate<P>(two_product(multiply(x, set<P>(power)), set<P>(significand))); }

    P pair_forward(P x) const {
        // May overflow only above `largest` or where the result is 0, and underflow only where exp is 1.
        P scaled = multiply(x, set<P>(power));
        Pair<P> z = two_product(negate(absolute(scaled)), set<P>(significand));
        P y = softplus(scaled, ReducedExp<P>(z.hi, z.lo), significand, -exponent);
        return select(less(set<P>(largest), x), x, y);
    }
};

// log(sigmoid(x)) = -softplus(-x), without cancellation on either side.
template <class S>
struct LogSigmoid {
    static constexpr const char* name = "logSigmoid";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    static constexpr bool passes_nan = has_fused<P>;

    explicit LogSigmoid(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_fused<P>) {
            return select(at_most(set<P>(-softplus_limit<S>), x), negate(fused_softplus(negate(x))), x);
        } else if constexpr (has_wide<P>) {
            return narrow(negate(wide_softplus(negate(widen(x)))));
        } else {
            P y = softplus(negate(x), ReducedExp<P>(negate(absolute(x))), S(1), S(0));
            return select(less(x, set<P>(-softplus_limit<S>)), x, negate(y));
        }
    }

    // sigmoid(-x)
    P derivative(P x) const {
        if constexpr (has_fused<P>) {
            return fused_sigmoid(negate(x));
        } else {
            return Gate<P>(negate(x)).value();
        }
    }

    // 1 - exp(y) for y <= 0
    P derivative_from_output(P y) const {
        Pair<P> m = expm1_of_negative(y);
        return negate(add(m.hi, m.lo));
    }
};

using SoftplusFamily = Family<Softplus, LogSigmoid>;

}  // namespace

#endif
