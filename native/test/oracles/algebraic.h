// Smooth activations made of a quotient, a square or a square root.
#ifndef RECTIFIER_TEST_ORACLES_ALGEBRAIC_H
#define RECTIFIER_TEST_ORACLES_ALGEBRAIC_H

namespace wide {

inline std::vector<Oracle> algebraic_oracles() {
    static const Formula softsign = [](auto x, auto) {
        using T = decltype(x);
        const bool infinite = x != 0 && x == x / 2;
        return infinite ? T(x > 0 ? 1 : -1) : x / (1 + fabs(x));
    };
    static const Formula softsign_derivative = [](auto x, auto) {
        using T = decltype(x);
        const T inverse = 1 / (1 + fabs(x));
        return inverse * inverse;
    };
    static const Formula softsign_from_output = [](auto y, auto) { return (1 - fabs(y)) * (1 - fabs(y)); };
    static const Formula sparse_plus = [](auto x, auto) {
        using T = decltype(x);
        return x <= -1 ? T(0) : x >= 1 ? x : (x + 1) / 2 * ((x + 1) / 2);
    };
    static const Formula sparse_plus_derivative = [](auto x, auto) {
        using T = decltype(x);
        return x <= -1 ? T(0) : x >= 1 ? T(1) : (x + 1) / 2;
    };
    static const Formula sparse_plus_from_output = [](auto y, auto) {
        using T = decltype(y);
        return y <= 0 ? T(0) : y >= 1 ? T(1) : sqrt(y);
    };
    // For negative x the conjugate, so that nothing cancels; every type squares what it meets without overflow.
    static const Formula squareplus = [](auto x, auto p) {
        using T = decltype(x);
        if (p[0] == 0) {
            return x > 0 ? x : T(0);
        }
        const T root = sqrt(x * x + p[0]);
        return x > 0 ? (x + root) / 2 : p[0] / 2 / (root - x);
    };
    static const Formula squareplus_derivative = [](auto x, auto p) {
        using T = decltype(x);
        const bool infinite = x != 0 && x == x / 2;
        if (p[0] == 0 || infinite) {
            return T(x > 0 ? 1 : 0);
        }
        const T root = sqrt(x * x + p[0]);
        return x > 0 ? (1 + x / root) / 2 : p[0] / 2 / (root - x) / root;
    };
    static const Formula squareplus_from_output = [](auto y, auto p) {
        using T = decltype(y);
        const bool infinite = y != 0 && y == y / 2;
        return y == 0 ? T(0) : infinite ? T(1) : 1 / (1 + p[0] / 4 / y / y);
    };
    return {
        // name, parameters, formula, derivative, largest error in ULP for float and for double, derivative by y
        {"softsign", {}, softsign, softsign_derivative, 1.6, 1.6, softsign_from_output},
        {"sparsePlus", {}, sparse_plus, sparse_plus_derivative, 0.55, 0.55, sparse_plus_from_output},
        {"squareplus", {4}, squareplus, squareplus_derivative, 0.6, 0.6, squareplus_from_output},
        {"squareplus", {0}, squareplus, squareplus_derivative, 0, 0, squareplus_from_output},
        {"squareplus", {0.1}, squareplus, squareplus_derivative, 0.6, 0.6, squareplus_from_output},
        {"squareplus", {1e-40}, squareplus, squareplus_derivative, 0.8, 0.8, squareplus_from_output},
        {"squareplus", {1e-25}, squareplus, squareplus_derivative, 0.8, 0.8, squareplus_from_output},
        {"squareplus", {1e18}, squareplus, squareplus_derivative, 0.6, 0.6, squareplus_from_output},
    };
}

}  // namespace wide

#endif
