#!/usr/bin/env python3
"""Makes the golden vectors: what other systems compute, and how far off they are.

    make_golden.py torch                     runs PyTorch
    make_golden.py keras|jax|tf|nd4j|xu2015  evaluates documented formulas in high precision
    make_golden.py papers                    the same of functions that have no preset, by our names for them
    make_golden.py onnx-models               writes the models that OnnxRuntimeRun.java is to run with
        mvn -B -Ponnxruntime package -DskipTests -pl java/golden -am
    make_golden.py onnx                      reads what it wrote

Writes ../resources/golden/<system>.txt. Needs NumPy and mpmath, and PyTorch for the first.

A line is a case: fields separated by |, of which the first three are the names of presets - in papers.txt of functions,
with their parameters -, the type, and the call in the system's own words; the others are key=value, numbers in decimal if that is short and exact, or else hexadecimal.

The error of a system is measured where it can be: at finite points that resources/golden/exceptions.txt doesn't list,
against the function that the contract promises, in units in the last place of the true value (of a derivative: of
max(|value|, 2^-20 or 2^-49)).
"""
import base64
import fractions
import math
import pathlib
import random
import sys
import textwrap

import mpmath
import numpy as np
from mpmath import mp, mpf

# No formula here cancels by more than this, even at the smallest denormal double.
mp.dps = 1100

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "golden"
TARGET = RESOURCES.parents[3] / "target"
INF, NAN = math.inf, math.nan
PRECISION = {"float32": 24, "float64": 53}
SMALLEST_EXPONENT = {"float32": -149, "float64": -1074}
LARGEST = {"float32": float(np.finfo(np.float32).max), "float64": sys.float_info.max}
# Below this, errors of derivatives are absolute.
FLOOR = {"float32": mpf(2) ** -20, "float64": mpf(2) ** -49}


# ---------------------------------------------------------------------------------------------------------------------
# Numbers


def ulp(v, dtype):
    """The distance of the floats about v."""
    exponent = mpmath.frexp(v)[1] - PRECISION[dtype] if v else -10000
    return mpf(2) ** max(exponent, SMALLEST_EXPONENT[dtype])


def to_float(v, dtype):
    """v rounded once to the nearest float, as a Python float."""
    if not mpmath.isfinite(v):
        return float(v)
    unit = ulp(v, dtype)
    rounded = mpmath.nint(abs(v) / unit) * unit
    result = INF if rounded > LARGEST[dtype] else float(rounded)
    return math.copysign(result, float(mpmath.sign(v)) or 1.0)


def rounded(v, dtype):
    return float(np.float32(v)) if dtype == "float32" else float(v)


def text(v):
    v = float(v)
    if math.isnan(v):
        return "NaN"
    if math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    if v == int(v) and abs(v) < 1e6:
        return "-0" if v == 0 and math.copysign(1, v) < 0 else str(int(v))
    decimal = repr(v)
    if len(decimal) <= 8 and fractions.Fraction(decimal) == fractions.Fraction(v):
        return decimal
    sign, rest = ("-", v.hex()[1:]) if v < 0 else ("", v.hex())
    significand, exponent = rest.split("p")
    significand = significand.rstrip("0").rstrip(".")
    return f"{sign}{significand}p{int(exponent)}"


def number(s):
    return float.fromhex(s) if "x" in s else float(s)


def join(values):
    return " ".join(text(v) for v in values)


def round_up(error):
    return repr(math.ceil(float(error) * 100) / 100) if error < 1e6 else f"{float(error) * 1.01:.2e}"


# ---------------------------------------------------------------------------------------------------------------------
# Formulas, which give their derivative too


class Dual:
    """A number and its derivative with respect to x."""

    def __init__(self, v, d=0):
        self.v, self.d = mpf(v), mpf(d)

    def __add__(self, o):
        o = dual(o)
        return Dual(self.v + o.v, self.d + o.d)

    def __sub__(self, o):
        o = dual(o)
        return Dual(self.v - o.v, self.d - o.d)

    def __mul__(self, o):
        o = dual(o)
        return Dual(self.v * o.v, self.d * o.v + self.v * o.d)

    def __truediv__(self, o):
        o = dual(o)
        return Dual(self.v / o.v, (self.d * o.v - self.v * o.d) / (o.v * o.v))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o):
        return dual(o) - self

    def __rtruediv__(self, o):
        return dual(o) / self

    def __neg__(self):
        return Dual(-self.v, -self.d)

    def __lt__(self, o):
        return self.v < dual(o).v

    def __le__(self, o):
        return self.v <= dual(o).v

    def __gt__(self, o):
        return self.v > dual(o).v

    def __ge__(self, o):
        return self.v >= dual(o).v

    def __abs__(self):
        return -self if self.v < 0 else self


def dual(v):
    return v if isinstance(v, Dual) else Dual(v)


def function(value, derivative):
    return lambda x: Dual(value(dual(x).v), derivative(dual(x).v) * dual(x).d)


# Stands for what is too small to matter, but has a sign.
TINY = mpf(10) ** -100000


def _exp(x):
    return TINY if x < -100000 else mpf(10) ** 100000 if x > 100000 else mpmath.exp(x)


def _sigmoid(x):
    return 1 / (1 + _exp(-x))


def _tanh(x):
    return mpmath.sign(x) if abs(x) > 100000 else mpmath.tanh(x)


def _erfc(x):
    return TINY if x > 300 else mpf(2) if x < -300 else mpmath.erfc(x)


exp = function(_exp, _exp)
expm1 = function(lambda x: mpmath.expm1(max(x, -100000)), _exp)
log1p = function(mpmath.log1p, lambda x: 1 / (1 + x))
sqrt = function(mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x)))
sigmoid = function(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x))
tanh = function(_tanh, lambda x: 4 * _sigmoid(2 * x) * _sigmoid(-2 * x))
erfc = function(_erfc, lambda x: -2 / mpmath.sqrt(mp.pi) * _exp(-x * x))


sin = function(mpmath.sin, mpmath.cos)


def softplus(x):
    return x if x > 100000 else log1p(exp(x))


SELU_ALPHA = mpf("1.6732632423543772848170429916717")
SELU_SCALE = mpf("1.0507009873554804934193349852946")


def gelu_tanh(x):
    # 1 + tanh(u) = 2 * sigmoid(2 * u)
    return x * sigmoid(2 * mpmath.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x * x * x))


def hard_sigmoid(x, slope=mpf(1) / 6, offset=mpf(1) / 2):
    line = slope * x + offset
    return Dual(0) if line <= 0 else line if line < 1 else Dual(1)


# What the contract promises. The derivative at a knee is that of the negative branch.
CONTRACT = {
    "linear": lambda x: x,
    "relu": lambda x: x if x > 0 else Dual(0),
    "relu6": lambda x: Dual(0) if x <= 0 else x if x < 6 else Dual(6),
    "leaky": lambda x, a: x if x > 0 else a * x,
    "elu": lambda x, a: x if x > 0 else a * expm1(x),
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * expm1(x)),
    "celu": lambda x, a: x if x > 0 else a * expm1(x / a),
    "gelu": lambda x: x * erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu_tanh": gelu_tanh,
    "swish": lambda x, b: x * sigmoid(b * x),
    "mish": lambda x: x * tanh(softplus(x)),
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softplus": lambda x, t: x if x > t else softplus(x),
    "softsign": lambda x: x / (1 + abs(x)),
    "log_sigmoid": lambda x: -softplus(-x),
    "hard_sigmoid": hard_sigmoid,
    "hard_swish": lambda x: Dual(0) if x <= -3 else x if x >= 3 else x * (x + 3) / 6,
    "hard_tanh": lambda x: Dual(-1) if x <= -1 else x if x < 1 else Dual(1),
    "hard_shrink": lambda x, a: x if abs(x) > a else Dual(0),
    "soft_shrink": lambda x, a: x - a if x > a else x + a if x < -a else Dual(0),
    "tanh_shrink": lambda x: x - tanh(x),
    "threshold": lambda x, t, v: x if x > t else Dual(v),
    "exponential": exp,
    "squareplus": lambda x, b: (
        (x + sqrt(x * x + b)) / 2 if x > 0 else b / (2 * (sqrt(x * x + b) - x))
    ),
    "sparse_plus": lambda x: Dual(0) if x <= -1 else x if x >= 1 else (x + 1) * (x + 1) / 4,
    "sparse_sigmoid": lambda x: Dual(0) if x <= -1 else (x + 1) / 2 if x < 1 else Dual(1),
    "generalized_relu": lambda x, a, m, t: Dual(m) if x >= m else x if x > t else a * (x - t),
    "star_relu": lambda x, s, b: s * x * x + b if x > 0 else Dual(b),
    "hard_mish": lambda x: Dual(0) if x <= -2 else x if x >= 0 else x * (x + 2) / 2,
    "scaled_elu": lambda x, a, s: s * (x if x > 0 else a * expm1(x)),
    "shrink": lambda x, t, b: x + b if x < -t else x - b if x > t else Dual(0),
    # From 20 on the hyperbolic tangent differs from 1 in no digit there is.
    "telu": lambda x: x if x > 20 else x * tanh(exp(x)),
    "snake": lambda x, a: x + sin(a * x) * sin(a * x) / a if a else x,
}

