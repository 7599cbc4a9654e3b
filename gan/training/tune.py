"""`restyle tune`: searches loss weights and learning rates with Optuna on short runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan.picture_folders import list_pictures
from gan.request import RenderError
from gan.training.options import TrainingOptions
from gan.training.run import run_training

if TYPE_CHECKING:
    import optuna

RATES = (5e-5, 2e-3)
WEIGHTS: dict[str, tuple[float, float]] = {
    "reconstruction": (0.5, 6.0),
    "exposure": (0.2, 4.0),
    "folds": (0.1, 4.0),
    "paired_features": (0.1, 2.0),
    "fold_energy": (0.1, 2.0),
    "adversarial_folds": (0.01, 0.5),
}


def tune(options: TrainingOptions, trials: int) -> dict[str, Any]:
    """Try settings on short runs and return the best, by PSNR above the shaded guide on held-out pseudo-pairs.

    The study is kept in the run's folder: calling again goes on with it.

    Args:
        options: of one trial's run; its folder holds the study and a folder for each trial.
        trials: runs to make.

    Raises:
        RenderError: Optuna is missing, or a folder is unusable.
    """
    try:
        import optuna
    except ImportError as error:
        raise RenderError("Tuning needs Optuna; install it with: pip install optuna") from error
    for folder in (options.garments, options.styles):
        list_pictures(folder, held_out=False)  # Optuna would log a traceback for what a trial finds missing.
    options.out.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        direction="maximize",
        study_name="restyle",
        storage=f"sqlite:///{options.out / 'study.db'}",
        load_if_exists=True,
    )
    # A study that goes on must not draw its first trials again.
    study.sampler = optuna.samplers.TPESampler(seed=options.seed + len(study.trials))
    cache = options.cache or options.out / "cache"
    study.optimize(lambda trial: _gain(trial, replace(options, cache=cache)), n_trials=trials)
    best = {"gain_db": study.best_value, "trials": len(study.trials), **study.best_params}
    (options.out / "best.json").write_text(json.dumps(best, indent=1))
    return best


def _gain(trial: optuna.Trial, options: TrainingOptions) -> float:
    chosen = replace(
        options,
        out=Path(options.out) / f"trial-{trial.number:04d}",
        generator_rate=trial.suggest_float("generator_rate", *RATES, log=True),
        discriminator_rate=trial.suggest_float("discriminator_rate", *RATES, log=True),
        weights={
            **{name: trial.suggest_float(name, *span, log=True) for name, span in WEIGHTS.items()},
            **options.weights,
        },
    )
    return run_training(chosen).quality.gain
