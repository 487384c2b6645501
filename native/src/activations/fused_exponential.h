// The exponential function for packets of floats where multiply_add rounds once. What is small beside a result is
// gathered in one term, whose own rounding errors hardly count, and a last fused multiply-add adds it.
#ifndef RECTIFIER_ACTIVATIONS_FUSED_EXPONENTIAL_H
#define RECTIFIER_ACTIVATIONS_FUSED_EXPONENTIAL_H

#include "../engine/packet.h"

namespace {

// Whether formulas for such packets are to be used.
template <class P>
constexpr bool has_fused = has_fma ? std::is_same_v<ScalarOf<P>, float> : false;

// ln2_hi has 21 bits, so that a fused x - k * ln2_hi is exact for every |k| <= 256 and the x of which k / log2(e) is
// the nearest such number. The coefficients are near-minimax for (exp(r) - 1 - r) / r^2 on |r| <= ln(2) / 2; they leave
// exp(r) off by no more than 0.055 * 2^-24 of itself.
struct FusedExpConstants {
    static constexpr float log2_e = 0x1.715476p+0f, ln2_hi = 0x1.62e43p-1f, ln2_lo = -0x1.05c61p-29f;
    static constexpr float coefficients[] = {
        0x1.fffffap-2f, 0x1.555492p-3f, 0x1.555a28p-5f, 0x1.12398ep-7f, 0x1.694ac4p-10f};
};

// What rounds an exponent k when it is added to it, with the bias of exponents in its last bits: those of the sum are
// the exponent field of 2^(k + shift).
template <int shift>
constexpr float exponent_rounder = rounder<float> + float(std::numeric_limits<float>::max_exponent - 1 + shift);

// exp(r) - 1 - r + line, for |r| <= ln(2) / 2.
template <class P>
P exp_beyond(P r, P line) {
    const auto& c = FusedExpConstants::coefficients;
    P square = multiply(r, r);
    P low = multiply_add(r, set<P>(c[1]), set<P>(c[0])), high = multiply_add(r, set<P>(c[3]), set<P>(c[2]));
    return multiply_add(square, multiply_add(square, multiply_add(square, set<P>(c[4]), high), low), line);
}

// power * (1 + linear + beyond) = exp(x + x_lo) * 2^shift for magic = exponent_rounder<shift>, where `linear` is exact.
template <class P>
struct SplitPower {
    P power, linear, beyond;

    SplitPower(P x, P x_lo, P magic) {
        using C = FusedExpConstants;
        P biased = multiply_add(x, set<P>(C::log2_e), magic), k = subtract(biased, magic);
        power = low_bits_to_exponent(biased);
        linear = multiply_add(k, set<P>(-C::ln2_hi), x);
        P low = multiply_add(k, set<P>(-C::ln2_lo), x_lo);
        beyond = exp_beyond(add(linear, low), low);
    }
};

// power * (1 + excess), where power is a power of two and a normal number.
template <class P>
struct FusedExp {
    using C = FusedExpConstants;

    P power, excess;

    // exp(x) * 2^shift for magic = exponent_rounder<shift>.
    FusedExp(P x, P magic) {
        P k = power_and_exponent(multiply_add(x, set<P>(C::log2_e), magic), magic);
        excess = excess_of(multiply_add(k, set<P>(-C::ln2_lo), multiply_add(k, set<P>(-C::ln2_hi), x)));
    }

    // exp(x + x_lo) * 2^shift, where x_lo is what a rounding of x has lost.
    FusedExp(P x, P x_lo, P magic) {
        SplitPower<P> e(x, x_lo, magic);
        power = e.power;
        excess = add(e.linear, e.beyond);
    }

    // 2^(x * y + shift)
    FusedExp(P x, Pair<P> y, P magic) {
        P k = power_and_exponent(multiply_add(x, y.hi, magic), magic);
        P fraction = multiply_add(x, y.lo, multiply_add(x, y.hi, negate(k)));
        excess = excess_of(multiply(fraction, set<P>(C::ln2_hi)));
    }

  private:
    P power_and_exponent(P biased, P magic) {
        power = low_bits_to_exponent(biased);
        return subtract(biased, magic);
    }

    // exp(r) - 1
    static P excess_of(P r) { return exp_beyond(r, r); }
};

// exp(x + x_lo) * 2^shift = whole + power * rest for x <= -3/2, a multiple of 2^-23, and for magic =
// exponent_rounder<shift>: what is left of such an x can be added to 1 without an error.
template <class P>
struct SplitExp {
    P power, whole, rest;

    SplitExp(P x, P x_lo, P magic) {
        SplitPower<P> e(x, x_lo, magic);
        power = e.power;
        whole = multiply_add(power, e.linear, power);
        rest = e.beyond;
    }

