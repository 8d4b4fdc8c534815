"""What the commands do, from Python: train, fine-tune, evaluate, predict, export, run, by the same names and options.

::

    from jaxcnn import workflows

    result = workflows.train("resnet8", "photos", size=64, epochs=20)
    result.evaluation.accuracy
    result.save("photos.safetensors")
    workflows.predict("photos.safetensors", ["new.jpg"])
    workflows.export("photos.safetensors").save("photos.jaxcnn")
    workflows.run("photos.jaxcnn", ["new.jpg"])

A network is named in one way everywhere: by a name of `jaxcnn.models.list_models`, or by a file that ``save`` wrote;
`load_network` gives it.
Data are named as in `jaxcnn.data.load`: a set, or a folder of class folders. Preparing a set is `jaxcnn.data.prepare`.
"""

from ._evaluate import EvaluationResult, evaluate
from ._export import export
from ._finetune import finetune
from ._networks import load_network
from ._predict import Prediction, predict
from ._run import Scores, run
from ._train import train
from ._trained import TrainingResult

__all__ = [
    "EvaluationResult",
    "Prediction",
    "Scores",
    "TrainingResult",
    "evaluate",
    "export",
    "finetune",
    "load_network",
    "predict",
    "run",
    "train",
]
