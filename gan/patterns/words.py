"""Reads what a person wrote: "navy gingham small" is a kind, colours and a size."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from gan.patterns.colours import FASHION_COLOURS, nearest_colour_name

_SCALES = {
    "micro": 0.35, "tiny": 0.45, "mini": 0.45, "fine": 0.6, "small": 0.6, "ditsy": 0.5, "medium": 1.0,
    "large": 1.7, "big": 1.7, "bold": 1.6, "wide": 1.6, "oversized": 2.4, "huge": 2.4, "giant": 2.6, "jumbo": 2.6,
}  # fmt: skip
_WOVEN = {"woven", "linen", "canvas", "tweed", "wool", "flannel", "textured"}
_OTHER_NAMES = {
    "stripe": "stripes", "striped": "stripes", "breton": "stripes", "polka": "dots", "dot": "dots", "dotted": "dots",
    "spots": "dots", "spotted": "dots", "plaid": "tartan", "checked": "check", "checks": "check",
    "checkered": "check", "chequered": "check", "checkerboard": "check", "checker": "check", "vichy": "gingham",
    "dogtooth": "houndstooth", "pied": "houndstooth", "zigzag": "chevron", "flowers": "floral", "flower": "floral",
    "florals": "floral", "blossom": "floral", "roses": "floral", "botanical": "leaves", "leaf": "leaves",
    "fern": "leaves", "palm": "leaves", "tropical": "leaves", "camo": "camouflage", "military": "camouflage",
    "tiedye": "tie-dye", "dye": "tie-dye", "cheetah": "leopard", "jaguar": "leopard", "tiger": "zebra",
    "python": "snake", "snakeskin": "snake", "reptile": "snake", "crocodile": "snake", "marbled": "marble",
    "scales": "fish scale", "scallop": "fish scale", "seigaiha": "fish scale", "mermaid": "fish scale",
    "prince": "glen plaid", "glen": "glen plaid", "lumberjack": "buffalo", "grid": "windowpane",
    "graph": "windowpane", "lattice": "quatrefoil", "trellis": "quatrefoil", "moroccan": "quatrefoil",
    "honeycomb": "hexagons", "hexagon": "hexagons", "harlequin": "diamonds", "diamond": "diamonds",
    "lozenge": "diamonds",
    "star": "stars", "heart": "hearts", "triangle": "triangles", "daisy": "daisies", "brush": "brush strokes",
    "brushstrokes": "brush strokes", "strokes": "brush strokes", "painterly": "brush strokes",
    "watercolor": "watercolour", "aquarelle": "watercolour", "wood": "wood grain", "basket": "basketweave",
    "wicker": "basketweave", "confetti": "terrazzo", "nordic": "fair isle", "norwegian": "fair isle",
    "knit": "fair isle", "meander": "greek key", "greek": "greek key", "wave": "waves", "wavy": "waves",
    "jeans": "denim", "twill": "denim", "suminagashi": "paper marbling", "ebru": "paper marbling",
    "boteh": "paisley", "bandana": "paisley", "stewart": "tartan", "watch": "tartan",
}  # fmt: skip
_CLOSE_ENOUGH = 0.78


@dataclass(frozen=True, slots=True)
class Wish:
    """What the words ask for.

    Attributes:
        text: the words, normalised; the same text gives the same pattern.
        kind: one of the known kinds.
        colours: #rrggbb codes in the order named, may be empty.
        scale: size of the motif as a factor of the usual.
        woven: whether the weave is to be seen.
        words: all words, for a kind's own options such as "diagonal" or "royal stewart".
    """

    text: str
    kind: str
    colours: tuple[str, ...]
    scale: float
    woven: bool
    words: frozenset[str]


def read_wish(text: str, kinds: tuple[str, ...]) -> Wish:
    """Return what a description asks for.

    Raises:
        ValueError: no pattern is named; the message says which there are.
    """
    words = re.findall(r"[a-z]+", text.lower())
    phrase = " ".join(words)
    kind = _find_kind(words, phrase, kinds)
    if kind is None:
        known = ", ".join(kinds)
        raise ValueError(f"No pattern I know is named in “{text.strip()[:60]}”; try one of these: {known}.")
    scale = next((_SCALES[word] for word in words if word in _SCALES), 1.0)
    motif, _, ground = phrase.partition(" on ")
    colours = () if _is_named_sett(words) else _find_colours(ground, kind) + _find_colours(motif, kind)
    return Wish(phrase, kind, colours, scale, bool(_WOVEN & set(words)), frozenset(words))


def _is_named_sett(words: list[str]) -> bool:
    return {"black", "watch"} <= set(words)


def _find_kind(words: list[str], phrase: str, kinds: tuple[str, ...]) -> str | None:
    for kind in sorted(kinds, key=len, reverse=True):
        if re.search(rf"\b{kind.replace('-', ' ')}\b", phrase):
            return kind
    for word in words:
        if word in _OTHER_NAMES:
            return _OTHER_NAMES[word]
    names = {**{kind: kind for kind in kinds}, **_OTHER_NAMES}
    for word in words:
        close = difflib.get_close_matches(word, names, 1, _CLOSE_ENOUGH) if len(word) > 3 else []
        if close and word not in FASHION_COLOURS:
            return names[close[0]]
    return None


def _find_colours(phrase: str, kind: str) -> tuple[str, ...]:
    """Colour names in the order written; two-word names win over their parts."""
    words = phrase.split()
    found: list[str] = []
    index = 0
    while index < len(words):
        pair, word = " ".join(words[index : index + 2]), words[index]
        name = pair if " " in pair and pair in FASHION_COLOURS else None
        if name is None and not (word in _SCALES or word in _OTHER_NAMES or word in kind.split()):
            name = nearest_colour_name(word)
        if name:
            found.append(FASHION_COLOURS[name])
        index += 2 if name == pair else 1
    return tuple(found)
