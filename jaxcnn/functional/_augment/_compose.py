"""Several augmentations, one after the other, as one function."""

from collections.abc import Callable

import jax

from jaxcnn.functional._augment._arguments import one_key

Augmentation = Callable[[jax.Array, jax.Array], jax.Array]


def compose(*steps: Augmentation) -> Augmentation:
    """Make one augmentation of several; each gets a key of its own.

    Args:
        steps: Functions of a key and images that return images, in the order in which they are
            applied; `functools.partial` fixes their other arguments. Geometry that `random_affine`
            can do in one resampling is better done there.

    Returns:
        A function of a key and images, pure like its steps: it can be jitted and vmapped.

    Raises:
        ValueError: No steps, or a step that cannot be called.

    Source: composition of functions; torchvision's ``Compose``, with explicit keys.

    >>> from functools import partial
    >>> augment = compose(course_augmentation, partial(random_cutout, shape=2))
    >>> augment(jax.random.key(0), jnp.ones((2, 8, 8, 3))).shape
    (2, 8, 8, 3)
    """
    if not steps:
        raise ValueError("steps must hold at least one augmentation")
    for number, step in enumerate(steps):
        if not callable(step):
            raise ValueError(f"steps[{number}] (={step!r:.60}) must be a function of key and x")

    def augment(key: jax.Array, x: jax.Array) -> jax.Array:
        for one, step in zip(jax.random.split(one_key(key), len(steps)), steps, strict=True):
            x = step(one, x)
        return x

    return augment
