"""Weights that do not fit a model."""

import difflib
from collections.abc import Mapping, Sequence

from jaxcnn.weights import WeightsError

_SHOWN = 20
Shape = tuple[int, ...]


class AmbiguousOrderError(WeightsError, ValueError):
    """A file of Keras does not say which of its layers belongs where; the model is left as it was.

    Attributes:
        layers: The groups of these layers in the file.
        places: The paths of the layers of the model that each of them may belong to.

    >>> issubclass(AmbiguousOrderError, WeightsError)
    True
    """

    def __init__(self, source: str, why: str, layers: Sequence[str], places: Sequence[str]) -> None:
        self.layers, self.places = tuple(layers), tuple(places)
        example = f"rename={{{layers[0] + '/...'!r}: {places[0] + '....'!r}, ...}}"
        super().__init__(
            f"{source} does not say which of its layers {_few(layers)} belong to which of "
            f"{_few(places)} here: {why}. Say it with {example}, from names of arrays in the file to "
            "names in the model"
        )


class MismatchError(WeightsError, ValueError):
    """Weights and model have other names or shapes; the model is left as it was.

    Attributes:
        missing: Names that the model needs, with their shapes.
        unexpected: Names that only the weights have, with their shapes.
        wrong: Name -> (shape of the weights, shape of the model) where both have it.
        notes: Sentences about what may be the reason, and its cure.

    >>> print(MismatchError("net.pth", "LeNet", {"fc.weight": (2, 3)}, {"fc.wight": (2, 3)}, {}))
    net.pth does not fit the model LeNet:
      missing: fc.weight (2, 3); nearest: fc.wight (2, 3)
      unexpected: fc.wight (2, 3)
    """

    def __init__(
        self,
        source: str,
        model: str,
        missing: Mapping[str, Shape],
        unexpected: Mapping[str, Shape],
        wrong: Mapping[str, tuple[Shape, Shape]],
        others: Mapping[str, Shape] | None = None,
    ) -> None:
        self.missing, self.unexpected, self.wrong = dict(missing), dict(unexpected), dict(wrong)
        candidates = {**(others or {}), **unexpected}
        lines = [f"{source} does not fit the model {model}:"]
        lines += _lines(
            [
                f"missing: {name} {shape}{_nearest(name, shape, unexpected, candidates)}"
                for name, shape in list(missing.items())[:_SHOWN]
            ],
            len(missing),
            "missing",
        )
        lines += _lines(
            [f"unexpected: {name} {shape}" for name, shape in list(unexpected.items())[:_SHOWN]],
            len(unexpected),
            "unexpected",
        )
        lines += _lines(
            [
                f"wrong shape: {name} {got}, but the model has {wanted}"
                f"{_nearest(name, wanted, {}, candidates)}"
                for name, (got, wanted) in list(wrong.items())[:_SHOWN]
            ],
            len(wrong),
            "wrong",
        )
        self.notes: tuple[str, ...] = ()
        super().__init__("\n".join(lines))

    def noted(self, *notes: str) -> "MismatchError":
        """The error with sentences about what may cure it at its end."""
        self.notes += notes
        self.args = ("\n".join([self.args[0], *(f"  {note}" for note in notes)]),)
        return self


def _lines(shown: Sequence[str], count: int, attribute: str) -> list[str]:
    rest = count - len(shown)
    more = [f"{rest} more, see the error's attribute {attribute!r}"] if rest else []
    return [f"  {line}" for line in (*shown, *more)]


def _nearest(
    name: str, shape: Shape, by_name: Mapping[str, Shape], by_shape: Mapping[str, Shape]
) -> str:
    """Names of the same shape that are most alike, else, of ``by_name``, of any shape."""
    same = [other for other, its in by_shape.items() if its == shape and other != name]
    near = difflib.get_close_matches(name, same, n=2, cutoff=0.5)
    near = near or difflib.get_close_matches(name, by_name, n=2, cutoff=0.6)
    if not near:
        return ""
    return f"; nearest: {', '.join(f'{other} {by_shape[other]}' for other in near)}"


def _few(names: Sequence[str]) -> str:
    more = [f"{len(names) - 6} more"] if len(names) > 6 else []
    return ", ".join([*names[:6], *more])
