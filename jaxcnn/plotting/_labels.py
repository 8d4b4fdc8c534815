"""The words in figures, in French and in English, side by side; and numbers as each language writes them."""

import re
from typing import Any, Literal, get_args

__all__ = ["LANGUAGES", "Language", "check_language", "label", "number", "write_ticks"]

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def check_language(language: str) -> Language:
    """The language, if it is one that figures speak.

    Raises:
        ValueError: It is none.
    """
    for known in LANGUAGES:
        if language == known:
            return known
    raise ValueError(f"language (={language!r}) must be one of {', '.join(map(repr, LANGUAGES))}")


_FRENCH_SPACE = re.compile(r"(?<=«) | (?=[»:;?!%])")


def label(key: str, language: str, /, **facts: object) -> str:
    """A text of the table, its places filled by ``facts``.

    Raises:
        ValueError: The language is not known.
    """
    french, english = _LABELS[key]
    if check_language(language) == "en":
        return english.format(**facts)
    return _FRENCH_SPACE.sub("\u00a0", french).format(**facts)


def number(value: float, language: str, digits: int = 0) -> str:
    """A number with so many decimals: 1,234.5 in English, 1 234,5 in French; minus as a true minus.

    >>> number(-150528, "en"), number(1.25, "fr", 2)
    ('−150,528', '1,25')
    """
    rounded = round(float(value), digits) + 0.0  # the sum is no minus zero
    text = f"{rounded:,.{digits}f}".replace("-", "\u2212")
    if check_language(language) == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return text


def write_ticks(axis: Any, language: str) -> None:
    """Gives an axis of matplotlib the decimal comma, where the language has one."""
    if check_language(language) == "fr":
        axis.set_major_formatter(
            lambda value, place: f"{value:g}".replace(".", ",").replace("-", "\u2212")
        )


