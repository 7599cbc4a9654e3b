"""Any Pillow mode → 8-bit sRGB and, where there is one, the alpha channel."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

LOOKING_SIDE = 256
WHITE = 236  # level from which nothing can be made out on white; a white garment has folds that are darker
_SRGB = ImageCms.createProfile("sRGB")


def to_srgb(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split a picture into an "RGB" picture in sRGB and an "L" alpha, None when every pixel is opaque."""
    image = _to_eight_bits(image)
    alpha = _alpha_of(image)
    return _colour_of(image), None if alpha is None or alpha.getextrema() == (255, 255) else alpha


def flatten(colour: Image.Image, alpha: Image.Image) -> Image.Image:
    """Lay `colour` over white where `alpha` lets it through; what is white itself, as many logos are, over black."""
    ground = Image.new("RGB", colour.size, "black" if _is_white(colour, alpha) else "white")
    ground.paste(colour, mask=alpha)
    return ground


def _is_white(colour: Image.Image, alpha: Image.Image) -> bool:
    size = min(colour.width, LOOKING_SIDE), min(colour.height, LOOKING_SIDE)
    seen = np.asarray(alpha.resize(size, Image.Resampling.NEAREST)) > 127
    darkest = np.asarray(colour.resize(size, Image.Resampling.NEAREST)).min(axis=2)[seen]
    return bool(darkest.size and np.quantile(darkest, 0.05) >= WHITE)


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Bring the deep grey modes ("I;16", "I", "F") to "L" by their nominal range; other modes stay."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    values: np.ndarray = np.nan_to_num(np.asarray(image).astype(np.float32))
    peak = float(values.max(initial=0.0))
    if image.mode.startswith("I;16") or peak > 255:
        values = values / 65535 if peak <= 65535 else values / peak
    elif image.mode == "I" or peak > 1:
        values = values / 255
    eight = Image.fromarray(np.rint(values.clip(0, 1) * 255).astype(np.uint8))
    eight.info = {key: value for key, value in image.info.items() if key != "transparency"}
    return eight


def _alpha_of(image: Image.Image) -> Image.Image | None:
    if not image.has_transparency_data:
        return None
    return image.convert("RGBA").getchannel("A")


def _colour_of(image: Image.Image) -> Image.Image:
    base = _without_alpha(image)
    profile = image.info.get("icc_profile")
    if profile and base.mode in ("RGB", "L", "CMYK", "LAB"):
        converted = _through_profile(base, profile)
        if converted is not None:
            return converted
    if base.mode == "LAB":
        return _lab_to_srgb(base)
    return base.convert("RGB")


def _without_alpha(image: Image.Image) -> Image.Image:
    """Drop the alpha channel without blending, in one of the modes that colour profiles know."""
    if image.mode in ("RGB", "L", "CMYK", "LAB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "LA":
        return image.getchannel("L")
    if image.has_transparency_data:
        return Image.merge("RGB", image.convert("RGBA").split()[:3])
    return image.convert("RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Convert with the embedded ICC profile; None when the profile is broken or does not fit the pixels."""
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _SRGB,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _lab_to_srgb(image: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), _SRGB, "LAB", "RGB")
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None
    return converted
