// Units that weigh x by a gate between 0 and 1 that is itself a function of x.
#ifndef RECTIFIER_ACTIVATIONS_GATED_H
#define RECTIFIER_ACTIVATIONS_GATED_H

#include "exponential.h"
#include "family.h"
#include "fused_exponential.h"
#include "parameters.h"
#include "wide_exponential.h"

namespace {

// A function with a root at r = root[0] + root[1], within `width` of it: (t - r) * (slope[0] + slope[1] + (t - r) *
// polynomial(t - r)), rounded but once where that matters. t is t.hi + t.lo.
template <class C, class P>
Pair<P> near_root_pair(Pair<P> t) {
    Pair<P> u = fast_two_sum(subtract(t.hi, set<P>(C::root[0])), subtract(t.lo, set<P>(C::root[1])));
    Pair<P> line = two_product(u.hi, set<P>(C::slope[0]));
    P bend = multiply_add(u.hi, horner(u.hi, C::coefficients), set<P>(C::slope[1]));
    P low = multiply_add(u.hi, bend, multiply_add(u.lo, set<P>(C::slope[0]), line.lo));
    return {line.hi, low};
}

template <class C, class P>
P near_root(Pair<P> t) {
    Pair<P> sum = near_root_pair<C>(t);
    return add(sum.hi, sum.lo);
}

template <class C, class P>
Mask<P> is_near_root(P t) {
    return less(absolute(subtract(t, set<P>(C::root[0]))), set<P>(C::width));
}

// The root of silu'(-t), its derivative there, and the near-minimax polynomial for what is left of it, which leaves
// silu'(-t) off by no more than 0.18 * 2^-24 (float) and 0.09 * 2^-53 (double) of itself.
template <class S>
struct SiluRoot;

template <>
struct SiluRoot<double> {
    static constexpr double width = 0.25;
    static constexpr double root[] = {0x1.474973c84120bp+0, 0x1.f8d74bc9ac154p-54};
    static constexpr double slope[] = {-0x1.be1410460527fp-3, 0x1.2541062177473p-58};
    static constexpr double coefficients[] = {0x1.2c563458cc0adp-3, -0x1.353eb573ca46ap-6, -0x1.f2d0e32bc2f6fp-7,
        0x1.b0f82c4994e36p-8, 0x1.098e92c525fdep-13, -0x1.a2a7cb003afe7p-11, 0x1.8574ce8b81247p-13,
        0x1.5723b8e1d1402p-15, -0x1.f2d65a37a5aaep-16, 0x1.8ab618d7f965cp-19, 0x1.39fe0606b9e4ep-19,
        -0x1.c2a5d10371aa2p-21};
};

// The same for mish'(-t): 0.13 * 2^-24 (float) and 0.48 * 2^-53 (double).
template <class S>
struct MishRoot;

template <>
struct MishRoot<double> {
    static constexpr double width = 0.25;
    static constexpr double root[] = {0x1.31432c0d12d84p+0, 0x1.bf319154da210p-55};
    static constexpr double slope[] = {-0x1.115acb42500bbp-2, -0x1.1ad72de557d4cp-56};
    static constexpr double coefficients[] = {0x1.a34a251d8ad68p-3, -0x1.574f121a86949p-5, -0x1.4c222fe63c6fdp-6,
        0x1.03369d4ad1657p-6, -0x1.b87ddff96e40fp-9, -0x1.1e5e1859798abp-10, 0x1.0379aefdec11dp-10,
        -0x1.0a795f77ff0d4p-12, -0x1.6062534190744p-15, 0x1.d468e712c3962p-15, -0x1.1855cc453048ap-16,
        -0x1.2cc7b8f733997p-20};
};

// The same for telu'(-t): 0.01 * 2^-53 (double).
template <class S>
struct TeluRoot;

template <>
struct TeluRoot<double> {
    static constexpr double width = 0.125;
    static constexpr double root[] = {0x1.14302c3c10f30p+0, 0x1.b8c761c7b1289p-54};
    static constexpr double slope[] = {-0x1.68f6b660942b4p-2, 0x1.accdac615c81fp-57};
    static constexpr double coefficients[] = {0x1.4d0848bbb42d2p-2, -0x1.b9cbc0b27eec1p-4, -0x1.76ccc7f75d5b2p-6,
        0x1.75ed50eb6a68cp-5, -0x1.a1972d4fc8f5cp-6, 0x1.70f433c765432p-8, 0x1.6b47343137d35p-9, -0x1.bdae45f31e265p-9,
        0x1.b445c70460a16p-10, -0x1.3cfebfc883eadp-12, -0x1.b0c49a690deddp-13, 0x1.bdd5fd354cb29p-13};
};

// x * q * 2^exponent for q >= 0.
template <class P>
struct Weighed {
    P x;
    Pair<P> q;
    P exponent;

