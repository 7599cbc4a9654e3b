"""The garment's light and the composite on a GPU: what `light` and `composite` do, for all variants at once."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan.pictures import shrink_picture
from gan.rendering.composite import LUMA, Compositor, exchanged
from gan.rendering.light import FIT_SIDE, GarmentLight, fold_planes, without_glare
from gan.shading import Controls, lit_and_tinted


class DeviceShrinker:
    """`shrink_picture` as two matrix products, for which a GPU is made."""

    def __init__(self, shape: tuple[int, int], size: tuple[int, int], device: torch.device) -> None:
        """Prepare the two matrices.

        Args:
            shape: height and width of the pictures.
            size: width and height that they are averaged down to.
            device: where the pictures are.
        """
        (height, width), (small_width, small_height) = shape, size
        # A filter's answer to each single pixel is its matrix.
        down = shrink_picture(np.eye(height, dtype=np.float32), (height, small_height))
        across = shrink_picture(np.eye(width, dtype=np.float32), (small_width, width))
        self._down, self._across = (torch.from_numpy(matrix).to(device) for matrix in (down, across))

    def __call__(self, pictures: Tensor) -> Tensor:
        """Return N×C×h×w of N×C×H×W.

        One by one: a product of other sizes may round differently, and a variant must not depend on its company.
        """
        return torch.cat([self._down @ (picture @ self._across) for picture in pictures.split(1)])


class DeviceLight:
    """`light_guide` for all variants at once."""

    def __init__(self, light: GarmentLight, device: torch.device) -> None:
        """Bring a garment's light to the device."""
        coarse, small_fine, self._fine = (
            torch.from_numpy(band).to(device)[None, None] for band in (light.coarse, light.small_fine, light.fine)
        )
        self._shading, self._glare_kept = (coarse, small_fine), light.glare_kept
        self._down, self._across = (torch.from_numpy(_blur_matrix(side)).to(device) for side in light.coarse.shape)

    def lit(self, guides: Tensor, controls: Controls) -> Tensor:
        """Return the cloth in the garment's light, N×3×H×W in 0 to 1.

        Args:
            guides: N×3×H×W in 0 to 1.
            controls: of at least as many pictures, at the working size.
        """
        folds = fold_planes((controls.trust_coarse, controls.trust_fine, controls.gain), self._shading, self._mean)
        # What is batched by `batch_controls` is cut to the variants only here, after the last matrix product.
        small = torch.cat([*folds, controls.residual], dim=1)[: len(guides)]
        planes = F.interpolate(small, size=self._fine.shape[-2:], mode="bicubic", align_corners=False)
        on_fine, rest, residual = planes.split((1, 1, 3), dim=1)
        exposure = rest + without_glare(on_fine * self._fine, self._glare_kept)
        return lit_and_tinted(guides, exposure, residual)

    def _mean(self, values: Tensor) -> Tensor:
        return self._down @ values @ self._across.T


class DeviceCompositor:
    """`Compositor.compose` for all variants at once."""

    def __init__(self, compositor: Compositor, photo: np.ndarray, device: torch.device) -> None:
        """Bring a photo's layers to the device.

        Args:
            compositor: of the photo.
            photo: H×W×3 uint8 RGB.
            device: where the pictures are.
        """
        self._photo, self._foreground, self._alpha, self._tint = (
            torch.tensor(layer, device=device).permute(2, 0, 1)[None].float().contiguous()
            for layer in (photo, *compositor.planes())
        )

    def compose(self, pictures: Tensor, strength: float) -> Tensor:
        """Return the photo with each picture in place of the garment, N×3×H×W uint8.

        Args:
            pictures: N×3×H×W from 0 to 255.
            strength: 0 gives the photo back, 1 replaces the garment.
        """
        step = pictures - self._foreground
        red, green, blue = step.split(1, dim=1)
        light = torch.add(torch.add(LUMA[0].item() * red, green, alpha=LUMA[1].item()), blue, alpha=LUMA[2].item())
        strength = min(max(strength, 0.0), 1.0)
        mixed = exchanged(self._photo, step, light, self._alpha, self._tint, strength)
        return mixed.round_().clamp_(0, 255).to(torch.uint8)


def _blur_matrix(side: int) -> np.ndarray:
    """Return side×side weights of a mean over `FIT_SIDE` places, reflected at the border."""
    return cv2.blur(np.eye(side, dtype=np.float32), (1, FIT_SIDE), borderType=cv2.BORDER_REFLECT)
