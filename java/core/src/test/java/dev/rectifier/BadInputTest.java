package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Initializer.Form;
import dev.rectifier.Initializer.Mode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of mistake at every door: what is thrown, what it says, and that nothing has been
 * written.
 */
@Tag("checked-jni")
class BadInputTest {
    /**
     * An array argument of an operation; {@code mayBe} are the sources that a destination may be
     * the same as.
     */
    private record Argument(String name, int length, boolean isDestination, Set<String> mayBe) {}

    private static Argument source(String name, int length) {
        return new Argument(name, length, false, Set.of());
    }

    private static Argument destination(String name, int length, String... mayBe) {
        return new Argument(name, length, true, Set.of(mayBe));
    }

    /** A public method that takes arrays. */
    private record Operation(
            String name, List<Argument> arguments, Consumer<Map<String, Span>> call) {
        @Override
        public String toString() {
            return name;
        }

        Argument argument(String wanted) {
            return arguments.stream()
                    .filter(argument -> argument.name.equals(wanted))
                    .findFirst()
                    .orElseThrow();
        }

        /** Those that its arguments may have. */
        List<DType> types() {
            boolean isStored = name.startsWith("Elementwise.") || name.startsWith("Span.");
            return isStored ? List.of(DType.values()) : DType.arithmeticTypes();
        }

        /** Legal arguments with other values everywhere. */
        Map<String, Span> legal(DType dtype, Place place) {
            Map<String, Span> spans = new LinkedHashMap<>();
            for (Argument argument : arguments) {
                spans.put(argument.name, filled(place.allocate(dtype, argument.length)));
            }
            return spans;
        }
    }

    private static final Axis AXIS = Axis.of(1, 2, 3, 4);

