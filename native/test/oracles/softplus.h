// What softplus and logSigmoid should give.
#ifndef RECTIFIER_TEST_ORACLES_SOFTPLUS_H
#define RECTIFIER_TEST_ORACLES_SOFTPLUS_H

#include <limits>
#include <vector>

namespace wide {

// exp(-|a * b|)
template <class T>
T exp_of_minus_product(T a, T b) {
    const T product = a * b, remainder = product_remainder(a, b);
    return product > 0 ? exp(-product) * (1 - remainder) : exp(product) * (1 + remainder);
}

// Whether a * b > c, decided exactly.
template <class T>
bool product_is_greater(T a, T b, T c) {
    return a * b == c ? product_remainder(a, b) > 0 : a * b > c;
}

inline std::vector<Oracle> softplus_oracles() {
    static const auto softplus = [](auto x, auto p) {
        using T = decltype(x);
        if (product_is_greater(T(p[0]), x, T(p[1]))) {
            return x;
        }
        return (x > 0 ? x : T(0)) + log1p(exp_of_minus_product(T(p[0]), x)) / p[0];
    };
    static const auto softplus_derivative = [](auto x, auto p) {
        using T = decltype(x);
        if (product_is_greater(T(p[0]), x, T(p[1]))) {
            return T(1);
        }
        const T e = exp_of_minus_product(T(p[0]), x);
        return (x > 0 ? T(1) : e) / (1 + e);
    };
    static const auto softplus_from_output = [](auto y, auto p) {
        using T = decltype(y);
        if (product_is_greater(T(p[0]), y, T(p[1]))) {
            return T(1);
        }
        // 1 - exp(-z - r) = -(expm1(-z) + exp(-z) * (exp(-r) - 1))
        const T z = p[0] * y;
        return exp(-z) * product_remainder(T(p[0]), y) - expm1(-z);
    };
    static const auto log_sigmoid = [](auto x, auto) {
        using T = decltype(x);
        return (x < 0 ? x : -T(0)) - log1p(exp(x < 0 ? x : -x));
    };
    static const auto log_sigmoid_derivative = [](auto x, auto) {
        using T = decltype(x);
        return (x < 0 ? T(1) : exp(-x)) / (1 + exp(x < 0 ? x : -x));
    };
    static const auto log_sigmoid_from_output = [](auto y, auto) { return -expm1(y); };

    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {"softplus", {1, infinity}, softplus, softplus_derivative, 2, 0.85, softplus_from_output},
        {"softplus", {1, 20}, softplus, softplus_derivative, 2, 0.85, softplus_from_output},
        {"softplus", {0.1, infinity}, softplus, softplus_derivative, 0.95, 0.9, softplus_from_output},
        {"softplus", {37.7, 5}, softplus, softplus_derivative, 0.95, 0.9, softplus_from_output},
        {"softplus", {1e-38, infinity}, softplus, softplus_derivative, 0.95, 0.9, softplus_from_output},
        {"softplus", {3e38, infinity}, softplus, softplus_derivative, 0.95, 0.9, softplus_from_output},
        {"logSigmoid", {}, log_sigmoid, log_sigmoid_derivative, 2, 0.85, log_sigmoid_from_output},
    };
}

}  // namespace wide

#endif
