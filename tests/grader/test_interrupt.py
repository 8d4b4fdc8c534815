"""A process that grades for another one stops, wherever the interruption happens to fall."""

import subprocess
import sys

_CODE = """
import threading, time, sys
from grader.grading._interrupt import interrupt_while
from grader.grading import _interrupt

_interrupt._EACH = 0.05
busy = threading.Event()
busy.set()

class Deaf:
    def __del__(self):  # as a callback of the garbage collector: what is raised in it is lost
        time.sleep(0.3)

def interrupt():
    time.sleep(0.1)
    interrupt_while(busy.is_set)

try:
    threading.Thread(target=interrupt, daemon=True).start()
    Deaf()
    while True:
        time.sleep(0.01)
except KeyboardInterrupt:
    busy.clear()
    print("stopped")
"""


def test_an_interruption_that_is_lost_comes_again_and_nothing_is_printed():
    command = [sys.executable, "-c", _CODE]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout == "stopped\n"
    assert ran.stderr == ""
