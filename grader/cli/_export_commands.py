"""What is handed to other systems."""

import os
from pathlib import Path

from grader.cli._output import console, tell
from grader.cli._usage import UsageError, find_whole
from grader.messages import Language
from grader.text import one_line

__all__ = ["export"]


def export(
    platform: str,
    course_name: str,
    folder: Path,
    install: str | None,
    wheel: Path | None,
    language: Language,
) -> None:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from rich.progress import Progress

    from grader.authoring import RecordingError
    from grader.course import StubError
    from grader.exports import ExportError, Install
    from grader.exports import export as write

    if install is not None and wheel is not None:
        raise UsageError("--install and --wheel say the same thing twice: give one of them")
    course = find_whole(course_name, language)
    screen = console()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=None)
        try:
            paths = write(
                platform,
                course,
                folder,
                install=Install(install or "", wheel),
                language=language,
                on_question=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except (ExportError, RecordingError, StubError) as error:
            raise UsageError(str(error)) from error
        except OSError as error:
            raise UsageError(f"{one_line(folder)} cannot be written: {error}") from error
    tell(f"{one_line(paths[0])} says how to go on; {len(paths)} files in all")
