"""Any Pillow mode → 8-bit sRGB and, where there is one, the alpha channel. Very large pictures go strip by strip."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

LOOKING_SIDE = 256
WHITE = 236  # level from which nothing can be made out on white; a white garment has folds that are darker
_STRIP_PIXELS = 2_000_000
_SRGB = ImageCms.createProfile("sRGB")


def to_srgb(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split a picture into an "RGB" picture in sRGB and an "L" alpha, None when every pixel is opaque."""
    return _split(image, _peak_of(image))


def to_small_srgb(image: Image.Image, factor: int) -> tuple[Image.Image, Image.Image | None]:
    """Do as `to_srgb` does and shrink to one pixel for `factor` × `factor`, with little memory beside the picture's.

    To convert a picture of a hundred megapixels as a whole takes several times the memory that it takes itself.
    """
    peak = max(_peak_of(strip) for _, strip in _strips(image, factor))
    small = Image.new("RGBA", (-(-image.width // factor), -(-image.height // factor)))
    for top, strip in _strips(image, factor):
        colour, alpha = _split(strip, peak)
        colour.putalpha(255 if alpha is None else alpha)
        small.paste(colour.reduce(factor), (0, top // factor))
    alpha = small.getchannel("A")
    return small.convert("RGB"), None if alpha.getextrema() == (255, 255) else alpha


def _strips(image: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    """Copies of some rows each, with the number of the first; together they are the picture."""
    rows = max(1, _STRIP_PIXELS // (image.width * factor)) * factor
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def _split(image: Image.Image, peak: float) -> tuple[Image.Image, Image.Image | None]:
    image = _to_eight_bits(image, peak)
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


def _is_deep(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _peak_of(image: Image.Image) -> float:
    """The highest level of a deep grey picture, 0 for other modes: what its levels mean depends on it."""
    return float(np.nan_to_num(np.asarray(image)).max(initial=0)) if _is_deep(image) else 0.0


def _to_eight_bits(image: Image.Image, peak: float) -> Image.Image:
    """Bring the deep grey modes ("I;16", "I", "F") to "L" by their nominal range; other modes stay."""
    if not _is_deep(image):
        return image
    values: np.ndarray = np.nan_to_num(np.asarray(image).astype(np.float32))
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
