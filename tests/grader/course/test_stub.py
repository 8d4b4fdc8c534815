"""Stubs: what is left of a solution, in both languages or in one."""

import ast
import textwrap

import pytest

from grader.course import StubError, cut_stub, in_language, without_markers

_SOLUTION = '''"""FR: Module.

EN: The module.
"""

import numpy as np

# BEGIN SOLUTION
ANSWER = "because"
# END SOLUTION


# BEGIN SOLUTION
def helper():
    return 1


# END SOLUTION


class Net:
    """FR: Réseau. EN: network on the same line is French text."""

    def f(self, x):
        """FR: Formule \\\\alpha.

        Suite.

        EN: Formula \\\\alpha.

        More.
        """
        # FR: indice
        # EN: clue
        # for all
        y = np.sum(x)
        # BEGIN SOLUTION
        return y + helper()
        # END SOLUTION
'''


class TestCutting:
    stub = cut_stub(_SOLUTION)

    def test_marked_bodies_become_not_implemented(self):
        assert self.stub.endswith("        y = np.sum(x)\n        raise NotImplementedError\n")

    def test_marked_helpers_go_and_the_answer_is_emptied(self):
        assert "helper" not in self.stub
        assert "because" not in self.stub
        assert '\nANSWER = ""\n' in self.stub

    def test_nothing_else_changes(self):
        ast.parse(self.stub)
        assert "MARK" not in self.stub
        assert "SOLUTION" not in self.stub
        assert "\n\n\n\n" not in self.stub
        assert "import numpy as np\n" in self.stub

    def test_cutting_leaves_a_fixed_stub(self):
        assert cut_stub(_SOLUTION.replace("\n", "\r\n")) == self.stub

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("x = 1\n", "no # BEGIN SOLUTION"),
            ("# BEGIN SOLUTION\nx = 1\n", "line 1: # BEGIN SOLUTION without"),
            ("x = 1\n# END SOLUTION\n", "line 2: # END SOLUTION without"),
            ("# BEGIN SOLUTION\n# BEGIN SOLUTION\n", "line 2: .* begun at line 1"),
        ],
    )
    def test_markers_that_do_not_pair_up_are_named_with_their_line(self, source, words):
        with pytest.raises(StubError, match=words):
            cut_stub(source)

    def test_a_student_reads_the_solution_without_markers(self):
        shown = without_markers(_SOLUTION)
        assert "SOLUTION" not in shown
        assert "return y + helper()" in shown
        ast.parse(shown)


class TestOneLanguage:
    @pytest.mark.parametrize(
        ("language", "kept", "dropped"),
        [
            ("fr", ["Module.", "Formule", "Suite.", "# indice"], ["The module", "More", "clue"]),
            ("en", ["The module.", "Formula", "More.", "# clue"], ["Formule", "Suite", "indice"]),
        ],
    )
    def test_the_sections_of_one_language_stay(self, language, kept, dropped):
        text = in_language(_SOLUTION, language)
        assert all(words in text for words in [*kept, "# for all"])
        assert not any(words in text for words in dropped)

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_the_program_stays_the_same(self, language):
        def program(source):
            tree = ast.parse(source)
            for node in ast.walk(tree):
                if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)):
                    node.body = [n for n in node.body if not isinstance(n, ast.Expr)] or node.body
            return ast.dump(tree)

        assert program(in_language(_SOLUTION, language)) == program(_SOLUTION)

    def test_backslashes_and_quotes_in_a_docstring_survive(self):
        tree = ast.parse(in_language(_SOLUTION, "en"))
        method = tree.body[-1].body[1]  # type: ignore[attr-defined]
        assert "Formula \\alpha." in (ast.get_docstring(method) or "")
        source = "def f():\n    r'''FR: a\n    EN: \\b \"\"\" c'''\n"
        tree = ast.parse(in_language(source, "en"))
        assert ast.get_docstring(tree.body[0]) == '\\b """ c'  # type: ignore[arg-type]

    def test_a_docstring_in_no_language_stays(self):
        source = textwrap.dedent('''
            def f():
                """Just text."""
                return 1
        ''').strip()
        assert in_language(source, "en") == source + "\n"