# Where a line of inputs looks closer: knees, and roots of the derivative. Of a function of CONTRACT, or of one with
# these parameters.
KNEES = {
    ("relu6",): [6],
    ("hard_sigmoid",): [-3, 3],
    ("hard_sigmoid", 0.2, 0.5): [-2.5, 2.5],
    ("hard_sigmoid", float(np.float32(0.2)), 0.5): [-2.5, 2.5],
    ("hard_swish",): [-3, -1.5, 3],
    ("hard_tanh",): [-1, 1],
    ("hard_shrink",): [-0.5, 0.5],
    ("soft_shrink",): [-0.5, 0.5],
    ("threshold",): [1],
    ("sparse_plus",): [-1, 1],
    ("sparse_sigmoid",): [-1, 1],
    ("softplus", 20): [20],
    ("gelu",): [-0.7517915245942],
    ("gelu_tanh",): [-0.7524614220710],
    ("swish",): [-1.2784645427610],
    ("swish", 1.702): [-0.751157],
    ("mish",): [-1.1924312145154],
    ("generalized_relu",): [1, 4],
    ("hard_mish",): [-2, -1],
    ("shrink", 0.5, 0): [-0.5, 0.5],
    ("shrink", 1.5, -0.5): [-1.5, 1.5],
    ("telu",): [-1.0788749572862],
}

# f of the gated unit a * f(b).
GATES = {
    "glu": sigmoid,
    "swiglu": lambda x: CONTRACT["swish"](x, 1),
    "geglu": CONTRACT["gelu"],
    "geglu_tanh": gelu_tanh,
    "reglu": CONTRACT["relu"],
    "bilinear": CONTRACT["linear"],
}


def sizes_of_output(name, shape, axis):
    """Gated units halve the axis, concatenated ReLU doubles it."""
    sizes = list(shape)
    if name in GATES:
        sizes[axis] //= 2
    if name == "concatenated_relu":
        sizes[axis] *= 2
    return sizes


def axis_oracle(name, x, dy):
    """Values and gradients of one slice."""
    n = len(x)
    if name in ("softmax", "softmin", "log_softmax"):
        s = -1 if name == "softmin" else 1
        z = [s * v for v in x]
        top = max(z)
        e = [_exp(v - top) if mpmath.isfinite(v) else mpf(0) for v in z]
        total = mpmath.fsum(e)
        p = [v / total for v in e]
        if name == "log_softmax":
            y = [v - top - mpmath.log(total) for v in z]
            g = mpmath.fsum(dy)
            return y, [dy[i] - p[i] * g for i in range(n)]
        g = mpmath.fsum(p[i] * dy[i] for i in range(n))
        return p, [s * p[i] * (dy[i] - g) for i in range(n)]
    if name == "sparsemax":
        order = sorted(x, reverse=True)
        k = max(i + 1 for i in range(n) if 1 + (i + 1) * order[i] > mpmath.fsum(order[: i + 1]))
        tau = (mpmath.fsum(order[:k]) - 1) / k
        y = [max(v - tau, mpf(0)) for v in x]
        support = [i for i in range(n) if y[i] > 0]
        g = mpmath.fsum(dy[i] for i in support) / len(support)
        return y, [dy[i] - g if y[i] > 0 else mpf(0) for i in range(n)]
    if name == "hardmax":
        first = x.index(max(x))
        return [mpf(int(i == first)) for i in range(n)], None
    if name in GATES:
        h = n // 2
        gates = [GATES[name](Dual(v, 1)) for v in x[h:]]
        y = [x[i] * gates[i].v for i in range(h)]
        da = [dy[i] * gates[i].v for i in range(h)]
        db = [dy[i] * x[i] * gates[i].d for i in range(h)]
        return y, da + db
    if name == "concatenated_relu":
        y = [max(v, mpf(0)) for v in x] + [max(-v, mpf(0)) for v in x]
        return y, [dy[i] if v > 0 else -dy[n + i] if v < 0 else mpf(0) for i, v in enumerate(x)]
    raise ValueError(name)


# ---------------------------------------------------------------------------------------------------------------------
# Inputs

def next_to(v, dtype):
    t = np.float32 if dtype == "float32" else np.float64
    at = t(v)
    return [float(np.nextafter(at, t(-INF))), float(at), float(np.nextafter(at, t(INF)))]


def points(dtype, knees, few):
    """Groups of inputs, each of which becomes a line with its own error."""
    tiny = 2.0 ** SMALLEST_EXPONENT[dtype]
    normal = float(np.finfo(np.float32 if dtype == "float32" else np.float64).tiny)
    rng = random.Random(7)
    core = [0.0, -0.0, 0.25, -0.25, 1.0, -1.0, 2.0, -2.0, *next_to(0.1, dtype)[1:2], rounded(-0.7, dtype)]
    core += [rounded(rng.uniform(-2, 2), dtype) for _ in range(3 if few else 8)]
    left = [-2.5, -3.0, -5.0, -8.0, rounded(-9.9, dtype)]
    right = [2.5, 3.0, 5.0, 8.0]
    if not few:
        left += [rounded(rng.uniform(-10, -2), dtype) for _ in range(4)]
        right += [rounded(rng.uniform(2, 10), dtype) for _ in range(3)]
    small = [tiny, -tiny, normal, -normal, 2.0**-30, -(2.0**-30), 2.0**-13, -(2.0**-13)]
    if not few:
        small += [3 * tiny, -3 * tiny, rounded(1e-3, dtype), rounded(-1e-3, dtype)]
    far = [-12.0, 12.0, -17.25, 17.25, -40.0, 40.0, -87.5, 87.5, -100.0, 100.0, -1024.0, 1024.0, -(2.0**40), 2.0**40]
    far += [-LARGEST[dtype], LARGEST[dtype]]
    if dtype == "float64":
        far += [-700.25, 700.25, -720.0, -740.0]
    near = [w for knee in knees for w in next_to(knee, dtype)]
    special = [-INF, INF, NAN]
    groups = [core, near, left, right, small, far, special]
    return [sorted(unique(g), key=lambda v: (v, math.copysign(1, v))) for g in groups if g]


def unique(values):
    seen, result = set(), []
    for v in values:
        key = text(v)
        if key not in seen:
            seen.add(key)
            result.append(v)
    return result


# ---------------------------------------------------------------------------------------------------------------------
# Cases and errors


def read_exceptions():
    """(preset, dtype, direction, text of x) of every point where a system is known to differ."""
    listed = set()
    file = RESOURCES / "exceptions.txt"
    if file.exists():
        for line in file.read_text().splitlines():
            if line and not line.startswith("#"):
                presets, dtype, direction, x = line.split("|")[:4]
                types = PRECISION if dtype == "*" else [dtype]
                for p in presets.split(";"):
                    for t in types:
                        for at in x.split():
                            listed.add((p.strip(), t, direction, text(rounded(number(at), t))))
    return listed


EXCEPTIONS = read_exceptions()
WORST = {}


def error_of(presets, dtype, direction, x, theirs, exact, unit):
    """In units, or 0 where there is none to be had."""
    if not math.isfinite(x) or any((p, dtype, direction, text(x)) in EXCEPTIONS for p in presets):
        return mpf(0)
    if abs(to_float(exact, dtype)) == INF and theirs == to_float(exact, dtype):
        return mpf(0)
    if not math.isfinite(theirs):
        print(f"  ? {presets} {dtype} {direction} {text(x)}: {theirs}, not {float(exact)}")
        return mpf(0)
    error = abs(mpf(theirs) - exact) / unit
    for p in presets:
        if error > WORST.get((p, dtype, direction), (0, 0))[0]:
            WORST[p, dtype, direction] = (error, x)
    return error


