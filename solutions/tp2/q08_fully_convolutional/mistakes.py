"""Wrong answers to question 8 that students give, each with what to look at."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution


def _map(feature_map, layers, between=lambda x: np.maximum(x, 0)):
    x = feature_map
    for layer in layers[:-1]:
        x = between(solution.score_map(x, [layer]))
    return solution.score_map(x, layers[-1:])


@mistake(
    of="sliding_scores",
    fr='La fenêtre avance d\'un pixel à la fois : elle avance de net["stride"].',
    en='The window moves by one pixel at a time: it should move by net["stride"].',
)
def every_pixel(image, net):
    return solution.sliding_scores(image, {**net, "stride": 1})


@mistake(
    of="sliding_scores",
    fr='Les fenêtres sont mises côte à côte, sans recouvrement : elles avancent de net["stride"].',
    en='The windows stand side by side, without overlap: they should move by net["stride"].',
)
def without_overlap(image, net):
    return solution.sliding_scores(image, {**net, "stride": net["window"]})


@mistake(
    of="sliding_scores",
    fr="Lignes et colonnes de la carte sont échangées.",
    en="Rows and columns of the map are exchanged.",
)
def map_transposed(image, net):
    return solution.sliding_scores(image, net).swapaxes(0, 1)


@mistake(
    of="sliding_scores",
    fr="C'est la carte d'une seule passe : découpez chaque fenêtre et donnez-la à `classify`. Là où le tronc "
    "ajoute des zéros, les deux diffèrent.",
    en="This is the map of a single pass: cut out each window and give it to `classify`. Where the trunk adds "
    "zeros, the two differ.",
)
def one_pass_instead(image, net):
    layers = solution.convolutional_head(net["head"], net["shape"])
    return solution.score_map(solution.features(image, net), layers)


@mistake(
    of="largest_gap",
    fr="Les différences ont gardé leur signe : prenez la valeur absolue avant le maximum.",
    en="The differences kept their sign: take the absolute value before the maximum.",
)
def signs_kept(image, net):
    layers = solution.convolutional_head(net["head"], net["shape"])
    at_once = solution.score_map(solution.features(image, net), layers)
    return float((at_once - solution.sliding_scores(image, net)).max())


@mistake(
    of="largest_gap",
    fr="C'est la différence moyenne : on demande la plus grande.",
    en="This is the mean difference: the largest is asked for.",
)
def mean_gap(image, net):
    layers = solution.convolutional_head(net["head"], net["shape"])
    at_once = solution.score_map(solution.features(image, net), layers)
    return float(np.abs(at_once - solution.sliding_scores(image, net)).mean())


@mistake(
    of="largest_gap",
    fr="Le résultat vaut toujours zéro : avec des zéros ajoutés aux bords, les deux cartes diffèrent. "
    "Mesurez.",
    en="The result is always zero: with zeros added at the borders the two maps differ. Measure.",
)
def assumed_to_vanish(image, net):
    return 0.0


@mistake(
    of="vgg_score_map",
    fr="La ReLU entre les couches denses manque : elle fait partie de ``model.classifier``.",
    en="The ReLU between the dense layers is missing: it is part of ``model.classifier``.",
)
def vgg_without_relu(model, image, shape):
    head = _vgg_head(model)
    x = np.asarray(model.features(image[np.newaxis]))[0]
    return _map(x, solution.convolutional_head(head, shape), between=lambda y: y)


@mistake(
    of="vgg_score_map",
    fr="La carte de caractéristiques est rognée à la taille prévue : toute l'image doit servir.",
    en="The feature map is cropped to the planned size: the whole image must be used.",
)
def vgg_on_the_first_window(model, image, shape):
    return solution.vgg_score_map(model, image, shape)[:1, :1]


def _vgg_head(model):
    linear = [layer for layer in model.classifier if hasattr(layer, "kernel")]
    return [(np.asarray(layer.kernel[...]), np.asarray(layer.bias[...])) for layer in linear]


@family(
    of="convolutional_head",
    deviations=[
        deviation(
            "channels_read_first",
            read="channels first",
            fr="Les poids de la première couche sont lus canal par canal : ici la mise à plat fait "
            "varier le canal le plus vite.",
            en="The weights of the first layer are read channel by channel: here flattening makes "
            "the channel vary fastest.",
        ),
        deviation(
            "columns_read_first",
            read="columns first",
            fr="Les poids de la première couche sont lus colonne par colonne : la mise à plat finit "
            "une ligne avant la suivante.",
            en="The weights of the first layer are read column by column: flattening finishes a row "
            "before the next one.",
        ),
        deviation(
            "units_read_first",
            read="units first",
            fr="L'axe des neurones est lu en premier : les poids ont une ligne par entrée, une "
            "colonne par neurone.",
            en="The axis of the units is read first: the weights have one row per input, one column "
            "per unit.",
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le premier noyau est retourné : une corrélation croisée lit les poids dans l'ordre.",
            en="The first kernel is flipped: a cross-correlation reads the weights in order.",
        ),
        deviation(
            "later_layers_left_dense",
            later="dense",
            fr="Les couches suivantes sont restées des matrices : donnez-leur la forme (1, 1, n, m).",
            en="The later layers are still matrices: give them the shape (1, 1, n, m).",
        ),
        deviation(
            "later_layers_transposed",
            later="transposed",
            fr="Les couches suivantes sont transposées : leur noyau a la forme (1, 1, n, m).",
            en="The later layers are transposed: their kernel has the shape (1, 1, n, m).",
        ),
        deviation(
            "later_layers_missing",
            later="missing",
            fr="Seule la première couche est changée : les suivantes manquent.",
            en="Only the first layer is turned into a convolution: the later ones are missing.",
        ),
        deviation(
            "biases_dropped",
            pairs="kernels alone",
            fr="Seuls les noyaux sont renvoyés : chaque couche est une paire (noyau, biais).",
            en="Only the kernels are returned: each layer is a pair (kernel, bias).",
        ),
        deviation(
            "biases_zero",
            pairs="zero biases",
            fr="Les biais sont mis à zéro : ils ne changent pas.",
            en="The biases are set to zero: they do not change.",
        ),
    ],
)
def head_of(head, shape, *, read="in order", flipped=False, later="1 x 1", pairs="own biases"):
    layers = []
    for number, (weights, bias) in enumerate(head):
        if number == 0:
            kernel = _first_kernel(weights, shape, read)
            kernel = kernel[::-1, ::-1] if flipped else kernel
        elif later == "missing":
            break
        else:
            matrix = weights.T if later == "transposed" else weights
            kernel = matrix if later == "dense" else matrix[None, None]
        layers.append((kernel, 0 * bias if pairs == "zero biases" else bias))
    return [kernel for kernel, _ in layers] if pairs == "kernels alone" else layers


def _first_kernel(weights, shape, read):
    height, width, channels = shape
    if read == "channels first":
        return weights.reshape(channels, height, width, -1).transpose(1, 2, 0, 3)
    if read == "columns first":
        return weights.reshape(width, height, channels, -1).swapaxes(0, 1)
    if read == "units first":
        return weights.reshape(-1, *shape).transpose(1, 2, 3, 0)
    return weights.reshape(*shape, -1)


@family(
    of="score_map",
    deviations=[
        deviation(
            "without_relu",
            between="nothing",
            fr="La ReLU entre les couches manque : deux couches linéaires n'en font alors qu'une.",
            en="The ReLU between the layers is missing: two linear layers then are but one.",
        ),
        deviation(
            "relu_first",
            between="before each",
            fr="Une ReLU précède aussi la première couche : il n'y en a qu'entre deux couches.",
            en="A ReLU comes before the first layer, too: there is one between two layers only.",
        ),
        deviation(
            "relu_at_the_end",
            end="relu",
            fr="Une ReLU suit aussi la dernière couche : un score peut être négatif.",
            en="A ReLU follows the last layer too: a score may be negative.",
        ),
        deviation(
            "probabilities",
            end="softmax",
            fr="Ce sont des probabilités : on demande les scores, sans softmax.",
            en="These are probabilities: the scores are asked for, without a softmax.",
        ),
        deviation(
            "best_class",
            end="argmax",
            fr="C'est la classe de plus grand score : on demande les scores de toutes.",
            en="This is the class with the largest score: the scores of all are asked for.",
        ),
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : chacun s'ajoute à toutes les positions.",
            en="The biases are missing: each is added at all positions.",
        ),
        deviation(
            "last_bias_forgotten",
            biases="all but the last",
            fr="Le biais de la dernière couche manque.",
            en="The bias of the last layer is missing.",
        ),
        deviation(
            "first_bias_forgotten",
            biases="the last",
            fr="Seule la dernière couche a ses biais : chaque couche a les siens.",
            en="Only the last layer has its biases: each layer has its own.",
        ),
        deviation(
            "padded_with_zeros",
            zeros="same",
            fr="La carte est bordée de zéros (« same ») : la tête n'a jamais vu que des fenêtres "
            "entières.",
            en='The map is padded with zeros ("same"): the head has only ever seen whole windows.',
        ),
        deviation(
            "averaged_over_positions",
            kept="mean",
            fr="La carte est réduite à sa moyenne : gardez un score par position.",
            en="The map is reduced to its mean: keep one score for each position.",
        ),
        deviation(
            "first_position_only",
            kept="first",
            fr="Seule la première position est calculée : gardez un score par position.",
            en="Only the first position is computed: keep one score for each position.",
        ),
        deviation(
            "first_layer_only",
            layers_used="first",
            fr="Seule la première couche est appliquée : un `return` vient-il trop tôt ?",
            en="Only the first layer is applied: does a `return` come too early?",
        ),
        deviation(
            "first_layer_and_its_relu",
            layers_used="first, through its ReLU",
            fr="Seule la première couche est appliquée, avec sa ReLU : un `return` vient-il trop tôt ?",
            en="Only the first layer is applied, with its ReLU: does a `return` come too early?",
        ),
        deviation(
            "last_layer_left_out",
            layers_used="all but the last",
            fr="La dernière couche n'est pas appliquée.",
            en="The last layer is not applied.",
        ),
        deviation(
            "kernels_flipped",
            flipped=True,
            fr="Les noyaux sont retournés : c'est une corrélation croisée qui fait le travail de la "
            "couche dense.",
            en="The kernels are flipped: it is a cross-correlation that does the work of the dense "
            "layer.",
        ),
        deviation(
            "windows_side_by_side",
            step="window",
            fr="Les fenêtres sont mises côte à côte : la convolution avance d'une position à la "
            "fois.",
            en="The windows stand side by side: the convolution moves by one position at a time.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            transposed=True,
            fr="Lignes et colonnes de la carte sont échangées.",
            en="Rows and columns of the map are exchanged.",
        ),
    ],
)
def map_of(
    feature_map,
    layers,
    *,
    between="relu",
    end="scores",
    biases="all",
    zeros="none",
    kept="all",
    layers_used="all",
    flipped=False,
    step=1,
    transposed=False,
):
    x, last = feature_map, len(layers) - 1
    used = {
        "first": layers[:1],
        "first, through its ReLU": layers[:1],
        "all but the last": layers[:-1],
    }.get(layers_used, layers)
    for number, (kernel, bias) in enumerate(used):
        if (number and between == "relu") or between == "before each":
            x = np.maximum(x, 0)
        height, width = kernel.shape[:2]
        if zeros == "same":
            around = [((size - 1) // 2, size // 2) for size in (height, width)]
            x = np.pad(x, (*around, (0, 0)))
        windows = solution.sliding_windows(x, (height, width), axis=(0, 1))
        if step == "window":
            windows = windows[::height, ::width]
        kernel = kernel[::-1, ::-1] if flipped else kernel
        x = np.tensordot(windows, kernel, axes=([3, 4, 2], [0, 1, 2]))
        with_bias = {"none": False, "all but the last": number < last, "the last": number == last}
        x = x + bias if with_bias.get(biases, True) else x
    if end == "relu" or (layers_used == "first, through its ReLU" and last):
        x = np.maximum(x, 0)
    elif end == "softmax":
        powers = np.exp(x - x.max(axis=-1, keepdims=True))
        x = powers / powers.sum(axis=-1, keepdims=True)
    elif end == "argmax":
        return x.argmax(axis=-1)
    x = x.swapaxes(0, 1) if transposed else x
    return {"mean": x.mean(axis=(0, 1)), "first": x[:1, :1]}.get(kept, x)


@family(
    of="map_shape",
    deviations=[
        deviation(
            "window_may_stick_out",
            rule="without window",
            fr="La fenêtre doit rester dans l'image : sa taille se retranche avant de diviser.",
            en="The window must stay inside the image: subtract its size before dividing.",
        ),
        deviation(
            "first_position_forgotten",
            rule="one less",
            fr="Il manque le + 1 : la première position compte aussi.",
            en="The + 1 is missing: the first position counts as well.",
        ),
        deviation(
            "rounded_up",
            rule="rounded up",
            fr="Le résultat est arrondi vers le haut : une fenêtre entamée ne compte pas.",
            en="The result is rounded up: a window that sticks out does not count.",
        ),
        deviation(
            "stride_ignored",
            rule="one by one",
            fr="Le pas n'intervient pas : la fenêtre se déplace de ``stride`` pixels.",
            en="The stride plays no part: the window moves by ``stride`` pixels.",
        ),
        deviation(
            "stride_of_the_window",
            rule="side by side",
            fr="Les fenêtres sont comptées côte à côte : elles se déplacent de ``stride`` pixels.",
            en="The windows are counted side by side: they should move by ``stride`` pixels.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            sides="exchanged",
            fr="Lignes et colonnes sont échangées : la hauteur vient en premier.",
            en="Rows and columns are exchanged: the height comes first.",
        ),
        deviation(
            "height_used_for_both",
            sides="height",
            fr="La hauteur sert pour les deux axes : une image n'est pas forcément carrée.",
            en="The height serves for both axes: an image need not be square.",
        ),
        deviation(
            "negative_for_small_images",
            least="none",
            fr="Une image plus petite que la fenêtre donne un nombre négatif : il n'y a alors aucune"
            " position.",
            en="An image smaller than the window gives a negative number: there is no position then.",
        ),
        deviation(
            "one_position_at_least",
            least=1,
            fr="Une image plus petite que la fenêtre donne une position : il n'y en a alors aucune.",
            en="An image smaller than the window gives one position: there is none then.",
        ),
        deviation(
            "exact_fit_refused",
            fits="strictly",
            fr="Une image aussi grande que la fenêtre a une position.",
            en="An image as large as the window has one position.",
        ),
    ],
)
def positions(image_shape, window, stride, *, rule="own", sides="own", least=0, fits="own"):
    height, width = image_shape
    height, width = {"exchanged": (width, height), "height": (height, height)}.get(
        sides, (height, width)
    )

    def count(size):
        if fits == "strictly" and size == window:
            return 0
        found = {
            "without window": size // stride,
            "one less": (size - window) // stride,
            "rounded up": -((window - size) // stride) + 1,
            "one by one": size - window + 1,
            "side by side": size // window,
        }.get(rule, (size - window) // stride + 1)
        return found if least == "none" else max(least, found)

    return count(height), count(width)


@family(
    of="locate",
    deviations=[
        deviation(
            "positions_not_in_pixels",
            unit="positions",
            fr="Ce sont des positions sur la carte : multipliez-les par le pas pour obtenir des "
            "pixels.",
            en="These are positions on the map: multiply them by the stride to get pixels.",
        ),
        deviation(
            "positions_times_the_window",
            unit="windows",
            fr="Les positions sont multipliées par la fenêtre : elles sont à ``stride`` pixels l'une"
            " de l'autre.",
            en="The positions are multiplied by the window: they lie ``stride`` pixels apart, so "
            "multiply by that.",
        ),
        deviation(
            "row_and_column_exchanged",
            order="exchanged",
            fr="Ligne et colonne sont échangées : le haut vient de la ligne, la gauche de la "
            "colonne.",
            en="Row and column are exchanged: the top comes from the row, the left from the column.",
        ),
        deviation(
            "sides_in_another_order",
            order="by axis",
            fr="L'ordre est (haut, gauche, bas, droite) : ici haut et bas, puis gauche et droite.",
            en="Top and bottom come first, then left and right: the order should be (top, left, "
            "bottom, right).",
        ),
        deviation(
            "best_of_all_classes",
            whose="all",
            fr="Le maximum est pris sur toutes les classes : seule la classe ``label`` compte.",
            en="The maximum is taken over all classes: only the class ``label`` counts.",
        ),
        deviation(
            "first_class",
            whose="first",
            fr="Le maximum est celui de la première classe : c'est la classe ``label`` qui compte.",
            en="The maximum is that of the first class: the class ``label`` is the one that "
            "counts.",
        ),
        deviation(
            "smallest_score",
            best="smallest",
            fr="C'est le plus petit score qui est cherché : on demande le plus grand.",
            en="It is the smallest score that is looked for: the largest is asked for.",
        ),
        deviation(
            "last_of_equals",
            best="last",
            fr="S'il y a plusieurs plus grands scores, c'est le dernier qui est pris : prenez le "
            "premier.",
            en="Where there are several largest scores the last is taken: take the first.",
        ),
        deviation(
            "divided_by_the_rows",
            flat="rows",
            fr="Le numéro de la position est divisé par le nombre de lignes : une ligne a autant de "
            "positions que de colonnes.",
            en="The number of the position is divided by the number of rows: a row has as many "
            "positions as there are columns.",
        ),
        deviation(
            "end_included",
            end=-1,
            fr="La dernière ligne et la dernière colonne sont comprises : ``bas`` et ``droite`` sont"
            " exclus.",
            en="The last row and column are included: ``bottom`` and ``right`` are excluded.",
        ),
        deviation(
            "size_of_the_stride",
            end="stride",
            fr="La fenêtre a la taille du pas : elle mesure ``window`` pixels.",
            en="The window is as large as the stride: it should measure ``window`` pixels.",
        ),
        deviation(
            "window_centred",
            corner="centre",
            fr="La fenêtre est centrée sur la position : la position en est le coin supérieur "
            "gauche.",
            en="The window is centred on the position: the position is its upper left corner.",
        ),
    ],
)
def box(
    scores,
    label,
    window,
    stride,
    *,
    unit="pixels",
    order="own",
    whose="label",
    best="largest",
    flat="columns",
    end=0,
    corner="upper left",
):
    chosen = {"all": scores.max(axis=2), "first": scores[:, :, 0]}.get(whose, scores[:, :, label])
    numbers = {"smallest": -chosen}.get(best, chosen).reshape(-1)
    place = len(numbers) - 1 - numbers[::-1].argmax() if best == "last" else numbers.argmax()
    row, column = divmod(int(place), chosen.shape[0 if flat == "rows" else 1])
    step = {"positions": 1, "windows": window}.get(unit, stride)
    top, left = row * step, column * step
    if corner == "centre":
        top, left = top - window // 2, left - window // 2
    side = stride if end == "stride" else window + end
    if order == "exchanged":
        top, left = left, top
    if order == "by axis":
        return top, top + side, left, left + side
    return top, left, top + side, left + side