    // Rounded once where there is FMA.
    P value() const {
        // A sum of zeros would lose the sign.
        return copy_sign(scale(multiply_add(x, q.hi, multiply(x, q.lo)), exponent), x);
    }

    Pair<P> pair() const {
        Pair<P> product = two_product(x, q.hi);
        product.lo = multiply_add(x, q.lo, product.lo);
        return scale(trusted(product), exponent);
    }
};

// sigmoid(z) * (1 + z * sigmoid(-z)), the derivative of z * sigmoid(z); z.lo may be anything if z.hi isn't between
// +-`lowest`. With t = |z| it is g = sigmoid(-t) * (1 - t * sigmoid(t)) for z <= 0, and 1 - g for z > 0.
inline Packet<double> silu_derivative(Pair<Packet<double>> z) {
    using S = double;
    using P = Packet<S>;
    using C = SiluRoot<S>;
    P limit = set<P>(-ExpConstants<S>::lowest);
    P t = absolute(z.hi);
    Mask<P> is_far = less(limit, t);
    Logistic<P> s(z);
    t = select(is_far, limit, t);
    P t_lo = select(is_far, set<P>(0), turned_where_negative(z.hi, z.lo));
    Pair<P> large = s.large();
    Pair<P> weighted = two_product(t, large.hi);
    weighted.lo = add(weighted.lo, multiply_add(t, large.lo, multiply(t_lo, large.hi)));
    Pair<P> rest = two_difference(set<P>(1), weighted.hi);
    rest.lo = subtract(rest.lo, weighted.lo);
    P g = scale(product(s.small(), rest), s.exponent);
    g = select(is_near_root<C>(t), near_root<C>(Pair<P>{t, t_lo}), g);
    return select(positive(z.hi), subtract(set<P>(1), g), g);
}

// (1 + exp(-t) - t) / (1 + exp(-t))^2 = -(t - root) * 2^j * (1 + w) on eight intervals of t, told by 1 + 13/16 t, as
// in FusedGeluTable; off by no more than 0.27 * 2^-24 of itself.
struct FusedSiluSlopeTable {
    static constexpr float limit = 125, last = 0x1.275276p4f, scale = 0.8125f, root_hi = 0x1.47498p0f,
                           root_lo = -0x1.86f7dcp-21f;
    static constexpr int shift = 22;
    static constexpr Octet center = {0x1.d7c1bep0f, 0x1.89dca6p1f, 0x1.3b34f6p2f, 0x1.d7cfdcp2f, 0x1.628e5ap3f,
        0x1.001832p4f, 0x1.3afb7ep-2f, 0x1.da5522p-1f};
    static constexpr Octet magic = {exponent_rounder<64>, exponent_rounder<64>, exponent_rounder<64>,
        exponent_rounder<64>, exponent_rounder<64>, exponent_rounder<64>, exponent_rounder<63>, exponent_rounder<63>};
    static constexpr Octet coefficients[] = {{-0x1.89dd2p-4f, 0x1.051d8ap-5f, 0x1.e2cb34p-5f, 0x1.6ac112p-5f,
                                                 0x1.d0ef4ep-6f, 0x1.35c85cp-6f, -0x1.7d2a52p-6f, 0x1.79ba4cp-2f},
        {0x1.66f488p-3f, 0x1.8f1488p-5f, -0x1.781a1cp-9f, -0x1.8d044cp-8f, -0x1.7788b8p-9f, -0x1.507e0ap-10f,
            0x1.4b081ap-1f, 0x1.30c506p-1f},
        {-0x1.1db344p-4f, -0x1.0157d6p-5f, -0x1.e9f53ep-9f, 0x1.02f478p-11f, 0x1.2454bp-12f, 0x1.6d2344p-14f,
            0x1.830f3ap-6f, -0x1.93b73ap-4f},
        {0x1.994354p-8f, 0x1.37b23ep-7f, 0x1.d78d68p-10f, 0x1.a8e108p-15f, -0x1.9a625cp-16f, -0x1.8a901ep-18f,
            -0x1.2db1cap-4f, -0x1.908ed8p-5f},
        {0x1.37526cp-8f, -0x1.682aa6p-10f, -0x1.032d86p-11f, -0x1.0ec09p-15f, 0x1.be9082p-20f, 0x1.a4beaep-22f,
            -0x1.4ffe1ap-9f, 0x1.35e7eap-6f},
        {-0x1.00fae4p-9f, -0x1.1a22bap-13f, 0x1.8e7ac4p-14f, 0x1.16162ap-17f, -0x1.d0acc2p-26f, -0x1.b26deep-26f,
            0x1.352044p-7f, 0x1.6b12d6p-9f},
        {0x1.8557dcp-14f, 0x1.1a71a6p-13f, -0x1.794edap-17f, -0x1.b45c22p-20f, -0x1.bb4046p-26f, 0x1.a79f94p-30f,
            0x1.4faa04p-15f, -0x1.5253ccp-9f},
        {0x1.2c0b98p-13f, -0x1.28d2bap-15f, 0x1.8df91p-24f, 0x1.fee06ap-23f, 0x1.6b7b16p-28f, -0x1.4d2c0ap-34f,
            -0x1.236a18p-10f, -0x1.bbd658p-16f}};
};

// With t = |x| it is D(t) = (1 + exp(-t) - t) / (1 + exp(-t))^2 * exp(-t) for x < 0, and 1 - D(t) for x >= 0.
inline Packet<float> fused_silu_derivative(Packet<float> x) {
    using P = Packet<float>;
    using T = FusedSiluSlopeTable;
    P one = set<P>(1), t = minimum(absolute(x), set<P>(T::limit));
    const auto index = octet_index<T::shift>(multiply_add(minimum(t, set<P>(T::last)), set<P>(T::scale), one));
    P w = paired_horner<8>(
        subtract(t, look_up(T::center, index)), [&](int i) { return look_up(T::coefficients[i], index); });
    FusedExp<P> e(negate(t), set<P>(0), look_up(T::magic, index));
    P rest = multiply_add(add(w, one), e.excess, w);
    return fused_slope(x, distance_from(T::root_hi, T::root_lo, t), e.power, rest, 0x1p-64f);
}

inline Packet<float> silu_derivative(Wide z) {
    WideLogistic<true> s(z);
    return narrow(multiply_add(s.z, s.derivative(), s.value()));
}

template <class S>
struct Swish;

// x * sigmoid(x) (Elfwing et al. 2017, arXiv 1702.03118). -0 at -infinity.
template <class S>
struct Silu {
    static constexpr const char* name = "silu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    static constexpr bool passes_nan = has_fused<P>;

