// Dense layers against a plain product in long double.
#include <functional>

#include "kernels.h"

namespace {

template <class S>
struct Layer {
    int64_t batch, inputs, units;
    std::vector<S> x = values(batch * inputs, 1), w = values(inputs * units, 2), b = values(units, 3),
                   dz = values(batch * units, 4);

    static std::vector<S> values(int64_t n, uint64_t seed) { return everyday_values<S>(n, seed, 0); }

    struct Forward {
        std::vector<S> z, y;
    };
    Forward forward(const Oracle* f, int32_t threads) const {
        Forward r = {dz, dz};
        EXPECT_EQ(Api<S>::dense_forward(f == nullptr ? -1 : f->index(), f == nullptr ? 0 : f->p(0), 0, 0, x.data(), 0,
                      w.data(), 0, b.data(), 0, r.z.data(), 0, r.y.data(), 0, batch, inputs, units, threads),
            RECTIFIER_OK);
        return r;
    }

    struct Backward {
        std::vector<S> dx, dw, db;
    };
    Backward backward(int32_t threads) const {
        Backward r = {x, w, b};
        EXPECT_EQ(Api<S>::dense_backward(x.data(), 0, w.data(), 0, dz.data(), 0, r.dx.data(), 0, r.dw.data(), 0,
                      r.db.data(), 0, batch, inputs, units, threads),
            RECTIFIER_OK);
        return r;
    }
};

// actual[i, j] = start(j) + sum of a(i, k) * b(k, j), to what any order of the sum may lose.
template <class S, class A, class B, class Start>
void expect_product(const char* what, const std::vector<S>& actual, int64_t rows, int64_t columns, int64_t depth,
    const A& a, const B& b, const Start& start) {
    for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < columns; ++j) {
            long double sum = start(j), magnitude = std::fabs(sum);
            for (int64_t k = 0; k < depth; ++k) {
                const long double term = (long double)(a(i, k)) * b(k, j);
                sum += term;
                magnitude += std::fabs(term);
            }
            ASSERT_NEAR(actual[size_t(i * columns + j)], double(sum),
                double(depth + 2) / 2 * double(std::numeric_limits<S>::epsilon() * magnitude))
                << what << " at " << i << ", " << j;
        }
    }
}

constexpr int64_t sizes[][3] = {{1, 1, 1}, {1, 17, 5}, {7, 1, 3}, {3, 5, 1}, {2, 3, 4}, {5, 6, 7}, {4, 8, 8},
    {66, 4, 5}, {13, 31, 29}, {65, 33, 257}, {130, 70, 260}, {0, 3, 4}, {3, 0, 4}, {3, 4, 0}};

RECTIFIER_TYPED_SUITE(Dense);

TYPED_TEST(Dense, ForwardAndBackwardAreThePlainProducts) {
    using S = TypeParam;
    const auto zero = [](int64_t) { return 0.0L; };
    for (const auto& [batch, inputs, units] : sizes) {
        SCOPED_TRACE(testing::Message() << batch << " x " << inputs << " x " << units);
        const Layer<S> layer = {batch, inputs, units};
        const auto x = [&](int64_t row, int64_t i) { return layer.x[size_t(row * layer.inputs + i)]; };
        const auto w = [&](int64_t i, int64_t u) { return layer.w[size_t(i * layer.units + u)]; };
        const auto dz = [&](int64_t row, int64_t u) { return layer.dz[size_t(row * layer.units + u)]; };
        on_every_instruction_set([&](const std::string&) {
            const int64_t rows = layer.batch, in = layer.inputs, out = layer.units;
            expect_product("z", layer.forward(nullptr, 1).z, rows, out, in, x, w,
                [&](int64_t u) { return (long double)(layer.b[size_t(u)]); });
            const auto gradients = layer.backward(1);
            expect_product(
                "dx", gradients.dx, rows, in, out, dz, [&](int64_t u, int64_t i) { return w(i, u); }, zero);
            expect_product(
                "dw", gradients.dw, in, out, rows, [&](int64_t i, int64_t row) { return x(row, i); }, dz, zero);
            expect_product(
                "db", gradients.db, 1, out, rows, [](int64_t, int64_t) { return S(1); }, dz, zero);
            std::vector<S> dw(layer.w.size()), db(layer.b.size());
            EXPECT_EQ(Api<S>::dense_backward(layer.x.data(), 0, layer.w.data(), 0, layer.dz.data(), 0, nullptr, 0,
                          dw.data(), 0, db.data(), 0, rows, in, out, 1),
                RECTIFIER_OK);
            EXPECT_TRUE(bits_equal(dw, gradients.dw));
            EXPECT_TRUE(bits_equal(db, gradients.db));
        });
    }
}

