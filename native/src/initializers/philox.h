// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
#ifndef RECTIFIER_INITIALIZERS_PHILOX_H
#define RECTIFIER_INITIALIZERS_PHILOX_H

#include <algorithm>
#include <type_traits>

#include "../engine/words.h"
#include "random_key.h"

namespace {

// As many blocks at a time as it takes to hide the latency of a multiplication.
constexpr int philox_groups = 4;
constexpr int philox_blocks = philox_groups * long_word_lanes;
constexpr int philox_words = 4 * philox_blocks;

// words[4 i + j] = word j of block first_block + i.
[[gnu::noinline]] RECTIFIER_FLATTEN void philox(
    const RandomKey& key, Domain domain, int64_t first_block, uint32_t (&words)[philox_words]) {
    const LongWords multiplier_0 = LongWords{} + 0xD2511F53, multiplier_1 = LongWords{} + 0xCD9E8D57;
    constexpr uint32_t weyl_0 = 0x9E3779B9, weyl_1 = 0xBB67AE85;
    LongWords lane;
    for (int i = 0; i < long_word_lanes; ++i) {
        lane[i] = uint64_t(i);
    }
    // What stands in the upper halves doesn't matter.
    LongWords c0[philox_groups], c1[philox_groups], c2[philox_groups], c3[philox_groups];
    unrolled<philox_groups>([&](int g) {
        c0[g] = lane + (uint64_t(first_block) + uint64_t(g * long_word_lanes));
        c1[g] = c0[g] >> 32 | uint64_t(domain) << 28;
        c2[g] = LongWords{} + uint64_t(key.stream);
        c3[g] = c2[g] >> 32;
    });
    uint32_t k0 = uint32_t(uint64_t(key.seed)), k1 = uint32_t(uint64_t(key.seed) >> 32);
    unrolled<10>([&](int) {
        unrolled<philox_groups>([&](int g) {
            const LongWords product_0 = lower_product(multiplier_0, c0[g]);
            const LongWords product_1 = lower_product(multiplier_1, c2[g]);
            c0[g] = product_1 >> 32 ^ c1[g] ^ k0;
            c1[g] = product_1;
            c2[g] = product_0 >> 32 ^ c3[g] ^ k1;
            c3[g] = product_0;
        });
        k0 += weyl_0;
        k1 += weyl_1;
    });
    unrolled<philox_groups>([&](int g) {
        const LongWords front = (c0[g] & 0xFFFFFFFF) | c1[g] << 32, back = (c2[g] & 0xFFFFFFFF) | c3[g] << 32;
        const LongWords parts[] = {interleaved_low(front, back), interleaved_high(front, back)};
        std::memcpy(words + 4 * g * long_word_lanes, parts, sizeof parts);
    });
}

// A draw is a word for float and two for double, as a lane.
template <class S>
using DrawBits = std::conditional_t<sizeof(S) == sizeof(uint32_t), Words, LongWords>;

// destination[i] = transform(draw key.first + from + i) for 0 <= i < n, where transform maps DrawBits to a packet.
template <class S, class Transform>
RECTIFIER_FLATTEN void draw(
    const RandomKey& key, Domain domain, int64_t from, int64_t n, S* destination, const Transform& transform) {
    constexpr int words_per_draw = sizeof(S) / sizeof(uint32_t);
    constexpr int batch = philox_words / words_per_draw;
    constexpr int per_block = 4 / words_per_draw;
    const int64_t first = key.first + from;
    int skipped = int(first % per_block);
    int64_t block = first / per_block;
    for (int64_t i = 0; i < n;) {
        alignas(64) uint32_t words[philox_words];
        philox(key, domain, block, words);
        const auto transform_all = [&](S* to) {
            for (int j = 0; j < batch; j += lanes<Packet<S>>) {
                DrawBits<S> bits;
                std::memcpy(&bits, words + j * words_per_draw, sizeof bits);
                store(to + j, transform(bits));
            }
        };
        const int64_t count = std::min<int64_t>(n - i, batch - skipped);
        if (count == batch) {
            transform_all(destination + i);
        } else {
            S values[batch];
            transform_all(values);
            copy_bytes(destination + i, values + skipped, size_t(count) * sizeof(S));
        }
        i += count;
        block += philox_blocks;
        skipped = 0;
    }
}

}  // namespace

#endif
