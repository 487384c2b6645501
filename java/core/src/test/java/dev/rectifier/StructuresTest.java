package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The initializers whose values depend on their place or on each other. */
class StructuresTest {
    static Stream<Arguments> tensors() {
        return Stream.of(
                Arguments.of(Initializer.identity(-2.5), Shape.keras(7, 5)),
                Arguments.of(Initializer.identity(0.3), Shape.torch(5, 7)),
                Arguments.of(Initializer.dirac(1), Shape.keras(3, 4, 5, 6)),
                Arguments.of(Initializer.dirac(2), Shape.torch(6, 2, 4, 3, 2)),
                Arguments.of(Initializer.orthogonal(1, 42), Shape.keras(3, 3, 4, 8)),
                Arguments.of(Initializer.orthogonal(2, 42).withStream(3), Shape.torch(8, 4, 3)),
                Arguments.of(Initializer.orthogonal(1, 42), Shape.keras(2, 50)),
                Arguments.of(Initializer.deltaOrthogonal(3, 42), Shape.keras(3, 4, 5, 6)),
                Arguments.of(Initializer.deltaOrthogonal(1, 42), Shape.torch(6, 6, 4)),
                Arguments.of(Initializer.sparse(0.4, 0.5, 42), Shape.keras(20, 11)),
                Arguments.of(Initializer.sparse(0.4, 0.5, 42), Shape.torch(11, 20)));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void anyPartHasTheBitsOfTheWholeWhereverItIs(Initializer initializer, Shape shape) {
        float[] floats = initializer.floats(shape);
        double[] doubles = initializer.doubles(shape);
        int n = floats.length;
        for (int first = 0; first <= n; first += 1 + first / 5) {
            for (int length = 0; first + length <= n; length += 1 + length / 3) {
                float[] heap = new float[n + 2];
                Arrays.fill(heap, -7);
                initializer.initialize(shape, first, Span.of(heap, 1, length));
                assertArrayEquals(
                        Arrays.copyOfRange(floats, first, first + length),
                        Arrays.copyOfRange(heap, 1, 1 + length));
                assertEquals(-7, heap[0]);
                assertEquals(-7, heap[length + 1]);
                try (DoublePointer pointer = new DoublePointer(length + 1)) {
                    initializer.initialize(shape, first, Span.of(pointer).slice(0, length));
                    double[] part = new double[length];
                    pointer.get(part);
                    assertArrayEquals(Arrays.copyOfRange(doubles, first, first + length), part);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void aFloatIsTheDoubleRounded(Initializer initializer, Shape shape) {
        // The values of a sparse matrix are draws of either type; its zeros are the same.
        boolean sparse = initializer.name().equals("sparse");
        float[] floats = initializer.floats(shape);
        double[] doubles = initializer.doubles(shape);
        for (int i = 0; i < floats.length; i++) {
            if (sparse) {
                assertEquals(doubles[i] == 0, floats[i] == 0, "element " + i);
            } else {
                assertEquals((float) doubles[i], floats[i], "element " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void anEmptyTensorHasNoValues(Initializer initializer, Shape shape) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            long[] dimensions = shape.dimensions();
            dimensions[axis] = 0;
            Shape empty = Shape.of(shape.layout(), dimensions);
            if (!initializer.name().equals("deltaOrthogonal")
                    || empty.inputs() <= empty.outputs()) {
                assertEquals(0, initializer.floats(empty).length);
            }
        }
    }

    @Test
    void theIdentityHasItsGainOnTheDiagonal() {
        assertArrayEquals(
                new double[] {2, 0, 0, 0, 2, 0},
                Initializer.identity(2).doubles(Shape.keras(2, 3)));
        assertArrayEquals(
                new double[] {2, 0, 0, 2, 0, 0},
                Initializer.identity(2).doubles(Shape.torch(3, 2)));
    }

    @Test
    void aPartOfAnImmenseIdentityIsFoundAtOnce() {
        long n = 1L << 30;
        double[] part = new double[3];
        Initializer.identity(2).initialize(Shape.keras(n, n), n / 2 * (n + 1) - 1, Span.of(part));
        assertArrayEquals(new double[] {0, 2, 0}, part);
    }

    /** The convolution at its centre, as a matrix of inputs by outputs, if it is 0 elsewhere. */
    private static double[][] centre(Initializer initializer, Shape shape, int... place) {
        double[] values = initializer.doubles(shape);
        long[] lengths = shape.dimensions();
        boolean keras = shape.layout() == Shape.Layout.KERAS;
        double[][] matrix = new double[(int) shape.inputs()][(int) shape.outputs()];
        for (int i = 0; i < values.length; i++) {
            int[] index = new int[lengths.length];
            int rest = i;
            for (int axis = lengths.length - 1; axis >= 0; axis--) {
                index[axis] = rest % (int) lengths[axis];
                rest /= (int) lengths[axis];
            }
            int axes = index.length;
            int[] window = Arrays.copyOfRange(index, keras ? 0 : 2, keras ? axes - 2 : axes);
            if (Arrays.equals(place, window)) {
                matrix[index[keras ? axes - 2 : 1]][index[keras ? axes - 1 : 0]] = values[i];
            } else {
                assertEquals(0, values[i], Arrays.toString(index));
            }
        }
        return matrix;
    }

    @Test
    void diracHandsEachInputToTheOutputOfItsNumber() {
        double[][] wide = {{1, 0, 0}, {0, 1, 0}};
        assertArrayEquals(wide, centre(Initializer.dirac(1), Shape.keras(3, 2, 3), 1));
        assertArrayEquals(wide, centre(Initializer.dirac(1), Shape.torch(3, 2, 4, 5), 2, 2));
        double[][] high = {{1, 0}, {0, 1}, {0, 0}};
        assertArrayEquals(high, centre(Initializer.dirac(1), Shape.keras(1, 2, 3, 3, 2), 0, 1, 1));
        double[][] groups = {{1, 0, 0, 1, 0, 0}, {0, 1, 0, 0, 1, 0}};
        assertArrayEquals(groups, centre(Initializer.dirac(2), Shape.torch(6, 2, 3), 1));
        assertArrayEquals(groups, centre(Initializer.dirac(2), Shape.keras(3, 2, 6), 1));
    }

    /** rows·rowsᵀ = gain²·1 */
    private static void assertOrthonormalRows(double[][] rows, double gain) {
        for (double[] a : rows) {
            for (double[] b : rows) {
                double product = IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
                assertEquals(a == b ? gain * gain : 0, product, 1e-14 * gain * gain);
            }
        }
    }

    private static double[][] matrix(double[] values, int rows, int columns) {
        return IntStream.range(0, rows)
                .mapToObj(i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns))
                .toArray(double[][]::new);
    }

    private static double[][] transposed(double[][] matrix) {
        return IntStream.range(0, matrix[0].length)
                .mapToObj(j -> Stream.of(matrix).mapToDouble(row -> row[j]).toArray())
                .toArray(double[][]::new);
    }

    @Test
    void theShorterSideOfAnOrthogonalTensorIsOrthonormalWhereTheOutputsAreOneOfThem() {
        Initializer initializer = Initializer.orthogonal(3, 42);
        double[] keras = initializer.doubles(Shape.keras(3, 3, 4, 8));
        assertOrthonormalRows(transposed(matrix(keras, 36, 8)), 3);
        double[] kerasWide = initializer.doubles(Shape.keras(2, 3, 8));
        assertOrthonormalRows(matrix(kerasWide, 6, 8), 3);
        double[] torch = initializer.doubles(Shape.torch(8, 4, 3, 3));
        assertOrthonormalRows(matrix(torch, 8, 36), 3);
        double[] torchHigh = initializer.doubles(Shape.torch(8, 2, 3));
        assertOrthonormalRows(transposed(matrix(torchHigh, 8, 6)), 3);
    }

    @Test
    void deltaOrthogonalIsOrthogonalAtTheCentreOfEitherLayout() {
        Initializer initializer = Initializer.deltaOrthogonal(2, 42);
        double[][] keras = centre(initializer, Shape.keras(3, 4, 5, 6), 1, 1);
        assertOrthonormalRows(keras, 2);
        assertArrayEquals(keras, centre(initializer, Shape.torch(6, 5, 4), 1));
        assertArrayEquals(
                Initializer.orthogonal(2, 42).doubles(Shape.keras(5, 6)),
                Stream.of(keras).flatMapToDouble(Arrays::stream).toArray());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.93, 1})
    void sparseLeavesOutTheSameNumberOfOutputsOfEachInput(double sparsity) {
        int inputs = 30;
        int outputs = 70;
        Initializer initializer = Initializer.sparse(sparsity, 0.5, 42);
        double[][] keras =
                matrix(initializer.doubles(Shape.keras(inputs, outputs)), inputs, outputs);
        double[][] torch =
                transposed(
                        matrix(initializer.doubles(Shape.torch(outputs, inputs)), outputs, inputs));
        for (int input = 0; input < inputs; input++) {
            double[] row = keras[input];
            assertEquals(
                    Math.ceil(sparsity * outputs), Arrays.stream(row).filter(w -> w == 0).count());
            for (int output = 0; output < outputs; output++) {
                assertEquals(row[output] == 0, torch[input][output] == 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.Layout.class)
    void whatSparseLeavesIsWhatTheNormalDistributionDraws(Shape.Layout layout) {
        Shape shape = Shape.of(layout, 40, 40);
        double[] sparse = Initializer.sparse(0.5, 0.3, 42).withStream(1).doubles(shape);
        double[] normal = Initializer.randomNormal(0, 0.3, 42).withStream(1).doubles(shape);
        for (int i = 0; i < sparse.length; i++) {
            assertTrue(sparse[i] == 0 || sparse[i] == normal[i], "element " + i);
        }
    }

    @Test
    void sparseChoosesByTheDrawsAfterThoseOfTheValues() {
        double[] w = Initializer.sparse(0.5, 1, 42).doubles(Shape.keras(2, 8));
        assertArrayEquals(
                new int[] {0, 2, 5, 6, 8, 9, 11, 14},
                IntStream.range(0, w.length).filter(i -> w[i] == 0).toArray());
    }

    /** Each output, and each pair of them, is as likely as any other. */
    @Test
    void sparseChoosesAnyOutputsAlike() {
        int inputs = 4000;
        int outputs = 10;
        double[][] w =
                matrix(
                        Initializer.sparse(0.3, 1, 42).doubles(Shape.keras(inputs, outputs)),
                        inputs,
                        outputs);
        for (int a = 0; a < outputs; a++) {
            for (int b = 0; b <= a; b++) {
                int i = a;
                int j = b;
                long both = Stream.of(w).filter(row -> row[i] == 0 && row[j] == 0).count();
                double p = a == b ? 0.3 : 0.3 * 2 / 9;
                assertEquals(p, both / (double) inputs, 5 * Math.sqrt(p * (1 - p) / inputs));
            }
        }
    }

    @Test
    void anotherSeedOrStreamIsAnotherTensor() {
        for (Initializer initializer :
                List.of(Initializer.orthogonal(1, 42), Initializer.sparse(0.5, 1, 42))) {
            Shape shape = Shape.keras(20, 20);
            String tensor = Arrays.toString(initializer.doubles(shape));
            assertNotEquals(tensor, Arrays.toString(initializer.withSeed(43).doubles(shape)));
            assertNotEquals(tensor, Arrays.toString(initializer.withStream(1).doubles(shape)));
        }
    }
}
