// The rectifiers. Every kernel is at most two IEEE operations that round.
#ifndef RECTIFIER_TEST_ORACLES_RECTIFIERS_H
#define RECTIFIER_TEST_ORACLES_RECTIFIERS_H

namespace wide {

inline std::vector<Oracle> rectifiers_oracles() {
    const double inf = std::numeric_limits<double>::infinity();
    static const Formula identity = [](auto x, auto) { return x; };
    static const Formula one = [](auto x, auto) { return decltype(x)(1); };
    static const Formula relu = [](auto x, auto) { return x > 0 ? x : decltype(x)(0); };
    static const Formula relu_derivative = [](auto x, auto) { return decltype(x)(x > 0 ? 1 : 0); };
    // 0 * infinity is a zero here.
    static const Formula leaky = [](auto x, auto p) {
        using T = decltype(x);
        return x > 0 ? x : p[0] * (p[0] == 0 && x < 0 ? T(-1) : x);
    };
    static const Formula leaky_derivative = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0]; };
    static const Formula generalized = [](auto x, auto p) {
        using T = decltype(x);
        if (x > p[2]) {
            return x < p[1] ? x : p[1];
        }
        return p[0] == 0 ? T(0) : p[0] * (x - p[2]);
    };
    static const Formula generalized_derivative = [](auto x, auto p) {
        using T = decltype(x);
        // An infinite maximum is none.
        const bool bounded = p[1] - p[1] == 0;
        return x > p[2] ? T(x < p[1] || !bounded ? 1 : 0) : p[0];
    };
    static const Formula squared = [](auto x, auto) { return x > 0 ? x * x : decltype(x)(0); };
    static const Formula squared_derivative = [](auto x, auto) { return x > 0 ? x + x : decltype(x)(0); };
    static const Formula squared_from_output = [](auto y, auto) { return y > 0 ? 2 * sqrt(y) : decltype(y)(0); };
    static const Formula star = [](auto x, auto p) { return x > 0 && p[0] != 0 ? p[0] * x * x + p[1] : p[1]; };
    static const Formula star_derivative = [](auto x, auto p) {
        return x > 0 && p[0] != 0 ? 2 * p[0] * x : decltype(x)(0);
    };
    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double, derivative by y
        {"linear", {}, identity, one, 0, 0, one},
        {"relu", {}, relu, relu_derivative, 0, 0, relu_derivative},
        {"leakyRelu", {0.01}, leaky, leaky_derivative, 0.5, 0.5, leaky_derivative},
        {"leakyRelu", {0}, leaky, leaky_derivative, 0, 0, leaky_derivative},
        {"leakyRelu", {-1.7}, leaky, leaky_derivative, 0.5, 0.5},
        {"generalizedRelu", {0, inf, 0}, generalized, generalized_derivative, 0, 0},
        {"generalizedRelu", {0.5, 4, 1}, generalized, generalized_derivative, 0.5, 0.5},
        {"generalizedRelu", {0.3, 7.5, -2.7}, generalized, generalized_derivative, 1.2, 1.2},
        {"generalizedRelu", {-1.3, 1e30, 1e-3}, generalized, generalized_derivative, 1.2, 1.2},
        {"generalizedRelu", {0.01, 3.4e38, 3.3e38}, generalized, generalized_derivative, 1.2, 1.2},
        {"generalizedRelu", {1e-40, inf, -3.3e38}, generalized, generalized_derivative, 1.2, 1.2},
        {"squaredRelu", {}, squared, squared_derivative, 0.5, 0.5, squared_from_output},
        {"starRelu", {0.8944271909999159, -0.4472135954999579}, star, star_derivative, 0.51, 1.6},
        {"starRelu", {-3, 0.5}, star, star_derivative, 0.51, 1.6},
        {"starRelu", {0, 0.3}, star, star_derivative, 0, 0},
    };
}

}  // namespace wide

#endif
