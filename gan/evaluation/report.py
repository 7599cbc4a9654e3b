"""The report: one JSON file for machines, one HTML page for people, contact sheets as PNG."""

from __future__ import annotations

import html
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gan.evaluation.bootstrap import Figure, figure, paired_difference
from gan.evaluation.contestants import GENERATOR
from gan.evaluation.pairs import Scores
from gan.pictures import fit_into_cell

MEANINGS = {
    "psnr": "PSNR to the exact picture, dB (higher is better)",
    "ssim": "SSIM to the exact picture (higher)",
    "perceptual_distance": "perceptual distance to the exact picture (lower)",
    "style_distance": "patch texture distance to the worn cloth or guide (lower)",
    "pattern_fidelity": "correlation of frequency spectra with the guide (higher)",
    "fold_correlation": "correlation of blurred light with the garment's (higher)",
    "edge_agreement": "correlation of edges with the garment's (higher)",
    "old_print_left": "how much of the old print's edges the light on the cloth still holds (0 is none, 1 is all)",
    "background_difference": "largest change outside the mask, grey levels (must be 0)",
    "diversity": "perceptual distance between the variants (higher)",
    "retrieval": "nearest to its own style among fifty (higher)",
    "told_from_photos": "classifier tells it from photos of patterned garments (0.5 is best)",
    "light_told_apart": "classifier tells its light on the cloth from the exact light (0.5 is best)",
    "light_distance": "patch texture distance of its light to the exact light (lower)",
    "cpu_seconds": "CPU seconds a picture (lower)",
}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left }
small { color: #666; display: block }
tr.main { background: #eef6ee }
div { overflow-x: auto }
img { max-width: 100%; margin: 1rem 0 }
"""


def summarise(scores: Scores) -> dict[str, dict[str, Figure | None]]:
    """Return means with bootstrap intervals."""
    return {name: {key: figure(values) for key, values in measures.items()} for name, measures in scores.items()}


def differences(scores: Scores) -> dict[str, dict[str, Figure | None]]:
    """Return the generator's scores less each other contestant's, paired by picture, with bootstrap intervals."""
    own = scores[GENERATOR]
    return {
        name: {key: paired_difference(own[key], values) for key, values in measures.items() if key in own}
        for name, measures in scores.items()
        if name != GENERATOR
    }


def write_report(
    out: Path,
    tables: dict[str, dict[str, dict[str, Figure | None]]],
    sheets: dict[str, np.ndarray],
    about: dict[str, Any],
) -> Path:
    """Write `report.json`, `index.html` and the sheets into a folder; returns the page.

    Args:
        out: folder.
        tables: title → contestant → measure → figure.
        sheets: title → picture H×W×3 uint8.
        about: settings and circumstances.
    """
    out.mkdir(parents=True, exist_ok=True)
    content = {
        "about": about,
        "tables": {
            title: {name: {key: asdict(f) if f else None for key, f in row.items()} for name, row in table.items()}
            for title, table in tables.items()
        },
    }
    (out / "report.json").write_text(json.dumps(content, indent=1))
    parts = [f"<!doctype html><meta charset=utf-8><title>Evaluation</title><style>{STYLE}</style><h1>Evaluation</h1>"]
    parts.append("<p>" + html.escape(", ".join(f"{key}: {value}" for key, value in about.items())) + "</p>")
    parts += [_table(title, table) for title, table in tables.items()]
    for number, (title, sheet) in enumerate(sheets.items(), start=1):
        file = f"sheet-{number}.png"
        cv2.imwrite(str(out / file), sheet[..., ::-1])
        parts.append(f"<h2>{html.escape(title)}</h2><img src={file} alt='{html.escape(title)}'>")
    page = out / "index.html"
    page.write_text("\n".join(parts))
    return page


def contact_sheet(rows: list[list[np.ndarray]], height: int = 220) -> np.ndarray:
    """Return rows of pictures in a grid of equal cells."""
    width = max(round(cell.shape[1] * height / cell.shape[0]) for row in rows for cell in row)
    width = min(width, round(height * 1.34))
    return np.vstack([np.hstack([fit_into_cell(cell, (width, height), ground=255) for cell in row]) for row in rows])


def _table(title: str, table: dict[str, dict[str, Figure | None]]) -> str:
    measures = [key for key in MEANINGS if any(key in row for row in table.values())]
    head = "".join(f"<th>{key.replace('_', ' ')}<small>{html.escape(MEANINGS[key])}</small></th>" for key in measures)
    rows = []
    for name, row in table.items():
        cells = "".join(f"<td>{_shown(row.get(key))}</td>" for key in measures)
        rows.append(f"<tr{' class=main' if name == GENERATOR else ''}><td>{html.escape(name)}</td>{cells}</tr>")
    return f"<h2>{html.escape(title)}</h2><div><table><tr><th></th>{head}</tr>{''.join(rows)}</table></div>"


def _shown(value: Figure | None) -> str:
    return "–" if value is None else f"{value.mean:.3g}<small>{value.low:.3g} to {value.high:.3g}</small>"
