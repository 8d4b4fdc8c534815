"""Wrong answers to question 13 that students give, each with what to look at."""

import numpy as np

from grader.checks import mistake

from . import solution


def _error(known, asked):
    """Share of wrong answers of a head that learns which of two sets a row comes from."""
    labels, answers = (np.repeat([0, 1], [len(a), len(b)]) for a, b in (known, asked))
    found = solution.linear_answers(np.concatenate(known), labels, np.concatenate(asked))
    return float(np.mean(found != answers))


@mistake(
    of="domain_distance",
    fr="Le classifieur est jugé sur les lignes qu'il a apprises : jugez-le sur les lignes impaires.",
    en="The classifier is judged on the rows it learned from: judge it on the odd rows.",
)
def judged_on_what_it_learned(first, second):
    known = (first[::2], second[::2])
    return max(0.0, 2 * (1 - 2 * _error(known, known)))


@mistake(
    of="domain_distance",
    fr="Le classifieur apprend de la première moitié des lignes : l'énoncé prend une ligne sur deux.",
    en="The classifier learns from the first half of the rows: the statement takes every other row.",
)
def halves_of_the_rows(first, second):
    a, b = len(first) // 2, len(second) // 2
    return max(0.0, 2 * (1 - 2 * _error((first[:a], second[:b]), (first[a:], second[b:]))))


@mistake(
    of="domain_distance",
    fr="Une distance n'est pas négative : quand le classifieur se trompe plus d'une fois sur deux, "
    "renvoyez 0.0.",
    en="A distance is not negative: when the classifier is wrong more than half of the time, return 0.0.",
)
def negative_distance(first, second):
    return 2 * (1 - 2 * _error((first[::2], second[::2]), (first[1::2], second[1::2])))


@mistake(
    of="domain_distance",
    fr="e est la part de *fausses* réponses : deux ensembles que l'on distingue bien sont loin l'un "
    "de l'autre.",
    en="e is the share of *wrong* answers: two sets that are easily told apart are far from each other.",
)
def right_answers_for_wrong_ones(first, second):
    error = 1 - _error((first[::2], second[::2]), (first[1::2], second[1::2]))
    return max(0.0, 2 * (1 - 2 * error))


@mistake(
    of="domain_distance",
    fr="C'est 1 - 2 e : il manque le facteur 2, la distance va de 0 à 2.",
    en="This is 1 - 2 e: the factor 2 is missing, the distance goes from 0 to 2.",
)
def half_of_the_distance(first, second):
    return solution.domain_distance(first, second) / 2


def _by_fold(features, labels, fold, folds, learn, ask):
    return np.array(
        [
            np.mean(
                solution.linear_answers(
                    features[learn(fold, k)], labels[learn(fold, k)], features[ask(fold, k)]
                )
                == labels[ask(fold, k)]
            )
            for k in range(folds)
        ]
    )


@mistake(
    of="fold_accuracies",
    fr="Les plis sont des blocs de lignes qui se suivent : la ligne i appartient au pli i modulo folds.",
    en="The folds are blocks of neighbouring rows: row i belongs to fold i modulo folds.",
)
def folds_in_blocks(features, labels, folds=5):
    fold = np.arange(len(labels)) * folds // len(labels)
    return _by_fold(features, labels, fold, folds, np.not_equal, np.equal)


@mistake(
    of="fold_accuracies",
    fr="Les rôles sont échangés : on apprend sur tous les plis sauf un, on juge sur celui-là.",
    en="The roles are exchanged: learn from all folds but one, judge on that one.",
)
def learned_from_one_fold(features, labels, folds=5):
    fold = np.arange(len(labels)) % folds
    return _by_fold(features, labels, fold, folds, np.equal, np.not_equal)


@mistake(
    of="fold_accuracies",
    fr="La tête a vu le pli sur lequel elle est jugée : retirez-le de ce qu'elle apprend.",
    en="The head has seen the fold it is judged on: take it out of what it learns from.",
)
def judged_fold_learned_as_well(features, labels, folds=5):
    fold = np.arange(len(labels)) % folds
    everything = lambda fold, k: np.ones(len(fold), bool)  # noqa: E731
    return _by_fold(features, labels, fold, folds, everything, np.equal)


