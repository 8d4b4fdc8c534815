"""What the commands print on: terminals of every width and encoding, pipes whose reader leaves."""

import codecs
import os
import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "encode_everything", "tell"]

_WIDEST = 100  # longer lines are hard to read
_IN_ASCII = str.maketrans(
    {"✓": "+", "✗": "x", "○": "o", "‼": "!", "·": "*", "•": "*", "─": "-", "—": "-", "–": "-"}
    | {"«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "×": "x"}
    | {"─": "-", "━": "-", "│": "|", "▌": "|", "░": ".", "▒": ":", "▓": "+", "█": "#", "→": "->"}
    | {"≈": "~", "≤": "<=", "≥": ">=", "≠": "!=", "−": "-", "Σ": "sum", "œ": "oe", "Œ": "OE"}
    | {
        "‖": "||",
        "√": "sqrt",
        "←": "<-",
        "↦": "|->",
        "∂": "d",
        "½": "1/2",
        "°": " deg",
        "Π": "prod",
    }
    | {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "∈": "in", "∞": "inf", "⋆": "*"}
    | {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta"}
    | {"λ": "lambda", "μ": "mu", "π": "pi", "σ": "sigma", "🌆": "(image)"}
)
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵏᵀ]+")


def encode_everything() -> None:
    """Let both streams of this process write what their encoding lacks in the nearest letters it has."""
    codecs.register_error("grader.nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="grader.nearest")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = _RAISED.sub(lambda found: f"^{found[0]}", error.object[error.start : error.end])
    letters = unicodedata.normalize("NFKD", text.translate(_IN_ASCII)).translate(_IN_ASCII)
    kept = (c if c.isascii() else "?" for c in letters if not unicodedata.combining(c))
    return "".join(kept), error.end


def console() -> "Console":
    """A console on standard output."""
    from rich.console import Console

    class Patient(Console):
        """When its reader leaves (``grader run | head``), the grading goes on and the rest is dropped."""

        def on_broken_pipe(self) -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    made = Patient(file=_Glued(sys.stdout), markup=False, emoji=False, highlight=False)  # type: ignore[arg-type]
    made.width = min(made.width, _WIDEST)
    return made


def tell(text: str, style: str = "") -> None:
    """Print one line, which the terminal may wrap: paths in it can be copied."""
    from grader.report import plain

    console().print(plain(text, style), soft_wrap=True)


class _Glued:
    """A stream on which the report's stand-ins for no-break spaces become what they stand for."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        from grader.report import GLUE

        return self._stream.write(text.replace(GLUE, "\u00a0"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
