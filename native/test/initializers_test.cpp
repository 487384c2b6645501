// The generator's published answers, and the distributions made of it.
#include <fstream>
#include <iomanip>

#include "initializers/bounded_normal.h"
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

template <class P>
ScalarOf<P> lane_of(P packet) {
    ScalarOf<P> lane[lanes<P>];
    store(lane, packet);
    return lane[0];
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
            EXPECT_NEAR(lane_of(lower_quantile(set<Packet<double>>(t))), double(low), 1e-12) << std::hexfloat << t;
        }
    }
}

// The error of z as the quantile at p = 1/2 + q, in ULP: by how much the distribution function misses, over its slope.
double quantile_error(double z, double p, double q) {
    const double missed = std::fabs(z) < 0.5 ? std::erf(z * M_SQRT1_2) / 2 - q
                          : z < 0            ? std::erfc(-z * M_SQRT1_2) / 2 - p
                                             : 1 - p - std::erfc(z * M_SQRT1_2) / 2;
    const double error = missed * std::sqrt(2 * M_PI) * std::exp(z * z / 2);
    return std::fabs(error) * std::ldexp(1.0, 23 - std::ilogb(z - error));
}

template <bool truncated>
double worst_quantile_error(uint64_t step) {
    const double mass = truncated ? mass_within_2 : 1, below = truncated ? cdf_of_minus_2 : 0;
    const FloatQuantile<truncated> quantile;
    double worst = 0;
    // One half of all words: the test after this one says that the other is its mirror image.
    for (uint64_t first = 0; first < uint64_t(1) << 31; first += word_lanes * step) {
        Words words;
        for (int i = 0; i < word_lanes; ++i) {
            words[i] = uint32_t(std::min(first + uint64_t(i) * step, (uint64_t(1) << 31) - 1));
        }
        float z[word_lanes];
        store(z, quantile(words));
        for (int i = 0; i < word_lanes; ++i) {
            const double cell = double(words[i]) + 0.5;
            const double p = below + cell * 0x1p-32 * mass, q = (cell - 0x1p31) * 0x1p-32 * mass;
            worst = std::max(worst, quantile_error(z[i], p, q));
        }
    }
    return worst;
}

// All words with RECTIFIER_ALL_WORDS in the environment.
TEST(Distributions, TheQuantileOfFloatIsWithinAFewUnitsInTheLastPlace) {
    const uint64_t step = std::getenv("RECTIFIER_ALL_WORDS") != nullptr ? 1 : 997;
    const double normal = worst_quantile_error<false>(step), truncated = worst_quantile_error<true>(step);
    std::printf(
        "every %s word: normal %.3f ULP, truncated %.3f ULP\n", step == 1 ? "single" : "997th", normal, truncated);
    EXPECT_LT(normal, 2.23);
    EXPECT_LT(truncated, 3.03);
}

TEST(Distributions, TheQuantileOfFloatIsMonotonicAndSymmetric) {
    const FloatQuantile<false> normal;
    const FloatQuantile<true> truncated;
    // Around the ends of all pieces: rounding may take neighbours back by a few units.
    std::vector<uint32_t> edges = {0x40000000 - 64, 0x7FFFFFFF - uint32_t(0x1p30 / mass_within_2) - 512};
    for (int i = 0; i < 31; ++i) {
        edges.push_back(uint32_t(1) << i);
    }
    for (const uint32_t edge : edges) {
        for (uint32_t w = edge > 300 ? edge - 300 : 0; w < edge + 300; ++w) {
            const Words word = Words{} + w, mirrored = ~word, next = word + 300;
            EXPECT_LE(lane_of(normal(word)), lane_of(normal(next)) + 1e-6f) << w;
            EXPECT_LE(lane_of(truncated(word)), lane_of(truncated(next)) + 1e-6f) << w;
            EXPECT_EQ(lane_of(normal(word)), -lane_of(normal(mirrored))) << w;
            EXPECT_EQ(lane_of(truncated(word)), -lane_of(truncated(mirrored))) << w;
            EXPECT_GE(lane_of(truncated(word)), -2) << w;
        }
    }
}

