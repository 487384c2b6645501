// The piecewise linear family.
#ifndef RECTIFIER_TEST_ORACLES_RECTIFIERS_H
#define RECTIFIER_TEST_ORACLES_RECTIFIERS_H

namespace wide {

inline std::vector<Oracle> rectifiers_oracles() {
    const Formula identity = [](auto x, auto) { return x; };
    const Formula one = [](auto x, auto) { return decltype(x)(1); };
    const Formula leaky = [](auto x, auto p) { return x > 0 ? x : p[0] * x; };
    const Formula leaky_derivative = [](auto x, auto p) { return x > 0 ? decltype(x)(1) : p[0]; };
    const Formula relu = [](auto x, auto) { return x > 0 ? x : decltype(x)(0); };
    const Formula relu_derivative = [](auto x, auto) { return decltype(x)(x > 0 ? 1 : 0); };
    return {
        {"linear", {}, identity, one, 0, 0},
        {"relu", {}, relu, relu_derivative, 0, 0},
        {"leakyRelu", {0.01}, leaky, leaky_derivative, 0.5, 0.5},
        {"leakyRelu", {-1.7}, leaky, leaky_derivative, 0.5, 0.5},
    };
}

}  // namespace wide

#endif
