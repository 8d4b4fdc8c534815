"""Known mistakes of question 4."""

import numpy as np

from grader.checks import deviation, family

from . import solution

# --- max_pool and avg_pool -------------------------------------------------------------------

_WINDOWS = [
    deviation(
        "stride_taken_from_the_window",
        moves="window",
        fr="Le pas est ignoré : les fenêtres se suivent comme si le pas valait la fenêtre.",
        en="The stride is ignored: the windows follow one another as though it equalled the window.",
    ),
    deviation(
        "one_pixel_at_a_time",
        moves="one",
        fr="Le pas est ignoré : les fenêtres avancent d'un seul pixel.",
        en="The stride is ignored: the windows advance by a single pixel.",
    ),
    deviation(
        "stride_only_in_the_size",
        moves="only in the size",
        fr="La taille de la sortie tient compte du pas, mais les fenêtres n'avancent que d'un pixel.",
        en="The size of the output takes the stride into account, but the windows only advance by one "
        "pixel.",
    ),
    deviation(
        "partial_windows_kept",
        size="rounded up",
        fr="Les fenêtres qui dépassent du bord comptent encore. Seules comptent celles qui tiennent "
        "tout entières dans l'image.",
        en="Windows that stick out of the border still count. Only those that fit entirely in the "
        "image do.",
    ),
    deviation(
        "window_forgotten_in_the_size",
        size="without the window",
        fr="La taille de la sortie est celle de l'image divisée par le pas : la fenêtre ne tient plus "
        "dans l'image aux dernières positions.",
        en="The size of the output is the image's divided by the stride: at the last positions the "
        "window no longer fits in the image.",
    ),
    deviation(
        "output_from_the_window",
        size="by the window",
        fr="La taille de la sortie est celle de l'image divisée par la fenêtre. C'est le pas qui dit de "
        "combien les fenêtres avancent.",
        en="The size of the output is the image's divided by the window. It is the stride that says by "
        "how much the windows advance.",
    ),
    deviation(
        "last_position_missing",
        size="range stops early",
        fr="La dernière position manque là où une fenêtre finit juste au bord : `range` s'arrête avant "
        "sa borne.",
        en="The last position is missing where a window ends just at the border: `range` stops before "
        "its bound.",
    ),
    deviation(
        "first_position_forgotten",
        size="one less",
        fr="Il manque une position par axe : une fenêtre qui peut faire n pas occupe n + 1 positions.",
        en="One position per axis is missing: a window that can take n steps has n + 1 positions.",
    ),
    deviation(
        "zeros_around",
        border=1,
        fr="L'image est entourée de zéros, qui comptent dans les fenêtres. L'énoncé n'en veut pas.",
        en="The image is surrounded by zeros, which count in the windows. The statement asks for none.",
    ),
    deviation(
        "zeros_for_half_a_window",
        border="half",
        fr="L'image est entourée d'une demi-fenêtre de zéros. L'énoncé n'en veut pas.",
        en="The image is surrounded by half a window of zeros. The statement asks for none.",
    ),
    deviation(
        "height_used_for_both",
        sides="height",
        fr="Le nombre de positions sur la largeur est calculé avec la hauteur. Une image n'est pas "
        "forcément carrée.",
        en="The number of positions across is computed from the height. An image need not be square.",
    ),
    deviation(
        "height_and_width_exchanged",
        sides="exchanged",
        fr="Le nombre de lignes est calculé avec la largeur, et celui des colonnes avec la hauteur.",
        en="The number of rows is computed from the width, and that of columns from the height.",
    ),
    deviation(
        "window_and_stride_exchanged",
        exchanged=True,
        fr="La fenêtre et le pas sont échangés.",
        en="Window and stride are exchanged.",
    ),
    deviation(
        "over_all_channels",
        channels="all",
        fr="Le calcul porte aussi sur les canaux. Chaque carte est réduite à part.",
        en="The channels are taken together. Each map is reduced by itself.",
    ),
    deviation(
        "first_channel_only",
        channels="first",
        fr="Seul le premier canal est réduit. Chaque carte l'est à part.",
        en="Only the first channel is reduced. Each map is, by itself.",
    ),
    deviation(
        "first_row_only",
        filled="first row",
        fr="Seule la première ligne de la sortie est remplie : un `return` vient-il trop tôt ?",
        en="Only the first row of the output is filled: does a `return` come too early?",
    ),
    deviation(
        "first_window_only",
        filled="first window",
        fr="Seule la première fenêtre est calculée : un `return` vient-il trop tôt ?",
        en="Only the first window is computed: does a `return` come too early?",
    ),
    deviation(
        "last_window_not_filled",
        filled="all but the last",
        fr="La dernière ligne et la dernière colonne restent à zéro : les boucles s'arrêtent trop tôt.",
        en="The last row and the last column stay zero: the loops stop too early.",
    ),
    deviation(
        "columns_before_rows",
        axes=(1, 0, 2),
        fr="Lignes et colonnes de la sortie sont échangées.",
        en="Rows and columns of the output are exchanged.",
    ),
    deviation(
        "channels_first",
        axes=(2, 0, 1),
        fr="L'axe des canaux vient en premier ; il doit venir en dernier.",
        en="The axis of the channels comes first; it must come last.",
    ),
]


