"""What rectifier.py refuses, in which words, and that nothing is written then. same-bits compares what it computes."""
import unittest
import numpy as np
import rectifier

X = np.linspace(-2, 2, 9, dtype="float32")
F = rectifier.Activation("leakyRelu", 0.2)
READ_ONLY = np.zeros(9, "float32")
READ_ONLY.flags.writeable = False
MATRIX = np.zeros((3, 2))

REFUSED = [
    (lambda: F.forward([1.0]), TypeError, "x must be a numpy.ndarray, not list"),
    (lambda: F.forward(X.astype("int32")), TypeError, r"x is dtype\('int32'\), not one of float32, float64"),
    (lambda: F.forward(X.astype(X.dtype.newbyteorder())), TypeError, "in the machine's byte order"),
    (lambda: F.forward(X[::2]), ValueError, r"x isn't C-contiguous \(strides \(8,\)\)"),
    (lambda: F.forward(X, out=np.zeros(9)), TypeError, "out is float64, not float32"),
    (lambda: F.forward(X, out=np.zeros(8, "float32")), ValueError, r"out has shape \(8,\), not \(9,\)"),
    (lambda: F.forward(X, out=READ_ONLY), ValueError, "out is read-only"),
    (lambda: F.forward(X[1:], out=X[:-1]), ValueError, "out overlaps x without being the same array"),
    (lambda: F.forward(X, threads=0), ValueError, "threads must be a whole number from 1 to 2147483647, not 0"),
    (lambda: F.backward(X, X[:5]), ValueError, r"dy has shape \(5,\), not \(9,\)"),
    (lambda: F.backward(X[1:], X[1:].copy(), out=X[:-1]), ValueError, "out overlaps x"),
    (lambda: rectifier.Activation("gelu").backward(X, X, from_output=True), ValueError, "gelu can't be had from its"),
    (lambda: rectifier.Activation("rule"), ValueError, "no activation is named 'rule'; there are .*relu"),
    (lambda: rectifier.Activation("leakyRelu"), TypeError, "leakyRelu takes the number of its parameters, 1, not 0"),
    (lambda: rectifier.Activation("leakyRelu", float("nan")), ValueError, "parameter 0 of leakyRelu is NaN"),
    (lambda: rectifier.random_uniform(MATRIX, 1, 1, seed=1), ValueError, "low must be less than high, not 1 and 1"),
    (lambda: rectifier.random_uniform(MATRIX, 0, np.inf, seed=1), ValueError, "high must be finite, not inf"),
    (lambda: rectifier.random_normal(MATRIX, 0, -1, seed=1), ValueError, "stddev must not be negative, but is -1"),
    (lambda: rectifier.random_normal(MATRIX, 0, 1, seed=0.5), ValueError, "seed must be a whole number from .*, not 0.5"),
    (lambda: rectifier.truncated_normal(MATRIX, 0, 1, 1, first=-1), ValueError, "first must be a whole number from 0"),
    (lambda: rectifier.random_normal(X.astype("float16"), 0, 1, 1), TypeError, "not one of float32, float64 in"),
    (lambda: rectifier.orthogonal(X, 1, 1), ValueError, r"out must have 2 axes, not shape \(9,\)"),
]


class Refused(unittest.TestCase):
    def test_what_is_not_in_order_is_refused_before_a_byte_is_written(self):
        x = X.copy()
        for call, error, words in REFUSED:
            with self.subTest(words), self.assertRaisesRegex(error, words):
                call()
        np.testing.assert_array_equal(X, x)
        self.assertFalse(MATRIX.any() or READ_ONLY.any())


class Done(unittest.TestCase):
    def test_in_place_and_out_of_place(self):
        x, y = X.copy(), np.empty_like(X)
        self.assertIs(F.forward(x, out=y), y)
        self.assertIs(F.forward(x, out=x), x)
        np.testing.assert_array_equal(x, y)
        np.testing.assert_array_equal(y, np.where(X > 0, X, np.float32(0.2) * X))
        np.testing.assert_array_equal(F.backward(X, np.ones_like(X)), F.backward(y, np.ones_like(X), from_output=True))

    def test_types_of_16_bits_and_arrays_without_elements(self):
        np.testing.assert_array_equal(F.forward(X.astype("float16")), F.forward(X).astype("float16"))
        self.assertEqual(F.forward(np.empty((0, 3))).shape, (0, 3))

    def test_columns_of_an_orthogonal_matrix(self):
        q = rectifier.orthogonal(np.empty((5, 3)), 1, seed=7)
        np.testing.assert_allclose(q.T @ q, np.eye(3), atol=1e-15)


if __name__ == "__main__":
    unittest.main()
