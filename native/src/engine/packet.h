// The SIMD layer: Eigen's packet primitives, plus the few operations on exponents that Eigen 3.4 lacks.
#ifndef RECTIFIER_ENGINE_PACKET_H
#define RECTIFIER_ENGINE_PACKET_H

#include <Eigen/Core>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "element.h"

namespace {

template <class S>
using Packet = typename Eigen::internal::packet_traits<S>::type;

template <class P>
struct Element {
    using type = typename Eigen::internal::unpacket_traits<P>::type;
};

template <class P>
using ScalarOf = typename Element<P>::type;

template <class P>
constexpr int lanes = Eigen::internal::unpacket_traits<P>::size;

// Whether multiply_add rounds once. Formulas that need its exact product take another way where it doesn't.
#if defined(EIGEN_VECTORIZE_FMA) || defined(__ARM_FEATURE_FMA)
constexpr bool has_fma = true;
#else
constexpr bool has_fma = false;
#endif

template <class P>
P set(ScalarOf<P> value) {
    return Eigen::internal::pset1<P>(value);
}
template <class P>
P load(const ScalarOf<P>* from) {
    return Eigen::internal::ploadu<P>(from);
}
template <class P>
void store(ScalarOf<P>* to, P value) {
    Eigen::internal::pstoreu(to, value);
}
template <class P>
P add(P a, P b) {
    return Eigen::internal::padd(a, b);
}
template <class P>
P subtract(P a, P b) {
    return Eigen::internal::psub(a, b);
}
template <class P>
P multiply(P a, P b) {
    return Eigen::internal::pmul(a, b);
}
template <class P>
P divide(P a, P b) {
    return Eigen::internal::pdiv(a, b);
}
template <class P>
P multiply_add(P a, P b, P c) {
    return Eigen::internal::pmadd(a, b, c);
}
// By the operator, which compilers make part of a fused multiply-add.
template <class P>
P negate(P a) {
    return -a;
}
template <class P>
P absolute(P a) {
    return Eigen::internal::pandnot(a, set<P>(ScalarOf<P>(-0.0)));
}
// |magnitude| with the sign bit of `sign`.
template <class P>
P copy_sign(P magnitude, P sign) {
    return Eigen::internal::por(absolute(magnitude), Eigen::internal::pand(sign, set<P>(ScalarOf<P>(-0.0))));
}
// value, with its sign turned where `sign` has its sign bit set.
template <class P>
P turned_where_negative(P sign, P value) {
    return Eigen::internal::pxor(value, Eigen::internal::pand(sign, set<P>(ScalarOf<P>(-0.0))));
}
// What a comparison yields: true or false for each lane.
#if defined(EIGEN_VECTORIZE_AVX512)
template <class P>
using Mask = std::conditional_t<lanes<P> == 16, __mmask16, __mmask8>;

inline Packet<float> select(__mmask16 mask, Packet<float> a, Packet<float> b) {
    return _mm512_mask_blend_ps(mask, b, a);
}
inline Packet<double> select(__mmask8 mask, Packet<double> a, Packet<double> b) {
    return _mm512_mask_blend_pd(mask, b, a);
}
inline __mmask16 less(Packet<float> a, Packet<float> b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
inline __mmask8 less(Packet<double> a, Packet<double> b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
inline __mmask16 equal(Packet<float> a, Packet<float> b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
inline __mmask8 equal(Packet<double> a, Packet<double> b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
inline __mmask16 at_most(Packet<float> a, Packet<float> b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
inline __mmask8 at_most(Packet<double> a, Packet<double> b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
inline __mmask16 either(__mmask16 a, __mmask16 b) { return __mmask16(a | b); }
inline __mmask8 either(__mmask8 a, __mmask8 b) { return __mmask8(a | b); }
inline __mmask16 both(__mmask16 a, __mmask16 b) { return __mmask16(a & b); }
inline bool in_all_lanes(__mmask16 mask) { return mask == 0xffff; }
#else
template <class P>
using Mask = P;

template <class P>
P select(P mask, P a, P b) {
    return Eigen::internal::pselect(mask, a, b);
}
template <class P>
P less(P a, P b) {
    return Eigen::internal::pcmp_lt(a, b);
}
template <class P>
P equal(P a, P b) {
    return Eigen::internal::pcmp_eq(a, b);
}
template <class P>
P at_most(P a, P b) {
    return Eigen::internal::pcmp_le(a, b);
}
template <class P>
P either(P a, P b) {
    return Eigen::internal::por(a, b);
}
template <class P>
P both(P a, P b) {
    return Eigen::internal::pand(a, b);
}
#if defined(EIGEN_VECTORIZE_AVX2)
inline bool in_all_lanes(Packet<float> mask) { return _mm256_movemask_ps(mask) == 0xff; }
#elif defined(EIGEN_VECTORIZE_SSE2)
inline bool in_all_lanes(Packet<float> mask) { return _mm_movemask_ps(mask) == 0xf; }
#else
inline bool in_all_lanes(Packet<float> mask) { return vminvq_u32(vreinterpretq_u32_f32(mask)) != 0; }
#endif
#endif
template <class P>
Mask<P> positive(P a) {
    return less(set<P>(0), a);
}
// `value` where x is a number, x itself where it is NaN.
template <class P>
P or_nan(P x, P value) {
    return select(equal(x, x), value, x);
}

// Of two zeros, and if there is a NaN, either.
template <class P>
P minimum(P a, P b) {
    return Eigen::internal::pmin(a, b);
}
template <class P>
P maximum(P a, P b) {
    return Eigen::internal::pmax(a, b);
}
// x < bound ? bound : x, so that a NaN and a zero stay what they are.
#if defined(EIGEN_VECTORIZE_AVX512)
inline Packet<float> at_least(Packet<float> x, Packet<float> bound) { return _mm512_max_ps(bound, x); }
inline Packet<double> at_least(Packet<double> x, Packet<double> bound) { return _mm512_max_pd(bound, x); }
#elif defined(EIGEN_VECTORIZE_AVX2)
inline Packet<float> at_least(Packet<float> x, Packet<float> bound) { return _mm256_max_ps(bound, x); }
inline Packet<double> at_least(Packet<double> x, Packet<double> bound) { return _mm256_max_pd(bound, x); }
#elif defined(EIGEN_VECTORIZE_SSE2)
inline Packet<float> at_least(Packet<float> x, Packet<float> bound) { return _mm_max_ps(bound, x); }
inline Packet<double> at_least(Packet<double> x, Packet<double> bound) { return _mm_max_pd(bound, x); }
#else
template <class P>
P at_least(P x, P bound) {
    return select(less(x, bound), bound, x);
}
#endif

// slope * x, which is a zero for a slope of 0 even if x is infinite.
template <class P>
P slope_times(P slope, P x) {
    return multiply(slope, select(equal(slope, set<P>(0)), copy_sign(set<P>(1), x), x));
}

// Adding 1.5 * 2^(mantissa bits) rounds to the nearest integer in the default rounding mode, which JNI guarantees.
template <class S>
constexpr S rounder = S(3) * S(int64_t(1) << (std::numeric_limits<S>::digits - 2));

template <class P>
P round(P a) {
    using S = ScalarOf<P>;
    return subtract(add(a, set<P>(rounder<S>)), set<P>(rounder<S>));
}

// low_bits_to_exponent moves the low bits of each lane's mantissa up into its exponent. square_root rounds correctly,
// which Eigen's psqrt doesn't for float.
#if defined(EIGEN_VECTORIZE_AVX512)
inline Packet<float> low_bits_to_exponent(Packet<float> a) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 23));
}
inline Packet<double> low_bits_to_exponent(Packet<double> a) {
    return _mm512_castsi512_pd(_mm512_slli_epi64(_mm512_castpd_si512(a), 52));
}
inline Packet<float> square_root(Packet<float> a) { return _mm512_sqrt_ps(a); }
inline Packet<double> square_root(Packet<double> a) { return _mm512_sqrt_pd(a); }
#elif defined(EIGEN_VECTORIZE_AVX2)
inline Packet<float> low_bits_to_exponent(Packet<float> a) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 23));
}
inline Packet<double> low_bits_to_exponent(Packet<double> a) {
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(a), 52));
}
inline Packet<float> square_root(Packet<float> a) { return _mm256_sqrt_ps(a); }
inline Packet<double> square_root(Packet<double> a) { return _mm256_sqrt_pd(a); }
#elif defined(EIGEN_VECTORIZE_SSE2)
inline Packet<float> low_bits_to_exponent(Packet<float> a) {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_castps_si128(a), 23));
}
inline Packet<double> low_bits_to_exponent(Packet<double> a) {
    return _mm_castsi128_pd(_mm_slli_epi64(_mm_castpd_si128(a), 52));
}
inline Packet<float> square_root(Packet<float> a) { return _mm_sqrt_ps(a); }
inline Packet<double> square_root(Packet<double> a) { return _mm_sqrt_pd(a); }
#elif defined(EIGEN_VECTORIZE_NEON) && defined(__aarch64__)
inline Packet<float> low_bits_to_exponent(Packet<float> a) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vreinterpretq_s32_f32(a), 23));
}
inline Packet<double> low_bits_to_exponent(Packet<double> a) {
    return vreinterpretq_f64_s64(vshlq_n_s64(vreinterpretq_s64_f64(a), 52));
}
inline Packet<float> square_root(Packet<float> a) { return vsqrtq_f32(a); }
inline Packet<double> square_root(Packet<double> a) { return vsqrtq_f64(a); }
#else
#error "Rectifier needs SSE2, AVX2, AVX-512 or 64-bit NEON"
#endif

