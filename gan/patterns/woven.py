"""Patterns that a loom makes: stripes, checks, plaids, twills."""

from __future__ import annotations

import re

import numpy as np

from gan.patterns.canvas import Brief, band, centred, cover, lay
from gan.patterns.colours import rgb

TARTAN_THREADS = {
    "B": "#22366e", "K": "#161616", "G": "#0f5230", "R": "#b5121b", "Y": "#e3b72c", "W": "#f1f0ea",
    "A": "#6f9ec8", "T": "#c2a26b", "P": "#5b2c6f", "N": "#8f9296",
}  # fmt: skip
TARTAN_SETTS = {
    "royal stewart": "R72 B8 K12 Y2 K2 W2 K2 G16 R8 K2 R4 W2",
    "black watch": "B22 K2 B2 K2 B2 K16 G16 K2 G16 K16 B16 K2 B2",
    "gordon": "B24 K4 B4 K4 B4 K24 G24 Y4",
    "macleod": "K16 Y2 K16 Y24 R2",
    "wallace": "K4 R32 K32 Y4",
    "lindsay": "G50 B4 G4 B4 G4 B20 R60 B4 R6",
    "macgregor": "R72 G36 R8 G12 K2 W4",
    "rob roy": "R32 K32",
    "camel": "T60 K18 W6 K18 W6 K18 T60 R6",
    "dress blue": "W48 B6 W6 B24 K4 B24 A6",
    "holiday": "G32 R6 G6 R40 W3 R6",
    "heather": "P30 N6 P6 N30 G20 W3",
}


def _direction(brief: Brief) -> tuple[int, int]:
    if brief.words & {"horizontal", "breton"}:
        return 0, brief.repeats
    if "diagonal" in brief.words:
        return _diagonal(brief.repeats)
    if brief.words:
        return brief.repeats, 0
    choices = [(brief.repeats, 0), (0, brief.repeats), _diagonal(brief.repeats), (brief.repeats, brief.repeats // 3)]
    return choices[brief.rng.integers(len(choices))]


def _diagonal(repeats: int) -> tuple[int, int]:
    side = max(1, round(repeats / np.sqrt(2)))
    return side, side


def stripes(brief: Brief) -> np.ndarray:
    """Two to four colours in bands of free widths."""
    across, _, period = brief.canvas.turned(*_direction(brief))
    picture = brief.canvas.ground(brief.colours[0])
    if brief.words & {"even", "breton", "bold"} or brief.rng.random() < 0.4:
        return lay(picture, brief.colours[1], band(across, 0.5, period))
    for colour in brief.colours[1 : 1 + brief.rng.integers(1, 4)]:
        place, width = brief.rng.random(), brief.rng.uniform(0.06, 0.4)
        picture = lay(picture, colour, band(across + np.float32(place), width, period))
    return picture


def pinstripe(brief: Brief) -> np.ndarray:
    """Hairlines on a plain ground."""
    across, _, period = brief.canvas.turned(*_direction(brief))
    return lay(
        brief.canvas.ground(brief.colours[0]), brief.colours[1], 0.85 * band(across, max(0.09, 1.2 / period), period)
    )


def gingham(brief: Brief) -> np.ndarray:
    """Equal checks with a half tone where one band crosses white."""
    across, down, period = brief.canvas.turned(brief.repeats)
    share = 0.5 * (band(across, 0.5, period) + band(down, 0.5, period))
    light, dark = sorted(brief.colours[:2], key=lambda colour: -float(colour.sum()))
    return lay(brief.canvas.ground(light), dark, share)


def buffalo(brief: Brief) -> np.ndarray:
    """Large two-colour checks, the crossing in the darker colour."""
    across, down, period = brief.canvas.turned(max(2, brief.repeats // 2))
    warp, weft = band(across, 0.5, period), band(down, 0.5, period)
    light, dark = sorted(brief.colours[:2], key=lambda colour: -float(colour.sum()))
    return lay(brief.canvas.ground(light), dark, 0.62 * (warp + weft) - 0.24 * warp * weft)


def check(brief: Brief) -> np.ndarray:
    """A chequerboard."""
    across, down, period = brief.canvas.turned(
        *(_diagonal(brief.repeats) if "diagonal" in brief.words else (brief.repeats, 0))
    )
    warp, weft = band(across, 0.5, period), band(down, 0.5, period)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], warp + weft - 2 * warp * weft)


def windowpane(brief: Brief) -> np.ndarray:
    """Thin lines in wide squares."""
    across, down, period = brief.canvas.turned(brief.repeats)
    width = max(0.05, 1.5 / period)
    lines = np.maximum(band(across, width, period), band(down, width, period))
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], lines)


