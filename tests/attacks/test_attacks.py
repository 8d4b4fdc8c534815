"""Submissions that try to cheat score 0 where honest work would score 0.

Each is a file under ``submissions/`` whose docstring says what it tries and why it fails.  Level 0 promises to
stop tricks inside the process; the others need level 1 or 2.  At level 2 every run draws fresh inputs.
"""

import io
import shutil
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from grader.report import TerminalReport, to_junit
from grader.results import Result, Verdict
from grader.sandbox import _paths

IN_PROCESS = [
    "always_equal",
    "another_form_next",
    "array_subclass",
    "at_exit",
    "configuration_beside",
    "constant_answers",
    "crowded_answers",
    "environment",
    "exit_status",
    "fake_report",
    "forged_frames",
    "frames_and_gc",
    "high_rank",
    "hostile_labels",
    "huge_frame",
    "huge_keys",
    "lookup_table",
    "malformed_faults",
    "network_in_a_reply",
    "patch_grader",
    "patch_numpy",
    "patch_pytest",
    "patch_wire_encode",
    "pickle_on_the_wire",
    "remembered_answers",
    "replies_that_say_passed",
    "result_files",
    "stale_bytecode",
    "type_names",
]
OUT_OF_PROCESS = [
    "calls_of_tomorrow",
    "command_lines",
    "crowd_of_threads",
    "fill_the_scratch_folder",
    "host_settings",
    "kill_the_grader",
    "many_empty_files",
    "memory_of_the_kernel",
    "network_access",
    "new_processes",
    "objects_that_stay",
    "other_submissions",
    "parent_memory",
    "poison_the_next_run",
    "pretend_to_be_starved",
    "read_git",
    "read_solutions",
    "read_through_proc",
    "signs_on_shared_files",
    "sockets_that_find_others",
    "uncounted_memory",
]
SECOND_QUESTION = ["fake_jit", "withheld_modules"]
# Of the practical: submission, level, the check that judges what was learned, and the task on which it knows too
# little. Networks train for seconds and are judged alike at every level, so the other levels are tried by hand; the
# lookup at level 0 is also the proof that it would win if only the known kinds were asked.
KNOWN, FRESH = "new images of the two classes", "drawn at random for this run"
OTHERWISE = "answers otherwise"
JUDGED = [
    ("constant_classes", 2, "q09.train", "stayed as they were"),
    ("answers_from_the_package", 2, "q09.train", KNOWN),
    ("labels_remembered", 2, "q10.svm_predict", OTHERWISE),
    ("ridge_called_svm", 2, "q10.svm_predict", OTHERWISE),
    ("one_method_twice", 2, "q10.forest_predict", "not those of a random forest"),
    ("neighbours_called_forest", 2, "q10.forest_predict", "not those of a random forest"),
    ("plain_called_augmented", 2, "q11.train", KNOWN),
    ("features_of_another_network", 2, "q11.train", "network"),
    ("one_key_for_all_steps", 2, "q11.draws", "Is the key new at each step"),
    ("one_measurement_repeated", 2, "q11.gain", "not what the networks answer"),
    ("head_on_all_layers", 2, "q13.decide_and_train", "floats of shape (6272,)"),
    ("one_fold_decides", 2, "q13.decide_and_train", "does not support this choice"),
    ("always_one_cut", 2, "q14.cut_and_train", "does not support this choice"),
    ("one_head_on_all_cuts", 2, "q14.cut_and_train", "floats of shape (64,)"),
    ("another_cut_named", 2, "q14.cut_and_train", "not those of the probe"),
    ("statistics_moved", 2, "q12.adapt", "must come back equal"),
    ("noise_called_tuning", 2, "q15.frozen", "but not by going downhill"),
    ("last_layer_alone", 2, "q16.dense_layers", "have not moved"),
]
JUDGED_BY_HAND = [
    *(("constant_classes", level, "q09.train", "stayed as they were") for level in (0, 1)),
    ("answers_from_the_package", 0, "q09.train", FRESH),
    ("answers_from_the_package", 1, "q09.train", KNOWN),
    ("labels_remembered", 0, "q10.svm_predict", OTHERWISE),
]

# Of the practical too: what gets at a right value by another way than the one that is asked for, or pretends to.
HOW = [
    *(("numpy_in_a_callback", level, "q01") for level in (0, 2)),
    *(("transformations_replaced", level, "q01") for level in (0, 2)),
    *(("forged_program", level, "q01") for level in (0, 2)),
    *(("refusal_undone", level, "q01") for level in (0, 2)),
    ("library_by_private_module", 2, "q04"),
    *(("library_by_computed_names", level, "q04") for level in (0, 2)),
    *(("reference_of_onnx", level, "q04") for level in (1, 2)),
    *(("arithmetic_of_the_library", level, "q03") for level in (1, 2)),
    ("error_without_measure", 2, "q02"),
    ("field_without_derivative", 2, "q03"),
    ("one_pass_for_windows", 2, "q08"),
]

