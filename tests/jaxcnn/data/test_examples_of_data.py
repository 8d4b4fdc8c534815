"""The examples in the docstrings about data do what they say."""

import doctest
import importlib.util
import pkgutil
from importlib import import_module

import pytest

import jaxcnn.data

MODULES = [
    module.name
    for module in pkgutil.walk_packages(jaxcnn.data.__path__, "jaxcnn.data.", lambda name: None)
    if not module.name.startswith("jaxcnn.data.builders")
]
BUILDERS = [f"jaxcnn.data.builders.{name}" for name in ("_arrays", "_base", "_photographs")]
NEEDED = ("tensorflow_datasets", "array_record", "importlib_resources")


@pytest.mark.parametrize("name", [*MODULES, *BUILDERS])
def test_the_examples_of_a_module_hold(name):
    if name in BUILDERS and not all(map(importlib.util.find_spec, NEEDED)):
        pytest.skip("tensorflow-datasets is not installed")
    result = doctest.testmod(import_module(name), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert result.failed == 0


def test_every_builder_has_an_example():
    if not all(map(importlib.util.find_spec, NEEDED)):
        pytest.skip("tensorflow-datasets is not installed")
    from jaxcnn.data import builders

    for name in builders.__all__:
        assert ">>>" in getattr(builders, name).__doc__
