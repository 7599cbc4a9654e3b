"""The losses as a named table: each term looks at one training example batch and returns one number.

A term is computed only where its weight is not zero, so a run pays for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from gan.augment import blur_inside, centre_inside, cut_patches, random_corners, spread_inside
from gan.perceptual import LAYERS, PerceptualFeatures, relative_error
from gan.shading import light_as_grey, luminance, srgb_to_linear
from gan.wrong_light import wrong_light

CONTENT_LAYERS = ("relu3_3", "relu4_1")
PAIRED_LAYERS = ("relu1_2", "relu2_2", "relu3_3")
MIDDLE_LAYERS = ("relu2_2", "relu3_3")
GREY = frozenset({"light", "true_light", "wrong_light", "photo"})
GENERATED = frozenset({"picture", "light"})
DIRECTIONS = 32
PROJECTED_PIXELS = 1024
DIVERSITY_CAP = 0.05
EXPOSURE_LIMITS = (-3.0, 1.4)
LIGHT_WINDOW = 96
SEEN_SPREAD = 0.25
"""Standard deviation at which critics see every light."""
LEAST_SPREAD = 0.06
"""Deviation below which a light counts as flat, and is not stretched further."""
SEEN_BLUR = 5
"""Pixels of the box that blurs it, twice."""
LEAST_ERROR = 1e-4
"""Squared error below which a picture is right: 40 dB."""
ENERGY_WINDOW = 8
ENERGY_SCALES = 3


@dataclass
class Example:
    """Everything that a term may look at; pictures are sRGB B×3×H×W in 0 to 1.

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
        earlier: B×1×H×W, the exposure that the generator of before the critics put on the guide, or None.
        backbone: perceptual features, or None.
        second: the picture of the same input with other noise, or None.
        noise_distance: mean distance of the two noises.
        critics: names to (fake logits, fake features, real features) of the critics in play.
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
    earlier: Tensor | None = None
    backbone: PerceptualFeatures | None = None
    second: Tensor | None = None
    noise_distance: float = 1.0
    critics: dict[str, Judgement] = field(default_factory=dict)
    _features: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    _corners: Tensor | None = None

    def window(self, values: Tensor) -> Tensor:
        """Cut out of B×C×H×W the window in which light is looked at: the same for everything of one example."""
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
        """The exact exposure likewise, spoilt (see `gan.wrong_light`)."""
        return self._seen_light(wrong_light(self.garment, self.log_shading, self.mask))

    @property
    def photo(self) -> Tensor:
        """The garment likewise, in colour: a print that a fold's luma could be is told by its hue."""
        return self.window(self.mask * self.garment + 0.5 * (1 - self.mask))

    def _seen_light(self, light: Tensor) -> Tensor:
        """Blur the light and bring it to one mean and spread.

        Else a critic asks for more contrast and more detail, and a generator that cannot see folds under a dense print
        takes either from the print: it embosses it.
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
                self._features[name] = self.backbone(getattr(self, name), MIDDLE_LAYERS if name in GREY else LAYERS)
        return self._features[name]

    def detached(self) -> Example:
        """Return the example without the way back into the generator, for the critics to learn from."""
        features = {
            name: {layer: value.detach() for layer, value in found.items()} for name, found in self._features.items()
        }
        return replace(self, picture=self.picture.detach(), exposure=self.exposure.detach(), _features=features)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a critic says about fakes, and its features of fakes and of reals.

    Attributes:
        loss: the generator's adversarial loss.
        fake: features of the fakes.
        real: features of the reals, detached.
    """

    loss: Tensor
    fake: list[Tensor]
    real: list[Tensor]


Term = Callable[[Example], Tensor]


def reconstruction(example: Example) -> Tensor:
    """Masked L1 to the exact picture."""
    return _paired_mean((example.picture - example.truth).abs(), example)


