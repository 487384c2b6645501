// The same bits for any length, place, number of threads and instruction set, and nothing written elsewhere.
#include <algorithm>
#include <thread>

#include "kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

template <class S>
std::vector<S> slices(const std::vector<S>& values, const Kernel<S>& kernel, int64_t first, int64_t n) {
    return {values.begin() + first * kernel.slice, values.begin() + (first + n) * kernel.slice};
}

template <class S>
class Invariance : public testing::Test {};
TYPED_TEST_SUITE(Invariance, StoredTypes);

TYPED_TEST(Invariance, AnElementDoesNotDependOnItsPlaceInTheArrayNorTheArrayOnMemory) {
    using S = TypeParam;
    std::mt19937_64 random(1);
    const auto below = [&](int64_t n) { return int64_t(random() % uint64_t(n)); };
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        const int64_t total = std::max<int64_t>(400 / kernel.slice, 8);
        const auto x = everyday_values<S>(total * kernel.slice, 2), dy = everyday_values<S>(total * kernel.slice, 3);
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> whole = kernel(x, dy, 0, total);
            for (int trial = 0; trial < 100; ++trial) {
                const int64_t first = below(total), n = below(total - first + 1);
                // Gaps of any number of bytes put elements at addresses of any remainder.
                Guarded<S> a(slices(x, kernel, first, n), size_t(below(70)));
                Guarded<S> b(slices(dy, kernel, first, n), size_t(below(70)));
                Guarded<S> c(std::vector<S>(size_t(n * kernel.slice)), size_t(below(70)));
                // In the place of x, of dy, or elsewhere.
                const int place = int(below(kernel.sources + 1));
                Guarded<S>& out = place == 1 ? a : place == 2 ? b : c;
                const int32_t threads = int32_t(below(9));
                kernel.run({a.data(), b.data(), out.data(), first, n, threads});
                ASSERT_TRUE(bits_equal(out.values(), slices(whole, kernel, first, n)))
                    << kernel.name << " of " << n << " from " << first << ", place " << place;
                ASSERT_TRUE(a.untouched() && b.untouched() && c.untouched()) << kernel.name << " of " << n;
                ASSERT_TRUE(place == 1 || same_bits(a.values(), slices(x, kernel, first, n))) << kernel.name;
                ASSERT_TRUE(place == 2 || same_bits(b.values(), slices(dy, kernel, first, n))) << kernel.name;
            }
        });
    }
}

TYPED_TEST(Invariance, AnyNumberOfThreadsGivesTheSameBits) {
    using S = TypeParam;
    allow_threads();
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        const int64_t n = many_slices(kernel);
        const auto x = everyday_values<S>(n * kernel.slice, 2), dy = everyday_values<S>(n * kernel.slice, 3);
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> serial = kernel(x, dy, 0, n);
            for (int32_t threads : {2, 3, 8}) {
                std::vector<S> out(serial.size());
                // The first call may be too short to wake threads for, the second shows that there are more.
                for (int call = 0; call < 2; ++call) {
                    kernel.run({x.data(), dy.data(), out.data(), 0, n, threads});
                }
                ASSERT_TRUE(bits_equal(out, serial)) << kernel.name << ", " << threads;
            }
            std::vector<S> place = x;
            kernel.run({place.data(), dy.data(), place.data(), 0, n, 5});
            ASSERT_TRUE(bits_equal(place, serial)) << kernel.name << " in place";
        });
    }
    EXPECT_STREQ(rectifier_parallel_status(), "loaded");
}

TYPED_TEST(Invariance, EveryInstructionSetWithFusedMultiplyAddGivesTheSameBits) {
    using S = TypeParam;
    const std::vector<S> sample = stratified_sample<S>(8, 1 << 16);
    std::vector<S> reversed = sample;
    std::reverse(reversed.begin(), reversed.end());
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        // Slices with special values come out as NaN, those without must be there as well.
        const int64_t n = int64_t(sample.size()) / kernel.slice;
        const auto calm = everyday_values<S>(n * kernel.slice, 2, 0), dy = everyday_values<S>(n * kernel.slice, 3, 0);
        std::vector<S> wild_result, calm_result;
        on_every_instruction_set([&](const std::string& name) {
            if (has_fma(name) || kernel.same_everywhere) {
                const std::vector<S> wild_here = with_one_nan(kernel(sample, reversed, 0, n));
                const std::vector<S> calm_here = kernel(calm, dy, 0, n);
                wild_result = wild_result.empty() ? wild_here : wild_result;
                calm_result = calm_result.empty() ? calm_here : calm_result;
                EXPECT_TRUE(bits_equal(wild_here, wild_result)) << kernel.name;
                EXPECT_TRUE(bits_equal(calm_here, calm_result)) << kernel.name;
            }
        });
    }
}

TYPED_TEST(Invariance, NanGivesNanInEveryLaneAndNowhereElse) {
    using S = TypeParam;
    constexpr int64_t longest = 3 * 64 / int64_t(sizeof(S)) + 1;
    const std::vector<S> plain = everyday_values<S>(longest, 2, 0), dy = everyday_values<S>(longest, 3, 0);
    std::vector<S> nans;
    for (const S value : special_values<S>()) {
        if (std::isnan(value)) {
            nans.push_back(value);
        }
    }
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        if (kernel.sources == 0 || kernel.slice > 1) {
            continue;
        }
        on_every_instruction_set([&](const std::string&) {
            for (int64_t n = 0; n < longest; ++n) {
                const std::vector<S> clean = kernel(plain, dy, 0, n);
                for (int64_t lane = 0; lane < n; ++lane) {
                    std::vector<S> x = plain;
                    x[size_t(lane)] = nans[size_t(lane) % nans.size()];
                    std::vector<S> y = kernel(x, dy, 0, n);
                    ASSERT_TRUE(std::isnan(y[size_t(lane)])) << kernel.name << ": " << lane << " of " << n;
                    y[size_t(lane)] = clean[size_t(lane)];
                    ASSERT_TRUE(bits_equal(y, clean)) << kernel.name << ": " << lane << " of " << n;
                }
            }
        });
    }
}

