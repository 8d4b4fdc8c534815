"""Frames of a worker: the answer, or nothing that is believed; and nothing stays of what was not."""

import pytest

from grader import wire
from grader.results import Verdict
from grader.session import Fault, Session, fault_from
from grader.session._process import REPLY_LIMITS
from grader.session._reply import Value, opened


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"id": 3, "value": [1, {"a": None}]}, Value),
        ({"id": 3, "value": None}, Value),
        ({"id": 3, "fault": {"kind": "exception"}}, Fault),
        ({"id": 3, "fault": {}}, Fault),
        ({"id": 4, "value": 1}, type(None)),
        ({"id": 3, "value": 1, "score": 11}, type(None)),
        ({"id": "3", "value": 1}, type(None)),
        ({"id": 3, "fault": [1]}, type(None)),
        ({"id": 3}, type(None)),
        ([3, 1], type(None)),
        ("3", type(None)),
    ],
    ids=repr,
)
def test_only_what_answers_the_request_is_an_answer(reply, kind):
    assert type(opened(wire.encode(reply), 3, "f()")) is kind


@pytest.mark.parametrize(
    "frame", [b"", b"N", b"garbage", wire.encode({"id": 3, "value": 1}) + b"N"]
)
def test_what_is_no_reply_is_none(frame):
    assert opened(frame, 3, "f()") is None


def test_reading_a_reply_takes_a_hundred_megabytes_at_most_beside_its_arrays():
    """What an item and a byte of text take is measured with the codec."""
    assert 500 * REPLY_LIMITS.items + 6 * REPLY_LIMITS.text < 100e6


def test_a_value_may_be_as_deep_and_have_as_many_items_as_a_worker_may_send():
    deep: object = 1
    for _ in range(31):
        deep = [deep]
    many = list(range(99_990))
    for value in (deep, many):
        assert opened(wire.encode({"id": 1, "value": value}), 1, "f()") == Value(value)


HOSTILE = "\x1b[31m\u202e" * 9999


def test_a_claim_about_an_exception_is_short_and_says_what_is_cut():
    facts = {
        "kind": "exception",
        "type": HOSTILE,
        "text": "line\n" * 100_000,
        "name": HOSTILE,
        "names": [HOSTILE] * 9999,
        "frames": [["f", 2**4000, "g"], ["f", -1, "g"], ["f", 7, HOSTILE]] * 99,
    }
    fault = fault_from(facts, "f()")
    assert len(str(fault)) < 50_000
    assert fault.facts["text"].endswith("\n    …")
    assert {line for line, _ in fault.facts["frames"]} == {7}
    assert max(map(len, fault.facts["names"])) <= 80
    short = fault_from({"kind": "exception", "text": "a\nb"}, "f()")
    assert short.facts["text"] == "a\n    b"


def _depth(error: BaseException) -> int:
    depth, entry = 0, error.__traceback__
    while entry:
        depth, entry = depth + 1, entry.tb_next
    return depth


def test_a_file_that_cannot_be_loaded_is_remembered_without_those_who_asked():
    session = Session({}, lambda around: pytest.fail("no worker is needed"))
    try:
        session._unloadable["q"] = Fault(Verdict.IMPORT_ERROR, call="q.py")
        depths = []
        for _ in range(5):
            with pytest.raises(Fault) as caught:
                session.load("q", "q.py", None)  # type: ignore[arg-type]
            depths.append(_depth(caught.value))
        assert len(set(depths)) == 1
    finally:
        session.close()
