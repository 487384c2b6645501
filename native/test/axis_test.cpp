// Functions along an axis against long double, and more where that isn't much more than double.
#include <algorithm>
#include <numeric>

#include "support.h"
#include "wide_math.h"

namespace {

using Slice = std::vector<long double>;

// By halves, so that rounding errors don't add up.
long double sum(const long double* terms, size_t n) {
    return n == 1 ? terms[0] : sum(terms, n / 2) + sum(terms + n / 2, n - n / 2);
}

long double sum(const Slice& terms) { return sum(terms.data(), terms.size()); }

// exp(x - max), which would magnify the rounding error of the difference.
long double exp_of_difference(long double x, long double max) {
    const Quad difference = Quad(x) - Quad(max);
    const auto rounded = (long double)(difference);
    return std::exp(rounded) * (1 + (long double)(difference - rounded));
}

Slice softmax(const Slice& x) {
    const long double max = *std::max_element(x.begin(), x.end());
    Slice y;
    for (long double v : x) {
        y.push_back(exp_of_difference(v, max));
    }
    const long double total = sum(y);
    for (long double& v : y) {
        v /= total;
    }
    return y;
}

Slice negative(Slice x) {
    for (long double& v : x) {
        v = -v;
    }
    return x;
}

Slice softmin(const Slice& x) { return softmax(negative(x)); }

Slice log_softmax(const Slice& x) {
    const auto max = std::max_element(x.begin(), x.end());
    Slice others;
    for (auto v = x.begin(); v != x.end(); ++v) {
        others.push_back(v == max ? 0 : exp_of_difference(*v, *max));
    }
    const Quad log = std::log1p(sum(others));
    Slice y;
    for (long double v : x) {
        y.push_back((long double)(Quad(v) - Quad(*max) - log));
    }
    return y;
}

// By sorting: the support is the longest run of greatest elements that are above the threshold they give.
Slice sparsemax(const Slice& x) {
    Slice z = x;
    std::sort(z.begin(), z.end(), std::greater<>());
    const Quad max = z[0];
    Quad total = 0, tau = 0;
    for (size_t k = 0; k < z.size(); ++k) {
        total += z[k] - max;
        const Quad with_this = (total - 1) / Quad(k + 1);
        if (z[k] - max <= with_this) {
            break;
        }
        tau = with_this;
    }
    Slice y;
    for (long double v : x) {
        y.push_back(std::max((long double)(v - max - tau), 0.0L));
    }
    return y;
}

Slice hardmax(const Slice& x) {
    Slice y(x.size());
    y[size_t(std::max_element(x.begin(), x.end()) - x.begin())] = 1;
    return y;
}

Slice softmax_gradient(const Slice& y, const Slice& dy) {
    const long double mean = std::inner_product(y.begin(), y.end(), dy.begin(), 0.0L);
    Slice dx;
    for (size_t i = 0; i < y.size(); ++i) {
        dx.push_back(y[i] * (dy[i] - mean));
    }
    return dx;
}

Slice softmin_gradient(const Slice& y, const Slice& dy) { return negative(softmax_gradient(y, dy)); }

Slice log_softmax_gradient(const Slice& y, const Slice& dy) {
    const long double total = sum(dy);
    Slice dx;
    for (size_t i = 0; i < y.size(); ++i) {
        dx.push_back(dy[i] - std::exp(y[i]) * total);
    }
    return dx;
}

Slice sparsemax_gradient(const Slice& y, const Slice& dy) {
    long double total = 0, support = 0;
    for (size_t i = 0; i < y.size(); ++i) {
        total += y[i] > 0 ? dy[i] : 0;
        support += y[i] > 0;
    }
    Slice dx;
    for (size_t i = 0; i < y.size(); ++i) {
        dx.push_back(y[i] > 0 ? dy[i] - total / support : 0);
    }
    return dx;
}

Slice no_gradient(const Slice& y, const Slice&) { return Slice(y.size()); }

// With a floor, the error of a result that crosses zero counts in ULP of 2^-20 for float and 2^-49 for double at least.
struct Oracle {
    const char* name;
    Slice (*value)(const Slice&);
    Slice (*gradient)(const Slice& y, const Slice& dy);
    double ulps;
    bool has_floor;

