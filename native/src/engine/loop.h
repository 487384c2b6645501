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
    std::memcpy(lane, from, size_t(n) * sizeof *from);
    return load<P>(lane);
}

// The first n lanes to memory.
template <class P>
void store_some(ScalarOf<P>* to, P value, int n) {
    ScalarOf<P> lane[lanes<P>];
    store(lane, value);
    std::memcpy(to, lane, size_t(n) * sizeof *to);
}

// destination[i] = f(sources[i]...) for 0 <= i < n, where f maps packets to a packet.
template <class S, class F, class... Sources>
void for_each(const F& f, int64_t n, S* destination, const Sources*... sources) {
    using P = Packet<S>;
    constexpr int width = lanes<P>;
    int64_t i = 0;
    for (; i + 4 * width <= n; i += 4 * width) {
        // Four independent packets hide the latency of a long dependency chain.
        P a = f(load<P>(sources + i)...);
        P b = f(load<P>(sources + i + width)...);
        P c = f(load<P>(sources + i + 2 * width)...);
        P d = f(load<P>(sources + i + 3 * width)...);
        store(destination + i, a);
        store(destination + i + width, b);
        store(destination + i + 2 * width, c);
        store(destination + i + 3 * width, d);
    }
    for (; i + width <= n; i += width) {
        store(destination + i, f(load<P>(sources + i)...));
    }
    if (i < n) {
        const int rest = int(n - i);
        store_some(destination + i, f(load_some<P>(sources + i, rest)...), rest);
    }
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

// y = f(x), with NaN for NaN.
template <class F>
auto forward_of(const F& f) {
    return [f](auto x) { return or_nan(x, f.forward(x)); };
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
