"""Pseudo-pairs: a plain garment that carries an old print, and the same garment carrying the guide as exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gan.colour import LUMINANCE, linear_to_srgb, soft_clip, srgb_to_linear
from gan.data.camera import photograph
from gan.data.cloth import SCALES, lay_cloth
from gan.data.folds import drawn_shading, own_shading
from gan.data.pack import Pack
from gan.data.prints import WORN, PrintMix, engraving, random_colour, tone_in_tone
from gan.data.warping import random_warp, sampled_at
from gan.pictures import prefiltered

DARK_SHARE = 0.3
"""Share of pairs made of dark garments where training mixes them in."""
WARPED_SHARE = 0.7
"""Share of pairs whose garment is warped where training mixes them in."""
UNDYED_SHARE = 0.4
"""Share of pairs of light garments made of undyed ones (`gan.data.undyed`), where a pack has any."""
PATTERNED_PHOTO_SHARE = 0.5
"""Share of photos without truth that show a patterned garment, where a folder has both kinds."""
DARK_FLOOR = 0.002
"""Luminance below which a camera records noise."""
GLOSS_TEMPER = 0.9
"""Power by which a dark garment's light is tempered on other cloth: part of its contrast is gloss.

At 0.7 the truth lost the folds that make a jacket a jacket."""
DARK_RECOLOURED_SHARE = 0.3
OWN_CLOTH_SHARE = 0.15
PLAIN_SHARE = 0.25
MARGIN = (-0.05, 0.35)
"""Room around the garment as a part of its size; negative cuts into it."""
LARGEST_ZOOM = 2.2


@dataclass(frozen=True, slots=True)
class PseudoPair:
    """One exact example; pictures are sRGB float32 in 0 to 1.

    Attributes:
        garment: H×W×3, what the generator sees.
        mask: H×W.
        guide: H×W×3, flat cloth.
        truth: H×W×3, the garment made of the guide's cloth.
        log_shading: H×W, log of the light that `truth` is under, relative to its median.
        patterned: whether it is a photo whose garment has a pattern of its own.
    """

    garment: np.ndarray
    mask: np.ndarray
    guide: np.ndarray
    truth: np.ndarray
    log_shading: np.ndarray
    patterned: bool = False


def make_pair(
    pack: Pack,
    height: int,
    width: int,
    rng: np.random.Generator,
    mix: PrintMix = WORN,
    printed_only: bool = False,
    warped_share: float = 0.0,
) -> PseudoPair:
    """Draw one pseudo-pair from the pack's plain garments; with `printed_only`, it always carries an old print."""
    photo, mask = place_garment(_light_garment(pack, rng), height, width, rng, warped_share)
    light = srgb_to_linear(photo)
    guide = random_cloth(pack, height, width, rng)
    if not printed_only and rng.random() < OWN_CLOTH_SHARE:
        return _example(photo, mask, guide, light, own_shading(light, mask), rng)
    base = random_colour(rng)
    shading = drawn_shading(own_shading(light, mask), float(base @ LUMINANCE), rng)
    dressed = _dressed(base, pack, mix, shading, rng, plain_share=0.0 if printed_only else PLAIN_SHARE)
    return _example(photo, mask, guide, dressed, shading, rng)


def make_dark_pair(
    pack: Pack, height: int, width: int, rng: np.random.Generator, warped_share: float = 0.0
) -> PseudoPair:
    """Draw a pair of a dark plain garment, as it is, printed or dyed anew; the truth is its light without most gloss.

    How much of a dark garment's contrast is gloss cannot be seen, so its truth is a convention, not a measurement.
    """
    index = int(rng.choice(np.flatnonzero(pack.dark)))
    photo, mask = place_garment(pack.garments[index], height, width, rng, warped_share)
    light = srgb_to_linear(photo)
    shading = own_shading(light + DARK_FLOOR, mask) ** GLOSS_TEMPER
    guide = random_cloth(pack, height, width, rng)
    if rng.random() < DARK_RECOLOURED_SHARE:
        dressed = _dressed(random_colour(rng), pack, WORN, shading, rng, PLAIN_SHARE)
    else:
        dressed = light if rng.random() < PLAIN_SHARE else _printed(light, pack, WORN, rng, shading)
    return _example(photo, mask, guide, dressed, shading, rng)


def make_identity_pair(pack: Pack, height: int, width: int, rng: np.random.Generator) -> PseudoPair:
    """Draw a pair whose guide is the cloth that the garment already wears: nothing is to change."""
    index = int(rng.choice(np.flatnonzero(pack.plain)))
    photo, mask = place_garment(pack.garments[index], height, width, rng)
    guide = random_cloth(pack, height, width, rng)
    albedo = float(np.median(srgb_to_linear(guide) @ LUMINANCE))
    shading = drawn_shading(own_shading(srgb_to_linear(photo), mask), albedo, rng)
    return _example(photo, mask, guide, srgb_to_linear(guide) * shading[..., None], shading, rng)


def make_unpaired(pack: Pack, height: int, width: int, rng: np.random.Generator) -> PseudoPair:
    """Draw a photo of a garment as it is, one with a pattern or one without, and a guide; there is no truth to it."""
    kinds = pack.patterned, pack.unpatterned
    chosen = kinds[int(rng.random() > PATTERNED_PHOTO_SHARE)]
    if not chosen.any():
        chosen = pack.patterned | pack.unpatterned
    index = int(rng.choice(np.flatnonzero(chosen) if chosen.any() else len(pack.garments)))
    photo, mask = place_garment(pack.garments[index], height, width, rng)
    guide = random_cloth(pack, height, width, rng)
    return PseudoPair(photo, mask, guide, photo, np.zeros_like(mask), bool(pack.patterned[index]))


