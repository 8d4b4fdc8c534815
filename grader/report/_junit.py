"""JUnit XML: a suite for each question, a case for each check."""

import xml.etree.ElementTree as ET

from grader.results import CheckResult, Result, Verdict
from grader.text import printable

__all__ = ["to_junit"]


def to_junit(result: Result) -> bytes:
    """The result in the dialect that CI systems read."""
    root = ET.Element("testsuites", name=result.course, time=f"{result.seconds:.3f}")
    for question in result.questions:
        verdicts = [check.verdict for check in question.checks]
        skipped = sum(v in (Verdict.SKIPPED, Verdict.NOT_ATTEMPTED) for v in verdicts)
        errors = sum(not verdict.graded for verdict in verdicts)
        passed = verdicts.count(Verdict.PASSED)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=printable(f"{question.id} {question.title}"),
            tests=str(len(verdicts)),
            failures=str(len(verdicts) - skipped - errors - passed),
            errors=str(errors),
            skipped=str(skipped),
            time=f"{question.seconds:.3f}",
            timestamp=result.started,
        )
        for check in question.checks:
            _case(suite, question.id, check)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _case(suite: ET.Element, question: str, check: CheckResult) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=question, name=printable(check.id), time=f"{check.seconds:.3f}"
    )
    match check.verdict:
        case Verdict.PASSED:
            return
        case Verdict.SKIPPED | Verdict.NOT_ATTEMPTED:
            kind = "skipped"
        case Verdict.GRADER_ERROR | Verdict.NOT_GRADED:
            kind = "error"
        case _:
            kind = "failure"
    message = printable(check.message)
    element = ET.SubElement(case, kind, message=message.partition("\n")[0])
    if kind != "skipped":
        element.set("type", check.verdict.value)
    lines = [check.title, message]
    if kind == "error":
        lines.append(f"points not graded: {check.max_points:g}")
    if (example := check.counterexample) is not None:
        lines += [text for text in (example.call, example.got, example.difference) if text]
    element.text = printable("\n".join(lines))