    int32_t index() const { return axis_function(name); }

    template <class S>
    double error(S actual, long double exact) const {
        const long double floor = !has_floor ? 0 : sizeof(S) == sizeof(float) ? 0x1p-20L : 0x1p-49L;
        return ::ulps(actual, exact, std::max(std::fabs(exact), floor));
    }
};

const std::vector<Oracle>& axis_oracles() {
    static const std::vector<Oracle> table = {
        // name, formula, gradient from the output, largest error in ULP, whether that has a floor
        {"softmax", softmax, softmax_gradient, 2, false},
        {"logSoftmax", log_softmax, log_softmax_gradient, 1.5, false},
        {"softmin", softmin, softmin_gradient, 2, false},
        {"sparsemax", sparsemax, sparsemax_gradient, 0.75, true},
        {"hardmax", hardmax, no_gradient, 0, false},
    };
    return table;
}

template <class S>
std::vector<S> forward(const Oracle& f, const std::vector<S>& x, int64_t outer, int64_t axis, int64_t inner) {
    std::vector<S> y(x.size());
    Api<S>::axis_forward(f.index(), x.data(), y.data(), outer, axis, inner, 1);
    return y;
}

template <class S>
std::vector<S> backward(const Oracle& f, const std::vector<S>& y, const std::vector<S>& dy, int64_t outer, int64_t axis,
    int64_t inner, double scale = 1) {
    std::vector<S> dx(y.size());
    Api<S>::axis_backward(f.index(), scale, y.data(), dy.data(), dx.data(), outer, axis, inner, 1);
    return dx;
}

// [axis, inner] as [inner, axis].
template <class S>
std::vector<S> transposed(const std::vector<S>& x, int64_t axis, int64_t inner) {
    std::vector<S> result(x.size());
    for (int64_t i = 0; i < axis * inner; ++i) {
        result[size_t(i % inner * axis + i / inner)] = x[size_t(i)];
    }
    return result;
}

// Rows whose spread and place differ: flat, usual, with one winner, far from 0, close to overflow, close to 0, with
// few values, with a winner that leaves the rest next to nothing.
template <class S>
std::vector<S> rows(int64_t n, int64_t length, uint64_t seed = 1) {
    constexpr size_t kinds = 11;
    const S max = std::numeric_limits<S>::max();
    const S far[kinds] = {0, 0, 0, S(1e4), S(-3e7), max / 4, 0, 1, S(1e6), 0, 0};
    const S spread[kinds] = {S(0.01), 1, 30, 5, 1000, max / 40, std::numeric_limits<S>::min(), 0, 1, S(0.2), S(0.1)};
    std::vector<S> x = everyday_values<S>(n * length, seed, 0);
    std::mt19937_64 random(seed);
    for (size_t i = 0; i < x.size(); ++i) {
        const size_t row = i / size_t(length), kind = row % kinds;
        x[i] = far[kind] + spread[kind] * (kind == 9 ? std::round(x[i]) : x[i]);
        if (kind == 10 && i % size_t(length) == 0) {
            x[i] += S(row % 150) * S(sizeof(S) == 4 ? 0.7 : 5);
        }
    }
    return x;
}

template <class S>
Slice wide(const std::vector<S>& values, size_t from, int64_t n) {
    return Slice(values.begin() + int64_t(from), values.begin() + int64_t(from) + n);
}

RECTIFIER_TYPED_SUITE(AxisFunctions);

TEST(AxisOracles, EveryFunctionHasOne) {
    EXPECT_EQ(size_t(rectifier_axis_count()), axis_oracles().size());
    for (const Oracle& f : axis_oracles()) {
        EXPECT_GE(f.index(), 0) << f.name;
    }
}

TYPED_TEST(AxisFunctions, RowsAreThoseOfLongDouble) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    for (const Oracle& f : axis_oracles()) {
        for (int64_t n : {1, 2, 3, 5, 7, 10, 100, 1000, 1 << 17}) {
            const int64_t count = std::max<int64_t>(11, 30000 / n);
            const std::vector<S> x = rows<S>(count, n);
            Slice exact;
            for (size_t from = 0; from < x.size(); from += size_t(n)) {
                const Slice y = f.value(wide(x, from, n));
                exact.insert(exact.end(), y.begin(), y.end());
            }
            on_every_instruction_set([&](const std::string& level) {
                const std::vector<S> y = forward(f, x, count, n, 1);
                for (size_t i = 0; i < y.size(); ++i) {
                    ASSERT_LE(f.error(y[i], exact[i]), f.ulps)
                        << f.name << " " << level << " " << y[i] << ", not " << exact[i] << ", element "
                        << i % size_t(n) << " of " << n << ", row " << i / size_t(n);
                }
            });
        }
    }
}

