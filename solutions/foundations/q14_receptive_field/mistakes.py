"""Known mistakes of question 14."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="field_jump",
    deviations=[
        deviation(
            "strides_added",
            combined="added",
            fr="Les pas sont additionnés : un pas de 2 sur une carte déjà deux fois plus petite en saute "
            "4 dans l'image.",
            en="The strides are added up: a stride of 2 on a map that is already half the size skips 4 "
            "pixels of the image.",
        ),
        deviation(
            "last_stride_only",
            combined="last",
            fr="Seul le pas de la dernière couche compte : ceux d'avant écartent déjà ses entrées.",
            en="Only the stride of the last layer counts: those before already spread its inputs.",
        ),
        deviation(
            "last_stride_forgotten",
            combined="without the last",
            fr="Le pas de la dernière couche est oublié : c'est l'écart entre ses neurones à elle.",
            en="The stride of the last layer is forgotten: the jump is between that layer's own neurons.",
        ),
        deviation(
            "kernels_for_strides",
            combined="kernels",
            fr="Ce sont les tailles des noyaux qui sont multipliées : l'écart ne dépend que des pas.",
            en="The sizes of the kernels are multiplied: the jump depends on the strides alone.",
        ),
    ],
)
def jump(layers, *, combined="multiplied"):
    strides = [stride for _, stride in layers]
    rules = {
        "added": sum(strides) or 1,
        "last": strides[-1] if strides else 1,
        "without the last": int(np.prod(strides[:-1])),
        "kernels": int(np.prod([kernel for kernel, _ in layers])),
    }
    return rules.get(combined, int(np.prod(strides)))


@family(
    of="field_size",
    deviations=[
        deviation(
            "strides_ignored",
            jumps="none",
            fr="Les pas n'interviennent pas : après un pas de 2, deux voisins sont à 2 pixels l'un de "
            "l'autre.",
            en="The strides play no part: after a stride of 2, two neighbours are 2 pixels apart.",
        ),
        deviation(
            "stride_one_layer_early",
            jumps="own",
            fr="Le pas d'une couche agrandit déjà son propre noyau : il n'écarte que les neurones qu'elle "
            "produit. Mettez l'écart à jour après la taille.",
            en="Here a layer's stride already enlarges its own kernel; it only spreads the "
            "neurons that the layer produces. Update the jump after the size.",
        ),
        deviation(
            "strides_added",
            jumps="added",
            fr="Les pas des couches d'avant sont additionnés : ils se multiplient.",
            en="The strides of the layers before are added up: they should be multiplied.",
        ),
        deviation(
            "whole_kernel_added",
            taps="kernel",
            fr="Chaque couche ajoute la taille de son noyau : le premier poids ne fait voir aucun pixel de "
            "plus, il reste K − 1.",
            en="Each layer adds the size of its kernel: the first weight shows no further pixel, which "
            "leaves K − 1.",
        ),
        deviation(
            "starts_from_zero",
            start=0,
            fr="Le compte part de 0 : avant toute couche, un neurone est un pixel et se voit lui-même.",
            en="The count starts from 0: before any layer a neuron is a pixel and sees itself.",
        ),
        deviation(
            "kernels_multiplied",
            taps="multiplied",
            fr="Les noyaux sont multipliés : les champs s'ajoutent, car ceux de deux voisins se recouvrent.",
            en="The kernels are multiplied: the fields add up, as those of two neighbours overlap.",
        ),
        deviation(
            "read_backwards",
            order=-1,
            fr="Les couches sont lues à l'envers : la première de la liste est la plus proche de l'image.",
            en="The layers are read backwards: the first of the list is the one next to the image.",
        ),
    ],
)
def size(layers, *, jumps="before", taps="kernel - 1", start=1, order=1):
    if taps == "multiplied":
        return int(np.prod([kernel for kernel, _ in layers]))
    found, spread, added = start, 1, 0
    for kernel, stride in layers[::order]:
        own = {"none": 1, "own": spread * stride, "added": added or 1}.get(jumps, spread)
        found += (kernel - (taps != "kernel")) * own
        spread *= stride
        added += stride
    return found


@family(
    of="pixels_seen",
    deviations=[
        deviation(
            "one_past_the_last",
            end=0,
            fr="Le second nombre est celui du pixel *après* le dernier.",
            en="The second number is that of the pixel *after* the last.",
        ),
        deviation(
            "jump_forgotten",
            first="neuron",
            fr="Le champ commence au pixel de même numéro que le neurone : deux voisins sont écartés de "
            "`field_jump` pixels.",
            en="The field starts at the pixel that has the neuron's number: two neighbours are "
            "`field_jump` pixels apart.",
        ),
        deviation(
            "fields_side_by_side",
            first="sizes",
            fr="Les champs sont placés bout à bout : ceux de deux voisins se recouvrent souvent, et "
            "l'écart entre eux est `field_jump`.",
            en="The fields are laid end to end: those of two neighbours often overlap, and the jump from "
            "one to the next is `field_jump`.",
        ),
        deviation(
            "centred",
            first="centred",
            fr="Le champ est centré sur son premier pixel : sans complétion, celui du neurone 0 commence "
            "au pixel 0.",
            en="The field is centred on its first pixel: without padding, that of neuron 0 starts at "
            "pixel 0.",
        ),
        deviation(
            "half_on_each_side",
            end="half",
            fr="Le champ est compté moitié de chaque côté de son premier pixel : sans complétion, celui du neurone 0 "
            "commence au pixel 0.",
            en="The field is counted half on each side of its first pixel: without padding, that of neuron 0 starts "
            "at pixel 0.",
        ),
        deviation(
            "numbered_from_one",
            first="from one",
            fr="Les neurones sont comptés à partir de 1 : le premier porte le numéro 0.",
            en="The neurons are counted from 1: the first has the number 0.",
        ),
        deviation(
            "first_and_size",
            end="size",
            fr="C'est (premier, taille) : on demande le premier et le dernier.",
            en="This is (first, size): the first and the last are asked for.",
        ),
    ],
)
def seen(layers, neuron, *, first="jump", end=1):
    wide, spread = solution.field_size(layers), solution.field_jump(layers)
    starts = {
        "neuron": neuron,
        "sizes": neuron * wide,
        "centred": neuron * spread - wide // 2,
        "from one": (neuron - 1) * spread,
    }
    start = starts.get(first, neuron * spread)
    if end == "half":
        return neuron * spread - wide // 2, neuron * spread + wide // 2
    return start, wide if end == "size" else start + wide - end


@family(
    of="layers_needed",
    deviations=[
        deviation(
            "rounded_down",
            rounded="down",
            fr="La division est arrondie vers le bas : il peut manquer une couche.",
            en="The division is rounded down: one layer may be missing.",
        ),
        deviation(
            "whole_kernels",
            taps="kernel",
            fr="Chaque couche est comptée pour K pixels : à partir de la deuxième elle en ajoute K − 1.",
            en="Each layer is counted for K pixels: from the second on it adds K − 1.",
        ),
        deviation(
            "fields_side_by_side",
            taps="side by side",
            fr="C'est `size` / `kernel`, arrondi vers le haut : les champs ne sont pas mis bout à bout, chaque "
            "couche n'ajoute que K − 1 pixels au pixel de départ.",
            en="This is `size` / `kernel`, rounded up: fields are not laid end to end, each layer only adds K − 1 "
            "pixels to the one that one starts from.",
        ),
        deviation(
            "own_pixel_forgotten",
            start=0,
            fr="Le pixel de départ est oublié : il reste `size` − 1 pixels à gagner.",
            en="The pixel that one starts from is forgotten: `size` − 1 pixels are left to be won.",
        ),
        deviation(
            "fraction_of_a_layer",
            rounded="not",
            fr="C'est une fraction : on demande un nombre entier de couches, arrondi vers le haut.",
            en="This is a fraction: a whole number of layers is asked for, rounded up.",
        ),
    ],
)
def depth(kernel, size, *, rounded="up", taps="kernel - 1", start=1):
    pixels, each = size - start, kernel - (taps != "kernel")
    if taps == "side by side":
        return -(-size // kernel) if size > 1 else 0
    rules = {"down": pixels // each, "not": pixels / each}
    return rules.get(rounded, -(-pixels // each))


@family(
    of="paths",
    deviations=[
        deviation(
            "seen_or_not",
            counted="once",
            fr="Chaque pixel vu vaut 1 : on demande par combien de chemins il est vu. Là où des chemins se rejoignent, "
            "leurs nombres s'ajoutent.",
            en="Each pixel that is seen counts 1: the number of paths by which it is seen is asked for. Where paths "
            "meet, their numbers add up.",
        ),
        deviation(
            "all_of_the_field",
            counted="field",
            fr="Chaque pixel vaut 1, du premier au dernier du champ : on demande par combien de chemins il est vu, "
            "parfois par aucun.",
            en="Each pixel counts 1, from the first to the last of the field: the number of paths by which it is seen "
            "is asked for, sometimes none.",
        ),
        deviation(
            "strides_ignored",
            step="one",
            fr="Les pas n'interviennent pas : le neurone n commence à l'entrée n · pas.",
            en="The strides play no part: neuron n starts at input n · stride.",
        ),
        deviation(
            "layers_from_the_image",
            order=1,
            fr="Les couches sont remontées dans l'ordre de la liste : on part du neurone, donc de la "
            "dernière couche.",
            en="The layers are walked through in the order of the list: one starts from the neuron, that "
            "is from the last layer.",
        ),
        deviation(
            "neuron_zero",
            start="zero",
            fr="Ce sont les chemins vers le neurone 0 : `neuron` n'intervient pas.",
            en="These are the paths to neuron 0: `neuron` plays no part.",
        ),
        deviation(
            "shares",
            counted="shares",
            fr="Les nombres sont divisés par leur total : ce sont des parts, et on demande des nombres.",
            en="The numbers are divided by their total: these are shares, and numbers are asked for.",
        ),
        deviation(
            "field_alone",
            cut=True,
            fr="Seul le champ est rendu : on demande un nombre pour chacun des `pixels`, 0 hors du champ.",
            en="Only the field is returned: a number for each of `pixels` is asked for, 0 outside the "
            "field.",
        ),
    ],
)
def ways(
    layers, neuron, pixels, *, counted="added", step="stride", order=-1, start="own", cut=False
):
    counts = {0 if start == "zero" else neuron: 1}
    for kernel, stride in layers[::order]:
        behind = {}
        for place, count in counts.items():
            for tap in range(kernel):
                source = place * (1 if step == "one" else stride) + tap
                behind[source] = count + behind.get(source, 0)
        counts = behind
    found = np.zeros(max(pixels, max(counts) + 1), int)
    for place, count in counts.items():
        found[place] = 1 if counted == "once" else count
    if counted == "field":
        found[min(counts) : max(counts) + 1] = 1
    found = found[min(counts) : max(counts) + 1] if cut else found[:pixels]
    return found / found.sum() if counted == "shares" else found
