"""Untrusted bytes in, a clean sRGB picture out – or one sentence that says what to do instead.

Everything here is synchronous and may take a second for a very large picture: call it from a thread.
"""

from __future__ import annotations

import io
import math
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import pi_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from bot.colour import flatten, to_small_srgb, to_srgb
from bot.refusal import RefusedError

MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 120_000_000
LARGE_PIXELS = 16_000_000
"""From here on a picture is shrunk while it is converted, and no other such picture is in memory beside it."""
MIN_SIDE = 32
WORKING_SIDE = 2048
FORMATS = ("JPEG", "PNG", "HEIF", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
FORMATS_SENTENCE = "JPEG, PNG, HEIC, WebP, AVIF, GIF, BMP and TIFF pictures work"

# Pillow raises above twice this figure even before our own check can speak.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Loading the decoders with the first picture instead would hold up the event loop for a quarter of a second.
Image.init()
pi_heif.register_heif_opener()

_ONE_LARGE_PICTURE = threading.Lock()
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its EXIF orientation."""
_FOREIGN_SIGNATURES = (
    (b"%PDF", 0, "a PDF"),
    (b"8BPS", 0, "a Photoshop file"),
    (b"%!PS", 0, "a PostScript file"),
    (b"<svg", 0, "an SVG drawing"),
    (b"PK\x03\x04", 0, "an archive"),
    (b"ftyp", 4, "a video"),
    (b"\x1aE\xdf\xa3", 0, "a video"),
)


class IntakeError(RefusedError):
    """The bytes cannot be used."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A decoded picture without metadata: upright, 8 bits, sRGB, at most `WORKING_SIDE` pixels on its long side.

    Attributes:
        rgb: the picture, transparent places over white (see `flatten`).
        alpha: its transparency as an "L" picture of the same size, or None when it is opaque.
    """

    rgb: Image.Image
    alpha: Image.Image | None

    def png(self) -> bytes:
        """Encode the picture without loss; the same pixels always give the same bytes."""
        return encode_png(self.rgb)

    def alpha_png(self) -> bytes | None:
        """Encode the transparency as a greyscale mask (white is the garment), if there is any."""
        return encode_png(self.alpha) if self.alpha is not None else None


def encode_png(image: Image.Image) -> bytes:
    """Encode `image` as PNG, fast rather than small."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def read_image(data: bytes, filename: str, *, max_bytes: int = MAX_FILE_BYTES) -> CleanImage:
    """Decode a picture that somebody sent.

    Args:
        data: the file's bytes; its name's ending is not trusted.
        filename: how the person called it, used in sentences only.
        max_bytes: the largest file that is looked at.

    Raises:
        IntakeError: the bytes are no usable picture.
    """
    name = shown_name(filename)
    check_size(len(data), filename, max_bytes)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _check_dimensions(opened.size, name)
            return _clean(opened, name)
    except IntakeError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, str(error)) from error
    except UnidentifiedImageError as error:
        if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
            raise _damaged(name, error) from error
        raise _unknown_format(data, name) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError, MemoryError) as error:
        # Decoders raise all of these on damaged files; each means the same to the person who sent it.
        raise _damaged(name, error) from error


def check_size(size: int, filename: str, max_bytes: int = MAX_FILE_BYTES) -> None:
    """Refuse a file of `size` bytes that is empty or too large, before it is downloaded or decoded.

    Raises:
        IntakeError: with a sentence that names the limit.
    """
    name = shown_name(filename)
    if size <= 0:
        raise IntakeError(f"“{name}” is empty; please send the picture again.", "0 bytes")
    if size > max_bytes:
        raise IntakeError(
            f"“{name}” has {size / 2**20:.0f} MiB and the limit is {max_bytes / 2**20:.0f} MiB; "
            "please send a smaller copy.",
            f"{size} bytes",
        )


def shown_name(filename: str) -> str:
    """A file name that is safe and short enough to repeat in a sentence."""
    base = PurePath(filename.replace("\\", "/")).name
    kept = "".join(sign for sign in base if sign.isprintable() and sign not in '`*|~<>@[]()“”"')
    kept = kept.strip(" .") or "the file"
    return kept if len(kept) <= 48 else f"{kept[:30]}…{kept[-14:]}"


def _check_dimensions(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, f"{width}×{height}")
    if min(_fitted(size)) < MIN_SIDE:
        raise IntakeError(
            f"“{name}” is only {width}×{height} pixels; please send a picture of at least "
            f"{MIN_SIDE}×{MIN_SIDE} pixels that is not a thin strip.",
            f"{width}×{height}",
        )


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, WORKING_SIDE / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _clean(opened: Image.Image, name: str) -> CleanImage:
    # A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size; for other formats this does nothing.
    opened.draft(None, _fitted(opened.size))
    with _ONE_LARGE_PICTURE if opened.width * opened.height > LARGE_PIXELS else nullcontext():
        opened.load()
        fitted = _fitted(opened.size)  # now, as a TIFF is turned while it is loaded
        turn = _TURNS.get(_orientation_of(opened))
        factor = _factor(opened.size)
        colour, alpha = to_small_srgb(opened, factor) if factor > 1 else to_srgb(opened)
    if alpha is not None:
        if alpha.getextrema() == (0, 0):
            raise IntakeError(f"“{name}” is completely transparent; please send one with something on it.", "alpha 0")
        colour = flatten(colour, alpha)
    finished = partial(_finished, turn=turn, size=fitted)
    return CleanImage(finished(colour), finished(alpha) if alpha is not None else None)


def _factor(size: tuple[int, int]) -> int:
    """By how much a picture is shrunk while it is converted, so that it is no longer very large nor yet too small."""
    needed = math.ceil(math.sqrt(size[0] * size[1] / LARGE_PIXELS))
    return max(1, min(needed, max(size) // WORKING_SIDE))


def _orientation_of(image: Image.Image) -> int:
    """How the camera was held, as EXIF says; a damaged EXIF block is no reason to refuse the pixels."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1


def _finished(image: Image.Image, turn: Image.Transpose | None, size: tuple[int, int]) -> Image.Image:
    """The picture in its final size, upright."""
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image if turn is None else image.transpose(turn)


def _too_many_pixels(name: str, cause: str) -> IntakeError:
    return IntakeError(
        f"“{name}” has more than {MAX_PIXELS // 1_000_000} megapixels; please send a smaller copy, "
        f"{WORKING_SIDE} pixels on the long side are enough.",
        cause,
    )


def _damaged(name: str, error: Exception) -> IntakeError:
    return IntakeError(
        f"“{name}” is damaged or cut off; please save it again and send it once more.",
        f"{type(error).__name__}: {error}",
    )


def _unknown_format(data: bytes, name: str) -> IntakeError:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = next(
        (words for signature, offset, words in _FOREIGN_SIGNATURES if data[offset:].startswith(signature)),
        "an SVG drawing" if b"<svg" in head.lower() else None,
    )
    found = f"“{name}” is {kind}, which I cannot read" if kind else f"“{name}” is not a picture that I can read"
    return IntakeError(f"{found}; {FORMATS_SENTENCE}.", f"unknown format, begins {data[:16].hex()}")
