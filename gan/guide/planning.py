"""Chooses what the variants of one request shall be."""

from __future__ import annotations

from dataclasses import dataclass

from gan.guide.cloth import StyleCloth
from gan.guide.form import GarmentForm
from gan.request import Mode, RenderRequest, StyleUse


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """How one variant is laid: the arguments of `lay_guide`."""

    mode: Mode
    scale: float
    angle: float
    seed: int


_PLANS: dict[str, tuple[tuple[Mode, float, float], ...]] = {
    "print": ((Mode.PRINT, 1.0, 0.0), (Mode.PRINT, 1.6, 0.0), (Mode.PRINT, 1.0, 45.0), (Mode.PRINT, 0.6, 0.0)),
    "upright print": ((Mode.PRINT, 1.0, 0.0), (Mode.PRINT, 1.6, 0.0), (Mode.PRINT, 2.5, 0.0), (Mode.PRINT, 0.6, 0.0)),
    "picture": ((Mode.PRINT, 1.0, 0.0), (Mode.PAINT, 1.0, 0.0), (Mode.PRINT, 2.0, 0.0), (Mode.PALETTE, 1.0, 0.0)),
    # In patches of paint nobody would know a face or an animal again; much larger, it leaves the garment.
    "figure": ((Mode.PRINT, 1.0, 0.0), (Mode.PLACEMENT, 1.0, 0.0), (Mode.PRINT, 1.5, 0.0), (Mode.PALETTE, 1.0, 0.0)),
    "plain": ((Mode.PRINT, 1.0, 0.0), *((Mode.PALETTE, 1.0, 0.0),) * 3),  # the colour itself, then shades of it
    "paint": ((Mode.PAINT, 1.0, 0.0), (Mode.PAINT, 1.6, 0.0), (Mode.PAINT, 0.65, 0.0), (Mode.PAINT, 1.0, 90.0)),
    "palette": ((Mode.PALETTE, 1.0, 0.0),) * 4,
    # On the chest, over most of the front, small on the wearer's left, and between.
    "placement": tuple((Mode.PLACEMENT, scale, 0.0) for scale in (1.0, 1.3, 0.4, 0.7)),
    "motif": ((Mode.PRINT, 1.0, 0.0), (Mode.PLACEMENT, 1.0, 0.0), (Mode.PRINT, 1.6, 0.0), (Mode.PLACEMENT, 0.4, 0.0)),
}


def plan_variants(cloth: StyleCloth, form: GarmentForm, request: RenderRequest) -> list[VariantPlan]:
    """Return the request's variants, really different from each other.

    Variant i has seed `request.seed + i`; scales are factors of the request's. A request with a mode and an angle is
    laid as it says, whatever its place in the plan would be; with mode auto the angle turns every variant of the plan.

    Args:
        cloth: the prepared style; its kind decides what `auto` means.
        form: the garment.
        request: mode, number of variants, scale, angle and seed are read.
    """
    if request.angle is not None and request.mode is not Mode.AUTO:
        seeds = range(request.seed, request.seed + request.variants)
        return [VariantPlan(request.mode, request.scale, request.angle, seed) for seed in seeds]
    kind = str(request.mode)
    if request.mode is Mode.AUTO:
        # Paint is for pictures: scattered in patches, a cloth's flowers and checks come out as mush.
        kind = _kind(cloth)
    if kind == "print" and cloth.is_upright:
        kind = "upright print"
    return [
        VariantPlan(mode, round(scale * request.scale, 4), angle + (request.angle or 0.0), request.seed + index)
        for index, (mode, scale, angle) in enumerate(_PLANS[kind][: request.variants])
    ]


def _kind(cloth: StyleCloth) -> str:
    if cloth.is_plain:
        return "plain"
    if cloth.use is StyleUse.MOTIF:
        return "motif"
    if cloth.shows_figure:
        return "figure"
    return "picture" if cloth.is_picture else "print"