// The number whose exponential loses most of its size when it is rounded up, or down.
template <class S>
S worst_exponent(bool up) {
    std::mt19937_64 random(1);
    S worst = 0;
    long double most = 0;
    for (int i = 0; i < 100000; ++i) {
        const S x = up_to(S(1.5), random()) - S(1.5);
        const long double exact = std::exp((long double)(x)), lost = (S(exact) - exact) / exact;
        if ((up ? lost : -lost) > most) {
            most = up ? lost : -lost;
            worst = x;
        }
    }
    return worst;
}

TYPED_TEST(AxisFunctions, ErrorsOfManyAlikeDoNotMeetThatOfOneElement) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    const S up = worst_exponent<S>(true), down = worst_exponent<S>(false);
    for (const Oracle& f : axis_oracles()) {
        const S sign = f.value == softmin ? -1 : 1;
        for (const auto& [many, one] : {std::pair<S, S>{up, down}, {down, up}}) {
            for (int64_t n = 100; n < 20000; n += n / 8) {
                std::vector<S> x(size_t(n), sign * many);
                x[0] = 0;
                x[1] = sign * one;
                const Slice exact = f.value(wide(x, 0, n));
                on_every_instruction_set([&](const std::string&) {
                    const std::vector<S> y = forward(f, x, 1, n, 1);
                    for (size_t i : {0, 1, 2}) {
                        ASSERT_LE(f.error(y[i], exact[i]), f.ulps) << f.name << " of " << n << ", element " << i;
                    }
                });
            }
        }
    }
}

TYPED_TEST(AxisFunctions, SharesSumToOne) {
    using S = TypeParam;
    for (const Oracle& f : axis_oracles()) {
        if (f.index() == axis_function("logSoftmax")) {
            continue;
        }
        for (int64_t n : {1, 10, 1000, 1 << 17}) {
            const std::vector<S> x = rows<S>(22, n);
            on_every_instruction_set([&](const std::string&) {
                const std::vector<S> y = forward(f, x, 22, n, 1);
                for (size_t from = 0; from < y.size(); from += size_t(n)) {
                    const long double total = sum(wide(y, from, n));
                    ASSERT_NEAR(double(total), 1, 2 * double(std::numeric_limits<S>::epsilon())) << f.name << " " << n;
                }
            });
        }
    }
}

TYPED_TEST(AxisFunctions, SoftminIsSoftmaxOfTheNegative) {
    using S = TypeParam;
    const std::vector<S> x = rows<S>(60, 37);
    std::vector<S> negated = x;
    for (S& v : negated) {
        v = -v;
    }
    const Oracle &softmax = axis_oracles()[0], &softmin = axis_oracles()[2];
    on_every_instruction_set([&](const std::string&) {
        EXPECT_TRUE(bits_equal(forward(softmin, x, 60, 37, 1), forward(softmax, negated, 60, 37, 1)));
        EXPECT_TRUE(bits_equal(forward(softmin, x, 1, 60, 37), forward(softmax, negated, 1, 60, 37)));
    });
}

