"""The native library is compiled where that is possible, and the reason is told where it is not."""

import importlib.util
import sys

import pytest

from jaxcnn.native import _compile, _library


@pytest.fixture
def linux(monkeypatch):
    """A system that the kernels are for, with no setting of the one that runs the test."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(_compile.platform, "machine", lambda: "x86_64")
    for name in ("CXX", "JAXCNN_NATIVE"):
        monkeypatch.delenv(name, raising=False)


def compiler_that(tmp_path, monkeypatch, script):
    path = tmp_path / "cxx"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("CXX", str(path))


def test_a_compiler_on_the_path_is_found(linux, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(_compile.CannotCompile, match="no C\\+\\+ compiler was found"):
        _compile.compiler()
    (tmp_path / "clang++").write_text("#!/bin/sh\n")
    (tmp_path / "clang++").chmod(0o755)
    assert _compile.compiler() == ["clang++"]


def test_the_compiler_that_is_asked_for_comes_first(linux, monkeypatch):
    monkeypatch.setenv("CXX", "ccache g++-13")
    assert _compile.compiler() == ["ccache", "g++-13"]


def test_none_is_compiled_where_none_is_asked_for(linux, monkeypatch):
    monkeypatch.setenv("JAXCNN_NATIVE", "0")
    with pytest.raises(_compile.CannotCompile, match="JAXCNN_NATIVE=0"):
        _compile.compiler()


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_other_systems_have_no_kernels(linux, monkeypatch, system, machine):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(_compile.platform, "machine", lambda: machine)
    with pytest.raises(_compile.CannotCompile, match=f"no native kernels for {system} {machine}"):
        _compile.compiler()


def test_a_compiler_that_fails_is_quoted_and_leaves_no_file(linux, monkeypatch, tmp_path):
    compiler_that(tmp_path, monkeypatch, "echo 'fatal: no such option' >&2; exit 1")
    output = tmp_path / "made" / "libjaxcnn.so"
    with pytest.raises(_compile.CannotCompile, match="failed: fatal: no such option"):
        _compile.build(output)
    assert not output.exists()


def test_a_compiler_that_is_not_there_is_told(linux, monkeypatch, tmp_path):
    monkeypatch.setenv("CXX", str(tmp_path / "missing"))
    with pytest.raises(_compile.CannotCompile, match="did not run"):
        _compile.build(tmp_path / "libjaxcnn.so")


def test_the_library_is_looked_for_where_it_is_compiled_to():
    assert _library._FILE.name == _compile.LIBRARY
    assert _library._FILE.parent == _compile._SOURCE.parent


def test_the_headers_are_those_of_the_installed_jaxlib():
    folder = _compile.headers()
    assert folder is not None
    assert folder.samefile(__import__("jax").ffi.include_dir())


@pytest.mark.skipif(not importlib.util.find_spec("hatchling"), reason="hatchling is not installed")
def test_a_wheel_without_the_library_is_pure(linux, monkeypatch, tmp_path):
    from pathlib import Path

    monkeypatch.setenv("JAXCNN_NATIVE", "0")
    spec = importlib.util.spec_from_file_location(
        "hatch_build", Path(__file__).parents[2] / "hatch_build.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said = []
    app = type("App", (), {"display_info": staticmethod(said.append)})
    hook = module.NativeKernels(str(tmp_path), {}, None, None, str(tmp_path), "wheel", app)
    data = {"force_include": {}, "pure_python": True}
    hook.initialize("standard", data)
    assert data == {"force_include": {}, "pure_python": True}
    assert hook.dependencies() == []
    assert len(said) == 1
    assert "JAXCNN_NATIVE=0" in said[0]
