"""Trains, judges, predicts and exports from Python, on folders as people have them."""

import numpy as np
import pytest
from flax import nnx

from jaxcnn import data, export, transfer, workflows
from jaxcnn._notice import TrainingWarning
from jaxcnn.models import create_model
from jaxcnn.training import Settings
from jaxcnn.workflows._length import suited

Image = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """96 photos of three classes, of which one batch of 64 would be an epoch."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for split, number in (("train", 32), ("test", 8)):
        for kind, shade in (("dark", 30), ("grey", 120), ("light", 220)):
            (folder / split / kind).mkdir(parents=True)
            for index in range(number):
                pixels = shade + rng.integers(-20, 20, (20, 24, 3))
                Image.fromarray(pixels.astype(np.uint8)).save(
                    folder / split / kind / f"{index}.png"
                )
    return folder


@pytest.fixture(scope="module")
def trained(photos):
    return workflows.train("lenet5", photos, size=16, seed=0)


def test_a_small_folder_is_trained_for_hundreds_of_steps_without_being_asked(trained):
    assert trained.steps >= 300
    assert trained.evaluation.accuracy == 1.0
    assert trained.to_dict()["test_accuracy"] == 1.0
    assert trained.seconds == pytest.approx(sum(trained.history["seconds"]), abs=1e-3)


def test_results_are_shown_in_a_line_each(trained, photos):
    """A notebook shows whatever a cell ends with."""
    judged = "Evaluation(accuracy 1.0000 (24 of 24), loss "
    assert repr(trained).startswith(f"TrainingResult('lenet5' on '{photos}', ")
    assert judged in repr(trained)
    loaded = data.load(photos, "train", size=16)
    assert repr(loaded) == f"Dataset('{photos}', 'train', 96 examples of 16 x 16 x 3, 3 classes)"
    assert len(repr(trained).splitlines()) == 1


@pytest.mark.parametrize(
    ("examples", "chosen", "batch_size", "steps"),
    [
        (96, {}, 8, 300),
        (400, {}, 8, 500),
        (2000, {}, 64, 320),
        (60_000, {}, 64, 9380),
        (5, {}, 5, 300),
        (96, {"batch_size": 64}, 64, 300),
        (96, {"epochs": 3, "batch_size": 64}, 64, 6),
    ],
)
def test_batch_and_epochs_suit_the_size_of_a_set(examples, chosen, batch_size, steps):
    found = suited(Settings(**chosen), chosen, examples)
    assert found.batch_size == batch_size
    assert found.epochs * -(-examples // found.batch_size) == pytest.approx(steps, abs=25)


def test_photos_are_judged_in_evaluation_mode_whatever_the_mode_of_the_network(photos):
    network = create_model("resnet8", num_classes=3, seed=0)
    photo = photos / "test" / "grey" / "3.png"
    [right] = workflows.predict(network, photo)
    network.train()
    [found] = workflows.predict(network, photo)
    np.testing.assert_array_equal(found.probabilities, right.probabilities)
    modes = [getattr(m, "use_running_average", False) for _, m in nnx.iter_modules(network)]
    assert not any(modes)  # still as it was


def test_a_handful_of_steps_is_told(photos):
    with pytest.warns(TrainingWarning, match=r"trained for 2 steps in all .*more `epochs`"):
        workflows.train("lenet5", photos, size=16, epochs=1, batch_size=64)


def test_an_exported_network_says_what_predict_says(trained, photos, tmp_path):
    """Of a network whose images are resized, cut and normalised."""
    rule = transfer.Preprocessing(
        (16, 16), 20, "bicubic", mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4)
    )
    transfer.save_model(
        *(trained.model, tmp_path / "net.safetensors"),
        preprocessing=rule,
        class_names=trained.model.class_names,
    )
    photo = photos / "test" / "grey" / "3.png"
    [seen] = workflows.predict(tmp_path / "net.safetensors", photo)
    workflows.export(tmp_path / "net.safetensors", platforms=["cpu"]).save(tmp_path / "net.jaxcnn")
    model = export.load(tmp_path / "net.jaxcnn")
    [scores] = workflows.run(tmp_path / "net.jaxcnn", photo)
    for (name, chance), (wanted, likely) in zip(scores.top(), seen.top(), strict=True):
        assert (name, chance) == (wanted, pytest.approx(likely, abs=1e-5))
    np.testing.assert_array_equal(scores.values, workflows.run(model, [photo])[0].values)
    assert model.class_names == ("dark", "grey", "light")


def test_raw_prepares_nothing_and_takes_no_photos(trained, photos, tmp_path):
    raw = workflows.export(trained.model, platforms=["cpu"], raw=True)
    raw.save(tmp_path / "raw.jaxcnn")
    x = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype(np.float32)
    np.testing.assert_allclose(raw(x), trained.model(x), rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match="was exported with --raw"):
        workflows.run(tmp_path / "raw.jaxcnn", photos / "test" / "grey" / "3.png")


def test_random_weights_are_exported_only_when_asked_for():
    with pytest.raises(ValueError, match="lenet5 has no published weights"):
        workflows.export("lenet5", platforms=["cpu"])
    assert workflows.export("lenet5", seed=1, platforms=["cpu"]).name == "lenet5"


def test_evaluate_takes_what_train_saved(trained, photos, tmp_path):
    trained.save(tmp_path / "net.safetensors")
    judged = workflows.evaluate(tmp_path / "net.safetensors", photos)
    assert judged.evaluation.accuracy == trained.evaluation.accuracy


def test_a_file_that_is_not_there_is_named_with_the_one_that_is_meant(trained, tmp_path):
    trained.save(tmp_path / "photos.safetensors")
    with pytest.raises(FileNotFoundError, match=r"did you mean .*photos\.safetensors"):
        workflows.predict(tmp_path / "photo.safetensors", "a.png")


def test_weights_alone_do_not_say_of_which_network(tmp_path):
    from jaxcnn.weights import write_safetensors

    write_safetensors(tmp_path / "w.safetensors", {"a": np.zeros(2, np.float32)}, {})
    with pytest.raises(ValueError, match="does not say of which network"):
        workflows.predict(tmp_path / "w.safetensors", "a.png")


def test_finetune_from_python(photos):
    done = workflows.finetune("resnet8_clothing", photos, epochs=1)
    assert done.evaluation.accuracy > 0.5
    assert done.steps >= 100
    assert done.history["epoch"] == list(range(1, len(done.history) + 1))
    assert done.model.class_names == ("dark", "grey", "light")
