"""Compiled programs are kept for the next time that a command runs.

The folder is the user's own, see `jaxcnn._cache`, since whoever writes there runs code here. JAX's
own settings come first: ``JAX_COMPILATION_CACHE_DIR`` names another folder,
``JAX_ENABLE_COMPILATION_CACHE=false`` keeps nothing.
"""

import os
import sys

import typer

from jaxcnn._cache import cache_folder, private_folder

_NO = ("0", "f", "false", "n", "no", "off")
_SETTINGS = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",  # a network can be many short compilations
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",  # else keys change with the folder's name
}


def keep_programs() -> None:
    """Lets JAX keep what it compiles; a command that compiles calls this before it imports JAX.

    Without a folder that is safe, one line says why, and everything is compiled anew. A process
    that has imported JAX already is left as it is.
    """
    off = os.environ.get("JAX_ENABLE_COMPILATION_CACHE", "").lower() in _NO
    if off or os.environ.get("JAX_COMPILATION_CACHE_DIR") or "jax" in sys.modules:
        return
    try:
        folder = private_folder(private_folder(cache_folder()) / "compiled")
    except OSError as error:
        typer.echo(f"jaxcnn: compiled programs are not kept: {error}", err=True)
        return
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
