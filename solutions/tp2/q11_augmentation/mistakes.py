"""Wrong answers to question 11 that students give, each with what to look at."""

import jax.numpy as jnp
import numpy as np

from grader.checks import mistake

from . import solution


@mistake(
    of="flip",
    fr="Haut et bas sont échangés : le deuxième axe d'un lot est la hauteur, le troisième la largeur.",
    en="Top and bottom are exchanged: the second axis of a batch is the height, the third the width.",
)
def upside_down(images, chosen):
    return jnp.where(chosen[:, None, None, None], images[:, ::-1], images)


@mistake(
    of="flip",
    fr="Tout le lot est retourné : seulement les images choisies.",
    en="The whole batch is mirrored: only the chosen images should be.",
)
def whole_batch_flipped(images, chosen):
    return images[:, :, ::-1]


@mistake(
    of="flip",
    fr="Ce sont les autres images qui sont retournées.",
    en="It is the other images that are mirrored.",
)
def the_others_flipped(images, chosen):
    return solution.flip(images, ~chosen)


@mistake(
    of="flip",
    fr="L'ordre des images est inversé au lieu de leurs colonnes.",
    en="The order of the images is reversed instead of their columns.",
)
def order_of_the_batch(images, chosen):
    return jnp.where(chosen[:, None, None, None], images[::-1], images)


@mistake(
    of="flip",
    fr="Les canaux sont retournés avec les colonnes : les couleurs ne changent pas dans un miroir.",
    en="The channels are reversed with the columns: colours do not change in a mirror.",
)
def channels_reversed(images, chosen):
    return jnp.where(chosen[:, None, None, None], images[:, :, ::-1, ::-1], images)


def _taken(images, rows, columns):
    number = jnp.arange(len(images))[:, None, None]
    return images[number, rows[:, :, None], columns[:, None, :]]


def _sources(images, down, right):
    height, width = images.shape[1:3]
    return jnp.arange(height) - down[:, None], jnp.arange(width) - right[:, None]


@mistake(
    of="shift",
    fr="Le contenu va dans le mauvais sens : le pixel (l, c) du résultat vient de (l - down, c - right).",
    en="The contents move the wrong way: pixel (r, c) of the result comes from (r - down, c - right).",
)
def wrong_way(images, down, right):
    return solution.shift(images, -down, -right)


@mistake(
    of="shift",
    fr="Ce qui sort d'un côté rentre de l'autre, comme avec np.roll : bornez les indices.",
    en="What leaves on one side comes back on the other, as with np.roll: clip the indices.",
)
def wrapped_around(images, down, right):
    rows, columns = _sources(images, down, right)
    return _taken(images, rows % images.shape[1], columns % images.shape[2])


@mistake(
    of="shift",
    fr="Le bord découvert est rempli de zéros : répétez le pixel le plus proche.",
    en="What is uncovered is filled with zeros: repeat the nearest pixel.",
)
def filled_with_zeros(images, down, right):
    rows, columns = _sources(images, down, right)
    inside = (rows >= 0) & (rows < images.shape[1])
    across = (columns >= 0) & (columns < images.shape[2])
    kept = inside[:, :, None, None] & across[:, None, :, None]
    return jnp.where(kept, solution.shift(images, down, right), 0)


@mistake(
    of="shift",
    fr="Lignes et colonnes sont échangées : down fait descendre.",
    en="Rows and columns are exchanged: down moves downwards.",
)
def rows_and_columns_exchanged(images, down, right):
    return solution.shift(images, right, down)


@mistake(
    of="shift",
    fr="Toutes les images reçoivent le décalage de la première : chacune a le sien.",
    en="All images get the shift of the first one: each has its own.",
)
def one_shift_for_all(images, down, right):
    number = len(images)
    return solution.shift(images, jnp.repeat(down[:1], number), jnp.repeat(right[:1], number))


@mistake(
    of="movement",
    fr="Les degrés n'ont pas été convertis en radians.",
    en="The degrees were not converted to radians.",
)
def degrees_taken_for_radians(angle, zoom, shear):
    return solution.movement(np.rad2deg(angle), zoom, shear)


