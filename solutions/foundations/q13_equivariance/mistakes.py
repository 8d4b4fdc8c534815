"""Known mistakes of question 13."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="shift",
    deviations=[
        deviation(
            "wrapped_around",
            fill="wrapped",
            fr="Ce qui sort d'un côté rentre de l'autre, comme avec `np.roll` : cela doit "
            "être perdu, et remplacé par des zéros.",
            en="What leaves on one side comes back on the other, as with `np.roll`: it should be lost, "
            "and replaced by zeros.",
        ),
        deviation(
            "edge_repeated",
            fill="repeated",
            fr="Le bord est répété là où l'image est découverte : on y demande des zéros.",
            en="The border is repeated where the image is uncovered: zeros are asked for there.",
        ),
        deviation(
            "wrong_way",
            sign=-1,
            fr="Le contenu va dans le mauvais sens : le pixel (i, j) du résultat vient de (i − down, "
            "j − right).",
            en="The contents move the wrong way: pixel (i, j) of the result comes from (i − down, "
            "j − right).",
        ),
        deviation(
            "axes_exchanged",
            exchanged=True,
            fr="Lignes et colonnes sont échangées : `down` concerne l'axe 0, `right` l'axe 1.",
            en="Rows and columns are exchanged: `down` is about axis 0, `right` about axis 1.",
        ),
        deviation(
            "rows_only",
            columns=False,
            fr="Seules les lignes sont décalées : `right` n'intervient pas.",
            en="Only the rows are shifted: `right` plays no part.",
        ),
        deviation(
            "one_way_only",
            negative="as zero",
            fr="Un nombre négatif ne décale rien : il doit décaler dans l'autre sens.",
            en="A negative number shifts nothing: it should shift the other way.",
        ),
        deviation(
            "sign_lost",
            negative="as positive",
            fr="Un nombre négatif décale comme s'il était positif.",
            en="A negative number shifts as though it were positive.",
        ),
    ],
)
def shifted(
    x, down, right, *, fill="zeros", sign=1, exchanged=False, columns=True, negative="kept"
):
    down, right = (right, down) if exchanged else (down, right)
    right = right if columns else 0
    treat = {"as zero": lambda n: max(n, 0), "as positive": abs}.get(negative, lambda n: n)
    down, right = sign * treat(down), sign * treat(right)
    rows, across = np.arange(x.shape[0]) - down, np.arange(x.shape[1]) - right
    mode = "wrap" if fill == "wrapped" else "clip"
    found = np.take(np.take(x, rows, axis=0, mode=mode), across, axis=1, mode=mode)
    if fill == "zeros":
        inside = (rows >= 0) & (rows < len(rows)), (across >= 0) & (across < len(across))
        found = np.where(np.outer(*inside), found, 0)
    return found.astype(x.dtype)


def _part(x, down, right):
    """Leaves out what moves out of the map when its contents are shifted by so much."""
    height, width = x.shape
    return x[max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)]


@family(
    of="overlap",
    deviations=[
        deviation(
            "nothing_left_out",
            cut="nothing",
            fr="Les deux cartes reviennent entières : les pixels de mêmes indices ne se correspondent pas, "
            "et ceux du bord n'ont pas tous de correspondant.",
            en="Both maps come back whole: pixels of equal indices do not correspond, and those at the "
            "border do not all have a counterpart.",
        ),
        deviation(
            "same_part_of_both",
            cut="alike",
            fr="La même partie est prise dans les deux cartes : dans `after` tout s'est décalé.",
            en="The same part is taken of both maps: in `after` everything has moved.",
        ),
        deviation(
            "wrong_way",
            sign=-1,
            fr="Le décalage va dans le mauvais sens : à before[i, j] correspond after[i + down, j + right].",
            en="The shift goes the wrong way: before[i, j] corresponds to after[i + down, j + right].",
        ),
        deviation(
            "order_of_the_maps",
            order=(1, 0),
            fr="Les deux parties sont dans le mauvais ordre : d'abord celle de `before`.",
            en="The two parts are in the wrong order: that of `before` comes first.",
        ),
        deviation(
            "axes_exchanged",
            exchanged=True,
            fr="Lignes et colonnes sont échangées : `down` concerne l'axe 0, `right` l'axe 1.",
            en="Rows and columns are exchanged: `down` is about axis 0, `right` about axis 1.",
        ),
        deviation(
            "one_way_only",
            negative="as zero",
            fr="Un nombre négatif ne décale rien : il doit décaler dans l'autre sens.",
            en="A negative number shifts nothing: it should shift the other way.",
        ),
        deviation(
            "slices_of_positive_shifts",
            cut="as if positive",
            fr="Les tranches ne conviennent qu'à un décalage positif : si `down` est négatif, `after[down:]` compte "
            "depuis la fin.",
            en="The slices only suit a positive shift: where `down` is negative, `after[down:]` counts from the end.",
        ),
    ],
)
def parts(
    before, after, down, right, *, cut="own", sign=1, order=(0, 1), exchanged=False, negative="kept"
):
    down, right = (right, down) if exchanged else (down, right)
    if negative == "as zero":
        down, right = max(down, 0), max(right, 0)
    down, right = sign * down, sign * right
    if cut == "nothing":
        return before, after
    if cut == "as if positive":
        found = before[: before.shape[0] - down, : before.shape[1] - right], after[down:, right:]
        return found[order[0]], found[order[1]]
    back = (down, right) if cut == "alike" else (-down, -right)
    found = _part(before, down, right), _part(after, *back)
    return found[order[0]], found[order[1]]


@family(
    of="equivariance_error",
    deviations=[
        deviation(
            "map_not_shifted",
            moves="not at all",
            fr="Les deux cartes sont comparées pixel par pixel, sans décaler la première : une "
            "convolution est équivariante (sa réponse suit), et non invariante.",
            en="The two maps are compared pixel by pixel, without shifting the first: a convolution is "
            "equivariant (its response follows), not invariant.",
        ),
        deviation(
            "pixels_of_the_image",
            moves="as the image",
            fr="La carte est décalée d'autant de pixels que l'image : après un pas ou un pooling, un "
            "pixel de la carte en couvre plusieurs.",
            en="The map is shifted by as many pixels as the image: after a stride or a pooling one pixel "
            "of the map stands for several.",
        ),
        deviation(
            "pooling_forgotten",
            moves="by the stride",
            fr="Le décalage de la carte ne tient compte que du pas : le pooling la réduit aussi.",
            en="The shift of the map takes only the stride into account: the pooling shrinks it too.",
        ),
        deviation(
            "stride_forgotten",
            moves="by the window",
            fr="Le décalage de la carte ne tient compte que du pooling : le pas la réduit aussi.",
            en="The shift of the map takes only the pooling into account: the stride shrinks it too.",
        ),
        deviation(
            "rounded_towards_zero",
            moves="towards zero",
            fr="Un décalage négatif est arrondi vers zéro, comme par `int(down / pixels)` : `//` arrondit vers le "
            "bas, et -1 // 2 vaut -1.",
            en="A negative shift is rounded towards zero, as by `int(down / pixels)`: `//` rounds down, and "
            "-1 // 2 is -1.",
        ),
        deviation(
            "borders_compared",
            borders=True,
            fr="La carte est décalée avec des zéros au bord, et les bords sont comparés aussi : seules "
            "les parties qui se correspondent doivent l'être.",
            en="The map is shifted with zeros at its border, and the borders are compared too: only the "
            "parts that correspond should be.",
        ),
        deviation(
            "mean_difference",
            measured="mean",
            fr="C'est la différence moyenne : on demande la plus grande.",
            en="This is the mean difference: the largest is asked for.",
        ),
        deviation(
            "sign_kept",
            measured="signed",
            fr="La différence n'est pas prise en valeur absolue : une grande différence négative passe "
            "inaperçue.",
            en="The difference is not taken in absolute value: a large negative one goes unseen.",
        ),
    ],
)
def error(
    x, kernel, stride, window, down, right, *, moves="right", borders=False, measured="largest"
):
    before = solution.layer(x, kernel, stride, window)
    after = solution.layer(solution.shift(x, down, right), kernel, stride, window)
    pixels = {"as the image": 1, "by the stride": stride, "by the window": window}.get(
        moves, stride * window
    )
    by = (0, 0) if moves == "not at all" else (down // pixels, right // pixels)
    if moves == "towards zero":
        by = int(down / pixels), int(right / pixels)
    if borders:
        difference = solution.shift(before, *by) - after
    else:
        kept, found = solution.overlap(before, after, *by)
        difference = kept - found
    measures = {"mean": np.mean(np.abs(difference)), "signed": np.max(difference)}
    return float(measures.get(measured, np.max(np.abs(difference))))


@family(
    of="harmless_shifts",
    deviations=[
        deviation(
            "last_one_left_out",
            last=0,
            fr="Le décalage `most` n'est pas essayé : `range` s'arrête avant sa borne.",
            en="The shift `most` is not tried: `range` stops before its bound.",
        ),
        deviation(
            "zero_left_out",
            first=1,
            fr="Le décalage 0 n'est pas essayé : il va de 0 à `most`.",
            en="The shift 0 is not tried: shifts go from 0 to `most`.",
        ),
        deviation(
            "harmful_ones",
            wanted="harmful",
            fr="Ce sont les décalages que la carte ne suit pas.",
            en="These are the shifts that the map does not follow.",
        ),
        deviation(
            "all_of_them",
            wanted="all",
            fr="Tous les décalages sont rendus : après un pas ou un pooling, la carte ne les suit pas tous.",
            en="All shifts are returned: after a stride or a pooling the map does not follow them all.",
        ),
        deviation(
            "multiples_of_the_stride",
            wanted="stride",
            fr="Ce sont les multiples du pas : le pooling compte aussi. Mesurez l'erreur.",
            en="These are the multiples of the stride: the pooling counts as well. Measure the error.",
        ),
        deviation(
            "multiples_of_the_window",
            wanted="window",
            fr="Ce sont les multiples de la fenêtre : le pas compte aussi. Mesurez l'erreur.",
            en="These are the multiples of the window: the stride counts as well. Measure the error.",
        ),
        deviation(
            "multiples_of_both",
            wanted="both",
            fr="Ce sont les multiples de pas × fenêtre, sans rien mesurer : une image vide, par exemple, suit tous les "
            "décalages.",
            en="These are the multiples of stride × window, without a measurement: a blank picture, for one, follows "
            "all shifts.",
        ),
        deviation(
            "number_of_them",
            wanted="count",
            fr="C'est leur nombre : on demande leur liste.",
            en="This is their number: the list of them is asked for.",
        ),
    ],
)
def harmless(x, kernel, stride, window, most, *, first=0, last=1, wanted="harmless"):
    found = []
    for d in range(first, most + last):
        small = solution.equivariance_error(x, kernel, stride, window, d, d) < 1e-3
        keep = {
            "harmful": not small,
            "all": True,
            "stride": d % stride == 0,
            "window": d % window == 0,
            "both": d % (stride * window) == 0,
        }.get(wanted, small)
        found += [d] if keep else []
    return len(found) if wanted == "count" else found
