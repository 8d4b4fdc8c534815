"""Known mistakes of question 7."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- effective_size and output_size ----------------------------------------------------------

_SPANS = [
    deviation(
        "dilation_times_kernel",
        span="product",
        fr="L'étendue est comptée comme `dilation * kernel`. Il n'y a d'écarts qu'entre les coefficients : "
        "`kernel - 1` écarts.",
        en="The span is counted as `dilation * kernel`. There are gaps between taps only: `kernel - 1` of "
        "them.",
    ),
    deviation(
        "last_cell_forgotten",
        span="gaps",
        fr="C'est la distance du premier coefficient au dernier ; il reste une case à compter, comme d'un "
        "piquet au dernier d'une clôture.",
        en="This is the distance from the first tap to the last; one more cell is to be counted, as with "
        "the posts of a fence.",
    ),
    deviation(
        "one_gap_only",
        span="one gap",
        fr="Les zéros ne sont comptés que dans un seul écart ; il y en a `kernel - 1`.",
        en="The zeros are counted in a single gap; there are `kernel - 1` of these.",
    ),
    deviation(
        "dilation_zeros_between",
        span="wider",
        fr="`dilation` zéros sont comptés entre deux coefficients. Avec une dilatation de 1 "
        "il n'y en a aucun : c'est `dilation - 1`.",
        en="`dilation` zeros are counted between two taps. At a dilation of 1 there is none: it is "
        "`dilation - 1`.",
    ),
]


def _span(kernel, dilation, span):
    return {
        "product": dilation * kernel,
        "gaps": dilation * (kernel - 1),
        "one gap": kernel + dilation - 1,
        "wider": (dilation + 1) * (kernel - 1) + 1,
        "ignored": kernel,
    }.get(span, dilation * (kernel - 1) + 1)


@family(of="effective_size", deviations=_SPANS)
def effective(kernel, dilation, *, span="own"):
    return _span(kernel, dilation, span)


@family(
    of="output_size",
    deviations=[
        *_SPANS,
        deviation(
            "dilation_ignored",
            span="ignored",
            fr="`dilation` n'intervient pas : le noyau dilaté est plus étendu.",
            en="`dilation` plays no part: the dilated kernel has a larger span.",
        ),
        deviation(
            "padding_counted_once",
            zeros=1,
            fr="Les zéros ne sont comptés que d'un côté ; il y en a `padding` à chaque bout.",
            en="The zeros are counted on one side only; there are `padding` at each end.",
        ),
        deviation(
            "first_position_forgotten",
            first=0,
            fr="Il manque la position de départ : le `+ 1` de la formule.",
            en="The starting position is missing: the formula's `+ 1`.",
        ),
        deviation(
            "rounded_up",
            rounded="up",
            fr="Le résultat est arrondi vers le haut : une dernière position qui dépasse ne compte pas.",
            en="The result is rounded up: a last position that sticks out does not count.",
        ),
    ],
)
def sizes(size, kernel, padding, stride, dilation, *, span="own", zeros=2, first=1, rounded="down"):
    room = size + zeros * padding - _span(kernel, dilation, span)
    return (-(-room // stride) if rounded == "up" else room // stride) + first


# --- dilate ----------------------------------------------------------------------------------


@family(
    of="dilate",
    deviations=[
        deviation(
            "zeros_after_the_last",
            edge="kept",
            fr="Il reste des zéros après le dernier coefficient ; il n'y en a qu'entre deux coefficients.",
            en="Zeros are left after the last tap; there are some between two taps only.",
        ),
        deviation(
            "one_zero_too_many",
            more=1,
            fr="Il y a `dilation` zéros entre deux coefficients : un de trop.",
            en="There are `dilation` zeros between two taps: one too many.",
        ),
        deviation(
            "dilation_zeros_between",
            more="always",
            fr="Il y a `dilation` zéros entre deux coefficients : un de trop. À une dilatation de 1 il n'y en a "
            "aucun.",
            en="There are `dilation` zeros between two taps: one too many. At a dilation of 1 there is none.",
        ),
        deviation(
            "rows_only",
            axes="rows",
            fr="Seules les lignes sont écartées.",
            en="Only the rows are spread.",
        ),
        deviation(
            "columns_only",
            axes="columns",
            fr="Seules les colonnes sont écartées.",
            en="Only the columns are spread.",
        ),
        deviation(
            "taps_repeated",
            between="copies",
            fr="Les coefficients sont répétés : c'est un agrandissement. Entre eux il faut des zéros.",
            en="The taps are repeated: that is an enlargement. Zeros are needed between them.",
        ),
        deviation(
            "not_dilated",
            axes="none",
            fr="Le noyau revient tel quel.",
            en="The kernel comes back as it is.",
        ),
    ],
)
def spread(kernel, dilation, *, edge="cut", more=0, axes="both", between="zeros"):
    wide = dilation + (1 if more == "always" else more * (dilation > 1))
    down, across = {"rows": (wide, 1), "columns": (1, wide), "none": (1, 1)}.get(axes, (wide, wide))
    if between == "copies":
        return np.repeat(np.repeat(kernel, down, axis=0), across, axis=1).astype(np.float32)
    found = np.zeros((kernel.shape[0] * down, kernel.shape[1] * across), np.float32)
    found[::down, ::across] = kernel
    height, width = found.shape
    if edge == "cut":
        height, width = height - down + 1, width - across + 1
    return found[:height, :width].astype(np.float32)


# --- correlate and correlate2d ---------------------------------------------------------------

_MOVES = [
    deviation(
        "dilation_ignored",
        used="not",
        fr="`dilation` est ignorée : les coefficients se touchent.",
        en="`dilation` is ignored: the taps touch each other.",
    ),
    deviation(
        "dilation_as_a_stride",
        used="stride",
        fr="`dilation` est prise pour un pas : le noyau avance de plusieurs cases, mais ses coefficients se "
        "touchent. C'est l'inverse qu'il faut.",
        en="`dilation` is taken for a stride: the kernel advances by several cells, but its taps touch each "
        "other. It is the other way round.",
    ),
    deviation(
        "dilation_and_stride",
        used="both",
        fr="Les coefficients sont écartés, mais le noyau avance aussi de `dilation` cases ; il avance d'une.",
        en="The taps are spread, but the kernel also advances by `dilation` cells; it should "
        "advance by one.",
    ),
    deviation(
        "one_cell_too_far",
        used="wider",
        fr="Deux coefficients voisins sont à `dilation + 1` cases l'un de l'autre.",
        en="Two neighbouring taps are `dilation + 1` cells apart.",
    ),
    deviation(
        "dilation_zeros_between",
        used="always wider",
        fr="Deux coefficients voisins sont à `dilation + 1` cases l'un de l'autre, même à une dilatation de 1, où "
        "ils se touchent.",
        en="Two neighbouring taps are `dilation + 1` cells apart, even at a dilation of 1, where they touch.",
    ),
    deviation(
        "kernel_flipped",
        flipped=True,
        fr="Le noyau est retourné : il est posé tel quel.",
        en="The kernel is flipped: it should be laid down as it is.",
    ),
    deviation(
        "last_position_missing",
        size="one less",
        fr="La dernière position manque.",
        en="The last position is missing.",
    ),
]


@family(of="correlate", deviations=_MOVES)
def line(signal, kernel, dilation, *, used="taps", flipped=False, size="own"):
    places = _places(len(signal), len(kernel), dilation, used, size)
    return (signal[places] @ (kernel[::-1] if flipped else kernel)).astype(np.float32)


@family(
    of="correlate2d",
    deviations=[
        *_MOVES,
        deviation(
            "rows_only",
            axes="rows",
            fr="Seules les lignes du noyau sont écartées.",
            en="Only the rows of the kernel are spread.",
        ),
        deviation(
            "columns_only",
            axes="columns",
            fr="Seules les colonnes du noyau sont écartées.",
            en="Only the columns of the kernel are spread.",
        ),
    ],
)
def plane(image, kernel, dilation, *, used="taps", flipped=False, size="own", axes="both"):
    down, across = {"rows": (dilation, 1), "columns": (1, dilation)}.get(axes, (dilation, dilation))
    rows = _places(image.shape[0], kernel.shape[0], down, used, size)
    columns = _places(image.shape[1], kernel.shape[1], across, used, size)
    pieces = image[rows[:, None, :, None], columns[None, :, None, :]]
    laid = kernel[::-1, ::-1] if flipped else kernel
    return np.einsum("ijuv,uv->ij", pieces, laid).astype(np.float32)


def _places(length, taps, dilation, used, size):
    """For each position along an axis, the cells that the taps lie on."""
    wider = {"wider": dilation + (dilation > 1), "always wider": dilation + 1}
    apart = {"not": 1, "stride": 1, **wider}.get(used, dilation)
    step = dilation if used in ("stride", "both") else 1
    positions = (length - apart * (taps - 1) - 1) // step + 1 - (size == "one less")
    return step * np.arange(max(positions, 0))[:, None] + apart * np.arange(taps)


# --- samples_seen ----------------------------------------------------------------------------


@mistake(
    of="samples_seen",
    fr="Tout est donné d'un bout à l'autre, trous compris : certains échantillons n'entrent dans aucune somme.",
    en="All is given from one end to the other, gaps included: some samples enter no sum.",
)
def gaps_filled(kernel, dilations):
    return list(range(sum(d * (kernel - 1) for d in dilations) + 1))


@mistake(
    of="samples_seen",
    fr="Seule la première couche est comptée. La deuxième voit plusieurs sorties de la première.",
    en="Only the first layer is counted. The second sees several outputs of the first.",
)
def first_layer_only(kernel, dilations):
    return [dilations[0] * tap for tap in range(kernel)]


@mistake(
    of="samples_seen",
    fr="Seule la dernière couche est comptée : ses entrées sont des sorties de la précédente, pas des "
    "échantillons.",
    en="Only the last layer is counted: its inputs are outputs of the one before, not samples.",
)
def last_layer_only(kernel, dilations):
    return [dilations[-1] * tap for tap in range(kernel)]


@mistake(
    of="samples_seen",
    fr="Les indices de chaque couche sont réunis. Ils s'ajoutent : un écart de la deuxième couche plus un "
    "écart de la première.",
    en="The indices of each layer are put together. They add up: an offset of the second layer plus an "
    "offset of the first.",
)
def layers_side_by_side(kernel, dilations):
    return sorted({d * tap for d in dilations for tap in range(kernel)})


@mistake(
    of="samples_seen",
    fr="Les dilatations sont multipliées de couche en couche, comme le seraient des pas. Une dilatation "
    "n'agit que sur sa couche.",
    en="The dilations are multiplied from layer to layer, as strides would be. A dilation acts on its own "
    "layer alone.",
)
def multiplied_as_strides(kernel, dilations):
    seen, apart = {0}, 1
    for dilation in dilations:
        apart *= dilation
        seen = {place + apart * tap for place in seen for tap in range(kernel)}
    return sorted(seen)


@mistake(
    of="samples_seen",
    fr="Un échantillon que plusieurs chemins atteignent est donné plusieurs fois.",
    en="A sample that several ways lead to is given several times.",
)
def repeated(kernel, dilations):
    seen = [0]
    for dilation in dilations:
        seen = [place + dilation * tap for place in seen for tap in range(kernel)]
    return sorted(seen)


@mistake(
    of="samples_seen",
    fr="C'est leur nombre ; on demande leurs indices.",
    en="This is their number; their indices are asked for.",
)
def number_of_them(kernel, dilations):
    return len(solution.samples_seen(kernel, dilations))


@mistake(
    of="samples_seen",
    fr="L'échantillon 0 manque : c'est celui du premier coefficient de chaque couche.",
    en="Sample 0 is missing: it is that of each layer's first tap.",
)
def first_sample_missing(kernel, dilations):
    return solution.samples_seen(kernel, dilations)[1:]
