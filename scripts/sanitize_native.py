"""Run the native kernels under sanitizers, over random convolutions, pools and sums, and wrong calls.

    python scripts/sanitize_native.py [address,undefined|thread] [--cases 200]

Compiles the library with ``-fsanitize`` into a temporary folder, starts Python with the sanitizer's
runtime loaded first, and in it runs the checks of ``tests/jaxcnn/functional/lowering/test_native*.py`` for
every kind of kernels that this processor can run. Ends with 0 where no sanitizer spoke. Leaks are not
looked for: Python's own are many.

``thread`` runs ``tests/native/threads.cc`` instead, without Python and XLA, whose own threads are not compiled for it.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_RUN = """
import sys
from pathlib import Path
from jaxcnn.native import _library
_library._FILE = Path(sys.argv[1])
from tests.jaxcnn.functional.lowering import (
    kernels, test_native as t, test_native_pools as p, test_native_statistics as s,
    test_native_winograd as w
)
assert kernels.KIND, t.native()
for kind in kernels.playable():
    kernels.choose(kind)
    done = sum(t.check(seed, spoiled=seed % 4 == 0) for seed in range(int(sys.argv[2])))
    t.test_large_maps_equal_the_sum_over_taps(kind)
    for what in t.WRONG:
        t.test_a_wrong_call_is_an_error(what)
    done += sum(w.check(seed, spoiled=seed % 4 == 0) for seed in range(int(sys.argv[2])))
    w.test_large_maps_equal_the_sum_over_taps(kind)
    for what in w.WRONG:
        w.test_a_wrong_call_is_an_error(what)
    for seed in range(int(sys.argv[2])):
        p.check(seed)
    p.test_large_maps_equal_the_windows_one_by_one(kind)
    for what in p.WRONG:
        p.test_a_wrong_call_is_an_error(what)
    for shape in s.SHAPES:
        s.test_moments_equal_those_in_float64(kind, shape)
        s.test_sums_equal_those_in_float64(kind, shape)
    for what in s.WRONG:
        s.test_a_wrong_call_is_an_error(what)
    print(
        f"{kind}: {done} convolutions, {len(t.LARGE) + len(w.LARGE)} of large maps, {sys.argv[2]} pools, "
        f"{len(p.LARGE)} of large maps, {len(s.SHAPES)} sums of channels, "
        f"{len(t.WRONG) + len(w.WRONG) + len(p.WRONG) + len(s.WRONG)} wrong calls",
        flush=True,
    )
"""


def threads(compiler: str) -> int:
    """Compile and run the callers from several threads; their exit status."""
    source = ROOT / "jaxcnn/native/source"
    flags = ["-std=c++17", "-O1", "-g", "-ffp-contract=fast", "-fsanitize=thread", f"-I{source}"]
    kinds = {"avx2": ["-march=x86-64-v3"], "avx512": ["-march=x86-64-v4"]}
    if platform.machine() != "x86_64":
        kinds = {"base": []}
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for number, machine in enumerate(kinds.values()):
            objects.append(str(Path(folder, f"{number}.o")))
            compile_ = [compiler, *flags, *machine, "-c", str(source / "kernels.cc")]
            subprocess.run([*compile_, "-o", objects[-1]], check=True)
        program = str(Path(folder, "threads"))
        sources = [
            str(source / f"{name}.cc")
            for name in ("convolution", "pooling", "processor", "statistics", "threads", "winograd")
        ]
        sources.append(str(ROOT / "tests/native/threads.cc"))
        link = [compiler, *flags, *sources, *objects, "-pthread", "-o", program]
        subprocess.run(link, check=True)
        return subprocess.run([program, *kinds], check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sanitizers", nargs="?", default="address,undefined")
    parser.add_argument("--cases", type=int, default=200)
    options = parser.parse_args()
    compiler = os.environ.get("CXX", "g++")
    if options.sanitizers == "thread":
        return told(threads(compiler))
    first = "libasan.so" if "address" in options.sanitizers else "libubsan.so"
    # jaxlib throws exceptions while it starts; the sanitizer finds how only if the C++ library is there.
    runtime = ":".join(
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in (first, "libstdc++.so.6")
    )
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "libjaxcnn.so")
        compile_ = [sys.executable, str(ROOT / "jaxcnn/native/_compile.py")]
        compile_ += ["--sanitize", options.sanitizers, "--output", str(library)]
        subprocess.run(compile_, check=True)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(library), str(options.cases)],
            env={
                **os.environ,
                "LD_PRELOAD": runtime,
                "ASAN_OPTIONS": "detect_leaks=0:halt_on_error=1",
                "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
                "PYTHONPATH": str(ROOT),
                "JAX_ENABLE_COMPILATION_CACHE": "0",
            },
            check=False,
        )
    return told(done.returncode)


def told(status: int) -> int:
    print("no sanitizer spoke" if status == 0 else f"status {status}")
    return status


if __name__ == "__main__":
    sys.exit(main())
