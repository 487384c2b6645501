// One number at an address that need not be aligned, as those of packets need not.
#ifndef RECTIFIER_ENGINE_ELEMENT_H
#define RECTIFIER_ENGINE_ELEMENT_H

#include <cstring>

namespace {

template <class S>
S element(const S* from) {
    S value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <class S>
void set_element(S* to, S value) {
    std::memcpy(to, &value, sizeof value);
}

}  // namespace

#endif