    using General = Swish<S>;
    static Parameters general(const Parameters&) { return {{1, 0, 0}}; }

    explicit Silu(const Parameters&) {}

    P forward(P x) const {
        // Farther down the result underflows.
        if constexpr (has_fused<P>) {
            P above = maximum(x, set<P>(-110)), top = set<P>(60);
            FusedExp<P> e(negate(minimum(above, top)), set<P>(exponent_rounder<gate_shift>));
            return select(at_most(x, top), fused_gated(above, e), x);
        } else {
            return copy_sign(Gate<P>(x).weigh(maximum(x, set<P>(ExpConstants<S>::lowest))), x);
        }
    }

    static constexpr S ordinary = 64, least_ordinary = 0;

    P ordinary_gated(P a, P x) const {
        return fused_gated_product<false>(a, x, FusedExp<P>(negate(x), set<P>(exponent_rounder<0>)));
    }

    P derivative(P x) const {
        if constexpr (has_fused<P>) {
            return fused_silu_derivative(x);
        } else if constexpr (has_wide<P>) {
            return silu_derivative(widen(x));
        } else {
            return silu_derivative(Pair<P>{x, set<P>(0)});
        }
    }
};

// The square root of a power of two just out of range.
template <class S>
constexpr S middle_power;
template <>
constexpr float middle_power<float> = 0x1p64f;
template <>
constexpr double middle_power<double> = 0x1p512;

// x * sigmoid(beta * x), any finite beta (Ramachandran et al. 2017, arXiv 1710.05941). For beta = 0 x / 2.
template <class S>
struct Swish {
    static constexpr const char* name = "swish";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    using Simpler = Silu<S>;
    static bool is_simpler(const Parameters& parameters) { return S(parameters.p[0]) == 1; }

