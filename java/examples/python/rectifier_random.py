"""Rectifier's random numbers in NumPy alone, the same bits; native/docs/random.md is the specification. To try it:
python3 rectifier_random.py randomUniform|randomNormal|truncatedNormal|boundedNormal,LOW,HIGH A B N,N SEED OUT.npy \
[float64 [STREAM]]"""
import functools, struct, sys
import numpy as np
f32, f64, u32, u64, LOW = np.float32, np.float64, np.uint32, np.uint64, np.uint64(0xFFFFFFFF)
BELOW_CUT, BETWEEN_CUTS = 0.022750131948179207, 0.95449973610364158
AS241 = np.array("""3.3871328727963665 133.14166789178438 1971.5909503065513 13731.69376550946 45921.95393154987
67265.7709270087 33430.57558358813 2509.0809287301227 1 42.31333070160091 687.1870074920579 5394.196021424751
21213.794301586597 39307.89580009271 28729.085735721943 5226.495278852854 1.4234371107496835 4.630337846156546
5.769497221460691 3.6478483247632045 1.2704582524523684 0.2417807251774506 0.022723844989269184
0.0007745450142783414 1 2.053191626637759 1.6763848301838038 0.6897673349851 0.14810397642748008
0.015198666563616457 0.0005475938084995345 1.0507500716444169e-9 6.657904643501103 5.463784911164114
1.7848265399172913 0.29656057182850487 0.026532189526576124 0.0012426609473880784 2.7115555687434876e-5
2.0103343992922881e-7 1 0.599832206555888 0.1369298809227358 0.014875361290850615 0.0007868691311456133
1.8463183175100548e-5 1.421511758316446e-7 2.0442631033899397e-15""".split(), f64).reshape(3, 2, 8)
HALF = np.array([0.492403876506104, 0.4330127018922193, 0.3213938048432697, 0.17101007166283436])

def philox(seed, stream, blocks):
    c = [blocks & LOW, blocks >> u64(32), u64(stream & 0xFFFFFFFF), u64(stream >> 32 & 0xFFFFFFFF)]
    for r in range(10):
        k0, k1 = (u64((seed >> s) + r * w & 0xFFFFFFFF) for s, w in ((0, 0x9E3779B9), (32, 0xBB67AE85)))
        p, q = u64(0xD2511F53) * c[0], u64(0xCD9E8D57) * c[2]
        c = [q >> u64(32) ^ c[1] ^ k0, q & LOW, p >> u64(32) ^ c[3] ^ k1, p & LOW]
    return np.stack(np.broadcast_arrays(*c), axis=1).astype("<u4").ravel()

def polynomial(ascending, x):
    return functools.reduce(lambda result, c: result * x + c, ascending[::-1])

def log(x):
    m, e = np.frexp(x)
    m, e = np.where(m * 2 > 1.4142135623730951, m, m * 2), e - (m * 2 <= 1.4142135623730951)
    s = (m - 1) / (2 + (m - 1))
    rest = (s + s) * (s * s * polynomial([1 / (2 * k + 1) for k in range(1, 11)], s * s))
    return e * float.fromhex("0x1.62e42feep-1") + (s + s + (rest + e * float.fromhex("0x1.a39ef35793c76p-33")))

def lower_quantile(t, q=None):
    q, root = t - 0.5 if q is None else q, np.sqrt(-log(t))
    (a, b), (c, d), (e, f) = ([polynomial(p, x) for p in part]
                              for part, x in zip(AS241, (0.180625 - q * q, root - 1.6, root - 5)))
    return np.where(q >= -0.425, q * a / b, np.where(root <= 5, -c / d, -e / f))

def piece(j):
    x, c = np.concatenate([HALF, [0], -HALF[::-1]]) + (0.5 if j == 0 else 0), np.zeros(9)
    q = np.sqrt(x / 16) if j == 0 else 1
    value = -lower_quantile(0.5 - q if j == 0 else (x + 1.5) / 2.0 ** (j + 2)) / q
    for level in range(1, 9):
        value[level:] = (value[level:] - value[level - 1:-1]) / (x[level:] - x[:-level])
    for k in range(8, -1, -1):
        c = np.append(value[k], c[:-1]) - x[k] * c
    return c.astype(f32)

def quantile(bits, cut):
    if bits.dtype == u64:
        p = ((bits >> u64(12)).astype(f64) + 0.5) * 2.0 ** -52
        t = np.minimum(p, 1 - p)
        z = lower_quantile(np.minimum(BELOW_CUT + t * BETWEEN_CUTS, 0.5) if cut else t)
        return np.where(p > 0.5, -1, 1) * (np.maximum(z, -2) if cut else z)
    centred = (bits ^ u32(0x80000000)).view(np.int32)
    distance = centred ^ centred >> 31
    central = distance < (int(2 ** 30 / BETWEEN_CUTS) + 512 if cut else 2 ** 30 + 64)
    t = np.where(central, distance, distance ^ 0x7FFFFFFF).astype(f32) + f32(0.5)
    t = t * f32(BETWEEN_CUTS) + np.where(central, f32(0), f32(BELOW_CUT * 2 ** 32)) if cut else t
    c = np.stack([piece(j) for j in range(32)], axis=1)[:, np.where(central, 0, 157 - (t.view(u32) >> 23).astype(int))]
    mantissa = (t.view(u32) & u32(0x7FFFFF) | u32(0x3F800000)).view(f32)
    z = polynomial(c, np.where(central, t * t * f32(2.0 ** -60), mantissa - f32(1.5)))
    z = np.where(central, z * (t * f32(2.0 ** -32)), z)
    return np.where(bits >> 31, f32(1), f32(-1)) * (np.minimum(z, f32(2)) if cut else z)

