"""Question 7: einsum and the Fourier transform."""

import numpy as np


def dense(x, weights, bias):
    """Given: flatten, then multiply by the weights."""
    return x.reshape(-1) @ weights + bias


def kernel_from_dense(weights, shape, order="hwc"):
    sizes = dict(zip("hwc", shape, strict=True))
    laid = weights.reshape([*(sizes[axis] for axis in order), -1])
    return np.einsum(f"{order}u->hwcu", laid)


def dense_as_convolution(x, weights, bias, shape):
    """A product of spectra; the kernel is flipped, since that is a true convolution."""
    kernel = weights.reshape(*shape, -1)[::-1, ::-1].astype(np.float64)
    size = x.shape[0] + shape[0] - 1, x.shape[1] + shape[1] - 1
    spectra = (
        np.fft.rfft2(x.astype(np.float64), size, axes=(0, 1)),
        np.fft.rfft2(kernel, size, axes=(0, 1)),
    )
    full = np.fft.irfft2(np.einsum("ijc,ijcu->iju", *spectra), size, axes=(0, 1))
    return full[shape[0] - 1 : x.shape[0], shape[1] - 1 : x.shape[1]] + bias


def matrix_of_convolution(kernel, shape):
    kh, kw, channels, _filters = kernel.shape

    def lies_on(size, taps):
        positions = size - taps + 1
        places = np.arange(positions)[:, None] + np.arange(taps)
        return (np.arange(size)[:, None, None] == places).astype(
            kernel.dtype
        )  # (pixels, positions, taps)

    rows, columns = lies_on(shape[0], kh), lies_on(shape[1], kw)
    matrix = np.einsum("hiu,wjv,uvcf->hwcijf", rows, columns, kernel)
    return matrix.reshape(shape[0] * shape[1] * channels, -1)


ANSWER = "Measured, and concluded from the figures."
