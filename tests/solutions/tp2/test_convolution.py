"""Question 1: right convolutions in many styles pass, and what visits the pixels or the library does not."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from grader.checks import Student
from grader.checks._agree import Expectation
from grader.course import load_question, read_course
from grader.results import Verdict
from grader.session import Fault

TP2 = read_course(Path(__file__).parents[3] / "solutions/tp2")
QUESTION = load_question(TP2, TP2.question("q01"))


def _sizes(x, kernel, stride):
    return [(n - k) // stride + 1 for n, k in zip(x.shape[:2], kernel.shape[:2], strict=True)]


def _padded(x, padding):
    return jnp.pad(x, ((padding, padding), (padding, padding), (0, 0)))


def offsets(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)
    y = bias
    for u in range(kernel.shape[0]):
        for v in range(kernel.shape[1]):
            last = u + stride * (rows - 1) + 1, v + stride * (columns - 1) + 1
            y = y + x[u : last[0] : stride, v : last[1] : stride] @ kernel[u, v]
    return y


def nested_vmap(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)

    def at(i, j):
        block = jax.lax.dynamic_slice(
            x, (i * stride, j * stride, 0), (*kernel.shape[:2], x.shape[2])
        )
        return jnp.tensordot(block, kernel, 3) + bias

    return jax.vmap(jax.vmap(at, (None, 0)), (0, None))(jnp.arange(rows), jnp.arange(columns))


@partial(jax.jit, static_argnames=("stride", "padding"))
def scanned_offsets(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)
    size = (rows - 1) * stride + 1, (columns - 1) * stride + 1, x.shape[2]

    def add(y, offset):
        u, v = offset // kernel.shape[1], offset % kernel.shape[1]
        part = jax.lax.dynamic_slice(x, (u, v, 0), size)[::stride, ::stride]
        return y + part @ kernel[u, v], None

    start = jnp.zeros((rows, columns, kernel.shape[3])) + bias
    return jax.lax.scan(add, start, jnp.arange(kernel.shape[0] * kernel.shape[1]))[0]


def numbered_pixels(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    numbers = np.arange(x.shape[0] * x.shape[1]).reshape(x.shape[:2])
    windows = np.lib.stride_tricks.sliding_window_view(numbers, kernel.shape[:2])[
        ::stride, ::stride
    ]
    blocks = x.reshape(-1, x.shape[2])[windows]
    return jnp.einsum("ijuvc,uvcf->ijf", blocks, kernel) + bias[None, None]


def matrices(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)
    down = jnp.stack(
        [jnp.eye(x.shape[0])[u:][: rows * stride : stride] for u in range(len(kernel))]
    )
    across = jnp.stack(
        [jnp.eye(x.shape[1])[v:][: columns * stride : stride] for v in range(kernel.shape[1])]
    )
    return jnp.einsum("uih,vjw,hwc,uvcf->ijf", down, across, x, kernel) + bias


def filter_by_filter(x, kernel, bias, stride=1, padding=0):
    def one(weights):
        return offsets(x, weights[..., None], jnp.zeros(1), stride, padding)[..., 0]

    return jnp.moveaxis(jax.lax.map(one, jnp.moveaxis(kernel, -1, 0)), 0, -1) + bias


def row_by_row(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, _ = _sizes(x, kernel, stride)
    strips = [x[i * stride : i * stride + len(kernel)] for i in range(rows)]
    return jnp.concatenate([offsets(strip, kernel, bias, stride) for strip in strips])


def shown(x, kernel, bias, stride=1, padding=0):
    jax.debug.print("{} {}", x.shape, kernel)
    return offsets(x, kernel, bias, stride, padding)


def _student(compiled_student_of, conv2d) -> Student:
    def loss(kernel, x, bias, target):
        return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)

    return compiled_student_of(conv2d=conv2d, loss=loss)


def _check(name, student):
    checks = QUESTION.load_checks()
    getattr(checks, f"test_{name}")(student, QUESTION.reference, np.random.default_rng(0))


STYLES = [offsets, nested_vmap, scanned_offsets, numbered_pixels, matrices, filter_by_filter]
STYLES += [row_by_row, shown]


@pytest.mark.parametrize("conv2d", STYLES)
def test_right_convolutions_in_other_styles_pass(compiled_student_of, conv2d):
    _check("large_image", _student(compiled_student_of, conv2d))


@pytest.mark.parametrize("conv2d", [nested_vmap, scanned_offsets, shown])
@pytest.mark.parametrize("name", ["vmap", "gradient"])
def test_they_go_through_every_transformation(compiled_student_of, conv2d, name):
    _check(name, _student(compiled_student_of, conv2d))


def test_a_convolution_in_64_bits_is_as_right(compiled_student_of):
    def with_doubles(x, kernel, bias, stride=1, padding=0):
        return offsets(*(jnp.asarray(a, jnp.float64) for a in (x, kernel, bias)), stride, padding)

    student = _student(compiled_student_of, with_doubles)
    export = student._session.operations.export

    def in_64_bits(**arguments):
        with jax.enable_x64(True):
            return export(**arguments)

    student._session.operations.export = in_64_bits
    for name in ("large_image", "gradient"):
        _check(name, student)


def pixel_by_pixel(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)
    sides = kernel.shape[:2]
    pixels = [
        jnp.tensordot(x[i * stride :, j * stride :][: sides[0], : sides[1]], kernel, 3) + bias
        for i in range(rows)
        for j in range(columns)
    ]
    return jnp.stack(pixels).reshape(rows, columns, -1)


def turning(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, stride)

    def at(number):
        start = number // columns * stride, number % columns * stride, 0
        block = jax.lax.dynamic_slice(x, start, (*kernel.shape[:2], x.shape[2]))
        return jnp.tensordot(block, kernel, 3) + bias

    return jax.lax.map(at, jnp.arange(rows * columns)).reshape(rows, columns, -1)


@pytest.mark.parametrize("conv2d", [pixel_by_pixel, turning])
def test_a_loop_over_the_pixels_is_told(compiled_student_of, conv2d):
    student = _student(compiled_student_of, conv2d)
    with pytest.raises(Expectation, match="visits the positions one by one"):
        _check("large_image", student)


def library(x, kernel, bias, stride=1, padding=0):
    numbers = ("NHWC", "HWIO", "NHWC")
    around = [(padding, padding)] * 2
    y = jax.lax.conv_general_dilated(
        x[None], kernel, (stride,) * 2, around, dimension_numbers=numbers
    )
    return y[0] + bias


def library_patches(x, kernel, bias, stride=1, padding=0):
    around = [(padding, padding)] * 2
    blocks = jax.lax.conv_general_dilated_patches(
        x[None], kernel.shape[:2], (stride,) * 2, around, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )[0]
    weights = jnp.moveaxis(kernel, 2, 0).reshape(-1, kernel.shape[3])
    return blocks @ weights + bias


def by_fourier(x, kernel, bias, stride=1, padding=0):
    x = _padded(x, padding)
    rows, columns = _sizes(x, kernel, 1)
    spectra = jnp.fft.fft2(x, axes=(0, 1))
    filters = jnp.conj(jnp.fft.fft2(kernel, x.shape[:2], axes=(0, 1)))
    y = jnp.fft.ifft2(jnp.einsum("hwc,hwcf->hwf", spectra, filters), axes=(0, 1)).real
    return y[:rows:stride, :columns:stride] + bias


@pytest.mark.parametrize(
    ("conv2d", "name"),
    [
        (library, "large_image"),
        (library, "vmap"),
        (library, "gradient"),
        (library_patches, "large_image"),
        (by_fourier, "large_image"),
    ],
)
def test_a_ready_made_convolution_is_forbidden(compiled_student_of, conv2d, name):
    student = _student(compiled_student_of, conv2d)
    with pytest.raises(Fault) as caught:
        _check(name, student)
    assert caught.value.verdict is Verdict.FORBIDDEN
