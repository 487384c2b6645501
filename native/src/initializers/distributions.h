// From random bits to distributions, with IEEE +, -, *, / and square root in a fixed order and nothing fused: the same
// bits everywhere. native/docs/random.md specifies it; the Java reference says the same in Distributions.java.
#ifndef RECTIFIER_INITIALIZERS_DISTRIBUTIONS_H
#define RECTIFIER_INITIALIZERS_DISTRIBUTIONS_H

#include <cmath>

#include "../engine/loop.h"
#include "philox.h"

namespace {

// Not multiply_add, which rounds once on some processors and twice on others.
template <class P, int N>
P unfused_polynomial(P x, const ScalarOf<P> (&ascending)[N]) {
    P result = set<P>(ascending[N - 1]);
    unrolled<N - 1>([&](int i) { result = add(multiply(result, x), set<P>(ascending[N - 2 - i])); });
    return result;
}

// [0, 1) with all 24 or 53 bits of the mantissa.
inline Packet<float> unit(Words bits) {
    return multiply(to_float(reinterpret<SignedWords>(bits >> 8)), set<Packet<float>>(0x1p-24f));
}
inline Packet<double> unit(LongWords bits) { return multiply(to_double(bits >> 11), set<Packet<double>>(0x1p-53)); }

// (0, 1), exact, and symmetric about 1/2: the middle of one of 2^52 cells, or of 2^32 for the lower halves of words.
inline Packet<double> open_unit(LongWords bits) {
    using P = Packet<double>;
    const auto from_one = reinterpret<P>(bits >> 12 | reinterpret<LongWords>(set<P>(1)));
    return subtract(from_one, set<P>(1 - 0x1p-53));
}
inline Packet<double> open_unit_of_32(LongWords bits) {
    using P = Packet<double>;
    return multiply(add(to_double(bits), set<P>(0.5)), set<P>(0x1p-32));
}

// U[low, high)
template <class S>
struct Uniform {
    using P = Packet<S>;
    P low, high, range, last;

    Uniform(double low_, double high_) : low(set<P>(S(low_))), high(set<P>(S(high_))), range(set<P>(S(high_ - low_))) {
        const S below = std::nextafter(S(high_), -std::numeric_limits<S>::infinity());
        last = S(high_) > S(low_) ? set<P>(below) : low;
    }

    P operator()(DrawBits<S> bits) const {
        const P value = add(low, multiply(unit(bits), range));
        return select(less(value, high), value, last);
    }
};

// The natural logarithm of a positive normal number, to about 1 ULP: 2 artanh(s) with s = (m - 1) / (m + 1), |s| <
// 0.1716.
inline Packet<double> fixed_log(Packet<double> x) {
    using P = Packet<double>;
    constexpr double series[] = {
        1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21};
    const auto fraction = reinterpret<LongWords>(x) & 0xFFFFFFFFFFFFF;
    const auto mantissa = reinterpret<P>(fraction | reinterpret<LongWords>(set<P>(1)));
    const P exponent = Binade<P>(x).exponent;
    const Mask<P> halve = less(set<P>(1.4142135623730951), mantissa);
    const P m = select(halve, multiply(mantissa, set<P>(0.5)), mantissa);
    const P e = select(halve, add(exponent, set<P>(1)), exponent);
    const P f = subtract(m, set<P>(1)), s = divide(f, add(set<P>(2), f)), z = multiply(s, s), a = add(s, s);
    const P rest = multiply(a, multiply(z, unfused_polynomial(z, series)));
    // ln 2 in two parts, of which the first has an exact product with e.
    return add(multiply(e, set<P>(0x1.62e42feep-1)), add(a, add(rest, multiply(e, set<P>(0x1.a39ef35793c76p-33)))));
}

// The quantile of N(0, 1) at t = 1/2 + q, 0 < t <= 1/2: algorithm AS 241, PPND16 (Wichura 1988, Applied Statistics 37,
// 477-484). q alone counts where q >= -0.425, and elsewhere t alone.
inline Packet<double> lower_quantile(Packet<double> q, Packet<double> t) {
    using P = Packet<double>;
    constexpr double a[] = {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
        1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4,
        2.5090809287301226727e+3};
    constexpr double b[] = {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
        2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3};
    constexpr double c[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
        3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
        7.74545014278341407640e-4};
    constexpr double d[] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    constexpr double e[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
        2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
        2.01033439929228813265e-7};
    constexpr double f[] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    const Mask<P> outer = less(q, set<P>(-0.425));
    const P r = subtract(set<P>(0.180625), multiply(q, q));
    const P root = square_root(negate(fixed_log(t)));
    const P near = subtract(root, set<P>(1.6));
    P numerator = select(outer, negate(unfused_polynomial(near, c)), multiply(q, unfused_polynomial(r, a)));
    P denominator = select(outer, unfused_polynomial(near, d), unfused_polynomial(r, b));
    const Mask<P> far = less(set<P>(5), root);
    if (any(far)) {
        const P rest = subtract(root, set<P>(5));
        numerator = select(far, negate(unfused_polynomial(rest, e)), numerator);
        denominator = select(far, unfused_polynomial(rest, f), denominator);
    }
    return divide(numerator, denominator);
}
inline Packet<double> lower_quantile(Packet<double> t) {
    return lower_quantile(subtract(t, set<Packet<double>>(0.5)), t);
}

// -lower_quantile for float, as polynomials of degree 8 in 32 pieces. Piece 0 is for the half of all draws that are
// next to 1/2, and of |p - 1/2|^2; piece j > 0 is for 2^-(j + 2) <= t < 2^-(j + 1). They interpolate the quantile above
// at Chebyshev's points, so that no table of their coefficients has to be written down.
struct QuantilePieces {
    static constexpr int count = 32, terms = 9;
    float coefficient[terms][count];