TYPED_TEST(AxisFunctions, AStridedAxisHasTheBitsOfAContiguousOne) {
    using S = TypeParam;
    for (const Oracle& f : axis_oracles()) {
        for (const auto& [axis, inner] :
            {std::pair<int64_t, int64_t>{10, 3}, {1, 5}, {15, 66}, {16, 128}, {17, 2}, {33, 64}, {300, 150}}) {
            const std::vector<S> x = rows<S>(inner, axis), dy = everyday_values<S>(axis * inner, 2, 0);
            const std::vector<S> x_strided = transposed(x, inner, axis), dy_strided = transposed(dy, inner, axis);
            on_every_instruction_set([&](const std::string&) {
                const std::vector<S> y = forward(f, x, inner, axis, 1);
                const std::vector<S> y_strided = forward(f, x_strided, 1, axis, inner);
                EXPECT_TRUE(bits_equal(transposed(y_strided, axis, inner), y))
                    << f.name << " " << axis << " x " << inner;
                const std::vector<S> dx = backward(f, y, dy, inner, axis, 1);
                const std::vector<S> dx_strided = backward(f, y_strided, dy_strided, 1, axis, inner);
                EXPECT_TRUE(bits_equal(transposed(dx_strided, axis, inner), dx))
                    << f.name << " " << axis << " x " << inner;
            });
        }
    }
}

TYPED_TEST(AxisFunctions, BackwardIsTheJacobiansProduct) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    for (const Oracle& f : axis_oracles()) {
        for (int64_t n : {1, 2, 9, 100, 5000}) {
            const std::vector<S> dy = everyday_values<S>(11 * n, 3, 0);
            on_every_instruction_set([&](const std::string&) {
                const std::vector<S> y = forward(f, rows<S>(11, n), 11, n, 1), dx = backward(f, y, dy, 11, n, 1);
                for (size_t from = 0; from < y.size(); from += size_t(n)) {
                    const Slice exact = f.gradient(wide(y, from, n), wide(dy, from, n));
                    // What is subtracted has the size of a mean, or of a share of a sum.
                    const long double total = sum(wide(dy, from, n));
                    long double size = 0;
                    for (size_t i = from; i < from + size_t(n); ++i) {
                        size = std::max(size, std::fabs((long double)(dy[i])));
                    }
                    for (size_t i = 0; i < size_t(n); ++i) {
                        long double scale = size;
                        if (f.value == log_softmax) {
                            scale += 4 * std::fabs(total) * std::exp((long double)(y[from + i]));
                        } else if (f.value != sparsemax) {
                            scale *= y[from + i];
                        }
                        ASSERT_NEAR(dx[from + i], double(exact[i]),
                            double(
                                4 * scale * std::numeric_limits<S>::epsilon() + std::numeric_limits<S>::denorm_min()))
                            << f.name << ", " << n;
                    }
                }
                const std::vector<S> half = backward(f, y, dy, 11, n, 1, 0.5);
                for (size_t i = 0; i < y.size(); ++i) {
                    ASSERT_NEAR(half[i], dx[i] / 2, double(std::numeric_limits<S>::denorm_min())) << f.name;
                }
            });
        }
    }
}

template <class S>
void assert_all(const std::vector<S>& y, size_t from, int64_t n, bool is_nan, const char* what) {
    for (size_t i = from; i < from + size_t(n); ++i) {
        ASSERT_EQ(std::isnan(y[i]), is_nan) << what << ", element " << i - from << " of " << n;
    }
}

TYPED_TEST(AxisFunctions, ASliceWithoutALimitIsNanThroughoutAndNoOtherIs) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    for (const Oracle& f : axis_oracles()) {
        const bool is_hard = f.value == hardmax;
        const S up = f.value == softmin ? -inf : inf;
        for (int64_t n : {1, 2, 5, 16, 67}) {
            for (int64_t bad = 0; bad < n; ++bad) {
                // Slices with NaN, with infinity, all -infinity, one -infinity, and none.
                std::vector<S> x = everyday_values<S>(5 * n, 4, 0);
                x[size_t(bad)] = nan;
                x[size_t(n + bad)] = up;
                std::fill_n(x.begin() + 2 * n, n, -up);
                x[size_t(3 * n + bad)] = -up;
                on_every_instruction_set([&](const std::string&) {
                    const std::vector<S> row = forward(f, x, 5, n, 1);
                    const std::vector<S> column = transposed(forward(f, transposed(x, 5, n), 1, n, 5), n, 5);
                    for (const std::vector<S>& y : {row, column}) {
                        assert_all(y, 0, n, true, f.name);
                        assert_all(y, size_t(n), n, !is_hard, f.name);
                        assert_all(y, size_t(2 * n), n, !is_hard, f.name);
                        assert_all(y, size_t(3 * n), n, !is_hard && n == 1, f.name);
                        assert_all(y, size_t(4 * n), n, false, f.name);
                        if (n > 1) {
                            ASSERT_EQ(y[size_t(3 * n + bad)], f.value == log_softmax ? -inf : S(0)) << f.name;
                        }
                        if (is_hard) {
                            ASSERT_EQ(y[size_t(n + bad)], 1);
                            ASSERT_EQ(y[size_t(2 * n)], 1);
                        }
                    }
                    const std::vector<S> dy(row.size(), 1);
                    assert_all(backward(f, row, dy, 5, n, 1), 0, n, true, f.name);
                    assert_all(backward(f, row, dy, 5, n, 1), size_t(4 * n), n, false, f.name);
                });
            }
        }
    }
}

