// The family built on the normal distribution: x times the probability that a normal variable is less than x, and what
// is used in its place. Both functions have f(x) = x - t * W(t) for x >= 0 and -t * W(t) for x < 0, where t = |x| and
// W(t) <= 1/2 is the tail; hence f'(-t) = D(t) and f'(t) = 1 - D(t). Only t * W(t) and D(t) are evaluated, as a factor
// that doesn't cancel times an exponential; but for float the second function and its derivative are, in double, what
// their definitions say.
#ifndef RECTIFIER_ACTIVATIONS_GAUSSIANS_H
#define RECTIFIER_ACTIVATIONS_GAUSSIANS_H

#include "exponential.h"
#include "family.h"
#include "fused_exponential.h"
#include "parameters.h"
#include "wide_exponential.h"

namespace {

// |x|, but no more than `limit`.
template <class P>
P magnitude(P x, ScalarOf<P> limit) {
    return minimum(absolute(x), set<P>(limit));
}

// Whether f(x) = x / 2 to within a rounding. There, denormals must not go through exact products.
template <class P>
Mask<P> is_straight(P x) {
    using S = ScalarOf<P>;
    return less(absolute(x), set<P>(S(0.25) * std::numeric_limits<S>::epsilon() / 32));
}

// f(x) from tail = t * W(t). The difference is as good as the tail: where the two are of one binade, it is exact.
template <class P>
P gated(P x, P tail) {
    P y = select(less(x, set<P>(0)), negate(tail), subtract(x, tail));
    return select(is_straight(x), multiply(x, set<P>(ScalarOf<P>(0.5))), y);
}

template <class P>
Pair<P> gated(P x, Pair<P> tail) {
    Pair<P> rest = two_difference(x, tail.hi);
    rest.lo = subtract(rest.lo, tail.lo);
    Pair<P> y = select(less(x, set<P>(0)), Pair<P>{negate(tail.hi), negate(tail.lo)}, rest);
    return select(is_straight(x), Pair<P>{multiply(x, set<P>(ScalarOf<P>(0.5))), set<P>(0)}, y);
}

// f'(x) from D(t).
template <class P>
P gated_derivative(P x, P d) {
    return select(less(x, set<P>(0)), d, subtract(set<P>(1), d));
}

template <class P>
Pair<P> gated_derivative(P x, Pair<P> d) {
    Pair<P> rest = fast_two_sum(set<P>(1), negate(d.hi));
    rest.lo = subtract(rest.lo, d.lo);
    return select(less(x, set<P>(0)), d, rest);
}

// Let R(t) = Phi(-t) * exp(t^2 / 2). Two functions of t are smooth in q = t / (t + b) and have no zero:
// tail: (t + b) * R(t) with b = 5/2, of which this is the polynomial in q - 5/8 beside 83/64 - q, in all off by 5.9e-9
//   of it for t <= 14.25 (float) and by 2.4e-18 for t <= 38.6 (double).
// root: where Phi(-t) = t * phi(t), as a pair.
// slope: (R(t) - t / sqrt(2 pi)) / (t - root) with b = 3, of which this is the polynomial in q - 1/2 beside -1/2, off
// by
//   3.5e-9 of it for t <= 7.8 (float) and by 1.0e-17 for t <= 12.2 (double); farther out it loses digits, but f' is
//   next to 0.
// From `limit` on everything underflows.
template <class S>
struct GeluConstants;

template <>
struct GeluConstants<double> {
    static constexpr double limit = 50;
    static constexpr double tail[] = {-0x1.0b856509bb2bdp-4, 0x1.105f009c9fa5p-2, 0x1.0fb97a57da512p-1,
        -0x1.dded6a402d9f7p-5, -0x1.020039605ee8ep-2, 0x1.6aef380660e9ep-4, 0x1.8576765af24b8p-3, -0x1.b9a5defcbd234p-5,
        -0x1.951e17edf2851p-3, -0x1.33dc30c3f5f58p-6, 0x1.b965d17abe934p-3, 0x1.36e85cbd889b7p-3, -0x1.5e94d84ae0e0ap-3,
        -0x1.5ae96707cb477p-2, -0x1.a35225ab6dac8p-5, 0x1.cce0b072ad3d7p-2, 0x1.110ed5cc9c52dp-1, -0x1.16bc2b297d9a4p-3,
        -0x1.04725d6f1f36dp+0, -0x1.f0e9169b207bcp-1, 0x1.041c00b341b4ep-1, 0x1.17b03bfe8cc88p+1, 0x1.e7f2cc230f3a8p+0,
        -0x1.6bb38d14b40c4p-1, -0x1.9a335aaa0115fp+1, -0x1.a0547c74ea877p+1, -0x1.96f7f3f0ff0a9p+0,
        -0x1.495c1ccb13111p-2};
    static constexpr double root[] = {0x1.80ead197f00b4p-1, -0x1.13e74c58cada8p-56};
    static constexpr double slope[] = {0x1.639223127626ap-6, 0x1.eb6b5a7ded06cp-3, -0x1.b70f305de355ep-3,
        0x1.cd33bfc59fc71p-4, -0x1.abf7f8886d813p-9, -0x1.1f0ce8a57e6b2p-5, 0x1.8a93452e89dd1p-8, 0x1.10ae41d37743bp-6,
        -0x1.3fbe788f04703p-10, -0x1.5117ed8310f13p-7, -0x1.54d8347b6f889p-9, 0x1.94ed9dff1208p-8, 0x1.4c41729d6a3fcp-8,
        -0x1.05638f6acae47p-9, -0x1.697e2bd7d6625p-8, -0x1.1544f3446e255p-9, 0x1.a9a726e6d74bfp-9, 0x1.0e3e79f40b873p-8,
        0x1.0fe0ed4b7b2eep-11, -0x1.fc31d761ef84p-10, -0x1.1621b452da819p-10};
};

// The same for what is rounded to float: of (t + b) * R(t) in q - 5/8, and of (R(t) - t / sqrt(2 pi)) / (t - root) in
// q - 1/2.
struct WideGeluConstants {
    static constexpr double limit = 20;
    static constexpr double tail[] = {0x1.368f534p-1, -0x1.77d08p-1, 0x1.0fb9a2p-1, -0x1.dde6fap-5, -0x1.02137p-2,
        0x1.69ca06p-4, 0x1.8838fap-3, -0x1.761c6ep-5, -0x1.912e06p-3, -0x1.6e12eep-4, 0x1.2518d2p-5, 0x1.f6045ep-6};
    static constexpr double root = 0x1.80ead197f00b4p-1;
    static constexpr double slope[] = {-0x1.e9c6ddcp-2, 0x1.eb6b56p-3, -0x1.b70f44p-3, 0x1.cd389ap-4, -0x1.aa244p-9,
        -0x1.203fap-5, 0x1.6530aap-8, 0x1.1f3684p-6, 0x1.711848p-8};
};

// R(t) = 2^j * (1 + w) on eight intervals of t, [0, 1/2], [1/2, 1], [1, 2], [2, 3], [3, 5], [5, 7], [7, 11] and from
// there to 14.55, in the order of the bits that tell them in 1 + t: the center of each, which is where 1 + w has next
// to no rounding error, what rounds an exponent and adds j + 64 to it, and w in t - center. The polynomials are
// near-minimax for 1 + w (Sollya's fpminimax), which they leave off by no more than 0.06 * 2^-24 of itself.
struct FusedGeluTable {
    static constexpr float limit = 14.5f;
    static constexpr int shift = 22;
    static constexpr Octet center = {0x1.8122p0f, 0x1.3ebfb2p1f, 0x1.ffa92ap1f, 0x1.7f2f1ap2f, 0x1.1ec986p3f,
        0x1.99063cp3f, 0x1.f78d5p-3f, 0x1.80ef34p-1f};
    static constexpr Octet magic = {exponent_rounder<61>, exponent_rounder<61>, exponent_rounder<60>,
        exponent_rounder<60>, exponent_rounder<59>, exponent_rounder<59>, exponent_rounder<62>, exponent_rounder<62>};
    static constexpr Octet coefficients[] = {{0x1.493e88p-1f, 0x1.12e62ep-3f, 0x1.05dfe8p-1f, 0x1.3bf2p-5f,
                                                 0x1.a12036p-2f, -0x1.dacbdp-8f, 0x1.527084p-1f, 0x1.98e8a6p-3f},
        {-0x1.707a88p-1f, -0x1.77dd44p-2f, -0x1.5d5ff2p-2f, -0x1.51bdf8p-3f, -0x1.3a0dbep-3f, -0x1.3a5936p-4f,
            -0x1.2ff74ap0f, -0x1.633e1p-1f},
        {0x1.1ee552p-2f, 0x1.c2ecf8p-4f, 0x1.2e5a06p-4f, 0x1.a35c5ap-6f, 0x1.0eaf02p-6f, 0x1.828e34p-8f, 0x1.5e7b66p-1f,
            0x1.5b25a4p-2f},
        {-0x1.972072p-4f, -0x1.fb66a8p-6f, -0x1.f7baccp-7f, -0x1.fda716p-9f, -0x1.cd8b96p-10f, -0x1.d8a364p-12f,
            -0x1.5bd7f6p-2f, -0x1.2baa6p-3f},
        {0x1.0b8b74p-5f, 0x1.0e139ap-7f, 0x1.95495ap-9f, 0x1.2f7a6p-11f, 0x1.854d36p-13f, 0x1.1f52f6p-15f,
            0x1.33c198p-3f, 0x1.d50426p-5f},
        {-0x1.493a2ap-7f, -0x1.11c42cp-9f, -0x1.3b2fecp-11f, -0x1.62528ep-14f, -0x1.441976p-16f, -0x1.5b16dp-19f,
            -0x1.eec4eep-5f, -0x1.515952p-6f},
        {0x1.7f28dcp-9f, 0x1.09fed6p-11f, 0x1.dd424ap-14f, 0x1.96c9aap-17f, 0x1.0cbe1ep-19f, 0x1.a10364p-23f,
            0x1.69826ap-6f, 0x1.c4c37ap-8f},
        {-0x1.b729dap-11f, -0x1.f9be92p-14f, -0x1.7ad3e4p-16f, -0x1.de4b42p-20f, -0x1.e1170ep-23f, -0x1.066e5p-26f,
            -0x1.2dd2c2p-7f, -0x1.6991c4p-9f},
        {0x1.c7fb3p-13f, 0x1.ada272p-16f, 0x1.0dcae4p-18f, 0x1.0366b2p-22f, 0x1.767296p-26f, 0x1.3fbeb8p-30f,
            0x1.be27cp-8f, 0x1.08d502p-10f}};
};

// Likewise (R(t) - t / sqrt(2 pi)) / (t - root) = -(1 + w) / 2 on [0, 1/4], [1/4, 1/2], [1/2, 1], [1, 3/2], [3/2, 5/2],
// [5/2, 7/2], [7/2, 11/2] and from there to 7.5, told by 1/2 + t; farther out it may be anything near. Off by no more
// than 0.016 * 2^-24 of itself.
struct FusedGeluSlopeTable {
    static constexpr float limit = 16, last = 0x1.dffp2f, first = 0.5f, root_hi = 0x1.80eaep-1f,
                           root_lo = -0x1.cd01fep-22f;
    static constexpr int shift = 22;
    static constexpr Octet center = {0x1.00d6a2p1f, 0x1.80680ap1f, 0x1.20ded2p2f, 0x1.9fde6ap2f, 0x1.037176p-3f,
        0x1.81cacp-2f, 0x1.7f212ep-1f, 0x1.40b1c4p0f};
    static constexpr Octet coefficients[] = {{0x1.1b6be4p-7f, -0x1.649c38p-5f, -0x1.66e54ap-4f, -0x1.e5de98p-4f,
                                                 0x1.2744d4p-2f, 0x1.c36c38p-3f, 0x1.29ca26p-3f, 0x1.34154cp-4f},
        {-0x1.183ad2p-4f, -0x1.471ca2p-5f, -0x1.5c8a0ap-6f, -0x1.77406ep-7f, -0x1.3b7cb8p-2f, -0x1.e9936ep-3f,
            -0x1.5c35e8p-3f, -0x1.d0da14p-4f},
        {0x1.542e36p-6f, 0x1.3b47fep-7f, 0x1.f905c4p-9f, 0x1.95dc78p-10f, 0x1.4db796p-3f, 0x1.dc6824p-4f, 0x1.2ce86p-4f,
            0x1.59887p-5f},
        {-0x1.858186p-8f, -0x1.23f1cap-9f, -0x1.6522fap-11f, -0x1.b0dc48p-13f, -0x1.36be4p-4f, -0x1.9d519ep-5f,
            -0x1.d76456p-6f, -0x1.da6a62p-7f},
        {0x1.a7666p-10f, 0x1.049096p-11f, 0x1.ed3326p-14f, 0x1.c740bep-16f, 0x1.056bd2p-5f, 0x1.46d2aap-6f,
            0x1.546d1p-7f, 0x1.305ccep-8f},
        {-0x1.b741bep-12f, -0x1.c31894p-14f, -0x1.4d185ap-16f, -0x1.d86e6cp-19f, -0x1.a52a06p-7f, -0x1.c214cp-8f,
            -0x1.cca09cp-9f, -0x1.727c22p-10f},
        {0x1.c17d2p-14f, 0x1.7f273cp-16f, 0x1.d0aac2p-19f, 0x1.f3c0a6p-22f, 0x1.4aec1ap-8f, 0x1.379736p-9f,
            0x1.2568acp-10f, 0x1.aa4a32p-12f},
        {-0x1.b8a322p-16f, -0x1.0261dp-18f, -0x1.3550c8p-21f, -0x1.0046ap-24f, 0x1.161b6ep-6f, -0x1.0e972ap-6f,
            -0x1.ca233ap-13f, -0x1.f4e28p-16f}};
};

// x * Phi(x) = x / 2 * erfc(-x / sqrt(2)) (Hendrycks and Gimpel 2016, arXiv 1606.08415).
template <class S>
struct Gelu {
    static constexpr const char* name = "gelu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;

