"""Public names of the packages about networks."""

import importlib
import inspect

import pytest

EXPECTED = {
    "analysis": {
        "Activation", "AdaptivePool", "Attention", "Branches", "Chain", "Conv", "ConvTranspose", "Dense",
        "Dropout", "Flatten", "GlobalPool", "Layer", "LayerError", "Normalization", "Pool",
        "ReceptiveField", "Row", "Summary", "as_layers", "count_parameters", "output_shapes",
        "receptive_field", "summary",
    },
    "data": {
        "BrokenImageError", "DataError", "DataFileError", "DataPackageError", "DataWarning",
        "DataWriteError",
        "Dataset", "EmbeddedSet", "Loader", "NotPreparedError", "Prepared", "list_datasets",
        "list_embedded", "load", "load_embedded", "loader", "prepare", "splits_of",
    },
    "models": {
        "CifarConvNet", "ConvNet1d", "ConvNet3d", "EfficientNetLite", "FCN", "InceptionTime",
        "InceptionV1", "LeNet", "LeNet5", "MobileNetV2", "Network", "ResNet", "ResNet1d", "VGG",
        "VisionTransformer", "create_model", "intermediates", "layer_names", "list_models",
    },
    "export": {"ArtifactError", "ExportedModel", "Preparation", "export_model", "load"},
    "plotting": {
        "course", "plot_confusion_matrix", "plot_history", "plot_mistakes", "plot_probes", "plot_score_map",
    },
    "plotting.course": {
        "Animation", "augmentation_sheet", "blurred_photo", "channel_groups", "channels_and_filters",
        "cross_correlation",
        "dense_weights", "dilations", "draw_figure", "feature_maps", "figure_title", "image_sizes",
        "learning_curves", "lenet_drawing", "lenet_table", "list_figures", "padding_modes", "paddings",
        "photo_channels", "pixel_visits", "pooling_and_shifts", "pooling_example", "receptive_fields",
        "save_figure", "score_map", "sliding_kernel", "smoothed_walk", "step_filter", "strides",
        "trained_filters", "vgg_pyramid",
    },
    "runtime": {
        "cpu_rules_in_use", "describe", "keep_freed_memory", "native_kernels_in_use", "use_cpu_rules",
        "use_native_kernels",
    },
    "training": {
        "ArraySource", "BatchSource", "CheckpointError", "DivergedError", "Evaluation", "History",
        "ProcessLostError",
        "Progress", "Settings", "TrainingError", "confusion_matrix", "default_settings", "evaluate",
        "fit", "fit_after", "is_main_process", "make_optimizer", "make_schedule", "show_progress",
        "start_distributed",
    },
    "transfer": {
        "AmbiguousOrderError", "FeatureExtractor", "Group", "MismatchError", "MissingPackageError",
        "Preprocessing", "Probe",
        "ScoreMap", "convolutionise", "cut", "dense_to_conv", "extract_features", "fold_batch_norm", "freeze",
        "gradual_unfreezing", "imagenet_classes", "layerwise_rates", "list_pretrained", "load_model",
        "load_pretrained", "load_weights", "preprocess", "probe_cuts", "replace_head", "save_model",
        "score_map", "to_torch_state_dict", "train_only",
    },
    "weights": {
        "CacheError", "ChecksumError", "DamagedFileError", "FetchError", "MissingPackageError",
        "NonFiniteError",
        "OfflineError", "TransferError", "UnknownFormatError", "UnsafeFileError",
        "UnsupportedFileError", "WeightFileError", "WeightsError", "cache_folder", "fetch",
        "read_metadata", "read_weights", "write_safetensors", "write_torch",
    },
    "workflows": {
        "EvaluationResult", "Prediction", "Scores", "TrainingResult", "evaluate", "export", "finetune", "load_network",
        "predict", "run", "train",
    },
}  # fmt: skip


@pytest.mark.parametrize("package", EXPECTED)
def test_public_names_are_these_and_no_others(package):
    assert set(importlib.import_module(f"jaxcnn.{package}").__all__) == EXPECTED[package]


@pytest.mark.parametrize("package", [*EXPECTED, "nn"])
def test_every_public_name_says_what_it_is(package):
    module = importlib.import_module(f"jaxcnn.{package}")
    assert [name for name in module.__all__ if not inspect.getdoc(getattr(module, name))] == []


@pytest.mark.parametrize("package", [*EXPECTED, "functional", "nn"])
def test_every_public_name_has_an_example(package):
    module = importlib.import_module(f"jaxcnn.{package}")
    assert [n for n in module.__all__ if ">>>" not in inspect.getdoc(getattr(module, n))] == []
