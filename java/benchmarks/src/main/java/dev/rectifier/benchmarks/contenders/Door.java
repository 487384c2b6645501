package dev.rectifier.benchmarks.contenders;

import dev.rectifier.DType;
import dev.rectifier.Span;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The kinds of memory that our library takes. */
public enum Door {
    /** A JavaCPP pointer. */
    POINTER {
        @Override
        Supplier<Span> allocate(DType dtype, int length) {
            if (dtype == DType.FLOAT32) {
                FloatPointer memory = new FloatPointer(length);
                return () -> Span.of(memory);
            }
            DoublePointer memory = new DoublePointer(length);
            return () -> Span.of(memory);
        }
    },
    /** A direct NIO buffer. */
    BUFFER {
        @Override
        Supplier<Span> allocate(DType dtype, int length) {
            ByteBuffer memory =
                    ByteBuffer.allocateDirect(length * dtype.bytes())
                            .order(ByteOrder.nativeOrder());
            if (dtype == DType.FLOAT32) {
                FloatBuffer floats = memory.asFloatBuffer();
                return () -> Span.of(floats);
            }
            DoubleBuffer doubles = memory.asDoubleBuffer();
            return () -> Span.of(doubles);
        }
    },
    /** A Java array. */
    ARRAY {
        @Override
        Supplier<Span> allocate(DType dtype, int length) {
            if (dtype == DType.FLOAT32) {
                float[] memory = new float[length];
                return () -> Span.of(memory);
            }
            double[] memory = new double[length];
            return () -> Span.of(memory);
        }
    };

    /** Whether a predictor takes it. */
    boolean predicts(DType dtype) {
        return this == ARRAY || this == BUFFER && dtype == DType.FLOAT32;
    }

    /** New memory, of which a span is made anew for each call, as a user's call does. */
    abstract Supplier<Span> allocate(DType dtype, int length);
}
