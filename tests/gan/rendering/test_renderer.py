"""Whole renders on the CPU with the untrained generator: what stays, what changes, and that it can be repeated."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.guide import plan_variants, prepare_style
from gan.rendering.renderer import Renderer
from gan.rendering.scene import Scene, load_garment
from gan.request import FolderUnusableError, MaskEdit, Mode, Part, Progress, Region, RenderError, RenderRequest
from gan.shading import Controls, apply_controls, garment_shading
from tests.gan.scenery import checks, load, save, shirt_photo, shirt_request


@pytest.fixture(scope="module")
def renderer():
    made = Renderer("cpu", weights=None, threads=2)
    yield made
    made.close()


@pytest.fixture
def request_for_shirt(tmp_path) -> RenderRequest:
    return shirt_request(tmp_path, variants=2)


def mask_of(request: RenderRequest) -> np.ndarray:
    """The alpha as the renderer reads it from the person's mask."""
    assert request.mask is not None
    return load(request.mask).astype(np.float32) / 255


def digests(result) -> list[str]:
    return [hashlib.sha256(variant.file.read_bytes()).hexdigest() for variant in result.variants]


def test_untrained_picture_is_the_guide_in_the_garments_light(renderer, request_for_shirt):
    """With the whole picture as the region nothing is cropped, and the definition can be applied directly."""
    request = replace(request_for_shirt, region=Region.WHOLE, variants=1)
    variant = renderer.render(request).variants[0]

    photo, cloth = shirt_photo(), prepare_style(checks())
    scene = Scene(load_garment(request), renderer.network)
    guide = scene.guide(cloth, plan_variants(cloth, scene.form, request)[0])
    garment, cloth = (torch.from_numpy(x).permute(2, 0, 1)[None].float() / 255 for x in (photo, guide))
    shading = garment_shading(garment, torch.ones(1, 1, 160, 120))
    wanted = apply_controls(cloth, shading, Controls.identity(cloth))[0].permute(1, 2, 0).numpy() * 255

    difference = np.abs(load(variant.file) - wanted)
    # The coarse band is read at the network's size, so sharp edges of the busy background may differ slightly.
    assert difference.mean() < 4
    assert np.percentile(difference, 90) < 12


def test_background_is_byte_identical_and_the_garment_changes(renderer, request_for_shirt):
    result = renderer.render(request_for_shirt)

    alpha = mask_of(request_for_shirt)
    for variant in result.variants:
        picture = load(variant.file)
        assert (picture[alpha == 0] == shirt_photo()[alpha == 0]).all()
        assert np.abs(picture[alpha == 1].astype(int) - shirt_photo()[alpha == 1]).mean() > 30
    assert (load(result.mask) == np.rint(alpha * 255)).all()
    assert result.doubt is None


def test_same_request_same_bytes_whatever_the_threads(renderer, request_for_shirt, tmp_path):
    first = digests(renderer.render(request_for_shirt))
    single = Renderer("cpu", weights=None, threads=1)

    assert digests(renderer.render(replace(request_for_shirt, output=tmp_path / "again"))) == first
    assert digests(single.render(replace(request_for_shirt, output=tmp_path / "single"))) == first
    assert first[0] != first[1]


def test_same_request_same_bytes_in_another_process(renderer, request_for_shirt, tmp_path):
    elsewhere = replace(request_for_shirt, output=tmp_path / "elsewhere")
    script = (
        "import json, sys; from gan.rendering.renderer import Renderer; from gan.request import RenderRequest;"
        "Renderer('cpu', None).render(RenderRequest.from_json(json.loads(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", script, json.dumps(elsewhere.to_json())], check=True, timeout=120)

    for variant in renderer.render(request_for_shirt).variants:
        assert (elsewhere.output / variant.file.name).read_bytes() == variant.file.read_bytes()


def test_one_variant_is_the_first_of_four(renderer, request_for_shirt, tmp_path):
    four = renderer.render(replace(request_for_shirt, variants=4))
    one = renderer.render(replace(request_for_shirt, variants=1, output=tmp_path / "one"))

    assert digests(one)[0] == digests(four)[0]
    assert [variant.seed for variant in four.variants] == [11, 12, 13, 14]
    assert len(set(digests(four))) == 4


def test_a_result_s_own_mask_gives_the_same_pictures_again(renderer, request_for_shirt, tmp_path):
    """Whoever corrects a mask keeps everything that the correction does not touch."""
    garment = Path(__file__).parents[3] / "bot/playground/samples/garments/linen-shirt.jpg"
    found = renderer.render(replace(request_for_shirt, garment=garment, mask=None, size=300))
    again = renderer.render(
        replace(request_for_shirt, garment=garment, mask=found.mask, size=300, output=tmp_path / "again")
    )
    assert digests(again) == digests(found)


def test_no_strength_gives_the_garment_back(renderer, request_for_shirt):
    result = renderer.render(replace(request_for_shirt, strength=0.0))
    assert all((load(variant.file) == shirt_photo()).all() for variant in result.variants)


def test_half_strength_lies_between(renderer, request_for_shirt, tmp_path):
    full, half = (
        load(renderer.render(replace(request_for_shirt, strength=value, output=tmp_path / str(value))).variants[0].file)
        for value in (1.0, 0.5)
    )
    between = (full.astype(float) + shirt_photo()) / 2
    assert np.abs(half - between)[mask_of(request_for_shirt) == 1].max() <= 1


def test_background_region_leaves_the_garment(renderer, request_for_shirt):
    result = renderer.render(replace(request_for_shirt, region=Region.BACKGROUND))
    alpha, picture = mask_of(request_for_shirt), load(result.variants[0].file)

    assert (picture[alpha == 1] == shirt_photo()[alpha == 1]).all()
    assert np.abs(picture[alpha == 0].astype(int) - shirt_photo()[alpha == 0]).mean() > 30
    assert (load(result.mask) == np.rint(alpha * 255)).all(), "the mask stays the garment's, whatever the region"