    explicit Swish(const Parameters& parameters) : Swish(set<P>(S(parameters.p[0]))) {}
    explicit Swish(P beta)
        : beta(beta), beta_up(multiply(beta, set<P>(power))), beta_down(multiply(beta, set<P>(1 / power))) {}

    P forward(P x) const {
        if constexpr (has_wide<P>) {
            Wide finite = finite_of(x);
            return narrow(multiply(finite, WideLogistic<>(multiply(finite, widen(beta))).value()));
        } else {
            return weighed(x).value();
        }
    }

    Pair<P> forward_pair(P x) const { return weighed(x).pair(); }

    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            return silu_derivative(multiply(finite_of(x), widen(beta)));
        } else {
            return silu_derivative(Argument(*this, x).z);
        }
    }

    // The derivative by beta, x^2 * sigmoid(z) * sigmoid(-z) for z = beta * x. 0 at +-infinity unless beta is 0.
    P parameter_derivative(P x) const {
        if constexpr (has_wide<P>) {
            Wide finite = finite_of(x);
            WideLogistic<> s(multiply(finite, widen(beta)));
            return or_nan(x, narrow(multiply(multiply(finite, finite), s.derivative())));
        } else {
            return pair_parameter_derivative(x);
        }
    }

  private:
    // An infinite x counts as so large that even the least beta makes a gate of 0 or 1 of it, but 0 an open one.
    static Wide finite_of(P x) { return clamped(widen(x), 0x1p300); }

    Weighed<P> weighed(P x) const {
        Argument a(*this, x);
        Mask<P> is_negative = less(a.z.hi, set<P>(0));
        Logistic<P> s(a.z);
        // An infinite x counts as the double of what would just be too large.
        return {clamped(a.x, 2 * power), s.value(is_negative), add(s.exponent_of(is_negative), a.exponent)};
    }

    P pair_parameter_derivative(P x) const {
        Argument a(*this, x);
        Logistic<P> s(a.z);
        Pair<P> small = s.small(), large = s.large();
        // A quarter of the result, as the product of two factors with half of the exponent each.
        P quarter = round(multiply(s.exponent, set<P>(S(0.25))));
        P power_of_quarter = power_of_two(quarter);
        P power_of_rest = power_of_two(subtract(subtract(s.exponent, multiply(quarter, set<P>(3))), set<P>(2)));
        P scaled = multiply(x, power_of_quarter);
        Pair<P> left = times(small, multiply(scaled, power_of_quarter));
        Pair<P> right = times(large, multiply(scaled, power_of_rest));
        P infinity = set<P>(std::numeric_limits<S>::infinity());
        P top = absolute(multiply(left.hi, right.hi));
        P result = multiply(select(less(top, infinity), product(left, right), top), set<P>(4));
        // Beyond this even the square of the largest number makes no difference.
        Mask<P> is_far = less(set<P>(-ExpConstants<S>::lowest), absolute(a.z.hi));
        return or_nan(x, select(is_far, set<P>(0), result));
    }

    static constexpr int half_range = std::numeric_limits<S>::max_exponent / 2;
    static constexpr S power = middle_power<S>;

    P beta, beta_up, beta_down;

    // x * 2^exponent, not so near to the ends of the range, and z = beta * x to twice the working precision.
    struct Argument {
        P x, exponent;
        Pair<P> z;

        Argument(const Swish& f, P original) {
            P magnitude = absolute(original);
            Mask<P> is_huge = less(set<P>(power / 16), magnitude), is_tiny = less(magnitude, set<P>(16 / power));
            x = multiply(original, select(is_huge, set<P>(1 / power), select(is_tiny, set<P>(power), set<P>(1))));
            P unit = set<P>(half_range);
            exponent = select(is_huge, unit, select(is_tiny, negate(unit), set<P>(0)));
            z = two_product(x, select(is_huge, f.beta_up, select(is_tiny, f.beta_down, f.beta)));
            // 0 times infinity is 0 here.
            z.hi = select(equal(z.hi, z.hi), z.hi, set<P>(0));
            Mask<P> is_far = less(set<P>(-ExpConstants<S>::lowest), absolute(z.hi));
            Mask<P> is_infinite = equal(magnitude, set<P>(std::numeric_limits<S>::infinity()));
            z.lo = select(either(is_far, is_infinite), set<P>(0), z.lo);
        }
    };

    static Pair<P> times(Pair<P> a, P b) {
        Pair<P> exact = two_product(a.hi, b);
        return {exact.hi, multiply_add(a.lo, b, exact.lo)};
    }
};

