// All kernels for one instruction set. This unit is compiled once per set, with RECTIFIER_LEVEL naming it; everything
// in it has internal linkage but the table, which the build makes the only symbol that leaves the object file.
#include <cstddef>
#include <type_traits>

#include "activations/axis_functions.h"
#include "activations/concatenated.h"
#include "activations/glu.h"
#include "activations/gumbel.h"
#include "activations/learned.h"
#include "activations/masked_softmax.h"
#include "activations/registry.h"
#include "activations/rrelu.h"
#include "dense/dense.h"
#include "engine/half.h"
#include "engine/loop.h"
#include "engine/slices.h"
#include "engine/table.h"
#include "initializers/bounded_normal.h"
#include "initializers/orthogonal.h"

#define RECTIFIER_JOIN(a, b) a##b
#define RECTIFIER_TABLE(level) RECTIFIER_JOIN(rectifier_kernels_, level)

namespace {

// A functor may name a simpler one that is the same function for some parameters; void is none.
template <class F, class = void>
constexpr bool has_simpler = false;
template <class F>
constexpr bool has_simpler<F, std::void_t<typename F::Simpler>> = !std::is_void_v<typename F::Simpler>;

template <class F, class S>
void forward(const Parameters& parameters, const S* x, S* y, int64_t n, bool streamed) {
    if constexpr (has_simpler<F>) {
        if (F::is_simpler(parameters)) {
            return forward<typename F::Simpler>(parameters, x, y, n, streamed);
        }
    }
    for_each(streamed, forward_of(F(parameters)), n, y, x);
}

template <class F, class S>
void backward(const Parameters& parameters, const S* x, const S* dy, S* dx, int64_t n, bool streamed) {
    if constexpr (has_simpler<F>) {
        if (F::is_simpler(parameters)) {
            return backward<typename F::Simpler>(parameters, x, dy, dx, n, streamed);
        }
    }
    for_each(streamed, backward_of(F(parameters)), n, dx, x, dy);
}

template <class F, class S>
void backward_from_output(const Parameters& parameters, const S* y, const S* dy, S* dx, int64_t n, bool streamed) {
    for_each(streamed, backward_from_output_of(F(parameters)), n, dx, y, dy);
}

template <class F, class = void>
constexpr bool has_derivative_from_output = false;
template <class F>
constexpr bool has_derivative_from_output<F, std::void_t<decltype(&F::derivative_from_output)>> = true;

template <class F, class S>
constexpr ElementwiseKernel<S> elementwise() {
    if constexpr (has_derivative_from_output<F>) {
        return {forward<F, S>, backward<F, S>, backward_from_output<F, S>};
    } else {
        return {forward<F, S>, backward<F, S>, nullptr};
    }
}

// A functor that is as precise as a gate has to be without a pair says so. One that is another function for some
// parameters leaves it to that.
template <class F, class = void>
constexpr bool forward_suffices = false;
template <class F>
constexpr bool forward_suffices<F, std::void_t<decltype(F::forward_suffices)>> = F::forward_suffices;

template <class F, class = void>
constexpr bool has_forward_pair = false;
template <class F>
constexpr bool has_forward_pair<F, std::void_t<decltype(&F::forward_pair)>> = !forward_suffices<F>;

template <class F, class = void>
constexpr bool has_derivative_pair = false;
template <class F>
constexpr bool has_derivative_pair<F, std::void_t<decltype(&F::derivative_pair)>> = true;

template <class F, class = void>
constexpr bool has_general = false;
template <class F>
constexpr bool has_general<F, std::void_t<typename F::General>> = true;

// Not inlined into those of special cases. What is cold GCC makes small: a quarter less without FMA, where exact
// products are many instructions.
template <class F>
[[gnu::noinline, gnu::cold]] void forward_pair(
    const Parameters& parameters, const double* x, double* hi, double* lo, int64_t n) {
    const F f(parameters);
    for_pairs([f](auto v) { return f.forward_pair(v); }, x, hi, lo, n);
}

template <class F>
void general_forward_pair(const Parameters& parameters, const double* x, double* hi, double* lo, int64_t n) {
    forward_pair<typename F::General>(F::general(parameters), x, hi, lo, n);
}

template <class F>
[[gnu::cold]] void derivative_pair(const Parameters& parameters, const double* x, double* hi, double* lo, int64_t n) {
    const F f(parameters);
    for_pairs([f](auto v) { return f.derivative_pair(v); }, x, hi, lo, n);
}

template <class F, class = void>
constexpr bool has_ordinary_gated = false;
template <class F>
constexpr bool has_ordinary_gated<F, std::void_t<decltype(F::ordinary)>> = has_fused<Packet<float>>;

// a * f(x) in double.
template <class F>
[[gnu::noinline]] Packet<float> wide_gated(Parameters parameters, Packet<float> a, Packet<float> x) {
    const auto f = forward_of(F(parameters));
    const Wide factor = widen(a), wide = widen(x);
    return narrow(gated_product(factor, {f(wide.low), f(wide.high)}));
}

template <template <class> class F>
void gated(const Parameters& parameters, const float* a, const float* x, float* y, int64_t n) {
    const auto careful = [parameters](auto u, auto v) { return wide_gated<F<double>>(parameters, u, v); };
    gated(F<float>(parameters), careful, a, x, y, n);
}

template <template <class> class F>
constexpr Elementwise with_gates(Elementwise entry) {
    if constexpr (has_general<F<double>>) {
        entry.forward_pair = general_forward_pair<F<double>>;
    } else if constexpr (has_forward_pair<F<double>>) {
        entry.forward_pair = forward_pair<F<double>>;
    }
    if constexpr (has_derivative_pair<F<double>>) {
        entry.derivative_pair = derivative_pair<F<double>>;
    }
    if constexpr (has_ordinary_gated<F<float>>) {
        entry.gated = gated<F>;
    }
    return entry;
}

template <class>
struct Entries;

template <template <class> class... F>
struct Entries<Family<F...>> {
    static constexpr Elementwise all[] = {with_gates<F>({F<float>::name, F<float>::parameters, F<float>::cost,
        elementwise<F<float>, float>(), elementwise<F<double>, double>(), nullptr, nullptr, nullptr})...};
    static constexpr int count = sizeof...(F);
};

int shared_parts(int64_t n) { return SharedParts(n).count; }

template <template <class> class F, class S>
void shared_part(const S* x, const S* p, const S* dy, int64_t n, int part, void* sums) {
    static_assert(sizeof(LaneSum<S>) <= shared_part_doubles * sizeof(double), "room for a partial sum");
    static_assert(SharedParts::most == most_shared_parts, "room for all partial sums");
    static_cast<LaneSum<S>*>(sums)[part] = learned_shared_part<F>(x, p, dy, n, part);
}

template <class S>
S shared_finish(int64_t n, const void* sums) {
    const LaneSum<S>* part = static_cast<const LaneSum<S>*>(sums);
    LaneSum<S> all;
    for (int i = 0; i < SharedParts(n).count; ++i) {
        add_lanes(all, part[i]);
    }
    return rounded<S>(total(all).value);
}

template <template <class> class F, class S>
constexpr LearnedKernel<S> learned = {
    learned_forward<F, S>, learned_backward<F, S>, learned_parameter_gradient<F, S>, shared_part<F, S>};

template <class>
struct LearnedEntries;

template <template <class> class... F>
struct LearnedEntries<Family<F...>> {
    static constexpr Learned all[] = {{F<float>::name, F<float>::cost, learned<F, float>, learned<F, double>}...};
    static constexpr int count = sizeof...(F);
};

template <class F, class S>
void axis_forward(const S* x, S* y, int64_t first, int64_t last, int64_t n, int64_t inner) {
    for_slices<S>(first, last, n, inner, F::most_rows,
        [=](const auto& slices, int64_t at) { F::forward(slices, x + at, y + at); });
}

template <class F, class S>
void axis_backward(
    double scale, const S* y, const S* dy, S* dx, int64_t first, int64_t last, int64_t n, int64_t inner) {
    for_slices<S>(first, last, n, inner, F::most_rows,
        [=](const auto& slices, int64_t at) { F::backward(slices, scale, y + at, dy + at, dx + at); });
}

template <class>
struct AxisEntries;

template <template <class> class... F>
struct AxisEntries<Family<F...>> {
    static constexpr AxisFunction all[] = {
        {F<float>::name, {axis_forward<F<float>, float>, axis_backward<F<float>, float>},
            {axis_forward<F<double>, double>, axis_backward<F<double>, double>}}...};
    static constexpr int count = sizeof...(F);
};

template <class S>
void fill(const Law& law, const RandomKey& key, S* out, int64_t first, int64_t last) {
    S* to = out + first;
    const int64_t n = last - first;
    const double a = law.a, b = law.b;
    switch (law.distribution) {
        case Distribution::constant:
            return set_elements(to, n, S(a));
        case Distribution::uniform:
            return draw(key, Domain::initializer, first, n, to, Uniform<S>(a, b));
        case Distribution::normal:
            return draw(key, Domain::initializer, first, n, to, Normal<S, false>(a, b));
        case Distribution::truncated_normal:
            return draw(key, Domain::initializer, first, n, to, Normal<S, true>(a, b));
        case Distribution::bounded_normal:
            return with_bounded_normal<S>(a, b, law.low, law.high,
                [&](const auto& transform) { draw(key, Domain::initializer, first, n, to, transform); });
    }
}

template <class Format>
constexpr HalfFormat half_format = {widen<Format>, narrow<Format>, dense_packed<float, PackedHalfWeights<Format>>};

template <class S>
constexpr Kernels<S> kernels = {shared_parts, shared_finish<S>, rrelu_forward<S>, rrelu_backward<S>, gated_forward,
    gated_backward<S>, glu_forward<S>, glu_backward<S>, concatenated_relu<S>, concatenated_relu_gradient<S>,
    masked_softmax<S>, log_sum_exp<S>, log_sum_exp_backward<S>, cross_entropy<S>, gumbel_logits<S>, fill<S>,
    dense_forward<S>, dense_packed<S, PackedWeights<S>>, dense_input_gradient<S>, dense_weight_gradient<S>,
    dense_bias_gradient<S>};

}  // namespace

extern "C" __attribute__((visibility("hidden"))) const KernelTable RECTIFIER_TABLE(RECTIFIER_LEVEL) = {
    Entries<Registry>::count, Entries<Registry>::all, LearnedEntries<LearnedActivations>::count,
    LearnedEntries<LearnedActivations>::all, AxisEntries<AxisFunctions>::count, AxisEntries<AxisFunctions>::all,
    {factor_columns, reflect_forwards, reflect_backwards}, half_format<BFloat16>, half_format<Float16>,
    finish_streaming, kernels<float>, kernels<double>};
