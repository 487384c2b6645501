package dev.rectifier;

import dev.rectifier.Initializer.Mode;
import java.util.List;

/**
 * Initializers under the full names that other systems give them, with the defaults that they have
 * there: {@code InitializerPresets.of("keras.initializers.HeNormal")} is truncated, {@code
 * "torch.nn.init.kaiming_normal_"} isn't. A name that ends in a layer's parameter, as {@code
 * "torch.nn.Linear.weight"}, is what the layer starts it with.
 *
 * <p>A preset is an ordinary value; {@code toString()} shows the code that makes it. It has the
 * distribution of the other system, not its bits, which depend there on version, type, shape and
 * machine. Give it a seed and a stream of its own: {@code of(name).withSeed(42).withStream(layer)}.
 * Which axes are fan-in and fan-out is the shape's matter: {@link Shape#keras} for Keras and JAX,
 * {@link Shape#torch} for PyTorch.
 *
 * <p>The systems are Keras 3, PyTorch, and JAX with Flax. Initializers without defaults, as
 * PyTorch's {@code sparse_}, have no preset; nor have biases that start with a fan of the weights
 * beside them, as those of PyTorch's {@code Linear}. Immutable and thread-safe.
 */
public final class InitializerPresets {
    static final PresetTable<Initializer> TABLE = new PresetTable<>();

    private InitializerPresets() {}

    static {
        keras(TABLE);
        torch(TABLE);
        jax(TABLE);
    }

    private static void keras(PresetTable<Initializer> presets) {
        presets.put("keras.initializers.Constant", Initializer.constant(0));
        presets.put("keras.initializers.GlorotNormal", Initializer.glorotNormal(0));
        presets.put("keras.initializers.GlorotUniform", Initializer.glorotUniform(0));
        presets.put("keras.initializers.HeNormal", Initializer.heNormal(0));
        presets.put("keras.initializers.HeUniform", Initializer.heUniform(0));
        presets.put("keras.initializers.Identity", Initializer.identity(1));
        presets.put("keras.initializers.LecunNormal", Initializer.lecunNormal(0));
        presets.put("keras.initializers.LecunUniform", Initializer.lecunUniform(0));
        presets.put("keras.initializers.Ones", Initializer.ones());
        presets.put("keras.initializers.Orthogonal", Initializer.orthogonal(1, 0));
        presets.put("keras.initializers.RandomNormal", Initializer.randomNormal(0, 0.05, 0));
        presets.put("keras.initializers.RandomUniform", Initializer.randomUniform(-0.05, 0.05, 0));
        presets.put("keras.initializers.TruncatedNormal", Initializer.truncatedNormal(0, 0.05, 0));
        presets.put(
                "keras.initializers.VarianceScaling",
                Initializer.varianceScaling(1, Mode.FAN_IN, Initializer.Form.TRUNCATED_NORMAL, 0));
        presets.put("keras.initializers.Zeros", Initializer.zeros());
        presets.put("keras.layers.Conv2D.kernel", Initializer.glorotUniform(0));
        presets.put("keras.layers.Dense.bias", Initializer.zeros());
        presets.put("keras.layers.Dense.kernel", Initializer.glorotUniform(0));
        presets.put("keras.layers.Embedding.embeddings", Initializer.randomUniform(-0.05, 0.05, 0));
        presets.put("keras.layers.LSTM.recurrent_kernel", Initializer.orthogonal(1, 0));
    }

    private static void torch(PresetTable<Initializer> presets) {
        Initializer layer =
                Initializer.kaimingUniform(Math.sqrt(5), Mode.FAN_IN, Nonlinearity.LEAKY_RELU, 0);
        presets.put("torch.nn.init.dirac_", Initializer.dirac(1));
        presets.put("torch.nn.init.eye_", Initializer.identity(1));
        presets.put(
                "torch.nn.init.kaiming_normal_",
                Initializer.kaimingNormal(0, Mode.FAN_IN, Nonlinearity.LEAKY_RELU, 0));
        presets.put(
                "torch.nn.init.kaiming_uniform_",
                Initializer.kaimingUniform(0, Mode.FAN_IN, Nonlinearity.LEAKY_RELU, 0));
        presets.put("torch.nn.init.normal_", Initializer.randomNormal(0, 1, 0));
        presets.put("torch.nn.init.ones_", Initializer.ones());
        presets.put("torch.nn.init.orthogonal_", Initializer.orthogonal(1, 0));
        presets.put("torch.nn.init.trunc_normal_", Initializer.boundedNormal(0, 1, -2, 2, 0));
        presets.put("torch.nn.init.uniform_", Initializer.randomUniform(0, 1, 0));
        presets.put("torch.nn.init.xavier_normal_", Initializer.xavierNormal(1, 0));
        presets.put("torch.nn.init.xavier_uniform_", Initializer.xavierUniform(1, 0));
        presets.put("torch.nn.init.zeros_", Initializer.zeros());
        presets.put("torch.nn.Conv2d.weight", layer);
        presets.put("torch.nn.Embedding.weight", Initializer.randomNormal(0, 1, 0));
        presets.put("torch.nn.Linear.weight", layer);
    }

    private static void jax(PresetTable<Initializer> presets) {
        presets.put("jax.nn.initializers.delta_orthogonal", Initializer.deltaOrthogonal(1, 0));
        presets.put("jax.nn.initializers.glorot_normal", Initializer.glorotNormal(0));
        presets.put("jax.nn.initializers.glorot_uniform", Initializer.glorotUniform(0));
        presets.put("jax.nn.initializers.he_normal", Initializer.heNormal(0));
        presets.put("jax.nn.initializers.he_uniform", Initializer.heUniform(0));
        presets.put("jax.nn.initializers.kaiming_normal", Initializer.heNormal(0));
        presets.put("jax.nn.initializers.kaiming_uniform", Initializer.heUniform(0));
        presets.put("jax.nn.initializers.lecun_normal", Initializer.lecunNormal(0));
        presets.put("jax.nn.initializers.lecun_uniform", Initializer.lecunUniform(0));
        presets.put("jax.nn.initializers.normal", Initializer.randomNormal(0, 0.01, 0));
        presets.put("jax.nn.initializers.ones", Initializer.ones());
        presets.put("jax.nn.initializers.orthogonal", Initializer.orthogonal(1, 0));
        presets.put(
                "jax.nn.initializers.truncated_normal", Initializer.truncatedNormal(0, 0.01, 0));
        presets.put("jax.nn.initializers.uniform", Initializer.randomUniform(0, 0.01, 0));
        presets.put("jax.nn.initializers.xavier_normal", Initializer.glorotNormal(0));
        presets.put("jax.nn.initializers.xavier_uniform", Initializer.glorotUniform(0));
        presets.put("jax.nn.initializers.zeros", Initializer.zeros());
        presets.put("flax.linen.Dense.bias", Initializer.zeros());
        presets.put("flax.linen.Dense.kernel", Initializer.lecunNormal(0));
    }

    /** {@return all names, those of one system next to each other} */
    public static List<String> names() {
        return TABLE.names();
    }

    /**
     * {@return the initializer that another system calls {@code name}, with that system's defaults
     * and seed 0}
     *
     * @param name the name
     * @throws IllegalArgumentException if there is no such preset, with the names that are nearest
     */
    public static Initializer of(String name) {
        return TABLE.of(name);
    }
}
