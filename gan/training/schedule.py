"""What is trained when: phases laid out over the run's images, and the learning rate's curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gan.training.options import TrainingOptions

WARM_UP_IMAGES = 800
FINAL_RATE = 0.1
DISCRIMINATORS_RAMP = 0.15
PAIRS = {
    "reconstruction": 3.0,
    "log_error": 0.05,
    "exposure": 1.0,
    "folds": 1.0,
    "residual_size": 0.05,
    "variation": 0.02,
    "identity": 0.3,
}
FEATURES = {**PAIRS, "paired_features": 0.6, "fold_energy": 0.5}
# On top of the features' weights: with less of the exact picture and more fold energy, the phase lost 0.3 dB and its
# light was easier to tell from the exact one. Off unless asked for: discriminators of the garment and of the cloth,
# which gained nothing in any comparison (EXPERIMENTS.md has them); style statistics, which cost as much time as all the
# rest and moved nothing; and correlation with the photo's own light, which pulls old prints back in.
ADVERSARIAL = {
    **FEATURES,
    "colour": 0.2,
    "style": 0.0,
    "sliced_wasserstein": 0.0,
    "content": 0.0,
    "shading": 0.0,
    "feature_matching": 0.0,
    "diversity": 0.02,
    "unforgotten": 3.0,
    "taught": 0.0,
    "adversarial_cloth": 0.0,
    "adversarial_garment": 0.0,
    "adversarial_folds": 0.3,
}
TAUGHT = {"taught": 1.0}
UNPAIRED_SHARE = 0.4
TAUGHT_UNPAIRED_SHARE = 0.3
ADVERSARIAL_TERMS = frozenset({"adversarial_cloth", "adversarial_garment", "adversarial_folds", "feature_matching"})


@dataclass(frozen=True)
class Phase:
    """One stretch of a run.

    Attributes:
        name: for logs.
        until: share of the run's images at which it ends.
        height: of the examples.
        unpaired_share: share of examples without truth.
        weights: loss weights by term.
        discriminators: whether the discriminators learn.
        ramp: share of the run over which the adversarial terms grow to their weight.
    """

    name: str
    until: float
    height: int
    unpaired_share: float
    weights: dict[str, float]
    discriminators: bool = False
    ramp: float = 0.0


def phases(options: TrainingOptions) -> list[Phase]:
    """Return the run's phases: pseudo-pairs small and full size, then with features, then adversarial.

    A run from trained weights has no use for small pictures. Teachers are asked about photos too, until
    discriminators come.
    """
    small = max(32, round(options.height * 2 / 3 / 16) * 16)
    adversarial = Phase("adversarial", 1.0, options.height, UNPAIRED_SHARE, ADVERSARIAL, True, DISCRIMINATORS_RAMP)
    if not options.warm_start:
        return [_changed(adversarial, options)]
    share = options.warm_share if options.adversarial else 1.0
    warm = [
        Phase("pairs, small", 0.62 * share, small, 0.0, PAIRS),
        Phase("pairs", (0.6 if options.start_from else 0.9) * share, options.height, 0.0, PAIRS),
        Phase("features", share, options.height, 0.0, FEATURES),
    ]
    warm = warm[1:] if options.start_from else warm
    if options.teachers:
        warm = [
            replace(phase, unpaired_share=TAUGHT_UNPAIRED_SHARE, weights={**phase.weights, **TAUGHT}) for phase in warm
        ]
    played = [*warm, adversarial] if options.adversarial else warm
    return [_changed(phase, options) for phase in played]


def phase_at(plan: list[Phase], progress: float) -> Phase:
    """Return the phase at a share of the run."""
    return next((phase for phase in plan if progress < phase.until), plan[-1])


def weights_at(plan: list[Phase], progress: float) -> dict[str, float]:
    """Return the loss weights, with the adversarial terms ramped up from the phase's start."""
    phase = phase_at(plan, progress)
    index = plan.index(phase)
    start = plan[index - 1].until if index else 0.0
    grown = min(1.0, (progress - start) / phase.ramp) if phase.ramp else 1.0
    return {name: weight * (grown if name in ADVERSARIAL_TERMS else 1.0) for name, weight in phase.weights.items()}


def rate_at(progress: float, images: int) -> float:
    """Return the factor on the learning rates: a short warm-up, then a cosine down to a tenth."""
    warm = min(1.0, (images + 1) / WARM_UP_IMAGES)
    return warm * (FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def _changed(phase: Phase, options: TrainingOptions) -> Phase:
    weights = {**phase.weights, **{name: value for name, value in options.weights.items() if name in phase.weights}}
    # Without a weight in the loss they need not learn: what remains is the same phase without them, to compare with.
    discriminators = phase.discriminators and any(weights[name] for name in ADVERSARIAL_TERMS)
    return replace(phase, weights=weights, discriminators=discriminators)
