package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls of few elements, which may go without spans, do and refuse what those on spans do. */
class BriefTest {
    private static final Elementwise F = Elementwise.leakyRelu(0.5f);

    /** A parameter that float32 hasn't. */
    private static final Elementwise LARGE = Elementwise.threshold(0, 1e300);

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static FloatBuffer floats(float... values) {
        return direct(4 * values.length).asFloatBuffer().put(values).flip();
    }

    private static DoubleBuffer doubles(double... values) {
        return direct(8 * values.length).asDoubleBuffer().put(values).flip();
    }

    private static <T extends Pointer> T closed(T pointer) {
        pointer.close();
        return pointer;
    }

    static Stream<Arguments> refused() {
        FloatBuffer x = floats(1, 2, 3, 4);
        FloatBuffer other = direct(16).order(otherOrder()).asFloatBuffer();
        DoubleBuffer z = doubles(1, 2, 3, 4);
        FloatPointer p = new FloatPointer(1, 2, 3, 4);
        DoublePointer q = new DoublePointer(1, 2, 3, 4);
        float[] a = {1, 2, 3, 4};
        double[] b = {1, 2, 3, 4};
        FloatBuffer front = x.slice(0, 3);
        FloatBuffer back = x.slice(1, 3);
        return Stream.of(
                pair(() -> F.forward(a, new float[3]), of(a), Span.of(new float[3])),
                pair(() -> F.forward(b, new double[3]), Span.of(b), Span.of(new double[3])),
                pair(() -> LARGE.forward(a, a), LARGE, of(a), of(a)),
                pair(() -> LARGE.forward(x, x), LARGE, Span.of(x), Span.of(x)),
                pair(() -> LARGE.forward(p, p), LARGE, Span.of(p), Span.of(p)),
                pair(() -> F.forward(front, back), Span.of(front), Span.of(back)),
                pair(() -> F.forward(back, front), Span.of(back), Span.of(front)),
                pair(() -> F.forward(x, front), Span.of(x), Span.of(front)),
                pair(
                        () -> F.forward(x, x.asReadOnlyBuffer()),
                        Span.of(x),
                        Span.of(x.asReadOnlyBuffer())),
                pair(
                        () -> F.forward(z, z.asReadOnlyBuffer()),
                        Span.of(z),
                        Span.of(z.asReadOnlyBuffer())),
                Arguments.of(
                        (Executable) () -> F.forward(x, other), (Executable) () -> Span.of(other)),
                Arguments.of(
                        (Executable) () -> F.forward(p, closed(new FloatPointer(4))),
                        (Executable) () -> Span.of(closed(new FloatPointer(4)))),
                pair(
                        () -> F.forward(p, new FloatPointer(p).capacity(3)),
                        Span.of(p),
                        Span.of(new FloatPointer(p).capacity(3))),
                pair(
                        () -> F.forward(q, new DoublePointer(q).position(1)),
                        Span.of(q),
                        Span.of(new DoublePointer(q).position(1))),
                Arguments.of(
                        (Executable) () -> F.forward((float[]) null, a),
                        (Executable) () -> Span.of((float[]) null)),
                Arguments.of(
                        (Executable) () -> F.forward((FloatBuffer) null, x),
                        (Executable) () -> Span.of((FloatBuffer) null)),
                Arguments.of(
                        (Executable) () -> F.forward(p, (FloatPointer) null),
                        (Executable) () -> Span.of((FloatPointer) null)),
                Arguments.of(
                        (Executable) () -> F.backward(a, a, new float[2]),
                        (Executable) () -> F.backward(of(a), of(a), Span.of(new float[2]))),
                Arguments.of(
                        (Executable) () -> F.backward(b, new double[2], b),
                        (Executable)
                                () -> F.backward(Span.of(b), Span.of(new double[2]), Span.of(b))));
    }

    private static ByteOrder otherOrder() {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
                ? ByteOrder.LITTLE_ENDIAN
                : ByteOrder.BIG_ENDIAN;
    }

    private static Span of(float[] a) {
        return Span.of(a);
    }

    private static Arguments pair(Executable call, Span x, Span y) {
        return pair(call, F, x, y);
    }

    private static Arguments pair(Executable call, Elementwise f, Span x, Span y) {
        return Arguments.of(call, (Executable) () -> f.forward(x, y));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatSpansRefuseIsRefusedInTheSameWords(Executable call, Executable onSpans) {
        Exception expected = assertThrows(Exception.class, onSpans);
        Exception actual = assertThrows(expected.getClass(), call);
        assertEquals(withoutAddresses(expected), withoutAddresses(actual));
    }

    private static String withoutAddresses(Exception e) {
        return e.getMessage().replaceAll("address=0x\\w+|deallocator=\\S+", "");
    }

    @Test
    void buffersPointersAndArraysGiveTheSameInAndOutOfPlace() {
        float[] expected = {-1, 2, -0.5f};
        FloatBuffer x = floats(-2, 2, -1);
        FloatBuffer y = floats(0, 0, 0);
        F.forward(x, y);
        F.forward(x, x);
        float[] result = new float[3];
        y.get(0, result);
        assertArrayEquals(expected, result);
        x.get(0, result);
        assertArrayEquals(expected, result);
        FloatPointer p = new FloatPointer(-2, 2, -1);
        F.forward(p, p);
        p.get(result);
        assertArrayEquals(expected, result);
        double[] d = {-2, 2, -1};
        DoubleBuffer e = doubles(d);
        F.forward(e, e);
        DoublePointer q = new DoublePointer(d);
        F.forward(q, q);
        F.forward(d, d);
        assertArrayEquals(new double[] {-1, 2, -0.5}, d);
        for (int i = 0; i < d.length; i++) {
            assertEquals(d[i], e.get(i));
            assertEquals(d[i], q.get(i));
        }
        double[] dx = {1, 1, 1};
        F.backward(d, dx, dx);
        assertArrayEquals(new double[] {0.5, 1, 0.5}, dx);
    }

    @Test
    void aBufferIsTakenFromItsPositionToItsLimit() {
        FloatBuffer x = floats(9, -2, 2, 9).position(1).limit(3);
        FloatBuffer y = floats(0, 0);
        F.forward(x, y);
        assertEquals(floats(-1, 2), y);
    }
}
