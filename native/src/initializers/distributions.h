// From random bits to distributions, with IEEE +, -, *, / and square root in a fixed order: the same bits everywhere.
// The Java reference says the same in Distributions.java.
#ifndef RECTIFIER_INITIALIZERS_DISTRIBUTIONS_H
#define RECTIFIER_INITIALIZERS_DISTRIBUTIONS_H

#include <cmath>
#include <cstring>
#include <limits>

#include "philox.h"

namespace {

// [0, 1) with all 24 or 53 bits of the mantissa.
inline float unit(uint32_t bits) { return float(int32_t(bits >> 8)) * 0x1p-24f; }
inline double unit(uint64_t bits) { return double(int64_t(bits >> 11)) * 0x1p-53; }

// (0, 1), exact, and symmetric about 1/2.
inline double open_unit(uint32_t bits) { return (double(bits) + 0.5) * 0x1p-32; }
inline double open_unit(uint64_t bits) { return (double(int64_t(bits >> 12)) + 0.5) * 0x1p-52; }

// The largest number below x, for a finite x.
template <class S>
S next_down(S x) {
    return std::nextafter(x, -std::numeric_limits<S>::infinity());
}

// U[low, high)
template <class S>
struct Uniform {
    S low, high, range, last;

    Uniform(double low_, double high_)
        : low(S(low_)), high(S(high_)), range(S(high_ - low_)), last(high > low ? next_down(high) : low) {}

    template <class Bits>
    S operator()(Bits bits) const {
        const S value = low + unit(bits) * range;
        return value < high ? value : last;
    }
};

// The natural logarithm of a positive normal number, to about 1 ULP: 2 artanh(s) with s = (m - 1) / (m + 1), |s| <
// 0.1716.
inline double fixed_log(double x) {
    int64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    double e = double(int32_t(bits >> 52) - 1023);
    bits = (bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000;
    double m;
    std::memcpy(&m, &bits, sizeof m);
    const bool halve = m > 1.4142135623730951;
    m = halve ? m * 0.5 : m;
    e = halve ? e + 1 : e;
    const double f = m - 1, s = f / (2 + f), z = s * s;
    double p = 1.0 / 21;
    for (int k = 9; k >= 1; --k) {
        p = p * z + 1.0 / (2 * k + 1);
    }
    const double a = 2 * s;
    return e * 0x1.62e42feep-1 + (a + (a * (z * p) + e * 0x1.a39ef35793c76p-33));
}

template <int N>
double horner(double x, const double (&ascending)[N]) {
    double result = ascending[N - 1];
    for (int i = N - 2; i >= 0; --i) {
        result = result * x + ascending[i];
    }
    return result;
}

// The quantile of N(0, 1) for 0 < t <= 1/2: algorithm AS 241, PPND16 (Wichura 1988, Applied Statistics 37, 477-484).
inline double lower_quantile(double t) {
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
    const double q = t - 0.5;
    if (q >= -0.425) {
        const double r = 0.180625 - q * q;
        return q * horner(r, a) / horner(r, b);
    }
    const double r = std::sqrt(-fixed_log(t));
    if (r <= 5) {
        return -(horner(r - 1.6, c) / horner(r - 1.6, d));
    }
    return -(horner(r - 5, e) / horner(r - 5, f));
}

// N(mean, stddev^2)
template <class S>
struct Normal {
    double mean, stddev;

    Normal(double mean_, double stddev_) : mean(mean_), stddev(stddev_) {}

    template <class Bits>
    S operator()(Bits bits) const {
        const double p = open_unit(bits);
        const double z = lower_quantile(p < 0.5 ? p : 1 - p);
        return S(mean + stddev * (p > 0.5 ? -z : z));
    }
};

// N(mean, stddev^2) restricted to mean +- 2 stddev, by inversion from the nearer end.
template <class S>
struct TruncatedNormal {
    double mean, stddev;
    S least, greatest;

    TruncatedNormal(double mean_, double stddev_)
        : mean(mean_), stddev(stddev_), least(S(mean_ - 2 * stddev_)), greatest(S(mean_ + 2 * stddev_)) {}

    template <class Bits>
    S operator()(Bits bits) const {
        constexpr double cdf_of_minus_2 = 0.022750131948179207, mass = 0.95449973610364158;
        const double p = open_unit(bits);
        const double s = cdf_of_minus_2 + (p < 0.5 ? p : 1 - p) * mass;
        double z = lower_quantile(s < 0.5 ? s : 0.5);
        z = z < -2 ? -2 : z;
        const S value = S(mean + stddev * (p > 0.5 ? -z : z));
        return value < least ? least : value > greatest ? greatest : value;
    }
};

}  // namespace

#endif
