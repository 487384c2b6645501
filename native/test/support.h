// What the tests share: the C functions by scalar type, the machine's instruction sets, values worth trying, distances
// in ULP, and arrays that notice when something beside them is touched.
#ifndef RECTIFIER_TEST_SUPPORT_H
#define RECTIFIER_TEST_SUPPORT_H

#include <gtest/gtest.h>

#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#undef far
#undef near
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "half.h"
#include "rectifier.h"

template <class S>
struct Api;

#define RECTIFIER_TEST_API(S, suffix)                                                           \
    template <>                                                                                 \
    struct Api<S> {                                                                             \
        static constexpr auto forward = rectifier_activation_forward_##suffix;                  \
        static constexpr auto backward = rectifier_activation_backward_##suffix;                \
        static constexpr auto learned_forward = rectifier_learned_forward_##suffix;             \
        static constexpr auto learned_backward = rectifier_learned_backward_##suffix;           \
        static constexpr auto rrelu_forward = rectifier_rrelu_forward_##suffix;                 \
        static constexpr auto rrelu_backward = rectifier_rrelu_backward_##suffix;               \
        static constexpr auto axis_forward = rectifier_axis_forward_##suffix;                   \
        static constexpr auto axis_backward = rectifier_axis_backward_##suffix;                 \
        static constexpr auto masked_softmax = rectifier_masked_softmax_##suffix;               \
        static constexpr auto log_sum_exp = rectifier_log_sum_exp_##suffix;                     \
        static constexpr auto log_sum_exp_backward = rectifier_log_sum_exp_backward_##suffix;   \
        static constexpr auto cross_entropy = rectifier_cross_entropy_##suffix;                 \
        static constexpr auto gated_forward = rectifier_gated_forward_##suffix;                 \
        static constexpr auto gated_backward = rectifier_gated_backward_##suffix;               \
        static constexpr auto crelu = rectifier_crelu_##suffix;                                 \
        static constexpr auto crelu_backward = rectifier_crelu_backward_##suffix;               \
        static constexpr auto gumbel_logits = rectifier_gumbel_logits_##suffix;                 \
        static constexpr auto fill_constant = rectifier_fill_constant_##suffix;                 \
        static constexpr auto fill_uniform = rectifier_fill_uniform_##suffix;                   \
        static constexpr auto fill_normal = rectifier_fill_normal_##suffix;                     \
        static constexpr auto fill_truncated_normal = rectifier_fill_truncated_normal_##suffix; \
        static constexpr auto fill_bounded_normal = rectifier_fill_bounded_normal_##suffix;     \
        static constexpr auto orthogonal = rectifier_orthogonal_##suffix;                       \
        static constexpr auto dense_forward = rectifier_dense_forward_##suffix;                 \
        static constexpr auto dense_packed = rectifier_dense_packed_##suffix;                   \
        static constexpr auto dense_backward = rectifier_dense_backward_##suffix;               \
    };

RECTIFIER_TEST_API(float, f32)
RECTIFIER_TEST_API(double, f64)

#undef RECTIFIER_TEST_API

// Types of 16 bits have the elementwise activations, and weights of dense layers.
#define RECTIFIER_TEST_HALF_API(S, suffix)                                                                             \
    template <>                                                                                                        \
    struct Api<S> {                                                                                                    \
        static void forward(                                                                                           \
            int32_t f, double p0, double p1, double p2, const S* x, S* y, int64_t n, int32_t threads) {                \
            rectifier_activation_forward_##suffix(                                                                     \
                f, p0, p1, p2, reinterpret_cast<const uint16_t*>(x), reinterpret_cast<uint16_t*>(y), n, threads);      \
        }                                                                                                              \
        static void backward(int32_t f, int32_t from_output, double p0, double p1, double p2, const S* v, const S* dy, \
            S* dx, int64_t n, int32_t threads) {                                                                       \
            rectifier_activation_backward_##suffix(f, from_output, p0, p1, p2, reinterpret_cast<const uint16_t*>(v),   \
                reinterpret_cast<const uint16_t*>(dy), reinterpret_cast<uint16_t*>(dx), n, threads);                   \
        }                                                                                                              \
        static void dense_packed(int32_t f, double p0, double p1, double p2, const float* x, const S* w,               \
            const float* b, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads) {                 \
            rectifier_dense_packed_half_##suffix(                                                                      \
                f, p0, p1, p2, x, reinterpret_cast<const uint16_t*>(w), b, y, batch, inputs, units, threads);          \
        }                                                                                                              \
    };

RECTIFIER_TEST_HALF_API(BFloat16, bf16)
RECTIFIER_TEST_HALF_API(Float16, f16)

