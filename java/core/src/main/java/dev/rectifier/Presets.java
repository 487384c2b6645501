package dev.rectifier;

import java.util.List;

/**
 * Activations under the full names that other systems give them, with the defaults that they have
 * there: {@code Presets.of("keras.layers.LeakyReLU")} has a slope of 0.3, {@code
 * "torch.nn.LeakyReLU"} of 0.01.
 *
 * <p>A preset is an ordinary value; {@code toString()} shows the code that makes it. It has the
 * formula and the parameters of the other system, not its deviations: what happens at knees, at
 * infinities, at NaN and to the sign of zero is what {@link Elementwise} promises. The test module
 * {@code java/golden} compares each preset with what the other system computes, and lists every
 * point where the two differ. An argument that isn't at its default is part of the name, as in
 * {@code "torch.nn.GELU(approximate='tanh')"}.
 *
 * <p>The systems are PyTorch, Keras 3, JAX with Flax, TensorFlow, ONNX (the operators of opset 24,
 * whose attributes are single-precision numbers), ND4J with DL4J, and the paper of Xu et al. 2015
 * (arXiv 1505.00853). {@link InitializerPresets} has initializers. Functions without defaults, as
 * PyTorch's {@code Threshold}, have no preset. Immutable and thread-safe.
 */
public final class Presets {
    static final PresetTable<Activation> TABLE = new PresetTable<>();

    private Presets() {}

    static {
        keras(TABLE);
        torch(TABLE);
        jax(TABLE);
        tensorflow(TABLE);
        onnx(TABLE);
        nd4j(TABLE);
        xu2015(TABLE);
    }

    private static void keras(PresetTable<Activation> presets) {
        presets.put("keras.activations.celu", Elementwise.celu(1));
        presets.put("keras.activations.elu", Elementwise.elu(1));
        presets.put("keras.activations.exponential", Elementwise.exponential());
        presets.put("keras.activations.gelu", Elementwise.gelu());
        presets.put("keras.activations.gelu(approximate=True)", Elementwise.geluTanh());
        presets.put("keras.activations.glu", new Glu(-1));
        presets.put("keras.activations.hard_shrink", Elementwise.hardShrink(0.5));
        presets.put("keras.activations.hard_sigmoid", Elementwise.hardSigmoid());
        presets.put("keras.activations.hard_silu", Elementwise.hardSwish());
        presets.put("keras.activations.hard_swish", Elementwise.hardSwish());
        presets.put("keras.activations.hard_tanh", Elementwise.hardTanh());
        presets.put("keras.activations.leaky_relu", Elementwise.leakyRelu(0.2));
        presets.put("keras.activations.linear", Elementwise.linear());
        presets.put("keras.activations.log_sigmoid", Elementwise.logSigmoid());
        presets.put("keras.activations.log_softmax", AxisFunction.logSoftmax(-1));
        presets.put("keras.activations.mish", Elementwise.mish());
        presets.put("keras.activations.relu", Elementwise.relu());
        presets.put("keras.activations.relu6", Elementwise.relu6());
        presets.put("keras.activations.selu", Elementwise.selu());
        presets.put("keras.activations.sigmoid", Elementwise.sigmoid());
        presets.put("keras.activations.silu", Elementwise.silu());
        presets.put("keras.activations.soft_shrink", Elementwise.softShrink(0.5));
        presets.put("keras.activations.softmax", AxisFunction.softmax(-1));
        presets.put("keras.activations.softplus", Elementwise.softplus());
        presets.put("keras.activations.softsign", Elementwise.softsign());
        presets.put("keras.activations.sparse_plus", Elementwise.sparsePlus());
        presets.put("keras.activations.sparse_sigmoid", Elementwise.sparseSigmoid());
        presets.put("keras.activations.sparsemax", AxisFunction.sparsemax(-1));
        presets.put("keras.activations.squareplus", Elementwise.squareplus(4));
        presets.put("keras.activations.swish", Elementwise.silu());
        presets.put("keras.activations.tanh", Elementwise.tanh());
        presets.put("keras.activations.tanh_shrink", Elementwise.tanhShrink());
        presets.put("keras.layers.ELU", Elementwise.elu(1));
        presets.put("keras.layers.LeakyReLU", Elementwise.leakyRelu(0.3));
        presets.put("keras.layers.PReLU", new PRelu(0));
        presets.put("keras.layers.ReLU", Elementwise.relu());
        presets.put("keras.layers.Softmax", AxisFunction.softmax(-1));
    }

