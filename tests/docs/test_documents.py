"""Every block of every document runs as it stands and shows what it says, or says here why not."""

import ast
import importlib.util
import re
import shlex
import shutil
import tomllib

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

import jaxcnn
from grader.cli import main as grader_main
from jaxcnn.cli import app

from ._blocks import (
    BLOCKS,
    PAGES,
    ROOT,
    Block,
    blocks_of,
    lines_of_shell,
    parse,
    run,
    spans_with_commands,
    unknown_in,
)

Image = pytest.importorskip("PIL.Image")

# Blocks that nothing runs, by their first line, with the reason.
_COURSE = "a piece of a course's files, which needs the course around it; `grader course check` runs those of tp2"
_TREE = "a tree of folders"
NOT_RUN = {
    ("docs/architecture.md", "jaxcnn/          the library, floor by floor (below)"): _TREE,
    ("docs/authoring.md", "solutions/tp2/course.toml"): _TREE,
    ("docs/authoring.md", "✗ q01  nothing is left to write"): "what a command prints",
    ("docs/authoring.md", '"""FR: Question 1, une convolution à la main.'): _COURSE,
    ("docs/authoring.md", "import numpy as np"): _COURSE,
    (
        "docs/authoring.md",
        '@check(points=2, fr="Vectorisée : les valeurs, compilée", en="Vectorised: the values, compiled")',
    ): _COURSE,
    ("docs/authoring.md", "from ..tasks import Bench, judge, scores_of"): _COURSE,
    ("docs/authoring.md", "from grader.checks import mistake"): _COURSE,
    (
        "docs/class.md",
        "from dask_jobqueue import SLURMCluster",
    ): "needs a cluster with Slurm",
    (
        "docs/levels.md",
        "# /etc/apparmor.d/bwrap, then: apparmor_parser -r /etc/apparmor.d/bwrap",
    ): "a profile for AppArmor, which root installs",
}

# Commands in blocks whose arguments are only read, by how they begin, with the reason.
ONLY_READ = {
    "grader run --submission solutions": "grades the whole practical: a minute or two",
    "grader watch": "grades until all is right",
    "grader solution": "shows what has been passed; tests/grader/cli passes something first",
    "grader handins": "needs a class; tests/grader/cli/test_class_commands.py has one",
    "grader cohort": "needs a class, as above",
    "grader marks": "needs a class that was graded, as above",
    "grader regrade": "needs a class that was graded, as above",
    "grader pages": "needs a class that was graded, as above",
    "grader similar": "needs a class that was graded, as above",
    "grader course": "writes into the repository, or proves a course: minutes",
    "jaxcnn train lenet --data mnist_10k": "trains: a quarter of a minute",
    "jaxcnn train lenet5 --data photos": "takes two processes; tests/jaxcnn/training/test_hosts.py has them",
    "jaxcnn evaluate lenet.safetensors": "needs what the training wrote",
    "jaxcnn predict three.png": "needs what the training wrote",
    "jaxcnn export lenet.safetensors": "needs what the training wrote",
    "jaxcnn data prepare": "needs a download, a folder or a package",
}
# Commands of others, by how they begin.
FOREIGN = {
    "pip install": "has its own test: the extras exist",
    "python3 -m venv": "of Python",
    ". .venv/bin/activate": "of Python",
    "pre-commit install": "of pre-commit",
    "dask ": "of Dask; tests/grader/cohort/test_cluster.py starts both",
    "pytest": "runs these tests",
    "scripts/": "runs these tests and linters",
    "python benchmarks/": "minutes or hours; has its own test: the script exists",
}
ENDS_WITH_1 = {
    "grader run q01": "what `grader init` made is not attempted",
    "grader run --only conv2d": "as above",
}

_SHORT = {"F": "functional"}
_NAME = re.compile(
    rf"(?<![\w./])(?:jaxcnn\.)?({'|'.join((*jaxcnn.__all__[1:], *_SHORT))})\.([A-Za-z]\w*)"
)
PYTHON = [page for page in PAGES if any(b.page == page and b.language == "python" for b in BLOCKS)]
SHELL = [block for block in BLOCKS if block.language in ("", "sh")]


def _is_listed(block: Block) -> bool:
    return (block.page, block.first) in NOT_RUN


