// Softmax and its relatives along an axis.
#ifndef RECTIFIER_ACTIVATIONS_SOFTMAX_H
#define RECTIFIER_ACTIVATIONS_SOFTMAX_H

#include <array>
#include <cmath>

#include "../engine/slices.h"
#include "exponential.h"
#include "fused_exponential.h"
#include "logarithm.h"
#include "wide_exponential.h"

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

// For packets of floats where multiply_add rounds once exponentials are not relative to the greatest element but to an
// integer that is 3/2 to 5/2 greater, for then x less that integer is as SplitExp wants it, and its rounding error is
// easily had. NaN of NaN.
template <class Slices>
typename Slices::Numbers references(const Slices& slices, const typename Slices::Numbers& max) {
    return slices.each([&](int cell) { return ((max.of[cell] + rounder<float>)-rounder<float>)+2; });
}

// Numbers too large for that first lose their maximum, which then is 0, without an error where their exponentials
// aren't next to nothing. Where they are, whether x or y.
template <class Slices>
const float* without_large_maximum(const Slices& slices, const float* x, float* y, typename Slices::Numbers& max) {
    using P = Packet<float>;
    const auto is_near = [&](int cell) { return std::fabs(max.of[cell]) < 0x1p22f; };
    int near = 0;
    while (near < slices.size() && is_near(near)) {
        ++near;
    }
    if (near == slices.size()) {
        return x;
    }
    const auto large = slices.each([&](int cell) { return is_near(cell) ? 0 : max.of[cell]; });
    max = slices.each([&](int cell) { return max.of[cell] - large.of[cell]; });
    slices.map([](P v, P m) { return subtract(v, m); }, y, x, large);
    return y;
}

// exp(x - reference) * 2^64, and 2^-123 of what is much less.
template <class P>
SplitExp<P> relative_exp(P x, P reference) {
    x = at_least(x, subtract(reference, set<P>(130)));
    P difference = subtract(x, reference), lost = subtract(x, add(difference, reference));
    return SplitExp<P>(difference, lost, set<P>(exponent_rounder<64>));
}

// exp(max - reference) * 2^64, for every slice.
template <class Slices>
PerSlice<double, Slices::cells> greatest_exps(
    const Slices& slices, const typename Slices::Numbers& max, const typename Slices::Numbers& reference) {
    using P = Packet<float>;
    PerSlice<double, Slices::cells> result = {};
    for (int cell = 0; cell < slices.size(); cell += lanes<P>) {
        const Wide below = subtract(widen(load<P>(max.of + cell)), widen(load<P>(reference.of + cell)));
        const Wide e = WideExp<true>(below).value();
        store(result.of + cell, multiply(e.low, set<Wide::Half>(0x1p64)));
        store(result.of + cell + lanes<P> / 2, multiply(e.high, set<Wide::Half>(0x1p64)));
    }
    return result;
}

// A running sum of no more than 64 such exponentials in each lane, of which it loses no more than 2^-29: they are added
// to a number so large that it takes only their leading bits, and what it doesn't take goes to a second sum.
template <class P>
struct GridSum {
    static constexpr int sums = 1;
    static constexpr float origin = 0x1p68f;

    P taken, rest;

    void clear() {
        taken = set<P>(origin);
        rest = set<P>(0);
    }

    // Gives the exponential, too.
    P add_and_round(const SplitExp<P>& e) {
        P value = e.value(), sum = add(taken, value), change = subtract(sum, taken);
        taken = sum;
        rest = add(rest, multiply_add(e.power, e.rest, subtract(e.whole, change)));
        return value;
    }

    std::array<Wide, 1> terms() const { return {add(widen(subtract(taken, set<P>(origin))), widen(rest))}; }
};

// A running sum of such exponentials less than the greatest one, which are counted. With none of those its logarithm
// would be as small, so that it is a sum in double.
template <class P>
struct SmallerSum {
    static constexpr int sums = 2;

    Wide smaller;
    P greatest;

    void clear() {
        smaller = set<Wide>(0);
        greatest = set<P>(0);
    }

