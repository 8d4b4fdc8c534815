"""Numbers of one's own: how they are declared, drawn, read from a file and put into one."""

import ast
import collections
import re
from pathlib import Path

import pytest

from grader.course import (
    ManifestError,
    NumbersError,
    Question,
    is_untouched,
    load_question,
    number_sets,
    numbers_of,
    read_course,
    read_numbers,
    read_stub,
    text_with_numbers,
    with_numbers,
)


@pytest.fixture
def course(own):
    return read_course(own)


@pytest.fixture
def question(course):
    return course.questions[0]


# ------------------------------------------------------------------------------------ declared


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("KERNEL = [3]", "at least two values, not 1"),
        ("KERNEL = []", "at least two values, not 0"),
        ("KERNEL = [3, 5, 3]", "no two of the values"),
        ("KERNEL = [3, 5.0]", "all whole numbers, all decimal numbers or all texts"),
        ('KERNEL = [3, "5"]', "all whole numbers, all decimal numbers or all texts"),
        ("KERNEL = [true, false]", "numbers"),
        ("KERNEL = [0.5, nan]", "must be finite"),
        ("KERNEL = [0.5, inf]", "must be finite"),
        ("KERNEL = ['a\"b', 'c']", "no quotes and no backslash"),
        (r"KERNEL = ['a\b', 'c']", "no quotes and no backslash"),
        (r'KERNEL = ["a\n", "c"]', "no quotes and no backslash"),
        ("kernel = [3, 5]", "regex"),
        ("ANSWER = ['a', 'b']", "what students write in words"),
        ("KERNEL = 3", "array"),
    ],
)
def test_what_cannot_be_drawn_is_an_error_of_the_manifest(own, line, says):
    path = own / "course.toml"
    text = re.sub(r"KERNEL = .*", lambda _: line, path.read_text())
    path.write_text(text)
    with pytest.raises(ManifestError, match=re.escape(says)) as error:
        read_course(own)
    assert str(path) in str(error.value)
    assert "numbers" in str(error.value)


# ------------------------------------------------------------------------------------ drawn


@pytest.mark.parametrize(
    ("student", "kernel", "stride"),
    [("s1234", 7, 3), ("s1235", 7, 2), ("ada1", 5, 3), ("bob2", 5, 2)],
)
def test_what_is_drawn_is_drawn_for_good(course, question, student, kernel, stride):
    """By ``printf own/q01/KERNEL/s1234 | sha256sum``, as a whole number modulo 3."""
    assert numbers_of(course, question, student) == {"KERNEL": kernel, "STRIDE": stride}


def test_an_id_is_the_same_however_it_is_written(course, question):
    drawn = numbers_of(course, question, "s1234")
    for written in ("S1234", " s1234 ", "s-1234", "ｓ1234"):
        assert numbers_of(course, question, written) == drawn


@pytest.mark.parametrize("student", ["", " ", "-_-"])
def test_an_id_without_a_sign_is_refused(course, question, student):
    with pytest.raises(ValueError, match="must have a letter or a digit"):
        numbers_of(course, question, student)


def test_all_sets_are_drawn_about_equally_often(course, question):
    drawn = (tuple(numbers_of(course, question, f"s{n}").values()) for n in range(9_000))
    counts = collections.Counter(drawn)
    assert len(counts) == 9
    # Nine binomial counts of mean 1000 and deviation 30.
    assert all(850 < count < 1150 for count in counts.values())


def test_the_sets_are_all_combinations(question):
    sets = list(number_sets(question))
    assert len(sets) == 9
    assert {(one["KERNEL"], one["STRIDE"]) for one in sets} == {
        (kernel, stride) for kernel in (3, 5, 7) for stride in (1, 2, 3)
    }


# ------------------------------------------------------------------------------------ read


def _file(lines: str) -> bytes:
    return f'"""A docstring.\n\nKERNEL = 7\n"""\n\n{lines}\n\n\ndef f():\n    KERNEL = 7\n'.encode()


