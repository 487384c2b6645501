// The family built on the exponential function. Forms are chosen so that nothing cancels or overflows.
#ifndef RECTIFIER_ACTIVATIONS_EXPONENTIALS_H
#define RECTIFIER_ACTIVATIONS_EXPONENTIALS_H

#include <cmath>
#include <type_traits>

#include "exponential.h"
#include "family.h"
#include "fused_exponential.h"
#include "parameters.h"
#include "wide_exponential.h"

namespace {

// sigmoid'(x) * 2^power, 0 <= power <= 2.
template <int power, class P>
P scaled_logistic_derivative(P x) {
    if constexpr (has_fused<P>) {
        return fused_logistic_derivative<power>(x);
    } else {
        return logistic_derivative(x, ScalarOf<P>(power));
    }
}

// 1 / (1 + exp(-x)) = exp(x) / (1 + exp(x)); the form whose exponential is at most 1.
template <class S>
struct Sigmoid {
    static constexpr const char* name = "sigmoid";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Sigmoid(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_fused<P>) {
            return fused_sigmoid(x);
        } else {
            return Gate<P>(x).weigh(set<P>(1));
        }
    }

    P derivative(P x) const { return scaled_logistic_derivative<0>(x); }

    // y - y^2, where the first difference is exact unless it loses next to nothing.
    P derivative_from_output(P y) const {
        Pair<P> square = two_product(y, y);
        return subtract(subtract(y, square.hi), square.lo);
    }
};

// tanh(|x|) = -m / (2 + m) with m = expm1(-2|x|), which keeps full relative precision down to denormals.
template <class P>
Pair<P> tanh_of_magnitude(P magnitude) {
    Pair<P> m = fast_two_sum(expm1_of_negative(multiply(magnitude, set<P>(-2))));
    Pair<P> denominator = fast_two_sum(set<P>(2), m.hi);
    denominator.lo = add(denominator.lo, m.lo);
    return quotient(Pair<P>{negate(m.hi), negate(m.lo)}, denominator);
}

template <class S>
struct Tanh {
    static constexpr const char* name = "tanh";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Tanh(const Parameters&) {}

    P forward(P x) const {
        Pair<P> m = rounded_expm1_of_negative(multiply(absolute(x), set<P>(-2)));
        P denominator = add(set<P>(2), m.hi);
        P lost = add(subtract(m.hi, subtract(denominator, set<P>(2))), m.lo);
        P quotient = divide(m.hi, denominator);
        // Within 9 % of 1 / denominator, which is from 1 to 2.
        P inverse = multiply_add(denominator, set<P>(S(-0.5)), set<P>(S(1.457)));
        P rest = subtract(m.lo, multiply(quotient, lost));
        return copy_sign(multiply_add(rest, inverse, quotient), x);
    }

    Pair<P> forward_pair(P x) const {
        Pair<P> t = tanh_of_magnitude(absolute(x));
        return {copy_sign(t.hi, x), turned_where_negative(x, t.lo)};
    }

    // 1 - tanh(x)^2 = 4 sigmoid'(2x)
    P derivative(P x) const { return scaled_logistic_derivative<2>(add(x, x)); }

    Pair<P> derivative_pair(P x) const {
        Logistic<P> s(add(x, x));
        return scale(pair_product(s.small(), s.large()), add(s.exponent, set<P>(2)));
    }

    // 1 - y^2, rounded after the difference only.
    P derivative_from_output(P y) const {
        Pair<P> square = two_product(y, y);
        return subtract(subtract(set<P>(1), square.hi), square.lo);
    }
};

// The elu below for alpha = 1.
template <class S>
struct StandardElu {
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    explicit StandardElu(const Parameters&) {}

    P forward(P x) const { return select(less(x, set<P>(0)), fused_scaled_expm1(x, set<P>(1)), x); }

    P derivative(P x) const {
        return select(
            positive(x), set<P>(1), multiply(fused_large_exp(minimum(x, set<P>(0))), set<P>(scaled_exp_unit)));
    }
};

template <class S>
struct ScaledElu;

// x > 0 ? x : alpha * expm1(x) (Clevert et al. 2015, arXiv 1511.07289).
template <class S>
struct Elu {
    static constexpr const char* name = "elu";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    using Simpler = std::conditional_t<has_fused<P>, StandardElu<S>, void>;
    static bool is_simpler(const Parameters& parameters) { return S(parameters.p[0]) == 1; }

