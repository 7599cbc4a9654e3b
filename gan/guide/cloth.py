"""A style image made ready to be laid: its seamless tile, its size on a garment, its colours. Cached by content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

import cv2
import numpy as np

from gan.colour import oklab_from_srgb
from gan.guide.blacks import as_dyed
from gan.guide.dyes import Dyes, find_palette
from gan.guide.flattening import flatten_light, fold_gain, uneven_light
from gan.guide.focus import find_focus
from gan.guide.graphic import Graphic, cut_graphic, whole_graphic
from gan.guide.lattice import Lattice, find_lattice
from gan.guide.lone_figure import Span, find_lone_figure
from gan.guide.margins import without_margins
from gan.guide.motif import Motif, find_motif
from gan.guide.photo_reader import PhotoLook, PhotoReader
from gan.guide.plaid import keeps_bands, plaid_tile
from gan.guide.quilting import quilt
from gan.guide.straightening import find_bend
from gan.guide.tile import Tile, cut_cell
from gan.guide.upright import stands_upright
from gan.guide.wrapping import seamless_tile
from gan.request import StyleUse

SMALLEST_SIDE = 32
LARGEST_SIDE = 640  # at which a style is understood
FINEST_SIDE = 1280  # at which it is laid: a scan stays sharp on a large photo
CACHED_STYLES = 24  # a large one takes 16 MB
PALETTE_COLOURS = 6
PLAIN = 6.0  # levels of deviation; leather and wood have more
LEAST_LOCAL_MATCH = 0.75
LONGEST_LOCAL_PERIOD = 0.4  # of the piece's side
DRAWN_MATCH = 0.95  # repeats of cloth in folds match less well

Place = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class StyleCloth:
    """Everything the guides need of a style.

    Attributes:
        picture: the style, h×w×3 uint8, between 32 and 640 pixels; sizes are given in its pixels.
        fine: the same with more pixels where the style has them, at most 1280.
        tile: what `print` repeats.
        lattice: the style's own period, or that of its motif; None when it does not repeat.
        key: content hash of the original picture.
        is_plain: it is one colour, as of a colour card.
        is_picture: it shows a scene (its parts differ), so its layout matters; else it is stuff that looks alike
            everywhere.
        shows_figure: a scene with a face in it, or of one thing before calm ground.
        figure: shares of its width and height that this one thing spans; None of other scenes, and of stuff.
        is_upright: it has an up and a down, as far as a picture or a repeat can tell.
        focus: where a scene draws the eye, side×side float32 over the picture with a sum of 1; None for stuff.
        palette: its main colours in OKLab.
        graphic: what is printed where it is to be seen once.
        use: what of the style image all this was made of.
    """

    picture: np.ndarray
    fine: np.ndarray
    tile: Tile
    lattice: Lattice | None
    key: str
    is_plain: bool
    is_picture: bool
    shows_figure: bool
    figure: Span | None
    is_upright: bool
    focus: np.ndarray | None
    palette: Dyes
    graphic: Graphic
    use: StyleUse


class _Recent:
    """A bounded least-recently-used store, safe between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity, self._items, self._lock = capacity, OrderedDict[str, StyleCloth](), Lock()

    def get(self, key: str) -> StyleCloth | None:
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
            return self._items.get(key)

    def put(self, key: str, cloth: StyleCloth) -> None:
        with self._lock:
            self._items[key] = cloth
            self._items.move_to_end(key)
            while len(self._items) > self._capacity:
                self._items.popitem(last=False)


_RECENT = _Recent(CACHED_STYLES)


def prepare_style(style: np.ndarray, reader: PhotoReader | None = None) -> StyleCloth:
    """Return the style made ready; the same picture again comes from the cache.

    Margins are left out, and what is one motif on plain ground is made a pattern of it.

    Args:
        style: H×W×3 RGB uint8, any size from 1×1.
        reader: with it the cloth of a garment is cut out of its photo, scenes are told from cloth and their faces
            found, and cloth that lies in folds is laid flat and, where it has threads to go by, straight.

    Raises:
        ValueError: the array is not an RGB picture.
    """
    if style.ndim != 3 or style.shape[2] != 3 or style.dtype != np.uint8 or not style.size:
        raise ValueError("A style must be an RGB picture of 8-bit values.")
    content = repr((style.shape, reader is not None)).encode() + np.ascontiguousarray(style).tobytes()
    key = hashlib.sha1(content).hexdigest()
    cloth = _RECENT.get(key)
    if cloth is None:
        inner = without_margins(style)
        seen = _seen(inner, StyleUse.WHOLE if inner is style else StyleUse.INNER)
        look = PhotoLook()
        if reader is not None and not seen.is_drawn:
            look = reader.look_at(inner)
            seen = _read_as_photo(seen, look, reader)
        if seen.is_picture:
            shows_figure = bool(look.faces) or seen.figure is not None
            seen = replace(seen, focus=find_focus(seen.picture, look.faces), shows_figure=shows_figure)
        cloth = _made_cloth(seen, key)
        _RECENT.put(key, cloth)
    return cloth


