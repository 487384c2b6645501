package dev.rectifier.spi;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.Elementwise;
import dev.rectifier.Fill;
import dev.rectifier.Glu;
import dev.rectifier.Learned;
import dev.rectifier.MaskedSoftmax;
import dev.rectifier.RRelu;
import dev.rectifier.RandomKey;
import dev.rectifier.SoftmaxCrossEntropy;
import dev.rectifier.Span;
import java.nio.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What computes: the native library, or the pure-Java reference (artifact {@code
 * rectifier-reference}).
 *
 * <p>Every argument has been checked before it comes here: types and lengths agree, destinations
 * are writable, spans that overlap are identical, parameters are in their range. Only the methods
 * of {@link Elementwise} get spans of 16 bits, for which results are those of {@code FLOAT32}, then
 * rounded. Implementations are thread-safe. Users call {@link Elementwise}, {@link Learned}, {@link
 * RRelu}, {@link AxisFunction}, {@link dev.rectifier.Initializer} and {@link
 * dev.rectifier.DenseKernel} instead of this interface.
 */
public interface Backend {
    /**
     * The name for the system property {@code rectifier.backend}: {@code native} or {@code java}.
     */
    String name();

    /** The instruction set in use, or {@code java}. */
    String instructionSet();

    /** All instruction sets this backend could use on this machine, worst first. */
    List<String> instructionSets();

    /** The file the kernels were loaded from, if there is one. */
    Optional<Path> library();

    /**
     * How calls reach the kernels, and why so: {@code foreign (...)}, {@code jni (...)}, or {@code
     * java}.
     */
    String door();

    /**
     * How parallel execution is doing: {@code unused}, {@code loaded}, or why it is not to be had.
     */
    String parallelStatus();

    /** The address of the first byte of a direct buffer, or 0 if this backend can't tell. */
    long address(Buffer direct);

    /** y = f(x). */
    void forward(Elementwise f, Span x, Span y, int threads);

    /** dx = f'(x)·dy; exactly +0 where the derivative is 0 and x isn't NaN. */
    void backward(Elementwise f, Span x, Span dy, Span dx, int threads);

    /** dx = f'(x)·dy as {@link #backward}, from y = f(x) alone. */
    void backwardFromOutput(Elementwise f, Span y, Span dy, Span dx, int threads);

    /** y = f(x), with parameters of length {@code channels.size()}. */
    void learnedForward(Learned f, Span x, Span parameter, Span y, Channels channels, int threads);

    /** dx = df/dx·dy; dparameter = Σ df/dparameter·dy, which overwrites it. */
    void learnedBackward(
            Learned f,
            Span x,
            Span parameter,
            Span dy,
            Span dx,
            Span dparameter,
            Channels channels,
            int threads);

    /** y = x &gt; 0 ? x : slope·x, with the slopes drawn by {@code key}. */
    void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads);

    /** dx = x &gt; 0 ? dy : slope·dy, with the slopes drawn by {@code key}. */
    void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads);

    /** y = f(x) along the axis. */
    void axisForward(AxisFunction f, Span x, Span y, Axis axis, int threads);

    /** dx = factor·(the gradient of x along the axis), from y = f(x). */
    void axisBackward(
            AxisFunction f, double factor, Span y, Span dy, Span dx, Axis axis, int threads);

    /**
     * y = softmax(scale·x + mask) along the last of four axes.
     *
     * @param strides rows of the mask between neighbours along the other axes
     */
    void maskedSoftmax(
            MaskedSoftmax f,
            Span x,
            Optional<Span> mask,
            Span y,
            long[] shape,
            long[] strides,
            int threads);

    /** y = log Σ exp(x) along the axis, one number for each slice. */
    void logSumExp(Span x, Span y, Axis axis, int threads);

    /** dx = dy·softmax(x) along the axis, with a dy for each slice. */
    void logSumExpBackward(Span x, Span dy, Span dx, Axis axis, int threads);

    /** The loss of each row, and if wanted scale times the gradient of its logits. */
    void crossEntropy(
            SoftmaxCrossEntropy f,
            Span x,
            int[] labels,
            double scale,
            Span loss,
            Optional<Span> dx,
            int classes,
            int threads);

    /** y = (x + G) / temperature, with the Gumbel noise G drawn by {@code key}. */
    void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads);

    /** y = a·f(b), the halves of x along its axis, or f(a)·b if the gate is the first. */
    void gluForward(Glu f, Span x, Span y, Axis axis, int threads);

    /** dx = the gradients of both halves. */
    void gluBackward(Glu f, Span x, Span dy, Span dx, Axis axis, int threads);

    /** y = a·f(b). */
    void gatedForward(Elementwise f, Span a, Span b, Span y, int threads);

    /** da = f(b)·dy and db = a·f'(b)·dy, each of which may be any of the sources. */
    void gatedBackward(Elementwise f, Span a, Span b, Span dy, Span da, Span db, int threads);

    /** out = the values of {@code fill} for the elements {@code key.first()} onwards. */
    void fill(Fill fill, RandomKey key, Span out, int threads);

    /**
     * out = the elements {@code key.first()} onwards of a random {@code rows} by {@code columns}
     * matrix with orthonormal columns, or rows if there are fewer of them, times gain; it takes the
     * draws from the beginning of the stream on.
     *
     * @throws OutOfMemoryError if working memory can't be had; then nothing is written
     */
    void orthogonal(double gain, long rows, long columns, RandomKey key, Span out, int threads);

    /** z = x·W + b, y = f(z); f is the identity if empty; y may be z. */
    void denseForward(
            Optional<Elementwise> f,
            Span x,
            Span w,
            Span b,
            Span z,
            Span y,
            int batch,
            int inputs,
            int units,
            int threads);

    /** dx = dz·Wᵀ (if wanted), dw = xᵀ·dz, db = Σ dz. */
    void denseBackward(
            Span x,
            Span w,
            Span dz,
            Optional<Span> dx,
            Span dw,
            Span db,
            int batch,
            int inputs,
            int units,
            int threads);
}
