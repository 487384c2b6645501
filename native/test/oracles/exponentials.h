// What the family built on the exponential function should give.
#ifndef RECTIFIER_TEST_ORACLES_EXPONENTIALS_H
#define RECTIFIER_TEST_ORACLES_EXPONENTIALS_H

#include <vector>

namespace wide {

// scale and scale * alpha of Klambauer et al. 2017, each a double and the rest to 113 bits.
template <class T>
T selu_scale() {
    return T(0x1.0cfabd6a91132p+0) + T(3.987484766715414540967941e-17L);
}

template <class T>
T plus_selu_scale_alpha(T x) {
    return (x + T(0x1.c212cc640f031p+0)) + T(1.41535193800844976045324e-17L);
}

template <class T>
T sigmoid_derivative(T x) {
    const T e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

// x - tanh(x) = (x cosh(x) - sinh(x)) / cosh(x); near 0 the numerator by its series, the sum of
// x^(2k+1) 2k / (2k+1)!, whose terms all have one sign.
template <class T>
T tanh_shrink(T x) {
    if (fabs(x) >= 2) {
        return x - tanh(x);
    }
    T term = x * x * x / 3, sum = term;
    for (int k = 2; k < 24; ++k) {
        term = term * x * x / T((2 * k - 2) * (2 * k + 1));
        sum += term;
    }
    return sum * 2 / (exp(x) + exp(-x));
}

inline std::vector<Oracle> exponentials_oracles() {
    static const Formula sigmoid = [](auto x, auto) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); };
    static const Formula sigmoid_slope = [](auto x, auto) { return sigmoid_derivative(x); };
    static const Formula sigmoid_from_output = [](auto y, auto) { return y * (1 - y); };
    static const Formula hyperbolic_tangent = [](auto x, auto) { return tanh(x); };
    static const Formula tanh_slope = [](auto x, auto) { return 4 * sigmoid_derivative(2 * x); };
    static const Formula tanh_from_output = [](auto y, auto) { return (1 - y) * (1 + y); };
    static const Formula elu = [](auto x, auto p) { return x > 0 ? x : p[0] * expm1(x); };
    static const Formula elu_slope = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0] * exp(x); };
    static const Formula elu_from_output = [](auto y, auto p) { return y > 0 ? decltype(y)(1) : y + p[0]; };
    static const Formula selu = [](auto x, auto) {
        using T = decltype(x);
        return x > 0 ? selu_scale<T>() * x : plus_selu_scale_alpha(T(0)) * expm1(x);
    };
    static const Formula selu_slope = [](auto x, auto) {
        using T = decltype(x);
        return x > 0 ? selu_scale<T>() : plus_selu_scale_alpha(T(0)) * exp(x);
    };
    static const Formula selu_from_output = [](auto y, auto) {
        return y > 0 ? selu_scale<decltype(y)>() : plus_selu_scale_alpha(y);
    };
    static const Formula scaled_elu = [](auto x, auto p) { return x > 0 ? p[1] * x : p[1] * p[0] * expm1(x); };
    static const Formula scaled_elu_slope = [](auto x, auto p) { return x > 0 ? p[1] : p[1] * p[0] * exp(x); };
    static const Formula scaled_elu_from_output = [](auto y, auto p) { return y > 0 ? p[1] : y + p[1] * p[0]; };
    static const Formula celu = [](auto x, auto p) { return x > 0 ? x : x / p[0] == 0 ? x : p[0] * expm1(x / p[0]); };
    static const Formula celu_slope = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : exp(x / p[0]); };
    static const Formula celu_from_output = [](auto y, auto p) { return y > 0 ? decltype(y)(1) : (y + p[0]) / p[0]; };
    static const Formula exponential = [](auto x, auto) { return exp(x); };
    static const Formula itself = [](auto y, auto) { return y; };
    static const Formula shrink = [](auto x, auto) { return tanh_shrink(x); };
    static const Formula shrink_slope = [](auto x, auto) { return tanh(x) * tanh(x); };

    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double, derivative from output
        {"sigmoid", {}, sigmoid, sigmoid_slope, 1.9, 1.9, sigmoid_from_output},
        {"tanh", {}, hyperbolic_tangent, tanh_slope, 1.95, 1.95, tanh_from_output},
        {"elu", {1}, elu, elu_slope, 2, 2, elu_from_output},
        {"elu", {0.3}, elu, elu_slope, 2, 2, elu_from_output},
        {"elu", {-40}, elu, elu_slope, 2, 2},
        {"selu", {}, selu, selu_slope, 2, 2, selu_from_output},
        {"scaledElu", {1, 1}, scaled_elu, scaled_elu_slope, 1, 2, scaled_elu_from_output},
        {"scaledElu", {2, 3}, scaled_elu, scaled_elu_slope, 1, 2, scaled_elu_from_output},
        {"scaledElu", {-0.3, 0.7}, scaled_elu, scaled_elu_slope, 1, 2},
        {"scaledElu", {1e30, -1e30}, scaled_elu, scaled_elu_slope, 1, 2},
        {"scaledElu", {1e-30, 3e-10}, scaled_elu, scaled_elu_slope, 1, 2, scaled_elu_from_output},
        {"celu", {1}, celu, celu_slope, 2, 2, celu_from_output},
        {"celu", {0.3}, celu, celu_slope, 2, 2, celu_from_output},
        {"celu", {1e30}, celu, celu_slope, 2, 2, celu_from_output},
        {"celu", {1e-30}, celu, celu_slope, 2, 2, celu_from_output},
        {"exponential", {}, exponential, exponential, 1.1, 1.1, itself},
        {"tanhShrink", {}, shrink, shrink_slope, 1, 1},
    };
}

}  // namespace wide

#endif
