// Sums in an order that depends on the number of terms alone: 16 running sums, whatever the width of the registers.
#ifndef RECTIFIER_ENGINE_SUM_H
#define RECTIFIER_ENGINE_SUM_H

#include <cstdint>
#include <limits>

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

// Terms of type float are summed in double, terms of type double with the rounding errors carried along (Neumaier 1974,
// in the branch-free form of Knuth's two-sum). Infinite and NaN terms come through as in a plain sum.
template <class S>
class LaneSum;

template <>
class LaneSum<float> {
    double sums[sum_lanes] = {};

  public:
    void add(int lane, double term) { sums[lane] += term; }
    void add(int lane, Total term) { sums[lane] += term.value; }

    void add(const LaneSum& other) {
        for (int i = 0; i < sum_lanes; ++i) {
            sums[i] += other.sums[i];
        }
    }

    double lane_total(int lane) const { return sums[lane]; }
    Total exact_lane_total(int lane) const { return {sums[lane], 0}; }

    double total() const {
        double t[sum_lanes];
        for (int i = 0; i < sum_lanes; ++i) {
            t[i] = sums[i];
        }
        for (int half = sum_lanes / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; ++i) {
                t[i] += t[i + half];
            }
        }
        return t[0];
    }
    Total exact_total() const { return {total(), 0}; }
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

    void add(const LaneSum& other) {
        for (int i = 0; i < sum_lanes; ++i) {
            add(i, other.sums[i]);
            errors[i] += other.errors[i];
        }
    }

    double lane_total(int lane) const {
        double total = sums[lane] + errors[lane];
        // The errors of an infinite sum are NaN.
        return total == total ? total : sums[lane];
    }

    Total exact_lane_total(int lane) const {
        const double value = lane_total(lane), rest = errors[lane] - (value - sums[lane]);
        return {value, rest == rest ? rest : 0};
    }

    double total() const { return exact_total().value; }
    Total exact_total() const {
        LaneSum all;
        for (int i = 0; i < sum_lanes; ++i) {
            all.add(0, Total{sums[i], errors[i]});
        }
        return all.exact_lane_total(0);
    }
};

// Adds term(i) for 0 <= i < n to the running sums.
template <class S, class Term>
void sum_into(LaneSum<S>& sum, int64_t n, const Term& term) {
    int64_t i = 0;
    for (; i + sum_lanes <= n; i += sum_lanes) {
        for (int lane = 0; lane < sum_lanes; ++lane) {
            sum.add(lane, term(i + lane));
        }
    }
    for (int lane = 0; i < n; ++i, ++lane) {
        sum.add(lane, term(i));
    }
}

// The sum of term(i) for 0 <= i < n.
template <class S, class Term>
LaneSum<S> sum_of(int64_t n, const Term& term) {
    LaneSum<S> sum;
    sum_into(sum, n, term);
    return sum;
}

}  // namespace

#endif
