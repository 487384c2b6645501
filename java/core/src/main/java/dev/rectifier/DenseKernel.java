package dev.rectifier;

import dev.rectifier.spi.Backend;
import java.util.Optional;

/**
 * The product of a fully connected layer, with bias and activation applied while the result is
 * still in cache. All matrices are row-major, the weights in the Keras layout [inputs, units].
 *
 * <p>Each element of a product is one sum, which starts at 0 and takes its terms in the order of
 * the inner index, each with one fused multiply-add; the bias is added last. So a row of a batch
 * gives the same bits as that row alone, and results are the same bits for any number of threads
 * and on all instruction sets with fused multiply-add. Without it (SSE2) product and addition are
 * rounded each. The gradient of the bias is summed in double. Thread-safe as long as the memory is.
 */
public final class DenseKernel {
    private static final int PANEL = 48;
    private static final int UNITS_TOGETHER = 16;

    private DenseKernel() {}

    /**
     * z = x·W + b and y = f(z).
     *
     * @param f the activation; empty for none
     * @param x [batch, inputs]
     * @param w [inputs, units]
     * @param b [units]
     * @param z [batch, units], what backpropagation needs
     * @param y [batch, units]; may be the same memory as {@code z}
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of w
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only,
     *     or it overlaps another span in a way that isn't allowed
     */
    public static void forward(
            Optional<Elementwise> f,
            Span x,
            Span w,
            Span b,
            Span z,
            Span y,
            int batch,
            int inputs,
            int units) {
        DType dtype = x.dtype();
        Checks.source("x", x, dtype, elements("x", batch, inputs));
        Checks.source("w", w, dtype, elements("w", inputs, units));
        Checks.source("b", b, dtype, units);
        Checks.destination("z", z, dtype, elements("z", batch, units));
        Checks.destination("y", y, dtype, z.length());
        f.ifPresent(activation -> activation.requireParametersFit(dtype));
        Backend backend = Rectifier.backend();
        for (Span destination : new Span[] {z, y}) {
            String name = destination == z ? "z" : "y";
            Checks.disjoint(backend, name, destination, "x", x);
            Checks.disjoint(backend, name, destination, "w", w);
            Checks.disjoint(backend, name, destination, "b", b);
        }
        Checks.sameOrDisjoint(backend, "y", y, "z", z);
        backend.denseForward(f, x, w, b, z, y, batch, inputs, units, Rectifier.threads());
    }

    /**
     * y = f(x·W + b), to the same bits as {@link #forward}, for weights that {@link #pack} has put
     * in the order that a product reads them in: faster, and most so where few rows wait for their
     * weights to come from memory. There, weights of 16 bits are up to twice as fast as those of
     * {@code x}'s type: they are widened, and all else is computed in {@link DType#FLOAT32}.
     *
     * @param f the activation; empty for none
     * @param x [batch, inputs]
     * @param packed what {@link #pack} made of the weights; of {@code x}'s type, or of 16 bits for
     *     an {@code x} in {@link DType#FLOAT32}
     * @param b [units]
     * @param y [batch, units]
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of the weights
     * @throws IllegalArgumentException if types or lengths don't fit, {@code y} is read-only, or it
     *     overlaps another span
     */
    public static void forwardPacked(
            Optional<Elementwise> f,
            Span x,
            Span packed,
            Span b,
            Span y,
            int batch,
            int inputs,
            int units) {
        DType dtype = x.dtype();
        Checks.source("x", x, dtype, elements("x", batch, inputs));
        requireWeights(packed.dtype(), dtype);
        Checks.storedSource("packed", packed, packed.dtype(), packedLength(inputs, units));
        Checks.source("b", b, dtype, units);
        Checks.destination("y", y, dtype, elements("y", batch, units));
        f.ifPresent(activation -> activation.requireParametersFit(dtype));
        Backend backend = Rectifier.backend();
        Checks.disjoint(backend, "y", y, "x", x);
        Checks.disjoint(backend, "y", y, "packed", packed);
        Checks.disjoint(backend, "y", y, "b", b);
        backend.densePacked(f, x, packed, b, y, batch, inputs, units, Rectifier.threads());
    }

    private static void requireWeights(DType packed, DType dtype) {
        if (packed != dtype && !(packed.isHalf() && dtype == DType.FLOAT32)) {
            throw new IllegalArgumentException("packed is " + packed + " for an x in " + dtype);
        }
    }

