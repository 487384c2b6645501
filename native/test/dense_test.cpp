// Dense layers against plain loops, to the last bit.
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
        Api<S>::dense_forward(f == nullptr ? -1 : f->index(), f == nullptr ? 0 : f->p(0), 0, 0, x.data(), w.data(),
            b.data(), r.z.data(), r.y.data(), batch, inputs, units, threads);
        return r;
    }

    struct Backward {
        std::vector<S> dx, dw, db;
    };
    Backward backward(int32_t threads) const {
        Backward r = {x, w, b};
        Api<S>::dense_backward(
            x.data(), w.data(), dz.data(), r.dx.data(), r.dw.data(), r.db.data(), batch, inputs, units, threads);
        return r;
    }
};

// The sums over k of a(i, k) * b(k, j), in the order of k.
template <class S, class A, class B>
std::vector<S> product(int64_t rows, int64_t columns, int64_t depth, bool fused, const A& a, const B& b) {
    std::vector<S> sums;
    for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < columns; ++j) {
            S sum = 0;
            for (int64_t k = 0; k < depth; ++k) {
                sum = fused ? std::fma(a(i, k), b(k, j), sum) : sum + a(i, k) * b(k, j);
            }
            sums.push_back(sum);
        }
    }
    return sums;
}

// Batch, inputs and units: of no elements, of fewer than a packet, of blocks and panels that are whole and not, with
// more terms than are summed at a time, and with rows a page apart.
constexpr int64_t sizes[][3] = {{1, 1, 1}, {1, 17, 5}, {7, 1, 3}, {3, 5, 1}, {2, 3, 4}, {5, 6, 7}, {4, 8, 8},
    {66, 4, 5}, {13, 31, 29}, {65, 33, 257}, {130, 70, 260}, {1, 300, 403}, {2, 259, 100}, {3, 90, 600}, {4, 64, 48},
    {6, 47, 301}, {9, 520, 33}, {300, 20, 40}, {35, 258, 1024}, {0, 3, 4}, {3, 0, 4}, {3, 4, 0}};

RECTIFIER_TYPED_SUITE(Dense);

TYPED_TEST(Dense, EveryElementIsASumInTheOrderOfTheInnerIndex) {
    using S = TypeParam;
    for (int i = 1; i < 100; ++i) {
        const volatile S a = S(1) / S(i), b = S(1) / S(i + 7), nothing = 0;
        if (std::fma(a, b, nothing) != a * b) {
            GTEST_SKIP() << "the C library's fma is not exact here";
        }
    }
    for (const auto& [batch, inputs, units] : sizes) {
        SCOPED_TRACE(testing::Message() << batch << " x " << inputs << " x " << units);
        const Layer<S> layer = {batch, inputs, units};
        const auto x = [&](int64_t row, int64_t i) { return layer.x[size_t(row * layer.inputs + i)]; };
        const auto w = [&](int64_t i, int64_t u) { return layer.w[size_t(i * layer.units + u)]; };
        const auto dz = [&](int64_t row, int64_t u) { return layer.dz[size_t(row * layer.units + u)]; };
        on_every_instruction_set([&](const std::string& name) {
            const int64_t rows = layer.batch, in = layer.inputs, out = layer.units;
            const bool fused = has_fma(name);
            std::vector<S> z = product<S>(rows, out, in, fused, x, w);
            for (size_t i = 0; i < z.size(); ++i) {
                z[i] += layer.b[i % layer.b.size()];
            }
            EXPECT_TRUE(bits_equal(layer.forward(nullptr, 1).z, z)) << "z";
            const auto gradients = layer.backward(1);
            EXPECT_TRUE(bits_equal(gradients.dx, product<S>(rows, in, out, fused, dz, [&](int64_t u, int64_t i) {
                return w(i, u);
            }))) << "dx";
            const std::vector<S> dw = product<S>(
                in, out, rows, fused, [&](int64_t i, int64_t row) { return x(row, i); }, dz);
            EXPECT_TRUE(bits_equal(gradients.dw, dw)) << "dw";
            // Each term of the bias' gradient is exact, and its sum is rounded to S once more.
            const std::vector<double> sums = product<double>(
                1, out, rows, fused, [](int64_t, int64_t) { return 1.0; },
                [&](int64_t row, int64_t u) { return double(dz(row, u)); });
            const std::vector<S> db(sums.begin(), sums.end());
            EXPECT_TRUE(bits_equal(gradients.db, db)) << "db";
            auto without_dx = gradients;
            Api<S>::dense_backward(layer.x.data(), layer.w.data(), layer.dz.data(), nullptr, without_dx.dw.data(),
                without_dx.db.data(), rows, in, out, 1);
            EXPECT_TRUE(bits_equal(without_dx.dw, dw));
            EXPECT_TRUE(bits_equal(without_dx.db, db));
        });
    }
}