def tartan(brief: Brief) -> np.ndarray:
    """A sett of thread counts, mirrored at its pivots, the same in warp and weft, woven in twill."""
    threads = _sett(brief)
    repeats = max(1, brief.repeats // 3)
    warp = _thread_line(threads, brief.canvas.size, repeats)
    twill_repeats = max(8, brief.canvas.size // max(3, brief.canvas.size // 128 + 2))
    slope, _, period = brief.canvas.turned(twill_repeats, twill_repeats)
    share = 0.5 + 0.42 * (band(slope, 0.5, period) - 0.5) * np.clip(period / 3, 0, 1)
    return warp[None, :] * (1 - share[..., None]) + warp[:, None] * share[..., None]


def _sett(brief: Brief) -> list[tuple[np.ndarray, float]]:
    named = next((name for name in TARTAN_SETTS if set(name.split()) <= brief.words), None)
    if named or (not brief.words and brief.rng.random() < 0.4):
        sett = TARTAN_SETTS[named or sorted(TARTAN_SETTS)[brief.rng.integers(len(TARTAN_SETTS))]]
        counts = re.findall(r"([A-Z])(\d+)", sett)
        half = [(rgb(TARTAN_THREADS[letter]), float(count)) for letter, count in counts]
    else:
        widths = brief.rng.choice([2, 3, 4, 6, 10, 16, 24, 32], brief.rng.integers(4, 8)).astype(float)
        widths[0] = 30.0
        half = [(brief.colours[index % len(brief.colours)], width) for index, width in enumerate(widths)]
    return half + half[-2:0:-1]


def _thread_line(threads: list[tuple[np.ndarray, float]], size: int, repeats: int) -> np.ndarray:
    """Colour along one line of the cloth, size×3, box-filtered so that one-thread lines survive."""
    ends = np.cumsum([0.0] + [width for _, width in threads])
    colours = np.stack([colour for colour, _ in threads])
    painted = np.vstack([np.zeros((1, 3)), np.cumsum(colours * np.diff(ends)[:, None], 0)])
    places = np.arange(size + 1) * repeats / size
    total = np.stack([np.interp(places % 1.0 * ends[-1], ends, painted[:, channel]) for channel in range(3)], -1)
    total = total + np.floor(places)[:, None] * painted[-1]
    return (np.diff(total, axis=0) / (ends[-1] * repeats / size)).astype(np.float32)


def glen_plaid(brief: Brief) -> np.ndarray:
    """Blocks of fine checks and fine stripes in turn, with an overcheck."""
    across, down, period = brief.canvas.turned(max(2, brief.repeats // 3))
    fine = max(4, round(period / 5))
    fine -= fine % 2
    u, v, fine_period = brief.canvas.turned(max(2, brief.repeats // 3) * fine)
    block = 0.5 * (band(across, 0.5, period) + band(down, 0.5, period))
    lines = band(u + 0.5 * np.round(v * 2), 0.5, fine_period) * (0.35 + 0.5 * block) + 0.25 * block
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], lines)
    over = np.maximum(band(across + 0.25, 0.02, period), band(down + 0.25, 0.02, period))
    return lay(picture, brief.colours[2], 0.8 * over)


def houndstooth(brief: Brief) -> np.ndarray:
    """Broken checks: four dark and four light threads in a 2/2 twill."""
    across, down, period = brief.canvas.turned(brief.repeats)
    warp, weft = band(across, 0.5, period), band(down, 0.5, period)
    slope = brief.repeats * 2 * (brief.canvas.u + brief.canvas.v)
    over = band(slope, 0.5, period / np.sqrt(8))
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], over * warp + (1 - over) * weft)


def herringbone(brief: Brief) -> np.ndarray:
    """Twill lines that turn back at every column."""
    columns = max(2, brief.repeats - brief.repeats % 2)
    across = columns / 2 * brief.canvas.u
    zigzag = np.abs(centred(across)) * 2
    lines = columns * 2
    slope = lines * brief.canvas.v + zigzag * 2
    period = brief.canvas.size / (lines * np.sqrt(2))
    half_step = 0.5 * (centred(across) > 0)
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], band(slope + half_step, 0.5, period))


def basketweave(brief: Brief) -> np.ndarray:
    """Ribbons over and under, shaded at their edges."""
    across, down, period = brief.canvas.turned(brief.repeats)
    upper = (np.floor(across) + np.floor(down)) % 2
    along_x = 0.78 + 0.22 * np.cos(2 * np.pi * centred(across - 0.5)) * band(across - 0.5, 0.88, period)
    along_y = 0.78 + 0.22 * np.cos(2 * np.pi * centred(down - 0.5)) * band(down - 0.5, 0.88, period)
    first = brief.canvas.ground(brief.colours[0]) * along_y[..., None]
    second = brief.canvas.ground(brief.colours[1]) * along_x[..., None]
    return np.where(upper[..., None] > 0.5, first, second)


def woven_relief(picture: np.ndarray, strength: float, threads: int) -> np.ndarray:
    """Return the picture with the relief of a plain weave of `threads` threads across."""
    size = picture.shape[0]
    phase = np.arange(size, dtype=np.float32) * (2 * np.pi * threads / size)
    relief = np.sin(phase)[None, :] * np.sin(phase)[:, None]
    return picture * (1 + strength * relief)[..., None].astype(np.float32)


def denim(brief: Brief) -> np.ndarray:
    """Steep twill with uneven thread."""
    lines = max(brief.canvas.size // 5, 6)
    slope, _, period = brief.canvas.turned(lines, lines // 2)
    uneven = brief.canvas.stretched(brief.rng.standard_normal((8, brief.canvas.size, 1)).astype(np.float32))
    uneven = uneven.reshape(brief.canvas.size, brief.canvas.size)
    share = 0.3 * band(slope, 0.5, period) + 0.12 * uneven
    return lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], np.clip(share, 0, 1))


def ticking(brief: Brief) -> np.ndarray:
    """Groups of thin lines around a wider one."""
    across, _, period = brief.canvas.turned(*_direction(brief))
    picture = lay(brief.canvas.ground(brief.colours[0]), brief.colours[1], band(across, 0.2, period))
    for place in (0.18, -0.18, 0.26, -0.26):
        picture = lay(picture, brief.colours[1], cover(0.015 - np.abs(centred(across - np.float32(place))), period))
    return picture