    private static final List<Operation> OPERATIONS =
            List.of(
                    new Operation(
                            "Elementwise.forward",
                            List.of(source("x", 24), destination("y", 24, "x")),
                            a -> Elementwise.elu().forward(a.get("x"), a.get("y"))),
                    new Operation(
                            "Elementwise.backward",
                            List.of(
                                    source("x", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "x", "dy")),
                            a -> Elementwise.elu().backward(a.get("x"), a.get("dy"), a.get("dx"))),
                    new Operation(
                            "Elementwise.FromOutput.backward",
                            List.of(
                                    source("y", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "y", "dy")),
                            a ->
                                    Elementwise.tanh()
                                            .fromOutput()
                                            .backward(a.get("y"), a.get("dy"), a.get("dx"))),
                    new Operation(
                            "PRelu.forward",
                            List.of(source("x", 24), source("alpha", 3), destination("y", 24, "x")),
                            a -> new PRelu().forward(a.get("x"), a.get("alpha"), a.get("y"), AXIS)),
                    new Operation(
                            "PRelu.backward",
                            List.of(
                                    source("x", 24),
                                    source("alpha", 3),
                                    source("dy", 24),
                                    destination("dx", 24, "x", "dy"),
                                    destination("dalpha", 3)),
                            a ->
                                    new PRelu()
                                            .backward(
                                                    a.get("x"),
                                                    a.get("alpha"),
                                                    a.get("dy"),
                                                    a.get("dx"),
                                                    a.get("dalpha"),
                                                    AXIS)),
                    new Operation(
                            "RRelu.forward",
                            List.of(source("x", 24), destination("y", 24, "x")),
                            a -> new RRelu().forward(new RandomKey(1, 2), a.get("x"), a.get("y"))),
                    new Operation(
                            "RRelu.backward",
                            List.of(
                                    source("x", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "x", "dy")),
                            a ->
                                    new RRelu()
                                            .backward(
                                                    new RandomKey(1, 2),
                                                    a.get("x"),
                                                    a.get("dy"),
                                                    a.get("dx"))),
                    new Operation(
                            "Softmax.forward",
                            List.of(source("x", 24), destination("y", 24, "x")),
                            a -> AxisFunction.softmax().forward(a.get("x"), a.get("y"), AXIS)),
                    new Operation(
                            "Softmax.backward",
                            List.of(
                                    source("y", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "y", "dy")),
                            a ->
                                    AxisFunction.softmax()
                                            .backward(a.get("y"), a.get("dy"), a.get("dx"), AXIS)),
                    new Operation(
                            "Glu.forward",
                            List.of(source("x", 32), destination("y", 16)),
                            a -> new Glu().forward(a.get("x"), a.get("y"), Axis.of(1, 2, 4, 4))),
                    new Operation(
                            "Glu.backward",
                            List.of(source("x", 32), source("dy", 16), destination("dx", 32, "x")),
                            a ->
                                    new Glu()
                                            .backward(
                                                    a.get("x"),
                                                    a.get("dy"),
                                                    a.get("dx"),
                                                    Axis.of(1, 2, 4, 4))),
                    new Operation(
                            "ConcatenatedRelu.forward",
                            List.of(source("x", 16), destination("y", 32)),
                            a ->
                                    new ConcatenatedRelu()
                                            .forward(a.get("x"), a.get("y"), Axis.of(1, 2, 2, 4))),
                    new Operation(
                            "ConcatenatedRelu.backward",
                            List.of(source("x", 16), source("dy", 32), destination("dx", 16, "x")),
                            a ->
                                    new ConcatenatedRelu()
                                            .backward(
                                                    a.get("x"),
                                                    a.get("dy"),
                                                    a.get("dx"),
                                                    Axis.of(1, 2, 2, 4))),
                    new Operation(
                            "Glu.forward of two",
                            List.of(
                                    source("values", 16),
                                    source("gates", 16),
                                    destination("y", 16, "values", "gates")),
                            a ->
                                    Glu.of(Elementwise.silu())
                                            .forward(a.get("values"), a.get("gates"), a.get("y"))),
                    new Operation(
                            "Glu.backward of two",
                            List.of(
                                    source("values", 16),
                                    source("gates", 16),
                                    source("dy", 16),
                                    destination("dvalues", 16, "values", "gates", "dy"),
                                    destination("dgates", 16, "values", "gates", "dy")),
                            a ->
                                    Glu.of(Elementwise.silu())
                                            .backward(
                                                    a.get("values"),
                                                    a.get("gates"),
                                                    a.get("dy"),
                                                    a.get("dvalues"),
                                                    a.get("dgates"))),
                    new Operation(
                            "MaskedSoftmax.forward",
                            List.of(source("x", 24), destination("y", 24, "x")),
                            a ->
                                    MaskedSoftmax.scaled(0.5)
                                            .forward(a.get("x"), a.get("y"), 2, 3, 4)),
                    new Operation(
                            "MaskedSoftmax.backward",
                            List.of(
                                    source("y", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "y", "dy")),
                            a ->
                                    MaskedSoftmax.scaled(0.5)
                                            .backward(
                                                    a.get("y"), a.get("dy"), a.get("dx"), 2, 3, 4)),
                    new Operation(
                            "LogSumExp.forward",
                            List.of(source("x", 24), destination("y", 6)),
                            a -> LogSumExp.forward(a.get("x"), a.get("y"), new Axis(2, 4, 3))),
                    new Operation(
                            "LogSumExp.backward",
                            List.of(source("x", 24), source("dy", 6), destination("dx", 24, "x")),
                            a ->
                                    LogSumExp.backward(
                                            a.get("x"),
                                            a.get("dy"),
                                            a.get("dx"),
                                            new Axis(2, 4, 3))),
                    new Operation(
                            "SoftmaxCrossEntropy.apply",
                            List.of(destination("x", 24), destination("loss", 6)),
                            a ->
                                    new SoftmaxCrossEntropy()
                                            .apply(
                                                    a.get("x"),
                                                    new int[6],
                                                    1,
                                                    a.get("loss"),
                                                    Optional.ofNullable(a.get("x")),
                                                    4)),
                    new Operation(
                            "GumbelSoftmax.forward",
                            List.of(source("x", 24), destination("soft", 24, "x")),
                            a ->
                                    new GumbelSoftmax(0.5, false, -1)
                                            .forward(
                                                    new RandomKey(1, 2),
                                                    a.get("x"),
                                                    a.get("soft"),
                                                    Optional.empty(),
                                                    AXIS)),
                    new Operation(
                            "GumbelSoftmax.backward",
                            List.of(
                                    source("y", 24),
                                    source("dy", 24),
                                    destination("dx", 24, "y", "dy")),
                            a ->
                                    new GumbelSoftmax(0.5, true, -1)
                                            .backward(a.get("y"), a.get("dy"), a.get("dx"), AXIS)),
                    new Operation(
                            "DenseKernel.forward",
                            List.of(
                                    source("x", 8),
                                    source("w", 12),
                                    source("b", 3),
                                    destination("z", 6),
                                    destination("y", 6, "z")),
                            a ->
                                    DenseKernel.forward(
                                            Optional.of(Elementwise.tanh()),
                                            a.get("x"),
                                            a.get("w"),
                                            a.get("b"),
                                            a.get("z"),
                                            a.get("y"),
                                            2,
                                            4,
                                            3)),
                    new Operation(
                            "DenseKernel.forwardPacked",
                            List.of(
                                    source("x", 2),
                                    source("packed", 16),
                                    source("b", 3),
                                    destination("y", 6)),
                            a ->
                                    DenseKernel.forwardPacked(
                                            Optional.of(Elementwise.tanh()),
                                            a.get("x"),
                                            a.get("packed"),
                                            a.get("b"),
                                            a.get("y"),
                                            2,
                                            1,
                                            3)),
                    new Operation(
                            "DenseKernel.pack",
                            List.of(source("w", 3), destination("packed", 16)),
                            a -> DenseKernel.pack(a.get("w"), a.get("packed"), 1, 3)),
                    new Operation(
                            "DenseKernel.backward",
                            List.of(
                                    source("x", 8),
                                    source("w", 12),
                                    source("dz", 6),
                                    destination("dx", 8),
                                    destination("dw", 12),
                                    destination("db", 3)),
                            a ->
                                    DenseKernel.backward(
                                            a.get("x"),
                                            a.get("w"),
                                            a.get("dz"),
                                            Optional.of(a.get("dx")),
                                            a.get("dw"),
                                            a.get("db"),
                                            2,
                                            4,
                                            3)),
                    new Operation(
                            "DenseKernel.backward of a first layer",
                            List.of(
                                    source("x", 8),
                                    source("w", 12),
                                    source("dz", 6),
                                    destination("dw", 12),
                                    destination("db", 3)),
                            a ->
                                    DenseKernel.backward(
                                            a.get("x"),
                                            a.get("w"),
                                            a.get("dz"),
                                            Optional.empty(),
                                            a.get("dw"),
                                            a.get("db"),
                                            2,
                                            4,
                                            3)),
                    new Operation(
                            "Initializer.initialize",
                            List.of(destination("out", 24)),
                            a ->
                                    Initializer.heNormal(1)
                                            .initialize(Shape.keras(4, 6), a.get("out"))),
                    new Operation(
                            "Span.copyFrom",
                            List.of(source("source", 24), destination("destination", 24)),
                            a -> a.get("destination").copyFrom(a.get("source"))));