#undef RECTIFIER_TEST_HALF_API

using ScalarTypes = testing::Types<float, double>;
using HalfTypes = testing::Types<BFloat16, Float16>;
using StoredTypes = testing::Types<float, double, BFloat16, Float16>;

template <class S>
constexpr bool is_half = sizeof(S) == sizeof(uint16_t);

// A suite whose tests run for float and for double.
#define RECTIFIER_TYPED_SUITE(Suite)       \
    template <class S>                     \
    class Suite : public testing::Test {}; \
    TYPED_TEST_SUITE(Suite, ScalarTypes)

inline std::vector<std::string> all_instruction_sets() {
    std::istringstream list(rectifier_instruction_sets());
    std::vector<std::string> names;
    for (std::string name; std::getline(list, name, ',');) {
        names.push_back(name);
    }
    return names;
}

inline bool has_fma([[maybe_unused]] const std::string& instruction_set) {
#if defined(__x86_64__)
    return instruction_set != "baseline";
#else
    return true;
#endif
}

// body(name) under each instruction set that this machine has.
template <class Body>
void on_every_instruction_set(const Body& body) {
    for (const std::string& name : all_instruction_sets()) {
        ASSERT_EQ(rectifier_use_instruction_set(name.c_str()), RECTIFIER_OK);
        SCOPED_TRACE(name);
        body(name);
    }
}

// The index of a name in one of the library's registries, or -1.
inline int32_t index_of(const std::string& name, int32_t count, const char* (*name_of)(int32_t)) {
    for (int32_t i = 0; i < count; ++i) {
        if (name == name_of(i)) {
            return i;
        }
    }
    return -1;
}

inline int32_t elementwise(const std::string& name) {
    return index_of(name, rectifier_activation_count(), rectifier_activation_name);
}

inline int32_t learned(const std::string& name) {
    return index_of(name, rectifier_learned_count(), rectifier_learned_name);
}

inline int32_t axis_function(const std::string& name) {
    return index_of(name, rectifier_axis_count(), rectifier_axis_name);
}

// A file of the tests: where the build had it, or where the environment says that it was moved to.
inline std::string test_file(const char* variable, const char* built) {
    const char* moved = std::getenv(variable);
    return moved == nullptr ? built : moved;
}

inline void allow_threads() {
    rectifier_set_parallel_library(test_file("RECTIFIER_OMP_LIBRARY", RECTIFIER_OMP_LIBRARY).c_str());
}

template <class S>
using Bits =
    std::conditional_t<is_half<S>, uint16_t, std::conditional_t<sizeof(S) == sizeof(uint32_t), uint32_t, uint64_t>>;

template <class S>
S from_bits(Bits<S> bits) {
    S value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

template <class S>
Bits<S> to_bits(S value) {
    Bits<S> bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

template <class S>
bool same_bits(const std::vector<S>& a, const std::vector<S>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(S)) == 0);
}

// With the same bits for every NaN, which come from an operand that a compiler may choose.
template <class S>
std::vector<S> with_one_nan(std::vector<S> values) {
    for (S& value : values) {
        if (!(value == value)) {
            std::memset(&value, 0xFF, sizeof value);
        }
    }
    return values;
}

// The first few places where the bits differ.
template <class S>
testing::AssertionResult bits_equal(const std::vector<S>& actual, const std::vector<S>& expected) {
    if (same_bits(actual, expected)) {
        return testing::AssertionSuccess();
    }
    auto failure = testing::AssertionFailure() << actual.size() << " against " << expected.size() << " elements;";
    int shown = 0;
    for (size_t i = 0; i < actual.size() && i < expected.size() && shown < 3; ++i) {
        if (to_bits(actual[i]) != to_bits(expected[i])) {
            ++shown;
            failure << " [" << i << "] is " << std::hexfloat << actual[i] << " (" << std::hex << to_bits(actual[i])
                    << "), not " << expected[i] << " (" << to_bits(expected[i]) << std::dec << ")";
        }
    }
    return failure;
}

// Every kind of NaN, the ends of every range, both signs.
template <class S>
std::vector<S> special_values() {
    if constexpr (is_half<S>) {
        constexpr int normal = 1 << S::mantissa_bits;
        std::vector<S> values;
        for (int bits : {0, 1, normal - 1, normal, S::infinity - 1, S::infinity, S::infinity | S::quiet,
                 S::infinity | S::quiet | 5, S::infinity + 1}) {
            values.push_back(S::of_bits(bits));
            values.push_back(S::of_bits(bits | S::sign));
        }
        return values;
    } else {
        using L = std::numeric_limits<S>;
        const S quiet = L::quiet_NaN();
        std::vector<S> values = {0, L::denorm_min(), L::min() - L::denorm_min(), L::min(), L::epsilon(), 1,
            std::nextafter(S(1), S(2)), L::max(), L::infinity(), quiet, from_bits<S>(to_bits(quiet) | 1234),
            L::signaling_NaN()};
        for (size_t i = 0, n = values.size(); i < n; ++i) {
            values.push_back(from_bits<S>(to_bits(values[i]) ^ to_bits(S(-0.0))));
        }
        return values;
    }
}