    explicit Gelu(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_fused<P>) {
            return fused_forward(x);
        } else if constexpr (has_wide<P>) {
            return narrow(wide_forward(widen(x)));
        } else {
            Tail s(x);
            return gated(x, scale(product(s.factor, s.significand), s.exponent));
        }
    }

    Pair<P> forward_pair(P x) const {
        Tail s(x);
        return gated(x, scale(pair_product(s.factor, s.significand), s.exponent));
    }

    static constexpr S ordinary = 10, least_ordinary = S(0x1p-120);

    // a * max(x, 0) - a * t * 2^j * (1 + w) * (1 + linear + beyond), where what a rounding loses is kept, but for
    // small ones.
    P ordinary_gated(P a, P x) const {
        P t = absolute(x);
        FusedQuotient quotient(t);
        Pair<P> exponent = minus_half_square(t);
        // Without the 2^64 of the table: nothing here underflows.
        SplitPower<P> e(exponent.hi, exponent.lo, subtract(quotient.magic, set<P>(64)));
        Pair<P> product = two_product(a, t), factor = fast_two_sum(set<P>(1), quotient.line);
        P scaled = multiply(product.hi, e.power);
        Pair<P> tail = two_product(scaled, factor.hi);
        P rest = multiply_add(scaled, quotient.from(factor.lo), tail.lo);
        rest = multiply_add(multiply(product.lo, e.power), factor.hi, rest);
        P sum = add(tail.hi, rest);
        rest = multiply_add(sum, e.linear, multiply_add(sum, e.beyond, rest));
        Mask<P> is_positive = positive(x);
        Pair<P> difference = fast_two_sum(select(is_positive, product.hi, set<P>(0)), negate(tail.hi));
        P lost = select(is_positive, product.lo, set<P>(0));
        // A sum of zeros would lose the sign.
        return copy_sign(add(difference.hi, add(difference.lo, subtract(lost, rest))), multiply(a, x));
    }

