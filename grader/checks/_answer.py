"""A raw answer: a check gets at it only by saying which form it needs.

Whatever has another form is the student's ``bad_output``, said in one way everywhere; no check looks at forms by
hand, and none computes with something that it has not asked for.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import Any, NoReturn

import numpy as np

from grader.checks._pieces import first, kind_of
from grader.checks._show import show, show_keys, type_name
from grader.messages import Language, say

__all__ = ["Answer", "BadForm", "Form"]

_SHORT = 80  # characters of a value in a sentence
_LARGEST = 2**62  # from which on an integer is out of proportion
_KINDS = {"float": "f", "int": "iu", "bool": "b", "number": "iuf"}


@dataclasses.dataclass(frozen=True)
class Form:
    """What a check asked for, in words.

    Attributes:
        key: the sentence of it.
        kind: of the numbers, where there are any.
        facts: what else fills the sentence.
        between: the least and the largest value allowed.
    """

    key: str
    kind: str = ""
    facts: dict[str, object] = dataclasses.field(default_factory=dict)
    between: tuple[float, float] | None = None

    def text(self, language: Language) -> str:
        """The form in one language."""
        facts = dict(self.facts)
        if self.kind:
            facts["kind"] = say(f"form_kind_{self.kind}", language)
        if shape := facts.pop("shape", None):
            facts["shape"] = say("form_of_shape", language, shape=shape)
        else:
            facts["shape"] = ""
        text = say(self.key, language, **facts)
        if self.between:
            low, high = (f"{bound:g}" for bound in self.between)
            text += say("form_between", language, low=low, high=high)
        return text


class BadForm(AssertionError):
    """An answer has not the form that was asked for; ``got`` says what it is instead."""

    def __init__(self, call: str, path: str, form: Form, got: str) -> None:
        super().__init__(f"{call}{path}: wanted {form.text('en')}, got {got}")
        self.call, self._path, self._form, self._got = call, path, form, got

    def text(self, language: Language, call: str) -> str:
        """What is wrong, in one language; ``call`` is how the sentence names the call."""
        at = say("at_path", language, path=self._path) if self._path else ""
        wanted = self._form.text(language)
        return say("bad_form", language, call=call, path=at, wanted=wanted, got=self._got)


class NotAskedFor(TypeError):
    """A check uses a raw answer without saying which form it needs: its author's mistake, never the student's."""


class Answer:
    """What a student's function answered, before anybody has looked at it."""

    __slots__ = ("_call", "_opened", "_steps", "_value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, value: Any, call: object, opened: list[object], steps: tuple[int | str, ...] = ()
    ) -> None:
        """Wrap a value.

        Args:
            value: as it came over the wire.
            call: how messages name the call.
            opened: holds the call once a form was asked for: from then on the check uses the answer.
            steps: indices and keys that lead to the value in a nested answer.
        """
        self._value, self._call, self._opened, self._steps = value, call, opened, steps

    @property
    def _path(self) -> str:
        return "".join(f"[{show(step, _SHORT)}]" for step in self._steps)

    def __repr__(self) -> str:
        return f"<answer of {self._call}{self._path}>"

    def _misused(self, *_: object) -> NoReturn:
        raise NotAskedFor(
            f"{self!r} has not been asked for in any form: .array(...), .number(), ..."
        )

    # What Python would otherwise answer by itself, or refuse in words that do not help an author.
    __bool__ = __len__ = __iter__ = __getitem__ = __array__ = __float__ = __int__ = _misused
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _misused
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _misused
    __index__ = __contains__ = __neg__ = __abs__ = _misused

    def array(
        self,
        shape: Sequence[int | None] | None = None,
        *,
        kind: str = "number",
        finite: bool = True,
        between: tuple[float, float] | None = None,
    ) -> np.ndarray:
        """The answer as an array.

        Args:
            shape: its shape, None for an axis of any length; any shape by default.
            kind: "float", "int", "bool", or "number" for either of the first two.
            finite: whether infinities and NaN are refused.
            between: the least and the largest entry allowed, both included.

        Raises:
            BadForm: for anything else.
        """
        wanted = Form("form_array", kind, {"shape": _shape_text(shape)}, between)
        value = self._value
        if not isinstance(value, np.ndarray) or kind_of(value.dtype) not in _KINDS[kind]:
            self._refuse(wanted)
        if shape is not None and not _fits(value.shape, shape):
            self._refuse(wanted)
        self._require_values(value, wanted, finite)
        return self._given(value)

    def number(self, *, between: tuple[float, float] | None = None, finite: bool = True) -> float:
        """The answer as a float; a whole number counts, of Python, NumPy or JAX.

        Raises:
            BadForm: for anything else.
        """
        return float(self._scalar(Form("form_number", between=between), "iuf", finite))

    def integer(self, *, between: tuple[int, int] | None = None) -> int:
        """The answer as an int.

        Raises:
            BadForm: for anything else.
        """
        return int(self._scalar(Form("form_integer", between=between), "iu", True))

    def truth(self) -> bool:
        """The answer as a bool.

        Raises:
            BadForm: for anything else.
        """
        return bool(self._scalar(Form("form_truth"), "b", True))

    def text(self, among: Collection[str] | None = None) -> str:
        """The answer as a text.

        Args:
            among: the texts allowed; any by default.

        Raises:
            BadForm: for anything else.
        """
        choices = ", ".join(map(repr, among or ()))
        wanted = Form("form_choice", facts={"choices": choices}) if among else Form("form_text")
        if type(self._value) is not str or (among is not None and self._value not in among):
            self._refuse(wanted, show(self._value, _SHORT))
        return self._given(self._value)

    def items(self, number: int | None = None) -> "list[Answer]":
        """The answers in a list or tuple.

        Args:
            number: how many there must be; any number by default.

        Raises:
            BadForm: for anything else.
        """
        value = self._value
        good = type(value) in (list, tuple) and number in (None, len(value))
        if not good:
            count = "" if number is None else number
            key = "form_items" if number is None else "form_so_many_items"
            got = f"{type_name(value)}[{len(value)}]" if type(value) in (list, tuple) else None
            self._refuse(Form(key, facts={"number": count}), got)
        return [self._part(item, index) for index, item in enumerate(self._given(value))]

    def entries(self, keys: Collection[str] | None = None) -> "dict[str, Answer]":
        """The answers in a dictionary.

        Args:
            keys: the keys that it must have, and no others; any by default.

        Raises:
            BadForm: for anything else.
        """
        value = self._value
        if type(value) is not dict or (keys is not None and value.keys() != set(keys)):
            names = "" if keys is None else ", ".join(map(repr, keys))
            wanted = Form("form_entries" if names else "form_mapping", facts={"keys": names})
            self._refuse(wanted, show_keys(value) if type(value) is dict else None)
        self._given(value)
        return {name: self._part(value[name], name) for name in (value if keys is None else keys)}

    # ------------------------------------------------------------------------------------- details

    def _given(self, value: Any) -> Any:
        self._opened[:] = [self._call]  # the last one only: each holds its arguments
        return value

    def _part(self, value: Any, step: int | str) -> "Answer":
        return Answer(value, self._call, self._opened, (*self._steps, step))

    def _scalar(self, wanted: Form, kinds: str, finite: bool) -> Any:
        value = self._value
        if type(value) is int and abs(value) >= _LARGEST:
            self._refuse(wanted, show(value, _SHORT))
        array = np.asarray(value) if type(value) in (bool, int, float) else value
        if not isinstance(array, np.ndarray) or array.ndim or kind_of(array.dtype) not in kinds:
            self._refuse(wanted)
        self._require_values(array, wanted, finite)
        return self._given(array[()])

    def _require_values(self, array: np.ndarray, wanted: Form, finite: bool) -> None:
        if finite and kind_of(array.dtype) == "f":
            self._require(array, lambda part: ~np.isfinite(part), wanted)
        if wanted.between is not None:
            low, high = wanted.between
            self._require(array, lambda part: ~((part >= low) & (part <= high)), wanted)

    def _require(
        self, array: np.ndarray, wrong: Callable[[np.ndarray], np.ndarray], wanted: Form
    ) -> None:
        index = first(array, wrong)
        if index is not None:
            at = f" [{', '.join(map(str, index))}]" if index else ""
            self._refuse(wanted, f"{type_name(array)}: {show(array[index])}{at}")

    def _refuse(self, wanted: Form, got: str | None = None) -> NoReturn:
        raise BadForm(str(self._call), self._path, wanted, got or type_name(self._value))


def _fits(shape: tuple[int, ...], wanted: Sequence[int | None]) -> bool:
    return len(shape) == len(wanted) and all(
        w is None or n == w for n, w in zip(shape, wanted, strict=True)
    )


def _shape_text(shape: Sequence[int | None] | None) -> str:
    if shape is None:
        return ""
    lengths = ["…" if n is None else str(n) for n in shape]
    return f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
