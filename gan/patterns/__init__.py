"""Draws textile patterns from words ("navy gingham small") or from a seed; every one meets itself at its edges."""

from gan.patterns.drawing import PATTERN_KINDS, draw_pattern

__all__ = ["PATTERN_KINDS", "draw_pattern"]
