"""Wrong answers to question 13 that students give, each with what to look at."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution


def _error(known, asked):
    """Share of wrong answers of a head that learns which of two sets a row comes from."""
    labels, answers = (np.repeat([0, 1], [len(a), len(b)]) for a, b in (known, asked))
    found = solution.linear_answers(np.concatenate(known), labels, np.concatenate(asked))
    return float(np.mean(found != answers))


@mistake(
    of="domain_distance",
    fr="Le classifieur est jugé sur les lignes qui lui ont servi à apprendre : jugez-le sur "
    "les lignes impaires.",
    en="The classifier is judged on the rows it learned from: judge it on the odd rows.",
)
def judged_on_what_it_learned(first, second):
    known = (first[::2], second[::2])
    return max(0.0, 2 * (1 - 2 * _error(known, known)))


@mistake(
    of="domain_distance",
    fr="Le classifieur apprend sur la première moitié des lignes : l'énoncé prend une ligne "
    "sur deux.",
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
    fr="La tête a vu le pli sur lequel elle est jugée : retirez-le des images d'entraînement.",
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
    fr="La tête apprend sur n images en tout : il en faut n de chaque classe.",
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
    fr="La tête apprend sur toutes les images, quel que soit n : prenez les n premières de "
    "chaque classe.",
    en="The head learns from all images, whatever n is: take the first n of each class.",
)
def always_all_images(model, layers, images, labels, held_out, held_out_labels, sizes):
    return solution.accuracy_table(
        model, layers, images, labels, held_out, held_out_labels, [len(labels)] * len(sizes)
    )


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


@family(
    of="mean_and_error",
    deviations=[
        deviation(
            "deviation_of_one_measurement",
            error="of one",
            fr="C'est l'écart type d'une mesure : celui de leur moyenne est divisé par la "
            "racine de k.",
            en="This is the deviation of one measurement: that of their mean is divided by the root "
            "of k.",
        ),
        deviation(
            "divided_by_the_number",
            error="by k",
            fr="L'écart type est divisé par k : par sa racine.",
            en="The deviation is divided by k: by its root.",
        ),
        deviation(
            "root_forgotten",
            error="variance",
            fr="C'est la variance qui est prise pour l'écart type : il en manque la racine.",
            en="The variance is taken for the deviation: its root is missing.",
        ),
        deviation(
            "two_errors",
            error="two",
            fr="Ce sont deux erreurs types : on en demande une.",
            en="These are two standard errors: one is asked for.",
        ),
        deviation(
            "divided_by_k",
            freedom=0,
            fr="L'écart type divise par k : avec si peu de mesures, divisez par k - 1 (ddof=1).",
            en="The deviation divides by k: with so few measurements, divide by k - 1 (ddof=1).",
        ),
        deviation(
            "median",
            middle="median",
            fr="C'est la médiane : on demande la moyenne.",
            en="This is the median: the mean is asked for.",
        ),
        deviation(
            "best_measurement",
            middle="largest",
            fr="C'est la plus grande mesure : on demande la moyenne.",
            en="This is the largest measurement: the mean is asked for.",
        ),
        deviation(
            "error_before_mean",
            order="exchanged",
            fr="Les deux nombres sont échangés : (moyenne, erreur type).",
            en="The two numbers are exchanged: (mean, standard error).",
        ),
    ],
)
def measured(accuracies, *, error="of the mean", freedom=1, middle="mean", order="mean first"):
    variance = np.var(accuracies, ddof=freedom)
    deviation, number = np.sqrt(variance), len(accuracies)
    spread = {
        "of one": deviation,
        "by k": deviation / number,
        "variance": variance / np.sqrt(number),
        "two": 2 * deviation / np.sqrt(number),
    }.get(error, deviation / np.sqrt(number))
    centre = {"median": np.median(accuracies), "largest": np.max(accuracies)}.get(
        middle, np.mean(accuracies)
    )
    found = float(centre), float(spread)
    return found if order == "mean first" else found[::-1]


@family(
    of="crossover",
    deviations=[
        deviation(
            "first_crossing",
            until="once",
            fr="C'est le premier croisement : ensuite la seconde méthode peut repasser au-dessous.",
            en="This is the first crossing: afterwards the second method may fall below again.",
        ),
        deviation(
            "last_size_looked_at",
            until="at the end",
            fr="Seule la dernière taille est regardée : remontez tant que la seconde méthode vaut la"
            " première.",
            en="Only the last size is looked at: go back as long as the second method is as good.",
        ),
        deviation(
            "last_crossing_below",
            until="last below",
            fr="C'est la dernière taille où la seconde est au-dessous : on demande celle d'après.",
            en="This is the last size where the second is below: the one after it is asked for.",
        ),
        deviation(
            "strictly_better",
            compared="strictly",
            fr="Il suffit que la seconde méthode égale la première : « au moins égale ».",
            en='It is enough that the second method equals the first: "at least equal".',
        ),
        deviation(
            "methods_exchanged",
            compared="exchanged",
            fr="Les méthodes sont échangées : c'est la seconde qui doit valoir la première.",
            en="The methods are exchanged: it is the second that must be as good as the first.",
        ),
        deviation(
            "place_in_the_list",
            given="place",
            fr="C'est la place dans la liste : on demande la taille.",
            en="This is the place in the list: the size is asked for.",
        ),
        deviation(
            "last_size_instead_of_none",
            never="last size",
            fr="S'il n'y en a aucune, la réponse est None.",
            en="Where there is none the answer is None.",
        ),
        deviation(
            "zero_instead_of_none",
            never=0,
            fr="S'il n'y en a aucune, la réponse est None.",
            en="Where there is none the answer is None.",
        ),
    ],
)
def crossed(
    sizes, first, second, *, until="for good", compared="at least", given="size", never="none"
):
    good = {"strictly": second > first, "exchanged": first >= second}.get(compared, second >= first)
    count, place = len(sizes), None
    if until == "once":
        place = next((k for k in range(count) if good[k]), None)
    elif until == "at the end":
        place = count - 1 if good[-1] else None
    elif until == "last below":
        place = next((k for k in range(count - 1, -1, -1) if not good[k]), None)
    else:
        start = count
        while start > 0 and good[start - 1]:
            start -= 1
        place = start if start < count else None
    if place is None:
        return {"last size": sizes[-1], "none": None}.get(never, never)
    return place if given == "place" else sizes[place]


@family(
    of="choose",
    deviations=[
        deviation(
            "best_score",
            rule="best",
            fr="C'est la méthode de meilleur score : on demande la moins chère de celles qui le "
            "valent.",
            en="This is the method with the best score: the cheapest of those that are as good is "
            "asked for.",
        ),
        deviation(
            "cheapest",
            rule="cheapest",
            fr="C'est la moins chère de toutes : seulement parmi celles que les mesures ne "
            "distinguent pas de la meilleure.",
            en="This is the cheapest of all: only among those that the measurements do not tell from"
            " the best.",
        ),
        deviation(
            "dearest",
            rule="dearest good",
            fr="C'est la plus chère de celles qui valent la meilleure : on demande la moins chère.",
            en="This is the dearest of those as good as the best: the cheapest is asked for.",
        ),
        deviation(
            "worst_of_the_good",
            rule="worst good",
            fr="C'est celle de plus petit score parmi les bonnes : on demande la moins chère.",
            en="This is the one with the smallest score among the good ones: the cheapest is asked "
            "for.",
        ),
        deviation(
            "error_of_the_candidate",
            error="own",
            fr="Chaque méthode est jugée avec sa propre erreur : prenez celle de la meilleure.",
            en="Each method is judged with its own error: take that of the best.",
        ),
        deviation(
            "two_errors",
            error="two",
            fr="Deux erreurs types sont permises : une seule.",
            en="Two standard errors are allowed: one only.",
        ),
        deviation(
            "errors_added",
            error="sum",
            fr="Les deux erreurs sont additionnées : prenez celle de la meilleure.",
            en="Both errors are added: take that of the best.",
        ),
    ],
)
def chosen(scores, errors, costs, *, rule="cheapest good", error="of the best"):
    best = max(scores, key=scores.__getitem__)

    def slack(name):
        return {
            "own": errors[name],
            "two": 2 * errors[best],
            "sum": errors[best] + errors[name],
        }.get(error, errors[best])

    good = [name for name in scores if scores[name] >= scores[best] - slack(name)]
    return {
        "best": best,
        "cheapest": min(costs, key=costs.__getitem__),
        "dearest good": max(good, key=costs.__getitem__),
        "worst good": min(good, key=scores.__getitem__),
    }.get(rule, min(good, key=costs.__getitem__))
