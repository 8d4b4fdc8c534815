"""The command that draws the figures of the course."""

import pytest
from typer.testing import CliRunner

from jaxcnn.cli import app
from jaxcnn.plotting import course

pytest.importorskip("matplotlib")


def figure(*arguments):
    return CliRunner().invoke(app, ["figure", *map(str, arguments)])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_list_names_every_figure_with_what_it_shows(language):
    listed = figure("list", "--lang", language)
    assert listed.exit_code == 0
    rows = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
    assert tuple(name for name, _ in rows) == course.list_figures()
    assert [title for _, title in rows] == [
        course.figure_title(name, language=language) for name, _ in rows
    ]


@pytest.mark.parametrize(
    ("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF")]
)
def test_a_figure_is_written_in_the_format_of_the_ending(tmp_path, ending, begins):
    path = tmp_path / f"a.{ending}"
    assert figure("cross-correlation", "-o", path, "--lang", "fr").exit_code == 0
    assert path.read_bytes().startswith(begins)


def test_a_still_of_what_moves_can_be_written_too(tmp_path):
    for ending, begins in (("gif", b"GIF89a"), ("png", b"\x89PNG")):
        path = tmp_path / f"a.{ending}"
        assert figure("sliding_kernel", "--output", path).exit_code == 0
        assert path.read_bytes().startswith(begins)


def test_the_same_figure_is_the_same_svg(tmp_path):
    for name in ("one", "other"):
        figure("cross-correlation", "-o", tmp_path / f"{name}.svg")
    one, other = ((tmp_path / f"{name}.svg").read_bytes() for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cross-corelation", "-o", "a.png"), "did you mean 'cross-correlation'?"),
        (("qqq", "-o", "a.png"), "'qqq') is no figure of the course: image-sizes, "),
        (("image-sizes",), "--output must name a file to write, such as -o image-sizes.png"),
        (("image-sizes", "-o", "a.docx"), "--output (='a.docx') must end with .png"),
        (("image-sizes", "-o", "a.gif"), "'image-sizes' does not move"),
        (("image-sizes", "-o", "nowhere/a.png"), "must be in a folder that exists"),
        (
            ("image-sizes", "-o", "a.png", "--lang", "de"),
            "--lang (='de') must be one of 'fr', 'en'",
        ),
        (("list", "--lang", "de"), "--lang (='de') must be one of 'fr', 'en'"),
    ],
)
def test_a_wrong_call_says_what_to_write_instead(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    refused = figure(*arguments)
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1
    assert said in refused.stderr
    assert not list(tmp_path.iterdir())
