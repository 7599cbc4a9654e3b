import cv2
import numpy as np

from gan.data.plain import measure_plainness
from tests.gan.wardrobe import plain_garment


def test_lettering_checks_and_colours_are_not_plain():
    picture, mask = plain_garment(0, 320, 240)
    assert measure_plainness(picture, mask).is_plain
    lettered = picture.copy()
    cv2.putText(lettered, "BOSTON", (60, 150), cv2.FONT_HERSHEY_DUPLEX, 1.0, [90, 85, 80], 3)
    assert not measure_plainness(lettered, mask).is_plain
    checked = picture.copy()
    checked[::2, ::2] //= 2
    assert not measure_plainness(checked, mask).is_plain
    printed = picture.copy()
    printed[100:160, 90:150] = (200, 40, 40)
    assert not measure_plainness(printed, mask).is_plain
    assert not measure_plainness(picture // 6, mask).is_plain


def test_dark_plain_garments_are_a_kind_of_their_own():
    picture, mask = plain_garment(0, 320, 240, colour=(38, 36, 44))
    measured = measure_plainness(picture, mask)
    assert measured.is_dark_plain
    assert not measured.is_plain
    lettered = picture.copy()
    cv2.putText(lettered, "BOSTON", (60, 150), cv2.FONT_HERSHEY_DUPLEX, 1.0, [200, 200, 200], 3)
    assert not measure_plainness(lettered, mask).is_dark_plain
    badged = picture.copy()
    badged[100:150, 90:140] = (200, 40, 40)
    assert not measure_plainness(badged, mask).is_dark_plain
    light, _ = plain_garment(0, 320, 240)
    assert not measure_plainness(light, mask).is_dark_plain


def test_patterned_garments_are_told_from_glossy_and_worn_ones():
    picture, mask = plain_garment(0, 320, 240)
    down, across = np.mgrid[:320, :240]
    worn = np.clip((0.4 + 0.6 * np.sin(across / 12) ** 2)[..., None] * (90, 110, 150), 0, 255).astype(np.uint8)
    glossy = (np.exp(-(((down % 40) - 20) ** 2) / 50)[..., None] * 70 + (30, 28, 34)).astype(np.uint8)
    for unprinted in (picture, worn, glossy):
        measured = measure_plainness(unprinted, mask)
        assert measured.is_unpatterned
        assert not measured.is_patterned
    striped = np.where((down // 16 % 2)[..., None] > 0, picture, picture // 8)
    dotted = picture.copy()
    for number in range(120):
        cv2.circle(dotted, (50 + number % 10 * 15, 50 + number // 10 * 20), 5, [60, 90, 200], -1)
    for printed in (striped, dotted):
        measured = measure_plainness(printed, mask)
        assert measured.is_patterned
        assert not measured.is_unpatterned
    nothing = measure_plainness(picture, np.zeros_like(mask))
    assert not nothing.is_patterned
    assert not nothing.is_unpatterned