TYPED_TEST(AxisFunctions, AnAxisOfOneElementGivesOneOrItsLogarithm) {
    using S = TypeParam;
    const S max = std::numeric_limits<S>::max(), tiny = std::numeric_limits<S>::denorm_min();
    const std::vector<S> x = {-max, -1, -tiny, S(-0.0), 0, tiny, 3, max};
    for (const Oracle& f : axis_oracles()) {
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> expected(x.size(), S(f.value == log_softmax ? 0 : 1));
            EXPECT_TRUE(bits_equal(forward(f, x, int64_t(x.size()), 1, 1), expected)) << f.name;
            EXPECT_TRUE(bits_equal(forward(f, x, 1, 1, int64_t(x.size())), expected)) << f.name;
        });
    }
}

TYPED_TEST(AxisFunctions, WhatHasNoSharePassesNothingOn) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN(), half = S(0.5);
    const std::vector<S> y = {half, 0, 0, half, 0}, dy = {1, inf, nan, 3, -1};
    for (const Oracle& f : axis_oracles()) {
        const S size = f.value == hardmax ? 0 : f.value == sparsemax ? 1 : f.value == softmin ? -half : half;
        const std::vector<S> expected = {size == 0 ? 0 : -size, 0, 0, size, 0};
        if (f.value != log_softmax) {
            on_every_instruction_set(
                [&](const std::string&) { EXPECT_TRUE(bits_equal(backward(f, y, dy, 1, 5, 1), expected)) << f.name; });
        }
    }
}

TYPED_TEST(AxisFunctions, LogSoftmaxOfMinusInfinityPassesItsOwnGradientOn) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), log_half = S(-0.693147180559945309417232L);
    const Oracle& f = axis_oracles()[1];
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> y = {log_half, -inf, log_half};
        EXPECT_EQ(backward(f, y, {1, -2, inf}, 1, 3, 1)[1], -2);
        EXPECT_TRUE(bits_equal(backward(f, y, {1, inf, 1}, 1, 3, 1), {-inf, inf, -inf}));
    });
}

TYPED_TEST(AxisFunctions, GumbelNoiseHasItsMomentsAndTheTemperatureDividesIt) {
    using S = TypeParam;
    constexpr int64_t n = 1 << 20;
    const std::vector<S> zeros(n);
    std::vector<S> noise(n), divided(n), skipped(n - 5);
    Api<S>::gumbel_logits(1, 42, 7, 0, zeros.data(), noise.data(), n, 1);
    Api<S>::gumbel_logits(0.25, 42, 7, 0, zeros.data(), divided.data(), n, 1);
    Api<S>::gumbel_logits(1, 42, 7, 5, zeros.data(), skipped.data(), n - 5, 1);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < noise.size(); ++i) {
        ASSERT_TRUE(std::isfinite(noise[i]));
        ASSERT_EQ(divided[i], 4 * noise[i]);
        sum += noise[i];
        squares += double(noise[i]) * noise[i];
    }
    EXPECT_TRUE(bits_equal(skipped, std::vector<S>(noise.begin() + 5, noise.end())));
    const double mean = sum / n, euler = 0.57721566490153286, pi = 3.14159265358979324;
    EXPECT_NEAR(mean, euler, 0.005);
    EXPECT_NEAR(squares / n - mean * mean, pi * pi / 6, 0.02);
}

