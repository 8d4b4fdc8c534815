"""Networks described once and built with Keras and with jaxcnn; run as a program it writes Keras' files.

A network is a list of steps: ``("conv", features, size)``, ``("nest", steps)``, ``("sides", main, side)``...
"""

import random
import sys
from pathlib import Path

SHAPE = (6, 6, 3)
ENDINGS = (".keras", ".weights.h5", ".h5")

FIXED = {
    "decoder": [("conv", 4, 3), ("up", 4, 2), ("conv", 4, 2), ("up", 4, 2)],
    "mobile": [("conv", 4, 3), ("norm",), ("depthwise", 3, 2), ("norm",), ("conv", 4, 1), ("norm",)],
    "separable": [("separable", 4, 3), ("conv", 4, 1), ("separable", 4, 3), ("norm",)],
    "nested": [("conv", 4, 3), ("nest", [("conv", 4, 3), ("norm",), ("conv", 4, 3)]), ("conv", 4, 3)],
    "shared": [("conv", 3, 3), ("shared", "a", 3), ("conv", 3, 3), ("shared", "a", 3)],
    "shared_in_nests": [("nest", [("shared", "a", 3), ("conv", 4, 3)]), ("conv", 3, 1),
                        ("nest", [("shared", "a", 3), ("conv", 5, 3)])],
    "many": [("conv", 3, 1)] * 12,
    "residual": [("conv", 4, 3), ("sides", [("conv", 4, 3), ("norm",), ("conv", 4, 3), ("norm",)],
                                  [("conv", 4, 1), ("norm",)])],
    "residual_turned": [("conv", 4, 3), ("sides_turned", [("conv", 4, 3), ("norm",), ("conv", 4, 3), ("norm",)],
                                         [("conv", 4, 1), ("norm",)])],
    "twins": [("sides_turned", [("conv", 4, 3)], [("conv", 4, 3)])],
    "bare_norms": [("conv", 4, 3), ("norm", "scale"), ("conv", 4, 3), ("norm", "center"), ("norm", None)],
    "heads": [("conv", 4, 3), ("pool",), ("dense", 5), ("dense", 5), ("dense", 2)],
}  # fmt: skip


def drawn(seed):
    """A random network."""
    draw = random.Random(seed)

    def steps(depth, count):
        found = []
        for _ in range(count):
            kind = draw.choice(
                ["conv", "conv", "up", "depthwise", "separable", "norm", "nest", "sides", "shared"]
            )
            width, size = draw.choice([3, 4]), draw.choice([1, 2, 3])
            if kind in ("nest", "sides") and not depth:
                continue
            if kind == "nest":
                found.append(("nest", steps(depth - 1, draw.randint(1, 3)) or [("conv", 3, 1)]))
            elif kind == "sides":
                sides = [
                    [s for s in steps(0, draw.randint(1, 3)) if s[0] != "up"] for _ in range(2)
                ]
                sides = [[*side, ("conv", width, 1)] for side in sides]
                found.append((draw.choice(["sides", "sides_turned"]), *sides))
            elif kind == "shared":
                found += [("conv", 3, 1), ("shared", draw.choice("ab"), 3)]
            elif kind == "norm":
                found.append(("norm", draw.choice(["both", "both", "scale", "center", None])))
            elif kind == "depthwise":
                found.append(("depthwise", size, draw.choice([1, 2])))
            elif kind == "up":
                found.append(("up", width, 2))
            else:
                found.append((kind, width, size))
        return found

    found, ups = [], 0
    for step in steps(2, draw.randint(3, 7)):  # maps stay small
        ups += step[0] == "up"
        if step[0] != "up" or ups < 3:
            found.append(step)
    return [*found, ("pool",), ("dense", 4), ("dense", 4)]


DRAWN = {f"drawn_{seed}": drawn(seed) for seed in range(20)}


