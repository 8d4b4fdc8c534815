"""``grader export``: what is written, and how a wrong call ends."""

from pathlib import Path

import pytest


def test_it_says_where_to_go_on(cli, maths):
    ran = cli("export", "docker", "out", "--course", maths)
    assert (ran.status, ran.err) == (0, "")
    assert ran.lines[0].startswith("out/README.md says how to go on")
    assert Path("out/Dockerfile").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["blackboard", "out"], "platform (='blackboard') must be one of docker, github"),
        (["docker", "full"], "folder (=full) must be new or empty"),
        (["docker", "out", "--wheel", "nowhere.whl"], "wheel (=nowhere.whl) cannot be read"),
        (["docker", "out", "--wheel", "a.whl", "--install", "b"], "give one of them"),
    ],
)
def test_a_wrong_call_ends_with_2_and_writes_nothing(cli, maths, arguments, words):
    Path("full").mkdir()
    Path("full/mine").write_text("x")
    ran = cli("export", *arguments, "--course", maths)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert not Path("out").exists()
    assert [path.name for path in Path("full").iterdir()] == ["mine"]