def log_error(example: Example) -> Tensor:
    """Mean logarithm of each picture's masked squared error, PSNR up to a factor (Chen et al., NAFNet, 2022).

    A picture that is nearly right counts as much as a hard one, so that plain garments are not damaged for the sake
    of printed ones.
    """
    weights = example.mask.expand_as(example.picture)
    error = ((example.picture - example.truth).square() * weights).sum(dim=(1, 2, 3)).float()
    logarithms = torch.log(error / (weights.sum(dim=(1, 2, 3)).float() + 1.0) + LEAST_ERROR)
    return (logarithms * example.paired).sum() / example.paired.sum().clamp_min(1.0)


def exposure(example: Example) -> Tensor:
    """Masked L1 between the log factor on the guide and the exact log-shading."""
    return _paired_mean(_exposure_error(example).abs(), example)


def folds(example: Example) -> Tensor:
    """Masked L1 between gradients of predicted and exact log-shading: sharp folds, no ghost of an old print."""
    chosen = example.mask * example.paired.view(-1, 1, 1, 1)
    return _step_sizes(_exposure_error(example) * chosen) / (chosen.mean() + 1e-4)


def fold_energy(example: Example) -> Tensor:
    """L1 between local means of gradient size of predicted and exact log-shading, at three scales.

    Where folds are uncertain, a pointwise error is least for no folds at all; their amount is known all the same.
    """
    chosen = example.mask * example.paired.view(-1, 1, 1, 1)
    found, wanted = example.exposure.clamp(*EXPOSURE_LIMITS), example.log_shading.clamp(*EXPOSURE_LIMITS)
    errors = []
    for _ in range(ENERGY_SCALES):
        window = min(ENERGY_WINDOW, *chosen.shape[-2:])
        weights = F.avg_pool2d(chosen, window)
        sizes = [F.avg_pool2d(_slope(light) * chosen, window) for light in (found, wanted)]
        errors.append((sizes[0] - sizes[1]).abs().sum() / (weights.sum() + 1e-2))
        found, wanted, chosen = (F.avg_pool2d(x, 2) for x in (found, wanted, chosen))
    return torch.stack(errors).mean()


def unforgotten(example: Example) -> Tensor:
    """On photos of garments without a pattern the light stays as it was before the critics came.

    Li and Hoiem, "Learning without Forgetting" (2016). Critics know old prints, but on plain photos they iron folds
    out; there the pairs have taught the light already.
    """
    if example.earlier is None:
        return example.picture.new_zeros(())
    chosen = example.mask * (1 - example.paired).view(-1, 1, 1, 1) * (1 - example.patterned).view(-1, 1, 1, 1)
    error = (example.exposure - example.earlier) * chosen
    return (error.abs().mean() + _step_sizes(error)) / (chosen.mean() + 1e-4)


def paired_features(example: Example) -> Tensor:
    """Relative perceptual error to the exact picture (Johnson et al. 2016)."""
    chosen = {name: example.features("picture")[name] for name in PAIRED_LAYERS}
    wanted = {name: example.features("truth")[name] for name in PAIRED_LAYERS}
    return relative_error(chosen, wanted, example.mask * example.paired.view(-1, 1, 1, 1))


def content(example: Example) -> Tensor:
    """Instance-normalised deep features of the garment are kept (Huang and Belongie, AdaIN, 2017)."""
    errors = []
    for name in CONTENT_LAYERS:
        found, wanted = example.features("picture")[name].float(), example.features("garment")[name].float()
        weights = F.adaptive_avg_pool2d(example.mask, (found.shape[-2], found.shape[-1]))
        errors.append(((F.instance_norm(found) - F.instance_norm(wanted)).abs() * weights).mean() / weights.mean())
    return torch.stack(errors).mean()


def style(example: Example) -> Tensor:
    """Means and deviations of features inside the mask match the worn cloth's (Huang and Belongie 2017)."""
    errors = []
    for name in LAYERS:
        found, wanted = example.features("picture")[name], example.features("reference")[name]
        weights = F.adaptive_avg_pool2d(example.mask, (found.shape[-2], found.shape[-1]))
        (mean, deviation), (true_mean, true_deviation) = _statistics(found, weights), _statistics(wanted, weights)
        size = true_mean.abs().mean(dim=1, keepdim=True) + 1e-4
        errors.append((((mean - true_mean) / size).abs() + ((deviation - true_deviation) / size).abs()).mean())
    return torch.stack(errors).mean()


