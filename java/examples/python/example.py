import numpy
import rectifier

x = rectifier.random_normal(numpy.empty(1000, "float32"), 0, 1, seed=42)
f = rectifier.Activation("leakyRelu", 0.2)
y = f.forward(x)
f.backward(x, y, out=y)
print(rectifier.version(), f, y.mean())