template <class S>
std::vector<S> masked(double scale, const std::vector<S>& x, const S* mask, int64_t queries, int64_t n, int64_t past,
    bool zero_rows = false) {
    std::vector<S> y(x.size());
    const int64_t batch = int64_t(x.size()) / queries / n;
    Api<S>::masked_softmax(scale, x.data(), mask, y.data(), batch, 1, queries, n, 0, 0, 1, past, zero_rows, 1);
    return y;
}

RECTIFIER_TYPED_SUITE(MaskedSoftmax);

TYPED_TEST(MaskedSoftmax, WithoutMaskAndWithScaleOneIsSoftmaxBitForBit) {
    using S = TypeParam;
    on_every_instruction_set([&](const std::string&) {
        for (int64_t n : {1, 2, 7, 64, 1000, 5000}) {
            const std::vector<S> x = rows<S>(22, n);
            EXPECT_TRUE(bits_equal(masked<S>(1, x, nullptr, 11, n, n), forward(axis_oracles()[0], x, 22, n, 1))) << n;
        }
    });
}

// Of the logits as they are rounded, which a multiply-add and a test for -infinity give.
TYPED_TEST(MaskedSoftmax, IsTheSoftmaxOfItsRoundedLogits) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
#ifdef _WIN32
    GTEST_SKIP() << "takes a fused multiply-add of the C library that rounds once, which MinGW's doesn't";
#endif
    const S inf = std::numeric_limits<S>::infinity();
    const int64_t queries = 5, count = 20;
    on_every_instruction_set([&](const std::string& level) {
        for (int64_t n : {1, 3, 17, 64, 257}) {
            const std::vector<S> x = everyday_values<S>(count * n, 21, 0);
            std::vector<S> mask = everyday_values<S>(queries * n, 22, 0);
            for (size_t i = 1; i < mask.size(); i += 3) {
                mask[i] = -inf;
            }
            for (double scale : {0.125, 0.3, -2.0}) {
                for (int64_t past : {int64_t(0), int64_t(2), n}) {
                    const std::vector<S> y = masked(scale, x, mask.data(), queries, n, past);
                    for (int64_t row = 0; row < count; ++row) {
                        const int64_t length = past < n ? std::min(row % queries + past + 1, n) : n;
                        Slice logits, shares(size_t(length), 0);
                        std::vector<size_t> left;
                        for (int64_t i = 0; i < length; ++i) {
                            const S v = x[size_t(row * n + i)], m = mask[size_t(row % queries * n + i)];
                            const S z = has_fma(level) ? std::fma(S(scale), v, m) : S(S(scale) * v) + m;
                            if (m != -inf) {
                                logits.push_back(z);
                                left.push_back(size_t(i));
                            }
                        }
                        if (logits.empty()) {
                            ASSERT_TRUE(std::isnan(y[size_t(row * n)]));
                            continue;
                        }
                        const Slice of_left = softmax(logits);
                        for (size_t i = 0; i < left.size(); ++i) {
                            shares[left[i]] = of_left[i];
                        }
                        for (int64_t i = 0; i < n; ++i) {
                            const S actual = y[size_t(row * n + i)];
                            const long double share = i < length ? shares[size_t(i)] : 0;
                            ASSERT_LE(ulps(actual, share), 2) << level << ": " << n << ", row " << row << ", " << i;
                            ASSERT_TRUE(share != 0 || to_bits(actual) == 0);
                        }
                    }
                }
            }
        }
    });
}

TYPED_TEST(MaskedSoftmax, WhatIsTakenOutDoesNotMatterAndNothingIsNanOrZero) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> x = {nan, 1, inf, 1}, mask = {-inf, 0, -inf, 0};
        EXPECT_EQ(masked(1, x, mask.data(), 1, 4, 4), (std::vector<S>{0, S(0.5), 0, S(0.5)}));
        // The second query sees two of four keys.
        const std::vector<S> two = {2, nan, nan, nan, 3, 3, nan, inf};
        EXPECT_EQ(masked<S>(7, two, nullptr, 2, 4, 0), (std::vector<S>{1, 0, 0, 0, S(0.5), S(0.5), 0, 0}));
        const std::vector<S> none(4, -inf);
        for (const S* m : {mask.data(), none.data()}) {
            const std::vector<S> left = m == none.data() ? std::vector<S>{1, 2, 3, nan} : none;
            for (S y : masked(1, left, m, 1, 4, 4)) {
                EXPECT_TRUE(std::isnan(y));
            }
            EXPECT_TRUE(bits_equal(masked(1, left, m, 1, 4, 4, true), std::vector<S>(4, 0)));
        }
        EXPECT_TRUE(bits_equal(masked<S>(1, none, nullptr, 1, 4, 4, true), std::vector<S>(4, 0)));
        for (S y : masked<S>(1, {nan, 1, 2, 3}, nullptr, 1, 4, 4, true)) {
            EXPECT_TRUE(std::isnan(y));
        }
    });
}

