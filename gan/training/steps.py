"""One step of the generator and one of the critics; neither leaves gradients in the other."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan.augment import augment, fold_light, random_patches
from gan.discriminators import GanLoss, accuracy, critic_loss, generator_loss, gradient_penalty
from gan.generator import NOISE_SIZE
from gan.losses import Example, Judgement, total_loss
from gan.perceptual import PerceptualFeatures
from gan.shading import linear_to_srgb, soft_clip, srgb_to_linear
from gan.training.distributed import Team
from gan.training.players import Players

PATCHES = 2
REFERENCES = 3
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
    """

    players: Players
    forward: nn.Module
    backbone: PerceptualFeatures | None
    gan_loss: GanLoss
    precision: torch.dtype
    clip: float
    penalty: float
    team: Team

    def autocast(self, device: torch.device) -> torch.autocast:
        """Return the context of the networks' arithmetic."""
        return torch.autocast(device.type, torch.bfloat16, enabled=self.precision == torch.bfloat16)


def play_generator(game: Game, batch: dict[str, Tensor]) -> Example:
    """Run the generator on a batch at random strength and noise; the picture is over the photo's background."""
    device, count = batch["garment"].device, batch["garment"].shape[0]
    noise = torch.randn(count, NOISE_SIZE, device=device)
    strength = _random_strength(batch["identity"])
    with game.autocast(device):
        picture, exposure, residual = game.forward(batch["garment"], batch["mask"], batch["guide"], noise, strength)
    mask = batch["mask"]
    shown = mask * picture + (1 - mask) * batch["garment"]
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
        backbone=game.backbone,
    )


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
    example = play_generator(game, batch)
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
    return example, {name: float(value) for name, value in values.items()}


def critic_step(game: Game, example: Example, penalise: bool) -> dict[str, float]:
    """Improve both critics once on the generator's pictures, which are not generated again."""
    players = game.players
    players.critics.requires_grad_(True)
    players.critic_optimizer.zero_grad(set_to_none=True)
    fake = example.picture.detach()
    with game.autocast(fake.device):
        real_garment = _garment_logits(game, example, _real_garments(example))
        fake_garment = _garment_logits(game, example, fake)
        real_cloth, fake_cloth = _cloth_logits(game, example, None), _cloth_logits(game, example, fake)
    garment_loss = critic_loss(real_garment[0], fake_garment[0], game.gan_loss)
    cloth_loss = critic_loss(real_cloth[0], fake_cloth[0], game.gan_loss)
    loss = garment_loss + cloth_loss
    penalty = _penalty(game, example) if penalise else fake.new_zeros(())
    (loss + penalty).backward()
    game.team.average_gradients(players.critics)
    norm = nn.utils.clip_grad_norm_(players.critics.parameters(), game.clip * 10)
    if torch.isfinite(norm):
        players.critic_optimizer.step()
    values = {
        "critic_garment": garment_loss,
        "critic_cloth": cloth_loss,
        "accuracy_garment": accuracy(real_garment[0], fake_garment[0]),
        "accuracy_cloth": accuracy(real_cloth[0], fake_cloth[0]),
    }
    if penalise:
        values["penalty"] = penalty
    return {name: float(value.detach()) for name, value in values.items()}


def _add_judgements(game: Game, example: Example, weights: dict[str, float]) -> None:
    """Ask the critics about the picture, where a term needs them."""
    matching = weights.get("feature_matching", 0)
    with game.autocast(example.picture.device):
        if weights.get("adversarial_garment", 0) or matching:
            fake = _garment_logits(game, example, example.picture)
            with torch.no_grad():
                real = _garment_logits(game, example, _real_garments(example))
            example.critics["garment"] = _judgement(real, fake, game.gan_loss)
        if weights.get("adversarial_cloth", 0) or matching:
            fake = _cloth_logits(game, example, example.picture)
            with torch.no_grad():
                real = _cloth_logits(game, example, None)
            example.critics["cloth"] = _judgement(real, fake, game.gan_loss)


Verdict = tuple[list[Tensor], list[Tensor]]


def _judgement(real: Verdict, fake: Verdict, kind: GanLoss) -> Judgement:
    return Judgement(generator_loss(real[0], fake[0], kind), fake[1], [found.detach() for found in real[1]])


def _garment_logits(game: Game, example: Example, picture: Tensor) -> Verdict:
    seen = augment(torch.cat([picture, example.mask], dim=1))
    return game.players.garment(seen[:, :3], seen[:, 3:])


def _cloth_logits(game: Game, example: Example, picture: Tensor | None) -> Verdict:
    """Judge patches of a picture, or (None) of the worn style, beside reference patches of the worn style."""
    count = example.garment.shape[0]
    everywhere = torch.ones_like(example.mask)
    size = min(48, min(example.mask.shape[-2:]))
    source, mask = (example.reference, everywhere) if picture is None else (picture, example.mask)
    patches = random_patches(source, mask, PATCHES, size)
    references = random_patches(example.reference, everywhere, PATCHES * REFERENCES, size)
    return game.players.cloth(patches, references.view(count * PATCHES, REFERENCES, 3, size, size))


def _real_garments(example: Example) -> Tensor:
    """Return exact pictures where there are such, real photos where not."""
    return example.truth


def _penalty(game: Game, example: Example) -> Tensor:
    """R1 of both critics on reals, in float32, scaled for being lazy."""
    players = game.players
    reals = torch.cat([_real_garments(example), example.mask], dim=1).float().requires_grad_(True)
    logits, _ = players.garment(reals[:, :3], reals[:, 3:])
    total = gradient_penalty(logits, reals)
    everywhere = torch.ones_like(example.mask)
    size = min(48, min(example.mask.shape[-2:]))
    patches = random_patches(example.reference, everywhere, PATCHES, size).float().requires_grad_(True)
    references = random_patches(example.reference, everywhere, PATCHES * REFERENCES, size)
    logits, _ = players.cloth(patches, references.view(-1, REFERENCES, 3, size, size))
    total = total + gradient_penalty(logits, patches)
    return 0.5 * game.penalty * players.progress.penalty_factor * total


def _add_second(game: Game, example: Example, batch: dict[str, Tensor]) -> None:
    """Generate the same pictures with other noise; the mean distance of two normal noises is known."""
    other = play_generator(game, batch)
    example.second = other.picture
    example.noise_distance = 1.0


def _random_strength(like: Tensor) -> Tensor:
    """Return strengths B: mostly 1, the rest uniform."""
    full = torch.rand_like(like) < FULL_STRENGTH_SHARE
    return torch.where(full, torch.ones_like(like), torch.rand_like(like))