@family(
    of="max_pool",
    deviations=[
        deviation(
            "maximum_starts_from_zero",
            taken="from zero",
            fr="Le maximum part de 0 : les fenêtres entièrement négatives donnent 0. Partez d'un nombre "
            "de la fenêtre, ou de moins l'infini.",
            en="The maximum starts from 0: windows that are entirely negative give 0. Start from a "
            "number of the window, or from minus infinity.",
        ),
        deviation(
            "largest_magnitude",
            taken="magnitude",
            fr="C'est le plus grand nombre en valeur absolue ; un maximum tient compte du signe.",
            en="This is the largest number in absolute value; a maximum takes the sign into account.",
        ),
        deviation(
            "place_of_the_maximum",
            taken="place",
            fr="C'est la place du maximum dans la fenêtre (`argmax`) : on demande sa valeur.",
            en="This is the place of the maximum in the window (`argmax`): its value is asked for.",
        ),
        deviation(
            "minimum",
            taken="minimum",
            fr="C'est le minimum de chaque fenêtre.",
            en="This is the minimum of each window.",
        ),
        deviation(
            "mean_of_the_window",
            taken="mean",
            fr="C'est la moyenne de chaque fenêtre : on demande son maximum.",
            en="This is the mean of each window: its maximum is asked for.",
        ),
        deviation(
            "upper_left_pixel",
            taken="first",
            fr="C'est le premier pixel de chaque fenêtre : on demande le plus grand.",
            en="This is the first pixel of each window: the largest is asked for.",
        ),
        *_WINDOWS,
    ],
)
def maxima(x, window, stride, *, taken="maximum", **layout):
    reductions = {
        "maximum": lambda block: block.max(axis=0),
        "from zero": lambda block: np.maximum(block.max(axis=0), 0),
        "magnitude": lambda block: np.abs(block).max(axis=0),
        "place": lambda block: block.argmax(axis=0),
        "minimum": lambda block: block.min(axis=0),
        "mean": lambda block: block.mean(axis=0),
        "first": lambda block: block[0],
    }
    return _pooled(x, window, stride, reductions[taken], x.dtype, **layout)


