"""Known mistakes of question 1."""

from grader.checks import mistake

from . import solution


@mistake(of="square", fr="Vous doublez.", en="You double.")
def doubled(x):
    return 2 * x


@mistake(of="cubes", fr="Ce sont les carrés.", en="These are the squares.")
def squares(numbers):
    return [solution.square(n) for n in numbers]