    void add_up(P value, Mask<P> is_greatest) {
        smaller = add(smaller, widen(select(is_greatest, set<P>(0), value)));
        greatest = add(greatest, select(is_greatest, set<P>(1), set<P>(0)));
    }

    std::array<Wide, 2> terms() const { return {smaller, widen(greatest)}; }
};

// exp(x) / sum(exp(x)) = exp(x - max) / sum(exp(x - max)). A slice with NaN or infinity, or with nothing but
// -infinity, is NaN throughout. The sum is that of the exponentials before they are rounded: where many are alike,
// their errors don't cancel, and would meet that of the numerator.
template <class S>
struct Softmax {
    static constexpr const char* name = "softmax";
    static constexpr int most_rows = 16;
    using P = Packet<S>;

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.greatest(x);
        if constexpr (has_fused<P>) {
            fused_forward(slices, x, y, max);
        } else {
            forward(slices, x, y, max);
        }
    }

    // scale * y * (dy - sum(y * dy)); where y is 0, exactly +0 and no part of the sum, whatever dy is.
    template <class Slices>
    static void backward(const Slices& slices, double scale, const S* y, const S* dy, S* dx) {
        const P factor = set<P>(S(scale));
        const auto sum = totals<S>(
            slices, [](S v, S g) { return v == 0 ? 0.0 : double(v) * double(g); }, y, dy);
        const auto mean = slices.each([&](int cell) { return rounded<S>(sum.of[cell].value); });
        const auto gradient = [factor](P v, P g, P m) {
            P zero = set<P>(0);
            return select(equal(v, zero), zero, or_nan(m, multiply(factor, multiply(v, subtract(g, m)))));
        };
        slices.map(gradient, dx, y, dy, mean);
    }

  private:
    static Pair<P> share_of(Pair<P> sum) { return reciprocal(fast_two_sum(sum)); }

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y, const typename Slices::Numbers& max) {
        typename Slices::template Sums<S> sums(slices);
        const auto exponential = [](P v, P m) { return boosted_exp(v, m); };
        const auto add_up = [&](int, Place place, S e, S lost) { sums.add(place, Total{double(e), double(lost)}); };
        slices.map_and_visit(add_up, exponential, y, x, max);
        const auto sum = sums.totals();
        const auto share =
            pairs<S>(slices, share_of, slices.each([&](int cell) { return unboosted<S>(sum.of[cell]); }));
        const auto scaled = [](P e, P hi, P lo) {
            return or_nan(hi, multiply(product(e, Pair<P>{hi, lo}), set<P>(S(1 / boost<S>))));
        };
        slices.map(scaled, y, y, share.hi, share.lo);
    }

    // The factor of the exponentials is that of their sum.
    template <class Slices>
    static void fused_forward(const Slices& slices, const S* x, S* y, typename Slices::Numbers max) {
        x = without_large_maximum(slices, x, y, max);
        const auto exponential = [](P v, GridSum<P>& sum, P reference) {
            return sum.add_and_round(relative_exp(v, reference));
        };
        constexpr S least = -std::numeric_limits<S>::infinity();
        const auto sums = slices.template map_and_sum<GridSum<P>>(exponential, least, y, x, references(slices, max));
        // A sum isn't rounded, but one exponential alone is to have all.
        const auto sum = slices.each([&](int cell) {
            return slices.length() == 1 ? Total{double(element(y + cell)), 0} : sums[0].of[cell];
        });
        const auto share = pairs<S>(slices, share_of, sum);
        const auto scaled = [](P e, P hi, P lo) { return or_nan(hi, product(e, Pair<P>{hi, lo})); };
        slices.map(scaled, y, y, share.hi, share.lo);
    }
};

// softmax(-x), in two passes over each block of slices: rare as it is, it has no code of its own.
template <class S>
struct Softmin {
    static constexpr const char* name = "softmin";
    static constexpr int most_rows = Softmax<S>::most_rows;
    using P = Packet<S>;

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        slices.map([](P v) { return negate(v); }, y, x);
        Softmax<S>::forward(slices, y, y);
    }

    template <class Slices>
    static void backward(const Slices& slices, double scale, const S* y, const S* dy, S* dx) {
        Softmax<S>::backward(slices, -scale, y, dy, dx);
    }
};

