"""The workers of one submission, and what they say of its sources."""

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from grader.course import (
    COURSES,
    Course,
    Question,
    SubmittedFile,
    hidden_paths,
    is_untouched,
    load_question,
    read_numbers,
    read_stub,
)
from grader.messages import Text, in_all, say, spoken
from grader.results import Verdict
from grader.sandbox.levels import choose, module_paths
from grader.session._faults import Fault
from grader.session._imports import JAX, needs_jax
from grader.session._isolated import Isolated, References
from grader.session._session import Session, WorkerNotStarted
from grader.session._time import QuestionTime, question_seconds, run_time
from grader.text import one_line

__all__ = ["SpareWorkers", "Workers", "sharing"]

PRELOAD = ("numpy", "jax.numpy", "flax.nnx")
_READER_PRELOAD = ("numpy", "jax.numpy")


class _Rules(NamedTuple):
    """What a worker is started with; what is equal here may stand in for each other."""

    withheld: tuple[str, ...]
    memory_bytes: int
    preload: tuple[str, ...]
    purpose: Literal["submission", "programs", "isolated", "reference"] = "submission"


class SpareWorkers:
    """Workers that were started before there was anything to run in them, for runs of the same questions of one person.

    They have imported the packages and hold nothing of any submission. A run takes what it needs, and ends that;
    :meth:`fill` starts others in its place, and what no run has taken ends with :meth:`close`.
    """

    def __init__(
        self, course: Course, questions: Sequence[Question], isolation: int | str = "auto"
    ) -> None:
        """Start them, without waiting.

        Args:
            course: the course.
            questions: that will be graded.
            isolation: as in :func:`grader.grade`.

        Raises:
            IsolationUnavailable: for a level that this machine cannot give.
        """
        self.granted, self.launch = choose(isolation)
        self._course = course
        self._sessions: dict[_Rules, Session] = {}
        self._wanted = {_rules(questions_of) for questions_of in sharing(questions)}
        if any(question.programs for question in questions):
            self._wanted.add(_reader_rules(questions))
        if len(questions) == 1:  # of several, nobody knows which one will need them
            isolated = _isolated_rules(questions[0])
            self._wanted |= {isolated, _reference_rules(questions[0])}
        self.fill()

    def fill(self) -> None:
        """Start what is missing, without waiting."""
        for rules in self._wanted - self._sessions.keys():
            session = _session(self._course, self.launch, rules, ahead=True)
            self._sessions[rules] = session
            with contextlib.suppress(WorkerNotStarted):  # its first request says so again
                session.start()

    def take(self, rules: _Rules) -> Session | None:
        """One of them, if there is one with these rules that still runs."""
        session = self._sessions.pop(rules, None)
        if (
            session is not None and not session.runs
        ):  # who waits for long may be killed for want of memory
            session.close()
            return None
        return session

    def close(self) -> None:
        """End what was not taken, and give back what all shared: whatever was taken has been closed by then."""
        sessions, self._sessions = self._sessions, {}
        _close(sessions.values())
        self.launch.close()