def test_mask_edit_keeps_the_lower_half(renderer, request_for_shirt):
    result = renderer.render(replace(request_for_shirt, mask_edit=MaskEdit(part=Part.LOWER)))
    picture = load(result.variants[0].file)
    assert (picture[:70] == shirt_photo()[:70]).all()
    assert (picture[120:140, 40:80] != shirt_photo()[120:140, 40:80]).any()


def test_palette_keeps_the_garments_own_structure(renderer, request_for_shirt):
    picture = load(renderer.render(replace(request_for_shirt, mode=Mode.PALETTE, variants=1)).variants[0].file)
    folds, photo = (x[60:130, 40:80].mean(axis=(0, 2)) for x in (picture.astype(float), shirt_photo().astype(float)))
    assert np.corrcoef(folds, photo)[0, 1] > 0.9


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 300), (301, 7), (2500, 60), (37, 53)], ids=lambda size: f"{size[0]}x{size[1]}"
)
@pytest.mark.parametrize("mode", [Mode.PRINT, Mode.PAINT, Mode.PALETTE])
def test_odd_sizes_and_shapes_render(renderer, request_for_shirt, tmp_path, size, mode):
    width, height = size
    garment = save(tmp_path / "odd.png", np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8))
    mask = save(tmp_path / "odd-mask.png", np.full((height, width), 255, np.uint8))

    result = renderer.render(replace(request_for_shirt, garment=garment, mask=mask, mode=mode, variants=1))

    longest = max(size)
    factor = min(1, 2048 / longest)
    assert load(result.variants[0].file).shape == (max(1, round(height * factor)), max(1, round(width * factor)), 3)


@pytest.mark.parametrize("size", [32, 77, 320])
def test_size_sets_the_long_side(renderer, request_for_shirt, size):
    result = renderer.render(replace(request_for_shirt, size=size, variants=1))
    variant = result.variants[0]
    assert (variant.height, variant.width) == (size, round(size * 0.75)) == load(variant.file).shape[:2]
    assert load(result.mask).shape == (size, round(size * 0.75))


def test_progress_counts_up_to_the_end(renderer, request_for_shirt):
    steps: list[Progress] = []
    renderer.render(request_for_shirt, steps.append)
    assert [step.done for step in steps] == list(range(steps[-1].total + 1))
    assert all(step.stage for step in steps)


@pytest.mark.parametrize("moment", [0, 1, 3])
def test_progress_can_stop_the_render(renderer, request_for_shirt, moment):
    class StopError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.done == moment:
            raise StopError

    with pytest.raises(StopError):
        renderer.render(request_for_shirt, stop)
    assert len(renderer.render(request_for_shirt).variants) == 2


def test_bad_files_are_named_in_one_sentence(renderer, request_for_shirt, tmp_path):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    for broken in ({"garment": tmp_path / "none.png"}, {"style": text}, {"mask": text}, {"output": text}):
        with pytest.raises(FolderUnusableError if "output" in broken else RenderError) as raised:
            renderer.render(replace(request_for_shirt, **broken))
        assert str(raised.value).endswith(".") and "\n" not in str(raised.value)


def test_a_photo_without_a_garment_is_said(renderer, request_for_shirt, tmp_path):
    wall = save(tmp_path / "wall.png", np.full((300, 240, 3), 255, np.uint8))
    with pytest.raises(RenderError, match="find no garment"):
        renderer.render(replace(request_for_shirt, garment=wall, mask=None))


def test_nothing_left_to_restyle_is_said(renderer, request_for_shirt):
    with pytest.raises(RenderError, match="nothing to restyle"):
        renderer.render(replace(request_for_shirt, mask_edit=MaskEdit(grow=-60)))


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")])
def test_memory_that_runs_out_is_said(renderer, request_for_shirt, monkeypatch, error):
    def exhausted(*_: object) -> None:
        raise error

    monkeypatch.setattr(Scene, "draw", exhausted)
    with pytest.raises(RenderError, match="smaller size"):
        renderer.render(request_for_shirt)


def test_no_unfinished_files_are_left(renderer, request_for_shirt):
    result = renderer.render(request_for_shirt)
    expected: set[Path] = {variant.file for variant in result.variants} | {result.mask}
    assert set(request_for_shirt.output.iterdir()) == expected


def test_what_is_kept_from_one_garment_never_serves_another(renderer, request_for_shirt, tmp_path):
    """Same file names, other contents: the picture must follow the contents."""
    before = digests(renderer.render(request_for_shirt))
    save(request_for_shirt.garment, shirt_photo(colour=(40, 90, 200)))
    other_garment = digests(renderer.render(request_for_shirt))
    save(request_for_shirt.mask, np.full((160, 120), 255, np.uint8))
    other_mask = digests(renderer.render(request_for_shirt))
    fresh = Renderer("cpu", weights=None, threads=1)

    assert len({*before, *other_garment, *other_mask}) == 6
    assert digests(fresh.render(replace(request_for_shirt, output=tmp_path / "fresh"))) == other_mask


def test_each_variant_can_be_made_again_alone(renderer, request_for_shirt, tmp_path):
    request = replace(request_for_shirt, mode=Mode.AUTO, variants=4)
    wanted = renderer.render(request)
    for variant, digest in zip(wanted.variants, digests(wanted), strict=True):
        alone = renderer.render(replace(variant.again(request), output=tmp_path / f"again-{variant.seed}"))
        assert digests(alone) == [digest]
