"""What can go wrong with data, as one tree::

DataError
├── DataFileError (ValueError)          this file cannot be read; says the rule
│   └── BrokenImageError                it should be an image, but cannot be decoded
├── NotPreparedError (FileNotFoundError)    the set must be prepared first
├── DataWriteError (OSError)            a prepared set could not be written: full disk, no right
└── DataPackageError (ImportError)      a package is missing that only some users need
"""

import functools
import os
from typing import Any

__all__ = [
    "BrokenImageError",
    "DataError",
    "DataFileError",
    "DataPackageError",
    "DataWriteError",
    "NotPreparedError",
]


class DataError(Exception):
    """Anything wrong with a data set.

    >>> issubclass(DataFileError, DataError) and issubclass(DataFileError, ValueError)
    True
    """


class DataFileError(DataError, ValueError):
    """A file or folder that is not read, because of a rule.

    Attributes:
        rule: The rule, and what breaks it.
        path: The file.

    >>> print(DataFileError("is empty", path="train-labels-idx1-ubyte"))
    train-labels-idx1-ubyte: is empty
    """

    def __init__(self, rule: str, *, path: str | os.PathLike[str]):
        super().__init__(rule)
        self.rule = rule
        self.path = path

    def __str__(self) -> str:
        return f"{os.fspath(self.path)}: {self.rule}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets it come from a worker process: arguments by name are lost without this."""
        return functools.partial(type(self), path=self.path), (self.rule,)


class BrokenImageError(DataFileError):
    """One or several images that cannot be decoded.

    Attributes:
        names: All of them; `path` is the first.

    >>> print(BrokenImageError("cannot be decoded", path="cat/1.jpg", names=("cat/1.jpg",)))
    cat/1.jpg: cannot be decoded
    """

    def __init__(
        self, rule: str, *, path: str | os.PathLike[str], names: tuple[str, ...] = ()
    ) -> None:
        super().__init__(rule, path=path)
        self.names = names or (os.fspath(path),)

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial(type(self), path=self.path, names=self.names), (self.rule,)


class NotPreparedError(DataError, FileNotFoundError):
    """The set is known, but must be prepared first; the message says how.

    >>> issubclass(NotPreparedError, FileNotFoundError)
    True
    """


class DataWriteError(DataError, OSError):
    """A prepared set could not be written; nothing of it is left behind.

    >>> issubclass(DataWriteError, OSError)
    True
    """


class DataPackageError(DataError, ImportError):
    """A package is missing that the base installation does not have.

    >>> issubclass(DataPackageError, ImportError)
    True
    """
