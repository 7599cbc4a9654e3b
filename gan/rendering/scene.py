"""What all variants of one request share: the garment at the result's size, its mask, light, form and features."""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gan.guide import GarmentForm, StyleCloth, VariantPlan, analyse_garment, carries_shading, lay_guide
from gan.mask import apply_region, edit_mask, find_mask, load_user_mask
from gan.pictures import read_picture, resize_picture, result_size
from gan.rendering.composite import Compositor
from gan.rendering.control_network import ControlNetwork, EncodedGarment
from gan.rendering.device_drawing import DeviceCanvas
from gan.rendering.light import GarmentLight, light_guide
from gan.request import Mode, Region, RenderError, RenderRequest

Lay = Callable[[VariantPlan], np.ndarray]

CROP_MARGIN = 0.04
"""Room left around the garment, as a part of its long side: the networks learned on garments with some background."""
VISIBLE = 1 / 255
KEPT_SCENES = 2
"""At 2048 px one takes about 80 MB, and on a GPU that has drawn it 250 MB there, besides its styles' tiles."""
NO_GARMENT = "I find no garment in the photo; please send one that stands out from its background, or your own mask."
NOTHING_LEFT = "The mask leaves nothing to restyle; please make it larger."


@dataclass(frozen=True, slots=True)
class MaskedGarment:
    """A garment photo at the result's size, and which part of it is restyled.

    Attributes:
        picture: H×W×3 uint8 RGB.
        mask: H×W float32 in 0 to 1, the garment with a person's corrections.
        alpha: H×W float32 in 0 to 1, the region that is restyled.
        doubt: one sentence when the automatic mask is unsure.
    """

    picture: np.ndarray
    mask: np.ndarray
    alpha: np.ndarray
    doubt: str | None


def load_garment(request: RenderRequest) -> MaskedGarment:
    """Read the garment, find or read its mask, and apply the person's corrections and region.

    Raises:
        RenderError: a file cannot be used, or nothing is left to restyle.
    """
    photo = read_picture(request.garment)
    picture = resize_picture(photo, result_size(photo, request.size))
    mask, doubt = _garment_mask(picture, request)
    found = float(mask.max()) >= VISIBLE
    mask = edit_mask(mask, request.mask_edit)
    alpha = apply_region(mask, request.region)
    if float(alpha.max()) < VISIBLE:
        raise RenderError(NOTHING_LEFT if found or request.mask is not None else NO_GARMENT)
    return MaskedGarment(picture, mask, np.ascontiguousarray(alpha, np.float32), doubt)


def _garment_mask(picture: np.ndarray, request: RenderRequest) -> tuple[np.ndarray, str | None]:
    height, width = picture.shape[:2]
    if request.mask is not None:
        return load_user_mask(request.mask, (width, height)), None
    if request.region is Region.WHOLE:
        return np.ones((height, width), np.float32), None
    found = find_mask(picture)
    return found.alpha, found.doubt


