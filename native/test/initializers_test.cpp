// The generator's published answers, and the distributions made of it.
#include "initializers/distributions.h"
#include "support.h"

namespace {

TEST(Philox, GivesThePublishedAnswers) {
    // Counter and key of kat_vectors, Random123 (Salmon et al. 2011), as block, stream and seed.
    struct Answer {
        uint64_t block, stream, seed;
        uint32_t words[4];
    };
    const Answer answers[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {~0ull, ~0ull, ~0ull, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (const Answer& answer : answers) {
        // At every place in a batch.
        for (int place = 0; place < philox_blocks; ++place) {
            uint32_t words[philox_words];
            philox({int64_t(answer.seed), int64_t(answer.stream), 0}, Domain::initializer,
                int64_t(answer.block - uint64_t(place)), words);
            for (int i = 0; i < 4; ++i) {
                EXPECT_EQ(words[4 * place + i], answer.words[i]) << std::hex << answer.block << ", word " << i;
            }
        }
    }
}

TEST(Distributions, TheNormalQuantileIsThatOfAnExactInversion) {
    std::mt19937_64 random(1);
    for (int exponent = -53; exponent <= -2; ++exponent) {
        for (int i = 0; i < 40; ++i) {
            const double t =
                i == 0 ? std::ldexp(2.0, exponent) : std::ldexp(1 + double(random() >> 12) * 0x1p-52, exponent);
            long double low = -9, high = 0;
            for (int step = 0; step < 64; ++step) {
                const long double middle = (low + high) / 2;
                (std::erfc(-middle / std::sqrt(2.0L)) / 2 < t ? low : high) = middle;
            }
            EXPECT_NEAR(lower_quantile(t), double(low), 1e-12) << std::hexfloat << t;
        }
    }
}

RECTIFIER_TYPED_SUITE(Fill);

template <class S>
using FillFunction = void (*)(double, double, int64_t, int64_t, int64_t, S*, int64_t, int64_t, int32_t);

constexpr int64_t count = 1 << 20;

template <class S>
std::vector<S> filled(FillFunction<S> fill, double a, double b, int64_t seed = 42, int64_t stream = 3) {
    std::vector<S> values(count);
    fill(a, b, seed, stream, 0, values.data(), 0, count, 1);
    return values;
}

// Mean, variance, third and fourth moment and correlation of neighbours within 5 standard errors.
template <class S>
void expect_moments(
    const std::vector<S>& values, double mean, double deviation, double kurtosis, double sixth, double eighth) {
    long double sums[5] = {}, neighbours = 0, last = 0;
    for (const S value : values) {
        const long double z = (value - mean) / deviation;
        long double power = 1;
        for (int k = 1; k <= 4; ++k) {
            sums[k] += power *= z;
        }
        neighbours += z * last;
        last = z;
    }
    const double n = double(values.size()), expected[] = {1, 0, 1, 0, kurtosis};
    const double variance[] = {0, 1, kurtosis - 1, sixth, eighth - kurtosis * kurtosis};
    for (int k = 1; k <= 4; ++k) {
        EXPECT_NEAR(double(sums[k]) / n, expected[k], 5 * std::sqrt(variance[k] / n)) << "moment " << k;
    }
    EXPECT_NEAR(double(neighbours) / n, 0, 5 / std::sqrt(n));
}

TYPED_TEST(Fill, UniformHasItsMomentsAndStaysInItsRange) {
    using S = TypeParam;
    const std::vector<S> values = filled<S>(Api<S>::fill_uniform, -0.25, 0.75);
    expect_moments(values, 0.25, std::sqrt(1.0 / 12), 9.0 / 5, 27.0 / 7, 9);
    // So coarse a range that rounding would reach its end.
    for (const auto& [low, high] : {std::pair<double, double>{-0.25, 0.75}, {1, 1 + 0x1p-20}, {-1e30, 1}, {5, 5}}) {
        for (const S value : filled<S>(Api<S>::fill_uniform, low, high)) {
            ASSERT_TRUE(value >= S(low) && (value < S(high) || low == high)) << value << " of " << low << ", " << high;
        }
    }
}

TYPED_TEST(Fill, NormalHasItsMoments) {
    using S = TypeParam;
    expect_moments(filled<S>(Api<S>::fill_normal, 3, 0.5), 3, 0.5, 3, 15, 105);
}

TYPED_TEST(Fill, TruncatedNormalHasItsMomentsAndStaysWithinTwoDeviations) {
    using S = TypeParam;
    // Moments of N(0, 1) on [-2, 2]: m[k] = (k - 1) m[k - 2] - 2^k phi(2) / (Phi(2) - 1/2).
    const double tail = std::exp(-2.0) / std::sqrt(2 * std::acos(-1.0)) / (std::erf(std::sqrt(2.0)) / 2);
    double m[10] = {1};
    for (int k = 2; k <= 8; k += 2) {
        m[k] = (k - 1) * m[k - 2] - std::ldexp(tail, k - 1);
    }
    const std::vector<S> values = filled<S>(Api<S>::fill_truncated_normal, -1, 0.1);
    expect_moments(values, -1, 0.1 * std::sqrt(m[2]), m[4] / std::pow(m[2], 2), m[6] / std::pow(m[2], 3),
        m[8] / std::pow(m[2], 4));
    for (const S value : values) {
        ASSERT_TRUE(value >= S(-1.2) && value <= S(-0.8)) << value;
    }
}

TYPED_TEST(Fill, AnyPieceCanBeHadAloneAndNoOtherSeedOrStreamHasIt) {
    using S = TypeParam;
    for (FillFunction<S> fill : {Api<S>::fill_uniform, Api<S>::fill_normal, Api<S>::fill_truncated_normal}) {
        for (int64_t base : {int64_t(0), (int64_t(1) << 40) - 1000, int64_t(1) << 58}) {
            const auto piece = [&](int64_t seed, int64_t stream, int64_t first, int64_t n) {
                std::vector<S> values(static_cast<size_t>(n));
                fill(0, 1, seed, stream, base + first, values.data(), 0, n, 1);
                return values;
            };
            const std::vector<S> all = piece(42, 3, 0, 2000);
            for (int64_t first : {1, 2, 3, 64, 999, 1000}) {
                EXPECT_TRUE(bits_equal(piece(42, 3, first, 777), {all.begin() + first, all.begin() + first + 777}));
            }
            for (const auto& [seed, stream] : {std::pair<int64_t, int64_t>{43, 3}, {42, 4}, {3, 42}, {-42, 3}}) {
                const std::vector<S> other = piece(seed, stream, 0, 2000);
                int equal = 0;
                for (size_t i = 0; i < all.size(); ++i) {
                    equal += all[i] == other[i];
                }
                EXPECT_LE(equal, 2) << seed << ", " << stream;
            }
        }
    }
}

}  // namespace
