"""The course's proof of itself: stubs earn nothing, references everything, each mistake its own hint."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.authoring._cases import case_findings
from grader.authoring._declared import (
    Finding,
    code_findings,
    file_findings,
    page_findings,
    text_findings,
)
from grader.authoring._draws import draw_findings
from grader.authoring._families import family_findings
from grader.authoring._scaffold import unwritten_findings
from grader.authoring._stubs import stub_of
from grader.authoring._variants import variant_source
from grader.authoring._withheld import withheld_findings
from grader.checks._attempts import Attempt
from grader.checks._chosen import checks_calling
from grader.checks._declare import mistake_info
from grader.course import (
    Course,
    Number,
    Question,
    SubmittedFile,
    load_question,
    numbers_text,
    read_numbers,
    with_numbers,
)
from grader.grading import grade_files
from grader.messages import say
from grader.results import CheckResult, QuestionResult, Verdict

__all__ = ["check_course"]

_RIGHT = "ok_"  # the beginning of the names of right answers
_FIFTH = 5  # how many times the reference's need a budget must be
_Variant = Callable[..., Any]
_Round = dict[str, list[_Variant]]  # question -> mistakes made together, in different functions
_Graded = dict[str, QuestionResult]
_Numbers = Mapping[str, Number]
_Only = dict[str, frozenset[str]]  # question -> names of checks


def check_course(
    course: Course,
    *,
    questions: Sequence[str] | None = None,
    seed: int | None = None,
    isolation: int | str = "auto",
    wrong: Path | None = None,
    mistakes: int | None = None,
    draws: int = 0,
    on_run: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Finding]:
    """Prove the course question by question; yields findings as they are known.

    What follows from a problem that was found is not tried: one fault is one finding.

    Args:
        course: the course.
        questions: ids; all by default.
        seed: of every grading run; fresh by default.
        isolation: level at which the runs are confined.
        wrong: a folder of answers, in a folder for each question (``q01/NAME.py``): those whose name begins with
            ``ok_`` must get full marks, no other may.
        mistakes: try at most so many mistakes of each function, spread over those that are known; all by default.
        draws: on so many seeds, look whether every mistake shows in the cases that are drawn.
        on_run: called with the number of grading runs done and their total.

    Raises:
        KeyError: for a question that the course does not have.
        IsolationUnavailable: for a level that this machine cannot give.
    """
    chosen = [course.question(name) for name in questions] if questions else list(course.questions)
    sound: list[Question] = []
    if not questions:
        yield from page_findings(course)
    unwritten = {finding.question: finding for finding in unwritten_findings(course, chosen)}
    yield unwritten.pop(course.id)
    for question in chosen:
        yield from text_findings(course, question)
        yield from file_findings(course, question)
        yield from withheld_findings(course, question)
        findings = [unwritten[question.id], *code_findings(course, question)]
        yield from findings
        if not any(finding.problem for finding in findings):
            sound.append(question)

    cases: dict[str, list[Attempt]] = {}

    def keep_cases(name: str, tried: Sequence[Attempt]) -> None:
        cases.setdefault(name, list(tried))  # the reference comes first

    def run(sources: dict[str, str], only: _Only | None = None) -> _Graded:
        files = [
            SubmittedFile(q, course.path / q.file, sources[q.id].encode())
            for q in sound
            if q.id in sources
        ]
        if not files:
            return {}
        result = grade_files(
            course,
            files,
            seed=seed,
            language="en",
            isolation=isolation,
            untouched_shortcut=False,
            measured=True,
            only=only,
            on_cases=keep_cases,
        )
        return {question.id: question for question in result.questions}

    rounds = _rounds(course, sound, mistakes)
    answers = _answers(wrong, [question.id for question in sound])
    drawn = sound if draws else []
    covering = _covering(course, sound)
    begun = 2 + 2 * len(covering)  # runs before any mistake is tried
    total = len(rounds) + begun + len(answers) + len(drawn)
    on_run(0, total)
    passing: set[str] = set()
    for name, graded in run({q.id: _solution(course, q) for q in sound}).items():
        findings = list(_reference(graded))
        yield from findings
        if not any(finding.problem for finding in findings):
            passing.add(name)
            yield _budget(graded, course.question(name))
            yield from case_findings(course, course.question(name), cases.get(name, ()))
            yield from family_findings(course, course.question(name), cases.get(name, ()))
    on_run(1, total)
    for graded in run({q.id: stub_of(course, q) for q in sound if q.id in passing}).values():
        yield _stub(graded)
    on_run(2, total)
    for number, sets in enumerate(covering, start=1):
        drawn_for = {name: numbers for name, numbers in sets.items() if name in passing}
        for name, graded in run(_sources(course, drawn_for, _solution)).items():
            full = _full_marks(graded, drawn_for[name])
            yield full
            if full.problem:
                del drawn_for[name]
            else:
                yield _budget(graded, course.question(name), drawn_for[name])
        on_run(1 + 2 * number, total)
        for name, graded in run(_sources(course, drawn_for, stub_of)).items():
            yield _stub(graded, drawn_for[name])
        on_run(2 + 2 * number, total)
    alone: list[_Round] = []
    for number, members in enumerate(rounds):
        members = {name: variants for name, variants in members.items() if name in passing}
        for name, findings in _try(course, members, run):
            crowded = len(members[name]) > 1
            for variant, finding in findings:
                if finding.problem and crowded:
                    # Another mistake may have come in its way: it is tried by itself.
                    alone.append({name: [variant]})
                else:
                    yield finding
        on_run(begun + 1 + number, total)
    for number, (name, path) in enumerate(answers):
        if name in passing:
            graded = run({name: path.read_text(encoding="utf-8", errors="replace")})[name]
            yield _answer(graded, path)
        on_run(begun + 1 + len(rounds) + number, total)
    for number, question in enumerate(drawn, start=1):
        if question.id in passing:
            source = _solution(course, question)
            yield from draw_findings(
                course, question, source, draws, seed=seed, isolation=isolation
            )
        on_run(total - len(drawn) + number, total)
    for number, members in enumerate(alone):
        for _, findings in _try(course, members, run):
            yield from (finding for _, finding in findings)
        on_run(total + number + 1, total + len(alone))


def _rounds(course: Course, questions: Sequence[Question], most: int | None) -> list[_Round]:
    """Every mistake once, as many at a time as there are functions to make them in; or ``most`` times some."""
    rounds: list[_Round] = []
    for question in questions:
        made: dict[str, int] = {}
        turns: list[list[_Variant]] = []
        for variant in load_question(course, question).mistakes:
            functions = mistake_info(variant).of
            number = max(made.get(name, 0) for name in functions)
            made |= dict.fromkeys(functions, number + 1)
            while len(turns) <= number:
                turns.append([])
            turns[number].append(variant)
        if most is not None and most < len(turns):
            turns = [turns[number * len(turns) // most] for number in range(most)]
        for number, variants in enumerate(turns):
            while len(rounds) <= number:
                rounds.append({})
            rounds[number][question.id] = variants
    return rounds


def _try(
    course: Course, members: _Round, run: Callable[[dict[str, str], _Only], _Graded]
) -> Iterator[tuple[str, list[tuple[_Variant, Finding]]]]:
    """Grade one round; for each question what became of its mistakes.

    Only checks that call a function can name its mistakes; so no others run, and none where networks are trained.
    """
    sources = {
        name: variant_source(load_question(course, course.question(name)), *variants)
        for name, variants in members.items()
    }
    only = {}
    for name, variants in members.items():
        text = load_question(course, course.question(name)).checks.read_text("utf-8")
        functions = {function for variant in variants for function in mistake_info(variant).of}
        if found := checks_calling(text, functions):
            only[name] = found
    for name, graded in run(sources, only).items():
        yield name, [(variant, _mistake(graded, variant)) for variant in members[name]]


def _answers(folder: Path | None, questions: Sequence[str]) -> list[tuple[str, Path]]:
    """The answers in a folder, each with its question."""
    if folder is None:
        return []
    return [(name, path) for name in questions for path in sorted((folder / name).glob("*.py"))]


def _answer(graded: QuestionResult, path: Path) -> Finding:
    """An answer that is known to be right, or wrong."""
    full = graded.score == graded.max_score
    if path.stem.startswith(_RIGHT):
        bad = [check for check in graded.checks if check.verdict is not Verdict.PASSED]
        problem = f"{bad[0].id}: {_why(bad[0])}" if bad else ""
        return Finding(graded.id, f"{path.name} gets full marks", problem)
    return Finding(graded.id, f"{path.name} is caught", "every check passes" if full else "")


def _solution(course: Course, question: Question) -> str:
    return load_question(course, question).solution


def _covering(course: Course, questions: Sequence[Question]) -> list[dict[str, _Numbers]]:
    """Rounds of sets of numbers, by question: each value of each constant occurs there or in the solution."""
    rounds: list[dict[str, _Numbers]] = []
    for question in questions:
        own = read_numbers(question, _solution(course, question).encode()).values
        for place in range(max(map(len, question.numbers.values()), default=0)):
            if place == len(rounds):
                rounds.append({})
            numbers = {n: of[place % len(of)] for n, of in question.numbers.items()}
            if numbers != own:
                rounds[place][question.id] = numbers
    return rounds


def _sources(
    course: Course,
    sets: Mapping[str, _Numbers],
    text_of: Callable[[Course, Question], str],
) -> dict[str, str]:
    """A file for each question, with these numbers."""
    found = {}
    for name, numbers in sets.items():
        question = course.question(name)
        text = text_of(course, question)
        found[name] = with_numbers(question, text.encode(), numbers).decode()
    return found


def _reference(graded: QuestionResult) -> Iterator[Finding]:
    broken = [check for check in graded.checks if check.id == f"{graded.id}.collection"]
    reasons = [check.message.rpartition("checks.py: ")[2] for check in broken]
    yield Finding(graded.id, "the points of the checks add up", *reasons)
    if not broken:
        yield _full_marks(graded)


def _full_marks(graded: QuestionResult, numbers: _Numbers | None = None) -> Finding:
    bad = [check for check in graded.checks if check.verdict is not Verdict.PASSED]
    problem = f"{bad[0].id}: {_why(bad[0])}" if bad else ""
    return Finding(graded.id, f"the reference gets full marks{_given(numbers)}", problem)


def _budget(graded: QuestionResult, question: Question, numbers: _Numbers | None = None) -> Finding:
    """A budget that the reference nearly fills is too small for honest work of another kind, and slower machines."""
    full = [(c.fullest, c.id) for c in graded.checks if c.fullest is not msgspec.UNSET]
    part, name = max(full, default=(0.0, ""))
    problem = ""
    if part * _FIFTH > 1:
        given, needed = f"{question.seconds:g}", f"{part * _FIFTH * question.seconds:.2g}"
        problem = f"{name} takes {part:.0%} of it; seconds (={given}) must be at least {needed}"
    claim = f"the reference needs at most a fifth of its time{_given(numbers)}"
    return Finding(graded.id, claim, problem)


def _stub(graded: QuestionResult, numbers: _Numbers | None = None) -> Finding:
    passed = [check.id for check in graded.checks if check.verdict is Verdict.PASSED]
    errors = [check for check in graded.checks if check.verdict is Verdict.GRADER_ERROR]
    problem = f"{', '.join(passed)}: passed" if passed else ""
    problem = problem or next((f"{check.id}: {_why(check)}" for check in errors), "")
    return Finding(graded.id, f"the stub gets nothing{_given(numbers)}", problem)


def _given(numbers: _Numbers | None) -> str:
    return f" with {numbers_text(numbers)}" if numbers else ""


def _mistake(graded: QuestionResult, variant: _Variant) -> Finding:
    name = mistake_info(variant).id
    claim = f"mistake {name} is caught and named"
    named = [check.mistake for check in graded.checks if check.mistake]
    bad = [c for c in graded.checks if c.verdict not in (Verdict.PASSED, Verdict.SKIPPED)]
    if name in named:
        problem = ""
    elif not bad:
        problem = "every check passes"
    elif named:
        problem = f"it is taken for {named[0]}"
    else:
        problem = f"it is not named; {bad[0].id}: {_why(bad[0])}"
    return Finding(graded.id, claim, problem)


def _why(check: CheckResult) -> str:
    """What a check says, for an author: without the words of comfort for students."""
    text = check.message.removeprefix(say("grader_error", "en", error=""))
    return f"{check.verdict.value}: {text}".strip()