@dataclass(frozen=True, slots=True)
class _Seen:
    """A style before anything is made of it; `repeat` is its cell and lattice, `seamless` itself as a tile.

    `focus`, `figure` and `shows_figure` are for scenes only.
    """

    picture: np.ndarray
    fine: np.ndarray
    motif: Motif | None
    repeat: tuple[Tile, Lattice] | None
    seamless: Tile | None
    is_picture: bool
    use: StyleUse
    figure: Span | None = None
    focus: np.ndarray | None = None
    shows_figure: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether it has flat colours or repeats as no photo of cloth does."""
        if self.motif is not None:
            return self.motif.is_graphic
        return self.seamless is not None or (self.repeat is not None and self.repeat[1].match >= DRAWN_MATCH)


def _seen(style: np.ndarray, use: StyleUse) -> _Seen:
    picture = _working_size(style, LARGEST_SIDE)
    fine = _working_size(style, FINEST_SIDE) if max(style.shape[:2]) > LARGEST_SIDE else picture
    repeat = _own_repeat(picture, fine)
    motif = find_motif(picture) if repeat is None else None
    if motif is not None:
        repeat, use = motif.scattered(picture, fine), StyleUse.MOTIF
    seamless = seamless_tile(picture, fine) if repeat is None else None
    # Whoever made the edges meet meant it to repeat.
    repeats = repeat is not None or seamless is not None
    figure = None if repeats else find_lone_figure(picture)
    is_picture = figure is not None or (not repeats and _is_picture(picture))
    return _Seen(picture, fine, motif, repeat, seamless, is_picture, use, figure)


def _read_as_photo(seen: _Seen, look: PhotoLook, reader: PhotoReader) -> _Seen:
    """Take the cloth of a garment alone, tell scenes from cloth, and lay cloth flat and straight."""
    if look.cloth is not None:
        seen = replace(_seen(look.cloth, StyleUse.CLOTH), is_picture=False, figure=None)
    elif look.is_scene is not None and seen.repeat is None and seen.seamless is None:
        seen = replace(seen, is_picture=look.is_scene or bool(look.faces) or seen.figure is not None)
    if seen.is_picture or seen.motif is not None:
        return seen
    gain = fold_gain(seen.picture, reader.read_light(seen.picture), is_cloth=look.cloth is not None)
    picture, fine = seen.picture, seen.fine
    if gain is not None:
        picture, fine = _both(picture, fine, partial(flatten_light, gain=gain))
    bend = find_bend(picture, is_cloth=gain is not None or look.cloth is not None)
    if bend is not None:
        picture, fine = _both(picture, fine, bend.straighten)
    if gain is None and bend is None:
        return seen
    return replace(seen, picture=picture, fine=fine, repeat=_own_repeat(picture, fine))


def _made_cloth(seen: _Seen, key: str) -> StyleCloth:
    tile, lattice = seen.repeat or _made_to_repeat(seen)
    picture, fine = _both(seen.picture, seen.fine, as_dyed)
    some = picture.reshape(-1, 3)[:: max(1, picture.size // 12000)]
    palette = find_palette(oklab_from_srgb(some), PALETTE_COLOURS)
    # Stuff without a repeat never is the same upside down, whether its motifs stand or lie as they fell.
    is_upright = (seen.is_picture or lattice is not None) and stands_upright(tile)
    return StyleCloth(
        picture,
        fine,
        replace(tile, image=as_dyed(tile.image)),
        lattice,
        key,
        is_plain=bool(seen.picture.std((0, 1)).max() < PLAIN),
        is_picture=seen.is_picture,
        shows_figure=seen.shows_figure,
        figure=seen.figure,
        is_upright=is_upright,
        focus=seen.focus,
        palette=palette,
        graphic=_graphic(seen, fine),
        use=seen.use,
    )


def _graphic(seen: _Seen, fine: np.ndarray) -> Graphic:
    if seen.motif is None:
        return whole_graphic(fine)
    return cut_graphic(seen.fine, seen.motif, seen.fine.shape[0] / seen.picture.shape[0])


def _own_repeat(picture: np.ndarray, fine: np.ndarray) -> tuple[Tile, Lattice] | None:
    lattice = find_lattice(picture)
    if lattice is not None and keeps_bands(picture, lattice):
        return cut_cell(picture, lattice, fine), lattice
    tile = plaid_tile(picture, fine)
    return None if tile is None else (tile, Lattice(tile.basis, match=1.0))


def _made_to_repeat(seen: _Seen) -> tuple[Tile, Lattice | None]:
    if seen.is_picture:
        return _quilted(seen.picture, seen.fine, seen.focus), None
    flat, flat_fine = _both(seen.picture, seen.fine, partial(flatten_light, gain=uneven_light(seen.picture)))
    place, lattice = _regular_piece(flat)
    if seen.seamless is None and lattice is not None:
        return cut_cell(_piece(flat, place), lattice, _piece(flat_fine, place)), lattice
    return seen.seamless or _quilted(flat, flat_fine), lattice


def _both(
    picture: np.ndarray, fine: np.ndarray, changed: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Change a picture and, unless it is the same, its fine version."""
    result = changed(picture)
    return result, result if fine is picture else changed(fine)


