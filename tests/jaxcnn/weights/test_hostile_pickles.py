"""A pickle that tries something is an error that names the rule, and nothing of it ever runs."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from jaxcnn.weights import UnsafeFileError, WeightFileError, read_weights

from . import hostile

CONTAINERS = {"zip": hostile.archive, "legacy": hostile.legacy, "bare": hostile.bare}
ROOT = Path(__file__).parents[3]

# What reading may do, of all that Python reports to an audit hook.
WATCHER = """
import json, os, sys
import numpy as np
from jaxcnn.weights import WeightFileError, read_weights
paths = json.loads(sys.stdin.read())
for path in paths[:1]:
    try: read_weights(path)
    except WeightFileError: pass
seen = []
def watch(event, arguments):
    if event != "open" or str(arguments[0]) not in paths or arguments[2] & 3 != os.O_RDONLY:
        seen.append(f"{event}{arguments}"[:200])
sys.addaudithook(watch)
for path in paths:
    try: read_weights(path)
    except WeightFileError: pass
print(json.dumps(sorted(set(seen))))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize("trick", hostile.RUN_BY_PICKLE)
def test_the_trick_works_on_pickle(trick, tmp_path):
    canary = tmp_path / hostile.CANARY
    pickle.loads(hostile.armed(hostile.RUN_BY_PICKLE[trick], canary))
    assert canary.exists()


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("trick", hostile.RUN_BY_PICKLE)
def test_the_trick_does_nothing_here(trick, container, tmp_path):
    canary = tmp_path / hostile.CANARY
    path = tmp_path / "weights.pth"
    path.write_bytes(CONTAINERS[container](hostile.armed(hostile.RUN_BY_PICKLE[trick], canary)))
    with pytest.raises(UnsafeFileError, match=r"not on the list of names|makes objects of classes"):
        read_weights(path)
    assert [file.name for file in tmp_path.iterdir()] == ["weights.pth"]


@pytest.mark.parametrize("container", ["zip", "legacy"])
@pytest.mark.parametrize("trick", hostile.PICKLES)
def test_the_error_names_the_rule(trick, container, tmp_path):
    content, error, rule = hostile.PICKLES[trick]
    path = tmp_path / "weights.pth"
    path.write_bytes(CONTAINERS[container](b"\x80\x02" + content))
    with pytest.raises(error, match=rule) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("trick", hostile.ARCHIVES)
def test_a_hostile_archive_is_an_error_that_names_the_rule(trick, tmp_path):
    make, error, rule = hostile.ARCHIVES[trick]
    path = tmp_path / "weights.pth"
    path.write_bytes(make())
    with pytest.raises(error, match=rule) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)


def test_reading_hostile_files_imports_opens_and_starts_nothing(tmp_path):
    contents = [b"\x80\x02" + content for content, _, _ in hostile.PICKLES.values()]
    contents += [hostile.armed(p, tmp_path / "canary") for p in hostile.RUN_BY_PICKLE.values()]
    files = [wrap(c) for c in contents for wrap in CONTAINERS.values()]
    files += [make() for make, _, _ in hostile.ARCHIVES.values()]
    files = [file for file in files if len(file) < 300_000]  # the long ones are only slow
    paths = []
    for k, file in enumerate(files):
        paths.append(str(tmp_path / f"{k}.pth"))
        Path(paths[-1]).write_bytes(file)
    result = subprocess.run(
        [sys.executable, "-c", WATCHER],
        input=json.dumps(paths), capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert set(json.loads(result.stdout)) == set()  # events beside reading
    assert len(paths) > 150


def test_an_honest_file_in_the_same_containers_is_read(tmp_path):
    honest = b"\x80\x02" + hostile.entries(weight=hostile.tensor()) + b"."
    for container in ("zip", "legacy"):
        path = tmp_path / f"{container}.pth"
        path.write_bytes(CONTAINERS[container](honest))
        assert read_weights(path)["weight"].tolist() == [0, 0, 0, 0]


def test_a_memo_index_of_two_billion_takes_no_memory(tmp_path):
    path = tmp_path / "weights.pth"
    content = hostile.entries(weight=hostile.tensor()) + b"r\xff\xff\xff\x7f."
    path.write_bytes(hostile.archive(b"\x80\x02" + content))
    assert list(read_weights(path)) == ["weight"]


def test_max_bytes_lets_an_expanded_tensor_in(tmp_path):
    path = tmp_path / "weights.pth"
    content = hostile.entries(weight=hostile.tensor((2**20,), (0,)))
    path.write_bytes(hostile.archive(b"\x80\x02" + content + b"."))
    with pytest.raises(UnsafeFileError, match="'weight': the arrays up to this one take 4194304"):
        read_weights(path)
    assert read_weights(path, max_bytes=2**22)["weight"].shape == (2**20,)


def test_an_error_is_a_value_error_with_its_parts(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(hostile.archive(b"\x80\x02" + hostile.name("os", "system") + b"."))
    with pytest.raises(ValueError, match=r"asks for 'os\.system'") as caught:
        read_weights(path)
    assert isinstance(caught.value, WeightFileError)
    assert caught.value.path == path
    assert "nothing was run" in caught.value.rule