def sliced_wasserstein(example: Example) -> Tensor:
    """Sliced Wasserstein distance of features to the worn cloth's (Heitz et al. 2021)."""
    distances = []
    for name in MIDDLE_LAYERS:
        found, wanted = example.features("picture")[name], example.features("reference")[name]
        weights = F.adaptive_avg_pool2d(example.mask, (found.shape[-2], found.shape[-1]))
        size = wanted.abs().float().mean() + 1e-4
        distances.append(_sliced_distance(found.float() / size, wanted.float() / size, weights))
    return torch.stack(distances).mean()


def colour(example: Example) -> Tensor:
    """Sliced Wasserstein distance of RGB to the worn cloth's: the backbone alone is blind to some colours."""
    return _sliced_distance(example.picture, example.reference, example.mask)


def shading(example: Example) -> Tensor:
    """One minus the correlation of the light that was put on the guide with the garment's own, blurred."""
    own = torch.log(luminance(srgb_to_linear(example.garment)) + 0.02)
    put, own = F.avg_pool2d(example.exposure, 4), F.avg_pool2d(own, 4)
    weights = F.avg_pool2d(example.mask, 4) + 1e-4
    put, own = _centred(put, weights), _centred(own, weights)
    products = (put * own * weights).sum(dim=(1, 2, 3))
    sizes = (put.square() * weights).sum(dim=(1, 2, 3)) * (own.square() * weights).sum(dim=(1, 2, 3))
    return (1 - products * torch.rsqrt(sizes + 1e-6)).mean()


def identity(example: Example) -> Tensor:
    """Given its own cloth as style, the garment stays as it is."""
    chosen = (example.identity.view(-1, 1, 1, 1) * example.mask).expand_as(example.picture)
    return ((example.picture - example.garment).abs() * chosen).sum() / (chosen.sum() + 1.0)


def feature_matching(example: Example) -> Tensor:
    """The critics' mean features of fakes and reals agree (Salimans et al., "Improved Techniques", 2016)."""
    errors = [
        (fake.mean(dim=(0, 2, 3)) - real.mean(dim=(0, 2, 3))).abs().mean() / (real.abs().mean() + 1e-4)
        for judgement in example.critics.values()
        for fake, real in zip(judgement.fake, judgement.real, strict=True)
    ]
    return torch.stack(errors).mean() if errors else example.picture.new_zeros(())


def diversity(example: Example) -> Tensor:
    """Different noise gives different pictures, up to a cap (Mao et al., "Mode Seeking GANs", 2019)."""
    if example.second is None:
        return example.picture.new_zeros(())
    distance = (example.picture - example.second).abs().mean() / example.noise_distance
    return (DIVERSITY_CAP - distance).clamp_min(0) / DIVERSITY_CAP


def variation(example: Example) -> Tensor:
    """Total variation of the colour residual (Rudin et al. 1992), against blotches and sparkles."""
    field_ = example.residual
    return (field_[..., 1:] - field_[..., :-1]).abs().mean() + (field_[..., 1:, :] - field_[..., :-1, :]).abs().mean()


def residual_size(example: Example) -> Tensor:
    """Mean absolute residual: colour is the guide's business."""
    return example.residual.abs().mean()


def adversarial_cloth(example: Example) -> Tensor:
    """Patches pass for the style's cloth (see `gan.discriminators.ClothCritic`)."""
    return example.critics["cloth"].loss if "cloth" in example.critics else example.picture.new_zeros(())


def adversarial_garment(example: Example) -> Tensor:
    """The picture passes for a photo of a real garment (see `gan.discriminators.GarmentCritic`)."""
    return example.critics["garment"].loss if "garment" in example.critics else example.picture.new_zeros(())


