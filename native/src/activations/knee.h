// Where a straight line reaches a level, decided by its exact value.
#ifndef RECTIFIER_ACTIVATIONS_KNEE_H
#define RECTIFIER_ACTIVATIONS_KNEE_H

#include <cmath>

#include "../engine/packet.h"

namespace {

// Whether slope * x >= gap.hi + gap.lo, for slope > 0.
template <class S>
bool reaches(S slope, S x, Pair<S> gap) {
    using P = Packet<S>;
    if (std::isinf(x)) {
        return x > 0;
    }
    // With factors from 1/2 to 1 the product is exact as a pair.
    int slope_exponent, x_exponent;
    slope = std::frexp(slope, &slope_exponent);
    x = std::frexp(x, &x_exponent);
    const int exponent = -slope_exponent - x_exponent;
    const Pair<P> product = two_product(set<P>(slope), set<P>(x));
    const P excess = subtract(product.hi, set<P>(std::ldexp(gap.hi, exponent)));
    const Pair<P> rest = two_difference(product.lo, set<P>(std::ldexp(gap.lo, exponent)));
    // Near the knee both sums are exact, elsewhere only their sign matters.
    return Eigen::internal::pfirst(add(excess, rest.hi)) >= -Eigen::internal::pfirst(rest.lo);
}

// The least x for which slope * x + offset >= level, for slope > 0; it may be infinite.
template <class S>
S knee(S slope, S offset, S level) {
    using P = Packet<S>;
    constexpr S max = std::numeric_limits<S>::max(), infinity = std::numeric_limits<S>::infinity();
    const Pair<P> difference = two_difference(set<P>(level), set<P>(offset));
    const Pair<S> gap = {Eigen::internal::pfirst(difference.hi), Eigen::internal::pfirst(difference.lo)};
    S x = gap.hi / slope;
    x = x > max ? max : x < -max ? -max : x;
    while (reaches(slope, x, gap)) {
        x = std::nextafter(x, -infinity);
    }
    while (!reaches(slope, x, gap)) {
        x = std::nextafter(x, infinity);
    }
    return x;
}

}  // namespace

#endif
