// The mathematical functions under one name for every type that oracles compute in: double, long double, and the widest
// there is.
#ifndef RECTIFIER_TEST_WIDE_MATH_H
#define RECTIFIER_TEST_WIDE_MATH_H

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

// Of GCC on x86-64. Elsewhere long double must do, which has 113 bits on arm64 (Linux) and 64 on x86-64.
#if __has_include(<quadmath.h>)
#define RECTIFIER_QUADMATH
#include <quadmath.h>
using Quad = __float128;
constexpr int quad_digits = 113;
#else
using Quad = long double;
constexpr int quad_digits = std::numeric_limits<long double>::digits;
#endif

// Whether what oracles compute in is precise enough to judge results of type S by. For double it isn't where no type
// has twice its bits, nor where a compiler's run-time library, such as Zig's, has simpler functions of long double than
// the C library.
template <class S>
bool can_be_judged() {
    const volatile long double one = 1;
    return sizeof(S) < sizeof(double) ||
           (quad_digits >= 113 && std::fabs(std::exp(one) - 2.718281828459045235360287471352662498L) < 0x1p-60L &&
               std::fabs(std::tanh(one) - 0.761594155955764888119458282604793591L) < 0x1p-60L);
}

#define RECTIFIER_SKIP_UNLESS_JUDGED(S)                                      \
    if (!can_be_judged<S>()) {                                               \
        GTEST_SKIP() << "no type here is precise enough to judge double by"; \
    }

// Formulas are written inside this namespace, where an unqualified exp(x) means these and not only the C library's.
namespace wide {

#define RECTIFIER_WIDE(function)                                  \
    inline double function(double x) { return std::function(x); } \
    inline long double function(long double x) { return std::function(x); }

#if defined(RECTIFIER_QUADMATH)
#define RECTIFIER_WIDEST(function) \
    inline Quad function(Quad x) { return function##q(x); }
#else
#define RECTIFIER_WIDEST(function)
#endif

#define RECTIFIER_WIDE_FUNCTION(function) \
    RECTIFIER_WIDE(function)              \
    RECTIFIER_WIDEST(function)

RECTIFIER_WIDE_FUNCTION(exp)
RECTIFIER_WIDE_FUNCTION(expm1)
RECTIFIER_WIDE_FUNCTION(log)
RECTIFIER_WIDE_FUNCTION(log1p)
RECTIFIER_WIDE_FUNCTION(sin)
RECTIFIER_WIDE_FUNCTION(tanh)
RECTIFIER_WIDE_FUNCTION(erfc)
RECTIFIER_WIDE_FUNCTION(sqrt)
RECTIFIER_WIDE_FUNCTION(fabs)

#undef RECTIFIER_WIDE_FUNCTION
#undef RECTIFIER_WIDEST
#undef RECTIFIER_WIDE

inline int ilogb(double x) { return std::ilogb(x); }
inline int ilogb(long double x) { return std::ilogb(x); }
inline double ldexp(double x, int e) { return std::ldexp(x, e); }
inline long double ldexp(long double x, int e) { return std::ldexp(x, e); }
inline bool signbit(double x) { return std::signbit(x); }
inline bool signbit(long double x) { return std::signbit(x); }
#if defined(RECTIFIER_QUADMATH)
inline int ilogb(Quad x) { return ilogbq(x); }
inline Quad ldexp(Quad x, int e) { return ldexpq(x, e); }
inline bool signbit(Quad x) { return signbitq(x) != 0; }
#endif

template <class T>
T copysign(T magnitude, T sign) {
    return signbit(sign) ? -fabs(magnitude) : fabs(magnitude);
}

// What is left of a * b beside the rounded product, for factors of at most 53 bits in any type of 53 or more: in 64
// bits the product isn't exact, and the exponential would magnify its error (Veltkamp and Dekker 1971).
template <class T>
T product_remainder(T a, T b) {
    const T splitter = T(8589934593), product = a * b;
    if (!(product < T(1000000) && -product < T(1000000) && a < T(1e280) && -a < T(1e280))) {
        return 0;
    }
    const T a_hi = a * splitter - (a * splitter - a), b_hi = b * splitter - (b * splitter - b);
    const T a_lo = a - a_hi, b_lo = b - b_hi;
    return ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo;
}

}  // namespace wide

#endif
