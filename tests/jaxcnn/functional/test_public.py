import doctest
import importlib
import inspect
import pkgutil

import jax
import jax.numpy as jnp
import pytest

import jaxcnn.functional
import jaxcnn.testing

PUBLIC = {
    jaxcnn.functional: [
        "adaptive_avg_pool",
        "adaptive_max_pool",
        "adjust_brightness",
        "adjust_contrast",
        "affine_transform",
        "avg_pool",
        "compose",
        "conv",
        "conv_output_size",
        "conv_transpose",
        "conv_transpose_output_size",
        "course_augmentation",
        "crop",
        "cutmix",
        "cutout",
        "depthwise_conv",
        "explicit_padding",
        "flip",
        "fold",
        "global_avg_pool",
        "global_max_pool",
        "lp_pool",
        "max_pool",
        "max_unpool",
        "min_pool",
        "mixup",
        "pad",
        "pool_output_size",
        "random_affine",
        "random_brightness",
        "random_contrast",
        "random_crop",
        "random_cutmix",
        "random_cutout",
        "random_flip",
        "random_mixup",
        "random_rotation",
        "random_shear",
        "random_shift",
        "random_zoom",
        "rotate",
        "separable_conv",
        "shear",
        "shift",
        "unfold",
        "zoom",
    ],
    jaxcnn.testing: [
        "ConvProblem",
        "PoolProblem",
        "conv_problems",
        "counting_network",
        "integer_arrays",
        "limited_network",
        "pool_problems",
    ],
}
FUNCTIONS = jaxcnn.functional.__all__
MODULES = [
    found.name
    for package in PUBLIC
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
] + [package.__name__ for package in PUBLIC]


@pytest.mark.parametrize("package", PUBLIC, ids=lambda package: package.__name__)
def test_public_names_are_these(package):
    assert package.__all__ == PUBLIC[package]
    assert sorted(name for name in dir(package) if not name.startswith("_")) == PUBLIC[package]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_documents_arguments_result_errors_source_and_an_example(name):
    function = getattr(jaxcnn.functional, name)
    text = inspect.getdoc(function) or ""
    for part in ("Args:", "Returns:", "Raises:", "Source:", ">>> "):
        assert part in text
    for argument in inspect.signature(function).parameters:
        assert f"{argument}: " in text


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    names = {name: getattr(jaxcnn.functional, name) for name in FUNCTIONS}
    module = importlib.import_module(name)
    assert not doctest.testmod(module, extraglobs={"jax": jax, "jnp": jnp, **names}).failed
