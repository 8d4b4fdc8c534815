"""FR: Question 13, quand adapter un réseau ?

Les images sont des tableaux float32 (nombre, hauteur, largeur, canaux), telles que les réseaux les
prennent ; les étiquettes, des entiers 0 ou 1.

EN: Question 13, when to fine-tune a network?

Images are float32 arrays (number, height, width, channels), as networks take them; labels are
integers, 0 or 1.
"""

from functools import partial
from typing import Any

import jax
import numpy as np
from flax import nnx

from jaxcnn.models import Network, intermediates

BATCH = 60


@partial(jax.jit, static_argnames=("graph", "layers"))
def layer_outputs(graph: Any, state: Any, images: jax.Array, layers: tuple) -> dict:
    """FR: Ce que calculent plusieurs couches d'un réseau, en une passe (donné).

    EN: What several layers of a network compute, in one pass (given).
    """
    return intermediates(nnx.merge(graph, state), images, layers)


def features_at(model: Network, layers: list[str], images: np.ndarray) -> dict[str, np.ndarray]:
    """FR: Pour chaque couche, ce qu'elle calcule de chaque image, mis en une ligne (donné).

    Renvoie {couche: tableau (nombre, caractéristiques)}.

    EN: For each layer, what it computes for each image, laid out in one line (given).

    Returns {layer: array (number, features)}.
    """
    graph, state = nnx.split(model)
    rows: dict[str, list] = {layer: [] for layer in layers}
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        padded = np.pad(part, ((0, BATCH - len(part)), (0, 0), (0, 0), (0, 0)))
        found = layer_outputs(graph, state, padded, tuple(layers))
        for layer in layers:
            rows[layer].append(np.asarray(found[layer]).reshape(BATCH, -1)[: len(part)])
    return {layer: np.concatenate(parts) for layer, parts in rows.items()}


def linear_head(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """FR: Une tête linéaire apprise sur (features, labels) (donné).

    ``features`` (n, d), ``labels`` (n,) des 0 et des 1. Moindres carrés avec une pénalité sur les
    poids (« ridge ») : aucune étape, aucun tirage au sort, toujours la même tête. Renvoie ses poids
    (d,) et son biais, un flottant : la tête répond 1 là où ``features @ weights + bias`` est positif.

    EN: A linear head learned from (features, labels) (given).

    ``features`` (n, d), ``labels`` (n,) zeros and ones. Least squares with a penalty on the weights
    ("ridge"): no steps, nothing random, always the same head. Returns its weights (d,) and its bias,
    a float: the head answers 1 where ``features @ weights + bias`` is positive.
    """
    mean = features.mean(axis=0)
    known = features - mean
    targets = np.where(labels == 1, 1.0, -1.0)
    products = known @ known.T
    penalty = 0.1 * np.trace(products) / len(known) + 1e-12
    solved = np.linalg.solve(products + penalty * np.eye(len(known)), targets - targets.mean())
    weights = known.T @ solved
    return weights, float(targets.mean() - mean @ weights)


def linear_answers(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """FR: Les réponses d'une tête linéaire apprise sur (features, labels) pour ``new`` (donné).

    ``features`` (n, d), ``labels`` (n,), ``new`` (m, d). Renvoie des entiers 0 ou 1, (m,).

    EN: The answers for ``new`` of a linear head learned from (features, labels) (given).

    ``features`` (n, d), ``labels`` (n,), ``new`` (m, d). Returns integers 0 or 1, (m,).
    """
    weights, bias = linear_head(features, labels)
    return (new @ weights + bias > 0).astype(np.int32)


def domain_distance(first: np.ndarray, second: np.ndarray) -> float:
    """FR: À quel point deux ensembles d'images se distinguent (distance A de Ben-David et coll.).

    ``first`` (n, d), ``second`` (m, d) : les mêmes caractéristiques, pour deux ensembles d'images.
    Apprenez à ``linear_answers`` à reconnaître l'ensemble d'où vient une ligne (classe 0 pour
    ``first``, 1 pour ``second``) sur les lignes paires de chacun (0, 2, 4...), et jugez-le sur les
    lignes impaires. Soit e la part de fausses réponses parmi toutes les lignes impaires. Renvoie
    2 (1 - 2 e), un flottant, ou 0.0 si c'est négatif : 0, les ensembles se confondent ; 2, ils se
    distinguent à coup sûr.

    EN: How well two sets of images can be told apart (the A-distance of Ben-David et al.).

    ``first`` (n, d), ``second`` (m, d): the same features, for two sets of images. Teach
    ``linear_answers`` which set a row comes from (class 0 for ``first``, 1 for ``second``) on the
    even rows of each (0, 2, 4...), and judge it on the odd rows. Let e be the share of wrong answers
    among all odd rows. Returns 2 (1 - 2 e), a float, or 0.0 if that is negative: 0, the sets look
    the same; 2, they can always be told apart.
    """
    # BEGIN SOLUTION
    known = np.concatenate([first[::2], second[::2]])
    asked = np.concatenate([first[1::2], second[1::2]])
    labels = np.repeat([0, 1], [len(first[::2]), len(second[::2])])
    answers = np.repeat([0, 1], [len(first[1::2]), len(second[1::2])])
    error = float(np.mean(linear_answers(known, labels, asked) != answers))
    return max(0.0, 2 * (1 - 2 * error))
    # END SOLUTION


def fold_accuracies(features: np.ndarray, labels: np.ndarray, folds: int = 5) -> np.ndarray:
    """FR: Validation croisée de la tête linéaire : une justesse par pli.

    La ligne i appartient au pli i modulo ``folds``. Chaque pli est jugé à son tour, par une tête
    apprise sur tous les autres. Renvoie un tableau de flottants (folds,), dans l'ordre des plis.

    EN: Cross-validation of the linear head: one accuracy for each fold.

    Row i belongs to fold i modulo ``folds``. Each fold is judged in turn, by a head learned from all
    the others. Returns an array of floats (folds,), in the order of the folds.
    """
    # BEGIN SOLUTION
    fold = np.arange(len(labels)) % folds
    accuracies = []
    for held_out in range(folds):
        asked = fold == held_out
        answers = linear_answers(features[~asked], labels[~asked], features[asked])
        accuracies.append(np.mean(answers == labels[asked]))
    return np.array(accuracies)
    # END SOLUTION


def mean_and_error(accuracies: np.ndarray) -> tuple[float, float]:
    """FR: La moyenne de k mesures, et l'erreur type de cette moyenne.

    L'erreur type est s / racine(k), où s est l'écart type estimé sur les k mesures, avec k - 1 au
    dénominateur. Renvoie deux flottants.

    EN: The mean of k measurements, and the standard error of that mean.

    The standard error is s / sqrt(k), where s is the standard deviation estimated from the k
    measurements, with k - 1 in the denominator. Returns two floats.
    """
    # BEGIN SOLUTION
    error = np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))
    return float(np.mean(accuracies)), float(error)
    # END SOLUTION


