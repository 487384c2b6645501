// Random orthogonal matrices: what they are, and that they are the same bits everywhere.
#include "kernels.h"

namespace {

constexpr int64_t sizes[][2] = {
    {1, 1}, {1, 5}, {5, 1}, {2, 2}, {7, 3}, {3, 7}, {31, 32}, {33, 33}, {100, 64}, {64, 100}, {65, 300}, {300, 65}};

template <class S>
std::vector<S> orthogonal(
    int64_t rows, int64_t columns, int64_t seed = 42, double gain = 1, int64_t stream = 3, int32_t threads = 1) {
    std::vector<S> out(size_t(rows * columns), -7);
    EXPECT_EQ(Api<S>::orthogonal(gain, rows, columns, seed, stream, 0, out.data(), int64_t(out.size()), threads),
        RECTIFIER_OK);
    return out;
}

RECTIFIER_TYPED_SUITE(Orthogonal);

TYPED_TEST(Orthogonal, TheShorterSideIsOrthonormal) {
    using S = TypeParam;
    constexpr double gain = 1.5;
    for (const auto& [rows, columns] : sizes) {
        const auto q = orthogonal<S>(rows, columns, 42, gain);
        const bool wide = rows < columns;
        const int64_t count = std::min(rows, columns), length = std::max(rows, columns), width = columns;
        const auto at = [&](int64_t i, int64_t column) {
            return (long double)(q[size_t(wide ? column * width + i : i * width + column)]) / gain;
        };
        for (int64_t a = 0; a < count; ++a) {
            for (int64_t b = 0; b <= a; ++b) {
                long double product = 0;
                for (int64_t i = 0; i < length; ++i) {
                    product += at(i, a) * at(i, b);
                }
                ASSERT_NEAR(double(product), a == b ? 1 : 0,
                    double(std::sqrt(length) + 2) * double(std::numeric_limits<S>::epsilon()))
                    << rows << " x " << columns << ": " << a << ", " << b;
            }
        }
    }
}

TEST(OrthogonalDouble, ItIsTheQOfTheDrawsWithAPositiveDiagonalOfR) {
    for (const auto& [rows, columns] : sizes) {
        const bool wide = rows < columns;
        const int64_t count = std::min(rows, columns), length = std::max(rows, columns), width = columns;
        const auto q = orthogonal<double>(rows, columns);
        std::vector<double> a(q.size());
        rectifier_fill_normal_f64(0, 1, 42, 3, 0, a.data(), int64_t(a.size()), 1);
        for (int64_t i = 0; i < count; ++i) {
            for (int64_t j = 0; j <= i; ++j) {
                long double r = 0;
                for (int64_t k = 0; k < length; ++k) {
                    r += (long double)(q[size_t(wide ? i * width + k : k * width + i)]) * a[size_t(k * count + j)];
                }
                if (j < i) {
                    ASSERT_NEAR(double(r), 0, double(length) * 1e-14) << rows << " x " << columns;
                } else {
                    ASSERT_GT(r, 0) << rows << " x " << columns;
                }
            }
        }
    }
}

// Of a uniformly distributed matrix, all entries have mean 0 and variance 1 / n, the trace has variance 1, and either
// determinant is as likely. Without the rule of signs the diagonal would be negative on average.
TEST(OrthogonalDouble, IsUniformlyDistributed) {
    constexpr int64_t n = 3;
    constexpr int trials = 1 << 14;
    double sums[n * n] = {}, squares[n * n] = {}, trace_squares = 0, determinants = 0;
    for (int seed = 0; seed < trials; ++seed) {
        const auto q = orthogonal<double>(n, n, seed);
        for (size_t i = 0; i < q.size(); ++i) {
            sums[i] += q[i];
            squares[i] += q[i] * q[i];
        }
        trace_squares += std::pow(q[0] + q[4] + q[8], 2);
        determinants += q[0] * (q[4] * q[8] - q[5] * q[7]) - q[1] * (q[3] * q[8] - q[5] * q[6]) +
                        q[2] * (q[3] * q[7] - q[4] * q[6]);
    }
    for (int i = 0; i < n * n; ++i) {
        // Var q = 1 / n, Var q^2 = 2 (n - 1) / (n^2 (n + 2)).
        EXPECT_NEAR(sums[i] / trials, 0, 5 * std::sqrt(1.0 / 3 / trials)) << i;
        EXPECT_NEAR(squares[i] / trials, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / trials)) << i;
    }
    // E trace^4 = 3 for n = 3, as of a normal distribution.
    EXPECT_NEAR(trace_squares / trials, 1, 5 * std::sqrt(2.0 / trials));
    EXPECT_NEAR(determinants / trials, 0, 5 / std::sqrt(double(trials)));
}