@mistake(
    of="fold_accuracies",
    fr="Ce sont les taux d'erreur : donnez les justesses.",
    en="These are the error rates: give the accuracies.",
)
def shares_of_mistakes(features, labels, folds=5):
    return 1 - solution.fold_accuracies(features, labels, folds)


@mistake(
    of="mean_and_error",
    fr="C'est l'écart type des mesures : divisez-le par racine(k), la moyenne de k mesures est plus "
    "sûre qu'une seule.",
    en="This is the standard deviation of the measurements: divide it by sqrt(k), the mean of k "
    "measurements is surer than one.",
)
def deviation_of_one_measurement(accuracies):
    return float(np.mean(accuracies)), float(np.std(accuracies, ddof=1))


@mistake(
    of="mean_and_error",
    fr="L'écart type est divisé par k : avec k - 1 (``ddof=1``) on ne le sous-estime pas.",
    en="The standard deviation divides by k: with k - 1 (``ddof=1``) it is not underestimated.",
)
def divided_by_k(accuracies):
    error = np.std(accuracies) / np.sqrt(len(accuracies))
    return float(np.mean(accuracies)), float(error)


@mistake(
    of="mean_and_error",
    fr="L'écart type est divisé par k : divisez-le par la racine de k.",
    en="The standard deviation is divided by k: divide it by the root of k.",
)
def root_forgotten(accuracies):
    error = np.std(accuracies, ddof=1) / len(accuracies)
    return float(np.mean(accuracies)), float(error)


def _table(model, layers, images, labels, held_out, held_out_labels, sizes, rows_of):
    known = solution.features_at(model, layers, images)
    asked = solution.features_at(model, layers, held_out)
    known["pixels"] = images.reshape(len(images), -1)
    asked["pixels"] = held_out.reshape(len(held_out), -1)
    table = {}
    for method, features in known.items():
        row = []
        for size in sizes:
            rows = rows_of(labels, size)
            found = solution.linear_answers(features[rows], labels[rows], asked[method])
            row.append(np.mean(found == held_out_labels))
        table[method] = np.array(row)
    return table


@mistake(
    of="accuracy_table",
    fr="La tête apprend de n images en tout : il en faut n de chaque classe.",
    en="The head learns from n images in all: take n of each class.",
)
def images_in_all(model, layers, images, labels, held_out, held_out_labels, sizes):
    def first_rows(labels, size):
        return np.arange(size)

    return _table(model, layers, images, labels, held_out, held_out_labels, sizes, first_rows)


@mistake(
    of="accuracy_table",
    fr="Les 2 n premières images ne contiennent pas n images de chaque classe : choisissez-les par classe.",
    en="The first 2 n images do not hold n images of each class: choose them by class.",
)
def first_rows_whatever_the_class(model, layers, images, labels, held_out, held_out_labels, sizes):
    def first_rows(labels, size):
        return np.arange(2 * size)

    return _table(model, layers, images, labels, held_out, held_out_labels, sizes, first_rows)


@mistake(
    of="accuracy_table",
    fr="Les têtes sont jugées sur les images d'entraînement : jugez-les sur held_out.",
    en="The heads are judged on the training images: judge them on held_out.",
)
def judged_on_the_training_images(model, layers, images, labels, held_out, held_out_labels, sizes):
    return solution.accuracy_table(model, layers, images, labels, images, labels, sizes)


@mistake(
    of="accuracy_table",
    fr="La tête apprend de toutes les images, quel que soit n : prenez les n premières de chaque classe.",
    en="The head learns from all images, whatever n is: take the first n of each class.",
)
def always_all_images(model, layers, images, labels, held_out, held_out_labels, sizes):
    return solution.accuracy_table(
        model, layers, images, labels, held_out, held_out_labels, [len(labels)] * len(sizes)
    )


@mistake(
    of="crossover",
    fr="Le premier croisement peut n'être qu'un accident : la seconde méthode doit tenir jusqu'à la fin.",
    en="The first crossing may be an accident: the second method must hold to the end.",
)
def first_crossing(sizes, first, second):
    found = [size for size, a, b in zip(sizes, first, second, strict=True) if b >= a]
    return found[0] if found else None


@mistake(
    of="crossover",
    fr="L'égalité suffit : « au moins aussi bonne » comprend les égalités.",
    en="Equality is enough: at least as good includes ties.",
)
def strictly_better(sizes, first, second):
    found = None
    for size, a, b in reversed(list(zip(sizes, first, second, strict=True))):
        if b <= a:
            break
        found = size
    return found