    P derivative(P x) const {
        if constexpr (has_fused<P>) {
            return fused_derivative(x);
        } else if constexpr (has_wide<P>) {
            using W = WideGeluConstants;
            Wide t = widen(magnitude(x, S(W::limit))), q = divide(t, add(t, set<Wide>(3)));
            Wide slope = multiply(horner(subtract(q, set<Wide>(0.5)), W::slope), wide_exp_of_half_square(t));
            Wide d = multiply(subtract(t, set<Wide>(W::root)), slope);
            return narrow(select_less(widen(x), set<Wide>(0), d, subtract(set<Wide>(1), d)));
        } else {
            Slope s(x);
            return gated_derivative(x, scale(product(s.factor, s.distance), s.exponent));
        }
    }

    Pair<P> derivative_pair(P x) const {
        Slope s(x);
        return gated_derivative(x, scale(pair_product(s.factor, s.distance), s.exponent));
    }

  private:
    // What a tail t * 2^j * (1 + w) * exp(-t^2 / 2) consists of: the pieces of w, and the magic number of j.
    struct FusedQuotient {
        P line, square, bend, fourth, rest, magic;

        explicit FusedQuotient(P t) {
            using T = FusedGeluTable;
            const auto index = octet_index<T::shift>(add(t, set<P>(1)));
            const auto coefficient = [&](int i) { return look_up(T::coefficients[i], index); };
            P offset = subtract(t, look_up(T::center, index));
            square = multiply(offset, offset);
            fourth = multiply(square, square);
            const P powers[] = {offset, square, fourth};
            line = polynomial_of<0, 2>(offset, powers, coefficient);
            bend = polynomial_of<2, 4>(offset, powers, coefficient);
            rest = polynomial_of<4, 9>(offset, powers, coefficient);
            magic = look_up(T::magic, index);
        }