TEST(OrthogonalDouble, FloatIsDoubleRounded) {
    for (const auto& [rows, columns] : sizes) {
        const auto exact = orthogonal<double>(rows, columns, 42, 0.3);
        EXPECT_TRUE(bits_equal(orthogonal<float>(rows, columns, 42, 0.3), {exact.begin(), exact.end()}));
    }
}

TYPED_TEST(Orthogonal, EveryInstructionSetAndNumberOfThreadsGivesTheSameBits) {
    using S = TypeParam;
    allow_threads();
    for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{5, 4}, {300, 200}, {129, 400}, {1, 40000}}) {
        const auto expected = orthogonal<S>(rows, columns);
        on_every_instruction_set([&, height = rows, width = columns](const std::string&) {
            for (int32_t threads : {1, 2, 3, 8}) {
                EXPECT_TRUE(bits_equal(orthogonal<S>(height, width, 42, 1, 3, threads), expected)) << threads;
            }
        });
    }
    EXPECT_STREQ(rectifier_parallel_status(), "loaded");
}

TYPED_TEST(Orthogonal, AnyPieceCanBeHadAloneAndNothingElseIsWritten) {
    using S = TypeParam;
    std::mt19937_64 random(1);
    for (const auto& [rows, columns] : sizes) {
        const auto whole = orthogonal<S>(rows, columns, 42, 2);
        for (int trial = 0; trial < 20; ++trial) {
            const size_t first = random() % (whole.size() + 1), n = random() % (whole.size() - first + 1);
            Guarded<S> out(std::vector<S>(n), size_t(random() % 70));
            ASSERT_EQ(
                Api<S>::orthogonal(2, rows, columns, 42, 3, int64_t(first), out.data(), int64_t(n), 1), RECTIFIER_OK);
            ASSERT_TRUE(bits_equal(
                out.values(), {whole.begin() + std::ptrdiff_t(first), whole.begin() + std::ptrdiff_t(first + n)}));
            ASSERT_TRUE(out.untouched());
        }
    }
}

TYPED_TEST(Orthogonal, AnotherSeedOrStreamIsAnotherMatrix) {
    const auto q = orthogonal<TypeParam>(7, 5);
    EXPECT_FALSE(same_bits(orthogonal<TypeParam>(7, 5, 43), q));
    EXPECT_FALSE(same_bits(orthogonal<TypeParam>(7, 5, 42, 1, 4), q));
}

TYPED_TEST(Orthogonal, AMatrixTooLargeForMemoryIsReportedAndNothingWritten) {
    using S = TypeParam;
    for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{int64_t(1) << 30, int64_t(1) << 30},
             {1, int64_t(1) << 60}, {int64_t(1) << 24, int64_t(1) << 24}}) {
        S out[3] = {1, 2, 3};
        EXPECT_EQ(Api<S>::orthogonal(1, rows, columns, 42, 3, 0, out, 3, 1), RECTIFIER_OUT_OF_MEMORY);
        EXPECT_TRUE(out[0] == 1 && out[1] == 2 && out[2] == 3);
    }
}

TYPED_TEST(Orthogonal, AnEmptyMatrixIsNothing) {
    EXPECT_TRUE(orthogonal<TypeParam>(0, 5).empty());
    EXPECT_TRUE(orthogonal<TypeParam>(5, 0).empty());
}

}  // namespace
