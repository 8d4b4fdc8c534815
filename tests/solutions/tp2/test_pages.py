"""The pages of the practical: what they show runs, and does what they say."""

import re

import pytest

from grader.course import find_course
from grader.messages import LANGUAGES

_COURSE = find_course("tp2")
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", _COURSE.pages)
def test_every_block_of_a_page_runs(name, language, capsys):
    names: dict = {}
    blocks = [code for _, _, code in _BLOCK.findall(_COURSE.page(name, language))]
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, f"{name}.{language}.md", "exec"), names)
    # What the text says of them.
    assert names["scores"].shape == (5, 2)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("('classifier', 'layers', 1, 'bias')")
    nnx = names["nnx"]
    with pytest.raises(IndexError):
        nnx.state(nnx.relu)
    opened = {path[0] for path, _ in nnx.to_flat_state(names["opened"])}
    assert opened == {"classifier"}
