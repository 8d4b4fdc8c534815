"""What can go wrong with weights, as one tree::

WeightsError
├── WeightFileError (ValueError)        this file cannot be read; says entry and rule
│   ├── UnknownFormatError              its content is of no known format
│   ├── DamagedFileError                it breaks its own format: cut short, wrong sizes
│   ├── UnsafeFileError                 it asks for what weights never need
│   ├── UnsupportedFileError            it is sound, but holds what is not read here
│   └── NonFiniteError                  it holds NaN or infinity
├── MissingPackageError (ImportError)   what reads or holds it is in a package that is not installed
└── FetchError (OSError)                a download that did not end with the right file
    ├── OfflineError                    the server was not reached, or refused
    ├── TransferError                   the transfer broke off
    ├── ChecksumError                   what came is another file
    └── CacheError                      the cache cannot be written
"""

import os


class WeightsError(Exception):
    """Anything wrong with weights: their file or its download.

    >>> issubclass(DamagedFileError, WeightsError) and issubclass(DamagedFileError, ValueError)
    True
    """


class WeightFileError(WeightsError, ValueError):
    """A file of weights that is not read, because of a rule.

    Attributes:
        rule: The rule, and what breaks it.
        entry: The part of the file that breaks it, such as a tensor's name; None for the whole.
        path: The file.

    >>> print(WeightFileError("must not be negative", entry="conv1.weight", path="model.pth"))
    model.pth: 'conv1.weight': must not be negative
    """

    def __init__(
        self, rule: str, *, entry: str | None = None, path: str | os.PathLike[str] | None = None
    ):
        super().__init__(rule)
        self.rule = rule
        self.entry = entry
        self.path = path

    def __str__(self) -> str:
        where = [] if self.path is None else [os.fspath(self.path)]
        if self.entry is not None:
            where.append(short(self.entry))
        return ": ".join([*where, self.rule])


class UnknownFormatError(WeightFileError):
    """The content is of no format that is read here.

    >>> print(UnknownFormatError("is empty", path="model.pth"))
    model.pth: is empty
    """


class DamagedFileError(WeightFileError):
    """The file breaks the rules of its own format.

    >>> print(DamagedFileError("ends inside the header", path="a.safetensors"))
    a.safetensors: ends inside the header
    """


class UnsafeFileError(WeightFileError):
    """The file asks for what weights never need: code, other files, more memory than it has bytes.

    >>> print(UnsafeFileError("asks for os.system", entry="data.pkl", path="model.pth"))
    model.pth: 'data.pkl': asks for os.system
    """


class UnsupportedFileError(WeightFileError):
    """The file is sound, but holds what is not read here.

    >>> print(UnsupportedFileError("is a TorchScript program", path="model.pt"))
    model.pt: is a TorchScript program
    """


class NonFiniteError(WeightFileError):
    """The file holds NaN or infinity.

    >>> print(NonFiniteError("holds 3 values that are NaN", entry="fc.bias", path="model.pth"))
    model.pth: 'fc.bias': holds 3 values that are NaN
    """


class MissingPackageError(WeightsError, ImportError):
    """A package that reads a format, or that weights are in, is not installed.

    >>> issubclass(MissingPackageError, ImportError)
    True
    """


class FetchError(WeightsError, OSError):
    """A download that did not end with the right file in the cache.

    >>> issubclass(FetchError, OSError)
    True
    """


class OfflineError(FetchError):
    """The server could not be reached, or refused; the message says which file to put where.

    >>> issubclass(OfflineError, FetchError)
    True
    """


class TransferError(FetchError):
    """The transfer broke off; what came is kept, and the next attempt goes on from there.

    >>> issubclass(TransferError, FetchError)
    True
    """


class ChecksumError(FetchError):
    """What came is not the file that was asked for; it has been removed.

    >>> issubclass(ChecksumError, FetchError)
    True
    """


class CacheError(FetchError):
    """The folder of downloads cannot be made, written or locked, or its disk is full.

    >>> issubclass(CacheError, FetchError)
    True
    """


def short(text: object, limit: int = 120) -> str:
    """A hostile or merely long name as one printable line."""
    shown = ascii(text if isinstance(text, str | int) else type(text).__name__)
    return shown if len(shown) <= limit else f"{shown[:limit]}..."