// The deviations that a cut normal distribution is tested at: on both sides, on one, far out, one-sided and so narrow
// that it is uniform.
constexpr double bounds_in_deviations[][2] = {{-2, 2}, {-1, 3}, {-INFINITY, INFINITY}, {0.5, INFINITY}, {-3, 0x1p-10},
    {8, 9}, {-INFINITY, -5}, {29.5, 37.5}, {30, INFINITY}, {-31, -30.875}, {0x1p-10, 0x1p-9}, {-0x1p-30, 0x1p-29},
    {1.375, 1.5}};

// By how much the quantile z at p of N(0, 1) between bounds is off: by how much the distribution function misses, over
// its slope.
template <class T>
T bounded_error(T z, T p, T lower, T upper) {
    const T rest = 1 - p, root_half = std::sqrt(T(0.5));
    const auto tail = [=](T x) { return std::erfc(x * root_half) / 2; };
    const auto offset = [=](T x) { return std::erf(x * root_half) / 2; };
    T missed;
    if (std::fabs(z) < 1) {
        missed = rest * (offset(z) - offset(lower)) - p * (offset(upper) - offset(z));
    } else if (z > 0) {
        missed = rest * (lower < 0 ? 1 - tail(-lower) - tail(z) : tail(lower) - tail(z)) - p * (tail(z) - tail(upper));
    } else {
        missed =
            rest * (tail(-z) - tail(-lower)) - p * (upper > 0 ? 1 - tail(upper) - tail(-z) : tail(-upper) - tail(-z));
    }
    return std::fabs(missed * std::sqrt(T(2 * M_PI)) * std::exp(z * z / 2));
}

// Errors are in units in the last place of |z|, or of 2^-20 nearer to 0. The truth rises with the word, so that of
// neighbours with one value the first and the last are the farthest off.
TEST(Distributions, TheBoundedQuantileOfFloatIsTheNearestButForAThousandth) {
    const uint64_t step = std::getenv("RECTIFIER_ALL_WORDS") != nullptr ? 1 : 4999;
    for (const auto& [lower, upper] : bounds_in_deviations) {
        double worst = 0;
        uint64_t worst_word = 0;
        const auto check = [&, lower = lower, upper = upper](uint64_t word, float z) {
            const double error = bounded_error<double>(z, (double(word) + 0.5) * 0x1p-32, lower, upper);
            const double ulps = std::ldexp(error, 23 - std::ilogb(std::max(std::fabs(double(z)), 0x1p-20)));
            if (!(ulps <= worst)) {
                worst = ulps;
                worst_word = word;
            }
        };
        with_bounded_normal<float>(0, 1, lower, upper, [&](const auto& quantile) {
            float last = NAN;
            uint64_t last_word = 0;
            for (uint64_t first = 0; first < uint64_t(1) << 32; first += word_lanes * step) {
                Words words;
                for (int i = 0; i < word_lanes; ++i) {
                    words[i] = uint32_t(std::min(first + uint64_t(i) * step, (uint64_t(1) << 32) - 1));
                }
                float z[word_lanes];
                store(z, quantile(words));
                for (int i = 0; i < word_lanes; ++i) {
                    if (z[i] != last) {
                        if (last == last) {
                            check(last_word, last);
                        }
                        check(words[i], z[i]);
                    }
                    last = z[i];
                    last_word = words[i];
                }
            }
            check(last_word, last);
        });
        std::printf("every %s word of [%g, %g] deviations: %.3f ULP, at %.0f\n", step == 1 ? "single" : "4999th", lower,
            upper, worst, double(worst_word));
        EXPECT_LT(worst, 0.502) << lower << ", " << upper;
    }
}

