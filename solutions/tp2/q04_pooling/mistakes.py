"""Known mistakes of question 4."""

import numpy as np

from grader.checks import mistake

from . import solution

# --- max_pool --------------------------------------------------------------------------------


def _with_partial_windows(pool, x, window, stride, fill):
    """Pool after completing the image, so that windows which stick out count too."""
    missing = [max(0, -(-(size - window) // stride) * stride + window - size) for size in x.shape]
    padded = np.pad(x, ((0, missing[0]), (0, missing[1]), (0, 0)), constant_values=fill)
    return pool(padded, window, stride)


@mistake(
    of="max_pool",
    fr="Le maximum part de 0 : les fenêtres entièrement négatives donnent 0. Partez d'un nombre de "
    "la fenêtre, ou de moins l'infini.",
    en="The maximum starts from 0: windows that are entirely negative give 0. Start from a number "
    "of the window, or from minus infinity.",
)
def maximum_starts_from_zero(x, window, stride):
    return np.maximum(solution.max_pool(x, window, stride), 0)


@mistake(
    of="max_pool",
    fr="Le pas est ignoré : les fenêtres se suivent comme si le pas valait la fenêtre.",
    en="The stride is ignored: the windows follow one another as though it equalled the window.",
)
def stride_taken_from_the_window(x, window, stride):
    return solution.max_pool(x, window, window)


@mistake(
    of="max_pool",
    fr="Les fenêtres qui dépassent du bord comptent encore. Seules comptent celles qui tiennent "
    "tout entières dans l'image.",
    en="Windows that stick out of the border still count. Only those that fit entirely in the "
    "image do.",
)
def partial_windows_kept(x, window, stride):
    return _with_partial_windows(solution.max_pool, x, window, stride, -1000)


@mistake(
    of="max_pool",
    fr="Le maximum est pris aussi sur les canaux. Chaque carte est réduite à part.",
    en="The maximum is taken over the channels as well. Each map is reduced by itself.",
)
def maximum_over_channels(x, window, stride):
    y = solution.max_pool(x, window, stride).max(axis=-1, keepdims=True)
    return np.broadcast_to(y, (*y.shape[:2], x.shape[-1])).copy()


@mistake(
    of="max_pool",
    fr="C'est le plus grand nombre en valeur absolue ; un maximum tient compte du signe.",
    en="This is the largest number in absolute value; a maximum takes the sign into account.",
)
def largest_magnitude(x, window, stride):
    return solution.max_pool(np.abs(x), window, stride)


# --- avg_pool --------------------------------------------------------------------------------


@mistake(
    of="avg_pool",
    fr="C'est la somme de la fenêtre. Par combien de pixels faut-il la diviser ?",
    en="This is the sum of the window. By how many pixels should it be divided?",
)
def sum_instead_of_mean(x, window, stride):
    return solution.avg_pool(x, window, stride) * window * window


@mistake(
    of="avg_pool",
    fr="La somme est divisée par le côté de la fenêtre ; celle-ci contient bien plus de pixels.",
    en="The sum is divided by the side of the window, which holds many more pixels than that.",
)
def divided_by_the_side(x, window, stride):
    return solution.avg_pool(x, window, stride) * window


@mistake(
    of="avg_pool",
    fr="Les fenêtres qui dépassent du bord comptent encore, complétées par des zéros. Seules "
    "comptent celles qui tiennent tout entières dans l'image.",
    en="Windows that stick out of the border still count, completed with zeros. Only those that "
    "fit entirely in the image do.",
)
def partial_means_kept(x, window, stride):
    return _with_partial_windows(solution.avg_pool, x, window, stride, 0)


@mistake(
    of="avg_pool",
    fr="Le pas est ignoré : les fenêtres se suivent comme si le pas valait la fenêtre.",
    en="The stride is ignored: the windows follow one another as though it equalled the window.",
)
def average_stride_ignored(x, window, stride):
    return solution.avg_pool(x, window, window)


# --- shift_sensitivity -----------------------------------------------------------------------

_SHIFTS = ((-1, 0), (1, 0), (0, -1), (0, 1))


def _ratios(images, window, stride, shifts=_SHIFTS):
    """Numerators and denominators, each of shape (images, shifts)."""
    changes, sizes = [], []
    for image in images:
        pooled = solution.max_pool(image, window, stride)
        moved = [
            solution.max_pool(np.roll(image, shift, axis=(0, 1)), window, stride)
            for shift in shifts
        ]
        changes.append([np.linalg.norm(other - pooled) for other in moved])
        sizes.append([np.linalg.norm(pooled)] * len(shifts))
    return np.array(changes), np.array(sizes)


@mistake(
    of="shift_sensitivity",
    fr="C'est la carte réduite qui est décalée. Décalez l'image, puis réduisez-la : un pixel de "
    "l'image n'est pas un pixel de la carte.",
    en="It is the reduced map that is shifted. Shift the image, then reduce it: a pixel of the "
    "image is not a pixel of the map.",
)
def map_shifted_instead_of_image(images, window, stride):
    ratios = []
    for image in images:
        pooled = solution.max_pool(image, window, stride)
        for shift in _SHIFTS:
            moved = np.roll(pooled, shift, axis=(0, 1))
            ratios.append(np.linalg.norm(moved - pooled) / np.linalg.norm(pooled))
    return float(np.mean(ratios))


@mistake(
    of="shift_sensitivity",
    fr="Un seul décalage est mesuré par direction (bas et droite). Il en faut quatre : une fenêtre "
    "ne coupe pas l'image de la même façon vers le haut et vers le bas.",
    en="Only one shift is measured per direction (down and right). Four are needed: a window does "
    "not cut the image in the same way upwards and downwards.",
)
def two_shifts_only(images, window, stride):
    changes, sizes = _ratios(images, window, stride, ((1, 0), (0, 1)))
    return float((changes / sizes).mean())


@mistake(
    of="shift_sensitivity",
    fr="Le changement n'est pas rapporté à la taille de la sortie : divisez par ||f(x)||.",
    en="The change is not measured against the size of the output: divide by ||f(x)||.",
)
def change_not_relative(images, window, stride):
    return float(_ratios(images, window, stride)[0].mean())


@mistake(
    of="shift_sensitivity",
    fr="Les changements sont moyennés avant d'être divisés. On demande la moyenne des rapports, un "
    "par image et par décalage.",
    en="The changes are averaged before being divided. What is asked for is the mean of the "
    "ratios, one per image and shift.",
)
def ratio_of_the_means(images, window, stride):
    changes, sizes = _ratios(images, window, stride)
    return float(changes.mean() / sizes.mean())


@mistake(
    of="shift_sensitivity",
    fr="Il manque les racines carrées : vous divisez une somme de carrés par une autre.",
    en="The square roots are missing: you divide one sum of squares by another.",
)
def sensitivity_without_roots(images, window, stride):
    changes, sizes = _ratios(images, window, stride)
    return float(((changes / sizes) ** 2).mean())


# --- multiplications -------------------------------------------------------------------------


@mistake(
    of="multiplications",
    fr="Le coût est celui d'une convolution sans pooling : elle ne parcourt que les cartes réduites.",
    en="The cost is that of a convolution without pooling: it only runs over the reduced maps.",
)
def maps_not_reduced(height, width, channels, window, stride, kernel, filters):
    return solution.multiplications(height, width, channels, 1, 1, kernel, filters)


@mistake(
    of="multiplications",
    fr="La taille de la fenêtre n'intervient pas. Un pooling sans zéros autour perd aussi les "
    "dernières positions, comme une convolution.",
    en="The window's size plays no part. A pooling with no zeros around it also loses the last "
    "positions, as a convolution does.",
)
def window_ignored(height, width, channels, window, stride, kernel, filters):
    return (height // stride) * (width // stride) * filters * kernel * kernel * channels


@mistake(
    of="multiplications",
    fr="La profondeur des filtres est oubliée : un filtre a des poids pour chacun des canaux.",
    en="The depth of the filters is forgotten: a filter has weights for each of the channels.",
)
def depth_forgotten(height, width, channels, window, stride, kernel, filters):
    return solution.multiplications(height, width, 1, window, stride, kernel, filters)


# --- supported_claims ------------------------------------------------------------------------


def _claims(plain, strided, pooled, **changes):
    supported = dict.fromkeys(solution.CLAIMS, False)
    supported |= dict.fromkeys(solution.supported_claims(plain, strided, pooled), True)
    supported |= changes
    return [claim for claim in solution.CLAIMS if supported[claim]]


@mistake(
    of="supported_claims",
    fr="C'est ce que l'on attend d'un pooling, récité sans regarder les mesures. Celles-ci peuvent "
    "dire autre chose.",
    en="This is what one expects of pooling, recited without looking at the measurements. They "
    "may say otherwise.",
)
def expectation_recited(plain, strided, pooled):
    return ["stride_saves_multiplications", "window_forgives_shifts"]


@mistake(
    of="supported_claims",
    fr="L'effet de la fenêtre est jugé contre l'expérience sans rien : le pas a changé en même "
    "temps. Comparez deux expériences qui ne diffèrent que par la fenêtre.",
    en="The window's effect is judged against the experiment with nothing at all: the stride "
    "changed at the same time. Compare two experiments that differ by the window alone.",
)
def two_changes_at_once(plain, strided, pooled):
    lower = pooled["sensitivity"] < solution.CLEARLY_LOWER * plain["sensitivity"]
    return _claims(plain, strided, pooled, window_forgives_shifts=lower)


@mistake(
    of="supported_claims",
    fr="La moindre baisse compte comme un effet. Une baisse est nette au-dessous de 90 % de l'autre "
    "sensibilité : `CLEARLY_LOWER`.",
    en="The slightest drop counts as an effect. A drop is clear below 90% of the other "
    "sensitivity: `CLEARLY_LOWER`.",
)
def any_drop_counts(plain, strided, pooled):
    return _claims(
        plain,
        strided,
        pooled,
        stride_forgives_shifts=strided["sensitivity"] < plain["sensitivity"],
        window_forgives_shifts=pooled["sensitivity"] < strided["sensitivity"],
    )


@mistake(
    of="supported_claims",
    fr="Une sensibilité qui baisse n'est pas une sensibilité nulle.",
    en="A sensitivity that drops is not a sensitivity of zero.",
)
def drop_taken_for_zero(plain, strided, pooled):
    lower = pooled["sensitivity"] < solution.CLEARLY_LOWER * plain["sensitivity"]
    return _claims(plain, strided, pooled, pooling_removes_all_sensitivity=lower)
