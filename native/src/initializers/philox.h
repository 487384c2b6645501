// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), 16 blocks at a
// time.
#ifndef RECTIFIER_INITIALIZERS_PHILOX_H
#define RECTIFIER_INITIALIZERS_PHILOX_H

#include <cstdint>

// Which draws: element i gets draw first + i of stream `stream` of seed `seed`.
struct RandomKey {
    int64_t seed;
    int64_t stream;
    int64_t first;
};

// Users of the generator never share a counter.
enum class Domain : uint32_t { initializer = 0, rrelu = 1, gumbel = 2 };

namespace {

constexpr int philox_blocks = 16;
constexpr int philox_words = 4 * philox_blocks;

// words[4 i + j] = word j of block first_block + i.
inline void philox(const RandomKey& key, Domain domain, int64_t first_block, uint32_t (&words)[philox_words]) {
    constexpr uint64_t multiplier_0 = 0xD2511F53, multiplier_1 = 0xCD9E8D57;
    constexpr uint32_t weyl_0 = 0x9E3779B9, weyl_1 = 0xBB67AE85;
    uint32_t c0[philox_blocks], c1[philox_blocks], c2[philox_blocks], c3[philox_blocks];
    for (int i = 0; i < philox_blocks; ++i) {
        const uint64_t block = uint64_t(first_block) + uint64_t(i);
        c0[i] = uint32_t(block);
        c1[i] = uint32_t(block >> 32) | uint32_t(domain) << 28;
        c2[i] = uint32_t(uint64_t(key.stream));
        c3[i] = uint32_t(uint64_t(key.stream) >> 32);
    }
    uint32_t k0 = uint32_t(uint64_t(key.seed)), k1 = uint32_t(uint64_t(key.seed) >> 32);
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < philox_blocks; ++i) {
            const uint64_t product_0 = multiplier_0 * c0[i], product_1 = multiplier_1 * c2[i];
            c0[i] = uint32_t(product_1 >> 32) ^ c1[i] ^ k0;
            c2[i] = uint32_t(product_0 >> 32) ^ c3[i] ^ k1;
            c1[i] = uint32_t(product_1);
            c3[i] = uint32_t(product_0);
        }
        k0 += weyl_0;
        k1 += weyl_1;
    }
    for (int i = 0; i < philox_blocks; ++i) {
        words[4 * i] = c0[i];
        words[4 * i + 1] = c1[i];
        words[4 * i + 2] = c2[i];
        words[4 * i + 3] = c3[i];
    }
}

// How many words a draw takes, and the draw made of them.
template <class S>
struct Draw;

template <>
struct Draw<float> {
    using Bits = uint32_t;
    static constexpr int words = 1;
    static Bits at(const uint32_t* w) { return w[0]; }
};

template <>
struct Draw<double> {
    using Bits = uint64_t;
    static constexpr int words = 2;
    static Bits at(const uint32_t* w) { return w[0] | uint64_t(w[1]) << 32; }
};

// destination[i] = transform(draw key.first + from + i) for 0 <= i < n.
template <class S, class Transform>
void draw(const RandomKey& key, Domain domain, int64_t from, int64_t n, S* destination, const Transform& transform) {
    constexpr int batch = philox_words / Draw<S>::words;
    constexpr int per_block = 4 / Draw<S>::words;
    const int64_t first = key.first + from;
    int skipped = int(first % per_block);
    int64_t block = first / per_block;
    for (int64_t i = 0; i < n;) {
        uint32_t words[philox_words];
        philox(key, domain, block, words);
        S values[batch];
        for (int j = 0; j < batch; ++j) {
            values[j] = transform(Draw<S>::at(words + Draw<S>::words * j));
        }
        const int64_t count = n - i < batch - skipped ? n - i : batch - skipped;
        for (int64_t j = 0; j < count; ++j) {
            destination[i + j] = values[skipped + j];
        }
        i += count;
        block += philox_blocks;
        skipped = 0;
    }
}

}  // namespace

#endif
