"""The vocabulary of a check: points, cases, the student's functions, comparison, known mistakes."""

from grader.checks._agree import agree, expect
from grader.checks._cases import forall
from grader.checks._declare import check, mistake
from grader.checks._student import Student
from grader.wire import Network

__all__ = ["Network", "Student", "agree", "check", "expect", "forall", "mistake", "network"]


def network(factory: str, *args: object, **kwargs: object) -> Network:
    """Describe a network (any callable) that worker and reference each build for themselves.

    Args:
        factory: "package.module:function"; called with ``args`` and ``kwargs``, where ``seed=0`` is
            replaced by ``rngs=flax.nnx.Rngs(0)``.
    """
    return Network(factory, args, kwargs)
