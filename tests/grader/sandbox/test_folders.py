"""Removing what hostile code left in its scratch folder."""

import os
from pathlib import Path

from grader.sandbox._folders import remove


def test_a_tree_deeper_than_recursion_and_path_lengths_allow_is_removed(tmp_path):
    top = tmp_path / "top"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    remove(top)
    assert not top.exists()


def test_folders_without_permissions_are_removed(tmp_path):
    locked = tmp_path / "top/locked/inner"
    locked.mkdir(parents=True)
    (locked / "file").write_text("x")
    locked.chmod(0)
    locked.parent.chmod(0)
    remove(tmp_path / "top")
    assert not (tmp_path / "top").exists()


def test_a_link_is_removed_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    (tmp_path / "top").mkdir()
    (tmp_path / "top/link").symlink_to(outside)
    remove(tmp_path / "top")
    assert (outside / "kept").exists()
    assert not (tmp_path / "top").exists()


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    remove(Path(tmp_path / "nothing"))
