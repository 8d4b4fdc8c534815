"""Every example in the documentation of the package runs and shows what it says."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

from jaxcnn import weights

MODULES = [f"jaxcnn.weights.{module.name}" for module in pkgutil.iter_modules(weights.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_show_what_they_say(name, tmp_path):
    public = {public: getattr(weights, public) for public in weights.__all__}
    given = {"np": np, "folder": tmp_path, **public}
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs=given).failed == 0
