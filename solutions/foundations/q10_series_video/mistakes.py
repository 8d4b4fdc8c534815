"""Known mistakes of question 10."""

import math

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- parameters ------------------------------------------------------------------------------


@family(
    of="parameters",
    deviations=[
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : chaque filtre a le sien.",
            en="The biases are missing: every filter has its own.",
        ),
        deviation(
            "one_bias_for_the_layer",
            biases="one",
            fr="Un seul biais est compté ; chaque filtre a le sien.",
            en="A single bias is counted; every filter has its own.",
        ),
        deviation(
            "sizes_added",
            taps="sum",
            fr="Les tailles sont additionnées ; un filtre de 3 × 3 a 9 poids, pas 6.",
            en="The sizes are added; a filter of 3 × 3 has 9 weights, not 6.",
        ),
        deviation(
            "first_size_only",
            taps="first",
            fr="Seule la première taille est comptée.",
            en="Only the first size is counted.",
        ),
        deviation(
            "first_size_to_the_power",
            taps="power",
            fr="Toutes les tailles sont comptées égales à la première ; un filtre n'est pas toujours carré.",
            en="All sizes are counted as equal to the first; a filter is not always square.",
        ),
        deviation(
            "squared_whatever_the_axes",
            taps="square",
            fr="La première taille est mise au carré, quel que soit le nombre d'axes.",
            en="The first size is squared, whatever the number of axes.",
        ),
        deviation(
            "channels_forgotten",
            depth="flat",
            fr="Les canaux d'entrée ne sont pas comptés : un filtre les lit tous.",
            en="The input channels are not counted: a filter reads all of them.",
        ),
    ],
)
def counted(sizes, in_channels, filters, *, biases="filters", taps="product", depth="own"):
    weights = {
        "sum": sum(sizes),
        "first": sizes[0],
        "power": sizes[0] ** len(sizes),
        "square": sizes[0] ** 2,
    }.get(taps, math.prod(sizes))
    weights *= filters * (1 if depth == "flat" else in_channels)
    return weights + {"none": 0, "one": 1}.get(biases, filters)


# --- conv1d and conv3d -----------------------------------------------------------------------

_SUMS = [
    deviation(
        "bias_forgotten",
        biases="none",
        fr="Les biais ne sont pas ajoutés.",
        en="The biases are not added.",
    ),
    deviation(
        "biases_summed",
        biases="sum",
        fr="Chaque carte reçoit la somme des biais ; elle ne reçoit que celui de son filtre.",
        en="Every map receives the sum of the biases; it only receives its own filter's.",
    ),
    deviation(
        "first_channel_only",
        channels="first",
        fr="Seul le premier canal est utilisé. La somme porte sur tous les canaux.",
        en="Only the first channel is used. The sum runs over all channels.",
    ),
    deviation(
        "kernel_flipped",
        turned="all",
        fr="Le filtre est retourné : il est posé tel quel.",
        en="The filter is flipped: it should be laid down as it is.",
    ),
    deviation(
        "mean_instead_of_sum",
        total="mean",
        fr="Les produits sont moyennés ; une réponse est leur somme.",
        en="The products are averaged; a response is their sum.",
    ),
    deviation(
        "last_position_missing",
        places="one less",
        fr="La dernière position manque le long de chaque axe : un filtre qui peut faire n pas tient à "
        "n + 1 endroits.",
        en="The last position is missing along each axis: a filter that can take n steps fits at n + 1 "
        "places.",
    ),
]


@family(
    of="conv1d",
    deviations=[
        *_SUMS,
        deviation(
            "zeros_around",
            places="same",
            fr="Des zéros sont ajoutés : la sortie est aussi longue que l'entrée. On n'en veut pas ici.",
            en="Zeros are added: the output is as long as the input. None are wanted here.",
        ),
        deviation(
            "filters_first",
            order=(1, 0),
            fr="L'axe des filtres vient en premier ; il doit venir en dernier.",
            en="The axis of the filters comes first; it must come last.",
        ),
        deviation(
            "channels_and_filters_exchanged",
            exchanged=True,
            fr="Les deux derniers axes de `kernel` sont échangés : d'abord les canaux, puis les filtres.",
            en="The last two axes of `kernel` are exchanged: channels first, then filters.",
        ),
    ],
)
def series(x, kernel, bias, *, places="own", order=(0, 1), exchanged=False, **choices):
    kernel = np.swapaxes(kernel, 1, 2) if exchanged else kernel
    if places == "same":
        before = (len(kernel) - 1) // 2
        x = np.pad(x, ((before, len(kernel) - 1 - before), (0, 0)))
    found = _slid(x, kernel, bias, places=places, **choices)
    return np.transpose(found, order).copy()


