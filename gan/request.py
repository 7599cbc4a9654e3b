"""What a render is asked for and what it gives back. Plain data: importing this never loads torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

MAX_VARIANTS = 4
DEFAULT_SIZE = 1024
MAX_SIZE = 2048


class RenderError(Exception):
    """The request cannot be rendered; the message is one sentence for the person who asked."""


class Mode(StrEnum):
    """How the style is carried over: as cloth, as brushwork, as colours, or chosen by the style."""

    AUTO = "auto"
    PRINT = "print"
    PAINT = "paint"
    PALETTE = "palette"


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
    """The one thing on its plain ground, scattered."""


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

    Attributes:
        garment: clean RGB image file.
        style: clean RGB image file.
        output: folder for the pictures; made when missing.
        variants: how many pictures, 1 to 4.
        mode: how the style is carried over.
        scale: pattern size as a factor of the default, 0.25 to 4.
        strength: 0 leaves the garment as it is, 1 is the full restyle.
        seed: first variant's seed; variant i has seed + i.
        size: long side of the result in pixels; None keeps the garment's own (at most 2048).
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