class Workers:
    """The sessions of one submission: one for each set of withheld modules, as their files must be hidden."""

    def __init__(
        self,
        course: Course,
        files: Sequence[SubmittedFile],
        launch: Callable[..., Any],
        shortcut: bool,
        seconds: Callable[[Question], float],
        total: float | None,
        spare: SpareWorkers | None = None,
        part: Collection[str] | None = None,
    ) -> None:
        """Prepare, without starting anything.

        Args:
            course: the course.
            files: what was submitted.
            launch: from :func:`grader.sandbox.levels.choose`.
            shortcut: whether an untouched stub is settled without a worker.
            seconds: own time of one call into a question's code.
            total: own time of the run, if not as much as follows from the questions.
            spare: workers to use before new ones are started.
            part: ids of the questions that these workers are for, where others see to the rest of the submission: purse
                and memory are the whole's all the same.
        """
        self.course, self.launch, self._spare = course, launch, spare
        calls = {file.question.id: seconds(file.question) for file in files}
        self.time = run_time([question_seconds(call) for call in calls.values()], total)
        self._times = {name: QuestionTime(call, self.time) for name, call in calls.items()}
        self.stubs = {file.question.id: read_stub(course, file.question) for file in files}
        self.shortcut = shortcut
        self.runnable = [file for file in files if self.obstacle(file) is None]
        self._mine = [f for f in self.runnable if part is None or f.question.id in part]
        self.facts: dict[str, dict[str, Any] | Fault] = {}
        self._sessions: dict[tuple[str, ...], Session] = {}
        self._reader: Session | None = None
        self._isolated: tuple[str, Isolated] | None = None

    def obstacle(self, file: SubmittedFile) -> tuple[Verdict, Text] | None:
        """What settles a question without a worker: verdict and message."""
        name = file.question.file
        if file.problem:
            name = file.path.name if file.path.suffix == ".ipynb" else name
            why = file.problem
            text = {one: say("unreadable_file", one, file=name, why=why[one]) for one in spoken()}
            return Verdict.IMPORT_ERROR, text
        if file.content is None:
            key = "renamed_file" if file.similar else "missing_file"
            found = ", ".join(map(one_line, file.similar))
            return Verdict.NOT_ATTEMPTED, in_all(key, file=name, found=found)
        question = file.question
        if self.shortcut and is_untouched(question, file.content, self.stubs[question.id]):
            return Verdict.NOT_ATTEMPTED, in_all("untouched")
        if problem := read_numbers(question, file.content).told(file.name):
            return Verdict.FAILED, problem
        return None

    def start_first(self) -> None:
        """Start the workers that will be needed, while this process imports what it needs itself."""
        for file in self._mine:
            with contextlib.suppress(WorkerNotStarted):  # its first request says so again
                self.session(file.question).start()
        if any(file.question.programs for file in self._mine):
            with contextlib.suppress(WorkerNotStarted):
                self.reader().start()

    def time_of(self, question: Question) -> QuestionTime:
        """What the question's code may take, and has taken."""
        return self._times[question.id]

    def alone(self, question: Question) -> None:
        """Let only what this question needs have the machine."""
        needed = {self.session(question), self._reader if question.programs else None}
        for session in {*self._sessions.values(), self._reader} - needed:
            if session is not None:
                session.rest()
        if self._isolated:
            self._isolated[1].rest()

    def session(self, question: Question) -> Session:
        """The session in which the question's file runs; made on first use."""
        withheld = _enforced(question)
        if withheld not in self._sessions:
            mine = [f for f in self.runnable if _enforced(f.question) == withheld]
            rules = _rules([f.question for f in mine], [f.content or b"" for f in mine])
            session = self._take(rules)
            session.add({f.question.file: f.content or b"" for f in mine})
            self._sessions[withheld] = session
        return self._sessions[withheld]

    def _take(self, rules: _Rules) -> Session:
        """A spare session, or a new one."""
        spare = self._spare.take(rules) if self._spare else None
        return spare or _session(self.course, self.launch, rules)

    def isolated(self, question: Question) -> Isolated:
        """Workers for this question alone, in which the reference can stand in; those of the question before go."""
        if self._isolated is None or self._isolated[0] != question.id:
            if self._isolated:
                self._isolated[1].close()
            self._isolated = question.id, self._isolate(question)
        return self._isolated[1]

    def _isolate(self, question: Question) -> Isolated:
        content = next(f.content for f in self.runnable if f.question.id == question.id) or b""
        solution = b""  # students have none, and no function is built on others then
        if not self.course.for_students:
            numbers = read_numbers(question, content).values
            solution = load_question(self.course, question, numbers).solution.encode()
        time = self.time_of(question)
        reference = self._take(_reference_rules(question))
        reference.add({question.file: solution})
        answers = References(reference, question.folder, question.file, time.afresh())
        session = self._take(_isolated_rules(question, [content]))
        session.add({question.file: content}, answers)
        return Isolated(session, answers, time.afresh())

    def reader(self) -> Session:
        """The session that reads and evaluates compiled programs; no code of the submission is ever in it."""
        if self._reader is None:
            self._reader = self._take(_reader_rules([f.question for f in self.runnable]))
        return self._reader

    def inspect(self, file: SubmittedFile) -> dict[str, Any] | Fault:
        """Facts about the file's source; what a busy machine left open is asked for again the next time.

        All files of a session are looked at together, as only our own code may have run in the worker.
        """
        if file.question.id not in self.facts:
            session = self.session(file.question)
            for other in self._mine:
                question = other.question
                if _enforced(question) != _enforced(file.question) or question.id in self.facts:
                    continue
                stub = self.stubs[question.id].decode("utf-8", "replace")
                try:
                    time = self.time_of(question)
                    facts = session.inspect(question.file, stub, question.withhold, time)
                except Fault as fault:
                    if fault.verdict is Verdict.NOT_GRADED:
                        if other is file:
                            raise
                        continue
                    facts = fault
                self.facts[question.id] = facts
        return self.facts[file.question.id]

    def close(self) -> None:
        """End all of them."""
        ending = [*self._sessions.values(), self._reader]
        ending += [self._isolated[1]] if self._isolated else []
        _close(filter(None, ending))


