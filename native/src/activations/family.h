#ifndef RECTIFIER_ACTIVATIONS_FAMILY_H
#define RECTIFIER_ACTIVATIONS_FAMILY_H

namespace {

// A list of functors, each a template over the scalar type. The registry is made from such lists.
template <template <class> class... Functors>
struct Family {};

}  // namespace

#endif