def _regular_piece(flat: np.ndarray) -> tuple[Place, Lattice | None]:
    """Folds bend the pattern of a cloth on a photo: find the part where it repeats well, and its lattice."""
    best: tuple[Place, Lattice | None] = (None, None)
    for place in ((1, 1), (0, 0), (0, 2), (2, 0), (2, 2)):
        piece = _piece(flat, place)
        lattice = find_lattice(piece)
        if lattice is None or np.linalg.norm(lattice.basis, axis=0).max() > LONGEST_LOCAL_PERIOD * min(piece.shape[:2]):
            continue
        if lattice.match >= max(LEAST_LOCAL_MATCH, best[1].match if best[1] else 0.0):
            best = (place, lattice)
    return best


def _piece(picture: np.ndarray, place: Place) -> np.ndarray:
    """A quarter of a picture, its upper left corner at so many quarters of height and width; None: all of it."""
    if place is None:
        return picture
    (high, wide), (top, left) = picture.shape[:2], place
    return picture[top * high // 4 : top * high // 4 + high // 2, left * wide // 4 : left * wide // 4 + wide // 2]


def _quilted(picture: np.ndarray, fine: np.ndarray, focus: np.ndarray | None = None) -> Tile:
    image = quilt(fine, focus)
    return Tile(image, np.diag([float(image.shape[1]), float(image.shape[0])])).measured_in(picture, fine)


def _working_size(style: np.ndarray, largest: int) -> np.ndarray:
    """Bring the style's sides to 32..largest pixels; a ribbon is repeated across until it is a cloth."""
    factor = min(1.0, largest / max(style.shape[:2]))
    if factor < 1.0:
        size = [max(1, round(side * factor)) for side in style.shape[1::-1]]
        style = cv2.resize(style, size, interpolation=cv2.INTER_AREA)
    if max(style.shape[:2]) < SMALLEST_SIDE:
        factor = SMALLEST_SIDE / max(style.shape[:2])
        size = [max(1, round(side * factor)) for side in style.shape[1::-1]]
        style = cv2.resize(style, size, interpolation=cv2.INTER_CUBIC)
    least = max(SMALLEST_SIDE, max(style.shape[:2]) // 4)
    rows, columns = (max(1, -(-least // side)) for side in style.shape[:2])
    return np.ascontiguousarray(np.tile(style, (rows, columns, 1)))


def _is_picture(picture: np.ndarray) -> bool:
    """A scene's coarse colours vary as much as its details; a texture's average out."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32)
    coarse = cv2.resize(lab, (5, 5), interpolation=cv2.INTER_AREA)
    return bool(coarse.var((0, 1)).sum() > 0.22 * lab.var((0, 1)).sum())
