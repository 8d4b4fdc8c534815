"""Files are written whole or not at all."""

import os
import stat

import pytest

from grader.report import write_file


def test_a_file_is_made_with_the_folders_it_needs(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    write_file(path, b"one")
    assert path.read_bytes() == b"one"
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_it_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write_file(tmp_path / "mine", b"")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("other", "mine")}
    assert len(modes) == 1


@pytest.mark.parametrize("moment", ["fdopen", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()], ids=["error", "ctrl-c"])
def test_what_was_there_stays_when_writing_is_cut_short(tmp_path, monkeypatch, moment, error):
    path = tmp_path / "result.json"
    path.write_bytes(b"old")

    def cut(*args, **kwargs):
        if moment == "fdopen":
            os.close(args[0])
        raise error

    monkeypatch.setattr(os, moment, cut)
    with pytest.raises(type(error)):
        write_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path):
    (tmp_path / "result.json").mkdir()
    with pytest.raises(OSError, match=r"result\.json"):
        write_file(tmp_path / "result.json", b"new")
    assert len(list(tmp_path.iterdir())) == 1