TYPED_TEST(Invariance, AResultTooLargeForTheCachesIsWhatItsPiecesAre) {
    using S = TypeParam;
    allow_threads();
    constexpr int64_t size = sizeof(S), n = (int64_t(1) << 25) / size + 77, piece = 100003, gap = 3;
    const std::vector<S> sample = everyday_values<S>(piece, 2), gradient = everyday_values<S>(piece, 3);
    std::vector<S> x, dy;
    while (int64_t(x.size()) < n) {
        x.insert(x.end(), sample.begin(), sample.end());
        dy.insert(dy.end(), gradient.begin(), gradient.end());
    }
    constexpr char mark = -77;
    std::vector<S> out(size_t(n + 2 * gap));
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        if (kernel.name.find("hardTanh") != 0 && kernel.name.find("sigmoid") != 0) {
            continue;
        }
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> expected = kernel(x, dy, 0, piece);
            // Neither the first nor the last element is where a line of the cache begins or ends, and shifted by a byte
            // none of them is.
            for (const auto& [threads, shift] : {std::pair<int32_t, int64_t>{1, 0}, {2, 0}, {1, 1}}) {
                std::memset(static_cast<void*>(out.data()), mark, out.size() * sizeof(S));
                S* const shifted = reinterpret_cast<S*>(reinterpret_cast<char*>(out.data() + gap) + shift);
                kernel.run({x.data(), dy.data(), shifted, 0, n, threads});
                const char* result = reinterpret_cast<const char*>(shifted);
                for (int64_t i = 0; i < n; i += piece) {
                    const int64_t bytes = std::min(piece, n - i) * size;
                    ASSERT_EQ(std::memcmp(result + i * size, expected.data(), size_t(bytes)), 0)
                        << kernel.name << ", among the " << piece << " from " << i;
                }
                const char* begin = reinterpret_cast<const char*>(out.data());
                const char* end = begin + (n + 2 * gap) * size;
                EXPECT_EQ(std::count(begin, result, mark), result - begin) << kernel.name;
                EXPECT_EQ(std::count(result + n * size, end, mark), gap * size - shift) << kernel.name;
            }
        });
    }
}

uint64_t control_word() {
#if defined(__x86_64__)
    // Without the sticky flags, which any arithmetic sets.
    return _mm_getcsr() & ~uint32_t(_MM_EXCEPT_MASK);
#else
    uint64_t word;
    asm volatile("mrs %0, fpcr" : "=r"(word));
    return word;
#endif
}

void set_control_word(uint64_t word) {
#if defined(__x86_64__)
    _mm_setcsr(uint32_t(word));
#else
    asm volatile("msr fpcr, %0" : : "r"(word));
#endif
}

TYPED_TEST(Invariance, NoCallChangesTheFloatingPointEnvironment) {
    using S = TypeParam;
    allow_threads();
#if defined(__x86_64__)
    constexpr uint64_t flush = 0x8040, upward = 0x4000;
#else
    constexpr uint64_t flush = 1 << 24, upward = 1 << 22;
#endif
    const uint64_t usual = control_word();
    for (const Kernel<S>& kernel : all_kernels<S>()) {
        const int64_t many = many_slices(kernel);
        const auto x = everyday_values<S>(many * kernel.slice, 2), dy = everyday_values<S>(many * kernel.slice, 3);
        on_every_instruction_set([&](const std::string&) {
            for (uint64_t word : {usual, usual | flush, usual | upward}) {
                for (int32_t threads : {1, 2}) {
                    set_control_word(word);
                    kernel(x, dy, 0, threads == 1 ? 9 : many, threads);
                    const uint64_t after = control_word();
                    set_control_word(usual);
                    ASSERT_EQ(after, word) << kernel.name << ", " << threads << " threads";
                }
            }
        });
    }
}

TYPED_TEST(Invariance, ManyCallersAtOnceGetWhatOneGets) {
    using S = TypeParam;
    allow_threads();
    const std::vector<Kernel<S>> kernels = all_kernels<S>();
    std::vector<std::vector<S>> x, dy, expected;
    for (const Kernel<S>& kernel : kernels) {
        const int64_t n = many_slices(kernel);
        x.push_back(everyday_values<S>(n * kernel.slice, 2));
        dy.push_back(everyday_values<S>(n * kernel.slice, 3));
        expected.push_back(kernel(x.back(), dy.back(), 0, n));
    }
    std::vector<std::thread> callers;
    std::vector<std::string> wrong(8);
    for (size_t caller = 0; caller < wrong.size(); ++caller) {
        callers.emplace_back([&, caller] {
            for (size_t i = 0; i < kernels.size(); ++i) {
                // Each begins with another kernel, so that different ones meet.
                const size_t k = (i + caller * 5) % kernels.size();
                if (!same_bits(kernels[k](x[k], dy[k], 0, many_slices(kernels[k]), 4), expected[k])) {
                    wrong[caller] = kernels[k].name;
                }
            }
        });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    for (const std::string& name : wrong) {
        EXPECT_EQ(name, "");
    }
}

}  // namespace
