"""The command line as a whole."""

import subprocess
import sys

from typer.testing import CliRunner

from jaxcnn import __version__
from jaxcnn.cli import app


def jaxcnn(*arguments):
    return CliRunner().invoke(app, arguments)


def test_the_version_is_shown():
    first, *more = jaxcnn("--version").stdout.splitlines()
    assert first == f"jaxcnn {__version__}"
    assert [line.partition(": ")[0] for line in more[1:]] == [
        "lowering rules for CPUs",
        "native kernels",
    ]


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['jaxcnn', '--help']\n"
        "import jaxcnn.cli\n"
        "try: jaxcnn.cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'jax', 'flax', 'numpy'} & set(sys.modules)))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "summary" in output.stdout
    assert output.stdout.splitlines()[-1] == "[]"


def test_every_command_says_what_it_does():
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        result = jaxcnn(name, "--help")
        assert result.exit_code == 0
        assert f"Usage: root {name}" in result.stdout
        assert command.callback.__doc__.splitlines()[0] in result.stdout