_LABELS: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------ titles, one for each figure
    "image_sizes": (
        "La même image à 224, 64 et 28 pixels, et ce qui se perd",
        "The same image at 224, 64 and 28 pixels, and what is lost",
    ),
    "dense_weights": (
        "Les poids d'une couche dense et d'une convolution selon la taille de l'image",
        "Weights of a dense layer and of a convolution as the image grows",
    ),
    "cross_correlation": (
        "Corrélation croisée et convolution vraie",
        "Cross-correlation and true convolution",
    ),
    "sliding_kernel": (
        "Le même noyau glisse sur l'image",
        "The same kernel slides over the image",
    ),
    "paddings": (
        "Les quatre complétions : valid, same, full, causal",
        "The four paddings: valid, same, full, causal",
    ),
    "padding_modes": (
        "Ce que contiennent les pixels ajoutés",
        "What the added pixels hold",
    ),
    "strides": ("Le pas : 1, 2 ou 3", "Stride: 1, 2 or 3"),
    "dilations": ("La dilatation : 1, 2 ou 3", "Dilation: 1, 2 or 3"),
    "channels_and_filters": (
        "Un filtre est aussi profond que son entrée, et donne une carte",
        "A filter is as deep as its input, and gives one map",
    ),
    "channel_groups": (
        "Les canaux que lit chaque filtre : un groupe, deux, ou un par canal",
        "The channels that each filter reads: one group, two, or one for each channel",
    ),
    "photo_channels": ("Les trois canaux d'une photographie", "The three channels of a photograph"),
    "smoothed_walk": (
        "Une marche aléatoire lissée par une gaussienne de 5 coefficients",
        "A random walk smoothed by a Gaussian of 5 taps",
    ),
    "blurred_photo": (
        "Une photographie floutée par une gaussienne de 9 × 9",
        "A photograph blurred by a Gaussian of 9 × 9",
    ),
    "step_filter": (
        "La réponse d'un filtre en créneaux suit le signal qui glisse",
        "The response of a step filter slides with the signal",
    ),
    "pixel_visits": (
        "Combien de fenêtres voient chaque pixel",
        "How many windows see each pixel",
    ),
    "pooling_example": (
        "Pooling 2 × 2 de la matrice de 1 à 16 : maximum et moyenne",
        "2 × 2 pooling of the matrix 1 to 16: maximum and average",
    ),
    "pooling_and_shifts": (
        "Ce qu'un décalage change à une carte après pooling",
        "What a shift changes in a pooled map",
    ),
    "receptive_fields": (
        "Le champ réceptif de VGG16, bloc après bloc : théorique et effectif",
        "VGG16's receptive field, block by block: theoretical and effective",
    ),
    "lenet_drawing": ("LeNet, dessiné", "LeNet, drawn"),
    "lenet_table": ("LeNet, en tableau", "LeNet, as a table"),
    "vgg_pyramid": (
        "La pyramide de VGG16 : les cartes rétrécissent, les canaux se multiplient",
        "VGG16's pyramid: maps shrink, channels grow",
    ),
    "trained_filters": (
        "Les filtres de la première couche d'un réseau entraîné",
        "The filters of the first layer of a trained network",
    ),
    "feature_maps": (
        "Les cartes d'un réseau entraîné, couche après couche",
        "The feature maps of a trained network, layer by layer",
    ),
    "learning_curves": (
        "Perte et justesse d'un entraînement",
        "Loss and accuracy over a training",
    ),
    "augmentation_sheet": (
        "Toutes les augmentations d'une photographie",
        "Every augmentation of one photograph",
    ),
    "score_map": (
        "La carte de scores d'un réseau entièrement convolutif",
        "The score map of a fully convolutional network",
    ),
    # ------------------------------------------------------------------ words that several figures share
    "image": ("image", "image"),
    "kernel": ("noyau", "kernel"),
    "map": ("carte", "map"),
    "photo": ("Photographie : {author}, {licence}", "Photograph: {author}, {licence}"),
    # ------------------------------------------------------------------ sizes
    "side": ("{side} × {side} × 3 : {inputs} nombres", "{side} × {side} × 3: {inputs} numbers"),
    "lost": ("écart quadratique moyen : {rms} / 255", "RMS error: {rms} / 255"),
    "detail": ("détail", "detail"),
    "image_side": ("côté de l'image (pixels)", "side of the image (pixels)"),
    "weights": ("poids", "weights"),
    "weight": ("poids", "weight"),
    "dense_line": ("couche dense, {units} neurones", "dense layer, {units} units"),
    "conv_line": (
        "convolution, {filters} filtres de {kernel} × {kernel} × 3",
        "convolution, {filters} filters of {kernel} × {kernel} × 3",
    ),
    # ------------------------------------------------------------------ convolution
    "correlation_rule": ("corrélation croisée", "cross-correlation"),
    "convolution_rule": ("convolution vraie", "true convolution"),
    "flipped_kernel": ("noyau retourné", "flipped kernel"),
    "window": ("fenêtre", "window"),
    "products": ("produits", "products"),
    "sum": ("somme : {value}", "sum: {value}"),
    "padding_row": (
        "{name} : {low} avant, {high} après → {size} sorties",
        "{name}: {low} before, {high} after → {size} outputs",
    ),
    "stride_row": (
        "pas {stride} : ⌊(7 − 3) / {stride}⌋ + 1 → {size} sorties",
        "stride {stride}: ⌊(7 − 3) / {stride}⌋ + 1 → {size} outputs",
    ),
    "never_seen": ("jamais vu", "never seen"),
    "dilation_title": (
        "dilatation {dilation} : étendue {span}",
        "dilation {dilation}: span {span}",
    ),
    "input_volume": ("entrée\n{shape}", "input\n{shape}"),
    "filters_volume": ("{number} filtres\n{shape}", "{number} filters\n{shape}"),
    "maps_volume": ("{number} cartes\n{shape}", "{number} maps\n{shape}"),
    "filter_weights": (
        "{filters} × ({kernel} × {kernel} × {channels} poids + 1 biais) = {parameters} paramètres",
        "{filters} × ({kernel} × {kernel} × {channels} weights + 1 bias) = {parameters} parameters",
    ),
    "channels": ("canaux", "channels"),
    "filters": ("filtres", "filters"),
    "one_group": ("un groupe : {weights} poids", "one group: {weights} weights"),
    "several_groups": ("{groups} groupes : {weights} poids", "{groups} groups: {weights} weights"),
    "red": ("rouge", "red"),
    "green": ("vert", "green"),
    "blue": ("bleu", "blue"),
    "colours": ("couleurs", "colours"),
    # ------------------------------------------------------------------ smoothing, equivariance
    "walk": ("marche aléatoire", "random walk"),
    "smoothed": ("lissée", "smoothed"),
    "step": ("étape", "step"),
    "gaussian": ("gaussienne, σ = {sigma}", "Gaussian, σ = {sigma}"),
    "blurred": ("somme des canaux,\nfloutée ({mode})", "sum of the channels,\nblurred ({mode})"),
    "signal": ("signal", "signal"),
    "filter": ("filtre", "filter"),
    "response": ("réponse", "response"),
    "sample": ("échantillon", "sample"),
    # ------------------------------------------------------------------ pooling
    "maximum": ("maximum", "maximum"),
    "average": ("moyenne", "average"),
    "visits": ("{name} : {size} × {size} sorties", "{name}: {size} × {size} outputs"),
    "shifted": ("décalée de {shift}", "shifted by {shift}"),
    "not_shifted": ("l'image", "the image"),
    "changed": ("change de {share} %", "changes by {share} %"),
    "pooled": ("après max {window} × {window}", "after max {window} × {window}"),
    # ------------------------------------------------------------------ receptive field
    "fields": (
        "trait plein : champ théorique ; tirets : le carré qui porte 95 % du gradient au carré",
        "solid: theoretical field; dashed: the square that holds 95 % of the squared gradient",
    ),
    "first_convolution": ("1re convolution", "1st convolution"),
    "block": ("bloc {block}", "block {block}"),
    "field": (
        "{name} : {size} pixels (95 % : {effective})",
        "{name}: {size} pixels (95 %: {effective})",
    ),
    # ------------------------------------------------------------------ networks
    "input": ("entrée", "input"),
    "flatten": ("mise à plat", "flatten"),
    "dense": ("dense", "dense"),
    "layer": ("Couche", "Layer"),
    "output_size": ("Taille de sortie", "Output size"),
    "weight_size": ("Taille des poids", "Weight size"),
    "input_row": ("Entrée", "Input"),
    "convolutions": ("{number} conv", "{number} conv"),
    "layer_maps": (
        "{layer}\n{size} × {size}, {number} canaux",
        "{layer}\n{size} × {size}, {number} channels",
    ),
    "channel": ("canal {channel}", "channel {channel}"),
    "block_maps": ("bloc {block} : {size} × {size}", "block {block}: {size} × {size}"),
    # ------------------------------------------------------------------ training
    "epoch": ("époque", "epoch"),
    "loss": ("perte", "loss"),
    "accuracy": ("justesse", "accuracy"),
    "training": ("entraînement", "training"),
    "validation": ("validation", "validation"),
    "up_to": ("{name}, jusqu'à {share} %", "{name}, up to {share} %"),
    "probability": ("probabilité", "probability"),
    "t-shirt": ("t-shirt", "t-shirt"),
    "trousers": ("pantalon", "trousers"),
    "dress": ("robe", "dress"),
    "sandal": ("sandale", "sandal"),
    "shirt": ("chemise", "shirt"),
    "sneaker": ("basket", "sneaker"),
    "bag": ("sac", "bag"),
    "ankle boot": ("bottine", "ankle boot"),
    # ------------------------------------------------------------------ augmentation
    "the_photograph": ("la photographie", "the photograph"),
    "flip": ("symétrie", "flip"),
    "shift": ("translation", "shift"),
    "shear": ("cisaillement", "shear"),
    "zoom": ("zoom", "zoom"),
    "rotate": ("rotation", "rotate"),
    "crop": ("rognage", "crop"),
    "cutout": ("cutout", "cutout"),
    "brightness": ("luminosité", "brightness"),
    "contrast": ("contraste", "contrast"),
    "mixup": ("mixup", "mixup"),
    "cutmix": ("cutmix", "cutmix"),
    "course_augmentation": ("celles du cours", "the course's"),
}
