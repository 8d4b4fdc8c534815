"""Wrong answers to question 7 that students give, each with what to look at."""

import numpy as np

from grader.checks import mistake

from . import solution


@mistake(
    of="kernel_from_dense",
    fr="L'ordre de mise à plat est ignoré : pour « chw », les poids d'un même canal se suivent. "
    "Rangez-les d'abord comme ils viennent, puis permutez les axes.",
    en='The flatten order is ignored: for "chw", the weights of one channel follow each other. '
    "First lay them out as they come, then permute the axes.",
)
def order_ignored(weights, shape, order="hwc"):
    return solution.kernel_from_dense(weights, shape, "hwc")


@mistake(
    of="kernel_from_dense",
    fr="Les poids sont lus canal par canal, comme chez PyTorch : pour « hwc » le canal varie le plus vite.",
    en='The weights are read channel by channel, as in PyTorch: for "hwc" the channel varies fastest.',
)
def always_channels_first(weights, shape, order="hwc"):
    return solution.kernel_from_dense(weights, shape, "chw")


@mistake(
    of="kernel_from_dense",
    fr="Les poids sont lus colonne par colonne : la mise à plat parcourt une ligne avant la suivante.",
    en="The weights are read column by column: flattening finishes a row before the next one.",
)
def columns_before_rows(weights, shape, order="hwc"):
    kernel = solution.kernel_from_dense(weights, (shape[1], shape[0], shape[2]), order)
    return kernel.swapaxes(0, 1)


@mistake(
    of="kernel_from_dense",
    fr="L'axe des neurones est lu en premier : une ligne de ``weights`` par entrée, une colonne par neurone.",
    en="The axis of the units is read first: ``weights`` has one row per input, one column per unit.",
)
def units_read_first(weights, shape, order="hwc"):
    return solution.kernel_from_dense(weights.reshape(weights.shape[::-1]).T, shape, order)


@mistake(
    of="kernel_from_dense",
    fr="Le noyau est retourné : la corrélation croisée lit les poids dans le même sens que l'image.",
    en="The kernel is flipped: cross-correlation reads the weights in the same direction as the image.",
)
def kernel_flipped(weights, shape, order="hwc"):
    return solution.kernel_from_dense(weights, shape, order)[::-1, ::-1]


@mistake(
    of="dense_as_convolution",
    fr="Le biais manque : ajoutez-le à chaque position.",
    en="The bias is missing: add it at every position.",
)
def bias_forgotten(x, weights, bias, shape):
    return solution.dense_as_convolution(x, weights, np.zeros_like(bias), shape)


@mistake(
    of="dense_as_convolution",
    fr="La convolution ajoute des zéros (« same ») : la couche dense n'a jamais vu que des fenêtres "
    "entières, il faut « valid ».",
    en='The convolution adds zeros ("same"): the dense layer has only ever seen whole windows, '
    'so it must be "valid".',
)
def padded_with_zeros(x, weights, bias, shape):
    low = [(size - 1) // 2 for size in shape[:2]]
    high = [size - 1 - before for size, before in zip(shape, low, strict=False)]
    padded = np.pad(x, ((low[0], high[0]), (low[1], high[1]), (0, 0)))
    return solution.dense_as_convolution(padded, weights, bias, shape)


@mistake(
    of="dense_as_convolution",
    fr="Seule la première fenêtre reçoit une réponse : la convolution en donne une par position.",
    en="Only the first window gets an answer: the convolution gives one for each position.",
)
def first_window_only(x, weights, bias, shape):
    return solution.dense_as_convolution(x, weights, bias, shape)[:1, :1]


@mistake(
    of="dense_as_convolution",
    fr="L'image est mise à plat canal par canal avant d'être multipliée par les poids.",
    en="The image is flattened channel by channel before it meets the weights.",
)
def flattened_channels_first(x, weights, bias, shape):
    kernel = solution.kernel_from_dense(weights, shape, "chw")
    return solution.dense_as_convolution(x, kernel.reshape(weights.shape), bias, shape)


@mistake(
    of="dense_as_convolution",
    fr="C'est une vraie convolution, noyau retourné : les bibliothèques ne le retournent pas.",
    en="This is a true convolution, kernel flipped: libraries do not flip it.",
)
def true_convolution(x, weights, bias, shape):
    flipped = solution.kernel_from_dense(weights, shape)[::-1, ::-1]
    return solution.dense_as_convolution(x, flipped.reshape(weights.shape), bias, shape)


@mistake(
    of="matrix_of_convolution",
    fr="La matrice est transposée : une ligne par entrée, une colonne par sortie.",
    en="The matrix is transposed: one row for each input, one column for each output.",
)
def matrix_transposed(kernel, shape):
    return solution.matrix_of_convolution(kernel, shape).T


@mistake(
    of="matrix_of_convolution",
    fr="Les colonnes sont rangées filtre par filtre : le filtre doit varier le plus vite.",
    en="The columns are laid out filter by filter: the filter must vary fastest.",
)
def filters_before_positions(kernel, shape):
    matrix = solution.matrix_of_convolution(kernel, shape)
    by_position = matrix.reshape(len(matrix), -1, kernel.shape[-1])
    return by_position.swapaxes(1, 2).reshape(matrix.shape)


@mistake(
    of="matrix_of_convolution",
    fr="Les lignes sont rangées canal par canal : le canal doit varier le plus vite.",
    en="The rows are laid out channel by channel: the channel must vary fastest.",
)
def channels_before_pixels(kernel, shape):
    matrix = solution.matrix_of_convolution(kernel, shape)
    return matrix.reshape(*shape, -1).transpose(2, 0, 1, 3).reshape(matrix.shape)


@mistake(
    of="matrix_of_convolution",
    fr="Le filtre reste à sa première position : chaque colonne a la sienne.",
    en="The filter stays at its first position: each column has its own.",
)
def filter_does_not_slide(kernel, shape):
    matrix = solution.matrix_of_convolution(kernel, shape)
    filters = kernel.shape[-1]
    return np.tile(matrix[:, :filters], (1, matrix.shape[1] // filters))


@mistake(
    of="matrix_of_convolution",
    fr="Le filtre est retourné : c'est la matrice de la vraie convolution.",
    en="The filter is flipped: this is the matrix of the true convolution.",
)
def filter_flipped(kernel, shape):
    return solution.matrix_of_convolution(kernel[::-1, ::-1], shape)