class Scene:
    """One garment prepared for its variants. Only the window around the mask is computed, the rest is copied.

    Attributes:
        garment: the photo and its mask.
        window: rows and columns of the photo in which it may change.
        form: what the guides know of the garment in the window.
    """

    def __init__(self, garment: MaskedGarment, network: ControlNetwork) -> None:
        """Read everything that does not depend on the style."""
        self.garment = garment
        self.window: tuple[slice, slice] = _window(garment.alpha)
        cropped = np.ascontiguousarray(garment.picture[self.window])
        alpha = np.ascontiguousarray(garment.alpha[self.window])
        form = analyse_garment(cropped, alpha)
        self._network = network
        self._compositor = Compositor(cropped, alpha, form.reduced)
        unmixed = self._compositor.unmixed()
        self._encoded: EncodedGarment = network.encode(unmixed, alpha)
        self.form: GarmentForm = replace(form, folds=self._encoded.folds)
        self._light = GarmentLight.read(unmixed, alpha, self._encoded.shading)

    def draw(self, cloth: StyleCloth, plan: VariantPlan, strength: float) -> np.ndarray:
        """Return one variant, H×W×3 uint8 RGB at the photo's size. Safe to call from several threads.

        Args:
            cloth: the prepared style.
            plan: which variant.
            strength: 0 gives the photo back, 1 restyles fully.
        """
        guide = self._lay(cloth, plan)
        if carries_shading(plan.mode):
            lit = guide
        else:
            lit = light_guide(guide, self._light, self._network.controls(self._encoded, guide, plan.seed))
        return self._framed(self._compositor.compose(lit, strength))

    def draw_all(
        self,
        cloth: StyleCloth,
        plans: Sequence[VariantPlan],
        strength: float,
        side_by_side: Callable[[Lay, list[VariantPlan]], Iterable[np.ndarray]] = map,
    ) -> list[np.ndarray]:
        """Return what `draw` returns for each plan, to within rounding, drawn together on the network's device.

        A GPU draws prints as a whole; the guides of other modes are laid on the CPU first.

        Args:
            cloth: the prepared style.
            plans: which variants, 1 to `MAX_VARIANTS`.
            strength: 0 gives the photo back, 1 restyles fully.
            side_by_side: calls a function for each plan, as `map` does, perhaps in several threads.

        Raises:
            ValueError: there are no or too many plans.
        """
        others = [plan for plan in plans if plan.mode is not Mode.PRINT]
        laid = dict(zip(others, side_by_side(functools.partial(self._lay, cloth), others), strict=True))
        return self._network.run(lambda: self._canvas.draw(cloth, plans, laid, strength))

    @functools.cached_property
    def _canvas(self) -> DeviceCanvas:
        frame = self.garment.picture, self.window
        return DeviceCanvas(self._network, self._encoded, self.form, self._light, self._compositor, frame)

    def guide(self, cloth: StyleCloth, plan: VariantPlan) -> np.ndarray:
        """Return what a variant is drawn from, the flat cloth over the garment and the photo around it, H×W×3 uint8."""
        return self._framed(self._lay(cloth, plan))

    def _lay(self, cloth: StyleCloth, plan: VariantPlan) -> np.ndarray:
        return lay_guide(cloth, self.form, plan.mode, plan.scale, plan.angle, plan.seed)

    def _framed(self, picture: np.ndarray) -> np.ndarray:
        """Return the photo with `picture` in the window around the mask."""
        whole = self.garment.picture.copy()
        whole[self.window] = picture
        return whole


class RecentScenes:
    """The garments rendered last, ready for another style or for new seeds."""

    def __init__(self, network: ControlNetwork, capacity: int = KEPT_SCENES) -> None:
        self._network, self._capacity = network, capacity
        self._scenes: OrderedDict[str, Scene] = OrderedDict()

    def of(self, request: RenderRequest) -> Scene:
        """Return the scene of a request, prepared anew unless its garment and mask were among the last.

        Raises:
            RenderError: a file cannot be used, or nothing is left to restyle.
        """
        key = _scene_key(request)
        scene = self._scenes.get(key) or Scene(load_garment(request), self._network)
        self._scenes[key] = scene
        self._scenes.move_to_end(key)
        while len(self._scenes) > self._capacity:
            self._scenes.popitem(last=False)
        return scene


def _scene_key(request: RenderRequest) -> str:
    """Digest everything that a scene depends on; a file that cannot be read is refused later, with its sentence."""
    digest = hashlib.sha256(repr((request.size, request.region, request.mask_edit, bool(request.mask))).encode())
    for file in (request.garment, request.mask):
        if file is not None and file.is_file():
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _window(alpha: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns of the mask with some room around."""
    visible = alpha >= VISIBLE
    spans = [np.flatnonzero(visible.any(axis=axis)) for axis in (1, 0)]
    margin = round(CROP_MARGIN * max(int(span[-1] - span[0]) + 1 for span in spans)) + 1
    rows, columns = (slice(max(0, int(span[0]) - margin), int(span[-1]) + 1 + margin) for span in spans)
    return rows, columns
