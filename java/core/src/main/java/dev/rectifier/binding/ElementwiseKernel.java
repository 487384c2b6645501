package dev.rectifier.binding;

import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import java.util.Arrays;

/** What a call of an elementwise function needs, worked out once for the function. Immutable. */
final class ElementwiseKernel {
    /** That of a dense layer without an activation. */
    static final ElementwiseKernel NONE = new ElementwiseKernel(Elementwise.linear(), -1);

    private final Elementwise f;

    /** Its number in the native library. */
    final int index;

    final double p0;
    final double p1;
    final double p2;
    private final Pieces floatPieces;
    private final Pieces doublePieces;

    private ElementwiseKernel(Elementwise f, int index) {
        this.f = f;
        this.index = index;
        p0 = f.parameter(0);
        p1 = f.parameter(1);
        p2 = f.parameter(2);
        floatPieces = Pieces.of(f, DType.FLOAT32);
        doublePieces = Pieces.of(f, DType.FLOAT64);
    }

    /**
     * The form in plain Java, if there is one and it is faster for n elements of a type; or null.
     */
    Pieces pieces(DType dtype, long n) {
        Pieces pieces =
                dtype == DType.FLOAT32 ? floatPieces : dtype == DType.FLOAT64 ? doublePieces : null;
        return pieces != null && n <= pieces.longest() ? pieces : null;
    }

    /** Those in use. Thread-safe. */
    static final class Table {
        /** A function with more sets of parameters than this has some worked out anew. */
        private static final int SETS = 8;

        private final Indices indices;

        /** By {@link Elementwise#ordinal}; a row is never changed, but replaced. */
        private final ElementwiseKernel[][] kernels;

        Table(Indices indices) {
            this.indices = indices;
            kernels = new ElementwiseKernel[indices.count()][];
        }

        ElementwiseKernel get(Elementwise f) {
            ElementwiseKernel[] row = kernels[f.ordinal()];
            if (row != null) {
                for (ElementwiseKernel kernel : row) {
                    if (kernel.f == f) {
                        return kernel;
                    }
                }
            }
            return find(f, row == null ? new ElementwiseKernel[0] : row);
        }

        private ElementwiseKernel find(Elementwise f, ElementwiseKernel[] row) {
            for (ElementwiseKernel kernel : row) {
                if (kernel.f.equals(f)) {
                    return kernel;
                }
            }
            ElementwiseKernel kernel = new ElementwiseKernel(f, indices.of(f.name()));
            int kept = Math.min(row.length, SETS - 1);
            ElementwiseKernel[] more = Arrays.copyOfRange(row, row.length - kept, row.length + 1);
            more[kept] = kernel;
            // A race loses one of two, which is worked out again when it is needed.
            kernels[f.ordinal()] = more;
            return kernel;
        }
    }
}
