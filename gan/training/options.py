"""What a training run is told, and the presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from gan.losses import LOSS_TABLE
from gan.networks.discriminators import GAN_LOSSES, GanLoss
from gan.picture_folders import list_pictures
from gan.request import RenderError

PATHS = frozenset({"garments", "styles", "out", "masks", "cache", "start_from", "undyed_by"})
PATH_OPTIONS = PATHS | {"perceptual", "teachers"}
"""Options that name files; `perceptual` may."""
CLASSIC_EPOCHS = 100
CLASSIC_DISCRIMINATORS = {"adversarial_garment": 0.3, "adversarial_cloth": 0.05, "feature_matching": 0.1}


@dataclass(frozen=True)
class TrainingOptions:
    """One run's settings; they are kept in its checkpoints.

    Attributes:
        garments: folder of garment photos.
        styles: folder of style pictures.
        out: folder for checkpoints, metrics and sample grids.
        masks: folder of ready-made masks, or None for the automatic ones.
        cache: folder for decoded pictures; None is `out`/cache.
        images: length of the run in images; the schedule is laid out over it.
        minutes: stop after so many minutes of training (a resumed run counts anew), or None.
        batch: images a step and process.
        height: of full-size examples; width is three quarters of it.
        seed: of everything random.
        device: "auto", "cpu", "cuda" …
        threads: CPU threads, or None for all.
        workers: processes that make examples.
        drawn: drawn textile patterns mixed with the styles.
        perceptual: backbone of the perceptual terms (see `gan.networks.perceptual`).
        gan_loss: bce, hinge or relativistic.
        spectral: spectral norm in the discriminators instead of relying on R1 alone.
        generator_rate: peak learning rate of the generator.
        discriminator_rate: learning rate of the discriminators; it stays, as they start late.
        betas: of the generator's Adam.
        discriminator_betas: of the discriminators'.
        discriminator_steps: steps of the discriminators after each of the generator's.
        penalty: γ of the discriminators' gradient penalty R1 (relativistic discriminators: R1 and R2); 0 leaves it out.
        penalty_every: steps between penalties (lazy R1, Karras et al. 2020).
        clip: largest gradient norm.
        half_life: of the average of weights, as a share of the run.
        save_every: seconds between checkpoints.
        sample_every: seconds between sample grids.
        start_from: weights file or checkpoint to fine-tune, or None.
        undyed_by: weights file or checkpoint of a generator that undyes garments for more pairs, or None.
        teachers: weights files or checkpoints of generators whose mean this one also learns.
        weights: changes to the loss weights by term, on top of the schedule's.
        adversarial: whether the discriminators ever play.
        warm_start: whether pseudo-pairs alone come first.
        warm_share: share of the run before the discriminators play.
        precision: "auto" (bf16 where the hardware multiplies it) or "fp32".
    """

    garments: Path
    styles: Path
    out: Path
    masks: Path | None = None
    cache: Path | None = None
    images: int = 40_000
    minutes: float | None = None
    batch: int = 8
    height: int = 256
    seed: int = 0
    device: str = "auto"
    threads: int | None = None
    workers: int = 1
    drawn: int = 200
    perceptual: str = "hed"
    gan_loss: GanLoss = "relativistic"
    spectral: bool = False
    generator_rate: float = 4e-4
    discriminator_rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.99)
    discriminator_betas: tuple[float, float] = (0.0, 0.99)
    discriminator_steps: int = 1
    penalty: float = 1.0
    penalty_every: int = 8
    clip: float = 1.0
    half_life: float = 0.04
    save_every: float = 180.0
    sample_every: float = 300.0
    start_from: Path | None = None
    undyed_by: Path | None = None
    teachers: tuple[Path, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    adversarial: bool = True
    warm_start: bool = True
    warm_share: float = 0.8
    precision: str = "auto"

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON-ready values."""
        values = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(self).items()}
        return {**values, "teachers": [str(file) for file in self.teachers]}


def classic(options: TrainingOptions) -> TrainingOptions:
    """Return the textbook settings of an image GAN, for comparison.

    Adam 2e-4 with betas 0.5 and 0.999 for generator and discriminators (Radford et al., DCGAN, 2016), batch 32, 100
    epochs, BCE without gradient penalty, no warm start, and discriminators of the garment and of the cloth. Folders,
    device and seed stay, and so do the clipped gradients and the falling learning rate.
    """
    return replace(
        options,
        images=CLASSIC_EPOCHS * len(list_pictures(options.garments, held_out=False)),
        batch=32,
        generator_rate=2e-4,
        discriminator_rate=2e-4,
        betas=(0.5, 0.999),
        discriminator_betas=(0.5, 0.999),
        penalty=0.0,
        gan_loss="bce",
        weights={**CLASSIC_DISCRIMINATORS, **options.weights},
        warm_start=False,
    )


def options_from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by name out of what `TrainingOptions.to_json` returned; names of no option are left out."""
    known = {one.name for one in fields(TrainingOptions)}
    return {name: _from_json(name, value) for name, value in values.items() if name in known}


def changed_options(before: TrainingOptions, after: TrainingOptions) -> set[str]:
    """Return the names of the options that differ."""
    return {one.name for one in fields(TrainingOptions) if getattr(before, one.name) != getattr(after, one.name)}


def parse_gan_loss(name: str) -> GanLoss:
    """Read the name of an adversarial loss.

    Raises:
        RenderError: there is none of that name.
    """
    for known in GAN_LOSSES:
        if name == known:
            return known
    raise RenderError(f"There is no adversarial loss “{name}”; known: {', '.join(GAN_LOSSES)}.")


def parse_weights(texts: list[str]) -> dict[str, float]:
    """Read loss weights written as NAME=NUMBER.

    Raises:
        RenderError: a text is no such pair, or names no term.
    """
    weights: dict[str, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            weights[name] = float(number)
        except ValueError as error:
            raise RenderError(f"A loss weight is written NAME=NUMBER, not “{text}”.") from error
        if name not in LOSS_TABLE:
            raise RenderError(f"There is no loss term “{name}”; known: {', '.join(LOSS_TABLE)}.")
    return weights


def _from_json(name: str, value: Any) -> Any:
    if name == "teachers":
        return tuple(Path(file) for file in value)
    if name in PATHS:
        return None if value is None else Path(value)
    return tuple(value) if isinstance(value, list) else value
