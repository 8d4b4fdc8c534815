"""What ``grader marks`` does."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.cli import _usage
from grader.cli._cohort_folder import (
    check_cohort,
    difference_text,
    listed,
    open_store,
    policy_of,
    write_told,
)
from grader.cli._output import tell
from grader.messages import Language, say

if TYPE_CHECKING:
    from grader.cohort import Store
    from grader.marking import Mark, Policy
    from grader.platforms import Filled

__all__ = ["marks"]


def marks(
    out: Path,
    *,
    store_url: str | None,
    policy: Path | None,
    scale: float | None,
    moodle: Path | None,
    canvas: Path | None,
    column: str | None,
    replace: bool,
    gradescope: bool,
    junit: bool,
    compare: bool,
    language: Language,
) -> None:
    check_cohort(out, store_url, language)
    with open_store(out, store_url, language) as store:
        from grader.cohort import CohortError, Stopped
        from grader.marking import marks as marks_of
        from grader.platforms import SheetError, fill_canvas, fill_moodle, to_table

        try:
            rules = policy_of(policy, scale)
            settings = store.settings()
            questions = settings.questions if settings else ()
            write_told(out / "marks.csv", to_table(marks_of(store, rules), questions), language)
            for sheet, fill in ((moodle, fill_moodle), (canvas, fill_canvas)):
                if sheet is not None:
                    filled = fill(
                        sheet,
                        marks_of(store, rules),
                        column=column,
                        decimals=rules.decimals,
                        replace=replace,
                    )
                    write_told(out / f"filled-{sheet.name}", filled.content, language)
                    _tell_filled(filled, language)
            if gradescope or junit:
                _write_each(out, store, rules, gradescope, junit, language)
            if compare:
                _write_differences(out, store, rules, language)
            made = [_Told.of(mark) for mark in marks_of(store, rules)]
            _tell_versions(store, language)
        except Stopped:
            raise
        except (CohortError, SheetError) as error:
            raise _usage.UsageError(str(error)) from error
    for key, chosen in (
        ("marks_late", [told.student for told in made if told.late]),
        ("marks_no_time", [told.student for told in made if told.time_missing]),
        ("marks_without", [told.student for told in made if told.without]),
    ):
        if chosen:
            tell(say(key, language, count=len(chosen), students=listed(chosen)), "bold")
        marked = [t.student for t in made if t.time_missing and t.marked_late]
        if key == "marks_no_time" and marked:
            tell("  " + say("marks_marked_late", language, students=listed(marked)))


class _Told(NamedTuple):
    """Of a mark what is told of the whole class."""

    student: str
    late: bool
    time_missing: bool
    marked_late: bool
    without: bool

    @classmethod
    def of(cls, mark: "Mark") -> "_Told":
        told = mark.graded.handin.get("handed_in") or {}
        return cls(
            mark.graded.student,
            mark.late is not None,
            mark.time_missing,
            bool(told.get("marked_late")),
            mark.mark is None,
        )


def _write_each(
    out: Path, store: "Store", rules: "Policy", gradescope: bool, junit: bool, language: Language
) -> None:
    """A file for each student; its name is the id, without what a file's name may not have."""
    from grader.marking import marks as marks_of
    from grader.platforms import to_gradescope
    from grader.report import to_junit
    from grader.results import Result

    for number, mark in enumerate(marks_of(store, rules), 1):
        if not mark.graded.result:
            continue
        result = Result.from_json(mark.graded.result)
        kept = "".join(sign if sign.isalnum() else "_" for sign in mark.graded.student)[:60]
        name = f"{number:04}-{kept}"
        if gradescope:
            _usage.write(
                out / "gradescope" / f"{name}.json", to_gradescope(result, rules.total), language
            )
        if junit:
            _usage.write(out / "junit" / f"{name}.xml", to_junit(result), language)


def _write_differences(out: Path, store: "Store", rules: "Policy", language: Language) -> None:
    """Those of the last regrade: on the terminal, and as a table."""
    from grader.marking import differences
    from grader.platforms import differences_to_table

    editions = store.editions()
    if len(editions) < 2:
        raise _usage.UsageError(say("marks_no_regrade", language, folder=out))
    found = list(differences(store, rules, editions[-1]))
    write_told(out / "differences.csv", differences_to_table(found), language)
    for difference in found:
        tell(f"  {difference_text(difference)}")
    if not found:
        tell(say("regrade_no_change", language))


def _tell_versions(store: "Store", language: Language) -> None:
    """Questions that not everyone's work was graded in the same way for."""
    digests = {e.number: e.settings.digests for e in store.editions()}
    counts: dict[str, dict[str, int]] = {}
    for graded in store.graded():
        for question, edition in graded.graded_in.items():
            of = counts.setdefault(question, {})
            digest = digests[edition].get(question, "")
            of[digest] = of.get(digest, 0) + 1
    for question, of in counts.items():
        if len(of) > 1:
            told = [
                say("marks_version", language, count=count, digest=digest[:8])
                for digest, count in of.items()
            ]
            facts = {"question": question, "versions": ", ".join(told)}
            tell(say("marks_two_versions", language, **facts), "bold")


def _tell_filled(filled: "Filled", language: Language) -> None:
    tell(say("marks_filled", language, count=filled.filled))
    if filled.kept:
        tell(
            say("marks_kept", language, count=len(filled.kept), students=listed(filled.kept)),
            "bold",
        )
    if filled.unknown:
        names = listed(filled.unknown)
        tell(say("marks_unknown", language, count=len(filled.unknown), students=names), "bold")
