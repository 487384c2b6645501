// The one loop that all elementwise kernels run in. The tail goes through the same packet code on a padded buffer, so
// that a result doesn't depend on where in an array its element stands.
#ifndef RECTIFIER_ENGINE_LOOP_H
#define RECTIFIER_ENGINE_LOOP_H

#include "packet.h"

namespace {

// The first n lanes from memory, and 0 in the others.
template <class P>
P load_some(const ScalarOf<P>* from, int n) {
    ScalarOf<P> lane[lanes<P>] = {};
    copy_bytes(lane, from, size_t(n) * sizeof *from);
    return load<P>(lane);
}

// As that, with another number in the others.
template <class P>
P load_some_or(const ScalarOf<P>* from, int n, ScalarOf<P> other) {
    ScalarOf<P> lane[lanes<P>];
    store(lane, set<P>(other));
    copy_bytes(lane, from, size_t(n) * sizeof *from);
    return load<P>(lane);
}

// The first n lanes to memory.
template <class P>
void store_some(ScalarOf<P>* to, P value, int n) {
    ScalarOf<P> lane[lanes<P>];
    store(lane, value);
    copy_bytes(to, lane, size_t(n) * sizeof *to);
}

#if defined(EIGEN_VECTORIZE_AVX512)
// What is stored can't be loaded again at once as parts of another size, which the padded lanes would have to wait for.
// A load waits as well for a store that spans some of what it spans, whether the masks let any of that pass. A packet
// spans the arrays beside one of a few elements, and a call on them took three times as long: so these are narrower.
template <>
inline Packet<float> load_some(const float* from, int n) {
    const auto mask = __mmask16((1u << n) - 1);
    if (n <= 4) {
        return _mm512_zextps128_ps512(_mm_maskz_loadu_ps(__mmask8(mask), from));
    }
    return n <= 8 ? _mm512_zextps256_ps512(_mm256_maskz_loadu_ps(__mmask8(mask), from))
                  : _mm512_maskz_loadu_ps(mask, from);
}
template <>
inline Packet<double> load_some(const double* from, int n) {
    const auto mask = __mmask8((1u << n) - 1);
    if (n <= 2) {
        return _mm512_zextpd128_pd512(_mm_maskz_loadu_pd(mask, from));
    }
    return n <= 4 ? _mm512_zextpd256_pd512(_mm256_maskz_loadu_pd(mask, from)) : _mm512_maskz_loadu_pd(mask, from);
}
template <>
inline Packet<float> load_some_or(const float* from, int n, float other) {
    return _mm512_mask_loadu_ps(_mm512_set1_ps(other), __mmask16((1u << n) - 1), from);
}
// Lest GCC make one instruction of taking a part and storing it by a mask, which faults where the mask lets nothing
// pass.
template <class Part>
Part apart(Part part) {
    asm("" : "+v"(part));
    return part;
}
template <>
inline void store_some(float* to, Packet<float> value, int n) {
    const auto mask = __mmask16((1u << n) - 1);
    if (n <= 4) {
        _mm_mask_storeu_ps(to, __mmask8(mask), apart(_mm512_castps512_ps128(value)));
    } else if (n <= 8) {
        _mm256_mask_storeu_ps(to, __mmask8(mask), apart(_mm512_castps512_ps256(value)));
    } else {
        _mm512_mask_storeu_ps(to, mask, value);
    }
}
template <>
inline void store_some(double* to, Packet<double> value, int n) {
    const auto mask = __mmask8((1u << n) - 1);
    if (n <= 2) {
        _mm_mask_storeu_pd(to, mask, apart(_mm512_castpd512_pd128(value)));
    } else if (n <= 4) {
        _mm256_mask_storeu_pd(to, mask, apart(_mm512_castpd512_pd256(value)));
    } else {
        _mm512_mask_storeu_pd(to, mask, value);
    }
}
#elif defined(EIGEN_VECTORIZE_AVX2)
// As for AVX-512.
inline __m256i first_lanes(int n, const int32_t*) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline __m256i first_lanes(int n, const int64_t*) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
template <>
inline Packet<float> load_some(const float* from, int n) {
    return _mm256_maskload_ps(from, first_lanes(n, static_cast<int32_t*>(nullptr)));
}
template <>
inline Packet<double> load_some(const double* from, int n) {
    return _mm256_maskload_pd(from, first_lanes(n, static_cast<int64_t*>(nullptr)));
}
template <>
inline Packet<float> load_some_or(const float* from, int n, float other) {
    const __m256i mask = first_lanes(n, static_cast<int32_t*>(nullptr));
    return _mm256_blendv_ps(_mm256_set1_ps(other), _mm256_maskload_ps(from, mask), _mm256_castsi256_ps(mask));
}
template <>
inline void store_some(float* to, Packet<float> value, int n) {
    _mm256_maskstore_ps(to, first_lanes(n, static_cast<int32_t*>(nullptr)), value);
}
template <>
inline void store_some(double* to, Packet<double> value, int n) {
    _mm256_maskstore_pd(to, first_lanes(n, static_cast<int64_t*>(nullptr)), value);
}
#endif

// Past the caches, to an address that is a multiple of the packet's size. finish_streaming makes it visible to others.
#if defined(EIGEN_VECTORIZE_AVX512)
inline void stream(float* to, Packet<float> value) { _mm512_stream_ps(to, value); }
inline void stream(double* to, Packet<double> value) { _mm512_stream_pd(to, value); }
inline void finish_streaming() { _mm_sfence(); }
#elif defined(EIGEN_VECTORIZE_AVX2)
inline void stream(float* to, Packet<float> value) { _mm256_stream_ps(to, value); }
inline void stream(double* to, Packet<double> value) { _mm256_stream_pd(to, value); }
inline void finish_streaming() { _mm_sfence(); }
#elif defined(EIGEN_VECTORIZE_SSE2)
inline void stream(float* to, Packet<float> value) { _mm_stream_ps(to, value); }
inline void stream(double* to, Packet<double> value) { _mm_stream_pd(to, value); }
inline void finish_streaming() { _mm_sfence(); }
#else
template <class P>
void stream(ScalarOf<P>* to, P value) {
    store(to, value);
}
inline void finish_streaming() {}
#endif

template <class S, class... Sources>
const S* first_of(const S* first, const Sources*...) {
    return first;
}

// destination[i] = f(sources[i]...) for 0 <= i < n, one packet at a time, the last of which may be short.
template <class S, class F, class... Sources>
RECTIFIER_FLATTEN __attribute__((noinline)) void for_few(
    const F& f, int64_t n, S* destination, const Sources*... sources) {
    using P = Packet<S>;
    for (int64_t i = 0; i < n; i += lanes<P>) {
        const int count = n - i < lanes<P> ? int(n - i) : lanes<P>;
        store_some(destination + i, f(load_some<P>(sources + i, count)...), count);
    }
}

// Independent packets hide the latency of a long dependency chain. SSE2 lacks the registers for four, and the code for
// them would be a sixth of the library.
#if defined(EIGEN_VECTORIZE_SSE2) && !defined(EIGEN_VECTORIZE_AVX)
constexpr int packets_abreast = 2;
#else
constexpr int packets_abreast = 4;
#endif

// How many elements there are before `from` is on a border of a cache line.
template <class S>
int64_t elements_to_line(const S* from) {
    constexpr intptr_t line = 64;
    return (-reinterpret_cast<intptr_t>(from) & (line - 1)) / int64_t(sizeof(S));
}

// From how many elements on it pays to begin with packets that don't cross such a border: a processor reads those
// twice. Destinations mostly are as far from one as sources, and matter less.
constexpr int64_t worth_aligning = 1024;

// destination[i] = f(sources[i]...) for 0 <= i < n, where f maps packets to a packet. The result may be streamed if
// destination is no source: what it overwrites isn't read first, and it is in no cache afterwards.
template <class S, class F, class... Sources>
RECTIFIER_FLATTEN void for_each(bool streamed, const F& f, int64_t n, S* destination, const Sources*... sources) {
    using P = Packet<S>;
    constexpr int width = lanes<P>;
    int64_t i = 0;
    if (streamed || n >= worth_aligning) {
        const int64_t head = elements_to_line(streamed ? destination : first_of(sources...));
        i = head < n ? head : n;
        for_few(f, i, destination, sources...);
    }
    const auto put = [streamed](S* to, P value) {
        if (streamed) {
            stream(to, value);
        } else {
            store(to, value);
        }
    };
    for (; i + packets_abreast * width <= n; i += packets_abreast * width) {
        P a = f(load<P>(sources + i)...);
        P b = f(load<P>(sources + i + width)...);
        if constexpr (packets_abreast == 4) {
            P c = f(load<P>(sources + i + 2 * width)...);
            P d = f(load<P>(sources + i + 3 * width)...);
            put(destination + i, a);
            put(destination + i + width, b);
            put(destination + i + 2 * width, c);
            put(destination + i + 3 * width, d);
        } else {
            put(destination + i, a);
            put(destination + i + width, b);
        }
    }
    if (i < n) {
        for_few(f, n - i, destination + i, (sources + i)...);
    }
    if (streamed) {
        finish_streaming();
    }
}

template <class S, class F, class... Sources>
void for_each(const F& f, int64_t n, S* destination, const Sources*... sources) {
    for_each(false, f, n, destination, sources...);
}

// The same for an f that maps packets to a pair of them. Of the destinations hi may be a source.
template <class S, class F, class... Sources>
void for_each_pair(const F& f, int64_t n, S* hi, S* lo, const Sources*... sources) {
    using P = Packet<S>;
    constexpr int width = lanes<P>;
    int64_t i = 0;
    for (; i + width <= n; i += width) {
        const Pair<P> result = f(load<P>(sources + i)...);
        store(hi + i, result.hi);
        store(lo + i, result.lo);
    }
    if (i < n) {
        const int rest = int(n - i);
        const Pair<P> result = f(load_some<P>(sources + i, rest)...);
        store_some(hi + i, result.hi, rest);
        store_some(lo + i, result.lo, rest);
    }
}

// Whether F::forward gives NaN for NaN by itself.
template <class F, class = void>
constexpr bool passes_nan = false;
template <class F>
constexpr bool passes_nan<F, std::void_t<decltype(F::passes_nan)>> = F::passes_nan;

// y = f(x), with NaN for NaN.
template <class F>
auto forward_of(const F& f) {
    return [f](auto x) {
        if constexpr (passes_nan<F>) {
            return f.forward(x);
        } else {
            return or_nan(x, f.forward(x));
        }
    };
}

// dx = f'(x) * dy, with NaN for a NaN x, and otherwise exactly +0 for a dead unit.
template <class P>
P gradient(P x, P derivative, P dy) {
    P zero = set<P>(0);
    return or_nan(x, select(equal(derivative, zero), zero, multiply(derivative, dy)));
}

template <class F>
auto backward_of(const F& f) {
    return [f](auto x, auto dy) { return gradient(x, f.derivative(x), dy); };
}

template <class F>
auto backward_from_output_of(const F& f) {
    return [f](auto y, auto dy) {
        using P = decltype(y);
        // What is no output may have no derivative; the sign of a NaN made here would be the processor's choice.
        P derivative = f.derivative_from_output(y);
        P nan = set<P>(std::numeric_limits<ScalarOf<P>>::quiet_NaN());
        return or_nan(y, select(equal(derivative, derivative), gradient(y, derivative, dy), nan));
    };
}

}  // namespace

#endif
