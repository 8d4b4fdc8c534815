"""Checks of question 7: dense layers as convolutions, convolutions as dense layers."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

# (height, width, channels) of the dense layer's input, and its units
LAYERS = [(1, 2, 3, 1), (2, 3, 2, 2), (3, 2, 2, 3), (3, 1, 1, 2)]


def dense_layers(layers=LAYERS, larger=(0, 0)):
    """Draw (shape, image, weights, bias); the image exceeds the shape by `larger`."""
    return st.sampled_from(layers).flatmap(
        lambda layer: st.tuples(
            st.just(layer[:3]),
            integer_arrays((layer[0] + larger[0], layer[1] + larger[1], layer[2])),
            integer_arrays((layer[0] * layer[1] * layer[2], layer[3])),
            integer_arrays((layer[3],)),
        )
    )


@check(points=1, fr="Des poids au noyau", en="From weights to kernel")
@forall(layer=dense_layers())
def test_kernel(student, reference, layer):
    shape, _, weights, _ = layer
    agree(student.kernel_from_dense, reference.kernel_from_dense, weights, shape)


@check(points=1, fr="Poids venus de PyTorch", en="Weights that come from PyTorch")
@forall(layer=dense_layers())
def test_channels_first(student, reference, layer):
    shape, _, weights, _ = layer
    agree(student.kernel_from_dense, reference.kernel_from_dense, weights, shape, order="chw")


@check(points=1, fr="Même réponse que la couche dense", en="Same answer as the dense layer")
@forall(examples=10, layer=dense_layers(LAYERS[1:]))
def test_same_answer(student, reference, layer):
    shape, x, weights, bias = layer
    agree(student.dense_as_convolution, reference.dense_as_convolution, x, weights, bias, shape)


@check(
    points=1,
    fr="Sur une image plus grande",
    en="On a larger image",
    needs=("same_answer",),
)
@forall(examples=10, layer=dense_layers(LAYERS[1:], larger=(1, 2)))
def test_larger_image(student, reference, layer):
    shape, x, weights, bias = layer
    agree(student.dense_as_convolution, reference.dense_as_convolution, x, weights, bias, shape)


@check(points=1, fr="La réciproque", en="The converse")
@forall(kernel=integer_arrays((2, 1, 2, 2)))
def test_matrix(student, reference, kernel):
    """The map of outputs has 3 rows of 2."""
    agree(student.matrix_of_convolution, reference.matrix_of_convolution, kernel, (4, 2, 2))


@check(
    points=1,
    fr="L'aller et le retour",
    en="There and back",
    needs=("kernel", "matrix"),
)
@forall(examples=10, layer=dense_layers())
def test_round_trip(student, reference, layer):
    shape, _, weights, _ = layer
    kernel = agree(student.kernel_from_dense, reference.kernel_from_dense, weights, shape)
    agree(student.matrix_of_convolution, reference.matrix_of_convolution, kernel, shape)
