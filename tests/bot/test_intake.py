import io
import struct
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFile

from bot.intake import MAX_PIXELS, WORKING_SIDE, IntakeError, read_image, shown_name

HEIC = (Path(__file__).parent / "two_halves.heic").read_bytes()


def encode(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def two_halves(mode="RGB", size=(80, 60), left=(200, 30, 40), right=(20, 60, 180)):
    image = Image.new("RGB", size, left)
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, size[0], size[1]), fill=right)
    return image.convert(mode)


def close(pixel, expected, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True))


def png_claiming(width, height, colour_type=2):
    """A PNG whose header claims a size, with hardly any data behind it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    data = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_promised_format_is_read_in_its_colours(kind):
    clean = read_image(encode(two_halves(), kind), f"photo.{kind.lower()}")
    assert clean.rgb.mode == "RGB" and clean.rgb.size == (80, 60) and clean.alpha is None
    assert close(clean.rgb.getpixel((10, 30)), (200, 30, 40))
    assert close(clean.rgb.getpixel((70, 30)), (20, 60, 180))


def test_a_phones_heic_photo_is_read_in_its_colours():
    clean = read_image(HEIC, "IMG_0042.HEIC")
    assert clean.rgb.mode == "RGB" and clean.rgb.size == (80, 60) and clean.alpha is None
    assert close(clean.rgb.getpixel((10, 30)), (200, 30, 40))
    assert close(clean.rgb.getpixel((70, 30)), (20, 60, 180))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "1", "P", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        source = Image.fromarray((np.linspace(0, 65535, 4800).reshape(60, 80)).astype(np.uint16))
    else:
        source = two_halves().convert(mode)
    clean = read_image(encode(source, kind), "x.png")
    assert clean.rgb.mode == "RGB" and clean.rgb.size == (80, 60)


def test_sixteen_bits_keep_their_range():
    ramp = np.tile(np.linspace(0, 65535, 256), (64, 1)).astype(np.uint16)
    clean = read_image(encode(Image.fromarray(ramp), "PNG"), "ramp.png")
    got = np.asarray(clean.rgb)[10, :, 1].astype(int)
    assert abs(got - np.arange(256)).max() <= 1


def test_cmyk_jpeg_has_its_colours_not_its_negative():
    clean = read_image(encode(two_halves().convert("CMYK"), "JPEG", quality=95), "print.jpg")
    assert close(clean.rgb.getpixel((10, 30)), (200, 30, 40), 30)


def test_transparency_goes_over_white_and_comes_back_as_a_mask():
    image = two_halves().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((10, 20, 30, 255), (20, 20, 60, 40))
    clean = read_image(encode(image, "PNG"), "cutout.png")
    assert clean.rgb.getpixel((2, 2)) == (255, 255, 255)
    assert clean.rgb.getpixel((30, 30)) == (10, 20, 30)
    assert clean.alpha.getpixel((2, 2)) == 0 and clean.alpha.getpixel((30, 30)) == 255
    assert Image.open(io.BytesIO(clean.alpha_png())).size == (80, 60)


@pytest.mark.parametrize(("shade", "ground"), [(255, 0), (244, 0), (200, 255), (0, 255)])
def test_a_white_logo_is_not_laid_on_white(shade, ground):
    logo = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    logo.paste((shade, shade, shade, 255), (20, 20, 60, 40))
    clean = read_image(encode(logo, "PNG"), "logo.png")
    assert clean.rgb.getpixel((2, 2)) == (ground,) * 3
    assert clean.rgb.getpixel((30, 30)) == (shade,) * 3


def test_a_white_garment_cut_out_with_its_folds_stays_on_white():
    shading = Image.linear_gradient("L").resize((60, 40)).point(lambda value: 200 + value * 55 // 255)
    garment = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    garment.paste(Image.merge("RGB", [shading] * 3), (10, 10))
    garment.putalpha(garment.getchannel("A").point(lambda value: 255 if value else 0))
    assert read_image(encode(garment, "PNG"), "shirt.png").rgb.getpixel((2, 2)) == (255, 255, 255)


def test_palette_with_transparency():
    image = two_halves().quantize(8)
    index = image.getpixel((10, 10))
    clean = read_image(encode(image, "PNG", transparency=index), "palette.png")
    assert clean.rgb.getpixel((10, 10)) == (255, 255, 255)
    assert clean.alpha.getpixel((10, 10)) == 0 and clean.alpha.getpixel((70, 10)) == 255


def test_opaque_alpha_is_no_mask():
    assert read_image(encode(two_halves("RGBA"), "PNG"), "x.png").alpha is None


def test_wholly_transparent_is_refused():
    with pytest.raises(IntakeError, match="transparent"):
        read_image(encode(Image.new("RGBA", (80, 60), (0, 0, 0, 0)), "PNG"), "x.png")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animated_files_give_their_first_frame(kind):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    data = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)
    assert close(read_image(data, "loop.gif").rgb.getpixel((32, 32)), (255, 0, 0))


@pytest.mark.parametrize(("orientation", "corner"), [(1, (2, 2)), (3, (77, 57)), (6, (57, 2)), (8, (2, 77))])
def test_exif_orientation_is_applied_and_metadata_dropped(orientation, corner):
    image = Image.new("RGB", (80, 60), "white")
    image.paste((255, 0, 0), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "secret camera"
    clean = read_image(encode(image, "PNG", exif=exif), "phone.png")
    assert clean.rgb.getpixel(corner) == (255, 0, 0)
    assert b"secret" not in clean.png()
    assert not Image.open(io.BytesIO(clean.png())).getexif()


def test_damaged_exif_does_not_cost_the_picture():
    data = encode(two_halves(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff broken")
    assert read_image(data, "x.jpg").rgb.size == (80, 60)


def test_icc_profile_is_converted_to_srgb():
    # A grey profile with gamma 1 makes the same code value much lighter in sRGB.
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = read_image(encode(two_halves(), "PNG"), "x.png")
    broken = read_image(encode(two_halves(), "PNG", icc_profile=b"nonsense"), "x.png")
    unfit = read_image(encode(two_halves(), "PNG", icc_profile=linear), "x.png")
    assert plain.rgb.tobytes() == broken.rgb.tobytes()
    assert unfit.rgb.size == plain.rgb.size


def swapped_primaries_profile():
    """An sRGB profile whose red and blue primaries are swapped: a conversion that nobody can overlook."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    tags = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