// What mish(x) and its derivative are made of, with e = exp(-|x|): tanh(log(1 + exp(x))) is e (2 + e) / (2 + 2e + e^2)
// for x < 0 and (1 + 2e) / (1 + 2e + 2e^2) for x >= 0.
template <class P>
struct MishParts {
    Logistic<P> s;
    // exp(-|x|), 1 + 2e or 2 + 2e, and the denominator.
    Pair<P> e, line, denominator;

    MishParts(P x, Mask<P> is_negative) : s(x) {
        e = {scale(s.significand.hi, s.exponent), scale(s.significand.lo, s.exponent)};
        line = fast_two_sum(select(is_negative, set<P>(2), set<P>(1)), add(e.hi, e.hi));
        line.lo = add(line.lo, add(e.lo, e.lo));
        Pair<P> square = two_product(e.hi, e.hi);
        square.lo = multiply_add(add(e.hi, e.hi), e.lo, square.lo);
        P factor = select(is_negative, set<P>(1), set<P>(2));
        denominator = fast_two_sum(line.hi, multiply(square.hi, factor));
        denominator.lo = add(denominator.lo, multiply_add(square.lo, factor, line.lo));
    }

    Pair<P> two_plus() const {
        Pair<P> sum = fast_two_sum(set<P>(2), e.hi);
        return {sum.hi, add(sum.lo, e.lo)};
    }
};

// For x that counts as no less than -200 and, but for `above`, no more than 40: e = exp(x), w = (1 + e)^2 - 1 and
// share = 1 / (w + 2). The gate tanh(log(1 + e)) is w / (w + 2).
template <bool precise = false>
struct WideMish {
    Wide above, x, e, w, share;

    explicit WideMish(Packet<float> original) {
        above = maximum(widen(original), set<Wide>(-200));
        x = minimum(above, set<Wide>(40));
        e = WideExp<precise>(x).value();
        w = multiply_add(e, e, add(e, e));
        share = divide(set<Wide>(1), add(w, set<Wide>(2)));
    }
};

// x * tanh(log(1 + exp(x))) (Misra 2019, arXiv 1908.08681). -0 at -infinity.
template <class S>
struct Mish {
    static constexpr const char* name = "mish";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    static constexpr bool passes_nan = has_fused<P>;
    static constexpr bool forward_suffices = has_fma;