@family(
    of="conv3d",
    deviations=[
        *_SUMS,
        deviation(
            "time_flipped",
            turned="time",
            fr="Le filtre est retourné dans le temps : sa première image va avec la première du bloc.",
            en="The filter is flipped in time: its first frame goes with the first of the block.",
        ),
        deviation(
            "first_frame_only",
            frames="first",
            fr="Seule la première image du filtre sert. La somme porte aussi sur le temps.",
            en="Only the first frame of the filter is used. The sum runs over time, too.",
        ),
        deviation(
            "filters_first",
            order=(3, 0, 1, 2),
            fr="L'axe des filtres vient en premier ; il doit venir en dernier.",
            en="The axis of the filters comes first; it must come last.",
        ),
        deviation(
            "time_after_space",
            order=(1, 2, 0, 3),
            fr="Le temps vient après la hauteur et la largeur ; il reste le premier axe.",
            en="Time comes after height and width; it should stay the first axis.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            order=(0, 2, 1, 3),
            fr="Lignes et colonnes de la sortie sont échangées.",
            en="Rows and columns of the output are exchanged.",
        ),
    ],
)
def videos(video, kernel, bias, *, order=(0, 1, 2, 3), frames="all", **choices):
    if frames == "first":
        later = kernel.copy()
        later[1:] = 0
        kernel = later
    return np.transpose(_slid(video, kernel, bias, **choices), order).copy()


def _slid(
    x, kernel, bias, *, biases="own", channels="all", turned="none", total="sum", places="own"
):
    axes = tuple(range(kernel.ndim - 2))
    kernel = {"all": np.flip(kernel, axes), "time": kernel[::-1]}.get(turned, kernel)
    if channels == "first":
        x, kernel = x[..., :1], kernel[..., :1, :]
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:-2], axis=axes)
    windows = np.moveaxis(windows, len(axes), -1)
    found = np.tensordot(windows, kernel, len(axes) + 1)
    found = found / math.prod(kernel.shape[:-1]) if total == "mean" else found
    if places == "one less":
        found = found[(slice(-1),) * len(axes)]
    if biases != "none":
        found = found + (bias.sum() if biases == "sum" else bias)
    return found.astype(np.float32)


# --- gaussian --------------------------------------------------------------------------------