    /** Where arrays can be. */
    private enum Place {
        ARRAY,
        DIRECT_BUFFER,
        POINTER;

        Span allocate(DType dtype, int length) {
            return switch (this) {
                case ARRAY -> array(dtype, length);
                case DIRECT_BUFFER -> Span.allocate(dtype, length);
                case POINTER -> pointer(dtype, length);
            };
        }

        private static Span array(DType dtype, int length) {
            return switch (dtype) {
                case BFLOAT16, FLOAT16 -> Span.of(dtype, new short[length]);
                case FLOAT32 -> Span.of(new float[length]);
                case FLOAT64 -> Span.of(new double[length]);
            };
        }

        private static Span pointer(DType dtype, int length) {
            return switch (dtype) {
                case BFLOAT16, FLOAT16 -> Span.of(dtype, new ShortPointer(length));
                case FLOAT32 -> Span.of(new FloatPointer(length));
                case FLOAT64 -> Span.of(new DoublePointer(length));
            };
        }

        /** The same elements by another owner, so that only their addresses tell. */
        Span alias(Span whole, int from, int length) {
            Span part = whole.slice(from, length);
            if (part.owner() instanceof FloatBuffer buffer) {
                return Span.of(buffer.duplicate().position(from).limit(from + length).slice());
            }
            if (part.owner() instanceof DoubleBuffer buffer) {
                return Span.of(buffer.duplicate().position(from).limit(from + length).slice());
            }
            if (part.owner() instanceof ShortBuffer buffer) {
                return Span.of(
                        whole.dtype(),
                        buffer.duplicate().position(from).limit(from + length).slice());
            }
            if (part.owner() instanceof ShortPointer pointer) {
                return Span.of(whole.dtype(), pointer.getPointer(from).limit(length));
            }
            if (part.owner() instanceof FloatPointer pointer) {
                return Span.of(pointer.getPointer(from).limit(length));
            }
            if (part.owner() instanceof DoublePointer pointer) {
                return Span.of(pointer.getPointer(from).limit(length));
            }
            return part;
        }
    }

    private static Span filled(Span span) {
        for (int i = 0; i < span.length(); i++) {
            span.set(i, 0.5 - i);
        }
        return span;
    }

    private static double[] values(Span span) {
        return IntStream.range(0, (int) span.length()).mapToDouble(span::get).toArray();
    }

    /** The call must throw, name what is wrong, and leave all that can be read as it was. */
    private static void assertRejected(
            Class<? extends Throwable> type,
            Executable call,
            List<Span> untouched,
            String... parts) {
        List<double[]> before = untouched.stream().map(BadInputTest::values).toList();
        String message = String.valueOf(assertThrows(type, call).getMessage());
        for (String part : parts) {
            assertTrue(
                    message.contains(part),
                    () -> "\"" + message + "\" doesn't contain \"" + part + "\"");
        }
        for (int i = 0; i < before.size(); i++) {
            assertArrayEquals(before.get(i), values(untouched.get(i)), untouched.get(i)::toString);
        }
    }