# Points with a larger error get lines of their own, so that they don't hide what is wrong at others.
COARSE = 8


def elementwise_lines(presets, words, call, contract, signed, few=False, alpha=None):
    """The cases of one function. call: (dtype, x) -> y, dx, where y is None at points that are left out, and dx or a
    single one of its elements where it isn't known; contract: the function in CONTRACT, and its parameters."""
    oracle = oracle_of(*contract)
    for dtype in PRECISION:
        for xs in points(dtype, KNEES.get(contract, KNEES.get(contract[:1], [])), few):
            y, dx = call(dtype, xs)
            lines = {False: [], True: []}
            for i, x in enumerate(xs):
                if y[i] is None:
                    continue
                d = None if dx is None else dx[i]
                forward = backward = mpf(0)
                if math.isfinite(x):
                    exact = oracle(dtype, Dual(x, 1))
                    forward = error_of(presets, dtype, "forward", x, y[i], exact.v, ulp(exact.v, dtype))
                    if d is not None:
                        unit = ulp(max(abs(exact.d), FLOOR[dtype]), dtype)
                        backward = error_of(presets, dtype, "backward", x, d, exact.d, unit)
                lines[max(forward, backward) > COARSE].append((x, y[i], d, forward, backward))
            for points_ in lines.values():
                if points_:
                    x, y_, d, forward, backward = zip(*points_)
                    fields = [" ".join(presets), dtype, words, "zeros=" + ("signed" if signed else "unsigned")]
                    if alpha is not None:
                        fields += ["alpha=" + text(alpha)]
                    fields += ["x=" + join(x), "y=" + join(y_), "yulps=" + round_up(max(forward))]
                    if any(v is not None for v in d):
                        fields += ["dx=" + " ".join("-" if v is None else text(v) for v in d)]
                        fields += ["dxulps=" + round_up(max(backward))]
                    yield "|".join(fields)


SLICES = {
    # name: shape, axis, x
    "rows": ((3, 5), -1, [0.5, -1.25, 2.0, 0.0, 3.5, 1, 1, 1, 1, 1, -3.0, 0.1, 0.2, -0.7, 1.5]),
    "dominated": ((1, 4), -1, [0.1, 12.0, -0.3, 1.0]),
    "far": ((2, 4), -1, [-200.0, 0.0, 185.5, 200.0, 1e4, 1e4 + 1, 9990.5, -1e4]),
    "middle": ((2, 4, 3), 1, [((7 * i) % 24) / 4.0 - 2.7 for i in range(24)]),
}
# exceptions.txt tells points by their x: these numbers are nowhere else.
SPECIAL_SLICES = {
    "infinite": ((2, 4), -1, [1.0625, -INF, 2.0625, -INF, 0.1875, -INF, -1.0625, 0.5625]),
    "nowhere": ((3, 4), -1, [1.125, INF, 2.125, 0.625, -INF, -INF, -INF, -INF, 1.375, NAN, 2.375, -0.875]),
}


def slices_of(shape, axis):
    index = np.moveaxis(np.arange(int(np.prod(shape))).reshape(shape), axis, -1)
    return index.reshape(-1, shape[axis]).tolist()


def upstream(n, dtype):
    return [rounded(v, dtype) for v in ([1.0, -0.5, 0.3, 2.0, -1.1, 0.0, 0.7] * n)[:n]]


def gradient_unit(name, x, dy, dtype):
    """Of gradients along an axis, errors are relative to the largest that comes from above; of GLU's, to what it is
    multiplied by."""
    scale = max([abs(v) for v in dy if math.isfinite(v)] + [0])
    if name in GATES:
        scale *= max([1] + [abs(v) for v in x if math.isfinite(v)])
    return ulp(mpf(scale), dtype)


def value_unit(name, exact, x, dtype):
    """Of values: of sparsemax, which is a difference, relative to the largest x."""
    if name == "sparsemax":
        return ulp(mpf(max([1] + [abs(v) for v in x if math.isfinite(v)])), dtype)
    return ulp(exact, dtype)


def axis_lines(presets, name, words, call, signed, axis=None, special=True):
    """The cases of a function along an axis. call: (dtype, shape, axis, x, dy) -> y, dx or None."""
    for dtype in PRECISION:
        for kind, (shape, at, values) in {**SLICES, **(SPECIAL_SLICES if special else {})}.items():
            if axis is not None:
                at = axis
                if axis < -len(shape):
                    shape = (1,) * (-axis - len(shape)) + shape
            if name in GATES and shape[at] % 2:
                shape, values = (3, 4), values[:12]
            if name == "sparsemax" and kind == "far":
                values = [v / 8 for v in values]
            x = [rounded(v, dtype) for v in values]
            rows = slices_of(shape, at)
            out_shape = sizes_of_output(name, shape, at)
            out_rows = slices_of(out_shape, at)
            dy = upstream(int(np.prod(out_shape)), dtype)
            y, dx = call(dtype, shape, at, x, dy)
            if y[0] is None:
                continue
            worst = {"forward": mpf(0), "backward": mpf(0)}

            def add(direction, *point):
                worst[direction] = max(worst[direction], error_of(presets, dtype, direction, *point))

            for row, out in zip(rows, out_rows):
                if any(not math.isfinite(x[i]) for i in row):
                    continue
                ey, edx = axis_oracle(name, [mpf(x[i]) for i in row], [mpf(dy[i]) for i in out])
                for k, i in enumerate(out):
                    add("forward", x[row[k % len(row)]], y[i], ey[k], value_unit(name, ey[k], x, dtype))
                if dx is not None:
                    for k, i in enumerate(row):
                        add("backward", x[i], dx[i], edx[k], gradient_unit(name, x, dy, dtype))
            fields = [" ".join(presets), dtype, words, "zeros=" + ("signed" if signed else "unsigned")]
            fields += ["shape=" + " ".join(map(str, shape)), f"axis={at}"]
            fields += ["x=" + join(x), "y=" + join(y), "yulps=" + round_up(worst["forward"])]
            if dx is not None:
                fields += ["dy=" + join(dy), "dx=" + join(dx), "dxulps=" + round_up(worst["backward"])]
            yield "|".join(fields)


def write(system, head, lines):
    lines = list(lines)
    head = [
        *head,
        "Made by java/golden/src/test/python/make_golden.py " + sys.argv[1] + ", which explains the form",
        "of the lines. yulps, dxulps: how far the system is from the true values, in units in the last place.",
    ]
    file = RESOURCES / f"{system}.txt"
    file.write_text("".join(f"# {h}".rstrip() + "\n" for h in head) + "".join(line + "\n" for line in lines))
    print(f"{file}: {len(lines)} cases, {file.stat().st_size} bytes")
    for (preset, dtype, direction), (error, x) in WORST.items():
        if error > 1:
            print(f"  {preset:40} {dtype} {direction:8} {float(error):12.4g} at {x!r}")


def oracle_of(name, *parameters):
    """The contract's function, its parameters rounded to the type as theirs and ours are."""
    f = CONTRACT[name]
    return lambda dtype, x: dual(f(x, *(mpf(rounded(p, dtype)) for p in parameters)))


# ---------------------------------------------------------------------------------------------------------------------
# PyTorch, run


