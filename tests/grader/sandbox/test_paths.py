"""Which names lead to a hidden path, and what Landlock may allow around it."""

import site
import sys
import sysconfig
from pathlib import Path

import pytest

import grader
from grader.sandbox import _paths, landlock
from grader.sandbox._paths import module_paths, names_of


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


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """An interpreter's folder that holds packages on no worker's path, as a base environment does."""
    monkeypatch.setattr(_paths, "python_paths", lambda: (str(tmp_path / "lib"),))
    _paths._package_places.cache_clear()
    yield tmp_path
    _paths._package_places.cache_clear()


@pytest.mark.parametrize("packages", ["site-packages", "dist-packages"])
def test_a_module_is_found_in_every_place_where_packages_may_be_read(prefix, packages):
    copy = prefix / "lib/python3.12" / packages / "jaxcnn"
    (copy / "data").mkdir(parents=True)
    found = module_paths(["jaxcnn.data"])
    assert str(copy / "data") in found
    assert any(path != str(copy / "data") for path in found), "the running package's own"


def test_what_was_compiled_from_a_module_is_found_with_it(prefix):
    package = prefix / "lib/python3.12/site-packages/box"
    (package / "__pycache__").mkdir(parents=True)
    named = [package / "lid.py", package / "__pycache__/lid.cpython-312.pyc"]
    for path in (*named, package / "lids.py"):
        path.touch()
    assert module_paths(["box.lid"]) == sorted(map(str, named))


def test_a_module_that_is_nowhere_has_no_path(prefix):
    assert module_paths(["box", "box.lid.hinge"]) == []


def test_the_worker_runs_the_code_that_this_process_runs():
    packages = (Path(place, "grader") for place in _paths.import_path())
    first = next(package for package in packages if (package / "__init__.py").is_file())
    assert first.samefile(Path(grader.__file__).parent)


@pytest.mark.parametrize("place", ["/usr/src/app", "/usr/local/src/app", "/usr/local/share/cache"])
def test_nobodys_own_folders_are_among_those_of_the_system(place):
    assert not [path for path in _paths.system_paths() if Path(place).is_relative_to(path)]


def test_beside_a_package_only_what_was_installed_with_it_can_be_read(tmp_path, monkeypatch):
    """As after `pip install --target`, into a folder that holds other things too."""
    for name in ("jaxcnn", "grader", "numpy", "submissions", "jaxcnn-0.1.0.dist-info"):
        (tmp_path / name).mkdir()
    lines = ["jaxcnn/__init__.py,sha256=x,1", "numpy/core.py,,", "../../bin/grader,,"]
    (tmp_path / "jaxcnn-0.1.0.dist-info/RECORD").write_text("\n".join(lines))
    monkeypatch.setattr(_paths, "_ROOT", tmp_path)
    cached = _paths.import_path, _paths.python_paths
    for function in cached:
        function.cache_clear()
    readable = _paths.python_paths()
    for function in cached:
        function.cache_clear()
    mine = {Path(p).name for p in readable if Path(p).is_relative_to(tmp_path)}
    assert mine == {"jaxcnn", "grader", "numpy"}


PACKAGES = f"{Path(sysconfig.get_path('stdlib')).name}/site-packages"
CONDA = {
    "miniconda3/envs/course/bin/python3.11": True,
    "miniconda3/envs/course/lib/libpython3.11.so.1.0": True,
    "miniconda3/envs/course/lib/libstdc++.so.6": True,
    "miniconda3/envs/course/lib/libopenblas.so.0": True,
    f"miniconda3/envs/course/lib/{PACKAGES}/numpy/core.py": True,
    "miniconda3/envs/course/conda-meta/history": False,
    "miniconda3/envs/course/share/solutions.py": False,
    "miniconda3/envs/course/lib/cmake/x.cmake": False,
    "miniconda3/pkgs/jaxcnn-0.1.0-py_0/site-packages/jaxcnn/nn.py": False,
    f"miniconda3/envs/other/lib/{PACKAGES}/jaxcnn/nn.py": False,
    f"miniconda3/lib/{PACKAGES}/jaxcnn/nn.py": False,
    "submissions/anna/q01.py": False,
}


@pytest.mark.parametrize("environment", ["miniconda3/envs/course", "miniconda3"])
def test_of_condas_folders_only_the_environment_that_runs_can_be_read(
    tmp_path, monkeypatch, environment
):
    """In a home, where the base environment holds the others, and what they were unpacked from."""
    for name in CONDA:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    prefix = str(tmp_path / environment)
    packages = f"{prefix}/lib/{PACKAGES}"
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("prefix", "base_prefix", "exec_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, prefix)
    monkeypatch.setattr(sys, "executable", f"{prefix}/bin/python3.11")
    monkeypatch.setattr(sys, "path", ["", packages])
    monkeypatch.setattr(site, "getsitepackages", lambda: [packages])
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
    cached = _paths._prefixes, _paths.import_path, _paths.python_paths
    for function in cached:
        function.cache_clear()
    readable = _paths.python_paths()
    for function in cached:
        function.cache_clear()
    found = {
        name for name in CONDA if any((tmp_path / name).is_relative_to(place) for place in readable)
    }
    wanted = {name for name, is_needed in CONDA.items() if is_needed}
    if environment == "miniconda3":  # its packages are the only thing of it in this tree
        wanted = {f"miniconda3/lib/{PACKAGES}/jaxcnn/nn.py"}
    assert found == wanted