CASES = [
    *((name, 2, None) for name in (*IN_PROCESS, *OUT_OF_PROCESS, *SECOND_QUESTION)),
    *((name, 1, 11) for name in OUT_OF_PROCESS),
    ("withheld_modules", 1, 11),
    *((name, 0, 11) for name in IN_PROCESS),
    ("fake_jit", 0, 11),
    *(("outlive_the_supervisor", level, 11) for level in (0, 1, 2)),
]
TRACES = [Path("/tmp/grader-attack-pickle"), Path("/tmp/grader-attack-network")]


@pytest.mark.parametrize(("name", "level", "seed"), CASES)
def test_an_attack_scores_nothing(prepared, graded, monkeypatch, name, level, seed):
    folder = prepared(name)
    handed_in = set(folder.rglob("*"))
    monkeypatch.chdir(folder)
    question = "q02" if name in SECOND_QUESTION else "q01"
    result = graded(folder, level, question=question, seed=seed)
    assert result.score == 0, [(c.id, c.verdict.value) for q in result.questions for c in q.checks]
    assert result.max_score > 0
    assert result.complete, "an attack must not pass for a fault of the grader"
    verdicts = {check.verdict for q in result.questions for check in q.checks}
    assert Verdict.IMPORT_ERROR not in verdicts, "the attack itself must have run"
    assert not any(path.exists() for path in TRACES)
    assert set(folder.rglob("*")) == handed_in, "nothing is written where the grader was started"
    assert_harmless(result)


@pytest.mark.parametrize(
    ("name", "level", "check", "words"),
    [*JUDGED, *(pytest.param(*case, marks=pytest.mark.many) for case in JUDGED_BY_HAND)],
)
def test_what_was_not_learned_earns_nothing(prepared, graded, tp2, name, level, check, words):
    question = check.partition(".")[0]
    result = graded(
        prepared(name), level, course=tp2, question=question, only=check, seed=11, timeout=60
    )
    assert result.complete, "an attack must not pass for a fault of the grader"
    (judged,) = (one for one in result.questions[0].checks if one.id == check)
    assert judged.points == 0
    assert judged.verdict in (Verdict.FAILED, Verdict.BAD_OUTPUT)
    assert words in judged.message
    assert_harmless(result)


@pytest.mark.parametrize(("name", "level", "question"), HOW)
def test_another_way_than_the_one_asked_for_earns_nothing(
    prepared, graded, tp2, name, level, question
):
    result = graded(prepared(name), level, course=tp2, question=question, seed=11, timeout=60)
    told = [(check.id, check.verdict.value, check.message) for check in result.questions[0].checks]
    assert result.score == 0, told
    assert result.complete, told
    assert Verdict.IMPORT_ERROR not in {check.verdict for check in result.questions[0].checks}
    assert_harmless(result)


@pytest.mark.parametrize(
    ("name", "question", "score"),
    [("reference_of_onnx", "q04", 5), ("arithmetic_of_the_library", "q03", 3)],
)
def test_another_package_would_win_if_its_files_could_be_read(
    prepared, graded, tp2, name, question, score
):
    assert graded(prepared(name), 0, course=tp2, question=question, seed=11).score == score


@pytest.mark.parametrize(("level", "score"), [(0, 4), (1, 0), (2, 0)])
def test_no_second_copy_of_the_solutions_can_be_read(
    course, graded, tmp_path, monkeypatch, level, score
):
    """As when a clone is run from an environment, or beside a base, in which the package is installed too."""
    packages = tmp_path / "lib/python3.12/site-packages"
    copy = packages / "grader/_courses/solutions/demo"
    shutil.copytree(course, copy)
    readable = (*_paths.python_paths(), str(tmp_path / "lib"))
    monkeypatch.setattr(_paths, "python_paths", lambda: readable)
    _paths._package_places.cache_clear()
    submission = tmp_path / "submission"
    submission.mkdir()
    solution = copy / "q01_sum/solution.py"
    (submission / "q01_sum.py").write_text(f"exec(open({str(solution)!r}).read())\n")
    result = graded(submission, level, seed=11)
    _paths._package_places.cache_clear()
    assert result.score == score


PACKAGES = f"lib/{Path(sysconfig.get_path('stdlib')).name}/site-packages"
READ = "open({path!r}).read()"
UNPACK = "__import__('zipfile').ZipFile({archive!r}).read({name!r}).decode()"


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """One more folder of an interpreter, whose packages are on the path of the worker."""
    place = tmp_path / "prefix"
    (place / PACKAGES).mkdir(parents=True)
    before = _paths._prefixes()
    monkeypatch.setattr(_paths, "_prefixes", lambda: (*before, str(place)))
    monkeypatch.setattr(sys, "path", [*sys.path, str(place / PACKAGES)])
    cached = _paths.import_path, _paths.python_paths, _paths._package_places, _paths.strays
    for function in cached:
        function.cache_clear()
    yield place
    for function in cached:
        function.cache_clear()