def torch_lines():
    import torch

    nn = torch.nn
    # Every input is there this many times, so that it goes through the vectorised kernel.
    copies = 64

    def run(module):
        def call(dtype, x):
            t = torch.float32 if dtype == "float32" else torch.float64
            f = module().to(t)
            xs = torch.tensor(x, dtype=t).repeat_interleave(copies).requires_grad_()
            y = f(xs)
            y.backward(torch.ones_like(y))
            return y.detach()[::copies].tolist(), xs.grad[::copies].tolist()

        return call

    def run_axis(module):
        def call(dtype, shape, axis, x, dy):
            t = torch.float32 if dtype == "float32" else torch.float64
            xs = torch.tensor(x, dtype=t).reshape(shape).requires_grad_()
            y = module(axis)(xs)
            y.backward(torch.tensor(dy, dtype=t).reshape(y.shape))
            return y.detach().flatten().tolist(), xs.grad.flatten().tolist()

        return call

    table = [
        # preset, module, contract's function and its parameters
        ("Identity", nn.Identity, ("linear",)),
        ("ReLU", nn.ReLU, ("relu",)),
        ("ReLU6", nn.ReLU6, ("relu6",)),
        ("LeakyReLU", nn.LeakyReLU, ("leaky", 0.01)),
        ("PReLU", nn.PReLU, ("leaky", 0.25)),
        ("RReLU", lambda: nn.RReLU().eval(), ("leaky", 11 / 48)),
        ("ELU", nn.ELU, ("elu", 1)),
        ("SELU", nn.SELU, ("selu",)),
        ("CELU", nn.CELU, ("celu", 1)),
        ("GELU", nn.GELU, ("gelu",)),
        ("GELU(approximate='tanh')", lambda: nn.GELU(approximate="tanh"), ("gelu_tanh",)),
        ("SiLU", nn.SiLU, ("swish", 1)),
        ("Mish", nn.Mish, ("mish",)),
        ("Sigmoid", nn.Sigmoid, ("sigmoid",)),
        ("Tanh", nn.Tanh, ("tanh",)),
        ("Softplus", nn.Softplus, ("softplus", 20)),
        ("Softsign", nn.Softsign, ("softsign",)),
        ("LogSigmoid", nn.LogSigmoid, ("log_sigmoid",)),
        ("Hardsigmoid", nn.Hardsigmoid, ("hard_sigmoid",)),
        ("Hardswish", nn.Hardswish, ("hard_swish",)),
        ("Hardtanh", nn.Hardtanh, ("hard_tanh",)),
        ("Hardshrink", nn.Hardshrink, ("hard_shrink", 0.5)),
        ("Softshrink", nn.Softshrink, ("soft_shrink", 0.5)),
        ("Tanhshrink", nn.Tanhshrink, ("tanh_shrink",)),
    ]
    for name, module, contract in table:
        words = f"torch.nn.{name}" + ("" if "(" in name else "()") + (".eval()" if name == "RReLU" else "")
        yield from elementwise_lines([f"torch.nn.{name}"], words, run(module), contract, signed=True)
    yield from prelu_lines(torch)
    for preset, words, module, name, axis in [
        ("Softmax(dim=-1)", "torch.nn.Softmax(dim=axis)", nn.Softmax, "softmax", None),
        ("Softmin(dim=-1)", "torch.nn.Softmin(dim=axis)", nn.Softmin, "softmin", None),
        ("LogSoftmax(dim=-1)", "torch.nn.LogSoftmax(dim=axis)", nn.LogSoftmax, "log_softmax", None),
        ("Softmax2d", "torch.nn.Softmax2d()", lambda axis: nn.Softmax2d(), "softmax", -3),
        ("GLU", "torch.nn.GLU(dim=axis)", nn.GLU, "glu", None),
    ]:
        yield from axis_lines([f"torch.nn.{preset}"], name, words, run_axis(module), True, axis)


