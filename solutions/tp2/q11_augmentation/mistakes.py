"""Wrong answers to question 11 that students give, each with what to look at."""

import jax.numpy as jnp
import numpy as np

from grader.checks import deviation, family


def _library(images):
    """NumPy for its own arrays, which is quick to try hundreds of pairs on; JAX for those that it traces."""
    return np if isinstance(images, np.ndarray) else jnp


# --- flip ------------------------------------------------------------------------------------


@family(
    of="flip",
    deviations=[
        deviation(
            "upside_down",
            axes=(1,),
            fr="Haut et bas sont échangés : le deuxième axe d'un lot est la hauteur, le troisième la "
            "largeur.",
            en="Top and bottom are exchanged: the second axis of a batch is the height, the third the "
            "width.",
        ),
        deviation(
            "order_of_the_batch",
            axes=(0,),
            fr="L'ordre des images est inversé au lieu de leurs colonnes.",
            en="The order of the images is reversed instead of their columns.",
        ),
        deviation(
            "colours_reversed",
            axes=(3,),
            fr="Ce sont les canaux qui sont inversés : dans un miroir ce sont les colonnes.",
            en="It is the channels that are reversed: in a mirror it is the columns.",
        ),
        deviation(
            "channels_reversed",
            axes=(2, 3),
            fr="Les canaux sont retournés avec les colonnes : les couleurs ne changent pas dans un "
            "miroir.",
            en="The channels are reversed with the columns: colours do not change in a mirror.",
        ),
        deviation(
            "half_a_turn",
            axes=(1, 2),
            fr="Les lignes sont retournées avec les colonnes : c'est un demi-tour, et non un miroir.",
            en="The rows are reversed with the columns: that is half a turn, not a mirror.",
        ),
        deviation(
            "whole_batch_flipped",
            which="all",
            fr="Tout le lot est retourné : seules les images choisies doivent l'être.",
            en="The whole batch is mirrored: only the chosen images should be.",
        ),
        deviation(
            "the_others_flipped",
            which="others",
            fr="Ce sont les autres images qui sont retournées.",
            en="It is the other images that are mirrored.",
        ),
        deviation(
            "nothing_flipped",
            which="none",
            fr="Aucune image n'est retournée.",
            en="No image is mirrored.",
        ),
        deviation(
            "first_decides",
            which="as the first",
            fr="La première valeur de `chosen` décide pour toutes les images : chacune a la sienne.",
            en="The first value of `chosen` decides for all images: each has its own.",
        ),
        deviation(
            "any_decides",
            which="any",
            fr="Dès qu'une image est choisie, toutes sont retournées : chacune a sa valeur de `chosen`.",
            en="As soon as one image is chosen all are mirrored: each has its own value of `chosen`.",
        ),
        deviation(
            "others_lost",
            others="zero",
            fr="Les images qui ne sont pas choisies sont perdues : elles restent telles quelles.",
            en="The images that are not chosen are lost: they stay as they are.",
        ),
    ],
)
def mirrored(images, chosen, *, axes=(2,), which="chosen", others="kept"):
    xp = _library(images)
    picked = {
        "all": chosen | True,
        "others": ~chosen,
        "none": chosen & False,
        "as the first": chosen[:1] | (chosen & False),
        "any": chosen.any() | (chosen & False),
    }.get(which, chosen)
    left = 0 * images if others == "zero" else images
    return xp.where(picked[:, None, None, None], xp.flip(images, axes), left)


# --- shift -----------------------------------------------------------------------------------