@family(
    of="gaussian",
    deviations=[
        deviation(
            "not_normalised",
            scale="none",
            fr="La somme ne vaut pas 1 : la série lissée serait amplifiée. Divisez par la somme.",
            en="The sum is not 1: the smoothed series would be amplified. Divide by the sum.",
        ),
        deviation(
            "constant_of_the_density",
            scale="density",
            fr="C'est la constante de la densité, 1 / (σ √(2π)). Avec peu de coefficients leur somme n'est "
            "pas 1 : divisez par elle.",
            en="This is the constant of the density, 1 / (σ √(2π)). With few taps their sum is not 1: divide "
            "by it.",
        ),
        deviation(
            "two_forgotten",
            shape="no two",
            fr="Il manque le 2 de exp(-d² / (2 σ²)) : la cloche est trop étroite.",
            en="The 2 of exp(-d² / (2 σ²)) is missing: the bell is too narrow.",
        ),
        deviation(
            "sigma_not_squared",
            shape="sigma",
            fr="σ n'est pas au carré.",
            en="σ is not squared.",
        ),
        deviation(
            "distance_not_squared",
            shape="absolute",
            fr="La distance n'est pas au carré : la cloche a une pointe.",
            en="The distance is not squared: the bell has a tip.",
        ),
        deviation(
            "not_centred",
            middle="start",
            fr="Les distances sont comptées depuis le premier coefficient ; elles partent du milieu.",
            en="Distances are counted from the first tap; they should start from the middle.",
        ),
        deviation(
            "middle_of_taps_over_two",
            middle="half",
            fr="Le milieu est pris en `taps / 2` ; le coefficient du milieu porte le numéro `taps // 2`.",
            en="The middle is taken at `taps / 2`; the middle tap has number `taps // 2`.",
        ),
    ],
)
def bell(taps, sigma, *, scale="sum", shape="own", middle="own"):
    d = np.arange(taps) - {"start": 0, "half": taps / 2}.get(middle, taps // 2)
    weights = np.exp(
        {
            "no two": -(d**2) / sigma**2,
            "sigma": -(d**2) / (2 * sigma),
            "absolute": -np.abs(d) / (2 * sigma**2),
        }.get(shape, -(d**2) / (2 * sigma**2))
    )
    divisor = {
        "none": 1.0,
        "density": sigma * math.sqrt(2 * math.pi),
    }.get(scale, weights.sum())
    return (weights / divisor).astype(np.float32)


# --- smooth ----------------------------------------------------------------------------------


@family(
    of="smooth",
    deviations=[
        deviation(
            "shorter_than_before",
            around="nothing",
            fr="Rien n'est ajouté de part et d'autre : la série lissée est plus courte.",
            en="Nothing is added on either side: the smoothed series is shorter.",
        ),
        deviation(
            "zeros_around",
            around="zeros",
            fr="La série est prolongée par des zéros : ses deux bouts sont tirés vers zéro. On demande son "
            "miroir.",
            en="The series is continued by zeros: both its ends are pulled towards zero. Its mirror image is "
            "asked for.",
        ),
        deviation(
            "edge_repeated",
            around="edge",
            fr="Le bord est répété autant de fois qu'il faut (*replicate*) ; on demande le miroir, bord répété.",
            en="The edge is repeated as often as needed (*replicate*); the mirror image, edge repeated, is "
            "asked for.",
        ),
        deviation(
            "mirror_on_the_edge",
            around="reflect",
            fr="Le miroir est posé sur le bord, qui n'est pas répété (*reflect*) ; on demande *symmetric*.",
            en="The mirror stands on the edge, which is not repeated (*reflect*); *symmetric* is asked for.",
        ),
        deviation(
            "all_in_front",
            around="front",
            fr="Tout ce qui est ajouté l'est devant : la série lissée arrive en retard.",
            en="All that is added is added in front: the smoothed series comes late.",
        ),
        deviation(
            "longer_than_before",
            around="full",
            fr="Deux fois trop d'échantillons sont ajoutés de chaque côté (*full*) : la "
            "série lissée est plus longue.",
            en="Twice too much is added on each side (*full*): the smoothed series is longer.",
        ),
        deviation(
            "plain_mean",
            weights="mean",
            fr="C'est une moyenne mobile ; les coefficients doivent être ceux de `gaussian`.",
            en="This is a moving average; the taps must be `gaussian`'s.",
        ),
        deviation(
            "borders_rescaled",
            around="rescaled",
            fr="Rien n'est ajouté, et aux bords les coefficients restants sont renormalisés ; on demande le "
            "miroir.",
            en="Nothing is added, and at the borders the taps that are left are normalised anew; the mirror "
            "image is asked for.",
        ),
    ],
)
def smoothed(series, taps, sigma, *, around="mirror", weights="own"):
    half = taps // 2
    widths = {"nothing": 0, "front": (taps - 1, 0), "full": taps - 1}.get(around, half)
    kernel = solution.gaussian(taps, sigma)
    kernel = np.full(taps, 1 / taps) if weights == "mean" else kernel
    mode = {"zeros": "constant", "rescaled": "constant", "edge": "edge", "reflect": "reflect"}

    def slid(values):
        padded = np.pad(values, widths, mode=mode.get(around, "symmetric"))
        return np.lib.stride_tricks.sliding_window_view(padded, taps) @ kernel

    found = slid(series)
    if around == "rescaled":
        found = found / slid(np.ones_like(series))
    return found.astype(np.float32)


# --- motion ----------------------------------------------------------------------------------


@mistake(
    of="motion",
    fr="C'est l'image t moins l'image t + 1 : les signes sont inversés. Le filtre n'est pas retourné, son "
    "premier coefficient va avec l'image t.",
    en="This is frame t minus frame t + 1: the signs are exchanged. The filter is not flipped, its first tap "
    "goes with frame t.",
)
def signs_exchanged(video):
    return (video[:-1] - video[1:]).astype(np.float32)


@mistake(
    of="motion",
    fr="C'est la valeur absolue ; le signe dit si un pixel s'éclaire ou s'assombrit.",
    en="This is the absolute value; the sign says whether a pixel gets brighter or darker.",
)
def magnitude(video):
    return np.abs(np.diff(video, axis=0)).astype(np.float32)


@mistake(
    of="motion",
    fr="Chaque image est comparée à la première ; on demande la précédente.",
    en="Each frame is compared with the first; the one before is asked for.",
)
def compared_with_the_first(video):
    return (video[1:] - video[:1]).astype(np.float32)


@mistake(
    of="motion",
    fr="La différence est prise d'une ligne à l'autre ; le temps est le premier axe.",
    en="The difference is taken from row to row; time is the first axis.",
)
def from_row_to_row(video):
    return np.diff(video, axis=1).astype(np.float32)


@mistake(
    of="motion",
    fr="Les deux images sont additionnées : les coefficients sont -1 et 1.",
    en="The two frames are added: the taps are -1 and 1.",
)
def added(video):
    return (video[1:] + video[:-1]).astype(np.float32)


@mistake(
    of="motion",
    fr="Une première image de zéros est ajoutée, pour en garder autant. On en demande une de moins.",
    en="A first frame of zeros is added, to keep as many. One less is asked for.",
)
def as_many_frames(video):
    return np.diff(video, axis=0, prepend=video[:1]).astype(np.float32)
