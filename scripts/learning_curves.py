"""Records the training that the course's figure of learning curves shows: ``python scripts/learning_curves.py``.

LeNet on 200 digits of 14x14 pixels, for 30 epochs at a constant rate, watched on 1,000 others: few enough
images for the loss of training to fall to nothing while that of validation stops halfway.
"""

from pathlib import Path

import jaxcnn.plotting.course
from jaxcnn import data, models, training

TARGET = Path(jaxcnn.plotting.course.__file__).parent / "recorded" / "lenet_200_digits.csv"


def record() -> training.History:
    """Trains, and returns what was measured after each epoch."""
    digits = data.load_embedded("mnist_10k")
    images = digits.images[:, ::2, ::2]
    train = (images[:200], digits.labels[:200])
    validation = (images[8_000:9_000], digits.labels[8_000:9_000])
    network = models.create_model("lenet", image_size=14, seed=0)
    settings = training.default_settings("lenet").replace(
        epochs=30, batch_size=32, schedule="constant", label_smoothing=0.0
    )
    return training.fit(network, train, settings, validation=validation)


if __name__ == "__main__":
    record().to_csv(TARGET)