@mistake(
    of="crossover",
    fr="C'est le rang dans la liste : renvoyez le nombre d'images, pris dans ``sizes``.",
    en="This is the place in the list: return the number of images, taken from ``sizes``.",
)
def place_in_the_list(sizes, first, second):
    found = solution.crossover(sizes, first, second)
    return None if found is None else list(sizes).index(found)


@mistake(
    of="crossover",
    fr="Les deux méthodes sont échangées : c'est la seconde qui doit rejoindre la première.",
    en="The two methods are exchanged: it is the second that must catch up with the first.",
)
def methods_exchanged(sizes, first, second):
    return solution.crossover(sizes, second, first)


@mistake(
    of="crossover",
    fr="Sans croisement définitif, la réponse est None, pas la dernière taille.",
    en="Without a crossing for good the answer is None, not the last size.",
)
def last_size_instead_of_none(sizes, first, second):
    found = solution.crossover(sizes, first, second)
    return sizes[-1] if found is None else found


@mistake(
    of="choose",
    fr="C'est la méthode du meilleur score : une moins chère, à moins d'une erreur type, la vaut.",
    en="This is the method with the best score: a cheaper one, within one standard error, is as good.",
)
def best_score(scores, errors, costs):
    return max(scores, key=scores.get)


@mistake(
    of="choose",
    fr="C'est la moins chère de toutes : elle doit d'abord valoir la meilleure, à une erreur type près.",
    en="This is the cheapest of all: first it must be as good as the best, within one standard error.",
)
def cheapest(scores, errors, costs):
    return min(costs, key=costs.get)


def _cheapest_of(names, costs):
    return min(names, key=costs.get)


@mistake(
    of="choose",
    fr="La marge est l'erreur type de chaque candidate : la règle prend celle de la meilleure méthode, "
    "sinon une méthode mal mesurée serait favorisée.",
    en="The margin is the standard error of each candidate: the rule takes that of the best method, "
    "otherwise a badly measured method would be favoured.",
)
def error_of_the_candidate(scores, errors, costs):
    best = max(scores.values())
    return _cheapest_of([name for name in scores if scores[name] >= best - errors[name]], costs)


@mistake(
    of="choose",
    fr="La marge est de deux erreurs types : la règle n'en accorde qu'une.",
    en="The margin is two standard errors: the rule grants one.",
)
def two_errors(scores, errors, costs):
    return solution.choose(scores, {name: 2 * error for name, error in errors.items()}, costs)


@mistake(
    of="choose",
    fr="Parmi les méthodes équivalentes, c'est la plus chère : prenez la moins chère.",
    en="Among the methods that are as good this is the dearest: take the cheapest.",
)
def dearest(scores, errors, costs):
    return solution.choose(scores, errors, {name: -cost for name, cost in costs.items()})


@mistake(
    of="recommend",
    fr="Une distance de 1 ou plus veut dire que les images diffèrent : vous avez échangé les deux cas.",
    en="A distance of 1 or more means that the images differ: you exchanged the two cases.",
)
def alike_and_different_exchanged(per_class, distance):
    return solution.recommend(per_class, 0.0 if distance >= 1 else 2.0)


@mistake(
    of="recommend",
    fr="Les bornes appartiennent au cas supérieur : 500 images ne sont plus « peu », une distance de 1 "
    "n'est plus une ressemblance.",
    en='The bounds belong to the upper case: 500 images are no longer "little", a distance of 1 is no '
    "longer likeness.",
)
def bounds_below(per_class, distance):
    return solution.recommend(
        499 if per_class == 500 else per_class, 0.5 if distance == 1 else distance
    )


@mistake(
    of="recommend",
    fr="Seule la quantité d'images décide : la ressemblance compte aussi.",
    en="Only the number of images decides: likeness counts as well.",
)
def likeness_ignored(per_class, distance):
    return solution.recommend(per_class, 0.0)


@mistake(
    of="recommend",
    fr="Seule la ressemblance décide : le nombre d'images compte aussi.",
    en="Only likeness decides: the number of images counts as well.",
)
def number_ignored(per_class, distance):
    return solution.recommend(5, distance)
