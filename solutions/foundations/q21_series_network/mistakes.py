"""Known mistakes of question 21."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="conv1d",
    deviations=[
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné dans le temps : ici il ne l'est pas.",
            en="The kernel is flipped in time: it should not be.",
        ),
        deviation(
            "shorter_than_the_series",
            around="none",
            fr="Aucun zéro n'est ajouté : la sortie doit avoir la longueur de la série.",
            en="No zeros are added: the output should have the length of the series.",
        ),
        deviation(
            "causal",
            around="before",
            fr="Tous les zéros sont ajoutés avant la série : la moitié doit l'être après.",
            en="All zeros are added before the series: half of them should come after it.",
        ),
        deviation(
            "edge_repeated",
            around="edge",
            fr="Le premier et le dernier instant sont répétés : on demande des zéros.",
            en="The first and the last time step are repeated: zeros are asked for.",
        ),
        deviation(
            "wrapped_around",
            around="wrap",
            fr="La série est fermée en cercle : on demande des zéros.",
            en="The series is closed to a circle: zeros are asked for.",
        ),
        deviation(
            "bias_forgotten",
            biased=False,
            fr="Le biais manque.",
            en="The bias is missing.",
        ),
        deviation(
            "first_channel_only",
            channels="first",
            fr="Seul le premier canal compte : la somme porte sur tous.",
            en="Only the first channel counts: the sum runs over all of them.",
        ),
        deviation(
            "channels_averaged",
            channels="mean",
            fr="C'est la moyenne sur les canaux : leurs produits s'additionnent.",
            en="This is the mean over the channels: their products add up.",
        ),
    ],
)
def in_time(x, kernel, bias, *, flipped=False, around="both", biased=True, channels="all"):
    size = len(kernel)
    kernel = kernel[::-1] if flipped else kernel
    kernel = kernel[:, :1] if channels == "first" else kernel
    x = x[:, :1] if channels == "first" else x
    wide = {"none": (0, 0), "before": (size - 1, 0)}.get(around, (size // 2, size // 2))
    mode = around if around in ("edge", "wrap") else "constant"
    padded = np.pad(x, (wide, (0, 0)), mode=mode)
    steps = range(len(padded) - size + 1)
    y = np.array([np.tensordot(padded[t : t + size], kernel, axes=2) for t in steps])
    y = y.reshape(len(steps), kernel.shape[2]) / (x.shape[1] if channels == "mean" else 1)
    return y + (bias if biased else 0)


@family(
    of="global_average",
    deviations=[
        deviation(
            "over_the_filters",
            axis=1,
            fr="La moyenne porte sur les filtres et garde le temps : c'est le contraire.",
            en="The mean runs over the filters and keeps time: it should be the other way round.",
        ),
        deviation(
            "over_everything",
            axis=None,
            fr="Il ne reste qu'un nombre : on en demande un par filtre.",
            en="A single number is left: one per filter is asked for.",
        ),
        deviation(
            "sum",
            taken="sum",
            fr="C'est la somme : une longue série aurait de plus grands scores qu'une courte.",
            en="This is the sum: a long series would have larger scores than a short one.",
        ),
        deviation(
            "maximum",
            taken="max",
            fr="C'est le maximum : on demande la moyenne.",
            en="This is the maximum: the mean is asked for.",
        ),
        deviation(
            "last_time_step",
            taken="last",
            fr="C'est le dernier instant : la moyenne porte sur tous.",
            en="This is the last time step: the mean runs over all of them.",
        ),
        deviation(
            "axis_kept",
            kept=True,
            fr="L'axe du temps est encore là, de taille 1 : on demande la forme (filtres,).",
            en="The axis of time is still there, of size 1: the shape (filters,) is asked for.",
        ),
    ],
)
def average(maps, *, axis=0, taken="mean", kept=False):
    if taken == "last":
        return maps[-1]
    return {"sum": np.sum, "max": np.max}.get(taken, np.mean)(maps, axis=axis, keepdims=kept)


@family(
    of="scores",
    deviations=[
        deviation(
            "no_relu",
            relu="never",
            fr="Les ReLU manquent : sans elles, les convolutions n'en font qu'une.",
            en="The ReLUs are missing: without them the convolutions are as one.",
        ),
        deviation(
            "no_relu_after_the_last",
            relu="between",
            fr="La ReLU manque après la dernière convolution.",
            en="The ReLU after the last convolution is missing.",
        ),
        deviation(
            "relu_on_the_scores",
            relu="scores too",
            fr="Une ReLU suit la couche dense : les scores peuvent être négatifs.",
            en="A ReLU follows the dense layer: scores may be negative.",
        ),
        deviation(
            "averaged_before_the_relu",
            relu="after the average",
            fr="La dernière ReLU vient après la moyenne : c'est avant.",
            en="The last ReLU comes after the average: it should come before.",
        ),
        deviation(
            "maximum_for_the_average",
            pooled="max",
            fr="C'est un maximum global : on demande la moyenne globale.",
            en="This is a global maximum: the global average is asked for.",
        ),
        deviation(
            "first_convolution_only",
            depth="first",
            fr="Seule la première convolution est appliquée.",
            en="Only the first convolution is applied.",
        ),
        deviation(
            "dense_bias_forgotten",
            dense="no bias",
            fr="Le biais de la couche dense manque.",
            en="The bias of the dense layer is missing.",
        ),
        deviation(
            "probabilities",
            dense="softmax",
            fr="Ce sont des probabilités : on demande les scores.",
            en="These are probabilities: the scores are asked for.",
        ),
    ],
)
def scored(x, network, *, relu="each", pooled="mean", depth="all", dense="right"):
    layers = network["layers"][:1] if depth == "first" else network["layers"]
    for number, layer in enumerate(layers):
        x = solution.conv1d(x, layer["kernel"], layer["bias"])
        last = number == len(layers) - 1
        if relu != "never" and not (last and relu in ("between", "after the average")):
            x = np.maximum(x, 0)
    x = x.max(axis=0) if pooled == "max" else x.mean(axis=0)
    x = np.maximum(x, 0) if relu == "after the average" else x
    y = x @ network["dense"]["kernel"] + (0 if dense == "no bias" else network["dense"]["bias"])
    y = np.maximum(y, 0) if relu == "scores too" else y
    return np.exp(y - y.max()) / np.exp(y - y.max()).sum() if dense == "softmax" else y


@family(
    of="classify",
    deviations=[
        deviation(
            "smallest_score",
            chosen="smallest",
            fr="C'est la classe du plus petit score.",
            en="This is the class of the smallest score.",
        ),
        deviation(
            "first_series_only",
            chosen="first series",
            fr="Toutes les séries reçoivent la classe de la première.",
            en="All series get the class of the first.",
        ),
        deviation(
            "numbered_from_one",
            chosen="from one",
            fr="Les classes sont numérotées à partir de 1 : c'est à partir de 0.",
            en="The classes are numbered from 1: it should be from 0.",
        ),
        deviation(
            "largest_magnitude",
            chosen="magnitude",
            fr="C'est le plus grand score en valeur absolue : un score tient compte du signe.",
            en="This is the largest score in absolute value: a score takes the sign into account.",
        ),
        deviation(
            "completed_to_the_longest",
            chosen="completed",
            fr="Les séries sont complétées par des zéros à la longueur de la plus longue : la moyenne globale les "
            "compterait. Chacune passe telle quelle.",
            en="The series are completed by zeros to the length of the longest: the global average would count "
            "them. Each passes as it is.",
        ),
        deviation(
            "cut_to_the_shortest",
            chosen="cut",
            fr="Les séries sont coupées à la longueur de la plus courte : chacune passe tout entière.",
            en="The series are cut to the length of the shortest: each passes whole.",
        ),
    ],
)
def classes(series, network, *, chosen="largest"):
    lengths = [len(x) for x in series]
    if chosen == "completed":
        series = [np.pad(x, ((0, max(lengths) - len(x)), (0, 0))) for x in series]
    if chosen == "cut":
        series = [x[: min(lengths)] for x in series]
    if chosen == "first series":
        series = [series[0]] * len(series)
    found = []
    for x in series:
        y = solution.scores(x, network)
        y = {"smallest": -y, "magnitude": np.abs(y)}.get(chosen, y)
        found.append(int(np.argmax(y)) + (chosen == "from one"))
    return found


@family(
    of="parameter_count",
    deviations=[
        deviation(
            "biases_forgotten",
            biases=False,
            fr="Les biais manquent.",
            en="The biases are missing.",
        ),
        deviation(
            "dense_forgotten",
            layers="convolutions",
            fr="La couche dense n'est pas comptée.",
            en="The dense layer is not counted.",
        ),
        deviation(
            "dense_alone",
            layers="dense",
            fr="Seule la couche dense est comptée.",
            en="Only the dense layer is counted.",
        ),
        deviation(
            "depth_forgotten",
            depth=False,
            fr="La profondeur des noyaux est oubliée : taille × canaux × filtres.",
            en="The depth of the kernels is forgotten: size × channels × filters.",
        ),
        deviation(
            "number_of_arrays",
            counted="arrays",
            fr="Ce sont les tableaux qui sont comptés : on demande leurs nombres.",
            en="The arrays are counted: the numbers in them are asked for.",
        ),
    ],
)
def parameters(network, *, biases=True, layers="all", depth=True, counted="numbers"):
    convolutions = [] if layers == "dense" else network["layers"]
    dense = [] if layers == "convolutions" else [network["dense"]]
    if counted == "arrays":
        return 2 * (len(convolutions) + len(dense))
    kernels = [layer["kernel"][:, :1] if not depth else layer["kernel"] for layer in convolutions]
    kernels += [layer["kernel"] for layer in dense]
    total = sum(kernel.size for kernel in kernels)
    return total + sum(layer["bias"].size for layer in [*convolutions, *dense]) * biases


@family(
    of="steps_seen",
    deviations=[
        deviation(
            "whole_kernels_added",
            rule="whole",
            fr="Chaque couche ajoute la taille de son noyau : elle en ajoute K − 1.",
            en="Each layer adds the size of its kernel: it should add K − 1.",
        ),
        deviation(
            "starts_from_zero",
            rule="from zero",
            fr="Le compte part de 0 : un instant se voit lui-même.",
            en="The count starts from 0: a time step sees itself.",
        ),
        deviation(
            "kernels_multiplied",
            rule="product",
            fr="Les noyaux sont multipliés : les champs s'ajoutent.",
            en="The kernels are multiplied: the fields add up.",
        ),
        deviation(
            "last_layer_only",
            rule="last",
            fr="Seule la dernière couche compte.",
            en="Only the last layer counts.",
        ),
        deviation(
            "one_side",
            rule="half",
            fr="C'est ce qui est vu d'un seul côté : le champ va des deux côtés.",
            en="This is what is seen on one side only: the field goes to both sides.",
        ),
    ],
)
def seen(network, *, rule="right"):
    sizes = [len(layer["kernel"]) for layer in network["layers"]]
    right = 1 + sum(size - 1 for size in sizes)
    rules = {
        "whole": 1 + sum(sizes),
        "from zero": right - 1,
        "product": int(np.prod(sizes)),
        "last": sizes[-1],
        "half": right // 2 + 1,
    }
    return rules.get(rule, right)
