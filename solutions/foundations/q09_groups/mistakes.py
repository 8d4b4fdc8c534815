"""Known mistakes of question 9."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- parameters ------------------------------------------------------------------------------


@family(
    of="parameters",
    deviations=[
        deviation(
            "groups_ignored",
            depth="all",
            fr="`groups` n'intervient pas : un filtre ne lit que les canaux de son groupe.",
            en="`groups` plays no part: a filter reads only the channels of its group.",
        ),
        deviation(
            "divided_twice",
            depth="twice",
            fr="Les poids sont divisés deux fois par `groups`, une fois pour les canaux et une fois pour les "
            "filtres. Il y a toujours `filters` filtres en tout.",
            en="The weights are divided by `groups` twice, once for the channels and once for the filters. "
            "There still are `filters` filters in all.",
        ),
        deviation(
            "multiplied_by_the_groups",
            depth="multiplied",
            fr="Les poids sont multipliés par `groups` : plus il y a de groupes, moins un filtre a de poids.",
            en="The weights are multiplied by `groups`: the more groups, the fewer weights in a filter.",
        ),
        deviation(
            "filters_are_flat",
            depth="flat",
            fr="Les filtres sont comptés comme plats : ce n'est vrai que s'il y a autant de groupes que de canaux.",
            en="The filters are counted as flat: that is so only where there are as many groups as channels.",
        ),
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : chaque filtre a le sien.",
            en="The biases are missing: every filter has its own.",
        ),
        deviation(
            "one_bias_for_each_group",
            biases="groups",
            fr="Un biais est compté par groupe ; chaque filtre a le sien.",
            en="One bias is counted for each group; every filter has its own.",
        ),
        deviation(
            "biases_divided_too",
            biases="divided",
            fr="Les biais aussi sont divisés par `groups` : il y en a un par filtre, quel que soit le groupe.",
            en="The biases are divided by `groups`, too: there is one for each filter, whatever its group.",
        ),
    ],
)
def counted(kernel, in_channels, filters, groups, *, depth="own", biases="own"):
    deep = {
        "all": in_channels,
        "multiplied": in_channels * groups,
        "flat": 1,
    }.get(depth, in_channels // groups)
    weights = filters * kernel * kernel * deep // (groups if depth == "twice" else 1)
    return weights + {"none": 0, "groups": groups, "divided": filters // groups}.get(
        biases, filters
    )


# --- grouped ---------------------------------------------------------------------------------


@family(
    of="grouped",
    deviations=[
        deviation(
            "first_group_for_all",
            read="first",
            fr="Tous les filtres lisent les canaux du premier groupe ; chacun lit ceux du sien.",
            en="All filters read the channels of the first group; each reads those of its own.",
        ),
        deviation(
            "filters_dealt_in_turn",
            owner="in turn",
            fr="Les filtres sont distribués à tour de rôle (`f % groups`). Les premiers filtres sont tous du "
            "premier groupe : `f // (filtres / groups)`.",
            en="The filters are dealt out in turn (`f % groups`). The first filters are all of the first group: "
            "`f // (filters / groups)`.",
        ),
        deviation(
            "channels_dealt_in_turn",
            read="in turn",
            fr="Les canaux d'un groupe sont pris de `groups` en `groups` ; ils se suivent.",
            en="The channels of a group are taken at intervals of `groups`; they should be "
            "neighbours.",
        ),
        deviation(
            "groups_in_reverse",
            owner="reversed",
            fr="Les groupes sont pris dans l'autre sens : les derniers filtres lisent les premiers canaux.",
            en="The groups are taken the other way round: the last filters read the first channels.",
        ),
        deviation(
            "groups_added",
            joined="sum",
            fr="Les cartes des groupes sont additionnées. Elles se rangent l'une après l'autre.",
            en="The maps of the groups are added up. They should be put one after the other.",
        ),
        deviation(
            "maps_interleaved",
            joined="interleaved",
            fr="Les cartes des groupes sont entrelacées ; elles sont dans l'ordre des filtres.",
            en="The maps of the groups are interleaved; they should be in the order of the "
            "filters.",
        ),
        deviation(
            "channels_dropped",
            read="one",
            fr="Seul le premier canal de chaque groupe est lu.",
            en="Only the first channel of each group is read.",
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Les filtres sont retournés : ils sont posés tels quels.",
            en="The filters are flipped: they should be laid down as they are.",
        ),
    ],
)
def groups_of(image, kernel, groups, *, read="own", owner="own", joined="own", flipped=False):
    kernel = kernel[::-1, ::-1] if flipped else kernel
    depth, filters = kernel.shape[2], kernel.shape[3]
    each, maps = filters // groups, []
    for f in range(filters):
        group = {"in turn": f % groups, "reversed": groups - 1 - f // each}.get(owner, f // each)
        start = 0 if read == "first" else group * depth
        part = image[..., start : start + depth]
        part = image[..., group::groups] if read == "in turn" else part
        weights = kernel[..., f]
        if read == "one":
            part, weights = part[..., :1], weights[..., :1]
        maps.append(_map(part, weights))
    found = np.stack(maps, axis=-1)
    if joined == "sum":
        return found.reshape(*found.shape[:2], groups, each).sum(axis=2)
    if joined == "interleaved":
        order = np.arange(filters).reshape(groups, each).T.ravel()
        return found[..., order].copy()
    return found


def _map(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvc->ij", windows, kernel).astype(np.float32)


# --- depthwise and separable -----------------------------------------------------------------


@family(
    of="depthwise",
    deviations=[
        deviation(
            "channels_added",
            joined="sum",
            fr="Les canaux sont additionnés : il ne reste qu'une carte. Ici chacun garde la sienne.",
            en="The channels are added up: one map is left. Here each keeps its own.",
        ),
        deviation(
            "channels_added_everywhere",
            joined="sum everywhere",
            fr="Chaque carte contient la somme de tous les canaux ; chacune n'en lit qu'un.",
            en="Each map holds the sum of all channels; each reads only one.",
        ),
        deviation(
            "first_filter_for_all",
            used="first",
            fr="Tous les canaux passent par le premier filtre ; chacun a le sien.",
            en="All channels go through the first filter; each has its own.",
        ),
        deviation(
            "first_channel_for_all",
            used="first channel",
            fr="Tous les filtres lisent le premier canal ; chacun lit le sien.",
            en="All filters read the first channel; each reads its own.",
        ),
        deviation(
            "filters_in_reverse",
            used="reversed",
            fr="Les filtres sont pris dans l'autre sens : le premier est celui du premier canal.",
            en="The filters are taken the other way round: the first is the first channel's.",
        ),
        deviation(
            "kernel_flipped",
            used="flipped",
            fr="Les filtres sont retournés : ils sont posés tels quels.",
            en="The filters are flipped: they should be laid down as they are.",
        ),
        deviation(
            "channels_first",
            joined="first axis",
            fr="L'axe des canaux vient en premier ; il doit venir en dernier.",
            en="The axis of the channels comes first; it must come last.",
        ),
    ],
)
def by_channel(image, kernel, *, used="own", joined="own"):
    if used == "first channel":
        image = np.repeat(image[..., :1], image.shape[2], axis=2)
    kernel = {
        "first": np.repeat(kernel[..., :1], kernel.shape[2], axis=2),
        "reversed": kernel[..., ::-1],
        "flipped": kernel[::-1, ::-1],
    }.get(used, kernel)
    maps = [_map(image[..., c : c + 1], kernel[..., c : c + 1]) for c in range(image.shape[2])]
    if joined == "first axis":
        return np.stack(maps)
    if joined == "sum":
        return np.sum(maps, axis=0)
    if joined == "sum everywhere":
        return np.stack([np.sum(maps, axis=0)] * len(maps), axis=-1)
    return np.stack(maps, axis=-1)


@mistake(
    of="separable",
    fr="Le mélange des canaux manque : c'est la seule convolution par canal.",
    en="The mixture of the channels is missing: this is the depthwise convolution alone.",
)
def not_mixed(image, kernel, weights):
    return solution.depthwise(image, kernel)


@mistake(
    of="separable",
    fr="Les poids du mélange sont transposés : `weights[c, f]` mène du canal c à la carte f.",
    en="The weights of the mixture are transposed: `weights[c, f]` leads from channel c to map f.",
)
def weights_transposed(image, kernel, weights):
    return solution.depthwise(image, kernel) @ weights.T


@mistake(
    of="separable",
    fr="Les canaux sont mélangés d'abord. La convolution par canal vient en premier, le mélange ensuite.",
    en="The channels are mixed first. The depthwise convolution comes first, the mixture after it.",
)
def mixed_first(image, kernel, weights):
    return solution.depthwise(image @ weights, kernel)


@mistake(
    of="separable",
    fr="Les canaux sont moyennés par le mélange ; ils sont additionnés avec leurs poids.",
    en="The channels are averaged by the mixture; they should be added up with their weights.",
)
def averaged(image, kernel, weights):
    return solution.depthwise(image, kernel) @ weights / np.float32(len(weights))


@mistake(
    of="separable",
    fr="Le mélange se fait sans la convolution par canal : les voisins ne sont jamais regardés, et la "
    "sortie garde la taille de l'image.",
    en="The mixture is made without the depthwise convolution: neighbours are never looked at, and the "
    "output keeps the size of the image.",
)
def only_mixed(image, kernel, weights):
    return image @ weights


# --- separable_weights and share -------------------------------------------------------------

_COUNTS = [
    deviation(
        "mixture_forgotten",
        parts="depthwise",
        fr="Seuls les poids de la convolution par canal sont comptés : le mélange a `in_channels * filters` "
        "poids.",
        en="Only the weights of the depthwise convolution are counted: the mixture has "
        "`in_channels * filters` weights.",
    ),
    deviation(
        "depthwise_forgotten",
        parts="pointwise",
        fr="Seuls les poids du mélange sont comptés.",
        en="Only the weights of the mixture are counted.",
    ),
    deviation(
        "one_filter_for_all_channels",
        parts="one filter",
        fr="La convolution par canal est comptée avec un seul filtre ; chaque canal a le sien.",
        en="The depthwise convolution is counted with a single filter; each channel has its own.",
    ),
    deviation(
        "a_filter_for_each_map",
        parts="filters",
        fr="La convolution par canal est comptée avec un filtre par carte de sortie ; il y en a un par canal "
        "d'entrée.",
        en="The depthwise convolution is counted with a filter for each output map; there is one for each "
        "input channel.",
    ),
    deviation(
        "parts_multiplied",
        parts="product",
        fr="Les poids des deux étapes sont multipliés ; elles se suivent, leurs poids s'additionnent.",
        en="The weights of the two steps are multiplied; the steps follow each other, so their "
        "weights should be added.",
    ),
    deviation(
        "kernel_not_squared",
        parts="line",
        fr="Un filtre de taille K n'a pas K poids mais K × K.",
        en="A filter of size K does not have K weights but K × K.",
    ),
]


def _weights(kernel, in_channels, filters, parts):
    square, mixture = kernel * kernel, in_channels * filters
    return {
        "depthwise": square * in_channels,
        "pointwise": mixture,
        "one filter": square + mixture,
        "filters": square * filters + mixture,
        "product": square * in_channels * mixture,
        "line": kernel * in_channels + mixture,
    }.get(parts, square * in_channels + mixture)


@family(
    of="separable_weights",
    deviations=[
        *_COUNTS,
        deviation(
            "biases_counted",
            biases="filters",
            fr="Des biais sont comptés ; on demande les poids seuls.",
            en="Biases are counted; weights alone are asked for.",
        ),
        deviation(
            "biases_of_both_steps",
            biases="both",
            fr="Les biais des deux étapes sont comptés ; on demande les poids seuls.",
            en="The biases of both steps are counted; weights alone are asked for.",
        ),
        deviation(
            "ordinary_then_pointwise",
            ordinary=True,
            fr="La première étape est comptée comme une convolution ordinaire, de `filters` filtres aussi profonds que "
            "l'image : elle n'a qu'un filtre de K × K par canal.",
            en="The first step is counted as an ordinary convolution, of `filters` filters as deep as the image: it "
            "has but one filter of K × K for each channel.",
        ),
    ],
)
def of_a_separable_one(
    kernel, in_channels, filters, *, parts="both", biases="none", ordinary=False
):
    more = {"filters": filters, "both": in_channels + filters}.get(biases, 0)
    if ordinary:
        more += kernel * kernel * in_channels * (filters - 1)
    return _weights(kernel, in_channels, filters, parts) + more


@family(
    of="share",
    deviations=[
        *_COUNTS,
        deviation(
            "the_other_way_round",
            told="inverse",
            fr="C'est l'inverse : combien de fois il y a moins de poids. On demande la part qui reste.",
            en="This is its inverse: how many times fewer weights there are. The share that is left is asked "
            "for.",
        ),
        deviation(
            "what_is_saved",
            told="saved",
            fr="C'est la part économisée ; on demande celle qui reste.",
            en="This is the share that is saved; the one that is left is asked for.",
        ),
        deviation(
            "integer_division",
            told="integer",
            fr="La division est entière (`//`) : une part plus petite que 1 devient 0.",
            en="The division is an integer one (`//`): a share below 1 becomes 0.",
        ),
    ],
)
def left(kernel, in_channels, filters, *, parts="both", told="share"):
    ordinary = kernel * kernel * in_channels * filters
    found = _weights(kernel, in_channels, filters, parts) / ordinary
    return {"inverse": 1 / found, "saved": 1 - found, "integer": float(found // 1)}.get(told, found)
