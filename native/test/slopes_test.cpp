// PReLU, learned Swish and RReLU against plain loops.
#include <algorithm>

#include "oracle.h"
#include "support.h"

namespace {

struct Shape {
    int64_t outer, channels, inner;
};

// Shared, channels last, channels in the middle, empty in each way, and large enough to go parallel.
constexpr Shape shapes[] = {{1, 1, 1}, {50, 1, 3}, {33, 7, 1}, {5, 200, 1}, {9, 3, 35}, {1, 4, 64}, {0, 3, 2},
    {0, 1, 1}, {300001, 1, 1}, {3001, 70, 1}, {11, 130, 101}};

RECTIFIER_TYPED_SUITE(Prelu);

TYPED_TEST(Prelu, ForwardAndBackwardAreThoseOfThePlainLoop) {
    using S = TypeParam;
    allow_threads();
    for (const Shape& shape : shapes) {
        const auto [outer, channels, inner] = shape;
        const size_t n = size_t(outer * channels * inner);
        const auto x = everyday_values<S>(int64_t(n), 1, 0), dy = everyday_values<S>(int64_t(n), 2, 0);
        const auto alpha = everyday_values<S>(channels, 3, 0);
        std::vector<S> y(n), dx(n);
        std::vector<long double> sum(alpha.size()), magnitude(alpha.size());
        for (size_t i = 0; i < n; ++i) {
            const size_t c = i / size_t(inner) % size_t(channels);
            y[i] = x[i] > 0 ? x[i] : alpha[c] * x[i];
            dx[i] = x[i] > 0 ? dy[i] : alpha[c] * dy[i];
            const long double term = x[i] > 0 ? 0.0L : (long double)(x[i]) * dy[i];
            sum[c] += term;
            magnitude[c] += std::fabs(term);
        }
        std::vector<S> first_dalpha;
        on_every_instruction_set([&](const std::string&) {
            for (int32_t threads : {1, 2, 8}) {
                SCOPED_TRACE(testing::Message() << outer << " x " << channels << " x " << inner << ", " << threads);
                std::vector<S> actual(n), dalpha(alpha.size(), 99);
                Api<S>::learned_forward(
                    learned("prelu"), x.data(), 0, alpha.data(), 0, actual.data(), 0, outer, channels, inner, threads);
                EXPECT_TRUE(bits_equal(actual, y));
                // In the place of dy, so that dalpha must have been had before.
                actual = dy;
                Api<S>::learned_backward(learned("prelu"), x.data(), 0, alpha.data(), 0, actual.data(), 0,
                    actual.data(), 0, dalpha.data(), 0, outer, channels, inner, threads);
                EXPECT_TRUE(bits_equal(actual, dx));
                first_dalpha = first_dalpha.empty() ? dalpha : first_dalpha;
                EXPECT_TRUE(bits_equal(dalpha, first_dalpha)) << "dalpha";
                for (size_t c = 0; c < alpha.size(); ++c) {
                    // Float is summed in double; double without error but that of each product.
                    const long double relative = sizeof(S) == sizeof(float) ? 0x1p-44L : 0x1p-53L;
                    EXPECT_NEAR(dalpha[c], sum[c], double(ulp<S>(sum[c]) / 2 + magnitude[c] * relative)) << c;
                }
            }
        });
    }
}

TYPED_TEST(Prelu, ATensorWithoutElementsIsNotRead) {
    const TypeParam alpha[] = {1, 2, 3};
    TypeParam dalpha[] = {9, 9, 9};
    TypeParam* none = nullptr;
    on_every_instruction_set([&](const std::string&) {
        Api<TypeParam>::learned_backward(learned("prelu"), none, 0, alpha, 0, none, 0, none, 0, dalpha, 0, 2, 3, 0, 1);
        EXPECT_EQ(std::count(dalpha, dalpha + 3, 0), 3);
    });
}

TYPED_TEST(Prelu, ANanSlopeGradientHasTheSameBitsEverywhere) {
    using S = TypeParam;
    const auto x = everyday_values<S>(37 * 30, 1, 5), dy = everyday_values<S>(37 * 30, 2, 5);
    for (const Shape& shape : {Shape{1110, 1, 1}, {30, 37, 1}, {3, 10, 37}}) {
        const std::vector<S> alpha(size_t(shape.channels), 1);
        std::vector<S> dx(x.size()), first;
        on_every_instruction_set([&](const std::string&) {
            std::vector<S> dalpha(alpha.size());
            Api<S>::learned_backward(learned("prelu"), x.data(), 0, alpha.data(), 0, dy.data(), 0, dx.data(), 0,
                dalpha.data(), 0, shape.outer, shape.channels, shape.inner, 1);
            first = first.empty() ? dalpha : first;
            EXPECT_TRUE(bits_equal(dalpha, first)) << shape.channels << " channels";
        });
    }
}

RECTIFIER_TYPED_SUITE(LearnedSwishes);

TYPED_TEST(LearnedSwishes, EachChannelIsTheSwishOfItsBetaAndBetasGradientIsTheSum) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const int32_t f = learned("learnedSwish");
    const int32_t swish = elementwise("swish");
    for (const Shape& shape : {Shape{1, 1, 1}, {50, 1, 3}, {33, 7, 1}, {5, 200, 1}, {9, 3, 35}, {0, 3, 2}}) {
        const auto [outer, channels, inner] = shape;
        const size_t n = size_t(outer * channels * inner);
        const auto x = everyday_values<S>(int64_t(n), 1, 0), dy = everyday_values<S>(int64_t(n), 2, 0);
        const auto beta = everyday_values<S>(channels, 3, 0);
        std::vector<long double> sum(beta.size()), magnitude(beta.size());
        for (size_t i = 0; i < n; ++i) {
            const size_t c = i / size_t(inner) % size_t(channels);
            const long double e = std::exp(-std::fabs((long double)(beta[c]) * x[i]));
            const long double term = (long double)(x[i]) * x[i] * e / ((1 + e) * (1 + e)) * dy[i];
            sum[c] += term;
            magnitude[c] += std::fabs(term);
        }
        on_every_instruction_set([&](const std::string&) {
            SCOPED_TRACE(testing::Message() << outer << " x " << channels << " x " << inner);
            std::vector<S> y(n), dx(n), expected_y(n), expected_dx(n), dbeta(beta.size(), 99);
            Api<S>::learned_forward(f, x.data(), 0, beta.data(), 0, y.data(), 0, outer, channels, inner, 2);
            Api<S>::learned_backward(
                f, x.data(), 0, beta.data(), 0, dy.data(), 0, dx.data(), 0, dbeta.data(), 0, outer, channels, inner, 2);
            for (size_t i = 0; i < n; ++i) {
                const double p = beta[i / size_t(inner) % size_t(channels)];
                Api<S>::forward(swish, p, 0, 0, &x[i], 0, &expected_y[i], 0, 1, 1);
                Api<S>::backward(swish, 0, p, 0, 0, &x[i], 0, &dy[i], 0, &expected_dx[i], 0, 1, 1);
            }
            EXPECT_TRUE(bits_equal(y, expected_y));
            EXPECT_TRUE(bits_equal(dx, expected_dx));
            for (size_t c = 0; c < beta.size(); ++c) {
                // Each term is a derivative within 1.5 ULP.
                const long double relative = std::ldexp(2.0L, -std::numeric_limits<S>::digits + 1);
                EXPECT_NEAR(dbeta[c], sum[c], double(ulp<S>(sum[c]) + magnitude[c] * relative)) << c;
            }
        });
    }
}