@family(
    of="avg_pool",
    deviations=[
        deviation(
            "sum_instead_of_mean",
            divided="by nothing",
            fr="C'est la somme de la fenêtre. Par combien de pixels faut-il la diviser ?",
            en="This is the sum of the window. By how many pixels should it be divided?",
        ),
        deviation(
            "divided_by_the_side",
            divided="by the side",
            fr="La somme est divisée par le côté de la fenêtre ; celle-ci contient bien plus de pixels.",
            en="The sum is divided by the side of the window, which holds many more pixels than that.",
        ),
        deviation(
            "divided_by_the_stride",
            divided="by the stride",
            fr="La somme est divisée par le carré du pas. C'est la fenêtre qui dit combien de pixels on "
            "additionne.",
            en="The sum is divided by the square of the stride. It is the window that says how many "
            "pixels are added up.",
        ),
        deviation(
            "divided_by_the_channels_too",
            divided="by the channels too",
            fr="La somme est aussi divisée par le nombre de canaux ; chaque carte est réduite à part.",
            en="The sum is divided by the number of channels as well; each map is reduced by itself.",
        ),
        deviation(
            "maximum_instead_of_mean",
            divided="maximum",
            fr="C'est le maximum de chaque fenêtre : on demande sa moyenne.",
            en="This is the maximum of each window: its mean is asked for.",
        ),
        deviation(
            "median_instead_of_mean",
            divided="median",
            fr="C'est la médiane de chaque fenêtre : on demande sa moyenne.",
            en="This is the median of each window: its mean is asked for.",
        ),
        deviation(
            "partial_windows_completed",
            size="rounded up, with zeros",
            fr="Les fenêtres qui dépassent du bord comptent encore, complétées par des zéros. Seules "
            "comptent celles qui tiennent tout entières dans l'image.",
            en="Windows that stick out of the border still count, completed with zeros. Only those that "
            "fit entirely in the image do.",
        ),
        deviation(
            "window_forgotten_and_completed",
            size="without the window, with zeros",
            fr="La taille de la sortie est celle de l'image divisée par le pas : aux dernières positions "
            "la fenêtre dépasse du bord, et y compte des zéros.",
            en="The size of the output is the image's divided by the stride: at the last positions the "
            "window sticks out of the border, and counts zeros there.",
        ),
        deviation(
            "whole_numbers",
            kept="as the image",
            fr="Les moyennes sont rangées dans un tableau du type de l'image : pour une image de nombres "
            "entiers, elles y perdent leurs décimales. Rangez-les dans un tableau de flottants.",
            en="The means are kept in an array of the image's type: for an image of whole numbers they "
            "lose their decimals there. Keep them in an array of floats.",
        ),
        deviation(
            "whole_division",
            kept="divided whole",
            fr="La division est entière (`//`) : les moyennes perdent leurs décimales.",
            en="The division is a whole one (`//`): the means lose their decimals.",
        ),
        *_WINDOWS,
    ],
)
def means(x, window, stride, *, divided="by its pixels", kept="floats", size="", **layout):
    size, completed, _ = size.partition(", with zeros")

    def mean(block):
        if divided in ("maximum", "median"):
            return {"maximum": np.max, "median": np.median}[divided](block, axis=0)
        divisors = {
            "by nothing": 1,
            "by the side": window,
            "by the stride": stride**2,
            "by the channels too": len(block) * x.shape[2],
        }
        divisor = divisors.get(divided, window**2 if completed else len(block))
        total = block.sum(axis=0)
        return total // divisor if kept == "divided whole" else total / divisor

    whole = kept == "as the image" or (kept == "divided whole" and x.dtype.kind != "f")
    return _pooled(x, window, stride, mean, x.dtype if whole else float, size=size, **layout)


def _pooled(
    x,
    window,
    stride,
    reduce,
    dtype,
    *,
    moves="stride",
    size="",
    border=0,
    sides="own",
    exchanged=False,
    channels="each",
    filled="all",
    axes=(0, 1, 2),
):
    """Each window as an array (pixels, channels) through ``reduce``, with what may go wrong on the way."""
    if exchanged:
        window, stride = stride, window
    around = window // 2 if border == "half" else border
    x = np.pad(x, ((around, around), (around, around), (0, 0))) if around else x
    if channels == "first":
        x = x[..., :1]
    step = {"window": window, "one": 1}.get(moves, stride)
    pixels = 1 if moves == "only in the size" else step
    high, wide = {"height": (0, 0), "exchanged": (1, 0)}.get(sides, (0, 1))
    rows, columns = (_positions(x.shape[axis], window, step, size) for axis in (high, wide))
    y = np.zeros((rows, columns, x.shape[2]), dtype)
    fill_rows, fill_columns = {
        "first row": (min(rows, 1), columns),
        "first window": (min(rows, 1), min(columns, 1)),
        "all but the last": (rows - 1, columns - 1),
    }.get(filled, (rows, columns))
    for i in range(fill_rows):
        for j in range(fill_columns):
            block = x[i * pixels : i * pixels + window, j * pixels : j * pixels + window]
            block = block.reshape(-1, 1 if channels == "all" else x.shape[2])
            y[i, j] = reduce(block)
    return y.transpose(axes)


