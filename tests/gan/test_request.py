"""What a request may hold, and that it says so in a sentence for the person who asked."""

from dataclasses import replace
from pathlib import Path

import pytest

from gan.request import MAX_SEED, MaskEdit, Mode, Part, Region, RenderError, RenderRequest, Variant

REQUEST = RenderRequest(Path("garment.png"), Path("style.png"), Path("out"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"variants": 0},
        {"variants": 5},
        {"scale": 0.0},
        {"scale": -1.0},
        {"scale": 11.0},
        {"scale": float("nan")},
        {"strength": -0.5},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"seed": -1},
        {"seed": MAX_SEED + 1},
        {"size": 0},
        {"size": -5},
        {"size": 2049},
        {"angle": float("inf")},
        {"angle": float("nan")},
    ],
    ids=lambda wrong: " ".join(f"{key} {value}" for key, value in wrong.items()),
)
def test_what_cannot_be_rendered_is_said_in_one_sentence(wrong):
    for refuse in (lambda: replace(REQUEST, **wrong), lambda: RenderRequest.from_json({**REQUEST.to_json(), **wrong})):
        with pytest.raises(RenderError) as raised:
            refuse()
        sentence = str(raised.value)
        assert sentence.endswith(".") and "\n" not in sentence
        assert str(next(iter(wrong.values()))).removesuffix(".0") in sentence or "per cent" in sentence


@pytest.mark.parametrize(
    "edge",
    [
        {"variants": 1},
        {"variants": 4},
        {"strength": 0.0},
        {"seed": MAX_SEED},
        {"size": 1},
        {"size": 2048},
        {"angle": -720.0},
    ],
    ids=str,
)
def test_the_edges_of_what_is_allowed_are_allowed(edge):
    assert RenderRequest.from_json(replace(REQUEST, **edge).to_json()) == replace(REQUEST, **edge)


def test_everything_comes_back_from_json():
    request = replace(
        REQUEST,
        mode=Mode.PAINT,
        region=Region.BACKGROUND,
        mask=Path("mask.png"),
        mask_edit=MaskEdit(-2, True, Part.UPPER),
        size=640,
        angle=12.5,
    )
    assert RenderRequest.from_json(request.to_json()) == request


@pytest.mark.parametrize("scale", [0.25 * 0.4, 4 * 2.5])
def test_a_plans_smallest_and_largest_variants_can_be_made_again(scale):
    variant = Variant(Path("one.png"), Mode.PRINT, scale, 45.0, 7, 30, 40)
    assert variant.again(REQUEST).scale == scale
