"""Known mistakes of question 1."""

import jax.numpy as jnp
import numpy as np

from grader.checks import mistake

from . import solution

# --- output_size -----------------------------------------------------------------------------


@mistake(
    of="output_size",
    fr="Les zéros ne sont comptés que d'un seul côté. `padding` zéros sont ajoutés à chaque bout "
    "de l'axe : de combien s'allonge-t-il en tout ?",
    en="The zeros are counted on one side only. `padding` zeros are added at each end of the "
    "axis: by how much does it grow in all?",
)
def padding_counted_once(size, kernel, padding, stride):
    return (size + padding - kernel) // stride + 1


@mistake(
    of="output_size",
    fr="Il manque la position de départ : un filtre qui peut faire 4 pas occupe 5 positions.",
    en="The starting position is missing: a filter that can take 4 steps has 5 positions.",
)
def first_position_forgotten(size, kernel, padding, stride):
    return (size + 2 * padding - kernel) // stride


@mistake(
    of="output_size",
    fr="Le résultat est arrondi vers le haut : la dernière position dépasse de l'image. Elle ne "
    "compte que si le filtre y tient tout entier.",
    en="The result is rounded up: the last position sticks out of the image. It only counts if "
    "the filter fits there entirely.",
)
def stride_rounded_up(size, kernel, padding, stride):
    return -(-(size + 2 * padding - kernel) // stride) + 1


@mistake(
    of="output_size",
    fr="La taille du filtre n'intervient pas. Le bord du filtre s'arrête au bord de l'image : son "
    "coin ne peut donc pas parcourir tous les pixels.",
    en="The size of the filter plays no part. The filter's edge stops at the image's edge, so its "
    "corner cannot visit every pixel.",
)
def kernel_ignored(size, kernel, padding, stride):
    return (size + 2 * padding - 1) // stride + 1


# --- conv_parameters -------------------------------------------------------------------------


@mistake(
    of="conv_parameters",
    fr="Les poids sont justes, mais les biais manquent : chaque filtre a le sien.",
    en="The weights are right, but the biases are missing: every filter has its own.",
)
def filter_biases_forgotten(kernel, in_channels, filters):
    return filters * kernel * kernel * in_channels


@mistake(
    of="conv_parameters",
    fr="Un seul biais est compté pour toute la couche ; chaque filtre a le sien.",
    en="A single bias is counted for the whole layer; every filter has its own.",
)
def one_bias_for_the_layer(kernel, in_channels, filters):
    return filters * kernel * kernel * in_channels + 1


@mistake(
    of="conv_parameters",
    fr="Le filtre est compté comme un carré plat. Il est aussi profond que son entrée : combien de "
    "couches de poids empile-t-il ?",
    en="The filter is counted as a flat square. It is as deep as its input: how many layers of "
    "weights does it stack?",
)
def filter_depth_forgotten(kernel, in_channels, filters):
    return filters * (kernel * kernel + 1)


@mistake(
    of="conv_parameters",
    fr="Un filtre de taille K n'a pas K pixels mais K lignes de K pixels.",
    en="A filter of size K does not have K pixels but K rows of K pixels.",
)
def kernel_not_squared(kernel, in_channels, filters):
    return filters * (kernel * in_channels + 1)


# --- dense_parameters ------------------------------------------------------------------------


def _outputs(height, width, kernel, filters, padding, stride):
    rows = solution.output_size(height, kernel, padding, stride)
    return rows * solution.output_size(width, kernel, padding, stride) * filters


@mistake(
    of="dense_parameters",
    fr="Les poids sont justes, mais les biais manquent : chaque nombre que produit la couche dense "
    "a le sien.",
    en="The weights are right, but the biases are missing: every number that the dense layer "
    "produces has its own.",
)
def dense_biases_forgotten(height, width, in_channels, kernel, filters, padding=0, stride=1):
    return _outputs(height, width, kernel, filters, padding, stride) * height * width * in_channels


@mistake(
    of="dense_parameters",
    fr="Les biais sont comptés comme ceux de la convolution, un par filtre. La couche dense ne "
    "partage rien : chaque nombre produit a le sien.",
    en="The biases are counted as in the convolution, one per filter. The dense layer shares "
    "nothing: every number it produces has its own.",
)
def dense_biases_shared(height, width, in_channels, kernel, filters, padding=0, stride=1):
    outputs = _outputs(height, width, kernel, filters, padding, stride)
    return outputs * height * width * in_channels + filters


@mistake(
    of="dense_parameters",
    fr="La sortie est comptée comme une seule carte. La convolution en produit une par filtre, et "
    "la couche dense doit les remplacer toutes.",
    en="The output is counted as a single map. The convolution makes one per filter, and the "
    "dense layer has to stand for all of them.",
)
def filters_forgotten(height, width, in_channels, kernel, filters, padding=0, stride=1):
    outputs = _outputs(height, width, kernel, 1, padding, stride)
    return outputs * (height * width * in_channels + 1)


@mistake(
    of="dense_parameters",
    fr="Les canaux de l'image sont oubliés : un pixel en couleur, c'est trois nombres en entrée.",
    en="The channels of the image are forgotten: a colour pixel is three input numbers.",
)
def input_channels_forgotten(height, width, in_channels, kernel, filters, padding=0, stride=1):
    return _outputs(height, width, kernel, filters, padding, stride) * (height * width + 1)


# --- conv2d_loops ----------------------------------------------------------------------------


@mistake(
    of="conv2d_loops",
    fr="Le filtre est retourné : c'est la convolution des mathématiciens. Les bibliothèques "
    "d'apprentissage posent le filtre tel quel (corrélation croisée).",
    en="The filter is flipped: that is the mathematicians' convolution. Deep-learning libraries "
    "lay the filter down as it is (cross-correlation).",
)
def loops_kernel_flipped(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d_loops(x, kernel[::-1, ::-1], bias, stride, padding)


@mistake(
    of="conv2d_loops",
    fr="Le biais n'est pas ajouté. Chaque carte de sortie reçoit celui de son filtre.",
    en="The bias is not added. Every output map receives the one of its filter.",
)
def loops_bias_forgotten(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d_loops(x, kernel, 0 * bias, stride, padding)


@mistake(
    of="conv2d_loops",
    fr="Lignes et colonnes du filtre sont échangées : le premier indice du filtre accompagne le "
    "premier indice de l'image.",
    en="Rows and columns of the filter are swapped: the filter's first index goes with the "
    "image's first index.",
)
def loops_kernel_transposed(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d_loops(x, np.swapaxes(kernel, 0, 1), bias, stride, padding)


@mistake(
    of="conv2d_loops",
    fr="Seul le premier canal de l'image est utilisé. Le bloc et le filtre ont la même profondeur "
    "et la somme porte sur tous les canaux.",
    en="Only the first channel of the image is used. Block and filter have the same depth, and "
    "the sum runs over all the channels.",
)
def loops_first_channel_only(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d_loops(x[..., :1], kernel[:, :, :1], bias, stride, padding)


@mistake(
    of="conv2d_loops",
    fr="La sortie a la bonne taille, mais les blocs se suivent pixel par pixel : le pas doit aussi "
    "décider où commence chaque bloc.",
    en="The output has the right size, but the blocks follow one another pixel by pixel: the "
    "stride must also decide where each block starts.",
)
def loops_stride_only_in_the_size(x, kernel, bias, stride=1, padding=0):
    y = solution.conv2d_loops(x, kernel, bias, 1, padding)
    height = solution.output_size(x.shape[0], kernel.shape[0], padding, stride)
    width = solution.output_size(x.shape[1], kernel.shape[1], padding, stride)
    return y[:height, :width]


@mistake(
    of="conv2d_loops",
    fr="Tous les zéros sont ajoutés du même côté (en bas et à droite). Il en faut `padding` sur "
    "chacun des quatre côtés.",
    en="All the zeros are added on the same side (bottom and right). `padding` of them belong on "
    "each of the four sides.",
)
def loops_padding_at_the_end(x, kernel, bias, stride=1, padding=0):
    x = np.pad(x, ((0, 2 * padding), (0, 2 * padding), (0, 0)))
    return solution.conv2d_loops(x, kernel, bias, stride, 0)


# --- conv2d ----------------------------------------------------------------------------------


@mistake(
    of="conv2d",
    fr="Le filtre est retourné : c'est la convolution des mathématiciens. Les bibliothèques "
    "d'apprentissage posent le filtre tel quel (corrélation croisée).",
    en="The filter is flipped: that is the mathematicians' convolution. Deep-learning libraries "
    "lay the filter down as it is (cross-correlation).",
)
def kernel_flipped(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d(x, kernel[::-1, ::-1], bias, stride, padding)


@mistake(
    of="conv2d",
    fr="Le biais n'est pas ajouté. Chaque carte de sortie reçoit celui de son filtre.",
    en="The bias is not added. Every output map receives the one of its filter.",
)
def bias_forgotten(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d(x, kernel, 0 * bias, stride, padding)


@mistake(
    of="conv2d",
    fr="Blocs aplatis et filtres aplatis ne rangent pas leurs axes dans le même ordre : les "
    "poids d'un canal multiplient les pixels d'un autre. Suivez (hauteur, largeur, canaux) des "
    "deux côtés.",
    en="The flattened blocks and the flattened filters do not order their axes alike: the weights "
    "of one channel multiply the pixels of another. Keep (height, width, channels) on both sides.",
)
def flattened_in_another_order(x, kernel, bias, stride=1, padding=0):
    kernel_height, kernel_width, channels, filters = kernel.shape
    shuffled = jnp.reshape(kernel, (channels, kernel_height, kernel_width, filters))
    return solution.conv2d(x, jnp.transpose(shuffled, (1, 2, 0, 3)), bias, stride, padding)


@mistake(
    of="conv2d",
    fr="Le pas n'est appliqué qu'aux lignes. Le filtre avance de `stride` pixels dans les deux "
    "directions.",
    en="The stride is applied to the rows only. The filter advances by `stride` pixels in both "
    "directions.",
)
def stride_on_rows_only(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d(x, kernel, bias, 1, padding)[::stride]


@mistake(
    of="conv2d",
    fr="`padding` est ignoré : la convolution se fait sur l'image sans ses zéros.",
    en="`padding` is ignored: the convolution runs on the image without its zeros.",
)
def padding_ignored(x, kernel, bias, stride=1, padding=0):
    return solution.conv2d(x, kernel, bias, stride, 0)