def prelu_lines(torch):
    """Slopes per channel, with their gradient."""
    alpha = [0.25, -0.5, 1.5]
    for dtype in PRECISION:
        t = torch.float32 if dtype == "float32" else torch.float64
        shape = (2, 3, 4)
        x = [rounded(((5 * i) % 24 - 12) / 3.7, dtype) for i in range(24)]
        dy = upstream(24, dtype)
        f = torch.nn.PReLU(num_parameters=3).to(t)
        with torch.no_grad():
            f.weight.copy_(torch.tensor(alpha, dtype=t))
        xs = torch.tensor(x, dtype=t).reshape(shape).requires_grad_()
        y = f(xs)
        y.backward(torch.tensor(dy, dtype=t).reshape(shape))
        y, dx = y.detach().flatten().tolist(), xs.grad.flatten().tolist()
        dalpha = f.weight.grad.tolist()
        worst = {"forward": mpf(0), "backward": mpf(0), "alpha": mpf(0)}
        prelu = ["torch.nn.PReLU"]
        for c in range(3):
            at = [i for i in range(24) if i // 4 % 3 == c]
            for i in at:
                a = mpf(1 if x[i] > 0 else alpha[c])
                exact = a * mpf(x[i])
                error = error_of(prelu, dtype, "forward", x[i], y[i], exact, ulp(exact, dtype))
                worst["forward"] = max(worst["forward"], error)
                exact = a * mpf(dy[i])
                unit = ulp(max(abs(exact), FLOOR[dtype]), dtype)
                error = error_of(prelu, dtype, "backward", x[i], dx[i], exact, unit)
                worst["backward"] = max(worst["backward"], error)
            terms = [mpf(x[i]) * mpf(dy[i]) for i in at if x[i] <= 0]
            unit = ulp(mpmath.fsum(abs(v) for v in terms), dtype)
            worst["alpha"] = max(worst["alpha"], abs(mpf(dalpha[c]) - mpmath.fsum(terms)) / unit)
        yield "|".join(
            [
                "torch.nn.PReLU",
                dtype,
                "torch.nn.PReLU(num_parameters=3) with these alpha",
                "zeros=signed",
                "shape=2 3 4",
                "axis=1",
                "alpha=" + join(alpha),
                "x=" + join(x),
                "y=" + join(y),
                "yulps=" + round_up(worst["forward"]),
                "dy=" + join(dy),
                "dx=" + join(dx),
                "dxulps=" + round_up(worst["backward"]),
                "dalpha=" + join(dalpha),
                "dalphaulps=" + round_up(worst["alpha"]),
            ]
        )


def torch_head():
    import torch

    return [
        f"PyTorch {torch.__version__}, run on one CPU ({torch.backends.cpu.get_cpu_capability()} kernels), forward and"
        " autograd backward.",
        "Of elementwise functions dy is 1.",
    ]


# ---------------------------------------------------------------------------------------------------------------------
# Systems whose formulas are evaluated


def formula_call(f, forward, backward):
    """y and dx by f in high precision, rounded once, but for the points that are given, where None leaves one out."""

    def given(v, dtype):
        return None if v is None else rounded(v, dtype)

    def call(dtype, xs):
        def parameter(v):
            return mpf(rounded(v, dtype))

        y, dx = [], []
        for x in xs:
            at = float(x)
            result = dual(f(Dual(x, 1), parameter)) if math.isfinite(x) else None
            if text(at) in forward:
                y.append(given(forward[text(at)], dtype))
            else:
                y.append(NAN if math.isnan(x) else to_float(result.v, dtype) if result else None)
            if text(at) in backward:
                dx.append(given(backward[text(at)], dtype))
            else:
                dx.append(to_float(result.d, dtype) if result else None)
        return y, dx

    return call


def at(**values):
    """Points by name."""
    names = {"low": "-Infinity", "high": "Infinity", "nan": "NaN", "zero": "0", "minus_zero": "-0"}
    return {names[k]: v for k, v in values.items()}


def both_zeros(v):
    return at(zero=v, minus_zero=v)


# Limits that every system has.
UP = at(low=0.0, high=INF)
LINE = at(low=-INF, high=INF)
# x * 0 at -inf; at +inf where all agree.
GATED = at(low=NAN, high=INF)
NO_SLOPE = at(low=NAN, high=NAN)
STEP = at(low=0.0, high=1.0)
FLAT = at(low=0.0, high=0.0)


def where_positive(a):
    return lambda x, p: x if x > 0 else p(a) * x


def where_not_negative(a):
    return lambda x, p: x if x >= 0 else p(a) * x


def clip(x, low, high):
    return Dual(low) if x < low else Dual(high) if x > high else x


# What the documentation writes, where several systems write the same. The second argument rounds a parameter to the
# type.
WRITTEN = {
    "x": lambda x, p: x,
    "max(x, 0)": lambda x, p: x if x > 0 else Dual(0),
    "min(max(x, 0), 6)": lambda x, p: Dual(0) if x <= 0 else x if x < 6 else Dual(6),
    "x if x > 0 else exp(x) - 1": lambda x, p: x if x > 0 else exp(x) - 1,
    "scale * (x if x > 0 else alpha * (exp(x) - 1))": lambda x, p: (
        SELU_SCALE * (x if x > 0 else SELU_ALPHA * (exp(x) - 1))
    ),
    "0.5 * x * (1 + erf(x / sqrt(2)))": lambda x, p: x / 2 * (2 - erfc(x / mpmath.sqrt(2))),
    "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))": lambda x, p: gelu_tanh(x),
    "x / (1 + exp(-x))": lambda x, p: x / (1 + exp(-x)),
    "x / (1 + exp(-1.702 * x))": lambda x, p: x / (1 + exp(-p(1.702) * x)),
    "x * tanh(log(1 + exp(x)))": lambda x, p: x * tanh(softplus(x)),
    "1 / (1 + exp(-x))": lambda x, p: 1 / (1 + exp(-x)),
    "tanh(x)": lambda x, p: tanh(x),
    "log(1 + exp(x))": lambda x, p: softplus(x),
    "x / (1 + abs(x))": lambda x, p: x / (1 + abs(x)),
    "-log(1 + exp(-x))": lambda x, p: -softplus(-x),
    "relu6(x + 3) / 6": lambda x, p: clip((x + 3) / 6, 0, 1),
    "x * relu6(x + 3) / 6": lambda x, p: x * clip(x + 3, 0, 6) / 6,
    "min(1, max(0, 0.2 * x + 0.5))": lambda x, p: clip(p(0.2) * x + 0.5, 0, 1),
    "-1 if x < -1, 1 if x > 1, else x": lambda x, p: clip(x, -1, 1),
    "x if abs(x) > 0.5 else 0": lambda x, p: x if abs(x) > mpf(0.5) else Dual(0),
    "x - 0.5 if x > 0.5, x + 0.5 if x < -0.5, else 0": lambda x, p: (
        x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else Dual(0)
    ),
    "x - tanh(x)": lambda x, p: x - tanh(x),
    "x if x > 1 else 0": lambda x, p: x if x > 1 else Dual(0),
    "exp(x)": lambda x, p: exp(x),
    "(x + sqrt(x^2 + 4)) / 2": lambda x, p: (x + sqrt(x * x + 4)) / 2,
    "0 if x <= -1, x if x >= 1, else (x + 1)^2 / 4": lambda x, p: (
        Dual(0) if x <= -1 else x if x >= 1 else (x + 1) * (x + 1) / 4
    ),
    "0.5 * clip(x + 1, 0, 2)": lambda x, p: clip(x + 1, 0, 2) / 2,
}
GELU_WORDS = "0.5 * x * (1 + erf(x / sqrt(2)))"
GELU_TANH_WORDS = "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))"
SELU_WORDS = "scale * (x if x > 0 else alpha * (exp(x) - 1))"
HARD_TANH_WORDS = "-1 if x < -1, 1 if x > 1, else x"
SOFT_SHRINK_WORDS = "x - 0.5 if x > 0.5, x + 0.5 if x < -0.5, else 0"
SPARSE_PLUS_WORDS = "0 if x <= -1, x if x >= 1, else (x + 1)^2 / 4"


def named(names):
    """Full names from "module: name name"."""
    prefix, rest = names.split(": ")
    return [prefix + "." + name for name in rest.split(" ")]


def row(names, words, contract, forward, backward=None, f=None):
    """One function of a system: its presets, its formula as documented, the contract's function, and what is given by
    point: y, and dx. A point that is given as None is left out."""
    return named(names), words, f or WRITTEN[words], contract, forward, backward or {}


def leaky_row(names, slope, forward, backward=None, where=where_positive, words="x if x > 0 else {slope} * x"):
    return row(names, words.format(slope=slope), ("leaky", slope), forward, backward, where(slope))


# What the backends of Keras disagree on.
UNKNOWN_AT_ZERO = {"0": None, "-0": None}
UNKNOWN_AT_1 = {"-1": None, "1": None}
UNKNOWN_AT_3 = {"-3": None, "3": None}
KERAS = [
    row("keras.activations: linear", "x", ("linear",), LINE, at(low=1.0, high=1.0)),
    row("keras.activations: relu", "max(x, 0)", ("relu",), UP, STEP),
    row("keras.layers: ReLU", "max(x, 0)", ("relu",), UP, STEP),
    row("keras.activations: relu6", "min(max(x, 0), 6)", ("relu6",), at(low=0.0, high=6.0), FLAT),
    leaky_row("keras.activations: leaky_relu", 0.2, LINE, UNKNOWN_AT_ZERO),
    leaky_row("keras.layers: LeakyReLU", 0.3, LINE, UNKNOWN_AT_ZERO),
    # relu(x) - alpha * relu(-x)
    leaky_row("keras.layers: PReLU", 0, at(low=NAN, high=INF), both_zeros(0.0)),
    row("keras.activations: elu", "x if x > 0 else exp(x) - 1", ("elu", 1), at(low=-1.0, high=INF), both_zeros(1.0)),
    row("keras.layers: ELU", "x if x > 0 else exp(x) - 1", ("elu", 1), at(low=-1.0, high=INF), both_zeros(1.0)),
    row("keras.activations: selu", SELU_WORDS, ("selu",), at(high=INF), UNKNOWN_AT_ZERO),
    row("keras.activations: celu", "x if x > 0 else exp(x) - 1", ("celu", 1), at(low=-1.0, high=INF)),
    row("keras.activations: gelu", GELU_WORDS, ("gelu",), at(low=NAN, high=None), NO_SLOPE),
    row("keras.activations: gelu(approximate=True)", GELU_TANH_WORDS, ("gelu_tanh",), GATED, NO_SLOPE),
    row("keras.activations: silu swish", "x / (1 + exp(-x))", ("swish", 1), GATED, NO_SLOPE),
    row("keras.activations: mish", "x * tanh(log(1 + exp(x)))", ("mish",), GATED, NO_SLOPE),
    row("keras.activations: sigmoid", "1 / (1 + exp(-x))", ("sigmoid",), STEP, FLAT),
    row("keras.activations: tanh", "tanh(x)", ("tanh",), at(low=-1.0, high=1.0), FLAT),
    row("keras.activations: softplus", "log(1 + exp(x))", ("softplus", INF), UP, STEP),
    row("keras.activations: softsign", "x / (1 + abs(x))", ("softsign",), NO_SLOPE),
    row("keras.activations: log_sigmoid", "-log(1 + exp(-x))", ("log_sigmoid",), at(low=-INF, high=0.0)),
    row("keras.activations: hard_sigmoid", "relu6(x + 3) / 6", ("hard_sigmoid",), STEP, UNKNOWN_AT_3),
    row("keras.activations: hard_silu hard_swish", "x * relu6(x + 3) / 6", ("hard_swish",), GATED, UNKNOWN_AT_3),
    row("keras.activations: hard_tanh", HARD_TANH_WORDS, ("hard_tanh",), at(low=-1.0, high=1.0), UNKNOWN_AT_1),
    row("keras.activations: hard_shrink", "x if abs(x) > 0.5 else 0", ("hard_shrink", 0.5), {**LINE, "NaN": None}),
    row("keras.activations: soft_shrink", SOFT_SHRINK_WORDS, ("soft_shrink", 0.5), {**LINE, "NaN": None}),
    row("keras.activations: tanh_shrink", "x - tanh(x)", ("tanh_shrink",), LINE),
    row("keras.activations: exponential", "exp(x)", ("exponential",), UP),
    row("keras.activations: squareplus", "(x + sqrt(x^2 + 4)) / 2", ("squareplus", 4), at(low=NAN, high=INF)),
    row("keras.activations: sparse_plus", SPARSE_PLUS_WORDS, ("sparse_plus",), {}, UNKNOWN_AT_1),
    row("keras.activations: sparse_sigmoid", "0.5 * clip(x + 1, 0, 2)", ("sparse_sigmoid",), {}, UNKNOWN_AT_1),
]

NOT_NEGATIVE_WORDS = "x if x >= 0 else {slope} * x"
# NaN fails the comparison that finds out where a ReLU is alive.
MASKED = {**STEP, **at(nan=0.0)}
# The derivatives at the knees are those that were seen.
JAX = [
    row("jax.nn: identity", "x", ("linear",), LINE, at(low=1.0, high=1.0)),
    row("jax.nn: relu", "max(x, 0)", ("relu",), UP, MASKED),
    row("jax.nn: relu6", "min(max(x, 0), 6)", ("relu6",), at(low=0.0, high=6.0), FLAT),
    leaky_row("jax.nn: leaky_relu", 0.01, LINE, where=where_not_negative, words=NOT_NEGATIVE_WORDS),
    leaky_row("flax.linen: PReLU", 0.01, LINE, where=where_not_negative, words=NOT_NEGATIVE_WORDS),
    row("jax.nn: elu", "x if x > 0 else exp(x) - 1", ("elu", 1), at(low=-1.0, high=INF)),
    row("jax.nn: selu", SELU_WORDS, ("selu",), at(high=INF)),
    row("jax.nn: celu", "x if x > 0 else exp(x) - 1", ("celu", 1), at(low=-1.0, high=INF)),
    row("jax.nn: gelu", GELU_TANH_WORDS, ("gelu_tanh",), GATED, NO_SLOPE),
    row("jax.nn: gelu(approximate=False)", GELU_WORDS, ("gelu",), GATED, NO_SLOPE),
    row("jax.nn: silu swish", "x / (1 + exp(-x))", ("swish", 1), GATED, NO_SLOPE),
    row("jax.nn: mish", "x * tanh(log(1 + exp(x)))", ("mish",), GATED, NO_SLOPE),
    row("jax.nn: sigmoid", "1 / (1 + exp(-x))", ("sigmoid",), STEP, FLAT),
    row("jax.nn: tanh", "tanh(x)", ("tanh",), at(low=-1.0, high=1.0), FLAT),
    row("jax.nn: softplus", "log(1 + exp(x))", ("softplus", INF), UP, STEP),
    row("jax.nn: soft_sign", "x / (1 + abs(x))", ("softsign",), NO_SLOPE, NO_SLOPE),
    row("jax.nn: log_sigmoid", "-log(1 + exp(-x))", ("log_sigmoid",), at(low=-INF, high=0.0)),
    row("jax.nn: hard_sigmoid", "relu6(x + 3) / 6", ("hard_sigmoid",), STEP, {"-3": 0.0, "3": 0.0}),
    row("jax.nn: hard_silu hard_swish", "x * relu6(x + 3) / 6", ("hard_swish",), GATED, {"-3": 0.0, "3": 1.0}),
    row("jax.nn: hard_tanh", HARD_TANH_WORDS, ("hard_tanh",), at(low=-1.0, high=1.0), {"-1": 1.0, "1": 1.0}),
    row("jax.nn: squareplus", "(x + sqrt(x^2 + 4)) / 2", ("squareplus", 4), at(low=NAN, high=INF)),
    row("jax.nn: sparse_plus", SPARSE_PLUS_WORDS, ("sparse_plus",), {}, {"-1": 0.0, "1": 1.0}),
    row("jax.nn: sparse_sigmoid", "0.5 * clip(x + 1, 0, 2)", ("sparse_sigmoid",), {}, {"-1": 0.25, "1": 0.25}),
]

TENSORFLOW = [
    row("tf.nn: relu", "max(x, 0)", ("relu",), UP, MASKED),
    row("tf.nn: relu6", "min(max(x, 0), 6)", ("relu6",), at(low=0.0, high=6.0), FLAT),
    leaky_row("tf.nn: leaky_relu", 0.2, LINE),
    row("tf.nn: elu", "x if x > 0 else exp(x) - 1", ("elu", 1), at(low=-1.0, high=INF)),
    row("tf.nn: selu", SELU_WORDS, ("selu",), at(high=INF), both_zeros(float(SELU_SCALE))),
    row("tf.nn: gelu", GELU_WORDS, ("gelu",), GATED, NO_SLOPE),
    row("tf.nn: gelu(approximate=True)", GELU_TANH_WORDS, ("gelu_tanh",), GATED, NO_SLOPE),
    row("tf.nn: silu swish", "x / (1 + exp(-x))", ("swish", 1), GATED, NO_SLOPE),
    row("tf.nn: sigmoid", "1 / (1 + exp(-x))", ("sigmoid",), STEP, FLAT),
    row("tf.nn: tanh", "tanh(x)", ("tanh",), at(low=-1.0, high=1.0), FLAT),
    row("tf.nn: softplus", "log(1 + exp(x))", ("softplus", INF), UP, STEP),
    row("tf.nn: softsign", "x / (1 + abs(x))", ("softsign",), NO_SLOPE, FLAT),
]

ND4J = [
    row("nd4j: IDENTITY", "x", ("linear",), LINE, at(low=1.0, high=1.0)),
    row("nd4j: RELU", "max(x, 0)", ("relu",), UP, MASKED),
    row("nd4j: RELU6", "min(max(x, 0), 6)", ("relu6",), at(low=0.0, high=6.0, nan=6.0), FLAT),
    # The derivative is that of the negative branch where x < 0.
    leaky_row("nd4j: LEAKYRELU", 0.01, LINE, where=where_not_negative, words=NOT_NEGATIVE_WORDS),
    leaky_row("nd4j: RRELU", 11 / 48, LINE, UNKNOWN_AT_ZERO, words="x if x > 0 else (1/8 + 1/3) / 2 * x, at inference"),
    leaky_row("dl4j: PReLULayer", 0, at(high=INF), where=where_not_negative, words=NOT_NEGATIVE_WORDS),
    row("nd4j: ELU", "x if x > 0 else exp(x) - 1", ("elu", 1), at(low=-1.0, high=INF)),
    row("nd4j: SELU", SELU_WORDS, ("selu",), at(high=INF)),
    row("nd4j: GELU", "x / (1 + exp(-1.702 * x))", ("swish", 1.702), GATED, NO_SLOPE),
    row("nd4j: SWISH", "x / (1 + exp(-x))", ("swish", 1), GATED, NO_SLOPE),
    row("nd4j: MISH", "x * tanh(log(1 + exp(x)))", ("mish",), GATED, NO_SLOPE),
    row("nd4j: SIGMOID", "1 / (1 + exp(-x))", ("sigmoid",), STEP),
    row("nd4j: TANH", "tanh(x)", ("tanh",), at(low=-1.0, high=1.0)),
    row("nd4j: SOFTPLUS", "log(1 + exp(x))", ("softplus", INF), UP, at(low=0.0, high=NAN)),
    row("nd4j: SOFTSIGN", "x / (1 + abs(x))", ("softsign",), NO_SLOPE, FLAT),
    row(
        "nd4j: HARDSIGMOID",
        "min(1, max(0, 0.2 * x + 0.5))",
        ("hard_sigmoid", 0.2, 0.5),
        STEP,
        {"-2.5": 0.2, "2.5": 0.2},
    ),
    row("nd4j: HARDTANH", HARD_TANH_WORDS, ("hard_tanh",), at(low=-1.0, high=1.0), {"-1": 1.0, "1": 1.0}),
    row("nd4j: THRESHOLDEDRELU", "x if x > 1 else 0", ("threshold", 1, 0), at(low=0.0, high=INF, nan=0.0)),
]

# The paper doesn't say what the derivative at 0 is.
XU2015 = [
    leaky_row("xu2015: leakyRelu", 1 / 100, LINE, UNKNOWN_AT_ZERO, words="x if x >= 0 else x / 100 (section 2.2)"),
    leaky_row("xu2015: veryLeakyRelu", 1 / 5.5, LINE, UNKNOWN_AT_ZERO, words="x if x >= 0 else x / 5.5 (section 3)"),
    leaky_row(
        "xu2015: rrelu",
        2 / 11,
        LINE,
        UNKNOWN_AT_ZERO,
        words="x if x >= 0 else x / ((3 + 8) / 2), at inference (section 2.4)",
    ),
]



def paper_row(name, words, contract, forward, backward):
    """Of a function under our name for it. NaN goes through, in the derivative too."""
    f = lambda x, p: CONTRACT[contract[0]](x, *map(p, contract[1:]))
    return [name], words, f, contract, forward, {**backward, "NaN": NAN}


# The numbers that StarReLU starts with.
STAR_SCALE, STAR_BIAS = math.sqrt(0.8), -math.sqrt(0.2)
STAR_WORDS = "scale * max(x, 0)^2 + bias (Yu et al. 2022, section 3.2)"
SCALED_ELU_WORDS = "scale * (x if x > 0 else alpha * (exp(x) - 1)) (Klambauer et al. 2017, equation 2)"
SHRINK_WORDS = "x + bias if x < -lambda, x - bias if x > lambda, else 0 (ONNX, Shrink)"
STEEP = at(low=0.0, high=INF)
PAPERS = [
    paper_row(
        "generalizedRelu:negativeSlope=0.25:maxValue=4:threshold=1",
        "max_value if x >= max_value, x if x > threshold, else negative_slope * (x - threshold) (Keras, relu)",
        ("generalized_relu", 0.25, 4, 1),
        at(low=-INF, high=4.0),
        at(low=0.25, high=0.0),
    ),
    paper_row("squaredRelu", "max(x, 0)^2 (So et al. 2021)", ("star_relu", 1, 0), UP, STEEP),
    paper_row("starRelu", STAR_WORDS, ("star_relu", STAR_SCALE, STAR_BIAS), at(low=STAR_BIAS, high=INF), STEEP),
    paper_row("starRelu:scale=3:bias=0.5", STAR_WORDS, ("star_relu", 3, 0.5), at(low=0.5, high=INF), STEEP),
    paper_row("hardMish", "x / 2 * min(2, max(0, x + 2)) (timm, HardMish)", ("hard_mish",), at(low=-0.0, high=INF), STEP),
    paper_row("scaledElu", SCALED_ELU_WORDS, ("scaled_elu", 1, 1), at(low=-1.0, high=INF), STEP),
    paper_row(
        "scaledElu:alpha=2:scale=0.5", SCALED_ELU_WORDS, ("scaled_elu", 2, 0.5), at(low=-1.0, high=INF), at(low=0.0, high=0.5)
    ),
    paper_row("shrink", SHRINK_WORDS, ("shrink", 0.5, 0), LINE, at(low=1.0, high=1.0)),
    paper_row("shrink:lambda=1.5:bias=-0.5", SHRINK_WORDS, ("shrink", 1.5, -0.5), LINE, at(low=1.0, high=1.0)),
    paper_row("telu", "x * tanh(exp(x)) (Fernandez and Mali 2024)", ("telu",), at(low=-0.0, high=INF), STEP),
]


def snake_slope(x, a):
    z = a * x
    return (z * mpmath.sin(2 * z) - mpmath.sin(z) ** 2) / a**2 if a else x**2


def learned_lines(name, words, contract, slope):
    """Parameters per channel, with their gradient. slope: (x, parameter) -> the derivative by the parameter."""
    alpha = [1.0, -0.5, 3.0, 0.0]
    shape = (2, 4, 3)
    near = [((5 * i) % 24 - 12) / 3.7 for i in range(24)]
    # Of snake, phases of many turns.
    far = [((7 * i) % 24 - 11) * 12345.6 for i in range(24)]
    for dtype in PRECISION:
        for values in [near, far]:
            x = [rounded(v, dtype) for v in values]
            dy = upstream(24, dtype)
            y, dx, dalpha = [], [], [mpf(0)] * 4
            for i in range(24):
                channel = i // 3 % 4
                a, v = mpf(alpha[channel]), mpf(x[i])
                result = CONTRACT[contract](Dual(v, 1), a)
                y.append(to_float(result.v, dtype))
                dx.append(to_float(result.d * mpf(dy[i]), dtype))
                dalpha[channel] += slope(v, a) * mpf(dy[i])
            yield "|".join(
                [
                    name,
                    dtype,
                    words + " with these alpha",
                    "zeros=unsigned",
                    "shape=" + " ".join(map(str, shape)),
                    "axis=1",
                    "alpha=" + join(alpha),
                    "x=" + join(x),
                    "y=" + join(y),
                    "yulps=0.5",
                    "dy=" + join(dy),
                    "dx=" + join(dx),
                    "dxulps=0.5",
                    "dalpha=" + join(to_float(v, dtype) for v in dalpha),
                ]
            )


def masked_softmax_lines():
    """softmax(scale * x + mask). Logits are exact in single precision, so that nothing but the softmax is judged."""
    shape = (2, 1, 3, 4)
    x = [((11 * i) % 24 - 12) / 4.0 for i in range(24)]
    mask = [0.0, -INF, 0.5, -1.25, -INF, 0.0, 0.0, 0.0, -INF, -INF, -INF, -INF]
    cases = [
        # scale, mask, the number of earlier keys of a causal one, whether rows of nothing are 0
        (0.125, None, None, False),
        (2.0, mask[:8] + mask[:4], None, False),
        (0.5, mask, None, True),
        (0.5, mask, None, False),
        (1.0, None, 0, False),
        (0.25, mask, 1, True),
    ]
    for dtype in PRECISION:
        for scale, added, past, zero_rows in cases:
            dy = upstream(24, dtype)
            y, dx = [], []
            for row in range(6):
                query = row % 3
                left = [
                    k
                    for k in range(4)
                    if (added is None or added[4 * query + k] > -INF) and (past is None or k <= query + past)
                ]
                own_y, own_dx = [0.0] * 4, [0.0] * 4
                if not left and not zero_rows:
                    own_y, own_dx = [NAN] * 4, [NAN] * 4
                if left:
                    z = [scale * mpf(x[4 * row + k]) + (added[4 * query + k] if added else 0) for k in left]
                    p, g = axis_oracle("softmax", z, [mpf(dy[4 * row + k]) for k in left])
                    for i, k in enumerate(left):
                        own_y[k], own_dx[k] = to_float(p[i], dtype), to_float(scale * g[i], dtype)
                y += own_y
                dx += own_dx
            fields = [
                "softmax",
                dtype,
                "softmax(scale * x + mask) (Vaswani et al. 2017, equation 1)",
                "zeros=unsigned",
                "shape=" + " ".join(map(str, shape)),
                "axis=-1",
                "scale=" + text(scale),
            ]
            fields += ["mask=" + join(added)] if added else []
            fields += [f"past={past}"] if past is not None else []
            fields += ["zerorows=" + ("yes" if zero_rows else "no"), "x=" + join(x), "y=" + join(y), "yulps=0.5"]
            yield "|".join([*fields, "dy=" + join(dy), "dx=" + join(dx), "dxulps=0.5"])


FORMULA_AXES = {
    "keras": [
        (["keras.activations.softmax", "keras.layers.Softmax"], "exp(x) / sum(exp(x))", "softmax"),
        (["keras.activations.log_softmax"], "x - max(x) - log(sum(exp(x - max(x))))", "log_softmax"),
        (["keras.activations.sparsemax"], "max(x - tau, 0)", "sparsemax"),
        (["keras.activations.glu"], "a * sigmoid(b)", "glu"),
    ],
    "jax": [
        (["jax.nn.softmax"], "exp(x) / sum(exp(x))", "softmax"),
        (["jax.nn.log_softmax"], "log(exp(x) / sum(exp(x)))", "log_softmax"),
        (["jax.nn.glu"], "a * sigmoid(b)", "glu"),
    ],
    "tf": [
        (["tf.nn.softmax"], "exp(x) / sum(exp(x))", "softmax"),
        (["tf.nn.log_softmax"], "x - log(sum(exp(x)))", "log_softmax"),
        (["tf.nn.crelu"], "max(x, 0), max(-x, 0)", "concatenated_relu"),
    ],
    "nd4j": [(["nd4j.SOFTMAX"], "exp(x) / sum(exp(x))", "softmax")],
    "xu2015": [],
    "papers": [
        (["swiGlu"], "a * swish(b) (Shazeer 2020, section 2)", "swiglu"),
        (["geGlu"], "a * gelu(b) (Shazeer 2020, section 2)", "geglu"),
        (["geGluTanh"], "a * gelu(b), gelu by tanh (Shazeer 2020, section 2)", "geglu_tanh"),
        (["reGlu"], "a * max(b, 0) (Shazeer 2020, section 2)", "reglu"),
        (["bilinear"], "a * b (Shazeer 2020, section 2)", "bilinear"),
        (["concatenatedRelu"], "max(x, 0), max(-x, 0) (Shang et al. 2016)", "concatenated_relu"),
    ],
}
FORMULA_TABLES = {
    "keras": ("Keras 3.15", KERAS),
    "jax": ("JAX 0.10 and Flax", JAX),
    "tf": ("TensorFlow 2.21", TENSORFLOW),
    "nd4j": ("ND4J and DL4J 1.0.0-M2.1", ND4J),
    "xu2015": ("Xu et al. 2015, arXiv 1505.00853,", XU2015),
    "papers": ("", PAPERS),
}


def formula_axis(name):
    def call(dtype, shape, axis, x, dy):
        rows = slices_of(shape, axis)
        out_shape = sizes_of_output(name, shape, axis)
        y, dx = [0.0] * int(np.prod(out_shape)), [0.0] * len(x)
        for row, out in zip(rows, slices_of(out_shape, axis)):
            ey, edx = axis_oracle(name, [mpf(x[i]) for i in row], [mpf(dy[i]) for i in out])
            for i, v in zip(out, ey):
                y[i] = to_float(v, dtype)
            for i, v in zip(row, edx):
                dx[i] = to_float(v, dtype)
        return y, dx

    return call


def formula_lines(system):
    for presets, words, f, contract, forward, backward in FORMULA_TABLES[system][1]:
        call = formula_call(f, forward, backward)
        yield from elementwise_lines(presets, words, call, contract, signed=False, few=True)
    if system == "keras":
        call = formula_call(where_positive(0.25), LINE, both_zeros(0.0))
        yield from elementwise_lines(
            ["keras.layers.PReLU"],
            "x if x > 0 else alpha * x, with this alpha",
            call,
            ("leaky", 0.25),
            signed=False,
            few=True,
            alpha=0.25,
        )
    if system == "papers":
        snake_words = "x + sin(alpha * x)^2 / alpha (Ziyin et al. 2020, equation 3)"
        yield from learned_lines("snake", snake_words, "snake", snake_slope)
        swish_words = "x * sigmoid(alpha * x) (Ramachandran et al. 2017, section 4)"
        swish_slope = lambda x, b: x * x * _sigmoid(b * x) * _sigmoid(-b * x)
        yield from learned_lines("learnedSwish", swish_words, "swish", swish_slope)
        yield from masked_softmax_lines()
    for presets, words, name in FORMULA_AXES[system]:
        yield from axis_lines(presets, name, words, formula_axis(name), signed=False, special=False)


NOTES = {
    "keras": "Points where the backends of Keras disagree are left out.",
    "nd4j": "RRELU is as documented: release 1.0.0-M2.1 itself gives max(x, 0.229) at inference.",
}


def formula_head(system):
    name = FORMULA_TABLES[system][0]
    evaluated = [
        f"formulas, evaluated with {mp.dps} digits by mpmath {mpmath.__version__} and rounded once, derivatives by the",
        "rules of calculus. Of elementwise functions dy is 1.",
    ]
    if system == "papers":
        return ["Functions by our names for them, from the papers and systems where they come from: their", *evaluated]
    if system == "xu2015":
        return [f"{name} is a paper, with nothing to run: its", *evaluated]
    return [
        f"{name} could not be run here: its documented",
        *evaluated,
        "What calculus doesn't say - values at NaN and where a limit is computed as infinity * 0, derivatives at knees -",
        "is what was seen when the system was run on another machine; where that isn't known, a point is left out, or",
        "its derivative is -. " + NOTES.get(system, ""),
    ]


# ---------------------------------------------------------------------------------------------------------------------
# ONNX Runtime, run by OnnxRuntimeRun.java


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number_, value):
    """A field of a protocol buffer: a whole number, a float, or bytes."""
    if isinstance(value, int):
        return varint(number_ << 3) + varint(value)
    if isinstance(value, float):
        return varint(number_ << 3 | 5) + np.float32(value).tobytes()
    value = value.encode() if isinstance(value, str) else value
    return varint(number_ << 3 | 2) + varint(len(value)) + value