// x - max - log(sum(exp(x - max))) = x - max - log1p(the same sum without one greatest element). NaN as softmax; a
// -infinity beside finite numbers stays what it is, and an axis of one element gives +0.
template <class S>
struct LogSoftmax {
    static constexpr const char* name = "logSoftmax";
    static constexpr int most_rows = 16;
    using P = Packet<S>;

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y) {
        const auto max = slices.greatest(x);
        if constexpr (has_fused<P>) {
            fused_forward(slices, x, y, max);
        } else {
            forward(slices, x, y, max);
        }
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

    // log(sum(exp(x - max))), given the maximum.
    template <class Slices>
    static PairPerSlice<Slices> log_of_sum(const Slices& slices, const S* x, const typename Slices::Numbers& max) {
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
        const auto rest = slices.each(
            [&](int cell) { return with_others(unboosted<S>(of_smaller.of[cell]), of_ones.of[cell].value); });
        return pairs<S>(slices, log_sum, rest);
    }

  private:
    // log(1 + rest)
    static Pair<P> log_sum(Pair<P> rest) {
        Pair<P> sum = two_sum(set<P>(1), rest.hi);
        return fast_two_sum(logarithm(fast_two_sum(sum.hi, add(sum.lo, rest.lo))));
    }

    // The sum of the smaller exponentials and of all but one of so many that are 1.
    static Total with_others(Total smaller, double ones) {
        const double others = ones - 1, sum = smaller.value + others, back = sum - smaller.value;
        return {sum, smaller.rest + ((smaller.value - (sum - back)) + (others - back))};
    }

    template <class Slices>
    static void forward(const Slices& slices, const S* x, S* y, const typename Slices::Numbers& max) {
        const auto log = log_of_sum(slices, x, max);
        const auto below_max = [](P v, P m, P hi, P lo) {
            Pair<P> difference = exact_difference(v, m);
            Pair<P> sum = two_sum(difference.hi, negate(hi));
            P result = add(sum.hi, add(sum.lo, subtract(difference.lo, lo)));
            P infinity = set<P>(-std::numeric_limits<S>::infinity());
            return or_nan(hi, select(equal(difference.hi, infinity), infinity, result));
        };
        slices.map(below_max, y, x, max, log.hi, log.lo);
    }

    template <class Slices>
    static void fused_forward(const Slices& slices, const S* x, S* y, typename Slices::Numbers max) {
        x = without_large_maximum(slices, x, y, max);
        const auto reference = references(slices, max);
        const auto add_up = [](P v, SmallerSum<P>& sum, P r, P m) {
            sum.add_up(relative_exp(v, r).value(), equal(v, m));
        };
        const auto sums = slices.template map_and_sum<SmallerSum<P>>(
            add_up, -std::numeric_limits<S>::infinity(), y, x, reference, max);
        const auto one = greatest_exps(slices, max, reference);
        const auto rest = slices.each([&](int cell) {
            return with_others({sums[0].of[cell].value / one.of[cell], 0}, sums[1].of[cell].value);
        });
        const auto log = pairs<S>(slices, log_sum, rest);
        // max + log as a pair, which leaves two subtractions; the second by an addition, which gives +0 for zeros.
        typename Slices::Numbers level = {}, minus_lo = {};
        for (int cell = 0; cell < slices.size(); cell += lanes<P>) {
            const P hi = load<P>(log.hi.of + cell);
            Pair<P> sum = two_sum(load<P>(max.of + cell), hi);
            sum = fast_two_sum(sum.hi, add(sum.lo, load<P>(log.lo.of + cell)));
            store(level.of + cell, or_nan(hi, sum.hi));
            store(minus_lo.of + cell, subtract(set<P>(0), sum.lo));
        }
        const auto below = [](P v, P hi, P lo) { return or_nan(hi, add(subtract(v, hi), lo)); };
        slices.map(below, y, x, level, minus_lo);
    }
};

}  // namespace

#endif
