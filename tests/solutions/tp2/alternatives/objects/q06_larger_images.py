"""Question 6: a class for each kind of layer."""

from itertools import accumulate


class Window:
    def __init__(self, size, stride, padding=0):
        self.size, self.stride, self.padding = size, stride, padding

    def places(self, length):
        return len(range(0, length + 2 * self.padding - self.size + 1, self.stride))


class Conv:
    def __init__(self, *, channels, features, kernel, stride, padding):
        self.window = Window(kernel, stride, padding)
        self.channels, self.features = channels, features

    def refuses(self, shape):
        if shape[2] != self.channels:
            return "channels"
        return None if all(map(self.window.places, shape[:2])) else "too_small"

    def shape(self, shape):
        return (*map(self.window.places, shape[:2]), self.features)

    @property
    def weights(self):
        return self.features * (self.window.size**2 * self.channels + 1)


class Pool:
    weights = 0

    def __init__(self, *, window, stride):
        self.window = Window(window, stride)

    def refuses(self, shape):
        return None if min(map(self.window.places, shape[:2])) > 0 else "too_small"

    def shape(self, shape):
        return (*map(self.window.places, shape[:2]), shape[2])


class GlobalPool:
    weights = 0

    def refuses(self, shape):
        return None

    def shape(self, shape):
        return (shape[-1],)


class Flatten(GlobalPool):
    def shape(self, shape):
        product = 1
        for length in shape:
            product *= length
        return (product,)


class Dense:
    def __init__(self, *, inputs, units):
        self.inputs, self.units = inputs, units

    def refuses(self, shape):
        return None if tuple(shape) == (self.inputs,) else "inputs"

    def shape(self, shape):
        return (self.units,)

    @property
    def weights(self):
        return self.inputs * self.units + self.units


KINDS = {"conv": Conv, "pool": Pool, "global_pool": GlobalPool, "flatten": Flatten, "dense": Dense}


def made(layer):
    settings = dict(layer)
    return KINDS[settings.pop("kind")](**settings)


def obstacle(layer, shape):
    return made(layer).refuses(shape)


def layer_shape(layer, shape):
    return made(layer).shape(tuple(shape))


def shapes(layers, shape):
    def after(current, layer):
        layer = made(layer)
        return None if current is None or layer.refuses(current) else layer.shape(current)

    return list(accumulate(layers, after, initial=tuple(shape)))[1:]


def first_failure(layers, shape):
    inputs = [tuple(shape), *shapes(layers, shape)]
    for number, (layer, given) in enumerate(zip(layers, inputs, strict=False)):
        if reason := made(layer).refuses(given):
            return (number, reason)
    return None


def stranded_weights(layers, shape):
    outs = shapes(layers, shape)
    return sum(made(layer).weights for layer, out in zip(layers, outs, strict=True) if not out)


def working_sizes(layers, channels, largest):
    def works(n):
        return all(shapes(layers, (n, n, channels)))

    return [*filter(works, range(1, largest + 1))]


ANSWER = "Measured, and concluded from the figures."
