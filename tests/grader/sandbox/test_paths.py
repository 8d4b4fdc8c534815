"""Which names lead to a hidden path, and what Landlock may allow around it."""

from pathlib import Path

import pytest

from grader.sandbox import landlock
from grader.sandbox._paths import names_of


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """``real/lib/package/{secret,open}`` with the links ``alias -> real`` and ``real/lib64 -> lib``."""
    package = tmp_path / "real/lib/package"
    for name in ("secret", "open"):
        (package / name).mkdir(parents=True)
    (tmp_path / "alias").symlink_to("real")
    (tmp_path / "real/lib64").symlink_to("lib")
    return tmp_path


def test_a_hidden_path_is_hidden_under_each_name_that_a_link_on_the_way_gives_it(tree):
    readable = [str(tree / "alias/lib"), str(tree / "real/lib")]
    hidden = [str(tree / "real/lib/package/secret")]
    assert names_of(hidden, readable) == [
        str(tree / "alias/lib/package/secret"),
        str(tree / "real/lib/package/secret"),
    ]


def test_a_hidden_path_outside_everything_readable_has_no_name(tree):
    assert names_of([str(tree / "real")], [str(tree / "real/lib")]) == []


@pytest.mark.parametrize("path", ["real", "alias", "real/lib64", "alias/lib64"])
@pytest.mark.parametrize("hidden", ["real/lib/package/secret", "alias/lib64/package/secret"])
def test_no_link_lets_landlock_allow_what_is_hidden(tree, path, hidden):
    pieces = landlock.covering(str(tree / path), [str(tree / hidden)])
    assert pieces == [str(tree / "real/lib/package/open")]


def test_a_path_without_anything_hidden_is_allowed_as_a_whole(tree):
    assert landlock.covering(str(tree / "alias"), ["/elsewhere"]) == [str(tree / "real")]
