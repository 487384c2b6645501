// What sets small inputs to a constant.
#ifndef RECTIFIER_TEST_ORACLES_SHRINKS_H
#define RECTIFIER_TEST_ORACLES_SHRINKS_H

namespace wide {

inline std::vector<Oracle> shrinks_oracles() {
    static const Formula hard_shrink = [](auto x, auto p) { return fabs(x) > p[0] ? x : x * 0; };
    static const Formula soft_shrink = [](auto x, auto p) {
        return x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : x * 0;
    };
    static const Formula shrink_derivative = [](auto x, auto p) { return decltype(x)(fabs(x) > p[0] ? 1 : 0); };
    static const Formula shrink_from_output = [](auto y, auto) { return decltype(y)(y != 0 ? 1 : 0); };
    static const Formula shrink = [](auto x, auto p) {
        const auto y = x < -p[0] ? x + p[1] : x > p[0] ? x - p[1] : x * 0;
        return y == 0 ? x * 0 : y;
    };
    static const Formula shrink_slope = [](auto x, auto p) { return decltype(x)(x < -p[0] || x > p[0] ? 1 : 0); };
    static const Formula threshold = [](auto x, auto p) { return x > p[0] ? x : p[1]; };
    static const Formula threshold_derivative = [](auto x, auto p) { return decltype(x)(x > p[0] ? 1 : 0); };
    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double, derivative by y
        {"hardShrink", {0.5}, hard_shrink, shrink_derivative, 0, 0, shrink_from_output},
        {"hardShrink", {0}, hard_shrink, shrink_derivative, 0, 0, shrink_from_output},
        {"hardShrink", {1e30}, hard_shrink, shrink_derivative, 0, 0, shrink_from_output},
        {"softShrink", {0.5}, soft_shrink, shrink_derivative, 0.5, 0.5, shrink_from_output},
        {"softShrink", {0}, soft_shrink, shrink_derivative, 0, 0, shrink_from_output},
        {"softShrink", {1e-3}, soft_shrink, shrink_derivative, 0.5, 0.5, shrink_from_output},
        {"shrink", {0.5, 0}, shrink, shrink_slope, 0, 0, shrink_from_output},
        {"shrink", {1.5, -0.3}, shrink, shrink_slope, 0.5, 0.5, shrink_from_output},
        {"shrink", {0.3, 1.5}, shrink, shrink_slope, 0.5, 0.5},
        {"shrink", {-1, 0.25}, shrink, shrink_slope, 0.5, 0.5},
        {"threshold", {1, 0}, threshold, threshold_derivative, 0, 0, threshold_derivative},
        {"threshold", {-0.1, 20}, threshold, threshold_derivative, 0, 0},
        {"threshold", {0.1, 0.1}, threshold, threshold_derivative, 0, 0, threshold_derivative},
    };
}

}  // namespace wide

#endif
