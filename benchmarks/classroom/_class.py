"""A class, drawn from a seed: what each student wrote, how they sent it, and what must be said of it."""

import dataclasses
import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path

from grader.course import Course, Question

from ._answers import BROKEN, NO_TEXT, Answers
from ._platforms import PLATFORMS, Person
from ._sending import GRADED, HARMLESS, TROUBLED, UNREAD, Answer, Sent

__all__ = ["KINDS", "write_class"]

# How many of three hundred.
KINDS = {"right": 90, "mistake": 90, "unfinished": 40, "broken": 22, "attack": 30, "troubled": 28}
_FIRST = [
    "Ada",
    "Élodie",
    "Grace",
    "Jürgen",
    "Zoé",
    "François",
    "Noémie",
    "Björn",
    "Inès",
    "Łukasz",
    "Mehmet",
    "Anaïs",
    "Søren",
    "Chloé",
    "Tomáš",
    "Aïcha",
    "José",
    "Maëlle",
    "Nguyễn",
    "Siân",
]
_LAST = [
    "Dupont",
    "Lefèvre",
    "Müller",
    "García",
    "O'Neill",
    "Nowak",
    "Öztürk",
    "Benoît",
    "Le-Gall",
    "Petit",
    "Håkansson",
    "Novák",
    "Diallo",
    "Garçon",
    "Martin",
]


@dataclasses.dataclass
class Truth:
    """What is known of a student: the states of questions, and the mistakes that may be named."""

    kind: str
    way: str
    what: str = ""
    full: list[str] = dataclasses.field(default_factory=list)
    lost: list[str] = dataclasses.field(default_factory=list)
    zero: list[str] = dataclasses.field(default_factory=list)
    open: list[str] = dataclasses.field(default_factory=list)
    unfinished: list[str] = dataclasses.field(default_factory=list)
    mistakes: dict[str, str] = dataclasses.field(default_factory=dict)


def write_class(
    folder: Path,
    course: Course,
    questions: Sequence[Question],
    *,
    seed: int,
    count: int = 300,
    platforms: Sequence[str] = tuple(PLATFORMS),
    kinds: Sequence[str] = tuple(KINDS),
) -> Path:
    """Write what a class hands in, and ``truth.json``.

    Args:
        folder: a new one.
        course: the course.
        questions: those that students answer; of others nothing is sent.
        seed: equal seeds make equal classes.
        count: of students.
        platforms: by which they are delivered, in turn.
        kinds: of students, see ``KINDS``; shares stay as they are.

    Returns:
        The path of the truth.
    """
    folder.mkdir(parents=True)
    draw = random.Random(seed)
    answers = Answers(course, list(questions))
    names = [(first, last) for last in _LAST for first in _FIRST]
    draw.shuffle(names)
    whole = len(questions) == len(course.questions)
    drawn = _students(answers, draw, count, kinds)
    # Dealt out so that each platform has some of every kind.
    told = []
    for offset, platform in enumerate(platforms):
        mine = drawn[offset :: len(platforms)]
        pairs = []
        for place, (_, sent) in enumerate(mine):
            first, last = names[offset + place * len(platforms)]
            pairs.append((Person(first, last, 1000 * (offset + 1) + place + 101), sent))
        delivery = PLATFORMS[platform](folder, pairs)
        told.append(
            {
                "platform": platform,
                "path": delivery.path,
                "roster": delivery.roster,
                "strays": delivery.strays,
                "students": [
                    {
                        "id": delivery.ids[place],
                        "name": pairs[place][0].name,
                        **dataclasses.asdict(known),
                        "state": "ambiguous" if sent.doubt and not whole else sent.state,
                        "files": delivery.fates[place],
                    }
                    for place, (known, sent) in enumerate(mine)
                ],
            }
        )
    path = folder / "truth.json"
    truth = {
        "course": course.id,
        "questions": [question.id for question in questions],
        "seed": seed,
        "deliveries": told,
    }
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _students(
    answers: Answers, draw: random.Random, count: int, kinds: Sequence[str]
) -> list[tuple[Truth, Sent]]:
    shares = sum(KINDS[kind] for kind in kinds)
    wanted = [kind for kind in kinds for _ in range(round(count * KINDS[kind] / shares))]
    wanted = [*wanted, *itertools.repeat(kinds[0], count)][:count]
    ways = itertools.cycle(_shuffled(list(HARMLESS), draw))
    troubles = itertools.cycle(TROUBLED)
    broken = itertools.cycle(BROKEN)
    attacks = itertools.cycle(answers.attacks()) if "attack" in kinds else iter(())
    students = []
    for kind in wanted:
        if kind == "troubled":
            students.append(_troubled(answers, draw, next(troubles)))
        elif kind == "attack":
            students.append(_attack(answers, draw, next(ways), *next(attacks)))
        else:
            spoiled = next(broken) if kind == "broken" else ""
            students.append(_honest(answers, draw, kind, next(ways), spoiled))
    return _shuffled(students, draw)


def _honest(
    answers: Answers, draw: random.Random, kind: str, way: str, spoiled: str
) -> tuple[Truth, Sent]:
    """Right answers, but for one question or two."""
    truth = Truth(kind, way, spoiled)
    chosen = draw.sample(answers.questions, 0 if kind == "right" else draw.choice((1, 1, 2)))
    given = []
    for question in answers.questions:
        source, fate = answers.right(question, draw).encode(), GRADED
        if question not in chosen:
            truth.full.append(question.id)
        elif kind == "mistake":
            text, name = answers.mistaken(question, draw)
            source = text.encode()
            truth.lost.append(question.id)
            truth.mistakes[question.id] = name
        elif kind == "unfinished":
            source = answers.unfinished(question, draw).encode()
            truth.lost.append(question.id)
            truth.unfinished.append(question.id)
        else:
            source = BROKEN[spoiled](source.decode())
            fate = UNREAD if spoiled in NO_TEXT else GRADED
            truth.zero.append(question.id)
        given.append(_answer(answers, question, source, fate))
    return truth, HARMLESS[way](given, draw)


def _attack(
    answers: Answers, draw: random.Random, way: str, name: str, question: Question, source: str
) -> tuple[Truth, Sent]:
    """An attack beside untouched stubs: nothing may come of it, there or elsewhere."""
    truth = Truth("attack", way, name, zero=[one.id for one in answers.questions])
    given = [
        _answer(answers, one, source.encode() if one is question else answers.stub(one).encode())
        for one in answers.questions
    ]
    return truth, HARMLESS[way](given, draw)


def _troubled(answers: Answers, draw: random.Random, way: str) -> tuple[Truth, Sent]:
    given = [_answer(answers, one, answers.right(one, draw).encode()) for one in answers.questions]
    sent = TROUBLED[way](given, draw)
    full = [one.id for one in answers.questions if one.id not in sent.open]
    if sent.state in ("empty", "missing"):
        full = []
    return Truth("troubled", way, full=full, open=list(sent.open)), sent


def _answer(answers: Answers, question: Question, source: bytes, fate: str = GRADED) -> Answer:
    return Answer(question, source, answers.stub(question).encode(), fate)


def _shuffled(values: list, draw: random.Random) -> list:
    draw.shuffle(values)
    return values
