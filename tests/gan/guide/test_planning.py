"""Variants of one request are really different and can be made again."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from gan.guide import GarmentForm, lay_guide, plan_variants, prepare_style
from gan.patterns import draw_pattern
from gan.request import Mode, RenderRequest, Variant


def request(mode: Mode, variants: int = 4, seed: int = 0, scale: float = 1.0) -> RenderRequest:
    return RenderRequest(Path("g"), Path("s"), Path("o"), variants=variants, mode=mode, seed=seed, scale=scale)


@pytest.fixture(params=["pattern", "picture", "texture"])
def style(request: pytest.FixtureRequest, scene: np.ndarray) -> np.ndarray:
    choices = {
        "pattern": draw_pattern("argyle", 200),
        "picture": scene,
        "texture": draw_pattern("leopard", 230)[3:, 5:],
    }
    return choices[request.param]


@pytest.mark.parametrize("mode", list(Mode))
def test_four_variants_look_different(form: GarmentForm, style: np.ndarray, mode: Mode) -> None:
    cloth, inside = prepare_style(style), form.alpha > 0.9
    plans = plan_variants(cloth, form, request(mode, seed=11))
    guides = [
        lay_guide(cloth, form, plan.mode, plan.scale, plan.angle, plan.seed)[inside].astype(float) for plan in plans
    ]
    assert len(guides) == 4
    least = 2 if mode is Mode.PLACEMENT else 4  # most of the cloth is the garment's own colour in all four
    assert min(np.abs(first - second).mean() for first, second in combinations(guides, 2)) > least


@pytest.mark.parametrize("mode", [Mode.PRINT, Mode.PAINT, Mode.PALETTE, Mode.PLACEMENT])
def test_an_explicit_mode_is_kept(form: GarmentForm, style: np.ndarray, mode: Mode) -> None:
    plans = plan_variants(prepare_style(style), form, request(mode))
    assert {plan.mode for plan in plans} == {mode}


def test_auto_suits_the_style(form: GarmentForm, scene: np.ndarray) -> None:
    of_pattern = plan_variants(prepare_style(draw_pattern("tartan", 200)), form, request(Mode.AUTO))
    of_picture = plan_variants(prepare_style(scene), form, request(Mode.AUTO))
    of_flowers = plan_variants(prepare_style(draw_pattern("floral", 230)[3:, 5:]), form, request(Mode.AUTO))
    of_people = plan_variants(replace(prepare_style(scene), shows_figure=True), form, request(Mode.AUTO))
    assert {plan.mode for plan in of_people} == {Mode.PRINT, Mode.PLACEMENT, Mode.PALETTE}
    assert {plan.mode for plan in of_pattern} == {Mode.PRINT}
    assert {plan.mode for plan in of_flowers} == {Mode.PRINT} and of_flowers[2].angle == 45
    assert {plan.mode for plan in of_picture} == {Mode.PRINT, Mode.PAINT, Mode.PALETTE}


@pytest.mark.parametrize("seed", range(4))
def test_one_colour_is_laid_as_it_is_and_in_shades(form: GarmentForm, seed: int) -> None:
    style = np.full((90, 120, 3), (160, 40, 60), np.uint8)
    cloth, inside = prepare_style(style), form.alpha > 0.9
    plans = plan_variants(cloth, form, request(Mode.AUTO, seed=seed))
    guides = [
        lay_guide(cloth, form, plan.mode, plan.scale, plan.angle, plan.seed)[inside].astype(float) for plan in plans
    ]
    assert np.abs(guides[0] - style[0, 0]).max() <= 1
    differences = [np.abs(first - second).mean() for first, second in combinations(guides, 2)]
    assert sum(difference > 8 for difference in differences) >= 5


def standing(shape: str) -> np.ndarray:
    """A pattern of small trees, or of what is the same upside down."""
    style = np.full((240, 240, 3), (235, 228, 214), np.uint8)
    for y in range(0, 240, 60):
        for x in range(0, 240, 60):
            if shape == "trees":
                corners = np.array([(x + 30, y + 8), (x + 14, y + 44), (x + 46, y + 44)])
                cv2.fillPoly(style, [corners], (30, 90, 60))
            else:
                cv2.ellipse(style, (x + 30, y + 30), (20, 9), 30, 0, 360, (30, 90, 60), -1)
    return style


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.PRINT])
def test_what_has_an_up_and_a_down_is_not_laid_askew(form: GarmentForm, mode: Mode) -> None:
    angles = {
        name: {plan.angle for plan in plan_variants(prepare_style(style), form, request(mode))}
        for name, style in {
            "trees": standing("trees"),
            "seeds": standing("seeds"),
            "tartan": draw_pattern("royal stewart tartan", 240),
        }.items()
    }
    assert angles == {"trees": {0.0}, "seeds": {0.0, 45.0}, "tartan": {0.0, 45.0}}


def test_seeds_scale_and_number_are_obeyed(form: GarmentForm, style: np.ndarray) -> None:
    cloth = prepare_style(style)
    plans = plan_variants(cloth, form, request(Mode.AUTO, variants=3, seed=40, scale=2.0))
    assert [plan.seed for plan in plans] == [40, 41, 42]
    usual = plan_variants(cloth, form, request(Mode.AUTO, variants=3, seed=40))
    assert [plan.scale for plan in plans] == pytest.approx([2 * plan.scale for plan in usual])


def test_another_seed_gives_other_pictures(form: GarmentForm, style: np.ndarray) -> None:
    cloth, inside = prepare_style(style), form.alpha > 0.9
    pairs = zip(*(plan_variants(cloth, form, request(Mode.PRINT, seed=seed)) for seed in (1, 100)), strict=True)
    for first, second in pairs:
        a, b = (
            lay_guide(cloth, form, plan.mode, plan.scale, plan.angle, plan.seed)[inside] for plan in (first, second)
        )
        assert np.abs(a.astype(float) - b).mean() > 2


@pytest.mark.parametrize("number", range(4))
def test_one_variant_can_be_planned_again_from_what_was_recorded(
    form: GarmentForm, style: np.ndarray, number: int
) -> None:
    cloth, first = prepare_style(style), request(Mode.AUTO, seed=40, scale=0.7)
    plan = plan_variants(cloth, form, first)[number]
    recorded = Variant(Path("v"), plan.mode, plan.scale, plan.angle, plan.seed, 300, 360)
    again = RenderRequest.from_json(json.loads(json.dumps(recorded.again(first).to_json())))
    assert plan_variants(cloth, form, again) == [plan]


def test_an_angle_turns_every_variant_of_an_automatic_plan(form: GarmentForm, style: np.ndarray) -> None:
    cloth = prepare_style(style)
    usual, turned = (plan_variants(cloth, form, replace(request(Mode.AUTO), angle=angle)) for angle in (None, 30.0))
    assert [plan.angle for plan in turned] == [plan.angle + 30 for plan in usual]
    assert [plan.scale for plan in turned] == [plan.scale for plan in usual]
    assert {plan.angle for plan in plan_variants(cloth, form, replace(request(Mode.PRINT), angle=30.0))} == {30.0}
