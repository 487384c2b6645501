"""Rectifier's kernels on NumPy arrays, with nothing to compile: the C library by ctypes, which `cmake --install` installs.

    import numpy, rectifier
    f = rectifier.Activation("leakyRelu", 0.2)
    y = f.forward(x)                  # a new array, or forward(x, out=y), or in place: forward(x, out=x)
    dx = f.backward(x, dy)
    w = rectifier.random_normal(numpy.empty((64, 64), "float32"), 0, 0.05, seed=42)

Arrays are C-contiguous and of float32 or float64; activations also take float16 and, of whatever package, bfloat16.
Results have the bits of the Java library, which also says what the activations and their parameters are. Parameters are
only checked to be as many as the activation has, and numbers: their ranges are the caller's to keep. Thread-safe as long
as the arrays are; other threads of Python run meanwhile. The environment variable RECTIFIER_LIBRARY says where the
library is, if the system doesn't find it. To try it on files:

    python3 rectifier.py forward NAME[,P0[,P1[,P2]]] X.npy Y.npy
    python3 rectifier.py backward NAME[,P0[,P1[,P2]]] X.npy DY.npy DX.npy
    python3 rectifier.py randomUniform|randomNormal|truncatedNormal A B N,N SEED OUT.npy [float64 [STREAM]]
    python3 rectifier.py boundedNormal,LOW,HIGH A B N,N SEED OUT.npy [float64 [STREAM]]
"""
import ctypes, ctypes.util, math, os, sys
import numpy as np

_SUFFIXES = {"float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16"}
_LONG = (-2 ** 63, 2 ** 63 - 1)


def _load():
    name = os.environ.get("RECTIFIER_LIBRARY") or ctypes.util.find_library("rectifier")
    if name is None:
        raise OSError("the library rectifier isn't where the system looks; RECTIFIER_LIBRARY can say where it is")
    library = ctypes.CDLL(name)
    for function in ("version", "instruction_set", "activation_name", "parallel_status"):
        getattr(library, "rectifier_" + function).restype = ctypes.c_char_p
    if library.rectifier_instruction_set_status() != 0:
        raise OSError("RECTIFIER_ISA is " + os.environ["RECTIFIER_ISA"] + ", which this machine doesn't run")
    return library


_LIBRARY = _load()
_INDICES = {_LIBRARY.rectifier_activation_name(i).decode(): i for i in range(_LIBRARY.rectifier_activation_count())}


def version():
    """The version of the library."""
    return _LIBRARY.rectifier_version().decode()


def instruction_set():
    """The instruction set in use, such as "avx2"."""
    return _LIBRARY.rectifier_instruction_set().decode()


def activations():
    """The names of all elementwise activations."""
    return list(_INDICES)


def _number(name, value):
    value = float(value)
    if math.isnan(value):
        raise ValueError(f"{name} is NaN")
    return ctypes.c_double(value)


def _whole(name, value, least=_LONG[0], most=_LONG[1]):
    if not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def _array(name, array, like=None, halves=True, written=False):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a numpy.ndarray, not {type(array).__name__}")
    suffix = _SUFFIXES.get(array.dtype.name)
    if suffix is None or not halves and array.dtype.itemsize == 2 or not array.dtype.isnative:
        known = list(_SUFFIXES)[:4 if halves else 2]
        raise TypeError(f"{name} is {array.dtype!r}, not one of {', '.join(known)} in the machine's byte order")
    if like is not None and array.dtype != like.dtype:
        raise TypeError(f"{name} is {array.dtype}, not {like.dtype}")
    if like is not None and array.shape != like.shape:
        raise ValueError(f"{name} has shape {array.shape}, not {like.shape}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{name} isn't C-contiguous (strides {array.strides}); numpy.ascontiguousarray copies it")
    if written and not array.flags.writeable:
        raise ValueError(f"{name} is read-only")
    return suffix


def _same_or_disjoint(out, **sources):
    for name, source in sources.items():
        if out.ctypes.data != source.ctypes.data and np.may_share_memory(out, source):
            raise ValueError(f"out overlaps {name} without being the same array")


def _pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def _call(function, suffix, *arguments):
    return getattr(_LIBRARY, f"rectifier_{function}_{suffix}")(*arguments)