    private static void torch(PresetTable<Activation> presets) {
        presets.put("torch.nn.CELU", Elementwise.celu(1));
        presets.put("torch.nn.ELU", Elementwise.elu(1));
        presets.put("torch.nn.GELU", Elementwise.gelu());
        presets.put("torch.nn.GELU(approximate='tanh')", Elementwise.geluTanh());
        presets.put("torch.nn.GLU", new Glu(-1));
        presets.put("torch.nn.Hardshrink", Elementwise.hardShrink(0.5));
        presets.put("torch.nn.Hardsigmoid", Elementwise.hardSigmoid());
        presets.put("torch.nn.Hardswish", Elementwise.hardSwish());
        presets.put("torch.nn.Hardtanh", Elementwise.hardTanh(-1, 1));
        presets.put("torch.nn.Identity", Elementwise.linear());
        presets.put("torch.nn.LeakyReLU", Elementwise.leakyRelu(0.01));
        // These three have no default axis in PyTorch.
        presets.put("torch.nn.LogSoftmax(dim=-1)", AxisFunction.logSoftmax(-1));
        presets.put("torch.nn.Softmax(dim=-1)", AxisFunction.softmax(-1));
        presets.put("torch.nn.Softmin(dim=-1)", AxisFunction.softmin(-1));
        presets.put("torch.nn.LogSigmoid", Elementwise.logSigmoid());
        presets.put("torch.nn.Mish", Elementwise.mish());
        presets.put("torch.nn.PReLU", new PRelu(0.25));
        presets.put("torch.nn.ReLU", Elementwise.relu());
        presets.put("torch.nn.ReLU6", Elementwise.relu6());
        presets.put("torch.nn.RReLU", RRelu.uniformSlope(1.0 / 8, 1.0 / 3));
        presets.put("torch.nn.SELU", Elementwise.selu());
        presets.put("torch.nn.SiLU", Elementwise.silu());
        presets.put("torch.nn.Sigmoid", Elementwise.sigmoid());
        presets.put("torch.nn.Softmax2d", AxisFunction.softmax(-3));
        presets.put("torch.nn.Softplus", Elementwise.softplus(1, 20));
        presets.put("torch.nn.Softshrink", Elementwise.softShrink(0.5));
        presets.put("torch.nn.Softsign", Elementwise.softsign());
        presets.put("torch.nn.Tanh", Elementwise.tanh());
        presets.put("torch.nn.Tanhshrink", Elementwise.tanhShrink());
    }

    private static void jax(PresetTable<Activation> presets) {
        presets.put("jax.nn.celu", Elementwise.celu(1));
        presets.put("jax.nn.elu", Elementwise.elu(1));
        presets.put("jax.nn.gelu", Elementwise.geluTanh());
        presets.put("jax.nn.gelu(approximate=False)", Elementwise.gelu());
        presets.put("jax.nn.glu", new Glu(-1));
        presets.put("jax.nn.hard_sigmoid", Elementwise.hardSigmoid());
        presets.put("jax.nn.hard_silu", Elementwise.hardSwish());
        presets.put("jax.nn.hard_swish", Elementwise.hardSwish());
        presets.put("jax.nn.hard_tanh", Elementwise.hardTanh());
        presets.put("jax.nn.identity", Elementwise.linear());
        presets.put("jax.nn.leaky_relu", Elementwise.leakyRelu(0.01));
        presets.put("jax.nn.log_sigmoid", Elementwise.logSigmoid());
        presets.put("jax.nn.log_softmax", AxisFunction.logSoftmax(-1));
        presets.put("jax.nn.mish", Elementwise.mish());
        presets.put("jax.nn.relu", Elementwise.relu());
        presets.put("jax.nn.relu6", Elementwise.relu6());
        presets.put("jax.nn.selu", Elementwise.selu());
        presets.put("jax.nn.sigmoid", Elementwise.sigmoid());
        presets.put("jax.nn.silu", Elementwise.silu());
        presets.put("jax.nn.soft_sign", Elementwise.softsign());
        presets.put("jax.nn.softmax", AxisFunction.softmax(-1));
        presets.put("jax.nn.softplus", Elementwise.softplus());
        presets.put("jax.nn.sparse_plus", Elementwise.sparsePlus());
        presets.put("jax.nn.sparse_sigmoid", Elementwise.sparseSigmoid());
        presets.put("jax.nn.squareplus", Elementwise.squareplus(4));
        presets.put("jax.nn.swish", Elementwise.silu());
        presets.put("jax.nn.tanh", Elementwise.tanh());
        presets.put("flax.linen.PReLU", new PRelu(0.01));
    }