@pytest.mark.parametrize(
    "place",
    [
        "src/app/solutions/demo",  # `pip install -e git+...`, a clone in /usr/src
        "lib/envs/teacher/" + PACKAGES + "/grader/_courses/solutions/demo",
        PACKAGES + "/checkout/solutions/demo",
        PACKAGES + "/jaxcnn-0.1.0-py3-none-any.whl",
        "lib/wheels/jaxcnn-0.1.0-py3-none-any.whl",
        PACKAGES + "/tmp/grader-other/submission",
    ],
)
@pytest.mark.parametrize(("level", "score"), [(0, 4), (1, 0), (2, 0)])
def test_nothing_beside_the_packages_can_be_read(
    course, graded, prefix, tmp_path, monkeypatch, place, level, score
):
    solution = prefix / place / "q01_sum.py"
    solution.parent.parent.mkdir(parents=True, exist_ok=True)
    text = (course / "q01_sum/solution.py").read_text()
    if place.endswith(".whl"):
        archive, name = prefix / place, "grader/_courses/solutions/demo/q01_sum/solution.py"
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr(name, text)
        if "wheels" in place:
            monkeypatch.setattr(sys, "path", [*sys.path, str(archive)])
        reading = UNPACK.format(archive=str(archive), name=name)
    else:
        solution.parent.mkdir()
        solution.write_text(text)
        reading = READ.format(path=str(solution))
    (prefix / PACKAGES / "checkout/.git").mkdir(parents=True, exist_ok=True)
    (prefix / PACKAGES / "tmp").mkdir(exist_ok=True)
    if "tmp/grader" in place:
        monkeypatch.setattr(tempfile, "tempdir", str(prefix / PACKAGES / "tmp"))
    submission = tmp_path / "submission"
    submission.mkdir()
    (submission / "q01_sum.py").write_text(f"exec({reading})\n")
    result = graded(submission, level, seed=11)
    assert result.score == score
    assert result.complete, "the worker must have started"


def assert_harmless(result: Result) -> None:
    """No text of the result can steer a terminal, and the result survives its own JSON."""
    data = result.to_json()
    assert Result.from_json(data).score == result.score
    texts = [check.message for question in result.questions for check in question.checks]
    texts += [str(c.counterexample) for q in result.questions for c in q.checks]
    texts += [str(question.answer_text) for question in result.questions]
    for text in texts:
        assert all(char in "\n\t" or char.isprintable() for char in text), ascii(text)


def test_every_submission_is_tried_at_level_2():
    tried = {name for name, level, _ in CASES if level == 2} | {name for name, *_ in JUDGED}
    tried |= {name for name, level, _ in HOW if level == 2}
    present = {path.name for path in (Path(__file__).parent / "submissions").iterdir()}
    assert tried == present


@pytest.mark.parametrize(
    "name",
    [
        "command_lines",
        "crowd_of_threads",
        "memory_of_the_kernel",
        "network_access",
        "new_processes",
        "read_solutions",
        "sockets_that_find_others",
    ],
)
def test_level_0_promises_nothing_against_hostile_code(prepared, graded, name):
    # Also the proof that these attacks would win if nothing stopped them.
    assert graded(prepared(name), 0).score == 4


@pytest.mark.parametrize("level", [1, 2])
def test_nothing_that_one_run_leaves_is_found_by_the_next(prepared, graded, level):
    folder = prepared("poison_the_next_run")
    graded(folder, level)
    assert graded(folder, level).score == 0


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("q01_sum.py", "q01_sum/solution.py"),
        ("demo", ""),
        ("demo/q01_sum.py", "q01_sum/solution.py"),
        ("q01_sum", "q01_sum"),
    ],
)
def test_a_link_to_the_solution_is_not_a_submission(tmp_path, graded, course, link, target):
    path = tmp_path / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(course / target)
    result = graded(tmp_path, 2)
    assert result.score == 0
    assert result.questions[0].verdict is Verdict.IMPORT_ERROR


def test_hostile_texts_reach_no_report_unquoted(prepared, graded):
    result = graded(prepared("hostile_labels"), 0)
    cases = ET.fromstring(to_junit(result)).iter("testcase")
    assert len(list(cases)) == 3
    written = io.StringIO()
    report = TerminalReport(Console(file=written, width=100, color_system=None), "en")
    report.question(result.questions[0])
    report.finish(result)
    assert "\x1b" not in written.getvalue()
    assert "[bold]" in written.getvalue(), "markup is shown, not obeyed"


def test_no_line_of_an_exception_passes_for_one_of_the_report(prepared, graded):
    checks = graded(prepared("fake_report"), 0).questions[0].checks
    lines = [line for check in checks for line in check.message.splitlines()]
    assert not [line for line in lines if line.startswith((" q01", "q01", "demo", "{"))]
