"""`print` on a GPU: the cloth of all variants, cut by the same plan as `lay_print`, in a handful of kernels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from gan.guide.cloth import StyleCloth
from gan.guide.form import GarmentForm
from gan.guide.planning import VariantPlan
from gan.guide.printing import Cut, full_bend, plan_cuts, sized_tile
from gan.guide.tile import Tile

MARGIN = 3
"""Texels of its other edge that a tile carries around it: a cubic reads two beyond, and a place may round up to one."""
KEPT_TILES = 8


class DevicePrinter:
    """Lays prints over one garment on a device."""

    def __init__(self, form: GarmentForm, device: torch.device) -> None:
        """Bring to the device what does not depend on the style."""
        self._form, self._device = form, device
        self._tiles: OrderedDict[tuple[str, float], tuple[Tile, Tensor]] = OrderedDict()
        across, down = full_bend(form)
        self._places: list[tuple[Tensor, Tensor]] = []
        self._weights: list[Tensor] = []
        for panel in form.panels:
            top, bottom, left, right = panel.box
            rows, columns = np.indices((bottom - top, right - left), np.float32)
            bent = columns + across[top:bottom, left:right], rows + down[top:bottom, left:right]
            self._places.append((self._sent(bent[0].ravel()), self._sent(bent[1].ravel())))
            self._weights.append(self._sent(np.ones_like(bent[0]) if panel.weight is None else panel.weight))

    def lay(self, cloth: StyleCloth, plans: Sequence[VariantPlan]) -> Tensor:
        """Return what `lay_print` returns for each plan, to within rounding, N×3×H×W float32 from 0 to 255.

        OpenCV rounds the places in the cloth to a 32nd of a texel and each panel to bytes; this does not.
        """
        tiles = [self._tile(cloth, plan.scale) for plan in plans]
        samples = [
            F.grid_sample(image[None], grid[None], mode="bicubic", padding_mode="border", align_corners=False)
            for (_, image), grid in zip(tiles, self._grids(cloth, plans, [tile for tile, _ in tiles]), strict=True)
        ]
        pieces = torch.cat(samples).clamp_(0, 255)[:, :, 0].split([x.numel() for x, _ in self._places], dim=-1)
        pictures = pieces[0].unflatten(-1, self._form.size)  # the first panel lies everywhere
        for panel, weight, piece in list(zip(self._form.panels, self._weights, pieces, strict=True))[1:]:
            top, bottom, left, right = panel.box
            pictures[..., top:bottom, left:right].lerp_(piece.unflatten(-1, (bottom - top, right - left)), weight)
        return pictures

    def _grids(self, cloth: StyleCloth, plans: Sequence[VariantPlan], tiles: list[Tile]) -> Tensor:
        """Return where each panel's pixels, one panel after the other, lie in the tiles: N×1×K×2 for `grid_sample`."""
        steps = [
            _numbers(plan_cuts(cloth, self._form, tile, plan.scale, plan.angle, plan.seed), tile)
            for plan, tile in zip(plans, tiles, strict=True)
        ]
        # One copy to the device for all numbers.
        *numbers, size, scale, shift = self._sent(np.stack(steps, axis=1)).unsqueeze(-1)
        texels = torch.cat(
            [
                torch.addcmul(torch.addcmul(start, down, y), across, x)
                for (x, y), across, down, start in zip(
                    self._places, numbers[::3], numbers[1::3], numbers[2::3], strict=True
                )
            ],
            dim=-1,
        )
        grids = torch.addcmul(shift, texels.remainder_(size), scale)
        return grids.transpose(1, 2).unsqueeze(1)

    def _tile(self, cloth: StyleCloth, scale: float) -> tuple[Tile, Tensor]:
        """Return the tile at a scale and its picture on the device, 3×h×w with a margin of itself."""
        key = cloth.key, scale
        if key not in self._tiles:
            tile = sized_tile(cloth, self._form, scale)
            wide = np.pad(tile.image, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="wrap")
            self._tiles[key] = tile, self._sent(wide).permute(2, 0, 1).float().contiguous()
        self._tiles.move_to_end(key)
        while len(self._tiles) > KEPT_TILES:
            self._tiles.popitem(last=False)
        return self._tiles[key]

    def _sent(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self._device, non_blocking=True)


def _numbers(cuts: Sequence[Cut], tile: Tile) -> np.ndarray:
    """Return, each for x and y: for every cut the steps across and down and the start; size, scale and shift, (3P+3)×2.

    Texels times scale plus shift are places from −1 to 1 in the tile with its margin.
    """
    size = np.array(tile.image.shape[1::-1], np.float64)
    wide = size + 2 * MARGIN
    # A start inside the tile leaves float32 the most digits for the place.
    rows = [row for cut in cuts for row in (*cut.matrix.T, np.mod(cut.corners[0], size))]
    return np.array([*rows, size, 2 / wide, (2 * MARGIN + 1) / wide - 1], np.float32)
