// The natural logarithm and log1p with more than the working precision, for the formulas built on them.
#ifndef RECTIFIER_ACTIVATIONS_LOGARITHM_H
#define RECTIFIER_ACTIVATIONS_LOGARITHM_H

#include "../engine/packet.h"
#include "exponential.h"

namespace {

// Near-minimax polynomial (Remez) of (atanh(s) / s - 1) / w with w = s^2 on 0 <= w <= 1/9; multiplied by w it is off by
// 6.9e-9 (float) and 4.2e-18 (double).
template <class S>
struct LogConstants;

template <>
struct LogConstants<float> {
    static constexpr float coefficients[] = {0x1.555516p-2f, 0x1.99caccp-3f, 0x1.1f234cp-3f, 0x1.1d171ep-3f};
};

template <>
struct LogConstants<double> {
    static constexpr double coefficients[] = {0x1.555555555554fp-2, 0x1.999999999c794p-3, 0x1.249249224f337p-3,
        0x1.c71c735509836p-4, 0x1.745ccd4d15d96p-4, 0x1.3b1be600b65d5p-4, 0x1.107fdf09a0f40p-4, 0x1.ee70c8b30e9cfp-5,
        0x1.5b81ade8e231bp-5, 0x1.5757da9916efbp-4};
};

// What log1p(f) = 2 atanh(s), s = (f / 2) / (1 + f / 2), is beyond 2s, divided by 2s; |s| <= 1/3.
template <class P>
P log1p_excess(P s) {
    P w = multiply(s, s);
    return multiply(w, polynomial(w, LogConstants<ScalarOf<P>>::coefficients));
}

// log1p(e) / (c * power) for e = significand * power in [0, 1] and 1 <= c < 2; |lo| may be up to a tenth of |hi|; power
// is a power of two, which may be any where e is negligible beside 1.
template <class P>
Pair<P> scaled_log1p(Pair<P> significand, P power, ScalarOf<P> c) {
    P half = multiply(power, set<P>(c / 2));
    Pair<P> half_e = two_product(significand.hi, half);
    Pair<P> denominator = fast_two_sum(set<P>(c), half_e.hi);
    denominator.lo = add(denominator.lo, multiply_add(significand.lo, half, half_e.lo));
    Pair<P> q = quotient(significand, denominator);
    return {q.hi, multiply_add(q.hi, log1p_excess(multiply(q.hi, half)), q.lo)};
}

// log(x.hi + x.lo) for a finite positive sum of which lo is at most a rounding error of hi; |lo| of the result may be
// up to a tenth of |hi|.
template <class P>
Pair<P> logarithm(Pair<P> x) {
    using S = ScalarOf<P>;
    using C = ExpConstants<S>;
    constexpr S denormal_scale = S(int64_t(1) << std::numeric_limits<S>::digits);
    Mask<P> is_denormal = less(x.hi, set<P>(std::numeric_limits<S>::min()));
    P up = select(is_denormal, set<P>(denormal_scale), set<P>(1));
    x = {multiply(x.hi, up), multiply(x.lo, up)};

    // x = 2^exponent * (1 + f) with -1/3 <= f <= 1/3.
    Binade<P> binade(x.hi);
    P twice_inverse = binade.twice_inverse();
    P twice = multiply(x.hi, twice_inverse);
    Mask<P> is_large = less(set<P>(S(8) / S(3)), twice);
    P factor = multiply(twice_inverse, select(is_large, set<P>(S(0.25)), set<P>(S(0.5))));
    P exponent = subtract(binade.exponent, select(is_denormal, set<P>(std::numeric_limits<S>::digits), set<P>(0)));
    exponent = add(exponent, select(is_large, set<P>(1), set<P>(0)));
    P significand = multiply(twice, select(is_large, set<P>(S(0.25)), set<P>(S(0.5))));
    Pair<P> f = fast_two_sum(subtract(significand, set<P>(1)), multiply(x.lo, factor));

    P half = set<P>(S(0.5));
    Pair<P> denominator = fast_two_sum(set<P>(1), multiply(f.hi, half));
    denominator.lo = multiply_add(f.lo, half, denominator.lo);
    Pair<P> q = quotient(f, denominator);
    q.lo = multiply_add(q.hi, log1p_excess(multiply(q.hi, half)), q.lo);

    Pair<P> sum = fast_two_sum(multiply(exponent, set<P>(C::ln2_hi)), q.hi);
    return {sum.hi, add(sum.lo, multiply_add(exponent, set<P>(C::ln2_lo), q.lo))};
}

// log(x) for x >= 0, including log(0) = -inf and log(inf) = inf.
template <class P>
P logarithm(P x) {
    using S = ScalarOf<P>;
    P infinity = set<P>(std::numeric_limits<S>::infinity());
    Pair<P> pair = logarithm(Pair<P>{x, set<P>(0)});
    P result = select(equal(x, infinity), infinity, add(pair.hi, pair.lo));
    return select(equal(x, set<P>(0)), negate(infinity), result);
}

// log(1 + x) for finite x >= 0; |lo| may be up to a tenth of |hi|.
template <class P>
Pair<P> log1p_pair(P x) {
    return logarithm(two_sum(set<P>(1), x));
}

}  // namespace

#endif
