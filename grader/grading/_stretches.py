"""What is graded side by side: stretches of questions that share a worker, and how many at once."""

import math
from collections.abc import Sequence

from grader.course import Question
from grader.machine import free_bytes, usable_cores
from grader.session import sharing

__all__ = ["most_jobs", "stretches"]

_JOB_BYTES = 2 * 2**30  # a grading process with its workers
_PER_JOB = (
    2  # stretches: fewer leave a process without work at the end, more start workers for nothing
)


def stretches(
    questions: Sequence[Question], idle: Sequence[Question], jobs: int
) -> list[tuple[str, ...]]:
    """Cut a run into stretches that may be graded at once, in the order in which they are to begin.

    Questions that share a worker stay together where that leaves enough stretches: a worker takes seconds to start.

    Args:
        questions: of the run, in its order, but for the next.
        idle: those that need no worker; they go with the first stretch.
        jobs: how many processes there are.

    Returns:
        Ids of questions; each is in one stretch.
    """
    most = sum(question.seconds for question in questions) / (_PER_JOB * jobs)
    cut: list[list[Question]] = []
    for group in sharing(questions):
        weight = math.inf
        for question in group:
            if weight + question.seconds > most:
                cut.append([])
                weight = 0.0
            cut[-1].append(question)
            weight += question.seconds
    cut.sort(key=lambda stretch: questions.index(stretch[0]))
    cut = cut or [[]]
    cut[0] += idle
    return [tuple(question.id for question in stretch) for stretch in cut]


def most_jobs(questions: int) -> int:
    """How many grading processes are worth their start for so many questions, and have cores and memory here."""
    room = free_bytes() // _JOB_BYTES
    return max(1, int(min(math.ceil(usable_cores()), room, questions // _PER_JOB)))
