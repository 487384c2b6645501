package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Rectifier;
import dev.rectifier.Shape;
import dev.rectifier.Span;
import dev.rectifier.benchmarks.Adapter;
import dev.rectifier.benchmarks.Operation;
import dev.rectifier.benchmarks.Task;
import dev.rectifier.benchmarks.Task.Kind;
import dev.rectifier.benchmarks.Work;
import dev.rectifier.binding.NativeLibrary;
import dev.rectifier.binding.RectifierNative;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What no native call can be faster than: the call itself, or writing as many bytes as a fill does,
 * or copying as many as an activation reads and writes together, one half to the other.
 */
public enum Limit implements Adapter {
    /** A native method that does nothing. */
    EMPTY_CALL {
        @Override
        Work work(Task task) {
            NativeLibrary.load();
            return new Call(RectifierNative::rectifier_activation_count, Limit::nothing);
        }
    },
    /** The C library's copying and setting. */
    MEMCPY {
        @Override
        Work work(Task task) {
            if (task.kind() == Kind.FILL) {
                Pointer to = new BytePointer(bytes(task));
                return new Call(() -> Pointer.memset(to, 0, to.capacity()), Limit::nothing);
            }
            long bytes = bytes(task) / 2;
            Pointer from = zeros(bytes);
            Pointer to = new BytePointer(bytes);
            return new Call(() -> Pointer.memcpy(to, from, bytes), Limit::nothing);
        }
    },
    /** Java's. */
    ARRAYCOPY {
        @Override
        Work work(Task task) {
            if (task.kind() == Kind.FILL) {
                float[] to = new float[Math.toIntExact(bytes(task) / Float.BYTES)];
                return new Call(() -> Arrays.fill(to, 0), Limit::nothing);
            }
            int bytes = Math.toIntExact(bytes(task) / 2);
            byte[] from = new byte[bytes];
            byte[] to = new byte[bytes];
            return new Call(() -> System.arraycopy(from, 0, to, 0, bytes), Limit::nothing);
        }
    },
    /** Our own kernels that only copy and set. */
    STREAMING {
        @Override
        Work work(Task task) {
            if (task.kind() == Kind.FILL) {
                Supplier<Span> to = Door.POINTER.allocate(task.dtype(), task.length());
                Initializer zeros = Initializer.zeros();
                Shape shape = Shape.keras(task.length());
                return new Call(() -> zeros.initialize(shape, to.get()), Limit::nothing);
            }
            int floats = Math.toIntExact((bytes(task) / 2 + Float.BYTES - 1) / Float.BYTES);
            Supplier<Span> from = Door.POINTER.allocate(DType.FLOAT32, floats);
            Supplier<Span> to = Door.POINTER.allocate(DType.FLOAT32, floats);
            Initializer.zeros().initialize(Shape.keras(floats), from.get());
            Elementwise linear = Elementwise.linear();
            return new Call(() -> linear.forward(from.get(), to.get()), Limit::nothing);
        }
    };

    /** How many a call moves at least. */
    private static long bytes(Task task) {
        return Operation.of(task).elements() * task.dtype().bytes();
    }

    /** {@link #STREAMING} with {@code threads} threads. */
    public static Adapter streaming(int threads) {
        Rectifier.setThreads(threads);
        return STREAMING;
    }

    abstract Work work(Task task);

    /** Memory that has been written, since pages that were only read may all be one. */
    private static Pointer zeros(long bytes) {
        return Pointer.memset(new BytePointer(bytes), 0, bytes);
    }

    private static Span nothing() {
        return Span.of(new float[0]);
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public Optional<Work> prepare(Task task) {
        return Optional.of(work(task));
    }
}
