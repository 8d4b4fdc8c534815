"""The folder of case files: what of it is written and removed when a question is graded.

Nothing outside of it is touched, and in it only files that a grading wrote. Names come from the ids of checks.
"""

import contextlib
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from grader.cases._script import CannotBeWritten, script
from grader.messages import Language
from grader.report import write_file
from grader.results import Case, CheckResult, QuestionResult

__all__ = ["CaseFolder"]

_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST = 80
_MARK = "# {question}."  # how the first line of a case file begins
_ENDINGS = (".py", ".npz")


class CaseFolder:
    """Keeps one file for each failing check of the questions that are graded."""

    def __init__(
        self,
        memory: Path,
        student_file: Callable[[str], Path],
        language: Language,
    ) -> None:
        """Prepare, without touching anything.

        Args:
            memory: the folder ``.grader`` of the student's working folder.
            student_file: where the file of a question lies, by the question's id.
            language: of what the files say.
        """
        self._memory, self._folder = memory, memory / "cases"
        self._student_file = student_file
        self._language: Language = language
        self._paths: dict[str, Path] = {}  # id of a check -> its file

    def keep(self, question: QuestionResult, check: CheckResult) -> None:
        """Write the case of a check that failed; with a question's first check, remove what was written earlier.

        Where that is not possible nothing is written: a case is a help, and its absence no failure.
        """
        with contextlib.suppress(OSError):
            if self._memory.is_symlink() or self._folder.is_symlink():
                return  # it would lead out of here
            if check is question.checks[0]:
                self._remove(question.id)
            if isinstance(check.case, Case):
                self._write(question.id, check, check.case)

    def command(self, check: CheckResult) -> str:
        """What runs the case of a check, from the current folder; "" where there is none."""
        path = self._paths.get(check.id)
        return f"python {shlex.quote(os.path.relpath(path))}" if path else ""

    # ---------------------------------------------------------------------------------------- parts

    def _write(self, question: str, check: CheckResult, case: Case) -> None:
        path = self._folder / f"{self._name(check.id)}.py"
        file = self._student_file(question)
        try:
            text, archive = script(
                case,
                check=check,
                mark=_MARK.format(question=question) + self._name(check.id.partition(".")[2]),
                file=Path(os.path.relpath(file.absolute(), self._folder.absolute())),
                language=self._language,
            )
        except CannotBeWritten:
            return
        if archive:
            write_file(path.with_suffix(".npz"), archive)
        write_file(path, text.encode("utf-8"))
        self._paths[check.id] = path

    def _name(self, check: str) -> str:
        """The name of a check's file; two that are spelt alike share one, and the later check has it."""
        return _NO_NAME.sub("_", check)[:_LONGEST]

    def _remove(self, question: str) -> None:
        """Remove the files that an earlier grading wrote for a question."""
        for check in [name for name in self._paths if name.partition(".")[0] == question]:
            del self._paths[check]
        if not self._folder.is_dir():
            return
        mark = _MARK.format(question=question)
        for path in sorted(self._folder.glob("*.py")):
            if path.is_symlink() or not path.is_file():
                continue
            with path.open("rb") as stream:
                if not stream.readline(200).startswith(mark.encode()):
                    continue
            for ending in _ENDINGS:
                path.with_suffix(ending).unlink(missing_ok=True)