def _light_garment(pack: Pack, rng: np.random.Generator) -> np.ndarray:
    """Draw a plain light garment, or one that was undyed."""
    if pack.undyed is not None and len(pack.undyed) and rng.random() < UNDYED_SHARE:
        return np.asarray(pack.undyed[int(rng.integers(len(pack.undyed)))])
    return np.asarray(pack.garments[int(rng.choice(np.flatnonzero(pack.plain)))])


def place_garment(
    packed: np.ndarray, height: int, width: int, rng: np.random.Generator, warped_share: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return sRGB H×W×3 and mask H×W of a packed garment, randomly flipped, turned and scaled; some are warped.

    The garment fills the canvas but for a margin, as renders show it to the network.
    """
    left, top, box_width, box_height = cv2.boundingRect((packed[..., 3] > 128).astype(np.uint8))
    centre = (left + box_width / 2, top + box_height / 2)
    fit = min(width / max(box_width, 16), height / max(box_height, 16))
    scale = min(fit, LARGEST_ZOOM * height / packed.shape[0]) / (1 + rng.uniform(*MARGIN))
    turn = cv2.getRotationMatrix2D(centre, float(rng.normal(scale=6)), scale)
    offset = rng.normal(scale=0.02, size=2) * (width, height)
    turn[:, 2] = turn[:, 2] + (width / 2, height / 2) - centre + offset
    for axis, share in ((0, 0.5), (1, 0.15)):
        if rng.random() < share:
            turn[axis] *= -1
            turn[axis, 2] += (width, height)[axis] - 1
    colours, alpha = packed[..., :3], np.ascontiguousarray(packed[..., 3])
    (colours, _), (alpha, turn) = prefiltered(colours, turn), prefiltered(alpha, turn)
    if warped_share and rng.random() < warped_share:
        places = sampled_at(turn, random_warp(height, width, rng))
        photo = cv2.remap(colours, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        mask = cv2.remap(alpha, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    else:
        photo = cv2.warpAffine(colours, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        mask = cv2.warpAffine(alpha, turn, (width, height), borderMode=cv2.BORDER_CONSTANT)
    return photo.astype(np.float32) / 255, mask.astype(np.float32) / 255


def random_cloth(
    pack: Pack, height: int, width: int, rng: np.random.Generator, scales: tuple[float, float] = SCALES
) -> np.ndarray:
    """Return one of the pack's styles laid as cloth, sRGB H×W×3 in 0 to 1, at a scale from a range."""
    style = np.asarray(pack.styles[int(rng.integers(len(pack.styles)))])
    return lay_cloth(style, height, width, rng, scales).astype(np.float32) / 255


def _example(
    photo: np.ndarray,
    mask: np.ndarray,
    guide: np.ndarray,
    dressed: np.ndarray,
    shading: np.ndarray,
    rng: np.random.Generator,
) -> PseudoPair:
    """Put the old cloth (linear light) into the photo and the guide's cloth into the truth."""
    seen = mask[..., None] * dressed + (1 - mask[..., None]) * srgb_to_linear(photo)
    truth = linear_to_srgb(soft_clip(srgb_to_linear(guide) * shading[..., None]))
    return PseudoPair(photograph(seen, rng), mask, guide, truth, np.log(shading))


def _dressed(
    base: np.ndarray, pack: Pack, mix: PrintMix, shading: np.ndarray, rng: np.random.Generator, plain_share: float
) -> np.ndarray:
    """Return linear light of the garment dyed in `base`, mostly with an old print, under `shading`."""
    height, width = shading.shape
    albedo = np.broadcast_to(base, (height, width, 3)).astype(np.float32)
    if rng.random() >= plain_share:
        for _ in range(1 + int(rng.random() < 0.25)):
            albedo = _printed(albedo, pack, mix, rng, np.ones_like(shading))
    lit = albedo * shading[..., None]
    return lit + _sheen(shading, rng)[..., None]


def _printed(cloth: np.ndarray, pack: Pack, mix: PrintMix, rng: np.random.Generator, shading: np.ndarray) -> np.ndarray:
    """Return cloth H×W×3 with a print over it that lies under `shading`; all in linear light."""
    height, width = cloth.shape[:2]
    if mix.engraved and rng.random() < mix.engraved:
        coverage = engraving(random_cloth(pack, height, width, rng, mix.scales), rng)[..., None]
    else:
        coverage = mix.stencil(height, width, rng)[..., None]
    kind = rng.random()
    if kind < mix.pictured or coverage.min() > 0.5:
        ink = srgb_to_linear(random_cloth(pack, height, width, rng, mix.scales)) * shading[..., None]
    elif kind < mix.pictured + mix.toned:
        ink = tone_in_tone(cloth, rng)
    else:
        ink = np.broadcast_to(random_colour(rng, dark_share=0.25), cloth.shape) * shading[..., None]
    return cloth + coverage * rng.uniform(0.7, 1.0) * (ink - cloth)


def _sheen(shading: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A faint gloss on the lit side of folds, which dark cloth shows most, and veiling glare."""
    gloss = rng.uniform(0, 0.03) * np.maximum(shading - 0.9, 0) ** 2 if rng.random() < 0.5 else 0 * shading
    return gloss + rng.uniform(0, 0.006)
