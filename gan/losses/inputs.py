"""What the loss terms look at: a batch, the generator's pictures of it, and what the discriminators make of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from gan.losses.masked_statistics import blur_inside, centre_inside, spread_inside
from gan.losses.patches import cut_patches, random_corners
from gan.losses.wrong_light import wrong_light
from gan.networks.perceptual import LAYERS, PerceptualFeatures
from gan.shading import light_as_grey

MIDDLE_LAYERS = ("relu2_2", "relu3_3")
WINDOWED = frozenset({"light", "true_light", "wrong_light", "photo"})
"""Pictures of the window in which light is looked at, not of the whole; discriminators see their middle layers."""
GENERATED = frozenset({"picture", "light"})
"""Pictures through whose features the generator learns."""
EXPOSURE_LIMITS = (-3.0, 1.4)
LIGHT_WINDOW = 96
"""Side of that window in pixels."""
SEEN_SPREAD = 0.25
"""Standard deviation at which discriminators see every light."""
LEAST_SPREAD = 0.06
"""Deviation below which a light counts as flat, and is not stretched further."""
SEEN_BLUR = 5
"""Pixels of the box that blurs it, twice."""


@dataclass(frozen=True, slots=True)
class TeacherOutput:
    """What the teachers put out on the same inputs, on average.

    Attributes:
        exposure: B×1×H×W log factor on the guide.
        picture: sRGB B×3×H×W, over the photo's background.
    """

    exposure: Tensor
    picture: Tensor


@dataclass(frozen=True, slots=True)
class DiscriminatorFeedback:
    """What the generator learns from one discriminator.

    Attributes:
        loss: the generator's adversarial loss.
        fake: the discriminator's features of generated pictures.
        real: its features of real ones, detached.
    """

    loss: Tensor
    fake: list[Tensor]
    real: list[Tensor]


@dataclass
class LossInputs:
    """One batch and what the networks made of it; pictures are sRGB B×3×H×W in 0 to 1.

    Attributes:
        garment: the photo.
        mask: B×1×H×W.
        guide: flat cloth.
        reference: the guide under somebody else's folds, what cloth of this style looks like when worn.
        picture: the generator's, over the photo's background.
        exposure: B×1×H×W log factor that the generator put on the guide.
        residual: B×3×H×W.
        paired: B, 1 where `truth` is exact.
        patterned: B, 1 where it is a photo of a garment with a pattern of its own.
        identity: B, 1 where the guide is the garment's own cloth.
        truth: the exact picture, where paired.
        log_shading: B×1×H×W, the exact exposure, where paired.
        earlier_exposure: B×1×H×W, what the generator put on the guide before the discriminators' phase, or None.
        teacher: what the run's teachers put out, or None.
        backbone: perceptual features, or None.
        second_picture: the picture of the same inputs at the same strength with other noise, or None.
        discriminators: feedback by name of the discriminators that have a weight.
    """

    garment: Tensor
    mask: Tensor
    guide: Tensor
    reference: Tensor
    picture: Tensor
    exposure: Tensor
    residual: Tensor
    paired: Tensor
    identity: Tensor
    truth: Tensor
    log_shading: Tensor
    patterned: Tensor
    earlier_exposure: Tensor | None = None
    teacher: TeacherOutput | None = None
    backbone: PerceptualFeatures | None = None
    second_picture: Tensor | None = None
    discriminators: dict[str, DiscriminatorFeedback] = field(default_factory=dict)
    _features: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    _corners: Tensor | None = None

    def window(self, values: Tensor) -> Tensor:
        """Cut out of B×C×H×W the window in which light is looked at: the same for everything of one inputs."""
        size = min(LIGHT_WINDOW, *self.mask.shape[-2:])
        if self._corners is None:
            self._corners = random_corners(self.mask, 1, size)
        return cut_patches(values, self._corners, size)

    @property
    def light(self) -> Tensor:
        """The exposure inside the mask as a grey picture B×3×S×S."""
        return self._seen_light(self.exposure)

    @property
    def true_light(self) -> Tensor:
        """The exact exposure likewise, where paired."""
        return self._seen_light(self.log_shading)

    @property
    def wrong_light(self) -> Tensor:
        """The exact exposure likewise, spoilt (see `gan.losses.wrong_light`)."""
        return self._seen_light(wrong_light(self.garment, self.log_shading, self.mask))

    @property
    def photo(self) -> Tensor:
        """The garment likewise, in colour: a print that a fold's luma could be is told by its hue."""
        return self.window(self.mask * self.garment + 0.5 * (1 - self.mask))

    def _seen_light(self, light: Tensor) -> Tensor:
        """Blur the light and bring it to one mean and spread.

        Else a discriminator asks for more contrast and more detail, and a generator that cannot see folds under a dense
        print takes either from the print: it embosses it.
        """
        mask = self.window(self.mask)
        light = blur_inside(self.window(light.clamp(*EXPOSURE_LIMITS)), mask, SEEN_BLUR)
        centred = centre_inside(light, mask)
        return light_as_grey(centred * (SEEN_SPREAD / spread_inside(centred, mask).clamp_min(LEAST_SPREAD)))

    def features(self, name: str) -> dict[str, Tensor]:
        """Return the backbone's features of a picture by attribute name, computed once."""
        if name not in self._features:
            if self.backbone is None:
                raise ValueError("a perceptual term has a weight, but there is no backbone")
            with torch.set_grad_enabled(name in GENERATED):
                self._features[name] = self.backbone(getattr(self, name), MIDDLE_LAYERS if name in WINDOWED else LAYERS)
        return self._features[name]

    def detached(self) -> LossInputs:
        """Return the same without gradients to the generator, for the discriminators to learn from."""
        features = {
            name: {layer: value.detach() for layer, value in found.items()} for name, found in self._features.items()
        }
        return replace(self, picture=self.picture.detach(), exposure=self.exposure.detach(), _features=features)


Term = Callable[[LossInputs], Tensor]