    using General = ScaledElu<S>;
    static Parameters general(const Parameters& parameters) { return {{parameters.p[0], 1, 0}}; }

    P alpha, alpha_significand, alpha_exponent, alpha_unit;

    explicit Elu(const Parameters& parameters)
        : alpha(set<P>(S(parameters.p[0]))), alpha_unit(multiply(alpha, set<P>(S(scaled_exp_unit)))) {
        int exponent;
        alpha_significand = set<P>(std::frexp(S(parameters.p[0]), &exponent));
        alpha_exponent = set<P>(S(exponent));
    }

    P forward(P x) const {
        // A sum of zeros would lose the sign.
        return select(positive(x), x, copy_sign(below(minimum(x, set<P>(0))), turned_where_negative(alpha, x)));
    }

    P derivative(P x) const { return select(positive(x), set<P>(1), slope_below(minimum(x, set<P>(0)))); }

    // For alpha >= 0, where the sign of y is that of x.
    P derivative_from_output(P y) const { return select(positive(y), set<P>(1), add(y, alpha)); }

  private:
    P below(P x) const {
        if constexpr (has_fused<P>) {
            return fused_scaled_expm1(x, alpha);
        } else {
            Pair<P> m = rounded_expm1_of_negative(x);
            return multiply_add(alpha, m.hi, multiply(alpha, m.lo));
        }
    }

    P slope_below(P x) const {
        if constexpr (has_fused<P>) {
            return multiply(fused_large_exp(x), alpha_unit);
        } else {
            return scaled_exp_of_negative(x, Pair<P>{alpha_significand, set<P>(0)}, alpha_exponent);
        }
    }
};

// scale and scale * alpha of Klambauer et al. 2017 (arXiv 1706.02515), to twice the working precision.
template <class S>
struct SeluConstants;

template <>
struct SeluConstants<float> {
    static constexpr float scale[] = {0x1.0cfabep+0f, -0x1.2adddap-25f};
    static constexpr float scale_alpha[] = {0x1.c212ccp+0f, 0x1.903c0cp-26f};
};

template <>
struct SeluConstants<double> {
    static constexpr double scale[] = {0x1.0cfabd6a91132p+0, 0x1.6fc7d272f2695p-55};
    static constexpr double scale_alpha[] = {0x1.c212cc640f031p+0, 0x1.05161b045a1fep-56};
};

// scale * (x > 0 ? x : alpha * expm1(x)) (Klambauer et al. 2017).
template <class S>
struct Selu {
    static constexpr const char* name = "selu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    using C = SeluConstants<S>;

    // Of scale and of alpha the rounded ones will do.
    using General = ScaledElu<S>;
    static Parameters general(const Parameters&) { return {{C::scale_alpha[0] / C::scale[0], C::scale[0], 0}}; }

    explicit Selu(const Parameters&) {}

    P forward(P x) const {
        Mask<P> is_positive = positive(x);
        P zero = set<P>(0), negative = below(minimum(x, zero));
        P scaled = multiply_add(x, set<P>(C::scale[0]), multiply(x, set<P>(C::scale[1])));
        // The low parts would spoil the sign of 0 and turn infinity into NaN.
        Mask<P> exact = either(equal(x, zero), equal(x, set<P>(std::numeric_limits<S>::infinity())));
        return select(exact, x, select(is_positive, scaled, negative));
    }

    P derivative(P x) const { return select(positive(x), set<P>(C::scale[0]), slope_below(minimum(x, set<P>(0)))); }

    P derivative_from_output(P y) const {
        P sum = add(add(y, set<P>(C::scale_alpha[0])), set<P>(C::scale_alpha[1]));
        return select(positive(y), set<P>(C::scale[0]), sum);
    }

  private:
    static Pair<P> scale_alpha() { return {set<P>(C::scale_alpha[0]), set<P>(C::scale_alpha[1])}; }

    static P below(P x) {
        if constexpr (has_fused<P>) {
            return fused_scaled_expm1(x, scale_alpha().hi);
        } else {
            return product(rounded_expm1_of_negative(x), scale_alpha());
        }
    }