    P value() const { return multiply_add(power, rest, whole); }
};

// What an exponential is scaled by, so that neither it nor a quotient by 1 and it leaves the normal numbers.
constexpr int gate_shift = -40;

// x * sigmoid(z) for |x| <= 110, from e = exp(-z) * 2^gate_shift. It is rounded into the denormals last.
template <class P>
P fused_gated(P x, const FusedExp<P>& e) {
    P unit = set<P>(0x1p-40f);
    // The sum of the two powers of two is a rounding off where one is next to nothing beside the other.
    P sum = add(e.power, unit), lost = subtract(unit, subtract(sum, e.power));
    P one_plus = add(sum, multiply_add(e.power, e.excess, lost));
    return multiply(divide(x, one_plus), unit);
}

// a * x * sigmoid(z) from e = exp(-z) <= 2^100: what is lost of a * x, of the sum and of its reciprocal comes back
// before the last rounding; if e is less precise than FusedExp has it of a float, what is lost of their product has to
// as well.
template <bool precise, class P>
P fused_gated_product(P a, P x, const FusedExp<P>& e) {
    P one = set<P>(1), sum = add(e.power, one), rest = subtract(one, subtract(sum, e.power));
    Pair<P> one_plus = fast_two_sum(sum, multiply_add(e.power, e.excess, rest)), factor = two_product(a, x);
    P share = divide(one, one_plus.hi), off = multiply_add(negate(one_plus.hi), share, one);
    off = multiply_add(negate(one_plus.lo), share, off);
    P beyond = multiply_add(factor.hi, off, factor.lo), gated = multiply(factor.hi, share);
    if constexpr (precise) {
        gated = add(gated, multiply_add(beyond, share, multiply_add(factor.hi, share, negate(gated))));
    } else {
        gated = multiply_add(beyond, share, gated);
    }
    // A sum of zeros would lose the sign.
    return copy_sign(gated, factor.hi);
}

// Farther down the result underflows, farther up it is 1.
template <class P>
P fused_sigmoid(P x) {
    P inside = maximum(minimum(x, set<P>(60)), set<P>(-110));
    return fused_gated(set<P>(1), FusedExp<P>(negate(inside), set<P>(exponent_rounder<gate_shift>)));
}

// factor * expm1(x) for x <= 0, the sign of a zero aside. With exp(x) = power * (1 + linear + beyond) it is
// factor * (power - 1) + factor * power * (linear + beyond), where only beyond is rounded.
template <class P>
P fused_scaled_expm1(P x, P factor) {
    using C = FusedExpConstants;
    // Farther down the result is -factor.
    P inside = maximum(x, set<P>(-30)), magic = set<P>(exponent_rounder<0>);
    P biased = multiply_add(inside, set<P>(C::log2_e), magic), k = subtract(biased, magic);
    P power = low_bits_to_exponent(biased), whole = subtract(power, set<P>(1));
    P linear = multiply_add(k, set<P>(-C::ln2_hi), inside), low = multiply(k, set<P>(-C::ln2_lo));
    P scaled = multiply(factor, power), first = multiply(factor, whole);
    P lost = multiply_add(factor, whole, negate(first));
    P rest = multiply_add(scaled, exp_beyond(add(linear, low), low), lost);
    return add(first, multiply_add(scaled, linear, rest));
}

// What the next function leaves its result scaled by.
constexpr float scaled_exp_unit = 0x1p-64f;

// exp(x) / scaled_exp_unit for x <= 0.
template <class P>
P fused_large_exp(P x) {
    FusedExp<P> e(maximum(x, set<P>(-110)), set<P>(exponent_rounder<64>));
    return multiply_add(e.power, e.excess, e.power);
}

// sigmoid'(x) * 2^power, 0 <= power <= 2. With e = exp(-|x|) = p * (1 + excess) and c one of 1, 1/2 and 1/4 near
// 1 / (1 + p)^2 it is p * c * (1 + h), where h is a small number: with v = c * (1 + e)^2 - 1 it is
// excess - (v + excess * v) / (1 + v).
template <int power, class P>
P fused_logistic_derivative(P x) {
    P one = set<P>(1), two = set<P>(2);
    // Farther out the result underflows.
    FusedExp<P> e(maximum(negate(absolute(x)), set<P>(-110)), set<P>(exponent_rounder<64>));
    P p = multiply(e.power, set<P>(0x1p-64f)), rest = multiply(p, e.excess), one_plus_p = add(p, one);
    P middle = select(less(p, set<P>(0.8f)), set<P>(0.5f), set<P>(0.25f));
    P c = select(less(p, set<P>(0.2f)), one, middle);
    // (1 + e)^2 = (1 + p)^2 + rest * (2 * (1 + p) + rest)
    P constant = subtract(multiply(multiply(c, one_plus_p), one_plus_p), one);
    P v = multiply_add(multiply(c, rest), multiply_add(one_plus_p, two, rest), constant);
    P h = subtract(e.excess, divide(multiply_add(e.excess, v, v), add(v, one)));
    P scaled = multiply(e.power, c);
    return multiply(multiply_add(scaled, h, scaled), set<P>(float(1 << power) * 0x1p-64f));
}

// t - (root_hi + root_lo), where root_hi has few bits.
template <class P>
Pair<P> distance_from(float root_hi, float root_lo, P t) {
    P near = subtract(t, set<P>(root_hi)), distance = subtract(near, set<P>(root_lo));
    P lost = subtract(t, add(near, set<P>(root_hi)));
    return {distance, add(subtract(subtract(near, distance), set<P>(root_lo)), lost)};
}

// f'(x) of a function with f'(-t) = D(t) and f'(t) = 1 - D(t) for t = |x|, from
// -D(t) * 2^shift = (distance.hi + distance.lo) * power * (1 + rest) and down = 2^-shift.
template <class P>
P fused_slope(P x, Pair<P> distance, P power, P rest, float down) {
    P scaled = multiply(add(distance.hi, multiply_add(distance.hi, rest, distance.lo)), power);
    Mask<P> is_negative = less(x, set<P>(0));
    return multiply_add(
        scaled, select(is_negative, set<P>(-down), set<P>(down)), select(is_negative, set<P>(0), set<P>(1)));
}

}  // namespace

#endif