def _positions(length, window, step, size):
    """How many windows there are along an axis."""
    rules = {
        "rounded up": -(-(length - window) // step) + 1,
        "without the window": length // step,
        "by the window": length // window,
        "range stops early": -(-(length - window) // step),
        "one less": (length - window) // step,
    }
    return max(rules.get(size, (length - window) // step + 1), 0)


# --- shift_sensitivity -----------------------------------------------------------------------


@family(
    of="shift_sensitivity",
    deviations=[
        deviation(
            "map_shifted_instead_of_image",
            moved="map",
            fr="C'est la carte réduite qui est décalée. Décalez l'image, puis réduisez-la : un pixel de "
            "l'image n'est pas un pixel de la carte.",
            en="It is the reduced map that is shifted. Shift the image, then reduce it: a pixel of the "
            "image is not a pixel of the map.",
        ),
        deviation(
            "zeros_come_in",
            moved="with zeros",
            fr="Des zéros entrent par le bord qui se découvre. Le décalage est circulaire : ce qui sort "
            "d'un côté rentre de l'autre.",
            en="Zeros come in at the border that is uncovered. The shift is circular: what leaves on one "
            "side comes back on the other.",
        ),
        deviation(
            "two_shifts_only",
            shifts="down and right",
            fr="Un seul décalage est mesuré par direction (bas et droite). Il en faut quatre : une "
            "fenêtre ne coupe pas l'image de la même façon vers le haut et vers le bas.",
            en="Only one shift is measured per direction (down and right). Four are needed: a window "
            "does not cut the image in the same way upwards and downwards.",
        ),
        deviation(
            "up_and_left_only",
            shifts="up and left",
            fr="Seuls les décalages vers le haut et vers la gauche sont mesurés. Il en faut quatre.",
            en="Only the shifts upwards and to the left are measured. Four are needed.",
        ),
        deviation(
            "vertical_shifts_only",
            shifts="vertical",
            fr="Seuls les décalages vers le haut et vers le bas sont mesurés. Il en faut quatre.",
            en="Only the shifts upwards and downwards are measured. Four are needed.",
        ),
        deviation(
            "horizontal_shifts_only",
            shifts="horizontal",
            fr="Seuls les décalages vers la gauche et vers la droite sont mesurés. Il en faut quatre.",
            en="Only the shifts to the left and to the right are measured. Four are needed.",
        ),
        deviation(
            "diagonal_shifts",
            shifts="diagonal",
            fr="L'image bouge d'un pixel dans les deux directions à la fois. Un décalage n'en change "
            "qu'une.",
            en="The image moves by a pixel in both directions at once. A shift changes only one of them.",
        ),
        deviation(
            "change_not_relative",
            divided="by nothing",
            fr="Le changement n'est pas rapporté à la taille de la sortie : divisez par ||f(x)||.",
            en="The change is not measured against the size of the output: divide by ||f(x)||.",
        ),
        deviation(
            "relative_to_the_moved_map",
            divided="by the moved map",
            fr="Le changement est rapporté à la sortie de l'image décalée : divisez par ||f(x)||.",
            en="The change is measured against the output of the shifted image: divide by ||f(x)||.",
        ),
        deviation(
            "relative_to_the_image",
            divided="by the image",
            fr="Le changement est rapporté à la taille de l'image : divisez par celle de la sortie, "
            "||f(x)||.",
            en="The change is measured against the size of the image: divide by the output's, ||f(x)||.",
        ),
        deviation(
            "ratio_of_the_means",
            averaged="before dividing",
            fr="Les changements sont moyennés avant d'être divisés. On demande la moyenne des rapports, "
            "un par image et par décalage.",
            en="The changes are averaged before being divided. What is asked for is the mean of the "
            "ratios, one per image and shift.",
        ),
        deviation(
            "ratios_summed",
            averaged="summed",
            fr="Les rapports sont additionnés : on demande leur moyenne.",
            en="The ratios are added up: their mean is asked for.",
        ),
        deviation(
            "largest_ratio",
            averaged="largest",
            fr="C'est le plus grand des rapports : on demande leur moyenne.",
            en="This is the largest of the ratios: their mean is asked for.",
        ),
        deviation(
            "first_image_only",
            of="first",
            fr="Seule la première image est mesurée : un `return` vient-il trop tôt ?",
            en="Only the first image is measured: does a `return` come too early?",
        ),
        deviation(
            "last_image_only",
            of="last",
            fr="Seule la dernière image est mesurée : les rapports des autres sont-ils gardés ?",
            en="Only the last image is measured: are the ratios of the others kept?",
        ),
        deviation(
            "sensitivity_without_roots",
            norm="squares",
            fr="Il manque les racines carrées : vous divisez une somme de carrés par une autre.",
            en="The square roots are missing: you divide one sum of squares by another.",
        ),
        deviation(
            "sum_of_magnitudes",
            norm="magnitudes",
            fr="||.|| est la racine de la somme des carrés, et non la somme des valeurs absolues.",
            en="||.|| is the square root of the sum of squares, not the sum of absolute values.",
        ),
        deviation(
            "average_pooling",
            pooling="average",
            fr="Les images sont réduites par la moyenne : f est `max_pool`.",
            en="The images are reduced by their mean: f is `max_pool`.",
        ),
        deviation(
            "not_pooled",
            pooling="none",
            fr="Les images ne sont pas réduites : f est `max_pool` avec cette fenêtre et ce pas.",
            en="The images are not reduced: f is `max_pool` with this window and this stride.",
        ),
    ],
)
def sensitivity(
    images,
    window,
    stride,
    *,
    moved="image",
    shifts="all",
    divided="by the map",
    averaged="after dividing",
    of="all",
    norm="root",
    pooling="maximum",
):
    def reduced(image):
        if pooling == "none":
            return image
        pool = solution.avg_pool if pooling == "average" else solution.max_pool
        return pool(image, window, stride)

    def size(values):
        squares = float(np.sum(np.square(values, dtype=np.float64)))
        return {"squares": squares, "magnitudes": float(np.abs(values).sum())}.get(
            norm, squares**0.5
        )

    steps = {
        "down and right": ((1, 0), (0, 1)),
        "up and left": ((-1, 0), (0, -1)),
        "vertical": ((-1, 0), (1, 0)),
        "horizontal": ((0, -1), (0, 1)),
        "diagonal": ((-1, -1), (-1, 1), (1, -1), (1, 1)),
    }.get(shifts, ((-1, 0), (1, 0), (0, -1), (0, 1)))
    chosen = {"first": images[:1], "last": images[-1:]}.get(of, images)
    changes, sizes = [], []
    for image in chosen:
        pooled = reduced(image)
        for shift in steps:
            other = _rolled(pooled, shift) if moved == "map" else None
            if other is None:
                other = reduced(_rolled(image, shift, circular=moved != "with zeros"))
            changes.append(size(other - pooled))
            against = {"by the moved map": other, "by the image": image}.get(divided, pooled)
            sizes.append(1.0 if divided == "by nothing" else size(against))
    changes, sizes = np.array(changes), np.array(sizes)
    if averaged == "before dividing":
        return float(changes.mean() / sizes.mean())
    ratios = changes / sizes
    return float({"summed": ratios.sum(), "largest": ratios.max()}.get(averaged, ratios.mean()))


def _rolled(values, shift, circular=True):
    moved = np.roll(values, shift, axis=(0, 1))
    if not circular:
        for axis, step in enumerate(shift):
            place = [slice(None)] * values.ndim
            place[axis] = slice(0, step) if step > 0 else slice(step, None) if step else slice(0)
            moved[tuple(place)] = 0
    return moved


# --- multiplications -------------------------------------------------------------------------


@family(
    of="multiplications",
    deviations=[
        deviation(
            "maps_not_reduced",
            maps="as they came",
            fr="Le coût est celui d'une convolution sans pooling : elle ne parcourt que les cartes "
            "réduites.",
            en="The cost is that of a convolution without pooling: it should only run over the "
            "reduced maps.",
        ),
        deviation(
            "window_ignored",
            maps="without the window",
            fr="La taille de la fenêtre n'intervient pas. Un pooling sans zéros autour perd aussi les "
            "dernières positions, comme une convolution.",
            en="The window's size plays no part. A pooling with no zeros around it also loses the last "
            "positions, as a convolution does.",
        ),
        deviation(
            "stride_ignored",
            maps="by the window",
            fr="Les cartes sont réduites d'autant que la fenêtre est grande : c'est le pas qui dit de "
            "combien les fenêtres avancent.",
            en="The maps are reduced by as much as the window is large: it is the stride that says by "
            "how much the windows advance.",
        ),
        deviation(
            "partial_windows_counted",
            maps="rounded up",
            fr="Les fenêtres qui dépassent du bord comptent encore : la division est arrondie vers le "
            "bas.",
            en="Windows that stick out of the border still count: the division is rounded down.",
        ),
        deviation(
            "first_position_forgotten",
            maps="one less",
            fr="Il manque une position par axe : une fenêtre qui peut faire n pas occupe n + 1 positions.",
            en="One position per axis is missing: a window that can take n steps has n + 1 positions.",
        ),
        deviation(
            "maps_without_stride",
            maps="one by one",
            fr="Le pas du pooling n'intervient pas dans la taille des cartes réduites.",
            en="The stride of the pooling plays no part in the size of the reduced maps.",
        ),
        deviation(
            "height_used_for_both",
            sides="height",
            fr="La hauteur sert pour les deux axes. Les cartes ne sont pas forcément carrées.",
            en="The height serves for both axes. Maps need not be square.",
        ),
        deviation(
            "maps_shrink",
            convolution="without padding",
            fr="La convolution est comptée sans zéros autour. Elle conserve la taille des cartes : chaque "
            "position compte, même au bord.",
            en="The convolution is counted without zeros around. It keeps the size of the maps: every "
            "position counts, at the border too.",
        ),
        deviation(
            "depth_forgotten",
            depth=1,
            fr="La profondeur des filtres est oubliée : un filtre a des poids pour chacun des canaux.",
            en="The depth of the filters is forgotten: a filter has weights for each of the channels.",
        ),
        deviation(
            "single_filter",
            filters_counted=1,
            fr="Un seul filtre est compté : la convolution en a `filters`.",
            en="A single filter is counted: the convolution has `filters` of them.",
        ),
        deviation(
            "kernel_not_squared",
            kernel_axes=1,
            fr="Un filtre de taille K n'a pas K pixels mais K lignes de K pixels.",
            en="A filter of size K does not have K pixels but K rows of K pixels.",
        ),
        deviation(
            "kernel_forgotten",
            kernel_axes=0,
            fr="La taille du filtre n'intervient pas : chaque nombre coûte une multiplication par poids.",
            en="The size of the filter plays no part: every number costs one multiplication per weight.",
        ),
        deviation(
            "pooling_window_for_the_filter",
            kernel_axes="window",
            fr="La fenêtre du pooling est prise pour le filtre de la convolution.",
            en="The window of the pooling is taken for the filter of the convolution.",
        ),
        deviation(
            "weights_alone",
            positions=0,
            fr="C'est le nombre de poids des filtres. Chacun sert une fois par position de la carte.",
            en="This is the number of weights of the filters. Each serves once at every position.",
        ),
        deviation(
            "additions_too",
            also="additions",
            fr="Les additions sont comptées aussi : on demande les multiplications seules.",
            en="The additions are counted as well: only the multiplications are asked for.",
        ),
        deviation(
            "biases_too",
            also="biases",
            fr="Un biais est compté pour chaque nombre produit : il s'ajoute, et ne multiplie rien.",
            en="A bias is counted for every number produced: a bias is added, and multiplies "
            "nothing.",
        ),
    ],
)
def cost(
    height,
    width,
    channels,
    window,
    stride,
    kernel,
    filters,
    *,
    maps="reduced",
    sides="own",
    convolution="same",
    depth=None,
    filters_counted=None,
    kernel_axes=2,
    positions=2,
    also="nothing",
):
    def reduced(length):
        sizes = {
            "as they came": length,
            "without the window": length // stride,
            "by the window": length // window,
            "rounded up": -(-(length - window) // stride) + 1,
            "one less": (length - window) // stride,
            "one by one": length - window + 1,
        }
        return sizes.get(maps, (length - window) // stride + 1)

    width = height if sides == "height" else width
    rows, columns = reduced(height), reduced(width)
    if convolution == "without padding":
        rows, columns = rows - kernel + 1, columns - kernel + 1
    outputs = (rows * columns if positions else 1) * (
        filters if filters_counted is None else filters_counted
    )
    pixels = window**2 if kernel_axes == "window" else kernel**kernel_axes
    weights = pixels * (channels if depth is None else depth)
    return outputs * weights * (1 + (also == "additions")) + outputs * (also == "biases")


# --- supported_claims ------------------------------------------------------------------------


@family(
    of="supported_claims",
    deviations=[
        deviation(
            "two_changes_at_once",
            window="plain",
            fr="L'effet de la fenêtre est jugé contre l'expérience sans rien : le pas a changé en même "
            "temps. Comparez deux expériences qui ne diffèrent que par la fenêtre.",
            en="The window's effect is judged against the experiment with nothing at all: the stride "
            "changed at the same time. Compare two experiments that differ by the window alone.",
        ),
        deviation(
            "stride_judged_with_the_window",
            stride="pooled",
            fr="L'effet du pas est jugé sur l'expérience où la fenêtre a changé aussi. Prenez celle où "
            "seul le pas a changé.",
            en="The stride's effect is judged on the experiment where the window changed too. Take the "
            "one where the stride alone did.",
        ),
        deviation(
            "both_judged_with_the_window",
            stride="pooled for both",
            fr="Les deux effets du pas sont jugés sur l'expérience où la fenêtre a changé aussi. Prenez "
            "celle où seul le pas a changé.",
            en="Both effects of the stride are judged on the experiment where the window changed too. "
            "Take the one where the stride alone did.",
        ),
        deviation(
            "savings_with_the_window",
            savings="pooled",
            fr="Les multiplications épargnées par le pas sont lues dans l'expérience où la fenêtre a "
            "changé aussi. Prenez celle où seul le pas a changé.",
            en="The multiplications that the stride saves are read from the experiment where the window "
            "changed too. Take the one where the stride alone did.",
        ),
        deviation(
            "any_drop_counts",
            drop="any",
            fr="La moindre baisse compte comme un effet. Une baisse est nette au-dessous de 90 % de "
            "l'autre sensibilité : `CLEARLY_LOWER`.",
            en="The slightest drop counts as an effect. A drop is clear below 90% of the other "
            "sensitivity: `CLEARLY_LOWER`.",
        ),
        deviation(
            "drop_as_a_difference",
            drop="difference",
            fr="La baisse est mesurée comme une différence. Elle est nette au-dessous de 90 % de l'autre "
            "sensibilité : c'est un rapport.",
            en="The drop is measured as a difference. It is clear below 90% of the other sensitivity: "
            "that is a ratio.",
        ),
        deviation(
            "limit_included",
            drop="limit included",
            fr="Une sensibilité qui vaut juste la limite compte : les inégalités sont strictes.",
            en="A sensitivity that lies just on the limit counts: the inequalities are strict.",
        ),
        deviation(
            "drop_taken_for_zero",
            zero="lower",
            fr="Une sensibilité qui baisse n'est pas une sensibilité nulle.",
            en="A sensitivity that drops is not a sensitivity of zero.",
        ),
        deviation(
            "zero_without_rounding",
            zero="exactly",
            fr="La sensibilité est comparée à 0 exactement : elle est nulle, aux arrondis près, "
            "au-dessous de `ZERO`.",
            en="The sensitivity is compared with 0 exactly: it is zero, up to rounding, below `ZERO`.",
        ),
        deviation(
            "zero_of_the_stride_alone",
            zero="strided",
            fr="C'est la sensibilité avec le pas seul qui est comparée à zéro. L'affirmation porte sur "
            "l'ensemble, fenêtre et pas.",
            en="It is the sensitivity with the stride alone that is compared with zero. The claim is "
            "about the whole, window and stride.",
        ),
        deviation(
            "weights_of_the_stride_alone",
            weights="strided",
            fr="Les poids sont lus dans l'expérience avec le pas seul. L'affirmation porte sur "
            "l'ensemble, fenêtre et pas.",
            en="The weights are read from the experiment with the stride alone. The claim is about the "
            "whole, window and stride.",
        ),
        deviation(
            "filters_not_looked_at",
            weights="assumed",
            fr="La dernière affirmation n'est pas mesurée : comparez les nombres de poids.",
            en="The last claim is not measured: compare the numbers of weights.",
        ),
        deviation(
            "expectation_recited",
            read="recited",
            fr="C'est ce que l'on attend d'un pooling, récité sans regarder les mesures. Celles-ci "
            "peuvent dire autre chose.",
            en="This is what one expects of pooling, recited without looking at the measurements. They "
            "may say otherwise.",
        ),
        deviation(
            "first_claim_only",
            read="first",
            fr="Seule la première affirmation soutenue est renvoyée : plusieurs peuvent l'être (`elif`, "
            "`return`).",
            en="Only the first supported claim is returned: several may be (`elif`, `return`).",
        ),
        deviation(
            "claims_refuted",
            read="inverted",
            fr="Ce sont les affirmations que les mesures ne soutiennent pas.",
            en="These are the claims that the measurements do not support.",
        ),
    ],
)
def claims(
    plain,
    strided,
    pooled,
    *,
    window="strided",
    stride="strided",
    savings="strided",
    drop="clear",
    zero="below",
    weights="pooled",
    read="measured",
):
    runs = {"plain": plain, "strided": strided, "pooled": pooled}

    def sensitivity(name):
        return runs[name]["sensitivity"]

    def lower(one, other):
        bound = solution.CLEARLY_LOWER * other
        return {"any": one < other, "difference": other - one > 1 - solution.CLEARLY_LOWER}.get(
            drop, one <= bound if drop == "limit included" else one < bound
        )

    saved = "pooled" if stride == "pooled for both" else savings
    nothing = solution.ZERO
    measured = [
        runs[saved]["multiplications"] < plain["multiplications"],
        lower(sensitivity("strided" if stride == "strided" else "pooled"), sensitivity("plain")),
        lower(sensitivity("pooled"), sensitivity(window)),
        {
            "lower": sensitivity("pooled") < solution.CLEARLY_LOWER * sensitivity("plain"),
            "exactly": sensitivity("pooled") == 0,
            "strided": sensitivity("strided") < nothing,
        }.get(zero, sensitivity("pooled") < nothing),
        weights != "assumed" and runs[weights]["weights"] < plain["weights"],
    ]
    if read == "recited":
        measured = [True, False, True, False, False]
    found = [
        claim
        for claim, true in zip(solution.CLAIMS, measured, strict=True)
        if true != (read == "inverted")
    ]
    return found[:1] if read == "first" else found
