"""The compiled steps: one that trains on a batch, one that evaluates a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from ._model_state import Arrays, Blueprint, TrainState

Augment = Callable[[jax.Array, jax.Array], jax.Array]
Mix = Callable[[jax.Array, jax.Array, jax.Array], tuple[jax.Array, jax.Array]]


class BatchMetrics(NamedTuple):
    """What a training step tells: mean loss, number of right answers, whether all was finite.

    The loss is that of the true labels, without smoothing, to be compared with that of validation.
    """

    loss: jax.Array
    correct: jax.Array
    finite: jax.Array


class Judged(NamedTuple):
    """For each example: the loss, the predicted class, its probability, and the true class."""

    loss: jax.Array
    prediction: jax.Array
    confidence: jax.Array
    label: jax.Array


@dataclass(frozen=True)
class StepOptions:
    """What a training step is compiled for.

    Attributes:
        num_classes: Number of classes.
        seed: Of the keys that augmentation gets.
        mixed_precision, label_smoothing: As in the settings.
        augment: ``(key, images) -> images``.
        mix: ``(key, images, targets) -> (images, targets)``, targets ``(batch, classes)``.
    """

    num_classes: int
    seed: int = 0
    mixed_precision: bool = False
    label_smoothing: float = 0.0
    augment: Augment | None = None
    mix: Mix | None = None


def make_train_step(
    blueprint: Blueprint,
    optimizer: optax.GradientTransformation,
    options: StepOptions,
    everywhere: Any,
    awake: Sequence[bool] | None = None,
) -> Callable[..., tuple[TrainState, BatchMetrics]]:
    """A compiled ``(state, frozen, images, labels) -> (state, metrics)``; the state is used up.

    Once a loss or a gradient is not finite, the state stays what it was before that step.

    Args:
        blueprint: The model.
        optimizer: What makes updates of gradients.
        options: What else the step is compiled for.
        everywhere: Where the results go.
        awake: For each trained array, whether it is now; None means all. Nothing is computed for
            the gradients of the others, which are zeros.
    """

    def step(
        state: TrainState, frozen: Arrays, images: jax.Array, labels: jax.Array
    ) -> tuple[TrainState, BatchMetrics]:
        images, targets = _prepared(blueprint, options, state.step, images, labels)
        flags = [True] * len(state.trainable) if awake is None else list(awake)

        def objective(chosen: Arrays) -> tuple[jax.Array, tuple[jax.Array, Arrays]]:
            trainable = _joined(flags, chosen, state.trainable)
            return _objective(blueprint, options, trainable, frozen, state.others, images, targets)

        (loss, (logits, others)), found = jax.value_and_grad(objective, has_aux=True)(
            [array for array, flag in zip(state.trainable, flags, strict=True) if flag]
        )
        slopes = _joined(flags, found, [jnp.zeros_like(array) for array in state.trainable])
        finite = state.finite & jnp.isfinite(loss) & jnp.isfinite(_size(slopes))
        updates, moments = optimizer.update(slopes, state.optimizer, state.trainable)
        trained: Any = optax.apply_updates(state.trainable, updates)
        new = TrainState(trained, others, moments, state.step + 1, finite)
        old = state._replace(finite=finite)
        state = jax.tree.map(lambda after, before: jnp.where(finite, after, before), new, old)
        classes = targets if targets.ndim == 1 else targets.argmax(-1)
        right = (logits.argmax(-1) == classes).sum()
        return state, BatchMetrics(_cross_entropy(logits, targets), right, finite)

    return jax.jit(step, donate_argnums=0, out_shardings=everywhere)


def make_judge(blueprint: Blueprint, everywhere: Any) -> Callable[..., Judged]:
    """A compiled ``(trainable, frozen, others, images, labels) -> Judged``, in float32."""

    def judge(
        trainable: Arrays, frozen: Arrays, others: Arrays, images: jax.Array, labels: jax.Array
    ) -> Judged:
        model = blueprint.build(trainable, frozen, others, training=False)
        logits = model(_as_inputs(blueprint, images)).astype(jnp.float32)
        chances = jax.nn.softmax(logits)
        loss = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
        return Judged(loss, logits.argmax(-1), chances.max(-1), labels)

    return jax.jit(judge, out_shardings=everywhere)


def as_floats(images: jax.Array) -> jax.Array:
    """Bytes become 0 to 1; floats are float32."""
    scaled = images.dtype == jnp.uint8
    images = images.astype(jnp.float32)
    return images / 255 if scaled else images


def count_classes(blueprint: Blueprint, arrays: list[Arrays], images: Any) -> int:
    """Number of scores that the network gives for such images.

    Raises:
        ValueError: The network does not take them, or gives something else than scores.
    """
    shape = jax.ShapeDtypeStruct((1, *images.shape[1:]), jnp.float32)

    def scores(arrays: list[Arrays], images: jax.Array) -> jax.Array:
        return blueprint.build(*arrays, training=False)(images)

    found = jax.eval_shape(scores, arrays, shape).shape
    if len(found) != 2 or found[1] < 2:
        raise ValueError(
            f"model gives {found} for one example, but must give (1, classes), at least two classes"
        )
    _check_apart(blueprint.build(*arrays, training=False), images)
    return found[1]


def _check_apart(model: Any, images: Any) -> None:
    """Refuses images of too few axes, whose examples a convolution would take for rows of one.

    A network may give them more axes before, so that is looked at, in the rare case.
    """
    kernels = (getattr(module, "kernel_size", ()) for _, module in nnx.iter_modules(model))
    rank = max((len(size) for size in kernels if isinstance(size, tuple)), default=0)
    if images.ndim >= rank + 2:
        return
    one = as_floats(jnp.asarray(images[:1]))
    together, alone = model(jnp.concatenate([one, 1 - one]))[:1], model(one)
    if not jnp.allclose(together, alone, rtol=1e-3, atol=1e-4):
        raise ValueError(
            f"images has shape {images.shape}, but the model has a convolution of {rank} spatial "
            "axes, which takes the examples for one of them: give (number, *spatial, channels)"
        )


def _as_inputs(blueprint: Blueprint, images: jax.Array) -> jax.Array:
    floats = as_floats(images)
    return blueprint.scaled(floats) if images.dtype == jnp.uint8 else floats


def _joined(flags: Sequence[bool], chosen: Arrays, others: Arrays) -> Arrays:
    """The next of ``chosen`` where a flag is set, else what ``others`` has there."""
    given = iter(chosen)
    return [next(given) if flag else other for flag, other in zip(flags, others, strict=True)]


def _prepared(
    blueprint: Blueprint,
    options: StepOptions,
    step: jax.Array,
    images: jax.Array,
    labels: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    if options.augment is None and options.mix is None:
        return _as_inputs(blueprint, images), labels
    one, two = jax.random.split(jax.random.fold_in(jax.random.key(options.seed), step))
    if options.augment is None:
        images = _as_inputs(blueprint, images)
    else:
        were_bytes = images.dtype == jnp.uint8
        images = options.augment(one, as_floats(images))
        images = blueprint.scaled(images) if were_bytes else images
    if options.mix is None:
        return images, labels
    return options.mix(two, images, jax.nn.one_hot(labels, options.num_classes))


def _objective(
    blueprint: Blueprint,
    options: StepOptions,
    trainable: Arrays,
    frozen: Arrays,
    others: Arrays,
    images: jax.Array,
    targets: jax.Array,
) -> tuple[jax.Array, tuple[jax.Array, Arrays]]:
    if options.mixed_precision:
        trainable, frozen, images = jax.tree.map(_half, (trainable, frozen, images))
    model = blueprint.build(trainable, frozen, others, training=True)
    logits = model(images).astype(jnp.float32)
    wanted = _soft(targets, options) if options.label_smoothing else targets
    return _cross_entropy(logits, wanted), (logits, blueprint.others_of(model))


def _cross_entropy(logits: jax.Array, targets: jax.Array) -> jax.Array:
    if targets.ndim == 1:
        return optax.softmax_cross_entropy_with_integer_labels(logits, targets).mean()
    return optax.softmax_cross_entropy(logits, targets).mean()


def _size(slopes: Arrays) -> jax.Array:
    """Sum of squares: not finite when one of the numbers is not."""
    return sum((jnp.square(slope).sum(dtype=jnp.float32) for slope in slopes), jnp.float32(0))


def _half(array: jax.Array) -> jax.Array:
    return array.astype(jnp.bfloat16) if jnp.issubdtype(array.dtype, jnp.floating) else array


def _soft(targets: jax.Array, options: StepOptions) -> jax.Array:
    soft = jax.nn.one_hot(targets, options.num_classes) if targets.ndim == 1 else targets
    return optax.smooth_labels(soft, options.label_smoothing)
