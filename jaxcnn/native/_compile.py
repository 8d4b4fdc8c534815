"""Compile the native kernels: at installation by ``hatch_build.py``, by hand as a script.

    python jaxcnn/native/_compile.py [--sanitize address,undefined] [--output FILE]

Stands alone: it runs before jaxcnn is installed.
"""

import argparse
import importlib.metadata
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LIBRARY = "libjaxcnn.so"
_SOURCE = Path(__file__).with_name("source")
_FLAGS = ("-std=c++17", "-fPIC", "-fvisibility=hidden", "-ffp-contract=fast", "-Wall", "-Wextra")
# GCC 12 takes the undefined operand inside its own AVX-512 intrinsics for a mistake of ours.
_QUIET = ("-Wno-maybe-uninitialized", "-Wno-uninitialized")
_KINDS = {
    "x86_64": (("-march=x86-64-v3",), ("-march=x86-64-v4",)),
    "aarch64": ((),),
}


class CannotCompile(Exception):
    """Why there is no library; the pure lowering rules serve without one."""


def compiler() -> list[str]:
    """The command of a C++ compiler.

    Raises:
        CannotCompile: For a system without kernels, or without a compiler.
    """
    if not sys.platform.startswith("linux") or platform.machine() not in _KINDS:
        raise CannotCompile(f"there are no native kernels for {sys.platform} {platform.machine()}")
    if os.environ.get("JAXCNN_NATIVE") == "0":
        raise CannotCompile("JAXCNN_NATIVE=0 asks for none")
    asked = os.environ.get("CXX")
    if asked:
        return shlex.split(asked)
    for name in ("c++", "g++", "clang++"):
        if shutil.which(name):
            return [name]
    raise CannotCompile("no C++ compiler was found (c++, g++, clang++, or the variable CXX)")


def headers() -> Path | None:
    """The folder of XLA's headers, which jaxlib brings, in this environment or the one around it."""
    places = [*sys.path, str(Path(sys.prefix, "lib", _python(), "site-packages"))]
    for distribution in importlib.metadata.distributions(name="jaxlib", path=places):
        folder = Path(str(distribution.locate_file("jaxlib/include")))
        if (folder / "xla/ffi/api/ffi.h").is_file():
            return folder
    return None


def _python() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def build(output: Path, *flags: str) -> None:
    """Write the shared library.

    Raises:
        CannotCompile: With what the compiler said.
    """
    command = compiler()
    include = headers()
    if include is None:
        raise CannotCompile("jaxlib, which brings XLA's headers, is not installed")
    options = [*_FLAGS, *(flags or ("-O3",)), "-I", str(_SOURCE), "-isystem", str(include)]
    with tempfile.TemporaryDirectory() as folder:
        jobs = [("kernels.cc", (*machine, *_QUIET)) for machine in _KINDS[platform.machine()]]
        jobs += [
            (path.name, ()) for path in sorted(_SOURCE.glob("*.cc")) if path.name != jobs[0][0]
        ]
        objects = [str(Path(folder, f"{number}.o")) for number in range(len(jobs))]
        compile_ = [
            [*command, *options, *machine, "-c", str(_SOURCE / name), "-o", to]
            for (name, machine), to in zip(jobs, objects, strict=True)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as together:
            list(together.map(_run, compile_))
        made = Path(folder, LIBRARY)
        shared = ["-shared", f"-Wl,--version-script={_SOURCE / 'exports.map'}"]
        if not flags:  # sanitizers need symbols, and the C++ library of the process
            shared += ["-s", "-static-libstdc++", "-static-libgcc"]
        _run([*command, *flags, *shared, "-pthread", *objects, "-o", str(made)])
        output.parent.mkdir(parents=True, exist_ok=True)
        fresh = output.with_name(f".{output.name}.{os.getpid()}")
        shutil.copy2(made, fresh)
        os.replace(fresh, output)  # a process that has the old one loaded keeps it


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotCompile(f"{command[0]} did not run: {error}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise CannotCompile(f"{shlex.join(command[:1])} failed: {said[0] if said else 'silently'}")
    if done.stderr and os.environ.get("JAXCNN_NATIVE_VERBOSE"):
        print(done.stderr, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sanitize", help="as the compiler's -fsanitize")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name(LIBRARY))
    options = parser.parse_args()
    flags = ()
    if options.sanitize:
        flags = ("-O1", "-g", f"-fsanitize={options.sanitize}", "-fno-omit-frame-pointer")
    try:
        build(options.output, *flags)
    except CannotCompile as why:
        raise SystemExit(f"no native kernels: {why}") from None
    print(options.output)


if __name__ == "__main__":
    main()
