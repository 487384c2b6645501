// The bits of every kernel, as a digest of many results, are those of the file: the same on every platform and with
// every compiler. What they are worth, the other tests say, on a platform where long double is precise.
#include <fstream>
#include <map>
#include <set>

#include "kernels.h"

namespace {

// Of everyday values, special ones among them, and of any bits.
template <class S>
std::vector<S> inputs(int64_t n, uint64_t seed) {
    std::vector<S> values = everyday_values<S>(n, seed);
    std::mt19937_64 random(seed);
    for (size_t i = 0; i < values.size(); i += 4) {
        values[i] = from_bits<S>(Bits<S>(random()));
    }
    return values;
}

// FNV-1a.
template <class S>
uint64_t digest(const std::vector<S>& results) {
    uint64_t hash = 0xcbf29ce484222325;
    for (S result : with_one_nan(results)) {
        const uint64_t bits = to_bits(result);
        for (int shift = 0; shift < 64; shift += 8) {
            hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001b3;
        }
    }
    return hash;
}

template <class S>
std::map<std::string, uint64_t> digests() {
    std::map<std::string, uint64_t> of_kernels;
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        const int64_t n = std::max<int64_t>(1, 20000 / kernel.slice);
        const std::vector<S> x = inputs<S>(n * kernel.slice, 1), dy = inputs<S>(n * kernel.slice, 2);
        of_kernels[kernel.name] = digest(kernel(x, dy, 0, n));
    }
    if constexpr (!is_half<S>) {
        std::vector<S> q(65 * 130);
        EXPECT_EQ(Api<S>::orthogonal(1, 65, 130, 42, 3, 0, q.data(), int64_t(q.size()), 1), RECTIFIER_OK);
        of_kernels["orthogonal 65 x 130"] = digest(q);
    }
    return of_kernels;
}

template <class S>
constexpr const char* type_name = nullptr;
template <>
constexpr const char* type_name<float> = "float32";
template <>
constexpr const char* type_name<double> = "float64";
template <>
constexpr const char* type_name<BFloat16> = "bfloat16";
template <>
constexpr const char* type_name<Float16> = "float16";

template <class S>
class Digests : public testing::Test {};
TYPED_TEST_SUITE(Digests, StoredTypes);

// To make the file anew, delete its lines, and append what the failure says.
TYPED_TEST(Digests, AreThoseOfTheFileOnEveryPlatform) {
    using S = TypeParam;
    std::ifstream file(test_file("RECTIFIER_DIGESTS", RECTIFIER_DIGESTS));
    std::set<std::string> known;
    for (std::string line; std::getline(file, line);) {
        known.insert(line);
    }
    std::set<std::string> seen;
    std::string unknown;
    on_every_instruction_set([&](const std::string& name) {
        const std::string arithmetic = has_fma(name) ? "fused" : "separate";
        for (const auto& [kernel, hash] : digests<S>()) {
            std::ostringstream line;
            line << arithmetic << ' ' << type_name<S> << ' ' << std::hex << hash << ' ' << kernel;
            if (known.count(line.str()) == 0 && seen.insert(line.str()).second) {
                unknown += line.str() + '\n';
            }
        }
    });
    EXPECT_EQ(unknown, "") << "are not in the file";
}

}  // namespace
