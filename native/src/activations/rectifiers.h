// The rectifiers. Derivatives at a knee are those of the negative branch.
#ifndef RECTIFIER_ACTIVATIONS_RECTIFIERS_H
#define RECTIFIER_ACTIVATIONS_RECTIFIERS_H

#include "../engine/packet.h"
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

    P derivative(P x) const { return pieces(x, threshold, max, slope, set<P>(1), derivative_at_bound(max)); }

  private:
    // Less than half a rounding error of the largest number.
    static constexpr S huge = std::numeric_limits<S>::max() / 16 * std::numeric_limits<S>::epsilon();
};

using Rectifiers = Family<Linear, Relu, LeakyRelu, GeneralizedRelu>;

}  // namespace

#endif
