// Elementwise activations against the oracle's table.
#include <algorithm>

#include "oracle.h"
#include "oracles/exponentials.h"
#include "support.h"

namespace {

enum class Direction { forward, derivative, from_output };

template <class S>
std::vector<S> apply(const Oracle& o, Direction direction, const std::vector<S>& x, S dy = 1) {
    const int64_t n = int64_t(x.size());
    std::vector<S> result(x.size());
    if (direction == Direction::forward) {
        Api<S>::forward(o.index(), o.p(0), o.p(1), o.p(2), x.data(), result.data(), n, 1);
    } else {
        const std::vector<S> dys(x.size(), dy);
        Api<S>::backward(o.index(), direction == Direction::from_output, o.p(0), o.p(1), o.p(2), x.data(), dys.data(),
            result.data(), n, 1);
    }
    return result;
}

TEST(Registry, EveryActivationHasALineInTheOraclesTable) {
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        EXPECT_TRUE(std::any_of(oracles().begin(), oracles().end(), [i](const Oracle& oracle) {
            return oracle.name == rectifier_activation_name(i);
        })) << rectifier_activation_name(i);
    }
    for (const Oracle& oracle : oracles()) {
        ASSERT_GE(oracle.index(), 0) << oracle.name;
        EXPECT_EQ(rectifier_activation_parameters(oracle.index()), int(oracle.parameters.size())) << oracle.name;
        // With some parameters the output doesn't tell, with others it does.
        EXPECT_LE(bool(oracle.from_output), rectifier_activation_from_output(oracle.index())) << oracle.name;
    }
}

TEST(Registry, EveryInstructionSetHasTheSameActivations) {
    std::vector<std::string> names;
    on_every_instruction_set([&](const std::string&) {
        std::vector<std::string> here;
        for (int i = 0; i < rectifier_activation_count(); ++i) {
            here.push_back(rectifier_activation_name(i));
        }
        names = names.empty() ? here : names;
        EXPECT_EQ(here, names);
    });
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end()) << "a name stands for two functions";
}

RECTIFIER_TYPED_SUITE(SpecialValues);

TYPED_TEST(SpecialValues, ADeadUnitsGradientIsPlusZeroWhateverArrives) {
    using S = TypeParam;
    const std::vector<S> x = stratified_sample<S>(8, 1000);
    for (const Oracle& oracle : oracles()) {
        on_every_instruction_set([&](const std::string&) {
            for (Direction direction : {Direction::derivative, Direction::from_output}) {
                if (direction == Direction::from_output && !oracle.from_output) {
                    continue;
                }
                const std::vector<S> in = direction == Direction::derivative ? x : apply(oracle, Direction::forward, x);
                const std::vector<S> slope = apply(oracle, direction, in);
                for (const S dy : special_values<S>()) {
                    const std::vector<S> dx = apply(oracle, direction, in, dy);
                    for (size_t i = 0; i < in.size(); ++i) {
                        if (slope[i] == 0) {
                            ASSERT_EQ(to_bits(dx[i]), Bits<S>(0)) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        } else if (std::isnan(in[i]) || std::isnan(slope[i] * dy)) {
                            ASSERT_TRUE(std::isnan(dx[i])) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        } else {
                            ASSERT_EQ(dx[i], slope[i] * dy) << oracle.title() << " at " << in[i] << ", dy " << dy;
                        }
                    }
                }
            }
        });
    }
}

