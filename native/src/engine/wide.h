// The lanes of a packet of floats as doubles: what a formula that would cancel or round too often in float is computed
// in, to be rounded once. Its range makes overflow and denormals no matter, either.
#ifndef RECTIFIER_ENGINE_WIDE_H
#define RECTIFIER_ENGINE_WIDE_H

#include "packet.h"

namespace {

struct Wide {
    using Half = Packet<double>;

    Half low, high;
};

template <>
struct Element<Wide> {
    using type = double;
};

// Packets of floats have a wider form.
template <class P>
constexpr bool has_wide = std::is_same_v<ScalarOf<P>, float>;

#if defined(EIGEN_VECTORIZE_AVX512)
inline Wide widen(Packet<float> a) {
    return {_mm512_cvtps_pd(_mm512_castps512_ps256(a)), _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1))};
}
inline Packet<float> narrow(Wide a) {
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(a.low)), _mm512_cvtpd_ps(a.high), 1);
}
#elif defined(EIGEN_VECTORIZE_AVX2)
inline Wide widen(Packet<float> a) {
    return {_mm256_cvtps_pd(_mm256_castps256_ps128(a)), _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1))};
}
inline Packet<float> narrow(Wide a) {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(a.low)), _mm256_cvtpd_ps(a.high), 1);
}
#elif defined(EIGEN_VECTORIZE_SSE2)
inline Wide widen(Packet<float> a) { return {_mm_cvtps_pd(a), _mm_cvtps_pd(_mm_movehl_ps(a, a))}; }
inline Packet<float> narrow(Wide a) { return _mm_movelh_ps(_mm_cvtpd_ps(a.low), _mm_cvtpd_ps(a.high)); }
#else
inline Wide widen(Packet<float> a) { return {vcvt_f64_f32(vget_low_f32(a)), vcvt_high_f64_f32(a)}; }
inline Packet<float> narrow(Wide a) { return vcvt_high_f32_f64(vcvt_f32_f64(a.low), a.high); }
#endif

template <>
inline Wide set<Wide>(double value) {
    return {set<Wide::Half>(value), set<Wide::Half>(value)};
}
inline Wide add(Wide a, Wide b) { return {add(a.low, b.low), add(a.high, b.high)}; }
inline Wide subtract(Wide a, Wide b) { return {subtract(a.low, b.low), subtract(a.high, b.high)}; }
inline Wide multiply(Wide a, Wide b) { return {multiply(a.low, b.low), multiply(a.high, b.high)}; }
inline Wide divide(Wide a, Wide b) { return {divide(a.low, b.low), divide(a.high, b.high)}; }
inline Wide multiply_add(Wide a, Wide b, Wide c) {
    return {multiply_add(a.low, b.low, c.low), multiply_add(a.high, b.high, c.high)};
}
inline Wide negate(Wide a) { return {negate(a.low), negate(a.high)}; }
inline Wide absolute(Wide a) { return {absolute(a.low), absolute(a.high)}; }
inline Wide minimum(Wide a, Wide b) { return {minimum(a.low, b.low), minimum(a.high, b.high)}; }
inline Wide maximum(Wide a, Wide b) { return {maximum(a.low, b.low), maximum(a.high, b.high)}; }

// a * 2^k for an integral k in the range of normal exponents.
inline Wide scale(Wide a, Wide k) {
#if defined(EIGEN_VECTORIZE_AVX512)
    return {scale(a.low, k.low), scale(a.high, k.high)};
#else
    return {multiply(a.low, power_of_two(k.low)), multiply(a.high, power_of_two(k.high))};
#endif
}

// yes where a < b, otherwise no.
inline Wide select_less(Wide a, Wide b, Wide yes, Wide no) {
    return {select(less(a.low, b.low), yes.low, no.low), select(less(a.high, b.high), yes.high, no.high)};
}

}  // namespace

#endif
