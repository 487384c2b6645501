// What every elementwise activation should give: one line per function and set of parameters.
#ifndef RECTIFIER_TEST_ORACLE_H
#define RECTIFIER_TEST_ORACLE_H

#include <cmath>
#include <string>
#include <vector>

#include "rectifier.h"

// A formula in long double, whose 64 (x86) or 113 (arm64) bits of mantissa leave an error of libm and of the few
// operations around it below 2^-8 ULP of double: enough beside bounds of 1/2 ULP and more. In double the same holds for
// results in float, with 2^-26 ULP to spare; the sweep over all floats needs the speed.
struct Formula {
    long double (*wide)(long double x, const long double* p);
    double (*narrow)(double x, const double* p);

    template <class F>
    Formula(F f) : wide(f), narrow(f) {}

    long double operator()(long double x, const long double* p) const { return wide(x, p); }
    double operator()(double x, const double* p) const { return narrow(x, p); }
};

struct Oracle {
    std::string name;
    std::vector<double> parameters;
    Formula forward;
    Formula derivative;
    double float_ulps;
    double double_ulps;

    // The parameters as a kernel for S sees them, in the type T of the formula.
    template <class S, class T>
    std::vector<T> rounded_parameters() const {
        std::vector<T> p = {0, 0, 0};
        for (size_t i = 0; i < parameters.size(); ++i) {
            p[i] = T(S(parameters[i]));
        }
        return p;
    }

    int index() const {
        for (int i = 0; i < rectifier_activation_count(); ++i) {
            if (name == rectifier_activation_name(i)) {
                return i;
            }
        }
        return -1;
    }

    double p(size_t i) const { return i < parameters.size() ? parameters[i] : 0; }

    std::string title() const {
        std::string text = name;
        for (double parameter : parameters) {
            text += " " + std::to_string(parameter);
        }
        return text;
    }
};

template <class T>
T sigmoid_derivative(T x) {
    const T e = std::exp(-std::fabs(x));
    return e / ((1 + e) * (1 + e));
}

// Klambauer et al. 2017.
constexpr long double selu_scale = 1.0507009873554804934193349852946L;
constexpr long double selu_alpha = 1.6732632423543772848170429916717L;

inline const std::vector<Oracle>& oracles() {
    static const Formula identity = [](auto x, auto) { return x; };
    static const Formula one = [](auto x, auto) { return decltype(x)(1); };
    static const Formula leaky = [](auto x, auto p) { return x > 0 ? x : p[0] * x; };
    static const Formula leaky_derivative = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0]; };
    static const Formula relu = [](auto x, auto) { return x > 0 ? x : decltype(x)(0); };
    static const Formula relu_derivative = [](auto x, auto) { return decltype(x)(x > 0 ? 1 : 0); };
    static const Formula sigmoid = [](auto x, auto) {
        return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
    };
    static const Formula logistic_derivative = [](auto x, auto) { return sigmoid_derivative(x); };
    static const Formula tanh = [](auto x, auto) { return std::tanh(x); };
    static const Formula tanh_derivative = [](auto x, auto) { return 4 * sigmoid_derivative(2 * x); };
    static const Formula elu = [](auto x, auto p) { return x > 0 ? x : p[0] * std::expm1(x); };
    static const Formula elu_derivative = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0] * std::exp(x); };
    static const Formula selu = [](auto x, auto) {
        using T = decltype(x);
        return T(selu_scale) * (x > 0 ? x : T(selu_alpha) * std::expm1(x));
    };
    static const Formula selu_derivative = [](auto x, auto) {
        using T = decltype(x);
        return T(selu_scale) * (x > 0 ? T(1) : T(selu_alpha) * std::exp(x));
    };

    static const std::vector<Oracle> table = {
        // name, parameters, formula, derivative, largest error in ULP for float and for double
        {"linear", {}, identity, one, 0, 0},
        {"relu", {}, relu, relu_derivative, 0, 0},
        {"leakyRelu", {0.01}, leaky, leaky_derivative, 0.5, 0.5},
        {"leakyRelu", {-1.7}, leaky, leaky_derivative, 0.5, 0.5},
        {"sigmoid", {}, sigmoid, logistic_derivative, 1, 1},
        {"tanh", {}, tanh, tanh_derivative, 1.1, 1.1},
        {"elu", {1}, elu, elu_derivative, 2, 2},
        {"elu", {0.3}, elu, elu_derivative, 2, 2},
        {"elu", {-40}, elu, elu_derivative, 2, 2},
        {"selu", {}, selu, selu_derivative, 2, 2},
    };
    return table;
}

#endif
