package dev.rectifier.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rectifier.Activation;
import dev.rectifier.AxisFunction;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.PRelu;
import dev.rectifier.RRelu;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PredictorTest {
    private static final int INPUTS = 20;

    private static Network network(DType dtype, Activation last) {
        Initializer kernel = Initializer.heNormal(0);
        Network network =
                new Network(
                        dtype,
                        INPUTS,
                        List.of(
                                new Dense(64, Elementwise.gelu(), kernel),
                                new Dense(32, new PRelu(), kernel),
                                new Dense(16, new RRelu(), kernel),
                                new Dense(3, last, kernel)),
                        42);
        double[] scale = new double[INPUTS];
        double[] shift = new double[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            scale[i] = 0.5 + i;
            shift[i] = i - 3.5;
        }
        network.setScaling(new Scaling(scale, shift));
        return network;
    }

    private static float[] rows(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] x = new float[count * INPUTS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void aBatchOfAnySizeHasTheBitsOfTheNetworkAndOfEachRow(DType dtype) {
        try (Network network = network(dtype, AxisFunction.softmax())) {
            Predictor predictor = new Predictor(network);
            for (int count : new int[] {0, 1, 2, 63, 64, 65, 200}) {
                float[] x = rows(count);
                float[] out = new float[count * 3];
                predictor.predict(x, out);
                if (count > 0) {
                    Span in = Span.allocate(dtype, x.length);
                    for (int i = 0; i < x.length; i++) {
                        in.set(i, x[i]);
                    }
                    Span y = network.forward(in, count, false);
                    for (int i = 0; i < out.length; i++) {
                        assertEquals((float) y.get(i), out[i]);
                    }
                }
                float[] row = new float[INPUTS];
                float[] one = new float[3];
                for (int r = 0; r < count; r++) {
                    System.arraycopy(x, r * INPUTS, row, 0, INPUTS);
                    predictor.predict(row, one);
                    for (int i = 0; i < 3; i++) {
                        assertEquals(out[r * 3 + i], one[i]);
                    }
                }
                FloatBuffer direct = direct(x.length).put(0, x);
                FloatBuffer result = direct(out.length);
                predictor.predict(direct, result);
                float[] read = new float[out.length];
                result.get(0, read);
                assertArrayEquals(out, read);
            }
        }
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Test
    void itKeepsItsWeightsWhenTheNetworkChangesOrCloses() {
        Network network = network(DType.FLOAT32, Elementwise.linear());
        Predictor predictor = new Predictor(network);
        float[] x = rows(5);
        float[] before = new float[15];
        predictor.predict(x, before);
        network.weights().get(0).value().set(0, 100);
        network.close();
        float[] after = new float[15];
        predictor.predict(x, after);
        assertArrayEquals(before, after);
        assertThrows(IllegalStateException.class, () -> new Predictor(network));
    }

    @Test
    void manyThreadsGetTheSameBits() throws Exception {
        try (Network network = network(DType.FLOAT32, AxisFunction.softmax())) {
            Predictor predictor = new Predictor(network);
            float[] x = rows(37);
            float[] wanted = new float[37 * 3];
            predictor.predict(x, wanted);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    all.add(
                            threads.submit(
                                    () -> {
                                        float[] out = new float[wanted.length];
                                        for (int i = 0; i < 200; i++) {
                                            predictor.predict(x, out);
                                            assertArrayEquals(wanted, out);
                                        }
                                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void aCallLeavesNoGarbage(DType weights) {
        try (Network network = network(DType.FLOAT32, AxisFunction.softmax())) {
            Predictor predictor = new Predictor(network, weights);
            float[] x = rows(1);
            float[] out = new float[3];
            int warm = 200_000;
            for (int i = 0; i < warm; i++) {
                predictor.predict(x, out);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            int calls = 20_000;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                predictor.predict(x, out);
            }
            double each = (threads.getCurrentThreadAllocatedBytes() - before) / (double) calls;
            System.out.println("bytes of garbage per call: " + each);
            assertTrue(each < 1, () -> each + " bytes per call");
        }
    }

    /** Whatever it comes from and goes to, and however many threads it may have. */
    @ParameterizedTest
    @MethodSource("dev.rectifier.DType#arithmeticTypes")
    void arraysAndBuffersGetTheSameBitsOnAnyNumberOfThreads(DType dtype) {
        Initializer kernel = Initializer.heNormal(0);
        List<Dense> layers =
                List.of(
                        new Dense(600, Elementwise.tanh(), kernel),
                        new Dense(300, new PRelu(), kernel));
        try (Network network = new Network(dtype, INPUTS, layers, 3)) {
            Predictor predictor = new Predictor(network);
            for (int count : new int[] {1, 3, 130}) {
                float[] x = rows(count);
                double[] wide = new double[x.length];
                for (int i = 0; i < x.length; i++) {
                    wide[i] = x[i];
                }
                float[] first = new float[count * 300];
                Rectifier.setThreads(1);
                predictor.predict(x, first);
                for (int threads : new int[] {1, 2}) {
                    Rectifier.setThreads(threads);
                    float[] floats = new float[first.length];
                    predictor.predict(x, floats);
                    assertArrayEquals(first, floats);
                    double[] doubles = new double[first.length];
                    predictor.predict(wide, doubles);
                    FloatBuffer in = direct(x.length + 5).put(5, x).position(5);
                    FloatBuffer out = direct(first.length + 3).position(3);
                    predictor.predict(in, out);
                    for (int i = 0; i < first.length; i++) {
                        assertEquals(first[i], (float) doubles[i]);
                        assertEquals(first[i], out.get(3 + i));
                    }
                    assertEquals(5, in.position());
                }
            }
        } finally {
            Rectifier.setThreads(Integer.MAX_VALUE);
        }
    }

    @Test
    void lengthsMustFit() {
        try (Network network = network(DType.FLOAT32, Elementwise.linear())) {
            Predictor predictor = new Predictor(network);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> predictor.predict(new float[INPUTS + 1], new float[3]));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> predictor.predict(new float[INPUTS], new float[6]));
        }
    }

    @Test
    void aBufferThatCannotBeWrittenIsRefusedBeforeAnythingIsComputed() {
        try (Network network = network(DType.FLOAT32, Elementwise.linear())) {
            Predictor predictor = new Predictor(network);
            FloatBuffer x = FloatBuffer.wrap(rows(1));
            FloatBuffer out = FloatBuffer.allocate(3);
            assertThrows(
                    ReadOnlyBufferException.class,
                    () -> predictor.predict(x, out.asReadOnlyBuffer()));
            predictor.predict(x, out);
            float[] expected = new float[3];
            predictor.predict(rows(1), expected);
            assertArrayEquals(expected, out.array());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void weightsOfSixteenBitsAreTheNetworksOwnRounded(DType type) {
        float[] x = rows(67);
        float[] out = new float[67 * 3];
        float[] one = new float[3];
        float[] expected = new float[out.length];
        try (Network network = network(DType.FLOAT32, AxisFunction.softmax())) {
            Predictor predictor = new Predictor(network, type);
            predictor.predict(x, out);
            for (int i = 0; i < 67; i++) {
                predictor.predict(Arrays.copyOfRange(x, i * INPUTS, (i + 1) * INPUTS), one);
                assertArrayEquals(one, Arrays.copyOfRange(out, i * 3, i * 3 + 3), "row " + i);
            }
            for (Weights weights : network.weights()) {
                if (weights.name().endsWith("kernel")) {
                    Span rounded = Span.allocate(type, (int) weights.value().length());
                    for (long i = 0; i < rounded.length(); i++) {
                        rounded.set(i, weights.value().get(i));
                        weights.value().set(i, rounded.get(i));
                    }
                }
            }
            new Predictor(network).predict(x, expected);
            assertArrayEquals(expected, out);
        }
    }

    @Test
    void weightsThatATypeDoesNotHoldAreRefused() {
        try (Network network = network(DType.FLOAT32, Elementwise.linear())) {
            network.weights().get(0).value().set(64 * 2 + 5, 65520);
            new Predictor(network, DType.BFLOAT16);
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> new Predictor(network, DType.FLOAT16))
                            .getMessage();
            assertTrue(message.contains("65520.0 of input 2 and unit 5 of dense0/kernel"), message);
            assertThrows(
                    IllegalArgumentException.class, () -> new Predictor(network, DType.FLOAT64));
        }
        try (Network network = network(DType.FLOAT64, Elementwise.linear())) {
            assertThrows(
                    IllegalArgumentException.class, () -> new Predictor(network, DType.FLOAT16));
        }
    }
}
