package dev.rectifier.reference;

/**
 * Householder's QR factorization (Golub and Van Loan, Matrix Computations, 5.2) with IEEE +, −, ×,
 * ÷ and √ in a fixed order, so that every machine gets the same bits. Sums run from the diagonal
 * down.
 */
final class Orthonormal {
    private Orthonormal() {}

    /**
     * Makes columns orthonormal: the result is the Q of A = QR with an R whose diagonal isn't
     * negative.
     *
     * @param a the columns of A, no more of them than they have elements; overwritten
     */
    static double[][] columns(double[][] a) {
        double[] scales = new double[a.length];
        double[] signs = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            for (int i = 0; i < k; i++) {
                reflect(a[i], i, scales[i], a[k]);
            }
            scales[k] = makeReflector(a[k], k);
            signs[k] = a[k][k] < 0 ? -1 : 1;
        }
        double[][] q = new double[a.length][];
        for (int k = 0; k < a.length; k++) {
            q[k] = new double[a[k].length];
            q[k][k] = signs[k];
            for (int i = k; i >= 0; i--) {
                reflect(a[i], i, scales[i], q[k]);
            }
        }
        return q;
    }

    /**
     * Turns a column into the reflector v that makes its elements below {@code k} 0. v is below k,
     * above it an implicit 1; at k stays what the reflection makes of that element.
     *
     * @return the factor of the reflection 1 − factor·v·vᵀ
     */
    private static double makeReflector(double[] x, int k) {
        double squares = 0;
        for (int i = k + 1; i < x.length; i++) {
            squares += x[i] * x[i];
        }
        if (squares == 0) {
            return 0;
        }
        double head = x[k];
        double norm = Math.sqrt(head * head + squares);
        // The sign that the head hasn't, so that their difference loses no digits.
        double diagonal = head < 0 ? norm : -norm;
        for (int i = k + 1; i < x.length; i++) {
            x[i] /= head - diagonal;
        }
        x[k] = diagonal;
        return (diagonal - head) / diagonal;
    }

    /** x −= v·(scale·vᵀx), from element {@code k} on. */
    private static void reflect(double[] v, int k, double scale, double[] x) {
        double sum = x[k];
        for (int i = k + 1; i < x.length; i++) {
            sum += v[i] * x[i];
        }
        sum *= scale;
        x[k] -= sum;
        for (int i = k + 1; i < x.length; i++) {
            x[i] -= v[i] * sum;
        }
    }
}
