"""Why the names of a file may differ from a model's, in a sentence with the cure."""

from collections.abc import Mapping

import numpy as np

_TRIED = 5  # names of the model; each gives the prefixes under which the file has it
_FEWEST = 0.5  # of the model's names, that a prefix must bring


def prefix_hints(expected: Mapping[str, object], given: Mapping[str, np.ndarray]) -> list[str]:
    """A sentence about each prefix without which the names of the source are the model's.

    Args:
        expected: Names that the model has.
        given: Name -> array of the source.
    """
    if not expected:
        return []
    names = sorted(expected, key=len, reverse=True)[:_TRIED]
    prefixes = {
        name.removesuffix(wanted)
        for wanted in names
        for name in given
        if name.endswith((f".{wanted}", f"/{wanted}"))
    }
    direct = sum(name in given for name in expected)
    found = {
        prefix: sum(f"{prefix}{name}" in given for name in expected) for prefix in sorted(prefixes)
    }
    best = {
        prefix: count
        for prefix, count in found.items()
        if count > direct and count >= _FEWEST * len(expected)
    }
    return [
        f"{'all' if count == len(expected) else f'{count} of the {len(expected)}'} names are there "
        f"once the prefix {prefix!r} is dropped: load_weights(..., prefix={prefix!r})"
        for prefix, count in best.items()
        if count == max(best.values())
    ]


def without_prefix(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with the prefix, without it.

    Raises:
        ValueError: No name begins so.
    """
    found = {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix) and name != prefix
    }
    if not found:
        shown = ", ".join(list(arrays)[:3])
        raise ValueError(f"prefix (={prefix!r}) must begin names of the source, such as {shown}")
    return found


def fused_norms_hint(missing: Mapping[str, object], given: Mapping[str, np.ndarray]) -> list[str]:
    """A sentence where an exporter has folded the normalisations into the convolutions."""
    fused = [name for name in given if name.startswith("onnx::")]
    lost = [name for name in missing if name.endswith(("running_mean", "running_var"))]
    if not (fused and lost):
        return []
    return [
        f"names such as {fused[0]} are those of weights that the exporter changed: normalisations "
        "were folded into the convolutions before them. Export with "
        "torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False), or load "
        "the PyTorch file"
    ]