// In units in the last place of |z|, or nearer to 0 of a quarter or of the farther bound.
TEST(Distributions, TheBoundedQuantileOfDoubleIsWithinAFewUnitsInTheLastPlace) {
    if (std::numeric_limits<long double>::digits < 64) {
        GTEST_SKIP() << "long double is no wider than double here";
    }
    std::mt19937_64 random(1);
    for (const auto& [lower, upper] : bounds_in_deviations) {
        const double least = std::min(0.25, std::max(std::fabs(lower), std::fabs(upper)));
        double worst = 0;
        with_bounded_normal<double>(0, 1, lower, upper, [&, lower = lower, upper = upper](const auto& quantile) {
            for (int i = 0; i < 20000; ++i) {
                // Every other time near to either end, as near as can be.
                LongWords words;
                for (int j = 0; j < long_word_lanes; ++j) {
                    const uint64_t word = random();
                    words[j] = i % 4 == 0 ? word >> random() % 53 : i % 4 == 2 ? ~(word >> random() % 53) : word;
                }
                double z[long_word_lanes];
                store(z, quantile(words));
                for (int j = 0; j < long_word_lanes; ++j) {
                    const long double p = ((long double)(words[j] >> 12) + 0.5L) * 0x1p-52L;
                    const double error = double(bounded_error<long double>(z[j], p, lower, upper));
                    worst = std::max(worst, std::ldexp(error, 52 - std::ilogb(std::max(std::fabs(z[j]), least))));
                }
            }
        });
        std::printf("[%g, %g] deviations in double: %.2f ULP\n", lower, upper, worst);
        EXPECT_LT(worst, 8) << lower << ", " << upper;
    }
}

RECTIFIER_TYPED_SUITE(Fill);

template <class S>
using FillFunction = void (*)(double, double, int64_t, int64_t, int64_t, S*, int64_t, int32_t);

constexpr int64_t count = 1 << 20;

template <class S>
std::vector<S> filled(FillFunction<S> fill, double a, double b, int64_t seed = 42, int64_t stream = 3) {
    std::vector<S> values(count);
    fill(a, b, seed, stream, 0, values.data(), count, 1);
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

// The statistic of Kolmogorov and Smirnov for the mean and deviation and bounds of bounded_normal.
template <class S>
double distance_from_law(std::vector<S> values, double mean, double stddev, double low, double high) {
    std::sort(values.begin(), values.end());
    const long double root_half = std::sqrt(0.5L), lower = (low - mean) / stddev, upper = (high - mean) / stddev;
    const bool turned = lower + upper < 0;
    const auto tail = [=](long double z) { return std::erfc((turned ? -z : z) * root_half) / 2; };
    double worst = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        const long double from_low = tail(lower) - tail((values[i] - mean) / stddev);
        const double expected = double(from_low / (tail(lower) - tail(upper)));
        worst = std::max(
            {worst, expected - double(i) / double(values.size()), double(i + 1) / double(values.size()) - expected});
    }
    return worst * std::sqrt(double(values.size()));
}

TYPED_TEST(Fill, BoundedNormalHasItsDistributionAndStaysWithinItsBounds) {
    using S = TypeParam;
    constexpr double laws[][4] = {{0, 1, -2, 2}, {0.5, 0.25, -2, 0.75}, {0, 0.02, -2, 2}, {-1, 0.1, 0, INFINITY},
        {0, 1, 8, 9}, {3, 2, -INFINITY, -60}, {0, 1e-3, 0.1, 0.1001}, {0, 1e30, -1, 3}, {1, 1, -INFINITY, INFINITY}};
    for (const auto& [mean, stddev, low, high] : laws) {
        std::vector<S> values(100000);
        Api<S>::fill_bounded_normal(mean, stddev, low, high, 42, 3, 0, values.data(), int64_t(values.size()), 1);
        for (const S value : values) {
            ASSERT_TRUE(double(value) >= low && double(value) <= high) << value << " of " << low << ", " << high;
        }
        // More than 1.95 happens once in a thousand times.
        EXPECT_LT(distance_from_law(values, mean, stddev, low, high), 1.95) << mean << ", " << stddev << ", " << low;
    }
}

