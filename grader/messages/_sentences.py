"""Every sentence the grader says, in French and in English, side by side."""

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------ what stops the code from running
    "missing_file": (
        "Le fichier {file} manque.",
        "The file {file} is missing.",
    ),
    "renamed_file": (
        "Le fichier {file} manque ; j'ai trouvé {found}. Donnez à votre fichier le nom {file}.",
        "The file {file} is missing; I found {found}. Give your file the name {file}.",
    ),
    "unreadable_file": (
        "Le fichier {file} ne peut pas être lu : {why}.",
        "The file {file} cannot be read: {why}.",
    ),
    "not_a_file": ("ce n'est pas un fichier ordinaire", "it is not a plain file"),
    "link_outside": ("un lien qui sort du rendu", "a link that leads out of the submission"),
    "no_notebook": (
        "ce n'est pas un notebook Jupyter de version 4 ({why})",
        "it is no Jupyter notebook of version 4 ({why})",
    ),
    "two_files": (
        "{script} est là aussi, et contient autre chose. Gardez l'un des deux, ou accordez-les (jupytext --sync "
        "{notebook})",
        "{script} is there too, and says something else. Keep one of them, or pair them (jupytext --sync {notebook})",
    ),
    "no_nbformat": (
        "Les notebooks demandent nbformat, qui n'est pas installé : pip install 'jaxcnn[notebook]' "
        "(dans un clone : '.[notebook]')",
        "Notebooks need nbformat, which is not installed: pip install 'jaxcnn[notebook]' (in a "
        "clone: '.[notebook]')",
    ),
    "notebook_saved": (
        "Corrigé : {file}, tel qu'il a été enregistré à {time}.",
        "Graded: {file}, as it was saved at {time}.",
    ),
    "stray_file": (
        "{found} n'est pas regardé : votre fichier est {file}. Déplacez-le.",
        "{found} is not looked at: your file is {file}. Move it there.",
    ),
    "not_utf8": (
        "ce n'est pas du texte en UTF-8. Dans votre éditeur, enregistrez-le de nouveau en choisissant le codage UTF-8",
        "it is no text in UTF-8. Save it again in your editor and choose the encoding UTF-8",
    ),
    "too_large": ("plus de {bytes} octets", "more than {bytes} bytes"),
    "number_missing": (
        "{file} : la ligne « {name} = … » manque. Remettez-la avec votre valeur, une de celles-ci : {values}.",
        "{file}: the line `{name} = …` is missing. Put it back with your value, one of these: {values}.",
    ),
    "number_not_plain": (
        "{file} : {name} doit être fixé une seule fois, par une ligne « {name} = … » hors de toute fonction. Remettez "
        "la ligne que vous avez reçue, avec votre valeur, une de celles-ci : {values}.",
        "{file}: {name} must be set once, by a line `{name} = …` outside of any function. Restore the line that you "
        "were given, with your value, one of these: {values}.",
    ),
    "number_foreign": (
        "{file} : {name} = {value} n'est pas une valeur de cette question. Remettez la ligne que vous avez reçue, avec "
        "votre valeur, une de celles-ci : {values}.",
        "{file}: {name} = {value} is no value of this question. Restore the line that you were given, with your value, "
        "one of these: {values}.",
    ),
    "untouched": ("Pas encore commencé.", "Not started yet."),
    "not_attempted": (
        "{name} : il reste « raise NotImplementedError ».",
        "{name}: it still says `raise NotImplementedError`.",
    ),
    "import_error": (
        "Le fichier ne se charge pas : {error}",
        "The file cannot be imported: {error}",
    ),
    "left_behind": (
        "Seul {file} est corrigé : {module}.py, à côté de lui, n'est pas pris en compte. Copiez-y ce dont vous avez "
        "besoin.",
        "Only {file} is graded: {module}.py beside it is not taken along. Copy what you need into {file}.",
    ),
    "exception": ("{call} lève une exception : {error}", "{call} raises an exception: {error}"),
    "traced": (
        "{call} lève une exception : NumPy a reçu une valeur que JAX est en train de suivre (jit, grad ou vmap). Elle "
        "n'a pas encore de nombres, seulement une forme, et ne peut pas devenir un tableau NumPy. Sur cette ligne, "
        "prenez `jnp` au lieu de `np`, y compris pour le tableau qu'elle indexe. ({error})",
        "{call} raises an exception: NumPy was given a value that JAX is tracing (jit, grad or vmap). It has no "
        "numbers yet, only a shape, and cannot become a NumPy array. On this line take `jnp` instead of `np`, also for "
        "an array that it indexes. ({error})",
    ),
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
    "computes": (
        "{call} calcule trop longtemps, sans répondre en {seconds:g}\u00a0s : boucle sans fin, ou calcul trop lent ? "
        "(Seul compte le temps de calcul ; l'option --timeout change cette limite.)",
        "{call} computes too long, without an answer within {seconds:g}\u00a0s: an endless loop, or too slow? "
        "(Only computing counts; the option --timeout changes this limit.)",
    ),
    "idle": (
        "{call} ne fait rien : ni réponse ni calcul pendant {seconds:g}\u00a0s. Votre code dort-il, attend-il une "
        "saisie ou un autre fil d'exécution ?",
        "{call} does nothing: neither an answer nor any computing for {seconds:g}\u00a0s. Does your code sleep, or "
        "wait for an input or another thread?",
    ),
    "computes_load": (
        "Le fichier ne se charge pas en {seconds:g}\u00a0s de calcul : un long calcul hors des fonctions ? "
        "(L'option --timeout change cette limite.)",
        "The file did not finish importing within {seconds:g}\u00a0s of computation: a long computation outside the "
        "functions? (The option --timeout changes this limit.)",
    ),
    "idle_load": (
        "Le fichier ne se charge pas : il n'a rien fait pendant {seconds:g}\u00a0s. Dort-il, attend-il une saisie, "
        "hors des fonctions ?",
        "The file did not finish importing: it did nothing for {seconds:g}\u00a0s. Does it sleep, or wait for an "
        "input, outside the functions?",
    ),
    "timeout_question": (
        "Les appels de cette question ont pris tout son temps ({seconds:g}\u00a0s) ; {call} n'a pas été mené à terme.",
        "The calls of this question have taken all of the question's time ({seconds:g}\u00a0s); {call} was not "
        "finished.",
    ),
    "timeout_total": (
        "Votre code a pris tout le temps de cette correction ({seconds:g}\u00a0s, option --total) ; {call} n'a pas été "
        "mené à terme.",
        "Your code has taken all of this run's time ({seconds:g}\u00a0s, option --total); {call} was not finished.",
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
    "deaths": (
        "Le processus de votre code s'est arrêté ou a dû être arrêté {count} fois dans cette question ; {call} n'a "
        "plus été essayé.",
        "The process of your code ended, or had to be ended, {count} times in this question; {call} was not tried any "
        "more.",
    ),
    "protocol": (
        "Votre code a écrit dans le canal réservé au correcteur pendant {call} ; la réponse ne compte pas.",
        "Your code wrote into the grader's own channel during {call}; the answer does not count.",
    ),
    "forbidden": (
        "{name} n'est pas autorisé dans cette question{where} : il s'agit de l'écrire vous-même.",
        "{name} is not allowed in this question{where}: the point is to write it yourself.",
    ),
    "reserved": (
        "{name} n'est pas autorisé ici{where} : cela contourne ce que la question interdit.",
        "{name} is not allowed here{where}: it gets around what the question puts away.",
    ),
    "advice_reserved": (
        "Conseil : {name}{where} contourne ce que la question interdit.",
        "Advice: {name}{where} gets around what the question puts away.",
    ),
    "advice": (
        "Conseil : {name}{where} fait le travail à votre place ; la question demande de l'écrire.",
        "Advice: {name}{where} does the work for you; the question asks you to write it.",
    ),
    "operation": (
        "Le programme compilé de {call} contient {what} : ce n'est pas autorisé dans cette question, il s'agit de "
        "l'écrire vous-même.",
        "The compiled program of {call} contains {what}, which is not allowed in this question: the point is to "
        "write it yourself.",
    ),
    "advice_operation": (
        "Conseil : le programme compilé contient {what} ; la question demande de l'écrire.",
        "Advice: the compiled program contains {what}; the question asks you to write it.",
    ),
    "operation_callback": (
        "un appel à Python (`jax.pure_callback` ou semblable)",
        "a call back to Python (`jax.pure_callback` or the like)",
    ),
    "operation_convolution": (
        "une convolution toute faite (`stablehlo.convolution`)",
        "a ready-made convolution (`stablehlo.convolution`)",
    ),
    "operation_fft": (
        "une transformée de Fourier (`stablehlo.fft`)",
        "a Fourier transform (`stablehlo.fft`)",
    ),
    "operation_reduce_window": (
        "une réduction par fenêtres toute faite (`stablehlo.reduce_window`)",
        "a ready-made reduction over windows (`stablehlo.reduce_window`)",
    ),
    "operation_select_and_scatter": (
        "la dérivée d'un pooling tout fait (`stablehlo.select_and_scatter`)",
        "the derivative of a ready-made pooling (`stablehlo.select_and_scatter`)",
    ),
    "operation_other": ("l'opération `{operation}`", "the operation `{operation}`"),
    "loop_over_both": (
        "Le programme compilé de {call} fait {small} opérations successives pour {rows} lignes de {columns} "
        "colonnes, {large} pour {more_rows} lignes de {more_columns} colonnes : une boucle passe encore par les "
        "positions une à une. Traitez-les toutes à la fois.",
        "The compiled program of {call} takes {small} operations one after the other for {rows} rows of {columns} "
        "columns, {large} for {more_rows} rows of {more_columns} columns: a loop still visits the positions one by "
        "one. Treat them all at once.",
    ),
    "loop_without_end": (
        "Le programme compilé de {call} contient une boucle dont le nombre de tours n'est pas fixé d'avance "
        "(`while_loop`).",
        "The compiled program of {call} contains a loop whose number of turns is not fixed in advance "
        "(`while_loop`).",
    ),
    "line": ("ligne {line}", "line {line}"),
    "cell_line": ("cellule de code {cell}, ligne {line}", "code cell {cell}, line {line}"),
    "at_line": (" ({where})", " ({where})"),
    "your_line": ("{where} : {code}", "{where}: {code}"),
    "left_out": ("[… encore {number} caractères]", "[… {number} more characters]"),
    "your_output": ("Votre code a affiché :", "Your code printed:"),
    # ------------------------------------------------------------------------------- what is answered
    "bad_type": (
        "{call} renvoie une valeur qui ne peut pas être corrigée : {detail}{path}. Renvoyez {wanted}.",
        "{call} returns something that cannot be graded: {detail}{path}. Return {wanted}.",
    ),
    "bad_program": (
        "{call} ne donne pas de programme compilé qui puisse être lu : {detail}",
        "{call} gives no compiled program that can be read: {detail}",
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
    "bad_form": (
        "{call} doit renvoyer {wanted}{path} ; reçu : {got}.",
        "{call} must return {wanted}{path}; it returned: {got}.",
    ),
    "form_array": ("un tableau de {kind}{shape}", "an array of {kind}{shape}"),
    "form_of_shape": (" de forme {shape}", " of shape {shape}"),
    "form_kind_float": ("flottants", "floats"),
    "form_kind_int": ("entiers", "integers"),
    "form_kind_bool": ("booléens", "booleans"),
    "form_kind_number": ("nombres", "numbers"),
    "form_between": (", entre {low} et {high}", ", from {low} to {high}"),
    "form_number": ("un nombre", "a number"),
    "form_integer": ("un entier", "an integer"),
    "form_truth": ("un booléen (True ou False)", "a bool (True or False)"),
    "form_text": ("un texte", "a text"),
    "form_choice": ("l'un des textes {choices}", "one of the texts {choices}"),
    "form_items": ("une liste ou un tuple", "a list or a tuple"),
    "form_so_many_items": (
        "une liste ou un tuple de {number} éléments",
        "a list or a tuple of {number} items",
    ),
    "form_mapping": ("un dictionnaire", "a dictionary"),
    "form_entries": (
        "un dictionnaire dont les clés sont {keys}",
        "a dictionary with the keys {keys}",
    ),
    "form_network": ("le réseau", "the network"),
    "network_lacks": (
        "{call} doit renvoyer le réseau demandé, avec exactement sa structure ; il lui manque : {names}.",
        "{call} must return the network that is asked for, with exactly its structure; it lacks: {names}.",
    ),
    "network_has_more": (
        "{call} doit renvoyer le réseau demandé, avec exactement sa structure ; il a en trop : {names}.",
        "{call} must return the network that is asked for, with exactly its structure; it also has: {names}.",
    ),
    "bad_network": (
        "{call} doit renvoyer un réseau (un module de flax.nnx) ; c'est un objet {detail}.",
        "{call} must return a network (a module of flax.nnx); this is an object {detail}.",
    ),
    "odd_answer": (
        "Ce que {call} a renvoyé n'a pas la forme que l'énoncé demande : la vérification n'a pas pu s'en "
        "servir ({error}). L'enseignant en trouve le détail dans le résultat.",
        "What {call} returned has not the form that the statement asks for: the check could not use it "
        "({error}). The teacher finds the details in the result.",
    ),
    "unworded": (
        "La vérification a échoué, mais le correcteur n'a pas su dire pourquoi ({error}). L'enseignant en trouve "
        "le détail dans le résultat.",
        "The check failed, but the grader could not put into words why ({error}). The teacher finds the details "
        "in the result.",
    ),
    "none": (
        "{call} renvoie None : manque-t-il un « return » ?",
        "{call} returns None: is a `return` missing?",
    ),
    "none_value": (
        "{call} renvoie None{path} ; il faut une valeur.",
        "{call} returns None{path}; it must be a value.",
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
    "touched_one": (
        "L'appel modifie {names}, qui doit rester tel quel : travaillez sur une copie (`.copy()`).",
        "The call changes {names}, which must stay as it is: work on a copy (`.copy()`).",
    ),
    "touched": (
        "L'appel modifie {names}, qui doivent rester tels quels : travaillez sur des copies (`.copy()`).",
        "The call changes {names}, which must stay as they are: work on copies (`.copy()`).",
    ),
    "dtype_alone": (
        "Ici les nombres sont justes, mais de type {got} au lieu de {expected}{path} : .astype({kind}) les convertit.",
        "The numbers are right here, but of dtype {got} instead of {expected}{path}: .astype({kind}) converts them.",
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
    "scalar_hidden": (
        "La valeur {got} n'est pas la bonne{path}. (La bonne n'est pas montrée : ce serait la réponse.)",
        "The value {got} is not the right one{path}. (The right one is not shown: it would be the answer.)",
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
    "starved": (
        "Non corrigé : la machine était trop occupée, votre code n'a obtenu que {cpu}\u00a0s de calcul en "
        "{seconds:g}\u00a0s. Ce n'est pas votre faute : relancez la correction quand la machine sera plus libre.",
        "Not graded: the machine was too busy, your code got only {cpu}\u00a0s of computation in {seconds:g}\u00a0s. "
        "It is not your fault: grade again when the machine is less busy.",
    ),
    "impatient": (
        "Non corrigé : la machine est restée occupée trop longtemps. Ce n'est pas votre faute : relancez la "
        "correction quand la machine sera plus libre.",
        "Not graded: the machine was too busy for too long. It is not your fault: grade again when the machine is less "
        "busy.",
    ),
    "not_graded_needs": (
        "Non corrigé, car ceci, qui vient d'abord, n'a pas pu l'être : {needs}.",
        "Not graded, as this could not be graded first: {needs}.",
    ),
    "no_check": ("Aucune vérification n'a pu être lue.", "No check could be read."),
    "given": (
        "Juste avec la référence à la place de {names} : la faute vient de là.",
        "Right, given {names}: the fault lies there.",
    ),
    "follows_from_one": (
        "La faute vient de {names} : avec la référence à cette place, ceci est juste.",
        "The fault lies in {names}: with the reference in that place, this is right.",
    ),
    "follows_from": (
        "La faute vient de l'une de ces fonctions : {names}. Avec la référence à leur place, ceci est juste.",
        "The fault lies in one of {names}: with the reference in their place, this is right.",
    ),
    "seen_with": (
        "Observé avec la référence à la place de {names}.",
        "Seen with the reference in place of {names}.",
    ),
    "first_helpers_one": (
        "D'abord {names} : ceci s'en sert, et ce n'est pas encore juste.",
        "First {names}: this uses it, and it is not right yet.",
    ),
    "first_helpers": (
        "D'abord {names} : ceci s'en sert, et elles ne sont pas encore justes.",
        "First {names}: this uses them, and they are not right yet.",
    ),
    "when_right": (
        "Quand est-ce juste ? Dans les {right} cas essayés où {fact} ; faux dans {wrong} des {others} autres.",
        "When is it right? In all {right} cases tried where {fact}; wrong in {wrong} of the {others} others.",
    ),
    "wrong_only": (
        "Où est-ce faux ? Seulement où {fact} : dans {wrong} de ces {here} cas essayés ; les {others} autres "
        "sont justes.",
        "Where is it wrong? Only where {fact}: in {wrong} of these {here} cases tried; the {others} others are right.",
    ),
    "wrong_only_answer": (
        "Où est-ce faux ? Seulement où {fact} est juste : dans {wrong} de ces {here} cas essayés ; les {others} "
        "autres sont justes.",
        "Where is it wrong? Only where {fact} is right: in {wrong} of these {here} cases tried; the {others} "
        "others are right.",
    ),
    "always_zero": (
        "Dans tous les cas essayés, votre réponse est nulle partout : y écrit-on jamais quelque chose ?",
        "In all cases tried your answer is zero everywhere: is anything ever written to it?",
    ),
    "always_opposite": (
        "Dans tous les cas essayés, votre réponse est l'opposé de la bonne.",
        "In all cases tried your answer is the right one with the opposite sign.",
    ),
    "always_factor": (
        "Dans tous les cas essayés, votre réponse vaut exactement {factor} fois la bonne.",
        "In all cases tried your answer is exactly {factor} times the right one.",
    ),
    "always_more": (
        "Dans tous les cas essayés, votre réponse dépasse la bonne d'exactement {difference}.",
        "In all cases tried your answer is exactly {difference} more than the right one.",
    ),
    "always_less": (
        "Dans tous les cas essayés, il manque exactement {difference} à votre réponse.",
        "In all cases tried your answer is exactly {difference} less than the right one.",
    ),
    "always_axes": (
        "Dans tous les cas essayés, les valeurs sont justes, mais les axes dans un autre ordre : "
        "votre réponse est la bonne transposée par {order}.",
        "In all cases tried the values are right, with the axes in another order: "
        "your answer is the right one transposed by {order}.",
    ),
    "always_answers": (
        "Dans tous les cas essayés, vous répondez {value}.",
        "In all cases tried you answer {value}.",
    ),
    "never_answers": (
        "Vous ne répondez jamais {value}, qui était juste dans {count} des cas essayés.",
        "You never answer {value}, which was right in {count} of the cases tried.",
    ),
    "word_never_in": (
        "Seul {value} est en cause : il n'est jamais dans votre liste. Le reste est juste dans tous les cas essayés.",
        "It is {value} alone: it is never in your list. The rest is right in all cases tried.",
    ),
    "word_always_in": (
        "Seul {value} est en cause : il est toujours dans votre liste. Le reste est juste dans tous les cas essayés.",
        "It is {value} alone: it is always in your list. The rest is right in all cases tried.",
    ),
    "word_wrong": (
        "Seul {value} est en cause. Le reste de la liste est juste dans tous les cas essayés.",
        "It is {value} alone. The rest of the list is right in all cases tried.",
    ),
    "only_entry_wrong": (
        "Dans tous les cas essayés, seul l'élément {place} de votre réponse est faux.",
        "In all cases tried only the entry {place} of your answer is wrong.",
    ),
    "only_index_wrong": (
        "Dans tous les cas essayés, ce qui est faux a l'indice {index} sur l'axe {axis} ; le reste est juste.",
        "In all cases tried what is wrong has index {index} along axis {axis}; the rest is right.",
    ),
    "only_index_right": (
        "Dans tous les cas essayés, ce qui a l'indice {index} sur l'axe {axis} est juste, et le reste faux.",
        "In all cases tried what has index {index} along axis {axis} is right, and the rest is wrong.",
    ),
    "only_border_wrong": (
        "Dans tous les cas essayés, seul le bord est faux : premières et dernières lignes et colonnes.",
        "In all cases tried only the border is wrong: first and last rows and columns.",
    ),
    "only_inside_wrong": (
        "Dans tous les cas essayés, le bord (premières et dernières lignes et colonnes) est juste, et "
        "l'intérieur faux.",
        "In all cases tried the border (first and last rows and columns) is right, and the inside is wrong.",
    ),
    "zero_where_wrong": (
        "Partout où votre réponse est fausse, elle vaut 0 : tout y est-il écrit ?",
        "Wherever your answer is wrong it is 0: is all of it written?",
    ),
    "two_mistakes": ("Deux fautes à la fois :", "Two mistakes at once:"),
    "which_line": (
        "Où regarder ? {where}, où un seul changement suffit pour tous les cas essayés : {code}",
        "Where to look? {where}, where a single change is enough for all cases tried: {code}",
    ),
    "all_too_large": (
        "Partout où c'est faux, c'est trop grand ({count} cas essayés).",
        "Wherever it is wrong it is too large ({count} cases tried).",
    ),
    "all_too_small": (
        "Partout où c'est faux, c'est trop petit ({count} cas essayés).",
        "Wherever it is wrong it is too small ({count} cases tried).",
    ),
    # --------------------------------------------------------------------------------------------- report
    "answer_empty": (
        "ANSWER est encore vide : écrivez-y votre réponse, l'enseignant la lira (sans points).",
        "ANSWER is still empty: write your answer there for the teacher to read (no points).",
    ),
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
    "run_case": ("Pour rejouer ce cas : ", "To run this case: "),
    "case_head": (
        "Un cas qui échoue, tel que le correcteur l'a trouvé. Ce fichier est récrit à chaque correction : pour le "
        "garder, copiez-le ailleurs.",
        "A case that fails, as the grader found it. This file is written anew at each grading: to keep it, copy it "
        "elsewhere.",
    ),
    "case_given": (
        "Le correcteur a vu ceci avec des fonctions justes à la place de {names} ; ici, les vôtres répondent.",
        "The grader saw this with right functions in place of {names}; here yours answer.",
    ),
    "case_timeout": (
        "Cet appel n'a pas répondu à temps : Ctrl-C l'arrête.",
        "This call did not answer in time: Ctrl-C ends it.",
    ),
    "case_answer": ("Votre réponse :", "Your answer:"),
    "case_expected": ("Attendu :", "Expected:"),
    "same_mistake": ("Même erreur que plus haut.", "The same mistake as above."),
    "same_failure": ("Comme plus haut : {title}.", "As above: {title}."),
    "how_to_go_on": ("Pour avancer : ", "To go on: "),
    "to_begin": ("Pour commencer : ", "To begin: "),
    "next_question": ("Question suivante : ", "Next question: "),
    "compare": ("Une solution possible : ", "One possible solution: "),
    "all_passed": ("Tout est juste, bravo !", "Everything is right, well done!"),
    "again_secret": (
        "Mêmes tirages : --seed-file avec la graine {seed_id}, que l'enseignant garde{data}",
        "The same draws again: --seed-file with the seed {seed_id}, which the teacher keeps{data}",
    ),
    "part_of": (
        "Une partie de la question, qui vaut {points} points.",
        "A part of the question, which is worth {points} points.",
    ),
    "part_of_one": (
        "Une partie de la question, qui vaut 1 point.",
        "A part of the question, which is worth 1 point.",
    ),
    "elsewhere": (
        "Les cas publics de la question ; {points} points de plus se jouent à la correction.",
        "The public cases of the question; {points} more points are decided when it is marked.",
    ),
    "elsewhere_one": (
        "Les cas publics de la question ; 1 point de plus se joue à la correction.",
        "The public cases of the question; 1 more point is decided when it is marked.",
    ),
    "public_passed": (
        "Tous les cas publics passent. La correction en tire d'autres.",
        "All public cases pass. Marking draws others.",
    ),
    "loads": ("Le fichier se charge", "The file loads"),
    "partial": (
        "Seules les vérifications choisies, et celles dont elles dépendent : cette note n'est pas retenue.",
        "Only the checks that were chosen, and those that they need: nothing is remembered of this score.",
    ),
    "again": ("Mêmes tirages : --seed {seed}", "The same draws again: --seed {seed}"),
    "ungraded": ("{points} points non corrigés", "{points} points not graded"),
    "ungraded_one": ("1 point non corrigé", "1 point not graded"),
    "own_time": (
        "Temps propre de votre code : {own} sur {total}",
        "Own time of your code: {own} of {total}",
    ),
    "share": ("part de la machine : {percent}\u00a0%", "share of the machine: {percent}%"),
    "isolation": (
        "Isolation {level} ({name}) : {promise}",
        "Isolation {level} ({name}): {promise}",
    ),
    "level_0": ("processus", "process"),
    "level_1": ("limité", "limited"),
    "level_2": ("bac à sable", "sandboxed"),
    "level_3": ("cloisonné", "contained"),
    "promise_0": (
        "arrête les accidents et les astuces dans le processus, pas un code hostile",
        "stops accidents and in-process tricks, not hostile code",
    ),
    "promise_1": ("fichiers et mémoire bornés", "bounds files and memory"),
    "promise_2": (
        "ni réseau ni fichiers de l'hôte, tous les processus terminés à la fin",
        "no network, no host files, whole-tree kill",
    ),
    "promise_3": (
        "comme 2, et des ressources bornées : mémoire et processus de tout le rendu",
        "as 2, and bounded resources: memory and processes of the whole submission",
    ),
    # ------------------------------------------------------------------------------------------- the page
    "page_skip": ("Aller au contenu", "Skip to the content"),
    "page_light": ("Clair ou sombre", "Light or dark"),
    "page_light_auto": ("auto", "auto"),
    "page_light_day": ("clair", "light"),
    "page_light_night": ("sombre", "dark"),
    "page_overview": ("Les questions", "Questions"),
    "page_statements": ("Les énoncés", "Statements"),
    "page_statement": ("Énoncé", "Statement"),
    "page_hints": ("Indices", "Hints"),
    "page_answer": ("Votre interprétation", "Your interpretation"),
    "page_before": ("Avant", "Before"),
    "page_past": ("{last} (au mieux {best})", "{last} (at best {best})"),
    "page_points": ("points", "points"),
    "page_same": ("Comme la vérification précédente.", "As the check before."),
    "page_output": ("Ce que votre code a affiché", "What your code printed"),
    "page_call": ("L'appel, en toutes lettres", "The call, written out"),
    "page_table": ("Tableau", "Table"),
    "page_formula": ("Formule", "Formula"),
    "page_code": ("Exemple", "Example"),
    "page_range": ("de {low} à {high}", "from {low} to {high}"),
    "page_constant": ("{low} partout", "{low} everywhere"),
    "page_strays": (", et {count} qui ne sont pas finis", ", and {count} that are not finite"),
    "page_strays_one": (", et 1 qui n'est pas fini", ", and 1 that is not finite"),
    "page_no_number": ("aucun nombre fini", "no finite number"),
    "page_empty": ("vide", "empty"),
    "page_too_large": ("trop grand pour être montré ici", "too large to be shown here"),
    "page_more_planes": (
        "{count} plans de plus ne sont pas montrés.",
        "{count} more planes are not shown.",
    ),
    "page_more_planes_one": ("1 plan de plus n'est pas montré.", "1 more plane is not shown."),
    "page_right_planes": (
        "Les {count} autres plans sont justes.",
        "The {count} other planes are right.",
    ),
    "page_zero_planes": (
        "Les {count} autres plans sont nuls.",
        "The {count} other planes are 0 everywhere.",
    ),
    "page_zero_planes_one": ("L'autre plan est nul.", "The other plane is 0 everywhere."),
    "page_right_planes_one": ("L'autre plan est juste.", "The other plane is right."),
    "page_minus": ("votre réponse − attendu", "your answer − expected"),
    "page_pixels": (
        "image de {rows} lignes et {columns} colonnes",
        "picture of {rows} rows and {columns} columns",
    ),
    "page_wrong": ("{count} valeurs fausses sur {total}", "{count} of {total} values are wrong"),
    "page_wrong_one": ("1 valeur fausse sur {total}", "1 of {total} values is wrong"),
    "page_all_right": ("tout est juste ici", "everything is right here"),
    "page_first": (
        " ; la première : réponse {got}, attendu {expected}, en {index}",
        "; the first: answer {got}, expected {expected}, at {index}",
    ),
    "page_instead": ("faux, attendu {expected}", "wrong, expected {expected}"),
    "page_right": ("juste", "right"),
    "page_false": ("faux", "wrong"),
    "browser_ended": (
        "Cette page ne change plus : le correcteur s'est arrêté.",
        "This page changes no more: the grader has ended.",
    ),
    "browser_renewed": ("Nouveau résultat :", "New result:"),
    # --------------------------------------------------------------------------------------------- hand-ins
    "handin_by_product": (
        "créé par un système ou un éditeur, pas par l'étudiant",
        "made by a system or an editor, not by the student",
    ),
    "handin_empty_folder": ("un dossier vide", "an empty folder"),
    "handin_other_kind": (
        "ni fichier Python ni notebook",
        "neither a Python file nor a notebook",
    ),
    "handin_no_question": (
        "ne répond à aucune question : ni par son nom, ni par ses fonctions",
        "answers no question: neither by its name nor by its functions",
    ),
    "handin_other_course": (
        "est un fichier du cours {course}",
        "is a file of the course {course}",
    ),
    "handin_all_elsewhere": (
        "{files} : ce sont des fichiers du cours {course}, et non de {here}. Si c'est lui que vous corrigez : --course "
        "{course}.",
        "{files}: these are files of the course {course}, and not of {here}. If that is what you grade: --course "
        "{course}.",
    ),
    "handin_of_nobody": (
        "rien ne dit de qui il vient",
        "nothing says whom it comes from",
    ),
    "handin_link": (
        "un lien ; les liens ne sont pas suivis",
        "a link; links are not followed",
    ),
    "handin_device": ("ce n'est pas un fichier ordinaire", "it is no plain file"),
    "handin_leads_out": (
        "son chemin sort de l'archive",
        "its path leads out of the archive",
    ),
    "handin_too_deep": ("trop de dossiers imbriqués", "too many folders in one another"),
    "handin_too_many_entries": (
        "plus de {count} fichiers",
        "more than {count} files",
    ),
    "handin_unreadable": ("il ne peut pas être lu : {why}", "it cannot be read: {why}"),
    "handin_archive_broken": (
        "cette archive ne s'ouvre pas : elle est abîmée, vide, ou d'un autre format que zip, tar, tar.gz et tar.bz2",
        "this archive cannot be opened: it is broken, empty, or of another format than zip, tar, tar.gz and tar.bz2",
    ),
    "handin_archive_empty": ("cette archive est vide", "this archive is empty"),
    "handin_archive_large": (
        "cette archive contient trop d'octets ; rien n'en est extrait",
        "this archive holds too many bytes; nothing of it is taken",
    ),
    "handin_archive_many": (
        "cette archive contient trop de fichiers ; rien n'en est extrait",
        "this archive holds too many files; nothing of it is taken",
    ),
    "handin_archive_deep": (
        "trop d'archives imbriquées",
        "too many archives in one another",
    ),
    "handin_encrypted": ("protégé par un mot de passe", "it has a password"),
    "handin_method": (
        "compressé par une méthode qui n'est pas lue ici",
        "compressed by a method that is not read here",
    ),
    "handin_member_broken": ("abîmé dans l'archive", "broken inside the archive"),
    "handin_several_questions": (
        "répond peut-être à plusieurs questions : {questions}",
        "may answer several questions: {questions}",
    ),
    "handin_other_name": (
        "un autre fichier porte le nom de {question}",
        "another file has the name of {question}",
    ),
    "handin_stub_beside": (
        "le fichier de départ, intact ; la réponse est dans {file}",
        "the untouched stub; the answer is in {file}",
    ),
    "handin_same": ("le même code que {file}", "the same code as {file}"),
    "handin_untouched": ("le fichier de départ, intact", "the untouched stub"),
    "handin_by_functions": (
        "pris pour {question}, dont il définit des fonctions",
        "taken for {question}, of which it defines functions",
    ),
    "handin_taken_for": ("pris pour {file}", "taken for {file}"),
    "handin_two_solutions": (
        "{question} : plusieurs fichiers peuvent être la réponse ({files}). N'en gardez "
        "qu'un, ou demandez lequel compte.",
        "{question}: several files may be the answer ({files}). Keep one of them, or ask which counts.",
    ),
    "handin_perhaps_in": (
        "{question} : la réponse est peut-être dans {files}, ce qui reste à vérifier à la main.",
        "{question}: the answer may be in {files}, which somebody has to look at.",
    ),
    "handin_nothing_known": (
        "il y a du code, mais aucun fichier ne répond à une question ({files}). Renommez ceux qui comptent.",
        "there is code, but no file answers a question ({files}). Rename those that count.",
    ),
    "handins_state_ready": ("prêt", "ready"),
    "handins_state_ambiguous": ("à trancher", "ambiguous"),
    "handins_state_empty": ("rien à corriger", "nothing to grade"),
    "handins_state_missing": ("rien reçu", "nothing received"),
    "handins_fate_graded": ("corrigé", "graded"),
    "handins_fate_ignored": ("ignoré", "ignored"),
    "handins_fate_unread": ("pas lu", "not read"),
    "handins_fate_ambiguous": ("à trancher", "ambiguous"),
    "handins_student": ("Étudiant", "Student"),
    "handins_state": ("Rendu", "Hand-in"),
    "handins_questions": ("Questions", "Questions"),
    "handins_unlisted": ("pas dans la liste", "not in the roster"),
    "handins_missing_questions": ("manque : {questions}", "missing: {questions}"),
    "handins_not_asked": ("de questions non demandées", "of questions that were not asked for"),
    "handins_to": ("{first} à {last}", "{first} to {last}"),
    "handins_account": ("{path} : {fate}", "{path}: {fate}"),
    "handins_number": (
        "{name} = {value} ; tiré pour {student} : {drawn}",
        "{name} = {value}; drawn for {student}: {drawn}",
    ),
    "handins_note": ("{question} : {note}", "{question}: {note}"),
    "handins_nobody": ("Sans auteur connu :", "Of nobody:"),
    "handins_total": (
        "{count} étudiants. Prêts : {ready} ; à trancher : {ambiguous} ; rien à corriger : {empty} ; "
        "rien reçu : {missing}.",
        "{count} students. Ready: {ready}; ambiguous: {ambiguous}; nothing to grade: {empty}; "
        "nothing received: {missing}.",
    ),
    "handins_total_one": (
        "1 étudiant. Prêt : {ready} ; à trancher : {ambiguous} ; rien à corriger : {empty} ; rien reçu : {missing}.",
        "1 student. Ready: {ready}; ambiguous: {ambiguous}; nothing to grade: {empty}; nothing received: {missing}.",
    ),
    # ----------------------------------------------------------------------------------------------- cohorts
    "cohort_open": ("Non corrigé", "Not graded"),
    "cohort_gave_up": (
        "Le correcteur a échoué {count} fois sur ce rendu ; aucun point n'est perdu ni gagné.",
        "The grader failed {count} times on this submission; no point of it is lost or earned.",
    ),
    "cohort_begun": (
        "Il y a déjà une cohorte ici. Avec --resume, elle continue ; sinon, prenez un autre dossier.",
        "A cohort is there already. With --resume it goes on; else take another folder.",
    ),
    "cohort_differs": (
        "Cette cohorte a été commencée autrement ({names}) : ses résultats ne seraient pas comparables. Reprenez-la "
        "avec les mêmes réglages, ou commencez-en une autre dans un autre dossier.",
        "This cohort was begun with something else ({names}): its results could not be compared. Go on with the same "
        "settings, or begin another one in another folder.",
    ),
    "cohort_untrusted": (
        "Au niveau {level}, un rendu pourrait lire les fichiers des autres et atteindre le réseau. Installez "
        "bubblewrap (niveau 2), ou ajoutez --trust-submissions si vous répondez du code de tous.",
        "At level {level} a submission could read the files of others and reach the network. Install bubblewrap "
        "(level 2), or add --trust-submissions if you answer for everyone's code.",
    ),
    "cohort_runs": (
        "Une autre commande corrige déjà dans {folder}.",
        "Another command is grading in {folder} already.",
    ),
    "cohort_begins": (
        "{course} : {count} rendus à corriger, {jobs} à la fois, isolation {level} ({name})",
        "{course}: {count} submissions to grade, {jobs} at a time, isolation {level} ({name})",
    ),
    "cohort_begins_one": (
        "{course} : 1 rendu à corriger, isolation {level} ({name})",
        "{course}: 1 submission to grade, isolation {level} ({name})",
    ),
    "cohort_rate": (
        "{rate:.1f} par minute, encore {minutes} min",
        "{rate:.1f} a minute, {minutes} min left",
    ),
    "cohort_result": (
        "{student}  {score:g} / {max_score:g}",
        "{student}  {score:g} / {max_score:g}",
    ),
    "cohort_result_open": (
        "{student}  {score:g} / {max_score:g}, des points restent ouverts",
        "{student}  {score:g} / {max_score:g}, some points are open",
    ),
    "cohort_stopped": (
        "Arrêté : {done} résultats sur {total} sont gardés dans {folder}. Pour continuer, la même commande avec "
        "--resume.",
        "Stopped: {done} of {total} results are kept in {folder}. To go on, the same command with --resume.",
    ),
    "cohort_store": (
        "Les résultats ne peuvent pas être gardés : {why}. Ceux d'avant sont entiers ; ensuite, la même commande avec "
        "--resume.",
        "Results cannot be kept: {why}. Those from before are whole; afterwards, the same command with --resume.",
    ),
    "cluster_missing": (
        "--cluster demande Dask, qui n'est pas installé : pip install 'jaxcnn[cluster]' (dans un "
        "clone : '.[cluster]')",
        "--cluster needs Dask, which is not installed: pip install 'jaxcnn[cluster]' (in a clone: "
        "'.[cluster]')",
    ),
    "cluster_empty": (
        "Le cluster {address} n'a aucun worker. Démarrez-en, par exemple : dask worker {address}",
        "The cluster {address} has no worker. Start some, for example: dask worker {address}",
    ),
    "cluster_cannot": (
        "Un worker du cluster {address} ne peut pas corriger : {why}. Il lui faut le même Python et les mêmes versions "
        "des paquets qu'ici.",
        "A worker of the cluster {address} cannot grade: {why}. It needs the same Python and the same versions of "
        "packages as here.",
    ),
    "cluster_lost": (
        "Le cluster {address} ne répond pas : {why}. Les résultats gardés sont entiers ; ensuite, la même "
        "commande avec --resume.",
        "The cluster {address} does not answer: {why}. The results that were kept are whole; afterwards, the same "
        "command with --resume.",
    ),
    "cluster_jobs": (
        "--jobs vaut pour cette machine ; chaque worker d'un cluster dit lui-même combien de rendus il prend "
        "(dask worker --nthreads).",
        "--jobs is for this machine; each worker of a cluster says itself how many submissions it takes "
        "(dask worker --nthreads).",
    ),
    "cohort_done": (
        "{done} résultats sont dans {folder}, dont {open} avec des points ouverts ; sans résultat : {without}.",
        "{done} results are in {folder}, {open} of them with open points; without a result: {without}.",
    ),
    "page_mark": ("Note", "Mark"),
    "pages_class": ("La classe", "The class"),
    "pages_handed_in": ("Rendus", "Handed in"),
    "pages_open": ("Points ouverts", "Open points"),
    "pages_waiting": ("À corriger", "To be graded"),
    "pages_empty": ("Rien à corriger", "Nothing to grade"),
    "pages_missing": ("Rien reçu", "Nothing received"),
    "pages_late": ("En retard", "Late"),
    "pages_no_time": ("Sans heure connue", "No known time"),
    "pages_marks": ("Notes sur {total}", "Marks out of {total}"),
    "pages_no_marks": ("Il n'y a pas encore de note.", "There is no mark yet."),
    "pages_mark": ("Note", "Mark"),
    "pages_students": ("Étudiants", "Students"),
    "pages_student": ("Étudiant", "Student"),
    "pages_name": ("Nom", "Name"),
    "pages_state": ("État", "State"),
    "pages_mean": ("Moyenne", "Mean"),
    "pages_median": ("Médiane", "Median"),
    "pages_first_quarter": ("Premier quartile", "First quartile"),
    "pages_third_quarter": ("Troisième quartile", "Third quartile"),
    "pages_lowest": ("La plus basse", "Lowest"),
    "pages_highest": ("La plus haute", "Highest"),
    "pages_checks": ("Vérifications", "Checks"),
    "pages_check": ("Vérification", "Check"),
    "pages_passed": ("Réussie", "Passed"),
    "pages_not_tried": ("Pas tentée", "Not tried"),
    "pages_question": (
        "En moyenne {mean} sur {points} ; {full} sur {count} ont tous les points.",
        "On average {mean} of {points}; {full} of {count} have all points.",
    ),
    "pages_question_open": ("Personne n'a encore de points.", "Nobody has points yet."),
    "pages_mistakes": ("Erreurs connues les plus fréquentes", "Most frequent known mistakes"),
    "pages_mistake": ("Erreur", "Mistake"),
    "pages_answers": (
        "Mêmes réponses fausses, sans erreur connue",
        "Equal wrong answers that are no known mistake",
    ),
    "pages_answers_why": (
        "Plusieurs étudiants donnent la même réponse fausse sur le même cas : une erreur qui mérite un nom, un énoncé "
        "mal compris, ou une vérification à revoir.",
        "Several students give the same wrong answer on the same case: a mistake that deserves a name, a statement "
        "that is misunderstood, or a check to look at.",
    ),
    "pages_answer": ("Réponse", "Answer"),
    "pages_who": ("Chez", "Of"),
    "pages_more": ("et {count} autres", "and {count} others"),
    "pages_more_one": ("et 1 autre", "and 1 other"),
    "pages_none": ("Aucune.", "None."),
    "pages_open_points": ("Points qui restent ouverts", "Points that are open"),
    "pages_why": ("Pourquoi", "Why"),
    "pages_unread": ("Fichiers à regarder", "Files to look at"),
    "pages_file": ("Fichier", "File"),
    "pages_nobody": ("(auteur inconnu)", "(of nobody)"),
    "pages_slowest": ("Les plus lents", "The slowest"),
    "pages_own_time": ("Temps propre", "Own time"),
    "pages_limit": ("Limite", "Limit"),
    "pages_verdict_graded": ("corrigé", "graded"),
    "pages_verdict_open": ("points ouverts", "open points"),
    "pages_verdict_waiting": ("à corriger", "to be graded"),
    "pages_verdict_empty": ("rien à corriger", "nothing to grade"),
    "pages_verdict_missing": ("rien reçu", "nothing received"),
    "pages_points": ("Points retenus : {points}", "Points that count: {points}"),
    "pages_notes": ("À regarder", "To look at"),
    "pages_note": ("Note", "Note"),
    "pages_your_file": (
        "{path} n'a pas été corrigé : {why}",
        "{path} was not graded: {why}",
    ),
    "pages_written": (
        "{count} pages sont dans {folder} ; celle de la classe est {file}.",
        "{count} pages are in {folder}; that of the class is {file}.",
    ),
    "pages_written_one": (
        "1 page est dans {folder} ; celle de la classe est {file}.",
        "1 page is in {folder}; that of the class is {file}.",
    ),
    "pages_no_folder": (
        "{count} étudiants n'ont pas de numéro de participant de Moodle et ne sont pas dans {file} : {students}",
        "{count} students have no participant number of Moodle and are not in {file}: {students}",
    ),
    "pages_no_folder_one": (
        "1 étudiant n'a pas de numéro de participant de Moodle et n'est pas dans {file} : {students}",
        "1 student has no participant number of Moodle and is not in {file}: {students}",
    ),
    "similar_found": (
        "{count} paires à regarder sont dans {file}. Se ressembler ne prouve rien : un exercice court n'a qu'une bonne "
        "solution, et travailler à deux peut être permis. Lisez les deux codes avant de parler à qui que ce soit.",
        "{count} pairs to look at are in {file}. Likeness proves nothing: a short exercise has one good solution, and "
        "working together may be allowed. Read both before you talk to anyone.",
    ),
    "similar_found_one": (
        "1 paire à regarder est dans {file}. Se ressembler ne prouve rien : un exercice court n'a qu'une bonne "
        "solution, et travailler à deux peut être permis. Lisez les deux codes avant de parler à qui que ce soit.",
        "1 pair to look at is in {file}. Likeness proves nothing: a short exercise has one good solution, and working "
        "together may be allowed. Read both before you talk to anyone.",
    ),
    "similar_none": ("Aucune paire ne se ressemble autant.", "No pair is that much alike."),
    "similar_pair": (
        "{question}  {likeness}  {one} (lignes {lines})  {other} (lignes {other_lines})",
        "{question}  {likeness}  {one} (lines {lines})  {other} (lines {other_lines})",
    ),
    "similar_compared": (
        "{question} : {count} comparés ; trop court pour en dire quelque chose : {short} ; illisible : {unread}",
        "{question}: {count} compared; too short to say anything: {short}; cannot be parsed: {unread}",
    ),
    "similar_not_empty": (
        "Le dossier {folder} n'est pas vide ; d'anciens fichiers s'y mêleraient aux nouveaux.",
        "The folder {folder} is not empty; old files in it would mix with the new.",
    ),
    "similar_exported": ("Pour {tool} : {folder}", "For {tool}: {folder}"),
    "regrade_course": (
        "Le cours {course} n'est pas celui de la cohorte ({before}), ou il lui manque des questions de celle-ci.",
        "The course {course} is not that of the cohort ({before}), or lacks questions of it.",
    ),
    "regrade_seed": (
        "La graine n'est pas celle de la cohorte : elle tirerait d'autres cas. Donnez --seed-file.",
        "The seed is not that of the cohort: it would draw other cases. Give --seed-file.",
    ),
    "regrade_none": (
        "Aucune recorrection n'a commencé ; sans --resume une nouvelle commence.",
        "No regrade has begun; without --resume a new one begins.",
    ),
    "regrade_differs": (
        "Le cours ou le correcteur a encore changé depuis le début de cette recorrection ; sans --resume une nouvelle "
        "commence.",
        "The course or the grader has changed again since this regrade began; without --resume a new one begins.",
    ),
    "regrade_question": (
        "La question {question} ne fait pas partie de la cohorte ; il y a {known}.",
        "There is no question {question} in the cohort; there are {known}.",
    ),
    "regrade_student": (
        "{student} n'a pas de résultat ; les identifiants sont dans marks.csv et results.json.",
        "{student} has no result; the ids are in marks.csv and results.json.",
    ),
    "regrade_unchanged": (
        "Rien de ce qui décide des points n'a changé dans le cours. Pour recorriger quand même : --question.",
        "Nothing that decides points has changed in the course. To grade again all the same: --question.",
    ),
    "regrade_begins": (
        "Recorrection {number} : {questions}, {count} rendus, {jobs} à la fois",
        "Regrade {number}: {questions}, {count} submissions, {jobs} at a time",
    ),
    "regrade_begins_one": (
        "Recorrection {number} : {questions}, 1 rendu",
        "Regrade {number}: {questions}, 1 submission",
    ),
    "regrade_also_changed": (
        "A changé aussi, et n'est pas recorrigé : {questions}. Les nouveaux rendus seront corrigés avec ce qui est "
        "maintenant dans le cours.",
        "Changed too, and not graded again: {questions}. New hand-ins will be graded with what is in the course now.",
    ),
    "regrade_left": (
        "{count} rendus n'ont pas pu être recorrigés et gardent leur ancien résultat ; la même commande avec --resume "
        "réessaie.",
        "{count} submissions could not be graded again and keep the result they had; the same command with --resume "
        "tries again.",
    ),
    "regrade_left_one": (
        "1 rendu n'a pas pu être recorrigé et garde son ancien résultat ; la même commande avec --resume réessaie.",
        "1 submission could not be graded again and keeps the result it had; the same command with --resume tries "
        "again.",
    ),
    "regrade_changes": (
        "Les points de {count} étudiants changent. Les anciens résultats sont gardés ; les notes : grader marks "
        "{folder} --differences",
        "Changed: {count} students. The results from before are kept; for marks: grader marks {folder} --differences",
    ),
    "regrade_changes_one": (
        "Les points d'un étudiant changent. Les anciens résultats sont gardés ; les notes : grader marks {folder} "
        "--differences",
        "Changed: 1 student. The results from before are kept; for marks: grader marks {folder} --differences",
    ),
    "regrade_no_change": (
        "Les points de personne ne changent.",
        "Nobody's points change.",
    ),
    "marks_no_regrade": (
        "Rien n'a été recorrigé dans {folder}.",
        "Nothing was graded again in {folder}.",
    ),
    "marks_two_versions": (
        "{question} n'a pas été corrigée de la même façon pour tous : {versions}. Voir grader regrade.",
        "{question} was not graded in the same way for all: {versions}. See grader regrade.",
    ),
    "marks_version": (
        "{count} avec le cours {digest}",
        "{count} with course {digest}",
    ),
    "mark_hand_in": (
        "Rendu pris en compte : {number} sur {count}.",
        "Counted: hand-in {number} of {count}.",
    ),
    "mark_late_score": (
        "Rendu le {at}, en retard de {by} : {percent} % des points obtenus sont retirés.",
        "Handed in {at}, late by {by}: {percent} % of the points earned are taken off.",
    ),
    "mark_late_total": (
        "Rendu le {at}, en retard de {by} : {percent} % de la note maximale sont retirés.",
        "Handed in {at}, late by {by}: {percent} % of full marks are taken off.",
    ),
    "day": ("j", "d"),
    "mark_closed": (
        "Rendu le {at}, après la date limite : la note est 0.",
        "Handed in {at}, after the closing date: the mark is 0.",
    ),
    "mark_check_comment": ("{check} : {comment}", "{check}: {comment}"),
    "mark_dropped": ("(ne compte pas : parmi les plus basses)", "(left out, as one of the lowest)"),
    "mark_without_weight": ("(ne compte pas)", "(does not count)"),
    "mark_weight": ("(compte pour {points})", "(counts for {points})"),
    "mark_bonus": ("(bonus)", "(bonus)"),
    "marks_no_cohort": (
        "Il n'y a pas de cohorte dans {folder}. Pour en corriger une : grader cohort RENDUS -o {folder}",
        "There is no cohort in {folder}. To grade one: grader cohort HANDINS -o {folder}",
    ),
    "marks_written": ("Écrit : {file}", "Written: {file}"),
    "marks_filled": ("{count} notes y sont inscrites.", "{count} marks were filled in."),
    "marks_filled_one": ("1 note y est inscrite.", "1 mark was filled in."),
    "marks_kept": (
        "{count} étudiants y ont déjà une autre note, qui reste (--replace la remplace) : {students}",
        "{count} students have another mark there already, which stays (--replace replaces it): {students}",
    ),
    "marks_kept_one": (
        "1 étudiant y a déjà une autre note, qui reste (--replace la remplace) : {students}",
        "1 student has another mark there already, which stays (--replace replaces it): {students}",
    ),
    "marks_unknown": (
        "{count} étudiants qui ont une note n'y sont pas : {students}",
        "{count} students with a mark are not in it: {students}",
    ),
    "marks_unknown_one": (
        "1 étudiant qui a une note n'y est pas : {students}",
        "1 student with a mark is not in it: {students}",
    ),
    "marks_no_time": (
        "{count} rendus sans heure connue, donc sans retenue : {students}",
        "{count} hand-ins have no known time, so nothing is taken off: {students}",
    ),
    "marks_no_time_one": (
        "1 rendu sans heure connue, donc sans retenue : {students}",
        "1 hand-in has no known time, so nothing is taken off: {students}",
    ),
    "marks_marked_late": (
        "dont, notés en retard par la plateforme, qui ne dit pas de combien : {students}",
        "among them, marked as late by the platform, which does not say by how much: {students}",
    ),
    "marks_late": (
        "{count} rendus en retard : {students}",
        "{count} hand-ins are late: {students}",
    ),
    "marks_late_one": ("1 rendu en retard : {students}", "1 hand-in is late: {students}"),
    "marks_without": (
        "{count} étudiants n'ont pas de note (points ouverts, ou rien à corriger) : {students}",
        "{count} students have no mark (open points, or nothing to grade): {students}",
    ),
    "marks_without_one": (
        "1 étudiant n'a pas de note (points ouverts, ou rien à corriger) : {students}",
        "1 student has no mark (open points, or nothing to grade): {students}",
    ),
    # ----------------------------------------------------------------------------------------- commands
    "written": ("La page est dans {file}", "The page is in {file}"),
    "no_browser_extra": (
        "L'option --browser demande d'autres paquets : pip install 'jaxcnn[browser]' (dans un "
        "clone : '.[browser]')",
        "The option --browser needs more packages: pip install 'jaxcnn[browser]' (in a clone: "
        "'.[browser]')",
    ),
    "page_address": ("Page : {address}", "Page: {address}"),
    "being_graded": ("correction…", "grading…"),
    "question_passed": ("{question} est juste, bravo !", "{question} is right, well done!"),
    "next_file": (
        "Ensuite {question} : enregistrez {file}.",
        "Next {question}: save {file}.",
    ),
    "rest_by_run": ("la suite avec grader run", "the rest with grader run"),
    "watch_keys": (
        "s énoncé · h indice · l solution · r encore · n suivante · p précédente · q quitter",
        "s statement · h hint · l solution · r again · n next · p previous · q quit",
    ),
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
    "hint_of_function": ("Pour une seule fonction : ", "For one function: "),
    "no_such_hint": (
        "Il n'y a pas d'indice pour {function} dans {question} ; il y en a pour {known}.",
        "There is no hint for {function} in {question}; there are some for {known}.",
    ),
    "commentary": ("À retenir", "What to take away"),
    "no_hints": ("{question} n'a pas d'indice.", "{question} has no hints."),
    "no_text": ("{question} n'a pas d'énoncé.", "{question} has no statement."),
    "solution_locked": (
        "La solution de {question} s'ouvre quand la question est réussie : ",
        "The solution of {question} opens once the question is passed: ",
    ),
    "last_time": (
        "dernier essai : {score}, {verdict}",
        "last attempt: {score}, {verdict}",
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
    "init_numbers": (
        "Nombres tirés pour {student} : {numbers}.",
        "Numbers drawn for {student}: {numbers}.",
    ),
    "init_own_numbers": (
        "Dans ce cours, chacun a ses propres nombres. Les vôtres : {command}",
        "In this course everyone has numbers of their own. For yours: {command}",
    ),
    "init_no_numbers": (
        "Ce cours ne tire pas de nombres : --student n'y change rien.",
        "This course draws no numbers: --student changes nothing in it.",
    ),
    "no_student": (
        "--student (={student!r}) doit contenir une lettre ou un chiffre.",
        "--student (={student!r}) must have a letter or a digit.",
    ),
    "made_list": ("les questions", "the questions"),
    "made_show": ("un énoncé", "a statement"),
    "made_run": ("corriger", "grade"),
    # ------------------------------------------------------------------------------------ errors of usage
    "seed_made": (
        "Une graine neuve est dans {file} : gardez-la secrète.",
        "A fresh seed is in {file}: keep it secret.",
    ),
    "seed_unread": (
        "--seed-file (={file}) ne peut pas être lu : {why}.",
        "--seed-file (={file}) cannot be read: {why}.",
    ),
    "seed_no_number": (
        "--seed-file (={file}) doit contenir un seul nombre, de 0 à 2**128 - 1. Sans fichier de ce nom, un "
        "nouveau est créé avec une graine neuve.",
        "--seed-file (={file}) must hold one number, from 0 to 2**128 - 1. Where there is no file of that "
        "name, one is made with a fresh seed.",
    ),
    "seed_twice": (
        "--seed et --seed-file ne vont pas ensemble.",
        "--seed and --seed-file do not go together.",
    ),
    "unknown_course": (
        "Le cours {course} est inconnu ; cours connus : {known}.",
        "The course {course} is not known; known courses: {known}.",
    ),
    "export_no_files": (
        "Aucun fichier du cours n'a été reconnu ({files}…) : rien n'a été corrigé.",
        "No file of the course was recognised ({files}…): nothing was graded.",
    ),
    "export_to_come": ("Pas encore corrigé.", "Not graded yet."),
    "export_no_time": ("Le temps a manqué.", "Time ran out."),
    "export_open": (
        "{points} points ne sont pas corrigés.",
        "{points} points are not graded.",
    ),
    "files_beside": (
        "Figures et données : {names}, dans {folder}",
        "Figures and data: {names}, in {folder}",
    ),
    "opens": (
        "{questions} : ouverture le {when}.",
        "{questions}: opens on {when}.",
    ),
    "closed": (
        "{questions} : fermeture le {when}. Vous pouvez encore vous exercer ; un rendu fait maintenant est en retard.",
        "{questions}: closed on {when}. You may still practise; what is handed in now is late.",
    ),
    "nothing_open": ("Aucune question n'est encore ouverte.", "No question is open yet."),
    "solution_later": (
        "La solution de {question} s'ouvre à sa fermeture, le {when}.",
        "The solution of {question} opens when it closes, on {when}.",
    ),
    "no_solution": (
        "Les solutions ne sont pas dans ce que vous avez de ce cours.",
        "The solutions are not in what you have of this course.",
    ),
    "needs_solutions": (
        "{course} est le paquet des étudiants : il faut ici le cours avec ses solutions (--course).",
        "{course} is the students' package: here it takes the course with its solutions (--course).",
    ),
    "course_with_code": (
        "{folder} contient un cours avec son code, qui s'exécuterait dans le correcteur. Si vous lui faites "
        "confiance : --course {name}",
        "{folder} holds a course with its code, which would run in the grader. If you trust it: --course {name}",
    ),
    "folder_of_course": (
        "Ce dossier a été fait pour le cours {course}, qui n'est pas installé ici. Installez-le, ou donnez son "
        "dossier : --course DOSSIER, ou la variable GRADER_COURSE.",
        "This folder was made for the course {course}, which is not installed here. Install it, or name its folder: "
        "--course FOLDER, or the variable GRADER_COURSE.",
    ),
    "unknown_question": (
        "La question {question} n'existe pas dans {course} ; il y a {known}.",
        "There is no question {question} in {course}; there are {known}.",
    ),
    "unknown_check": (
        "Aucune vérification ne s'appelle {name}, ni aucune fonction qu'elles appellent. Il y a :\n{known}",
        "No check is called {name}, and no function that they call. There are:\n{known}",
    ),
    "another_place": (
        "{path} n'est pas dans le dossier corrigé ({folder}). Pour corriger celui-là : --submission {parent}",
        "{path} is not in the folder that is graded ({folder}). To grade that one: --submission {parent}",
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
    "ENOTDIR": (
        "un fichier se trouve là où il faut un dossier",
        "a file is where a folder must be",
    ),
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
    "verdict_not_graded": ("non corrigé", "not graded"),
    "verdict_grader_error": ("erreur interne", "grader error"),
    # ------------------------------------------------------------------ a package for students: its README
    "package_files": (
        "Vos fichiers sont dans `exercises/`. Dans ce dossier :",
        "Your files are in `exercises/`. In this folder:",
    ),
    "package_numbers": (
        "ID est votre identifiant, tel que l'enseignant le connaît : les nombres de certaines questions en sont tirés.",
        "ID is your own, as your teacher knows it: the numbers of some questions are drawn from it.",
    ),
    "package_cases": (
        "`grader run` pose à vos fonctions les cas publics de l'énoncé, rangés dans `course/`. La correction en tire "
        "d'autres, et vérifie aussi ce que ces cas ne disent pas.",
        "`grader run` asks your functions the public cases, which are kept in `course/`. Marking draws others, and "
        "checks what these cases do not tell, too.",
    ),
}
