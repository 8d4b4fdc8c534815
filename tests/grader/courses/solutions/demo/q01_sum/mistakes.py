"""Known mistakes of the first demonstration question."""

from grader.checks import mistake

from . import solution


@mistake(
    of="row_sums",
    fr="Ce sont les sommes des colonnes : l'axe 1 parcourt une ligne.",
    en="These are the sums of the columns: axis 1 runs along a row.",
)
def columns_instead(x):
    return x.sum(axis=0)


@mistake(
    of="count",
    fr="La division doit arrondir vers le haut : 0 compte aussi.",
    en="The division must round up: 0 counts too.",
)
def rounded_down(size, step):
    return size // step


@mistake(of="secret", fr="C'est la somme, pas la moyenne.", en="This is the sum, not the mean.")
def sum_not_mean(x):
    return solution.secret(x) * x.size
