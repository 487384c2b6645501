// The piecewise linear family. Derivatives at a knee are those of the negative branch.
#ifndef RECTIFIER_ACTIVATIONS_RECTIFIERS_H
#define RECTIFIER_ACTIVATIONS_RECTIFIERS_H

#include "../engine/packet.h"
#include "family.h"
#include "parameters.h"

namespace {

// x
template <class S>
struct Linear {
    static constexpr const char* name = "linear";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    explicit Linear(const Parameters&) {}
    P forward(P x) const { return x; }
    P derivative(P) const { return set<P>(1); }
};

// x > 0 ? x : 0 (Nair and Hinton 2010). +0 for every x <= 0.
template <class S>
struct Relu {
    static constexpr const char* name = "relu";
    static constexpr int parameters = 0;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    explicit Relu(const Parameters&) {}
    P forward(P x) const { return select(positive(x), x, set<P>(0)); }
    P derivative(P x) const { return select(positive(x), set<P>(1), set<P>(0)); }
};

// x > 0 ? x : slope * x, any finite slope (Maas et al. 2013; Xu et al. 2015, section 2.2).
template <class S>
struct LeakyRelu {
    static constexpr const char* name = "leakyRelu";
    static constexpr int parameters = 1;
    static constexpr Cost cost = Cost::piecewise_linear;
    using P = Packet<S>;

    P slope;

    explicit LeakyRelu(const Parameters& parameters) : LeakyRelu(set<P>(S(parameters.p[0]))) {}
    explicit LeakyRelu(P slope) : slope(slope) {}
    P forward(P x) const { return select(positive(x), x, slope_times(slope, x)); }
    P derivative(P x) const { return select(positive(x), set<P>(1), slope); }
};

using Rectifiers = Family<Linear, Relu, LeakyRelu>;

}  // namespace

#endif