// A number of [-limit, limit) for random bits: the distributions of the standard library differ, and samples are to be
// the same on every platform.
template <class S>
S up_to(S limit, uint64_t word) {
    return S((double(word >> 11) * 0x1p-52 - 1) * limit);
}

// `strata` numbers of every binade with both signs, among them the denormals', the infinities and NaN, then `more` at
// random: half of them over all bit patterns, half over the range where exp is neither 0 nor infinite. Of
// a type of 16 bits it is every number.
template <class S>
std::vector<S> stratified_sample([[maybe_unused]] int strata, [[maybe_unused]] int more) {
    if constexpr (is_half<S>) {
        std::vector<S> values;
        for (int bits = 0; bits < 1 << 16; ++bits) {
            values.push_back(S::of_bits(bits));
        }
        return values;
    } else {
        using L = std::numeric_limits<S>;
        constexpr int mantissa_bits = L::digits - 1, exponents = 2 * L::max_exponent;
        const Bits<S> width = (Bits<S>(1) << mantissa_bits) / Bits<S>(strata);
        std::mt19937_64 random(7);
        std::vector<S> values = special_values<S>();
        for (int e = 0; e < exponents; ++e) {
            for (int m = 0; m < strata; ++m) {
                const Bits<S> inside = m == 0 ? 0 : m == strata - 1 ? width - 1 : Bits<S>(random()) % width;
                const S value = from_bits<S>(Bits<S>(e) << mantissa_bits | (width * Bits<S>(m) + inside));
                values.push_back(value);
                values.push_back(from_bits<S>(to_bits(value) ^ to_bits(S(-0.0))));
            }
        }
        const S range = S(-1.05) * std::log(L::denorm_min());
        for (int i = 0; i < more; i += 2) {
            values.push_back(from_bits<S>(Bits<S>(random())));
            values.push_back(up_to(range, random()));
        }
        return values;
    }
}

// Draws what a network sees, about N(0, 3^2), with a special value here and there: the same on every platform.
template <class S>
class Everyday {
    std::vector<S> special = special_values<S>();
    std::mt19937_64 random;
    uint64_t one_special_in;
    std::vector<S> drawn;

    // A sum of twelve, with the standard deviation 2^16; the distributions of the standard library differ.
    double normal() {
        int64_t sum = 0;
        for (int i = 0; i < 3; ++i) {
            for (uint64_t word = random(); word != 0; word >>= 16) {
                sum += int64_t(word & 0xFFFF);
            }
        }
        return (double(sum - 6 * 0xFFFF) + double(random() >> 11) * 0x1p-53) * 0x1p-16;
    }

    S next() {
        const bool is_special = one_special_in > 0 && random() % one_special_in == 0;
        return is_special ? special[random() % special.size()]
                          : S(std::conditional_t<is_half<S>, float, S>(3 * normal()));
    }

  public:
    Everyday(uint64_t seed, int64_t one_special_in) : random(seed), one_special_in(uint64_t(one_special_in)) {}

    std::vector<S> first(int64_t n) {
        while (int64_t(drawn.size()) < n) {
            drawn.push_back(next());
        }
        return std::vector<S>(drawn.begin(), drawn.begin() + n);
    }
};

// The first n that a seed gives, to any thread. They are drawn once, which was half the time of the tests that ask
// again and again.
template <class S>
std::vector<S> everyday_values(int64_t n, uint64_t seed, int64_t one_special_in = 500) {
    static std::mutex mutex;
    static std::map<std::pair<uint64_t, int64_t>, Everyday<S>> by_seed;
    const std::lock_guard<std::mutex> lock(mutex);
    return by_seed.try_emplace({seed, one_special_in}, seed, one_special_in).first->second.first(n);
}

// The distance between neighbouring numbers of type S at `value`.
template <class S>
long double ulp(long double value) {
    using L = std::numeric_limits<S>;
    int exponent = value == 0 || !std::isfinite(value) ? L::min_exponent - 1 : std::ilogb(value);
    exponent = std::min(std::max(exponent, L::min_exponent - 1), L::max_exponent - 1);
    return std::ldexp(1.0L, exponent - L::digits + 1);
}

