#!/usr/bin/env python3
"""Makes the small model files of the tests: needs Debian's python3-h5py and python3-onnx.

    /usr/bin/python3 make_models.py ../resources/dev/rectifier/models

Each NAME has NAME.txt beside it: a line of features, then a line of what the network makes of
them, computed here in double precision from the numbers that are written.
"""
import io
import json
import math
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)


def weights(*shape):
    return random.normal(size=shape).astype(np.float32)


W1, B1, W2, B2 = weights(3, 4), weights(4), weights(4, 2), weights(2)
GAMMA, BETA, MEAN, VARIANCE = weights(4), weights(4), weights(4), np.abs(weights(4)) + 0.1
F_MEAN, F_VARIANCE = weights(3), np.abs(weights(3)) + 0.5
X = weights(3).astype(np.float64)


def relu(x):
    return np.maximum(x, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def save(name, y):
    text = [" ".join(repr(float(v)) for v in values) for values in (X, np.atleast_1d(y))]
    (folder / (name + ".txt")).write_text("\n".join(text) + "\n")


def dense(name, units, activation, **more):
    return {"class_name": "Dense",
            "config": {"name": name, "units": units, "activation": activation, "use_bias": True, **more}}


def input_layer(key):
    return {"class_name": "InputLayer", "config": {"name": "in", key: [None, 3]}}


# Keras 3: groups numbered per class, while the layers have names of their own.
def keras3(name, layers, groups, y, compression=zipfile.ZIP_STORED, **kinds):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        root = file.create_group("layers")
        for group, arrays in groups.items():
            entry = root.create_group(group).create_group("vars")
            for i, array in enumerate(arrays):
                entry[str(i)] = array
    config = {"module": "keras", "class_name": "Sequential",
              "config": {"name": "s", "layers": layers}, **kinds}
    with zipfile.ZipFile(folder / (name + ".keras"), "w", compression) as archive:
        for entry, data in (("metadata.json", b'{"keras_version": "3.8.0"}'),
                            ("config.json", json.dumps(config).encode()),
                            ("model.weights.h5", content.getvalue())):
            archive.writestr(zipfile.ZipInfo(entry, (2026, 1, 1, 0, 0, 0)), data, compression)
    save(name, y)


normalized = (X - F_MEAN) / np.sqrt(F_VARIANCE.astype(np.float64))
hidden = relu(normalized @ W1 + B1)
keras3("normalization", [
    input_layer("batch_shape"),
    {"class_name": "Normalization", "config": {"name": "scale", "axis": [-1]}},
    {"class_name": "Dense", "config": {"name": "first", "units": 4, "activation": "relu", "dtype": {
        "class_name": "DTypePolicy", "config": {"name": "float32"}}}},
    {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.5}},
    dense("second", 2, {"module": "builtins", "class_name": "function", "config": "softmax"})],
       {"normalization": [F_MEAN, F_VARIANCE, np.int64(1)], "dense": [W1, B1], "dense_1": [W2, B2]},
       softmax(hidden @ W2 + B2), zipfile.ZIP_DEFLATED)
keras3("named-groups", [input_layer("batch_shape"), dense("b", 4, "gelu"), dense("a", 2, "linear")],
       {"b": [W1, B1], "a": [W2, B2]},
       (lambda z: z * 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2))))(X @ W1 + B1) @ W2 + B2)


# Keras 2: names of layers and weights in attributes.
def keras2(name, config, groups, y, names=True):
    with h5py.File(folder / (name + ".h5"), "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights")
        if names:
            root.attrs["layer_names"] = [g.encode() for g in groups]
        for group, arrays in groups.items():
            entry = root.create_group(group)
            if not arrays:
                entry.attrs["weight_names"] = np.array([])
                continue
            entry.attrs["weight_names"] = [n.encode() for n in arrays]
            for path, array in arrays.items():
                entry[path] = array
    if y is not None:
        save(name, y)


def sequential(*layers):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}}


factor = GAMMA.astype(np.float64) / np.sqrt(VARIANCE.astype(np.float64) + 0.001)
keras2("batchnorm", sequential(
    dense("d", 4, "hard_sigmoid", batch_input_shape=[None, 3]),
    {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [1], "epsilon": 0.001}},
    {"class_name": "LeakyReLU", "config": {"name": "l", "alpha": {"type": "ndarray", "value": 0.25}}},
    dense("e", 2, "linear")),
       {"d": {"d_7/kernel:0": W1, "d_7/bias:0": B1},
        "bn": {"bn/gamma:0": GAMMA, "bn/beta:0": BETA, "bn/moving_mean:0": MEAN,
               "bn/moving_variance:0": VARIANCE},
        "l": {}, "e": {"e/kernel:0": W2, "e/bias:0": B2}},
       (lambda z: np.where(z > 0, z, 0.25 * z))(
           (np.clip(0.2 * (X @ W1 + B1) + 0.5, 0, 1) - MEAN) * factor + BETA) @ W2 + B2)
keras2("keras1", {"class_name": "Sequential", "config": [
    {"class_name": "Dense", "config": {"name": "d", "output_dim": 4, "activation": "tanh", "bias": True,
                                       "batch_input_shape": [None, 3]}},
    {"class_name": "Dense", "config": {"name": "e", "output_dim": 2, "activation": "linear", "bias": True}}]},
       {"d": {"d_W": W1, "d_b": B1}, "e": {"e_W": W2, "e_b": B2}}, np.tanh(X @ W1 + B1) @ W2 + B2)
keras2("bad-missing-weights", sequential(dense("d", 4, "relu", batch_input_shape=[None, 3]), dense("e", 2, "relu")),
       {"d": {"d/kernel:0": W1, "d/bias:0": B1}}, None)
