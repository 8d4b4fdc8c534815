"""Networks with weights, as the commands' arguments name them."""

from pathlib import Path
from typing import Any


def network(name: str | None, options: dict[str, Any], weights: Path | None) -> Any:
    """A network by name with random weights, or with those of a file.

    Args:
        name: A network; None where the file says which.
        options: Arguments of ``create_model``; those that are None are not given.
        weights: A file of ``save_model``, or of weights that fit the named network.

    Raises:
        ValueError: The name is missing or another one than the file's, or the weights do not fit.
    """
    from jaxcnn import models, transfer
    from jaxcnn.transfer._files import is_model_file

    given = {key: value for key, value in options.items() if value is not None}
    if weights is None or not is_model_file(weights):
        if name is None:
            raise ValueError("--model must name a network: the file of weights does not say it")
        made = models.create_model(name, **given)
        if weights is not None:
            transfer.load_weights(made, weights)
        return made
    made = transfer.load_model(weights)
    if name not in (None, made.recipe.name):
        raise ValueError(f"{weights} has the network {made.recipe.name!r}, not {name!r}")
    if unused := given.keys() - {"seed"}:
        raise ValueError(
            f"{weights} says how its network is built: {', '.join(sorted(unused))} must not be given"
        )
    return made


def trained(name: str | None, classes: int | None, weights: Path | None) -> Any:
    """A network that has learnt something, from a file or from its published weights.

    Raises:
        ValueError: No weights are published for it, or those of the file do not fit.
        OSError: The weights cannot be had.
    """
    from jaxcnn import models, transfer
    from jaxcnn.transfer._files import is_model_file

    known = (*transfer.list_pretrained(), "googlenet")
    own = weights is not None and is_model_file(weights)
    if name in known and not own:
        if classes is None:
            try:
                return transfer.load_pretrained(name, path=weights)
            except transfer.MissingPackageError as error:
                raise ValueError(str(error)) from error
        if weights is None:
            raise ValueError("--classes goes with --weights: published weights have 1000 classes")
    if weights is None:
        if name is not None and name not in models.list_models():
            models.create_model(name)  # says which there are
        missing = (
            f"--weights must be given for {name!r}"
            if name
            else "--weights or --model must be given"
        )
        raise ValueError(
            f"{missing}; networks with published weights: {', '.join(transfer.list_pretrained())}"
        )
    return network(name, {"num_classes": classes}, weights)
