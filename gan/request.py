"""What a render is asked for and what it gives back. Plain data: importing this never loads torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

MAX_VARIANTS = 4
MAX_SIZE = 2048
MAX_SEED = 2**63 - 1
MIN_SCALE, MAX_SCALE = 0.1, 10.0
"""Wider than what people may ask for: a plan's variants are up to two and a half times larger or smaller."""


class RenderError(Exception):
    """The request cannot be rendered; the message is one sentence for the person who asked."""


class FolderUnusableError(OSError):
    """A folder cannot take pictures; the message names it, for whoever runs this machine and not for a chat."""


class Mode(StrEnum):
    """How the style is carried over: as cloth, as brushwork, as colours, printed once, or chosen by the style."""

    AUTO = "auto"
    PRINT = "print"
    PAINT = "paint"
    PALETTE = "palette"
    PLACEMENT = "placement"


class Region(StrEnum):
    """Which pixels are restyled."""

    GARMENT = "garment"
    WHOLE = "whole"
    BACKGROUND = "background"


class StyleUse(StrEnum):
    """What of a style image the renderer took."""

    WHOLE = "whole"
    INNER = "inner"
    """What its margins, or the page of a screenshot, surround."""
    CLOTH = "cloth"
    """A piece of the garment that it shows."""
    MOTIF = "motif"
    """The one thing on its plain ground, scattered or printed once."""


class Part(StrEnum):
    """Which part of the garment is kept in the mask."""

    ALL = "all"
    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class MaskEdit:
    """A person's correction of the automatic mask.

    Attributes:
        grow: steps of about 1 % of the long side; positive makes the mask larger, negative smaller.
        invert: swap garment and background.
        part: keep only the upper or the lower part.
    """

    grow: int = 0
    invert: bool = False
    part: Part = Part.ALL


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One job for the renderer.

    One with values that cannot be rendered cannot be made; the `RenderError` says in a sentence which.

    Attributes:
        garment: clean RGB image file.
        style: clean RGB image file.
        output: folder for the pictures; made when missing.
        variants: how many pictures, 1 to 4.
        mode: how the style is carried over.
        scale: pattern size as a factor of the default, 0.25 to 4 for whoever asks, 0.1 to 10 for a variant once more.
        strength: 0 leaves the garment as it is, 1 is the full restyle.
        seed: first variant's seed, 0 or more; variant i has seed + i.
        size: long side of the result in pixels, 1 to 2048; None keeps the garment's own (at most 2048).
        region: which pixels are restyled.
        mask: a person's mask file (white is garment), or None for the automatic one.
        mask_edit: corrections on top of the mask.
        angle: degrees by which the cloth is turned; None leaves each variant's scale and angle to the plan. With a
            mode and an angle every variant has exactly this mode, scale and angle: so a finished one is made again.
            With mode auto the plan's variants are turned by it.
    """

    garment: Path
    style: Path
    output: Path
    variants: int = MAX_VARIANTS
    mode: Mode = Mode.AUTO
    scale: float = 1.0
    strength: float = 1.0
    seed: int = 0
    size: int | None = None
    region: Region = Region.GARMENT
    mask: Path | None = None
    mask_edit: MaskEdit = field(default_factory=MaskEdit)
    angle: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.variants <= MAX_VARIANTS:
            raise RenderError(f"A render has 1 to {MAX_VARIANTS} variants, not {self.variants}.")
        if not MIN_SCALE <= self.scale <= MAX_SCALE:
            raise RenderError(f"The pattern's scale must be from {MIN_SCALE:g} to {MAX_SCALE:g}, not {self.scale:g}.")
        if not 0 <= self.strength <= 1:
            raise RenderError(f"The strength must be from 0 to 100 per cent, not {100 * self.strength:g}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise RenderError(f"The seed must be a number from 0 to {MAX_SEED}, not {self.seed}.")
        if self.size is not None and not 1 <= self.size <= MAX_SIZE:
            raise RenderError(f"The long side must be from 1 to {MAX_SIZE} pixels, not {self.size}.")
        if self.angle is not None and not math.isfinite(self.angle):
            raise RenderError(f"The angle must be a number of degrees, not {self.angle}.")

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON-ready values."""
        return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RenderRequest:
        """Read what `to_json` wrote."""
        edit = values.get("mask_edit") or {}
        return cls(
            **{
                **values,
                "garment": Path(values["garment"]),
                "style": Path(values["style"]),
                "output": Path(values["output"]),
                "mask": Path(values["mask"]) if values.get("mask") else None,
                "mode": Mode(values.get("mode", Mode.AUTO)),
                "region": Region(values.get("region", Region.GARMENT)),
                "mask_edit": MaskEdit(**{**edit, "part": Part(edit.get("part", Part.ALL))}),
            }
        )


@dataclass(frozen=True, slots=True)
class Variant:
    """One finished picture: where it is and how to make it again."""

    file: Path
    mode: Mode
    scale: float
    angle: float
    seed: int
    width: int
    height: int

    def again(self, request: RenderRequest) -> RenderRequest:
        """Return the request for this picture alone, byte for byte the same.

        Args:
            request: the one that the picture came from.
        """
        return replace(request, variants=1, mode=self.mode, scale=self.scale, angle=self.angle, seed=self.seed)


@dataclass(frozen=True, slots=True)
class RenderResult:
    """Everything a render gives back.

    Attributes:
        variants: the pictures in order.
        mask: greyscale PNG of the garment's alpha at the result's size, corrections included, whatever the region:
            as the `mask` of another request it means the same.
        style_use: what of the style image was laid.
        doubt: one sentence when the mask is unsure, else None.
        seconds: wall time of the render.
    """

    variants: tuple[Variant, ...]
    mask: Path
    style_use: StyleUse
    doubt: str | None
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON-ready values."""
        variants = [{**asdict(variant), "file": str(variant.file)} for variant in self.variants]
        return {**asdict(self), "variants": variants, "mask": str(self.mask)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RenderResult:
        """Read what `to_json` wrote."""
        variants = tuple(
            Variant(**{**variant, "file": Path(variant["file"]), "mode": Mode(variant["mode"])})
            for variant in values["variants"]
        )
        use = StyleUse(values["style_use"])
        return cls(**{**values, "variants": variants, "mask": Path(values["mask"]), "style_use": use})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a render is: `done` of `total` steps, and the name of the present one."""

    done: int
    total: int
    stage: str


ProgressCallback = Callable[[Progress], None]
