// The exponential function and its relatives with more than the working precision, for the formulas built on them.
#ifndef RECTIFIER_ACTIVATIONS_EXPONENTIAL_H
#define RECTIFIER_ACTIVATIONS_EXPONENTIAL_H

#include "../engine/packet.h"

namespace {

template <class S>
struct ExpConstants;

// ln2_hi has so few bits that its product with any exponent is exact. The polynomial is the near-minimax (Chebyshev)
// interpolation of (exp(r) - 1 - r) / r^2 on |r| <= ln(2) / 2, off by 6.5e-8 (float) and 1.1e-16 (double).
template <>
struct ExpConstants<float> {
    static constexpr float ln2_hi = 0x1.62e4p-1f, ln2_lo = 0x1.7f7d1cp-20f, log2_e = 0x1.715476p+0f;
    // Below this even the product of exp and the largest number rounds to 0.
    static constexpr float lowest = -210;
    static constexpr float coefficients[] = {0x1p-1f, 0x1.5554dcp-3f, 0x1.55551ap-5f, 0x1.120b6ep-7f, 0x1.6d110ap-10f};
};

template <>
struct ExpConstants<double> {
    static constexpr double ln2_hi = 0x1.62e42fefa3p-1, ln2_lo = 0x1.3de6af278ece6p-42, log2_e = 0x1.71547652b82fep+0;
    static constexpr double lowest = -1460;
    static constexpr double coefficients[] = {0x1.0000000000001p-1, 0x1.5555555555556p-3, 0x1.5555555553d63p-5,
        0x1.11111111109b3p-7, 0x1.6c16c1788bd9p-10, 0x1.a01a01a7c41d5p-13, 0x1.a019b90d2ae7ap-16, 0x1.71de0dae63bb3p-19,
        0x1.289185613a3d6p-22, 0x1.af38a9b0ec855p-26};
};

// exp(x) = 2^exponent * (1 + linear + rest), where |linear| <= ln(2) / 2 and |rest| < 0.07.
template <class P>
struct ReducedExp {
    using S = ScalarOf<P>;
    using C = ExpConstants<S>;

    P exponent;
    P linear;
    P rest;

    // x <= 0; anything below `lowest` counts as that.
    explicit ReducedExp(P x) {
        x = reduce(x);
        finish(split(subtract(x, multiply(exponent, set<P>(C::ln2_hi))), multiply(exponent, set<P>(C::ln2_lo))));
    }

    // exp(x + x_lo) for x + x_lo <= 0 with |x_lo| at most a rounding error of x.
    ReducedExp(P x, P x_lo) {
        // What is left over of an x below `lowest` is of its size.
        x_lo = select(less(x, set<P>(C::lowest)), set<P>(0), x_lo);
        x = reduce(x);
        P lost = split(subtract(x, multiply(exponent, set<P>(C::ln2_hi))),
            multiply_add(exponent, set<P>(C::ln2_lo), negate(x_lo)));
        finish(multiply_add(lost, linear, lost));
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

    // Makes high - low the linear part, and returns what its rounding lost.
    P split(P high, P low) {
        linear = subtract(high, low);
        return subtract(subtract(high, linear), low);
    }

    // lost is so small that exp(linear + lost) = exp(linear) + lost but for a few hundredths of an ULP.
    void finish(P lost) { rest = multiply_add(multiply(linear, linear), polynomial(linear, C::coefficients), lost); }
};

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
    ReducedExp<P> e(x);
    P significand = product(e.significand(), c_significand);
    P exponent = add(e.exponent, c_exponent);
    // c may be so large that the result needs more than one step up.
    P up = select(positive(exponent), exponent, set<P>(0));
    return multiply(scale(significand, subtract(exponent, up)), power_of_two(up));
}

// 2^exponent * (1 + linear + rest) - 1; |lo| may be up to a tenth of |hi|.
template <class P>
Pair<P> minus_one(const ReducedExp<P>& e) {
    P power = power_of_two(e.exponent);
    Pair<P> constant = fast_two_sum(set<P>(-1), power);
    Pair<P> sum = fast_two_sum(constant.hi, multiply(power, e.linear));
    return {sum.hi, add(add(sum.lo, constant.lo), multiply(power, e.rest))};
}

// x, but not far below what matters beside 1 as exp(x) or as 2^x; both are normal numbers then.
template <class P>
P without_negligible(P x) {
    using S = ScalarOf<P>;
    P floor = set<P>(S(-2 * std::numeric_limits<S>::digits));
    return select(less(x, floor), floor, x);
}

// exp(x) - 1 for x <= 0; |lo| may be up to a tenth of |hi|.
template <class P>
Pair<P> expm1_of_negative(P x) {
    return minus_one(ReducedExp<P>(without_negligible(x)));
}

// exp(x + x_lo) - 1 for x + x_lo <= 0 with |x_lo| at most a rounding error of x, and finite.
template <class P>
Pair<P> expm1_of_negative(P x, P x_lo) {
    return minus_one(ReducedExp<P>(without_negligible(x), x_lo));
}

// exp(-|x|) as 2^exponent * significand, and 1 + exp(-|x|): what the logistic function and its derivative are made of.
template <class P>
struct Logistic {
    P exponent;
    Pair<P> significand;
    Pair<P> one_plus;

    explicit Logistic(P x) : Logistic(ReducedExp<P>(negate(absolute(x)))) {}

    // The same for exp(x + x_lo), x + x_lo <= 0.
    Logistic(P x, P x_lo) : Logistic(ReducedExp<P>(x, x_lo)) {}

    // sigmoid(-|x|) where the mask is set, sigmoid(|x|) elsewhere.
    P sigmoid(P is_negative) const {
        P zero = set<P>(0);
        Pair<P> numerator = {select(is_negative, significand.hi, set<P>(1)), select(is_negative, significand.lo, zero)};
        Pair<P> q = quotient(numerator, one_plus);
        return scale(add(q.hi, q.lo), select(is_negative, exponent, zero));
    }

  private:
    explicit Logistic(const ReducedExp<P>& e) {
        exponent = e.exponent;
        significand = fast_two_sum(e.significand());
        one_plus = fast_two_sum(set<P>(1), scale(significand.hi, exponent));
        one_plus.lo = add(one_plus.lo, scale(significand.lo, exponent));
    }
};

// sigmoid'(x) * factor, by sigmoid' = sigmoid(x) * sigmoid(-x).
template <class P>
P logistic_derivative(P x, ScalarOf<P> factor) {
    Logistic<P> s(x);
    Pair<P> small = quotient(s.significand, s.one_plus);
    Pair<P> large = quotient(Pair<P>{set<P>(1), set<P>(0)}, s.one_plus);
    return scale(multiply(product(small, large), set<P>(factor)), s.exponent);
}

}  // namespace

#endif
