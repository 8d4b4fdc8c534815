"""What the commands do by which an instructor looks at a class: pages, and pairs that are alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import _usage
from grader.cli._cohort_folder import check_cohort, listed, open_store, policy_of, write_told
from grader.cli._output import tell
from grader.messages import Language, say
from grader.text import one_line

if TYPE_CHECKING:
    from grader.cohort import Graded

__all__ = ["pages", "similar"]

_MOST_PAIRS = 10  # on the terminal


def pages(
    out: Path,
    course_name: str | None,
    *,
    store_url: str | None,
    policy: Path | None,
    scale: float | None,
    moodle_feedback: Path | None,
    language: Language,
) -> None:
    check_cohort(out, store_url, language)
    with open_store(out, store_url, language) as store:
        from grader.cohort import CohortError, Stopped
        from grader.marking import marks as marks_of
        from grader.pages import class_page, student_pages, survey
        from grader.platforms import to_moodle_feedback

        settings = store.settings()
        course = _usage.find(course_name or (settings.course if settings else ""), language)
        _usage.check_writable(moodle_feedback, language)
        folder, links = out / "pages", {}
        try:
            rules = policy_of(policy, scale)
            seen = survey(marks_of(store, rules), store.strays())
            made = student_pages(marks_of(store, rules), course, language)

            def write_each() -> "Iterator[tuple[Graded, str]]":
                for one in made:
                    path = f"students/{one.name}.html"
                    links[one.mark.graded.student] = path
                    _usage.write(folder / path, one.page.encode(), language)
                    yield one.mark.graded, one.page

            if moodle_feedback:
                feedback = to_moodle_feedback(write_each(), f"{course.id}.html")
                write_told(moodle_feedback, feedback.content, language)
                if feedback.without:
                    names, count = listed(feedback.without), len(feedback.without)
                    facts = {"students": names, "file": moodle_feedback}
                    tell(say("pages_no_folder", language, count=count, **facts), "bold")
            else:
                for _ in write_each():
                    pass
        except Stopped:
            raise
        except CohortError as error:
            raise _usage.UsageError(str(error)) from error
        page = class_page(seen, course, language, links=links)
        _usage.write(folder / "index.html", page.encode(), language)
    facts = {"folder": folder / "students", "file": folder / "index.html"}
    tell(say("pages_written", language, count=len(links), **facts))


def similar(
    out: Path,
    course_name: str | None,
    questions: list[str],
    *,
    store_url: str | None,
    at_least: float,
    jplag: Path | None,
    dolos: Path | None,
    language: Language,
) -> None:
    check_cohort(out, store_url, language)
    for folder in (jplag, dolos):
        if folder is not None and folder.exists() and any(folder.iterdir()):
            raise _usage.UsageError(say("similar_not_empty", language, folder=folder))
    with open_store(out, store_url, language) as store:
        from grader.similarity import (
            Reader,
            code_of,
            compare,
            given_of,
            pairs_to_table,
            to_dolos,
            to_jplag,
        )

        settings = store.settings()
        course = _usage.find(course_name or (settings.course if settings else ""), language)
        chosen = [_usage.find_question(course, name, language) for name in questions]
        graded = settings.questions if settings else ()
        pairs = []
        with Reader() as reader:
            for question in chosen or [q for q in course.questions if q.id in graded]:
                codes, given = list(code_of(store, course, question)), given_of(course, question)
                for folder, export in ((jplag, to_jplag), (dolos, to_dolos)):
                    if folder is not None:
                        for path, content in export(question, codes, given):
                            _usage.write(folder / path, content, language)
                found = compare(question.id, codes, given, at_least=at_least, reader=reader)
                pairs += found.pairs
                facts = {"short": len(found.short), "unread": len(found.unread)}
                facts |= {"question": question.id, "count": found.compared}
                tell(say("similar_compared", language, **facts), style="dim")
    pairs.sort(key=lambda pair: -pair.likeness)
    path = out / "similar.csv"
    _usage.write(path, pairs_to_table(pairs), language)
    for pair in pairs[:_MOST_PAIRS]:
        facts = {"question": pair.question, "likeness": f"{pair.likeness:.2f}"}
        facts |= {"one": one_line(pair.one.student, 60), "other": one_line(pair.other.student, 60)}
        lines = [f"{first}-{last}" for first, last in pair.lines]
        text = say("similar_pair", language, lines=lines[0], other_lines=lines[1], **facts)
        tell(f"  {text}")
    key = "similar_found" if pairs else "similar_none"
    tell(say(key, language, count=len(pairs), file=path), "bold" if pairs else "")
    for tool, folder in (("JPlag", jplag), ("Dolos", dolos)):
        if folder is not None:
            tell(say("similar_exported", language, tool=tool, folder=folder))
