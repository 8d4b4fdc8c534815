"""FR: Question 1, une convolution à la main.

EN: Question 1, a convolution by hand.
"""

import jax
import jax.numpy as jnp
import numpy as np


def output_size(size: int, kernel: int, padding: int, stride: int) -> int:
    """FR: Nombre de positions du filtre le long d'un axe.

    ``size`` : nombre de pixels de l'axe ; ``kernel`` : taille du filtre ; ``padding`` : nombre
    de zéros ajoutés de CHAQUE côté ; ``stride`` : pas entre deux positions. Le filtre doit tenir
    tout entier dans l'axe complété : une dernière position incomplète ne compte pas.
    Renvoie un entier.

    EN: Number of positions of the filter along one axis.

    ``size``: number of pixels of the axis; ``kernel``: size of the filter; ``padding``: number of
    zeros added on EACH side; ``stride``: step between two positions. The filter must fit entirely
    inside the padded axis: a last, incomplete position does not count. Returns an integer.
    """
    raise NotImplementedError


def conv_parameters(kernel: int, in_channels: int, filters: int) -> int:
    """FR: Nombre de paramètres (poids et biais) d'une couche de convolution.

    ``filters`` filtres de ``kernel`` × ``kernel`` pixels, appliqués à une entrée de
    ``in_channels`` canaux ; chaque filtre possède un biais. Renvoie un entier.

    EN: Number of parameters (weights and biases) of a convolution layer.

    ``filters`` filters of ``kernel`` × ``kernel`` pixels, applied to an input of
    ``in_channels`` channels; every filter has one bias. Returns an integer.
    """
    raise NotImplementedError


def dense_parameters(
    height: int,
    width: int,
    in_channels: int,
    kernel: int,
    filters: int,
    padding: int = 0,
    stride: int = 1,
) -> int:
    """FR: Nombre de paramètres d'une couche dense qui aurait la même sortie que la convolution.

    La convolution a ``filters`` filtres de ``kernel`` × ``kernel`` et reçoit une image de
    ``height`` × ``width`` pixels et ``in_channels`` canaux. La couche dense relie chaque nombre
    de cette image à chaque nombre de la sortie de la convolution, et chacune de ses sorties
    possède un biais. Renvoie un entier.

    EN: Number of parameters of a dense layer with the same output as the convolution.

    The convolution has ``filters`` filters of ``kernel`` × ``kernel`` and receives an image of
    ``height`` × ``width`` pixels and ``in_channels`` channels. The dense layer connects every
    number of that image to every number of the convolution's output, and each of its outputs has
    one bias. Returns an integer.
    """
    raise NotImplementedError


def conv2d_loops(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """FR: Convolution d'une image, écrite avec des boucles et NumPy.

    ``x`` : image (hauteur, largeur, canaux) ; ``kernel`` : filtres (hauteur du filtre, largeur du
    filtre, canaux, nombre de filtres) ; ``bias`` : (nombre de filtres,). ``padding`` zéros sont
    ajoutés sur chacun des quatre côtés, puis le filtre avance de ``stride`` pixels dans les deux
    directions. Renvoie un tableau de flottants (hauteur de sortie, largeur de sortie, nombre de
    filtres).

    EN: Convolution of one image, written with loops and NumPy.

    ``x``: image (height, width, channels); ``kernel``: filters (filter height, filter width,
    channels, number of filters); ``bias``: (number of filters,). ``padding`` zeros are added on
    each of the four sides, then the filter advances by ``stride`` pixels in both directions.
    Returns an array of floats (output height, output width, number of filters).
    """
    raise NotImplementedError


def conv2d(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0
) -> jax.Array:
    """FR: La même convolution, vectorisée en JAX : aucune boucle sur les pixels.

    Mêmes arguments et même résultat que ``conv2d_loops``. La fonction doit rester juste sous
    ``jax.jit`` (``stride`` et ``padding`` y sont statiques), ``jax.grad`` et ``jax.vmap``.

    EN: The same convolution, vectorised in JAX: no loop over the pixels.

    Same arguments and same result as ``conv2d_loops``. The function must stay right under
    ``jax.jit`` (where ``stride`` and ``padding`` are static), ``jax.grad`` and ``jax.vmap``.
    """
    raise NotImplementedError


def conv2d_batch(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """FR: Fournie : ``conv2d`` sur tout un lot d'images (lot, hauteur, largeur, canaux).

    EN: Given: ``conv2d`` on a whole batch of images (batch, height, width, channels).
    """
    return jax.jit(jax.vmap(conv2d, in_axes=(0, None, None)))(x, kernel, bias)


def loss(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """FR: Fournie : l'écart à une sortie voulue, que l'apprentissage du filtre diminue.

    EN: Given: the distance to a wanted output, which learning the filter decreases.
    """
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """FR: Fournie : la dérivée de ``loss`` par rapport au filtre, de la forme du filtre.

    EN: Given: the derivative of ``loss`` with respect to the filter, of the filter's shape.
    """
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)