// Moves the exponent of each lane, which must not be negative, down to the low bits of its mantissa.
#if defined(EIGEN_VECTORIZE_AVX512)
inline Packet<float> exponent_to_low_bits(Packet<float> a) {
    return _mm512_castsi512_ps(_mm512_srli_epi32(_mm512_castps_si512(a), 23));
}
inline Packet<double> exponent_to_low_bits(Packet<double> a) {
    return _mm512_castsi512_pd(_mm512_srli_epi64(_mm512_castpd_si512(a), 52));
}
#elif defined(EIGEN_VECTORIZE_AVX2)
inline Packet<float> exponent_to_low_bits(Packet<float> a) {
    return _mm256_castsi256_ps(_mm256_srli_epi32(_mm256_castps_si256(a), 23));
}
inline Packet<double> exponent_to_low_bits(Packet<double> a) {
    return _mm256_castsi256_pd(_mm256_srli_epi64(_mm256_castpd_si256(a), 52));
}
#elif defined(EIGEN_VECTORIZE_SSE2)
inline Packet<float> exponent_to_low_bits(Packet<float> a) {
    return _mm_castsi128_ps(_mm_srli_epi32(_mm_castps_si128(a), 23));
}
inline Packet<double> exponent_to_low_bits(Packet<double> a) {
    return _mm_castsi128_pd(_mm_srli_epi64(_mm_castpd_si128(a), 52));
}
#elif defined(EIGEN_VECTORIZE_NEON) && defined(__aarch64__)
inline Packet<float> exponent_to_low_bits(Packet<float> a) {
    return vreinterpretq_f32_u32(vshrq_n_u32(vreinterpretq_u32_f32(a), 23));
}
inline Packet<double> exponent_to_low_bits(Packet<double> a) {
    return vreinterpretq_f64_u64(vshrq_n_u64(vreinterpretq_u64_f64(a), 52));
}
#endif

