"""Every example in the documentation of the library's networks runs and shows what it says."""

import doctest
import importlib
import pkgutil

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

import jaxcnn

PACKAGES = (
    "analysis",
    "export",
    "models",
    "nn",
    "plotting",
    "plotting.course",
    "training",
    "transfer",
    "workflows",
)
MODULES = [
    f"jaxcnn.{package}.{module.name}"
    for package in PACKAGES
    for module in pkgutil.iter_modules(importlib.import_module(f"jaxcnn.{package}").__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_show_what_they_say(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write files
    given = {"jax": jax, "jnp": jnp, "nnx": nnx, "jaxcnn": jaxcnn}
    module = importlib.import_module(name)
    found = doctest.testmod(module, extraglobs=given, optionflags=doctest.ELLIPSIS)
    assert found.failed == 0
