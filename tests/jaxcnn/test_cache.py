"""The folder of the user's own files: where it is, and when it is refused."""

import os
import stat
import sys
from pathlib import Path

import pytest

from jaxcnn._cache import cache_folder, private_folder

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("JAXCNN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path.resolve()


def test_the_folder_lies_in_the_users_home_and_is_not_made_by_asking(home):
    root = cache_folder()
    assert not root.exists()
    assert root.is_relative_to(home)
    assert "jaxcnn" in root.parts


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG rules are Linux's")
@pytest.mark.parametrize(
    ("base", "expected"), [("{home}/x", "x/jaxcnn"), ("x", ".cache/jaxcnn"), ("", ".cache/jaxcnn")]
)
def test_xdg_cache_home_counts_when_it_is_absolute(home, monkeypatch, base, expected):
    monkeypatch.setenv("XDG_CACHE_HOME", base.format(home=home))
    assert cache_folder() == home / expected


def test_the_environment_variable_names_another_folder(home, monkeypatch):
    monkeypatch.setenv("JAXCNN_CACHE", "~/my/own")
    assert cache_folder() == home / "my" / "own"


def test_a_relative_folder_is_one_of_the_working_folder(home, monkeypatch):
    monkeypatch.chdir(home)
    monkeypatch.setenv("JAXCNN_CACHE", "here")
    assert cache_folder() == home / "here"


@posix
def test_nobody_else_can_enter_what_was_made(home):
    old = os.umask(0)
    try:
        root = private_folder(cache_folder())
    finally:
        os.umask(old)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.parent.stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_can_write_is_refused(home, mode):
    folder = home / "shared"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(PermissionError, match=rf"mode {mode:o}\), but a cache must be private"):
        private_folder(folder)


@posix
def test_a_folder_that_others_can_read_is_left_as_it_is(home):
    folder = home / "open"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    assert private_folder(folder) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@posix
def test_a_folder_of_another_user_is_refused(home, monkeypatch):
    (home / "theirs").mkdir()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(PermissionError, match=rf"belongs to user {me}, but .*\({me + 1}\)"):
        private_folder(home / "theirs")


@posix
def test_a_folder_that_everyone_can_replace_is_refused(home):
    (home / "open").mkdir()
    (home / "open").chmod(0o777)
    with pytest.raises(PermissionError, match=r"everyone .*can thus replace"):
        private_folder(home / "open" / "a" / "b")
    (home / "open").chmod(0o1777)  # as /tmp: only the owner of an entry may replace it
    assert private_folder(home / "open" / "a" / "b").is_dir()


@posix
def test_it_is_the_target_of_a_link_that_counts(home):
    (home / "target").mkdir()
    (home / "target").chmod(0o777)
    (home / "link").symlink_to(home / "target")
    with pytest.raises(PermissionError, match="target can be written by others"):
        private_folder(home / "link")


def test_a_file_in_its_place_is_an_error_of_the_system(home):
    Path(home / "file").touch()
    with pytest.raises(FileExistsError):
        private_folder(home / "file")