// Eight numbers, twice over for the widest register.
struct Octet {
    alignas(64) float of[16];

    constexpr Octet(float a, float b, float c, float d, float e, float f, float g, float h)
        : of{a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h} {}
};

// octet_index makes a place in an octet of three bits of each lane, the lowest of which is bit `shift`; look_up gives
// what is there.
#if defined(EIGEN_VECTORIZE_AVX512)
template <int shift>
__m512i octet_index(Packet<float> a) {
    return _mm512_srli_epi32(_mm512_castps_si512(a), shift);
}
inline Packet<float> look_up(const Octet& octet, __m512i index) {
    return _mm512_permutexvar_ps(index, _mm512_load_ps(octet.of));
}
#elif defined(EIGEN_VECTORIZE_AVX2)
template <int shift>
__m256i octet_index(Packet<float> a) {
    return _mm256_srli_epi32(_mm256_castps_si256(a), shift);
}
inline Packet<float> look_up(const Octet& octet, __m256i index) {
    return _mm256_permutevar8x32_ps(_mm256_load_ps(octet.of), index);
}
#elif defined(EIGEN_VECTORIZE_NEON) && defined(__aarch64__)
template <int shift>
uint8x16_t octet_index(Packet<float> a) {
    const uint32x4_t lane = vandq_u32(vshrq_n_u32(vreinterpretq_u32_f32(a), shift), vdupq_n_u32(7));
    // The places of its bytes.
    return vreinterpretq_u8_u32(vmlaq_u32(vdupq_n_u32(0x03020100), lane, vdupq_n_u32(0x04040404)));
}
inline Packet<float> look_up(const Octet& octet, uint8x16_t index) {
    const uint8x16x2_t bytes = {
        vreinterpretq_u8_f32(vld1q_f32(octet.of)), vreinterpretq_u8_f32(vld1q_f32(octet.of + 4))};
    return vreinterpretq_f32_u8(vqtbl2q_u8(bytes, index));
}
#else
template <int shift>
__m128i octet_index(Packet<float> a) {
    return _mm_srli_epi32(_mm_castps_si128(a), shift);
}
inline Packet<float> look_up(const Octet& octet, __m128i index) {
    int32_t place[4];
    std::memcpy(place, &index, sizeof place);
    return _mm_setr_ps(octet.of[place[0] & 7], octet.of[place[1] & 7], octet.of[place[2] & 7], octet.of[place[3] & 7]);
}
#endif

