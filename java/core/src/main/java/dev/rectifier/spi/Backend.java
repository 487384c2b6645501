package dev.rectifier.spi;

import dev.rectifier.Axis;
import dev.rectifier.AxisFunction;
import dev.rectifier.Channels;
import dev.rectifier.DType;
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
     * {@return the name for the system property {@code rectifier.backend}: {@code native} or {@code
     * java}}
     */
    String name();

    /** {@return the instruction set in use, or {@code java}} */
    String instructionSet();

    /** {@return all instruction sets this backend could use on this machine, worst first} */
    List<String> instructionSets();

    /** {@return the file the kernels were loaded from, if there is one} */
    Optional<Path> library();

    /**
     * {@return how calls reach the kernels, and why so: {@code foreign (...)}, {@code jni (...)},
     * or {@code java}}
     */
    String door();

    /**
     * {@return how parallel execution is doing: {@code unused}, {@code loaded}, or why it is not to
     * be had}
     */
    String parallelStatus();

    /**
     * {@return the address of the first byte of a direct buffer, or 0 if this backend can't tell}
     *
     * @param direct a direct buffer
     */
    long address(Buffer direct);

    /**
     * {@return the same if no other thread can unmap the memory during a call, as it could that of
     * a buffer over a memory segment; else 0}
     *
     * @param direct a direct buffer
     */
    default long steadyAddress(Buffer direct) {
        return 0;
    }

    /**
     * y = f(x).
     *
     * @param f the activation
     * @param x the source
     * @param y the destination
     * @param threads the most threads to use, counting the caller
     */
    void forward(Elementwise f, Span x, Span y, int threads);

    /**
     * {@return the most elements for which there may be a way without spans, or a negative number
     * if there is none}
     */
    default int brief() {
        return -1;
    }

    /**
     * {@link #forward(Elementwise, Span, Span, int)} of two whole arrays of one length, if they are
     * {@link #brief} and this backend is ready to.
     *
     * @param f the activation
     * @param x the source
     * @param y the destination; may be {@code x}
     * @return whether it is done; if not, nothing has been written
     */
    default boolean forward(Elementwise f, float[] x, float[] y) {
        return false;
    }

    /**
     * The same of {@code double}.
     *
     * @param f the activation
     * @param x the source
     * @param y the destination; may be {@code x}
     * @return whether it is done; if not, nothing has been written
     */
    default boolean forward(Elementwise f, double[] x, double[] y) {
        return false;
    }

    /**
     * The same by address of {@link #brief} off-heap memory.
     *
     * @param f the activation
     * @param dtype the type of the elements
     * @param x the address of the source
     * @param y the address of the destination; may be {@code x}
     * @param n the number of elements
     * @return whether it is done; if not, nothing has been written
     */
    default boolean forward(Elementwise f, DType dtype, long x, long y, int n) {
        return false;
    }

    /**
     * {@link #backward(Elementwise, Span, Span, Span, int)} of whole arrays of one length, if they
     * are {@link #brief} and this backend is ready to.
     *
     * @param f the activation
     * @param x the source of the forward pass
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x; may be {@code x} or {@code dy}
     * @return whether it is done; if not, nothing has been written
     */
    default boolean backward(Elementwise f, float[] x, float[] dy, float[] dx) {
        return false;
    }

    /**
     * The same of {@code double}.
     *
     * @param f the activation
     * @param x the source of the forward pass
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x; may be {@code x} or {@code dy}
     * @return whether it is done; if not, nothing has been written
     */
    default boolean backward(Elementwise f, double[] x, double[] dy, double[] dx) {
        return false;
    }

    /**
     * dx = f'(x)·dy; exactly +0 where the derivative is 0 and x isn't NaN.
     *
     * @param f the activation
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param threads the most threads to use, counting the caller
     */
    void backward(Elementwise f, Span x, Span dy, Span dx, int threads);

    /**
     * dx = f'(x)·dy as {@link #backward}, from y = f(x) alone.
     *
     * @param f the activation
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param threads the most threads to use, counting the caller
     */
    void backwardFromOutput(Elementwise f, Span y, Span dy, Span dx, int threads);

    /**
     * y = f(x), with parameters of length {@code channels.size()}.
     *
     * @param f the activation
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @param y the destination
     * @param channels which element of x has which parameter
     * @param threads the most threads to use, counting the caller
     */
    void learnedForward(Learned f, Span x, Span parameter, Span y, Channels channels, int threads);

    /**
     * dx = df/dx·dy; dparameter = Σ df/dparameter·dy, which overwrites it.
     *
     * @param f the activation
     * @param x the source
     * @param parameter the learned parameters, one per channel
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param dparameter the destination of the parameters' gradients, summed over the elements that
     *     share one
     * @param channels which element of x has which parameter
     * @param threads the most threads to use, counting the caller
     */
    void learnedBackward(
            Learned f,
            Span x,
            Span parameter,
            Span dy,
            Span dx,
            Span dparameter,
            Channels channels,
            int threads);

    /**
     * y = x &gt; 0 ? x : slope·x, with the slopes drawn by {@code key}.
     *
     * @param f the activation
     * @param key what the random numbers are drawn by
     * @param x the source
     * @param y the destination
     * @param threads the most threads to use, counting the caller
     */
    void rreluForward(RRelu f, RandomKey key, Span x, Span y, int threads);

    /**
     * dx = x &gt; 0 ? dy : slope·dy, with the slopes drawn by {@code key}.
     *
     * @param f the activation
     * @param key what the random numbers are drawn by
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param threads the most threads to use, counting the caller
     */
    void rreluBackward(RRelu f, RandomKey key, Span x, Span dy, Span dx, int threads);

    /**
     * y = f(x) along the axis.
     *
     * @param f the activation
     * @param x the source
     * @param y the destination
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void axisForward(AxisFunction f, Span x, Span y, Axis axis, int threads);

    /**
     * dx = factor·(the gradient of x along the axis), from y = f(x).
     *
     * @param f the activation
     * @param factor what the gradient is multiplied by
     * @param y what the forward pass has written
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void axisBackward(
            AxisFunction f, double factor, Span y, Span dy, Span dx, Axis axis, int threads);

    /**
     * y = softmax(scale·x + mask) along the last of four axes.
     *
     * @param f the activation
     * @param x the source
     * @param mask what is added to the logits, or empty
     * @param y the destination
     * @param shape the sizes of the axes
     * @param strides rows of the mask between neighbours along the other axes
     * @param threads the most threads to use, counting the caller
     */
    void maskedSoftmax(
            MaskedSoftmax f,
            Span x,
            Optional<Span> mask,
            Span y,
            long[] shape,
            long[] strides,
            int threads);

    /**
     * y = log Σ exp(x) along the axis, one number for each slice.
     *
     * @param x the source
     * @param y the destination
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void logSumExp(Span x, Span y, Axis axis, int threads);

    /**
     * dx = dy·softmax(x) along the axis, with a dy for each slice.
     *
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void logSumExpBackward(Span x, Span dy, Span dx, Axis axis, int threads);

    /**
     * The loss of each row, and if wanted scale times the gradient of its logits.
     *
     * @param f the activation
     * @param x the source
     * @param labels the class of each row
     * @param scale what the logits are multiplied by
     * @param loss the destination of the losses
     * @param dx the destination of the gradient of x
     * @param classes the number of classes
     * @param threads the most threads to use, counting the caller
     */
    void crossEntropy(
            SoftmaxCrossEntropy f,
            Span x,
            int[] labels,
            double scale,
            Span loss,
            Optional<Span> dx,
            int classes,
            int threads);

    /**
     * y = (x + G) / temperature, with the Gumbel noise G drawn by {@code key}.
     *
     * @param temperature what the logits are divided by
     * @param key what the random numbers are drawn by
     * @param x the source
     * @param y the destination
     * @param threads the most threads to use, counting the caller
     */
    void gumbelLogits(double temperature, RandomKey key, Span x, Span y, int threads);

    /**
     * y = a·f(b), the halves of x along its axis, or f(a)·b if the gate is the first.
     *
     * @param f the activation
     * @param x the source
     * @param y the destination
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void gluForward(Glu f, Span x, Span y, Axis axis, int threads);

    /**
     * dx = the gradients of both halves.
     *
     * @param f the activation
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param axis the axis, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void gluBackward(Glu f, Span x, Span dy, Span dx, Axis axis, int threads);

    /**
     * y = max(x, 0) and max(−x, 0), the halves of y along the axis.
     *
     * @param x the source
     * @param y the destination
     * @param axis the axis of {@code x}, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void concatenatedReluForward(Span x, Span y, Axis axis, int threads);

    /**
     * dx = the gradient of both halves.
     *
     * @param x the source
     * @param dy the gradient of y that arrives from above
     * @param dx the destination of the gradient of x
     * @param axis the axis of {@code x}, with what is around and within it
     * @param threads the most threads to use, counting the caller
     */
    void concatenatedReluBackward(Span x, Span dy, Span dx, Axis axis, int threads);

    /**
     * y = a·f(b).
     *
     * @param f the activation
     * @param a what is gated
     * @param b the biases, [units]
     * @param y the destination
     * @param threads the most threads to use, counting the caller
     */
    void gatedForward(Elementwise f, Span a, Span b, Span y, int threads);

    /**
     * da = f(b)·dy and db = a·f'(b)·dy, each of which may be any of the sources.
     *
     * @param f the activation
     * @param a what is gated
     * @param b the biases, [units]
     * @param dy the gradient of y that arrives from above
     * @param da the destination of the gradient of a
     * @param db the destination of the gradient of b
     * @param threads the most threads to use, counting the caller
     */
    void gatedBackward(Elementwise f, Span a, Span b, Span dy, Span da, Span db, int threads);

    /**
     * out = the values of {@code fill} for the elements {@code key.first()} onwards.
     *
     * @param fill the distribution
     * @param key what the random numbers are drawn by
     * @param out the destination
     * @param threads the most threads to use, counting the caller
     */
    void fill(Fill fill, RandomKey key, Span out, int threads);

    /**
     * out = the elements {@code key.first()} onwards of a random {@code rows} by {@code columns}
     * matrix with orthonormal columns, or rows if there are fewer of them, times gain; it takes the
     * draws from the beginning of the stream on.
     *
     * @param gain what the matrix is multiplied by
     * @param rows the number of rows
     * @param columns the number of columns
     * @param key what the random numbers are drawn by
     * @param out the destination
     * @param threads the most threads to use, counting the caller
     * @throws OutOfMemoryError if working memory can't be had; then nothing is written
     */
    void orthogonal(double gain, long rows, long columns, RandomKey key, Span out, int threads);

    /**
     * z = x·W + b, y = f(z); f is the identity if empty; y may be z.
     *
     * @param f the activation
     * @param x the source
     * @param w the weights, [inputs, units]
     * @param b the biases, [units]
     * @param z the destination of the sums, [batch, units]
     * @param y the destination
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of w
     * @param threads the most threads to use, counting the caller
     */
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

    /**
     * y = f(x·W + b) for packed weights, which may be of 16 bits where all else is {@link
     * dev.rectifier.DType#FLOAT32}; f is the identity if empty.
     *
     * @param f the activation
     * @param x the source
     * @param w the weights, as {@link dev.rectifier.DenseKernel#pack} orders them
     * @param b the biases, [units]
     * @param y the destination, [batch, units]
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of w
     * @param threads the most threads to use, counting the caller
     */
    void densePacked(
            Optional<Elementwise> f,
            Span x,
            Span w,
            Span b,
            Span y,
            int batch,
            int inputs,
            int units,
            int threads);

    /**
     * dx = dz·Wᵀ (if wanted), dw = xᵀ·dz, db = Σ dz.
     *
     * @param x the source
     * @param w the weights, [inputs, units]
     * @param dz the gradient of z, [batch, units]
     * @param dx the destination of the gradient of x
     * @param dw the destination of the gradient of w
     * @param db the destination of the gradient of b
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of w
     * @param threads the most threads to use, counting the caller
     */
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
