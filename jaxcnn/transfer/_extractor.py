"""A network as a step of scikit-learn."""

from typing import Any

import numpy as np

from ._features import Pool, extract_features


class FeatureExtractor:
    """A transformer of scikit-learn: images in, features of a trained network out.

    It learns nothing, and goes into ``make_pipeline``, ``clone`` and a grid search, which may vary
    ``at`` and ``pool``. scikit-learn itself is not needed here.

    Args:
        model: The network.
        at, pool, batch_size: As in `extract_features`.

    >>> from jaxcnn.models import create_model
    >>> extractor = FeatureExtractor(create_model("resnet8", seed=0), at="features.layer2")
    >>> extractor.fit_transform(np.zeros((3, 32, 32, 3), np.uint8)).shape
    (3, 32)
    >>> extractor.set_params(pool="max").get_params()["pool"]
    'max'
    """

    def __init__(
        self, model: Any = None, at: str | None = None, pool: Pool = "avg", batch_size: int = 64
    ) -> None:
        # As scikit-learn's rules want it, nothing is checked or changed here.
        self.model = model
        self.at = at
        self.pool = pool
        self.batch_size = batch_size

    def fit(self, X: Any, y: Any = None) -> "FeatureExtractor":
        """Learns nothing."""
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Features ``(number, features)`` of images, as `extract_features` takes them."""
        return extract_features(self.model, X, self.at, pool=self.pool, batch_size=self.batch_size)

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """The same as `transform`."""
        return self.transform(X)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments by name."""
        return {name: getattr(self, name) for name in ("model", "at", "pool", "batch_size")}

    def set_params(self, **params: Any) -> "FeatureExtractor":
        """Changes arguments.

        Raises:
            ValueError: A name is unknown.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags, TransformerTags  # only scikit-learn asks

        return Tags(None, TargetTags(required=False), TransformerTags(), requires_fit=False)

    def __sklearn_clone__(self) -> "FeatureExtractor":
        return type(self)(**self.get_params())  # shares the network, which is only read