    [[gnu::noinline]] QuantilePieces() {
        // cos((2 k + 1) pi / 18) / 2
        constexpr double point[terms] = {0.492403876506104, 0.4330127018922193, 0.3213938048432697, 0.17101007166283436,
            0, -0.17101007166283436, -0.3213938048432697, -0.4330127018922193, -0.492403876506104};
        for (int j = 0; j < count; ++j) {
            double x[terms], t[terms], q[terms], value[terms], c[terms] = {};
            for (int k = 0; k < terms; ++k) {
                x[k] = j == 0 ? point[k] + 0.5 : point[k];
                q[k] = j == 0 ? std::sqrt(x[k] / 16) : 1;
                t[k] = j == 0 ? 0.5 - q[k] : (x[k] + 1.5) / double(int64_t(4) << j);
            }
            for_each([](Packet<double> v) { return lower_quantile(v); }, terms, value, t);
            for (int k = 0; k < terms; ++k) {
                value[k] = -value[k] / q[k];
            }
            for (int level = 1; level < terms; ++level) {
                for (int k = terms - 1; k >= level; --k) {
                    value[k] = (value[k] - value[k - 1]) / (x[k] - x[k - level]);
                }
            }
            for (int k = terms - 1; k >= 0; --k) {
                for (int i = terms - 1; i > 0; --i) {
                    c[i] = c[i - 1] - x[k] * c[i];
                }
                c[0] = value[k] - x[k] * c[0];
            }
            for (int i = 0; i < terms; ++i) {
                coefficient[i][j] = float(c[i]);
            }
        }
    }

    static const QuantilePieces& table() {
        static const QuantilePieces pieces;
        return pieces;
    }
};

constexpr double cdf_of_minus_2 = 0.022750131948179207, mass_within_2 = 0.95449973610364158;

// The quantile of N(0, 1), or of N(0, 1) restricted to [-2, 2], at (bits + 1/2) / 2^32.
template <bool truncated>
class FloatQuantile {
    using P = Packet<float>;
    const QuantilePieces& pieces = QuantilePieces::table();

  public:
    P operator()(Words bits) const {
        // How many draws have |p - 1/2| < 1/4. A few more, so that no rounded t is 1/4.
        constexpr int32_t central_draws = truncated ? int32_t(0x1p30 / mass_within_2) + 512 : (1 << 30) + 64;
        const auto centred = reinterpret<SignedWords>(bits ^ 0x80000000);
        // |p - 1/2| or, if that is greater, the smaller of p and 1 - p: exact here, in units of 2^-32, less one half.
        const SignedWords distance = centred ^ centred >> 31;
        const Choice central = below(distance, SignedWords{} + central_draws);
        P t = add(to_float(choose(central, distance, distance ^ 0x7FFFFFFF)), set<P>(0.5f));
        if constexpr (truncated) {
            t = add(multiply(t, set<P>(float(mass_within_2))),
                choose(central, set<P>(0), set<P>(float(cdf_of_minus_2 * 0x1p32))));
        }
        const auto float_bits = reinterpret<Words>(t);
        const Words piece = choose(central, Words{}, 157 - (float_bits >> 23));
        const auto mantissa = reinterpret<P>((float_bits & 0x7FFFFF) | 0x3F800000);
        const P square = multiply(multiply(t, t), set<P>(0x1p-60f));
        const P x = choose(central, square, subtract(mantissa, set<P>(1.5f)));
        P z = with_lookup(piece, [&](auto at) {
            constexpr int last = QuantilePieces::terms - 1;
            P sum = at(pieces.coefficient[last]);
            unrolled<last>([&](int i) { sum = add(multiply(sum, x), at(pieces.coefficient[last - 1 - i])); });
            return sum;
        });
        z = choose(central, multiply(z, multiply(t, set<P>(0x1p-32f))), z);
        if constexpr (truncated) {
            z = minimum(z, set<P>(2));
        }
        return turned_where_negative(reinterpret<P>(~bits), z);
    }
};

// The same for double at (bits / 2^12 + 1/2) / 2^52, by inversion from the nearer end.
template <bool truncated>
struct DoubleQuantile {
    using P = Packet<double>;

    P operator()(LongWords bits) const {
        const P p = open_unit(bits), middle = set<P>(0.5);
        P t = minimum(p, subtract(set<P>(1), p));
        if constexpr (truncated) {
            t = minimum(add(set<P>(cdf_of_minus_2), multiply(t, set<P>(mass_within_2))), middle);
        }
        P z = lower_quantile(t);
        if constexpr (truncated) {
            z = maximum(z, set<P>(-2));
        }
        return turned_where_negative(subtract(middle, p), z);
    }
};

// N(mean, stddev^2), or that restricted to mean +- 2 stddev.
template <class S, bool truncated>
class Normal {
    using P = Packet<S>;
    P mean, stddev;
    std::conditional_t<sizeof(S) == sizeof(float), FloatQuantile<truncated>, DoubleQuantile<truncated>> quantile;

  public:
    Normal(double mean_, double stddev_) : mean(set<P>(S(mean_))), stddev(set<P>(S(stddev_))) {}

    P operator()(DrawBits<S> bits) const { return add(mean, multiply(stddev, quantile(bits))); }
};

}  // namespace

#endif
