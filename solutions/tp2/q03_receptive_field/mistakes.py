"""Known mistakes of question 3."""

import jax
import jax.numpy as jnp
import numpy as np

from grader.checks import mistake

from . import solution

# --- field_jump ------------------------------------------------------------------------------


@mistake(
    of="field_jump",
    fr="Les pas sont additionnés. Un pas de 2 sur une carte déjà réduite de moitié saute 4 pixels "
    "de l'image : les pas se composent autrement.",
    en="The strides are added up. A stride of 2 on a map that is already half the size skips 4 "
    "image pixels: strides combine in another way.",
)
def strides_added(layers):
    return sum(layer["stride"] for layer in layers) or 1


@mistake(
    of="field_jump",
    fr="Seul le pas de la dernière couche est compté ; ceux des couches précédentes écartent déjà "
    "ses entrées.",
    en="Only the last layer's stride is counted; those of the earlier layers already spread out "
    "its inputs.",
)
def last_stride_only(layers):
    return layers[-1]["stride"] if layers else 1


@mistake(
    of="field_jump",
    fr="La dilatation est comptée dans l'écart. Elle écarte les poids d'un filtre, pas les "
    "positions où on le pose.",
    en="Dilation is counted in the jump. It spreads the weights of a filter, not the positions at "
    "which it is laid down.",
)
def dilation_in_the_jump(layers):
    jump = solution.field_jump(layers)
    for layer in layers:
        jump *= layer["dilation"]
    return jump


# --- field_size ------------------------------------------------------------------------------


def _size(layers, scale):
    return 1 + sum(
        layer["dilation"] * (layer["kernel"] - 1) * scale(depth)
        for depth, layer in enumerate(layers)
    )


@mistake(
    of="field_size",
    fr="Les pas n'interviennent pas. Après un pas de 2, deux voisins d'une carte sont à 2 pixels "
    "l'un de l'autre dans l'image.",
    en="The strides play no part. After a stride of 2, two neighbours on a map are two pixels "
    "apart in the image.",
)
def strides_ignored(layers):
    return _size(layers, lambda depth: 1)


@mistake(
    of="field_size",
    fr="Le pas d'une couche agrandit déjà son propre filtre. Il n'écarte que les neurones qu'elle "
    "produit : il compte à partir de la couche suivante.",
    en="A layer's stride already enlarges its own filter. It only spreads the neurons that the "
    "layer produces: it counts from the next layer on.",
)
def stride_one_layer_early(layers):
    return _size(layers, lambda depth: solution.field_jump(layers[: depth + 1]))


@mistake(
    of="field_size",
    fr="La dilatation n'intervient pas. Un filtre de 3 poids dilaté de 2 couvre 5 pixels.",
    en="Dilation plays no part. A filter of 3 weights with dilation 2 covers 5 pixels.",
)
def dilation_ignored(layers):
    return solution.field_size([layer | {"dilation": 1} for layer in layers])


@mistake(
    of="field_size",
    fr="Chaque couche ajoute un filtre entier. Elle n'ajoute que ce qui dépasse du premier neurone "
    "vu : un de moins que la taille du filtre.",
    en="Every layer adds a whole filter. It only adds what goes beyond the first neuron seen: one "
    "less than the filter's size.",
)
def whole_kernels_added(layers):
    return 1 + sum(
        layer["dilation"] * layer["kernel"] * solution.field_jump(layers[:depth])
        for depth, layer in enumerate(layers)
    )


# --- field_offset ----------------------------------------------------------------------------


@mistake(
    of="field_offset",
    fr="Le padding n'intervient pas. Les zéros ajoutés à gauche décalent le premier filtre vers la "
    "gauche.",
    en="Padding plays no part. The zeros added on the left move the first filter to the left.",
)
def padding_ignored(layers):
    return solution.field_offset([layer | {"padding": 0} for layer in layers])


@mistake(
    of="field_offset",
    fr="Le décalage de chaque couche est compté dans ses propres pixels. Convertissez-le en pixels "
    "de l'image avant d'additionner.",
    en="Each layer's shift is counted in its own pixels. Convert it to image pixels before adding "
    "up.",
)
def shifts_not_scaled(layers):
    return solution.field_offset([layer | {"stride": 1} for layer in layers])


@mistake(
    of="field_offset",
    fr="C'est la coordonnée du premier pixel du champ ; on demande celle de son centre.",
    en="This is the coordinate of the field's first pixel; its centre is what is asked for.",
)
def first_pixel_of_the_field(layers):
    return solution.field_offset(layers) - (solution.field_size(layers) - 1) / 2


@mistake(
    of="field_offset",
    fr="L'origine est décalée d'un demi-pixel. Ici, le centre du pixel numéro 0 a pour coordonnée "
    "0, et non 0,5.",
    en="The origin is off by half a pixel. Here the centre of pixel number 0 has coordinate 0, "
    "not 0.5.",
)
def half_a_pixel_off(layers):
    return solution.field_offset(layers) + 0.5


