import doctest
import importlib
import inspect
import pkgutil

import jax.numpy as jnp
import pytest

import jaxcnn.functional
import jaxcnn.testing

PUBLIC = {
    jaxcnn.functional: [
        "adaptive_avg_pool",
        "adaptive_max_pool",
        "avg_pool",
        "conv",
        "conv_output_size",
        "conv_transpose",
        "conv_transpose_output_size",
        "depthwise_conv",
        "explicit_padding",
        "fold",
        "global_avg_pool",
        "global_max_pool",
        "lp_pool",
        "max_pool",
        "max_unpool",
        "min_pool",
        "pad",
        "pool_output_size",
        "separable_conv",
        "unfold",
    ],
    jaxcnn.testing: [
        "ConvProblem",
        "PoolProblem",
        "conv_problems",
        "integer_arrays",
        "pool_problems",
    ],
}
FUNCTIONS = jaxcnn.functional.__all__
MODULES = [
    f"{package.__name__}.{found.name}"
    for package in PUBLIC
    for found in pkgutil.iter_modules(package.__path__)
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
    assert not doctest.testmod(module, extraglobs={"jnp": jnp, **names}).failed
