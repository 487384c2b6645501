// Gated linear units against long double, and the same bits wherever the data lie.
#include <algorithm>

#include "support.h"
#include "wide_math.h"

namespace {

long double sigmoid(long double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

long double sigmoid_derivative(long double x) {
    const long double e = std::exp(-std::fabs(x));
    return e / ((1 + e) * (1 + e));
}

template <class S>
std::vector<S> forward(const std::vector<S>& x, int64_t outer, int64_t half, int32_t threads = 1) {
    std::vector<S> y(x.size() / 2);
    Api<S>::glu_forward(x.data(), 0, y.data(), 0, outer, half, threads);
    return y;
}

template <class S>
std::vector<S> backward(
    const std::vector<S>& x, const std::vector<S>& dy, int64_t outer, int64_t half, int32_t threads = 1) {
    std::vector<S> dx(x.size());
    Api<S>::glu_backward(x.data(), 0, dy.data(), 0, dx.data(), 0, outer, half, threads);
    return dx;
}

// Each value of a with a value of b from all of the range.
template <class S>
std::vector<S> halves(const std::vector<S>& a) {
    std::vector<S> x = a, b = a;
    std::shuffle(b.begin(), b.end(), std::mt19937_64(3));
    x.insert(x.end(), b.begin(), b.end());
    return x;
}

RECTIFIER_TYPED_SUITE(Glu);

TYPED_TEST(Glu, IsTheProductWithTheLogisticFunction) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(stratified_sample<S>(64, 1 << 18));
    const size_t n = x.size() / 2;
    const S inf = std::numeric_limits<S>::infinity();
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> y = forward(x, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const S a = x[i], b = x[n + i];
            const long double exact = b == -inf ? a == a ? std::copysign(0.0L, (long double)(a)) : (long double)(a)
                                      : a == 0 && b == b        ? (long double)(a)
                                      : std::isinf(a) && b == b ? (long double)(a)
                                                                : a * sigmoid(b);
            ASSERT_LE(ulps(y[i], exact), 1.9) << level << ": " << a << ", " << b;
            if (exact == 0) {
                ASSERT_EQ(std::signbit(y[i]), std::signbit(a)) << level << ": " << a << ", " << b;
            }
        }
    });
}

TYPED_TEST(Glu, BackwardIsTheDerivativeOfBothHalves) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(everyday_values<S>(100000, 5, 0));
    const size_t n = x.size() / 2;
    const std::vector<S> dy = everyday_values<S>(int64_t(n), 6, 0);
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> dx = backward(x, dy, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const long double a = x[i], b = x[n + i];
            ASSERT_LE(ulps(dx[i], dy[i] * sigmoid(b)), 3.0) << a << ", " << b;
            ASSERT_LE(ulps(dx[n + i], dy[i] * a * sigmoid_derivative(b)), 3.5) << a << ", " << b;
        }
    });
}

TYPED_TEST(Glu, BothDerivativesAreWithinTheirBoundsInAllOfTheRange) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const std::vector<S> x = halves(stratified_sample<S>(64, 1 << 18));
    const size_t n = x.size() / 2;
    const std::vector<S> one(n, 1);
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> dx = backward(x, one, 1, int64_t(n));
        for (size_t i = 0; i < n; ++i) {
            const long double a = x[i], b = x[n + i];
            if (std::isfinite(a) && std::isfinite(b)) {
                ASSERT_LE(ulps(dx[i], sigmoid(b)), 1.5) << level << ": " << a << ", " << b;
                ASSERT_LE(ulps(dx[n + i], a * sigmoid_derivative(b)), 1.5) << level << ": " << a << ", " << b;
            }
        }
    });
}

TYPED_TEST(Glu, DeadGatesPassNothingOnAndNanIsNanInBothHalves) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    const std::vector<S> x = {1, inf, nan, 1, 0, 2, -inf, -inf, 1, nan, 1, inf};
    on_every_instruction_set([&](const std::string&) {
        for (S dy : {S(1), -inf, nan}) {
            const std::vector<S> dx = backward(x, std::vector<S>(6, dy), 1, 6);
            EXPECT_EQ(to_bits(dx[0]), 0u);
            EXPECT_EQ(to_bits(dx[1]), 0u);
            EXPECT_EQ(to_bits(dx[6]), 0u);
            EXPECT_EQ(to_bits(dx[7]), 0u);
            EXPECT_TRUE(std::isnan(dx[2]) && std::isnan(dx[8]) && std::isnan(dx[3]) && std::isnan(dx[9]));
            // a = 0
            EXPECT_EQ(to_bits(dx[10]), 0u);
            EXPECT_EQ(to_bits(dx[11]), 0u);
        }
    });
}

TYPED_TEST(Glu, HasTheSameBitsForAnyShapeThreadsPlaceAndInstructionSet) {
    using S = TypeParam;
    allow_threads();
    const std::vector<S> sample = halves(everyday_values<S>(120000, 7));
    const std::vector<S> dy = everyday_values<S>(120000, 8);
    std::vector<S> y_expected, dx_expected;
    on_every_instruction_set([&](const std::string& level) {
        const std::vector<S> y = forward(sample, 1, 120000), dx = backward(sample, dy, 1, 120000);
        if (has_fma(level)) {
            y_expected = y_expected.empty() ? y : y_expected;
            dx_expected = dx_expected.empty() ? dx : dx_expected;
            EXPECT_TRUE(bits_equal(y, y_expected));
            EXPECT_TRUE(bits_equal(dx, dx_expected));
        }
        for (int32_t threads : {2, 3, 8}) {
            EXPECT_TRUE(bits_equal(forward(sample, 1, 120000, threads), y));
            EXPECT_TRUE(bits_equal(backward(sample, dy, 1, 120000, threads), dx));
        }
        std::vector<S> place = sample;
        Api<S>::glu_backward(place.data(), 0, dy.data(), 0, place.data(), 0, 1, 120000, 3);
        EXPECT_TRUE(bits_equal(place, dx));
        for (int64_t half : {1, 3, 16, 17, 257, 1000}) {
            // The same pairs as rows of two halves each.
            const int64_t outer = 2000 / half + 1;
            std::vector<S> rows, expected, above, expected_dx;
            for (int64_t row = 0; row < outer; ++row) {
                for (size_t from : {size_t(0), size_t(120000)}) {
                    const auto begin = int64_t(from) + row * half;
                    rows.insert(rows.end(), sample.begin() + begin, sample.begin() + begin + half);
                    expected_dx.insert(expected_dx.end(), dx.begin() + begin, dx.begin() + begin + half);
                }
            }
            expected.assign(y.begin(), y.begin() + outer * half);
            above.assign(dy.begin(), dy.begin() + outer * half);
            Guarded<S> x(rows, size_t(half % 70)), g(above, 3), out(std::vector<S>(expected.size()), size_t(half % 5));
            Api<S>::glu_forward(x.base(0), 0, out.base(40), 40, outer, half, 2);
            EXPECT_TRUE(bits_equal(out.values(), expected)) << half;
            Api<S>::glu_backward(x.base(8), 8, g.base(0), 0, x.base(0), 0, outer, half, 2);
            EXPECT_TRUE(bits_equal(x.values(), expected_dx)) << half;
            EXPECT_TRUE(x.untouched() && g.untouched() && out.untouched());
        }
    });
}

}  // namespace