def adversarial_folds(example: Example) -> Tensor:
    """The light passes for the photo's own (see `gan.discriminators.FoldCritic`)."""
    return example.critics["folds"].loss if "folds" in example.critics else example.picture.new_zeros(())


LOSS_TABLE: dict[str, Term] = {
    "reconstruction": reconstruction,
    "log_error": log_error,
    "exposure": exposure,
    "folds": folds,
    "fold_energy": fold_energy,
    "unforgotten": unforgotten,
    "paired_features": paired_features,
    "content": content,
    "style": style,
    "sliced_wasserstein": sliced_wasserstein,
    "colour": colour,
    "shading": shading,
    "identity": identity,
    "feature_matching": feature_matching,
    "diversity": diversity,
    "variation": variation,
    "residual_size": residual_size,
    "adversarial_cloth": adversarial_cloth,
    "adversarial_garment": adversarial_garment,
    "adversarial_folds": adversarial_folds,
}
PERCEPTUAL_TERMS = frozenset(
    {"paired_features", "content", "style", "sliced_wasserstein", "adversarial_garment", "adversarial_folds"}
)


def total_loss(example: Example, weights: Mapping[str, float]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum and each term's own value, detached.

    Raises:
        KeyError: a weight names no term.
    """
    total = example.picture.new_zeros((), dtype=torch.float32)
    values: dict[str, Tensor] = {}
    for name, weight in weights.items():
        term = LOSS_TABLE[name]
        if weight == 0:
            continue
        value = term(example).float()
        values[name] = value.detach()
        total = total + weight * value
    return total, values


def _exposure_error(example: Example) -> Tensor:
    wanted = example.log_shading.clamp(*EXPOSURE_LIMITS)
    return example.exposure.clamp(EXPOSURE_LIMITS[0] - 0.5, EXPOSURE_LIMITS[1] + 0.5) - wanted


def _step_sizes(values: Tensor) -> Tensor:
    """Return the mean size of the steps between neighbours, across and along."""
    across, along = values[..., :, 1:] - values[..., :, :-1], values[..., 1:, :] - values[..., :-1, :]
    return across.abs().mean() + along.abs().mean()


def _slope(light: Tensor) -> Tensor:
    """Return B×1×H×W gradient sizes; zero at the right and lower border."""
    across = F.pad(light[..., :, 1:] - light[..., :, :-1], (0, 1, 0, 0))
    along = F.pad(light[..., 1:, :] - light[..., :-1, :], (0, 0, 0, 1))
    return (across.square() + along.square() + 1e-6).sqrt()


def _paired_mean(error: Tensor, example: Example) -> Tensor:
    weights = (example.mask * example.paired.view(-1, 1, 1, 1)).expand_as(error)
    return (error * weights).sum() / (weights.sum() + 1.0)


def _statistics(features: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation B×C of features under weights B×1×h×w."""
    share = weights / (weights.sum(dim=(2, 3), keepdim=True) + 1e-4)
    values = features.float()
    mean = (values * share).sum(dim=(2, 3))
    variance = ((values - mean[:, :, None, None]).square() * share).sum(dim=(2, 3))
    return mean, torch.sqrt(variance + 1e-4)


def _sliced_distance(found: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute difference of sorted projections, on pixels drawn inside the mask."""
    directions = F.normalize(torch.randn(found.shape[1], DIRECTIONS, device=found.device), dim=0)
    distances = []
    for one, other, weight in zip(found, wanted, weights, strict=True):
        places = torch.multinomial(weight.flatten() + 1e-6, PROJECTED_PIXELS, replacement=True)
        mine = (one.flatten(1)[:, places].T @ directions).sort(dim=0).values
        theirs = (other.flatten(1)[:, places].T @ directions).sort(dim=0).values
        distances.append((mine - theirs).abs().mean())
    return torch.stack(distances).mean()


def _centred(values: Tensor, weights: Tensor) -> Tensor:
    mean = (values * weights).sum(dim=(2, 3), keepdim=True) / weights.sum(dim=(2, 3), keepdim=True)
    return values - mean