keras2("bad-shape", sequential(dense("d", 5, "relu", batch_input_shape=[None, 3])),
       {"d": {"d/kernel:0": W1, "d/bias:0": B1}}, None)
keras2("bad-layer", sequential({"class_name": "Conv1D", "config": {
    "name": "c", "batch_input_shape": [None, 3, 1]}}), {}, None)
keras2("bad-branches", {"class_name": "Functional", "config": {
    "layers": [
        {**input_layer("batch_input_shape"), "name": "in", "inbound_nodes": []},
        {**dense("d", 4, "relu"), "name": "d", "inbound_nodes": [[["in", 0, 0, {}]]]},
        {**dense("e", 4, "relu"), "name": "e", "inbound_nodes": [[["in", 0, 0, {}]]]},
        {"class_name": "Add", "config": {"name": "sum"}, "name": "sum",
         "inbound_nodes": [[["d", 0, 0, {}], ["e", 0, 0, {}]]]}],
    "input_layers": [["in", 0, 0]], "output_layers": [["sum", 0, 0]]}}, {}, None)


# ONNX.
def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def model(name, nodes, outputs, constants, y, opset=17, shape=("n", 3), tensor=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", tensor, list(shape))],
        [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset),
                                                   helper.make_opsetid("ai.onnx.ml", 3)])
    made.ir_version = 8
    (folder / (name + ".onnx")).write_bytes(made.SerializeToString())
    if y is not None:
        save(name, y)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), output.split(), name=output + "_node", **attributes)


DENSE = [constant("W1", W1), constant("B1", B1), constant("W2", W2), constant("B2", B2)]
hidden = X @ W1 + B1
model("swish", [
    node("MatMul", "x W1", "p"), node("Add", "B1 p", "z"), node("Mul", "z beta", "bz"),
    node("Sigmoid", "bz", "s"), node("Mul", "s z", "h"), node("Gemm", "h W2t B2", "y", transB=1, alpha=0.5)],
      ["y"], DENSE + [constant("beta", np.float32(1.702)), constant("W2t", W2.T.copy())],
      0.5 * ((hidden * sigmoid(float(np.float32(1.702)) * hidden)) @ W2) + B2)
w = weights(4, 1)
p = sigmoid(relu(hidden) @ w.astype(np.float64))
model("sklearn-binary", [
    node("Cast", "x", "c", to=TensorProto.FLOAT), node("MatMul", "c W1", "p"), node("Add", "p B1", "z"),
    node("Relu", "z", "h"), node("MatMul", "h w", "o"), node("Sigmoid", "o", "s"),
    node("Sub", "one s", "t"), node("Concat", "t s", "both", axis=1),
    node("ArgMax", "both", "a", axis=1), node("Cast", "a", "label", to=TensorProto.INT64),
    helper.make_node("ZipMap", ["both"], ["probabilities"], domain="ai.onnx.ml",
                     classlabels_strings=["stays", "quits"])],
      ["label", "probabilities"], DENSE + [constant("w", w), constant("one", np.float32(1))],
      np.concatenate([1 - p, p]))
model("clip-and-scale", [
    node("Sub", "x mean", "a"), node("Div", "a deviation", "b"), node("Clip", "b low high", "c"),
    node("Shape", "c", "s"), node("Gather", "s zero", "n", axis=0), node("Unsqueeze", "n axes", "u"),
    node("Concat", "u minus", "target", axis=0), node("Reshape", "c target", "f"),
    node("Gemm", "f W1 B1", "y")],
      ["y"], DENSE + [constant("mean", F_MEAN), constant("deviation", F_VARIANCE),
                      constant("low", np.float32(-0.5)), constant("high", np.float32(0.5)),
                      constant("zero", np.int64(0)), constant("axes", np.array([0])),
                      constant("minus", np.array([-1]))],
      np.clip((X - F_MEAN) / F_VARIANCE, -0.5, 0.5) @ W1 + B1)
model("bad-operator", [node("MatMul", "x W1", "z"), node("LRN", "z", "y", size=3)], ["y"], DENSE, None)
model("bad-sum", [node("MatMul", "x W1", "a"), node("MatMul", "x W1", "b"), node("Relu", "a", "c"),
                  node("Add", "c b", "y")], ["y"], DENSE, None)
model("bad-unknown-function", [node("MatMul", "x W1", "a"), node("Sigmoid", "a", "s"), node("Tanh", "a", "t"),
                               node("Mul", "s t", "y")], ["y"], DENSE, None)
model("bad-two-outputs", [node("MatMul", "x W1", "a"), node("Relu", "a", "b")], ["a", "b"], DENSE, None)
model("bad-types", [node("MatMul", "x W1", "y")], ["y"], DENSE, None, tensor=TensorProto.DOUBLE)


# PyTorch: safetensors by hand.
def safetensors(name, tensors, y):
    header, data = {}, b""
    for key, array in tensors.items():
        raw = array.tobytes()
        kind = {"float32": "F32", "int64": "I64"}[str(array.dtype)]
        header[key] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    (folder / (name + ".safetensors")).write_bytes(len(text).to_bytes(8, "little") + text + data)
    save(name, y)


factor = GAMMA.astype(np.float64) / np.sqrt(VARIANCE.astype(np.float64) + 1e-5)
slopes = weights(4)
safetensors("torch", {
    "fc1.weight": W1.T.copy(), "fc1.bias": B1, "bn.weight": GAMMA, "bn.bias": BETA, "bn.running_mean": MEAN,
    "bn.running_var": VARIANCE, "bn.num_batches_tracked": np.int64(3), "act.weight": slopes,
    "fc2.weight": W2.T.copy(), "fc2.bias": B2},
            softmax((lambda z: np.where(z > 0, z, slopes * z))(
                (hidden - MEAN) * factor + BETA) @ W2 + B2))
