"""Every sentence the grader says, in French and in English, side by side."""

import locale
import os
import re
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "Text", "default_language", "no_break", "say"]

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
    """One sentence; ``facts`` fill its places, and a ``count`` of 1 takes the singular where there is one."""
    if facts.get("count") == 1 and f"{key}_one" in _SENTENCES:
        key = f"{key}_one"
    sentence = _SENTENCES[key][LANGUAGES.index(language)]
    return (no_break(sentence) if language == "fr" else sentence).format(**facts)


_CODE = re.compile("(`[^`]*`)")
_FRENCH_SPACE = re.compile(r"(?<=«) | (?=»|[:;?!](?![\w=]))")


def no_break(text: str) -> str:
    """French text with the no-break spaces that its punctuation asks for; code in backticks stays as it is."""
    parts = _CODE.split(text)
    parts[::2] = [_FRENCH_SPACE.sub("\u00a0", part) for part in parts[::2]]
    return "".join(parts)


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
        "{call} ne répond pas en {seconds:g}\u00a0s : boucle sans fin, ou calcul trop lent ?",
        "{call} gave no answer within {seconds:g}\u00a0s: an endless loop, or too slow?",
    ),
    "budget": (
        "Les appels précédents ont pris tout le temps de la question ; {call} n'a plus été essayé.",
        "Earlier calls took all of the question's time; {call} was not tried any more.",
    ),
    "timeout_load": (
        "Le fichier ne se charge pas en {seconds:g}\u00a0s : un long calcul hors des fonctions ?",
        "The file did not finish importing within {seconds:g}\u00a0s: a long computation outside the functions?",
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
        "{count} valeurs fausses sur {total} ; écart maximal {worst}.",
        "{count} of {total} values are wrong; the largest error is {worst}.",
    ),
    "values_one": (
        "1 valeur fausse sur {total} ; l'écart est {worst}.",
        "1 of {total} values is wrong; the error is {worst}.",
    ),
    "entries": ("{count} valeurs fausses sur {total}.", "{count} of {total} values are wrong."),
    "entries_one": ("1 valeur fausse sur {total}.", "1 of {total} values is wrong."),
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
    "title": ("Titre", "Title"),
    "smallest_case": ("Plus petit cas", "Smallest case"),
    "observed": ("Observé", "Observed"),
    "you_gave": ("Votre réponse", "Your answer"),
    "expected": ("Attendu", "Expected"),
    "difference": ("Différence", "Difference"),
    "same_mistake": ("Même erreur que plus haut.", "The same mistake as above."),
    "how_to_go_on": ("Pour avancer : ", "To go on: "),
    "to_begin": ("Pour commencer : ", "To begin: "),
    "next_question": ("Question suivante : ", "Next question: "),
    "compare": ("Une solution possible : ", "One possible solution: "),
    "all_passed": ("Tout est juste, bravo !", "Everything is right, well done!"),
    "again": ("Mêmes tirages : --seed {seed}", "The same draws again: --seed {seed}"),
    "isolation": (
        "Isolation {level} ({name}) : {promise}",
        "Isolation {level} ({name}): {promise}",
    ),
    "promise_0": (
        "arrête les accidents et les astuces dans le processus, pas un code hostile",
        "stops accidents and in-process tricks, not hostile code",
    ),
    "promise_1": ("fichiers et mémoire bornés", "bounds files and memory"),
    "promise_2": (
        "ni réseau ni fichiers de l'hôte, tous les processus terminés à la fin",
        "no network, no host files, whole-tree kill",
    ),
    # ----------------------------------------------------------------------------------------- commands
    "watching": (
        "J'attends que {file} soit enregistré (Ctrl-C pour finir).",
        "Waiting for {file} to be saved (Ctrl-C ends).",
    ),
    "your_file": ("À compléter : {file}", "To fill in: {file}"),
    "then": ("Puis : ", "Then: "),
    "more_hints": ("Pour en savoir plus : ", "To learn more: "),
    "last_hint": (
        "C'est le dernier indice ; pour revoir le premier : ",
        "This is the last hint; to see the first again: ",
    ),
    "no_hints": ("{question} n'a pas d'indices.", "{question} has no hints."),
    "no_text": ("{question} n'a pas d'énoncé.", "{question} has no statement."),
    "solution_locked": (
        "La solution de {question} s'ouvre quand la question est réussie : ",
        "The solution of {question} opens once the question is passed: ",
    ),
    "kept": ("Votre fichier est gardé : {file}", "Your file is kept: {file}"),
    "restored": ("Le fichier d'origine est remis : {file}", "The original file is back: {file}"),
    "left_alone": (
        "{count} fichiers étaient déjà là : ils restent tels quels.",
        "{count} files were there already and stay as they are.",
    ),
    "left_alone_one": (
        "{file} était déjà là : il reste tel quel.",
        "{file} was there already and stays as it is.",
    ),
    "made": ("Le dossier {folder} est prêt ({course}).", "{folder} is ready ({course})."),
    "made_list": ("les questions", "the questions"),
    "made_show": ("un énoncé", "a statement"),
    "made_run": ("corriger", "grade"),
    # ------------------------------------------------------------------------------------ errors of usage
    "unknown_course": (
        "Le cours {course} est inconnu ; cours connus : {known}.",
        "The course {course} is not known; known courses: {known}.",
    ),
    "unknown_question": (
        "La question {question} n'existe pas dans {course} ; il y a {known}.",
        "There is no question {question} in {course}; there are {known}.",
    ),
    "unknown_data": (
        "--data (={data!r}) doit être l'un des jeux de données de {course} : {known}.",
        "--data (={data!r}) must be one of the data sets of {course}: {known}.",
    ),
    "no_folder": (
        "Il n'y a pas de dossier {folder} ici.",
        "There is no folder {folder} here.",
    ),
    "no_files": (
        "Le dossier {folder} ne contient aucun des fichiers de {course} ({files}…).",
        "The folder {folder} holds none of the files of {course} ({files}…).",
    ),
    "make_it": ("Pour en créer un : ", "To make one: "),
    "cannot_write": (
        "{file} ne peut pas être écrit : {why}.",
        "{file} cannot be written: {why}.",
    ),
    "ENOENT": ("le dossier n'existe pas", "its folder does not exist"),
    "ENOTDIR": ("un fichier est là où il faut un dossier", "a file is where a folder must be"),
    "EISDIR": ("c'est un dossier", "it is a folder"),
    "EACCES": ("l'accès est refusé", "access is denied"),
    "EROFS": ("l'accès est refusé", "access is denied"),
    "ENOSPC": ("le disque est plein", "the disk is full"),
    "broken": (
        "Le correcteur a échoué, et ce n'est pas votre faute.",
        "The grader failed, and it is not your fault.",
    ),
    # ------------------------------------------------------------------------------------------- verdicts
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
    "verdict_grader_error": ("erreur interne", "grader error"),
}