def first_double(low, high, reached):
    before, start = (struct.unpack("<q", struct.pack("<d", x))[0] for x in (low, high))
    while start - before > 1:
        middle = (before + start) // 2
        before, start = (before, middle) if reached(np.frombuffer(struct.pack("<q", middle))) else (middle, start)
    return struct.unpack("<d", struct.pack("<q", start))[0]

def offset_and_tail(z):
    if not z > -lower_quantile(np.array([0.5 - 0.425]), np.array([-0.425]))[0]:
        q = first_double(0.0, 0.425, lambda q: -lower_quantile(0.5 - q, -q)[0] >= z)
        return q, 0.5 - q
    t = first_double(2.0 ** -1000, 0.5 - 0.425, lambda t: -lower_quantile(t, np.array([-0.5]))[0] <= z) if z < 37 else 0.0
    return 0.5 - t, t

def near(p, rest, lower, upper):
    (a, lower_tail), (b, upper_tail) = offset_and_tail(abs(lower)), offset_and_tail(upper)
    a = -a if lower < 0 else a
    mass = lower_tail - upper_tail if a > 0.425 else b - a
    q = np.where(p < 0.5, a + p * mass, b - rest * mass)
    z = lower_quantile(np.where(q < 0, lower_tail + p * mass, upper_tail + rest * mass), -np.abs(q))
    return np.where(q > 0, -z, z)

def far(p, rest, lower, width):
    lower = min(lower, 2.0 ** 300)
    correction = functools.partial(polynomial, [0, 1, -2.5, 37 / 3, -88.25, 816.2])
    def decline(d):
        y, s = 1 / lower * (1 / lower), 1 + d * (1 / lower)
        return d * (lower + d * 0.5) + (log(s) + (correction(y / (s * s)) - correction(y)))
    left = 0.0
    if width * (lower + width * 0.5) < 700:
        left = first_double(2.0 ** -1020, 1.0, lambda u: -log(u)[0] <= decline(np.array([width]))[0])
    e = -log(rest + p * left)
    d = (e + e) / (lower + np.sqrt(lower * lower + (e + e)))
    for _ in range(2):
        z = lower + d
        x = 1 / z
        d = d - (decline(d) - e) / (z + (x - x * x * (x + x)))
    return d

def bounded(bits, mean, stddev, low, high, dtype):
    p = ((bits >> u64(12)).astype(f64) + 0.5) * 2.0 ** -52 if dtype == f64 else (bits + f64(0.5)) * 2.0 ** -32
    lower, upper = (low - mean) / stddev, (high - mean) / stddev
    turned = lower + upper < 0
    lower, upper, p, rest = (-upper, -lower, 1 - p, p) if turned else (lower, upper, p, 1 - p)
    z, origin = (far(p, rest, lower, (high - low) / stddev), high if turned else low) if lower >= 30 \
        else (near(p, rest, lower, upper), mean)
    first, last = (dtype(b) if s * dtype(b) >= s * b else np.nextafter(dtype(b), dtype(s * np.inf))
                   for b, s in ((low, 1), (high, -1)))
    return np.clip(origin + (-stddev if turned else stddev) * z, first, last).astype(dtype)

def fill(name, a, b, shape, seed, dtype=f32, stream=0):
    bits = philox(seed, stream, np.arange(np.prod(shape) // 2 + 1, dtype=u64)).view(u64 if dtype == f64 else u32)
    bits = bits[:np.prod(shape)].reshape(shape)
    if name.startswith("boundedNormal"):
        return bounded(bits, a, b, *map(float, name.split(",")[1:]), dtype)
    if name != "randomUniform":
        return dtype(a) + dtype(b) * quantile(bits, name == "truncatedNormal")
    unit = (bits >> u64(11)) * 2.0 ** -53 if dtype == f64 else (bits >> u32(8)) * f32(2.0 ** -24)
    return np.minimum(dtype(a) + unit.astype(dtype) * dtype(b - a), np.nextafter(dtype(b), dtype(a)))

if __name__ == "__main__":
    name, a, b, shape, seed, out, dtype, stream = (sys.argv[1:] + ["float32", "0"][max(0, len(sys.argv) - 7):])[:8]
    shape = [int(d) for d in shape.split(",")]
    np.save(out, fill(name, float(a), float(b), shape, int(seed), getattr(np, dtype), int(stream)))
