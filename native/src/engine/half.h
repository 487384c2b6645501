// Numbers of 16 bits, which are stored so and computed with as float. Exact on the way up but for NaN, rounded to the
// nearest, ties to even, on the way down, denormals included; a NaN stays one, becomes quiet and keeps its sign and the
// upper bits of its payload. The same bits from every instruction set: what binary16 instructions do is the rule.
#ifndef RECTIFIER_ENGINE_HALF_H
#define RECTIFIER_ENGINE_HALF_H

#include "loop.h"
#include "words.h"

namespace {

// Two packets' worth.
constexpr int half_lanes = 2 * word_lanes;
using HalfWords = VectorOf<uint16_t, half_lanes>::type;

// As stream() of loop.h.
inline void stream(uint16_t* to, HalfWords bits) {
#if defined(EIGEN_VECTORIZE_AVX512)
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to), reinterpret<__m512i>(bits));
#elif defined(EIGEN_VECTORIZE_AVX2)
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to), reinterpret<__m256i>(bits));
#elif defined(EIGEN_VECTORIZE_SSE2)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to), reinterpret<__m128i>(bits));
#else
    copy_bytes(to, &bits, sizeof bits);
#endif
}

// Words whose upper halves are lanes first, first + 1, ... and whose lower ones are 0.
template <int first, int... lane>
Words as_upper_halves(HalfWords bits, std::integer_sequence<int, lane...>) {
    return reinterpret<Words>(
        __builtin_shufflevector(HalfWords{}, bits, (lane % 2 == 0 ? 0 : half_lanes + first + lane / 2)...));
}
template <int first>
Words as_upper_halves(HalfWords bits) {
#if defined(EIGEN_VECTORIZE_SSE2) && !defined(EIGEN_VECTORIZE_AVX2)
    // The compiler doesn't find these.
    const __m128i zero = _mm_setzero_si128(), halves = reinterpret<__m128i>(bits);
    return reinterpret<Words>(first == 0 ? _mm_unpacklo_epi16(zero, halves) : _mm_unpackhi_epi16(zero, halves));
#else
    return as_upper_halves<first>(bits, std::make_integer_sequence<int, half_lanes>());
#endif
}

// The upper halves of the words of a, then of b.
template <int... lane>
HalfWords upper_halves(Words a, Words b, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(reinterpret<HalfWords>(a), reinterpret<HalfWords>(b), (2 * lane + 1)...);
}
inline HalfWords upper_halves(Words a, Words b) {
#if defined(EIGEN_VECTORIZE_AVX2) && !defined(EIGEN_VECTORIZE_AVX512)
    // Packing takes the lower halves of both, then the upper ones.
    const __m256i packed = _mm256_packus_epi32(reinterpret<__m256i>(a >> 16), reinterpret<__m256i>(b >> 16));
    return reinterpret<HalfWords>(_mm256_permute4x64_epi64(packed, 0xD8));
#elif defined(EIGEN_VECTORIZE_SSE2) && !defined(EIGEN_VECTORIZE_AVX512)
    // There is an instruction for signed words.
    return reinterpret<HalfWords>(_mm_packs_epi32(reinterpret<__m128i>(reinterpret<SignedWords>(a) >> 16),
        reinterpret<__m128i>(reinterpret<SignedWords>(b) >> 16)));
#else
    return upper_halves(a, b, std::make_integer_sequence<int, half_lanes>());
#endif
}

// The upper half of a float.
struct BFloat16 {
    // One packet.
    static Packet<float> load_widened(const uint16_t* from) {
        VectorOf<uint16_t, word_lanes>::type bits;
        copy_bytes(&bits, from, sizeof bits);
#if defined(EIGEN_VECTORIZE_AVX512)
        // GCC converts by halves.
        const Words words = reinterpret<Words>(_mm512_cvtepu16_epi32(reinterpret<__m256i>(bits)));
#elif defined(EIGEN_VECTORIZE_AVX2)
        const Words words = reinterpret<Words>(_mm256_cvtepu16_epi32(reinterpret<__m128i>(bits)));
#else
        const Words words = __builtin_convertvector(bits, Words);
#endif
        return reinterpret<Packet<float>>(words << 16);
    }

    template <int first>
    static Packet<float> widen(HalfWords bits) {
        return reinterpret<Packet<float>>(as_upper_halves<first>(bits));
    }

    static HalfWords narrow(Packet<float> a, Packet<float> b) { return upper_halves(rounded(a), rounded(b)); }

  private:
    // To what the upper half holds.
    static Words rounded(Packet<float> x) {
        const Words bits = reinterpret<Words>(x);
        const auto nearest = reinterpret<Packet<float>>(bits + 0x7FFF + (bits >> 16 & 1));
        const auto quiet = reinterpret<Packet<float>>(bits | 0x400000);
        return reinterpret<Words>(select(equal(x, x), nearest, quiet));
    }
};

// IEEE-754 binary16.
struct Float16 {
    static Packet<float> load_widened(const uint16_t* from) {
#if defined(EIGEN_VECTORIZE_AVX512)
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#elif defined(EIGEN_VECTORIZE_AVX2)
        return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#else
        HalfWords bits = {};
        copy_bytes(&bits, from, sizeof bits / 2);
        return widen<0>(bits);
#endif
    }

#if defined(EIGEN_VECTORIZE_AVX512)
    template <int first>
    static Packet<float> widen(HalfWords bits) {
        return _mm512_cvtph_ps(_mm512_extracti64x4_epi64(reinterpret<__m512i>(bits), first / word_lanes));
    }
    static HalfWords narrow(Packet<float> a, Packet<float> b) {
        return reinterpret<HalfWords>(
            _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT)),
                _mm512_cvtps_ph(b, _MM_FROUND_TO_NEAREST_INT), 1));
    }
