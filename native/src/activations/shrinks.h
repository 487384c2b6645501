// What sets small inputs to a constant. Derivatives at a knee are those of the constant.
#ifndef RECTIFIER_ACTIVATIONS_SHRINKS_H
#define RECTIFIER_ACTIVATIONS_SHRINKS_H

#include "../engine/packet.h"
#include "family.h"
#include "parameters.h"

namespace {

// |x| > lambda ? x : 0, lambda >= 0. Odd, so that a zero has the sign of x.
template <class S>
struct HardShrink {
    static constexpr const char* name = "hardShrink";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    P lambda;

    explicit HardShrink(const Parameters& parameters) : lambda(set<P>(S(parameters.p[0]))) {}
    P forward(P x) const { return select(less(lambda, absolute(x)), x, copy_sign(set<P>(0), x)); }
    P derivative(P x) const { return select(less(lambda, absolute(x)), set<P>(1), set<P>(0)); }
    P derivative_from_output(P y) const { return select(positive(absolute(y)), set<P>(1), set<P>(0)); }
};

// sign(x) * max(|x| - lambda, 0), finite lambda >= 0. Odd, so that a zero has the sign of x.
template <class S>
struct SoftShrink : HardShrink<S> {
    static constexpr const char* name = "softShrink";
    using P = Packet<S>;

    using HardShrink<S>::HardShrink;

    P forward(P x) const {
        P excess = subtract(absolute(x), this->lambda);
        return copy_sign(select(positive(excess), excess, set<P>(0)), x);
    }
};

// x < -lambda ? x + bias : x > lambda ? x - bias : 0, any finite lambda and bias, as ONNX's Shrink. A zero has the sign
// of x.
template <class S>
struct Shrink {
    static constexpr const char* name = "shrink";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    P lambda, bias;

    explicit Shrink(const Parameters& parameters)
        : lambda(set<P>(S(parameters.p[0]))), bias(set<P>(S(parameters.p[1]))) {}

    P forward(P x) const {
        P zero = set<P>(0), toward = select(is_below(x), negate(bias), bias);
        P moved = select(is_outside(x), subtract(x, toward), zero);
        return select(equal(moved, zero), copy_sign(zero, x), moved);
    }

    P derivative(P x) const { return select(is_outside(x), set<P>(1), set<P>(0)); }
    // For lambda >= 0 and bias <= lambda.
    P derivative_from_output(P y) const { return select(positive(absolute(y)), set<P>(1), set<P>(0)); }

  private:
    Mask<P> is_below(P x) const { return less(x, negate(lambda)); }
    Mask<P> is_outside(P x) const { return either(is_below(x), less(lambda, x)); }
};

// x > threshold ? x : value. The sign of a value of 0 is +.
template <class S>
struct Threshold {
    static constexpr const char* name = "threshold";
    static constexpr int parameters = 2;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    P threshold, value;

    explicit Threshold(const Parameters& parameters)
        : threshold(set<P>(S(parameters.p[0]))), value(set<P>(S(parameters.p[1]) + S(0))) {}
    P forward(P x) const { return select(less(threshold, x), x, value); }
    P derivative(P x) const { return select(less(threshold, x), set<P>(1), set<P>(0)); }
    // For value <= threshold.
    P derivative_from_output(P y) const { return derivative(y); }
};

using Shrinks = Family<HardShrink, SoftShrink, Shrink, Threshold>;

}  // namespace

#endif
