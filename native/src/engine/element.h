// One number at an address that need not be aligned, as those of packets need not.
#ifndef RECTIFIER_ENGINE_ELEMENT_H
#define RECTIFIER_ENGINE_ELEMENT_H

#include <cstdint>
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

template <class S>
void set_elements(S* to, int64_t n, S value) {
    for (int64_t i = 0; i < n; ++i) {
        set_element(to + i, value);
    }
}

}  // namespace

#endif
