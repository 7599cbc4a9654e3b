"""All variants of a request drawn together on a GPU: cloth, controls, light and composite as one batch.

There a kernel takes longer to launch than to run, and each wait for a result costs as much as several: so everything
is computed for all variants at once and over whole frames, and only finished bytes come back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from gan.guide import GarmentForm, StyleCloth, VariantPlan, carries_shading
from gan.guide.device_printing import DevicePrinter
from gan.rendering.composite import Compositor
from gan.rendering.control_network import ControlNetwork, EncodedGarment
from gan.rendering.device_light import DeviceCompositor, DeviceLight, DeviceShrinker
from gan.rendering.light import GarmentLight
from gan.request import MAX_VARIANTS


class DeviceCanvas:
    """One garment on the network's device, ready for styles; everything in it must happen inside `network.run`."""

    def __init__(
        self,
        network: ControlNetwork,
        encoded: EncodedGarment,
        form: GarmentForm,
        light: GarmentLight,
        compositor: Compositor,
        frame: tuple[np.ndarray, tuple[slice, slice]],
    ) -> None:
        """Bring a scene to the device.

        Args:
            network: gives the controls.
            encoded: the garment as the network knows it.
            form: the garment in the window that may change.
            light: of the window.
            compositor: of the window.
            frame: the whole photo H×W×3 uint8 RGB, and the window's rows and columns in it.
        """
        self._network, self._encoded, self._device = network, encoded, network.compute.device
        self._photo, self._window = torch.tensor(frame[0], device=self._device), frame[1]
        self._printer = DevicePrinter(form, self._device)
        self._shrink = DeviceShrinker(form.size, encoded.size, self._device)
        self._light = DeviceLight(light, self._device)
        self._compositor = DeviceCompositor(compositor, form.garment, self._device)

    def draw(
        self, cloth: StyleCloth, plans: Sequence[VariantPlan], laid: Mapping[VariantPlan, np.ndarray], strength: float
    ) -> list[np.ndarray]:
        """Return each variant, H×W×3 uint8 RGB at the photo's size.

        Args:
            cloth: the prepared style.
            plans: which variants, 1 to `MAX_VARIANTS`.
            laid: the guides of those plans that are not printed, each H×W×3 uint8 RGB at the window's size.
            strength: 0 gives the photo back, 1 restyles fully.

        Raises:
            ValueError: there are no or too many plans.
        """
        if not 1 <= len(plans) <= MAX_VARIANTS:
            raise ValueError(f"From 1 to {MAX_VARIANTS} variants are drawn together.")
        shaded = [plan for plan in plans if not carries_shading(plan.mode)]
        finished = [plan for plan in plans if carries_shading(plan.mode)]
        groups = [self._guides(cloth, finished, laid)] if finished else []
        if shaded:
            groups.insert(0, self._lit(self._guides(cloth, shaded, laid), shaded))
        composed = self._compositor.compose(torch.cat(groups) if len(groups) > 1 else groups[0], strength)
        pictures = dict(zip([*shaded, *finished], self._framed(composed), strict=True))
        return [pictures[plan] for plan in plans]

    def _guides(
        self, cloth: StyleCloth, plans: Sequence[VariantPlan], laid: Mapping[VariantPlan, np.ndarray]
    ) -> Tensor:
        """Return the plans' guides N×3×H×W from 0 to 255."""
        printed = [plan for plan in plans if plan not in laid]
        prints = self._printer.lay(cloth, printed) if printed else None
        if len(printed) == len(plans) and prints is not None:
            return prints
        guides = {plan: self._sent(laid[plan]) for plan in plans if plan in laid}
        if prints is not None:
            guides.update(zip(printed, prints, strict=True))
        return torch.stack([guides[plan] for plan in plans])

    def _sent(self, guide: np.ndarray) -> Tensor:
        return torch.from_numpy(guide).to(self._device, non_blocking=True).permute(2, 0, 1).float()

    def _lit(self, guides: Tensor, plans: Sequence[VariantPlan]) -> Tensor:
        """Return guides in the garment's light; both from 0 to 255."""
        guides = guides / 255
        small = self._shrink(guides)
        controls = self._network.batch_controls(self._encoded, small, [plan.seed for plan in plans])
        return self._light.lit(guides, controls) * 255

    def _framed(self, pictures: Tensor) -> list[np.ndarray]:
        """Return photos with each of N×3×h×w uint8 in the window, copied to the host in one go.

        They share memory that the device can write to directly, which is several times as fast.
        """
        whole = self._photo.repeat(len(pictures), 1, 1, 1)
        whole[:, self._window[0], self._window[1]] = pictures.permute(0, 2, 3, 1)
        host = torch.empty(whole.shape, dtype=whole.dtype, pin_memory=self._device.type == "cuda")
        return list(host.copy_(whole).numpy())
