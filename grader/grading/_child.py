"""A grading process beside others: it grades the stretches that it is given, and tells what comes of them.

It ends when its input does: when it is no longer needed, when the run is interrupted, when its parent is gone. As in
any grading process, nothing of a submission runs here.
"""

import contextlib
import os
import queue
import signal
import threading
from typing import IO

from grader.grading._files import Callbacks, grade_part
from grader.grading._interrupt import interrupt_while
from grader.grading._messages import Assignment, Begun, Checked, Ended, Message, Stretch, line, read
from grader.results import CheckResult, QuestionResult

__all__ = ["Child", "main"]


def main() -> None:
    """Serve the parent until it ends the input."""
    requests, replies = _own_streams()
    over = threading.Event()

    def interrupted(*_: object) -> None:
        if over.is_set():  # else it was Ctrl-C, which the parent has heard too and sees to
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):  # the parent wants no more
        Child(replies, requests, over).serve()


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Input and output, out of reach of whatever prints; what is printed goes where errors go."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


class Child:
    """Reads requests in a thread of its own, so that their end is heard while something is graded."""

    def __init__(self, replies: IO[bytes], requests: IO[bytes], over: threading.Event) -> None:
        self._replies, self._requests, self._over = replies, requests, over
        self._stretches: queue.SimpleQueue[Stretch | None] = queue.SimpleQueue()
        self._busy = threading.Event()

    def serve(self) -> None:
        """Grade what comes, in its order."""
        first = self._requests.readline()
        if not first:
            return
        assignment: Assignment = read(first, Assignment)
        threading.Thread(target=self._listen, daemon=True).start()
        while stretch := self._stretches.get():
            self._busy.set()
            if self._over.is_set():  # from now on its end interrupts
                return
            ended = self.grade(assignment, stretch)
            self._busy.clear()
            self._tell(ended)

    def _listen(self) -> None:
        for text in self._requests:
            self._stretches.put(read(text, Stretch))
        self._over.set()
        self._stretches.put(None)
        interrupt_while(self._busy.is_set)

    def grade(self, assignment: Assignment, stretch: Stretch) -> Ended:
        """Grade a stretch, and tell of its checks on the way."""
        spent: dict[str, float] = {}

        def checked(question: QuestionResult, check: CheckResult) -> None:
            place = next(n for n, one in enumerate(question.checks) if one is check)
            self._tell(Checked(question, place, spent[question.id]))

        callbacks = Callbacks(
            on_check=checked,
            on_begin=lambda title: self._tell(Begun(title)),
            on_spent=spent.__setitem__,
        )
        result, run = grade_part(
            assignment.course,
            assignment.files,
            assignment.options,
            callbacks,
            part=stretch.questions,
            second_round=False,  # others are at work: nobody is alone here
        )
        return Ended(result.questions, spent, run.received, run.wanted)

    def _tell(self, message: Message) -> None:
        self._replies.write(line(message))
        self._replies.flush()
