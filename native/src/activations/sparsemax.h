// The Euclidean projection onto the probability simplex, and its extreme, along an axis.
#ifndef RECTIFIER_ACTIVATIONS_SPARSEMAX_H
#define RECTIFIER_ACTIVATIONS_SPARSEMAX_H

#include "softmax.h"

namespace {

// x - max as a double, and what is lost of it where x is a double.
inline Total wide_difference(float x, float max) { return {double(x) - double(max), 0}; }
inline Total wide_difference(double x, double max) {
    const double difference = x - max, back = difference - x;
    return {difference, (x - (difference - back)) - (max + back)};
}

// (sum - 1) / count, for a count below 2^53.
inline Total threshold(Total sum, double count) {
    const double numerator = sum.value - 1, back = numerator - sum.value;
    const double rest = ((sum.value - (numerator - back)) + (-1 - back)) + sum.rest;
    const double quotient = numerator / count;
    // quotient * count exactly (Veltkamp and Dekker 1971).
    constexpr double splitter = 0x1p27 + 1;
    const double q_high = splitter * quotient - (splitter * quotient - quotient), q_low = quotient - q_high;
    const double c_high = splitter * count - (splitter * count - count), c_low = count - c_high;
    const double product = quotient * count;
    const double error = ((q_high * c_high - product) + q_high * c_low + q_low * c_high) + q_low * c_low;
    const double low = (((numerator - product) - error) + rest) / count, value = quotient + low;
    return {value, low - (value - quotient)};
}

// max(x - tau, 0) with the tau that makes the sum 1 (Martins and Astudillo 2016, arXiv 1602.02068). Elements above tau
// are the support S, tau = (sum of x over S - 1) / |S|; beginning with all that can be in S, what is not above tau is
// dropped until nothing is (Michelot 1986). All relative to the maximum. A slice with NaN or infinity, or with nothing
// but -infinity, is NaN throughout; a -infinity beside finite numbers gives 0.
template <class S>
struct Sparsemax {
    static constexpr const char* name = "sparsemax";
    // All wait for the one that takes most rounds.
    static constexpr int most_rows = 1;
    using P = Packet<S>;

    template <class Slices>
    static PerSlice<Total, Slices::cells> thresholds(
        const Slices& slices, const S* x, const typename Slices::Numbers& max) {
        struct State {
            Total threshold;
            double support;
        };
        auto state = slices.each([](int) { return State{{-1, 0}, std::numeric_limits<double>::infinity()}; });
        for (bool shrinks = true; shrinks;) {
            shrinks = false;
            const auto tau = slices.each([&](int cell) { return state.of[cell].threshold.value; });
            const auto tau_rest = slices.each([&](int cell) { return state.of[cell].threshold.rest; });
            typename Slices::template Sums<S> sums(slices);
            typename Slices::template Sums<float> counts(slices);
            slices.visit(
                [&](int cell, Place place, S v) {
                    const Total z = wide_difference(v, max.of[cell]);
                    // NaN is inside, so that it shows in the sum.
                    const bool is_outside =
                        z.value < tau.of[cell] || (z.value == tau.of[cell] && z.rest <= tau_rest.of[cell]);
                    sums.add(place, Total{is_outside ? 0 : z.value, is_outside ? 0 : z.rest});
                    counts.add(place, is_outside ? 0.0 : 1.0);
                },
                x);
            const auto total = sums.totals(), count = counts.totals();
            state = slices.each([&](int cell) {
                const double support = count.of[cell].value;
                if (!(support < state.of[cell].support)) {
                    return state.of[cell];
                }
                shrinks = shrinks || support > 1;
                return State{threshold(total.of[cell], support), support};
            });
        }
        return slices.each([&](int cell) { return state.of[cell].threshold; });
    }

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.greatest(x);
        const auto tau = pairs<S>(
            slices, [](Pair<P> t) { return t; }, thresholds(slices, x, max));
        const auto above = [](P v, P m, P hi, P lo) {
            Pair<P> difference = exact_difference(v, m);
            Pair<P> sum = two_difference(difference.hi, hi);
            P result = add(sum.hi, add(sum.lo, subtract(difference.lo, lo)));
            return or_nan(hi, select(positive(result), result, set<P>(0)));
        };
        slices.map(above, y, x, max, tau.hi, tau.lo);
    }

    // y > 0 ? scale * (dy - the mean of dy where y > 0) : 0
    template <class Slices>
    static void backward(const Slices& slices, double scale, const S* y, const S* dy, S* dx) {
        const P factor = set<P>(S(scale));
        const auto sum = totals<S>(
            slices, [](S v, S g) { return v > 0 ? double(g) : 0.0; }, y, dy);
        const auto support = totals<float>(
            slices, [](S v) { return v > 0 ? 1.0 : 0.0; }, y);
        const auto mean =
            slices.each([&](int cell) { return rounded<S>(sum.of[cell].value / support.of[cell].value); });
        const auto gradient = [factor](P v, P g, P m) {
            P inside = or_nan(m, multiply(factor, subtract(g, m)));
            return or_nan(v, select(positive(v), inside, set<P>(0)));
        };
        slices.map(gradient, dx, y, dy, mean);
    }
};

// 1 at the first of the greatest elements, 0 elsewhere (ONNX Hardmax). A slice with NaN is NaN throughout. No gradient.
template <class S>
struct Hardmax {
    static constexpr const char* name = "hardmax";
    static constexpr int most_rows = 16;
    using P = Packet<S>;

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.greatest(x);
        const auto nans = totals<float>(
            slices, [](S v) { return v == v ? 0.0 : 1.0; }, x);
        constexpr S nan = std::numeric_limits<S>::quiet_NaN();
        slices.one_hot(y, x, slices.each([&](int cell) { return nans.of[cell].value > 0 ? nan : max.of[cell]; }));
    }

    template <class Slices>
    static void backward(const Slices& slices, double, const S* y, const S*, S* dx) {
        slices.map([](P v) { return or_nan(v, set<P>(0)); }, dx, y);
    }
};

}  // namespace

#endif
