"""What a user must be told although nothing failed."""

import sys
import warnings

__all__ = ["DataWarning", "TrainingWarning", "tell"]


class DataWarning(UserWarning):
    """Something about your data that you may not expect: images that are not used, a class left empty.

    ``warnings.simplefilter("error", jaxcnn.data.DataWarning)`` makes each an error, ``"ignore"``
    hides them. Commands print them on the standard error.

    >>> issubclass(DataWarning, UserWarning)
    True
    """


class TrainingWarning(UserWarning):
    """Something about a training that you may not expect, such as a handful of steps in all.

    >>> issubclass(TrainingWarning, UserWarning)
    True
    """


def tell(text: str, category: type[Warning] = DataWarning) -> None:
    """Warns at the line outside the library that asked for it."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("jaxcnn."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