@mistake(
    of="movement",
    fr="La rotation tourne dans l'autre sens : (0, 1) doit aller vers (-sin, cos).",
    en="The rotation turns the other way: (0, 1) must go to (-sin, cos).",
)
def clockwise(angle, zoom, shear):
    return solution.movement(-angle, zoom, shear)


@mistake(
    of="movement",
    fr="Le cisaillement ajoute les colonnes aux lignes : ici les lignes décalent les colonnes.",
    en="The shear adds columns to rows: here rows move the columns.",
)
def shear_of_the_rows(angle, zoom, shear):
    return solution.movement(angle, zoom, 0.0) @ np.array([[1.0, shear], [0.0, 1.0]])


@mistake(
    of="movement",
    fr="La rotation agit avant le cisaillement : dans un produit, la matrice de droite agit la première.",
    en="The rotation acts before the shear: in a product the matrix on the right acts first.",
)
def rotated_first(angle, zoom, shear):
    return np.array([[1.0, 0.0], [shear, 1.0]]) @ solution.movement(angle, zoom, 0.0)


@mistake(
    of="movement",
    fr="L'agrandissement est un rétrécissement : zoom multiplie les écarts au centre.",
    en="The enlargement shrinks: zoom multiplies the offsets from the centre.",
)
def zoom_inverted(angle, zoom, shear):
    return solution.movement(angle, 1 / zoom, shear)


@mistake(
    of="affine",
    fr="La matrice est appliquée telle quelle à la position du résultat : pour savoir d'où vient un pixel, "
    "il faut son inverse.",
    en="The matrix is applied as it is to the position in the result: to know where a pixel comes from, "
    "its inverse is needed.",
)
def forward_instead_of_inverse(image, matrix):
    return solution.affine(image, jnp.linalg.inv(matrix))


@mistake(
    of="affine",
    fr="Le mouvement se fait autour du coin (0, 0) : retranchez le centre, puis rajoutez-le.",
    en="The movement is about the corner (0, 0): subtract the centre, then add it again.",
)
def about_the_corner(image, matrix):
    return _resampled(image, matrix, jnp.zeros(2))


@mistake(
    of="affine",
    fr="Le centre est à (hauteur / 2, largeur / 2) : entre les pixels 0 et n - 1, c'est (n - 1) / 2.",
    en="The centre is at (height / 2, width / 2): between the pixels 0 and n - 1 it is (n - 1) / 2.",
)
def centre_half_a_pixel_off(image, matrix):
    return _resampled(image, matrix, jnp.array(image.shape[:2]) / 2)


@mistake(
    of="affine",
    fr="C'est le pixel le plus proche, sans interpolation : mêlez les quatre voisins.",
    en="This is the nearest pixel, without interpolation: blend the four neighbours.",
)
def nearest_pixel(image, matrix):
    return _resampled(image, matrix, (jnp.array(image.shape[:2]) - 1) / 2, blended=False)


@mistake(
    of="affine",
    fr="Hors de l'image vous mettez des zéros : ramenez la position dans l'image.",
    en="Outside the image you put zeros: bring the position back into the image.",
)
def zeros_outside(image, matrix):
    inside = solution.affine(jnp.ones_like(image), matrix)
    source = _source(image, matrix, (jnp.array(image.shape[:2]) - 1) / 2)
    last = jnp.array(image.shape[:2]) - 1
    kept = ((source > -1e-4) & (source < last + 1e-4)).all(axis=-1)[..., None]
    return jnp.where(kept, solution.affine(image, matrix), 0 * inside)


@mistake(
    of="affine",
    fr="La matrice reçoit (colonne, ligne) : une position est (ligne, colonne).",
    en="The matrix is given (column, row): a position is (row, column).",
)
def columns_before_rows(image, matrix):
    return solution.affine(image, matrix[::-1, ::-1])