#elif defined(EIGEN_VECTORIZE_AVX2)
    template <int first>
    static Packet<float> widen(HalfWords bits) {
        return _mm256_cvtph_ps(_mm256_extracti128_si256(reinterpret<__m256i>(bits), first / word_lanes));
    }
    static HalfWords narrow(Packet<float> a, Packet<float> b) {
        return reinterpret<HalfWords>(_mm256_set_m128i(
            _mm256_cvtps_ph(b, _MM_FROUND_TO_NEAREST_INT), _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT)));
    }
#elif defined(EIGEN_VECTORIZE_NEON)
    template <int first>
    static Packet<float> widen(HalfWords bits) {
        const auto halves = reinterpret<float16x8_t>(bits);
        return vcvt_f32_f16(first == 0 ? vget_low_f16(halves) : vget_high_f16(halves));
    }
    static HalfWords narrow(Packet<float> a, Packet<float> b) {
        return reinterpret<HalfWords>(vcvt_high_f16_f32(vcvt_f16_f32(a), b));
    }
#else
    template <int first>
    static Packet<float> widen(HalfWords halves) {
        const Words bits = as_upper_halves<first>(halves), magnitude = bits & 0x7FFFFFFF, shifted = magnitude >> 3;
        const SignedWords compared = reinterpret<SignedWords>(magnitude >> 16);
        const auto denormal = reinterpret<Words>(multiply(to_float(compared), set<Packet<float>>(0x1p-24f)));
        const Words special = shifted + 2 * rebias;
        Words result = choose(below(compared, SignedWords{} + (1 << 10)), denormal, shifted + rebias);
        result = choose(below(compared, SignedWords{} + infinity), result, special);
        result = choose(below(SignedWords{} + infinity, compared), special | 0x400000, result);
        return reinterpret<Packet<float>>(result | (bits & 0x80000000));
    }

    static HalfWords narrow(Packet<float> a, Packet<float> b) { return upper_halves(rounded(a), rounded(b)); }

  private:
    static constexpr int32_t infinity = 0x7C00;
    // By how much the biased exponents differ, at their place in a float.
    static constexpr uint32_t rebias = (127 - 15) << 23;

    // To what is in the upper half then.
    static Words rounded(Packet<float> x) {
        const Words bits = reinterpret<Words>(x), magnitude = bits & 0x7FFFFFFF;
        const SignedWords compared = reinterpret<SignedWords>(magnitude);
        constexpr int32_t least_normal = rebias + (1 << 23), least_infinite = (127 + 16) << 23;
        // The last bit of 1/2 is worth as much as the least denormal.
        const auto half = set<Packet<float>>(0.5f);
        const Words denormal =
            reinterpret<Words>(add(reinterpret<Packet<float>>(magnitude), half)) - reinterpret<Words>(half);
        const Words normal = (magnitude - rebias + 0xFFF + (magnitude >> 13 & 1)) >> 13;
        const Words nan = (magnitude >> 13 & 0x3FF) | 0x7E00;
        Words result = choose(below(compared, SignedWords{} + least_normal), denormal, normal);
        result = choose(below(compared, SignedWords{} + least_infinite), result, Words{} + infinity);
        result = choose(below(SignedWords{} + 0x7F800000, compared), nan, result);
        return result << 16 | (bits & 0x80000000);
    }
#endif
};

template <class Format>
void widen(const uint16_t* from, float* to, int64_t n) {
    int64_t i = 0;
    for (; i + half_lanes <= n; i += half_lanes) {
        HalfWords bits;
        copy_bytes(&bits, from + i, sizeof bits);
        store(to + i, Format::template widen<0>(bits));
        store(to + i + word_lanes, Format::template widen<word_lanes>(bits));
    }
    if (i < n) {
        uint16_t from_lane[half_lanes] = {};
        float to_lane[half_lanes];
        copy_bytes(from_lane, from + i, size_t(n - i) * sizeof *from);
        widen<Format>(from_lane, to_lane, half_lanes);
        copy_bytes(to + i, to_lane, size_t(n - i) * sizeof *to);
    }
}

template <class Format>
void narrow(const float* from, uint16_t* to, int64_t n, bool streamed) {
    const auto at = [from](int64_t i) {
        return Format::narrow(load<Packet<float>>(from + i), load<Packet<float>>(from + i + word_lanes));
    };
    int64_t i = 0;
    for (; streamed && i + half_lanes <= n; i += half_lanes) {
        stream(to + i, at(i));
    }
    for (; i + half_lanes <= n; i += half_lanes) {
        const HalfWords bits = at(i);
        copy_bytes(to + i, &bits, sizeof bits);
    }
    if (i < n) {
        float from_lane[half_lanes] = {};
        uint16_t to_lane[half_lanes];
        copy_bytes(from_lane, from + i, size_t(n - i) * sizeof *from);
        narrow<Format>(from_lane, to_lane, half_lanes, false);
        copy_bytes(to + i, to_lane, size_t(n - i) * sizeof *to);
    }
}

}  // namespace

#endif
