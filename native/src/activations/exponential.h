// The exponential function and its relatives with more than the working precision, for the formulas built on them.
#ifndef RECTIFIER_ACTIVATIONS_EXPONENTIAL_H
#define RECTIFIER_ACTIVATIONS_EXPONENTIAL_H

#include <iterator>

#include "../engine/packet.h"
#include "fused_exponential.h"

namespace {

template <class S>
struct ExpConstants;

// ln2_hi has so few bits that its product with any exponent is exact. What follows 1/2 is near-minimax for
// (exp(r) - 1 - r - r^2 / 2) / r^3 on |r| <= ln(2) / 2, such that exp(r) - 1 is off by no more than 0.015 * 2^-24 |r|
// (float) and 0.007 * 2^-53 |r| (double).
template <>
struct ExpConstants<float> {
    static constexpr float ln2_hi = 0x1.62e4p-1f, ln2_lo = 0x1.7f7d1cp-20f, log2_e = 0x1.715476p+0f;
    // Below this even the product of exp and the square of the largest number is as good as 0.
    static constexpr float lowest = -210;
    static constexpr float coefficients[] = {
        0.5f, 0x1.555556p-3f, 0x1.5554f2p-5f, 0x1.1110a4p-7f, 0x1.6d40fep-10f, 0x1.a18970p-13f};
};

template <>
struct ExpConstants<double> {
    static constexpr double ln2_hi = 0x1.62e42fefa3p-1, ln2_lo = 0x1.3de6af278ece6p-42, log2_e = 0x1.71547652b82fep+0;
    static constexpr double lowest = -1500;
    static constexpr double coefficients[] = {0.5, 0x1.5555555555559p-3, 0x1.5555555555559p-5, 0x1.111111110f6d5p-7,
        0x1.6c16c16c14a71p-10, 0x1.a01a01afd9182p-13, 0x1.a01a01af69c9bp-16, 0x1.71ddf86c986eap-19,
        0x1.27e4c7b78e23dp-22, 0x1.af5e9a9f2c06ep-26, 0x1.1f92d34570a4bp-29};
};

// exp(x) = 2^exponent * (1 + linear + rest), where |linear| <= ln(2) / 2 and |rest| < 0.07.
template <class P>
struct ReducedExp {
    using S = ScalarOf<P>;
    using C = ExpConstants<S>;

    P exponent;
    P linear;
    P rest;

    // x at most a little above the logarithm of the largest number; anything below `lowest` counts as that.
    explicit ReducedExp(P x) {
        x = reduce(x);
        finish(subtract(x, multiply(exponent, set<P>(C::ln2_hi))), multiply(exponent, set<P>(C::ln2_lo)));
    }

    // exp(x + x_lo) for x + x_lo <= 0 with |x_lo| at most a rounding error of x.
    ReducedExp(P x, P x_lo) {
        // What is left over of an x below `lowest` is of its size.
        x_lo = select(less(x, set<P>(C::lowest)), set<P>(0), x_lo);
        x = reduce(x);
        finish(subtract(x, multiply(exponent, set<P>(C::ln2_hi))),
            multiply_add(exponent, set<P>(C::ln2_lo), negate(x_lo)));
    }

    // exp(x) / 2^exponent; |lo| may be up to a tenth of |hi|.
    Pair<P> significand() const {
        Pair<P> sum = fast_two_sum(set<P>(1), linear);
        return {sum.hi, add(sum.lo, rest)};
    }

  private:
    P reduce(P x) {
        P lowest = set<P>(C::lowest);
        x = select(less(x, lowest), lowest, x);
        exponent = subtract(multiply_add(x, set<P>(C::log2_e), set<P>(rounder<S>)), set<P>(rounder<S>));
        return x;
    }

    // The exponential of high - low.
    void finish(P high, P low) {
        linear = subtract(high, low);
        P lost = subtract(subtract(high, linear), low);
        // exp(linear + lost) = exp(linear) + lost * (1 + linear). Half of the square is exact but for one rounding.
        P square = multiply(linear, linear);
        rest = multiply_add(lost, linear, lost);
        P powers[5] = {linear, square, multiply(square, square)};
        powers[3] = multiply(powers[2], powers[2]);
        P cubic = partial_polynomial<1, std::size(C::coefficients)>(linear, powers, C::coefficients);
        rest = multiply_add(square, multiply(linear, cubic), rest);
        rest = multiply_add(square, set<P>(S(0.5)), rest);
    }
};

// exp(x) = 2^exponent * (1 + excess), where excess is rounded, unlike the sum in ReducedExp: to no more than 0.4 ULP of
// 1, and where exponent is 0 to 0.6 ULP of itself. x from `lowest` to a little above the logarithm of the largest
// number.
template <class P>
struct Exp {
    using S = ScalarOf<P>;
    using C = ExpConstants<S>;