TYPED_TEST(Dense, EveryInstructionSetWithFusedMultiplyAddGivesTheSameBits) {
    using S = TypeParam;
    const Layer<S> layer = {70, 300, 260};
    const Oracle& f = oracles().front();
    typename Layer<S>::Forward forward;
    typename Layer<S>::Backward backward;
    on_every_instruction_set([&](const std::string& name) {
        if (has_fma(name)) {
            const auto forward_here = layer.forward(&f, 1);
            const auto backward_here = layer.backward(1);
            forward = forward.z.empty() ? forward_here : forward;
            backward = backward.dx.empty() ? backward_here : backward;
            EXPECT_TRUE(bits_equal(forward_here.z, forward.z));
            EXPECT_TRUE(bits_equal(forward_here.y, forward.y));
            EXPECT_TRUE(bits_equal(backward_here.dx, backward.dx));
            EXPECT_TRUE(bits_equal(backward_here.dw, backward.dw));
            EXPECT_TRUE(bits_equal(backward_here.db, backward.db));
        }
    });
}

TYPED_TEST(Dense, ARowOfABatchHasTheSameBitsAsThatRowAlone) {
    using S = TypeParam;
    constexpr int64_t inputs = 301, units = 603;
    const Layer<S> layer = {67, inputs, units};
    on_every_instruction_set([&](const std::string&) {
        const std::vector<S> z = layer.forward(nullptr, 1).z, dx = layer.backward(1).dx;
        for (int64_t rows : {1, 2, 3, 4, 5, 8, 9}) {
            for (int64_t first : {int64_t(0), 67 - rows}) {
                SCOPED_TRACE(testing::Message() << rows << " rows from " << first);
                const auto part = [&](const std::vector<S>& whole, int64_t row) {
                    return std::vector<S>(whole.begin() + first * row, whole.begin() + (first + rows) * row);
                };
                Layer<S> some = {rows, inputs, units};
                some.x = part(layer.x, inputs);
                some.dz = part(layer.dz, units);
                EXPECT_TRUE(bits_equal(some.forward(nullptr, 1).z, part(z, units)));
                EXPECT_TRUE(bits_equal(some.backward(1).dx, part(dx, inputs)));
            }
        }
    });
}

TYPED_TEST(Dense, TheActivationIsThatOfTheElementwiseKernel) {
    using S = TypeParam;
    const Layer<S> layer = {70, 20, 300};
    for (const Oracle& f : oracles()) {
        on_every_instruction_set([&](const std::string&) {
            auto result = layer.forward(&f, 1);
            std::vector<S> y(result.z.size());
            Api<S>::forward(f.index(), f.p(0), 0, 0, result.z.data(), y.data(), int64_t(y.size()), 1);
            EXPECT_TRUE(bits_equal(result.y, y)) << f.title();
            Api<S>::dense_forward(f.index(), f.p(0), 0, 0, layer.x.data(), layer.w.data(), layer.b.data(),
                result.z.data(), result.z.data(), layer.batch, layer.inputs, layer.units, 1);
            EXPECT_TRUE(bits_equal(result.z, y)) << f.title() << " in place";
        });
    }
}