TYPED_TEST(SpecialValues, SignsOfZeroKneesAndLimitsAtInfinityAreTheContracts) {
    using S = TypeParam;
    const S inf = std::numeric_limits<S>::infinity();
    struct Case {
        const char* name;
        std::vector<double> p;
        S x, y, derivative;
    };
    const S scale_alpha = S(wide::plus_selu_scale_alpha(0.0L)), sixth = S(1.0L / 6),
            ln2 = S(0.693147180559945309417232L);
    const std::vector<Case> cases = {
        {"linear", {}, S(-0.0), S(-0.0), 1},
        {"linear", {}, -inf, -inf, 1},
        {"relu", {}, S(-0.0), S(0.0), 0},
        {"relu", {}, -inf, 0, 0},
        {"relu", {}, inf, inf, 1},
        {"generalizedRelu", {0.5, 4, 1}, -2, S(-1.5), S(0.5)},
        {"generalizedRelu", {0.5, 4, 1}, 1, 0, S(0.5)},
        {"generalizedRelu", {0.5, 4, 1}, S(1.5), S(1.5), 1},
        {"generalizedRelu", {0.5, 4, 1}, 4, 4, 0},
        {"generalizedRelu", {0.5, 4, 1}, 9, 4, 0},
        {"generalizedRelu", {0, HUGE_VAL, 0}, -inf, 0, 0},
        {"generalizedRelu", {0, HUGE_VAL, 0}, inf, inf, 1},
        {"squaredRelu", {}, S(-0.0), S(0.0), 0},
        {"squaredRelu", {}, -inf, 0, 0},
        {"squaredRelu", {}, 3, 9, 6},
        {"squaredRelu", {}, inf, inf, inf},
        {"starRelu", {2, -1}, S(-0.0), -1, 0},
        {"starRelu", {2, -1}, 3, 17, 12},
        {"starRelu", {2, -1}, inf, inf, inf},
        {"starRelu", {0, -1}, inf, -1, 0},
        {"hardMish", {}, -2, S(-0.0), 0},
        {"hardMish", {}, -1, S(-0.5), 0},
        {"hardMish", {}, S(-0.0), S(-0.0), 1},
        {"hardMish", {}, -inf, S(-0.0), 0},
        {"hardMish", {}, inf, inf, 1},
        {"telu", {}, S(-0.0), S(-0.0), S(std::tanh(1.0L))},
        {"telu", {}, 40, 40, 1},
        {"telu", {}, -inf, S(-0.0), 0},
        {"telu", {}, inf, inf, 1},
        {"relu6", {}, S(-0.0), S(0.0), 0},
        {"relu6", {}, 6, 6, 0},
        {"relu6", {}, inf, 6, 0},
        {"leakyRelu", {0.25}, S(0.0), S(0.0), S(0.25)},
        {"leakyRelu", {0.25}, S(-0.0), S(-0.0), S(0.25)},
        {"leakyRelu", {0.25}, -inf, -inf, S(0.25)},
        {"leakyRelu", {0}, -1, S(-0.0), 0},
        {"leakyRelu", {0}, -inf, S(-0.0), 0},
        {"sigmoid", {}, S(-0.0), S(0.5), S(0.25)},
        {"sigmoid", {}, -inf, 0, 0},
        {"sigmoid", {}, inf, 1, 0},
        {"tanh", {}, S(0.0), S(0.0), 1},
        {"tanh", {}, S(-0.0), S(-0.0), 1},
        {"tanh", {}, -inf, -1, 0},
        {"tanh", {}, inf, 1, 0},
        {"elu", {0.5}, S(0.0), S(0.0), S(0.5)},
        {"elu", {0.5}, S(-0.0), S(-0.0), S(0.5)},
        {"elu", {0.5}, -inf, S(-0.5), 0},
        {"elu", {0.5}, inf, inf, 1},
        {"selu", {}, S(-0.0), S(-0.0), scale_alpha},
        {"selu", {}, -inf, -scale_alpha, 0},
        {"selu", {}, inf, inf, S(wide::selu_scale<long double>())},
        {"scaledElu", {2, 3}, S(-0.0), S(-0.0), 6},
        {"scaledElu", {2, 3}, -inf, -6, 0},
        {"scaledElu", {2, 3}, inf, inf, 3},
        {"scaledElu", {1e30, 1e30}, -inf, S(-1e30) * S(1e30), 0},
        {"scaledElu", {2, 0}, inf, 0, 0},
        {"celu", {2}, S(-0.0), S(-0.0), 1},
        {"celu", {2}, -inf, -2, 0},
        {"celu", {2}, inf, inf, 1},
        {"gelu", {}, S(-0.0), S(-0.0), S(0.5)},
        {"gelu", {}, -inf, S(-0.0), 0},
        {"gelu", {}, inf, inf, 1},
        {"geluTanh", {}, S(-0.0), S(-0.0), S(0.5)},
        {"geluTanh", {}, -inf, S(-0.0), 0},
        {"geluTanh", {}, inf, inf, 1},
        {"silu", {}, S(-0.0), S(-0.0), S(0.5)},
        {"silu", {}, -inf, S(-0.0), 0},
        {"silu", {}, inf, inf, 1},
        {"swish", {2}, -inf, S(-0.0), 0},
        {"swish", {2}, inf, inf, 1},
        {"swish", {-2}, inf, S(0.0), 0},
        {"swish", {-2}, -inf, -inf, 1},
        {"swish", {0}, -inf, -inf, S(0.5)},
        {"swish", {0}, 3, S(1.5), S(0.5)},
        {"mish", {}, S(-0.0), S(-0.0), S(0.6)},
        {"mish", {}, -inf, S(-0.0), 0},
        {"mish", {}, inf, inf, 1},
        {"softplus", {1, HUGE_VAL}, S(-0.0), ln2, S(0.5)},
        {"softplus", {1, HUGE_VAL}, -inf, 0, 0},
        {"softplus", {1, HUGE_VAL}, inf, inf, 1},
        {"softplus", {0.5, 4}, 9, 9, 1},
        {"logSigmoid", {}, 0, -ln2, S(0.5)},
        {"logSigmoid", {}, -inf, -inf, 1},
        {"logSigmoid", {}, inf, S(-0.0), 0},
        {"softsign", {}, S(-0.0), S(-0.0), 1},
        {"softsign", {}, -inf, -1, 0},
        {"softsign", {}, inf, 1, 0},
        {"hardSigmoid", {1.0 / 6, 0.5}, -3, 0, 0},
        {"hardSigmoid", {1.0 / 6, 0.5}, 3, 1, 0},
        {"hardSigmoid", {1.0 / 6, 0.5}, 0, S(0.5), sixth},
        {"hardSigmoid", {1.0 / 6, 0.5}, -inf, 0, 0},
        {"hardSigmoid", {1.0 / 6, 0.5}, inf, 1, 0},
        {"hardSigmoid", {0.25, 0.5}, -2, 0, 0},
        {"hardSigmoid", {0.25, 0.5}, 2, 1, 0},
        {"sparseSigmoid", {}, -1, 0, 0},
        {"sparseSigmoid", {}, 1, 1, 0},
        {"sparseSigmoid", {}, 0, S(0.5), S(0.5)},
        {"hardSwish", {}, -3, S(-0.0), 0},
        {"hardSwish", {}, 3, 3, 1},
        {"hardSwish", {}, S(-0.0), S(-0.0), S(0.5)},
        {"hardSwish", {}, S(-1.5), S(-0.375), 0},
        {"hardSwish", {}, -inf, S(-0.0), 0},
        {"hardSwish", {}, inf, inf, 1},
        {"hardTanh", {-1, 1}, -1, -1, 0},
        {"hardTanh", {-1, 1}, 1, 1, 0},
        {"hardTanh", {-1, 1}, S(-0.0), S(-0.0), 1},
        {"hardTanh", {-1, 1}, inf, 1, 0},
        {"hardShrink", {0.5}, S(0.5), 0, 0},
        {"hardShrink", {0.5}, S(-0.5), S(-0.0), 0},
        {"hardShrink", {0.5}, 2, 2, 1},
        {"hardShrink", {0.5}, -inf, -inf, 1},
        {"softShrink", {0.5}, S(0.5), 0, 0},
        {"softShrink", {0.5}, S(-0.25), S(-0.0), 0},
        {"softShrink", {0.5}, -2, S(-1.5), 1},
        {"softShrink", {0.5}, -inf, -inf, 1},
        {"shrink", {1, 3}, 1, 0, 0},
        {"shrink", {1, 3}, S(-0.5), S(-0.0), 0},
        {"shrink", {1, 3}, 2, -1, 1},
        {"shrink", {1, 3}, -3, S(-0.0), 1},
        {"shrink", {1, 3}, -inf, -inf, 1},
        {"shrink", {-1, 3}, S(0.5), S(3.5), 1},
        {"tanhShrink", {}, S(-0.0), S(-0.0), 0},
        {"tanhShrink", {}, -inf, -inf, 1},
        {"threshold", {1, -7}, 1, -7, 0},
        {"threshold", {1, -7}, 2, 2, 1},
        {"exponential", {}, S(-0.0), 1, 1},
        {"exponential", {}, -inf, 0, 0},
        {"exponential", {}, inf, inf, inf},
        {"squareplus", {4}, 0, 1, S(0.5)},
        {"squareplus", {4}, -inf, 0, 0},
        {"squareplus", {4}, inf, inf, 1},
        {"squareplus", {0}, -2, 0, 0},
        {"squareplus", {0}, 2, 2, 1},
        {"sparsePlus", {}, -1, 0, 0},
        {"sparsePlus", {}, 0, S(0.25), S(0.5)},
        {"sparsePlus", {}, 1, 1, 1},
        {"sparsePlus", {}, -inf, 0, 0},
        {"sparsePlus", {}, inf, inf, 1},
    };
    on_every_instruction_set([&](const std::string&) {
        for (const Case& c : cases) {
            Oracle oracle = oracles().front();
            oracle.name = c.name;
            oracle.parameters = c.p;
            ASSERT_GE(oracle.index(), 0) << c.name;
            const S y = apply<S>(oracle, Direction::forward, {c.x})[0];
            const S derivative = apply<S>(oracle, Direction::derivative, {c.x})[0];
            EXPECT_EQ(to_bits(y), to_bits(c.y)) << oracle.title() << " of " << c.x << " is " << y;
            EXPECT_EQ(to_bits(derivative), to_bits(c.derivative))
                << oracle.title() << "' at " << c.x << " is " << derivative;
        }
    });
    // Every activation has its cases.
    for (int i = 0; i < rectifier_activation_count(); ++i) {
        EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [i](const Case& c) {
            return std::string(c.name) == rectifier_activation_name(i);
        })) << rectifier_activation_name(i);
    }
}

