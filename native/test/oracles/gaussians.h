// What the activations built on the normal distribution should give. Needs exp, expm1, sqrt, fabs and erfc for the
// types that the formulas are instantiated with, and Oracle.
#ifndef RECTIFIER_TEST_ORACLES_GAUSSIANS_H
#define RECTIFIER_TEST_ORACLES_GAUSSIANS_H

#include <vector>

namespace wide {

namespace gaussians {

// A type for arguments of exp, of which an absolute error of a rounding is too much: holds squares of float exactly
// for T = double.
template <class T>
struct Wider {
    using type = Quad;
};
template <>
struct Wider<double> {
    using type = long double;
};

// A number as the sum of two, to 120 bits or more.
template <class W>
constexpr W sum(long double hi, long double lo) {
    return W(hi) + W(lo);
}

// exp(x)
template <class T, class W>
T exp_of(W x) {
    const T rounded = T(x);
    return exp(rounded) * (1 + T(x - W(rounded)));
}

// exp(-x^2 / 2) / sqrt(2 pi)
template <class T>
T density(T x) {
    using W = typename Wider<T>::type;
    constexpr W sqrt_2_pi = sum<W>(0xa.06c98ffb1382cb3p-2L, -0x8.35be0518dd311dp-67L);
    return exp_of<T>(-W(x) * W(x) / 2) / T(sqrt_2_pi);
}

// The normal distribution function, by erfc at a nearby argument.
template <class T>
T distribution(T x) {
    using W = typename Wider<T>::type;
    const T a = -x / sqrt(T(2));
    // For small arguments the rounding of a matters less still, and its square may vanish.
    return T(1) / 2 * erfc(a) * (a > 1 ? 1 + T(W(a) * W(a) - W(x) * W(x) / 2) : T(1));
}

// density(r + d) is the sum of c[n] d^n with c[n + 1] = -(r c[n] + c[n - 1]) / (n + 1), and the derivative of gelu' is
// (2 - x^2) density(x). Integrated term by term from the root r of gelu', where nothing cancels.
template <class T>
T gelu_derivative_near_root(T r, T d) {
    T result = 0, power = d, c = density(r), previous = 0, before = 0;
    for (int n = 0; n < 60; ++n) {
        result += ((2 - r * r) * c - 2 * r * previous - before) * power / (n + 1);
        const T next = -(r * c + previous) / (n + 1);
        before = previous;
        previous = c;
        c = next;
        power *= d;
    }
    return result;
}

template <class T>
T gelu_derivative(T x) {
    using W = typename Wider<T>::type;
    constexpr long double root_hi = -0xc.07568cbf8059eecp-4L, root_lo = -0xc.59d39a92be9a2b5p-71L;
    const T d = T(W(x) - W(root_hi) - W(root_lo));
    if (fabs(d) < T(1) / 8) {
        return gelu_derivative_near_root(T(sum<W>(root_hi, root_lo)), d);
    }
    return fabs(x) > 200 ? T(x > 0) : distribution(x) + x * density(x);
}

// 2 sqrt(2 / pi)
template <class W>
constexpr W linear = sum<W>(0xc.c42299ea1b28468p-3L, 0xf.cb3c500bab8e2ffp-68L);
template <class W>
constexpr W cubic = linear<W> * 44715 / 1000000;

// x sigmoid(z(x)), z(x) = linear x + cubic x^3
template <class T>
T gelu_tanh(T x) {
    using W = typename Wider<T>::type;
    if (fabs(x) > 200) {
        return x > 0 ? x : -T(0);
    }
    const W z = W(x) * (linear<W> + cubic<W> * (W(x) * W(x)));
    const T e = exp_of<T>(z < 0 ? z : -z);
    return x * (x < 0 ? e : T(1)) / (1 + e);
}

// For t = -x > 0 it is e / (1 + e)^2 (1 + e - p), where e = exp(-z(t)) and p = t z'(t). At the root r the last factor
// is 0, so that elsewhere it is e(r) expm1(z(r) - z(t)) - (p(t) - p(r)): two terms of one sign. The derivative at t is
// 1 less that at -t.
template <class T>
T gelu_tanh_derivative(T x) {
    using W = typename Wider<T>::type;
    const T t = fabs(x);
    if (t > 200) {
        return T(x > 0);
    }
    const W root = sum<W>(0xc.0a14fcf4bf26561p-4L, 0xb.704a209091a64ap-69L);
    const W d = W(t) - root, three_squares = W(t) * t + t * root + root * root;
    const T e_root = T(exp_of<T>(-root * (linear<W> + cubic<W> * root * root)));
    const T factor = e_root * expm1(T(-d * (linear<W> + cubic<W> * three_squares))) -
                     T(d * (linear<W> + 3 * cubic<W> * three_squares));
    const T e = exp_of<T>(-(W(t) * (linear<W> + cubic<W> * (W(t) * W(t)))));
    const T result = e / ((1 + e) * (1 + e)) * factor;
    return x < 0 ? result : 1 - result;
}

}  // namespace gaussians

inline std::vector<Oracle> gaussians_oracles() {
    static const Formula gelu = [](auto x, auto) {
        using T = decltype(x);
        return fabs(x) > 200 ? (x > 0 ? x : -T(0)) : x * gaussians::distribution(x);
    };
    static const Formula gelu_derivative = [](auto x, auto) { return gaussians::gelu_derivative(x); };
    static const Formula gelu_tanh = [](auto x, auto) { return gaussians::gelu_tanh(x); };
    static const Formula gelu_tanh_derivative = [](auto x, auto) { return gaussians::gelu_tanh_derivative(x); };
    return {
        {"gelu", {}, gelu, gelu_derivative, 2, 1.25},
        {"geluTanh", {}, gelu_tanh, gelu_tanh_derivative, 2, 1},
    };
}

}  // namespace wide

#endif