TYPED_TEST(LearnedSwishes, TheDerivativeByBetaIsWithinTheBoundOfDerivatives) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = stratified_sample<S>(16, 1 << 16);
    const std::vector<S> one(x.size(), 1);
    const auto n = int64_t(x.size());
    for (double beta : {1.0, 1.702, -0.3, 0.0, 1e-3, 50.0, 1e-37, 1e30}) {
        on_every_instruction_set([&](const std::string& level) {
            // Every element has a beta of its own.
            const std::vector<S> betas(x.size(), S(beta));
            std::vector<S> dx(x.size()), dbeta(x.size());
            Api<S>::learned_backward(learned("learnedSwish"), x.data(), 0, betas.data(), 0, one.data(), 0, dx.data(), 0,
                dbeta.data(), 0, 1, n, 1, 1);
            for (size_t i = 0; i < x.size(); ++i) {
                if (std::isfinite(x[i])) {
                    const long double exact = wide::swish_slope_of_beta<long double>(x[i], betas[i]);
                    const long double floor = sizeof(S) == sizeof(float) ? 0x1p-20L : 0x1p-49L;
                    ASSERT_LE(ulps(dbeta[i], exact, std::max(exact, floor)), 1.5)
                        << level << ": " << x[i] << ", " << beta;
                }
            }
        });
    }
}

