"""Known mistakes of question 3."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- flip ------------------------------------------------------------------------------------


@family(
    of="flip",
    deviations=[
        deviation(
            "rows_only",
            turned="rows",
            fr="Seul le premier axe est retourné : `kernel[::-1]` échange des lignes entières.",
            en="Only the first axis is flipped: `kernel[::-1]` exchanges whole rows.",
        ),
        deviation(
            "columns_only",
            turned="columns",
            fr="Seul le dernier axe est retourné : le haut reste en haut.",
            en="Only the last axis is flipped: the top stays at the top.",
        ),
        deviation(
            "transposed",
            turned="transposed",
            fr="C'est la transposée : lignes et colonnes sont échangées. Retourner lit chaque axe à l'envers.",
            en="This is the transpose: rows and columns are exchanged. To flip is to read each axis backwards.",
        ),
        deviation(
            "opposite_sign",
            turned="sign",
            fr="Ce sont les signes qui changent ; ce sont les places qui doivent changer.",
            en="It is the signs that change; it is the places that must.",
        ),
        deviation(
            "sorted",
            turned="sorted",
            fr="Les nombres sont rangés dans l'ordre décroissant. Retourner ne regarde que leur place.",
            en="The numbers are put in decreasing order. To flip looks at their places alone.",
        ),
        deviation(
            "nothing_flipped",
            turned="nothing",
            fr="Le noyau revient tel quel. `kernel.reverse()` n'existe que pour les listes.",
            en="The kernel comes back as it is. `kernel.reverse()` only exists for lists.",
        ),
    ],
)
def flipped(kernel, *, turned="all"):
    return {
        "rows": kernel[::-1],
        "columns": kernel[..., ::-1],
        "transposed": kernel.T,
        "sign": -kernel,
        "sorted": np.sort(kernel, axis=None)[::-1].reshape(kernel.shape),
        "nothing": kernel,
    }.get(turned, np.flip(kernel)).copy()


# --- correlate2d and convolve2d --------------------------------------------------------------

_PLACES = [
    deviation(
        "last_row_and_column_missing",
        places="one less",
        fr="La dernière ligne et la dernière colonne de réponses manquent : un noyau qui peut faire n "
        "pas tient à n + 1 endroits.",
        en="The last row and the last column of responses are missing: a kernel that can take n steps "
        "fits at n + 1 places.",
    ),
    deviation(
        "height_for_both",
        places="height",
        fr="Le nombre de colonnes est calculé comme celui des lignes. Images et noyaux ne sont pas "
        "toujours carrés.",
        en="The number of columns is computed like that of rows. Images and kernels are not always "
        "square.",
    ),
    deviation(
        "mean_instead_of_sum",
        total="mean",
        fr="Les produits sont moyennés ; une réponse est leur somme.",
        en="The products are averaged; a response is their sum.",
    ),
    deviation(
        "columns_before_rows",
        order="columns",
        fr="Lignes et colonnes de la sortie sont échangées.",
        en="Rows and columns of the output are exchanged.",
    ),
    deviation(
        "first_row_only",
        order="first row",
        fr="Seule la première ligne de réponses est remplie : un `return` vient-il trop tôt ?",
        en="Only the first row of responses is filled: does a `return` come too early?",
    ),
]


@family(
    of="correlate2d",
    deviations=[
        deviation(
            "kernel_flipped",
            turned="both",
            fr="Le noyau est retourné : c'est la convolution. La corrélation le pose tel quel.",
            en="The kernel is flipped: that is convolution. Correlation lays it down as it is.",
        ),
        *_PLACES,
    ],
)
def correlation(image, kernel, *, turned="nothing", **layout):
    return _slid(image, kernel[::-1, ::-1] if turned == "both" else kernel, **layout)


@family(
    of="convolve2d",
    deviations=[
        deviation(
            "not_flipped",
            turned="nothing",
            fr="Le noyau n'est pas retourné : c'est encore la corrélation croisée.",
            en="The kernel is not flipped: this is still cross-correlation.",
        ),
        deviation(
            "rows_flipped_only",
            turned="rows",
            fr="Le noyau n'est retourné que de haut en bas. Dans la formule les deux indices ont le signe "
            "moins.",
            en="The kernel is flipped only from top to bottom. In the formula both indices have the minus "
            "sign.",
        ),
        deviation(
            "columns_flipped_only",
            turned="columns",
            fr="Le noyau n'est retourné que de gauche à droite. Dans la formule les deux indices ont le "
            "signe moins.",
            en="The kernel is flipped only from left to right. In the formula both indices have the minus "
            "sign.",
        ),
        deviation(
            "image_flipped",
            turned="image",
            fr="C'est l'image qui est retournée : la sortie l'est alors aussi. Retournez le noyau seul.",
            en="It is the image that is flipped: the output then is, too. Flip the kernel alone.",
        ),
        deviation(
            "result_flipped",
            turned="result",
            fr="C'est le résultat de la corrélation qui est retourné. Retournez le noyau, avant de le poser.",
            en="It is the result of the correlation that is flipped. Flip the kernel, before laying it down.",
        ),
        deviation(
            "kernel_transposed",
            turned="transposed",
            fr="Le noyau est transposé au lieu d'être retourné.",
            en="The kernel is transposed instead of flipped.",
        ),
    ],
)
def convolution(image, kernel, *, turned="both"):
    laid = {
        "nothing": kernel,
        "rows": kernel[::-1],
        "columns": kernel[:, ::-1],
        "image": kernel,
        "result": kernel,
        "transposed": kernel.T,
    }.get(turned, kernel[::-1, ::-1])
    found = _slid(image[::-1, ::-1] if turned == "image" else image, laid)
    return found[::-1, ::-1].copy() if turned == "result" else found


def _slid(image, kernel, *, places="all", total="sum", order="rows"):
    sides = np.array(kernel.shape)
    sides = sides[[0, 0]] if places == "height" else sides
    sizes = np.array(image.shape)
    sizes = (sizes[[0, 0]] if places == "height" else sizes) - sides + 1
    height, width = sizes - (places == "one less")
    y = np.zeros((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            piece = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            y[i, j] = np.sum(piece * kernel) / (kernel.size if total == "mean" else 1)
    if order == "first row":
        y[1:] = 0
    return y.T.copy() if order == "columns" else y


# --- convolve_full ---------------------------------------------------------------------------


@family(
    of="convolve_full",
    deviations=[
        deviation(
            "not_flipped",
            turned="nothing",
            fr="C'est la corrélation complète : l'indice de `first` est i + a au lieu de i - a.",
            en="This is the full correlation: the index of `first` is i + a instead of i - a.",
        ),
        deviation(
            "inside_only",
            kept="inside",
            fr="Seuls restent les endroits où les deux suites se recouvrent entièrement. Il y a "
            "N + K - 1 sorties, celles des bouts comprises.",
            en="Only places where the two sequences overlap entirely are kept. There are N + K - 1 "
            "outputs, those at the ends included.",
        ),
        deviation(
            "as_long_as_the_first",
            kept="first",
            fr="La sortie a autant de nombres que `first` : ceux de la fin manquent, il y en a N + K - 1.",
            en="The output has as many numbers as `first`: those at the end are missing, there are "
            "N + K - 1.",
        ),
        deviation(
            "middle_part",
            kept="middle",
            fr="Il ne reste que la partie du milieu, aussi longue que `first` (*same*). Il y a N + K - 1 "
            "sorties.",
            en="Only the middle part is kept, as long as `first` (*same*). There are N + K - 1 outputs.",
        ),
        deviation(
            "one_output_too_many",
            kept="one more",
            fr="Il y a un nombre de trop, toujours nul : N + K - 1, et non N + K.",
            en="There is one number too many, always zero: N + K - 1, not N + K.",
        ),
        deviation(
            "negative_indices",
            kept="wrapped",
            fr="`first[i - a]` est pris aussi quand i - a est négatif : Python compte alors depuis la fin. "
            "Ces termes n'existent pas.",
            en="`first[i - a]` is taken even where i - a is negative: Python then counts from the end. "
            "Those terms do not exist.",
        ),
    ],
)
def full(first, second, *, turned="both", kept="all"):
    weights = second if turned == "nothing" else second[::-1]
    count, taps = len(first), len(second)
    padded = np.concatenate([np.zeros(taps - 1), first, np.zeros(taps - 1)])
    y = np.array(
        [np.sum(padded[i : i + taps] * weights) for i in range(count + taps - 1)], np.float32
    )
    if kept == "inside":
        return y[min(count, taps) - 1 : max(count, taps)].copy()
    if kept == "first":
        return y[:count].copy()
    if kept == "middle":
        return y[(taps - 1) // 2 :][:count].copy()
    if kept == "one more":
        return np.append(y, np.float32(0))
    if kept == "wrapped":
        for i in range(len(y)):
            y[i] += sum(first[i - a] * second[a] for a in range(i + 1, taps))
    return y


# --- flip_changes_nothing --------------------------------------------------------------------


@mistake(
    of="flip_changes_nothing",
    fr="Seule la symétrie de haut en bas est regardée. Retourner échange aussi gauche et droite.",
    en="Only the symmetry from top to bottom is looked at. To flip also exchanges left and right.",
)
def symmetric_in_rows(kernel):
    return bool(np.array_equal(kernel, kernel[::-1]))


@mistake(
    of="flip_changes_nothing",
    fr="Seule la symétrie de gauche à droite est regardée. Retourner échange aussi haut et bas.",
    en="Only the symmetry from left to right is looked at. To flip also exchanges top and bottom.",
)
def symmetric_in_columns(kernel):
    return bool(np.array_equal(kernel, kernel[:, ::-1]))


@mistake(
    of="flip_changes_nothing",
    fr="C'est la symétrie des matrices, égales à leur transposée. Retourner est autre chose.",
    en="This is the symmetry of matrices, equal to their transpose. To flip is something else.",
)
def symmetric_as_a_matrix(kernel):
    return bool(np.array_equal(kernel, kernel.T))


@mistake(
    of="flip_changes_nothing",
    fr="Les deux symétries sont exigées, haut-bas et gauche-droite. Un demi-tour peut ne rien changer "
    "sans qu'aucune des deux ne soit là.",
    en="Both symmetries are demanded, top-bottom and left-right. A half turn may change nothing "
    "although neither is there.",
)
def symmetric_in_both(kernel):
    return bool(np.array_equal(kernel, kernel[::-1]) and np.array_equal(kernel, kernel[:, ::-1]))


@mistake(
    of="flip_changes_nothing",
    fr="L'une des deux symétries suffit ici. Il faut que le noyau soit égal à son retournement dans les "
    "deux axes à la fois.",
    en="One of the two symmetries is enough here. The kernel must equal its flip in both axes at once.",
)
def symmetric_in_one(kernel):
    return bool(np.array_equal(kernel, kernel[::-1]) or np.array_equal(kernel, kernel[:, ::-1]))


@mistake(
    of="flip_changes_nothing",
    fr="Les signes sont oubliés : un noyau opposé à son retournement donne une réponse opposée.",
    en="The signs are forgotten: a kernel that is the opposite of its flip gives the opposite response.",
)
def up_to_the_sign(kernel):
    return bool(np.array_equal(np.abs(kernel), np.abs(solution.flip(kernel))))


@mistake(
    of="flip_changes_nothing",
    fr="La réponse est le contraire de ce qui est demandé : vrai quand le retournement NE change RIEN.",
    en="The answer is the contrary of what is asked: true when the flip changes NOTHING.",
)
def whether_it_changes(kernel):
    return not solution.flip_changes_nothing(kernel)
