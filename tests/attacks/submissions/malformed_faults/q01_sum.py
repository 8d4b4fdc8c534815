# ruff: noqa
"""Claims faults whose fields have wrong types, absurd sizes and unknown kinds, to break the grader itself.

Each field of a claim is checked; what does not fit is left out.
"""

from grader.worker import _replies

CLAIMS = [
    {"kind": "exception", "frames": 5, "names": 7, "type": None, "text": []},
    {
        "kind": ["passed"],
        "frames": [[1, 2, 3], ["a", 10**300, "b"], None],
        "names": ["row_sum"] * 90_000,
    },
    {"kind": "passed", "verdict": "passed", "points": 4, "call": 3, "key": 4, "seconds": "x"},
    {"kind": "missing", "name": "x" * 10**6, "names": ["row_sum" + str(n) for n in range(90_000)]},
    {"kind": "forbidden", "frames": None, "name": None},
    {"kind": "bad_output", "reason": "\x00", "detail": None, "path": 7},
    {"kind": "import_error"},
    {},
]
turn = iter(CLAIMS * 100)
_replies.fault_of = lambda error, files: next(turn)


def count(size, step):
    raise ValueError


def row_sums(x):
    raise ValueError


def secret(x):
    raise ValueError
