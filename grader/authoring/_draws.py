"""Whether what is drawn shows a mistake whatever the seed: else one submission in ten gets a mark by luck."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from grader.authoring._declared import Finding
from grader.checks._attempts import Attempt
from grader.checks._chosen import checks_calling
from grader.checks._declare import mistake_info
from grader.checks._diagnose import explains
from grader.course import Course, Question, SubmittedFile, load_question
from grader.grading import grade_files

__all__ = ["draw_findings"]

_SEEDS = 2**53


def draw_findings(
    course: Course,
    question: Question,
    source: str,
    draws: int,
    *,
    seed: int | None = None,
    isolation: int | str = "auto",
) -> Iterator[Finding]:
    """One finding for each mistake: of every draw, a case of its function must tell it from a right answer.

    The cases are those that the checks try with ``source``, a right answer; the mistakes answer them here. A mistake
    in a function that no check calls by itself is left out: it shows through others, if it does.

    Args:
        course: the course.
        question: the question.
        source: its solution.
        draws: how many seeds.
        seed: what the seeds follow from; fresh by default.
        isolation: level at which the right answer runs.
    """
    loaded = load_question(course, question)
    of = {function for variant in loaded.mistakes for function in mistake_info(variant).of}
    only = {question.id: checks_calling(loaded.checks.read_text("utf-8"), of)}
    if not only[question.id]:
        return
    seeds = random.Random(seed)
    unseen: Counter[str] = Counter()
    called: set[str] = set()
    for _ in range(draws):
        tried: list[Attempt] = []
        grade_files(
            course,
            [SubmittedFile(question, course.path / question.file, source.encode())],
            seed=seeds.randrange(_SEEDS),
            language="en",
            isolation=isolation,
            untouched_shortcut=False,
            only=only,
            on_cases=lambda _, attempts, tried=tried: tried.extend(attempts),
        )
        called |= {attempt.function for attempt in tried}
        for variant in loaded.mistakes:
            unseen[mistake_info(variant).id] += not any(_shows(variant, case) for case in tried)
    for variant in loaded.mistakes:
        info = mistake_info(variant)
        if called & set(info.of):
            missed = unseen[info.id]
            yield Finding(
                question.id,
                f"mistake {info.id} shows in each of {draws} draws",
                f"in {missed} of them no case tells it from a right answer: draw what does in every one"
                if missed
                else "",
            )


def _shows(variant: Callable[..., Any], case: Attempt) -> bool:
    """Whether a mistake answers a case otherwise than right."""
    told = case.function in mistake_info(variant).of and not case.fault and not case.dropped
    return told and not explains(variant, case)
