"""Measure masks against labels drawn by people: ours beside plain GrabCut and a centre box."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gan.mask.find import find_mask
from gan.mask.grabcut import plain_grabcut
from gan.mask.measures import boundary_f, intersection_over_union
from gan.pictures import fit_into_cell, read_picture
from gan.request import RenderError

BOX = 0.15
METHODS = ("restyle", "GrabCut", "centre box")
TILE = (150, 200)
HIDDEN_COLOUR = (255, 0, 255)
COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A picture with its exact mask: RGB uint8 H×W×3 and boolean H×W."""

    name: str
    kind: str
    difficulty: str
    garment: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did on one picture."""

    name: str
    kind: str
    difficulty: str
    method: str
    iou: float
    boundary: float
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report: mean intersection over union and boundary F of each method over some pictures."""

    group: str
    pictures: int
    iou: dict[str, float]
    boundary: dict[str, float]


def read_labels(folder: Path) -> Iterator[Label]:
    """Read the labels that `labels.csv` lists (columns name, kind, difficulty): NAME.jpg and NAME.png beside it.

    Raises:
        FileNotFoundError: the list or one of its files is missing.
        ValueError: a picture cannot be read, or has another size than its mask.
    """
    with (folder / "labels.csv").open(newline="") as lines:
        for line in csv.DictReader(lines):
            file = folder / f"{line['name']}.jpg"
            mask = cv2.imread(str(file.with_suffix(".png")), cv2.IMREAD_GRAYSCALE)
            if mask is None or not file.is_file():
                raise FileNotFoundError(f"{line['name']}.jpg or {line['name']}.png is missing in {folder}")
            try:
                garment = read_picture(file)
            except RenderError as error:
                raise ValueError(f"{file.name} is no picture") from error
            if garment.shape[:2] != mask.shape:
                raise ValueError(f"the mask of {line['name']} has another size than its picture")
            yield Label(line["name"], line["kind"], line["difficulty"], garment, mask > 127)


def centre_box(garment: np.ndarray) -> np.ndarray:
    """The guess that looks at nothing: the middle of the picture, H×W float32."""
    height, width = garment.shape[:2]
    box = np.zeros((height, width), np.float32)
    box[round(BOX * height) : round((1 - BOX) * height), round(BOX * width) : round((1 - BOX) * width)] = 1.0
    return box


def evaluate(labels: Iterable[Label], on_masks: Callable[[Label, list[np.ndarray]], None]) -> list[Score]:
    """Run every method on every label.

    Args:
        labels: what to measure on.
        on_masks: is given each label with the masks of all METHODS in order.

    Returns:
        A score for each method and label.
    """
    scores = []
    for label in labels:
        found = find_mask(label.garment)
        masks = [found.alpha, plain_grabcut(label.garment), centre_box(label.garment)]
        for method, mask in zip(METHODS, masks, strict=True):
            inside = mask > 0.5
            iou, boundary = intersection_over_union(inside, label.mask), boundary_f(inside, label.mask)
            confidence = found.confidence if method == METHODS[0] else None
            scores.append(Score(label.name, label.kind, label.difficulty, method, iou, boundary, confidence))
        on_masks(label, masks)
    return scores


def summarise(scores: Sequence[Score]) -> list[Row]:
    """Average the scores over all pictures, over each difficulty and over each kind."""
    rows = [_row("all", scores)]
    for attribute in ("difficulty", "kind"):
        for group in sorted({getattr(score, attribute) for score in scores}):
            rows.append(_row(group, [score for score in scores if getattr(score, attribute) == group]))
    return rows


def _row(group: str, scores: Sequence[Score]) -> Row:
    by_method = {method: [score for score in scores if score.method == method] for method in METHODS}
    return Row(
        group,
        len(by_method[METHODS[0]]),
        {method: float(np.mean([score.iou for score in chosen])) for method, chosen in by_method.items()},
        {method: float(np.mean([score.boundary for score in chosen])) for method, chosen in by_method.items()},
    )


class ContactSheet:
    """Pictures with their masks side by side: the garment, the label, ours, GrabCut."""

    def __init__(self) -> None:
        self.tiles: list[np.ndarray] = []

    def add(self, label: Label, masks: list[np.ndarray]) -> None:
        """Append one picture."""
        iou = intersection_over_union(masks[0] > 0.5, label.mask)
        shown = [label.mask.astype(np.float32), masks[0], masks[1]]
        pictures = [label.garment, *(_hide(label.garment, mask) for mask in shown)]
        tile = np.hstack([fit_into_cell(picture, TILE, ground=0) for picture in pictures])
        cv2.putText(tile, f"{label.name} {iou:.3f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 3)
        cv2.putText(tile, f"{label.name} {iou:.3f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 0), 1)
        self.tiles.append(tile)

    def write(self, path: Path) -> None:
        """Write the sheet as a PNG."""
        while len(self.tiles) % COLUMNS:
            self.tiles.append(np.zeros_like(self.tiles[0]))
        rows = [np.hstack(self.tiles[start : start + COLUMNS]) for start in range(0, len(self.tiles), COLUMNS)]
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def _hide(garment: np.ndarray, mask: np.ndarray) -> np.ndarray:
    alpha = mask[..., None]
    return np.rint(alpha * garment + (1 - alpha) * np.array(HIDDEN_COLOUR, np.float32)).astype(np.uint8)
