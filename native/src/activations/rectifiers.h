// The rectifiers. Derivatives at a knee are those of the negative branch.
#ifndef RECTIFIER_ACTIVATIONS_RECTIFIERS_H
#define RECTIFIER_ACTIVATIONS_RECTIFIERS_H

#include "../engine/packet.h"
#include "../engine/wide.h"
#include "family.h"
#include "parameters.h"
#include "pieces.h"

namespace {

// x
template <class S>
struct Linear {
    static constexpr const char* name = "linear";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    explicit Linear(const Parameters&) {}
    P forward(P x) const { return x; }
    P derivative(P) const { return set<P>(1); }
    P derivative_from_output(P y) const { return derivative(y); }
};

// x > 0 ? x : 0 (Nair and Hinton 2010). +0 for every x <= 0.
template <class S>
struct Relu {
    static constexpr const char* name = "relu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    explicit Relu(const Parameters&) {}
    P forward(P x) const { return select(at_most(x, set<P>(0)), set<P>(0), x); }
    P derivative(P x) const { return select(positive(x), set<P>(1), set<P>(0)); }
    P derivative_from_output(P y) const { return derivative(y); }
};

// x > 0 ? x : slope * x, any finite slope (Maas et al. 2013; Xu et al. 2015, section 2.2).
template <class S>
struct LeakyRelu {
    static constexpr const char* name = "leakyRelu";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    P slope;

    explicit LeakyRelu(const Parameters& parameters) : LeakyRelu(set<P>(S(parameters.p[0]))) {}
    explicit LeakyRelu(P slope) : slope(slope) {}
    P forward(P x) const { return select(at_most(x, set<P>(0)), slope_times(slope, x), x); }
    P derivative(P x) const { return select(positive(x), set<P>(1), slope); }
    // For slope >= 0, which leaves y the sign of x.
    P derivative_from_output(P y) const { return derivative(y); }
};

// x > threshold ? min(x, max) : slope * (x - threshold), as Keras' relu; max >= threshold may be infinite. +0 for every
// x <= threshold if the slope is 0.
template <class S>
struct GeneralizedRelu {
    static constexpr const char* name = "generalizedRelu";
    static constexpr int parameters = 3;
    static constexpr Cost cost = Cost::piecewise_linear;
    static constexpr bool passes_nan = true;
    using P = Packet<S>;

    using Simpler = Relu<S>;
    static bool is_simpler(const Parameters& parameters) {
        return S(parameters.p[0]) == 0 && S(parameters.p[1]) == std::numeric_limits<S>::infinity() &&
               S(parameters.p[2]) == 0;
    }

    P slope, max, threshold;
    // x * unit - threshold * unit doesn't overflow where slope * (x - threshold) doesn't.
    P unit, slope_of_unit, threshold_in_units;

    explicit GeneralizedRelu(const Parameters& parameters)
        : slope(set<P>(S(parameters.p[0]))), max(set<P>(S(parameters.p[1]))), threshold(set<P>(S(parameters.p[2]))) {
        const S a = S(parameters.p[0]), t = S(parameters.p[2]);
        const bool halve = a > -1 && a < 1 && (t < -huge || t > huge);
        unit = set<P>(halve ? S(0.5) : S(1));
        slope_of_unit = set<P>(halve ? 2 * a : a);
        threshold_in_units = set<P>(halve ? t / 2 : t);
    }

    P forward(P x) const {
        P zero = set<P>(0);
        P sloped = multiply(slope_of_unit, subtract(multiply(x, unit), threshold_in_units));
        return pieces(x, threshold, max, select(equal(slope, zero), zero, sloped), x, max);
    }