    /**
     * Puts weights in the order that {@link #forwardPacked} takes.
     *
     * @param w the weights, [inputs, units]
     * @param packed the destination, of the same type or of 16 bits, to which weights are then
     *     rounded; {@link #packedLength} elements long
     * @param inputs the number of rows of w
     * @param units the number of columns of w
     * @throws IllegalArgumentException if types or lengths don't fit, {@code packed} is read-only,
     *     or it overlaps {@code w}
     */
    public static void pack(Span w, Span packed, int inputs, int units) {
        Checks.source("w", w, w.dtype(), elements("w", inputs, units));
        requireWeights(packed.dtype(), w.dtype());
        Checks.storedDestination("packed", packed, packed.dtype(), packedLength(inputs, units));
        Checks.disjoint(Rectifier.backend(), "packed", packed, "w", w);
        for (long i = 0; i < packed.length(); i++) {
            packed.set(i, 0);
        }
        for (int input = 0; input < inputs; input++) {
            for (int unit = 0; unit < units; unit++) {
                packed.set(
                        packedIndex(input, unit, inputs, units),
                        w.get((long) input * units + unit));
            }
        }
    }

    /**
     * {@return the number of elements of packed weights}
     *
     * @param inputs the number of inputs
     * @param units the number of units
     * @throws IllegalArgumentException if one is negative
     */
    public static long packedLength(int inputs, int units) {
        elements("w", inputs, units);
        return inputs * roundedUp(units);
    }

    private static long roundedUp(int units) {
        return ((long) units + UNITS_TOGETHER - 1) / UNITS_TOGETHER * UNITS_TOGETHER;
    }

    /**
     * Where a weight is among packed ones: in panels of 48 units, the last of what is left rounded
     * up to a multiple of 16, panel after panel, each row after row, with zeros for units that
     * there aren't.
     *
     * @param input which of the inputs
     * @param unit which of the units
     * @param inputs the number of inputs
     * @param units the number of units
     * @return the place of the weight
     */
    public static long packedIndex(int input, int unit, int inputs, int units) {
        int panel = unit / PANEL * PANEL;
        long width = Math.min(PANEL, roundedUp(units) - panel);
        return (long) panel * inputs + input * width + unit - panel;
    }

    /**
     * dx = dz·Wᵀ, dw = xᵀ·dz and db = Σ dz over the batch, all overwritten.
     *
     * @param x the source
     * @param w the weights, [inputs, units]
     * @param dz the gradient of z, [batch, units]
     * @param dx [batch, inputs]; empty where it isn't needed, as in the first layer
     * @param dw the destination of the gradient of w
     * @param db the destination of the gradient of b
     * @param batch the number of rows
     * @param inputs the number of columns of x
     * @param units the number of columns of w
     * @throws IllegalArgumentException if types or lengths don't fit, a destination is read-only,
     *     or it overlaps another span
     */
    public static void backward(
            Span x,
            Span w,
            Span dz,
            Optional<Span> dx,
            Span dw,
            Span db,
            int batch,
            int inputs,
            int units) {
        DType dtype = x.dtype();
        Checks.source("x", x, dtype, elements("x", batch, inputs));
        Checks.source("w", w, dtype, elements("w", inputs, units));
        Checks.source("dz", dz, dtype, elements("dz", batch, units));
        Checks.destination("dw", dw, dtype, w.length());
        Checks.destination("db", db, dtype, units);
        dx.ifPresent(span -> Checks.destination("dx", span, dtype, x.length()));
        Backend backend = Rectifier.backend();
        Span[] all =
                dx.isPresent()
                        ? new Span[] {dw, db, dx.get(), x, w, dz}
                        : new Span[] {dw, db, x, w, dz};
        String[] names =
                dx.isPresent()
                        ? new String[] {"dw", "db", "dx", "x", "w", "dz"}
                        : new String[] {"dw", "db", "x", "w", "dz"};
        for (int i = 0; i < all.length - 3; i++) {
            for (int j = i + 1; j < all.length; j++) {
                Checks.disjoint(backend, names[i], all[i], names[j], all[j]);
            }
        }
        backend.denseBackward(x, w, dz, dx, dw, db, batch, inputs, units, Rectifier.threads());
    }

    private static long elements(String name, int rows, int columns) {
        return Checks.elements("shape of " + name, Long.MAX_VALUE, rows, columns);
    }
}