def _listed(command: str, *lists: dict[str, str]) -> bool:
    return any(command.startswith(begin) for known in lists for begin in known)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with what the documents speak of: photos of two classes, and a submission."""
    shutil.copytree(ROOT / "exercises", tmp_path / "submissions" / "ada")
    rng = np.random.default_rng(0)
    for split, number in (("train", 20), ("test", 5)):
        for name, shade in (("ants", 60), ("bees", 190)):
            (tmp_path / "photos" / split / name).mkdir(parents=True)
            for index in range(number):
                pixels = (shade + rng.integers(-30, 30, (36, 40, 3))).astype(np.uint8)
                Image.fromarray(pixels).save(tmp_path / "photos" / split / name / f"{index}.jpg")
    shutil.copy(tmp_path / "photos" / "test" / "bees" / "0.jpg", tmp_path / "new.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PYTHON)
def test_the_python_blocks_of_a_page_run_one_after_the_other(page, desk):
    names = {"__name__": "document"}
    for block in BLOCKS:
        if block.page == page and block.language == "python":
            if _is_listed(block):
                ast.parse(block.body)
            else:
                run(block.body, names)


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_the_commands_of_a_block_succeed(block, desk, monkeypatch, capsys):
    if _is_listed(block):
        return
    for command in lines_of_shell(block):
        if command.startswith("cd "):
            monkeypatch.chdir(shlex.split(command)[1])
        elif not command.startswith(("jaxcnn ", "grader ")):
            assert _listed(command, FOREIGN), f"{block}: nothing says what `{command}` is"
        else:
            parse(command)
            if not _listed(command, ONLY_READ):
                assert _status(command, monkeypatch) == (command in ENDS_WITH_1), command
                assert capsys.readouterr().out.strip()


def _status(command, monkeypatch) -> int:
    if command == "grader run q01 --submission solutions":  # in a clone
        monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    if program == "jaxcnn":
        result = CliRunner().invoke(app, arguments)
        typer.echo(result.output)
        return result.exit_code
    monkeypatch.setattr("sys.argv", ["grader", *arguments])
    try:
        grader_main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_is_of_a_language_that_is_tested(block):
    if block.language == "toml":
        tomllib.loads(block.body)
    else:
        assert block.language in ("", "sh", "python") or _is_listed(block)


def test_what_is_listed_as_not_run_is_there():
    shown = {(block.page, block.first) for block in BLOCKS}
    assert NOT_RUN.keys() - shown == set()
    commands = [c for b in SHELL if not _is_listed(b) for c in lines_of_shell(b)]
    lists = {**ONLY_READ, **FOREIGN, **ENDS_WITH_1}
    assert [begin for begin in lists if not any(c.startswith(begin) for c in commands)] == []


@pytest.mark.parametrize(("page", "command"), spans_with_commands())
def test_a_command_in_a_sentence_has_the_options_that_it_names(page, command):
    assert unknown_in(command) is None


@pytest.mark.parametrize("page", PAGES)
def test_names_of_the_library_in_a_sentence_are_public(page):
    for span in re.findall(r"(?<!`)`([^`\n]+)`", PAGES[page]):
        for package, name in _NAME.findall(span):
            module = importlib.import_module(f"jaxcnn.{_SHORT.get(package, package)}")
            assert hasattr(module, name) or _is_module(module, name), span


def _is_module(package, name) -> bool:
    return importlib.util.find_spec(f"{package.__name__}.{name}") is not None


def test_extras_that_are_installed_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known = set(extras["optional-dependencies"])
    for page, text in PAGES.items():
        for names in re.findall(r'pip install [^\n`]*?"?(?:jaxcnn|\.)\[([\w,]+)\]', text):
            assert set(names.split(",")) <= known, page


def test_nothing_is_installed_from_an_index_that_does_not_have_it():
    """Until jaxcnn is published, it is installed from a clone."""
    assert [page for page, text in PAGES.items() if re.search(r"pip install \W?jaxcnn", text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_scripts_that_are_named_exist(page):
    named = re.findall(r"python ((?:benchmarks|scripts)/[\w/]+\.py)", PAGES[page])
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_to_files_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", PAGES[page])
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_to_headings_lead_to_one(page):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", PAGES[page]):
        text = ((ROOT / page).parent / target if target else ROOT / page).read_text("utf-8")
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in headings}
        assert anchor in slugs, f"{target}#{anchor}"


def test_a_result_that_is_not_shown_as_it_is_fails():
    run("x = 1\nx + 1  # 2\nx", {})
    with pytest.raises(AssertionError, match=r"x \+ 1"):
        run("x = 1\nx + 1  # 3", {})


def test_a_block_that_is_not_closed_and_an_option_that_is_not_there_are_found():
    with pytest.raises(AssertionError, match=r"page\.md:2"):
        blocks_of("page.md", "text\n```python\nx = 1\n")
    with pytest.raises(typer.exceptions.TyperException, match="--rate"):
        parse("jaxcnn train lenet --data mnist_10k --rate 0.1")
    assert unknown_in("jaxcnn train lenet --rate 0.1")
    assert unknown_in("jaxcnn learn lenet")
    assert unknown_in("jaxcnn train --epochs N") is None
