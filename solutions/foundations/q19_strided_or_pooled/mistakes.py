"""Known mistakes of question 19."""

import numpy as np

from grader.checks import deviation, family

from . import solution

_COST = [
    deviation(
        "rounded_down",
        positions="down",
        fr="La taille est divisée par le pas et arrondie vers le bas : il y a ⌊(N − 1) / S⌋ + 1 positions.",
        en="The size is divided by the stride and rounded down: there are ⌊(N − 1) / S⌋ + 1 positions.",
    ),
    deviation(
        "maps_shrink",
        positions="valid",
        fr="La convolution est comptée sans complétion : les zéros ajoutés font compter les bords aussi.",
        en="The convolution is counted without padding: with the added zeros the borders count as well.",
    ),
    deviation(
        "stride_once",
        positions="rows alone",
        fr="Le pas n'agit que sur la hauteur : il agit dans les deux directions.",
        en="The stride acts on the height alone: it should act in both directions.",
    ),
]


def _cost(height, width, channels, filters, kernel, stride, positions):
    def along(size, step):
        rules = {"down": size // step, "valid": (size - kernel) // step + 1}
        return rules.get(positions, (size - 1) // step + 1)

    across = 1 if positions == "rows alone" else stride
    return along(height, stride) * along(width, across) * filters * kernel**2 * channels


@family(
    of="multiplications",
    deviations=[
        *_COST,
        deviation(
            "stride_ignored",
            moves=False,
            fr="Le pas n'intervient pas.",
            en="The stride plays no part.",
        ),
        deviation(
            "depth_forgotten",
            depth=False,
            fr="La profondeur des filtres est oubliée : ils ont des poids pour chaque canal.",
            en="The depth of the filters is forgotten: they have weights for each channel.",
        ),
        deviation(
            "single_filter",
            every=False,
            fr="Un seul filtre est compté.",
            en="A single filter is counted.",
        ),
        deviation(
            "biases_counted",
            biases=True,
            fr="Un biais est compté pour chaque nombre : il s'ajoute, et ne multiplie rien.",
            en="A bias is counted for each number: a bias is added, and multiplies nothing.",
        ),
    ],
)
def cost(
    height,
    width,
    channels,
    filters,
    kernel,
    stride,
    *,
    positions="right",
    moves=True,
    depth=True,
    every=True,
    biases=False,
):
    stride, channels = stride if moves else 1, channels if depth else 1
    filters = filters if every else 1
    found = _cost(height, width, channels, filters, kernel, stride, positions)
    if biases:
        found += _cost(height, width, 1, filters, 1, stride, "right")
    return found


@family(
    of="saving",
    deviations=[
        deviation(
            "upside_down",
            way="inverted",
            fr="Le rapport est à l'envers : le coût au pas 1 est au numérateur.",
            en="The ratio is upside down: the cost at stride 1 is the numerator.",
        ),
        deviation(
            "square_of_the_stride",
            way="square",
            fr="C'est le carré du pas : ce n'est exact que si le pas divise les deux tailles. Comptez.",
            en="This is the square of the stride: that is exact only if the stride divides both sizes. Count.",
        ),
        deviation(
            "stride_alone",
            way="stride",
            fr="C'est le pas : il agit dans les deux directions. Comptez les positions.",
            en="This is the stride: it acts in both directions. Count the positions.",
        ),
        deviation(
            "difference",
            way="difference",
            fr="C'est la différence des coûts : on demande leur rapport.",
            en="This is the difference of the costs: their ratio is asked for.",
        ),
        deviation(
            "whole_division",
            way="whole",
            fr="La division est entière (`//`) : le rapport peut avoir des décimales.",
            en="The division is a whole one (`//`): the ratio may have decimals.",
        ),
    ],
)
def ratio(height, width, channels, filters, kernel, stride, *, way="ratio"):
    layer = height, width, channels, filters, kernel
    one, other = solution.multiplications(*layer, 1), solution.multiplications(*layer, stride)
    rules = {
        "inverted": other / one,
        "square": float(stride**2),
        "stride": float(stride),
        "difference": float(one - other),
        "whole": float(one // other),
    }
    return rules.get(way, one / other)


@family(
    of="strided_map",
    deviations=[
        deviation(
            "stride_ignored",
            moves="one",
            fr="Le pas n'intervient pas.",
            en="The stride plays no part.",
        ),
        deviation(
            "starts_without_stride",
            moves="only in the size",
            fr="La sortie a la bonne taille, mais la position (i, j) commence en (i, j) au lieu de (i · pas, "
            "j · pas).",
            en="The output has the right size, but position (i, j) starts at (i, j) instead of (i · stride, "
            "j · stride).",
        ),
        deviation(
            "pooled",
            moves="pooled",
            fr="C'est le max pooling de la carte de pas 1 : un pas ne garde qu'une position sur S, la première.",
            en="This is the max pooling of the map of stride 1: a stride keeps one position in S, the first.",
        ),
        deviation(
            "starts_at_the_stride",
            moves="from the stride",
            fr="La première position est sautée : le filtre commence au pixel 0.",
            en="The first position is skipped: the filter starts at pixel 0.",
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné.",
            en="The kernel is flipped.",
        ),
        deviation(
            "mean_for_the_sum",
            averaged=True,
            fr="C'est la moyenne des produits : on demande leur somme.",
            en="This is the mean of the products: their sum is asked for.",
        ),
    ],
)
def strided(x, kernel, stride, *, moves="stride", flipped=False, averaged=False):
    weights = kernel[::-1, ::-1] if flipped else kernel
    full = solution.strided_map(x, weights, 1) / (kernel.size if averaged else 1)
    if moves == "one":
        return full
    if moves == "from the stride":
        return full[stride - 1 :: stride, stride - 1 :: stride]
    kept = full[::stride, ::stride]
    if moves == "only in the size":
        return full[: kept.shape[0], : kept.shape[1]]
    if moves == "pooled":
        rows, columns = full.shape[0] // stride, full.shape[1] // stride
        blocks = full[: rows * stride, : columns * stride].reshape(rows, stride, columns, stride)
        return blocks.max(axis=(1, 3))
    return kept


@family(
    of="peaks_lost",
    deviations=[
        deviation(
            "share_kept",
            counted="kept",
            fr="C'est la part des fenêtres où le pas garde le maximum : on demande celle où il le manque.",
            en="This is the share of windows in which the stride keeps the maximum: that in which it misses it "
            "is asked for.",
        ),
        deviation(
            "equals_counted",
            counted="place",
            fr="Une fenêtre dont le premier pixel est à égalité avec un autre compte comme perdue : la réponse "
            "gardée y vaut pourtant le maximum.",
            en="A window whose first pixel equals another counts as lost: yet the response that is kept is the "
            "maximum there.",
        ),
        deviation(
            "number_of_windows",
            counted="number",
            fr="C'est un nombre de fenêtres : on en demande la part.",
            en="This is a number of windows: their share is asked for.",
        ),
        deviation(
            "height_of_the_loss",
            counted="height",
            fr="C'est de combien le maximum dépasse, en moyenne : on demande dans quelle part des fenêtres.",
            en="This is by how much the maximum is higher, on average: in what share of the windows is asked for.",
        ),
        deviation(
            "always_the_same",
            counted="expected",
            fr="C'est (S² − 1) / S², ce que l'on attend de nombres au hasard sans égalités : regardez la carte.",
            en="This is (S² − 1) / S², which one expects of random numbers without ties: look at the map.",
        ),
        deviation(
            "divided_by_the_pixels",
            counted="of pixels",
            fr="Le nombre est divisé par celui des pixels : c'est par celui des fenêtres.",
            en="The number is divided by that of the pixels: it should be by that of the windows.",
        ),
        deviation(
            "last_pixel_of_the_window",
            kept=-1,
            fr="Le pixel gardé est le dernier de la fenêtre : c'est le premier, en haut à gauche.",
            en="The pixel that is kept is the last of the window: it should be the first, in the "
            "upper left corner.",
        ),
    ],
)
def lost(y, stride, *, counted="lost", kept=0):
    rows, columns = y.shape[0] // stride, y.shape[1] // stride
    blocks = y[: rows * stride, : columns * stride].reshape(rows, stride, columns, stride)
    first, most = blocks[:, kept, :, kept], blocks.max(axis=(1, 3))
    several = (blocks == most[:, None, :, None]).sum(axis=(1, 3)) > 1
    rules = {
        "kept": np.mean(first == most),
        "place": np.mean((first < most) | several),
        "number": np.sum(first < most),
        "height": np.mean(most - first),
        "expected": 1 - 1 / stride**2,
        "of pixels": np.sum(first < most) / y.size,
    }
    return float(rules.get(counted, np.mean(first < most)))


@family(
    of="unread_pixels",
    deviations=[
        deviation(
            "gaps_alone",
            rest=False,
            fr="Seuls les trous entre deux positions sont comptés : à la fin de l'axe, il peut rester des pixels.",
            en="Only the gaps between two positions are counted: some pixels may be left at the end of the axis.",
        ),
        deviation(
            "rest_alone",
            gaps=False,
            fr="Seuls les pixels de la fin sont comptés : avec un pas plus grand que le filtre, il y a des trous.",
            en="Only the pixels at the end are counted: with a stride larger than the filter there are gaps.",
        ),
        deviation(
            "read_pixels",
            counted="read",
            fr="C'est le nombre de pixels lus.",
            en="This is the number of pixels that are read.",
        ),
        deviation(
            "skipped_positions",
            counted="positions",
            fr="Ce sont les positions que le pas saute : un pixel peut être lu par une autre position.",
            en="These are the positions that the stride skips: a pixel may be read by another position.",
        ),
        deviation(
            "gap_after_the_last",
            counted="one gap more",
            fr="Un trou est compté après chaque position, la dernière comprise : il n'y en a qu'entre deux.",
            en="A gap is counted after each position, the last included: there are gaps only between two.",
        ),
        deviation(
            "overlaps_counted_twice",
            counted="overlapping",
            fr="Les pixels lus deux fois comptent deux fois : comptez chaque pixel une fois.",
            en="Pixels that are read twice count twice: count each pixel once.",
        ),
    ],
)
def unread(size, kernel, stride, *, rest=True, gaps=True, counted="unread"):
    positions = (size - kernel) // stride + 1
    between = max(stride - kernel, 0)
    end = size - ((positions - 1) * stride + kernel)
    found = between * (positions - 1) * gaps + end * rest
    rules = {
        "read": size - found,
        "positions": size - kernel + 1 - positions,
        "one gap more": between * positions + end,
        "overlapping": size - positions * kernel,
    }
    return rules.get(counted, found)
