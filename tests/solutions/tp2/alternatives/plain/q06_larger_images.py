"""Question 6, a larger image than planned."""


def count(size: int, layer: dict) -> int:
    kernel = layer["kernel"] if layer["kind"] == "conv" else layer["window"]
    return (size + 2 * layer.get("padding", 0) - kernel) // layer["stride"] + 1


def weights(layer: dict) -> int:
    if layer["kind"] == "conv":
        return (layer["kernel"] ** 2 * layer["channels"] + 1) * layer["features"]
    if layer["kind"] == "dense":
        return (layer["inputs"] + 1) * layer["units"]
    return 0


def obstacle(layer: dict, shape: tuple) -> str | None:
    """What prevents a layer from being computed on an input of shape ``shape``."""
    kind = layer["kind"]
    if kind == "conv" and shape[2] != layer["channels"]:
        return "channels"
    if kind in ("conv", "pool") and min(count(shape[0], layer), count(shape[1], layer)) < 1:
        return "too_small"
    if kind == "dense" and shape != (layer["inputs"],):
        return "inputs"
    return None


def layer_shape(layer: dict, shape: tuple) -> tuple:
    """Shape of the output of a layer that nothing prevents from being computed."""
    kind = layer["kind"]
    if kind == "conv":
        return (count(shape[0], layer), count(shape[1], layer), layer["features"])
    if kind == "pool":
        return (count(shape[0], layer), count(shape[1], layer), shape[2])
    if kind == "global_pool":
        return (shape[2],)
    if kind == "flatten":
        size = 1
        for n in shape:
            size *= n
        return (size,)
    return (layer["units"],)


def shapes(layers: list[dict], shape: tuple) -> list[tuple | None]:
    """Shape of the output of each layer, one after the other."""
    found = []
    for layer in layers:
        if shape is not None:
            shape = None if obstacle(layer, shape) else layer_shape(layer, shape)
        found.append(shape)
    return found


def first_failure(layers: list[dict], shape: tuple) -> tuple[int, str] | None:
    """Where and why the computation stops."""
    for number, layer in enumerate(layers):
        reason = obstacle(layer, shape)
        if reason is not None:
            return (number, reason)
        shape = layer_shape(layer, shape)
    return None


def stranded_weights(layers: list[dict], shape: tuple) -> int:
    """Number of weights of the network that the image cannot put to use."""
    failure = first_failure(layers, shape)
    if failure is None:
        return 0
    return sum(weights(layer) for layer in layers[failure[0] :])


def working_sizes(layers: list[dict], channels: int, largest: int) -> list[int]:
    """Sides of the square images on which the whole network can be computed."""
    return [n for n in range(1, largest + 1) if first_failure(layers, (n, n, channels)) is None]
