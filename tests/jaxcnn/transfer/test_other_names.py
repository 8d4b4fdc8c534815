"""Files with the names of timm, transformers and torchvision load into the networks that compute the same."""

import re

import jax
import numpy as np
import pytest
from flax import nnx

from jaxcnn import transfer, weights
from jaxcnn.models import create_model

TINY = {
    "resnet18": {"layers": (1, 1), "widths": (4, 8), "image_size": 32},
    "mobilenet_v2": {"blocks": ((1, 8, 1, 1), (2, 8, 2, 2)), "stem": 8, "last": 16, "image_size": 32},
    "efficientnet_lite0": {
        "blocks": ((1, 8, 1, 1, 3), (2, 8, 2, 2, 5)), "stem": 8, "last": 16, "image_size": 32,
    },
    "vit_s16": {"patch_size": 4, "width": 8, "depth": 2, "num_heads": 2, "mlp": 16, "image_size": 8},
}  # fmt: skip

# Layer as `to_torch_state_dict` calls it -> as others do, of the networks in TINY.
HF_RESNET = {
    "conv1": "resnet.embedder.embedder.convolution",
    "bn1": "resnet.embedder.embedder.normalization",
    "layer1.0.conv1": "resnet.encoder.stages.0.layers.0.layer.0.convolution",
    "layer1.0.bn1": "resnet.encoder.stages.0.layers.0.layer.0.normalization",
    "layer1.0.conv2": "resnet.encoder.stages.0.layers.0.layer.1.convolution",
    "layer1.0.bn2": "resnet.encoder.stages.0.layers.0.layer.1.normalization",
    "layer2.0.conv1": "resnet.encoder.stages.1.layers.0.layer.0.convolution",
    "layer2.0.bn1": "resnet.encoder.stages.1.layers.0.layer.0.normalization",
    "layer2.0.conv2": "resnet.encoder.stages.1.layers.0.layer.1.convolution",
    "layer2.0.bn2": "resnet.encoder.stages.1.layers.0.layer.1.normalization",
    "layer2.0.downsample.0": "resnet.encoder.stages.1.layers.0.shortcut.convolution",
    "layer2.0.downsample.1": "resnet.encoder.stages.1.layers.0.shortcut.normalization",
    "fc": "classifier.1",
}
TIMM_MOBILENET = {
    "features.0.0": "conv_stem",
    "features.0.1": "bn1",
    "features.1.conv.0.0": "blocks.0.0.conv_dw",
    "features.1.conv.0.1": "blocks.0.0.bn1",
    "features.1.conv.1": "blocks.0.0.conv_pw",
    "features.1.conv.2": "blocks.0.0.bn2",
    **{
        f"features.{2 + k}.conv.{ours}": f"blocks.1.{k}.{theirs}"
        for k in range(2)
        for ours, theirs in {
            "0.0": "conv_pw", "0.1": "bn1", "1.0": "conv_dw", "1.1": "bn2", "2": "conv_pwl",
            "3": "bn3",
        }.items()
    },
    "features.4.0": "conv_head",
    "features.4.1": "bn2",
    "classifier.1": "classifier",
}  # fmt: skip
TIMM_LITE = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_blocks.0._depthwise_conv": "blocks.0.0.conv_dw",
    "_blocks.0._bn1": "blocks.0.0.bn1",
    "_blocks.0._project_conv": "blocks.0.0.conv_pw",
    "_blocks.0._bn2": "blocks.0.0.bn2",
    **{
        f"_blocks.{1 + k}.{ours}": f"blocks.1.{k}.{theirs}"
        for k in range(2)
        for ours, theirs in {
            "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
            "_project_conv": "conv_pwl", "_bn2": "bn3",
        }.items()
    },
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}  # fmt: skip
TIMM_VIT = {
    "features.patch_embed": "patch_embed.proj",
    **{
        f"features.blocks.{k}.{ours}": f"blocks.{k}.{theirs}"
        for k in range(2)
        for ours, theirs in {
            "attention.norm": "norm1", "attention.qkv": "attn.qkv", "attention.proj": "attn.proj",
            "mlp.norm": "norm2", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2",
        }.items()
    },
    "features.norm": "norm",
    "classifier.fc": "head",
}  # fmt: skip
OLD_HF_VIT = {
    "features.patch_embed": "vit.embeddings.patch_embeddings.projection",
    **{
        f"features.blocks.{k}.{ours}": f"vit.encoder.layer.{k}.{theirs}"
        for k in range(2)
        for ours, theirs in {
            "attention.norm": "layernorm_before", "attention.qkv": "attention.attention.qkv",
            "attention.proj": "attention.output.dense", "mlp.norm": "layernorm_after",
            "mlp.fc1": "intermediate.dense", "mlp.fc2": "output.dense",
        }.items()
    },
    "features.norm": "vit.layernorm",
    "classifier.fc": "classifier",
}  # fmt: skip
TORCHVISION_VIT = {
    "features.patch_embed": "conv_proj",
    **{
        f"features.blocks.{k}.{ours}": f"encoder.layers.encoder_layer_{k}.{theirs}"
        for k in range(2)
        for ours, theirs in {
            "attention.norm": "ln_1", "attention.qkv": "self_attention.in_proj_",
            "attention.proj": "self_attention.out_proj", "mlp.norm": "ln_2", "mlp.fc1": "mlp.0",
            "mlp.fc2": "mlp.3",
        }.items()
    },
    "features.norm": "encoder.ln",
    "classifier.fc": "heads.head",
}  # fmt: skip
CASES = {
    "transformers-resnet": ("resnet18", HF_RESNET),
    "timm-mobilenet": ("mobilenet_v2", TIMM_MOBILENET),
    "timm-vit": ("vit_s16", TIMM_VIT),
    "transformers-vit": ("vit_s16", OLD_HF_VIT),
    "torchvision-vit": ("vit_s16", TORCHVISION_VIT),
}