TYPED_TEST(SpecialValues, DenormalsAreHonoured) {
    using S = TypeParam;
    const S least = std::numeric_limits<S>::denorm_min();
    const std::vector<S> x = {8 * least, -8 * least};
    const S low = std::log(least) + 2;
    on_every_instruction_set([&](const std::string&) {
        for (const Oracle& oracle : oracles()) {
            if (oracle.name == "linear" || oracle.name == "tanh") {
                EXPECT_EQ(apply(oracle, Direction::forward, x), x) << oracle.name;
            }
            if (oracle.name == "linear" || oracle.name == "relu") {
                EXPECT_EQ(apply(oracle, Direction::derivative, {S(1)}, least)[0], least) << oracle.name;
            }
            if (oracle.name == "sigmoid") {
                EXPECT_GT(apply<S>(oracle, Direction::forward, {low})[0], 0) << oracle.name;
            }
        }
    });
}

TYPED_TEST(SpecialValues, ALearnedSlopeOfZeroGivesZeroAtMinusInfinity) {
    using S = TypeParam;
    const S minus_infinity = -std::numeric_limits<S>::infinity(), alpha = 0;
    on_every_instruction_set([&](const std::string&) {
        S y = 1;
        Api<S>::learned_forward(learned("prelu"), &minus_infinity, &alpha, &y, 1, 1, 1, 1, 1, 1, 1, 1);
        EXPECT_EQ(y, 0);
    });
}

TYPED_TEST(SpecialValues, OddFunctionsAreOddBitForBit) {
    using S = TypeParam;
    std::vector<S> x = stratified_sample<S>(8, 100000), minus_x = x;
    for (S& v : minus_x) {
        v = -v;
    }
    on_every_instruction_set([&](const std::string&) {
        for (const Oracle& oracle : oracles()) {
            for (const char* odd : {"linear", "tanh", "softsign", "hardShrink", "softShrink", "tanhShrink"}) {
                if (oracle.name == odd) {
                    const std::vector<S> y = apply(oracle, Direction::forward, x);
                    const std::vector<S> minus_y = apply(oracle, Direction::forward, minus_x);
                    for (size_t i = 0; i < x.size(); ++i) {
                        ASSERT_TRUE(std::isnan(x[i]) || to_bits(S(-y[i])) == to_bits(minus_y[i]))
                            << oracle.title() << " of " << x[i];
                    }
                }
            }
        }
    });
}

}  // namespace
