"""The references of q11 to q21 against other implementations, and the worked numbers of their statements."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from grader.course import find_course, load_question
from jaxcnn import functional as F
from jaxcnn.analysis import count_parameters
from jaxcnn.models import create_model

COURSE = find_course(str(Path(__file__).parents[3] / "solutions" / "foundations"))


def _solution(question):
    return load_question(COURSE, COURSE.question(question)).reference


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_pooling_is_that_of_the_library(rng):
    q11 = _solution("q11")
    x = rng.normal(size=(7, 9, 2)).astype(np.float32)
    for window, stride in ((2, 2), (3, 2), (2, 3)):
        np.testing.assert_allclose(
            q11.max_pool(x, window, stride), F.max_pool(x[None], window, strides=stride)[0]
        )
        np.testing.assert_allclose(
            q11.avg_pool(x, window, stride),
            F.avg_pool(x[None], window, strides=stride)[0],
            rtol=1e-5,
        )
    np.testing.assert_array_equal(q11.min_pool(x, 3, 2), -q11.max_pool(-x, 3, 2))


def test_gradients_of_pooling_are_those_of_jax(rng):
    q12 = _solution("q12")
    x = rng.permutation(126).astype(np.float32).reshape(7, 9, 2)
    for window, stride in ((2, 2), (3, 1), (2, 3)):
        for pool, backward in (
            (F.max_pool, lambda up, w, s: q12.max_pool_backward(x, up, w, s)),
            (F.avg_pool, lambda up, w, s: q12.avg_pool_backward(x.shape, up, w, s)),
        ):
            y, pull = jax.vjp(lambda z, p=pool, w=window, s=stride: p(z[None], w, strides=s)[0], x)
            upstream = rng.normal(size=y.shape).astype(np.float32)
            found = backward(upstream, window, stride)
            np.testing.assert_allclose(found, pull(jnp.asarray(upstream))[0], atol=1e-5)


def test_where_pixels_are_equal_the_first_receives_everything():
    q12 = _solution("q12")
    gradient = q12.max_pool_backward(np.ones((2, 2, 1), np.float32), np.full((1, 1, 1), 5.0), 2, 2)
    assert gradient[..., 0].tolist() == [[5, 0], [0, 0]]


def test_only_multiples_of_stride_and_window_are_followed(rng):
    q13 = _solution("q13")
    x, kernel = rng.normal(size=(16, 16)), rng.normal(size=(3, 3))
    for stride, window in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 1)):
        step = stride * window
        assert q13.harmless_shifts(x, kernel, stride, window, 6) == list(range(0, 7, step))


def test_paths_are_the_gradient_of_a_network_of_ones():
    q14 = _solution("q14")
    layers = [(3, 2), (5, 1), (2, 3)]

    def neuron(x):
        for kernel, stride in layers:
            rows = stride * np.arange((len(x) - kernel) // stride + 1)[:, None] + np.arange(kernel)
            x = x[rows].sum(axis=1)
        return x[1]

    expected = jax.grad(neuron)(jnp.zeros(30))
    np.testing.assert_array_equal(q14.paths(layers, 1, 30), expected)
    first, last = q14.pixels_seen(layers, 1)
    assert (first, last) == (int(np.nonzero(expected)[0][0]), int(np.nonzero(expected)[0][-1]))


def test_the_statement_of_q14_has_the_fields_of_lenets_layers():
    q14 = _solution("q14")
    layers = [(5, 1), (2, 2), (5, 1), (2, 2)]
    rows = [(q14.field_size(layers[:n]), q14.field_jump(layers[:n])) for n in range(5)]
    assert rows == [(1, 1), (5, 1), (6, 2), (14, 2), (16, 4)]
    assert q14.paths([(3, 1), (3, 1)], 0, 5).tolist() == [1, 2, 3, 2, 1]
    assert q14.layers_needed(3, 7) == 3


def test_gradients_of_a_convolution_are_those_of_jax(rng):
    q15 = _solution("q15")
    x, kernel = rng.normal(size=(6, 7, 2)), rng.normal(size=(3, 2, 2, 4))
    bias, upstream = rng.normal(size=4), rng.normal(size=(4, 6, 4))

    def loss(x, kernel, bias):
        return jnp.sum(F.conv(x[None], kernel, bias, padding="valid")[0] * upstream)

    arrays = [jnp.asarray(array, jnp.float32) for array in (x, kernel, bias)]
    of_x, of_kernel, of_bias = jax.grad(loss, argnums=(0, 1, 2))(*arrays)
    np.testing.assert_allclose(q15.input_gradient(kernel, upstream), of_x, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(q15.kernel_gradient(x, upstream), of_kernel, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(q15.bias_gradient(upstream), of_bias, rtol=1e-4, atol=1e-4)
    tried = q15.finite_difference(x, kernel, bias, upstream, (2, 1, 0, 3), 0.5)
    assert tried == pytest.approx(float(of_kernel[2, 1, 0, 3]), rel=1e-3, abs=1e-3)


def test_the_worked_example_of_q15():
    q15 = _solution("q15")
    x, kernel = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1), np.array([5.0, 7]).reshape(1, 2, 1, 1)
    upstream = np.array([1.0, 0, 2]).reshape(1, 3, 1)
    assert q15.conv2d(x, kernel, np.zeros(1)).ravel().tolist() == [19, 31, 43]
    assert q15.bias_gradient(upstream).tolist() == [3]
    assert q15.kernel_gradient(x, upstream).ravel().tolist() == [7, 10]
    assert q15.input_gradient(kernel, upstream).ravel().tolist() == [5, 7, 10, 14]


def test_lenet_has_the_parameters_of_the_librarys():
    q16 = _solution("q16")
    rows = q16.summary(q16.lenet(), (28, 28, 1))
    assert [count for _, count in rows if count] == [520, 25050, 1225500, 5010]
    assert rows[5][0] == (7, 7, 50)
    library = count_parameters(create_model("lenet", num_classes=10, seed=0))
    assert sum(count for _, count in rows) == library == 1256080


def test_the_gradient_of_the_scores_is_that_of_jax(rng):
    q17 = _solution("q17")
    scores, labels = rng.normal(size=(5, 4)), rng.integers(0, 4, 5)

    def loss(scores):
        return -jnp.mean(jax.nn.log_softmax(scores)[jnp.arange(5), labels])

    value, gradient = jax.value_and_grad(loss)(jnp.asarray(scores, jnp.float32))
    assert q17.cross_entropy(scores, labels) == pytest.approx(float(value), rel=1e-5)
    np.testing.assert_allclose(q17.score_gradient(scores, labels), gradient, atol=1e-6)
    assert q17.cross_entropy(np.zeros((1, 3)), np.array([1])) == pytest.approx(1.0986, abs=1e-4)


def test_training_makes_the_loss_smaller(rng):
    q17 = _solution("q17")
    x, labels = rng.normal(size=(30, 3)), rng.integers(0, 2, 30)
    losses = [
        q17.cross_entropy(x @ q17.train(x, labels, 2, steps, 0.1, 0.5), labels)
        for steps in (0, 5, 20)
    ]
    assert losses[0] > losses[1] > losses[2]


def test_batch_normalisation_folds_into_the_convolution_before_it(rng):
    q15, q18 = _solution("q15"), _solution("q18")
    x, kernel, bias = rng.normal(size=(6, 5, 2)), rng.normal(size=(3, 3, 2, 4)), rng.normal(size=4)
    scale, shift, mean = rng.normal(size=(3, 4))
    variance = rng.random(4) + 0.1
    after = q18.batch_norm_eval(
        q15.conv2d(x, kernel, bias)[None], scale, shift, mean, variance, 0.01
    )
    folded = q15.conv2d(x, *q18.fold(kernel, bias, scale, shift, mean, variance, 0.01))
    np.testing.assert_allclose(folded, after[0], rtol=1e-6)


def test_a_normalised_batch_has_mean_shift_and_deviation_scale(rng):
    q18 = _solution("q18")
    y = q18.batch_norm_train(rng.normal(3, 2, (4, 5, 6, 2)), np.array([2.0, 3.0]), np.ones(2), 0.0)
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 1)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), [2, 3])
    example = np.array([1.0, 3, 5, 7]).reshape(4, 1, 1, 1)
    found = q18.batch_norm_train(example, np.array([6.0]), np.array([1.0]), 4.0)
    np.testing.assert_allclose(found.ravel(), [-5, -1, 3, 7])


def test_the_worked_numbers_of_q19():
    q19 = _solution("q19")
    assert q19.multiplications(8, 8, 1, 4, 3, 1) == 2304
    assert q19.multiplications(8, 8, 1, 4, 3, 2) == 576
    y = np.array([[1, 2, 5, 0], [3, 4, 1, 1], [6, 0, 2, 7], [1, 2, 0, 3]])
    assert q19.peaks_lost(y, 2) == 0.5
    assert (q19.unread_pixels(11, 2, 3), q19.unread_pixels(12, 2, 4)) == (3, 6)


def test_a_strided_map_is_that_of_the_library(rng):
    q19 = _solution("q19")
    x, kernel = rng.normal(size=(7, 8)), rng.normal(size=(3, 2))
    expected = F.conv(
        jnp.asarray(x[None, :, :, None], jnp.float32),
        jnp.asarray(kernel[:, :, None, None], jnp.float32),
        strides=2,
        padding="valid",
    )
    np.testing.assert_allclose(q19.strided_map(x, kernel, 2), expected[0, :, :, 0], rtol=1e-4)


def test_chance_repeats_and_each_image_of_a_batch_has_its_own(rng):
    q20 = _solution("q20")
    images = np.repeat(rng.random((1, 8, 9, 2)), 4, axis=0)
    once, again = (q20.augment_batch(images, 7, 2, 0.1) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert len({image.tobytes() for image in once}) == 4
    assert not np.array_equal(once, q20.augment_batch(images, 8, 2, 0.1))
    enlarged = q20.crop(np.array([[1.0, 2, 3], [4, 5, 6]])[..., None], 0, 2, 1)[..., 0]
    assert enlarged.tolist() == [[0, 0, 0], [2, 3, 0]]


def test_a_series_gets_the_same_parameters_whatever_its_length(rng):
    q21 = _solution("q21")
    x, kernel = rng.normal(size=11), rng.normal(size=5)
    found = q21.conv1d(x[:, None], kernel[:, None, None], np.zeros(1))[:, 0]
    np.testing.assert_allclose(found, np.correlate(x, kernel, mode="same"))
    example = q21.conv1d(
        np.array([[1.0], [2], [4]]), np.array([1.0, 0, -1])[:, None, None], np.zeros(1)
    )
    assert example.ravel().tolist() == [-2, -3, 2]
    assert q21.global_average(np.maximum(example, 0)) == pytest.approx(2 / 3)
