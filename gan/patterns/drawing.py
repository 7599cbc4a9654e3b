"""Draws a textile pattern from a seed or from words."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from gan.patterns import botanical, geometric, organic, woven
from gan.patterns.canvas import Brief, Canvas, Drawing
from gan.patterns.colours import completed_palette, rgb, seeded_palette
from gan.patterns.words import Wish, read_wish

SMALLEST_SIZE, LARGEST_SIZE = 16, 4096
SMALLEST_PERIOD = 7  # pixels
MOST_MOTIFS = 9  # across; more are repeated
FEWER_MOTIFS = 6  # where a motif is many shapes


@dataclass(frozen=True, slots=True)
class _Kind:
    """A drawing, the colours it has when none are named, and its usual number of repeats."""

    draw: Drawing
    colours: tuple[str, ...]
    repeats: int


def _kind(draw: Drawing, repeats: int, *colours: str) -> _Kind:
    return _Kind(draw, colours, repeats)


_KINDS = {
    "stripes": _kind(woven.stripes, 9, "#fafaf7", "#1d2846"),
    "pinstripe": _kind(woven.pinstripe, 18, "#1d2846", "#e9e9ea"),
    "ticking": _kind(woven.ticking, 8, "#f3efe4", "#2b4a7d"),
    "gingham": _kind(woven.gingham, 12, "#fafaf7", "#c1272d"),
    "buffalo": _kind(woven.buffalo, 9, "#c1272d", "#1a1a1c"),
    "check": _kind(woven.check, 8, "#fafaf7", "#1a1a1c"),
    "windowpane": _kind(woven.windowpane, 7, "#4a4d52", "#c6c8ca"),
    "tartan": _kind(woven.tartan, 9, "#b5121b", "#0f5230", "#22366e", "#e3b72c", "#f1f0ea"),
    "glen plaid": _kind(woven.glen_plaid, 9, "#e4e1da", "#3b3e44", "#7d9cc0"),
    "houndstooth": _kind(woven.houndstooth, 14, "#fafaf7", "#1a1a1c"),
    "herringbone": _kind(woven.herringbone, 14, "#8a8d91", "#46494d"),
    "basketweave": _kind(woven.basketweave, 12, "#cdb58c", "#b98b56"),
    "denim": _kind(woven.denim, 8, "#3f5f8a", "#c9d6e4"),
    "argyle": _kind(geometric.argyle, 6, "#1d2846", "#6a1b2d", "#8a8d91", "#f3efe4"),
    "dots": _kind(geometric.dots, 10, "#1d2846", "#fafaf7"),
    "chevron": _kind(geometric.chevron, 8, "#fafaf7", "#cf9a26"),
    "fish scale": _kind(geometric.fish_scale, 8, "#f3efe4", "#14505e", "#2fb5b4"),
    "hexagons": _kind(geometric.hexagons, 8, "#f3efe4", "#1d2846", "#cf9a26"),
    "diamonds": _kind(geometric.diamonds, 6, "#f3efe4", "#1a1a1c", "#c79a3b"),
    "quatrefoil": _kind(geometric.quatrefoil, 6, "#157a7c", "#fafaf7", "#10605f"),
    "waves": _kind(geometric.waves, 8, "#fafaf7", "#1c2f5e", "#5ac8c8"),
    "greek key": _kind(geometric.greek_key, 10, "#fafaf7", "#1c2f5e"),
    "stars": _kind(geometric.stars, 8, "#1d2846", "#fafaf7", "#f3cf3a"),
    "hearts": _kind(geometric.hearts, 8, "#f0cfc8", "#c1272d", "#e8338a"),
    "triangles": _kind(geometric.triangles, 9, "#f3efe4", "#157a7c", "#f4745c", "#1d2846"),
    "terrazzo": _kind(geometric.confetti, 12, "#f3efe4", "#c2643f", "#6c6b2f", "#36393f", "#f0cfc8"),
    "fair isle": _kind(geometric.fair_isle, 6, "#1d2846", "#f3efe4", "#a3142e", "#8cc3ea"),
    "camouflage": _kind(organic.camouflage, 8, "#6c6b4a", "#3c4427", "#8f8356", "#22241c"),
    "zebra": _kind(organic.zebra, 9, "#fafaf7", "#1a1a1c"),
    "leopard": _kind(organic.leopard, 9, "#d9b27c", "#2a1a10", "#a8703a"),
    "giraffe": _kind(organic.giraffe, 7, "#ead9b0", "#9a5a2a"),
    "snake": _kind(organic.snake, 8, "#d9cdb0", "#a3946c", "#6b5d3f", "#2e281d"),
    "marble": _kind(organic.marble, 9, "#f4f3f0", "#5b5f66", "#c9cacc"),
    "paper marbling": _kind(organic.paper_marbling, 6, "#1d2846", "#a3142e", "#f2e6c9", "#cf9a26", "#157a7c"),
    "tie-dye": _kind(organic.tie_dye, 4, "#f3cf3a", "#e8338a", "#6a3492", "#2b62b5", "#2fb5b4"),
    "shibori": _kind(organic.shibori, 6, "#24356f", "#f1f3f6"),
    "ikat": _kind(organic.ikat, 5, "#f3efe4", "#1c2f5e", "#c1272d", "#f3efe4", "#1c2f5e"),
    "brush strokes": _kind(organic.brush_strokes, 7, "#f3efe4", "#1d2846", "#f4745c", "#cf9a26", "#a9dcc3"),
    "watercolour": _kind(organic.watercolour, 6, "#fbfaf6", "#8cc3ea", "#d9708d", "#b9aedc"),
    "wood grain": _kind(organic.wood_grain, 6, "#b98b56", "#5b3a20"),
    "floral": _kind(botanical.floral, 6, "#1d2846", "#d9708d", "#f2e6c9", "#f4745c", "#6d7a3a"),
    "daisies": _kind(botanical.daisies, 8, "#8cc3ea", "#fafaf7", "#f3cf3a"),
    "leaves": _kind(botanical.leaves, 5, "#f3efe4", "#1f4d32", "#6d7a3a", "#a3b294"),
    "paisley": _kind(botanical.paisley, 5, "#6a1b2d", "#f2e6c9", "#c79a3b", "#1d2846"),
}
_TONAL = frozenset({"camouflage", "snake", "tie-dye", "watercolour", "leaves", "brush strokes"})
PATTERN_KINDS: tuple[str, ...] = tuple(_KINDS)


def draw_pattern(words_or_seed: str | int, size: int = 512) -> np.ndarray:
    """Return a seamless textile pattern, size×size×3 RGB uint8.

    Args:
        words_or_seed: words such as "navy gingham small" (kind, colours, size, direction in any order), or a number:
            every number is another pattern.
        size: side in pixels, 16 to 4096.

    Raises:
        ValueError: no known pattern is named, or the size is out of range; the message is one sentence for people.
    """
    if not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise ValueError(f"A pattern's size must be between {SMALLEST_SIZE} and {LARGEST_SIZE} pixels.")
    if isinstance(words_or_seed, str):
        picture = _from_words(read_wish(words_or_seed, PATTERN_KINDS), size)
    else:
        picture = _from_seed(words_or_seed, size)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _from_seed(seed: int, size: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    kind = _KINDS[PATTERN_KINDS[rng.integers(len(PATTERN_KINDS))]]
    usual = rng.random() < 0.2
    colours = completed_palette([rgb(code) for code in kind.colours], rng) if usual else seeded_palette(rng)
    repeats = max(2, round(kind.repeats * np.exp(rng.normal(0, 0.45))))
    picture = _drawn(kind, Brief(Canvas(size), colours, _limited(repeats, size), rng))
    if rng.random() < 0.4:
        picture = woven.woven_relief(picture, rng.uniform(0.02, 0.12), size // int(rng.integers(3, 7)))
    return picture


def _from_words(wish: Wish, size: int) -> np.ndarray:
    rng = np.random.default_rng(zlib.crc32(wish.text.encode()))
    kind = _KINDS[wish.kind]
    codes = wish.colours or kind.colours
    if len(codes) == 1 and len(kind.colours) > 2:
        codes = (*codes, *kind.colours[1:]) if wish.kind not in _TONAL else _tones(codes[0])
    colours = completed_palette([rgb(code) for code in codes], rng)
    repeats = max(2, round(kind.repeats / wish.scale))
    picture = _drawn(kind, Brief(Canvas(size), colours, _limited(repeats, size), rng, wish.words))
    return woven.woven_relief(picture, 0.1, size // 4) if wish.woven else picture


def _tones(code: str) -> tuple[str, ...]:
    """The colour itself, then lighter and darker."""
    colour = rgb(code)
    tones = (colour, 0.55 * colour, 0.6 * colour + 0.4 * 255, 0.3 * colour)
    return tuple("#" + "".join(f"{round(float(channel)):02x}" for channel in tone) for tone in tones)


def _drawn(kind: _Kind, brief: Brief) -> np.ndarray:
    """Draw; a picture of very many motifs is a smaller one repeated, which is as seamless and much quicker."""
    most = FEWER_MOTIFS if kind.draw.__module__ == botanical.__name__ else MOST_MOTIFS
    if brief.repeats > most and brief.canvas.size % 2 == 0 and brief.canvas.size >= 2 * SMALLEST_SIZE:
        quarter = Brief(Canvas(brief.canvas.size // 2), brief.colours, brief.repeats // 2, brief.rng, brief.words)
        return np.tile(_drawn(kind, quarter), (2, 2, 1))
    return kind.draw(brief)


def _limited(repeats: int, size: int) -> int:
    return int(max(2, min(repeats, size // SMALLEST_PERIOD)))
