// Softmax and its relatives along an axis.
#ifndef RECTIFIER_ACTIVATIONS_SOFTMAX_H
#define RECTIFIER_ACTIVATIONS_SOFTMAX_H

#include "../engine/slices.h"
#include "exponential.h"
#include "logarithm.h"

namespace {

// x - max exactly, and infinity with nothing left over.
template <class P>
Pair<P> exact_difference(P x, P max) {
    Pair<P> difference = two_difference(x, max);
    Mask<P> is_finite = less(absolute(difference.hi), set<P>(std::numeric_limits<ScalarOf<P>>::infinity()));
    return {difference.hi, select(is_finite, difference.lo, set<P>(0))};
}

// What exponentials are multiplied by, so that none that matters is denormal and rounded more coarsely than the rest.
template <class S>
constexpr int boost_exponent = std::numeric_limits<S>::max_exponent / 2;
template <class S>
constexpr double boost = sizeof(S) == sizeof(float) ? 0x1p64 : 0x1p512;

// exp(x - max) * boost, where what is lost in the difference is not lost in the exponential, and what its rounding
// lost.
template <class P>
Pair<P> boosted_exp(P x, P max) {
    using S = ScalarOf<P>;
    Pair<P> difference = exact_difference(x, max);
    ReducedExp<P> e(difference.hi, difference.lo);
    Pair<P> significand = fast_two_sum(e.significand());
    P exponent = add(e.exponent, set<P>(boost_exponent<S>));
    return {or_nan(difference.hi, scale(significand.hi, exponent)), scale(significand.lo, exponent)};
}

// A sum of such exponentials without their factor.
template <class S>
Total unboosted(Total sum) {
    return {sum.value / boost<S>, sum.rest / boost<S>};
}

// exp(x - max) / sum(exp(x - max)), with -x for x if it is negated. A slice with NaN or infinity, or with nothing but
// -infinity, is NaN throughout. The sum is that of the exponentials before they are rounded: where many are alike,
// their errors don't cancel, and would meet that of the numerator.
template <class S, bool negated>
struct SoftmaxOf {
    using P = Packet<S>;

    static P argument(P x) { return negated ? negate(x) : x; }

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.template greatest<negated>(x);
        typename Slices::template Sums<S> sums(slices);
        const auto exponential = [](P v, P m) { return boosted_exp(argument(v), m); };
        const auto add_up = [&](int, Place place, S e, S lost) { sums.add(place, Total{double(e), double(lost)}); };
        slices.map_and_visit(add_up, exponential, y, x, max);
        const auto sum = sums.totals();
        const auto shares = [](Pair<P> s) { return reciprocal(fast_two_sum(s)); };
        const auto share = pairs<S>(slices, shares, slices.each([&](int cell) { return unboosted<S>(sum.of[cell]); }));
        const auto scaled = [](P e, P hi, P lo) {
            return or_nan(hi, multiply(product(e, Pair<P>{hi, lo}), set<P>(S(1 / boost<S>))));
        };
        slices.map(scaled, y, y, share.hi, share.lo);
    }

    // scale * y * (dy - sum(y * dy)); where y is 0, exactly +0 and no part of the sum, whatever dy is.
    template <class Slices>
    static void backward(const Slices& slices, double scale, const S* y, const S* dy, S* dx) {
        const P factor = set<P>(S(negated ? -scale : scale));
        const auto sum = totals<S>(
            slices, [](S v, S g) { return v == 0 ? 0.0 : double(v) * double(g); }, y, dy);
        const auto mean = slices.each([&](int cell) { return rounded<S>(sum.of[cell].value); });
        const auto gradient = [factor](P v, P g, P m) {
            P zero = set<P>(0);
            return select(equal(v, zero), zero, or_nan(m, multiply(factor, multiply(v, subtract(g, m)))));
        };
        slices.map(gradient, dx, y, dy, mean);
    }
};

// exp(x) / sum(exp(x))
template <class S>
struct Softmax : SoftmaxOf<S, false> {
    static constexpr const char* name = "softmax";
};

// softmax(-x)
template <class S>
struct Softmin : SoftmaxOf<S, true> {
    static constexpr const char* name = "softmin";
};

// x - max - log(sum(exp(x - max))) = x - max - log1p(the same sum without one greatest element). NaN as softmax; a
// -infinity beside finite numbers stays what it is, and an axis of one element gives +0.
template <class S>
struct LogSoftmax {
    static constexpr const char* name = "logSoftmax";
    using P = Packet<S>;

    // log(1 + rest)
    static Pair<P> log_sum(Pair<P> rest) {
        Pair<P> sum = two_sum(set<P>(1), rest.hi);
        return fast_two_sum(logarithm(fast_two_sum(sum.hi, add(sum.lo, rest.lo))));
    }

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.template greatest<false>(x);
        typename Slices::template Sums<S> smaller(slices);
        typename Slices::template Sums<float> ones(slices);
        const auto exponential = [](P v, P m) { return boosted_exp(v, m).hi; };
        const auto add_up = [&](int, Place place, S e) {
            const bool is_one = e >= S(boost<S>);
            smaller.add(place, is_one ? 0.0 : double(e));
            ones.add(place, is_one ? 1.0 : 0.0);
        };
        slices.visit_mapped(add_up, exponential, x, max);
        const auto of_smaller = smaller.totals(), of_ones = ones.totals();
        const auto rest = slices.each([&](int cell) {
            const Total a = unboosted<S>(of_smaller.of[cell]);
            const double b = of_ones.of[cell].value - 1, sum = a.value + b, back = sum - a.value;
            return Total{sum, a.rest + ((a.value - (sum - back)) + (b - back))};
        });
        const auto log = pairs<S>(slices, log_sum, rest);
        const auto below_max = [](P v, P m, P hi, P lo) {
            Pair<P> difference = exact_difference(v, m);
            Pair<P> sum = two_sum(difference.hi, negate(hi));
            P result = add(sum.hi, add(sum.lo, subtract(difference.lo, lo)));
            P infinity = set<P>(-std::numeric_limits<S>::infinity());
            return or_nan(hi, select(equal(difference.hi, infinity), infinity, result));
        };
        slices.map(below_max, y, x, max, log.hi, log.lo);
    }

    // scale * (dy - exp(y) * sum(dy)), of which an exp(y) of 0 leaves dy, whatever the sum is; y above 0, which no
    // forward call gives, counts as 0.
    template <class Slices>
    static void backward(const Slices& slices, double scale, const S* y, const S* dy, S* dx) {
        const P factor = set<P>(S(scale));
        const auto total = totals<S>(
            slices, [](S g) { return double(g); }, dy);
        const auto sum = slices.each([&](int cell) { return rounded<S>(total.of[cell].value); });
        const auto gradient = [factor](P v, P g, P s) {
            P zero = set<P>(0);
            P e = exp_of_negative(select(positive(v), zero, v), zero);
            P share = select(equal(e, zero), g, or_nan(s, multiply_add(negate(e), s, g)));
            return or_nan(v, or_nan(share, multiply(factor, share)));
        };
        slices.map(gradient, dx, y, dy, sum);
    }
};

}  // namespace

#endif
