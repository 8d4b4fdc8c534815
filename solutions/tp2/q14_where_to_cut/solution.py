"""FR: Question 14, où couper le réseau ?

Les images sont des tableaux NumPy (nombre, hauteur, largeur, canaux). ``model`` est un réseau de
``jaxcnn.models`` en mode évaluation. Ses couches ont des noms en deux parties, "features.layer2"
ou "classifier.pool", et ``jaxcnn.models.intermediates(model, images, names)`` calcule ce qui en
sort : un dictionnaire nom -> tableau. Couper en une couche, c'est garder tout jusqu'à elle, elle
comprise.

EN: Question 14, where to cut the network.

Images are NumPy arrays (number, height, width, channels). ``model`` is a network of
``jaxcnn.models`` in evaluation mode. Its layers have names in two parts, "features.layer2" or
"classifier.pool", and ``jaxcnn.models.intermediates(model, images, names)`` computes what comes out
of them: a dictionary name -> array. To cut at a layer is to keep everything up to it, that layer
included.
"""

from functools import partial
from typing import Any

import jax
import numpy as np
from flax import nnx

from jaxcnn.models import intermediates

BATCH = 60  # images computed at a time
CELLS = 4  # cells of a map along each axis, in `cut_and_train`


# BEGIN SOLUTION
@partial(jax.jit, static_argnames=("graph", "names"))
def _activations(graph: Any, state: Any, x: jax.Array, names: tuple[str, ...]) -> list[jax.Array]:
    found = intermediates(nnx.merge(graph, state), x, names)
    return [found[name] for name in names]


# END SOLUTION
def activations(model: Any, names: list[str], images: np.ndarray) -> list[np.ndarray]:
    """FR: Ce qui sort des couches ``names``, calculé par lots d'au plus ``BATCH`` images.

    Renvoie une liste de tableaux, un par nom : (nombre, h, w, c), ou (nombre, f) là où il n'y a plus
    de carte. Un seul passage dans le réseau doit suffire pour tous les noms.

    EN: What comes out of the layers ``names``, computed in batches of at most ``BATCH`` images.

    Returns a list of arrays, one for each name: (number, h, w, c), or (number, f) where there is no
    map any more. A single pass through the network must do for all names.
    """
    # BEGIN SOLUTION
    graph, state = nnx.split(model)
    parts = []
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        missing = [(0, BATCH - len(batch))] + [(0, 0)] * (batch.ndim - 1)
        full = np.pad(batch, missing)  # one shape, one compilation
        found = _activations(graph, state, full, tuple(names))
        parts.append([np.asarray(layer)[: len(batch)] for layer in found])
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]
    # END SOLUTION


