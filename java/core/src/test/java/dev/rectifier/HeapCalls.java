package dev.rectifier;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** Every function of the library, each as one call or two on memory that a test chooses. */
final class HeapCalls {
    private static final RandomKey KEY = new RandomKey(1, 2);

    private final Map<String, Runnable> calls = new LinkedHashMap<>();
    private final int n;
    private final Span x;
    private final Span dy;
    private final Span y;

    /**
     * @param n of how many elements, a square of an even number
     * @param sources makes memory that is read
     * @param destinations makes memory that is written
     */
    HeapCalls(int n, IntFunction<Span> sources, IntFunction<Span> destinations) {
        this.n = n;
        x = sources.apply(n);
        dy = x;
        y = destinations.apply(n);
        Activation.definitions().forEach(d -> add(d.name(), d.parse(Map.of())));
        Initializer.definitions().forEach(d -> add(d.name(), d.parse(Map.of())));
        int side = (int) Math.sqrt(n);
        Span b = x.slice(0, side);
        Span half = y.slice(0, n / 4);
        Span db = y.slice(n / 4, side / 2);
        Span dx = y.slice(n / 2, n / 4);
        int s = side / 2;
        Span w = x.slice(0, n / 4);
        calls.put(
                "dense",
                () -> {
                    DenseKernel.forward(
                            Optional.of(Elementwise.relu()),
                            w,
                            w,
                            b.slice(0, s),
                            half,
                            dx,
                            s,
                            s,
                            s);
                    DenseKernel.backward(w, w, w, Optional.of(dx), half, db, s, s, s);
                });
    }

    static Span array(int n) {
        return Span.of(new float[n]);
    }

    static Span view(int n) {
        return Span.of(
                ByteBuffer.allocate(n * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer());
    }

    Map<String, Runnable> byName() {
        return calls;
    }

    private void add(String name, Activation activation) {
        Axis row = Axis.ofRows(1, n);
        if (activation instanceof Elementwise f) {
            calls.put(
                    name,
                    () -> {
                        f.forward(x, y);
                        f.backward(x, dy, y);
                        if (f.hasFromOutput()) {
                            f.fromOutput().backward(x, dy, y);
                        }
                    });
        } else if (activation instanceof AxisFunction f) {
            calls.put(
                    name,
                    () -> {
                        f.forward(x, y, row);
                        f.backward(x, dy, y, row);
                    });
        } else if (activation instanceof Learned f) {
            Span p = x.slice(0, 1);
            Span dp = y.slice(n - 1, 1);
            Span most = x.slice(0, n - 1);
            Span dx = y.slice(0, n - 1);
            calls.put(
                    name,
                    () -> {
                        f.forward(x, HeapCalls.array(1), y, Axis.shared(n));
                        f.backward(most, p, most, dx, dp, Axis.shared(n - 1));
                    });
        } else if (activation instanceof RRelu f) {
            calls.put(
                    name,
                    () -> {
                        f.forward(KEY, x, y);
                        f.backward(KEY, x, dy, y);
                    });
        } else if (activation instanceof Glu f) {
            Span half = x.slice(0, n / 2);
            calls.put(
                    name,
                    () -> {
                        f.forward(x, y.slice(0, n / 2), row);
                        f.backward(x, half, y, row);
                    });
        } else if (activation instanceof ConcatenatedRelu f) {
            calls.put(
                    name,
                    () -> {
                        Axis half = new Axis(1, n / 2, 1);
                        f.forward(x.slice(0, n / 2), y.slice(0, n / 2 * 2), half);
                        f.backward(
                                x.slice(0, n / 2), dy.slice(0, n / 2 * 2), y.slice(0, n / 2), half);
                    });
        } else {
            GumbelSoftmax f = (GumbelSoftmax) activation;
            calls.put(
                    name,
                    () -> {
                        f.forward(KEY, x, y, Optional.empty(), row);
                        f.backward(x, dy, y, row);
                    });
        }
    }

    private void add(String name, Initializer initializer) {
        int side = Math.min((int) Math.sqrt(n), 128);
        Shape matrix = Shape.keras(side, side);
        Shape kernel = Shape.keras(1, side, side);
        boolean isKernel = name.equals("dirac") || name.equals("deltaOrthogonal");
        Span out = y.slice(0, side * side);
        calls.put(name, () -> initializer.initialize(isKernel ? kernel : matrix, out));
    }
}
