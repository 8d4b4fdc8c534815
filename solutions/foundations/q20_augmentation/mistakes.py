"""Known mistakes of question 20."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="flip",
    deviations=[
        deviation(
            "upside_down",
            axes=(1,),
            fr="Haut et bas sont échangés : dans un lot, l'axe 1 est la hauteur et l'axe 2 la largeur.",
            en="Top and bottom are exchanged: in a batch axis 1 is the height and axis 2 the width.",
        ),
        deviation(
            "half_a_turn",
            axes=(1, 2),
            fr="Les lignes sont retournées aussi : c'est un demi-tour, et non un reflet.",
            en="The rows are reversed as well: that is half a turn, not a mirror image.",
        ),
        deviation(
            "colours_reversed",
            axes=(3,),
            fr="Ce sont les canaux qui sont retournés.",
            en="It is the channels that are reversed.",
        ),
        deviation(
            "colours_too",
            axes=(2, 3),
            fr="Les canaux sont retournés avec les colonnes : les couleurs ne changent pas dans un miroir.",
            en="The channels are reversed with the columns: colours do not change in a mirror.",
        ),
        deviation(
            "whole_batch",
            which="all",
            fr="Tout le lot est retourné : seules les images choisies doivent l'être.",
            en="The whole batch is mirrored: only the chosen images should be.",
        ),
        deviation(
            "the_others",
            which="others",
            fr="Ce sont les autres images qui sont retournées.",
            en="It is the other images that are mirrored.",
        ),
        deviation(
            "first_decides",
            which="first",
            fr="La première valeur de `chosen` décide pour toutes les images.",
            en="The first value of `chosen` decides for all images.",
        ),
        deviation(
            "the_others_left_out",
            which="alone",
            fr="Seules les images choisies sont rendues : les autres restent dans le lot, telles quelles.",
            en="Only the chosen images are returned: the others stay in the batch, as they are.",
        ),
    ],
)
def mirrored(images, chosen, *, axes=(2,), which="chosen"):
    if which == "alone":
        return np.flip(images, axes)[chosen]
    picked = {"all": chosen | True, "others": ~chosen, "first": chosen[:1] | (chosen & False)}
    place = picked.get(which, chosen)[:, None, None, None]
    return np.where(place, np.flip(images, axes), images)


@family(
    of="crop",
    deviations=[
        deviation(
            "counted_from_the_image",
            start="image",
            fr="`top` et `left` sont comptés dans l'image d'origine : c'est dans l'image agrandie, où 0 montre "
            "les zéros.",
            en="`top` and `left` are counted in the image as it came: they should be counted in "
            "the enlarged one, where 0 shows the zeros.",
        ),
        deviation(
            "from_the_end",
            start="end",
            fr="Le coin est compté depuis la fin de l'image agrandie.",
            en="The corner is counted from the end of the enlarged image.",
        ),
        deviation(
            "rows_and_columns_exchanged",
            exchanged=True,
            fr="`top` et `left` sont échangés : `top` concerne les lignes.",
            en="`top` and `left` are exchanged: `top` is about the rows.",
        ),
        deviation(
            "edge_repeated",
            mode="edge",
            fr="Le bord est répété autour de l'image : ce sont des zéros.",
            en="The border is repeated around the image: it should be zeros.",
        ),
        deviation(
            "wrapped_around",
            mode="wrap",
            fr="Ce qui sort d'un côté rentre de l'autre : ce sont des zéros.",
            en="What leaves on one side comes back on the other: it should be zeros.",
        ),
        deviation(
            "padding_kept",
            size="large",
            fr="L'image garde ses zéros : elle est recoupée à sa taille d'origine.",
            en="The image keeps its zeros: it should be cut to its former size.",
        ),
        deviation(
            "not_cut_to_size",
            size="rest",
            fr="Seul le début est coupé : on garde `height` lignes et `width` colonnes.",
            en="Only the beginning is cut off: `height` rows and `width` columns are kept.",
        ),
        deviation(
            "square",
            size="square",
            fr="La hauteur sert aussi pour la largeur : une image n'est pas toujours carrée.",
            en="The height serves for the width too: an image is not always square.",
        ),
    ],
)
def cropped(
    image, top, left, padding, *, start="large", exchanged=False, mode="constant", size="own"
):
    top, left = (left, top) if exchanged else (top, left)
    height, width, _ = image.shape
    wide = (padding, padding)
    large = np.pad(image, (wide, wide, (0, 0)), mode=mode)
    if start == "image":
        large = np.pad(large, ((0, padding), (0, padding), (0, 0)))
        top, left = top + padding, left + padding
    if start == "end":
        top, left = 2 * padding - top, 2 * padding - left
    if size == "large":
        return large
    if size == "rest":
        return large[top:, left:]
    return large[top : top + height, left : left + (height if size == "square" else width)]


@family(
    of="add_noise",
    deviations=[
        deviation(
            "not_brought_back",
            bounds="none",
            fr="Des valeurs sortent de l'intervalle de 0 à 1 : ramenez-les (`np.clip`).",
            en="Some values lie outside 0 to 1: bring them back (`np.clip`).",
        ),
        deviation(
            "wrapped_around",
            bounds="wrapped",
            fr="Ce qui dépasse 1 recommence à 0 : il doit devenir 1.",
            en="What exceeds 1 starts again from 0: it should become 1.",
        ),
        deviation(
            "stretched",
            bounds="stretched",
            fr="L'image est étirée pour tenir entre 0 et 1 : seul ce qui dépasse est ramené.",
            en="The image is stretched to fit between 0 and 1: only what exceeds is brought back.",
        ),
        deviation(
            "noise_alone_brought_back",
            bounds="noise",
            fr="Seul le bruit est ramené entre 0 et 1 : c'est l'image bruitée qui doit l'être.",
            en="Only the noise is brought between 0 and 1: it is the noisy image that should be.",
        ),
        deviation(
            "strength_forgotten",
            strong="ignored",
            fr="`strength` n'intervient pas.",
            en="`strength` plays no part.",
        ),
        deviation(
            "multiplied",
            strong="multiplied",
            fr="Le bruit multiplie l'image : il s'ajoute.",
            en="The noise multiplies the image: it should be added.",
        ),
        deviation(
            "noise_taken_away",
            strong="negative",
            fr="Le bruit est ôté : il s'ajoute.",
            en="The noise is taken away: it should be added.",
        ),
        deviation(
            "only_below",
            bounds="below",
            fr="Ce qui passe sous 0 devient 0, mais ce qui dépasse 1 reste : ramenez des deux côtés (`np.clip`).",
            en="What falls below 0 becomes 0, but what exceeds 1 stays: bring back on both sides (`np.clip`).",
        ),
        deviation(
            "only_above",
            bounds="above",
            fr="Ce qui dépasse 1 devient 1, mais ce qui passe sous 0 reste : ramenez des deux côtés (`np.clip`).",
            en="What exceeds 1 becomes 1, but what falls below 0 stays: bring back on both sides (`np.clip`).",
        ),
        deviation(
            "strong_noise_alone_brought_back",
            bounds="strong noise",
            fr="Seul `strength` · `noise` est ramené entre 0 et 1 : c'est l'image bruitée qui doit l'être.",
            en="Only `strength` · `noise` is brought back between 0 and 1: it is the noisy image that should be.",
        ),
    ],
)
def noisy(image, noise, strength, *, bounds="clipped", strong="added"):
    strength = {"ignored": 1, "negative": -strength}.get(strong, strength)
    added = strength * (np.clip(noise, 0, 1) if bounds == "noise" else noise)
    added = np.clip(added, 0, 1) if bounds == "strong noise" else added
    found = image * (1 + added) if strong == "multiplied" else image + added
    if bounds == "stretched":
        return (found - found.min()) / (found.max() - found.min())
    return {
        "none": found,
        "wrapped": found % 1,
        "noise": found,
        "strong noise": found,
        "below": np.maximum(found, 0),
        "above": np.minimum(found, 1),
    }.get(bounds, np.clip(found, 0, 1))


@family(
    of="augment",
    deviations=[
        deviation(
            "mirrored_otherwise",
            below=False,
            fr="L'image est retournée quand le premier nombre est au moins 0,5 : c'est quand il est inférieur.",
            en="The image is mirrored where the first number is at least 0.5: it should be where it is below.",
        ),
        deviation(
            "never_mirrored",
            below=None,
            fr="L'image n'est jamais retournée.",
            en="The image is never mirrored.",
        ),
        deviation(
            "one_number_for_both",
            places="one",
            fr="Un seul nombre sert pour `top` et `left` : il en faut deux.",
            en="A single number serves for `top` and `left`: two are needed.",
        ),
        deviation(
            "last_place_never_drawn",
            places="one less",
            fr="Le décalage 2 · padding n'est jamais tiré : la borne supérieure de `integers` est exclue.",
            en="The offset 2 · padding is never drawn: the upper bound of `integers` is excluded.",
        ),
        deviation(
            "half_the_places",
            places="half",
            fr="Les décalages s'arrêtent à `padding` : l'image ne va alors que d'un côté.",
            en="The offsets only go up to `padding`: the image then moves to one side only.",
        ),
        deviation(
            "order_of_the_draws",
            order="noise first",
            fr="Le bruit est tiré avant le décalage : l'ordre des tirages change tous les nombres.",
            en="The noise is drawn before the offset: the order of the draws changes all numbers.",
        ),
        deviation(
            "new_generator_each_time",
            order="anew",
            fr="Le générateur est refait avant chaque tirage : ils commencent alors tous par les mêmes nombres. Il "
            "n'en faut qu'un.",
            en="The generator is made anew before each draw, so that all start with the same numbers. A single one "
            "is needed.",
        ),
        deviation(
            "key_ignored",
            keyed=False,
            fr="La clé ne sert pas : toutes donnent la même image.",
            en="The key is not used: all keys give the same image.",
        ),
        deviation(
            "mirrored_last",
            steps="crop first",
            fr="L'image est recoupée avant d'être retournée : le reflet vient d'abord, et le décalage compte ensuite "
            "de gauche à droite.",
            en="The image is cropped before it is mirrored: the mirroring comes first, and the offset then counts from "
            "left to right.",
        ),
        deviation(
            "noise_before_cropping",
            steps="noise first",
            fr="Le bruit est ajouté avant de recouper : il bougerait avec l'image, et manquerait dans les zéros. Il "
            "vient en dernier.",
            en="The noise is added before cropping: it would move with the image, and be missing in the zeros. It "
            "comes last.",
        ),
        deviation(
            "uniform_noise",
            drawn="uniform",
            fr="Le bruit est uniforme : on demande une loi normale (`normal`).",
            en="The noise is uniform: a normal one is asked for (`normal`).",
        ),
    ],
)
def by_chance(
    image,
    key,
    padding,
    strength,
    *,
    below=True,
    places="two",
    order="offset first",
    keyed=True,
    drawn="normal",
    steps="right",
):
    key = key if keyed else 0
    rng = np.random.default_rng(key)
    again = (lambda: np.random.default_rng(key)) if order == "anew" else (lambda: rng)
    chosen = below is not None and (again().random() < 0.5) == below
    if below is None:
        again().random()
    noise = again().normal(size=image.shape) if order == "noise first" else None
    most = {"one less": 2 * padding, "half": padding + 1}.get(places, 2 * padding + 1)
    top, left = again().integers(0, most, 2) if places != "one" else [again().integers(0, most)] * 2
    if noise is None:
        draw = again()
        noise = draw.random(image.shape) if drawn == "uniform" else draw.normal(size=image.shape)
    place = int(top), int(left), padding
    if steps == "crop first":
        image = solution.crop(image, *place)
    image = image[:, ::-1] if chosen else image
    if steps == "noise first":
        return solution.crop(solution.add_noise(image, noise, strength), *place)
    image = image if steps == "crop first" else solution.crop(image, *place)
    return solution.add_noise(image, noise, strength)


@family(
    of="augment_batch",
    deviations=[
        deviation(
            "same_for_all",
            keys="same",
            fr="Toutes les images reçoivent la même clé, donc le même reflet, le même décalage et le même bruit.",
            en="All images get the same key, hence the same mirroring, the same offset and the same noise.",
        ),
        deviation(
            "numbers_alone",
            keys="numbers",
            fr="`key` n'intervient pas : chaque lot serait modifié de la même façon.",
            en="`key` plays no part: every batch would be changed in the same way.",
        ),
        deviation(
            "keys_added",
            keys="added",
            fr="La clé est key + n : deux lots de clés voisines partageraient leur hasard. C'est [key, n].",
            en="The key is key + n: two batches of neighbouring keys would share their chance. It is [key, n].",
        ),
        deviation(
            "numbered_from_one",
            keys="from one",
            fr="Les images sont numérotées à partir de 1 : c'est à partir de 0.",
            en="The images are numbered from 1: it should be from 0.",
        ),
        deviation(
            "order_of_the_key",
            keys="exchanged",
            fr="La clé est [n, key] : c'est [key, n].",
            en="The key is [n, key]: it should be [key, n].",
        ),
        deviation(
            "first_image_only",
            which="first",
            fr="Seule la première image est modifiée.",
            en="Only the first image is changed.",
        ),
    ],
)
def batch_by_chance(images, key, padding, strength, *, keys="right", which="all"):
    found = []
    for n, image in enumerate(images):
        rules = {
            "same": key,
            "numbers": n,
            "added": key + n,
            "from one": [key, n + 1],
            "exchanged": [n, key],
        }
        changed = solution.augment(image, rules.get(keys, [key, n]), padding, strength)
        found.append(image if which == "first" and n else changed)
    return np.stack(found)
