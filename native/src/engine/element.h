// One number at an address that need not be aligned, as those of packets need not.
#ifndef RECTIFIER_ENGINE_ELEMENT_H
#define RECTIFIER_ENGINE_ELEMENT_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// memcpy() where an address is that of a number but need not be aligned: given to memcpy() itself, the type of the
// pointer would promise that it is, to Clang at least.
[[gnu::always_inline]] inline void copy_bytes(void* to, const void* from, size_t n) { std::memcpy(to, from, n); }

template <class S>
S element(const S* from) {
    S value;
    copy_bytes(&value, from, sizeof value);
    return value;
}

template <class S>
void set_element(S* to, S value) {
    copy_bytes(to, &value, sizeof value);
}

template <class S>
void set_elements(S* to, int64_t n, S value) {
    for (int64_t i = 0; i < n; ++i) {
        set_element(to + i, value);
    }
}

}  // namespace

#endif
