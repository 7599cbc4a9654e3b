"""Garments that are not plain, as plain pale ones in the light that a trained generator reads: more to learn from.

Self-training, as in Xie et al., "Self-training with Noisy Student improves ImageNet classification" (2020): the
teacher reads the light off the photo as it is, which is easy where nothing is printed; the student has to read the same
light under a dye, a print, noise and warping.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from gan.colour import linear_to_srgb
from gan.data.pack import Pack, read_pack, written
from gan.networks.generator import Generator
from gan.pictures import shrink_picture
from gan.shading import Controls, Shading, garment_shading, log_exposure

READING_SIZE = (192, 256)
"""Width and height at which the teacher sees garments of a pack: as it saw them last when it learned."""
PALE = 0.45
"""Luminance of the cloth under a light of 1; twice as bright a light is still below white."""
AT_ONCE = 16
DARKEST_LEVEL = float(np.log(0.03))
"""Log of the median luminance below which a photo has too little light in it to be read."""
log = logging.getLogger(__name__)


def with_undyed(pack: Pack, teacher: Generator, name: str) -> Pack:
    """Return the pack with those garments undyed that can be; done once, kept beside it.

    Args:
        pack: for training.
        teacher: a trained generator.
        name: of the teacher, for the file.
    """
    file = pack.folder / f"undyed-{name}.npy"
    if not file.is_file():
        undyed = undye(pack.garments[pack.undyeable], teacher)
        with written(file) as handle:
            np.save(handle, undyed)
    return read_pack(pack.folder, file)


@torch.inference_mode()
def undye(garments: np.ndarray, teacher: Generator) -> np.ndarray:
    """Return what the garments would look like made of one pale cloth.

    Args:
        garments: N×H×W×4 uint8, RGB and the mask, of a pack's proportions.
        teacher: a trained generator.

    Returns:
        M×H×W×4 uint8, M at most N: those that are too dark are left out.
    """
    kept = list(_undyed(garments, teacher))
    log.info("Undyed %d of %d garments.", len(kept), len(garments))
    return np.stack(kept) if kept else garments[:0]


def _undyed(garments: np.ndarray, teacher: Generator) -> Iterator[np.ndarray]:
    for start in range(0, len(garments), AT_ONCE):
        batch = np.asarray(garments[start : start + AT_ONCE])
        shading, exposure = _read_light(batch, teacher)
        for packed, level, light in zip(batch, shading.level, exposure, strict=True):
            if float(level) > DARKEST_LEVEL:
                yield _in_light(packed, light[0].numpy())


def _read_light(batch: np.ndarray, teacher: Generator) -> tuple[Shading, Tensor]:
    """Return the photos' shading and the log-exposure N×1×H×W that the teacher takes for light, before any guide."""
    small = np.stack([shrink_picture(packed, READING_SIZE) for packed in batch])
    garment, mask = _planes(small)
    trust_coarse, trust_fine, gain = teacher.encode(garment, mask).base.float().split(1, dim=1)
    shading = garment_shading(*_planes(batch))
    read = Controls(trust_coarse, trust_fine, gain, torch.zeros_like(garment))
    return shading, log_exposure(shading, read.resized((batch.shape[1], batch.shape[2])))


def _planes(batch: np.ndarray) -> tuple[Tensor, Tensor]:
    planes = torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 255
    return planes[:, :3], planes[:, 3:]


def _in_light(packed: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    cloth = linear_to_srgb(np.clip(PALE * np.exp(exposure), 0, 1).astype(np.float32))
    alpha = packed[..., 3:].astype(np.float32) / 255
    photo = alpha * 255 * cloth[..., None] + (1 - alpha) * packed[..., :3]
    return np.dstack([photo.round().astype(np.uint8), packed[..., 3]])
