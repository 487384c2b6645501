// All elementwise activations. To add one, add its functor to a family; nothing else in the native code lists them.
#ifndef RECTIFIER_ACTIVATIONS_REGISTRY_H
#define RECTIFIER_ACTIVATIONS_REGISTRY_H

#include "algebraic.h"
#include "clipped.h"
#include "exponentials.h"
#include "gated.h"
#include "gaussians.h"
#include "rectifiers.h"
#include "shrinks.h"
#include "softplus.h"

namespace {

template <class...>
struct Join;

template <template <class> class... A>
struct Join<Family<A...>> {
    using type = Family<A...>;
};

template <template <class> class... A, template <class> class... B, class... Rest>
struct Join<Family<A...>, Family<B...>, Rest...> {
    using type = typename Join<Family<A..., B...>, Rest...>::type;
};

using Registry = Join<Rectifiers, Clipped, Shrinks, Algebraic, Exponentials, SoftplusFamily, Gated, Gaussians>::type;

}  // namespace

#endif
