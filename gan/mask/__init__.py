"""Which pixels are garment: an automatic mask, a person's corrections, and colours without fringe."""

from gan.mask.edit import apply_region, edit_mask
from gan.mask.find import GarmentMask, find_mask
from gan.mask.foreground import estimate_foreground, estimate_layers
from gan.mask.user_mask import load_user_mask

__all__ = [
    "GarmentMask",
    "apply_region",
    "edit_mask",
    "estimate_foreground",
    "estimate_layers",
    "find_mask",
    "load_user_mask",
]
