"""Discriminators: is this a photo of a garment, is this the style's cloth, is this the light of the photo's folds?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from gan.networks.perceptual import LayerSize

GanLoss = Literal["bce", "hinge", "relativistic"]
GAN_LOSSES: tuple[GanLoss, ...] = ("bce", "hinge", "relativistic")
INSIDE = 0.9
"""Share of a place that must be garment for it to be judged."""
REAL_LABEL = 0.9
"""One-sided label smoothing of BCE (Salimans et al. 2016)."""


class ProjectedDiscriminator(nn.Module):
    """Judges a picture place by place from frozen features of it, at two scales.

    Sauer et al., "Projected GANs Converge Faster" (2021): discriminators that had to learn to see from pixels were no
    better than chance after all the steps that a CPU can afford; on the features of a trained classifier they are after
    forty. Only small heads learn. Beside the features of a second picture they judge whether the two belong together
    (Isola et al., "pix2pix", 2017).
    """

    def __init__(self, layers: Mapping[str, LayerSize], width: int, pictures: int, spectral: bool) -> None:
        super().__init__()
        self.layers = dict(layers)
        self.heads = nn.ModuleList(
            _PlaceHead(pictures * layer.channels + 1, width, spectral) for layer in layers.values()
        )

    def project(self, mask: Tensor, *pictures: Mapping[str, Tensor]) -> list[Tensor]:
        """Bring features to unit size.

        Args:
            mask: B×1×H×W; what lies outside is taken out.
            pictures: features by layer, of the judged picture and of those it is judged beside.

        Returns:
            For each layer all pictures' features and the mask, B×(C+1)×h×w.
        """
        projected = []
        for name, layer in self.layers.items():
            seen = torch.cat([picture[name] for picture in pictures], dim=1) / layer.deviation
            inside = F.adaptive_avg_pool2d(mask, (seen.shape[-2], seen.shape[-1])).to(seen.dtype)
            projected.append(torch.cat([seen * inside, inside], dim=1))
        return projected

    def forward(self, projected: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Return for each layer the logits inside the mask, and the features of the heads."""
        logits, features = [], []
        for head, seen in zip(self.heads, projected, strict=True):
            logit, found = head(seen)
            inside = F.adaptive_avg_pool2d(seen[:, -1:].detach(), (logit.shape[-2], logit.shape[-1]))
            # Where an example is nowhere so full of garment, as a tie is, its fullest places are judged.
            fullest = inside.amax(dim=(1, 2, 3), keepdim=True)
            logits.append(logit[inside >= fullest.clamp_max(INSIDE)])
            features.append(found)
        return logits, features


class GarmentDiscriminator(ProjectedDiscriminator):
    """Is this a photo of a garment?"""

    def __init__(self, layers: Mapping[str, LayerSize], width: int = 64, spectral: bool = False) -> None:
        super().__init__(layers, width, pictures=1, spectral=spectral)


class FoldDiscriminator(ProjectedDiscriminator):
    """Is this the light that lies on the garment of this photo?

    It sees the log-exposure as a grey picture, beside the photo. Pictures hide a wrong fold under the style's pattern;
    the light alone does not, and beside the photo an old print that was taken for a fold shows.
    """

    def __init__(self, layers: Mapping[str, LayerSize], width: int = 64, spectral: bool = False) -> None:
        super().__init__(layers, width, pictures=2, spectral=spectral)


class _PlaceHead(nn.Module):
    """Features in, logits of overlapping patches at half the size out."""

    def __init__(self, inputs: int, width: int, spectral: bool) -> None:
        super().__init__()
        self.mix = _maybe_spectral(nn.Conv2d(inputs, width, 1), spectral)
        self.look = _maybe_spectral(nn.Conv2d(width, width, 3, stride=2, padding=1), spectral)
        self.judge = _maybe_spectral(nn.Conv2d(width, 1, 3, padding=1), spectral)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        features = F.leaky_relu(self.look(F.leaky_relu(self.mix(seen), 0.2)), 0.2)
        return self.judge(features), features


class ClothDiscriminator(nn.Module):
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


def discriminator_loss(real: list[Tensor], fake: list[Tensor], kind: GanLoss) -> Tensor:
    """Return the discriminator's loss.

    bce: Goodfellow et al. (2014), with one-sided label smoothing; hinge: Lim and Ye, "Geometric GAN" (2017);
    relativistic: pairs of real and fake, Jolicoeur-Martineau (2018) as in Huang et al., "R3GAN" (2024); logits are
    compared in the order in which they come.
    """
    return torch.stack(
        [_discriminator_loss(r.float(), f.float(), kind) for r, f in zip(real, fake, strict=True)]
    ).mean()


def generator_loss(real: list[Tensor], fake: list[Tensor], kind: GanLoss) -> Tensor:
    """Return the generator's loss (non-saturating for bce); `real` matters to the relativistic one only."""
    return torch.stack([_generator_loss(r.float(), f.float(), kind) for r, f in zip(real, fake, strict=True)]).mean()


def gradient_penalty(logits: list[Tensor], inputs: list[Tensor]) -> Tensor:
    """Return R1, the mean squared gradient of the discriminator at its inputs (Mescheder et al. 2018).

    Args:
        logits: the discriminator's judgement of `inputs`, computed in float32.
        inputs: one or several B×…, requiring gradients.
    """
    count = inputs[0].shape[0]
    total = torch.stack([logit.float().mean() for logit in logits]).sum() * count
    gradients = torch.autograd.grad(total, inputs, create_graph=True)
    return torch.stack([gradient.square().sum() for gradient in gradients]).sum() / count


def accuracy(real: list[Tensor], fake: list[Tensor], kind: GanLoss) -> Tensor:
    """Return the share of logits on the right side; over 0.85 the discriminator is too strong.

    The sides meet at zero; relativistic logits have no zero of their own, so there at the middle of the two means.
    """
    right = []
    for one, other in zip(real, fake, strict=True):
        middle = (one.mean() + other.mean()) / 2 if kind == "relativistic" else one.new_zeros(())
        right.append((one > middle).float().mean() + (other < middle).float().mean())
    return torch.stack(right).mean() / 2


def _discriminator_loss(real: Tensor, fake: Tensor, kind: GanLoss) -> Tensor:
    if kind == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if kind == "relativistic":
        return F.softplus(torch.sub(*_paired(fake, real))).mean()
    smoothed = F.binary_cross_entropy_with_logits(real, torch.full_like(real, REAL_LABEL))
    return smoothed + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake))


def _generator_loss(real: Tensor, fake: Tensor, kind: GanLoss) -> Tensor:
    if kind == "hinge":
        return -fake.mean()
    if kind == "relativistic":
        return F.softplus(torch.sub(*_paired(real, fake))).mean()
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))


def _paired(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Return as many logits of either kind, in their order."""
    count = min(one.numel(), other.numel())
    return one.flatten()[:count], other.flatten()[:count]


def _maybe_spectral(layer: nn.Module, spectral: bool) -> nn.Module:
    """Wrap a layer in spectral normalisation (Miyato et al. 2018) where wanted."""
    return spectral_norm(layer) if spectral else layer