TYPED_TEST(LearnedSwishes, TheDerivativeByBetaHasItsLimits) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    struct Case {
        S x, beta, dy, dbeta;
    };
    for (const Case& c : {Case{inf, 1, 1, 0}, {-inf, 2, 1, 0}, {inf, -1, inf, 0}, {3, 0, 1, S(2.25)}, {0, 1, inf, 0},
             {nan, 1, 1, nan}}) {
        on_every_instruction_set([&](const std::string&) {
            S dx, dbeta;
            Api<S>::learned_backward(
                learned("learnedSwish"), &c.x, 0, &c.beta, 0, &c.dy, 0, &dx, 0, &dbeta, 0, 1, 1, 1, 1);
            EXPECT_EQ(to_bits(dbeta), to_bits(c.dbeta)) << c.x << " * " << c.beta << ": " << dbeta;
        });
    }
}

struct Slopes {
    int32_t reciprocal;
    double lower, upper;
};

template <class S>
std::vector<S> slopes(const Slopes& d, int64_t stream, int64_t first, int64_t n) {
    const std::vector<S> minus_one(size_t(n), -1);
    std::vector<S> y(minus_one.size());
    Api<S>::rrelu_forward(d.reciprocal, d.lower, d.upper, 42, stream, first, minus_one.data(), 0, y.data(), 0, n, 1);
    std::transform(y.begin(), y.end(), y.begin(), [](S v) { return -v; });
    return y;
}

RECTIFIER_TYPED_SUITE(Rrelu);

TYPED_TEST(Rrelu, SlopesFillTheirRangeAndBackwardFindsThemAgain) {
    using S = TypeParam;
    constexpr int64_t n = 1 << 18;
    for (const Slopes& d : {Slopes{0, 1.0 / 8, 1.0 / 3}, Slopes{1, 3, 8}, Slopes{0, 0.25, 0.25}}) {
        const double least = d.reciprocal ? 1 / d.upper : d.lower, most = d.reciprocal ? 1 / d.lower : d.upper;
        const double mean = d.reciprocal ? std::log(d.upper / d.lower) / (d.upper - d.lower) : (least + most) / 2;
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> s = slopes<S>(d, 7, 0, n);
            const auto [low, high] = std::minmax_element(s.begin(), s.end());
            EXPECT_GE(*low, S(least));
            // Half open, as U[lower, upper) is, unless the range is a point.
            EXPECT_TRUE(*high < S(most) || d.reciprocal || least == most) << *high;
            EXPECT_LE(*high, S(most));
            EXPECT_LE(*low - least, 0.001 * (most - least));
            EXPECT_LE(most - *high, 0.001 * (most - least));
            double sum = 0;
            for (S slope : s) {
                sum += slope;
            }
            // The standard deviation is less than half the range.
            EXPECT_NEAR(sum / n, mean, 5 * (most - least) / 2 / std::sqrt(n) + 1e-7);

            const std::vector<S> x = everyday_values<S>(n, 1, 0), dy = everyday_values<S>(n, 2, 0);
            std::vector<S> dx(x.size());
            Api<S>::rrelu_backward(
                d.reciprocal, d.lower, d.upper, 42, 7, 0, x.data(), 0, dy.data(), 0, dx.data(), 0, n, 1);
            for (size_t i = 0; i < x.size(); ++i) {
                ASSERT_EQ(dx[i], x[i] > 0 ? dy[i] : s[i] * dy[i]);
            }
        });
    }
}

TYPED_TEST(Rrelu, ADrawBelongsToItsIndexItsStreamAndToNoInitializer) {
    using S = TypeParam;
    const Slopes unit = {0, 0, 1};
    for (int64_t base : {int64_t(0), int64_t(1) << 33}) {
        const std::vector<S> all = slopes<S>(unit, 7, base, 3000);
        EXPECT_TRUE(bits_equal(slopes<S>(unit, 7, base + 1001, 1500), {all.begin() + 1001, all.begin() + 2501}));
        std::vector<S> other = slopes<S>(unit, 8, base, 3000), uniform(all.size());
        Api<S>::fill_uniform(0, 1, 42, 7, base, uniform.data(), 0, 3000, 1);
        for (size_t i = 0; i < all.size(); ++i) {
            // By chance two floats in 2^24 meet.
            EXPECT_FALSE(all[i] == other[i] && all[i] == uniform[i]);
        }
        EXPECT_FALSE(same_bits(all, other));
        EXPECT_FALSE(same_bits(all, uniform));
    }
}

}  // namespace
