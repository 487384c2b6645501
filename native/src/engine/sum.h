// Sums in an order that depends on the number of terms alone: 16 running sums, whatever the width of the registers.
#ifndef RECTIFIER_ENGINE_SUM_H
#define RECTIFIER_ENGINE_SUM_H

#include <cstdint>
#include <limits>

// Before a loop over lanes, which are apart: GCC needn't ask whether it reads what it has written.
#if defined(__GNUC__) && !defined(__clang__)
#define RECTIFIER_LANES_APART _Pragma("GCC ivdep")
#else
#define RECTIFIER_LANES_APART
#endif

namespace {

constexpr int sum_lanes = 16;

// The sum as a number of type S. Its NaN is one and the same on every processor.
template <class S>
S rounded(double sum) {
    return sum == sum ? S(sum) : std::numeric_limits<S>::quiet_NaN();
}

// A sum and what its rounding lost.
struct Total {
    double value;
    double rest;
};

// The sum of twice as many things as are a half, of 16 things 0 and 8, 1 and 9... first: add(i, j) adds thing j to
// thing i, which may be done for several i at once.
template <int half = sum_lanes / 2, class Add>
void add_in_halves(const Add& add) {
    RECTIFIER_LANES_APART
    for (int i = 0; i < half; ++i) {
        add(i, i + half);
    }
    if constexpr (half > 1) {
        add_in_halves<half / 2>(add);
    }
}

// Terms of type float are summed in double, terms of type double with the rounding errors carried along (Neumaier 1974,
// in the branch-free form of Knuth's two-sum). Infinite and NaN terms come through as in a plain sum.
template <class S>
class LaneSum;

template <>
class LaneSum<float> {
    double sums[sum_lanes] = {};

  public:
    void add(int lane, double term) { sums[lane] += term; }
    void add(int lane, Total term) { sums[lane] += term.value + term.rest; }

    Total parts(int lane) const { return {sums[lane], 0}; }
    Total total(int lane) const { return parts(lane); }
};

template <>
class LaneSum<double> {
    double sums[sum_lanes] = {};
    double errors[sum_lanes] = {};

  public:
    void add(int lane, double term) {
        double sum = sums[lane] + term;
        double back = sum - sums[lane];
        errors[lane] += (sums[lane] - (sum - back)) + (term - back);
        sums[lane] = sum;
    }
    void add(int lane, Total term) {
        add(lane, term.value);
        errors[lane] += term.rest;
    }

    // The sum and the errors, which may be more than the half of a unit in its last place.
    Total parts(int lane) const { return {sums[lane], errors[lane]}; }

    Total total(int lane) const {
        const double sum = sums[lane] + errors[lane];
        // The errors of an infinite sum are NaN.
        const double value = sum == sum ? sum : sums[lane], rest = errors[lane] - (value - sums[lane]);
        return {value, rest == rest ? rest : 0};
    }
};

// Adds each lane to the same lane.
template <class S>
void add_lanes(LaneSum<S>& sum, const LaneSum<S>& other) {
    RECTIFIER_LANES_APART
    for (int lane = 0; lane < sum_lanes; ++lane) {
        sum.add(lane, other.parts(lane));
    }
}

// The sum of all lanes.
template <class S>
Total total(LaneSum<S> sum) {
    add_in_halves([&](int i, int j) { sum.add(i, sum.parts(j)); });
    return sum.total(0);
}

// Adds term(i) for 0 <= i < n to the running sums.
template <class S, class Term>
void sum_into(LaneSum<S>& sum, int64_t n, const Term& term) {
    int64_t i = 0;
    for (; i + sum_lanes <= n; i += sum_lanes) {
        RECTIFIER_LANES_APART
#pragma GCC unroll 1
        for (int lane = 0; lane < sum_lanes; ++lane) {
            sum.add(lane, term(i + lane));
        }
    }
    for (int lane = 0; i < n; ++i, ++lane) {
        sum.add(lane, term(i));
    }
}

}  // namespace

#endif
