"""Names of the version before: understood, with a warning that says the new one, and listed nowhere."""

import importlib

import pytest

import jaxcnn
from jaxcnn._renamed import LAST_VERSION, RENAMED

_NAMES = [(package, *pair) for package, names in RENAMED.items() for pair in names.items()]


@pytest.mark.parametrize(("package", "old", "new"), _NAMES)
def test_an_old_name_is_the_new_one_with_a_warning(package, old, new):
    module = importlib.import_module(package)
    with pytest.warns(DeprecationWarning, match=rf"{package}\.{old} is now called {new}") as told:
        assert getattr(module, old) is getattr(module, new)
    assert [warning.filename for warning in told] == [__file__]
    assert new in module.__all__
    assert old not in module.__all__


@pytest.mark.parametrize("package", RENAMED)
def test_a_name_that_never_was_is_an_error_as_everywhere(package):
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'plot_nothing'"):
        importlib.import_module(package).plot_nothing  # noqa: B018


def test_old_names_go_with_the_version_after():
    assert jaxcnn.__version__.startswith(f"{LAST_VERSION}."), "delete what RENAMED holds"
