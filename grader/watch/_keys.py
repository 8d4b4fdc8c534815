"""Keys, one at a time and without Enter, where the input is a terminal."""

import contextlib
import os
import sys
from typing import Self

__all__ = ["Keys"]


class Keys:
    """Reads single keys while it is entered; Ctrl-C keeps its meaning, and the terminal is as before afterwards."""

    def __enter__(self) -> Self:
        self._before = None
        self.available = False
        with contextlib.suppress(ImportError, OSError, ValueError):
            if not sys.stdin.isatty():
                return self
            if os.name == "nt":
                import msvcrt  # noqa: F401
            else:
                import termios
                import tty

                self._before = termios.tcgetattr(sys.stdin)
                tty.setcbreak(sys.stdin, termios.TCSANOW)
            self.available = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSANOW, self._before)

    def pressed(self) -> str:
        """The key that was pressed since this was last asked, in lower case; empty where there is none."""
        if not self.available:
            return ""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch().lower() if msvcrt.kbhit() else ""
        import select

        if not select.select([sys.stdin], [], [], 0)[0]:
            return ""
        key = os.read(sys.stdin.fileno(), 64).decode("utf-8", "replace")
        if not key:  # the terminal is gone
            self.available = False
        return key[:1].lower()
