// Lanes of random words, as wide as a packet: vectors of unsigned integers with the operators of the language, and the
// few operations that it lacks.
#ifndef RECTIFIER_ENGINE_WORDS_H
#define RECTIFIER_ENGINE_WORDS_H

#include <utility>

#include "packet.h"

namespace {

constexpr int word_lanes = lanes<Packet<float>>;
constexpr int long_word_lanes = lanes<Packet<double>>;

template <class T, int count>
struct VectorOf {
    typedef T type __attribute__((vector_size(count * sizeof(T))));
};

using Words = VectorOf<uint32_t, word_lanes>::type;
using SignedWords = VectorOf<int32_t, word_lanes>::type;
using LongWords = VectorOf<uint64_t, long_word_lanes>::type;

// The same bits as another type.
template <class To, class From>
To reinterpret(From from) {
    static_assert(sizeof(To) == sizeof(From), "as many bits");
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

// The products of the lower halves of the lanes.
inline LongWords lower_product(LongWords a, LongWords b) {
#if defined(EIGEN_VECTORIZE_AVX512)
    return reinterpret<LongWords>(_mm512_mul_epu32(reinterpret<__m512i>(a), reinterpret<__m512i>(b)));
#elif defined(EIGEN_VECTORIZE_AVX2)
    return reinterpret<LongWords>(_mm256_mul_epu32(reinterpret<__m256i>(a), reinterpret<__m256i>(b)));
#elif defined(EIGEN_VECTORIZE_SSE2)
    return reinterpret<LongWords>(_mm_mul_epu32(reinterpret<__m128i>(a), reinterpret<__m128i>(b)));
#else
    return reinterpret<LongWords>(
        vmull_u32(vmovn_u64(reinterpret<uint64x2_t>(a)), vmovn_u64(reinterpret<uint64x2_t>(b))));
#endif
}

// Lanes first, first + 1, ... of the sequence a[0], b[0], a[1], b[1], ...
template <int first, int... lane>
LongWords interleaved(LongWords a, LongWords b, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(a, b, ((first + lane) / 2 + lane % 2 * long_word_lanes)...);
}
inline LongWords interleaved_low(LongWords a, LongWords b) {
    return interleaved<0>(a, b, std::make_integer_sequence<int, long_word_lanes>());
}
inline LongWords interleaved_high(LongWords a, LongWords b) {
    return interleaved<long_word_lanes>(a, b, std::make_integer_sequence<int, long_word_lanes>());
}

// The nearest float.
inline Packet<float> to_float(SignedWords w) {
    return reinterpret<Packet<float>>(__builtin_convertvector(w, VectorOf<float, word_lanes>::type));
}

// Exact below 2^53.
inline Packet<double> to_double(LongWords w) {
#if defined(EIGEN_VECTORIZE_AVX512)
    return _mm512_cvtepu64_pd(reinterpret<__m512i>(w));
#else
    // The halves as the low bits of 2^84 and 2^52.
    constexpr double upper_unit = 0x1p84, lower_unit = 0x1p52;
    const auto upper = reinterpret<Packet<double>>(w >> 32 | reinterpret<LongWords>(set<Packet<double>>(upper_unit)));
    const auto lower =
        reinterpret<Packet<double>>((w & 0xFFFFFFFF) | reinterpret<LongWords>(set<Packet<double>>(lower_unit)));
    return add(subtract(upper, set<Packet<double>>(upper_unit + lower_unit)), lower);
#endif
}

// The lanes of the lower and of the upper half.
template <int first, int... lane>
LongWords widened(Words w, std::integer_sequence<int, lane...>) {
    return __builtin_convertvector(__builtin_shufflevector(w, w, (first + lane)...), LongWords);
}
inline LongWords widened_low(Words w) { return widened<0>(w, std::make_integer_sequence<int, long_word_lanes>()); }
inline LongWords widened_high(Words w) {
    return widened<long_word_lanes>(w, std::make_integer_sequence<int, long_word_lanes>());
}

template <int... lane>
Packet<float> narrowed(Packet<double> low, Packet<double> high, std::integer_sequence<int, lane...>) {
    using Doubles = VectorOf<double, long_word_lanes>::type;
    using Floats = VectorOf<float, long_word_lanes>::type;
    return reinterpret<Packet<float>>(
        __builtin_shufflevector(__builtin_convertvector(reinterpret<Doubles>(low), Floats),
            __builtin_convertvector(reinterpret<Doubles>(high), Floats), lane...));
}
inline Packet<float> narrowed(Packet<double> low, Packet<double> high) {
    return narrowed(low, high, std::make_integer_sequence<int, word_lanes>());
}

// A choice per lane. That of an instruction set with mask registers is made once for all that depend on it.
#if defined(EIGEN_VECTORIZE_AVX512)
using Choice = __mmask16;

inline Choice below(SignedWords a, SignedWords b) {
    return _mm512_cmplt_epi32_mask(reinterpret<__m512i>(a), reinterpret<__m512i>(b));
}
template <class T>
T choose(Choice choice, T yes, T no) {
    return reinterpret<T>(_mm512_mask_blend_epi32(choice, reinterpret<__m512i>(no), reinterpret<__m512i>(yes)));
}
#else
using Choice = Words;

inline Choice below(SignedWords a, SignedWords b) { return reinterpret<Words>(a < b); }
template <class T>
T choose(Choice choice, T yes, T no) {
    return reinterpret<T>((reinterpret<Words>(yes) & choice) | (reinterpret<Words>(no) & ~choice));
}
#endif

inline bool any(Mask<Packet<double>> mask) {
#if defined(EIGEN_VECTORIZE_AVX512)
    return mask != 0;
#elif defined(EIGEN_VECTORIZE_AVX2)
    return _mm256_movemask_pd(mask) != 0;
#elif defined(EIGEN_VECTORIZE_SSE2)
    return _mm_movemask_pd(mask) != 0;
#else
    return (vgetq_lane_u64(reinterpret<uint64x2_t>(mask), 0) | vgetq_lane_u64(reinterpret<uint64x2_t>(mask), 1)) != 0;
#endif
}

// Calls body(at), where at(table) is table[index] for an index per lane, each less than 32. Most are expected to be
// less than 8.
template <class Body>
Packet<float> with_lookup(Words index, const Body& body) {
    using Table = const float(&)[32];
#if defined(EIGEN_VECTORIZE_AVX512)
    return body([i = reinterpret<__m512i>(index)](Table table) {
        return _mm512_permutex2var_ps(_mm512_loadu_ps(table), i, _mm512_loadu_ps(table + 16));
    });
#elif defined(EIGEN_VECTORIZE_AVX2)
    const auto i = reinterpret<__m256i>(index);
    if (_mm256_testz_si256(i, _mm256_set1_epi32(~7))) {
        return body([i](Table table) { return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), i); });
    }
    return body([i](Table table) { return _mm256_i32gather_ps(table, i, sizeof(float)); });
#else
    return body([index](Table table) {
        float lane[word_lanes];
        for (int i = 0; i < word_lanes; ++i) {
            lane[i] = table[index[i]];
        }
        return load<Packet<float>>(lane);
    });
#endif
}

}  // namespace

#endif
