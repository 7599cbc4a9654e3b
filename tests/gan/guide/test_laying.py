"""Guides: full size, repeatable, different by seed, turned and scaled as asked."""

import cv2
import numpy as np
import pytest

from gan.colour import oklab_from_srgb
from gan.guide import GarmentForm, analyse_garment, carries_shading, lay_guide, prepare_style, printing
from gan.guide.lattice import find_lattice
from gan.guide.printing import default_zoom
from gan.patterns import draw_pattern
from gan.request import Mode
from tests.gan.guide.drawn import TSHIRT, first_angle, shaded, silhouette

MODES = [Mode.PRINT, Mode.PAINT, Mode.PALETTE]
STYLES = {"pattern": draw_pattern("red and white dots", 240), "tones": draw_pattern("watercolour", 200)}


def difference(first: np.ndarray, second: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(first.astype(np.float32) - second.astype(np.float32)).mean(2)[where].mean())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("style", STYLES)
def test_a_guide_has_the_garments_size_and_the_same_bytes_again(form: GarmentForm, mode: Mode, style: str) -> None:
    cloth = prepare_style(STYLES[style])
    first = lay_guide(cloth, form, mode, 1.0, 0.0, 5)
    assert first.shape == (*form.size, 3) and first.dtype == np.uint8
    assert np.array_equal(first, lay_guide(cloth, form, mode, 1.0, 0.0, 5))


@pytest.mark.parametrize("mode", MODES)
def test_seeds_differ(form: GarmentForm, scene: np.ndarray, mode: Mode) -> None:
    cloth, inside = prepare_style(scene), form.alpha > 0.9
    guides = [lay_guide(cloth, form, mode, 1.0, 0.0, seed) for seed in range(3)]
    assert min(difference(guides[a], guides[b], inside) for a, b in ((0, 1), (0, 2), (1, 2))) > 4


def whole_frame(size: int) -> GarmentForm:
    """One flat panel: a plain cushion that fills the frame."""
    return analyse_garment(np.full((size, size, 3), 128, np.uint8), np.ones((size, size), np.float32))


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_print_keeps_the_period_at_the_asked_scale(scale: float) -> None:
    cloth, form = prepare_style(draw_pattern("navy dots", 300)), whole_frame(400)
    laid = find_lattice(lay_guide(cloth, form, Mode.PRINT, scale, 0.0, 0))
    assert laid is not None and cloth.lattice is not None
    assert laid.period == pytest.approx(cloth.lattice.period * default_zoom(cloth, form) * scale, rel=0.03)


@pytest.mark.parametrize("angle", [15.0, 30.0, -20.0])
def test_print_turns_clockwise_by_the_asked_angle(angle: float) -> None:
    cloth, form = prepare_style(draw_pattern("red gingham", 300)), whole_frame(400)
    laid = find_lattice(lay_guide(cloth, form, Mode.PRINT, 1.0, angle, 0))
    assert laid is not None
    assert abs((first_angle(laid) - angle + 45) % 90 - 45) < 1.5