class Activation:
    """An elementwise activation of the library by its name, with all its parameters in their order."""

    def __init__(self, name, *parameters):
        if name not in _INDICES:
            raise ValueError(f"no activation is named {name!r}; there are {', '.join(_INDICES)}")
        self.name, self._index = name, _INDICES[name]
        count = _LIBRARY.rectifier_activation_parameters(self._index)
        if len(parameters) != count:
            raise TypeError(f"{name} takes the number of its parameters, {count}, not {len(parameters)}")
        self.parameters = tuple(float(p) for p in parameters)
        numbers = [_number(f"parameter {i} of {name}", p) for i, p in enumerate(self.parameters)]
        self._head = tuple(numbers + [ctypes.c_double(0)] * (3 - count))

    def forward(self, x, out=None, threads=1):
        """y = f(x), in out, which may be x, or in a new array. threads is the most to use."""
        suffix = _array("x", x)
        out = np.empty_like(x) if out is None else out
        _array("out", out, x, written=True)
        _same_or_disjoint(out, x=x)
        threads = _whole("threads", threads, 1, 2 ** 31 - 1)
        _call("activation_forward", suffix, self._index, *self._head, _pointer(x), _pointer(out),
              ctypes.c_int64(x.size), threads)
        return out

    def backward(self, x, dy, out=None, from_output=False, threads=1):
        """dx = f'(x) * dy, in out, which may be x or dy, or in a new array. With from_output, x is what forward gave,
        which only some activations can do with."""
        if from_output and not _LIBRARY.rectifier_activation_from_output(self._index):
            raise ValueError(f"the derivative of {self.name} can't be had from its output")
        suffix = _array("x", x)
        _array("dy", dy, x)
        out = np.empty_like(x) if out is None else out
        _array("out", out, x, written=True)
        _same_or_disjoint(out, x=x, dy=dy)
        threads = _whole("threads", threads, 1, 2 ** 31 - 1)
        _call("activation_backward", suffix, self._index, int(bool(from_output)), *self._head, _pointer(x),
              _pointer(dy), _pointer(out), ctypes.c_int64(x.size), threads)
        return out

    def __repr__(self):
        return f"Activation({', '.join([repr(self.name), *map(repr, self.parameters)])})"


def _fill(function, out, numbers, seed, stream, first, threads):
    suffix = _array("out", out, halves=False, written=True)
    # A seed of 64 bits has no sign.
    seed = _whole("seed", seed, _LONG[0], 2 ** 64 - 1)
    words = [ctypes.c_int64(w) for w in (seed, _whole("stream", stream), _whole("first", first, 0))]
    status = _call(function, suffix, *numbers, *words, _pointer(out), ctypes.c_int64(out.size),
                   _whole("threads", threads, 1, 2 ** 31 - 1))
    if function == "orthogonal" and status != 0:
        raise MemoryError(f"no memory for an orthogonal matrix like out, of shape {out.shape}")
    return out


def _finite(**numbers):
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, not {value}")
    return [ctypes.c_double(value) for value in numbers.values()]


def random_uniform(out, low, high, seed, stream=0, first=0, threads=1):
    """Fills out with U[low, high). Element i is made of (seed, stream, first + i) alone."""
    numbers = _finite(low=low, high=high)
    if not low < high:
        raise ValueError(f"low must be less than high, not {low} and {high}")
    return _fill("fill_uniform", out, numbers, seed, stream, first, threads)


def random_normal(out, mean, stddev, seed, stream=0, first=0, threads=1):
    """Fills out with N(mean, stddev^2), as random_uniform does."""
    return _fill("fill_normal", out, _normal(mean, stddev), seed, stream, first, threads)


def truncated_normal(out, mean, stddev, seed, stream=0, first=0, threads=1):
    """Fills out with N(mean, stddev^2) within 2 stddev of the mean, as random_uniform does."""
    return _fill("fill_truncated_normal", out, _normal(mean, stddev), seed, stream, first, threads)


def bounded_normal(out, mean, stddev, low, high, seed, stream=0, first=0, threads=1):
    """Fills out with N(mean, stddev^2) within [low, high], either of which may be infinite, as random_uniform does."""
    if not stddev > 0:
        raise ValueError(f"stddev must be positive, but is {stddev}")
    if not low < high:
        raise ValueError(f"low must be less than high, not {low} and {high}")
    bounds = [ctypes.c_double(low), ctypes.c_double(high)]
    return _fill("fill_bounded_normal", out, _normal(mean, stddev) + bounds, seed, stream, first, threads)


def _normal(mean, stddev):
    numbers = _finite(mean=mean, stddev=stddev)
    if stddev < 0:
        raise ValueError(f"stddev must not be negative, but is {stddev}")
    return numbers


def orthogonal(out, gain, seed, stream=0, threads=1):
    """Fills a matrix with gain times a random one with orthonormal columns, or rows if there are fewer of them."""
    if isinstance(out, np.ndarray) and out.ndim != 2:
        raise ValueError(f"out must have 2 axes, not shape {out.shape}")
    _array("out", out, halves=False, written=True)
    sizes = [ctypes.c_int64(n) for n in out.shape]
    return _fill("orthogonal", out, _finite(gain=gain) + sizes, seed, stream, 0, threads)


def _main(command, *arguments):
    if command in ("forward", "backward"):
        name, *parameters = arguments[0].split(",")
        sources = [np.load(file) for file in arguments[1:-1]]
        np.save(arguments[-1], getattr(Activation(name, *parameters), command)(*sources))
    else:
        fills = {"randomUniform": random_uniform, "randomNormal": random_normal, "truncatedNormal": truncated_normal,
                 "boundedNormal": bounded_normal}
        name, *bounds = command.split(",")
        a, b, shape, seed, file, dtype, stream = (*arguments, *("float32", "0")[len(arguments) - 5:])
        out = np.empty([int(n) for n in shape.split(",")], dtype)
        np.save(file, fills[name](out, float(a), float(b), *map(float, bounds), int(seed), int(stream)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