    explicit Mish(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_fused<P>) {
            return fused_forward(x);
        } else if constexpr (has_wide<P>) {
            WideMish<> m(x);
            return narrow(multiply(m.above, multiply(m.w, m.share)));
        } else {
            return select(less(set<P>(limit), x), x, weighed(x).value());
        }
    }

    Pair<P> forward_pair(P x) const { return select(less(set<P>(limit), x), Pair<P>{x, set<P>(0)}, weighed(x).pair()); }

    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            WideMish<true> m(x);
            // w' = 2 e (1 + e)
            Wide rise = multiply(multiply(m.x, set<Wide>(4)), multiply_add(m.e, m.e, m.e));
            return narrow(multiply(m.share, multiply_add(rise, m.share, m.w)));
        } else {
            using C = MishRoot<S>;
            Slope s(x);
            P left = scale(product(s.ratio, s.rest), s.exponent);
            P right = subtract(set<P>(1), multiply(left, s.e.hi));
            left = select(is_near_root<C>(s.t), near_root<C>(Pair<P>{s.t, set<P>(0)}), left);
            return select(s.is_negative, left, right);
        }
    }

    Pair<P> derivative_pair(P x) const {
        using C = MishRoot<S>;
        Slope s(x);
        Pair<P> left = scale(pair_product(s.ratio, s.rest), s.exponent), taken = pair_product(left, s.e);
        Pair<P> right = fast_two_sum(set<P>(1), negate(taken.hi));
        right.lo = subtract(right.lo, taken.lo);
        left = select(is_near_root<C>(s.t), near_root_pair<C>(Pair<P>{s.t, set<P>(0)}), left);
        return select(s.is_negative, left, right);
    }

  private:
    // With e = exp(x) = p * (1 + excess) and d = 2 + 2e + e^2 the gate is min(p, 1) * (1 + g), where g is a small
    // number: excess - e * (1 + e) * (1 + excess) / d for p < 1, and -2 / d for p >= 1.
    static P fused_forward(P x) {
        P top = set<P>(20), above = maximum(x, set<P>(-110)), one = set<P>(1), two = set<P>(2);
        FusedExp<P> e(minimum(above, top), set<P>(exponent_rounder<64>));
        P p = multiply(e.power, set<P>(0x1p-64f)), rest = multiply(p, e.excess);
        // p^2 + p, 1 + p and 1 + e
        P product = multiply_add(p, p, p), one_plus_p = add(p, one), one_plus = add(one_plus_p, rest);
        P d = multiply_add(rest, add(one_plus_p, one_plus), add(product, add(p, two)));
        P numerator = multiply_add(rest, multiply_add(add(e.excess, two), one_plus, p), product);
        Mask<P> is_small = less(p, one);
        P quotient = divide(select(is_small, numerator, two), d);
        P g = subtract(select(is_small, e.excess, set<P>(0)), quotient);
        P scaled = multiply(multiply_add(above, g, above), minimum(e.power, set<P>(0x1p64f)));
        // A sum of zeros would lose the sign.
        return select(at_most(x, top), copy_sign(multiply(scaled, set<P>(0x1p-64f)), x), x);
    }

    // Beyond this the gate is 0 or 1.
    static constexpr S limit = -ExpConstants<S>::lowest;

    static Weighed<P> weighed(P x) {
        Mask<P> is_negative = less(x, set<P>(0));
        MishParts<P> m(x, is_negative);
        Pair<P> two_plus = m.two_plus(), significand = m.s.significand;
        Pair<P> left = two_product(significand.hi, two_plus.hi);
        P cross = multiply_add(significand.hi, two_plus.lo, multiply(significand.lo, two_plus.hi));
        left.lo = add(left.lo, cross);
        Pair<P> numerator = {select(is_negative, left.hi, m.line.hi), select(is_negative, left.lo, m.line.lo)};
        return {clamped(x, limit), quotient(numerator, m.denominator), m.s.exponent_of(is_negative)};
    }

    // With d the denominator, t = |x| and r = 4t (1 + e) / d: e / d (2 + e - r) for x < 0, 1 - e^2 / d (2 - r) for x >=
    // 0. Here e / d = ratio * 2^exponent, and rest is what it is multiplied by.
    struct Slope {
        Mask<P> is_negative;
        P t, exponent;
        Pair<P> e, ratio, rest;

        explicit Slope(P x) : is_negative(less(x, set<P>(0))), t(absolute(clamped(x, limit))) {
            MishParts<P> m(x, is_negative);
            exponent = m.s.exponent;
            e = m.e;
            ratio = quotient(m.s.significand, m.denominator);
            Pair<P> base = select(is_negative, m.two_plus(), Pair<P>{set<P>(2), set<P>(0)});
            Pair<P> share = quotient(m.s.one_plus, m.denominator);
            P four_t = multiply(t, set<P>(4));
            Pair<P> taken = two_product(four_t, share.hi);
            taken.lo = multiply_add(four_t, share.lo, taken.lo);
            rest = two_difference(base.hi, taken.hi);
            rest.lo = add(rest.lo, subtract(base.lo, taken.lo));
        }
    };
};

// x * tanh(exp(x)) (Fernandez and Mali 2024, arXiv 2412.20269). -0 at -infinity.
template <class S>
struct Telu {
    static constexpr const char* name = "telu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    static constexpr bool forward_suffices = has_fma;
    using P = Packet<S>;