# --- seen_pixels -----------------------------------------------------------------------------


@mistake(
    of="seen_pixels",
    fr="Les pixels hors de l'image comptent encore : coupez l'intervalle aux deux bords.",
    en="Pixels outside the image still count: cut the interval at both borders.",
)
def not_cut_at_the_borders(layers, neuron, image_size):
    centre = solution.field_offset(layers) + neuron * solution.field_jump(layers)
    reach = (solution.field_size(layers) - 1) / 2
    return round(centre - reach), round(centre + reach)


@mistake(
    of="seen_pixels",
    fr="La borne de droite est exclue, comme dans `range`. Ici les deux pixels rendus sont vus.",
    en="The right end is excluded, as in `range`. Here both returned pixels are seen.",
)
def last_pixel_excluded(layers, neuron, image_size):
    first, last = solution.seen_pixels(layers, neuron, image_size)
    return first, last + 1


@mistake(
    of="seen_pixels",
    fr="Le numéro du neurone est ajouté tel quel. D'un neurone au suivant, le champ avance de "
    "`field_jump` pixels.",
    en="The neuron's number is added as it is. From one neuron to the next, the field advances by "
    "`field_jump` pixels.",
)
def neuron_not_scaled(layers, neuron, image_size):
    centre = solution.field_offset(layers) + neuron
    reach = (solution.field_size(layers) - 1) / 2
    return max(0, round(centre - reach)), min(image_size - 1, round(centre + reach))


@mistake(
    of="seen_pixels",
    fr="Le premier champ est placé au bord de l'image, sans tenir compte du padding : partez de "
    "`field_offset`.",
    en="The first field is placed at the image's border, regardless of the padding: start from "
    "`field_offset`.",
)
def starts_at_the_border(layers, neuron, image_size):
    first = neuron * solution.field_jump(layers)
    return first, min(image_size - 1, first + solution.field_size(layers) - 1)


# --- pixels_by_gradient ----------------------------------------------------------------------


def _rectangle(gradient):
    rows, columns = np.nonzero(np.asarray(gradient))
    return (int(rows.min()), int(rows.max())), (int(columns.min()), int(columns.max()))


@mistake(
    of="pixels_by_gradient",
    fr="Toute la carte est dérivée : on trouve ce que voient tous les neurones ensemble. "
    "Choisissez celui de `position`.",
    en="The whole map is differentiated: this finds what all the neurons see together. Pick the "
    "one at `position`.",
)
def whole_map_differentiated(layers, image, position):
    gradient = jax.grad(lambda x: solution.network(x, layers).sum())(jnp.asarray(image))
    return _rectangle(gradient)


@mistake(
    of="pixels_by_gradient",
    fr="Ligne et colonne de `position` sont échangées.",
    en="Row and column of `position` are swapped.",
)
def position_swapped(layers, image, position):
    return solution.pixels_by_gradient(layers, image, (position[1], position[0]))


@mistake(
    of="pixels_by_gradient",
    fr="Les colonnes sont rendues avant les lignes.",
    en="The columns are returned before the rows.",
)
def columns_first(layers, image, position):
    rows, columns = solution.pixels_by_gradient(layers, image, position)
    return columns, rows


@mistake(
    of="pixels_by_gradient",
    fr="Les dernières ligne et colonne sont exclues, comme dans `range`. Ici elles sont vues.",
    en="The last row and column are excluded, as in `range`. Here they are seen.",
)
def last_ones_excluded(layers, image, position):
    rows, columns = solution.pixels_by_gradient(layers, image, position)
    return (rows[0], rows[1] + 1), (columns[0], columns[1] + 1)


@mistake(
    of="pixels_by_gradient",
    fr="C'est le champ théorique, celui de la formule. Des poids nuls le rétrécissent : seul le "
    "gradient le voit.",
    en="This is the theoretical field, the formula's. Zero weights shrink it: only the gradient "
    "sees that.",
)
def formula_instead_of_gradient(layers, image, position):
    full = [layer | {"weights": jnp.ones_like(layer["weights"])} for layer in layers]
    return solution.pixels_by_gradient(full, image, position)


# --- blocks_needed ---------------------------------------------------------------------------


@mistake(
    of="blocks_needed",
    fr="Un champ exactement aussi grand que l'objet suffit déjà : comparez avec « au moins ».",
    en='A field exactly as large as the object is already enough: compare with "at least".',
)
def strictly_larger(block, object_size):
    return solution.blocks_needed(block, object_size + 1)


@mistake(
    of="blocks_needed",
    fr="Chaque bloc est supposé ajouter autant de pixels que le premier. Les pas des blocs "
    "précédents agrandissent ce qu'ajoutent les suivants.",
    en="Every block is assumed to add as many pixels as the first. The strides of the earlier "
    "blocks enlarge what the later ones add.",
)
def linear_growth(block, object_size):
    growth = solution.field_size(block) - 1
    return -(-(object_size - 1) // growth)
