"""Checks of question 6: which layers a larger image goes through."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

VGG16_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))

kernels = st.integers(1, 5)
strides = st.integers(1, 3)
sides = st.integers(1, 24)


def _convs(kernels, paddings):
    return st.fixed_dictionaries(
        {
            "kind": st.just("conv"),
            "channels": st.integers(1, 3),
            "features": st.integers(1, 4),
            "kernel": kernels,
            "stride": strides,
            "padding": paddings,
        }
    )


convs = _convs(kernels, st.integers(0, 2))
# Whether these fit into a small image is decided by its size and by the zeros, or by the size alone.
tight = st.one_of(_convs(st.integers(4, 5), st.just(1)), _convs(st.integers(2, 5), st.just(0)))
pools = st.fixed_dictionaries({"kind": st.just("pool"), "window": kernels, "stride": strides})
blocks = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 1), st.booleans(), st.integers(1, 4)), max_size=3
)


def conv(channels, features, kernel=3, stride=1, padding=1):
    """Describe a convolution, by default one that keeps the size."""
    return {
        "kind": "conv",
        "channels": channels,
        "features": features,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
    }


def pool(window=2, stride=2):
    """Describe a pooling layer, by default one that halves."""
    return {"kind": "pool", "window": window, "stride": stride}


def dense(inputs, units):
    """Describe a dense layer."""
    return {"kind": "dense", "inputs": inputs, "units": units}


def smallest(layer):
    """The smallest side of an image that a convolution or a pooling layer fits into."""
    return max(1, layer.get("kernel", layer.get("window")) - 2 * layer.get("padding", 0))


def small_network(reference, blocks, size, hidden, end="flatten"):
    """A network whose dense layers fit images of `size` (height, width, channels)."""
    layers, channels = [], size[2]
    for kernel, padding, halve, features in blocks:
        layers.append(conv(channels, features, kernel, 1, padding))
        layers.extend([pool()] if halve else [])
        channels = features
    layers.append({"kind": end})
    length = (reference.shapes(layers, size)[-1] or (7,))[0]
    return [*layers, dense(length, hidden), dense(hidden, 3)]


def vgg16(classes):
    """VGG16 as published, for 224 x 224 images."""
    layers, channels = [], 3
    for features, depth in VGG16_BLOCKS:
        for _ in range(depth):
            layers.append(conv(channels, features))
            channels = features
        layers.append(pool())
    return [
        *layers,
        {"kind": "flatten"},
        dense(25088, 4096),
        dense(4096, 4096),
        dense(4096, classes),
    ]


@check(points=1, fr="La forme après une couche", en="The shape after one layer", reveal=True)
@forall(examples=40, layer=st.one_of(convs, pools), height=sides, width=sides)
def test_layer_shape(student, reference, layer, height, width):
    shape = (height, width, layer.get("channels", 2))
    if reference.obstacle(layer, shape) is None:
        agree(student.layer_shape, reference.layer_shape, layer, shape)


@check(points=1, fr="La fin du réseau", en="The end of the network", reveal=True)
@forall(examples=8, height=sides, width=sides, channels=st.integers(1, 4))
def test_head_shape(student, reference, height, width, channels):
    shape = (height, width, channels)
    agree(student.layer_shape, reference.layer_shape, {"kind": "flatten"}, shape)
    agree(student.layer_shape, reference.layer_shape, {"kind": "global_pool"}, shape)
    layer = dense(height * width, channels)
    agree(student.layer_shape, reference.layer_shape, layer, (height * width,))


@check(points=1, fr="Ce qui empêche une couche", en="What stops a layer", reveal=True)
@forall(
    examples=15,
    layers=st.tuples(convs, tight, pools),
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    channels=st.integers(1, 3),
)
def test_obstacle(student, reference, layers, size, channels):
    for layer in layers:
        depth, least = layer.get("channels", channels), smallest(layer)
        # Whether a side fits is decided at the smallest that does, and one below.
        below = least - 1
        short = [(below, least), (least, below), (below, below)] if below else []
        for sides in (size, (least, least), *short):
            agree(student.obstacle, reference.obstacle, layer, (*sides, depth))
        for other in {depth + 1, max(1, depth - 1), layer.get("features", depth)} - {depth}:
            for sides in ((least, least), *short[:1]):
                agree(student.obstacle, reference.obstacle, layer, (*sides, other))
    agree(student.obstacle, reference.obstacle, {"kind": "flatten"}, (*size, channels))
    length = size[0] * size[1]
    for inputs in (3 * channels, length, length + 1, length - 1):
        agree(student.obstacle, reference.obstacle, dense(max(1, inputs), 5), (length,))


@check(
    points=1,
    fr="Toutes les formes, jusqu'à l'arrêt",
    en="All shapes, up to the stop",
    needs=("layer_shape", "head_shape", "obstacle"),
    reveal=True,
)
@forall(blocks=blocks, size=st.tuples(sides, sides), image=st.tuples(sides, sides))
def test_shapes(student, reference, blocks, size, image):
    layers = small_network(reference, blocks, (*size, 2), 4)
    agree(student.shapes, reference.shapes, layers, (*size, 2))
    agree(student.shapes, reference.shapes, layers, (*image, 2))


@check(
    points=1,
    fr="Où et pourquoi",
    en="Where and why",
    needs=("layer_shape", "head_shape", "obstacle"),
    reveal=True,
)
@forall(blocks=blocks, image=st.tuples(sides, sides), channels=st.integers(1, 3))
def test_first_failure(student, reference, blocks, image, channels):
    layers = small_network(reference, blocks, (12, 12, 2), 4)
    agree(student.first_failure, reference.first_failure, layers, (12, 12, 2))
    refused = [*layers[:-1], dense(5, 3)]  # by its last layer at the latest
    agree(student.first_failure, reference.first_failure, refused, (12, 12, 2))
    agree(student.first_failure, reference.first_failure, layers, (*image, channels))


@check(
    points=1,
    fr="Les poids inutilisables",
    en="The stranded weights",
    needs=("shapes",),
    reveal=True,
)
@forall(blocks=blocks, image=st.tuples(sides, sides), hidden=st.integers(1, 9))
def test_stranded_weights(student, reference, blocks, image, hidden):
    layers = small_network(reference, blocks, (12, 12, 2), hidden)
    agree(student.stranded_weights, reference.stranded_weights, layers, (*image, 2))
    # One that stops at a convolution: the first, or one that is soon too large.
    agree(student.stranded_weights, reference.stranded_weights, layers, (*image, 3))
    tiny = (1 + image[0] % 3, 1 + image[1] % 3, 2)
    agree(student.stranded_weights, reference.stranded_weights, layers, tiny)


@check(
    points=1,
    fr="Les tailles qui conviennent",
    en="The sizes that work",
    needs=("first_failure",),
    reveal=True,
)
@forall(examples=10, blocks=blocks, side=sides, end=st.sampled_from(["flatten", "global_pool"]))
def test_working_sizes(student, reference, blocks, side, end):
    layers = small_network(reference, blocks, (side, side, 2), 4, end)
    agree(student.working_sizes, reference.working_sizes, layers, 2, 24)


@check(
    points=1,
    fr="VGG16 devant une grande photo",
    en="VGG16 in front of a large photo",
    needs=("shapes", "stranded_weights", "working_sizes"),
)
def test_vgg16(student, reference, rng):
    layers = vgg16(int(rng.integers(10, 1000)))
    photo = (int(rng.integers(256, 800)), int(rng.integers(256, 800)), 3)
    agree(student.shapes, reference.shapes, layers, photo)
    agree(student.stranded_weights, reference.stranded_weights, layers, photo)
    agree(student.working_sizes, reference.working_sizes, layers, 3, int(rng.integers(260, 300)))