def _close(ending: Iterable[Session | Isolated]) -> None:
    """End workers side by side: each takes the system some time, as it gives back much memory."""
    threads = [threading.Thread(target=one.close) for one in ending]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sharing(questions: Iterable[Question]) -> list[list[Question]]:
    """The questions in groups that share a worker."""
    groups: dict[tuple[str, ...], list[Question]] = {}
    for question in questions:
        groups.setdefault(_enforced(question), []).append(question)
    return list(groups.values())


def _rules(questions: Sequence[Question], contents: Sequence[bytes] = ()) -> _Rules:
    """Of the worker that these questions share; without files, of one that is started before there are any."""
    memory = max(question.memory_mb for question in questions)
    withheld = _enforced(questions[0])
    without = all(question.without_jax for question in questions)
    if without and not any(map(needs_jax, contents)):
        withheld = tuple(dict.fromkeys((*withheld, *JAX)))
    return _Rules(withheld, memory * 2**20, PRELOAD)


def _reader_rules(questions: Sequence[Question]) -> _Rules:
    """Of the worker that reads programs."""
    memory = max(question.memory_mb for question in questions)
    return _Rules((), memory * 2**20, _READER_PRELOAD, "programs")


def _isolated_rules(question: Question, contents: Sequence[bytes] = ()) -> _Rules:
    """Of the worker in which a question's functions get right helpers."""
    return _rules([question], contents)._replace(purpose="isolated")


def _reference_rules(question: Question) -> _Rules:
    """Of the worker that answers for these helpers."""
    preload = ("numpy",) if question.without_jax else PRELOAD
    return _Rules((), question.memory_mb * 2**20, preload, "reference")


def _session(
    course: Course, launch: Callable[..., Any], rules: _Rules, ahead: bool = False
) -> Session:
    """A session without files; one that is started ahead does more before it is asked anything."""
    modules = [name for name in rules.withheld if "*" not in name]
    # A reference imports what it needs itself, which is less, but takes its time when an answer is waited for.
    usual = () if rules.purpose == "reference" and not ahead else rules.preload
    return Session(
        {},
        launch,
        hidden=[*hidden_paths(course), *module_paths([*modules, COURSES])],
        withheld=rules.withheld,
        preload=[name for name in usual if name.split(".")[0] not in modules],
        memory_bytes=rules.memory_bytes,
        warm="" if not ahead else "programs" if rules.purpose == "programs" else "functions",
    )


def _enforced(question: Question) -> tuple[str, ...]:
    """What the worker keeps out of reach: where the manifest only advises, nothing."""
    return question.withhold if question.withhold_as == "forbidden" else ()
