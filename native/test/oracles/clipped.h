// Straight lines between two bounds, and what is gated by one.
#ifndef RECTIFIER_TEST_ORACLES_CLIPPED_H
#define RECTIFIER_TEST_ORACLES_CLIPPED_H

namespace wide {

// slope * x + offset, where a slope of 1/6 in either type, with an offset of 1/2, is the exact one.
template <class T>
bool is_sixth(const T* p) {
    return (p[0] == T(1.0 / 6) || p[0] == T(1.0f / 6)) && p[1] == T(1) / 2;
}
template <class T>
T hard_sigmoid_slope(const T* p) {
    return is_sixth(p) ? T(1) / 6 : p[0];
}
template <class T>
T hard_sigmoid_line(T x, const T* p) {
    return is_sixth(p) ? (x + 3) / 6 : p[0] == 0 ? p[1] : p[0] * x + p[1];
}

inline std::vector<Oracle> clipped_oracles() {
    const double inf = std::numeric_limits<double>::infinity();
    static const Formula hard_tanh = [](auto x, auto p) { return x > p[0] ? (x < p[1] ? x : p[1]) : p[0]; };
    static const Formula hard_tanh_derivative = [](auto x, auto p) {
        // An infinite bound is none.
        const bool above = x > p[0] || p[0] - p[0] != 0;
        const bool below = x < p[1] || p[1] - p[1] != 0;
        return decltype(x)(above && below ? 1 : 0);
    };
    static const Formula relu6 = [](auto x, auto) {
        using T = decltype(x);
        return x > 0 ? (x < 6 ? x : T(6)) : T(0);
    };
    static const Formula relu6_derivative = [](auto x, auto) { return decltype(x)(x > 0 && x < 6 ? 1 : 0); };
    static const Formula hard_sigmoid = [](auto x, auto p) {
        using T = decltype(x);
        const T line = hard_sigmoid_line<T>(x, p);
        return line > 0 ? (line < 1 ? line : T(1)) : T(0);
    };
    static const Formula hard_sigmoid_derivative = [](auto x, auto p) {
        using T = decltype(x);
        const T line = hard_sigmoid_line<T>(x, p);
        return line > 0 && line < 1 ? hard_sigmoid_slope<T>(p) : T(0);
    };
    static const Formula hard_sigmoid_from_output = [](auto y, auto p) {
        using T = decltype(y);
        return y > 0 && y < 1 ? hard_sigmoid_slope<T>(p) : T(0);
    };
    static const Formula sparse_sigmoid = [](auto x, auto) {
        using T = decltype(x);
        return x > -1 ? (x < 1 ? (x + 1) / 2 : T(1)) : T(0);
    };
    static const Formula sparse_sigmoid_derivative = [](auto x, auto) {
        using T = decltype(x);
        return x > -1 && x < 1 ? T(1) / 2 : T(0);
    };
    static const Formula sparse_sigmoid_from_output = [](auto y, auto) {
        using T = decltype(y);
        return y > 0 && y < 1 ? T(1) / 2 : T(0);
    };
    static const Formula hard_swish = [](auto x, auto) {
        using T = decltype(x);
        return x <= -3 ? -T(0) : x >= 3 ? x : x * ((x + 3) / 6);
    };
    static const Formula hard_swish_derivative = [](auto x, auto) {
        using T = decltype(x);
        return x <= -3 ? T(0) : x >= 3 ? T(1) : (x + T(3) / 2) / 3;
    };
    static const Formula hard_mish = [](auto x, auto) {
        using T = decltype(x);
        return x <= -2 ? -T(0) : x >= 0 ? x : x * ((x + 2) / 2);
    };
    static const Formula hard_mish_derivative = [](auto x, auto) {
        using T = decltype(x);
        return x <= -2 ? T(0) : x >= 0 ? T(1) : x + 1;
    };
    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double, derivative by y
        {"hardTanh", {-1, 1}, hard_tanh, hard_tanh_derivative, 0, 0, hard_tanh_derivative},
        {"hardTanh", {0.3, 0.7}, hard_tanh, hard_tanh_derivative, 0, 0, hard_tanh_derivative},
        {"hardTanh", {-inf, 2}, hard_tanh, hard_tanh_derivative, 0, 0, hard_tanh_derivative},
        {"hardTanh", {0, inf}, hard_tanh, hard_tanh_derivative, 0, 0, hard_tanh_derivative},
        {"relu6", {}, relu6, relu6_derivative, 0, 0, relu6_derivative},
        {"hardSigmoid", {1.0 / 6, 0.5}, hard_sigmoid, hard_sigmoid_derivative, 0.75, 0.75, hard_sigmoid_from_output},
        {"hardSigmoid", {0.2, 0.5}, hard_sigmoid, hard_sigmoid_derivative, 0.55, 0.55, hard_sigmoid_from_output},
        {"hardSigmoid", {-0.7, 0.3}, hard_sigmoid, hard_sigmoid_derivative, 0.55, 0.55, hard_sigmoid_from_output},
        {"hardSigmoid", {1e-38, 0}, hard_sigmoid, hard_sigmoid_derivative, 1, 1, hard_sigmoid_from_output},
        {"hardSigmoid", {13, 1e-42}, hard_sigmoid, hard_sigmoid_derivative, 1, 1, hard_sigmoid_from_output},
        {"hardSigmoid", {1e37, -2e29}, hard_sigmoid, hard_sigmoid_derivative, 1, 1, hard_sigmoid_from_output},
        {"hardSigmoid", {3e7, -1e9}, hard_sigmoid, hard_sigmoid_derivative, 0.55, 0.55, hard_sigmoid_from_output},
        {"hardSigmoid", {0, 0.7}, hard_sigmoid, hard_sigmoid_derivative, 0, 0, hard_sigmoid_from_output},
        {"sparseSigmoid", {}, sparse_sigmoid, sparse_sigmoid_derivative, 0.5, 0.5, sparse_sigmoid_from_output},
        {"hardSwish", {}, hard_swish, hard_swish_derivative, 2, 2},
        {"hardMish", {}, hard_mish, hard_mish_derivative, 1, 1},
    };
}

}  // namespace wide

#endif
