"""Known mistakes of the second demonstration question."""

from grader.checks import mistake

from . import solution


@mistake(
    of="smooth",
    fr="Une fenêtre manque à la fin.",
    en="The last window is missing.",
)
def one_short(x, width):
    return solution.smooth(x, width)[:-1]


@mistake(of="apply", fr="Une seule fois.", en="Only once.")
def once(network, x):
    return network(x)