def in_keras(steps, inputs, shared):
    from keras import Model, layers

    zeros = {"kernel_initializer": "zeros"}  # drawing takes longer than the rest; `write` sets all
    x = inputs
    for kind, *rest in steps:
        if kind == "conv":
            x = layers.Conv2D(rest[0], rest[1], padding="same", **zeros)(x)
        elif kind == "up":
            x = layers.Conv2DTranspose(rest[0], rest[1], strides=rest[1], **zeros)(x)
        elif kind == "depthwise":
            x = layers.DepthwiseConv2D(
                rest[0], depth_multiplier=rest[1], padding="same", depthwise_initializer="zeros"
            )(x)
        elif kind == "separable":
            x = layers.SeparableConv2D(
                rest[0], rest[1], padding="same", depthwise_initializer="zeros",
                pointwise_initializer="zeros",
            )(x)  # fmt: skip
        elif kind == "norm":
            which = rest[0] if rest else "both"
            x = layers.BatchNormalization(
                scale=which in ("both", "scale"), center=which in ("both", "center")
            )(x)
        elif kind == "shared":
            name, width = rest
            x = layers.Conv2D(3, 1, **zeros)(x) if x.shape[-1] != 3 else x
            if name not in shared:
                shared[name] = layers.Conv2D(width, 3, padding="same", **zeros)
            x = shared[name](x)
        elif kind == "nest":
            inner = layers.Input(x.shape[1:])
            x = Model(inner, in_keras(rest[0], inner, shared))(x)
        elif kind in ("sides", "sides_turned"):
            main, side = (in_keras(part, x, shared) for part in rest)
            x = layers.Add()([side, main] if kind == "sides_turned" else [main, side])
        elif kind == "pool":
            x = layers.GlobalAveragePooling2D()(x)
        elif kind == "dense":
            x = layers.Dense(rest[0], **zeros)(x)
    return x


def in_jaxcnn(steps):
    """The network, whose layers are made in the order of the steps."""
    from flax import nnx

    from jaxcnn import nn

    rngs = nnx.Rngs(0)
    shared = {}

    class Sides(nnx.Module):
        def __init__(self, main, side):
            self.main, self.side = main, side

        def __call__(self, x):
            return self.main(x) + self.side(x)

    def made(steps, ins):
        found = []
        for kind, *rest in steps:
            outs = ins
            if kind == "conv":
                outs, found = rest[0], [*found, nn.Conv2d(ins, *rest, rngs=rngs)]
            elif kind == "up":
                outs, found = rest[0], [*found, nn.ConvTranspose2d(ins, *rest, rest[1], rngs=rngs)]
            elif kind == "depthwise":
                size, times = rest
                layer = nn.DepthwiseConv2d(ins, size, channel_multiplier=times, rngs=rngs)
                outs, found = ins * times, [*found, layer]
            elif kind == "separable":
                outs, found = rest[0], [*found, nn.SeparableConv2d(ins, *rest, rngs=rngs)]
            elif kind == "norm":
                which = rest[0] if rest else "both"
                scale, bias = which in ("both", "scale"), which in ("both", "center")
                found.append(
                    nn.BatchNorm(
                        ins, use_running_average=True, epsilon=1e-3, use_scale=scale,
                        use_bias=bias, rngs=rngs,
                    )
                )  # fmt: skip
            elif kind == "shared":
                name, outs = rest
                if ins != 3:
                    found.append(nn.Conv2d(ins, 3, 1, rngs=rngs))
                if name not in shared:
                    shared[name] = nn.Conv2d(3, outs, 3, rngs=rngs)
                found.append(shared[name])
            elif kind == "nest":
                layer, outs = made(rest[0], ins)
                found.append(layer)
            elif kind in ("sides", "sides_turned"):
                (main, outs), (side, _) = (made(part, ins) for part in rest)
                found.append(Sides(main, side))
            elif kind == "pool":
                found.append(nn.GlobalAvgPool())
            elif kind == "dense":
                outs, found = rest[0], [*found, nn.Linear(ins, rest[0], rngs=rngs)]
            ins = outs
        return nn.Sequential(*found), ins

    return made(steps, SHAPE[-1])[0]


def drawn_weights(weights, np):
    rng = np.random.default_rng(1)
    for weight in weights:
        sign = 1 if "variance" in weight.path else rng.choice([-1, 1], weight.shape)
        fan_in = max(1, np.prod(weight.shape[:-1]))
        yield sign * rng.uniform(0.3, 1.2, weight.shape) / fan_in**0.5


def write(folder, networks):
    import keras
    import numpy as np

    x = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype("f")
    np.save(folder / "x.npy", x)
    for name, steps in networks.items():
        image = keras.layers.Input(SHAPE)
        model = keras.Model(image, in_keras(steps, image, {}))
        model.set_weights(list(drawn_weights(model.weights, np)))
        np.save(folder / f"{name}.npy", np.asarray(model(x, training=False)))
        for ending in ENDINGS:
            save = model.save_weights if "weights" in ending else model.save
            save(folder / f"{name}{ending}")


if __name__ == "__main__":
    write(Path(sys.argv[1]), {"fixed": FIXED, "drawn": DRAWN}[sys.argv[2]])
