// Which random numbers.
#ifndef RECTIFIER_INITIALIZERS_RANDOM_KEY_H
#define RECTIFIER_INITIALIZERS_RANDOM_KEY_H

#include <cstdint>

// Element i gets draw first + i of stream `stream` of seed `seed`.
struct RandomKey {
    int64_t seed;
    int64_t stream;
    int64_t first;
};

// Users of the generator never share a counter.
enum class Domain : uint32_t { initializer = 0, rrelu = 1, gumbel = 2 };

#endif
