"""Wrong answers to question 8 that students give, each with what to look at."""

import numpy as np

from grader.checks import mistake

from . import solution


@mistake(
    of="convolutional_head",
    fr="Les poids de la première couche sont lus canal par canal : ici la mise à plat fait varier le "
    "canal le plus vite.",
    en="The weights of the first layer are read channel by channel: here flattening makes the "
    "channel vary fastest.",
)
def channels_read_first(head, shape):
    layers = solution.convolutional_head(head, shape)
    kernel, bias = layers[0]
    height, width, channels = shape
    by_channel = kernel.reshape(channels, height, width, -1).transpose(1, 2, 0, 3)
    return [(by_channel, bias), *layers[1:]]


@mistake(
    of="convolutional_head",
    fr="Le premier noyau est retourné : une corrélation croisée lit les poids dans l'ordre.",
    en="The first kernel is flipped: a cross-correlation reads the weights in order.",
)
def kernel_flipped(head, shape):
    (kernel, bias), *others = solution.convolutional_head(head, shape)
    return [(kernel[::-1, ::-1], bias), *others]


@mistake(
    of="convolutional_head",
    fr="Les couches suivantes sont restées des matrices : donnez-leur la forme (1, 1, n, m).",
    en="The later layers are still matrices: give them the shape (1, 1, n, m).",
)
def later_layers_left_dense(head, shape):
    return [solution.convolutional_head(head, shape)[0], *head[1:]]


@mistake(
    of="convolutional_head",
    fr="Seuls les noyaux sont renvoyés : chaque couche est une paire (noyau, biais).",
    en="Only the kernels are returned: each layer is a pair (kernel, bias).",
)
def biases_dropped(head, shape):
    return [kernel for kernel, _ in solution.convolutional_head(head, shape)]


def _map(feature_map, layers, between=lambda x: np.maximum(x, 0)):
    x = feature_map
    for layer in layers[:-1]:
        x = between(solution.score_map(x, [layer]))
    return solution.score_map(x, layers[-1:])


@mistake(
    of="score_map",
    fr="La ReLU entre les couches manque : deux couches linéaires n'en font alors qu'une.",
    en="The ReLU between the layers is missing: two linear layers then are but one.",
)
def without_relu(feature_map, layers):
    return _map(feature_map, layers, between=lambda x: x)


@mistake(
    of="score_map",
    fr="Une ReLU suit aussi la dernière couche : un score peut être négatif.",
    en="A ReLU follows the last layer too: a score may be negative.",
)
def relu_at_the_end(feature_map, layers):
    return np.maximum(solution.score_map(feature_map, layers), 0)


@mistake(
    of="score_map",
    fr="Les biais manquent : chacun s'ajoute à toutes les positions.",
    en="The biases are missing: each is added at all positions.",
)
def biases_forgotten(feature_map, layers):
    return _map(feature_map, [(kernel, np.zeros_like(bias)) for kernel, bias in layers])


