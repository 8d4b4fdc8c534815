"""Builds the site: chapters in French and English, guides, reference, and a notebook of each chapter.

    python scripts/build_site.py [FOLDER]

Every cell of every chapter is executed, and every warning is an error. What the cells gave is kept in ``build/cells``,
so that only chapters that have changed are executed again. Needs ``pip install ".[site]"`` in a clone.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LANGUAGES = ("en", "fr")
_START = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>jaxcnn</title><style>
:root { background: Canvas; color-scheme: light dark; }
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; }
section { margin-top: 2rem; }
</style></head><body><main><h1>jaxcnn</h1>
<section><h2><a href="en/course/en/index.html">The course, in English</a></h2>
<p>Convolutional networks in JAX: eleven chapters whose cells were executed, guides, and the reference.</p></section>
<section lang="fr"><h2><a href="fr/course/fr/index.html">Le cours, en français</a></h2>
<p>Les réseaux de convolution en JAX : onze chapitres dont les cellules ont été exécutées, et des guides en
anglais.</p></section></main></body></html>
"""
# No kernel reads what whoever builds has set up for their own; its notice that it speaks TCP is no warning of ours.
_PROFILE = "c.IPKernelApp.log_level = 'ERROR'\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--no-cells", action="store_true", help="leave the cells out: a quick look")
    options = parser.parse_args()
    sys.path.insert(0, str(DOCS / "site"))
    from notebooks import write_notebooks
    from words import finish_pages

    began = time.monotonic()
    for language in LANGUAGES:
        folder = options.folder / language
        if (status := build(language, folder, executed=not options.no_cells)) != 0:
            return status
        finish_pages(folder, language)
        write_notebooks(DOCS / "course" / language, folder / "notebooks")
    (options.folder / "index.html").write_text(_START, "utf-8")
    pages = sum(1 for _ in options.folder.rglob("*.html"))
    print(f"{pages} pages in {options.folder}, {time.monotonic() - began:.0f} s")
    return 0


def build(language: str, folder: Path, *, executed: bool) -> int:
    """Sphinx's exit status: 0, or 1 where there was a single warning."""
    kept = ROOT / "build" / "cells" / language
    read = ROOT / "build" / ("doctrees" if executed else "doctrees-no-cells") / language
    cells = f"nb_execution_cache_path={kept}"
    mode = f"nb_execution_mode={'cache' if executed else 'off'}"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    command += ["-c", str(DOCS / "site"), "-d", str(read)]
    command += ["-D", f"language={language}", "-D", mode, "-D", cells, str(DOCS), str(folder)]
    return subprocess.run(command, check=False, env=_environment()).returncode


def _environment() -> dict[str, str]:
    """That of the kernels too: this checkout's packages, and what one chapter has compiled for the next ones."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    profile = ROOT / "build" / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(_PROFILE, "utf-8")
    return {
        "JAX_PLATFORMS": "cpu",
        "JAX_COMPILATION_CACHE_DIR": str(ROOT / "build" / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        **os.environ,
        "PYTHONPATH": path,
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": str(profile.parent),
    }


if __name__ == "__main__":
    sys.exit(main())
