"""Compiled programs are kept in a folder of the user's own, or not at all."""

import os
import subprocess
import sys

import numpy as np
import pytest

from jaxcnn import export
from jaxcnn.models import create_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    export.export_model(create_model("lenet5", seed=0)).save(folder / "lenet5.jaxcnn")
    np.save(folder / "x.npy", np.ones((32, 32, 1), np.float32))
    return folder


def run(folder, **environment):
    """The command in a process of its own, and whether all was found compiled."""
    code = (
        "import logging, sys\n"
        "from jaxcnn.cli import main\n"
        "sys.argv = ['jaxcnn', 'run', 'lenet5.jaxcnn', 'x.npy']\n"
        "try: main()\n"
        "except SystemExit as end: status = end.code\n"
        "import jax\n"
        "print(jax.config.jax_compilation_cache_dir)\n"
        "sys.exit(status)"
    )
    inherited = {name: value for name, value in os.environ.items() if "CACHE" not in name}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def programs(folder):
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("*-cache")}


def test_a_second_run_finds_the_programs_of_the_first(folder, tmp_path):
    first = run(folder, JAXCNN_CACHE=str(tmp_path / "mine"))
    kept = programs(tmp_path / "mine" / "compiled")
    assert len(kept) > 0
    second = run(folder, JAXCNN_CACHE=str(tmp_path / "mine"))
    assert second.stdout == first.stdout
    assert programs(tmp_path / "mine" / "compiled") == kept
    assert (first.stderr, second.stderr) == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_folder_that_others_can_write_is_not_used(folder, tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    done = run(folder, JAXCNN_CACHE=str(tmp_path / "open"))
    assert "compiled programs are not kept: " in done.stderr
    assert "must be private: chmod 700" in done.stderr
    assert done.stdout.splitlines()[-1] == "None"
    assert not list((tmp_path / "open").iterdir())


def test_jaxs_own_settings_come_first(folder, tmp_path):
    ours = str(tmp_path / "ours")
    theirs = run(folder, JAXCNN_CACHE=ours, JAX_COMPILATION_CACHE_DIR=str(tmp_path / "theirs"))
    assert theirs.stdout.splitlines()[-1] == str(tmp_path / "theirs")
    off = run(folder, JAXCNN_CACHE=ours, JAX_ENABLE_COMPILATION_CACHE="false")
    assert off.stdout.splitlines()[-1] == "None"
    assert not (tmp_path / "ours").exists()