TYPED_TEST(Dense, AnyNumberOfThreadsGivesTheSameBits) {
    allow_threads();
    for (const Layer<TypeParam>& layer : {Layer<TypeParam>{200, 150, 600}, {1, 1500, 1003}, {3001, 700, 3}}) {
        on_every_instruction_set([&](const std::string&) {
            const auto forward = layer.forward(nullptr, 1);
            const auto backward = layer.backward(1);
            for (int32_t threads : {2, 3, 8}) {
                SCOPED_TRACE(testing::Message() << layer.batch << " rows, " << threads << " threads");
                EXPECT_TRUE(bits_equal(layer.forward(nullptr, threads).z, forward.z));
                EXPECT_TRUE(bits_equal(layer.backward(threads).dx, backward.dx));
                EXPECT_TRUE(bits_equal(layer.backward(threads).dw, backward.dw));
                EXPECT_TRUE(bits_equal(layer.backward(threads).db, backward.db));
            }
        });
    }
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
                Api<S>::dense_forward(-1, 0, 0, 0, x.data(), w.data(), b.data(), z.data(), y.data(), layer.batch,
                    layer.inputs, layer.units, 1);
                Api<S>::dense_backward(x.data(), w.data(), dz.data(), dx.data(), dw.data(), db.data(), layer.batch,
                    layer.inputs, layer.units, 1);
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

// The order that rectifier.h says.
template <class W, class S>
std::vector<W> packed(const Layer<S>& layer) {
    const int64_t rounded_up = (layer.units + 15) / 16 * 16;
    std::vector<W> w(size_t(layer.inputs * rounded_up), W(0));
    for (int64_t i = 0; i < layer.inputs; ++i) {
        for (int64_t u = 0; u < layer.units; ++u) {
            const int64_t p = u / 48 * 48, width = std::min<int64_t>(48, rounded_up - p);
            w[size_t(p * layer.inputs + i * width + u - p)] = W(layer.w[size_t(i * layer.units + u)]);
        }
    }
    return w;
}

// By the type of the weights.
template <class W>
class PackedWeights : public testing::Test {
  protected:
    using S = std::conditional_t<is_half<W>, float, W>;

    static Layer<S> layer(int64_t batch, int64_t inputs, int64_t units) {
        Layer<S> layer = {batch, inputs, units};
        for (S& w : layer.w) {
            w = S(W(w));
        }
        return layer;
    }
};
TYPED_TEST_SUITE(PackedWeights, StoredTypes);

TYPED_TEST(PackedWeights, GiveTheBitsOfWeightsRowAfterRowAtAnyAddress) {
    using S = typename TestFixture::S;
    std::mt19937_64 random(11);
    const auto gap = [&] { return size_t(random() % 70); };
    for (const auto& [batch, inputs, units] : sizes) {
        for (int64_t rows : {batch, int64_t(1)}) {
            SCOPED_TRACE(testing::Message() << rows << " x " << inputs << " x " << units);
            const Layer<S> layer = TestFixture::layer(rows, inputs, units);
            on_every_instruction_set([&](const std::string&) {
                for (const Oracle* f : {static_cast<const Oracle*>(nullptr), &oracles().front()}) {
                    Guarded<S> x(layer.x, gap()), b(layer.b, gap()), y(layer.dz, gap());
                    Guarded<TypeParam> w(packed<TypeParam>(layer), gap());
                    Api<TypeParam>::dense_packed(f == nullptr ? -1 : f->index(), f == nullptr ? 0 : f->p(0), 0, 0,
                        x.data(), w.data(), b.data(), y.data(), layer.batch, layer.inputs, layer.units, 1);
                    ASSERT_TRUE(bits_equal(y.values(), layer.forward(f, 1).y));
                    ASSERT_TRUE(y.untouched());
                }
            });
        }
    }
}

TYPED_TEST(PackedWeights, AnyNumberOfThreadsGivesTheSameBits) {
    using S = typename TestFixture::S;
    allow_threads();
    for (const Layer<S>& layer :
        {TestFixture::layer(200, 150, 600), TestFixture::layer(1, 1500, 1003), TestFixture::layer(3001, 700, 3)}) {
        const std::vector<TypeParam> w = packed<TypeParam>(layer);
        on_every_instruction_set([&](const std::string&) {
            const std::vector<S> z = layer.forward(nullptr, 1).z;
            for (int32_t threads : {2, 3, 8}) {
                std::vector<S> y(z.size());
                Api<TypeParam>::dense_packed(-1, 0, 0, 0, layer.x.data(), w.data(), layer.b.data(), y.data(),
                    layer.batch, layer.inputs, layer.units, threads);
                EXPECT_TRUE(bits_equal(y, z)) << layer.batch << " rows, " << threads << " threads";
            }
        });
    }
}

}  // namespace