@mistake(
    of="score_map",
    fr="La carte est bordée de zéros (« same ») : la tête n'a jamais vu que des fenêtres entières.",
    en='The map is padded with zeros ("same"): the head has only ever seen whole windows.',
)
def padded_with_zeros(feature_map, layers):
    height, width = layers[0][0].shape[:2]
    around = [((size - 1) // 2, size // 2) for size in (height, width)]
    return solution.score_map(np.pad(feature_map, (*around, (0, 0))), layers)


@mistake(
    of="score_map",
    fr="La carte est réduite à sa moyenne : gardez un score par position.",
    en="The map is reduced to its mean: keep one score for each position.",
)
def averaged_over_positions(feature_map, layers):
    return solution.score_map(feature_map, layers).mean(axis=(0, 1))


@mistake(
    of="map_shape",
    fr="La fenêtre doit rester dans l'image : sa taille se retranche avant de diviser.",
    en="The window must stay inside the image: subtract its size before dividing.",
)
def window_may_stick_out(image_shape, window, stride):
    rows, columns = (size // stride for size in image_shape)
    return rows, columns


@mistake(
    of="map_shape",
    fr="Il manque le + 1 : la première position compte aussi.",
    en="The + 1 is missing: the first position counts as well.",
)
def first_position_forgotten(image_shape, window, stride):
    rows, columns = (max(0, (size - window) // stride) for size in image_shape)
    return rows, columns


@mistake(
    of="map_shape",
    fr="Le résultat est arrondi vers le haut : une fenêtre entamée ne compte pas.",
    en="The result is rounded up: a window that sticks out does not count.",
)
def rounded_up(image_shape, window, stride):
    rows, columns = (max(0, -((window - size) // stride) + 1) for size in image_shape)
    return rows, columns


@mistake(
    of="map_shape",
    fr="Lignes et colonnes sont échangées : la hauteur vient en premier.",
    en="Rows and columns are exchanged: the height comes first.",
)
def rows_and_columns_exchanged(image_shape, window, stride):
    return solution.map_shape(image_shape[::-1], window, stride)


@mistake(
    of="map_shape",
    fr="Une image plus petite que la fenêtre donne un nombre négatif : il n'y a alors aucune position.",
    en="An image smaller than the window gives a negative number: there is no position then.",
)
def negative_for_small_images(image_shape, window, stride):
    rows, columns = ((size - window) // stride + 1 for size in image_shape)
    return rows, columns


@mistake(
    of="sliding_scores",
    fr='La fenêtre avance d\'un pixel à la fois : elle avance de net["stride"].',
    en='The window moves by one pixel at a time: it moves by net["stride"].',
)
def every_pixel(image, net):
    return solution.sliding_scores(image, {**net, "stride": 1})


@mistake(
    of="sliding_scores",
    fr='Les fenêtres sont mises côte à côte, sans recouvrement : elles avancent de net["stride"].',
    en='The windows stand side by side, without overlap: they move by net["stride"].',
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
    of="locate",
    fr="Ce sont des positions sur la carte : multipliez-les par le pas pour obtenir des pixels.",
    en="These are positions on the map: multiply them by the stride to get pixels.",
)
def positions_not_in_pixels(scores, label, window, stride):
    return solution.locate(scores, label, window, 1)


@mistake(
    of="locate",
    fr="Ligne et colonne sont échangées : le haut vient de la ligne, la gauche de la colonne.",
    en="Row and column are exchanged: the top comes from the row, the left from the column.",
)
def row_and_column_exchanged(scores, label, window, stride):
    top, left, bottom, right = solution.locate(scores, label, window, stride)
    return left, top, right, bottom


@mistake(
    of="locate",
    fr="Le maximum est pris sur toutes les classes : seule la classe ``label`` compte.",
    en="The maximum is taken over all classes: only the class ``label`` counts.",
)
def best_of_all_classes(scores, label, window, stride):
    return solution.locate(scores.max(axis=2, keepdims=True), 0, window, stride)


@mistake(
    of="locate",
    fr="La dernière ligne et la dernière colonne sont comprises : ``bas`` et ``droite`` sont exclus.",
    en="The last row and column are included: ``bottom`` and ``right`` are excluded.",
)
def end_included(scores, label, window, stride):
    return solution.locate(scores, label, window - 1, stride)


@mistake(
    of="locate",
    fr="La fenêtre est centrée sur la position : la position en est le coin supérieur gauche.",
    en="The window is centred on the position: the position is its upper left corner.",
)
def window_centred(scores, label, window, stride):
    box = solution.locate(scores, label, window, stride)
    return tuple(side - window // 2 for side in box)


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
    fr="La carte des caractéristiques est rognée à la taille prévue : toute l'image doit servir.",
    en="The feature map is cropped to the planned size: the whole image must be used.",
)
def vgg_on_the_first_window(model, image, shape):
    return solution.vgg_score_map(model, image, shape)[:1, :1]


def _vgg_head(model):
    linear = [layer for layer in model.classifier if hasattr(layer, "kernel")]
    return [(np.asarray(layer.kernel[...]), np.asarray(layer.bias[...])) for layer in linear]