@mistake(
    of="affine",
    fr="C'est la transposée de l'inverse qui est appliquée : ``x @ a`` multiplie une ligne par la gauche. Pour des "
    "positions rangées en lignes, écrivez ``positions @ inverse.T``.",
    en="The transpose of the inverse is applied: ``x @ a`` multiplies a row from the left. For positions laid out in "
    "rows write ``positions @ inverse.T``.",
)
def transposed(image, matrix):
    return solution.affine(image, jnp.asarray(matrix).T)


def _source(image, matrix, centre):
    axes = (jnp.arange(size) for size in image.shape[:2])
    grid = jnp.stack(jnp.meshgrid(*axes, indexing="ij"), axis=-1)
    return (grid - centre) @ jnp.linalg.inv(matrix).T + centre


def _resampled(image, matrix, centre, blended=True):
    last = jnp.array(image.shape[:2]) - 1
    source = jnp.clip(_source(image, matrix, centre), 0, last)
    if not blended:
        row, column = jnp.moveaxis(jnp.round(source).astype(int), -1, 0)
        return image[row, column]
    low = jnp.floor(source).astype(int)
    high = jnp.minimum(low + 1, last)
    part = (source - low)[..., None, :]
    upper = (1 - part[..., 1]) * image[low[..., 0], low[..., 1]]
    upper += part[..., 1] * image[low[..., 0], high[..., 1]]
    lower = (1 - part[..., 1]) * image[high[..., 0], low[..., 1]]
    lower += part[..., 1] * image[high[..., 0], high[..., 1]]
    return (1 - part[..., 0]) * upper + part[..., 0] * lower


def _decided(mean, error):
    if mean > 2 * error:
        return "yes"
    return "no" if -mean > 2 * error else "unclear"


@mistake(
    of="worth_it",
    fr="Le signe de la moyenne décide seul : une différence plus petite que le hasard ne dit rien.",
    en="The sign of the mean alone decides: a difference smaller than chance says nothing.",
)
def sign_alone(plain, augmented):
    return _decided((augmented - plain).mean(), 0.0)


@mistake(
    of="worth_it",
    fr="La différence est prise à l'envers : avec moins sans.",
    en="The difference is taken the other way round: with minus without.",
)
def difference_inverted(plain, augmented):
    return solution.worth_it(augmented, plain)


@mistake(
    of="worth_it",
    fr="L'écart type n'est pas divisé par la racine de n : c'est l'incertitude d'une mesure, pas de leur "
    "moyenne.",
    en="The standard deviation is not divided by the root of n: that is the uncertainty of one "
    "measurement, not of their mean.",
)
def not_divided_by_the_root(plain, augmented):
    differences = augmented - plain
    return _decided(differences.mean(), differences.std(ddof=1))


@mistake(
    of="worth_it",
    fr="L'écart type divise par n : avec si peu de graines il est trop petit, divisez par n - 1 (ddof=1).",
    en="The standard deviation divides by n: with so few seeds it is too small, divide by n - 1 (ddof=1).",
)
def divided_by_n(plain, augmented):
    differences = augmented - plain
    return _decided(differences.mean(), differences.std() / np.sqrt(len(differences)))


@mistake(
    of="worth_it",
    fr="Les deux colonnes sont traitées comme des mesures sans lien : la même graine les apparie, prenez "
    "l'écart type des différences.",
    en="The two columns are treated as unrelated measurements: the same seed pairs them, take the "
    "standard deviation of the differences.",
)
def not_paired(plain, augmented):
    variance = plain.var(ddof=1) + augmented.var(ddof=1)
    return _decided((augmented - plain).mean(), np.sqrt(variance / len(plain)))


@mistake(
    of="worth_it",
    fr="Une seule erreur type suffit ici : l'énoncé en demande deux.",
    en="One standard error is enough here: two are asked for.",
)
def one_standard_error(plain, augmented):
    differences = augmented - plain
    return _decided(differences.mean(), differences.std(ddof=1) / np.sqrt(len(differences)) / 2)
