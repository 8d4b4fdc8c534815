"""Known mistakes of the chain."""

from grader.checks import mistake

from .solution import jump


@mistake(of="size", fr="Deux fois le même saut.", en="Twice the same jump.")
def same_jump_twice(n):
    return 2 * jump(n)


@mistake(of="size", fr="Le saut n'a pas de un.", en="The jump has no one.")
def without_one(n):
    return 3 * n + 3 * (n + 1)