        // w + before - line
        P from(P before) const { return multiply_add(fourth, rest, multiply_add(square, bend, before)); }
    };

    static Wide wide_forward(Wide x) {
        using W = WideGeluConstants;
        Wide t = minimum(absolute(x), set<Wide>(W::limit)), q = divide(t, add(t, set<Wide>(2.5)));
        Wide factor = multiply(q, polynomial(subtract(q, set<Wide>(0.625)), W::tail));
        Wide tail = multiply(factor, wide_exp_of_half_square(t));
        return select_less(x, set<Wide>(0), negate(tail), subtract(x, tail));
    }

    static P fused_forward(P x) {
        P t = magnitude(x, FusedGeluTable::limit);
        FusedQuotient s(t);
        FusedExp<P> e = fused_exp_of_half_square(t, s.magic);
        // (1 + w) * (1 + excess) - 1
        P w = s.from(s.line), rest = multiply_add(add(w, set<P>(1)), e.excess, w);
        P scaled = multiply(t, e.power), tail = multiply_add(scaled, rest, scaled);
        return multiply_add(tail, set<P>(-0x1p-64f), at_least(x, set<P>(0)));
    }

    // D(t) = Phi(-t) - t * phi(t) = (t - root) * -(1 + w) / 2 * exp(-t^2 / 2)
    static P fused_derivative(P x) {
        using T = FusedGeluSlopeTable;
        P t = magnitude(x, T::limit);
        const auto index = octet_index<T::shift>(add(minimum(t, set<P>(T::last)), set<P>(T::first)));
        P w = paired_horner<8>(
            subtract(t, look_up(T::center, index)), [&](int i) { return look_up(T::coefficients[i], index); });
        FusedExp<P> e = fused_exp_of_half_square(t, set<P>(exponent_rounder<64>));
        P rest = multiply_add(add(w, set<P>(1)), e.excess, w);
        return fused_slope(x, distance_from(T::root_hi, T::root_lo, t), e.power, rest, 0x1p-65f);
    }

