"""The generator: reads a garment once, then says for each guide how to light and tint it.

The network works at a small size and predicts *controls* (see `gan.shading`), not pixels: the style's detail comes
from the guide, the garment's detail from its own shading, so a cheap network gives sharp pictures of any size.
What depends on the garment alone (which light is fold and which is old print) is computed once in `encode`;
`controls` adds what depends on the guide and on the noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gan.colour_tensors import linear_to_srgb, soft_clip, srgb_to_linear
from gan.networks.layers import ModulatedBlock, PaddedConv, ResidualBlock, SkipMerge, evened, silu, upsample
from gan.shading import Controls, Shading, apply_controls, garment_shading, log_exposure
from gan.shipped import GENERATOR

WORKING_SIZE = 224
"""Long side, in pixels, at which the network sees a whole garment; it learned at 176 first and at 256 last."""
NOISE_SIZE = 8
STRIDE = 8
SQUARE = 2
"""Side of the squares of pixels that networks read and write as channels (Shi et al., "Real-Time Single Image and Video
Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016)."""
TRUST_RANGE = 1.5
GAIN_RANGE = 2.0
BASE_CHANNELS = 3
STEP_CHANNELS = 6


@dataclass(frozen=True, slots=True)
class Widths:
    """Channels of the generator at half, quarter and eighth resolution, and of the guide's branch.

    Most 3×3 convolutions read their inputs through the narrow ones.
    """

    half: int = 32
    half_narrow: int = 16
    quarter: int = 80
    quarter_narrow: int = 32
    eighth: int = 128
    eighth_narrow: int = 32
    guide: int = 48
    dilations: tuple[int, ...] = (1, 2, 4, 2, 1)


@dataclass(frozen=True, slots=True)
class Features:
    """A garment as the network sees it; the same for all variants.

    Attributes:
        base: B×3×H×W, trust in the coarse and the fine shading and the gain, as the garment alone has them.
        half: B×2×H/2×W/2, the log-exposure that `base` gives, and the mask.
        quarter: B×C×H/4×W/4, features for the guide's branch.
        size: height and width before padding.
    """

    base: Tensor
    half: Tensor
    quarter: Tensor
    size: tuple[int, int]

    def repeated(self, count: int) -> Features:
        """Return the features of one garment for a batch of `count` guides."""
        if self.base.shape[0] == count:
            return self
        base, half, quarter = (x.expand(count, -1, -1, -1) for x in (self.base, self.half, self.quarter))
        return Features(base, half, quarter, self.size)


class GarmentEncoder(nn.Module):
    """A U-shaped network (Ronneberger et al., "U-Net", 2015) with dilated blocks at an eighth of the size.

    The dilations let it see past a large print to the folds around it. Pixels come and go in squares of four, so that
    nothing is computed at full resolution, where a convolution of few channels costs most of its time in moving memory.
    """

    INPUTS = 7

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.stem = PaddedConv(self.INPUTS * SQUARE**2, widths.half)
        self.to_quarter = PaddedConv(widths.half, widths.quarter, stride=2)
        self.quarter_block = ResidualBlock(widths.quarter, widths.quarter_narrow)
        self.to_eighth = PaddedConv(widths.quarter, widths.eighth, stride=2)
        self.blocks = nn.ModuleList(
            ResidualBlock(widths.eighth, widths.eighth_narrow, dilation) for dilation in widths.dilations
        )
        self.from_eighth = SkipMerge(widths.eighth, widths.quarter, widths.quarter_narrow, widths.quarter)
        self.from_quarter = SkipMerge(widths.quarter, widths.half, widths.half_narrow, widths.half)
        self.head = _zero_initialised(PaddedConv(widths.half, BASE_CHANNELS * SQUARE**2))

    def forward(self, inputs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return raw controls B×3×H×W and features B×C×H/4×W/4."""
        half = silu(self.stem(F.pixel_unshuffle(inputs, SQUARE)))
        quarter = silu(self.to_quarter(half))
        quarter_mask = F.avg_pool2d(mask, 4)
        quarter = self.quarter_block(quarter, quarter_mask)
        deep = silu(self.to_eighth(quarter))
        eighth_mask = F.avg_pool2d(quarter_mask, 2)
        for block in self.blocks:
            deep = block(deep, eighth_mask)
        quarter = self.from_eighth(deep, quarter)
        half = self.from_quarter(quarter, half)
        return evened(F.pixel_shuffle(self.head(half), SQUARE)), quarter