def test_an_unusual_icc_profile_changes_the_pixels():
    image = Image.new("RGB", (64, 64), (255, 0, 0))
    clean = read_image(encode(image, "PNG", icc_profile=swapped_primaries_profile()), "x.png")
    assert clean.rgb.getpixel((5, 5))[2] > 200 and clean.rgb.getpixel((5, 5))[0] < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_huge_photo_is_reduced(kind):
    huge = Image.new("RGB" if kind == "JPEG" else "L", (12_000, 9_000), "gray")
    clean = read_image(encode(huge, kind), "camera.jpg")
    assert clean.rgb.size == (WORKING_SIDE, WORKING_SIDE * 9 // 12)


def test_wrong_extension_is_forgiven():
    assert read_image(encode(two_halves(), "PNG"), "photo.jpg").rgb.size == (80, 60)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello, this is text", "not a picture"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "SVG"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "damaged"),
        (HEIC[:300], "damaged"),
        (HEIC[:-60], "damaged"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(50), "video"),
        (b"PK\x03\x04" + bytes(50), "archive"),
        (encode(two_halves(), "PNG")[:90], "damaged"),
        (encode(two_halves(size=(400, 400)), "JPEG")[:900], "damaged"),
        (encode(Image.new("RGB", (1, 1)), "PNG"), "1×1"),
        (encode(Image.new("RGB", (2000, 20)), "PNG"), "strip"),
        (encode(Image.new("RGB", (6000, 60)), "PNG"), "strip"),
        (png_claiming(60_000, 60_000), "megapixels"),
        (png_claiming(11_000, 11_000), "megapixels"),
        (png_claiming(4_000, 4_000), "damaged"),
    ],
)
def test_unusable_bytes_get_one_sentence(data, words):
    with pytest.raises(IntakeError) as caught:
        read_image(data, "thing.png")
    sentence = caught.value.sentence
    assert words in sentence and sentence.endswith(".") and "\n" not in sentence
    assert caught.value.cause


def test_the_size_limit_is_named():
    with pytest.raises(IntakeError, match="limit is 1 MiB"):
        read_image(bytes(3 * 2**20), "big.png", max_bytes=2**20)