    static Pair<P> minus_half_square(P t) { return two_product(t, multiply(t, set<P>(-0.5f))); }

    // exp(-t^2 / 2) * 2^shift for magic = exponent_rounder<shift>.
    static FusedExp<P> fused_exp_of_half_square(P t, P magic) {
        Pair<P> exponent = minus_half_square(t);
        return FusedExp<P>(exponent.hi, exponent.lo, magic);
    }

    static Wide wide_exp_of_half_square(Wide t) { return WideExp<>(multiply(multiply(t, t), set<Wide>(-0.5))).value(); }

    // t * W(t) = q * ((t + b) * R(t)) * exp(-t^2 / 2) = factor * significand * 2^exponent with q = t / (t + b)
    struct Tail {
        Pair<P> factor, significand;
        P exponent;

        explicit Tail(P x) {
            using C = GeluConstants<S>;
            P t = magnitude(x, C::limit);
            Pair<P> q = quotient(Pair<P>{t, set<P>(0)}, two_sum(t, set<P>(S(2.5))));
            P v = subtract(q.hi, set<P>(S(0.625)));
            Pair<P> line = fast_two_sum(set<P>(S(83) / 64), negate(q.hi));
            Pair<P> smooth = fast_two_sum(line.hi, horner(v, C::tail));
            // What q.lo adds takes no more than two digits of the derivative.
            P slope = multiply_add(v, set<P>(S(0.9)), set<P>(S(-0.74)));
            smooth.lo = add(smooth.lo, multiply_add(q.lo, slope, line.lo));
            ReducedExp<P> e = exp_of_half_square(t);
            factor = pair_product(q, smooth);
            significand = fast_two_sum(e.significand());
            exponent = e.exponent;
        }
    };

    // D(t) = Phi(-t) - t * phi(t) = (t - root) * slope * exp(-t^2 / 2) = distance * factor * 2^exponent
    struct Slope {
        Pair<P> factor, distance;
        P exponent;

