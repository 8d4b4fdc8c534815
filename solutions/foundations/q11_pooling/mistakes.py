"""Known mistakes of question 11."""

import numpy as np

from grader.checks import deviation, family


@family(
    of="pooled_size",
    deviations=[
        deviation(
            "first_window_forgotten",
            rule="one less",
            fr="Il manque une fenêtre : celle qui peut avancer n fois occupe n + 1 places.",
            en="One window is missing: one that can advance n times has n + 1 places.",
        ),
        deviation(
            "partial_window_counted",
            rule="rounded up",
            fr="Une fenêtre qui dépasse du bord compte encore : la division s'arrondit vers le bas.",
            en="A window that sticks out of the border still counts: the division is rounded down.",
        ),
        deviation(
            "window_ignored",
            rule="size over stride",
            fr="La taille de la fenêtre n'intervient pas : la dernière doit encore tenir dans l'axe.",
            en="The size of the window plays no part: the last one still has to fit in the axis.",
        ),
        deviation(
            "window_for_the_stride",
            rule="size over window",
            fr="Le pas n'intervient pas : c'est lui qui dit de combien la fenêtre avance.",
            en="The stride plays no part: it says by how much the window advances.",
        ),
        deviation(
            "every_position",
            rule="one by one",
            fr="Les fenêtres sont comptées comme si elles avançaient d'un seul pixel.",
            en="The windows are counted as though they advanced by a single pixel.",
        ),
        deviation(
            "not_whole",
            rule="fraction",
            fr="La division rend des flottants, et une fraction de fenêtre : il faut `//`.",
            en="The division gives floats, and a fraction of a window: `//` is needed.",
        ),
    ],
)
def count(size, window, stride, *, rule="right"):
    rules = {
        "one less": (size - window) // stride,
        "rounded up": -(-(size - window) // stride) + 1,
        "size over stride": size // stride,
        "size over window": size // window,
        "one by one": size - window + 1,
        "fraction": (size - window) / stride + 1,
    }
    return rules.get(rule, (size - window) // stride + 1)


_WINDOWS = [
    deviation(
        "window_for_the_stride",
        moves="window",
        fr="Les fenêtres avancent de leur propre taille : c'est `stride` qui dit de combien.",
        en="The windows advance by their own size: it is `stride` that says by how much.",
    ),
    deviation(
        "one_pixel_at_a_time",
        moves="one",
        fr="Les fenêtres avancent d'un seul pixel : le pas est oublié.",
        en="The windows advance by a single pixel: the stride is forgotten.",
    ),
    deviation(
        "starts_without_stride",
        moves="only in the size",
        fr="La sortie a la bonne taille, mais la fenêtre (i, j) commence en (i, j) au lieu de "
        "(i · pas, j · pas).",
        en="The output has the right size, but window (i, j) starts at (i, j) instead of "
        "(i · stride, j · stride).",
    ),
    deviation(
        "partial_windows_kept",
        size="rounded up",
        fr="Les fenêtres qui dépassent du bord comptent encore : elles doivent y tenir tout entières.",
        en="Windows that stick out of the border still count: they must fit in entirely.",
    ),
    deviation(
        "height_for_both",
        size="height",
        fr="Le nombre de colonnes est calculé avec la hauteur : une image n'est pas toujours carrée.",
        en="The number of columns is computed from the height: an image is not always square.",
    ),
    deviation(
        "over_all_channels",
        channels="all",
        fr="Le calcul porte aussi sur les canaux : chaque canal est réduit à part (`axis=(0, 1)`).",
        en="The channels are taken together: each is reduced by itself (`axis=(0, 1)`).",
    ),
    deviation(
        "last_row_and_column_empty",
        filled="all but the last",
        fr="La dernière ligne et la dernière colonne restent à zéro : une boucle s'arrête trop tôt.",
        en="The last row and the last column stay zero: a loop stops too early.",
    ),
]


@family(
    of="max_pool",
    deviations=[
        deviation(
            "maximum_from_zero",
            taken="from zero",
            fr="Le maximum part de 0, si bien qu'une fenêtre de nombres négatifs donne 0. Partez d'un "
            "nombre de la fenêtre.",
            en="The maximum starts from 0, so that a window of negative numbers gives 0. Start from a "
            "number of the window.",
        ),
        deviation(
            "largest_magnitude",
            taken="magnitude",
            fr="C'est la plus grande valeur absolue : un maximum tient compte du signe.",
            en="This is the largest absolute value: a maximum takes the sign into account.",
        ),
        deviation(
            "mean_for_the_maximum",
            taken="mean",
            fr="C'est la moyenne de la fenêtre : on demande son maximum.",
            en="This is the mean of the window: its maximum is asked for.",
        ),
        deviation(
            "place_of_the_maximum",
            taken="place",
            fr="C'est la place du maximum (`argmax`) : on demande sa valeur.",
            en="This is the place of the maximum (`argmax`): its value is asked for.",
        ),
        *_WINDOWS,
    ],
)
def maxima(x, window, stride, *, taken="maximum", **layout):
    reductions = {
        "from zero": lambda block: np.maximum(block.max(axis=0), 0),
        "magnitude": lambda block: np.abs(block).max(axis=0),
        "mean": lambda block: block.mean(axis=0),
        "place": lambda block: block.argmax(axis=0),
    }
    return _pooled(
        x, window, stride, reductions.get(taken, lambda block: block.max(axis=0)), **layout
    )


@family(
    of="avg_pool",
    deviations=[
        deviation(
            "sum_for_the_mean",
            divided="by nothing",
            fr="C'est la somme de la fenêtre : il reste à la diviser par son nombre de pixels.",
            en="This is the sum of the window: it is still to be divided by its number of pixels.",
        ),
        deviation(
            "divided_by_the_side",
            divided="by the side",
            fr="La somme est divisée par le côté de la fenêtre, qui contient côté × côté pixels.",
            en="The sum is divided by the side of the window, which holds side × side pixels.",
        ),
        deviation(
            "divided_by_the_stride",
            divided="by the stride",
            fr="La somme est divisée par le carré du pas : c'est la fenêtre qui contient les pixels.",
            en="The sum is divided by the square of the stride: it is the window that holds pixels.",
        ),
        deviation(
            "maximum_for_the_mean",
            divided="maximum",
            fr="C'est le maximum de la fenêtre : on demande sa moyenne.",
            en="This is the maximum of the window: its mean is asked for.",
        ),
        deviation(
            "median_for_the_mean",
            divided="median",
            fr="C'est la médiane de la fenêtre : on demande sa moyenne.",
            en="This is the median of the window: its mean is asked for.",
        ),
        *_WINDOWS,
    ],
)
def means(x, window, stride, *, divided="by its pixels", **layout):
    def mean(block):
        if divided in ("maximum", "median"):
            return {"maximum": np.max, "median": np.median}[divided](block, axis=0)
        divisors = {"by nothing": 1, "by the side": window, "by the stride": stride**2}
        return block.sum(axis=0) / divisors.get(divided, len(block))

    return _pooled(x, window, stride, mean, **layout)


@family(
    of="min_pool",
    deviations=[
        deviation(
            "sign_not_restored",
            sign="lost",
            fr="Le signe n'est pas rétabli : après `max_pool(-x)`, il reste un signe moins à mettre.",
            en="The sign is not restored: after `max_pool(-x)` one more minus sign is needed.",
        ),
        deviation(
            "opposite_of_the_maximum",
            sign="only after",
            fr="C'est l'opposé du maximum de x : retournez aussi le signe de x avant de réduire.",
            en="This is minus the maximum of x: turn the sign of x as well, before reducing.",
        ),
        deviation(
            "maximum_for_the_minimum",
            sign="never",
            fr="C'est le maximum de la fenêtre : on demande son minimum.",
            en="This is the maximum of the window: its minimum is asked for.",
        ),
        deviation(
            "minimum_from_zero",
            sign="from zero",
            fr="Le minimum part de 0, si bien qu'une fenêtre de nombres positifs donne 0.",
            en="The minimum starts from 0, so that a window of positive numbers gives 0.",
        ),
        *_WINDOWS,
    ],
)
def minima(x, window, stride, *, sign="right", **layout):
    reductions = {
        "lost": lambda block: -block.min(axis=0),
        "only after": lambda block: -block.max(axis=0),
        "never": lambda block: block.max(axis=0),
        "from zero": lambda block: np.minimum(block.min(axis=0), 0),
    }
    return _pooled(
        x, window, stride, reductions.get(sign, lambda block: block.min(axis=0)), **layout
    )


def _pooled(
    x, window, stride, reduce, *, moves="stride", size="right", channels="each", filled="all"
):
    """Each window, as an array (pixels, channels), through ``reduce``, with what may go wrong on the way."""
    height, width, depth = x.shape
    step = {"window": window, "one": 1}.get(moves, stride)
    pixels = 1 if moves == "only in the size" else step
    if size == "rounded up":
        rows, columns = (-(-(n - window) // step) + 1 for n in (height, width))
    else:
        rows, columns = (
            (n - window) // step + 1 for n in (height, height if size == "height" else width)
        )
    y = np.zeros((rows, columns, depth), np.float32)
    last = 1 if filled == "all but the last" else 0
    for i in range(rows - last):
        for j in range(columns - last):
            block = x[i * pixels : i * pixels + window, j * pixels : j * pixels + window]
            y[i, j] = reduce(block.reshape(-1, 1 if channels == "all" else depth))
    return y


@family(
    of="global_pool",
    deviations=[
        deviation(
            "over_the_channels",
            axes=(2,),
            fr="Le calcul porte sur les canaux et garde les pixels : c'est le contraire qu'il faut.",
            en="The channels are reduced and the pixels kept: it should be the other way round.",
        ),
        deviation(
            "over_everything",
            axes=(0, 1, 2),
            fr="Il ne reste qu'un nombre pour toute l'image : on en demande un par canal.",
            en="A single number is left of the whole image: one per channel is asked for.",
        ),
        deviation(
            "rows_only",
            axes=(0,),
            fr="Seules les lignes sont réduites : il reste un nombre par colonne. Il faut les deux axes.",
            en="Only the rows are reduced: a number per column is left. Both axes are to go.",
        ),
        deviation(
            "axes_kept",
            kept=True,
            fr="Les deux axes réduits sont encore là, de taille 1 : on demande la forme (canaux,).",
            en="Both reduced axes are still there, of size 1: the shape (channels,) is asked for.",
        ),
        deviation(
            "kind_ignored_maximum",
            always="max",
            fr="C'est toujours le maximum : `kind` peut aussi demander la moyenne.",
            en="It is always the maximum: `kind` may ask for the mean as well.",
        ),
        deviation(
            "kind_ignored_mean",
            always="avg",
            fr="C'est toujours la moyenne : `kind` peut aussi demander le maximum.",
            en="It is always the mean: `kind` may ask for the maximum as well.",
        ),
        deviation(
            "sum_for_the_mean",
            summed=True,
            fr="La somme du canal est rendue au lieu de sa moyenne : il reste à diviser par hauteur × largeur.",
            en="The sum of the channel is returned for its mean: it is still to be divided by height × width.",
        ),
    ],
)
def whole(x, kind, *, axes=(0, 1), kept=False, always=None, summed=False):
    average = np.sum if summed else np.mean
    return (np.max if (always or kind) == "max" else average)(x, axis=axes, keepdims=kept)
