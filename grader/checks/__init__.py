"""The vocabulary of a check: points, cases, the student's functions, comparison, known mistakes."""

from grader.checks._agree import agree, expect, untouched
from grader.checks._answer import Answer
from grader.checks._cases import forall
from grader.checks._declare import check, deviation, family, mistake
from grader.checks._networks import built, same_weights, weights
from grader.checks._program import Program
from grader.checks._streams import Streams
from grader.checks._student import Student
from grader.checks._vectorised import vectorised
from grader.wire import Network

__all__ = [
    "Answer",
    "Network",
    "Program",
    "Streams",
    "Student",
    "agree",
    "built",
    "check",
    "deviation",
    "expect",
    "family",
    "forall",
    "mistake",
    "network",
    "same_weights",
    "untouched",
    "vectorised",
    "weights",
]


def network(factory: str, *args: object, **kwargs: object) -> Network:
    """Describe a network (any callable) that worker and reference each build for themselves.

    Args:
        factory: "package.module:function"; called with ``args`` and ``kwargs``, where ``seed=0`` is
            replaced by ``rngs=flax.nnx.Rngs(0)``.
    """
    return Network(factory, args, kwargs)