        explicit Slope(P x) {
            using C = GeluConstants<S>;
            P t = magnitude(x, C::limit);
            P q = divide(t, add(t, set<P>(3)));
            Pair<P> slope = fast_two_sum(set<P>(S(-0.5)), horner(subtract(q, set<P>(S(0.5))), C::slope));
            distance = two_difference(t, set<P>(C::root[0]));
            distance.lo = subtract(distance.lo, set<P>(C::root[1]));
            ReducedExp<P> e = exp_of_half_square(t);
            factor = pair_product(slope, fast_two_sum(e.significand()));
            exponent = e.exponent;
        }
    };

    // exp(-t^2 / 2)
    static ReducedExp<P> exp_of_half_square(P t) {
        Pair<P> square = two_product(t, t);
        P factor = set<P>(S(-0.5));
        return ReducedExp<P>(multiply(square.hi, factor), multiply(square.lo, factor));
    }
};

// linear, cubic: 2 * sqrt(2 / pi) and that times 0.044715, as pairs.
// root: where 1 + exp(-z(t)) = t * z'(t), as a pair, with z(t) = linear * t + cubic * t^3.
// near_root: (1 + exp(-z(t)) - t * z'(t)) / (t - root) + 5/2 as a polynomial in t - root, off by 8.8e-9 (float) and
//   4.6e-19 (double) of the quotient for |t - root| < 1/8.
// From `limit` on everything underflows.
template <class S>
struct GeluTanhConstants;

template <>
struct GeluTanhConstants<double> {
    static constexpr double limit = 22;
    static constexpr double linear[] = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
    static constexpr double cubic[] = {0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c7p-61};
    static constexpr double root[] = {0x1.81429f9e97e4dp-1, -0x1.4f523ed77dbdcp-55};
    static constexpr double near_root[] = {0x1.424cbea76c26cp-5, -0x1.993cd34bf4f09p-4, -0x1.9a0ef5cdf30bdp-2,
        0x1.3720c65c909c8p-4, -0x1.f37b831fa55dfp-6, 0x1.721f46df8465ep-7, -0x1.e3b4836757007p-9, 0x1.2e3bd2829e69ep-10,
        -0x1.75d478a1afbf7p-12, 0x1.b19dc5ca27e8cp-14, -0x1.d82238c9a4642p-16};
};

// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) (Hendrycks and Gimpel 2016), which is x * sigmoid(z(x)).
template <class S>
struct GeluTanh {
    static constexpr const char* name = "geluTanh";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::exponential;
    using P = Packet<S>;
    static constexpr bool passes_nan = has_fused<P>;

    explicit GeluTanh(const Parameters&) {}

    P forward(P x) const {
        if constexpr (has_fused<P>) {
            return fused_forward(x);
        } else if constexpr (has_wide<P>) {
            Wide above = maximum(widen(x), set<Wide>(-limit)), inside = minimum(above, set<Wide>(limit));
            Wide slope = multiply_add(multiply(inside, inside), set<Wide>(cubic), set<Wide>(linear));
            return narrow(multiply(above, WideLogistic<>(multiply(inside, slope)).value()));
        } else {
            return pair_forward(x);
        }
    }

    static constexpr S ordinary = 8, least_ordinary = 0;

    P ordinary_gated(P a, P x) const {
        return fused_gated_product<true>(a, x, fused_exp(x, set<P>(exponent_rounder<0>)));
    }

    // sigmoid(z) + x * z' * sigmoid'(z)
    P derivative(P x) const {
        if constexpr (has_wide<P>) {
            Wide inside = clamped(widen(x), limit), bend = multiply(multiply(inside, inside), set<Wide>(cubic));
            Wide slope = add(bend, set<Wide>(linear));
            WideLogistic<true> s(multiply(inside, slope));
            Wide rise = multiply(inside, add(slope, add(bend, bend)));
            return narrow(multiply_add(rise, s.derivative(), s.value()));
        } else {
            return pair_derivative(x);
        }
    }

  private:
    // Farther down the result underflows, farther up it is x.
    static constexpr double limit = 12;
    // sqrt(8 / pi), and that times 0.044715
    static constexpr double linear = 0x1.9884533d43651p+0, cubic = 0x1.2444f2a4d8b4bp-4;