class GuideBranch(nn.Module):
    """Looks at the guide, plain and in the garment's light, and corrects the controls for it at half the size."""

    INPUTS = 7

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        code_size = NOISE_SIZE + 1
        self.to_quarter = PaddedConv(self.INPUTS, widths.guide // 2, stride=2)
        self.quarter = PaddedConv(widths.guide // 2, widths.guide)
        self.merge = PaddedConv(widths.quarter, widths.guide, size=1)
        self.block = ModulatedBlock(widths.guide, widths.guide, code_size)
        self.join = PaddedConv(widths.guide + self.INPUTS * SQUARE**2, widths.half)
        self.head = _zero_initialised(PaddedConv(widths.half, STEP_CHANNELS * SQUARE**2))

    def forward(self, half: Tensor, garment: Tensor, code: Tensor) -> Tensor:
        """Return raw corrections B×6×H/2×W/2.

        Args:
            half: B×7×H/2×W/2, the guide, the lit guide and the mask.
            garment: B×C×H/4×W/4, the encoder's features.
            code: B×(Z+1), the noise and the strength.
        """
        condition = silu(self.quarter(silu(self.to_quarter(half))))
        mask = F.avg_pool2d(half[:, -1:], 2)
        features = self.block(self.merge(garment) + condition, condition, code, mask)
        joined = torch.cat([silu(features), F.pixel_unshuffle(half, SQUARE)], dim=1)
        return evened(F.pixel_shuffle(self.head(silu(self.join(joined))), SQUARE))


class Generator(nn.Module):
    """G(garment, mask, guide, z, strength) → controls; untrained, it gives the guide in the garment's light."""

    def __init__(self, widths: Widths | None = None) -> None:
        super().__init__()
        self.widths = widths or Widths()
        self.garment = GarmentEncoder(self.widths)
        self.guide = GuideBranch(self.widths)

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the weights; inputs are cast to it."""
        return self.garment.stem.conv.weight.dtype

    def encode(self, garment: Tensor, mask: Tensor, shading: Shading | None = None) -> Features:
        """Read a garment once for all its variants.

        Args:
            garment: sRGB B×3×H×W in 0 to 1, long side about `WORKING_SIZE`.
            mask: B×1×H×W in 0 to 1.
            shading: the garment's, where it is known; of sizes that need padding it is read anew.
        """
        size = (garment.shape[-2], garment.shape[-1])
        garment, mask = _padded(garment.float()), _padded(mask.float())
        if shading is None or shading.fine.shape[-2:] != garment.shape[-2:]:
            shading = garment_shading(garment, mask)
        level = shading.level.expand(-1, -1, *garment.shape[-2:])
        inputs = torch.cat([2 * garment - 1, mask, shading.coarse, 2 * shading.fine, 0.5 * level + 1], dim=1)
        raw, quarter = self.garment(self._fed(inputs), mask.to(self.dtype))
        base = _base_controls(raw.float())
        exposure = base[:, :1] * shading.coarse + base[:, 1:2] * shading.fine + base[:, 2:]
        half = F.avg_pool2d(torch.cat([exposure, mask], dim=1), 2)
        return Features(base, half, quarter, size)

    def controls(self, features: Features, guide: Tensor, z: Tensor, strength: Tensor) -> Controls:
        """Say how to light and tint each guide.

        Args:
            features: of one garment, or of as many garments as guides.
            guide: sRGB N×3×H×W of the garment's working size.
            z: N×8 standard normal noise.
            strength: N values in 0 to 1; scales everything that the guide's branch adds.

        Returns:
            Controls of the garment's working size, float32.
        """
        features = features.repeated(guide.shape[0])
        guide = F.avg_pool2d(_padded(guide.float()), 2)
        exposure, mask = features.half.split(1, dim=1)
        lit = linear_to_srgb(soft_clip(srgb_to_linear(guide) * torch.exp(exposure)))
        half = torch.cat([2 * guide - 1, 2 * lit - 1, mask], dim=1)
        code = torch.cat([z, strength.view(-1, 1)], dim=1)
        raw = self.guide(self._fed(half), features.quarter, code.to(self.dtype)).float()
        step = upsample(torch.tanh(raw.contiguous()) * strength.view(-1, 1, 1, 1), features.base)
        trust_coarse, trust_fine, gain = (features.base + step[:, :BASE_CHANNELS]).split(1, dim=1)
        return _cropped(Controls(trust_coarse, trust_fine, gain, step[:, BASE_CHANNELS:]), features.size)

    def forward(
        self, garment: Tensor, mask: Tensor, guide: Tensor, z: Tensor, strength: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the sRGB picture N×3×H×W, the log factor on the guide N×1×H×W and the residual N×3×H×W."""
        shading = garment_shading(garment, mask)
        controls = self.controls(self.encode(garment, mask, shading), guide, z, strength)
        return apply_controls(guide, shading, controls), log_exposure(shading, controls), controls.residual

    def _fed(self, inputs: Tensor) -> Tensor:
        """Bring inputs to the weights' precision and layout."""
        return inputs.to(self.dtype, memory_format=torch.channels_last)


def load_generator(weights: Path | None = GENERATOR) -> Generator:
    """Return a generator with the given weights, in evaluation mode.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: the file holds another network's weights.
    """
    generator = Generator()
    if weights is not None:
        generator.load_state_dict({name: value.float() for name, value in load_file(weights).items()})
    generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return generator.eval()


def _zero_initialised(layer: PaddedConv) -> PaddedConv:
    nn.init.zeros_(layer.conv.weight)
    if layer.conv.bias is not None:
        nn.init.zeros_(layer.conv.bias)
    return layer


def _base_controls(raw: Tensor) -> Tensor:
    """Bound raw outputs B×3×H×W; raw zeros are the analytic picture: trust 1, trust 1, gain 0."""
    trust = 1 + TRUST_RANGE * torch.tanh(raw[:, :2].contiguous())
    return torch.cat([trust, GAIN_RANGE * torch.tanh(raw[:, 2:].contiguous() / GAIN_RANGE)], dim=1)


def _padded(values: Tensor) -> Tensor:
    """Extend to multiples of the network's stride by repeating the last row and column."""
    height, width = values.shape[-2:]
    if height % STRIDE == 0 == width % STRIDE:
        return values
    return F.pad(values, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")


def _cropped(controls: Controls, size: tuple[int, int]) -> Controls:
    height, width = size
    parts = (controls.trust_coarse, controls.trust_fine, controls.gain, controls.residual)
    return Controls(*(part[..., :height, :width] for part in parts))
