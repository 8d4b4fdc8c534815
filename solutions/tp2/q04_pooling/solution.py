"""FR: Question 4, à quoi sert le pooling.

EN: Question 4, what pooling is for.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# FR: Ce que l'on pourrait affirmer ; seules vos mesures diront ce qui est soutenu.
# EN: What one might claim; only your measurements will say what is supported.
CLAIMS = (
    "stride_saves_multiplications",
    "stride_forgives_shifts",
    "window_forgives_shifts",
    "pooling_removes_all_sensitivity",
    "pooling_shrinks_the_next_filters",
)

# FR: Une sensibilité baisse nettement quand elle passe sous 90 % de l'autre ; elle est nulle, aux
# FR: arrondis près, au-dessous de 0,001.
# EN: A sensitivity is clearly lower when it falls below 90% of the other; it is zero, up to
# EN: rounding, below 0.001.
CLEARLY_LOWER = 0.9
ZERO = 1e-3


def max_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: Max pooling d'une image.

    ``x`` est de forme (hauteur, largeur, canaux). Une fenêtre de ``window`` × ``window`` pixels
    avance de ``stride`` pixels dans les deux directions, sans zéros autour de l'image ; une
    fenêtre qui dépasserait du bord ne compte pas. Chaque canal est traité à part. Renvoie le
    maximum de chaque fenêtre : (hauteur de sortie, largeur de sortie, canaux), du même type que
    ``x``.

    EN: Max pooling of one image.

    ``x`` has shape (height, width, channels). A window of ``window`` × ``window`` pixels advances
    by ``stride`` pixels in both directions, with no zeros around the image; a window that would
    stick out of the border does not count. Each channel is treated by itself. Returns the maximum
    of every window: (output height, output width, channels), of the same dtype as ``x``.
    """
    # BEGIN SOLUTION
    windows = sliding_window_view(x, (window, window), axis=(0, 1))[::stride, ::stride]
    return windows.max(axis=(-2, -1))
    # END SOLUTION


