"""Question 6: one layer, then the others."""


def fits(size, layer):
    return size + 2 * layer.get("padding", 0) >= layer.get("kernel", layer.get("window", 0))


def obstacle(layer, shape):
    match layer["kind"]:
        case "conv" if layer["channels"] != shape[-1]:
            return "channels"
        case "conv" | "pool" if not all(fits(size, layer) for size in shape[:2]):
            return "too_small"
        case "dense" if list(shape) != [layer["inputs"]]:
            return "inputs"
    return None


def places(size, layer):
    free = size + 2 * layer.get("padding", 0) - layer.get("kernel", layer.get("window"))
    return 0 if free < 0 else 1 + places(size - layer["stride"], layer)


def layer_shape(layer, shape):
    match layer["kind"]:
        case "dense":
            return (layer["units"],)
        case "flatten":
            return (shape[0] * shape[1] * shape[2],)
        case "global_pool":
            return shape[2:]
    return (*(places(size, layer) for size in shape[:2]), layer.get("features", shape[2]))


def shapes(layers, shape):
    if not layers:
        return []
    if obstacle(layers[0], shape):
        return [None] * len(layers)
    out = layer_shape(layers[0], shape)
    return [out, *shapes(layers[1:], out)]


def first_failure(layers, shape, number=0):
    if not layers:
        return None
    if reason := obstacle(layers[0], shape):
        return number, reason
    return first_failure(layers[1:], layer_shape(layers[0], shape), number + 1)


def weights_of(layer):
    if layer["kind"] == "conv":
        return layer["features"] * (1 + layer["channels"] * layer["kernel"] * layer["kernel"])
    return layer["units"] * (1 + layer["inputs"]) if layer["kind"] == "dense" else 0


def stranded_weights(layers, shape):
    failure = first_failure(layers, shape)
    return sum(map(weights_of, layers[failure[0] :])) if failure else 0


def working_sizes(layers, channels, largest):
    if largest < 1:
        return []
    works = None not in shapes(layers, (largest, largest, channels))
    return working_sizes(layers, channels, largest - 1) + [largest] * works


ANSWER = "Measured, and concluded from the figures."
