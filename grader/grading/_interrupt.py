"""How a process that grades for another one stops in the middle, when nobody wants its answer any more."""

import _thread
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["interrupt_while"]

_EACH = 5.0  # seconds; ending the workers takes less


def interrupt_while(busy: Callable[[], bool]) -> None:
    """Raise KeyboardInterrupt in the main thread, again and again as long as it is busy.

    One that falls into a callback of the garbage collector's (Hypothesis has one) is lost; Python would print it.
    """
    printed = sys.unraisablehook

    def quiet(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            printed(unraisable)

    sys.unraisablehook = quiet
    try:
        while busy():
            _interrupt_main_thread()
            time.sleep(_EACH)
    finally:
        sys.unraisablehook = printed


def _interrupt_main_thread() -> None:
    """By a signal where there is one, as it also ends a wait for something that may never come."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()
