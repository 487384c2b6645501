// Softmax against long double.
#include <algorithm>

#include "support.h"

namespace {

template <class S>
std::vector<S> softmax(const std::vector<S>& x, int64_t outer, int64_t axis, int64_t inner) {
    std::vector<S> y(x.size());
    Api<S>::softmax_forward(x.data(), 0, y.data(), 0, outer, axis, inner, 1);
    return y;
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

// Rows whose spread and place differ: flat, usual, with one winner, far from 0, close to overflow.
template <class S>
std::vector<S> rows(int64_t n, int64_t length) {
    const S far[] = {0, 0, 0, S(1e4), S(-3e7), std::numeric_limits<S>::max() / 4};
    const S spread[] = {S(0.01), 1, 30, 5, 1000, std::numeric_limits<S>::max() / 40};
    std::vector<S> x = everyday_values<S>(n * length, 1, 0);
    for (size_t i = 0; i < x.size(); ++i) {
        const size_t kind = i / size_t(length) % 6;
        x[i] = far[kind] + spread[kind] * x[i];
    }
    return x;
}

RECTIFIER_TYPED_SUITE(Softmax);

// Two roundings: what the exponential is off by, less than 7/8 ULP, counts twice where the quotient falls into the
// upper end of a binade, and the quotient's own is 1/2.
TYPED_TEST(Softmax, RowsAreThoseOfLongDoubleAndSumToOne) {
    using S = TypeParam;
    for (int64_t n : {1, 2, 3, 10, 100, 1000, 1 << 18}) {
        const int64_t count = std::max<int64_t>(12, 600 / n);
        const std::vector<S> x = rows<S>(count, n);
        std::vector<long double> exact(x.size());
        for (size_t from = 0; from < x.size(); from += size_t(n)) {
            const long double max = *std::max_element(&x[from], &x[from] + n);
            long double sum = 0;
            for (size_t i = from; i < from + size_t(n); ++i) {
                sum += exact[i] = std::exp(x[i] - max);
            }
            for (size_t i = from; i < from + size_t(n); ++i) {
                exact[i] /= sum;
            }
        }
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> y = softmax(x, count, n, 1);
            for (size_t from = 0; from < y.size(); from += size_t(n)) {
                long double sum = 0;
                for (size_t i = from; i < from + size_t(n); ++i) {
                    sum += y[i];
                    ASSERT_LE(ulps(y[i], exact[i]), 2.25) << y[i] << ", not " << exact[i] << ", of " << n;
                }
                ASSERT_NEAR(double(sum), 1, 2 * double(std::numeric_limits<S>::epsilon())) << n;
            }
        });
    }
}

TYPED_TEST(Softmax, AStridedAxisIsLikeAContiguousOne) {
    using S = TypeParam;
    for (const auto& [axis, inner] : {std::pair<int64_t, int64_t>{10, 3}, {33, 64}, {300, 150}}) {
        const std::vector<S> contiguous = rows<S>(inner, axis), strided = transposed(contiguous, inner, axis);
        const std::vector<S> dy = everyday_values<S>(axis * inner, 2, 0), dy_strided = transposed(dy, inner, axis);
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> y = softmax(contiguous, inner, axis, 1);
            const std::vector<S> y_strided = softmax(strided, 1, axis, inner);
            const std::vector<S> back = transposed(y_strided, axis, inner);
            for (size_t i = 0; i < y.size(); ++i) {
                ASSERT_LE(ulps(back[i], (long double)(y[i])), 1) << axis << " x " << inner;
            }
            std::vector<S> dx(y.size()), dx_strided(y.size());
            Api<S>::softmax_backward(y.data(), 0, dy.data(), 0, dx.data(), 0, inner, axis, 1, 1);
            Api<S>::softmax_backward(
                y_strided.data(), 0, dy_strided.data(), 0, dx_strided.data(), 0, 1, axis, inner, 1);
            const std::vector<S> dx_back = transposed(dx_strided, axis, inner);
            for (size_t i = 0; i < y.size(); ++i) {
                ASSERT_NEAR(dx_back[i], dx[i], std::fabs(y[i]) * 100 * double(std::numeric_limits<S>::epsilon()));
            }
        });
    }
}

TYPED_TEST(Softmax, BackwardIsTheJacobiansProduct) {
    using S = TypeParam;
    for (int64_t n : {1, 2, 9, 100, 5000}) {
        const std::vector<S> dy = everyday_values<S>(6 * n, 3, 0);
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> y = softmax(rows<S>(6, n), 6, n, 1);
            std::vector<S> dx(y.size());
            Api<S>::softmax_backward(y.data(), 0, dy.data(), 0, dx.data(), 0, 6, n, 1, 1);
            for (size_t from = 0; from < y.size(); from += size_t(n)) {
                long double dot = 0, magnitude = 0;
                for (size_t i = from; i < from + size_t(n); ++i) {
                    dot += (long double)(y[i]) * dy[i];
                    magnitude += std::fabs((long double)(y[i]) * dy[i]);
                }
                for (size_t i = from; i < from + size_t(n); ++i) {
                    const double scale = double(y[i]) * (std::fabs(double(dy[i])) + double(magnitude));
                    ASSERT_NEAR(dx[i], double(y[i] * (dy[i] - dot)),
                        2 * scale * double(std::numeric_limits<S>::epsilon()) +
                            double(std::numeric_limits<S>::denorm_min()));
                }
            }
        });
    }
}

TYPED_TEST(Softmax, ASliceWithNanOrPlusInfinityOrOnlyMinusInfinityIsNanAndNoOtherIs) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
    for (int64_t n : {1, 5, 16, 67}) {
        for (int64_t bad = 0; bad < n; ++bad) {
            // Slices with NaN, with infinity, all -infinity, one -infinity, and none.
            std::vector<S> x = everyday_values<S>(5 * n, 4, 0);
            x[size_t(bad)] = nan;
            x[size_t(n + bad)] = inf;
            std::fill_n(x.begin() + 2 * n, n, -inf);
            x[size_t(3 * n + bad)] = -inf;
            on_every_instruction_set([&](const std::string&) {
                const std::vector<S> y = softmax(x, 5, n, 1);
                const std::vector<S> strided = transposed(softmax(transposed(x, 5, n), 1, n, 5), n, 5);
                for (const std::vector<S>& result : {y, strided}) {
                    for (int64_t i = 0; i < 5 * n; ++i) {
                        const bool expected = i < 3 * n || (n == 1 && i < 4);
                        ASSERT_EQ(std::isnan(result[size_t(i)]), expected) << i << " of 5 x " << n;
                    }
                    ASSERT_TRUE(n == 1 || result[size_t(3 * n + bad)] == 0);
                }
            });
        }
    }
}

}  // namespace
