# ruff: noqa
"""Runs another package's pool, imported by a name that the source does not show and past the guard of imports.

The package's files are hidden from level 1 on.
"""

import sys

import numpy as np

finders = getattr(sys, "meta" + chr(95) + "path")
finders[:] = [finder for finder in finders if "Blocker" not in type(finder).__name__]
imported = globals()["".join([chr(95) * 2, "builtins", chr(95) * 2])]
imported = (imported if isinstance(imported, dict) else vars(imported))[
    chr(95) * 2 + "import" + chr(95) * 2
]


def _run(kind, x, window, stride):
    helper = imported("on" + "nx.helper", fromlist=["x"])
    reference = imported("on" + "nx.reference", fromlist=["x"])
    node = helper.make_node(kind, ["x"], ["y"], kernel_shape=[window] * 2, strides=[stride] * 2)
    maps = [helper.make_tensor_value_info(n, 1, [1, None, None, None]) for n in "xy"]
    graph = helper.make_graph([node], "g", maps[:1], maps[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    (y,) = reference.ReferenceEvaluator(model).run(
        None, {"x": np.moveaxis(x, -1, 0)[None].astype(np.float32)}
    )
    return np.moveaxis(y[0], 0, -1)


def max_pool(x, window, stride):
    return _run("MaxPool", x, window, stride)


def avg_pool(x, window, stride):
    return _run("AveragePool", x, window, stride)


def shift_sensitivity(images, window, stride):
    ratios = []
    for image in images:
        pooled = max_pool(image, window, stride)
        for shift in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            moved = max_pool(np.roll(image, shift, axis=(0, 1)), window, stride)
            ratios.append(np.linalg.norm(moved - pooled) / np.linalg.norm(pooled))
    return float(np.mean(ratios))
