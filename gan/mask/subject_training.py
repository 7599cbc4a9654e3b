"""Fits what tells photos of garments from cloth, patterns and paintings: a logistic regression."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from gan.data.folders import list_pictures
from gan.mask.subject import SURE, SubjectHead, subject_features
from gan.mask.weights import shipped_network
from gan.pictures import read_picture

PENALTY = 2e-3
ITERATIONS = 300
FOLDS = 5
VIEWS = 3
"""Each picture is seen as it is and, twice, cropped, mirrored and in another light."""
CLOSE_UP = (0.35, 0.65)
"""A garment's middle alone is cloth, and no photo of a garment."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Score:
    """How well pictures that were not fitted on were told.

    Attributes:
        garments: how many photos of garments there were.
        found: how many of them were taken for such.
        styles: how many styles there were.
        false_alarms: names of those that were taken for photos of garments.
    """

    garments: int
    found: int
    styles: int
    false_alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Examples:
    """Every view's features (N×D), whether it shows a garment, and the number of its picture, garments first.

    `plain` are the views that are the picture itself.
    """

    features: torch.Tensor
    is_garment: torch.Tensor
    picture: torch.Tensor
    plain: torch.Tensor
    garments: list[Path]
    styles: list[Path]

    def score(self, log_odds: torch.Tensor) -> Score:
        alarmed = self.picture[(log_odds > SURE) & self.plain].tolist()
        found = [number for number in alarmed if number < len(self.garments)]
        names = (self.styles[number - len(self.garments)].stem for number in alarmed[len(found) :])
        return Score(len(self.garments), len(found), len(self.styles), tuple(names))


def train_subject(garments: Path, styles: Path, out: Path, seed: int = 0) -> tuple[Score, Score]:
    """Fit on all pictures but the held-out tenth and write the weights.

    Args:
        garments: folder of photos of garments.
        styles: folder of cloth, patterns, paintings.
        out: file for the weights.
        seed: decides the views.

    Returns:
        The scores of fivefold cross-validation by picture, and of the held-out tenth.

    Raises:
        ValueError: there are fewer garments or styles than folds.
        RenderError: a folder holds no pictures, or none that is held out.
    """
    chance = np.random.default_rng(seed)
    shown, others = (
        (list_pictures(garments, held_out=held_out), list_pictures(styles, held_out=held_out))
        for held_out in (False, True)
    )
    if min(map(len, shown)) < FOLDS:
        raise ValueError(f"at least {FOLDS} garments and styles are needed")
    examples = _read(*shown, chance)
    log_odds = torch.zeros(len(examples.features))
    for fold in range(FOLDS):
        left_out = examples.picture % FOLDS == fold
        log_odds[left_out] = _fit(examples, ~left_out).log_odds(examples.features[left_out])
    head = _fit(examples, torch.ones_like(examples.plain))
    head.save(out)
    unseen = _read(*others, chance)
    return examples.score(log_odds), unseen.score(head.log_odds(unseen.features))


def _read(garments: list[Path], styles: list[Path], chance: np.random.Generator) -> _Examples:
    features, is_garment, numbers, plain = [], [], [], []
    network = shipped_network()
    for number, file in enumerate([*garments, *styles]):
        picture, shows = read_picture(file), number < len(garments)
        views = [(view, shows) for view in _views(picture, chance)] + [(_close_up(picture), False)] * shows
        for index, (view, is_photo) in enumerate(views):
            features.append(subject_features(network, view))
            is_garment.append(float(is_photo))
            numbers.append(number)
            plain.append(index == 0)
        if number % 200 == 0:
            logger.info("%d of %d pictures seen", number, len(garments) + len(styles))
    seen = torch.stack(features) if features else torch.zeros(0, 0)
    return _Examples(seen, torch.tensor(is_garment), torch.tensor(numbers), torch.tensor(plain), garments, styles)


def _views(picture: np.ndarray, chance: np.random.Generator) -> Iterator[np.ndarray]:
    yield picture
    for _ in range(VIEWS - 1):
        size = np.array(picture.shape[:2])
        kept = np.maximum((size * chance.uniform(0.8, 1.0, 2)).astype(int), 1)
        top, left = (int(chance.integers(room + 1)) for room in size - kept)
        view = picture[top : top + kept[0], left : left + kept[1]]
        if chance.random() < 0.5:
            view = view[:, ::-1]
        light = (view / 255.0) ** chance.uniform(0.7, 1.4) * chance.uniform(0.85, 1.1, 3)
        yield np.ascontiguousarray(np.clip(light * 255, 0, 255).astype(np.uint8))


def _close_up(picture: np.ndarray) -> np.ndarray:
    rows, columns = (slice(*(int(edge * side) for edge in CLOSE_UP)) for side in picture.shape[:2])
    return np.ascontiguousarray(picture[rows, columns])


def _fit(examples: _Examples, used: torch.Tensor) -> SubjectHead:
    """Fit on the examples used; garments and others count alike."""
    features, is_garment = examples.features[used], examples.is_garment[used]
    mean, spread = features.mean(0), features.std(0) + 1e-3
    scaled = (features - mean) / spread
    counts = torch.where(is_garment > 0, 0.5 / is_garment.mean(), 0.5 / (1 - is_garment.mean()))
    weight = torch.zeros(features.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        error = F.binary_cross_entropy_with_logits(scaled @ weight + bias, is_garment, weight=counts)
        total: torch.Tensor = error + PENALTY * weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    raw = (weight / spread).detach()
    return SubjectHead(raw, bias.detach() - raw @ mean)