// 2^k for an integral k in the range of normal exponents.
template <class P>
P power_of_two(P k) {
    using S = ScalarOf<P>;
    constexpr S bias = std::numeric_limits<S>::max_exponent - 1;
    constexpr S unit = S(int64_t(1) << (std::numeric_limits<S>::digits - 1));
    return low_bits_to_exponent(add(k, set<P>(unit + bias)));
}

// The greatest power of two <= a and its exponent, for positive normal numbers.
template <class P>
struct Binade {
    P power;
    P exponent;

    explicit Binade(P a) {
        using S = ScalarOf<P>;
        constexpr S bias = std::numeric_limits<S>::max_exponent - 1;
        constexpr S unit = S(int64_t(1) << (std::numeric_limits<S>::digits - 1));
        // The bits of infinity are those of the exponent.
        power = Eigen::internal::pand(a, set<P>(std::numeric_limits<S>::infinity()));
        exponent = subtract(Eigen::internal::por(exponent_to_low_bits(power), set<P>(unit)), set<P>(unit + bias));
    }

    // 2 / power
    P twice_inverse() const {
        return Eigen::internal::pxor(power, set<P>(std::numeric_limits<ScalarOf<P>>::infinity()));
    }
};

// a * 2^k, rounded once, for |a| <= 2^66 and an integral k up to twice the largest exponent, beyond which is infinity;
// wherever k < -1 and the result is not 0, |a| > 2^-64.
template <class P>
P scale(P a, P k) {
#if defined(EIGEN_VECTORIZE_AVX512)
    if constexpr (sizeof(ScalarOf<P>) == sizeof(float)) {
        return _mm512_scalef_ps(a, k);
    } else {
        return _mm512_scalef_pd(a, k);
    }
#else
    // Both factors must be normal numbers; the result is 0 well before they no longer are.
    constexpr ScalarOf<P> lowest = 2 * (std::numeric_limits<ScalarOf<P>>::min_exponent + 1);
    k = select(less(k, set<P>(lowest)), set<P>(lowest), k);
    // The first factor leaves the product exact, so that only the second rounds.
    P half = round(multiply(k, set<P>(ScalarOf<P>(0.5))));
    return multiply(multiply(a, power_of_two(half)), power_of_two(subtract(k, half)));
#endif
}

// An unevaluated sum hi + lo, |lo| well below |hi|.
template <class P>
struct Pair {
    P hi;
    P lo;
};

template <class P>
Pair<P> turned_where_negative(P sign, Pair<P> value) {
    return {turned_where_negative(sign, value.hi), turned_where_negative(sign, value.lo)};
}

