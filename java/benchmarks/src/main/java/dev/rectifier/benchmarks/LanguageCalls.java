package dev.rectifier.benchmarks;

import dev.rectifier.Activation;
import dev.rectifier.Elementwise;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Times calls as a program in Java makes them, by the orders and with the answers of {@code
 * native/benchmark/call.c}, on one kind of memory.
 */
final class LanguageCalls {
    /** What is passed. */
    enum Kind {
        /** {@code float[]}. */
        ARRAY {
            @Override
            Runnable call(Elementwise f, float[] values) {
                float[] y = new float[values.length];
                return () -> f.forward(values, y);
            }
        },
        /** A direct buffer. */
        BUFFER {
            @Override
            Runnable call(Elementwise f, float[] values) {
                FloatBuffer x = direct(values.length).put(values).flip();
                FloatBuffer y = direct(values.length);
                return () -> f.forward(x, y);
            }
        },
        /** A pointer of JavaCPP's, which none has without an element: its first few. */
        POINTER {
            @Override
            Runnable call(Elementwise f, float[] values) {
                FloatPointer x = new FloatPointer(values.length + 1L);
                FloatPointer y = new FloatPointer(values.length + 1L);
                x.put(values).limit(values.length);
                y.limit(values.length);
                return () -> f.forward(x, y);
            }
        };

        abstract Runnable call(Elementwise f, float[] values);

        private static FloatBuffer direct(int length) {
            return ByteBuffer.allocateDirect(length * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }
    }

    private LanguageCalls() {}

    /**
     * Answers orders until there are no more.
     *
     * @param args the kind of memory
     */
    public static void main(String[] args) throws IOException {
        Kind kind = Kind.valueOf(args[0]);
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            Elementwise f = (Elementwise) Activation.of(words[0], Map.of());
            float[] values = new float[Integer.parseInt(words[1])];
            for (int i = 0; i < values.length; i++) {
                values[i] = (i % 17 - 8) / 2f;
            }
            long least = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[2]));
            System.out.println(nanosPerCall(kind.call(f, values), least));
        }
    }

    private static double nanosPerCall(Runnable call, long least) {
        for (long calls = 1; ; calls *= 2) {
            long taken = nanos(call, calls);
            if (taken >= least) {
                return (double) taken / calls;
            }
        }
    }

    private static long nanos(Runnable call, long calls) {
        long begin = System.nanoTime();
        for (long i = 0; i < calls; i++) {
            call.run();
        }
        return System.nanoTime() - begin;
    }
}