def accuracy_table(
    model: Network,
    layers: list[str],
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    sizes: list[int],
) -> dict[str, np.ndarray]:
    """FR: La justesse de chaque méthode, selon le nombre d'images d'entraînement.

    Une méthode est une tête linéaire sur les sorties d'une des ``layers``, ou sur les pixels : la
    méthode "pixels", qui se passe du réseau. Pour chaque nombre n de ``sizes``, la tête apprend sur les
    n premières images de *chaque* classe et répond pour toutes les images de ``held_out``. Renvoie
    {méthode: flottants (len(sizes),)}, "pixels" et toutes les ``layers``.

    EN: The accuracy of each method, by number of images to learn from.

    A method is a linear head on the outputs of one of the ``layers``, or on the pixels: the method
    "pixels", which does without the network. For each number n in ``sizes``, the head learns from the
    first n images of *each* class and answers for all images of ``held_out``. Returns
    {method: floats (len(sizes),)}, "pixels" and all ``layers``.
    """
    # BEGIN SOLUTION
    known, asked = features_at(model, layers, images), features_at(model, layers, held_out)
    known["pixels"] = images.reshape(len(images), -1)
    asked["pixels"] = held_out.reshape(len(held_out), -1)
    table = {}
    for method, features in known.items():
        accuracies = []
        for size in sizes:
            rows = np.concatenate([np.flatnonzero(labels == kind)[:size] for kind in (0, 1)])
            answers = linear_answers(features[rows], labels[rows], asked[method])
            accuracies.append(np.mean(answers == held_out_labels))
        table[method] = np.array(accuracies)
    return table
    # END SOLUTION


def crossover(sizes: list[int], first: np.ndarray, second: np.ndarray) -> int | None:
    """FR: À partir de combien d'images la seconde méthode vaut la première, définitivement.

    ``sizes`` croissants ; ``first``, ``second`` : leurs résultats (len(sizes),). Renvoie le plus
    petit nombre de ``sizes`` tel qu'à partir de lui ``second`` est au moins égal à ``first``
    jusqu'à la fin ; None s'il n'y en a pas.

    EN: From how many images on the second method is as good as the first, for good.

    ``sizes`` increase; ``first``, ``second``: their results (len(sizes),). Returns the smallest of
    ``sizes`` such that from it on ``second`` is at least equal to ``first`` up to the end; None if
    there is none.
    """
    # BEGIN SOLUTION
    found = None
    for size, one, other in reversed(list(zip(sizes, first, second, strict=True))):
        if other < one:
            break
        found = size
    return found
    # END SOLUTION


