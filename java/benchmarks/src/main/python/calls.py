"""Times calls as a program in Python makes them, by the orders and with the answers of native/benchmark/call.c."""
import sys, time
import numpy, rectifier

for order in sys.stdin:
    name, n, millis = order.split()
    forward = rectifier.Activation(name).forward
    x = (numpy.arange(int(n)) % 17 - 8).astype("float32") / numpy.float32(2)
    y, calls, taken = numpy.empty_like(x), 1, 0
    while taken < int(millis) * 1_000_000:
        calls *= 2
        begin = time.perf_counter_ns()
        for _ in range(calls):
            forward(x, y)
        taken = time.perf_counter_ns() - begin
    print(taken / calls, flush=True)