    P exponent, excess;

    explicit Exp(P x) : exponent(exponent_of(x)), excess(excess_of(reduced(x, exponent))) {}
    // exp(x + x_lo) for |x_lo| at most a rounding error of x.
    Exp(P x, P x_lo) : exponent(exponent_of(x)), excess(excess_of(add(reduced(x, exponent), x_lo))) {}

    P significand() const { return add(set<P>(1), excess); }
    Pair<P> exact_significand() const { return fast_two_sum(set<P>(1), excess); }

  private:
    static P exponent_of(P x) {
        P magic = set<P>(rounder<S>);
        return subtract(multiply_add(x, set<P>(C::log2_e), magic), magic);
    }

    static P reduced(P x, P exponent) {
        return multiply_add(exponent, set<P>(-C::ln2_lo), multiply_add(exponent, set<P>(-C::ln2_hi), x));
    }

    // exp(r) - 1
    static P excess_of(P r) { return multiply_add(multiply(r, r), polynomial(r, C::coefficients), r); }
};

// x, but not far below what matters beside 1 as exp(x) or as 2^x; both are normal numbers then.
template <class P>
P without_negligible(P x) {
    using S = ScalarOf<P>;
    return maximum(x, set<P>(S(-2 * std::numeric_limits<S>::digits)));
}

// 2^k for an integral k <= 0, but the least normal number below that.
template <class P>
P small_power_of_two(P k) {
    return power_of_two(maximum(k, set<P>(std::numeric_limits<ScalarOf<P>>::min_exponent - 1)));
}

// power * (1 + excess) - 1, and what its rounding has lost.
template <class P>
Pair<P> rounded_minus_one(P power, P excess) {
    P constant = subtract(power, set<P>(1)), m = multiply_add(power, excess, constant);
    return {m, multiply_add(power, excess, subtract(constant, m))};
}

// exp(x) - 1 for x <= 0, and what its rounding has lost.
template <class P>
Pair<P> rounded_expm1_of_negative(P x) {
    if constexpr (has_fused<P>) {
        FusedExp<P> e(without_negligible(x), set<P>(exponent_rounder<0>));
        return rounded_minus_one(e.power, e.excess);
    } else {
        Exp<P> e(without_negligible(x));
        return rounded_minus_one(power_of_two(e.exponent), e.excess);
    }
}

// x, but no more than `bound` away from 0.
template <class P>
P clamped(P x, ScalarOf<P> bound) {
    return maximum(minimum(x, set<P>(bound)), set<P>(-bound));
}

// sigmoid(x) = 2^exponent / (one_plus.hi + one_plus.lo), which is 1 + exp(-x) with the greater of its terms scaled to
// about 1. one_plus.lo is what the last rounding has lost.
template <class P>
struct Gate {
    P exponent;
    Pair<P> one_plus;

    explicit Gate(P x) : Gate(Exp<P>(clamped(negate(x), limit))) {}

    // Of x.hi + x.lo, where x.lo may be anything if x.hi is not between +-`lowest`.
    explicit Gate(Pair<P> x)
        : Gate(Exp<P>(
              clamped(negate(x.hi), limit), select(less(absolute(x.hi), set<P>(limit)), negate(x.lo), set<P>(0)))) {}

    // numerator * sigmoid(x), where rounding errors of one_plus don't matter.
    P weigh(P numerator) const { return scale(divide(numerator, one_plus.hi), exponent); }

    // The quotient of 1 and one_plus.
    Pair<P> inverse() const {
        P hi = divide(set<P>(1), one_plus.hi);
        return {hi, multiply(hi, subtract(residual(set<P>(1), hi, one_plus.hi), multiply(hi, one_plus.lo)))};
    }

    P value() const {
        Pair<P> q = inverse();
        return scale(add(q.hi, q.lo), exponent);
    }

  private:
    static constexpr ScalarOf<P> limit = -ExpConstants<ScalarOf<P>>::lowest;

