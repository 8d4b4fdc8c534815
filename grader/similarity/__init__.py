"""Which submissions are alike: pairs to look at, never a verdict; and what other tools need to look for themselves."""

from grader.similarity._code import Code, code_of, given_of
from grader.similarity._export import to_dolos, to_jplag
from grader.similarity._pairs import Compared, Pair, compare
from grader.similarity._reader import Reader
from grader.similarity._table import pairs_to_table

__all__ = [
    "Code",
    "Compared",
    "Pair",
    "Reader",
    "code_of",
    "compare",
    "given_of",
    "pairs_to_table",
    "to_dolos",
    "to_jplag",
]