template <class P>
Pair<P> select(Mask<P> mask, Pair<P> a, Pair<P> b) {
    return {select(mask, a.hi, b.hi), select(mask, a.lo, b.lo)};
}

// a * 2^k, each of the two rounded once.
template <class P>
Pair<P> scale(Pair<P> a, P k) {
    return {scale(a.hi, k), scale(a.lo, k)};
}

// a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971).
template <class P>
Pair<P> fast_two_sum(P a, P b) {
    P sum = add(a, b);
    return {sum, subtract(b, subtract(sum, a))};
}

// The same sum with |lo| at most a rounding error of hi.
template <class P>
Pair<P> fast_two_sum(Pair<P> sum) {
    return fast_two_sum(sum.hi, sum.lo);
}

// a + b exactly (Knuth, TAOCP volume 2, 4.2.2).
template <class P>
Pair<P> two_sum(P a, P b) {
    P sum = add(a, b);
    P b_part = subtract(sum, a);
    return {sum, add(subtract(a, subtract(sum, b_part)), subtract(b, b_part))};
}

// a - b exactly (Knuth, TAOCP volume 2, 4.2.2).
template <class P>
Pair<P> two_difference(P a, P b) {
    P difference = subtract(a, b);
    P back = subtract(difference, a);
    return {difference, subtract(subtract(a, subtract(difference, back)), add(b, back))};
}

// a * b exactly, for factors far from the ends of the range; without FMA after Veltkamp and Dekker 1971.
template <class P>
Pair<P> two_product(P a, P b) {
    using S = ScalarOf<P>;
    P product = multiply(a, b);
    if constexpr (has_fma) {
        return {product, multiply_add(a, b, negate(product))};
    } else {
        P splitter = set<P>(S(1) + S(int64_t(1) << (std::numeric_limits<S>::digits + 1) / 2));
        P a_scaled = multiply(a, splitter), b_scaled = multiply(b, splitter);
        P a_hi = subtract(a_scaled, subtract(a_scaled, a)), b_hi = subtract(b_scaled, subtract(b_scaled, b));
        P a_lo = subtract(a, a_hi), b_lo = subtract(b, b_hi);
        P error = subtract(multiply(a_hi, b_hi), product);
        error = add(add(error, multiply(a_hi, b_lo)), multiply(a_lo, b_hi));
        return {product, add(error, multiply(a_lo, b_lo))};
    }
}

// The error of a smaller product is partly below the least denormal, and not what two_product says without FMA.
template <class S>
constexpr S exact_product_from = std::numeric_limits<S>::min() / std::numeric_limits<S>::epsilon();

// A pair that an exact product is in, without its lower part where that may be wrong by as much as a rounding error.
template <class P>
Pair<P> trusted(Pair<P> pair) {
    if constexpr (!has_fma) {
        P least = set<P>(32 * std::numeric_limits<ScalarOf<P>>::min());
        pair.lo = select(less(absolute(pair.hi), least), set<P>(0), pair.lo);
    }
    return pair;
}

// n - q * d exactly, for q * d within a few rounding errors of n.
template <class P>
P residual(P n, P q, P d) {
    if constexpr (has_fma) {
        return multiply_add(negate(q), d, n);
    } else {
        Pair<P> back = two_product(q, d);
        return subtract(subtract(n, back.hi), back.lo);
    }
}

// n / d to about twice the working precision, for pairs whose lo is no more than a rounding error of hi.
template <class P>
Pair<P> quotient(Pair<P> n, Pair<P> d) {
    P inverse = divide(set<P>(1), d.hi);
    P q = multiply(n.hi, inverse);
    P remainder = add(residual(n.hi, q, d.hi), subtract(n.lo, multiply(q, d.lo)));
    return {q, multiply(remainder, inverse)};
}

// 1 / d to about twice the working precision, for a lo that is no more than a rounding error of hi.
template <class P>
Pair<P> reciprocal(Pair<P> d) {
    P inverse = divide(set<P>(1), d.hi);
    P rest = subtract(residual(set<P>(1), inverse, d.hi), multiply(inverse, d.lo));
    return {inverse, multiply(rest, inverse)};
}

