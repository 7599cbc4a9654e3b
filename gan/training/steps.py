"""One step of the generator and one of the critics; neither leaves gradients in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan.augment import fold_light
from gan.discriminators import GanLoss, accuracy, critic_loss, generator_loss
from gan.generator import NOISE_SIZE, Generator
from gan.losses import Example, Judgement, Lesson, total_loss
from gan.perceptual import PerceptualFeatures
from gan.shading import linear_to_srgb, soft_clip, srgb_to_linear
from gan.training.distributed import Team
from gan.training.players import Players
from gan.training.verdicts import CRITICS, Places, Verdict, exact_places, judge, penalty, photo_places

DIVERSITY_EVERY = 4
FULL_STRENGTH_SHARE = 0.7


@dataclass
class Game:
    """What the steps play with.

    Attributes:
        players: networks and optimizers.
        forward: the generator, possibly wrapped for several processes.
        backbone: perceptual features, or None.
        gan_loss: kind of adversarial loss.
        precision: dtype of the networks' arithmetic.
        clip: largest gradient norm.
        penalty: R1's γ.
        team: the processes that train together.
        teachers: frozen generators whose mean is learned too.
    """

    players: Players
    forward: nn.Module
    backbone: PerceptualFeatures | None
    gan_loss: GanLoss
    precision: torch.dtype
    clip: float
    penalty: float
    team: Team
    teachers: Sequence[Generator] = ()

    def autocast(self, device: torch.device) -> torch.autocast:
        """Return the context of the networks' arithmetic."""
        return torch.autocast(device.type, torch.bfloat16, enabled=self.precision == torch.bfloat16)


def play_generator(game: Game, batch: dict[str, Tensor], taught: bool = False) -> Example:
    """Run the generator, and the teachers where wanted, on a batch at random strength and noise.

    Pictures are over the photo's background.
    """
    device, count = batch["garment"].device, batch["garment"].shape[0]
    noise = torch.randn(count, NOISE_SIZE, device=device)
    strength = _random_strength(batch["identity"])
    with game.autocast(device):
        seen = (batch["garment"], batch["mask"], batch["guide"], noise, strength)
        picture, exposure, residual = game.forward(*seen)
        earlier = _earlier(game, batch, seen)
        lesson = _lesson(game, batch, seen) if taught else None
    mask = batch["mask"]
    shown = _over_photo(picture, batch)
    return Example(
        garment=batch["garment"],
        mask=mask,
        guide=batch["guide"],
        reference=worn(batch),
        picture=shown,
        exposure=exposure,
        residual=residual,
        paired=batch["paired"],
        identity=batch["identity"],
        truth=batch["truth"],
        log_shading=batch["log_shading"],
        patterned=batch["patterned"],
        earlier=earlier,
        lesson=lesson,
        backbone=game.backbone,
    )


@torch.no_grad()
def _earlier(game: Game, batch: dict[str, Tensor], seen: tuple[Tensor, ...]) -> Tensor | None:
    """Return the light of the generator of before the critics; zero but on the photos that `unforgotten` looks at.

    None where there is no such generator.
    """
    if game.players.earlier is None:
        return None
    photos = torch.nonzero((batch["paired"] == 0) & (batch["patterned"] == 0))[:, 0]
    light = torch.zeros_like(batch["mask"])
    if len(photos):
        light[photos] = game.players.earlier(*(value[photos] for value in seen))[1].float()
    return light


@torch.no_grad()
def _lesson(game: Game, batch: dict[str, Tensor], seen: tuple[Tensor, ...]) -> Lesson | None:
    """Return the mean of the teachers, or None without any."""
    if not game.teachers:
        return None
    said = [teacher(*seen) for teacher in game.teachers]
    pictures, exposures = (torch.stack([one[part].float() for one in said]).mean(dim=0) for part in (0, 1))
    return Lesson(exposures, _over_photo(pictures, batch))


