"""Fits the judges of a style's subject on folders of pictures: logistic regressions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from gan.mask.weights import shipped_network
from gan.patterns import draw_pattern
from gan.picture_folders import list_pictures
from gan.pictures import read_picture
from gan.subject.features import layout_features, subject_features
from gan.subject.judge import LIKELY, SURE, LinearJudge

ITERATIONS = 300
FOLDS = 5
VIEWS = 3
"""Each picture is seen as it is and, twice, cropped, mirrored and in another light."""
CLOSE_UP = (0.35, 0.65)
"""A garment's middle alone is cloth, and no photo of a garment."""
DRAWN, DRAWN_SIDE = 200, 384
"""Patterns that are drawn so that those which people ask for in words are known as cloth, and their sides in pixels."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Score:
    """How well pictures that were not fitted on are told apart.

    Attributes:
        shown: how many pictures there were of what the judge looks for.
        found: how many of them were taken for such.
        others: how many other pictures there were.
        false_alarms: names of those that were taken for what the judge looks for.
    """

    shown: int
    found: int
    others: int
    false_alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture H×W×3 uint8 comes from."""

    name: str
    read: Callable[[], np.ndarray]


@dataclass(frozen=True, slots=True)
class _Question:
    """What a judge is asked, and how.

    Attributes:
        threshold: log-odds from which it says yes.
        penalty: of squared weights.
        features: of a picture H×W×3 uint8.
        has_close_ups: whether the middle of what it looks for is something else.
        drawn: how many drawn patterns are shown beside the others.
    """

    threshold: float
    penalty: float
    features: Callable[[np.ndarray], torch.Tensor]
    has_close_ups: bool = False
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class _Examples:
    """Every view's features (N×D), what it shows (1 or 0), and the number of its picture, those looked for first.

    `plain` are the views that are the picture itself.
    """

    features: torch.Tensor
    truth: torch.Tensor
    picture: torch.Tensor
    plain: torch.Tensor
    shown: list[Source]
    others: list[Source]

    def score(self, log_odds: torch.Tensor, threshold: float) -> Score:
        alarmed = self.picture[(log_odds > threshold) & self.plain].tolist()
        found = [number for number in alarmed if number < len(self.shown)]
        names = (self.others[number - len(self.shown)].name for number in alarmed[len(found) :])
        return Score(len(self.shown), len(found), len(self.others), tuple(names))


def train_garment_judge(garments: Path, styles: Path, out: Path, seed: int = 0) -> tuple[Score, Score]:
    """Fit what tells photos of garments from styles; see `_train`."""
    question = _Question(SURE, 2e-3, lambda picture: subject_features(shipped_network(), picture), has_close_ups=True)
    return _train(question, garments, styles, out, seed)


def train_scene_judge(scenes: Path, cloths: Path, out: Path, seed: int = 0) -> tuple[Score, Score]:
    """Fit what tells scenes, such as paintings, from cloth and patterns; see `_train`."""

    def features(picture: np.ndarray) -> torch.Tensor:
        return torch.cat([subject_features(shipped_network(), picture), layout_features(picture)])

    return _train(_Question(LIKELY, 1e-2, features, drawn=DRAWN), scenes, cloths, out, seed)


def _train(question: _Question, shown: Path, others: Path, out: Path, seed: int) -> tuple[Score, Score]:
    """Fit on all pictures but the held-out tenth and write the weights.

    Args:
        question: what is asked.
        shown: folder of what the judge looks for.
        others: folder of other pictures.
        out: file for the weights.
        seed: decides the views.

    Returns:
        The scores of fivefold cross-validation by picture, and of the held-out tenth.

    Raises:
        ValueError: there are fewer pictures of a kind than folds.
        RenderError: a folder holds no pictures, or none that is held out.
    """
    rng = np.random.default_rng(seed)
    fitted, held_out = (
        (_files(shown, held_out), _files(others, held_out) + _drawn(question.drawn, held_out))
        for held_out in (False, True)
    )
    if min(map(len, fitted)) < FOLDS:
        raise ValueError(f"at least {FOLDS} pictures of each kind are needed")
    examples = _read(question, *fitted, rng)
    log_odds = torch.zeros(len(examples.features))
    for fold in range(FOLDS):
        left_out = examples.picture % FOLDS == fold
        log_odds[left_out] = _fit(examples, ~left_out, question.penalty).log_odds(examples.features[left_out])
    judge = _fit(examples, torch.ones_like(examples.plain), question.penalty)
    judge.save(out)
    unseen = _read(question, *held_out, rng)
    return (
        examples.score(log_odds, question.threshold),
        unseen.score(judge.log_odds(unseen.features), question.threshold),
    )


def _files(folder: Path, held_out: bool) -> list[Source]:
    return [Source(file.stem, partial(read_picture, file)) for file in list_pictures(folder, held_out)]


def _drawn(count: int, held_out: bool) -> list[Source]:
    """Other seeds, and a tenth as many, for judging."""
    seeds = range(count, count + count // 10) if held_out else range(count)
    return [Source(f"drawn {seed}", partial(draw_pattern, seed, DRAWN_SIDE)) for seed in seeds]


def _read(question: _Question, shown: list[Source], others: list[Source], rng: np.random.Generator) -> _Examples:
    features, truth, numbers, plain = [], [], [], []
    for number, source in enumerate([*shown, *others]):
        picture, is_shown = source.read(), number < len(shown)
        views = [(view, is_shown) for view in _views(picture, rng)]
        if question.has_close_ups and is_shown:
            views.append((_close_up(picture), False))
        for index, (view, is_yes) in enumerate(views):
            features.append(question.features(view))
            truth.append(float(is_yes))
            numbers.append(number)
            plain.append(index == 0)
        if number % 200 == 0:
            logger.info("%d of %d pictures seen", number, len(shown) + len(others))
    seen = torch.stack(features) if features else torch.zeros(0, 0)
    return _Examples(seen, torch.tensor(truth), torch.tensor(numbers), torch.tensor(plain), shown, others)


def _views(picture: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    yield picture
    for _ in range(VIEWS - 1):
        size = np.array(picture.shape[:2])
        kept = np.maximum((size * rng.uniform(0.8, 1.0, 2)).astype(int), 1)
        top, left = (int(rng.integers(room + 1)) for room in size - kept)
        view = picture[top : top + kept[0], left : left + kept[1]]
        if rng.random() < 0.5:
            view = view[:, ::-1]
        light = (view / 255.0) ** rng.uniform(0.7, 1.4) * rng.uniform(0.85, 1.1, 3)
        yield np.ascontiguousarray(np.clip(light * 255, 0, 255).astype(np.uint8))


def _close_up(picture: np.ndarray) -> np.ndarray:
    rows, columns = (slice(*(int(edge * side) for edge in CLOSE_UP)) for side in picture.shape[:2])
    return np.ascontiguousarray(picture[rows, columns])


def _fit(examples: _Examples, used: torch.Tensor, penalty: float) -> LinearJudge:
    """Fit on the examples used; yes and no count alike."""
    features, truth = examples.features[used], examples.truth[used]
    mean, spread = features.mean(0), features.std(0) + 1e-3
    scaled = (features - mean) / spread
    counts = torch.where(truth > 0, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    weight = torch.zeros(features.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        error = F.binary_cross_entropy_with_logits(scaled @ weight + bias, truth, weight=counts)
        total: torch.Tensor = error + penalty * weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    raw = (weight / spread).detach()
    return LinearJudge(raw, bias.detach() - raw @ mean)
