"""Every operation compiles once for any batch and image size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F

from .helpers import quick_jit, whole_numbers

KERNEL = whole_numbers(3, 3, 2, 4)


def network(x):
    x = F.conv(x, KERNEL, strides=2)
    x = F.max_pool(x, 2, 1, ceil_mode=True)
    x = F.avg_pool(x, 3, 2, "same", count_include_pad=False)
    return F.global_avg_pool(x) + F.global_max_pool(x)


OPERATIONS = {
    "network": network,
    "stride beyond the kernel": lambda x: F.conv(x, KERNEL, strides=5),
    "circular": lambda x: F.conv(x, KERNEL, padding="full", padding_mode="circular"),
    "transposed": lambda x: F.conv_transpose(x, KERNEL, strides=2, padding="same"),
    "dilated pool": lambda x: F.max_pool(x, 2, kernel_dilation=2),
    "unpooled": lambda x: F.max_unpool(*F.max_pool(x, 2, return_indices=True), 2),
    "adaptive average": lambda x: F.adaptive_avg_pool(x, 7),
    "adaptive maximum": lambda x: F.adaptive_max_pool(x, 7, return_indices=True),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_symbolic_batch_and_image_size_give_the_same_values(name):
    operation = OPERATIONS[name]
    shape = jax.export.symbolic_shape("b, h, w, 2", constraints=("h >= 8", "w >= 8"))
    exported = jax.export.export(jax.jit(operation))(jax.ShapeDtypeStruct(shape, jnp.float32))
    x = whole_numbers(2, 13, 10, 2)
    found, expected = exported.call(x), quick_jit(operation)(x)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