def tiny(name, seed=0):
    return create_model(name, num_classes=3, seed=seed, **TINY[name])


def theirs(model, table):
    """The model's arrays as another library has them: other names; queries, keys and values apart."""
    found = {}
    for name, array in transfer.to_torch_state_dict(model).items():
        layer, _, leaf = name.rpartition(".")
        new = f"{table[layer]}.{leaf}".replace("_.", "_")
        if new.startswith("vit.") and ".qkv." in new:
            for part, piece in zip(("query", "key", "value"), np.split(array, 3), strict=True):
                found[new.replace("qkv", part)] = piece
        else:
            found[new] = array
    return found


def arrays_of(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model, nnx.Not(nnx.RngState)))]


def are_equal(one, other):
    return all(map(np.array_equal, arrays_of(one), arrays_of(other)))


@pytest.mark.parametrize("case", CASES)
def test_names_of_others_are_understood(case):
    name, table = CASES[case]
    teacher, model = tiny(name, seed=1), tiny(name)
    transfer.load_weights(model, theirs(teacher, table))
    assert are_equal(teacher, model)


def test_timms_names_of_efficientnet_lite_are_of_two_networks_and_a_warning_says_so():
    teacher, model = tiny("efficientnet_lite0", seed=1), tiny("efficientnet_lite0")
    with pytest.warns(UserWarning, match="of its efficientnet_lite models, which are padded"):
        transfer.load_weights(model, theirs(teacher, TIMM_LITE))
    assert are_equal(teacher, model)


def test_timms_dense_layers_of_a_vgg_are_convolutions():
    sizes = {"blocks": ((4, 1), (8, 1)), "hidden": (16, 16), "image_size": 8}
    teacher, model = (create_model("vgg11", num_classes=3, seed=s, **sizes) for s in (1, 0))
    arrays = transfer.to_torch_state_dict(teacher)
    heads = {
        "classifier.0": "pre_logits.fc1",
        "classifier.3": "pre_logits.fc2",
        "classifier.6": "head.fc",
    }
    arrays = {
        re.sub(r"^classifier\.\d", lambda found: heads[found[0]], name): array
        for name, array in arrays.items()
    }
    first = arrays["pre_logits.fc1.weight"]
    arrays["pre_logits.fc1.weight"] = first.reshape(16, 8, 2, 2)
    second = arrays["pre_logits.fc2.weight"]
    arrays["pre_logits.fc2.weight"] = second[..., None, None]
    transfer.load_weights(model, arrays)
    assert are_equal(teacher, model)


def test_a_transformer_with_a_class_token_is_another_network():
    arrays = theirs(tiny("vit_s16"), TIMM_VIT) | {"cls_token": np.zeros((1, 1, 8), np.float32)}
    with pytest.raises(
        transfer.MismatchError, match=r"network has cls_token: a class token"
    ) as caught:
        transfer.load_weights(tiny("vit_s16"), arrays)
    assert list(caught.value.unexpected) == ["cls_token"]


def test_a_mobilenet_of_transformers_computes_something_else():
    with pytest.raises(weights.UnsupportedFileError, match="pads as TensorFlow does"):
        transfer.load_weights(
            tiny("mobilenet_v2"),
            {"mobilenet_v2.conv_stem.first_conv.convolution.weight": np.ones(1)},
        )
