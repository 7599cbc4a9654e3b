"""The critics: is this a photo of a garment, is this the style's cloth, is this the light of the photo's folds?"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

GanLoss = Literal["bce", "hinge", "relativistic"]
GAN_LOSSES: tuple[GanLoss, ...] = ("bce", "hinge", "relativistic")
LIGHT_LIMITS = (-3.0, 1.4)
SMALL_FOLDS = 6.0
REAL_LABEL = 0.9
"""One-sided label smoothing of BCE (Salimans et al. 2016)."""


class PatchCritic(nn.Module):
    """A stack of strided convolutions that judges overlapping patches.

    Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (2017).
    """

    def __init__(self, inputs: int, widths: tuple[int, ...], spectral: bool) -> None:
        super().__init__()
        layers, channels = [], inputs
        for width in widths:
            layers.append(_maybe_spectral(nn.Conv2d(channels, width, 4, stride=2, padding=1), spectral))
            channels = width
        self.layers = nn.ModuleList(layers)
        self.judge = _maybe_spectral(nn.Conv2d(channels + 1, 1, 3, padding=1), spectral)

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return logits B×1×h×w and each layer's features."""
        features = []
        for layer in self.layers:
            picture = F.leaky_relu(layer(picture), 0.2)
            features.append(picture)
        return self.judge(torch.cat([picture, _batch_deviation(picture)], dim=1)), features