@pytest.mark.parametrize(
    "lines",
    [
        "KERNEL = 5\nSTRIDE = 2",
        "KERNEL: int = 5  # pixels\nSTRIDE=2;",
        "\r\nKERNEL = 5\r\nSTRIDE = 2\r\n",
        "# KERNEL = 7\nKERNEL = +5\nSTRIDE = 2\nx = '# \"'; y = \"'\"",
        "text = '''\nKERNEL = 7\n'''\nKERNEL = 5\nSTRIDE = 2",
        "call(\n    a,\nKERNEL=7)\nKERNEL = 5\nSTRIDE = 2",
        "long = 1 + \\\nKERNEL\nKERNEL = 5\nSTRIDE = 2\nassert KERNEL == 5 and KERNEL <= 5",
        "KERNEL = 5\nSTRIDE = 2\nx = f(KERNEL=7)\ny = {KERNEL: STRIDE}[KERNEL:]",
        "KERNEL = 5\nSTRIDE = 2\nclass A:\n    KERNEL = 7\n    def f(self, KERNEL=7):\n        KERNEL += 1",
        "KERNEL = 5\nSTRIDE = 2\nfor i in range(KERNEL):\n    for j in KERNEL, STRIDE:\n        pass",
        "KERNEL = 5\nSTRIDE = 2\nKERNELS = 7\nMY_KERNEL = 7\na.KERNEL = 7",
        r"s = 'it\'s' + r'\'; KERNEL = 5" "\nt = '\\\\'\nKERNEL = 5\nSTRIDE = 2",
    ],
)
def test_the_numbers_of_a_file_are_read(question, lines):
    for content in (_file(lines), b"\xef\xbb\xbf" + lines.encode()):
        found = read_numbers(question, content)
        assert found.problem is None
        assert found.values == found.written == {"KERNEL": 5, "STRIDE": 2}