def avg_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: Pooling moyen d'une image : la moyenne de chaque fenêtre au lieu de son maximum.

    Mêmes arguments et même forme que ``max_pool`` ; ``x`` peut contenir des entiers. Renvoie des
    flottants.

    EN: Average pooling of one image: the mean of every window instead of its maximum.

    Same arguments and same shape as ``max_pool``; ``x`` may hold integers. Returns floats.
    """
    # BEGIN SOLUTION
    windows = sliding_window_view(x, (window, window), axis=(0, 1))[::stride, ::stride]
    return windows.mean(axis=(-2, -1))
    # END SOLUTION


def shift_sensitivity(images: np.ndarray, window: int, stride: int) -> float:
    """FR: De combien le max pooling laisse changer la sortie quand l'image bouge d'un pixel.

    ``images`` est de forme (nombre, hauteur, largeur, canaux). Pour chaque image x et chacun des
    quatre décalages circulaires T d'un pixel (haut, bas, gauche, droite), calculer
    ||f(T x) - f(x)|| / ||f(x)||, où f est ``max_pool`` avec ces ``window`` et ``stride``, et ||.||
    la racine de la somme des carrés. Renvoie la moyenne de tous ces rapports, un flottant.

    EN: How much max pooling lets the output change when the image moves by one pixel.

    ``images`` has shape (number, height, width, channels). For each image x and each of the four
    circular one-pixel shifts T (up, down, left, right), compute ||f(T x) - f(x)|| / ||f(x)||,
    where f is ``max_pool`` with these ``window`` and ``stride``, and ||.|| the square root of the
    sum of squares. Returns the mean of all these ratios, a float.
    """
    # BEGIN SOLUTION
    ratios = []
    for image in images:
        pooled = max_pool(image, window, stride)
        for shift in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            moved = max_pool(np.roll(image, shift, axis=(0, 1)), window, stride)
            ratios.append(np.linalg.norm(moved - pooled) / np.linalg.norm(pooled))
    return float(np.mean(ratios))
    # END SOLUTION


def multiplications(
    height: int, width: int, channels: int, window: int, stride: int, kernel: int, filters: int
) -> int:
    """FR: Nombre de multiplications de la convolution qui suit un pooling.

    Des cartes de ``height`` × ``width`` × ``channels`` passent par un pooling (``window``,
    ``stride``), puis par une convolution de ``filters`` filtres ``kernel`` × ``kernel``, de pas 1,
    qui conserve la taille des cartes. Chaque nombre qu'elle produit coûte une multiplication par
    poids de son filtre, même au bord. Renvoie un entier.

    EN: Number of multiplications of the convolution that follows a pooling.

    Maps of ``height`` × ``width`` × ``channels`` go through a pooling (``window``, ``stride``),
    then through a convolution of ``filters`` filters ``kernel`` × ``kernel``, of stride 1, which
    keeps the size of the maps. Every number it produces costs one multiplication per weight of
    its filter, at the border too. Returns an integer.
    """
    # BEGIN SOLUTION
    rows = (height - window) // stride + 1
    columns = (width - window) // stride + 1
    return rows * columns * filters * kernel * kernel * channels
    # END SOLUTION


def supported_claims(
    plain: dict[str, float], strided: dict[str, float], pooled: dict[str, float]
) -> list[str]:
    """FR: Les affirmations de ``CLAIMS`` que trois expériences soutiennent.

    ``plain`` : sans pooling (fenêtre 1, pas 1) ; ``strided`` : le pas seul (fenêtre 1, pas 2) ;
    ``pooled`` : la fenêtre et le pas (fenêtre 2, pas 2). Chacune est un dictionnaire de mesures :
    ``"sensitivity"``, ``"multiplications"`` de la convolution suivante et ``"weights"``, le nombre
    de poids de celle-ci. Pour juger un effet, comparez deux expériences qui ne diffèrent que par
    lui ; une sensibilité baisse nettement ou devient nulle au sens des deux constantes ci-dessus,
    avec des inégalités strictes. Les deux affirmations sur « pooling » portent sur l'ensemble,
    fenêtre et pas. Renvoie la liste des affirmations soutenues, dans l'ordre de ``CLAIMS``.

    EN: The claims of ``CLAIMS`` that three experiments support.

    ``plain``: no pooling (window 1, stride 1); ``strided``: the stride alone (window 1, stride 2);
    ``pooled``: window and stride (window 2, stride 2). Each is a dictionary of measurements:
    ``"sensitivity"``, ``"multiplications"`` of the next convolution, and ``"weights"``, the number
    of weights of that convolution. To judge an effect, compare two experiments that differ by it
    alone; a sensitivity is clearly lower, or zero, as the two constants above say, with strict
    inequalities. The two claims on "pooling" are about the whole, window and stride. Returns the
    list of the supported claims, in the order of ``CLAIMS``.
    """
    # BEGIN SOLUTION
    supported = {
        "stride_saves_multiplications": strided["multiplications"] < plain["multiplications"],
        "stride_forgives_shifts": strided["sensitivity"] < CLEARLY_LOWER * plain["sensitivity"],
        "window_forgives_shifts": pooled["sensitivity"] < CLEARLY_LOWER * strided["sensitivity"],
        "pooling_removes_all_sensitivity": pooled["sensitivity"] < ZERO,
        "pooling_shrinks_the_next_filters": pooled["weights"] < plain["weights"],
    }
    return [claim for claim in CLAIMS if supported[claim]]
    # END SOLUTION


# FR: Réponse libre, lue par l'enseignant : pourquoi placer des poolings dans un réseau ? Que doit-on
# FR: à la fenêtre, que doit-on au pas ? Appuyez-vous sur vos mesures.
# EN: Free answer, read by the teacher: why put poolings in a network? What is owed to the window,
# EN: and what to the stride? Build on your measurements.
# BEGIN SOLUTION
ANSWER = """
Un pooling 2 × 2 de pas 2 divise par quatre les calculs de la convolution suivante : c'est l'effet
du pas, qui réduit les cartes. Il amortit aussi les petits décalages : c'est l'effet de la fenêtre,
car prendre un pixel sur deux sans fenêtre ne change presque rien à la sensibilité. Celle-ci baisse
mais ne s'annule pas. Les filtres suivants gardent le même nombre de poids, mais chacun de leurs
pixels couvre une plus grande partie de l'image : le réseau voit plus large à coût égal. Le prix à
payer est la position exacte.

A 2 × 2 pooling of stride 2 divides the computations of the next convolution by four: that is the
effect of the stride, which shrinks the maps. It also cushions small shifts: that is the effect of
the window, since keeping one pixel in two without a window hardly changes the sensitivity. The
latter drops but does not vanish. The next filters keep the same number of weights, but each of
their pixels covers a larger part of the image: the network sees wider at equal cost. The price to
pay is the exact position.
"""
# END SOLUTION
