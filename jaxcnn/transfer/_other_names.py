"""Names that timm, Hugging Face's transformers and torchvision give to networks that we have.

Source: state dicts of timm 1.0.31, transformers 5.24 and torchvision 0.28; the older names of
transformers are those of its published files.
"""

import re
import warnings
from collections.abc import Callable, Mapping

import numpy as np
from flax import nnx

from jaxcnn.models import VGG, EfficientNetLite, MobileNetV2, ResNet, VisionTransformer
from jaxcnn.weights import UnsupportedFileError

Arrays = Mapping[str, np.ndarray]
Rules = tuple[tuple[str, str], ...]

_VIT_TOKENS = re.compile(r"(^|\.)(cls_token|class_token|pos_embed(ding)?|position_embeddings)$")
_QKV = re.compile(
    r"(.*?\.attention\.)(?:attention\.)?(query|key|value|q_proj|k_proj|v_proj)\.(\w+)"
)

_RESNET: Rules = (
    (r"^resnet\.", ""),
    (r"^embedder\.embedder\.convolution\.", "conv1."),
    (r"^embedder\.embedder\.normalization\.", "bn1."),
    (r"\.shortcut\.convolution\.", ".downsample.0."),
    (r"\.shortcut\.normalization\.", ".downsample.1."),
    (r"^classifier\.1\.", "fc."),
)
_VGG: Rules = (
    (r"^pre_logits\.fc1\.", "classifier.0."),
    (r"^pre_logits\.fc2\.", "classifier.3."),
    (r"^head\.fc\.", "classifier.6."),
)
_VIT: Rules = (
    # transformers, of both ages
    (r"^vit\.(encoder\.)?layers?\.", "blocks."),
    (r"^vit\.embeddings\.patch_embeddings\.projection\.", "patch_embed.proj."),
    (r"^vit\.layernorm\.", "norm."),
    (r"\.attention\.qkv\.", ".attn.qkv."),
    (r"\.attention\.(output\.dense|o_proj)\.", ".attn.proj."),
    (r"\.layernorm_before\.", ".norm1."),
    (r"\.layernorm_after\.", ".norm2."),
    (r"\.intermediate\.dense\.", ".mlp.fc1."),
    (r"(blocks\.\d+)\.output\.dense\.", r"\1.mlp.fc2."),
    (r"^classifier\.(weight|bias)$", r"head.\1"),
    # torchvision
    (r"^conv_proj\.", "patch_embed.proj."),
    (r"^encoder\.layers\.encoder_layer_", "blocks."),
    (r"\.ln_([12])\.", r".norm\1."),
    (r"\.self_attention\.in_proj_", ".attn.qkv."),
    (r"\.self_attention\.out_proj\.", ".attn.proj."),
    (r"\.mlp\.(0|linear_1)\.", ".mlp.fc1."),
    (r"\.mlp\.(3|linear_2)\.", ".mlp.fc2."),
    (r"^encoder\.ln\.", "norm."),
    (r"^heads\.head\.", "head."),
    # timm, and from there to ours
    (r"^patch_embed\.proj\.", "features.patch_embed."),
    (r"^blocks\.(\d+)\.norm1\.", r"features.blocks.\1.attention.norm."),
    (r"^blocks\.(\d+)\.attn\.", r"features.blocks.\1.attention."),
    (r"^blocks\.(\d+)\.norm2\.", r"features.blocks.\1.mlp.norm."),
    (r"^blocks\.(\d+)\.mlp\.", r"features.blocks.\1.mlp."),
    (r"^norm\.", "features.norm."),
    (r"^head\.", "classifier.fc."),
)
# The layers of a timm block without and with an expansion, in torchvision's MobileNetV2 and in the
# package efficientnet-lite-pytorch.
_BLOCKS = {
    False: {
        "conv_dw": ("conv.0.0", "_depthwise_conv"),
        "bn1": ("conv.0.1", "_bn1"),
        "conv_pw": ("conv.1", "_project_conv"),
        "bn2": ("conv.2", "_bn2"),
    },
    True: {
        "conv_pw": ("conv.0.0", "_expand_conv"),
        "bn1": ("conv.0.1", "_bn0"),
        "conv_dw": ("conv.1.0", "_depthwise_conv"),
        "bn2": ("conv.1.1", "_bn1"),
        "conv_pwl": ("conv.2", "_project_conv"),
        "bn3": ("conv.3", "_bn2"),
    },
}


def understood(model: nnx.Module, arrays: Arrays, shown: str) -> tuple[dict[str, np.ndarray], str]:
    """Arrays under the names that `to_torch_state_dict` has, where others' are recognised.

    Returns:
        The arrays, and a sentence about what the network of the file has beside them, or "".

    Raises:
        UnsupportedFileError: The names are of a network that computes something else.
    """
    for family, (known, change) in _FAMILIES.items():
        if isinstance(model, family) and any(re.search(known, name) for name in arrays):
            return change(arrays, shown)
    return dict(arrays), ""


