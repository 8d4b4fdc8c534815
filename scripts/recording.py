"""Records ``grader watch`` as a student sees it: three questions from the stub to full marks, with typical mistakes.

    python scripts/recording.py [FOLDER]

Needs tmux. Writes, for each language, a transcript of the screens and a picture of two of them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text
from screenshots import _THEME

from grader.authoring import variant_source
from grader.checks._declare import mistake_info
from grader.course import find_course, in_language, load_question, without_markers
from grader.messages import LANGUAGES, Language, say
from grader.report import write_file

_COLUMNS, _LINES = 92, 36
_MISTAKES = {
    "q05": "contrast_energy.not_squared",
    "q06": "obstacle.padding_forgotten",
    "q07": "dense_as_convolution.bias_forgotten",
}
_PATIENCE = 120.0  # seconds
_SESSION = f"recording-{os.getpid()}"


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    for language in LANGUAGES:
        screens = record(language)
        told = [f"--- {what} ---\n\n{screen}\n" for what, screen, _ in screens]
        write_file(folder / f"watch-{language}.txt", "\n".join(told).encode())
        shown = [styled for what, _, styled in screens if what.startswith("q05")][1:3]
        write_file(folder / f"watch-{language}.svg", picture(shown, language).encode())


def record(language: Language) -> list[tuple[str, str, str]]:
    """What was done, the screen afterwards, and the same with its styles."""
    course = find_course("tp2")
    screens = []
    with tempfile.TemporaryDirectory() as place:
        grader = [sys.executable, "-m", "grader"]
        home = Path(place) / "tp"
        environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
        subprocess.run(
            [*grader, "init", str(home), "--lang", language],
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        size = ["-x", str(_COLUMNS), "-y", str(_LINES)]
        command = f"cd {home} && PYTHONPATH={Path.cwd()} {' '.join(grader)} watch q05"
        _tmux("new-session", "-d", "-s", _SESSION, *size, command)
        try:
            for number, (name, mistake) in enumerate(_MISTAKES.items()):
                question = course.question(name)
                path = home / "exercises/tp2" / question.file
                if number:  # the one before is right, and the next one waits
                    _tmux("send-keys", "-t", _SESSION, "r")
                screens.append((f"{name}: stub", *_screen(language)))
                trusted = load_question(course, question)
                variants = {mistake_info(v).id: v for v in trusted.mistakes}
                path.write_text(variant_source(trusted, variants[mistake]))
                screens.append((f"{name}: {mistake}", *_screen(language)))
                _tmux("send-keys", "-t", _SESSION, "h")
                time.sleep(1.5)
                screens.append((f"{name}: h", *_captured()))
                source = (course.path / question.folder / "solution.py").read_text("utf-8")
                path.write_text(in_language(without_markers(source), language))
                screens.append((f"{name}: right", *_screen(language)))
        finally:
            subprocess.run(["tmux", "kill-session", "-t", _SESSION], check=False)
    return screens


def picture(screens: list[str], language: Language) -> str:
    """Screens one below the other."""
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere, force_terminal=True)
        for screen in screens:
            console.print(Text.from_ansi(screen.rstrip() + "\n"))
    svg = console.export_svg(title="grader watch", theme=_THEME, unique_id=f"watch-{language}")
    # Rich's picture asks a web server for its font; every machine has some monospaced one.
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def _screen(language: Language) -> tuple[str, str]:
    """The screen once a grading is over: what keys do is the last that is written."""
    _screen_changes()
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        plain, styled = _captured()
        if plain.rstrip().endswith(say("watch_keys", language)[-8:]):
            return plain, styled
        time.sleep(0.2)
    raise TimeoutError(_captured()[0])


def _screen_changes() -> None:
    before = _captured()[0]
    until = time.monotonic() + 5
    while _captured()[0] == before and time.monotonic() < until:
        time.sleep(0.05)


def _captured() -> tuple[str, str]:
    plain, styled = (_tmux("capture-pane", "-t", _SESSION, "-p", *more) for more in ((), ("-e",)))
    return plain.rstrip(), styled.rstrip()


def _tmux(*arguments: str) -> str:
    command = [shutil.which("tmux") or "tmux", *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


if __name__ == "__main__":
    main()
