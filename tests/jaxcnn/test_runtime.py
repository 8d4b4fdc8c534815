"""Settings of the process, each seen in a process of its own."""

import subprocess
import sys

import pytest

_BLOCKS = """
import ctypes, resource, sys, threading
from jaxcnn import runtime

if sys.argv[1] == "kept":
    assert runtime.keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def use(size=100 << 20):
    for _ in range(3):
        begin = faults()
        block = libc.malloc(size)
        libc.memset(block, 1, size)
        libc.free(block)
    print(faults() - begin)

thread = threading.Thread(target=use)  # JAX runs programs on threads of its own
thread.start()
thread.join()
"""


def faults(setting):
    """Page faults of a block of 100 MB that is allocated for the third time, on a thread."""
    command = [sys.executable, "-c", _BLOCKS, setting]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_a_large_block_is_kept_for_whoever_allocates_the_next():
    assert faults("given back") > 20  # 25,600, or 50 where Linux gives huge pages
    assert faults("kept") < 10
