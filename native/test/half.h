// Numbers of 16 bits by their definition, one at a time.
#ifndef RECTIFIER_TEST_HALF_H
#define RECTIFIER_TEST_HALF_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

// One with so many digits, the leading one included, and the exponents that 15 bits leave room for.
template <int digits>
struct Half {
    static constexpr int mantissa_bits = digits - 1, exponent_bits = 16 - digits;
    static constexpr int least_exponent = 2 - (1 << (exponent_bits - 1));
    static constexpr int infinity = ((1 << exponent_bits) - 1) << mantissa_bits;
    static constexpr int quiet = 1 << (mantissa_bits - 1);
    static constexpr int sign = 0x8000;

    uint16_t bits;

    Half() = default;

    // The nearest one.
    explicit Half(float value) {
        int magnitude = infinity;
        if (std::isnan(value)) {
            uint32_t payload;
            std::memcpy(&payload, &value, sizeof payload);
            magnitude |= quiet | (int(payload & 0x7FFFFF) >> (23 - mantissa_bits));
        } else if (std::isfinite(value)) {
            const int exponent = value == 0 ? least_exponent : std::max(std::ilogb(value), least_exponent);
            const double units = std::nearbyint(std::ldexp(std::fabs(double(value)), mantissa_bits - exponent));
            magnitude = std::min(infinity, ((exponent - least_exponent) << mantissa_bits) + int(units));
        }
        bits = uint16_t(magnitude | (std::signbit(value) ? sign : 0));
    }

    static Half of_bits(int bits) {
        Half half;
        half.bits = uint16_t(bits);
        return half;
    }

    operator float() const {
        const int magnitude = bits & (sign - 1), mantissa = magnitude & ((1 << mantissa_bits) - 1);
        if (magnitude > infinity) {
            // The upper half of a float is a NaN that need not be quiet.
            const uint32_t nan = uint32_t(bits & sign) << 16 | 0x7F800000 | (mantissa_bits == 7 ? 0 : 0x400000) |
                                 uint32_t(mantissa) << (23 - mantissa_bits);
            float value;
            std::memcpy(&value, &nan, sizeof value);
            return value;
        }
        const int exponent = std::max(magnitude >> mantissa_bits, 1);
        const int units = magnitude - ((exponent - 1) << mantissa_bits);
        const float value =
            magnitude == infinity ? INFINITY : std::ldexp(float(units), exponent - 1 + least_exponent - mantissa_bits);
        return std::copysign(value, (bits & sign) != 0 ? -1.0f : 1.0f);
    }
};

using BFloat16 = Half<8>;
using Float16 = Half<11>;

#endif
