"""The workers of one submission, and what they say of its sources."""

from collections.abc import Callable, Sequence
from typing import Any

from grader.course import (
    COURSES,
    Course,
    Question,
    SubmittedFile,
    hidden_paths,
    is_untouched,
    packaged_exercises,
)
from grader.messages import LANGUAGES, Text, say
from grader.results import Verdict
from grader.sandbox.levels import module_paths
from grader.session._faults import Fault
from grader.session._session import Session

__all__ = ["Workers"]

PRELOAD = ("numpy", "jax.numpy", "flax.nnx")
_INSPECT_SECONDS = 30.0


class Workers:
    """The sessions of one submission: one for each set of withheld modules, as their files must be hidden."""

    def __init__(
        self,
        course: Course,
        files: Sequence[SubmittedFile],
        launch: Callable[..., Any],
        shortcut: bool,
    ) -> None:
        self.course, self.launch = course, launch
        self.stubs = {file.question.id: _stub(course, file.question) for file in files}
        self.shortcut = shortcut
        self.runnable = [file for file in files if self.obstacle(file) is None]
        self.facts: dict[str, dict[str, Any] | Fault] = {}
        self._sessions: dict[tuple[str, ...], Session] = {}

    def obstacle(self, file: SubmittedFile) -> tuple[Verdict, Text] | None:
        """What settles a question without a worker: verdict and message."""
        name = file.question.file
        if file.problem:
            why = file.problem
            text = {one: say("unreadable_file", one, file=name, why=why[one]) for one in LANGUAGES}
            return Verdict.IMPORT_ERROR, text
        if file.content is None:
            text = {one: say("missing_file", one, file=name) for one in LANGUAGES}
            return Verdict.NOT_ATTEMPTED, text
        if self.shortcut and is_untouched(file.content, self.stubs[file.question.id]):
            return Verdict.NOT_ATTEMPTED, {one: say("untouched", one) for one in LANGUAGES}
        return None

    def start_first(self) -> None:
        """Start the workers that will be needed, while this process imports what it needs itself."""
        for file in self.runnable:
            self.session(file.question).start()

    def session(self, question: Question) -> Session:
        """The session in which the question's file runs; made on first use."""
        withheld = _enforced(question)
        if withheld not in self._sessions:
            mine = [f for f in self.runnable if _enforced(f.question) == withheld]
            modules = [name for name in withheld if "*" not in name]
            hidden = [*hidden_paths(self.course), *module_paths([*modules, COURSES])]
            self._sessions[withheld] = Session(
                {f.question.file: f.content or b"" for f in mine},
                self.launch,
                hidden=hidden,
                withheld=withheld,
                preload=[name for name in PRELOAD if name.split(".")[0] not in modules],
                memory_bytes=max(f.question.memory_mb for f in mine) * 2**20,
            )
        return self._sessions[withheld]

    def inspect(self, file: SubmittedFile) -> dict[str, Any] | Fault:
        """Facts about the file's source.

        All files of a session are looked at before any of them is loaded, while only our own code
        has run in the worker.
        """
        if file.question.id not in self.facts:
            session = self.session(file.question)
            for other in self.runnable:
                question = other.question
                if _enforced(question) != _enforced(file.question):
                    continue
                stub = self.stubs[question.id].decode("utf-8", "replace")
                try:
                    facts = session.inspect(
                        question.file, stub, question.withhold, _INSPECT_SECONDS
                    )
                except Fault as fault:
                    facts = fault
                self.facts[question.id] = facts
        return self.facts[file.question.id]

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()


def _enforced(question: Question) -> tuple[str, ...]:
    """What the worker keeps out of reach: where the manifest only advises, nothing."""
    return question.withhold if question.withhold_as == "forbidden" else ()


def _stub(course: Course, question: Question) -> bytes:
    path = packaged_exercises(course) / question.file
    return path.read_bytes() if path.is_file() else b""
