"""A process of the pool: takes submissions on its standard input, grades them, answers on its standard output.

It runs no student's code, like every process that grades; that happens in the workers it starts. When whoever started
it is gone, it ends its workers and itself.
"""

import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import IO

import msgspec

from grader.cohort._frames import read_frame, write_frame
from grader.cohort._model import Done, Failed, Job, unpack_files
from grader.results import Result

__all__ = ["main"]


def main() -> None:
    """Answer jobs until the input ends."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    # Whatever prints, in checks or in libraries, must not write into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Whoever started us from a script's background had it ignored, and then nothing would end a submission.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, jobs, busy), daemon=True).start()
    try:
        while (job := jobs.get()) is not None:
            busy.set()
            answer = _answer(job)
            busy.clear()
            write_frame(answers, msgspec.msgpack.encode(answer))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # its workers are gone


def _receive(
    stream: IO[bytes], jobs: "queue.SimpleQueue[Job | None]", busy: threading.Event
) -> None:
    while (frame := read_frame(stream)) is not None:
        jobs.put(msgspec.msgpack.decode(frame, type=Job))
    jobs.put(None)
    from grader.grading._interrupt import interrupt_while

    interrupt_while(busy.is_set)


def _answer(job: Job) -> Done | Failed:
    before = time.process_time()
    try:
        result = _grade(job)
    except Exception:
        return Failed(submission=job.submission, error=traceback.format_exc()[-4000:])
    # Of workers that were killed no other account is left than the submission's own time.
    own = result.own_time.seconds if result.own_time else 0.0
    return Done(
        submission=job.submission,
        result=result.to_json(),
        cpu_seconds=round(time.process_time() - before + own, 3),
    )


def _grade(job: Job) -> Result:
    from grader.cohort._open import with_open_questions
    from grader.course import find_course
    from grader.grading import grade_files

    course = find_course(job.course)
    files = unpack_files(course, job.files)
    undecided = dict(job.undecided)
    if job.questions is not None:
        files = [file for file in files if file.question.id in job.questions]
        undecided = {name: why for name, why in undecided.items() if name in job.questions}
    result = grade_files(
        course,
        files,
        seed=int(job.seed),
        secret=True,
        language=job.language,
        isolation=job.isolation,
        timeout=job.timeout,
        total=job.total,
        data=job.data,
    )
    return with_open_questions(result, course, undecided, job.language)


if __name__ == "__main__":
    main()