def _over_photo(picture: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Return the picture inside the mask and the photo around it."""
    mask = batch["mask"]
    return mask * picture + (1 - mask) * batch["garment"]


def worn(batch: dict[str, Tensor]) -> Tensor:
    """Return the guides under the folds of the batch's other garments and smooth random light."""
    guide, lit = batch["guide"], batch["log_shading"] * batch["mask"]
    light = lit.roll(1, dims=0) + fold_light(guide.shape[0], guide.shape[2], guide.shape[3], guide.device)
    return linear_to_srgb(soft_clip(srgb_to_linear(guide) * torch.exp(light.clamp(-3, 1))))


def generator_step(game: Game, batch: dict[str, Tensor], weights: dict[str, float]) -> tuple[Example, dict[str, float]]:
    """Improve the generator once; returns the example and each term's value, `loss` and `gradient` included."""
    players = game.players
    players.critics.requires_grad_(False)
    players.generator_optimizer.zero_grad(set_to_none=True)
    example = play_generator(game, batch, taught=bool(weights.get("taught")))
    if weights.get("diversity") and players.progress.steps % DIVERSITY_EVERY == 0:
        _add_second(game, example, batch)
    _add_judgements(game, example, weights)
    device = batch["garment"].device
    with game.autocast(device):
        loss, values = total_loss(example, weights)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(players.generator.parameters(), game.clip)
    values = {**values, "loss": loss.detach(), "gradient": norm}
    if torch.isfinite(norm) and torch.isfinite(loss):
        players.generator_optimizer.step()
    return example, _numbers(values)


def critic_step(game: Game, example: Example, weights: dict[str, float], penalise: bool) -> dict[str, float]:
    """Improve the critics that have a say once, on the generator's pictures, which are not generated again."""
    players = game.players
    players.critics.requires_grad_(True)
    players.critic_optimizer.zero_grad(set_to_none=True)
    values = _critics_learn(game, example.detached(), weights, penalise)
    # Also by a process whose batch had nothing to show: the others wait for its gradients.
    game.team.average_gradients(players.critics)
    norm = nn.utils.clip_grad_norm_(players.critics.parameters(), game.clip * 10)
    if torch.isfinite(norm):
        players.critic_optimizer.step()
    return _numbers(values)


def _numbers(values: dict[str, Tensor]) -> dict[str, float]:
    """Bring scalars to the CPU, all at once: each would wait for the GPU anew."""
    if not values:
        return {}
    return dict(zip(values, torch.stack([value.detach().float() for value in values.values()]).tolist(), strict=True))


def _critics_learn(game: Game, shown: Example, weights: dict[str, float], penalise: bool) -> dict[str, Tensor]:
    """Add the critics' gradients on one batch; returns what they lost and how often they were right."""
    players, places = game.players, exact_places(shown)
    names = _in_play(weights, places)
    if not names:
        return {}
    with game.autocast(shown.mask.device):
        # Not the generator's light, which lacks folds that no photo shows: see `gan.wrong_light`.
        judged = judge(players, shown, names, places, light="wrong_light")
    losses = {name: critic_loss(real[0], fake[0], game.gan_loss) for name, (real, fake) in judged.items()}
    values = {f"critic_{name}": loss for name, loss in losses.items()}
    values |= {f"accuracy_{name}": accuracy(real[0], fake[0], game.gan_loss) for name, (real, fake) in judged.items()}
    total = torch.stack(list(losses.values())).sum()
    if penalise:
        # Of a relativistic loss only the difference counts, and R1 alone does not hold it (Huang et al. 2024).
        sides = (False, True) if game.gan_loss == "relativistic" else (False,)
        sizes = torch.stack([penalty(players, shown, names, places, fake) for fake in sides]).sum()
        values["penalty"] = 0.5 * game.penalty * players.progress.penalty_factor * sizes
        total = total + values["penalty"]
    total.backward()
    return values


def _in_play(weights: dict[str, float], places: Places) -> list[str]:
    """Return the critics that have a say in the loss and something real to look at.

    Photos without exact light would give themselves away: the fold critic does not learn from them.
    """
    names = [name for name in CRITICS if weights.get(f"adversarial_{name}", 0)]
    return [name for name in names if name != "folds" or places.real.numel()]


def _add_judgements(game: Game, example: Example, weights: dict[str, float]) -> None:
    """Ask the critics about the picture, where a term needs them."""
    places = photo_places(example)
    with game.autocast(example.picture.device):
        judged = judge(game.players, example, _in_play(weights, places), places)
    for name, (real, fake) in judged.items():
        example.critics[name] = _judgement(real, fake, game.gan_loss)


def _judgement(real: Verdict, fake: Verdict, kind: GanLoss) -> Judgement:
    logits, features = ([value.detach() for value in values] for values in real)
    return Judgement(generator_loss(logits, fake[0], kind), fake[1], features)


def _add_second(game: Game, example: Example, batch: dict[str, Tensor]) -> None:
    """Generate the same pictures with other noise; the mean distance of two normal noises is known."""
    other = play_generator(game, batch)
    example.second = other.picture
    example.noise_distance = 1.0


def _random_strength(like: Tensor) -> Tensor:
    """Return strengths B: mostly 1, the rest uniform."""
    full = torch.rand_like(like) < FULL_STRENGTH_SHARE
    return torch.where(full, torch.ones_like(like), torch.rand_like(like))
