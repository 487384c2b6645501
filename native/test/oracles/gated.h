// What the units that weigh x by a gate in (0, 1) should give.
#ifndef RECTIFIER_TEST_ORACLES_GATED_H
#define RECTIFIER_TEST_ORACLES_GATED_H

#include <vector>

namespace wide {

// beta * x as z + z_lo, and e = exp(-|z + z_lo|).
template <class T>
struct SwishArgument {
    T z, z_lo, e;

    SwishArgument(T x, T beta) : z(beta * x), z_lo(product_remainder(beta, x)) {
        const T far = T(40000);
        if (beta == 0) {
            z = z_lo = 0;
        }
        if (!(fabs(z) < far)) {
            z = z > 0 ? far : -far;
            z_lo = 0;
        }
        e = exp(-fabs(z)) * (1 + (z > 0 ? -z_lo : z_lo));
    }
};

// x sigmoid(beta x)
template <class T>
T swish_value(T x, T beta) {
    const SwishArgument<T> a(x, beta);
    // Also for infinite x.
    return a.z < 0 ? (a.e == 0 ? x > 0 ? T(0) : -T(0) : x * (a.e / (1 + a.e))) : x / (1 + a.e);
}

// sigmoid(z) (1 + z sigmoid(-z)) = e (1 + e + z) / (1 + e)^2 for z <= 0, and 1 less the same of -z for z > 0. With the
// root r of 1 + exp(z) + z, 1 + e + z = (z - r) + exp(r) expm1(z - r), whose terms have one sign; exp(r) = -1 - r.
template <class T>
T swish_slope(T x, T beta) {
    const SwishArgument<T> a(x, beta);
    const T root_hi = T(-0x1.474973c84120bp+0), root_lo = T(-1.094699418309343743045045e-16L);
    const bool right = a.z > 0;
    const T z = right ? -a.z : a.z, z_lo = right ? -a.z_lo : a.z_lo;
    const T u = ((z - root_hi) + z_lo) - root_lo;
    const T left = a.e * (u - (1 + root_hi + root_lo) * expm1(u)) / ((1 + a.e) * (1 + a.e));
    return right ? 1 - left : left;
}

// x^2 sigmoid'(beta x), by which swish depends on beta.
template <class T>
T swish_slope_of_beta(T x, T beta) {
    const SwishArgument<T> a(x, beta);
    return a.e == 0 ? T(0) : (x * a.e / (1 + a.e)) * (x / (1 + a.e));
}

template <class T>
T mish_value(T x) {
    const T e = exp(-fabs(x));
    if (e == 0) {
        return x < 0 ? -T(0) : x;
    }
    return x < 0 ? x * (e * (e + 2)) / (e * (e + 2) + 2) : x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e);
}

// For x <= 0, with n = exp(x): n B / D^2, where D = n^2 + 2n + 2 and B = (n + 2) D + 4 x (n + 1) has the root r. With
// u = x - r, q = expm1(u) and m = exp(r), B is q m (m^2 (3 + 3q + q^2) + 4m (2 + q) + 6 + 4r) + 4u (n + 1), a sum of
// terms of one sign.
template <class T>
T mish_slope(T x) {
    if (fabs(x) > 40000) {
        return x > 0 ? T(1) : T(0);
    }
    const T e = exp(-fabs(x));
    if (x > 0) {
        const T d = 1 + 2 * e + 2 * e * e;
        return ((1 + 2 * e) * d + 4 * x * e * e * (1 + e)) / (d * d);
    }
    const T root_hi = T(-0x1.31432c0d12d84p+0), root_lo = T(-4.848482984803104554936137e-17L);
    const T u = (x - root_hi) - root_lo, q = expm1(u), m = exp(root_hi + root_lo), d = e * e + 2 * e + 2;
    const T b =
        q * m * (m * m * (3 + 3 * q + q * q) + 4 * m * (2 + q) + (6 + 4 * (root_hi + root_lo))) + 4 * u * (e + 1);
    return e * b / (d * d);
}

template <class T>
T telu_value(T x) {
    if (x > 100) {
        return x;
    }
    const T m = expm1(-2 * exp(x));
    return m == 0 ? -T(0) : x * (-m / (2 + m));
}

// With w = exp(x) and e = exp(-2w) it is N / (1 + e)^2, N = 1 - e^2 + 4xwe. Near the root r of N, where w and e are W
// and E, with u = x - r, q = expm1(u) and p = expm1(-2Wq), N is 4WE (r (q + p + qp) + u (1 + q) (1 + p)) - E^2 p (2 +
// p).
template <class T>
T telu_slope(T x) {
    if (x > 100 || x < -40000) {
        return x > 0 ? T(1) : T(0);
    }
    const T root_hi = T(-0x1.14302c3c10f30p+0), root_lo = T(-9.5578674262264603435087446609933e-17L);
    const T u = (x - root_hi) - root_lo, w = exp(x), m = expm1(-2 * w);
    if (fabs(u) > T(0.25)) {
        return (4 * x * w * (1 + m) - m * (2 + m)) / ((2 + m) * (2 + m));
    }
    const T r = root_hi + root_lo, W = exp(r), E = exp(-2 * W), q = expm1(u), p = expm1(-2 * W * q);
    const T n = 4 * W * E * (r * (q + p + q * p) + u * (1 + q) * (1 + p)) - E * E * p * (2 + p);
    return n / ((2 + m) * (2 + m));
}

inline std::vector<Oracle> gated_oracles() {
    static const Formula silu = [](auto x, auto) { return swish_value(x, decltype(x)(1)); };
    static const Formula silu_slope = [](auto x, auto) { return swish_slope(x, decltype(x)(1)); };
    static const Formula swish = [](auto x, auto p) { return swish_value(x, p[0]); };
    static const Formula swish_derivative = [](auto x, auto p) { return swish_slope(x, p[0]); };
    static const Formula mish = [](auto x, auto) { return mish_value(x); };
    static const Formula mish_derivative = [](auto x, auto) { return mish_slope(x); };
    static const Formula telu = [](auto x, auto) { return telu_value(x); };
    static const Formula telu_derivative = [](auto x, auto) { return telu_slope(x); };

    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double
        {"silu", {}, silu, silu_slope, 1.9, 1.9},
        // Quick GELU first, since all inputs go through the first: swish(1) is silu, and its product with beta is
        // exact.
        {"swish", {1.702}, swish, swish_derivative, 1.2, 1.2},
        {"swish", {1}, swish, swish_derivative, 1.9, 1.9},
        {"swish", {-0.3}, swish, swish_derivative, 1.2, 1.2},
        {"swish", {0}, swish, swish_derivative, 1.2, 1.2},
        {"swish", {1e-37}, swish, swish_derivative, 1.2, 1.2},
        {"swish", {1e30}, swish, swish_derivative, 1.2, 1.2},
        {"mish", {}, mish, mish_derivative, 2, 1.2},
        {"telu", {}, telu, telu_derivative, 1.2, 1.3},
    };
}

}  // namespace wide

#endif