    private static void tensorflow(PresetTable<Activation> presets) {
        presets.put("tf.nn.crelu", new ConcatenatedRelu(-1));
        presets.put("tf.nn.elu", Elementwise.elu(1));
        presets.put("tf.nn.gelu", Elementwise.gelu());
        presets.put("tf.nn.gelu(approximate=True)", Elementwise.geluTanh());
        presets.put("tf.nn.leaky_relu", Elementwise.leakyRelu(0.2));
        presets.put("tf.nn.log_softmax", AxisFunction.logSoftmax(-1));
        presets.put("tf.nn.relu", Elementwise.relu());
        presets.put("tf.nn.relu6", Elementwise.relu6());
        presets.put("tf.nn.selu", Elementwise.selu());
        presets.put("tf.nn.sigmoid", Elementwise.sigmoid());
        presets.put("tf.nn.silu", Elementwise.silu());
        presets.put("tf.nn.softmax", AxisFunction.softmax(-1));
        presets.put("tf.nn.softplus", Elementwise.softplus());
        presets.put("tf.nn.softsign", Elementwise.softsign());
        presets.put("tf.nn.swish", Elementwise.silu());
        presets.put("tf.nn.tanh", Elementwise.tanh());
    }

    private static void onnx(PresetTable<Activation> presets) {
        presets.put("onnx.Celu", Elementwise.celu(1));
        presets.put("onnx.Elu", Elementwise.elu(1));
        presets.put("onnx.Exp", Elementwise.exponential());
        presets.put("onnx.Gelu", Elementwise.gelu());
        presets.put("onnx.Gelu(approximate='tanh')", Elementwise.geluTanh());
        // 0.2f and 0.01f: also double data meet these numbers in single precision.
        presets.put("onnx.HardSigmoid", Elementwise.hardSigmoid(0.2f, 0.5));
        presets.put("onnx.HardSwish", Elementwise.hardSwish());
        presets.put("onnx.Hardmax", AxisFunction.hardmax(-1));
        presets.put("onnx.Identity", Elementwise.linear());
        presets.put("onnx.LeakyRelu", Elementwise.leakyRelu(0.01f));
        presets.put("onnx.LogSoftmax", AxisFunction.logSoftmax(-1));
        presets.put("onnx.Mish", Elementwise.mish());
        presets.put("onnx.Relu", Elementwise.relu());
        presets.put("onnx.Selu", Elementwise.selu());
        presets.put("onnx.Shrink", Elementwise.hardShrink(0.5));
        presets.put("onnx.Shrink(bias=0.5)", Elementwise.softShrink(0.5));
        presets.put("onnx.Sigmoid", Elementwise.sigmoid());
        presets.put("onnx.Softmax", AxisFunction.softmax(-1));
        presets.put("onnx.Softplus", Elementwise.softplus());
        presets.put("onnx.Softsign", Elementwise.softsign());
        presets.put("onnx.Swish", Elementwise.silu());
        presets.put("onnx.Tanh", Elementwise.tanh());
        presets.put("onnx.ThresholdedRelu", Elementwise.threshold(1, 0));
    }

    private static void nd4j(PresetTable<Activation> presets) {
        presets.put("nd4j.ELU", Elementwise.elu(1));
        presets.put("nd4j.GELU", Elementwise.swish(1.702));
        presets.put("nd4j.HARDSIGMOID", Elementwise.hardSigmoid(0.2, 0.5));
        presets.put("nd4j.HARDTANH", Elementwise.hardTanh());
        presets.put("nd4j.IDENTITY", Elementwise.linear());
        presets.put("nd4j.LEAKYRELU", Elementwise.leakyRelu(0.01));
        presets.put("nd4j.MISH", Elementwise.mish());
        presets.put("nd4j.RELU", Elementwise.relu());
        presets.put("nd4j.RELU6", Elementwise.relu6());
        presets.put("nd4j.RRELU", RRelu.uniformSlope(1.0 / 8, 1.0 / 3));
        presets.put("nd4j.SELU", Elementwise.selu());
        presets.put("nd4j.SIGMOID", Elementwise.sigmoid());
        presets.put("nd4j.SOFTMAX", AxisFunction.softmax(-1));
        presets.put("nd4j.SOFTPLUS", Elementwise.softplus());
        presets.put("nd4j.SOFTSIGN", Elementwise.softsign());
        presets.put("nd4j.SWISH", Elementwise.silu());
        presets.put("nd4j.TANH", Elementwise.tanh());
        presets.put("nd4j.THRESHOLDEDRELU", Elementwise.threshold(1, 0));
        presets.put("dl4j.PReLULayer", new PRelu(0));
    }

    private static void xu2015(PresetTable<Activation> presets) {
        presets.put("xu2015.leakyRelu", Elementwise.leakyRelu(1 / 100.0));
        presets.put("xu2015.veryLeakyRelu", Elementwise.leakyRelu(1 / 5.5));
        presets.put("xu2015.rrelu", RRelu.xu(3, 8));
    }

    /** {@return all names, those of one system next to each other} */
    public static List<String> names() {
        return TABLE.names();
    }

    /**
     * {@return the activation that another system calls {@code name}, with that system's defaults}
     *
     * @param name the name
     * @throws IllegalArgumentException if there is no such preset, with the names that are nearest
     */
    public static Activation of(String name) {
        return TABLE.of(name);
    }
}