def test_the_pixel_limit_admits_a_medium_format_camera():
    assert MAX_PIXELS >= 12_000 * 9_000


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_raise_anything_else(seed):
    random = np.random.default_rng(seed)
    kind = ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF"][seed % 7]
    data = bytearray(encode(two_halves(), kind))
    for position in random.integers(0, len(data), 12):
        data[position] = random.integers(0, 256)
    try:
        assert read_image(bytes(data), "x").rgb.mode == "RGB"
    except IntakeError as error:
        assert error.sentence


def test_hostile_file_names_are_harmless_in_a_sentence():
    assert shown_name("../../etc/<@123> `x`.png") == "123 x.png"
    assert len(shown_name("a" * 400 + ".png")) < 50
    assert shown_name("\u202e\n") == "the file"


def test_same_pixels_same_bytes():
    data = encode(two_halves(), "PNG")
    assert read_image(data, "a").png() == read_image(data, "b").png()


MEASURE = """
import resource, sys
from bot.intake import read_image

data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_image(data, "bomb.png")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def flat_png(side, depth, colour_type, pixel):
    """A PNG of one colour: a few hundred kilobytes, however large the picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(6), b"\0" + pixel * side
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
@pytest.mark.parametrize(
    ("depth", "colour_type", "pixel", "own_bytes"),
    [(16, 0, b"\x12\x34", 2), (8, 6, b"\x12\x34\x56\x80", 4)],
    ids=["sixteen bits", "transparent"],
)
def test_a_small_file_that_unfolds_takes_little_more_memory_than_its_pixels(depth, colour_type, pixel, own_bytes):
    side = 7000
    result = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=flat_png(side, depth, colour_type, pixel),
        capture_output=True,
        check=True,
    )
    assert int(result.stdout) < side * side * own_bytes / 2**20 + 150


def test_very_large_pictures_are_read_one_at_a_time(monkeypatch):
    data, inside, most = encode(two_halves(size=(4200, 4200)), "PNG"), [], []
    real = ImageFile.ImageFile.load

    def watched(image):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        loaded = real(image)
        inside.pop()
        return loaded

    monkeypatch.setattr(ImageFile.ImageFile, "load", watched)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: read_image(data, "large.png"), range(3)))
    assert len(most) >= 3 and max(most) == 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "I;16", "F", "CMYK"])
def test_a_very_large_picture_looks_like_a_smaller_copy_of_itself(monkeypatch, mode):
    """The same picture, read as large and read as usual."""
    picture = two_halves(size=(2600, 1900))
    ImageDraw.Draw(picture).ellipse((300, 200, 1200, 1700), fill=(230, 220, 90))
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    elif mode in ("I;16", "F"):
        levels = np.asarray(picture.convert("L")).astype(np.float32) / 255
        picture = Image.fromarray((levels * 65535).astype(np.uint16) if mode == "I;16" else levels)
    else:
        picture = picture.convert(mode)
    data = encode(picture, "TIFF" if mode in ("F", "CMYK") else "PNG")
    monkeypatch.setattr("bot.intake.WORKING_SIDE", 600)
    usual = read_image(data, "x")
    monkeypatch.setattr("bot.intake.LARGE_PIXELS", 1_000_000)
    monkeypatch.setattr("bot.colour._STRIP_PIXELS", 300_000)
    large = read_image(data, "x")
    assert large.rgb.size == usual.rgb.size == (600, 438)
    differences = np.abs(np.asarray(large.rgb, int) - np.asarray(usual.rgb, int))
    assert differences.mean() < 1 and (large.alpha is None) is (usual.alpha is None)
    if usual.alpha is not None:
        assert np.abs(np.asarray(large.alpha, int) - np.asarray(usual.alpha, int)).max() <= 2


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_very_large_picture_is_turned_as_its_camera_was_held(monkeypatch, kind):
    monkeypatch.setattr("bot.intake.LARGE_PIXELS", 100_000)
    monkeypatch.setattr("bot.intake.WORKING_SIDE", 200)
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = read_image(encode(two_halves(size=(800, 600)), kind, exif=exif), "phone")
    assert clean.rgb.size == (150, 200)
    assert close(clean.rgb.getpixel((75, 10)), (200, 30, 40)) and close(clean.rgb.getpixel((75, 190)), (20, 60, 180))
