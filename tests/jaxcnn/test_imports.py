"""What importing the library does not import."""

import subprocess
import sys

import jaxcnn

HEAVY = ("h5py", "hypothesis", "matplotlib", "onnx", "PIL", "pytest")  # Flax itself imports optax


def test_importing_every_package_loads_nothing_that_only_some_users_need():
    packages = ", ".join(f"jaxcnn.{name}" for name in jaxcnn.__all__ if name != "__version__")
    code = f"import sys, {packages}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
