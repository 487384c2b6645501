// What every elementwise activation should give: one line per function and set of parameters.
#ifndef RECTIFIER_TEST_ORACLE_H
#define RECTIFIER_TEST_ORACLE_H

#include <sstream>
#include <string>
#include <vector>

#include "support.h"
#include "wide_math.h"

// A formula in three precisions: of double, which has 2^-29 ULP of float, of long double, whose 64 bits (x86) leave an
// error of libm and of the few operations around it well below 2^-6 ULP of double, and of 113 bits, more than twice
// those of double. The first two are for speed; what the more precise one next to it says decides (accuracy.cpp).
struct Formula {
    double (*narrow)(double x, const double* p) = nullptr;
    long double (*wide)(long double x, const long double* p) = nullptr;
    Quad (*widest)(Quad x, const Quad* p) = nullptr;

    Formula() = default;
    template <class F>
    Formula(F f) : narrow(f), wide(f), widest(f) {}

    explicit operator bool() const { return narrow != nullptr; }

    double operator()(double x, const double* p) const { return narrow(x, p); }
    long double operator()(long double x, const long double* p) const { return wide(x, p); }
#if defined(RECTIFIER_QUADMATH)
    Quad operator()(Quad x, const Quad* p) const { return widest(x, p); }
#endif
};

struct Oracle {
    std::string name;
    std::vector<double> parameters;
    Formula forward;
    Formula derivative;
    // The largest error of forward in ULP.
    double float_ulps;
    double double_ulps;
    // f'(x) as a function of f(x), where that is possible.
    Formula from_output = {};

    // The parameters as a kernel for S sees them, in the type T of the formula.
    template <class S, class T>
    std::vector<T> rounded_parameters() const {
        std::vector<T> p = {0, 0, 0};
        for (size_t i = 0; i < parameters.size(); ++i) {
            p[i] = T(S(parameters[i]));
        }
        return p;
    }

    int index() const { return elementwise(name); }

    double p(size_t i) const { return i < parameters.size() ? parameters[i] : 0; }

    std::string title() const {
        std::ostringstream text;
        text.precision(5);
        text << name;
        for (size_t i = 0; i < parameters.size(); ++i) {
            text << (i == 0 ? "(" : ", ") << parameters[i] << (i + 1 == parameters.size() ? ")" : "");
        }
        return text.str();
    }
};

const std::vector<Oracle>& oracles();

#endif
