"""Known mistakes of question 8."""

import numpy as np

from grader.checks import deviation, family

# --- parameters and network_parameters -------------------------------------------------------

_COUNTS = [
    deviation(
        "biases_forgotten",
        biases="none",
        fr="Les biais manquent : chaque filtre a le sien.",
        en="The biases are missing: every filter has its own.",
    ),
    deviation(
        "one_bias_for_the_layer",
        biases="one",
        fr="Un seul biais est compté par couche ; chaque filtre a le sien.",
        en="A single bias is counted for each layer; every filter has its own.",
    ),
    deviation(
        "bias_for_each_channel",
        biases="channels",
        fr="Un biais est compté pour chaque canal de chaque filtre ; un filtre n'en a qu'un.",
        en="A bias is counted for each channel of each filter; a filter has only one.",
    ),
    deviation(
        "filters_are_flat",
        depth="flat",
        fr="Les filtres sont comptés comme plats. Un filtre est aussi profond que son entrée.",
        en="The filters are counted as flat. A filter is as deep as its input.",
    ),
]


def _count(height, width, in_channels, filters, biases="filters", depth="own"):
    weights = filters * height * width * (1 if depth == "flat" else in_channels)
    return weights + {"none": 0, "one": 1, "channels": filters * in_channels}.get(biases, filters)


@family(
    of="parameters",
    deviations=[
        *_COUNTS,
        deviation(
            "height_squared",
            sides="height",
            fr="Le filtre est compté comme un carré de côté `kernel_height`.",
            en="The filter is counted as a square of side `kernel_height`.",
        ),
        deviation(
            "sides_added",
            sides="added",
            fr="Hauteur et largeur du filtre sont additionnées ; un rectangle a hauteur × largeur pixels.",
            en="Height and width of the filter are added; a rectangle has height × width pixels.",
        ),
        deviation(
            "one_filter_only",
            filters_of="one",
            fr="Ce sont les paramètres d'un seul filtre.",
            en="These are the parameters of a single filter.",
        ),
    ],
)
def layer(
    kernel_height, kernel_width, in_channels, filters, *, sides="own", filters_of="all", **choices
):
    height, width = {
        "height": (kernel_height, kernel_height),
        "added": (kernel_height + kernel_width, 1),
    }.get(sides, (kernel_height, kernel_width))
    return _count(height, width, in_channels, 1 if filters_of == "one" else filters, **choices)


@family(
    of="network_parameters",
    deviations=[
        *_COUNTS,
        deviation(
            "channels_not_handed_on",
            handed="never",
            fr="Chaque couche est comptée comme si elle voyait l'image. Elle voit les cartes de la précédente.",
            en="Each layer is counted as though it saw the image. It sees the maps of the one before.",
        ),
        deviation(
            "maps_added_to_the_channels",
            handed="added",
            fr="Les cartes d'une couche sont ajoutées aux canaux qu'elle a reçus ; elles les remplacent.",
            en="The maps of a layer are added to the channels that it was given; they should "
            "replace them.",
        ),
        deviation(
            "last_layer_only",
            counted="last",
            fr="Seule la dernière couche est comptée.",
            en="Only the last layer is counted.",
        ),
        deviation(
            "last_layer_left_out",
            counted="all but the last",
            fr="La dernière couche n'est pas comptée : un `return` vient-il trop tôt ?",
            en="The last layer is not counted: does a `return` come too early?",
        ),
        deviation(
            "kernel_not_squared",
            sides=1,
            fr="Un filtre de taille K n'a pas K pixels mais K × K.",
            en="A filter of size K does not have K pixels but K × K.",
        ),
    ],
)
def network(in_channels, layers, *, handed="own", counted="all", sides=2, **choices):
    counts = []
    for kernel, filters in layers:
        counts.append(_count(kernel ** (sides - 1), kernel, in_channels, filters, **choices))
        in_channels = {"never": in_channels, "added": in_channels + filters}.get(handed, filters)
    return sum({"last": counts[-1:], "all but the last": counts[:-1]}.get(counted, counts))


# --- one_filter and convolution --------------------------------------------------------------

_ONE = [
    deviation(
        "first_channel_only",
        channels="first",
        fr="Seul le premier canal est utilisé. La somme porte sur tous les canaux.",
        en="Only the first channel is used. The sum runs over all channels.",
    ),
    deviation(
        "channels_averaged",
        channels="mean",
        fr="Les canaux sont moyennés ; leurs produits s'additionnent.",
        en="The channels are averaged; their products should be added up.",
    ),
    deviation(
        "channels_in_reverse",
        channels="reversed",
        fr="Les canaux du filtre sont pris à rebours : le premier canal du filtre va avec le "
        "premier de l'image.",
        en="The channels of the filter are taken the other way round: the first goes with the first.",
    ),
    deviation(
        "kernel_flipped",
        flipped=True,
        fr="Le filtre est retourné : il est posé tel quel.",
        en="The filter is flipped: it should be laid down as it is.",
    ),
    deviation(
        "bias_forgotten",
        biases="none",
        fr="Le biais n'est pas ajouté.",
        en="The bias is not added.",
    ),
    deviation(
        "bias_for_each_channel",
        biases="channels",
        fr="Le biais est ajouté une fois par canal ; il ne l'est qu'une fois par sortie.",
        en="The bias is added once for each channel; it should be added once to each output.",
    ),
]


@family(
    of="one_filter",
    deviations=[
        *_ONE,
        deviation(
            "channels_not_added",
            channels="kept",
            fr="Il y a une carte par canal : les canaux ne sont pas additionnés. Un filtre donne une seule carte.",
            en="There is one map for each channel: the channels are not added up. A filter gives one map.",
        ),
    ],
)
def one(image, kernel, bias=0.0, *, channels="all", flipped=False, biases="once"):
    found = _maps(image, kernel[..., None], channels, flipped)
    added = {"none": 0.0, "channels": image.shape[2] * bias}.get(biases, bias)
    return (found if channels == "kept" else found[..., 0]) + np.float32(added)


