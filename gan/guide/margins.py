"""Cuts off what surrounds a style on its picture: white margins, letterbox bars, the page of a screenshot."""

from __future__ import annotations

import cv2
import numpy as np

from gan.boxes import lines_span

SIDE = 320  # most pixels at which margins are looked for
PLAIN = 14  # most levels that a margin's pixels lie from its colour: JPEG leaves a few
PLAIN_EDGE = 0.97  # of a picture's side that must have the margin's colour
LEAST_MARGIN = 0.015  # of the picture's side; less is a line that scans have
LEAST_CONTENT, LEAST_LEFT = 0.15, 0.03  # shares of a page that a style covers at least, and leaves free at least
CUT, CUT_DEPTH = 0.35, 3  # so much of a style's side shows something within so many pixels where it is cut off
WIDER = 2.0  # times as wide as the widest plain line through the style is a margin: stripes have plain lines too
FILLED = 0.93  # of its rectangle that a style fills on a page where there are other things
LEAST_DETAIL = 6.0  # mean deviation in levels along a margin, else both are bands of colour
NEAR = 0.01  # of the picture's side between things on a page that belong together


def without_margins(style: np.ndarray) -> np.ndarray:
    """Return the rectangle of a picture h×w×3 uint8 that holds the style; the picture itself where it has no margins.

    A margin is one plain colour along two whole sides that face each other. What lies on it is a style if it is a
    rectangle with detail that was cut off at its sides: the plain ground around motifs, or the outermost stripe, stays.
    """
    height, width = style.shape[:2]
    factor = max(1.0, max(height, width) / SIDE)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    if min(size) < 16:
        return style
    small = cv2.resize(style, size, interpolation=cv2.INTER_AREA)
    for colour in ground_colours(small):
        content = away_from(small, colour)
        found = _framed(small, content)
        if found is None:
            found = _on_page(small, content)
        if found is not None:
            scale = np.array([height / size[1], height / size[1], width / size[0], width / size[0]])
            top, bottom, left, right = np.rint(found * scale).astype(int)
            return np.ascontiguousarray(style[top:bottom, left:right])
    return style


def ground_colours(picture: np.ndarray, sides: int = 1) -> list[np.ndarray]:
    """Return the RGB colours that at least so many whole sides of a picture h×w×3 uint8 have."""
    edges = [picture[0], picture[-1], picture[:, 0], picture[:, -1]]
    colours = [np.median(edge, axis=0) for edge in edges]
    found: list[np.ndarray] = []
    for colour in colours:
        known = any(_all_near(other[None], colour) for other in found)
        if not known and sum(_all_near(edge, colour) for edge in edges) >= sides:
            found.append(colour)
    return found


def away_from(picture: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Return which pixels of a picture h×w×3 uint8 are not of a ground's colour, bool h×w."""
    return np.abs(picture - colour.astype(np.float32)).max(2) > PLAIN


def _all_near(colours: np.ndarray, colour: np.ndarray) -> bool:
    """Whether N×3 colours, but for a few, are one."""
    return bool((np.abs(colours - colour).max(1) <= PLAIN).mean() >= PLAIN_EDGE)


def _framed(picture: np.ndarray, content: np.ndarray) -> np.ndarray | None:
    """Return top, bottom, left and right of all that lies on a plain ground, if it is a style; else None."""
    rows, columns = (lines_span(content.mean(axis) > 1 - PLAIN_EDGE) for axis in (1, 0))
    if not (rows.stop and columns.stop):
        return None
    return _style_in(picture, content, np.array([rows.start, rows.stop, columns.start, columns.stop]))


def _on_page(picture: np.ndarray, content: np.ndarray) -> np.ndarray | None:
    """Return top, bottom, left and right of the largest thing on a plain ground, if it is a style; else None."""
    reach = 2 * max(1, round(NEAR * max(content.shape))) + 1
    whole = cv2.morphologyEx(content.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(whole)
    if len(statistics) < 2:
        return None
    left, top, wide, high, area = statistics[1:][int(statistics[1:, cv2.CC_STAT_AREA].argmax())]
    if area < FILLED * wide * high:
        return None
    return _style_in(picture, content, np.array([top, top + high, left, left + wide]))


def _style_in(picture: np.ndarray, content: np.ndarray, box: np.ndarray) -> np.ndarray | None:
    """Return a style's box, a line smaller on each side as edges are blurred; None where no style was cut off there."""
    size = np.array([content.shape[0]] * 2 + [content.shape[1]] * 2)
    margins = np.where([False, True, False, True], size - box, box)
    top, bottom, left, right = box
    inside, shown = picture[top:bottom, left:right], content[top:bottom, left:right]
    outer = margins >= np.maximum(1, LEAST_MARGIN * size)
    if not (outer[:2].all() or outer[2:].all()) or not LEAST_CONTENT <= shown.size / content.size <= 1 - LEAST_LEFT:
        return None
    detail = np.repeat([inside.std(1).mean(), inside.std(0).mean()], 2)  # along each side: bands of colour have none
    if np.any(detail[outer] < LEAST_DETAIL) or np.any(_cut_off(shown)[outer] < CUT):
        return None
    lines = max(_widest_plain(shown.mean(1)), _widest_plain(shown.mean(0)))
    if margins[outer].min() < WIDER * lines:
        return None
    return box + np.where(margins > 0, [1, -1, 1, -1], 0)


def _cut_off(shown: np.ndarray) -> np.ndarray:
    """Share of the upper, lower, left and right side at which there is something."""
    sides = shown[:CUT_DEPTH], shown[-CUT_DEPTH:], shown[:, :CUT_DEPTH].T, shown[:, -CUT_DEPTH:].T
    return np.array([side.any(0).mean() for side in sides])


def _widest_plain(covered: np.ndarray) -> int:
    """Most lines in a row through which the ground runs from side to side."""
    edges = np.flatnonzero(np.diff(np.r_[0, covered < 1 - PLAIN_EDGE, 0].astype(int)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
