"""Known mistakes of question 16."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="output_shape",
    deviations=[
        deviation(
            "padding_once",
            padding=1,
            fr="La complétion n'est comptée qu'une fois : il y a des zéros des deux côtés.",
            en="The padding is counted once only: there are zeros on both sides.",
        ),
        deviation(
            "padding_ignored",
            padding=0,
            fr="La complétion n'intervient pas dans la taille de la convolution.",
            en="The padding plays no part in the size of the convolution.",
        ),
        deviation(
            "channels_kept",
            depth="input",
            fr="Une convolution garde le nombre de canaux de son entrée : elle en produit un par filtre.",
            en="A convolution is taken to keep its input's number of channels: it produces one "
            "per filter.",
        ),
        deviation(
            "kernel_lost_whole",
            lost=0,
            fr="Une convolution perd K pixels par axe : elle en perd K − 1.",
            en="A convolution is taken to lose K pixels per axis: it loses K − 1.",
        ),
        deviation(
            "size_kept",
            grown="never",
            fr="Une convolution garde toujours la taille : ce n'est vrai que si la complétion est de (K − 1)/2.",
            en="A convolution always keeps the size: that is true only where the padding is (K − 1)/2.",
        ),
        deviation(
            "pool_rounded_up",
            pooled="up",
            fr="La taille après un pooling est arrondie vers le haut : une fenêtre qui dépasse ne compte pas.",
            en="The size after a pooling is rounded up: a window that sticks out does not count.",
        ),
        deviation(
            "pool_of_stride_one",
            pooled="one by one",
            fr="Les fenêtres du pooling avancent d'un pixel : elles sont juxtaposées.",
            en="The windows of the pooling advance by one pixel: they should lie side by side.",
        ),
        deviation(
            "pool_divides_channels",
            pooled="channels too",
            fr="Le pooling réduit aussi les canaux : chaque carte est réduite à part.",
            en="The pooling reduces the channels as well: each map is reduced by itself.",
        ),
        deviation(
            "channels_not_flattened",
            flat="pixels",
            fr="Aplatir oublie les canaux : le vecteur contient hauteur × largeur × canaux nombres.",
            en="Flattening forgets the channels: the vector holds height × width × channels numbers.",
        ),
        deviation(
            "dense_keeps_its_inputs",
            dense="inputs",
            fr="Une couche dense garde la taille de son entrée : elle produit un nombre par neurone.",
            en="A dense layer is taken to keep the size of its input: it produces one number per "
            "neuron.",
        ),
    ],
)
def shapes(
    layer,
    shape,
    *,
    padding=2,
    depth="filters",
    lost=1,
    grown="own",
    pooled="down",
    flat="all",
    dense="units",
):
    kind = layer["kind"]
    if kind == "conv":
        change = padding * layer["padding"] - layer["kernel"] + lost
        change = 0 if grown == "never" else change
        return (
            shape[0] + change,
            shape[1] + change,
            shape[2] if depth == "input" else layer["filters"],
        )
    if kind == "pool":
        k = layer["window"]
        rules = {"up": lambda n: -(-n // k), "one by one": lambda n: n - k + 1}
        size = rules.get(pooled, lambda n: n // k)
        return (
            size(shape[0]),
            size(shape[1]),
            shape[2] // k if pooled == "channels too" else shape[2],
        )
    if kind == "flatten":
        return (int(np.prod(shape[:2] if flat == "pixels" else shape)),)
    if kind == "dense":
        return shape if dense == "inputs" else (layer["units"],)
    return shape


@family(
    of="parameter_count",
    deviations=[
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : un par filtre, un par neurone.",
            en="The biases are missing: one per filter, one per neuron.",
        ),
        deviation(
            "single_bias",
            biases="one",
            fr="Un seul biais est compté pour la couche : il y en a un par filtre, ou par neurone.",
            en="A single bias is counted for the layer: there is one per filter, or per neuron.",
        ),
        deviation(
            "depth_forgotten",
            depth="none",
            fr="La profondeur des filtres est oubliée : ils ont des poids pour chaque canal.",
            en="The depth of the filters is forgotten: they have weights for each channel.",
        ),
        deviation(
            "kernel_not_squared",
            sides=1,
            fr="Un filtre de taille K a K × K pixels, et non K.",
            en="A filter of size K has K × K pixels, not K.",
        ),
        deviation(
            "at_every_position",
            shared=False,
            fr="Les poids d'une convolution sont comptés à chaque position : ils sont partagés.",
            en="The weights of a convolution are counted at each position: they are shared.",
        ),
        deviation(
            "dense_inputs_forgotten",
            dense="units",
            fr="Une couche dense a un poids par entrée *et* par neurone.",
            en="A dense layer has one weight per input *and* per neuron.",
        ),
    ],
)
def parameters(
    layer, shape, *, biases="each", depth="channels", sides=2, shared=True, dense="inputs"
):
    if layer["kind"] not in ("conv", "dense"):
        return 0
    if layer["kind"] == "conv":
        outputs = layer["filters"]
        inputs = layer["kernel"] ** sides * (1 if depth == "none" else shape[2])
        inputs *= 1 if shared else shape[0] * shape[1]
    else:
        outputs, inputs = layer["units"], 0 if dense == "units" else shape[0]
    return inputs * outputs + {"none": 0, "one": 1}.get(biases, outputs)


@family(
    of="lenet",
    deviations=[
        deviation(
            "no_padding",
            padding=0,
            fr="Les convolutions n'ont pas de complétion : elles doivent garder la taille des cartes, donc "
            "P = (K − 1)/2.",
            en="The convolutions have no padding: they should keep the size of the maps, so P = (K − 1)/2.",
        ),
        deviation(
            "no_relu_between_dense",
            between=False,
            fr="Il manque la ReLU entre les deux couches denses : sans elle, elles n'en font qu'une.",
            en="The ReLU between the two dense layers is missing: without it they are as one.",
        ),
        deviation(
            "relu_at_the_end",
            final=True,
            fr="Une ReLU suit la dernière couche : les scores doivent pouvoir être négatifs.",
            en="A ReLU follows the last layer: scores must be free to be negative.",
        ),
        deviation(
            "pooling_before_relu",
            order="pool first",
            fr="Le pooling vient avant la ReLU : le résultat serait le même, mais l'ordre demandé est "
            "convolution, ReLU, pooling.",
            en="The pooling comes before the ReLU: the result would be the same, but the order asked for is "
            "convolution, ReLU, pooling.",
        ),
        deviation(
            "no_relu_after_convolutions",
            order="no relu",
            fr="Il manque les ReLU après les convolutions : sans elles, les couches qui précèdent les "
            "couches denses seraient linéaires, aux maximums près.",
            en="The ReLUs after the convolutions are missing: without them the layers before the dense "
            "ones would be linear, but for the maxima.",
        ),
        deviation(
            "not_flattened",
            flat=False,
            fr="Il manque `flatten` entre les cartes et la première couche dense.",
            en="`flatten` is missing between the maps and the first dense layer.",
        ),
    ],
)
def layers_of_lenet(*, padding=2, between=True, final=False, order="relu first", flat=True):
    found = []
    for filters in (20, 50):
        conv = {"kind": "conv", "filters": filters, "kernel": 5, "padding": padding}
        after = {
            "pool first": [{"kind": "pool", "window": 2}, {"kind": "relu"}],
            "no relu": [{"kind": "pool", "window": 2}],
        }
        found += [conv, *after.get(order, [{"kind": "relu"}, {"kind": "pool", "window": 2}])]
    found += [{"kind": "flatten"}] if flat else []
    found += [{"kind": "dense", "units": 500}, *([{"kind": "relu"}] if between else [])]
    return [*found, {"kind": "dense", "units": 10}, *([{"kind": "relu"}] if final else [])]


@family(
    of="summary",
    deviations=[
        deviation(
            "shape_never_updated",
            follows=False,
            fr="Chaque couche est comptée avec la forme de l'image : son entrée est la sortie de la "
            "précédente.",
            en="Each layer is counted with the shape of the image: its input is the output of the one before.",
        ),
        deviation(
            "parameters_of_the_output",
            counted="after",
            fr="Les paramètres sont comptés avec la forme de la sortie : c'est l'entrée qui compte.",
            en="The parameters are counted with the shape of the output: the input is what counts.",
        ),
        deviation(
            "shape_of_the_input",
            shown="before",
            fr="C'est la forme de l'entrée de chaque couche : on demande celle de sa sortie.",
            en="This is the shape of each layer's input: that of its output is asked for.",
        ),
        deviation(
            "parameters_added_up",
            counted="running",
            fr="Les paramètres sont ceux de toutes les couches jusque-là : on demande ceux de chacune.",
            en="The parameters are those of all layers so far: those of each are asked for.",
        ),
        deviation(
            "order_of_the_pair",
            shown="second",
            fr="Le nombre de paramètres vient avant la forme : c'est (forme, nombre).",
            en="The number of parameters comes before the shape: it should be (shape, number).",
        ),
    ],
)
def table(layers, shape, *, follows=True, counted="before", shown="after"):
    rows, total = [], 0
    for layer in layers:
        after = solution.output_shape(layer, shape)
        entry = shape
        if counted == "after":
            entry = after if len(after) == len(shape) else shape
        number = solution.parameter_count(layer, entry)
        total += number
        number = total if counted == "running" else number
        seen = shape if shown == "before" else after
        rows.append((number, seen) if shown == "second" else (seen, number))
        shape = after if follows else shape
    return rows


@family(
    of="apply_layer",
    deviations=[
        deviation(
            "padding_forgotten",
            padding="none",
            fr='La convolution ne reçoit pas sa complétion : `layer["padding"]`.',
            en='The convolution does not get its padding: `layer["padding"]`.',
        ),
        deviation(
            "relu_of_magnitudes",
            relu="absolute",
            fr="C'est la valeur absolue : une ReLU met les nombres négatifs à 0.",
            en="This is the absolute value: a ReLU sets negative numbers to 0.",
        ),
        deviation(
            "relu_keeps_negatives",
            relu="minimum",
            fr="C'est le minimum de x et de 0 : une ReLU est le maximum.",
            en="This is the minimum of x and 0: a ReLU is the maximum.",
        ),
        deviation(
            "relu_does_nothing",
            relu="none",
            fr="La ReLU ne change rien : les nombres négatifs doivent devenir 0.",
            en="The ReLU changes nothing: negative numbers must become 0.",
        ),
        deviation(
            "relu_hidden_in_the_layers",
            hidden=True,
            fr="Une ReLU est appliquée après les convolutions et les couches denses : elle est une couche à "
            "part.",
            en="A ReLU is applied inside convolutions and dense layers: here it is a layer of its "
            "own.",
        ),
        deviation(
            "relu_hidden_in_the_convolution",
            hidden="conv",
            fr="Une ReLU est appliquée après la convolution : elle est une couche à part.",
            en="A ReLU is applied after the convolution: it is a layer of its own.",
        ),
        deviation(
            "channels_first_flattened",
            flat="channels first",
            fr="L'image est aplatie canal par canal : c'est ligne après ligne, les canaux en dernier.",
            en="The image is flattened channel by channel: it should be row after row, channels "
            "last.",
        ),
        deviation(
            "column_by_column",
            flat="columns first",
            fr="L'image est aplatie colonne par colonne : c'est ligne après ligne.",
            en="The image is flattened column by column: it should be row after row.",
        ),
        deviation(
            "biases_forgotten",
            biases=False,
            fr="Les biais manquent, dans la convolution comme dans la couche dense.",
            en="The biases are missing, in the convolution and in the dense layer.",
        ),
        deviation(
            "dense_bias_forgotten",
            biases="conv alone",
            fr="Le biais de la couche dense manque.",
            en="The bias of the dense layer is missing.",
        ),
    ],
)
def through(
    layer,
    weights,
    x,
    *,
    padding="own",
    relu="maximum",
    hidden=False,
    flat="rows first",
    biases=True,
):
    kind = layer["kind"]
    if kind == "relu":
        rules = {"absolute": np.abs(x), "minimum": np.minimum(x, 0), "none": x}
        return rules.get(relu, np.maximum(x, 0))
    if kind == "pool":
        return solution.max_pool(x, layer["window"])
    if kind == "flatten":
        axes = {"channels first": (2, 0, 1), "columns first": (1, 0, 2)}.get(flat, (0, 1, 2))
        return x.transpose(axes).reshape(-1)
    kernel, bias = weights["kernel"], weights["bias"]
    if kind == "conv":
        around = 0 if padding == "none" else layer["padding"]
        y = solution.conv2d(x, kernel, bias if biases else 0 * bias, around)
    else:
        y = x @ kernel + (bias if biases is True else 0 * bias)
    return np.maximum(y, 0) if hidden is True or hidden == kind else y


@family(
    of="forward",
    deviations=[
        deviation(
            "last_layer_left_out",
            left_out="last",
            fr="La dernière couche n'est pas appliquée.",
            en="The last layer is not applied.",
        ),
        deviation(
            "first_layer_left_out",
            left_out="first",
            fr="La première couche n'est pas appliquée.",
            en="The first layer is not applied.",
        ),
        deviation(
            "every_layer_from_the_image",
            kept="last",
            fr="Chaque couche reçoit l'image : elle doit recevoir la sortie de la précédente.",
            en="Each layer receives the image: it should receive the output of the one before.",
        ),
        deviation(
            "all_outputs",
            kept="all",
            fr="Ce sont les sorties de toutes les couches : on demande celle de la dernière.",
            en="These are the outputs of all layers: that of the last is asked for.",
        ),
        deviation(
            "largest_score",
            kept="argmax",
            fr="C'est la place du plus grand score : on demande tous les scores.",
            en="This is the place of the largest score: all scores are asked for.",
        ),
    ],
)
def across(layers, weights, x, *, left_out="none", kept="output"):
    part = {"last": slice(None, -1), "first": slice(1, None)}.get(left_out, slice(None))
    found, start = [], x
    for layer, own in zip(layers[part], weights[part], strict=True):
        x = solution.apply_layer(layer, own, start if kept == "last" else x)
        found.append(x)
    return {"all": found, "argmax": int(np.argmax(x))}.get(kept, x)