TYPED_TEST(MaskedSoftmax, RowsOfTheMaskAreThoseThatTheStridesSay) {
    using S = TypeParam;
    const int64_t batch = 3, heads = 2, queries = 4, n = 9, count = batch * heads * queries;
    const std::vector<S> x = everyday_values<S>(count * n, 23, 0), mask = everyday_values<S>(count * n, 24, 0);
    on_every_instruction_set([&](const std::string&) {
        for (const auto& [b, h, q] : {std::array<int64_t, 3>{8, 4, 1}, {1, 0, 0}, {4, 0, 1}, {0, 1, 0}, {0, 0, 0}}) {
            std::vector<S> y(x.size()), spread;
            for (int64_t row = 0; row < count; ++row) {
                const int64_t of = row / queries / heads * b + row / queries % heads * h + row % queries * q;
                spread.insert(spread.end(), mask.begin() + of * n, mask.begin() + (of + 1) * n);
            }
            Api<S>::masked_softmax(0.7, x.data(), mask.data(), y.data(), batch, heads, queries, n, b, h, q, n, 0, 1);
            EXPECT_TRUE(bits_equal(y, masked(0.7, x, spread.data(), count, n, n)));
            std::vector<S> place = x;
            Api<S>::masked_softmax(
                0.7, place.data(), mask.data(), place.data(), batch, heads, queries, n, b, h, q, n, 0, 3);
            EXPECT_TRUE(bits_equal(place, y));
        }
    });
}

RECTIFIER_TYPED_SUITE(LogSumExp);

TYPED_TEST(LogSumExp, IsTheLogarithmOfTheSum) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    on_every_instruction_set([&](const std::string& level) {
        for (int64_t n : {1, 2, 9, 64, 1000}) {
            const int64_t count = 33;
            const std::vector<S> x = rows<S>(count, n);
            std::vector<S> y(size_t(count), 0), strided(y), dx(x.size());
            Api<S>::log_sum_exp(x.data(), y.data(), count, n, 1, 1);
            Api<S>::log_sum_exp(transposed(x, count, n).data(), strided.data(), 1, n, count, 1);
            EXPECT_TRUE(bits_equal(strided, y));
            for (int64_t row = 0; row < count; ++row) {
                const Slice slice = wide(x, size_t(row * n), n), logs = log_softmax(slice);
                const long double max = *std::max_element(slice.begin(), slice.end());
                const long double log = -*std::max_element(logs.begin(), logs.end()), exact = max + log;
                const long double at = std::max({std::fabs(exact), std::fabs(max), log});
                ASSERT_LE(ulps(y[size_t(row)], exact, at), 1) << level << ": " << n << ", row " << row;
            }
            std::vector<S> dy = everyday_values<S>(count, 25, 0);
            Api<S>::log_sum_exp_backward(x.data(), dy.data(), dx.data(), count, n, 1, 1);
            const std::vector<S> shares = forward(axis_oracles()[0], x, count, n, 1);
            for (size_t i = 0; i < x.size(); ++i) {
                ASSERT_EQ(dx[i], shares[i] * dy[i / size_t(n)]);
            }
        }
    });
}

TYPED_TEST(LogSumExp, OfInfinitiesIsTheirLimit) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> x = {-inf, -inf, inf, 1, inf, nan, nan, inf, -inf, 5};
        std::vector<S> y(5);
        Api<S>::log_sum_exp(x.data(), y.data(), 5, 2, 1, 1);
        EXPECT_EQ(y[0], -inf);
        EXPECT_EQ(y[1], inf);
        EXPECT_TRUE(std::isnan(y[2]) && std::isnan(y[3]));
        EXPECT_EQ(y[4], 5);
        Api<S>::log_sum_exp(x.data(), y.data(), 5, 0, 1, 1);
        EXPECT_EQ(y, std::vector<S>(5, -inf));
    });
}