    static P slope_below(P x) {
        if constexpr (has_fused<P>) {
            return multiply(fused_large_exp(x), set<P>(C::scale_alpha[0] * scaled_exp_unit));
        } else {
            return scaled_exp_of_negative(x, scale_alpha(), set<P>(0));
        }
    }
};

// scale * (x > 0 ? x : alpha * expm1(x)), |alpha| and |scale| up to 1e30: SELU with constants of one's own, as ONNX's.
template <class S>
struct ScaledElu {
    static constexpr const char* name = "scaledElu";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    P alpha, scale_above;
    // scale * alpha = significand * 2^exponent; in double alone, where the significand is exact.
    Pair<P> significand;
    P exponent;

    explicit ScaledElu(const Parameters& parameters)
        : alpha(set<P>(S(parameters.p[0]))), scale_above(set<P>(S(parameters.p[1]))) {
        int of_alpha, of_scale;
        significand = two_product(
            set<P>(std::frexp(S(parameters.p[0]), &of_alpha)), set<P>(std::frexp(S(parameters.p[1]), &of_scale)));
        const bool is_small = std::fabs(Eigen::internal::pfirst(significand.hi)) < S(0.5);
        P unit = set<P>(S(is_small ? 2 : 1));
        significand = {multiply(significand.hi, unit), multiply(significand.lo, unit)};
        exponent = set<P>(S(of_alpha + of_scale - is_small));
    }

    P forward(P x) const {
        P sign = turned_where_negative(scale_above, turned_where_negative(alpha, x));
        return select(positive(x), slope_times(scale_above, x), copy_sign(below(minimum(x, set<P>(0))), sign));
    }

    Pair<P> forward_pair(P x) const {
        P zero = set<P>(0), up = power_of_two(maximum(exponent, zero));
        P sign = turned_where_negative(scale_above, turned_where_negative(alpha, x));
        Pair<P> m = fast_two_sum(expm1_of_negative(minimum(x, zero)));
        Pair<P> product = pair_product(Pair<P>{multiply(m.hi, up), multiply(m.lo, up)}, significand);
        Pair<P> above = trusted(Pair<P>{slope_times(scale_above, x), two_product(scale_above, x).lo});
        Pair<P> below = scale(product, minimum(exponent, zero));
        return select(positive(x), above, Pair<P>{copy_sign(below.hi, sign), below.lo});
    }

    P derivative(P x) const { return select(positive(x), scale_above, slope_below(minimum(x, set<P>(0)))); }

    Pair<P> derivative_pair(P x) const {
        return select(positive(x), Pair<P>{scale_above, set<P>(0)}, slope_pair_below(minimum(x, set<P>(0))));
    }

    // For alpha >= 0 and scale > 0, where the sign of y is that of x.
    P derivative_from_output(P y) const {
        P sum;
        if constexpr (has_wide<P>) {
            sum = narrow(add(widen(y), wide_product()));
        } else {
            sum = add(add(y, scale(significand.hi, exponent)), scale(significand.lo, exponent));
        }
        return select(positive(y), scale_above, sum);
    }

  private:
    // Exact, for floats.
    Wide wide_product() const { return multiply(widen(alpha), widen(scale_above)); }

    P below(P x) const {
        if constexpr (has_wide<P>) {
            return narrow(multiply(wide_product(), wide_exp(x).minus_one()));
        } else {
            // Enlarged before the product, and diminished after it, which loses nothing of denormals.
            P zero = set<P>(0), up = power_of_two(maximum(exponent, zero));
            Pair<P> m = rounded_expm1_of_negative(x);
            return scale(
                product(Pair<P>{multiply(m.hi, up), multiply(m.lo, up)}, significand), minimum(exponent, zero));
        }
    }

    P slope_below(P x) const {
        if constexpr (has_wide<P>) {
            return narrow(multiply(wide_product(), wide_exp(x).value()));
        } else {
            Exp<P> e = exp_below(x);
            return scale(product(e.exact_significand(), significand), add(e.exponent, exponent));
        }
    }

    Pair<P> slope_pair_below(P x) const {
        Exp<P> e = exp_below(x);
        return scale(pair_product(e.exact_significand(), significand), add(e.exponent, exponent));
    }

    // Farther down the derivative is 0, however large the factor.
    static Exp<P> exp_below(P x) { return Exp<P>(maximum(x, set<P>(S(-1200)))); }

    static WideExp<> wide_exp(P x) { return WideExp<>(maximum(widen(x), set<Wide>(-700))); }
};