    private static void assertIllegal(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static List<Span> others(Map<String, Span> spans, String name) {
        return spans.entrySet().stream()
                .filter(e -> !e.getKey().equals(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Every argument of every operation. */
    static Stream<Arguments> everyArgument() {
        return OPERATIONS.stream()
                .flatMap(
                        operation ->
                                operation.arguments.stream()
                                        .map(a -> Arguments.of(operation, a.name)));
    }

    static Stream<Arguments> everyDestination() {
        return everyArgument()
                .filter(a -> ((Operation) a.get()[0]).argument((String) a.get()[1]).isDestination);
    }

    @ParameterizedTest
    @MethodSource("everyArgument")
    void nullIsRejectedWithTheNameOfTheArgument(Operation operation, String name) {
        Map<String, Span> spans = operation.legal(DType.FLOAT32, Place.ARRAY);
        List<Span> untouched = others(spans, name);
        spans.put(name, null);
        // The null is then met in this test itself.
        boolean isCallers =
                name.equals("dx") && operation.name.startsWith("Dense")
                        || name.equals("destination");
        if (!isCallers) {
            assertNullIsRejected(name, () -> operation.call.accept(spans), untouched);
        }
    }

    /** The name is all of the message, or quoted in the one that the virtual machine makes. */
    private static void assertNullIsRejected(String name, Executable call, List<Span> untouched) {
        Executable named =
                () -> {
                    try {
                        call.execute();
                    } catch (NullPointerException e) {
                        throw name.equals(e.getMessage())
                                ? new NullPointerException('"' + name + '"')
                                : e;
                    }
                };
        assertRejected(NullPointerException.class, named, untouched, '"' + name + '"');
    }

    @ParameterizedTest
    @MethodSource("everyArgument")
    void aWrongLengthIsRejectedWithBothLengths(Operation operation, String name) {
        int length = operation.argument(name).length;
        for (int wrong : new int[] {0, length - 1, length + 1}) {
            Map<String, Span> spans = operation.legal(DType.FLOAT32, Place.ARRAY);
            spans.put(name, filled(Span.of(new float[wrong])));
            assertRejected(
                    IllegalArgumentException.class,
                    () -> operation.call.accept(spans),
                    List.copyOf(spans.values()),
                    " has length ",
                    Integer.toString(wrong),
                    Integer.toString(length));
        }
    }

    @ParameterizedTest
    @MethodSource("everyArgument")
    void aWrongTypeIsRejectedWithBothTypes(Operation operation, String name) {
        if (operation.arguments.size() == 1) {
            return;
        }
        for (DType dtype : operation.types()) {
            for (DType other : DType.values()) {
                boolean isLegal = name.equals("packed") && dtype == DType.FLOAT32 && other.isHalf();
                if (other == dtype || isLegal) {
                    continue;
                }
                Map<String, Span> spans = operation.legal(dtype, Place.ARRAY);
                Span wrong = Place.ARRAY.allocate(other, operation.argument(name).length);
                spans.put(name, filled(wrong));
                // The first argument may say what type all others have to be of.
                boolean isHalf = other.isHalf() && !operation.types().contains(other);
                String[] types =
                        isHalf
                                ? new String[] {" is " + other}
                                : new String[] {" is ", dtype.toString(), other.toString()};
                assertRejected(
                        IllegalArgumentException.class,
                        () -> operation.call.accept(spans),
                        List.copyOf(spans.values()),
                        types);
            }
        }
    }

    static Stream<Operation> arithmetic() {
        return OPERATIONS.stream().filter(o -> o.types().equals(DType.arithmeticTypes()));
    }

    @ParameterizedTest
    @MethodSource("arithmetic")
    void aTypeOfSixteenBitsIsRejectedWhereItIsNoneOfThose(Operation operation) {
        for (DType dtype : List.of(DType.BFLOAT16, DType.FLOAT16)) {
            Map<String, Span> spans = operation.legal(dtype, Place.ARRAY);
            assertRejected(
                    IllegalArgumentException.class,
                    () -> operation.call.accept(spans),
                    List.copyOf(spans.values()),
                    operation.arguments.get(0).name + " is " + dtype,
                    "which only elementwise activations take");
        }
    }

    @ParameterizedTest
    @MethodSource("everyDestination")
    void aReadOnlyDestinationIsRejectedWithItsName(Operation operation, String name) {
        int length = operation.argument(name).length;
        FloatBuffer heap = FloatBuffer.allocate(length);
        FloatBuffer direct =
                ByteBuffer.allocateDirect(4 * length)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        for (FloatBuffer buffer : List.of(heap, direct)) {
            Map<String, Span> spans = operation.legal(DType.FLOAT32, Place.ARRAY);
            spans.put(name, Span.of(buffer.asReadOnlyBuffer()));
            assertRejected(
                    IllegalArgumentException.class,
                    () -> operation.call.accept(spans),
                    List.copyOf(spans.values()),
                    name + " is read-only");
        }
    }

    @ParameterizedTest
    @MethodSource("everyArgument")
    void aClosedPointerIsRejectedBeforeAnythingIsWritten(Operation operation, String name) {
        for (Place place : Place.values()) {
            Map<String, Span> spans = operation.legal(DType.FLOAT32, place);
            List<Span> untouched = others(spans, name);
            FloatPointer pointer = new FloatPointer(operation.argument(name).length);
            spans.put(name, Span.of(pointer));
            pointer.close();
            assertRejected(
                    IllegalStateException.class,
                    () -> operation.call.accept(spans),
                    untouched,
                    name + " has been closed");
        }
    }

    /** Every destination with every other argument of the same operation. */
    static Stream<Arguments> everyPair() {
        return everyDestination()
                .filter(a -> !a.get()[0].toString().startsWith("Span."))
                .flatMap(
                        a ->
                                ((Operation) a.get()[0])
                                        .arguments.stream()
                                                .filter(other -> !other.name.equals(a.get()[1]))
                                                .map(
                                                        other ->
                                                                Arguments.of(
                                                                        a.get()[0],
                                                                        a.get()[1],
                                                                        other.name)));
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    void anOverlapIsRejectedWithBothNames(Operation operation, String name, String other) {
        Argument destination = operation.argument(name);
        Argument second = operation.argument(other);
        for (Place place : Place.values()) {
            for (DType dtype : operation.types()) {
                for (int[] from : offsets(destination, second)) {
                    Map<String, Span> spans = operation.legal(dtype, place);
                    Span whole = filled(place.allocate(dtype, 64));
                    spans.put(name, place.alias(whole, from[0], destination.length));
                    spans.put(other, place.alias(whole, from[1], second.length));
                    List<Span> untouched = new ArrayList<>(spans.values());
                    untouched.add(whole);
                    assertRejected(
                            IllegalArgumentException.class,
                            () -> operation.call.accept(spans),
                            untouched,
                            " overlaps ",
                            name + " ",
                            other + " ");
                }
            }
        }
    }

    /** Where two arguments can begin so that they overlap in a way that isn't allowed. */
    private static List<int[]> offsets(Argument a, Argument b) {
        List<int[]> offsets =
                new ArrayList<>(
                        List.of(
                                new int[] {b.length - 1, 0},
                                new int[] {0, a.length - 1},
                                new int[] {1, 0}));
        if (a.length > 1 && b.length > 1) {
            offsets.add(new int[] {0, 1});
        }
        boolean inPlace = a.mayBe.contains(b.name) || b.mayBe.contains(a.name);
        if (!inPlace) {
            offsets.add(new int[] {0, 0});
        }
        return offsets;
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void neighboursAndTheSameMemoryAreNoOverlap(Place place) {
        Span whole = filled(place.allocate(DType.FLOAT32, 48));
        Elementwise.relu().forward(place.alias(whole, 0, 24), place.alias(whole, 24, 24));
        assertEquals(0.5, whole.get(24));
        Elementwise.relu().forward(place.alias(whole, 0, 48), place.alias(whole, 0, 48));
        assertEquals(0, whole.get(1));
    }

    @Test
    void anEmptySpanOverlapsNothing() {
        Span whole = filled(Span.allocate(DType.FLOAT32, 4));
        Elementwise.relu().forward(whole.slice(1, 0), whole.slice(2, 0));
        assertArrayEquals(new double[] {0.5, -0.5, -1.5, -2.5}, values(whole));
    }

    @Test
    void aSpanOfNothingIsRejectedWithTheNameOfTheArgument() {
        List<Executable> calls =
                List.of(
                        () -> Span.of((float[]) null),
                        () -> Span.of((double[]) null),
                        () -> Span.of((float[]) null, 0, 0),
                        () -> Span.of((double[]) null, 0, 0),
                        () -> Span.of(DType.FLOAT16, (short[]) null),
                        () -> Span.of(DType.FLOAT16, (short[]) null, 0, 0),
                        () -> Span.of((FloatBuffer) null),
                        () -> Span.of((DoubleBuffer) null),
                        () -> Span.of(DType.FLOAT16, (ShortBuffer) null),
                        () -> Span.of((FloatPointer) null),
                        () -> Span.of((DoublePointer) null),
                        () -> Span.of(DType.FLOAT16, (ShortPointer) null));
        for (int i = 0; i < calls.size(); i++) {
            String name = i < 6 ? "array" : i < 9 ? "buffer" : "pointer";
            assertEquals(name, assertThrows(NullPointerException.class, calls.get(i)).getMessage());
        }
    }

    @Test
    void aRangeOutsideOfAnArrayIsRejectedWithItsNumbers() {
        int max = Integer.MAX_VALUE;
        int min = Integer.MIN_VALUE;
        int[][] ranges = {
            {-1, 1},
            {0, 9},
            {8, 1},
            {9, 0},
            {0, -1},
            {max, 1},
            {1, max},
            {max, max},
            {min, 1},
            {1, min},
            {min, min}
        };
        float[] x = new float[8];
        double[] x64 = new double[8];
        for (int[] range : ranges) {
            String text = "offset " + range[0] + " and length " + range[1];
            List<Executable> calls =
                    List.of(
                            () -> Span.of(x, range[0], range[1]),
                            () -> Span.of(x64, range[0], range[1]),
                            () -> Elementwise.relu().forward(x, range[0], x, 0, range[1]),
                            () -> Elementwise.relu().forward(x64, range[0], x64, 0, range[1]),
                            () -> Elementwise.relu().backward(x, range[0], x, 0, x, 0, range[1]),
                            () ->
                                    Elementwise.relu()
                                            .backward(x64, range[0], x64, 0, x64, 0, range[1]));
            for (Executable call : calls) {
                assertRejected(
                        IndexOutOfBoundsException.class,
                        call,
                        List.of(Span.of(x), Span.of(x64)),
                        text,
                        "length 8");
            }
        }
    }

    @Test
    void aBufferInTheOtherByteOrderIsRejectedWithTheRemedy() {
        ByteOrder other =
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                        ? ByteOrder.LITTLE_ENDIAN
                        : ByteOrder.BIG_ENDIAN;
        for (ByteBuffer bytes : List.of(ByteBuffer.allocate(64), ByteBuffer.allocateDirect(64))) {
            FloatBuffer floats = bytes.order(other).asFloatBuffer();
            DoubleBuffer doubles = bytes.order(other).asDoubleBuffer();
            FloatBuffer legal = FloatBuffer.allocate(16);
            List<Executable> calls =
                    List.of(
                            () -> Span.of(floats),
                            () -> Span.of(doubles),
                            () -> Elementwise.relu().forward(floats, legal),
                            () -> Elementwise.relu().forward(legal, floats),
                            () -> Elementwise.relu().backward(legal, floats, legal));
            for (Executable call : calls) {
                assertRejected(
                        IllegalArgumentException.class,
                        call,
                        List.of(Span.of(legal)),
                        other.toString(),
                        ByteOrder.nativeOrder().toString(),
                        "order(ByteOrder.nativeOrder())");
            }
        }
    }

    @Test
    void aPointerWhoseBoundsAreNotKnownIsRejected() {
        FloatPointer closed = new FloatPointer(4);
        closed.close();
        FloatPointer memory = new FloatPointer(4);
        // What C++ functions return: an address and nothing else.
        FloatPointer bare = new FloatPointer(new Pointer(memory).capacity(0).limit(0));
        assertRejected(
                IllegalArgumentException.class,
                () -> Span.of(new FloatPointer()),
                List.of(),
                "pointer is null");
        assertRejected(
                IllegalArgumentException.class,
                () -> Span.of(closed),
                List.of(),
                "pointer is null or closed");
        assertRejected(
                IllegalArgumentException.class,
                () -> Span.of(bare),
                List.of(),
                "pointer has no capacity");
        FloatPointer beyond = new FloatPointer(memory).position(5);
        assertRejected(
                IllegalArgumentException.class,
                () -> Span.of(beyond),
                List.of(),
                "position <= limit <= capacity",
                "position=5");
        FloatPointer tooLong = new FloatPointer(memory).limit(5);
        assertRejected(
                IllegalArgumentException.class, () -> Span.of(tooLong), List.of(), "limit=5");
    }

    @Test
    void memoryThatDoesNotFitADirectBufferIsRejectedWithItsLength() {
        int max = Integer.MAX_VALUE;
        assertIllegal(
                "length -1 of FLOAT32 doesn't fit a direct buffer: 0 to " + max / 4,
                () -> Span.allocate(DType.FLOAT32, -1));
        assertIllegal(
                "length "
                        + max / 4 * 2
                        + " of FLOAT64 doesn't fit a direct buffer: 0 to "
                        + max / 8,
                () -> Span.allocate(DType.FLOAT64, max / 4 * 2));
    }

    @Test
    void aPartOutsideOfATensorIsRejectedWithItsNumbers() {
        Span out = filled(Span.of(new float[4]));
        for (long first :
                new long[] {-1, 21, 24, Long.MAX_VALUE, Long.MIN_VALUE, RandomKey.MAX_DRAWS}) {
            assertRejected(
                    IndexOutOfBoundsException.class,
                    () -> Initializer.heNormal(1).initialize(Shape.keras(4, 6), first, out),
                    List.of(out),
                    "offset " + first + " and length 4",
                    "tensor of length 24");
        }
    }

    @Test
    void aStreamThatIsUsedUpIsRejectedWithTheNumberOfTheDraw() {
        Span x = filled(Span.of(new float[4]));
        long last = RandomKey.MAX_DRAWS;
        for (Executable call :
                new Executable[] {
                    () -> new RRelu().forward(new RandomKey(1, 2, last - 3), x, x),
                    () -> new RRelu().backward(new RandomKey(1, 2, last - 3), x, x, x)
                }) {
            assertRejected(
                    IllegalArgumentException.class,
                    call,
                    List.of(x),
                    "first " + (last + 1),
                    "0.." + last);
        }
        assertIllegal("first -1 is not in 0.." + last, () -> new RandomKey(1, 2, -1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new RandomKey(1, 2, last).skip(Long.MAX_VALUE));
    }

    @Test
    void negativeSizesOfADenseLayerAreRejectedWithTheShape() {
        Span span = filled(Span.of(new float[4]));
        int[][] sizes = {{-1, 2, 2}, {2, -1, 2}, {2, 2, -1}, {Integer.MIN_VALUE, 2, 2}};
        for (int[] s : sizes) {
            String wrong =
                    Arrays.stream(s)
                            .filter(size -> size < 0)
                            .mapToObj(Integer::toString)
                            .findFirst()
                            .get();
            assertRejected(
                    IllegalArgumentException.class,
                    () ->
                            DenseKernel.forward(
                                    Optional.empty(),
                                    span,
                                    span,
                                    span,
                                    span,
                                    span,
                                    s[0],
                                    s[1],
                                    s[2]),
                    List.of(span),
                    "negative size",
                    wrong);
            assertRejected(
                    IllegalArgumentException.class,
                    () ->
                            DenseKernel.backward(
                                    span,
                                    span,
                                    span,
                                    Optional.empty(),
                                    span,
                                    span,
                                    s[0],
                                    s[1],
                                    s[2]),
                    List.of(span),
                    "negative size",
                    wrong);
        }
    }

    @Test
    void nullForWhatIsNoArrayIsRejectedWithTheNameOfTheArgument() {
        Span x = filled(Span.of(new float[1]));
        Span y = filled(Span.of(new float[1]));
        Span z = filled(Span.of(new float[1]));
        Map<String, List<Executable>> calls =
                Map.of(
                        "channels",
                        List.of(
                                () -> new PRelu().forward(x, x, y, (Axis) null),
                                () -> new PRelu().forward(x, x, y, (Channels) null),
                                () -> new PRelu().backward(x, x, x, y, z, (Axis) null),
                                () -> new PRelu().backward(x, x, x, y, z, (Channels) null)),
                        "axis",
                        List.of(
                                () -> AxisFunction.softmax().forward(x, y, (Axis) null),
                                () -> AxisFunction.softmax().backward(x, x, y, (Axis) null)),
                        "key",
                        List.of(
                                () -> new RRelu().forward(null, x, y),
                                () -> new RRelu().backward(null, x, x, y)),
                        "f",
                        List.of(() -> DenseKernel.forward(null, x, x, x, y, y, 1, 1, 1)),
                        "dx",
                        List.of(() -> DenseKernel.backward(x, x, x, null, y, z, 1, 1, 1)),
                        "shape",
                        List.of(
                                () -> Initializer.ones().initialize(null, y),
                                () -> Initializer.ones().initialize(null, 0, y)));
        calls.forEach(
                (name, all) ->
                        all.forEach(call -> assertNullIsRejected(name, call, List.of(x, y, z))));
    }

    @Test
    void illegalParametersOfInitializersAreRejectedWithTheirValues() {
        double nan = Double.NaN;
        double infinity = Double.POSITIVE_INFINITY;
        assertIllegal("value must be finite, not NaN", () -> Initializer.constant(nan));
        assertIllegal(
                "minval must be finite, not -Infinity",
                () -> Initializer.randomUniform(-infinity, 1, 1));
        assertIllegal("maxval must be finite, not NaN", () -> Initializer.randomUniform(0, nan, 1));
        assertIllegal(
                "minval 2.0 is greater than maxval 1.0", () -> Initializer.randomUniform(2, 1, 1));
        assertIllegal("mean must be finite, not NaN", () -> Initializer.randomNormal(nan, 1, 1));
        assertIllegal(
                "stddev must be finite and >= 0.0, not -1.0",
                () -> Initializer.randomNormal(0, -1, 1));
        assertIllegal(
                "stddev must be finite and >= 0.0, not NaN",
                () -> Initializer.truncatedNormal(0, nan, 1));
        assertIllegal(
                "stddev must be finite and >= 0.0, not Infinity",
                () -> Initializer.truncatedNormal(0, infinity, 1));
        for (double stddev : new double[] {0, -1, nan, infinity}) {
            assertIllegal(
                    "stddev must be finite and > 0, not " + stddev,
                    () -> Initializer.boundedNormal(0, stddev, -2, 2, 1));
        }
        assertIllegal(
                "mean must be finite, not -Infinity",
                () -> Initializer.boundedNormal(-infinity, 1, -2, 2, 1));
        assertIllegal(
                "minval must be finite or -Infinity or Infinity, not NaN",
                () -> Initializer.boundedNormal(0, 1, nan, 2, 1));
        assertIllegal(
                "maxval must be finite or -Infinity or Infinity, not NaN",
                () -> Initializer.boundedNormal(0, 1, -2, nan, 1));
        for (double bound : new double[] {2, -1, infinity, -infinity}) {
            assertIllegal(
                    "minval " + bound + " is not less than maxval " + Math.min(bound, 1),
                    () -> Initializer.boundedNormal(0, 1, bound, Math.min(bound, 1), 1));
        }
        assertIllegal(
                "Initializer.boundedNormal(0.0, 1.0, 1.00000001, 1.00000002, 1) has no value: there"
                        + " is no FLOAT32 from minval 1.00000001 to maxval 1.00000002",
                () ->
                        Initializer.boundedNormal(0, 1, 1.00000001, 1.00000002, 1)
                                .floats(Shape.keras(4, 4)));
        assertIllegal(
                "Initializer.boundedNormal(0.0, 1.0, 1.0E300, Double.POSITIVE_INFINITY, 1) has no"
                        + " value: there is no FLOAT32 from minval 1.0E300 to maxval Infinity",
                () ->
                        Initializer.boundedNormal(0, 1, 1e300, infinity, 1)
                                .floats(Shape.keras(4, 4)));
        for (double scale : new double[] {0, -1, nan, infinity}) {
            assertIllegal(
                    "scale must be finite and > 0, not " + scale,
                    () -> Initializer.varianceScaling(scale, Mode.FAN_IN, Form.UNIFORM, 1));
            String gain = "gain must be finite and > 0, not " + scale;
            assertIllegal(gain, () -> Initializer.xavierUniform(scale, 1));
            assertIllegal(gain, () -> Initializer.xavierNormal(scale, 1));
            assertIllegal(gain, () -> Initializer.orthogonal(scale, 1));
            assertIllegal(gain, () -> Initializer.deltaOrthogonal(scale, 1));
        }
        for (double a : new double[] {nan, infinity, -1e151}) {
            String slope = "a must be from -1.0E150 to 1.0E150, not " + a;
            Nonlinearity leaky = Nonlinearity.LEAKY_RELU;
            assertIllegal(slope, () -> Initializer.kaimingUniform(a, Mode.FAN_IN, leaky, 1));
            assertIllegal(slope, () -> Initializer.kaimingNormal(a, Mode.FAN_IN, leaky, 1));
        }
        assertIllegal(
                "a must be finite, not NaN", () -> Gain.calculate(Nonlinearity.RELU, Double.NaN));
        assertIllegal("gain must be finite, not NaN", () -> Initializer.identity(nan));
        assertIllegal(
                "groups must be a whole number from 1 to 2147483647, not 0.0",
                () -> Initializer.dirac(0));
        for (double sparsity : new double[] {-0.1, 1.1, nan}) {
            assertIllegal(
                    "sparsity must be from 0.0 to 1.0, not " + sparsity,
                    () -> Initializer.sparse(sparsity, 0.01, 1));
        }
        assertIllegal(
                "stddev must be finite and >= 0.0, not -1.0", () -> Initializer.sparse(0.9, -1, 1));
    }

    @Test
    void aShapeThatAnInitializerCannotHaveIsRejectedWithWhatItNeeds() {
        Initializer orthogonal = Initializer.orthogonal(1, 7);
        Initializer delta = Initializer.deltaOrthogonal(1, 7);
        Initializer sparse = Initializer.sparse(0.9, 0.01, 7);
        assertImpossible(Initializer.identity(1), "2 axes", Shape.keras(3, 4, 5));
        assertImpossible(Initializer.identity(1), "2 axes", Shape.torch(3));
        assertImpossible(orthogonal, "at least 2 axes", Shape.keras(3));
        assertImpossible(orthogonal, "at least 2 axes", Shape.torch());
        assertImpossible(Initializer.dirac(1), "3 to 5 axes", Shape.torch(3, 4));
        assertImpossible(Initializer.dirac(1), "3 to 5 axes", Shape.keras(2, 2, 2, 2, 3, 4));
        assertImpossible(
                Initializer.dirac(3),
                "a number of outputs that 3 groups can share",
                Shape.torch(4, 3, 5));
        assertImpossible(delta, "3 to 5 axes", Shape.keras(3, 4));
        assertImpossible(delta, "at least as many outputs as inputs", Shape.keras(3, 5, 4));
        assertImpossible(delta, "at least as many outputs as inputs", Shape.torch(4, 5, 3));
        assertImpossible(
                delta, "inputs * outputs of at most 2147483639", Shape.keras(1, 1 << 16, 1 << 16));
        assertImpossible(sparse, "2 axes", Shape.keras(3));
        assertImpossible(
                sparse,
                "at most 2147483639 outputs and 576460752303423488 elements",
                Shape.keras(1, 1L << 40));
    }

    private static void assertImpossible(Initializer initializer, String needed, Shape shape) {
        Span out = filled(Span.of(new float[1]));
        assertRejected(
                IllegalArgumentException.class,
                () -> initializer.initialize(shape, 0, out),
                List.of(out),
                initializer + " needs " + needed + ", not " + shape);
    }

    @Test
    void weightsOutOfTheRangeOfTheTypeAreRejected() {
        Span out = filled(Span.of(new float[1]));
        Shape shape = Shape.keras(1, 4, 4);
        for (Initializer initializer :
                List.of(Initializer.orthogonal(1e39, 1), Initializer.deltaOrthogonal(1e39, 1))) {
            assertRejected(
                    IllegalArgumentException.class,
                    () -> initializer.initialize(shape, 0, out),
                    List.of(out),
                    "gain 1.0E39 is out of the range of FLOAT32");
        }
        assertRejected(
                IllegalArgumentException.class,
                () -> Initializer.identity(-1e39).initialize(Shape.keras(4, 4), 0, out),
                List.of(out),
                "gain -1.0E39 is out of the range of FLOAT32");
        assertRejected(
                IllegalArgumentException.class,
                () -> Initializer.sparse(0.9, 1e38, 1).initialize(Shape.keras(4, 4), 0, out),
                List.of(out),
                "Initializer.sparse(0.9, 1.0E38, 1) has values out of the range of FLOAT32");
    }

    @Test
    void anOrthogonalMatrixTooLargeForMemoryIsReportedWithItsSize() {
        Span out = filled(Span.of(new float[1]));
        Shape huge = Shape.keras(1 << 30, 1 << 29);
        assertRejected(
                OutOfMemoryError.class,
                () -> Initializer.orthogonal(1, 7).initialize(huge, 0, out),
                List.of(out),
                "an orthogonal matrix of 1073741824 by 536870912");
    }

    @Test
    void fewerThreadsThanOneAreRejected() {
        int before = Rectifier.threads();
        for (int threads : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertIllegal(
                    "threads must be at least 1, not " + threads,
                    () -> Rectifier.setThreads(threads));
        }
        assertEquals(before, Rectifier.threads());
    }
}
