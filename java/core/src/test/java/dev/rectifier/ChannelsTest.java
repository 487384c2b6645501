package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChannelsTest {
    /** What is made of a name, or why it can't be. */
    private static void refused(Runnable call, String... parts) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    /** Shapes of rank 0 to 4, also with axes of size 1 and 0. */
    static Stream<long[]> shapes() {
        return Stream.of(
                new long[] {},
                new long[] {3},
                new long[] {2, 3},
                new long[] {2, 3, 4},
                new long[] {2, 3, 4, 5},
                new long[] {1, 3, 1, 2},
                new long[] {2, 1, 2, 2},
                new long[] {2, 3, 0, 2});
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyBroadcastIsThatOfNumPy(long[] shape) {
        for (int set = 0; set < 1 << shape.length; set++) {
            long[] parameters = shape.clone();
            List<Integer> axes = new ArrayList<>();
            for (int axis = 0; axis < shape.length; axis++) {
                if ((set >> axis & 1) == 1) {
                    axes.add(axis % 2 == 0 ? axis : axis - shape.length);
                } else {
                    parameters[axis] = 1;
                }
            }
            Channels channels = Channels.broadcast(parameters, shape);
            assertEquals(
                    channels,
                    Channels.along(axes.stream().mapToInt(axis -> axis).toArray(), shape));
            assertEquals(product(shape), channels.elements());
            assertEquals(product(parameters), channels.size());
            for (long i = 0; i < channels.elements(); i++) {
                assertEquals(
                        parameterOf(i, parameters, shape),
                        channels.parameterOf(i),
                        Arrays.toString(parameters) + ", element " + i);
            }
        }
    }

    private static long product(long[] sizes) {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    /** By index arithmetic over the axes as they are. */
    private static long parameterOf(long element, long[] parameters, long[] shape) {
        long[] place = new long[shape.length];
        long rest = element;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        long parameter = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            parameter = parameter * parameters[axis] + place[axis] % parameters[axis];
        }
        return parameter;
    }

    @Test
    void fewerAxesOfParametersAreTheLastOnes() {
        assertEquals(
                Channels.along(new int[] {1, 2}, 2, 3, 4),
                Channels.broadcast(new long[] {3, 4}, 2, 3, 4));
        assertEquals(Channels.of(Axis.shared(24)), Channels.broadcast(new long[] {1}, 2, 3, 4));
        assertEquals(Channels.of(Axis.shared(24)), Channels.broadcast(new long[0], 2, 3, 4));
    }

    @Test
    void anAxisIsTheBroadcastOfItsNeighboursMerged() {
        assertArrayEquals(
                new long[] {1, 1, 1, 1, 6, 4, 5}, Channels.of(Axis.of(2, 2, 3, 4, 5)).sizes());
        assertArrayEquals(
                new long[] {1, 1, 2, 3, 4, 5, 1},
                Channels.along(new int[] {1, 3}, 2, 3, 4, 5).sizes());
        assertArrayEquals(
                new long[] {1, 1, 1, 1, 1, 1, 120}, Channels.of(Axis.shared(120)).sizes());
        assertEquals(
                Channels.of(Axis.block(1, 2, 2, 3, 4, 5)),
                Channels.broadcast(new long[] {3, 4, 1}, 2, 3, 4, 5));
    }

    @Test
    void whatCannotBeBroadcastIsRefusedWithBothShapes() {
        for (long[] parameters :
                new long[][] {{2}, {3, 1}, {4, 3}, {2, 3, 4}, {1, 1, 1}, {0}, {-1}}) {
            refused(
                    () -> Channels.broadcast(parameters, 4, 5),
                    Arrays.toString(parameters),
                    "[4, 5]");
        }
    }

    @Test
    void axesThatAreNotThereOrTwiceAreRefused() {
        refused(() -> Channels.along(new int[] {2}, 4, 5), "axis 2", "[4, 5]");
        refused(() -> Channels.along(new int[] {-3}, 4, 5), "axis -3", "[4, 5]");
        refused(() -> Channels.along(new int[] {1, -1}, 4, 5), "axis -1", "twice", "[1, -1]");
    }

    @Test
    void negativeSizesAndOverflowAreRefusedWithTheShape() {
        refused(() -> Channels.along(new int[] {0}, 2, -3, -4), "negative", "[2, -3, -4]");
        refused(() -> Channels.broadcast(new long[] {-4}, 2, -3, -4), "negative", "[2, -3, -4]");
        long huge = Long.MAX_VALUE / 2;
        refused(
                () -> Channels.along(new int[0], huge, 3),
                "more than " + Long.MAX_VALUE,
                "[" + huge + ", 3]");
    }

    @Test
    void threeGroupsOfAxesAreTheMost() {
        long[] shape = {2, 2, 2, 2, 2, 2, 2};
        assertEquals(8, Channels.along(new int[] {1, 3, 5}, shape).size());
        assertEquals(16, Channels.along(new int[] {0, 1, 3, 5}, shape).size());
        refused(() -> Channels.along(new int[] {0, 2, 4, 6}, shape), "3 groups", "0, 2, 4, 6");
        long[] flat = {2, 2, 1, 2, 2, 2, 2};
        assertEquals(8, Channels.along(new int[] {0, 2, 4, 6}, flat).size());
    }

    @Test
    void theTextIsJavaCodeThatMakesIt() {
        Channels channels = Channels.broadcast(new long[] {3, 1}, 2, 3, 4);
        assertEquals(
                "Channels.along(new int[] {1, 3, 5}, 1, 1, 1, 1, 2, 3, 4)", channels.toString());
        assertEquals(channels, Channels.along(new int[] {1, 3, 5}, channels.sizes()));
        assertEquals(
                channels.hashCode(),
                Channels.along(new int[] {1, 3, 5}, channels.sizes()).hashCode());
    }

    /** A forward and a backward pass through the door for users, beside loops over the axes. */
    @ParameterizedTest
    @MethodSource("shapes")
    void aPReluOverAnyAxesIsThatOfPlainLoops(long[] shape) {
        int n = (int) product(shape);
        double[] x = IntStream.range(0, n).mapToDouble(i -> i % 7 - 3.5).toArray();
        double[] dy = IntStream.range(0, n).mapToDouble(i -> 1 + i % 5).toArray();
        for (int set = 0; set < 1 << shape.length; set++) {
            int chosen = set;
            long[] parameters = shape.clone();
            IntStream.range(0, shape.length)
                    .filter(axis -> (chosen >> axis & 1) == 0)
                    .forEach(axis -> parameters[axis] = 1);
            double[] alpha =
                    IntStream.range(0, (int) product(parameters))
                            .mapToDouble(i -> 0.25 * (i + 1))
                            .toArray();
            double[] y = new double[n];
            double[] dx = new double[n];
            double[] dalpha = new double[alpha.length];
            for (int i = 0; i < n; i++) {
                int p = (int) parameterOf(i, parameters, shape);
                y[i] = x[i] > 0 ? x[i] : alpha[p] * x[i];
                dx[i] = x[i] > 0 ? dy[i] : alpha[p] * dy[i];
                dalpha[p] += x[i] > 0 ? 0 : x[i] * dy[i];
            }
            Channels channels = Channels.broadcast(parameters, shape);
            double[] result = new double[n];
            double[] sums = new double[alpha.length];
            PRelu f = new PRelu();
            f.forward(Span.of(x), Span.of(alpha), Span.of(result), channels);
            assertArrayEquals(y, result, channels::toString);
            f.backward(
                    Span.of(x),
                    Span.of(alpha),
                    Span.of(dy),
                    Span.of(result),
                    Span.of(sums),
                    channels);
            assertArrayEquals(dx, result, channels::toString);
            assertArrayEquals(dalpha, sums, channels::toString);
        }
    }
}