TYPED_TEST(Dense, TheActivationIsThatOfTheElementwiseKernel) {
    using S = TypeParam;
    const Layer<S> layer = {70, 20, 300};
    for (const Oracle& f : oracles()) {
        on_every_instruction_set([&](const std::string&) {
            auto result = layer.forward(&f, 1);
            std::vector<S> y(result.z.size());
            Api<S>::forward(f.index(), f.p(0), 0, 0, result.z.data(), 0, y.data(), 0, int64_t(y.size()), 1);
            EXPECT_TRUE(bits_equal(result.y, y)) << f.title();
            Api<S>::dense_forward(f.index(), f.p(0), 0, 0, layer.x.data(), 0, layer.w.data(), 0, layer.b.data(), 0,
                result.z.data(), 0, result.z.data(), 0, layer.batch, layer.inputs, layer.units, 1);
            EXPECT_TRUE(bits_equal(result.z, y)) << f.title() << " in place";
        });
    }
}

TYPED_TEST(Dense, AnyNumberOfThreadsGivesTheSameBits) {
    allow_threads();
    const Layer<TypeParam> layer = {200, 150, 600};
    on_every_instruction_set([&](const std::string&) {
        const auto forward = layer.forward(nullptr, 1);
        const auto backward = layer.backward(1);
        for (int32_t threads : {2, 3, 8}) {
            EXPECT_TRUE(bits_equal(layer.forward(nullptr, threads).z, forward.z)) << threads;
            EXPECT_TRUE(bits_equal(layer.backward(threads).dx, backward.dx)) << threads;
            EXPECT_TRUE(bits_equal(layer.backward(threads).dw, backward.dw)) << threads;
            EXPECT_TRUE(bits_equal(layer.backward(threads).db, backward.db)) << threads;
        }
    });
    EXPECT_STREQ(rectifier_parallel_status(), "loaded");
}

TYPED_TEST(Dense, AnyAddressGivesTheSameBitsAndNothingElseIsWritten) {
    using S = TypeParam;
    std::mt19937_64 random(9);
    for (const auto& [batch, inputs, units] : sizes) {
        const Layer<S> layer = {batch, inputs, units};
        on_every_instruction_set([&](const std::string&) {
            const auto forward = layer.forward(nullptr, 1);
            const auto backward = layer.backward(1);
            for (int trial = 0; trial < 20; ++trial) {
                SCOPED_TRACE(testing::Message() << layer.batch << " x " << layer.inputs << " x " << layer.units);
                const auto gap = [&] { return size_t(random() % 70); };
                Guarded<S> x(layer.x, gap()), w(layer.w, gap()), b(layer.b, gap()), dz(layer.dz, gap()),
                    z(layer.dz, gap()), y(layer.dz, gap()), dx(layer.x, gap()), dw(layer.w, gap()), db(layer.b, gap());
                Api<S>::dense_forward(-1, 0, 0, 0, x.base(1), 1, w.base(2), 2, b.base(3), 3, z.base(4), 4, y.base(5), 5,
                    layer.batch, layer.inputs, layer.units, 1);
                Api<S>::dense_backward(x.base(1), 1, w.base(2), 2, dz.base(3), 3, dx.base(4), 4, dw.base(5), 5,
                    db.base(6), 6, layer.batch, layer.inputs, layer.units, 1);
                ASSERT_TRUE(bits_equal(z.values(), forward.z)) << "z";
                ASSERT_TRUE(bits_equal(y.values(), forward.y)) << "y";
                ASSERT_TRUE(bits_equal(dx.values(), backward.dx)) << "dx";
                ASSERT_TRUE(bits_equal(dw.values(), backward.dw)) << "dw";
                ASSERT_TRUE(bits_equal(db.values(), backward.db)) << "db";
                for (const Guarded<S>* array : {&x, &w, &b, &dz, &z, &y, &dx, &dw, &db}) {
                    ASSERT_TRUE(array->untouched());
                }
            }
        });
    }
}

}  // namespace