// max(0, x) + min(0, alpha * expm1(x / alpha)) for alpha > 0 (Barron 2017, arXiv 1704.07483).
template <class S>
struct Celu {
    static constexpr const char* name = "celu";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    static constexpr bool forward_suffices = has_fma;

    // 1 / alpha = inverse * unit * unit_rest, where the last two are powers of two; their product may overflow.
    P alpha, unit, unit_rest;
    Pair<P> inverse;

    explicit Celu(const Parameters& parameters) : alpha(set<P>(S(parameters.p[0]))) {
        int exponent;
        P significand = set<P>(std::frexp(S(parameters.p[0]), &exponent));
        unit = set<P>(std::ldexp(S(1), -exponent / 2));
        unit_rest = set<P>(std::ldexp(S(1), -exponent - -exponent / 2));
        inverse = reciprocal(Pair<P>{significand, set<P>(0)});
    }

    P forward(P x) const {
        if constexpr (has_wide<P>) {
            Wide wide = set<Wide>(double(Eigen::internal::pfirst(alpha)));
            P scaled = narrow(multiply(wide, WideExp<>(wide_over_alpha(x)).minus_one()));
            return select(positive(x), x, copy_sign(scaled, x));
        } else {
            Bent bent(*this, x);
            return select(bent.is_bent, multiply_add(alpha, bent.m.hi, multiply(alpha, bent.m.lo)), x);
        }
    }

    Pair<P> forward_pair(P x) const {
        Bent bent(*this, x);
        return select(bent.is_bent, trusted(pair_product(Pair<P>{alpha, set<P>(0)}, bent.m)), Pair<P>{x, set<P>(0)});
    }

    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            return narrow(WideExp<>(wide_over_alpha(x)).value());
        } else {
            Pair<P> z = over_alpha(x);
            return select(positive(x), set<P>(1), exp_of_negative(z.hi, z.lo));
        }
    }

    // (alpha + y) / alpha
    P derivative_from_output(P y) const {
        Pair<P> sum = fast_two_sum(alpha, y);
        sum = {multiply(multiply(sum.hi, unit), unit_rest), multiply(multiply(sum.lo, unit), unit_rest)};
        P low = multiply_add(sum.hi, inverse.lo, multiply(sum.lo, inverse.hi));
        return select(positive(y), set<P>(1), multiply_add(sum.hi, inverse.hi, low));
    }

  private:
    // min(0, x) / alpha, but no less than -700
    Wide wide_over_alpha(P x) const {
        Wide inverse = set<Wide>(1 / double(Eigen::internal::pfirst(alpha)));
        return maximum(multiply(minimum(widen(x), set<Wide>(0)), inverse), set<Wide>(-700));
    }

    // expm1(min(0, x) / alpha)
    struct Bent {
        Pair<P> m;
        // Nearer to 0 the curve is a straight line in S, and x / alpha may have underflowed.
        Mask<P> is_bent;

        Bent(const Celu& f, P x) {
            Pair<P> z = f.over_alpha(x);
            m = fast_two_sum(expm1_of_negative(z.hi, z.lo));
            is_bent = less(z.hi, set<P>(-std::numeric_limits<S>::epsilon() / 4));
        }
    };

    // min(0, x) / alpha
    Pair<P> over_alpha(P x) const {
        P scaled = multiply(multiply(select(positive(x), set<P>(0), x), unit), unit_rest);
        Pair<P> z = two_product(scaled, inverse.hi);
        return {z.hi, multiply_add(scaled, inverse.lo, z.lo)};
    }
};

// exp(x), which is its own derivative. Infinite only where the true value rounds to that.
template <class S>
struct Exponential {
    static constexpr const char* name = "exponential";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Exponential(const Parameters&) {}

    P forward(P x) const {
        // Just above the logarithm of the largest number.
        P highest = set<P>(sizeof(S) == sizeof(float) ? 89 : 710);
        Exp<P> e(minimum(maximum(x, set<P>(ExpConstants<S>::lowest)), highest));
        return scale(e.significand(), e.exponent);
    }

    P derivative(P x) const { return forward(x); }

    P derivative_from_output(P y) const { return y; }
};

