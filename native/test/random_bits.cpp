// The generator's 32-bit words to standard output, in the byte order of the machine, until the reader has enough. For
// test suites that read a pipe; see native/docs/quality.md.
//
//   random_bits --seed N --stream N        which sequence, 0 by default
//   random_bits --domain N --block N       whose words, and from which block on, 0 by default
//   random_bits --streams N                words of N streams in turn, from --stream on
//   random_bits --seeds N                  words of N seeds in turn, from --seed on
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "initializers/philox.h"

namespace {

struct Options {
    RandomKey key = {0, 0, 0};
    Domain domain = Domain::initializer;
    int64_t block = 0, streams = 1, seeds = 1;
};

// Whether `text` is an integer, as which it may be negative or up to 2^64 - 1.
bool parse(const char* text, int64_t& value) {
    char* end;
    value = text[0] == '-' ? std::strtoll(text, &end, 0) : int64_t(std::strtoull(text, &end, 0));
    return end != text && *end == '\0';
}

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        int64_t value;
        if (i + 1 == argc || !parse(argv[i + 1], value)) {
            std::fprintf(stderr, "%s is unknown or needs an integer\n", name.c_str());
            return false;
        }
        if (name == "--seed") {
            options.key.seed = value;
        } else if (name == "--stream") {
            options.key.stream = value;
        } else if (name == "--domain") {
            options.domain = Domain(value);
        } else if (name == "--block") {
            options.block = value;
        } else if (name == "--streams" && value > 0) {
            options.streams = value;
        } else if (name == "--seeds" && value > 0) {
            options.seeds = value;
        } else {
            std::fprintf(stderr, "%s %s is unknown\n", name.c_str(), argv[i + 1]);
            return false;
        }
    }
    return true;
}

// The next words of all sequences, one of each in turn.
void interleave(const Options& options, int64_t block, std::vector<uint32_t>& turns) {
    const size_t sequences = size_t(options.streams * options.seeds);
    turns.resize(sequences * philox_words);
    for (size_t s = 0; s < sequences; ++s) {
        const int64_t seed = int64_t(uint64_t(options.key.seed) + s / uint64_t(options.streams));
        const int64_t stream = int64_t(uint64_t(options.key.stream) + s % uint64_t(options.streams));
        uint32_t words[philox_words];
        philox({seed, stream, 0}, options.domain, block, words);
        for (size_t i = 0; i < philox_words; ++i) {
            turns[i * sequences + s] = words[i];
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        return 2;
    }
    std::vector<uint32_t> turns;
    for (int64_t block = options.block;; block += philox_blocks) {
        interleave(options, block, turns);
        if (std::fwrite(turns.data(), sizeof turns[0], turns.size(), stdout) != turns.size()) {
            return 1;
        }
    }
}