def pooled(maps: np.ndarray, cells: int) -> np.ndarray:
    """FR: Une carte, quelle que soit sa taille, résumée par quelques moyennes par canal.

    ``maps`` : (nombre, h, w, c). La carte est divisée en ``cells`` × ``cells`` cases : la case (i, j)
    a les lignes de i * h // cells à (i + 1) * h // cells, exclue, et de même pour les colonnes. Avec
    une seule case, c'est la moyenne globale. Renvoie (nombre, cells * cells * c) : les moyennes des
    cases, une ligne de cases après l'autre, puis canal par canal. Un tableau (nombre, f) n'a plus de
    carte : il est renvoyé tel quel.

    EN: A map of any size, summarised by a few means for each channel.

    ``maps``: (number, h, w, c). The map is divided into ``cells`` × ``cells`` cells: cell (i, j) has
    the rows from i * h // cells to (i + 1) * h // cells, excluded, and likewise for columns. With a
    single cell it is the global average. Returns (number, cells * cells * c): the means of the
    cells, one row of cells after the other, then channel by channel. An array (number, f) has no map
    any more: it is returned as it is.
    """
    # BEGIN SOLUTION
    if maps.ndim == 2:
        return maps
    height, width = maps.shape[1:3]
    rows = [slice(i * height // cells, (i + 1) * height // cells) for i in range(cells)]
    columns = [slice(j * width // cells, (j + 1) * width // cells) for j in range(cells)]
    return np.concatenate([maps[:, r, c].mean(axis=(1, 2)) for r in rows for c in columns], axis=1)
    # END SOLUTION


def standardised(known: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FR: Les caractéristiques, centrées et réduites avec les statistiques de l'entraînement.

    ``known`` : (nombre, f), les images d'entraînement ; ``new`` : (nouvelles, f). Chaque colonne de
    l'un et de l'autre perd la moyenne de la colonne de ``known``, puis est divisée par son écart
    type (``np.std``), ou laissée telle quelle s'il est nul : un neurone mort est constant. Renvoie les
    deux tableaux.

    EN: The features, centred and scaled with the statistics of the training images.

    ``known``: (number, f), the training images; ``new``: (new, f). Each column of both loses the
    mean of that column of ``known``, then is divided by its standard deviation (``np.std``), or left
    as it is where that is zero: a dead unit is constant. Returns the two arrays.
    """
    # BEGIN SOLUTION
    mean, scale = known.mean(axis=0), known.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    return (known - mean) / scale, (new - mean) / scale
    # END SOLUTION


def ridge(features: np.ndarray, labels: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """FR: Le classifieur linéaire de la sonde, sans itération.

    ``features`` : (nombre, f). ``labels`` : (nombre,), 0 ou 1, que l'on change en t = -1 ou +1.
    Renvoie les poids w, (f,), et le biais b, un flottant, qui minimisent

        somme des (features @ w + b - t)² + penalty * somme des w².

    Le biais n'est pas pénalisé : centrez d'abord ``features`` et t, déduisez-en w, puis b. ``penalty``
    est positif. Il peut y avoir beaucoup plus de caractéristiques que d'images.

    EN: The linear classifier of the probe, without iterating.

    ``features``: (number, f). ``labels``: (number,), 0 or 1, to be turned into t = -1 or +1. Returns
    the weights w, (f,), and the bias b, a float, that minimise

        sum of (features @ w + b - t)² + penalty * sum of w².

    The bias is not penalised: centre ``features`` and t first, obtain w from them, then b.
    ``penalty`` is positive. There may be many more features than images.
    """
    # BEGIN SOLUTION
    target = 2.0 * labels - 1
    mean, middle = features.mean(axis=0), target.mean()
    x = features - mean
    products = x @ x.T + penalty * np.eye(len(x))
    weights = x.T @ np.linalg.solve(products, target - middle)
    return weights, float(middle - mean @ weights)
    # END SOLUTION


def probe_curve(
    model: Any,
    names: list[str],
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    cells: int,
) -> np.ndarray:
    """FR: Part de bonnes réponses d'une sonde placée à chaque coupure.

    Pour chaque nom : les activations, résumées par ``pooled(..., cells)``, centrées et réduites ; une
    sonde ``ridge`` apprise sur ``images`` avec ``penalty`` = 0.3 * f, où f est le nombre de
    caractéristiques ; la part des images de ``held_out`` qu'elle classe bien (1 si le score est
    positif, 0 sinon). Renvoie (nombre de noms,), des flottants.

    EN: Accuracy of a probe placed at each cut.

    For each name: the activations, summarised by ``pooled(..., cells)``, centred and scaled; a
    ``ridge`` probe learned on ``images`` with ``penalty`` = 0.3 * f, where f is the number of
    features; the share of the images of ``held_out`` that it classifies correctly (1 if the score is
    positive, 0 otherwise). Returns (number of names,), floats.
    """
    # BEGIN SOLUTION
    pairs = zip(activations(model, names, images), activations(model, names, held_out), strict=True)
    return np.array(
        [
            np.mean(_answers(pooled(a, cells), labels, pooled(b, cells)) == held_out_labels)
            for a, b in pairs
        ]
    )
    # END SOLUTION


# BEGIN SOLUTION
def _answers(known: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    known, new = standardised(known, new)
    weights, bias = ridge(known, labels, 0.3 * known.shape[1])
    return (new @ weights + bias > 0).astype(np.int32)


# END SOLUTION
def parameters_up_to(model: Any, names: list[str]) -> list[int]:
    """FR: Combien de paramètres on garde en coupant à chaque couche.

    Renvoie une liste d'entiers : le nombre de paramètres (``nnx.Param``, donc sans les moyennes ni
    les variances des normalisations) de toutes les couches depuis l'entrée jusqu'à celle du nom,
    comprise. ``model.named_layers()`` donne les deux parties, ("features", suite de couches) et
    ("classifier", suite de couches), dans l'ordre ; une suite a des ``names`` et se parcourt.

    EN: How many parameters are kept by a cut at each layer.

    Returns a list of integers: the number of parameters (``nnx.Param``, hence without the means and
    variances of normalisations) of all layers from the input to the one of that name, included.
    ``model.named_layers()`` gives the two parts, ("features", sequence of layers) and ("classifier",
    sequence of layers), in order; a sequence has ``names`` and can be iterated over.
    """
    # BEGIN SOLUTION
    total, kept = 0, {}
    for part, layers in model.named_layers():
        for name, layer in zip(layers.names, layers, strict=True):
            if isinstance(layer, nnx.Module):
                leaves = jax.tree.leaves(nnx.state(layer, nnx.Param))
                total += sum(int(leaf.size) for leaf in leaves)
            kept[f"{part}.{name}"] = total
    return [kept[name] for name in names]
    # END SOLUTION


def best_cut(accuracies: list[float], sizes: list[int], number: int) -> int:
    """FR: La coupure à retenir : la plus petite des bonnes.

    ``accuracies`` : part de bonnes réponses à chaque coupure, mesurée sur ``number`` images ;
    ``sizes`` : nombre de paramètres gardés. Une part a mesurée sur n images a pour erreur type
    racine(a * (1 - a) / n). Est bonne toute coupure dont la part est au moins la meilleure moins
    l'erreur type **de la meilleure**. Renvoie l'indice de la bonne coupure qui garde le moins de
    paramètres ; à égalité de taille, la plus juste ; puis la première.

    EN: The cut to take: the smallest of the good ones.

    ``accuracies``: accuracy at each cut, measured on ``number`` images; ``sizes``:
    number of parameters kept. A share a measured on n images has the standard error
    sqrt(a * (1 - a) / n). A cut is good if its share is at least the best one minus the standard
    error **of the best one**. Returns the index of the good cut that keeps the fewest parameters;
    among equal sizes, the most accurate; then the first.
    """
    # BEGIN SOLUTION
    best = max(accuracies)
    least = best - (best * (1 - best) / number) ** 0.5
    good = [k for k, accuracy in enumerate(accuracies) if accuracy >= least]
    return min(good, key=lambda k: (sizes[k], -accuracies[k]))
    # END SOLUTION


def frozen(paths: list[str], order: list[str], cut: str) -> list[str]:
    """FR: Ce qui reste gelé quand on ajuste le réseau au-dessus d'une coupure.

    ``paths`` : les chemins de tous les tableaux du réseau, "features.layer1.0.conv1.kernel" par
    exemple. ``order`` : les noms des couches, de l'entrée à la sortie ; la dernière est la tête, une
    nouvelle couche dense. Sont gelés les tableaux des couches jusqu'à ``cut``, comprise, y compris les
    moyennes et les variances de leurs normalisations (``mean``, ``var``). La tête est toujours
    entraînée, même si ``cut`` la nomme. Un tableau appartient à la couche dont le nom, suivi d'un
    point, commence son chemin. Renvoie les chemins gelés, dans l'ordre de ``paths``.

    EN: What stays frozen when the network is fine-tuned above a cut.

    ``paths``: the paths of all arrays of the network, such as "features.layer1.0.conv1.kernel".
    ``order``: the names of the layers, from input to output; the last one is the head, a new dense
    layer. Frozen are the arrays of the layers up to ``cut``, included, and so are the means and
    variances of their normalisations (``mean``, ``var``). The head is always trained, even if
    ``cut`` names it. An array belongs to the layer whose name, followed by a dot, starts its path.
    Returns the frozen paths, in the order of ``paths``.
    """
    # BEGIN SOLUTION
    kept = [name + "." for name in order[:-1][: order.index(cut) + 1]]
    return [path for path in paths if path.startswith(tuple(kept))]
    # END SOLUTION


def generality(old: list[float], new: list[float], old_classes: int, new_classes: int) -> list:
    """FR: À quel point chaque coupure sert la nouvelle tâche autant que l'ancienne.

    ``old`` : part de bonnes réponses d'une sonde à chaque coupure sur la tâche pour laquelle le réseau
    a été entraîné, à ``old_classes`` classes équilibrées ; ``new`` : sur la nouvelle, à
    ``new_classes``. Le hasard donne h = 1 / nombre de classes : le mérite d'une part a est
    (a - h) / (1 - h), 0 pour le hasard et 1 pour la perfection. Renvoie une liste de flottants : à
    chaque coupure, le mérite sur la nouvelle tâche divisé par le mérite sur l'ancienne (toujours
    positif ici).

    EN: How far each cut serves the new task as well as the old one.

    ``old``: accuracy of a probe at each cut on the task the network was trained for,
    with ``old_classes`` balanced classes; ``new``: on the new one, with ``new_classes``. Chance gives
    h = 1 / number of classes: the merit of a share a is (a - h) / (1 - h), 0 for chance and 1 for
    perfection. Returns a list of floats: at each cut, the merit on the new task divided by the merit
    on the old one (always positive here).
    """
    # BEGIN SOLUTION
    return [_merit(a, new_classes) / _merit(b, old_classes) for a, b in zip(new, old, strict=True)]
    # END SOLUTION


# BEGIN SOLUTION
def _merit(share: float, classes: int) -> float:
    return (share - 1 / classes) / (1 - 1 / classes)


# END SOLUTION
# BEGIN SOLUTION
def share_by_parts(features: np.ndarray, labels: np.ndarray, parts: int = 5) -> float:
    """The share of images that a probe classifies rightly which has not seen their part."""
    part = np.arange(len(labels)) % parts
    right = np.zeros(len(labels), bool)
    for asked in (part == number for number in range(parts)):
        answers = _answers(features[~asked], labels[~asked], features[asked])
        right[asked] = answers == labels[asked]
    return float(right.mean())


def dense_head(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """A probe as one dense layer: (x - m) / s @ w + b is x @ (w / s) + (b - m @ (w / s))."""
    known, _ = standardised(features, features)
    weights, bias = ridge(known, labels, 0.3 * known.shape[1])
    mean, scale = features.mean(axis=0), features.std(axis=0)
    weights = weights / np.where(scale > 0, scale, 1)
    return weights, float(bias - mean @ weights)


# END SOLUTION
def cut_and_train(
    model: Any, names: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """FR: Choisit où couper, et apprend une tête à cet endroit.

    ``names`` : les coupures possibles, de l'entrée à la sortie ; la meilleure n'est pas la même d'une
    tâche à l'autre. ``images`` et ``labels`` (0 ou 1, dans un ordre quelconque) sont tout ce qui permet
    de choisir. Chaque coupure est jugée par la sonde de ``probe_curve`` à CELLS × CELLS cases, en cinq
    parts : l'image i appartient à la part i % 5, et chaque part est classée par une sonde apprise sur les
    quatre autres. Retenez la meilleure coupure, ou une plus petite qui la vaut à une erreur type près
    (``best_cut``). La sonde finale, elle, apprend sur toutes les images.

    Renvoie le nom de la coupure, puis la tête, une seule couche dense : des poids (f,) et un biais, un
    flottant, tels que ``pooled(carte, CELLS) @ weights + bias`` soit le score de la sonde finale,
    positif pour la classe 1. La standardisation y est donc comprise.

    EN: Chooses where to cut, and learns a head there.

    ``names``: the possible cuts, from input to output; the best one is not the same from one task to
    the next. ``images`` and ``labels`` (0 or 1, in any order) are all there is to choose by. Each cut
    is judged by the probe of ``probe_curve`` with CELLS × CELLS cells, in five parts: image i belongs
    to part i % 5, and each part is classified by a probe that learned from the other four. Take the
    best cut, or a smaller one that is as good within one standard error (``best_cut``). The final
    probe learns from all images.

    Returns the name of the cut, then the head, a single dense layer: weights (f,) and a bias, a float,
    such that ``pooled(map, CELLS) @ weights + bias`` is the score of the final probe, positive for
    class 1. So they include the standardisation.
    """
    # BEGIN SOLUTION
    known = [pooled(layer, CELLS) for layer in activations(model, names, images)]
    shares = [share_by_parts(features, labels) for features in known]
    chosen = best_cut(shares, list(range(len(names))), len(labels))
    return (names[chosen], *dense_head(known[chosen], labels))
    # END SOLUTION


# FR: Où coupez-vous, et pourquoi là ? Que faites-vous de la partie gardée : gelée, ajustée, selon la
# FR: quantité de données ? En quelques phrases (lu par l'enseignant).
# EN: Where do you cut, and why there? What do you do with the kept part: frozen, fine-tuned, given
# EN: how much data? In a few sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Pour distinguer pulls et manteaux, la sonde est la meilleure au milieu du réseau (layer2) : les
premières couches ne voient que des contours, la dernière a déjà jeté ce qui ne servait pas aux
anciennes classes. Quand la nouvelle tâche se lit dans les caractéristiques finales, mieux vaut couper
à la fin. Avec 120 images par classe, on gèle ce qu'on garde, normalisations comprises ; avec
beaucoup plus d'images, on ajuste les dernières couches gardées, à petit taux d'apprentissage.

To tell pullovers from coats the probe is best in the middle of the network (layer2): the first layers see
edges only, the last one has already thrown away what was of no use to the old classes. Where the new task
can be read from the final features it is better to cut at the end. With 120 images of each class one freezes
what is kept, normalisations included; with many more images one fine-tunes the last layers that are kept, at
a low learning rate.
"""
# END SOLUTION