RECTIFIER_TYPED_SUITE(CrossEntropy);

TYPED_TEST(CrossEntropy, IsTheLossOfTheSmoothedLabelWithItsGradient) {
    using S = TypeParam;
    RECTIFIER_SKIP_UNLESS_JUDGED(TypeParam);
    on_every_instruction_set([&](const std::string& level) {
        for (int64_t n : {1, 2, 10, 1000}) {
            const int64_t count = 33;
            const std::vector<S> x = rows<S>(count, n);
            const std::vector<S> shares = forward(axis_oracles()[0], x, count, n, 1);
            std::vector<int32_t> labels;
            for (int64_t row = 0; row < count; ++row) {
                labels.push_back(row % 5 == 4 ? -1 : int32_t(row * 7 % n));
            }
            for (double smoothing : {0.0, 0.1, 1.0}) {
                std::vector<S> loss(size_t(count), 7), dx = x;
                Api<S>::cross_entropy(smoothing, 0.25, x.data(), labels.data(), loss.data(), nullptr, count, n, 1);
                const std::vector<S> alone = loss;
                Api<S>::cross_entropy(smoothing, 0.25, dx.data(), labels.data(), loss.data(), dx.data(), count, n, 2);
                EXPECT_TRUE(bits_equal(loss, alone));
                for (int64_t row = 0; row < count; ++row) {
                    const auto label = size_t(labels[size_t(row)]);
                    if (labels[size_t(row)] < 0) {
                        EXPECT_EQ(to_bits(loss[size_t(row)]), 0u);
                        EXPECT_EQ(to_bits(dx[size_t(row * n)]), 0u);
                        continue;
                    }
                    const Slice logs = log_softmax(wide(x, size_t(row * n), n));
                    const long double exact =
                        (1 - (long double)(smoothing)) * -logs[label] + (long double)(smoothing) / n * -sum(logs);
                    ASSERT_LE(ulps(loss[size_t(row)], exact), smoothing == 0 ? 2 : 4)
                        << level << ": " << n << ", " << row;
                    for (int64_t i = 0; i < n; ++i) {
                        const size_t at = size_t(row * n + i);
                        const long double target = smoothing / double(n) + (size_t(i) == label ? 1 - smoothing : 0);
                        const long double gradient = 0.25L * (shares[at] - target);
                        const long double least = target == 0 ? std::fabs(gradient) : 0.25L * target;
                        ASSERT_LE(ulps(dx[at], gradient, std::max(std::fabs(gradient), least)), 1.5)
                            << level << ": " << n << ", " << row;
                    }
                }
            }
        }
    });
}

TYPED_TEST(CrossEntropy, OfInfinitiesAndNanIsWhatTheLogarithmGives) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    const std::vector<S> x = {0, -inf, 0, -inf, nan, 1, inf, 1, -inf, -inf, nan, nan};
    const std::vector<int32_t> labels = {0, 1, 1, 0, 0, 2};
    on_every_instruction_set([&](const std::string&) {
        std::vector<S> loss(6), dx(12);
        Api<S>::cross_entropy(0, 1, x.data(), labels.data(), loss.data(), dx.data(), 6, 2, 1);
        EXPECT_EQ(loss[0], 0);
        EXPECT_EQ(loss[1], inf);
        EXPECT_TRUE(std::isnan(loss[2]) && std::isnan(loss[3]) && std::isnan(loss[4]));
        EXPECT_EQ(to_bits(loss[5]), 0u);
        EXPECT_EQ(dx[2], 1);
        EXPECT_EQ(dx[3], -1);
        EXPECT_TRUE(std::isnan(dx[4]) && std::isnan(dx[5]) && std::isnan(dx[6]) && std::isnan(dx[9]));
        EXPECT_EQ(to_bits(dx[10]), 0u);
        Api<S>::cross_entropy(0.1, 1, x.data(), labels.data(), loss.data(), nullptr, 1, 2, 1);
        EXPECT_EQ(loss[0], inf);
    });
}

}  // namespace
