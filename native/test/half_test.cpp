// Types of 16 bits: what is stored, and that each result is the one of float, rounded.
#include <cstdlib>
#include <thread>

#include "engine/table.h"
#include "kernels.h"

// Of the library's inside, whose other names are those of the tests.
const KernelTable& kernel_table();

namespace {

template <class S>
const HalfFormat& format();
template <>
const HalfFormat& format<BFloat16>() {
    return kernel_table().bf16;
}
template <>
const HalfFormat& format<Float16>() {
    return kernel_table().f16;
}

template <class S>
class HalfTest : public testing::Test {};
TYPED_TEST_SUITE(HalfTest, HalfTypes);

const uint16_t* bits(const BFloat16* values) { return &values->bits; }
const uint16_t* bits(const Float16* values) { return &values->bits; }

template <class S>
std::vector<float> widened(const std::vector<S>& values) {
    return {values.begin(), values.end()};
}

template <class S>
std::vector<S> narrowed(const std::vector<float>& values) {
    std::vector<S> halves;
    halves.reserve(values.size());
    for (const float value : values) {
        halves.push_back(S(value));
    }
    return halves;
}

TYPED_TEST(HalfTest, EveryNumberIsWidenedToItsValue) {
    using S = TypeParam;
    const std::vector<S> all = stratified_sample<S>(0, 0);
    on_every_instruction_set([&](const std::string&) {
        std::vector<float> wide(all.size());
        format<S>().widen(bits(all.data()), wide.data(), int64_t(all.size()));
        EXPECT_TRUE(bits_equal(wide, widened(all)));
    });
}

TYPED_TEST(HalfTest, TheNearestIsTakenAndOfTwoTheEvenOne) {
    using S = TypeParam;
    std::vector<float> values = stratified_sample<float>(64, 1 << 16);
    for (int i = 0; i < 1 << 16; ++i) {
        const float here = S::of_bits(i), next = S::of_bits(i + 1);
        // Halfway to the next, which is infinite after the greatest, and what is beside it.
        const float tie = std::isinf(next) && !std::isinf(here) ? here + (here - float(S::of_bits(i - 1))) / 2
                                                                : float((double(here) + double(next)) / 2);
        for (const float value : {here, tie, std::nextafter(tie, INFINITY), std::nextafter(tie, -INFINITY)}) {
            values.push_back(value);
        }
    }
    std::vector<uint16_t> expected;
    for (const S half : narrowed<S>(values)) {
        expected.push_back(half.bits);
    }
    on_every_instruction_set([&](const std::string&) {
        std::vector<uint16_t> actual(values.size());
        format<S>().narrow(values.data(), actual.data(), int64_t(values.size()), false);
        for (size_t i = 0; i < values.size(); ++i) {
            ASSERT_EQ(actual[i], expected[i]) << std::hexfloat << values[i] << ", " << std::hex << to_bits(values[i]);
        }
    });
}

// With RECTIFIER_ALL_WORDS in the environment.
TYPED_TEST(HalfTest, EveryFloatIsRoundedToTheNearest) {
    using S = TypeParam;
    if (std::getenv("RECTIFIER_ALL_WORDS") == nullptr) {
        GTEST_SKIP() << "takes minutes";
    }
    constexpr uint32_t block = 1 << 16;
    std::vector<float> values(block);
    std::vector<uint16_t> actual(block);
    for (uint32_t upper = 0; upper < block; ++upper) {
        std::vector<uint16_t> expected(block);
        for (uint32_t lower = 0; lower < block; ++lower) {
            values[lower] = from_bits<float>(upper << 16 | lower);
            expected[lower] = S(values[lower]).bits;
        }
        on_every_instruction_set([&](const std::string&) {
            format<S>().narrow(values.data(), actual.data(), block, false);
            ASSERT_EQ(actual, expected) << "among the floats from " << values[0];
        });
    }
}

TYPED_TEST(HalfTest, EveryResultIsThatOfFloatRounded) {
    using S = TypeParam;
    const std::vector<S> x = stratified_sample<S>(0, 0);
    const int64_t n = int64_t(x.size());
    // Everything meets the same, then everything else.
    std::vector<std::vector<S>> dys;
    for (const float dy : {1.0f, -0.3f, 1e-6f, -3e4f, INFINITY, NAN}) {
        dys.emplace_back(x.size(), S(dy));
    }
    dys.push_back(x);
    std::shuffle(dys.back().begin(), dys.back().end(), std::mt19937_64(1));
    const std::vector<Kernel<S>> kernels = elementwise_kernels<S>();
    const std::vector<Kernel<float>> of_float = elementwise_kernels<float>();
    ASSERT_EQ(kernels.size(), of_float.size());
    on_every_instruction_set([&](const std::string&) {
        for (size_t k = 0; k < kernels.size(); ++k) {
            for (size_t i = 0; i < (kernels[k].sources == 1 ? 1 : dys.size()); ++i) {
                const std::vector<float> exact = of_float[k](widened(x), widened(dys[i]), 0, n);
                ASSERT_TRUE(bits_equal(kernels[k](x, dys[i], 0, n), narrowed<S>(exact)))
                    << kernels[k].name << ", dy " << float(dys[i][0]);
            }
        }
    });
}

}  // namespace