@pytest.mark.parametrize(
    ("lines", "problem", "name"),
    [
        ("STRIDE = 2", "number_missing", "KERNEL"),
        ("KERNEL, STRIDE = 5, 2", "number_missing", "KERNEL"),
        ("# KERNEL = 5\nSTRIDE = 2", "number_missing", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = KERNEL - 3", "number_not_plain", "STRIDE"),
        ("KERNEL = 5 if True else 7\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("KERNEL = int('5')\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("KERNEL = (5)\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("K = KERNEL = 5\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nKERNEL = 5\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nKERNEL += 2", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nif True:\n    KERNEL = 7", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nif True: KERNEL = 7", "number_not_plain", "KERNEL"),
        ("if True:\n    KERNEL = 5\nSTRIDE = 2", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nx = 1; KERNEL = 7", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nfor KERNEL in 3, 5:\n    pass", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\nfrom m import KERNEL", "number_not_plain", "KERNEL"),
        ("KERNEL = 5\nSTRIDE = 2\ndef g():\n    global KERNEL", "number_not_plain", "KERNEL"),
        ("KERNEL = 4\nSTRIDE = 2", "number_foreign", "KERNEL"),
        ("KERNEL = 5.0\nSTRIDE = 2", "number_foreign", "KERNEL"),
        ("KERNEL = '5'\nSTRIDE = 2", "number_foreign", "KERNEL"),
        ("KERNEL = -5\nSTRIDE = 2", "number_foreign", "KERNEL"),
    ],
)
def test_a_number_that_cannot_be_taken_is_told(question, lines, problem, name):
    found = read_numbers(question, _file(lines))
    assert found.values == {}
    assert found.problem is not None
    assert (found.problem[0], found.problem[1]["name"]) == (problem, name)
    for text in found.told("q01_positions.py").values():
        assert name in text
        assert "q01_positions.py" in text
        assert ("3, 5, 7" if name == "KERNEL" else "1, 2, 3") in text


def test_a_file_that_is_made_to_be_slow_is_read_at_once(question):
    """Lengths that a quadratic reader would need hours for; the test has no clock but the patience of its runner."""
    for piece in (
        "'''",
        '"',
        "(",
        "\\\n",
        "KERNEL ",
        "KERNEL = 5 ",
        "for KERNEL, ",
        "a  ;",
        "\n",
        "'\\",
    ):
        assert read_numbers(question, piece.encode() * (2**20 // len(piece))).problem is not None


def test_decimals_and_texts_are_numbers_too(own):
    path = own / "course.toml"
    text = (
        path.read_text().replace("[3, 5, 7]", "[0.5, 1e-3]").replace("[1, 2, 3]", '["same", "é"]')
    )
    path.write_text(text)
    question = read_course(own).questions[0]
    file = "KERNEL = .5\nSTRIDE = 'é'  # said twice: é\n".encode()
    assert read_numbers(question, file).values == {"KERNEL": 0.5, "STRIDE": "é"}
    changed = with_numbers(question, file, {"KERNEL": 0.001, "STRIDE": "same"})
    assert changed == 'KERNEL = 0.001\nSTRIDE = "same"  # said twice: é\n'.encode()
    assert read_numbers(question, changed).values == {"KERNEL": 0.001, "STRIDE": "same"}


# ------------------------------------------------------------------------------------ put in place


def test_only_the_literals_change(course, question):
    stub = read_stub(course, question)
    changed = with_numbers(question, stub, {"KERNEL": 7, "STRIDE": 3})
    old, new = stub.splitlines(), changed.splitlines()
    assert len(old) == len(new)
    different = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert different == [
        (b"KERNEL = 3  # pixels", b"KERNEL = 7  # pixels"),
        (b"STRIDE = 1", b"STRIDE = 3"),
    ]
    assert with_numbers(question, stub, {}) == stub


def test_what_is_no_utf8_stays_as_it_is(question):
    file = b"# caf\xe9\r\nKERNEL = 5\r\nSTRIDE = 2"
    changed = with_numbers(question, file, {"STRIDE": 3})
    assert changed == b"# caf\xe9\r\nKERNEL = 5\r\nSTRIDE = 3"


def test_a_file_without_the_line_cannot_be_given_one(question):
    with pytest.raises(NumbersError, match="q01_positions: STRIDE must be set once, to a literal"):
        with_numbers(question, b"KERNEL = 3\n", {"KERNEL": 5, "STRIDE": 2})


def test_an_untouched_stub_is_one_whatever_its_numbers_are(course, question, solved):
    stub = read_stub(course, question)
    for numbers in number_sets(question):
        own_stub = with_numbers(question, stub, numbers)
        assert is_untouched(question, own_stub, stub)
        assert not is_untouched(question, solved(own_stub.decode()).encode(), stub)
    foreign = stub.replace(b"KERNEL = 3", b"KERNEL = 4")
    assert not is_untouched(question, foreign, stub)
    assert not is_untouched(question, stub.replace(b"KERNEL = 3", b""), stub)


def test_the_reference_and_all_that_is_built_on_it_have_the_numbers(course, question):
    other = load_question(course, question, {"KERNEL": 7, "STRIDE": 3})
    usual = load_question(course, question)
    assert (usual.reference.KERNEL, usual.reference.HALF) == (3, 1)
    assert (other.reference.KERNEL, other.reference.HALF) == (7, 3)
    assert usual.reference.positions(20) == 18
    assert other.reference.positions(20) == 5  # 0, 3, 6, 9, 12 of the first pixels
    assert [variant(20) for variant in other.mistakes] == [4, 23]
    assert [variant(20) for variant in usual.mistakes] == [17, 21]
    assert other.load_checks().solution is other.reference
    again = load_question(course, question, {"KERNEL": 7, "STRIDE": 3})
    assert again.reference is other.reference
    assert "KERNEL = 7" in other.solution


# ------------------------------------------------------------------------------------ told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a kernel of {KERNEL}, {STRIDE}{STRIDE}", "a kernel of 5, 22"),
        ("{OTHER} {kernel} {} {KERNEL + 1} KERNEL", "{OTHER} {kernel} {} {KERNEL + 1} KERNEL"),
        (r"$\frac{N}{S}$ and $\frac{KERNEL}{N}$", r"$\frac{N}{S}$ and $\frac{5}{N}$"),
        ("$$\nx_{KERNEL}\n$$ {KERNEL}", "$$\nx_{5}\n$$ 5"),
    ],
)
def test_only_declared_names_are_replaced_in_texts(text, shown):
    assert text_with_numbers(text, {"KERNEL": 5, "STRIDE": 2}) == shown
    assert text_with_numbers(text, {}) == text


# ------------------------------------------------------------------------------------ against Python's own reader

_ROOT = Path(__file__).parents[3]
_PLAIN = re.compile(r"""\w+(?:: \w+)? = (?:[+-]?[0-9.]+(?:e[+-]?[0-9]+)?|"[^'"\\]*"|'[^'"\\]*')""")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _module_level(node: ast.AST):
    """The nodes of a module that are in no function, class or comprehension."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (*_SCOPES, ast.ListComp, ast.SetComp, ast.DictComp)):
            yield child
            yield from _module_level(child)


def _constants(text: str) -> dict[str, object]:
    """By the syntax tree: each name of capitals that a module sets, with its literal where it is set once, plainly."""
    tree = ast.parse(text)
    stored = [n.id for n in _module_level(tree) if isinstance(n, ast.Name) and _is_stored(n)]
    found: dict[str, object] = {
        name: None for name in stored if re.fullmatch("[A-Z][A-Z0-9_]*", name)
    }
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if len(targets) != 1 or not isinstance(targets[0], ast.Name):
            continue
        name, source = targets[0].id, ast.get_source_segment(text, node) or ""
        if name in found and stored.count(name) == 1:
            found[name] = ast.literal_eval(node.value) if _PLAIN.fullmatch(source) else None  # type: ignore[attr-defined]
    return found


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def test_files_of_all_kinds_are_read_as_python_reads_them():
    plain = 0
    for path in sorted(_ROOT.glob("*/**/*.py")):
        text = path.read_text("utf-8")
        if len(text) > 60_000:
            continue
        for name, value in _constants(text).items():
            question = Question(
                id="q01", folder="q01", title={}, points=1, numbers={name: (value, "other")}
            )
            found = read_numbers(question, text.encode())
            assert found.written.get(name) == value, (path, name)
            plain += value is not None
    assert plain > 100
