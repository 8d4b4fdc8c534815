"""Known mistakes of question 2."""

from grader.checks import mistake


@mistake(of="double", fr="Vous mettez au carré.", en="You square.")
def squared(x):
    return x * x
