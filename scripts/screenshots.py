"""Draws the README's pictures from real runs: a half-finished submission graded in each language.

    python scripts/screenshots.py [FOLDER]

The submission is made from the course itself: question 1 with a known mistake in it, question 2 done,
the rest untouched.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from grader.authoring import variant_source
from grader.checks._declare import mistake_info
from grader.course import Course, find_course, load_question, packaged_exercises
from grader.grading import grade
from grader.messages import LANGUAGES, Language
from grader.report import GLUE, TerminalReport, write_file

_THEME = TerminalTheme(
    (24, 26, 31),
    (215, 218, 224),
    [
        (60, 64, 72),
        (224, 108, 117),
        (120, 190, 110),
        (220, 180, 100),
        (97, 160, 240),
        (198, 120, 221),
        (86, 182, 194),
        (200, 204, 212),
    ],
)
_TYPO = """

def conv_parameters(kernel, in_channels, filters):
    return kernel * kernel * in_chanels * filters
"""
_COMMAND = {"fr": "grader run q01 q02 q03 --lang fr", "en": "grader run q01 q02 q03 --lang en"}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    course = find_course("tp2")
    with tempfile.TemporaryDirectory() as place:
        submit(course, Path(place))
        for language in LANGUAGES:
            draw(course, Path(place), language, folder / f"report-{language}.svg")


def submit(course: Course, place: Path) -> None:
    """A student in the middle of the work."""
    first, second = course.questions[:2]
    trusted = load_question(course, first)
    variants = {mistake_info(variant).id: variant for variant in trusted.mistakes}
    source = variant_source(trusted, variants["conv2d_loops.stride_only_in_the_size"])
    source += _TYPO
    (place / first.file).write_text(source)
    (place / second.file).write_bytes((course.path / second.folder / "solution.py").read_bytes())
    for question in course.questions[2:]:
        (place / question.file).write_bytes(
            (packaged_exercises(course) / question.file).read_bytes()
        )


def draw(course: Course, place: Path, language: Language, target: Path) -> None:
    with open(os.devnull, "w") as nowhere:
        console = Console(
            record=True, width=96, file=nowhere, force_terminal=False, highlight=False
        )
        console.print(f"$ {_COMMAND[language]}\n", style="bold")
        report = TerminalReport(console, language)
        report.start(course.title[language])
        result = grade(
            course,
            place,
            questions=("q01", "q02", "q03"),
            seed=7,
            language=language,
            on_check=report.check_done,
        )
        report.finish(result)
    svg = console.export_svg(title="jaxcnn", theme=_THEME, unique_id=f"report-{language}").replace(
        GLUE, "\u00a0"
    )
    # Rich's picture asks a web server for its font; every machine has some monospaced one.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    write_file(target, svg.encode())


if __name__ == "__main__":
    main()
