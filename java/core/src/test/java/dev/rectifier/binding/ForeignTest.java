package dev.rectifier.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForeignTest {
    /** With which a function is linked however few calls there were. */
    private static final int MANY_CALLS = 20_000;

    private static void assumeForeign() {
        Rectifier.backend();
        assumeTrue(Foreign.IS_USED, () -> "the door is " + Foreign.status());
    }

    static Stream<Class<?>> holders() {
        return Stream.of(ForeignCalls.class.getDeclaredClasses());
    }

    @ParameterizedTest
    @MethodSource("holders")
    void eachFunctionOfTheHeaderIsLinkedInEachWay(Class<?> holder) throws Exception {
        assumeForeign();
        for (String name : new String[] {"ARRAYS", "SLICES", "ADDRESSES"}) {
            Field field = holder.getDeclaredField(name);
            field.setAccessible(true);
            MethodHandle handle = (MethodHandle) field.get(null);
            assertEquals(void.class, handle.type().returnType(), holder + " " + name);
        }
    }

    @Test
    void aFunctionThatIsCalledOftenIsLinkedAndGivesTheSameBits() throws Exception {
        assumeForeign();
        float[] x = {-3, -0.5f, 0, 0.25f, 7, Float.NaN, Float.NEGATIVE_INFINITY};
        float[] first = new float[x.length];
        float[] y = new float[x.length];
        Elementwise.softsign().forward(x, first);
        for (int i = 0; i < MANY_CALLS; i++) {
            Elementwise.softsign().forward(x, y);
        }
        // The thread that links may have to wait for its turn.
        for (int i = 0; i < 1000 && !isLinked(); i++) {
            Thread.sleep(20);
        }
        assertTrue(isLinked(), Foreign.status());
        Elementwise.softsign().forward(x, y);
        assertArrayEquals(first, y);
    }

    /** Whether a call of no elements goes by this door. */
    private static boolean isLinked() {
        float[] none = {};
        return ForeignCalls.rectifier_activation_forward(
                DType.FLOAT32, 0, 0, 0, 0, none, 0, none, 0, 0);
    }

    @Test
    void arraysAreReadAndWrittenFromTheirOffsetsOn() {
        assumeForeign();
        double[] x = {-1, 2, -3, 4, 5};
        double[] y = {9, 9, 9, 9, 9};
        while (!ForeignCalls.rectifier_activation_forward(
                DType.FLOAT64, 0, 0, 0, 0, x, 0, y, 0, 0)) {
            Thread.yield();
        }
        Elementwise.relu().forward(x, 2, y, 1, 2);
        assertArrayEquals(new double[] {9, 0, 4, 9, 9}, y);
        Elementwise.relu().forward(x, 0, y, 3, 2);
        assertArrayEquals(new double[] {9, 0, 4, 0, 2}, y);
        Elementwise.relu().backward(x, 1, y, 0, y, 0, 3);
        assertArrayEquals(new double[] {9, 0, 4, 0, 2}, y);
        Elementwise.relu().forward(x, 5, y, 5, 0);
        assertArrayEquals(new double[] {9, 0, 4, 0, 2}, y);
    }

    @Test
    void theAddressOfABufferIsTheSameByEachWay() {
        Rectifier.backend();
        ByteBuffer bytes = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
        Buffer slice = bytes.slice(20, 16).order(ByteOrder.nativeOrder()).asFloatBuffer();
        // The first few are asked for by JNI.
        long expected = BufferAddress.of(slice);
        assertEquals(BufferAddress.of(bytes) + 20, expected);
        for (int i = 0; i < MANY_CALLS; i++) {
            assertEquals(expected, BufferAddress.of(slice));
        }
    }

    @Test
    void aBufferWithAPositionIsReadFromThere() {
        FloatBuffer x =
                ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder()).asFloatBuffer();
        FloatBuffer y = FloatBuffer.allocate(3);
        for (int i = 0; i < x.capacity(); i++) {
            x.put(i, i);
        }
        x.position(5).limit(8);
        for (int i = 0; i < 2 * MANY_CALLS; i += MANY_CALLS) {
            Elementwise.linear().forward(Span.of(x), Span.of(y));
            assertArrayEquals(new float[] {5, 6, 7}, y.array());
        }
    }
}