@family(
    of="shift",
    deviations=[
        deviation(
            "wrong_way",
            backwards="both",
            fr="Le contenu va dans le mauvais sens : le pixel (l, c) du résultat vient de (l - down, c - "
            "right).",
            en="The contents move the wrong way: pixel (r, c) of the result comes from (r - down, c - "
            "right).",
        ),
        deviation(
            "upwards",
            backwards="rows",
            fr="Les lignes vont dans le mauvais sens : `down` fait descendre le contenu.",
            en="The rows move the wrong way: `down` moves the contents down.",
        ),
        deviation(
            "to_the_left",
            backwards="columns",
            fr="Les colonnes vont dans le mauvais sens : `right` pousse le contenu à droite.",
            en="The columns move the wrong way: `right` moves the contents to the right.",
        ),
        deviation(
            "wrapped_around",
            edge="wrapped",
            fr="Ce qui sort d'un côté rentre de l'autre, comme avec np.roll : bornez les indices.",
            en="What leaves on one side comes back on the other, as with np.roll: clip the indices.",
        ),
        deviation(
            "filled_with_zeros",
            edge="zeros",
            fr="Le bord découvert est rempli de zéros : répétez le pixel le plus proche.",
            en="What is uncovered is filled with zeros: repeat the nearest pixel.",
        ),
        deviation(
            "old_pixels_stay",
            edge="old",
            fr="Le bord découvert garde les anciens pixels de l'image : répétez le plus proche.",
            en="What is uncovered keeps the old pixels of the image: repeat the nearest one.",
        ),
        deviation(
            "mirrored_at_the_edge",
            edge="mirrored",
            fr="Le bord découvert est le reflet de l'image : répétez le pixel le plus proche.",
            en="What is uncovered is the mirror image: repeat the nearest pixel.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            exchanged=True,
            fr="Lignes et colonnes sont échangées : down fait descendre.",
            en="Rows and columns are exchanged: down moves downwards.",
        ),
        deviation(
            "one_shift_for_all",
            whose="first",
            fr="Toutes les images reçoivent le décalage de la première : chacune a le sien.",
            en="All images get the shift of the first one: each has its own.",
        ),
        deviation(
            "last_shift_for_all",
            whose="last",
            fr="Toutes les images reçoivent le décalage de la dernière : chacune a le sien.",
            en="All images get the shift of the last one: each has its own.",
        ),
        deviation(
            "rows_stay",
            still="rows",
            fr="Les lignes ne bougent pas : `down` n'intervient pas.",
            en="The rows do not move: `down` plays no part.",
        ),
        deviation(
            "columns_stay",
            still="columns",
            fr="Les colonnes ne bougent pas : `right` n'intervient pas.",
            en="The columns do not move: `right` plays no part.",
        ),
    ],
)
def displaced(
    images, down, right, *, backwards="none", edge="nearest", exchanged=False, whose="own", still=""
):
    xp = _library(images)
    if exchanged:
        down, right = right, down
    if whose != "own":
        one = {"first": 0, "last": -1}[whose]
        down, right = down[one] + 0 * down, right[one] + 0 * right
    down = -down if backwards in ("both", "rows") else down
    right = -right if backwards in ("both", "columns") else right
    down = 0 * down if still == "rows" else down
    right = 0 * right if still == "columns" else right
    number, height, width = images.shape[:3]
    rows = np.arange(height) - down[:, None]
    columns = np.arange(width) - right[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[
        :, None
    ]
    place = {
        "wrapped": lambda index, size: index % size,
        "mirrored": lambda index, size: size - 1 - abs(size - 1 - index % (2 * size - 2)),
    }.get(edge, lambda index, size: xp.clip(index, 0, size - 1))
    rows, columns = place(rows, height), place(columns, width)
    found = images[np.arange(number)[:, None, None], rows[:, :, None], columns[:, None, :]]
    beyond = {"zeros": 0 * images, "old": images}.get(edge, found)
    return xp.where(inside[..., None], found, beyond)


# --- movement --------------------------------------------------------------------------------


@family(
    of="movement",
    deviations=[
        deviation(
            "degrees_taken_for_radians",
            unit="radians",
            fr="Les degrés n'ont pas été convertis en radians.",
            en="The degrees were not converted to radians.",
        ),
        deviation(
            "clockwise",
            turned="clockwise",
            fr="La rotation tourne dans l'autre sens : (0, 1) doit aller vers (-sin, cos).",
            en="The rotation turns the other way: (0, 1) must go to (-sin, cos).",
        ),
        deviation(
            "rotation_forgotten",
            turned="not",
            fr="La rotation manque.",
            en="The rotation is missing.",
        ),
        deviation(
            "sine_and_cosine_exchanged",
            turned="exchanged",
            fr="Sinus et cosinus sont échangés : un angle nul ne tourne pas.",
            en="Sine and cosine are exchanged: an angle of zero does not turn.",
        ),
        deviation(
            "shear_of_the_rows",
            sheared="rows",
            fr="Le cisaillement ajoute les colonnes aux lignes : ici les lignes décalent les colonnes.",
            en="The shear adds columns to rows: rows should move the columns.",
        ),
        deviation(
            "sheared_backwards",
            sheared="backwards",
            fr="Le cisaillement va dans l'autre sens : il ajoute `shear` fois les lignes.",
            en="The shear goes the other way: it should add `shear` times the rows.",
        ),
        deviation(
            "shear_forgotten",
            sheared="not",
            fr="Le cisaillement manque.",
            en="The shear is missing.",
        ),
        deviation(
            "sheared_both_ways",
            sheared="both",
            fr="Le cisaillement agit sur les deux axes : il ajoute des lignes aux colonnes, rien aux lignes.",
            en="The shear acts on both axes: it should add rows to columns, and nothing to rows.",
        ),
        deviation(
            "rotated_first",
            order="rotated first",
            fr="La rotation agit avant le cisaillement : dans un produit, la matrice de droite agit la "
            "première.",
            en="The rotation acts before the shear: in a product the matrix on the right acts first.",
        ),
        deviation(
            "multiplied_entry_by_entry",
            order="entry by entry",
            fr="Les matrices sont multipliées élément par élément (`*`) : leur produit s'écrit `@`.",
            en="The matrices are multiplied entry by entry (`*`): their product is written `@`.",
        ),
        deviation(
            "zoom_inverted",
            enlarged="divided",
            fr="L'agrandissement est un rétrécissement : zoom multiplie les écarts au centre.",
            en="The enlargement shrinks: zoom multiplies the offsets from the centre.",
        ),
        deviation(
            "zoom_forgotten",
            enlarged="not",
            fr="L'agrandissement manque.",
            en="The enlargement is missing.",
        ),
        deviation(
            "zoom_of_the_rows",
            enlarged="rows",
            fr="Seules les lignes sont agrandies : zoom multiplie les deux écarts.",
            en="Only the rows are enlarged: zoom multiplies both offsets.",
        ),
        deviation(
            "shear_not_enlarged",
            enlarged="diagonal",
            fr="L'agrandissement n'atteint pas le cisaillement : il agit avant lui, sur les deux écarts.",
            en="The enlargement does not reach the shear: it should act before it, on both "
            "offsets.",
        ),
        deviation(
            "inverse",
            given="inverse",
            fr="C'est la matrice inverse : on demande celle qui mène de l'image au résultat.",
            en="This is the inverse matrix: the one that leads from the image to the result is asked for.",
        ),
        deviation(
            "transposed",
            given="transposed",
            fr="La matrice est transposée.",
            en="The matrix is transposed.",
        ),
        deviation(
            "columns_before_rows",
            given="columns first",
            fr="La matrice est celle des vecteurs (colonnes, lignes) : ici ils s'écrivent (lignes, "
            "colonnes).",
            en="The matrix is that of vectors (columns, rows): here they are written (rows, columns).",
        ),
    ],
)
def moving_matrix(
    angle,
    zoom,
    shear,
    *,
    unit="degrees",
    turned="counter-clockwise",
    sheared="columns",
    order="rotated last",
    enlarged="times",
    given="itself",
):
    radians = angle if unit == "radians" else np.deg2rad(angle)
    radians = {"clockwise": -radians, "not": 0.0}.get(turned, radians)
    sine, cosine = np.sin(radians), np.cos(radians)
    if turned == "exchanged":
        sine, cosine = cosine, sine
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    below = {"rows": 0.0, "not": 0.0, "backwards": -shear}.get(sheared, shear)
    beside = shear if sheared in ("rows", "both") else 0.0
    sheared_only = np.array([[1.0, beside], [below, 1.0]])
    if enlarged == "diagonal":
        sheared_only = np.array([[zoom, beside], [below, zoom]])
    if order == "entry by entry":
        product = rotation * sheared_only
    else:
        product = rotation @ sheared_only if order == "rotated last" else sheared_only @ rotation
    if enlarged == "rows":
        product = product @ np.diag([zoom, 1.0])
    elif enlarged != "diagonal":
        product = product * {"divided": 1 / zoom, "not": 1.0}.get(enlarged, zoom)
    if given == "inverse":
        return np.linalg.inv(product)
    return {"transposed": product.T, "columns first": product[::-1, ::-1]}.get(given, product)


# --- affine ----------------------------------------------------------------------------------


@family(
    of="affine",
    deviations=[
        deviation(
            "forward_instead_of_inverse",
            applied="matrix",
            fr="La matrice est appliquée telle quelle à la position du résultat : pour savoir d'où vient "
            "un pixel, il faut son inverse.",
            en="The matrix is applied as it is to the position in the result: to know where a pixel "
            "comes from, its inverse is needed.",
        ),
        deviation(
            "transposed",
            applied="transposed inverse",
            fr="C'est la transposée de l'inverse qui est appliquée : ``x @ a`` multiplie une ligne par "
            "la gauche. Pour des positions rangées en lignes, écrivez ``positions @ inverse.T``.",
            en="The transpose of the inverse is applied: ``x @ a`` multiplies a row from the left. For "
            "positions laid out in rows write ``positions @ inverse.T``.",
        ),
        deviation(
            "forward_and_transposed",
            applied="transposed matrix",
            fr="C'est la transposée de la matrice qui est appliquée à la position du résultat : pour "
            "savoir d'où vient un pixel, il faut l'inverse.",
            en="The transpose of the matrix is applied to the position in the result: to know where a "
            "pixel comes from, the inverse is needed.",
        ),
        deviation(
            "columns_before_rows",
            positions="columns first",
            fr="La matrice reçoit (colonne, ligne) : une position est (ligne, colonne).",
            en="The matrix is given (column, row): a position should be (row, column).",
        ),
        deviation(
            "about_the_corner",
            centre="corner",
            fr="Le mouvement se fait autour du coin (0, 0) : retranchez le centre, puis rajoutez-le.",
            en="The movement is about the corner (0, 0): subtract the centre, then add it again.",
        ),
        deviation(
            "centre_half_a_pixel_off",
            centre="half the size",
            fr="Le centre est à (hauteur / 2, largeur / 2) : entre les pixels 0 et n - 1, c'est (n - 1) / 2.",
            en="The centre is at (height / 2, width / 2): between the pixels 0 and n - 1 it is (n - 1) / 2.",
        ),
        deviation(
            "centre_on_a_pixel",
            centre="rounded down",
            fr="Le centre est arrondi vers le bas : pour un nombre pair de pixels il tombe entre deux "
            "d'entre eux.",
            en="The centre is rounded down: for an even number of pixels it lies between two of them.",
        ),
        deviation(
            "centre_on_the_next_pixel",
            centre="rounded up",
            fr="Le centre est n // 2 : pour un nombre pair de pixels il tombe entre deux d'entre eux.",
            en="The centre is n // 2: for an even number of pixels it lies between two of them.",
        ),
        deviation(
            "centre_exchanged",
            centre="exchanged",
            fr="Le centre est pris à (largeur, hauteur) : une position est (ligne, colonne).",
            en="The centre is taken from (width, height): a position is (row, column).",
        ),
        deviation(
            "centre_not_added_again",
            centre="not added again",
            fr="Le centre est retranché, mais pas rajouté.",
            en="The centre is subtracted, but not added again.",
        ),
        deviation(
            "nearest_pixel",
            blended="nearest",
            fr="C'est le pixel le plus proche, sans interpolation : mêlez les quatre voisins.",
            en="This is the nearest pixel, without interpolation: blend the four neighbours.",
        ),
        deviation(
            "upper_left_pixel",
            blended="upper left",
            fr="C'est le pixel en haut à gauche, sans interpolation : mêlez les quatre voisins.",
            en="This is the pixel up and to the left, without interpolation: blend the four neighbours.",
        ),
        deviation(
            "weights_exchanged",
            blended="exchanged",
            fr="Les poids de l'interpolation sont échangés : plus on est près d'un pixel, plus il compte.",
            en="The weights of the interpolation are exchanged: the nearer a pixel, the more it counts.",
        ),
        deviation(
            "plain_mean",
            blended="alike",
            fr="Les quatre voisins comptent autant : plus on est près d'un pixel, plus il compte.",
            en="The four neighbours count alike: the nearer a pixel, the more it counts.",
        ),
        deviation(
            "zeros_outside",
            outside="zeros",
            fr="Hors de l'image vous mettez des zéros : ramenez la position dans l'image.",
            en="Outside the image you put zeros: bring the position back into the image.",
        ),
        deviation(
            "wrapped_around",
            outside="wrapped",
            fr="Hors de l'image on rentre de l'autre côté : ramenez la position dans l'image.",
            en="Outside the image one comes in on the other side: bring the position back into the image.",
        ),
    ],
)
def resampled(
    image,
    matrix,
    *,
    applied="inverse",
    positions="rows first",
    centre="middle",
    blended="by distance",
    outside="nearest",
):
    xp = _library(image)
    size = np.array(image.shape[:2])
    middle = {
        "corner": 0 * size,
        "half the size": size / 2,
        "rounded down": (size - 1) // 2,
        "rounded up": size // 2,
        "exchanged": (size[::-1] - 1) / 2,
    }.get(centre, (size - 1) / 2)
    again = 0 * middle if centre == "not added again" else middle
    matrix = matrix[::-1, ::-1] if positions == "columns first" else matrix
    back = xp.linalg.inv(matrix)
    used = {
        "matrix": matrix,
        "transposed inverse": back.T,
        "transposed matrix": matrix.T,
    }.get(applied, back)
    grid = np.stack(np.meshgrid(*map(np.arange, size), indexing="ij"), axis=-1)
    source = (grid - middle) @ used.T + again
    kept = ((source > -1e-4) & (source < size - 1 + 1e-4)).all(axis=-1)[..., None]
    source = source % size if outside == "wrapped" else xp.clip(source, 0, size - 1)
    if blended == "nearest":
        row, column = xp.moveaxis(xp.round(source).astype(int), -1, 0)
        found = image[xp.clip(row, 0, size[0] - 1), xp.clip(column, 0, size[1] - 1)]
    else:
        found = _blended(xp, image, source, size, blended, wrapped=outside == "wrapped")
    return xp.where(kept, found, 0 * found) if outside == "zeros" else found


def _blended(xp, image, source, size, blended, wrapped):
    low = xp.floor(source).astype(int)
    high = (low + 1) % size if wrapped else xp.minimum(low + 1, size - 1)
    part = (source - low)[..., None, :]
    part = {"exchanged": 1 - part, "alike": 0.5 + 0 * part, "upper left": 0 * part}.get(
        blended, part
    )
    (top, left), (bottom, right) = (xp.moveaxis(corner, -1, 0) for corner in (low, high))
    below, beside = part[..., 0], part[..., 1]
    upper = (1 - beside) * image[top, left] + beside * image[top, right]
    lower = (1 - beside) * image[bottom, left] + beside * image[bottom, right]
    return (1 - below) * upper + below * lower


# --- worth_it --------------------------------------------------------------------------------


@family(
    of="worth_it",
    deviations=[
        deviation(
            "sign_alone",
            errors=0,
            fr="Le signe de la moyenne décide seul : une différence plus petite que le hasard ne dit "
            "rien.",
            en="The sign of the mean alone decides: a difference smaller than chance says nothing.",
        ),
        deviation(
            "one_standard_error",
            errors=1,
            fr="Une seule erreur type suffit ici : l'énoncé en demande deux.",
            en="One standard error is enough here: two are asked for.",
        ),
        deviation(
            "three_standard_errors",
            errors=3,
            fr="Il faut ici trois erreurs types : l'énoncé en demande deux.",
            en="Three standard errors are needed here: two are asked for.",
        ),
        deviation(
            "difference_inverted",
            difference="without minus with",
            fr="La différence est prise à l'envers : avec moins sans.",
            en="The difference is taken the other way round: with minus without.",
        ),
        deviation(
            "not_divided_by_the_root",
            error="of one",
            fr="L'écart type n'est pas divisé par la racine de n : c'est l'incertitude d'une mesure, pas "
            "de leur moyenne.",
            en="The standard deviation is not divided by the root of n: that is the uncertainty of one "
            "measurement, not of their mean.",
        ),
        deviation(
            "divided_by_the_number",
            error="by the number",
            fr="L'écart type est divisé par n : par sa racine, pour la moyenne de n mesures.",
            en="The standard deviation is divided by n: by its root, for the mean of n measurements.",
        ),
        deviation(
            "variance_for_deviation",
            error="variance",
            fr="C'est la variance qui est prise pour l'écart type : il en manque la racine.",
            en="The variance is taken for the standard deviation: its root is missing.",
        ),
        deviation(
            "divided_by_n",
            freedom=0,
            fr="L'écart type divise par n : avec si peu de graines il est trop petit, divisez par n - 1 "
            "(ddof=1).",
            en="The standard deviation divides by n: with so few seeds it is too small, divide by n - 1 "
            "(ddof=1).",
        ),
        deviation(
            "not_paired",
            spread="of both",
            fr="Les deux colonnes sont traitées comme des mesures sans lien : la même graine les "
            "apparie, prenez l'écart type des différences.",
            en="The two columns are treated as unrelated measurements: the same seed pairs them, take "
            "the standard deviation of the differences.",
        ),
        deviation(
            "spread_of_one_column",
            spread="of the augmented",
            fr="L'écart type est celui d'une colonne : prenez celui des différences.",
            en="The standard deviation is that of one column: take that of the differences.",
        ),
        deviation(
            "never_no",
            answers="yes or unclear",
            fr="La réponse « no » manque : l'augmentation peut aussi nuire.",
            en='The answer "no" is missing: augmentation may also do harm.',
        ),
        deviation(
            "never_unclear",
            answers="yes or no",
            fr="La réponse « unclear » manque : ne pas pouvoir dire oui n'est pas pouvoir dire non.",
            en='The answer "unclear" is missing: not to be able to say yes is not to be able to say no.',
        ),
        deviation(
            "either_sign",
            answers="of the size",
            fr="Une nette baisse donne « yes » aussi : le signe de la moyenne compte.",
            en='A clear loss gives "yes", too: the sign of the mean counts.',
        ),
    ],
)
def verdict(
    plain,
    augmented,
    *,
    errors=2,
    difference="with minus without",
    error="of the mean",
    freedom=1,
    spread="of the differences",
    answers="three",
):
    differences = augmented - plain if difference == "with minus without" else plain - augmented
    variance = {
        "of both": plain.var(ddof=freedom) + augmented.var(ddof=freedom),
        "of the augmented": augmented.var(ddof=freedom),
    }.get(spread, differences.var(ddof=freedom))
    deviating = variance if error == "variance" else np.sqrt(variance)
    number = {"of one": 1, "by the number": len(plain)}.get(error, np.sqrt(len(plain)))
    mean, bound = differences.mean(), errors * deviating / number
    if answers == "of the size":
        mean = abs(mean)
    if mean > bound:
        return "yes"
    if answers == "yes or no":
        return "no"
    return "no" if -mean > bound and answers != "yes or unclear" else "unclear"
