"""Known mistakes of question 1."""

from grader.checks import mistake

from . import solution


@mistake(of="positions", en="The last position is forgotten.")
def one_less(size):
    return (size - solution.KERNEL) // solution.STRIDE


@mistake(of="padded", en="Only one side is padded.")
def one_side(size):
    return size + solution.HALF
