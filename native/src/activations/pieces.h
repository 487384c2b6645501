// A function in three pieces, as most of the piecewise linear ones are.
#ifndef RECTIFIER_ACTIVATIONS_PIECES_H
#define RECTIFIER_ACTIVATIONS_PIECES_H

#include "../engine/packet.h"

namespace {

// x <= lower ? below : x < upper ? inside : above, and inside for NaN.
template <class P>
P pieces(P x, P lower, P upper, P below, P inside, P above) {
    return select(at_most(x, lower), below, select(at_most(upper, x), above, inside));
}

// What a bound adds to the derivative at the bound: nothing, but an infinite one doesn't bound at all.
template <class P>
P derivative_at_bound(P bound) {
    Mask<P> infinite = equal(absolute(bound), set<P>(std::numeric_limits<ScalarOf<P>>::infinity()));
    return select(infinite, set<P>(1), set<P>(0));
}

}  // namespace

#endif