    explicit Telu(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_wide<P>) {
            Wide v = maximum(widen(x), set<Wide>(-700));
            Wide m = expm1_of<false>(v);
            return narrow(multiply(v, divide(negate(m), add(set<Wide>(2), m))));
        } else {
            return select(less(set<P>(high), x), x, weighed(x).value());
        }
    }

    Pair<P> forward_pair(P x) const { return select(less(set<P>(high), x), Pair<P>{x, set<P>(0)}, weighed(x).pair()); }

    // With u = exp(x), m = exp(-2u) - 1 it is (-m (2 + m) + 4xu (1 + m)) / (2 + m)^2.
    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            Wide v = maximum(minimum(widen(x), set<Wide>(high)), set<Wide>(-700)), two = set<Wide>(2);
            Wide u = WideExp<true>(v).value(), m = WideExp<true>(negate(add(u, u))).minus_one();
            Wide two_plus = add(two, m), inner = multiply(multiply(v, u), add(set<Wide>(1), m));
            Wide numerator = multiply_add(negate(m), two_plus, multiply(inner, set<Wide>(4)));
            return narrow(divide(numerator, multiply(two_plus, two_plus)));
        } else {
            return pair_derivative(x);
        }
    }

  private:
    // Above, tanh(exp(x)) is 1. Below `low`, it is exp(x).
    static constexpr double high = 3.75, low = -20;

    // exp(-2 exp(x)) - 1
    template <bool precise>
    static Wide expm1_of(Wide x) {
        Wide u = WideExp<precise>(minimum(x, set<Wide>(high))).value();
        return WideExp<precise>(negate(add(u, u))).minus_one();
    }

    // exp(x) = significand * 2^exponent = u
    struct Parts {
        P x, exponent;
        Pair<P> significand, u, m, two_plus;

        explicit Parts(P wanted) : Parts(maximum(minimum(wanted, set<P>(high)), set<P>(ExpConstants<S>::lowest)), 0) {}

      private:
        Parts(P x, int) : x(x) {
            ReducedExp<P> e(x);
            exponent = e.exponent;
            significand = fast_two_sum(e.significand());
            u = {scale(significand.hi, exponent), scale(significand.lo, exponent)};
            P minus_two = set<P>(-2);
            m = fast_two_sum(expm1_of_negative(multiply(u.hi, minus_two), multiply(u.lo, minus_two)));
            two_plus = fast_two_sum(set<P>(2), m.hi);
            two_plus.lo = add(two_plus.lo, m.lo);
        }
    };

    static Weighed<P> weighed(P x) {
        Parts parts(x);
        Pair<P> gate = quotient(Pair<P>{negate(parts.m.hi), negate(parts.m.lo)}, parts.two_plus);
        Mask<P> is_low = less(x, set<P>(low));
        return {parts.x, select(is_low, parts.significand, gate), select(is_low, parts.exponent, set<P>(0))};
    }

    static P pair_derivative(P x) {
        using C = TeluRoot<S>;
        Parts parts(x);
        P one = set<P>(1), four = set<P>(4);
        Pair<P> one_plus = fast_two_sum(one, parts.m.hi);
        one_plus.lo = add(one_plus.lo, parts.m.lo);
        Pair<P> left = pair_product(parts.m, parts.two_plus);
        Pair<P> right = pair_product(pair_product(Pair<P>{multiply(parts.x, four), set<P>(0)}, parts.u), one_plus);
        Pair<P> numerator = two_difference(right.hi, left.hi);
        numerator = fast_two_sum(numerator.hi, add(numerator.lo, subtract(right.lo, left.lo)));
        Pair<P> result = quotient(numerator, fast_two_sum(pair_product(parts.two_plus, parts.two_plus)));
        P value = add(result.hi, result.lo);
        P t = negate(parts.x);
        value = select(is_near_root<C>(t), near_root<C>(Pair<P>{t, set<P>(0)}), value);
        P far = scale(product(parts.significand, two_sum(one, parts.x)), parts.exponent);
        return select(less(x, set<P>(low)), far, value);
    }
};

using Gated = Family<Silu, Swish, Mish, Telu>;

}  // namespace

#endif