class GarmentCritic(nn.Module):
    """Is this a photo of a garment? A PatchGAN at two scales (Wang et al., "pix2pixHD", 2018).

    It sees the mask too, so that it judges cloth and outline and not the background, which is always real.
    """

    def __init__(self, width: int = 32, spectral: bool = False) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width)
        self.scales = nn.ModuleList(PatchCritic(4, widths, spectral) for _ in range(2))

    def forward(self, picture: Tensor, mask: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Return a list of logits and a list of features, both over all scales.

        Args:
            picture: sRGB B×3×H×W.
            mask: B×1×H×W; what lies outside is greyed out.
        """
        return _judge_scales(self.scales, torch.cat([(2 * picture - 1) * mask, 2 * mask - 1], dim=1))


class FoldCritic(nn.Module):
    """Is this the light that lies on the garment of this photo?

    A conditional PatchGAN (Isola et al. 2017) on the log-exposure beside the photo, at two scales. Pictures hide a
    wrong fold under the style's pattern; the light alone does not, and beside the photo an old print that was taken
    for a fold shows.
    """

    def __init__(self, width: int = 32, spectral: bool = False) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width)
        self.scales = nn.ModuleList(PatchCritic(6, widths, spectral) for _ in range(2))

    def forward(self, photo: Tensor, mask: Tensor, light: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Return a list of logits and a list of features, both over all scales.

        Args:
            photo: sRGB B×3×H×W.
            mask: B×1×H×W; what lies outside is greyed out.
            light: log-exposure B×1×H×W.
        """
        light = light.clamp(*LIGHT_LIMITS) * mask
        # Small folds are a twentieth of the large ones: enlarged, or the critic sees the large ones only.
        small = (SMALL_FOLDS * (light - _blurred(light) / (_blurred(mask) + 1e-3))).clamp(-2, 2)
        seen = torch.cat([(2 * photo - 1) * mask, 2 * mask - 1, light, small * mask], dim=1)
        return _judge_scales(self.scales, seen)


class ClothCritic(nn.Module):
    """Do these patches come from the same cloth as those? Co-occurrence of patches.

    Park et al., "Swapping Autoencoder for Deep Image Manipulation" (2020): a patch is judged beside reference
    patches of the style, whose codes are averaged.
    """

    def __init__(self, width: int = 32, spectral: bool = False) -> None:
        super().__init__()
        widths, channels, layers = (width, 2 * width, 3 * width, 4 * width), 3, []
        for out in widths:
            layers.append(_maybe_spectral(nn.Conv2d(channels, out, 4, stride=2, padding=1), spectral))
            channels = out
        self.layers = nn.ModuleList(layers)
        self.judge = nn.Sequential(
            _maybe_spectral(nn.Linear(2 * channels, 2 * channels), spectral),
            nn.LeakyReLU(0.2),
            _maybe_spectral(nn.Linear(2 * channels, 1), spectral),
        )

    def forward(self, patches: Tensor, references: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Return [logits N×1×1×1] and the patches' features.

        Args:
            patches: sRGB N×3×S×S.
            references: sRGB N×R×3×S×S, patches of the style each patch should come from.
        """
        count = references.shape[1]
        features = self._features(patches)
        code = features[-1].mean(dim=(2, 3))
        reference = self._features(references.flatten(0, 1))[-1].mean(dim=(2, 3))
        reference = reference.view(-1, count, reference.shape[1]).mean(dim=1)
        logits = self.judge(torch.cat([code, reference], dim=1))
        return [logits.view(-1, 1, 1, 1)], features

    def _features(self, patches: Tensor) -> list[Tensor]:
        features, values = [], 2 * patches - 1
        for layer in self.layers:
            values = F.leaky_relu(layer(values), 0.2)
            features.append(values)
        return features


def critic_loss(real: list[Tensor], fake: list[Tensor], kind: GanLoss) -> Tensor:
    """Return the critic's loss.

    bce: Goodfellow et al. (2014), with one-sided label smoothing; hinge: Lim and Ye, "Geometric GAN" (2017);
    relativistic: pairs of real and fake, Jolicoeur-Martineau (2018) as in Huang et al., "R3GAN" (2024).
    """
    return torch.stack([_critic_loss(r.float(), f.float(), kind) for r, f in zip(real, fake, strict=True)]).mean()


def generator_loss(real: list[Tensor], fake: list[Tensor], kind: GanLoss) -> Tensor:
    """Return the generator's loss (non-saturating for bce); `real` matters to the relativistic one only."""
    return torch.stack([_generator_loss(r.float(), f.float(), kind) for r, f in zip(real, fake, strict=True)]).mean()


def gradient_penalty(logits: list[Tensor], inputs: Tensor) -> Tensor:
    """Return R1, the mean squared gradient of the critic at its inputs (Mescheder et al. 2018).

    Args:
        logits: the critic's judgement of `inputs`, computed in float32.
        inputs: B×…, requiring gradients.
    """
    total = torch.stack([logit.float().mean(dim=(1, 2, 3)).sum() for logit in logits]).sum()
    [gradient] = torch.autograd.grad(total, inputs, create_graph=True)
    return gradient.square().flatten(1).sum(dim=1).mean()


def accuracy(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Return the share of logits on the right side of zero; over 0.85 the critic is too strong."""
    right = [(r > 0).float().mean() + (f < 0).float().mean() for r, f in zip(real, fake, strict=True)]
    return torch.stack(right).mean() / 2


def _critic_loss(real: Tensor, fake: Tensor, kind: GanLoss) -> Tensor:
    if kind == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if kind == "relativistic":
        return F.softplus(fake - real).mean()
    smoothed = F.binary_cross_entropy_with_logits(real, torch.full_like(real, REAL_LABEL))
    return smoothed + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))


def _generator_loss(real: Tensor, fake: Tensor, kind: GanLoss) -> Tensor:
    if kind == "hinge":
        return -fake.mean()
    if kind == "relativistic":
        return F.softplus(real - fake).mean()
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def _judge_scales(critics: nn.ModuleList, seen: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Ask one critic a scale, each at half the size of the one before."""
    logits, features = [], []
    for critic in critics:
        logit, found = critic(seen)
        logits.append(logit)
        features.extend(found)
        seen = F.avg_pool2d(seen, 2)
    return logits, features


def _blurred(values: Tensor) -> Tensor:
    """Blur over about nine pixels by two boxes."""
    padded = F.pad(values, (4, 4, 4, 4), mode="replicate")
    return F.avg_pool2d(F.avg_pool2d(padded, 5, stride=1), 5, stride=1)


def _maybe_spectral(layer: nn.Module, spectral: bool) -> nn.Module:
    """Wrap a layer in spectral normalisation (Miyato et al. 2018) where wanted."""
    return spectral_norm(layer) if spectral else layer


def _batch_deviation(features: Tensor) -> Tensor:
    """One channel with the batch's mean standard deviation, against collapse (Karras et al. 2018)."""
    deviation = torch.sqrt(features.float().var(dim=0, unbiased=False) + 1e-8).mean()
    return deviation.to(features.dtype).expand(features.shape[0], 1, *features.shape[-2:])