// 1/3 to twice the working precision, and a polynomial in x^2 for ((x - tanh(x)) / x^3 - 1/3) / x^2 on |x| <= 0.7,
// which leaves x - tanh(x) off by no more than 0.07 * 2^-24 (float) and 0.06 * 2^-53 (double) of itself.
template <class S>
struct TanhShrinkConstants;

template <>
struct TanhShrinkConstants<double> {
    static constexpr double third[] = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
    static constexpr double coefficients[] = {-0x1.111111111110fp-3, 0x1.ba1ba1ba1b549p-5, -0x1.664f48829eeb7p-6,
        0x1.226e3556caeb5p-7, -0x1.d6d3cedcf0ed0p-9, 0x1.7da3384d4a507p-10, -0x1.355598892b874p-11,
        0x1.f548b67cabaccp-13, -0x1.94fa367bf4a6fp-14, 0x1.418f2a17f3aa5p-15, -0x1.db931e85b3258p-17,
        0x1.1ba0f80b2c43ap-18, -0x1.8177de6e89668p-21};
    static constexpr double unit = 0x1p200, unit_squared_inverse = 0x1p-400, unit_cubed_inverse = 0x1p-600;
};

// tanh(t) for t >= 0.
inline Wide wide_tanh(Wide t) {
    Wide m = WideExp<>(maximum(multiply(t, set<Wide>(-2)), set<Wide>(-100))).minus_one();
    return negate(divide(m, add(m, set<Wide>(2))));
}

// x - tanh(x); for |x| <= 0.7, where that cancels, as x^3 times a polynomial in x^2.
template <class S>
struct TanhShrink {
    static constexpr const char* name = "tanhShrink";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit TanhShrink(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_wide<P>) {
            // Near-minimax for (t - tanh(t)) / t^3 in t^2 on t <= 0.7, off by 7.7e-10 of it.
            constexpr double coefficients[] = {0x1.55555550f34c4p-2, -0x1.11110a33bce5ep-3, 0x1.ba1817966551fp-5,
                -0x1.65f6c70f5a38fp-6, 0x1.1e3fa24b07dp-7, -0x1.a153e4288b50fp-9, 0x1.8f2462e582db6p-11};
            Wide t = widen(absolute(x)), square = multiply(t, t);
            Wide near = multiply(multiply(t, square), polynomial(square, coefficients));
            return copy_sign(narrow(select_less(t, set<Wide>(0.7), near, subtract(t, wide_tanh(t)))), x);
        } else {
            return pair_forward(x);
        }
    }

    // tanh(x)^2
    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            Wide t = wide_tanh(widen(absolute(x)));
            return narrow(multiply(t, t));
        } else {
            Pair<P> t = tanh_of_magnitude(absolute(x));
            return product(t, t);
        }
    }

  private:
    static P pair_forward(P x) {
        P magnitude = absolute(x);
        Pair<P> t = tanh_of_magnitude(magnitude);
        Pair<P> difference = fast_two_sum(magnitude, negate(t.hi));
        Mask<P> is_large = less(set<P>(S(0.7)), magnitude);
        P far = add(difference.hi, subtract(difference.lo, t.lo));
        far = select(less(magnitude, set<P>(std::numeric_limits<S>::infinity())), far, magnitude);
        return copy_sign(select(is_large, far, near_zero(magnitude)), x);
    }

    static P near_zero(P x) {
        using C = TanhShrinkConstants<S>;
        // The square and the cube of an x blown up, so that low parts don't underflow.
        P large = multiply(x, set<P>(C::unit));
        Pair<P> large_square = two_product(large, large);
        Pair<P> cube = two_product(large, large_square.hi);
        cube.lo = multiply_add(large, large_square.lo, cube.lo);
        P square = multiply(large_square.hi, set<P>(C::unit_squared_inverse));
        P square_lo = multiply(large_square.lo, set<P>(C::unit_squared_inverse));
        P rest = multiply(square, polynomial(square, C::coefficients));
        Pair<P> factor = fast_two_sum(set<P>(C::third[0]), rest);
        P low = multiply_add(square_lo, set<P>(C::coefficients[0]), set<P>(C::third[1]));
        factor.lo = add(factor.lo, low);
        return multiply(product(cube, factor), set<P>(C::unit_cubed_inverse));
    }
};

using Exponentials = Family<Sigmoid, Tanh, Elu, Selu, ScaledElu, Celu, Exponential, TanhShrink>;

}  // namespace

#endif