def _ruled(name: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def _resnet(arrays: Arrays, _: str) -> tuple[dict[str, np.ndarray], str]:
    def changed(name: str) -> str:
        name = _ruled(name, _RESNET)
        found = re.match(r"encoder\.stages\.(\d+)\.layers\.(\d+)\.(.*)", name)
        if not found:
            return name
        stage, block, rest = int(found[1]), found[2], found[3]
        part = re.match(r"layer\.(\d+)\.(convolution|normalization)\.(.*)", rest)
        if part:
            kind = "conv" if part[2] == "convolution" else "bn"
            rest = f"{kind}{int(part[1]) + 1}.{part[3]}"
        return f"layer{stage + 1}.{block}.{rest}"

    return {changed(name): array for name, array in arrays.items()}, ""


def _vgg(arrays: Arrays, _: str) -> tuple[dict[str, np.ndarray], str]:
    """timm's dense layers are convolutions."""
    found = {}
    for name, array in arrays.items():
        new = _ruled(name, _VGG)
        is_dense = new.startswith("classifier.") and array.ndim == 4
        found[new] = array.reshape(len(array), -1) if is_dense else array
    return found, ""


def _vit(arrays: Arrays, _: str) -> tuple[dict[str, np.ndarray], str]:
    found: dict[str, np.ndarray] = {}
    parts: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        if part := _QKV.fullmatch(name):
            parts.setdefault((part[1], part[3]), {})[part[2][0]] = array
        else:
            found[_ruled(name, _VIT)] = array
    for (prefix, leaf), three in parts.items():
        if three.keys() != {"q", "k", "v"}:
            return dict(arrays), ""
        found[_ruled(f"{prefix}qkv.{leaf}", _VIT)] = np.concatenate([three[k] for k in "qkv"])
    tokens = [name for name in arrays if _VIT_TOKENS.search(name)]
    note = (
        f"the file's network has {', '.join(tokens)}: a class token or learned positions, where the "
        "one here has the mean of the tokens and fixed positions. Its weights are of no use here"
    )
    return found, note if tokens else ""


def _timm_blocks(arrays: Arrays, style: int) -> dict[str, np.ndarray]:
    """Blocks numbered within their stages, in `_BLOCKS`' first or second naming."""
    places = sorted(
        {
            (int(found[1]), int(found[2]))
            for name in arrays
            if (found := re.match(r"blocks\.(\d+)\.(\d+)\.", name))
        }
    )
    numbers = {place: number for number, place in enumerate(places)}
    expands = {
        place for place in places if f"blocks.{place[0]}.{place[1]}.conv_pwl.weight" in arrays
    }
    last = len(places) + 1
    outer = {
        "conv_stem": ("features.0.0", "_conv_stem"),
        "bn1": ("features.0.1", "_bn0"),
        "conv_head": (f"features.{last}.0", "_conv_head"),
        "bn2": (f"features.{last}.1", "_bn1"),
        "classifier": ("classifier.1", "_fc"),
    }
    result = {}
    for name, array in arrays.items():
        new = name
        if found := re.match(r"blocks\.(\d+)\.(\d+)\.(\w+)\.(\w+)$", name):
            place = int(found[1]), int(found[2])
            inner = _BLOCKS[place in expands].get(found[3])
            prefix = (f"features.{numbers[place] + 1}", f"_blocks.{numbers[place]}")[style]
            new = f"{prefix}.{inner[style]}.{found[4]}" if inner else name
        elif (found := re.match(r"(\w+)\.(\w+)$", name)) and found[1] in outer:
            new = f"{outer[found[1]][style]}.{found[2]}"
        result[new] = array
    return result


def _mobilenet(arrays: Arrays, shown: str) -> tuple[dict[str, np.ndarray], str]:
    if any(name.startswith("mobilenet_v2.") for name in arrays):
        raise UnsupportedFileError(
            "is a MobileNetV2 of transformers, which pads as TensorFlow does and normalises with "
            "another epsilon: the network here would give other numbers with its weights",
            path=shown,
        )
    return _timm_blocks(arrays, 0), ""


def _efficientnet(arrays: Arrays, shown: str) -> tuple[dict[str, np.ndarray], str]:
    warnings.warn(
        f"{shown} has the names of timm's tf_efficientnet_lite models, which are padded as the "
        "network here, and of its efficientnet_lite models, which are padded in another way: with "
        "weights of the latter, numbers are others here than there",
        stacklevel=4,
    )
    return _timm_blocks(arrays, 1), ""


_Change = Callable[[Arrays, str], tuple[dict[str, np.ndarray], str]]
# Family -> a name that only others use, and what makes their names ours.
_FAMILIES: dict[type, tuple[str, _Change]] = {
    ResNet: (r"^(resnet\.)?encoder\.stages\.\d", _resnet),
    VGG: (r"^pre_logits\.fc1\.", _vgg),
    MobileNetV2: (r"^conv_stem\.|^mobilenet_v2\.", _mobilenet),
    EfficientNetLite: (r"^conv_stem\.", _efficientnet),
    VisionTransformer: (r"^blocks\.0\.attn\.|^vit\.|^encoder\.layers\.encoder_layer_", _vit),
}