@family(
    of="convolution",
    deviations=[
        *_ONE,
        deviation(
            "biases_summed",
            biases="sum",
            fr="Chaque carte reçoit la somme de tous les biais ; elle ne reçoit que celui de son filtre.",
            en="Every map receives the sum of all biases; it only receives its own filter's.",
        ),
        deviation(
            "first_bias_for_all",
            biases="first",
            fr="Toutes les cartes reçoivent le biais du premier filtre ; chacune a le sien.",
            en="All maps receive the bias of the first filter; each has its own.",
        ),
        deviation(
            "first_filter_for_all",
            filters="first",
            fr="Toutes les cartes viennent du premier filtre.",
            en="All maps come from the first filter.",
        ),
        deviation(
            "filters_first",
            order=(2, 0, 1),
            fr="L'axe des filtres vient en premier ; il doit venir en dernier.",
            en="The axis of the filters comes first; it must come last.",
        ),
        deviation(
            "columns_before_rows",
            order=(1, 0, 2),
            fr="Lignes et colonnes de la sortie sont échangées.",
            en="Rows and columns of the output are exchanged.",
        ),
        deviation(
            "channels_and_filters_exchanged",
            filters="exchanged",
            fr="Les deux derniers axes de `kernel` sont échangés : d'abord les canaux, puis les filtres.",
            en="The last two axes of `kernel` are exchanged: channels first, then filters.",
        ),
        deviation(
            "stride_ignored",
            steps="none",
            fr="Le pas est ignoré.",
            en="The stride is ignored.",
        ),
        deviation(
            "stride_on_rows_only",
            steps="rows",
            fr="Le pas n'est appliqué qu'aux lignes.",
            en="The stride is applied to the rows only.",
        ),
        deviation(
            "padding_ignored",
            zeros="none",
            fr="`padding` est ignoré : aucun zéro n'est ajouté.",
            en="`padding` is ignored: no zero is added.",
        ),
        deviation(
            "padding_at_the_end",
            zeros="end",
            fr="Tous les zéros sont en bas et à droite ; il en faut `padding` sur chacun des quatre côtés.",
            en="All the zeros are below and on the right; `padding` of them belong on each of the four sides.",
        ),
    ],
)
def layer_of_maps(
    image,
    kernel,
    bias,
    stride=1,
    padding=0,
    *,
    channels="all",
    flipped=False,
    biases="own",
    filters="own",
    order=(0, 1, 2),
    steps="both",
    zeros="around",
):
    depth = image.shape[2]
    around = {"none": (0, 0), "end": (0, 2 * padding)}.get(zeros, (padding, padding))
    image = np.pad(image, (around, around, (0, 0)))
    if filters == "exchanged":
        kernel = np.swapaxes(kernel, 2, 3)
    elif filters == "first":
        kernel = np.repeat(kernel[..., :1], kernel.shape[3], axis=3)
    found = _maps(image, kernel, channels, flipped)
    down, across = {"none": (1, 1), "rows": (stride, 1)}.get(steps, (stride, stride))
    found = found[::down, ::across]
    if biases != "none":
        found = found + {"channels": depth * bias, "sum": bias.sum(), "first": bias[0]}.get(
            biases, bias
        )
    return np.transpose(found, order).copy()


def _maps(image, kernel, channels, flipped):
    kernel = kernel[::-1, ::-1] if flipped else kernel
    depth = image.shape[2]
    if channels == "first":
        image, kernel = image[..., :1], kernel[:, :, :1]
    elif channels == "reversed":
        kernel = kernel[:, :, ::-1]
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
    if channels == "kept":
        return np.einsum("ijcuv,uvc->ijc", windows, kernel[..., 0]).astype(np.float32)
    found = np.einsum("ijcuv,uvcf->ijf", windows, kernel).astype(np.float32)
    return found / np.float32(depth) if channels == "mean" else found


# --- pointwise -------------------------------------------------------------------------------


@family(
    of="pointwise",
    deviations=[
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Les biais ne sont pas ajoutés.",
            en="The biases are not added.",
        ),
        deviation(
            "biases_summed",
            biases="sum",
            fr="Chaque carte reçoit la somme des biais ; elle ne reçoit que celui de son filtre.",
            en="Every map receives the sum of the biases; it only receives its own filter's.",
        ),
        deviation(
            "weights_transposed",
            transposed=True,
            fr="Les poids sont transposés : `weights[c, f]` mène du canal c au filtre f.",
            en="The weights are transposed: `weights[c, f]` leads from channel c to filter f.",
        ),
        deviation(
            "channels_averaged",
            total="mean",
            fr="Les canaux sont moyennés ; on demande leur somme pondérée.",
            en="The channels are averaged; their weighted sum is asked for.",
        ),
        deviation(
            "first_channel_only",
            total="first",
            fr="Seul le premier canal est utilisé.",
            en="Only the first channel is used.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            order=(1, 0, 2),
            fr="Lignes et colonnes de la sortie sont échangées.",
            en="Rows and columns of the output are exchanged.",
        ),
    ],
)
def mixed(image, weights, bias, *, biases="own", transposed=False, total="sum", order=(0, 1, 2)):
    weights = weights.T if transposed else weights
    if total == "first":
        image, weights = image[..., :1], weights[:1]
    found = image @ weights
    found = found / np.float32(image.shape[2]) if total == "mean" else found
    if biases != "none":
        found = found + (bias.sum() if biases == "sum" else bias)
    return np.transpose(found, order).copy()