OPSET = 24


def onnx_model(op, attributes, dtype, shape):
    """A ModelProto with one node."""

    def value_info(name, dims):
        tensor_shape = b"".join(field(1, field(1, d)) for d in dims)
        tensor = field(1, 1 if dtype == "float32" else 11) + field(2, tensor_shape)
        return field(1, name) + field(2, field(1, tensor))

    node = field(1, "x") + field(2, "y") + field(4, op)
    for name, v in attributes.items():
        place, kind = {float: (2, 1), int: (3, 2), str: (4, 3)}[type(v)]
        if isinstance(v, int) and v < 0:
            v += 1 << 64
        node += field(5, field(1, name) + field(place, v) + field(20, kind))
    graph = field(1, node) + field(2, "g") + field(11, value_info("x", shape)) + field(12, value_info("y", shape))
    return field(1, 10) + field(7, graph) + field(8, field(1, "") + field(2, OPSET))


ONNX_ELEMENTWISE = [
    ("Identity", {}, ("linear",)),
    ("Relu", {}, ("relu",)),
    ("LeakyRelu", {}, ("leaky", float(np.float32(0.01)))),
    ("Elu", {}, ("elu", 1)),
    ("Selu", {}, ("selu",)),
    ("Celu", {}, ("celu", 1)),
    ("Gelu", {}, ("gelu",)),
    ("Gelu(approximate='tanh')", {"approximate": "tanh"}, ("gelu_tanh",)),
    ("Swish", {}, ("swish", 1)),
    ("Mish", {}, ("mish",)),
    ("Sigmoid", {}, ("sigmoid",)),
    ("Tanh", {}, ("tanh",)),
    ("Softplus", {}, ("softplus", INF)),
    ("Softsign", {}, ("softsign",)),
    ("HardSigmoid", {}, ("hard_sigmoid", float(np.float32(0.2)), 0.5)),
    ("HardSwish", {}, ("hard_swish",)),
    ("ThresholdedRelu", {}, ("threshold", 1, 0)),
    ("Shrink", {}, ("hard_shrink", 0.5)),
    ("Shrink(bias=0.5)", {"bias": 0.5}, ("soft_shrink", 0.5)),
    ("Exp", {}, ("exponential",)),
]
ONNX_AXIS = [("Softmax", "softmax"), ("LogSoftmax", "log_softmax"), ("Hardmax", "hardmax")]
# As for PyTorch.
COPIES = 64