// a * b, rounded little more than once, for factors far from the upper end of the range.
template <class P>
P product(P a, Pair<P> b) {
    if constexpr (has_fma) {
        return multiply_add(a, b.hi, multiply(a, b.lo));
    } else {
        Pair<P> exact = two_product(a, b.hi);
        P sum = add(exact.hi, multiply_add(a, b.lo, exact.lo));
        return select(less(absolute(exact.hi), set<P>(exact_product_from<ScalarOf<P>>)), exact.hi, sum);
    }
}

// a * b to about twice the working precision, for factors far from the ends of the range.
template <class P>
Pair<P> pair_product(Pair<P> a, Pair<P> b) {
    Pair<P> exact = two_product(a.hi, b.hi);
    return {exact.hi, add(exact.lo, multiply_add(a.hi, b.lo, multiply(a.lo, b.hi)))};
}

// a + b to about twice the working precision, for pairs of any order of magnitude.
template <class P>
Pair<P> pair_sum(Pair<P> a, Pair<P> b) {
    Pair<P> exact = two_sum(a.hi, b.hi);
    return {exact.hi, add(exact.lo, add(a.lo, b.lo))};
}

// a * b, for factors far from the ends of the range.
template <class P>
P product(Pair<P> a, Pair<P> b) {
    Pair<P> pair = pair_product(a, b);
    return add(pair.hi, pair.lo);
}

// The sum of coefficient(i) * x^(i - first) for i from first to last - 1, given the powers x, x^2, x^4...
template <int first, int last, class P, class Coefficient>
P polynomial_of(P x, const P* powers, const Coefficient& coefficient) {
    if constexpr (last - first == 1) {
        return coefficient(first);
    } else if constexpr (last - first == 2) {
        return multiply_add(x, coefficient(first + 1), coefficient(first));
    } else {
        // The greatest power of two that is less than the number of terms.
        constexpr int log = last - first > 16 ? 4 : last - first > 8 ? 3 : last - first > 4 ? 2 : 1;
        constexpr int middle = first + (1 << log);
        return multiply_add(polynomial_of<middle, last>(x, powers, coefficient), powers[log],
            polynomial_of<first, middle>(x, powers, coefficient));
    }
}

template <int first, int last, class P, int N>
P partial_polynomial(P x, const P* powers, const ScalarOf<P> (&ascending)[N]) {
    return polynomial_of<first, last>(x, powers, [&](int i) { return set<P>(ascending[i]); });
}

// GCC would call what is long packet by packet, with arguments in memory.
#define RECTIFIER_FLATTEN __attribute__((flatten))

// body(i) for 0 <= i < N, unrolled before anything is optimized: an array that no loop indexes is kept in registers.
template <class Body, int... I>
void unrolled(const Body& body, std::integer_sequence<int, I...>) {
    (body(I), ...);
}
template <int N, class Body>
void unrolled(const Body& body) {
    unrolled(body, std::make_integer_sequence<int, N>());
}

// By Horner's scheme, which rounds less where terms cancel.
template <class P, int N>
P horner(P x, const ScalarOf<P> (&ascending)[N]) {
    P result = set<P>(ascending[N - 1]);
    unrolled<N - 1>([&](int i) { result = multiply_add(result, x, set<P>(ascending[N - 2 - i])); });
    return result;
}

// The sum of coefficient(i) * x^i for an even number of coefficients, by Horner's scheme in x^2: it waits for half as
// many steps, and takes one product more.
template <int N, class P, class Coefficient>
P paired_horner(P x, const Coefficient& coefficient) {
    static_assert(N % 2 == 0, "pairs");
    P square = multiply(x, x), result = multiply_add(x, coefficient(N - 1), coefficient(N - 2));
    unrolled<N / 2 - 1>([&](int pair) {
        const int i = N - 4 - 2 * pair;
        result = multiply_add(square, result, multiply_add(x, coefficient(i + 1), coefficient(i)));
    });
    return result;
}

// By Estrin's scheme, since a step of Horner's has to wait for the step before.
template <class P, int N>
P polynomial(P x, const ScalarOf<P> (&ascending)[N]) {
    P powers[5] = {x};
    unrolled<4>([&](int i) { powers[i + 1] = multiply(powers[i], powers[i]); });
    return partial_polynomial<0, N>(x, powers, ascending);
}

}  // namespace

#endif