TYPED_TEST(Fill, BoundsOfAnyDistanceAndWidthGiveNumbersBetweenThem) {
    using S = TypeParam;
    constexpr double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
    // The last have more deviations than double has numbers.
    constexpr double laws[][4] = {{0, 1, 1, 1 + 0x1p-20}, {0, 1e-6, 1, 2}, {0, 1, -1e-30, 1e-30}, {0, 1, -0.0, 1},
        {0, least, 1, 2}, {-most, 1, 1, 2}, {most, least, 1, 2}, {0, 1, -most, most}, {0, 1, 1e8, INFINITY},
        {1, 1e-300, -INFINITY, 0}};
    for (const auto& [mean, stddev, low, high] : laws) {
        std::vector<S> values(1000);
        Api<S>::fill_bounded_normal(mean, stddev, low, high, 42, 3, 0, values.data(), int64_t(values.size()), 1);
        for (const S value : values) {
            ASSERT_TRUE(double(value) >= low && double(value) <= high) << value << " of " << low << ", " << high;
        }
    }
}

TYPED_TEST(Fill, AnyPieceCanBeHadAloneAndNoOtherSeedOrStreamHasIt) {
    using S = TypeParam;
    for (FillFunction<S> fill : {Api<S>::fill_uniform, Api<S>::fill_normal, Api<S>::fill_truncated_normal}) {
        for (int64_t base : {int64_t(0), (int64_t(1) << 40) - 1000, int64_t(1) << 58}) {
            const auto piece = [&](int64_t seed, int64_t stream, int64_t first, int64_t n) {
                std::vector<S> values(static_cast<size_t>(n));
                fill(0, 1, seed, stream, base + first, values.data(), n, 1);
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

// "normal float32 0 1 42 0 0 4096", or "bounded_normal(-2,2) float32 ...", and a hash and the first values of that
// fill.
template <class S, class Fill>
std::string answer(const Fill& fill, const std::string& question) {
    std::istringstream words(question);
    std::string distribution, type;
    double a, b;
    int64_t seed, stream, first, n;
    words >> distribution >> type >> a >> b >> seed >> stream >> first >> n;
    std::vector<S> values(static_cast<size_t>(n));
    fill(a, b, seed, stream, first, values.data(), n, 1);
    // Fowler, Noll and Vo's hash 1a, of little-endian bytes.
    uint64_t hash = 0xcbf29ce484222325;
    std::ostringstream text;
    for (size_t i = 0; i < values.size(); ++i) {
        const Bits<S> bits = to_bits(values[i]);
        for (size_t byte = 0; byte < sizeof bits; ++byte) {
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * 0x100000001b3;
        }
        if (i < 4) {
            text << ' ' << std::setw(2 * sizeof bits) << std::setfill('0') << std::hex << bits;
        }
    }
    std::ostringstream line;
    line << question << ' ' << std::setw(16) << std::setfill('0') << std::hex << hash << text.str();
    return line.str();
}

template <class S>
std::string answer(const std::string& question) {
    double low, high;
    if (std::sscanf(question.c_str(), "bounded_normal(%lf,%lf)", &low, &high) == 2) {
        return answer<S>(
            [=](double mean, double stddev, int64_t seed, int64_t stream, int64_t first, S* out, int64_t n,
                int32_t threads) {
                Api<S>::fill_bounded_normal(mean, stddev, low, high, seed, stream, first, out, n, threads);
            },
            question);
    }
    const std::string distribution = question.substr(0, question.find(' '));
    return answer<S>(distribution == "uniform"  ? Api<S>::fill_uniform
                     : distribution == "normal" ? Api<S>::fill_normal
                                                : Api<S>::fill_truncated_normal,
        question);
}

// A change of any bit would change the weights of everybody's models.
TEST(KnownAnswers, AreGivenOnEveryInstructionSet) {
    std::ifstream file(test_file("RECTIFIER_KNOWN_ANSWERS", RECTIFIER_KNOWN_ANSWERS));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        if (line[0] != '#') {
            lines.push_back(line);
        }
    }
    ASSERT_GT(lines.size(), 10u);
    on_every_instruction_set([&](const std::string&) {
        for (const std::string& line : lines) {
            std::istringstream words(line);
            std::string question;
            for (int i = 0; i < 8; ++i) {
                std::string word;
                words >> word;
                question += (i == 0 ? "" : " ") + word;
            }
            const bool is_float = question.find("float32") != std::string::npos;
            EXPECT_EQ(line, is_float ? answer<float>(question) : answer<double>(question));
        }
    });
}

}  // namespace
