"""Wrong answers to question 7 that students give, each with what to look at."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="kernel_from_dense",
    deviations=[
        deviation(
            "order_ignored",
            orders="hwc alone",
            fr="L'ordre de la mise à plat est ignoré : pour « chw », les poids d'un canal se "
            "suivent. Rangez-les d'abord comme ils viennent, puis permutez les axes.",
            en='The flatten order is ignored: for "chw", the weights of one channel follow each '
            "other. First lay them out as they come, then permute the axes.",
        ),
        deviation(
            "always_channels_first",
            orders="chw alone",
            fr="Les poids sont lus canal par canal, comme dans PyTorch : pour « hwc » c'est le canal"
            " qui varie le plus vite.",
            en='The weights are read channel by channel, as in PyTorch: for "hwc" the channel varies'
            " fastest.",
        ),
        deviation(
            "orders_exchanged",
            orders="exchanged",
            fr="Les deux ordres sont échangés : pour « hwc » c'est le canal qui varie le plus vite.",
            en='The two orders are exchanged: for "hwc" it is the channel that varies fastest.',
        ),
        deviation(
            "not_permuted",
            chw="not permuted",
            fr="Pour « chw », les poids sont rangés comme ils viennent, (c, h, w, neurones), mais "
            "les axes ne sont pas permutés ensuite.",
            en='For "chw" the weights are laid out as they come, (c, h, w, units), but the axes are '
            "not permuted afterwards.",
        ),
        deviation(
            "permuted_the_wrong_way",
            chw="wrong permutation",
            fr="Pour « chw », la permutation des axes est l'inverse de celle qu'il faut : les lignes"
            " et les colonnes n'arrivent pas à leur place.",
            en='For "chw" the permutation of the axes is the inverse of the right one: rows and '
            "columns do not get to their places.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            chw="columns first",
            fr="Pour « chw », lignes et colonnes sont échangées par la permutation des axes.",
            en='For "chw" rows and columns are exchanged by the permutation of the axes.',
        ),
        deviation(
            "shaped_as_hwc",
            chw="reshaped",
            fr="Pour « chw », les axes sont permutés après une mise en forme (h, w, c) : rangez "
            "d'abord les poids comme ils viennent, (c, h, w, neurones).",
            en='For "chw" the axes are permuted after shaping to (h, w, c): first lay the weights '
            "out as they come, (c, h, w, units).",
        ),
        deviation(
            "columns_before_rows",
            read="columns first",
            fr="Les poids sont lus colonne par colonne : la mise à plat finit une ligne avant la "
            "suivante.",
            en="The weights are read column by column: flattening finishes a row before the next "
            "one.",
        ),
        deviation(
            "units_read_first",
            read="units first",
            fr="L'axe des neurones est lu en premier : ``weights`` a une ligne par entrée, une "
            "colonne par neurone.",
            en="The axis of the units is read first: ``weights`` has one row per input, one column "
            "per unit.",
        ),
        deviation(
            "fortran_order",
            read="fortran",
            fr='Le premier indice varie le plus vite (order="F") : c\'est le dernier qui doit le '
            "faire.",
            en='The first index varies fastest (order="F"): it is the last that should.',
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné : la corrélation croisée lit les poids dans le sens de "
            "l'image.",
            en="The kernel is flipped: cross-correlation reads the weights in the same direction as "
            "the image.",
        ),
        deviation(
            "units_first",
            axes=(3, 0, 1, 2),
            fr="L'axe des neurones vient en premier ; il doit venir en dernier.",
            en="The axis of the units comes first; it must come last.",
        ),
    ],
)
def kernel_of(
    weights,
    shape,
    order="hwc",
    *,
    orders="both",
    chw="permuted",
    read="in order",
    flipped=False,
    axes=(0, 1, 2, 3),
):
    height, width, channels = shape
    units = weights.shape[1]
    if read == "units first":
        weights = weights.reshape(weights.shape[::-1]).T
    order = {
        "hwc alone": "hwc",
        "chw alone": "chw",
        "exchanged": {"hwc": "chw", "chw": "hwc"}.get(order, order),
    }.get(orders, order)
    memory = "F" if read == "fortran" else "C"
    if order == "hwc":
        if read == "columns first":
            kernel = weights.reshape(width, height, channels, units).swapaxes(0, 1)
        else:
            kernel = weights.reshape((height, width, channels, units), order=memory)
    else:
        if read == "columns first":
            kernel = weights.reshape(channels, width, height, units).swapaxes(1, 2)
        else:
            kernel = weights.reshape((channels, height, width, units), order=memory)
        if chw == "reshaped":
            kernel = kernel.reshape(height, width, channels, units)
            kernel = kernel.transpose(2, 0, 1, 3).reshape(height, width, channels, units)
        elif chw != "not permuted":
            permutation = {"wrong permutation": (2, 0, 1, 3), "columns first": (2, 1, 0, 3)}.get(
                chw, (1, 2, 0, 3)
            )
            kernel = kernel.transpose(permutation)
    kernel = kernel[::-1, ::-1] if flipped else kernel
    return kernel.transpose(axes)


@family(
    of="dense_as_convolution",
    deviations=[
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Le biais manque : ajoutez-le à chaque position.",
            en="The bias is missing: add it at every position.",
        ),
        deviation(
            "bias_of_the_last_unit",
            biases="last",
            fr="Le biais du dernier neurone sert à tous : chacun a le sien.",
            en="The bias of the last unit serves all: each has its own.",
        ),
        deviation(
            "padded_with_zeros",
            zeros="same",
            fr="La convolution ajoute des zéros (« same ») : la couche dense n'a jamais vu que des "
            "fenêtres entières, il faut « valid ».",
            en='The convolution adds zeros ("same"): the dense layer has only ever seen whole '
            'windows, so it must be "valid".',
        ),
        deviation(
            "first_window_only",
            kept="first",
            fr="Seule la première fenêtre a une réponse : la convolution en donne une par position.",
            en="Only the first window gets an answer: the convolution gives one for each position.",
        ),
        deviation(
            "windows_side_by_side",
            kept="side by side",
            fr="Les fenêtres sont mises côte à côte : la convolution avance d'un pixel à la fois.",
            en="The windows stand side by side: the convolution moves by one pixel at a time.",
        ),
        deviation(
            "last_position_missing",
            kept="all but the last",
            fr="La dernière position de chaque axe manque : il y en a H - h + 1.",
            en="The last position of each axis is missing: there are H - h + 1.",
        ),
        deviation(
            "flattened_channels_first",
            order="chw",
            fr="L'image est mise à plat canal par canal avant de rencontrer les poids.",
            en="The image is flattened channel by channel before it meets the weights.",
        ),
        deviation(
            "true_convolution",
            flipped=True,
            fr="C'est une vraie convolution, noyau retourné : les bibliothèques ne le retournent "
            "pas.",
            en="This is a true convolution, kernel flipped: libraries do not flip it.",
        ),
        deviation(
            "columns_before_rows",
            axes=(1, 0, 2),
            fr="Lignes et colonnes de la réponse sont échangées.",
            en="Rows and columns of the answer are exchanged.",
        ),
        deviation(
            "units_first",
            axes=(2, 0, 1),
            fr="L'axe des neurones vient en premier ; il doit venir en dernier.",
            en="The axis of the units comes first; it must come last.",
        ),
        deviation(
            "relu_added",
            end="relu",
            fr="Une ReLU a été ajoutée : la couche dense n'en a pas.",
            en="A ReLU was added: the dense layer has none.",
        ),
    ],
)
def slid(
    x,
    weights,
    bias,
    shape,
    *,
    biases="own",
    zeros="none",
    kept="all",
    order="hwc",
    flipped=False,
    axes=(0, 1, 2),
    end="as it is",
):
    if zeros == "same":
        around = [((size - 1) // 2, size // 2) for size in shape[:2]]
        x = np.pad(x, (*around, (0, 0)))
    kernel = solution.kernel_from_dense(weights, shape, order)
    kernel = kernel[::-1, ::-1] if flipped else kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(0, 1))
    windows = {
        "first": windows[:1, :1],
        "side by side": windows[:: shape[0], :: shape[1]],
        "all but the last": windows[:-1, :-1],
    }.get(kept, windows)
    y = np.einsum("ijchw,hwcu->iju", windows, kernel)
    y = y + {"none": 0, "last": bias[-1]}.get(biases, bias)
    y = np.maximum(y, 0) if end == "relu" else y
    return y.transpose(axes)


@family(
    of="matrix_of_convolution",
    deviations=[
        deviation(
            "matrix_transposed",
            given="transposed",
            fr="La matrice est transposée : une ligne par entrée, une colonne par sortie.",
            en="The matrix is transposed: one row for each input, one column for each output.",
        ),
        deviation(
            "matrix_not_flattened",
            given="not flattened",
            fr="La matrice a encore tous ses axes : mettez à plat ceux des entrées, et ceux des "
            "sorties.",
            en="The matrix still has all its axes: flatten those of the inputs, and those of the "
            "outputs.",
        ),
        deviation(
            "filters_before_positions",
            outputs="filters first",
            fr="Les colonnes sont rangées filtre par filtre : c'est le filtre qui doit varier le "
            "plus vite.",
            en="The columns are laid out filter by filter: the filter must vary fastest.",
        ),
        deviation(
            "columns_of_the_map_first",
            outputs="columns first",
            fr="Les positions sont rangées colonne par colonne : une ligne de positions finit avant "
            "la suivante.",
            en="The positions are laid out column by column: a row of positions is finished before "
            "the next one.",
        ),
        deviation(
            "channels_before_pixels",
            inputs="channels first",
            fr="Les lignes sont rangées canal par canal : c'est le canal qui doit varier le plus "
            "vite.",
            en="The rows are laid out channel by channel: the channel must vary fastest.",
        ),
        deviation(
            "columns_of_the_image_first",
            inputs="columns first",
            fr="Les pixels sont rangés colonne par colonne : une ligne de l'image finit avant la "
            "suivante.",
            en="The pixels are laid out column by column: a row of the image is finished before the "
            "next one.",
        ),
        deviation(
            "filter_does_not_slide",
            slides="not",
            fr="Le filtre reste à sa première position : chaque colonne a la sienne.",
            en="The filter stays at its first position: each column has its own.",
        ),
        deviation(
            "last_positions_empty",
            slides="all but the last",
            fr="Les dernières positions restent vides : il y en a H - h + 1 par axe.",
            en="The last positions stay empty: there are H - h + 1 along each axis.",
        ),
        deviation(
            "first_row_only",
            slides="first row",
            fr="Seule la première ligne de positions est remplie : un `return` vient-il trop tôt ?",
            en="Only the first row of positions is filled: does a `return` come too early?",
        ),
        deviation(
            "filter_flipped",
            flipped=True,
            fr="Le filtre est retourné : c'est la matrice de la vraie convolution.",
            en="The filter is flipped: this is the matrix of the true convolution.",
        ),
    ],
)
def matrix_for(
    kernel,
    shape,
    *,
    given="matrix",
    outputs="in order",
    inputs="in order",
    slides="everywhere",
    flipped=False,
):
    height, width, channels, filters = kernel.shape
    kernel = kernel[::-1, ::-1] if flipped else kernel
    rows, columns = shape[0] - height + 1, shape[1] - width + 1
    matrix = np.zeros((*shape, rows, columns, filters), kernel.dtype)
    for i in range({"all but the last": rows - 1, "first row": 1}.get(slides, rows)):
        for j in range(columns - 1 if slides == "all but the last" else columns):
            top, left = (0, 0) if slides == "not" else (i, j)
            matrix[top : top + height, left : left + width, :, i, j, :] = kernel
    before = {"channels first": (2, 0, 1), "columns first": (1, 0, 2)}.get(inputs, (0, 1, 2))
    after = {"filters first": (5, 3, 4), "columns first": (4, 3, 5)}.get(outputs, (3, 4, 5))
    matrix = matrix.transpose(*before, *after)
    if given == "not flattened":
        return matrix
    matrix = matrix.reshape(shape[0] * shape[1] * channels, rows * columns * filters)
    return matrix.T if given == "transposed" else matrix