    static P fused_forward(P x) {
        P above = maximum(x, set<P>(-10.8f)), top = set<P>(6);
        return select(at_most(x, top),
            fused_gated(above, fused_exp(minimum(above, top), set<P>(exponent_rounder<gate_shift>))), x);
    }

    // exp(-z) * 2^shift for magic = exponent_rounder<shift>, from z / x in units of log(2), as a pair: it is a power of
    // two of the product of that with x.
    static FusedExp<P> fused_exp(P x, P magic) {
        // `linear` and `cubic` times log2(e).
        constexpr float linear_hi = 0x1.26aec0p+1f, linear_lo = 0x1.0de73ap-22f;
        constexpr float cubic_hi = 0x1.a5a7d0p-4f, cubic_lo = -0x1.151aaep-29f;
        Pair<P> square = two_product(x, x);
        P slope = multiply_add(square.hi, set<P>(cubic_hi), set<P>(linear_hi));
        P lost = multiply_add(square.hi, set<P>(cubic_hi), subtract(set<P>(linear_hi), slope));
        P low = multiply_add(square.lo, set<P>(cubic_hi), set<P>(linear_lo));
        low = add(lost, multiply_add(square.hi, set<P>(cubic_lo), low));
        return FusedExp<P>(negate(x), Pair<P>{slope, low}, magic);
    }

    // t * W(t) = t * exp(-z) / (1 + exp(-z))
    static P pair_forward(P x) {
        using C = GeluTanhConstants<S>;
        Tail s(magnitude(x, C::limit));
        P tail = product(quotient(s.significand, s.one_plus), Pair<P>{s.t, set<P>(0)});
        return gated(x, scale(tail, s.exponent));
    }

    // D(t) = exp(-z) / (1 + exp(-z))^2 * (1 + exp(-z) - t * z')
    static P pair_derivative(P x) {
        using C = GeluTanhConstants<S>;
        Tail s(magnitude(x, C::limit));
        Pair<P> z_slope = pair_sum(s.z_over_t, Pair<P>{add(s.cubic.hi, s.cubic.hi), add(s.cubic.lo, s.cubic.lo)});
        Pair<P> product_t = two_product(s.t, negate(z_slope.hi));
        product_t.lo = subtract(product_t.lo, multiply(s.t, z_slope.lo));
        Pair<P> factor = pair_sum(s.one_plus, product_t);

        // Near the root that cancels.
        P distance = subtract(s.t, set<P>(C::root[0]));
        Pair<P> slope = fast_two_sum(set<P>(S(-2.5)), horner(distance, C::near_root));
        Pair<P> near = pair_product(slope, Pair<P>{distance, set<P>(-C::root[1])});
        Mask<P> is_near = less(absolute(distance), set<P>(S(0.125)));
        factor = {select(is_near, near.hi, factor.hi), select(is_near, near.lo, factor.lo)};

        Pair<P> square = two_product(s.one_plus.hi, s.one_plus.hi);
        square.lo = multiply_add(add(s.one_plus.hi, s.one_plus.hi), s.one_plus.lo, square.lo);
        P d = product(quotient(s.significand, square), factor);
        return gated_derivative(x, scale(d, s.exponent));
    }

    // exp(-z(t)) as 2^exponent * significand, and 1 + exp(-z(t)).
    struct Tail {
        P t;
        Pair<P> cubic;     // C::cubic * t^2
        Pair<P> z_over_t;  // C::linear + C::cubic * t^2
        P exponent;
        Pair<P> significand;
        Pair<P> one_plus;

        explicit Tail(P magnitude) : t(magnitude) {
            using C = GeluTanhConstants<S>;
            cubic = pair_product(two_product(t, t), Pair<P>{set<P>(C::cubic[0]), set<P>(C::cubic[1])});
            z_over_t = pair_sum(cubic, Pair<P>{set<P>(C::linear[0]), set<P>(C::linear[1])});
            Pair<P> minus_z = two_product(negate(t), z_over_t.hi);
            minus_z = fast_two_sum(minus_z.hi, subtract(minus_z.lo, multiply(t, z_over_t.lo)));
            ReducedExp<P> e(minus_z.hi, minus_z.lo);
            exponent = e.exponent;
            significand = fast_two_sum(e.significand());
            one_plus = fast_two_sum(set<P>(1), scale(significand.hi, exponent));
            one_plus.lo = add(one_plus.lo, scale(significand.lo, exponent));
        }
    };
};

using Gaussians = Family<Gelu, GeluTanh>;

}  // namespace

#endif