def test_a_very_large_picture_is_laid_alike_from_fewer_texels(
    form: GarmentForm, scene: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloth, inside = prepare_style(scene), form.alpha > 0.9
    whole = lay_guide(cloth, form, Mode.PRINT, 8.0, 0.0, 0)
    monkeypatch.setattr(printing, "MOST_TEXELS", 1_000_000)
    image = printing.sized_tile(cloth, form, 8.0).image
    assert image.shape[0] * image.shape[1] <= 1_002_000
    assert difference(lay_guide(cloth, form, Mode.PRINT, 8.0, 0.0, 0), whole, inside) < 1.5


def test_the_pattern_scale_follows_the_garment_not_the_photo() -> None:
    cloth = prepare_style(draw_pattern("tartan", 300))
    zooms = [default_zoom(cloth, analyse_garment(*_tshirt(size))) for size in (180, 360)]
    assert zooms[1] == pytest.approx(2 * zooms[0], rel=0.05)


def _tshirt(height: int) -> tuple[np.ndarray, np.ndarray]:
    alpha = silhouette((height, height * 5 // 6), TSHIRT)
    return shaded(alpha, (90, 110, 160)), alpha


def test_print_turns_with_the_sleeve(form: GarmentForm) -> None:
    """Upright stripes stay upright on the body and run along the sleeve."""
    guide = lay_guide(prepare_style(draw_pattern("black stripes even", 200)), form, Mode.PRINT, 0.7, 0.0, 0)
    grey = cv2.GaussianBlur(cv2.cvtColor(guide, cv2.COLOR_RGB2GRAY), (0, 0), 1).astype(np.float32)
    across, down = cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)

    def stripe_direction(where: np.ndarray) -> float:
        double = np.arctan2(2 * (across * down)[where].sum(), (across**2 - down**2)[where].sum())
        return float(np.degrees(double / 2))  # of the gradient: 0 for upright stripes

    left = min((panel for panel in form.panels if panel.weight is not None), key=lambda panel: panel.anchor[0])
    top, bottom, start, end = left.box
    sleeve = np.zeros(form.size, bool)
    sleeve[top:bottom, start:end] = left.weight > 0.99 if left.weight is not None else False
    body = np.zeros(form.size, bool)
    body[180:300, 100:200] = True
    assert abs(stripe_direction(body)) < 6
    assert abs((stripe_direction(sleeve) - left.axis + 90) % 180 - 90) < 8


def test_shrinking_a_fine_pattern_makes_no_moire() -> None:
    """Averaged over blocks, a chequerboard is grey wherever one looks."""
    cloth, form = prepare_style(draw_pattern("check small", 600)), whole_frame(256)
    guide = lay_guide(cloth, form, Mode.PRINT, 0.25, 7.0, 0)
    blocks = cv2.resize(guide, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    assert blocks.std(axis=(0, 1)).max() < 12


def test_paint_follows_the_garments_light(scene: np.ndarray) -> None:
    alpha = np.ones((240, 240), np.float32)
    ramp = np.linspace(40, 220, 240).astype(np.uint8)[None, :, None].repeat(240, 0).repeat(3, 2)
    guide = lay_guide(prepare_style(scene), analyse_garment(ramp, alpha), Mode.PAINT, 0.8, 0.0, 1)
    grey = cv2.cvtColor(guide, cv2.COLOR_RGB2GRAY).astype(np.float32)
    assert grey[:, -80:].mean() > grey[:, :80].mean() + 10


def test_paint_uses_the_styles_colours_and_texture_but_not_its_layout(form: GarmentForm, scene: np.ndarray) -> None:
    guide = lay_guide(prepare_style(scene), form, Mode.PAINT, 1.0, 0.0, 2)
    inside = form.alpha > 0.9
    painted, own = oklab_from_srgb(guide)[inside], oklab_from_srgb(scene).reshape(-1, 3)
    low, high = np.quantile(own, [0.002, 0.998], axis=0)
    assert ((painted > low - 0.03) & (painted < high + 0.03)).all(1).mean() > 0.98
    detail = [np.abs(cv2.Laplacian(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.CV_32F)) for p in (guide, scene)]
    assert detail[0][inside].mean() > 0.4 * detail[1].mean()
    figure = np.ascontiguousarray(cv2.resize(scene, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)[30:120, 40:100])
    assert cv2.matchTemplate(guide, figure, cv2.TM_CCOEFF_NORMED).max() < 0.75


def printed_shirt() -> GarmentForm:
    """Black lettering on a white shirt."""
    alpha = silhouette((240, 200), TSHIRT)
    garment = shaded(alpha, (225, 225, 222))
    cv2.putText(garment, "LOGO", (55, 130), cv2.FONT_HERSHEY_DUPLEX, 1.1, (20, 20, 22), 6, cv2.LINE_AA)
    return analyse_garment(garment, alpha)


def two_colours() -> np.ndarray:
    style = np.zeros((100, 100, 3), np.uint8)
    style[:, :60], style[:, 60:] = (235, 190, 60), (60, 20, 90)
    return style


def test_palette_makes_a_two_colour_print_of_the_styles_colours() -> None:
    form, style = printed_shirt(), two_colours()
    guide = lay_guide(prepare_style(style), form, Mode.PALETTE, seed=0)
    dark = (form.garment.max(2) < 40) & (form.alpha > 0.9)
    light = (form.garment.min(2) > 190) & (form.alpha > 0.9)
    for where, colour in ((light, style[0, 0]), (dark, style[0, 99])):
        reached = np.median(oklab_from_srgb(guide)[where], axis=0)
        assert np.linalg.norm(reached - oklab_from_srgb(colour[None])[0]) < 0.09


@pytest.mark.parametrize("seed", range(4))
def test_palette_does_not_dye_a_garment_in_its_own_colour(seed: int) -> None:
    """A white shirt and a style that is mostly white: no variant may look as if nothing had happened."""
    form, style = printed_shirt(), np.full((100, 100, 3), 228, np.uint8)
    for column, colour in enumerate([(200, 40, 50), (30, 90, 160)]):
        style[:, 60 + 20 * column : 80 + 20 * column] = colour
    light = (form.garment.min(2) > 190) & (form.alpha > 0.9)
    before, after = (
        np.median(oklab_from_srgb(picture)[light], axis=0)
        for picture in (form.garment, lay_guide(prepare_style(style), form, Mode.PALETTE, seed=seed))
    )
    assert np.linalg.norm(after - before) > 0.1


def test_palette_keeps_the_drawing_and_adds_no_noise_or_bands() -> None:
    alpha = silhouette((240, 200), TSHIRT)
    form = analyse_garment(shaded(alpha, (150, 160, 170), seed=2), alpha)
    inside = cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 0.99
    for seed in range(3):
        guide = lay_guide(prepare_style(two_colours()), form, Mode.PALETTE, seed=seed)
        before, after = (oklab_from_srgb(picture)[..., 0] for picture in (form.garment, guide))
        assert np.corrcoef(before[inside], after[inside])[0, 1] > 0.95
        rough = [np.abs(cv2.Laplacian(plane, cv2.CV_32F))[inside].mean() for plane in (before, after)]
        assert rough[1] < 1.8 * rough[0] + 0.002


def test_only_palette_carries_the_garments_light() -> None:
    assert [mode for mode in MODES if carries_shading(mode)] == [Mode.PALETTE]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(1, 1), (9, 7), (30, 500)])
def test_tiny_garments_and_styles_work(mode: Mode, shape: tuple[int, int]) -> None:
    form = analyse_garment(np.full((*shape, 3), 99, np.uint8), np.ones(shape, np.float32))
    for style in (
        np.full((1, 1, 3), 7, np.uint8),
        np.random.default_rng(0).integers(0, 255, (8, 8, 3)).astype(np.uint8),
    ):
        assert lay_guide(prepare_style(style), form, mode, 0.25, 10.0, 1).shape == (*shape, 3)


def test_auto_and_senseless_scales_are_refused(form: GarmentForm) -> None:
    cloth = prepare_style(STYLES["pattern"])
    with pytest.raises(ValueError, match="planned"):
        lay_guide(cloth, form, Mode.AUTO)
    for scale in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="scale"):
            lay_guide(cloth, form, Mode.PRINT, scale)
