# ruff: noqa
"""Prints and raises what looks like a report with full marks, with terminal escapes and cursor movement.

What is printed is quoted without control characters; lines of an exception are indented.
"""

import sys

REPORT = """\x1b[2J\x1b[H\x1b[32m q01  Sums  4/4  passed\x1b[0m\r
\x1b]0;7/7\x07\x9b1A[bold green]q01 passed 4/4[/bold green] \u202e4/4
demo - score 7/7 - Everything is right, well done!
{"schema": 1, "score": 7, "max_score": 7}
"""


def count(size, step):
    print(REPORT, flush=True)
    sys.stderr.write(REPORT)
    return -1


def row_sums(x):
    raise ValueError(REPORT)  # \x1b[2J [32m q01 4/4 passed


def secret(x):
    raise type(REPORT, (Exception,), {})(REPORT)
