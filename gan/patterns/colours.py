"""Colours by the names fashion uses, and palettes from a seed."""

from __future__ import annotations

import difflib

import numpy as np

from gan.colour import srgb_from_oklab

FASHION_COLOURS = {
    "black": "#1a1a1c", "charcoal": "#36393f", "graphite": "#4a4d52", "grey": "#8a8d91", "gray": "#8a8d91",
    "silver": "#bfc3c7", "white": "#fafaf7", "off white": "#f3efe4", "ivory": "#f5efdc", "cream": "#f2e6c9",
    "ecru": "#e3d7bd", "beige": "#d9c5a3", "sand": "#cdb58c", "camel": "#b98b56", "tan": "#c49a6c",
    "khaki": "#9c8e63", "taupe": "#8b7d6e", "brown": "#6b4429", "chocolate": "#4a2c1d", "coffee": "#5b4031",
    "cognac": "#9a4a23", "rust": "#a8471f", "terracotta": "#c2643f", "brick": "#9c3b2e", "red": "#c1272d",
    "scarlet": "#d32f27", "crimson": "#a3142e", "burgundy": "#6a1b2d", "wine": "#661f33", "maroon": "#701c27",
    "oxblood": "#4e1218", "cherry": "#b0132f", "coral": "#f4745c", "salmon": "#f39a83", "peach": "#f8c09e",
    "apricot": "#f6b27a", "blush": "#f0cfc8", "pink": "#f19cb5", "rose": "#d9708d", "dusty rose": "#c58d8f",
    "hot pink": "#e8338a", "fuchsia": "#cf2b8f", "magenta": "#b8277f", "mauve": "#a987a5", "lilac": "#c3a6d3",
    "lavender": "#b9aedc", "violet": "#6f48a6", "purple": "#6a3492", "plum": "#5c2a4d", "aubergine": "#3d1f38",
    "indigo": "#2f2f6e", "navy": "#1d2846", "midnight": "#151b33", "royal blue": "#2347b8", "cobalt": "#1f4fae",
    "blue": "#2b62b5", "denim": "#4a6a93", "sky blue": "#8cc3ea", "light blue": "#a9cfec", "powder blue": "#b6d1df",
    "baby blue": "#b0d4ee", "ice blue": "#d6e8f0", "steel": "#5b7a95", "petrol": "#14505e", "teal": "#157a7c",
    "turquoise": "#2fb5b4", "aqua": "#5ac8c8", "mint": "#a9dcc3", "seafoam": "#94cdb1", "sage": "#a3b294",
    "olive": "#6c6b2f", "army": "#565a35", "moss": "#6d7a3a", "green": "#2f8146", "emerald": "#10805a",
    "forest": "#1f4d32", "bottle green": "#163f31", "dark green": "#1d4a30", "lime": "#b2d235",
    "chartreuse": "#c8dd3c", "yellow": "#f3cf3a", "lemon": "#f6e56b", "mustard": "#cf9a26", "ochre": "#c08a2e",
    "gold": "#c79a3b", "amber": "#e29a25", "saffron": "#ee9f27", "orange": "#e9762b", "tangerine": "#f08033",
    "copper": "#b0663a", "bronze": "#8a6a3b", "dark blue": "#1c2f5e", "dark red": "#7a1620", "dark brown": "#3f281b",
    "light grey": "#c6c8ca", "dark grey": "#46494d", "light green": "#a8d08d", "light pink": "#f6c8d4",
    "dark pink": "#c2427a", "champagne": "#ecd9b4", "nude": "#e0bfa5", "stone": "#b8ad9a", "slate": "#58616b",
}  # fmt: skip
_CLOSE_ENOUGH = 0.8


def rgb(code: str) -> np.ndarray:
    """Return the 0..255 float32 colour of a #rrggbb code."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


def nearest_colour_name(word: str) -> str | None:
    """Return the colour name a word means, spelling mistakes forgiven, or None."""
    if word in FASHION_COLOURS:
        return word
    close = difflib.get_close_matches(word, FASHION_COLOURS, 1, _CLOSE_ENOUGH)
    return close[0] if close and len(word) > 3 else None


def seeded_palette(rng: np.random.Generator, count: int = 5) -> np.ndarray:
    """Return K×3 float32 RGB colours that go together: a hue scheme in OKLCh with spread lightness."""
    scheme = [(0, 0, 0, 0), (0, 30, -30, 60), (0, 180, 20, 200), (0, 120, 240, 60), (0, 90, 180, 270)]
    hues = rng.uniform(0, 360) + np.resize(scheme[rng.integers(len(scheme))], count)
    lightness = rng.permutation(np.linspace(rng.uniform(0.12, 0.4), rng.uniform(0.75, 0.99), count))
    chroma = rng.uniform(0.0, 0.19, count) * (1.1 - np.abs(lightness - 0.6))
    if rng.random() < 0.35:
        chroma[rng.integers(count)] *= 0.1
    if abs(lightness[0] - lightness[1]) < 0.25:
        lightness[[1, 2]] = lightness[[2, 1]]
    radians = np.radians(hues)
    lab = np.stack([lightness, chroma * np.cos(radians), chroma * np.sin(radians)], -1)
    return srgb_from_oklab(lab.astype(np.float32)).astype(np.float32)


def completed_palette(named: list[np.ndarray], rng: np.random.Generator, count: int = 5) -> np.ndarray:
    """Return at least `count` colours that begin with the named ones; one alone is paired with white or cream."""
    colours = list(named)
    if len(colours) == 1:
        light = float(colours[0].mean()) > 150
        colours.append(rgb(FASHION_COLOURS["charcoal" if light else "white"]))
        if not light:
            colours.reverse()
    while len(colours) < count:
        first, second = colours[len(colours) % len(named)], colours[rng.integers(len(colours))]
        tint = np.float32(rng.uniform(0.25, 0.75))
        shade = np.float32(0.0 if float(first.mean()) > 130 else 255.0)
        colours.append(0.75 * (tint * first + (1 - tint) * second) + 0.25 * shade)
    return np.stack(colours).astype(np.float32)