def choose(scores: dict, errors: dict, costs: dict) -> str:
    """FR: La méthode la moins chère parmi celles que les mesures ne distinguent pas de la meilleure.

    Trois dictionnaires qui ont les mêmes clés, les noms des méthodes : score moyen, erreur type,
    coût (tous différents). La règle d'une erreur type : parmi les méthodes dont le score est au
    moins le meilleur score moins l'erreur type *de la meilleure*, renvoie le nom de la moins chère.

    EN: The cheapest method among those that the measurements do not tell from the best.

    Three dictionaries with the same keys, the names of the methods: mean score, standard error, cost
    (all different). The rule of one standard error: among the methods whose score is at least the
    best score minus the standard error *of the best*, returns the name of the cheapest.
    """
    # BEGIN SOLUTION
    best = max(scores, key=scores.__getitem__)
    as_good = [name for name in scores if scores[name] >= scores[best] - errors[best]]
    return min(as_good, key=costs.__getitem__)
    # END SOLUTION


def recommend(per_class: int, distance: float) -> str:
    """FR: La règle de départ, avant toute mesure, selon les données et leur ressemblance.

    ``per_class`` : nombre d'images par classe ; c'est peu en dessous de 500. ``distance`` :
    ``domain_distance`` entre les images d'origine du réseau et les nouvelles ; elles se ressemblent
    en dessous de 1. Renvoie

    - "last_features" : peu d'images, qui ressemblent. Réseau gelé, une tête sur la dernière couche ;
    - "early_features" : peu d'images, différentes. Réseau coupé plus tôt, et une tête ;
    - "fine_tune" : beaucoup d'images, qui ressemblent. Tout le réseau, à petit taux d'apprentissage ;
    - "train_all" : beaucoup d'images, différentes. Tout le réseau, ou un nouveau.

    EN: The rule to start from, before any measurement, by amount of data and likeness.

    ``per_class``: number of images of each class; fewer than 500 is little. ``distance``:
    ``domain_distance`` between the images the network comes from and the new ones; below 1 they are
    alike. Returns

    - "last_features": few images, alike. Network frozen, a head on its last layer;
    - "early_features": few images, different. Network cut earlier, and a head;
    - "fine_tune": many images, alike. The whole network, in small steps;
    - "train_all": many images, different. The whole network, or a new one.
    """
    # BEGIN SOLUTION
    if per_class < 500:
        return "last_features" if distance < 1 else "early_features"
    return "fine_tune" if distance < 1 else "train_all"
    # END SOLUTION


def decide_and_train(
    model: Network, cuts: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """FR: Choisir où couper le réseau par validation croisée, puis y apprendre une tête.

    Parmi les couches ``cuts``, retenez celle où la moyenne de ``fold_accuracies`` (cinq plis) est la
    plus grande, puis apprenez une tête sur toutes les ``images`` à cette couche (``linear_head``). Renvoie le nom
    de la couche, les poids de la tête (d,), où d est le nombre de sorties de la couche telles que
    ``features_at`` les met en ligne, et son biais, un flottant.

    EN: Choose where to cut the network by cross-validation, then learn a head there.

    Among the layers ``cuts``, keep the one with the largest mean of ``fold_accuracies`` (five folds),
    then let ``linear_head`` learn from all ``images`` at that layer. Returns the name of the layer,
    the weights of the head (d,), where d is the number of outputs of the layer as ``features_at``
    lays them out in a line, and its bias, a float.
    """
    # BEGIN SOLUTION
    known = features_at(model, cuts, images)
    best = max(cuts, key=lambda cut: fold_accuracies(known[cut], labels).mean())
    return (best, *linear_head(known[best], labels))
    # END SOLUTION


# FR: Pour vos images à vous, que feriez-vous, et quelle mesure vous le dirait ? Quelques phrases
# FR: (lu par l'enseignant).
# EN: For images of your own, what would you do, and which measurement would tell you? A few
# EN: sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Il n'y a pas de meilleure coupure en soi. Pour des chiffres, loin des vêtements, une couche du milieu bat la
dernière, de six points avec 120 images par classe et de onze avec huit ; pour des classes que la dernière
couche sépare déjà, c'est l'inverse. La distance entre les domaines dit par quoi commencer, la validation
croisée sur mes images décide, et si deux méthodes se valent à une erreur type près je prends la moins chère.

No cut is the best in itself. For digits, far from garments, a layer in the middle beats the last one, by six
points with 120 images of each class and by eleven with eight; for classes that the last layer can tell apart
already, it is the other way round. The distance between the domains says where to begin, cross-validation on
my images decides, and of two methods within one standard error I take the cheaper.
"""
# END SOLUTION
