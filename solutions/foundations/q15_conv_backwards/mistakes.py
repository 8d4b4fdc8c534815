"""Known mistakes of question 15."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="bias_gradient",
    deviations=[
        deviation(
            "averaged",
            taken="mean",
            fr="C'est la moyenne sur les positions : un biais sert à chacune, et ses effets s'ajoutent.",
            en="This is the mean over the positions: a bias serves at each, and its effects add up.",
        ),
        deviation(
            "over_everything",
            taken="all",
            fr="Il ne reste qu'un nombre : chaque filtre a son biais, et son gradient.",
            en="A single number is left: each filter has its own bias, and its own gradient.",
        ),
        deviation(
            "not_summed",
            taken="nothing",
            fr="Rien n'est additionné : un biais sert à toutes les positions, et reçoit de chacune.",
            en="Nothing is added up: a bias serves at all positions, and receives from each.",
        ),
        deviation(
            "first_position",
            taken="first",
            fr="Seule la première position compte : un biais sert à toutes.",
            en="Only the first position counts: a bias serves at all of them.",
        ),
        deviation(
            "over_the_filters",
            taken="filters",
            fr="La somme porte sur les filtres : elle doit porter sur les positions.",
            en="The sum runs over the filters: it should run over the positions.",
        ),
        deviation(
            "ones",
            taken="ones",
            fr="Le gradient vaut 1 partout, sans `upstream` : c'est la dérivée de la sortie, pas celle de la "
            "perte.",
            en="The gradient is 1 everywhere, without `upstream`: that is the derivative of the output, not "
            "of the loss.",
        ),
    ],
)
def of_bias(upstream, *, taken="sum"):
    rules = {
        "mean": lambda: upstream.mean(axis=(0, 1)),
        "all": lambda: upstream.sum(),
        "nothing": lambda: upstream,
        "first": lambda: upstream[0, 0],
        "filters": lambda: upstream.sum(axis=2),
        "ones": lambda: np.ones(upstream.shape[2]),
    }
    return rules.get(taken, lambda: upstream.sum(axis=(0, 1)))()


@family(
    of="kernel_gradient",
    deviations=[
        deviation(
            "flipped",
            turned="result",
            fr="Le résultat est retourné : le poids [u, v] a rencontré x[i + u, j + v].",
            en="The result is flipped: weight [u, v] has met x[i + u, j + v].",
        ),
        deviation(
            "averaged",
            divided=True,
            fr="C'est la moyenne sur les positions : un poids sert à chacune, et ses effets s'ajoutent.",
            en="This is the mean over the positions: a weight serves at each, and its effects add up.",
        ),
        deviation(
            "upstream_ignored",
            arriving="ones",
            fr="`upstream` n'intervient pas, comme s'il valait 1 partout.",
            en="`upstream` plays no part, as though it were 1 everywhere.",
        ),
        deviation(
            "filters_before_channels",
            axes=(0, 1, 3, 2),
            fr="Les deux derniers axes sont échangés : c'est (…, canaux, filtres).",
            en="The last two axes are exchanged: it should be (…, channels, filters).",
        ),
        deviation(
            "channels_summed",
            channels="summed",
            fr="Les canaux de l'image sont additionnés : chaque poids n'a rencontré que le sien.",
            en="The channels of the image are added up: each weight has met only its own.",
        ),
        deviation(
            "filters_summed",
            filters="summed",
            fr="Les filtres sont additionnés dans `upstream` : chacun ne reçoit que le sien.",
            en="The filters are added up in `upstream`: each receives its own alone.",
        ),
        deviation(
            "first_position",
            positions="first",
            fr="Seule la première position compte : un poids sert à toutes.",
            en="Only the first position counts: a weight serves at all of them.",
        ),
        deviation(
            "last_position",
            positions="last",
            fr="Chaque position remplace celle d'avant (`=`) : leurs gradients s'ajoutent (`+=`).",
            en="Each position replaces the one before (`=`): their gradients add up (`+=`).",
        ),
    ],
)
def of_kernel(
    x,
    upstream,
    *,
    turned="nothing",
    divided=False,
    arriving="as it is",
    axes=(0, 1, 2, 3),
    channels="each",
    filters="each",
    positions="all",
):
    rows, columns, _ = upstream.shape
    if channels == "summed":
        x = np.repeat(x.sum(axis=2, keepdims=True), x.shape[2], axis=2)
    if filters == "summed":
        upstream = np.repeat(upstream.sum(axis=2, keepdims=True), upstream.shape[2], axis=2)
    if arriving == "ones":
        upstream = np.ones_like(upstream)
    if positions != "all":
        only = np.zeros_like(upstream)
        place = (0, 0) if positions == "first" else (-1, -1)
        only[place] = upstream[place]
        upstream = only
    gradient = solution.kernel_gradient(x, upstream)
    gradient = gradient[::-1, ::-1] if turned == "result" else gradient
    return gradient.transpose(axes) / (rows * columns if divided else 1)


@family(
    of="input_gradient",
    deviations=[
        deviation(
            "kernel_turned",
            turned=True,
            fr="Le noyau est retourné une fois de trop : le pixel [i + u, j + v] a été multiplié par le "
            "poids [u, v].",
            en="The kernel is flipped once too often: pixel [i + u, j + v] was multiplied by weight [u, v].",
        ),
        deviation(
            "overwritten",
            collected="overwritten",
            fr="Là où des positions se recouvrent, la dernière remplace les autres : elles s'ajoutent (`+=`).",
            en="Where positions overlap, the last one replaces the others: they should add up "
            "(`+=`).",
        ),
        deviation(
            "borders_cut",
            size="valid",
            fr="Le résultat est plus petit que la sortie : il doit avoir la forme de l'image, qui est plus "
            "grande.",
            en="The result is smaller than the output: it should have the shape of the image, which is "
            "larger.",
        ),
        deviation(
            "shape_of_the_output",
            size="same",
            fr="Le résultat a la taille de la sortie : il doit avoir celle de l'image.",
            en="The result has the size of the output: it should have that of the image.",
        ),
        deviation(
            "first_filter",
            filters="first",
            fr="Seul le premier filtre compte : un pixel a servi à tous, et reçoit de chacun.",
            en="Only the first filter counts: a pixel served them all, and receives from each.",
        ),
        deviation(
            "filters_averaged",
            filters="mean",
            fr="C'est la moyenne sur les filtres : leurs gradients s'ajoutent.",
            en="This is the mean over the filters: their gradients add up.",
        ),
        deviation(
            "channels_summed",
            channels="summed",
            fr="Les canaux du noyau sont additionnés : chaque canal de l'image reçoit par ses poids à lui.",
            en="The channels of the kernel are added up: each channel of the image receives by its own "
            "weights.",
        ),
        deviation(
            "upstream_ignored",
            arriving="ones",
            fr="`upstream` n'intervient pas, comme s'il valait 1 partout.",
            en="`upstream` plays no part, as though it were 1 everywhere.",
        ),
    ],
)
def of_input(
    kernel,
    upstream,
    *,
    turned=False,
    collected="added",
    size="image",
    filters="all",
    channels="each",
    arriving="as it is",
):
    if channels == "summed":
        kernel = np.repeat(kernel.sum(axis=2, keepdims=True), kernel.shape[2], axis=2)
    if arriving == "ones":
        upstream = np.ones_like(upstream)
    if filters != "all":
        kernel = kernel[..., :1] if filters == "first" else kernel / kernel.shape[3]
        upstream = upstream[..., :1] if filters == "first" else upstream
    kernel = kernel[::-1, ::-1] if turned else kernel
    high, wide, depth, _ = kernel.shape
    rows, columns, _ = upstream.shape
    gradient = np.zeros((rows + high - 1, columns + wide - 1, depth))
    for i, j in np.ndindex(rows, columns):
        part = kernel @ upstream[i, j]
        place = np.s_[i : i + high, j : j + wide]
        gradient[place] = part if collected == "overwritten" else gradient[place] + part
    if size == "same":
        return gradient[:rows, :columns]
    return gradient[high - 1 : rows, wide - 1 : columns] if size == "valid" else gradient


@family(
    of="finite_difference",
    deviations=[
        deviation(
            "divided_by_one_step",
            divided="step",
            fr="La différence est divisée par `step` : de −`step` à +`step`, l'écart est le double.",
            en="The difference is divided by `step`: from −`step` to +`step` it is twice that.",
        ),
        deviation(
            "one_side_only",
            divided="four steps",
            fr="Le poids n'est déplacé que d'un côté, mais la différence est divisée par deux fois `step` : il "
            "faut L₊ et L₋.",
            en="The weight is moved to one side only, but the difference is divided by twice `step`: both L₊ "
            "and L₋ are needed.",
        ),
        deviation(
            "not_divided",
            divided="nothing",
            fr="La différence n'est pas divisée : c'est un rapport, le changement de L pour un changement du "
            "poids.",
            en="The difference is not divided: it is a ratio, the change of L for a change of the weight.",
        ),
        deviation(
            "sign_turned",
            divided="the other way",
            fr="Le signe est à l'envers : c'est L₊ moins L₋.",
            en="The sign is the wrong way round: it should be L₊ minus L₋.",
        ),
        deviation(
            "upstream_forgotten",
            loss="sum",
            fr="La perte est la somme de la sortie : il y manque `upstream`.",
            en="The loss is the sum of the output: `upstream` is missing.",
        ),
        deviation(
            "every_weight_moved",
            moved="all",
            fr="Tous les poids changent à la fois : seul celui de `place` doit changer.",
            en="All weights change at once: only that of `place` should.",
        ),
        deviation(
            "sizes_of_the_sum",
            loss="mean",
            fr="La perte est une moyenne : c'est la somme de tous les produits.",
            en="The loss is a mean here: it should be the sum of all products.",
        ),
    ],
)
def tried(
    x, kernel, bias, upstream, place, step, *, divided="two steps", loss="right", moved="one"
):
    def value(change):
        other = kernel.astype(float)
        other[... if moved == "all" else place] += change
        y = solution.conv2d(x, other, bias)
        return float(
            {"sum": np.sum(y), "mean": np.mean(upstream * y)}.get(loss, np.sum(upstream * y))
        )

    divisors = {"step": step, "four steps": 4 * step, "nothing": 1, "the other way": -2 * step}
    return (value(step) - value(-step)) / divisors.get(divided, 2 * step)
