"""Sphinx's settings of the site; ``scripts/build_site.py`` builds it, once for each language (``-D language=fr``)."""

import functools
import hashlib
import sys
import tomllib
from pathlib import Path
from typing import Any

from nbclient import NotebookClient

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))
from words import FRENCH_COPYRIGHT, write_catalog  # noqa: E402

_PROJECT = tomllib.loads((_HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

project = _PROJECT["name"]
version = release = _PROJECT["version"]
project_copyright = "jaxcnn's authors, Apache-2.0"
language = "en"
locale_dirs = [str(write_catalog(_HERE.parents[1] / "build" / "locale"))]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "mathml",
    "pages",
]
exclude_patterns = ["site", "schema", "course/coverage.md"]
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_raise_on_error = True
nb_execution_timeout = 1200  # seconds of a machine that is busy with other things
# MyST-NB has no setting for how long a kernel may take to start, and there it is a minute.
NotebookClient.__init__ = functools.partialmethod(
    NotebookClient.__init__, startup_timeout=nb_execution_timeout
)
nb_execution_in_temp = True
nb_merge_streams = True
nb_render_markdown_format = "myst"  # CommonMark alone has no tables
nb_ipywidgets_js: dict[str, Any] = {}

napoleon_use_ivar = True  # attributes are described once, where the class is
autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # shapes are in the docstrings, and types of arrays say nothing
autodoc_preserve_defaults = True
default_role = "literal"

html_theme = "furo"
html_title = f"jaxcnn {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "reference.html",
        "sidebar/scroll-end.html",
    ]
}
copybutton_prompt_text = r"\$ "


def _of_one_language(app: Any, config: Any) -> None:
    """A site in one language has the chapters of that language; the reference is in English only."""
    config.root_doc = f"course/{config.language}/index"
    if config.language == "en":
        config.exclude_patterns += ["course/fr"]
    else:
        config.exclude_patterns += ["course/en", "api"]
        config.html_use_index = config.html_domain_indices = False  # of the reference
        config.copyright = FRENCH_COPYRIGHT


def setup(app: Any) -> None:
    # Pages that were built by another version of these modules are built again.
    code = b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    app.add_config_value("site_code", hashlib.sha256(code).hexdigest(), "env")
    app.connect("config-inited", _of_one_language, priority=1)
