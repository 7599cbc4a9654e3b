"""All variants drawn together, as on a GPU, against the pictures that the CPU draws one by one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.devices import Compute, choose_compute
from gan.guide import StyleCloth, VariantPlan, plan_variants, prepare_style
from gan.pictures import read_picture
from gan.rendering.control_network import ControlNetwork
from gan.rendering.renderer import Renderer
from gan.rendering.scene import MaskedGarment, Scene, load_garment
from gan.request import MAX_VARIANTS, Mode, Region, RenderRequest, RenderResult
from tests.gan.scenery import checks, load, shirt_alpha, shirt_photo, shirt_request

SAMPLES = Path(__file__).parents[3] / "bot" / "playground" / "samples"
PRINT, PAINT, PALETTE = (VariantPlan(mode, 1.2, 20.0, 5) for mode in (Mode.PRINT, Mode.PAINT, Mode.PALETTE))
TURNED = VariantPlan(Mode.PRINT, 0.7, 130.0, 6)
PLACEMENT = VariantPlan(Mode.PLACEMENT, 1.2, 20.0, 5)


@pytest.fixture(scope="module")
def network() -> ControlNetwork:
    return ControlNetwork(choose_compute("cpu", 1))


@pytest.fixture(scope="module")
def scene(network) -> Scene:
    alpha = shirt_alpha(180, 240)
    return Scene(MaskedGarment(shirt_photo(180, 240), alpha, alpha, None), network)


@pytest.fixture(scope="module")
def cloth() -> StyleCloth:
    return prepare_style(read_picture(SAMPLES / "styles" / "fruit-print.jpg"))


def assert_same_within_rounding(scene: Scene, cloth: StyleCloth, plans: list[VariantPlan], strength: float) -> None:
    for plan, picture in zip(plans, scene.draw_all(cloth, plans, strength), strict=True):
        expected = scene.draw(cloth, plan, strength)
        assert picture.shape == expected.shape and picture.dtype == np.uint8
        difference = np.abs(picture.astype(int) - expected)
        assert difference[scene.garment.alpha > 0.5].mean() < 0.4, plan
        assert difference.max() <= 4, plan


@pytest.mark.parametrize("strength", [1.0, 0.5])
@pytest.mark.parametrize(
    "plans",
    [[PRINT, TURNED], [PAINT], [PALETTE], [PLACEMENT], [PALETTE, PRINT, PAINT, TURNED]],
    ids=["print", "paint", "palette", "placement", "mixed"],
)
def test_drawn_together_as_one_by_one(scene, cloth, plans, strength):
    assert_same_within_rounding(scene, cloth, plans, strength)


@pytest.mark.parametrize(
    ("garment", "style", "mode"),
    [
        ("linen-shirt", "red-tartan", Mode.AUTO),
        ("denim-dress", "seascape-painting", Mode.AUTO),
        ("sand-joggers", "orange-ikat", Mode.PRINT),
        ("leather-pumps", "golden-circles", Mode.PRINT),
    ],
)
def test_samples_are_drawn_together_as_one_by_one(network, tmp_path, garment, style, mode):
    """Real garments with sleeves, legs or two parts, in styles that repeat and styles that do not."""
    files = SAMPLES / "garments" / f"{garment}.jpg", SAMPLES / "styles" / f"{style}.jpg"
    request = RenderRequest(*files, tmp_path, mode=mode, size=400, seed=3)
    scene, cloth = Scene(load_garment(request), network), prepare_style(read_picture(request.style))
    assert_same_within_rounding(scene, cloth, plan_variants(cloth, scene.form, request), 1.0)


@pytest.mark.parametrize(
    "other",
    [replace(PRINT, angle=21.0), replace(PRINT, scale=1.21), replace(PRINT, seed=6)],
    ids=["angle", "scale", "offset"],
)
def test_the_tolerance_sees_a_cloth_laid_a_little_differently(scene, cloth, other):
    difference = np.abs(scene.draw_all(cloth, [PRINT], 1.0)[0].astype(int) - scene.draw(cloth, other, 1.0))
    assert difference[scene.garment.alpha > 0.5].mean() > 1.2
    assert difference.max() > 30


def test_no_strength_gives_the_photo_back(scene, cloth):
    for picture in scene.draw_all(cloth, [PRINT, PALETTE], 0.0):
        assert (picture == scene.garment.picture).all()


def test_the_background_stays_byte_for_byte(scene, cloth):
    outside = scene.garment.alpha == 0
    for picture in scene.draw_all(cloth, [PRINT, PAINT, PALETTE, TURNED], 1.0):
        assert (picture[outside] == scene.garment.picture[outside]).all()
        assert (picture[~outside] != scene.garment.picture[~outside]).mean() > 0.5


def test_a_variant_is_the_same_alone_and_among_others(scene, cloth):
    plans = [PRINT, PAINT, TURNED, PALETTE]
    together = scene.draw_all(cloth, plans, 1.0)
    for plan, picture in zip(plans, together, strict=True):
        assert (scene.draw_all(cloth, [plan], 1.0)[0] == picture).all()
    assert (scene.draw_all(cloth, [TURNED, PRINT], 1.0)[1] == together[0]).all()


def test_a_style_never_gets_the_tiles_of_another(scene, cloth):
    scene.draw_all(cloth, [PRINT], 1.0)
    assert_same_within_rounding(scene, prepare_style(checks()), [PRINT], 1.0)


def test_none_or_too_many_variants_are_refused(scene, cloth):
    for count in (0, MAX_VARIANTS + 1):
        with pytest.raises(ValueError, match="drawn together"):
            scene.draw_all(cloth, [replace(PRINT, seed=seed) for seed in range(count)], 1.0)


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (301, 7), (37, 53)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_odd_sizes_and_shapes(network, cloth, size):
    width, height = size
    photo = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    whole = np.ones((height, width), np.float32)
    scene = Scene(MaskedGarment(photo, whole, whole, None), network)
    for plan, picture in zip([PRINT, PAINT, PALETTE], scene.draw_all(cloth, [PRINT, PAINT, PALETTE], 1.0), strict=True):
        assert np.abs(picture.astype(int) - scene.draw(cloth, plan, 1.0)).mean() < 1


def assert_renders_like(expected: RenderResult, renderer: Renderer, request: RenderRequest, closeness: float) -> None:
    steps: list[int] = []
    drawn = renderer.render(request, lambda progress: steps.append(progress.done))
    assert steps == list(range(2 + request.variants + 1))
    for variant, other in zip(drawn.variants, expected.variants, strict=True):
        assert variant.file.name == other.file.name
        assert np.abs(load(variant.file).astype(int) - load(other.file)).mean() < closeness
        alone = renderer.render(replace(variant.again(request), output=request.output / f"again-{variant.seed}"))
        assert alone.variants[0].file.read_bytes() == variant.file.read_bytes()


def rendered_on_the_cpu(request: RenderRequest) -> RenderResult:
    renderer = Renderer("cpu", threads=1)
    result = renderer.render(replace(request, output=request.output.with_name("expected")))
    renderer.close()
    return result


def test_the_renderer_draws_together_where_there_is_a_gpu(tmp_path, monkeypatch):
    """The CPU pretends to be one."""
    request = shirt_request(tmp_path, MAX_VARIANTS)
    expected = rendered_on_the_cpu(request)
    monkeypatch.setattr(Compute, "is_cuda", property(lambda _: True))
    monkeypatch.setattr(Scene, "draw", None)
    renderer = Renderer("cpu", threads=1)
    renderer.warm_up()
    assert_renders_like(expected, renderer, request, 0.4)
    renderer.close()


def test_a_gpu_without_room_for_all_variants_leaves_them_to_the_cpu(tmp_path, monkeypatch, caplog):
    request = shirt_request(tmp_path, MAX_VARIANTS)
    expected = rendered_on_the_cpu(request)
    renderer = Renderer("cpu", threads=1)
    monkeypatch.setattr(Compute, "is_cuda", property(lambda _: True))

    def no_room(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Scene, "draw_all", no_room)
    assert_renders_like(expected, renderer, request, 0.001)
    assert "cpu has no room for 4 variants at once: drawing these on the CPU" in caplog.text
    renderer.close()


def test_a_gpu_that_cannot_draw_is_asked_once(tmp_path, monkeypatch, caplog):
    request = shirt_request(tmp_path, MAX_VARIANTS)
    expected = rendered_on_the_cpu(request)
    renderer = Renderer("cpu", threads=1)
    monkeypatch.setattr(Compute, "is_cuda", property(lambda _: True))
    asked: list[Scene] = []

    def lacking(scene: Scene, *_: object) -> None:
        asked.append(scene)
        raise NotImplementedError("'aten::x' is not available for the 'CUDA' backend")

    monkeypatch.setattr(Scene, "draw_all", lacking)
    for _ in range(2):
        assert_renders_like(expected, renderer, request, 0.001)
    assert len(asked) == 1
    assert "cpu cannot draw" in caplog.text and "not available for the 'CUDA' backend" in caplog.text
    renderer.close()


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"),
    ],
    ids=["lost device", "fault of ours"],
)
def test_other_errors_of_a_gpu_are_not_hidden_by_drawing_on_the_cpu(tmp_path, monkeypatch, error):
    renderer = Renderer("cpu", threads=1)
    monkeypatch.setattr(Compute, "is_cuda", property(lambda _: True))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Scene, "draw_all", fail)
    with pytest.raises(type(error)) as raised:
        renderer.render(shirt_request(tmp_path, 1))
    assert raised.value is error
    renderer.close()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("region", [Region.GARMENT, Region.WHOLE])
def test_a_gpu_renders_as_the_cpu_does(tmp_path, region):
    """Its networks may run in bfloat16, so lights differ a little; the cloth must not be shifted."""
    renderer = Renderer("cuda", threads=2)
    renderer.warm_up()
    request = replace(shirt_request(tmp_path, MAX_VARIANTS), region=region)
    assert_renders_like(rendered_on_the_cpu(request), renderer, request, 3.0)
    renderer.close()