    // From exp(-x).
    explicit Gate(const Exp<P>& e) {
        exponent = minimum(negate(e.exponent), set<P>(0));
        P least = small_power_of_two(negate(absolute(e.exponent)));
        P unit = select(positive(e.exponent), set<P>(1), least);
        // Where the terms are alike, 2 is their sum without the excess.
        Mask<P> is_even = equal(e.exponent, set<P>(0));
        P whole = select(is_even, set<P>(2), set<P>(1));
        P rest = multiply_add(unit, e.excess, select(is_even, set<P>(0), least));
        one_plus.hi = add(whole, rest);
        one_plus.lo = subtract(rest, subtract(one_plus.hi, whole));
    }
};

// sigmoid'(x) * 2^power
template <class P>
P logistic_derivative(P x, ScalarOf<P> power) {
    Gate<P> gate(negate(absolute(x)));
    // With q = sigmoid(-|x|) that is q - q^2.
    Pair<P> scaled = gate.inverse();
    P q = multiply(scaled.hi, small_power_of_two(gate.exponent));
    P difference = multiply_add(negate(q), scaled.hi, scaled.hi);
    P correction = multiply_add(multiply(q, set<P>(-2)), scaled.lo, scaled.lo);
    return scale(add(difference, correction), add(gate.exponent, set<P>(power)));
}

// exp(x + x_lo) for x + x_lo <= 0.
template <class P>
P exp_of_negative(P x, P x_lo) {
    ReducedExp<P> e(x, x_lo);
    Pair<P> significand = e.significand();
    return scale(add(significand.hi, significand.lo), e.exponent);
}

// c * exp(x) for x <= 0 and c = 2^c_exponent * c_significand, 1/2 <= |c_significand| < 2 or 0.
template <class P>
P scaled_exp_of_negative(P x, Pair<P> c_significand, P c_exponent) {
    Exp<P> e(maximum(x, set<P>(ExpConstants<ScalarOf<P>>::lowest)));
    P significand = product(e.exact_significand(), c_significand);
    return scale(significand, add(e.exponent, c_exponent));
}

// 2^exponent * (1 + linear + rest) - 1; |lo| may be up to a tenth of |hi|.
template <class P>
Pair<P> minus_one(const ReducedExp<P>& e) {
    P power = power_of_two(e.exponent);
    Pair<P> constant = fast_two_sum(set<P>(-1), power);
    Pair<P> sum = fast_two_sum(constant.hi, multiply(power, e.linear));
    return {sum.hi, add(add(sum.lo, constant.lo), multiply(power, e.rest))};
}

// exp(x) - 1 for x <= 0; |lo| may be up to a tenth of |hi|.
template <class P>
Pair<P> expm1_of_negative(P x) {
    return minus_one(ReducedExp<P>(without_negligible(x)));
}

// exp(x + x_lo) - 1 for x + x_lo <= 0, where x_lo may be anything if x is negligible.
template <class P>
Pair<P> expm1_of_negative(P x, P x_lo) {
    P kept = without_negligible(x);
    return minus_one(ReducedExp<P>(kept, select(equal(kept, x), x_lo, set<P>(0))));
}

// exp(-|x|) as 2^exponent * significand, and 1 + exp(-|x|): what the logistic function and its derivative are made of.
template <class P>
struct Logistic {
    P exponent;
    Pair<P> significand;
    Pair<P> one_plus;

    explicit Logistic(P x) : Logistic(ReducedExp<P>(negate(absolute(x)))) {}

    // Of x.hi + x.lo, where x.lo may be anything if x.hi is not between +-`lowest`.
    explicit Logistic(Pair<P> x)
        : Logistic(ReducedExp<P>(negate(absolute(x.hi)), negate(turned_where_negative(x.hi, x.lo)))) {}

    explicit Logistic(const ReducedExp<P>& e) {
        exponent = e.exponent;
        significand = fast_two_sum(e.significand());
        one_plus = fast_two_sum(set<P>(1), scale(significand.hi, exponent));
        one_plus.lo = add(one_plus.lo, scale(significand.lo, exponent));
    }

    // sigmoid(-|x|) / 2^exponent
    Pair<P> small() const { return quotient(significand, one_plus); }
    // sigmoid(|x|)
    Pair<P> large() const { return reciprocal(one_plus); }

    // sigmoid(x) / 2^exponent_of(is_negative), given where x is negative.
    Pair<P> value(Mask<P> is_negative) const {
        Pair<P> numerator = {
            select(is_negative, significand.hi, set<P>(1)), select(is_negative, significand.lo, set<P>(0))};
        return quotient(numerator, one_plus);
    }
    P exponent_of(Mask<P> is_negative) const { return select(is_negative, exponent, set<P>(0)); }
};

}  // namespace

#endif
