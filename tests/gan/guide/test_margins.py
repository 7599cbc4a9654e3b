"""What surrounds a style on its picture does not get onto the garment; what belongs to it stays."""

import cv2
import numpy as np
import pytest

from gan.guide.cloth import prepare_style
from gan.guide.margins import without_margins
from gan.patterns import draw_pattern
from gan.request import StyleUse

WHITE, BLACK, PAPER = (255, 255, 255), (0, 0, 0), (236, 238, 232)


def framed(style: np.ndarray, top: int, bottom: int, left: int, right: int, colour: tuple[int, ...]) -> np.ndarray:
    """Put a picture on plain ground, as a JPEG file holds it."""
    page = cv2.copyMakeBorder(style, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour)
    packed = cv2.imencode(".jpg", page[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])


def screenshot(style: np.ndarray) -> np.ndarray:
    """A shop's page on a phone: the time, the picture, its name, a button."""
    page = np.full((900, 420, 3), 255, np.uint8)
    page[150:570] = cv2.resize(style, (420, 420))
    for text, place in (("9:41", (20, 40)), ("Cotton, printed", (20, 620)), ("12.99 a yard", (20, 660))):
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, BLACK, 2)
    cv2.rectangle(page, (20, 700), (400, 760), (30, 30, 30), -1)
    return page


def assert_about(found: np.ndarray, style: np.ndarray) -> None:
    """A pixel of blur may be missing at each side, but nothing of the ground may be left."""
    assert found.shape[:2] == pytest.approx(style.shape[:2], rel=0.02)
    likeness = cv2.matchTemplate(style, found[6:-6, 6:-6], cv2.TM_CCOEFF_NORMED).max()
    assert likeness > 0.9


@pytest.mark.parametrize("words", ["tartan", "floral", "leopard", "paisley"])
@pytest.mark.parametrize(
    ("margins", "colour"),
    [((40, 40, 40, 40), WHITE), ((90, 90, 0, 0), BLACK), ((0, 0, 60, 60), BLACK), ((20, 120, 30, 30), PAPER)],
)
def test_plain_margins_are_cut_off(words: str, margins: tuple[int, int, int, int], colour: tuple[int, ...]) -> None:
    style = draw_pattern(words, 400)
    assert_about(without_margins(framed(style, *margins, colour)), style)


def test_a_painting_in_a_frame_is_still_a_painting(scene: np.ndarray) -> None:
    page = framed(scene, 30, 30, 30, 30, BLACK)
    assert_about(without_margins(page), scene)
    cloth = prepare_style(page)
    assert cloth.is_picture and cloth.use is StyleUse.INNER
    assert prepare_style(scene).use is StyleUse.WHOLE


def test_the_picture_is_taken_from_a_screenshot() -> None:
    style = draw_pattern("floral", 420)
    assert_about(without_margins(screenshot(style)), style)


def on_ground(shape: str) -> np.ndarray:
    style = np.full((240, 240, 3), (250, 246, 240), np.uint8)
    if shape == "one motif":
        cv2.circle(style, (120, 120), 80, (200, 30, 60), -1, cv2.LINE_AA)
        cv2.circle(style, (100, 100), 30, (20, 120, 60), -1, cv2.LINE_AA)
    elif shape == "stripes":
        for y in range(20, 240, 40):
            style[y : y + 20] = (30, 40, 120)
            style[y + 5 : y + 8] = (200, 160, 40)
    elif shape == "squares":
        for y, x in np.ndindex(4, 4):
            style[y * 60 + 10 : y * 60 + 50, x * 60 + 10 : x * 60 + 50] = (60, 90, 30)
            style[y * 60 + 22 : y * 60 + 38, x * 60 + 22 : x * 60 + 38] = (220, 120, 30)
    elif shape == "a plain square":
        style[60:180, 60:180] = (120, 30, 30)
    elif shape == "colour bands":
        for x, colour in enumerate([(200, 30, 60), (30, 160, 200), (240, 160, 40), (30, 60, 120)]):
            style[:, 60 * x : 60 * x + 60] = colour
    elif shape == "a flag":
        style[60:120], style[120:180] = (200, 30, 60), (30, 60, 120)
    elif shape == "a plain band above a print":
        style[80:] = draw_pattern("floral", 240)[80:]
    return style


@pytest.mark.parametrize(
    "shape",
    [
        "one motif",
        "stripes",
        "squares",
        "a plain square",
        "nothing",
        "colour bands",
        "a flag",
        "a plain band above a print",
    ],
)
def test_the_ground_between_motifs_is_no_margin(shape: str) -> None:
    style = on_ground(shape)
    assert without_margins(style) is style


@pytest.mark.parametrize(
    "words", ["navy stripes", "gingham", "white tartan", "dots", "houndstooth", "chevron", "argyle"]
)
def test_patterns_keep_all_they_have(words: str) -> None:
    for style in (draw_pattern(words, 200), np.ascontiguousarray(draw_pattern(words, 240)[9:201, 14:])):
        assert without_margins(style) is style


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (16, 16), (40, 2000)])
def test_odd_shapes_pass(shape: tuple[int, int]) -> None:
    plain = np.full((*shape, 3), 200, np.uint8)
    assert without_margins(plain) is plain
    noise = np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8)
    assert without_margins(noise) is noise
