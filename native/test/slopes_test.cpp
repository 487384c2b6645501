// PReLU, learned Swish and RReLU against plain loops.
#include <algorithm>
#include <array>
#include <ostream>

#include "oracle.h"
#include "oracles/gated.h"
#include "support.h"

namespace {

// Of x; the parameters have the sizes of the odd axes.
struct Shape {
    std::array<int64_t, 7> size;

    int64_t elements() const { return size[0] * size[2] * size[4] * size[6] * parameters(); }
    int64_t parameters() const { return size[1] * size[3] * size[5]; }
    // The parameter of an element.
    size_t of(size_t i) const {
        std::array<int64_t, 7> place;
        for (size_t axis = size.size(); axis-- > 0; i /= size_t(size[axis])) {
            place[axis] = int64_t(i) % size[axis];
        }
        return size_t((place[1] * size[3] + place[3]) * size[5] + place[5]);
    }
};

constexpr Shape channels_of(int64_t outer, int64_t channels, int64_t inner) {
    return {{1, 1, 1, 1, outer, channels, inner}};
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    for (int64_t size : shape.size) {
        out << size << ' ';
    }
    return out;
}

template <class S>
void forward(int32_t f, const std::vector<S>& x, const std::vector<S>& p, std::vector<S>& y, const Shape& shape,
    int32_t threads) {
    const auto& s = shape.size;
    Api<S>::learned_forward(f, x.data(), p.data(), y.data(), s[0], s[1], s[2], s[3], s[4], s[5], s[6], threads);
}

template <class S>
void backward(int32_t f, const std::vector<S>& x, const std::vector<S>& p, const std::vector<S>& dy, std::vector<S>& dx,
    std::vector<S>& dp, const Shape& shape, int32_t threads) {
    const auto& s = shape.size;
    Api<S>::learned_backward(
        f, x.data(), p.data(), dy.data(), dx.data(), dp.data(), s[0], s[1], s[2], s[3], s[4], s[5], s[6], threads);
}

// Shared, channels last, channels in the middle, empty in each way, large enough to go parallel, and in two and three
// groups of axes, also where the last group is one of size 1.
constexpr Shape shapes[] = {channels_of(1, 1, 1), channels_of(50, 1, 3), channels_of(33, 7, 1), channels_of(5, 200, 1),
    channels_of(9, 3, 35), channels_of(1, 4, 64), channels_of(0, 3, 2), channels_of(0, 1, 1), channels_of(300001, 1, 1),
    channels_of(3001, 70, 1), channels_of(11, 130, 101), {{1, 1, 1, 5, 7, 3, 1}}, {{1, 1, 3, 5, 7, 3, 1}},
    {{1, 1, 3, 5, 7, 19, 1}}, {{1, 1, 3, 5, 7, 2, 11}}, {{2, 3, 4, 5, 2, 3, 4}}, {{3, 2, 5, 2, 3, 13, 1}},
    {{1, 3, 2, 3, 2, 3, 1}}, {{1, 1, 31, 70, 9, 11, 1}}, {{1, 1, 8, 9, 101, 5, 37}}, {{4, 5, 1, 1, 3, 1, 1}},
    {{2, 3, 2, 1, 5, 1, 2}}, {{2, 0, 2, 3, 4, 5, 1}}, {{2, 3, 0, 3, 4, 5, 1}}};

RECTIFIER_TYPED_SUITE(Prelu);

TYPED_TEST(Prelu, ForwardAndBackwardAreThoseOfThePlainLoop) {
    using S = TypeParam;
    allow_threads();
    for (const Shape& shape : shapes) {
        const size_t n = size_t(shape.elements());
        const auto x = everyday_values<S>(int64_t(n), 1, 0), dy = everyday_values<S>(int64_t(n), 2, 0);
        const auto alpha = everyday_values<S>(shape.parameters(), 3, 0);
        std::vector<S> y(n), dx(n);
        std::vector<long double> sum(alpha.size()), magnitude(alpha.size());
        for (size_t i = 0; i < n; ++i) {
            const size_t c = shape.of(i);
            y[i] = x[i] > 0 ? x[i] : alpha[c] * x[i];
            dx[i] = x[i] > 0 ? dy[i] : alpha[c] * dy[i];
            const long double term = x[i] > 0 ? 0.0L : (long double)(x[i]) * dy[i];
            sum[c] += term;
            magnitude[c] += std::fabs(term);
        }
        std::vector<S> first_dalpha;
        on_every_instruction_set([&](const std::string&) {
            for (int32_t threads : {1, 2, 8}) {
                SCOPED_TRACE(testing::Message() << shape << ", " << threads);
                std::vector<S> actual(n), dalpha(alpha.size(), 99);
                forward(learned("prelu"), x, alpha, actual, shape, threads);
                EXPECT_TRUE(bits_equal(actual, y));
                // In the place of dy, so that dalpha must have been had before.
                actual = dy;
                backward(learned("prelu"), x, alpha, actual, actual, dalpha, shape, threads);
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
    const std::vector<TypeParam> alpha = {1, 2, 3};
    std::vector<TypeParam> none;
    on_every_instruction_set([&](const std::string&) {
        std::vector<TypeParam> dalpha = {9, 9, 9};
        backward(learned("prelu"), none, alpha, none, none, dalpha, channels_of(2, 3, 0), 1);
        EXPECT_EQ(dalpha, std::vector<TypeParam>(3));
    });
}

TYPED_TEST(Prelu, ANanSlopeGradientHasTheSameBitsEverywhere) {
    using S = TypeParam;
    const auto x = everyday_values<S>(37 * 30, 1, 5), dy = everyday_values<S>(37 * 30, 2, 5);
    for (const Shape& shape :
        {channels_of(1110, 1, 1), channels_of(30, 37, 1), channels_of(3, 10, 37), Shape{{1, 1, 3, 10, 37, 1, 1}}}) {
        const std::vector<S> alpha(size_t(shape.parameters()), 1);
        std::vector<S> dx(x.size()), first;
        on_every_instruction_set([&](const std::string&) {
            std::vector<S> dalpha(alpha.size());
            backward(learned("prelu"), x, alpha, dy, dx, dalpha, shape, 1);
            first = first.empty() ? dalpha : first;
            EXPECT_TRUE(bits_equal(dalpha, first)) << shape;
        });
    }
}

RECTIFIER_TYPED_SUITE(LearnedSwishes);

TYPED_TEST(LearnedSwishes, EachChannelIsTheSwishOfItsBetaAndBetasGradientIsTheSum) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const int32_t f = learned("learnedSwish");
    const int32_t swish = elementwise("swish");
    for (const Shape& shape : {channels_of(1, 1, 1), channels_of(50, 1, 3), channels_of(33, 7, 1),
             channels_of(5, 200, 1), channels_of(9, 3, 35), channels_of(0, 3, 2), Shape{{2, 3, 4, 5, 2, 3, 4}}}) {
        const size_t n = size_t(shape.elements());
        const auto x = everyday_values<S>(int64_t(n), 1, 0), dy = everyday_values<S>(int64_t(n), 2, 0);
        const auto beta = everyday_values<S>(shape.parameters(), 3, 0);
        std::vector<long double> sum(beta.size()), magnitude(beta.size());
        for (size_t i = 0; i < n; ++i) {
            const size_t c = shape.of(i);
            const long double e = std::exp(-std::fabs((long double)(beta[c]) * x[i]));
            const long double term = (long double)(x[i]) * x[i] * e / ((1 + e) * (1 + e)) * dy[i];
            sum[c] += term;
            magnitude[c] += std::fabs(term);
        }
        on_every_instruction_set([&](const std::string&) {
            SCOPED_TRACE(testing::Message() << shape);
            std::vector<S> y(n), dx(n), expected_y(n), expected_dx(n), dbeta(beta.size(), 99);
            forward(f, x, beta, y, shape, 2);
            backward(f, x, beta, dy, dx, dbeta, shape, 2);
            for (size_t i = 0; i < n; ++i) {
                const double p = beta[shape.of(i)];
                Api<S>::forward(swish, p, 0, 0, &x[i], &expected_y[i], 1, 1);
                Api<S>::backward(swish, 0, p, 0, 0, &x[i], &dy[i], &expected_dx[i], 1, 1);
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
            backward(learned("learnedSwish"), x, betas, one, dx, dbeta, channels_of(1, n, 1), 1);
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
            std::vector<S> dx(1), dbeta(1);
            backward<S>(learned("learnedSwish"), {c.x}, {c.beta}, {c.dy}, dx, dbeta, channels_of(1, 1, 1), 1);
            EXPECT_EQ(to_bits(dbeta[0]), to_bits(c.dbeta)) << c.x << " * " << c.beta << ": " << dbeta[0];
        });
    }
}

// What decides about results of type S: a type in which alpha * x is exact.
template <class S>
using Deciding = std::conditional_t<sizeof(S) == sizeof(float), long double, Quad>;

RECTIFIER_TYPED_SUITE(AxesOfSizeOne);

TYPED_TEST(AxesOfSizeOne, MakeNoDifference) {
    using S = TypeParam;
    const std::vector<std::vector<Shape>> alike = {
        {channels_of(6, 7, 9), {{6, 7, 9, 1, 1, 1, 1}}, {{6, 7, 1, 1, 9, 1, 1}}, {{2, 1, 3, 7, 3, 1, 3}}},
        {channels_of(6, 35, 1), {{6, 35, 1, 1, 1, 1, 1}}, {{6, 5, 1, 7, 1, 1, 1}}, {{1, 1, 6, 5, 1, 7, 1}}},
        {channels_of(1, 1, 100), {{5, 1, 2, 1, 10, 1, 1}}, {{100, 1, 1, 1, 1, 1, 1}}},
        {{{1, 1, 1, 5, 7, 3, 2}}, {{1, 5, 7, 3, 2, 1, 1}}, {{1, 5, 7, 1, 1, 3, 2}}},
        {channels_of(0, 7, 9), {{0, 7, 9, 1, 1, 1, 1}}}};
    for (const auto& shapes : alike) {
        const std::vector<S> x = everyday_values<S>(shapes[0].elements(), 31, 0);
        const std::vector<S> dy = everyday_values<S>(shapes[0].elements(), 32, 0);
        const std::vector<S> p = everyday_values<S>(shapes[0].parameters(), 33, 0);
        on_every_instruction_set([&](const std::string&) {
            for (int32_t f = 0; f < rectifier_learned_count(); ++f) {
                std::vector<S> y_expected, dx_expected, dp_expected;
                for (const Shape& shape : shapes) {
                    SCOPED_TRACE(testing::Message() << rectifier_learned_name(f) << " of " << shape);
                    std::vector<S> y(x.size()), dx(x.size()), dp(p.size());
                    forward(f, x, p, y, shape, 1);
                    backward(f, x, p, dy, dx, dp, shape, 1);
                    if (y_expected.empty()) {
                        y_expected = y;
                        dx_expected = dx;
                        dp_expected = dp;
                    }
                    EXPECT_TRUE(bits_equal(y, y_expected) && bits_equal(dx, dx_expected));
                    EXPECT_TRUE(bits_equal(dp, dp_expected));
                }
            }
        });
    }
}

struct SnakeOracle {
    template <class T>
    static T forward(T x, T alpha) {
        const T s = wide::sin(alpha * x);
        return alpha == 0 ? x : x + s * s / alpha;
    }
    template <class T>
    static T derivative(T x, T alpha) {
        return 1 + wide::sin(2 * alpha * x);
    }
    template <class T>
    static T parameter_derivative(T x, T alpha) {
        const T z = alpha * x, s = wide::sin(z);
        return z == 0 ? x * x : (z * wide::sin(2 * z) - s * s) / (alpha * alpha);
    }
};

RECTIFIER_TYPED_SUITE(Snakes);

TYPED_TEST(Snakes, AreWithinTheirBoundsForAnyProductOfAlphaAndX) {
#if defined(_WIN32)
    GTEST_SKIP() << "the sine of MinGW's C library isn't that of large numbers, and can't judge";
#endif
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    using T = Deciding<S>;
    const std::vector<S> x = stratified_sample<S>(17, 1 << 14);
    const std::vector<S> one(x.size(), 1);
    const auto n = int64_t(x.size());
    double worst[3] = {};
    for (double a : {1.0, 0.2, -5.5, 30.0, 1e-3, 1e-30, 1e30, -3e38, 1e-44, 0.0}) {
        on_every_instruction_set([&](const std::string& level) {
            const S alpha = S(a);
            const std::vector<S> alphas(x.size(), alpha);
            std::vector<S> y(x.size()), dx(x.size()), dalpha(x.size());
            forward(learned("snake"), x, alphas, y, channels_of(1, n, 1), 1);
            backward(learned("snake"), x, alphas, one, dx, dalpha, channels_of(1, n, 1), 1);
            const T floor = sizeof(S) == sizeof(float) ? T(0x1p-20) : T(0x1p-49);
            for (size_t i = 0; i < x.size(); ++i) {
                const T v = x[i], z = T(alpha) * v;
                if (!std::isfinite(x[i])) {
                    continue;
                }
                if (!std::isfinite(double(alpha) * double(x[i]))) {
                    ASSERT_EQ(y[i], x[i]);
                    ASSERT_EQ(dx[i], 1);
                    ASSERT_EQ(dalpha[i], 0);
                    continue;
                }
                const auto off = [](S got, T exact, T scale) {
                    const int place = std::ilogb((long double)(scale < 0 ? -scale : scale));
                    return std::fabs(std::ldexp(double(T(got) - exact), std::numeric_limits<S>::digits - 1 - place));
                };
                const T value = SnakeOracle::forward(v, T(alpha)), slope = SnakeOracle::derivative(v, T(alpha));
                if (std::isfinite(S(value)) && std::fabs(x[i]) >= std::numeric_limits<S>::min()) {
                    const double error = off(y[i], value, value);
                    worst[0] = std::max(worst[0], error);
                    ASSERT_LE(error, 2) << level << ": " << x[i] << ", " << a;
                }
                const double error = off(dx[i], slope, std::max(slope, floor));
                worst[1] = std::max(worst[1], error);
                ASSERT_LE(error, 2) << level << ": " << x[i] << ", " << a << " " << double(slope);
                // Near its roots two terms cancel.
                const T by_alpha = SnakeOracle::parameter_derivative(v, T(alpha));
                const T term = z > -1 && z < 1 ? v * v : z < 0 ? -v / T(alpha) : v / T(alpha);
                const T scale = std::max(term, by_alpha < 0 ? -by_alpha : by_alpha);
                if (std::isfinite(S(by_alpha)) && std::isfinite(S(scale)) &&
                    std::fabs(S(scale)) >= std::numeric_limits<S>::min()) {
                    const double error = off(dalpha[i], by_alpha, scale);
                    worst[2] = std::max(worst[2], error);
                    ASSERT_LE(error, sizeof(S) == sizeof(float) ? 1 : 2) << level << ": " << x[i] << ", " << a;
                }
            }
        });
    }
    std::printf("%s: %.3f, %.3f and %.3f ULP\n", sizeof(S) == 4 ? "float" : "double", worst[0], worst[1], worst[2]);
}

TYPED_TEST(Snakes, HaveTheirLimitsAndPassNan) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    const S most = std::numeric_limits<S>::max();
    struct Case {
        S x, alpha, y, dx, dalpha;
    };
    for (const Case& c : {Case{3, 0, 3, 1, 9}, {S(-0.0), 2, S(-0.0), 1, 0}, {inf, 1, inf, 1, 0}, {-inf, -2, -inf, 1, 0},
             {inf, 0, inf, 1, 0}, {2, inf, 2, 1, 0}, {0, most, 0, 1, 0}, {nan, 1, nan, nan, nan},
             {nan, 0, nan, nan, nan}}) {
        on_every_instruction_set([&](const std::string&) {
            std::vector<S> y(1), dx(1), dalpha(1);
            forward<S>(learned("snake"), {c.x}, {c.alpha}, y, channels_of(1, 1, 1), 1);
            backward<S>(learned("snake"), {c.x}, {c.alpha}, {1}, dx, dalpha, channels_of(1, 1, 1), 1);
            EXPECT_EQ(to_bits(y[0]), to_bits(c.y)) << c.x << " * " << c.alpha << ": " << y[0];
            EXPECT_EQ(to_bits(dx[0]), to_bits(c.dx)) << c.x << " * " << c.alpha << ": " << dx[0];
            EXPECT_EQ(to_bits(dalpha[0]), to_bits(c.dalpha)) << c.x << " * " << c.alpha << ": " << dalpha[0];
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
    Api<S>::rrelu_forward(d.reciprocal, d.lower, d.upper, 42, stream, first, minus_one.data(), y.data(), n, 1);
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
            Api<S>::rrelu_backward(d.reciprocal, d.lower, d.upper, 42, 7, 0, x.data(), dy.data(), dx.data(), n, 1);
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
        Api<S>::fill_uniform(0, 1, 42, 7, base, uniform.data(), 3000, 1);
        for (size_t i = 0; i < all.size(); ++i) {
            // By chance two floats in 2^24 meet.
            EXPECT_FALSE(all[i] == other[i] && all[i] == uniform[i]);
        }
        EXPECT_FALSE(same_bits(all, other));
        EXPECT_FALSE(same_bits(all, uniform));
    }
}

}  // namespace