class OnnxRuns:
    """Asks for runs, or finds their results: the same calls in the same order."""

    def __init__(self, results=None):
        self.results = results
        self.requests = []

    def run(self, op, attributes, dtype, shape, x):
        model = base64.b64encode(onnx_model(op, attributes, dtype, shape)).decode()
        request = "|".join([dtype, model, " ".join(map(str, shape)), join(x)])
        self.requests.append(request)
        if self.results is None:
            return [None] * len(x)
        result = self.results[len(self.requests) - 1]
        if result.startswith("!"):
            if f"{op} {dtype}" not in ONNX_FAILURES:
                ONNX_FAILURES.append(f"{op} {dtype}")
            return [None] * len(x)
        return [number(v) for v in result.split()]


ONNX_FAILURES = []


def onnx_lines(runs):
    for name, attributes, contract in ONNX_ELEMENTWISE:

        def call(dtype, xs):
            repeated = [x for x in xs for _ in range(COPIES)]
            return runs.run(name.split("(")[0], attributes, dtype, [len(repeated)], repeated)[::COPIES], None

        words = name + (f" of opset {OPSET}")
        yield from elementwise_lines([f"onnx.{name}"], words, call, contract, signed=True)
    for op, name in ONNX_AXIS:

        def axis_call(dtype, shape, axis, x, dy):
            return runs.run(op, {} if axis == -1 else {"axis": axis}, dtype, shape, x), None

        yield from axis_lines([f"onnx.{op}"], name, f"{op} of opset {OPSET}", axis_call, signed=True)


def onnx_models():
    runs = OnnxRuns()
    for _ in onnx_lines(runs):
        pass
    TARGET.mkdir(exist_ok=True)
    (TARGET / "onnx-models.txt").write_text("".join(r + "\n" for r in runs.requests))


def onnx():
    version, *results = (TARGET / "onnx-results.txt").read_text().splitlines()
    lines = list(onnx_lines(OnnxRuns(results)))
    write(
        "onnx",
        [
            f"ONNX Runtime {version}, its processor kernels, run by java/golden/src/build/OnnxRuntimeRun.java; forward",
            "only. It has no kernels for",
            *textwrap.wrap(", ".join(ONNX_FAILURES) + ".", 110),
        ],
        lines,
    )


def main(command):
    if command == "torch":
        write("torch", torch_head(), torch_lines())
    elif command in FORMULA_TABLES:
        write(command, formula_head(command), formula_lines(command))
    elif command == "onnx-models":
        onnx_models()
    elif command == "onnx":
        onnx()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
