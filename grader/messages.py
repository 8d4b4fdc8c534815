"""Every sentence the grader says, in French and in English, side by side."""

import locale
import os
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "Text", "default_language", "say"]

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Text = dict[str, str]  # one text in each language: {"fr": ..., "en": ...}


def default_language() -> Language:
    """French where the locale says so, English elsewhere."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "fr" if value.lower().startswith("fr") else "en"
    return "fr" if (locale.getlocale()[0] or "").lower().startswith("fr") else "en"


def say(key: str, language: Language, /, **facts: object) -> str:
    """One sentence; ``facts`` fill its places."""
    return _SENTENCES[key][LANGUAGES.index(language)].format(**facts)


_SENTENCES: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------ what stops the code from running
    "missing_file": (
        "Le fichier {file} manque.",
        "The file {file} is missing.",
    ),
    "unreadable_file": (
        "Le fichier {file} ne peut pas être lu : {why}.",
        "The file {file} cannot be read: {why}.",
    ),
    "not_a_file": ("ce n'est pas un fichier ordinaire", "it is not a plain file"),
    "link_outside": ("un lien qui sort du rendu", "a link that leads out of the submission"),
    "too_large": ("plus de {bytes} octets", "more than {bytes} bytes"),
    "untouched": ("Pas encore commencé.", "Not started yet."),
    "not_attempted": (
        "{name} : il reste « raise NotImplementedError ».",
        "{name}: it still says `raise NotImplementedError`.",
    ),
    "import_error": (
        "Le fichier ne se charge pas : {error}",
        "The file cannot be imported: {error}",
    ),
    "exception": ("{call} lève une exception : {error}", "{call} raises an exception: {error}"),
    "arity": (
        "{call} n'accepte pas ces arguments : {error}. La signature demandée est celle du fichier d'origine ; "
        "« grader show {question} » la rappelle.",
        "{call} does not accept these arguments: {error}. The signature must stay the one of the original "
        "file; `grader show {question}` recalls it.",
    ),
    "missing": ("{name} n'est pas définie dans {file}.", "{name} is not defined in {file}."),
    "did_you_mean": (
        " Vous avez défini {names} : est-ce le bon nom ?",
        " You defined {names}: is it spelled right?",
    ),
    "timeout": (
        "{call} ne répond pas en {seconds:g} s : boucle sans fin ?",
        "{call} gave no answer within {seconds:g} s: an endless loop?",
    ),
    "budget": (
        "Les appels précédents ont pris tout le temps de la question ; {call} n'a plus été essayé.",
        "Earlier calls took all of the question's time; {call} was not tried any more.",
    ),
    "timeout_load": (
        "Le fichier ne se charge pas en {seconds:g} s : une boucle hors des fonctions ?",
        "The file did not finish importing within {seconds:g} s: a loop outside the functions?",
    ),
    "memory": (
        "{call} demande plus de mémoire que permis ({limit}).",
        "{call} needs more memory than allowed ({limit}).",
    ),
    "crashed": (
        "Le processus de votre code s'est arrêté pendant {call} ({how}).",
        "The process of your code ended during {call} ({how}).",
    ),
    "crashed_exit": ("code de sortie {code}", "exit status {code}"),
    "crashed_signal": ("signal {name}", "signal {name}"),
    "crashed_silent": ("canal fermé", "channel closed"),
    "protocol": (
        "Votre code a écrit dans le canal réservé au correcteur pendant {call} ; la réponse ne compte pas.",
        "Your code wrote into the grader's own channel during {call}; the answer does not count.",
    ),
    "forbidden": (
        "{name} n'est pas autorisé dans cette question{where} : il s'agit de l'écrire soi-même.",
        "{name} is not allowed in this question{where}: the point is to write it yourself.",
    ),
    "advice": (
        "Conseil : {name}{where} fait le travail à votre place ; la question demande de l'écrire.",
        "Advice: {name}{where} does the work for you; the question asks you to write it.",
    ),
    "at_line": (" (ligne {line})", " (line {line})"),
    "your_line": ("Ligne {line} : {code}", "Line {line}: {code}"),
    "your_output": ("Votre code a affiché :", "Your code printed:"),
    "output_cut": ("[… {count} octets de plus]", "[… {count} more bytes]"),
    # ------------------------------------------------------------------------------- what is answered
    "bad_type": (
        "{call} renvoie une valeur qui ne peut pas être corrigée : {detail}{path}. Renvoyez {wanted}.",
        "{call} returns something that cannot be graded: {detail}{path}. Return {wanted}.",
    ),
    "bad_tracer": (
        "{call} renvoie un traceur JAX : une valeur calculée pendant jit, grad ou vmap en a été sortie "
        "(variable globale, liste ?). Renvoyez le résultat de la fonction.",
        "{call} returns a JAX tracer: a value computed inside jit, grad or vmap was carried outside (a global, "
        "a list?). Return the function's result.",
    ),
    "bad_size": (
        "{call} renvoie une valeur démesurée : {detail}.",
        "{call} returns a value out of all proportion: {detail}.",
    ),
    "at_path": (" (en {path})", " (at {path})"),
    "wanted_value": (
        "un nombre, un texte, une liste ou un tableau",
        "a number, a text, a list or an array",
    ),
    "none": (
        "{call} renvoie None : manque-t-il un « return » ?",
        "{call} returns None: is a `return` missing?",
    ),
    "type": (
        "{call} renvoie {got} ; il faut {expected}{path}.",
        "{call} returns {got}; it must be {expected}{path}.",
    ),
    "length": (
        "{call} renvoie {got} éléments ; il en faut {expected}{path}.",
        "{call} returns {got} items; there must be {expected}{path}.",
    ),
    "keys": (
        "{call} renvoie les clés {got} ; il faut {expected}{path}.",
        "{call} returns the keys {got}; they must be {expected}{path}.",
    ),
    "shape": (
        "Forme {got} au lieu de {expected}{path}.",
        "Shape {got} instead of {expected}{path}.",
    ),
    "dtype": (
        "Type des éléments {got} au lieu de {expected}{path}.",
        "Dtype {got} instead of {expected}{path}.",
    ),
    "finite": (
        "La valeur {got} apparaît{path} là où un nombre fini est attendu.",
        "The value {got} appears{path} where a finite number is expected.",
    ),
    "values": (
        "{count} valeur(s) fausse(s) sur {total} ; écart maximal {worst}.",
        "{count} of {total} values are wrong; the largest error is {worst}.",
    ),
    "entries": ("{count} valeur(s) fausse(s) sur {total}.", "{count} of {total} values are wrong."),
    "scalar": (
        "La valeur {got} n'est pas la bonne{path}.",
        "The value {got} is not the right one{path}.",
    ),
    "first_difference": (
        "en {index} : {got} au lieu de {expected}",
        "at {index}: {got} instead of {expected}",
    ),
    "instead_of": ("{got} au lieu de {expected}", "{got} instead of {expected}"),
    "worker_lost": (
        "Un appel précédent a arrêté votre code ; l'objet construit avant est perdu.",
        "An earlier call ended your code; the object built before it is lost.",
    ),
    # ----------------------------------------------------------------------------------- the grader itself
    "skipped": ("D'abord : {needs}.", "First: {needs}."),
    "grader_error": (
        "Le correcteur a échoué, et ce n'est pas votre faute : {error}",
        "The grader failed, and it is not your fault: {error}",
    ),
    "no_check": ("Aucun test n'a pu être lu.", "No check could be read."),
    # --------------------------------------------------------------------------------------------- report
    "score": ("Note", "Score"),
    "question": ("Question", "Question"),
    "points": ("Points", "Points"),
    "verdict": ("Verdict", "Verdict"),
    "time": ("Temps", "Time"),
    "title": ("Titre", "Title"),
    "smallest_case": ("Plus petit cas", "Smallest case"),
    "you_gave": ("Votre réponse", "Your answer"),
    "expected": ("Attendu", "Expected"),
    "difference": ("Différence", "Difference"),
    "how_to_go_on": ("Pour avancer : ", "To go on: "),
    "next_hint": ("grader hint {question}", "grader hint {question}"),
    "summary": (
        "{course} · graine {seed} · isolation {level} ({name}) : {promise}",
        "{course} · seed {seed} · isolation {level} ({name}): {promise}",
    ),
    "again": ("même tirage : --seed {seed}", "same draws: --seed {seed}"),
    "all_passed": ("Tout est juste, bravo !", "Everything is right, well done!"),
    "promise_0": (
        "arrête les accidents et les astuces dans le processus, pas un code hostile",
        "stops accidents and in-process tricks, not hostile code",
    ),
    "promise_1": ("fichiers et mémoire bornés", "bounds files and memory"),
    "promise_2": (
        "ni réseau ni fichiers de l'hôte, tous les processus terminés à la fin",
        "no network, no host files, whole-tree kill",
    ),
    "watching": (
        "J'attends que {file} soit enregistré (Ctrl-C pour finir).",
        "Waiting for {file} to be saved (Ctrl-C ends).",
    ),
    "solution_locked": (
        "la solution de {question} s'ouvre quand la question est réussie (grader run {question})",
        "the solution of {question} opens once the question is passed (grader run {question})",
    ),
    "kept": ("Votre fichier est gardé : {file}", "Your file is kept: {file}"),
    "left_alone": ("{file} existe déjà, laissé tel quel", "{file} exists already, left as it is"),
    "made": (
        "{folder} est prêt ({course}).\n  cd {folder}\n  grader list        les questions\n"
        "  grader show q01    un énoncé\n  grader run q01     corriger",
        "{folder} is ready ({course}).\n  cd {folder}\n  grader list        the questions\n"
        "  grader show q01    a statement\n  grader run q01     grade",
    ),
    "verdict_passed": ("juste", "passed"),
    "verdict_failed": ("faux", "failed"),
    "verdict_not_attempted": ("à faire", "not attempted"),
    "verdict_import_error": ("ne se charge pas", "import error"),
    "verdict_exception": ("exception", "exception"),
    "verdict_timeout": ("trop long", "timeout"),
    "verdict_memory": ("mémoire", "memory"),
    "verdict_crashed": ("interrompu", "crashed"),
    "verdict_bad_output": ("réponse illisible", "bad output"),
    "verdict_forbidden": ("non autorisé", "forbidden"),
    "verdict_skipped": ("en attente", "skipped"),
    "verdict_grader_error": ("erreur du correcteur", "grader error"),
}
