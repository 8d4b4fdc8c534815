"""docs/figures.md has every figure, and its pictures are those that the functions draw now."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.plotting import course

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
FOLDER = ROOT / "docs/images/course"


def test_the_page_lists_every_figure_with_its_title():
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    names = course.list_figures()
    assert rows == [(name, course.figure_title(name)) for name in names]


@pytest.fixture(scope="module")
def script():
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "course_figures", ROOT / "scripts/course_figures.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_shown_somewhere_and_made_by_the_script(script):
    shown = set()
    for page in (ROOT / "docs").glob("*.md"):
        shown |= set(re.findall(r"images/course/([\w.-]+)", page.read_text(encoding="utf-8")))
    made = {f"{name}.png" for name in script.STILLS} | {f"{name}.gif" for name in script.MOVING}
    assert {path.name for path in FOLDER.iterdir()} == made == shown


def test_no_picture_is_older_than_what_it_shows(script):
    pytest.importorskip("matplotlib")
    pictures = [(name, "en", FOLDER / f"{name}.png") for name in script.STILLS]
    pictures += [found for found in script.of_statements() if found[2].suffix == ".png"]
    for name, language, path in pictures:
        told = _told(path)
        now = script.drawn(script.still(name, language))
        again = f"{path} is older than what it shows: python scripts/course_figures.py"
        assert told["words"] == now["words"], again
        assert told["means"] == pytest.approx(now["means"], abs=0.02), again


def test_no_animation_is_older_than_what_it_shows(script):
    pytest.importorskip("matplotlib")
    from PIL import Image

    pictures = [(name, "en", FOLDER / f"{name}.gif") for name in script.MOVING]
    pictures += [found for found in script.of_statements() if found[2].suffix == ".gif"]
    for name, language, path in pictures:
        again = f"{path} is older than what it shows: python scripts/course_figures.py"
        animation = course.draw_figure(name, language=language)
        with Image.open(path) as moving:
            assert moving.n_frames == animation.number, again
            for place in (0, animation.number - 1):
                moving.seek(place)
                then = np.asarray(moving.convert("RGB"), np.float32)
                now = np.asarray(animation._pixels(place), np.float32)
                assert then.shape == now.shape, again
                assert np.abs(then - now).mean() < 0.2, again  # 256 colours became 64


def _told(path):
    from PIL import Image

    with Image.open(path) as image:
        return json.loads(image.text["drawn"])


def test_every_picture_of_a_statement_comes_in_both_languages_and_is_shown(script):
    pictures = list(script.of_statements())
    assert len(pictures) >= 20
    for name, language, path in pictures:
        statement = (path.parent / f"statement.{language}.md").read_text(encoding="utf-8")
        assert f"]({path.name})" in statement
        other = {"fr": "en", "en": "fr"}[language]
        assert (path.parent / f"{name}.{other}{path.suffix}").is_file()