// |actual - exact| in ULP of S at `at`; 0 where `actual` is the number of type S next to `exact`.
template <class S>
double ulps(S actual, long double exact, long double at) {
    if (std::isnan(actual) || std::isnan(exact)) {
        return std::isnan(actual) && std::isnan(exact) ? 0 : std::numeric_limits<double>::infinity();
    }
    if (actual == S(exact)) {
        return 0;
    }
    // Overflow is as far off as the number that would come next.
    const long double beyond = std::ldexp(1.0L, std::numeric_limits<S>::max_exponent);
    const long double value = std::isinf(actual) ? std::copysign(beyond, actual) : actual;
    return double(std::fabs(value - exact) / ulp<S>(at));
}

template <class S>
double ulps(S actual, long double exact) {
    return ulps(actual, exact, exact);
}

// At least `least` bytes of memory of our own before a page that nobody may touch. Those of before are used again,
// since to ask the system for each array took most of the time of the tests that have many.
class GuardedPages {
    size_t page = page_size();

  public:
    size_t size;
    unsigned char* begin;

    explicit GuardedPages(size_t least) : size((least + page) / page * page), begin(spare().take(size)) {
        if (begin == nullptr) {
            begin = mapped();
        }
    }
    GuardedPages(const GuardedPages&) = delete;
    GuardedPages& operator=(const GuardedPages&) = delete;
    ~GuardedPages() { spare().give(size, begin); }

    unsigned char* end() const { return begin + size; }

  private:
    // Of all threads, since the oldest C library that the tests run on knows no destructor of a thread's variable.
    class Spare {
        std::mutex mutex;
        std::multimap<size_t, unsigned char*> by_size;

      public:
        // null where there are none of that size
        unsigned char* take(size_t size) {
            const std::lock_guard<std::mutex> lock(mutex);
            const auto found = by_size.find(size);
            if (found == by_size.end()) {
                return nullptr;
            }
            unsigned char* pages = found->second;
            by_size.erase(found);
            return pages;
        }

        void give(size_t size, unsigned char* pages) {
            const std::lock_guard<std::mutex> lock(mutex);
            by_size.emplace(size, pages);
        }
    };

    static Spare& spare() {
        static Spare pages;
        return pages;
    }

    static size_t page_size() {
#ifdef _WIN32
        SYSTEM_INFO info;
        GetSystemInfo(&info);
        return info.dwPageSize;
#else
        return size_t(sysconf(_SC_PAGESIZE));
#endif
    }

    unsigned char* mapped() const {
#ifdef _WIN32
        void* pages = VirtualAlloc(nullptr, size + page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        DWORD before;
        const bool guarded = pages != nullptr && VirtualProtect(end_of(pages), page, PAGE_NOACCESS, &before) != 0;
#else
        void* pages = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        bool guarded = pages != MAP_FAILED;
#ifdef __x86_64__
        // QEMU 7.2 reads the elements that a masked load leaves out.
        if (std::getenv("RECTIFIER_EMULATED") == nullptr)
#endif
        {
            guarded = guarded && mprotect(end_of(pages), page, PROT_NONE) == 0;
        }
#endif
        if (!guarded) {
            throw std::bad_alloc();
        }
        return static_cast<unsigned char*>(pages);
    }

    unsigned char* end_of(void* pages) const { return static_cast<unsigned char*>(pages) + size; }
};

// n elements at an address with any remainder, before an inaccessible page: what is read or written `gap` bytes past
// their end or later stops the test, and untouched() tells whether anything else beside them was written.
template <class S>
class Guarded {
    static constexpr unsigned char mark = 0xA5;
    size_t bytes;
    GuardedPages pages;
    unsigned char* elements;

  public:
    Guarded(const std::vector<S>& values, size_t gap)
        : bytes(values.size() * sizeof(S)), pages(bytes + gap), elements(pages.end() - gap - bytes) {
        std::memset(pages.begin, mark, pages.size);
        if (bytes > 0) {
            std::memcpy(elements, values.data(), bytes);
        }
    }

    S* data() { return reinterpret_cast<S*>(elements); }

    std::vector<S> values() const {
        std::vector<S> copy(bytes / sizeof(S));
        if (bytes > 0) {
            std::memcpy(copy.data(), elements, bytes);
        }
        return copy;
    }

    bool untouched() const {
        for (const unsigned char* b = pages.begin; b < pages.end(); ++b) {
            if ((b < elements || b >= elements + bytes) && *b != mark) {
                return false;
            }
        }
        return true;
    }
};

#endif
