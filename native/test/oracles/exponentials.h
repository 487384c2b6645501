// The family built on the exponential function.
#ifndef RECTIFIER_TEST_ORACLES_EXPONENTIALS_H
#define RECTIFIER_TEST_ORACLES_EXPONENTIALS_H

// Klambauer et al. 2017.
constexpr long double selu_scale = 1.0507009873554804934193349852946L;
constexpr long double selu_alpha = 1.6732632423543772848170429916717L;

namespace wide {

template <class T>
T sigmoid_derivative(T x) {
    const T e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

inline std::vector<Oracle> exponentials_oracles() {
    const Formula sigmoid = [](auto x, auto) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); };
    const Formula logistic_derivative = [](auto x, auto) { return sigmoid_derivative(x); };
    const Formula tangent = [](auto x, auto) { return tanh(x); };
    const Formula tangent_derivative = [](auto x, auto) { return 4 * sigmoid_derivative(2 * x); };
    const Formula elu = [](auto x, auto p) { return x > 0 ? x : p[0] * expm1(x); };
    const Formula elu_derivative = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0] * exp(x); };
    const Formula selu = [](auto x, auto) {
        using T = decltype(x);
        return T(selu_scale) * (x > 0 ? x : T(selu_alpha) * expm1(x));
    };
    const Formula selu_derivative = [](auto x, auto) {
        using T = decltype(x);
        return T(selu_scale) * (x > 0 ? T(1) : T(selu_alpha) * exp(x));
    };
    return {
        {"sigmoid", {}, sigmoid, logistic_derivative, 1, 1},
        {"tanh", {}, tangent, tangent_derivative, 1.1, 1.1},
        {"elu", {1}, elu, elu_derivative, 2, 2},
        {"elu", {0.3}, elu, elu_derivative, 2, 2},
        {"elu", {-40}, elu, elu_derivative, 2, 2},
        {"selu", {}, selu, selu_derivative, 2, 2},
    };
}

}  // namespace wide

#endif
