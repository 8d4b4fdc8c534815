"""What one output of a network sees of the image."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ._layer import Fields
from ._windows import Exact, exact


@dataclass(frozen=True)
class ReceptiveField:
    """Receptive field of a feature map, one entry per spatial axis.

    Output i sees the ``size`` pixels that start at ``i * jump - padding``, and its centre lies at
    ``i * jump + offset``; pixel 0 has coordinate 0. Pixels outside the image are padding.

    Attributes:
        size: pixels that one output sees.
        jump: pixels between the fields of two neighbouring outputs ("effective stride").
        offset: coordinate of the centre of output 0's field.
        padding: pixels of output 0's field before the image starts ("effective padding").

    Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019.

    >>> field = ReceptiveField(size=(6,), jump=(2,), offset=(1.5,), padding=(1,))
    >>> field.pixels((3,), image_shape=(10,))
    (range(5, 10),)
    """

    size: tuple[int, ...]
    jump: tuple[Exact, ...]
    offset: tuple[float, ...]
    padding: tuple[Exact, ...]

    @classmethod
    def of(cls, fields: Fields) -> "ReceptiveField":
        """From the first and last pixel of output 0 along each axis."""
        return cls(
            tuple(math.floor(axis.last - axis.first) + 1 for axis in fields),
            tuple(axis.jump for axis in fields),
            tuple(float(axis.first + axis.last) / 2 for axis in fields),
            tuple(exact(-axis.first) for axis in fields),
        )

    def pixels(
        self, position: Sequence[int], image_shape: Sequence[int] | None = None
    ) -> tuple[range, ...]:
        """The pixels that the output at ``position`` sees, along each axis.

        Args:
            position: index of the output, one entry per spatial axis.
            image_shape: spatial shape of the image; given, padding is left out.

        Returns:
            One range per spatial axis, in order.

        Raises:
            ValueError: an argument has not one entry per axis.
        """
        rank = len(self.size)
        for name, value in (("position", position), ("image_shape", image_shape)):
            if value is not None and len(value) != rank:
                raise ValueError(f"{name} (={value!r}) must have one entry per axis ({rank})")
        result = []
        for axis, index in enumerate(position):
            reach = 2 * (self.offset[axis] + float(self.padding[axis]))
            first = index * self.jump[axis] - self.padding[axis]
            start, stop = math.ceil(first), math.floor(first + reach) + 1
            if image_shape is not None:
                start, stop = max(start, 0), min(stop, image_shape[axis])
            result.append(range(start, stop))
        return tuple(result)