    Pair<P> forward_pair(P x) const {
        P zero = set<P>(0);
        Pair<P> rise = two_difference(multiply(x, unit), threshold_in_units);
        Pair<P> sloped = two_product(slope_of_unit, rise.hi);
        sloped = trusted(Pair<P>{sloped.hi, multiply_add(slope_of_unit, rise.lo, sloped.lo)});
        return {pieces(x, threshold, max, select(equal(slope, zero), zero, sloped.hi), x, max),
            pieces(x, threshold, max, select(equal(slope, zero), zero, sloped.lo), zero, zero)};
    }

    P derivative(P x) const { return pieces(x, threshold, max, slope, set<P>(1), derivative_at_bound(max)); }

  private:
    // Less than half a rounding error of the largest number.
    static constexpr S huge = std::numeric_limits<S>::max() / 16 * std::numeric_limits<S>::epsilon();
};

// x > 0 ? x^2 : 0 (So et al. 2021, arXiv 2109.08668). +0 for every x <= 0.
template <class S>
struct SquaredRelu : Relu<S> {
    static constexpr const char* name = "squaredRelu";
    using P = Packet<S>;

    using Relu<S>::Relu;

    P forward(P x) const {
        P r = Relu<S>::forward(x);
        return multiply(r, r);
    }
    P derivative(P x) const { return select(positive(x), add(x, x), set<P>(0)); }
    P derivative_from_output(P y) const {
        P root = square_root(maximum(y, set<P>(0)));
        return add(root, root);
    }
};

// x > 0 ? scale * x^2 + bias : bias, |scale| up to 1e30 (Yu et al. 2022, arXiv 2210.13452).
template <class S>
struct StarRelu {
    static constexpr const char* name = "starRelu";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    P factor, bias;

    explicit StarRelu(const Parameters& parameters)
        : factor(set<P>(S(parameters.p[0]))), bias(set<P>(S(parameters.p[1]) + S(0))) {}

    P forward(P x) const {
        P curve = select(equal(factor, set<P>(0)), bias, parabola(x));
        return select(positive(x), curve, bias);
    }

    Pair<P> forward_pair(P x) const {
        P zero = set<P>(0);
        Mask<P> is_curved = positive(multiply(absolute(factor), select(positive(x), set<P>(1), zero)));
        Pair<P> curve = select(is_moderate(x), exact_parabola(x), Pair<P>{parabola(x), zero});
        return select(is_curved, curve, Pair<P>{bias, zero});
    }

    P derivative(P x) const { return select(positive(x), slope_times(add(factor, factor), x), set<P>(0)); }

  private:
    // Near its root the terms cancel, so that none may be rounded.
    P parabola(P x) const {
        if constexpr (has_wide<P>) {
            Wide v = widen(x);
            return narrow(multiply_add(multiply(widen(factor), v), v, widen(bias)));
        } else if constexpr (has_fma) {
            P line = multiply(factor, x), lost = multiply_add(factor, x, negate(line));
            P sum = multiply_add(line, x, bias);
            return select(is_moderate(x), add(sum, multiply(lost, x)), sum);
        } else {
            Pair<P> sum = exact_parabola(x);
            return select(is_moderate(x), add(sum.hi, sum.lo), add(multiply(multiply(factor, x), x), bias));
        }
    }

    Pair<P> exact_parabola(P x) const {
        Pair<P> line = two_product(factor, x), square = two_product(line.hi, x);
        Pair<P> sum = two_sum(square.hi, bias);
        return {sum.hi, add(sum.lo, multiply_add(line.lo, x, square.lo))};
    }

    // Where no exact product overflows or is denormal; elsewhere one of the terms is of no account.
    static Mask<P> is_moderate(P x) {
        return equal(x, minimum(maximum(x, set<P>(least_moderate)), set<P>(1 / least_moderate)));
    }

    static constexpr S least_moderate = sizeof(S) == sizeof(float) ? S(0x1p-20) : S(0x1p-200);
};

using Rectifiers = Family<Linear, Relu, LeakyRelu, GeneralizedRelu, SquaredRelu, StarRelu>;

}  // namespace

#endif
