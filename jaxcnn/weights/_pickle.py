"""A pickle read as data: a stack machine that imports nothing and calls nothing of the file's.

A name in the pickle (`GLOBAL`) becomes an entry of a table that the caller gives, or a placeholder
that can do nothing (`_inert`). `REDUCE` calls the function of that entry, written here, never
anything that the file names; what is called by another name, or made of a class (`INST`, `OBJ`,
`NEWOBJ`), is another placeholder. Lengths are
compared with the file before memory is taken, and the number of instructions is bounded, so a
pickle can take no more memory than a small multiple of its size.
"""

import struct
from typing import Any

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, WeightFileError
from ._pickle_machine import MARK, Machine
from ._pickle_steps import OLD, REFUSED, STEPS

MAX_INSTRUCTIONS = 2_000_000  # ten times what the largest checkpoints of image networks need


class Pickle(Machine):
    """Runs one pickle; arguments as of `Machine`, whose cursor stands behind it after `run`."""

    def run(self) -> Any:
        """The object of the pickle."""
        start = self.cursor.position
        try:
            return self._run()
        except WeightFileError:
            raise
        except (IndexError, KeyError, ValueError, TypeError, AttributeError, struct.error) as error:
            raise DamagedFileError(
                f"the pickle that begins at byte {start} is damaged at byte "
                f"{self.cursor.position}: {type(error).__name__}"
            ) from None

    def _run(self) -> Any:
        take = self.cursor.take
        for _ in range(MAX_INSTRUCTIONS):
            code = take(1)
            if code == b".":
                result = self.stack.pop()
                if self.stack or result is MARK:
                    raise DamagedFileError("the pickle ends with unused objects")
                return result
            step = STEPS.get(code)
            if step is None:
                raise self._refusal(code)
            step(self)
        raise UnsafeFileError(f"the pickle has more than {MAX_INSTRUCTIONS} instructions")

    def _refusal(self, code: bytes) -> WeightFileError:
        name = REFUSED.get(code)
        if name is not None:
            return UnsafeFileError(
                f"the pickle uses {name}, which makes objects of classes; weights need none"
            )
        known = OLD.get(code)
        if known is not None:
            return UnsupportedFileError(f"the pickle uses {known}, which weights never need")
        return DamagedFileError(
            f"byte {self.cursor.position - 1} (0x{code.hex()}) is no pickle instruction"
        )
