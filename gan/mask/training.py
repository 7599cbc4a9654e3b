"""Train the mask network by distillation: teacher first, then teacher and network together."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from gan.mask.dataset import Labelled, MaskBatches
from gan.mask.distil import label, learn_together, read_textures, set_stage
from gan.mask.inputs import WORKING_SIZE
from gan.mask.losses import mask_loss
from gan.mask.network import MaskNetwork
from gan.mask.scenes import Stage
from gan.mask.teacher import Lesson, teach
from gan.mask.weights import read_network, save_network

CHECKPOINT = "mask_checkpoint.pt"
WEIGHTS = "mask.safetensors"
AVERAGING = 0.996
WARM_UP_STEPS = 100
WEIGHT_DECAY = 1e-2
FINE_TUNING_RATE = 4e-4
SECONDS_BETWEEN_CHECKPOINTS = 60.0
SECONDS_BETWEEN_REPORTS = 30.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how to train.

    Attributes:
        minutes: training time over all runs, without preparing the lessons.
        teacher_share: part of the time before self-training.
        batch: pictures a step.
        size: long side of the pictures in pixels.
        learning_rate: highest rate; it falls along a half cosine of the time.
        seed: decides weights and batches.
        threads: of the processor; more than idle cores make it far slower.
    """

    minutes: float = 120.0
    teacher_share: float = 0.55
    batch: int = 16
    size: int = WORKING_SIZE
    learning_rate: float = 3e-3
    seed: int = 0
    threads: int = 1


class MaskTraining:
    """A training that can be stopped at any step and resumed from its folder."""

    def __init__(self, plan: Plan, output: Path) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.output = plan, output
        self.network = MaskNetwork()
        self.average = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(AVERAGING), use_buffers=True)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY)
        self.step, self.seconds = 0, 0.0

    @property
    def share_done(self) -> float:
        """Part of the planned time that is used up, 0..1."""
        return min(1.0, self.seconds / max(self.plan.minutes * 60, 1e-6))

    @property
    def averaged_network(self) -> MaskNetwork:
        """The running average of the weights, in evaluation mode: what is shipped."""
        network = self.average.module.eval()
        assert isinstance(network, MaskNetwork)
        return network

    def run(self, labelled: Sequence[Labelled], stage: Stage, until: float) -> None:
        """Train until a share of the planned time is used up."""
        if self.share_done >= until:
            return
        batches = MaskBatches(labelled, stage, self.plan.batch, self.plan.seed, self.plan.size)
        reported, saved, losses = time.monotonic(), time.monotonic(), []
        tick = time.monotonic()
        for batch in batches.following(self.step):
            losses.append(self.train_step(*batch))
            now = time.monotonic()
            self.seconds, tick = self.seconds + now - tick, now
            if now - reported > SECONDS_BETWEEN_REPORTS:
                logger.info(
                    "step %d, %.1f of %.0f minutes, loss %.4f",
                    self.step, self.seconds / 60, self.plan.minutes, float(np.mean(losses)),
                )  # fmt: skip
                reported, losses = now, []
            if now - saved > SECONDS_BETWEEN_CHECKPOINTS:
                self.save()
                saved = now
            if self.share_done >= until:
                break
        self.save()

    def train_step(self, inputs: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> float:
        """Take one optimiser step and return its loss."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.learning_rate * self._rate()
        logits = self.network(inputs.contiguous(memory_format=torch.channels_last))
        loss = mask_loss(logits, target, weight)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step()
        self.average.update_parameters(self.network)
        self.step += 1
        return float(loss.detach())

    def _rate(self) -> float:
        warm_up = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        return warm_up * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.share_done)))

    def start_from(self, weights: Path) -> None:
        """Take over a trained network's weights; errors as in `gan.mask.weights.read_network`."""
        read_network(self.network, weights)
        self.average.module.load_state_dict(self.network.state_dict())

    def save(self) -> None:
        """Write the checkpoint and the weights; a crash in between leaves the files of the time before."""
        self.output.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "plan": asdict(self.plan),
        }
        unfinished = self.output / f"{CHECKPOINT}.part"
        torch.save(state, unfinished)
        unfinished.replace(self.output / CHECKPOINT)
        save_network(self.averaged_network, self.output / WEIGHTS)

    def resume(self) -> None:
        """Go on from the checkpoint in the output folder.

        Raises:
            FileNotFoundError: there is none.
        """
        state = torch.load(self.output / CHECKPOINT, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]
        logger.info("resumed at step %d after %.1f minutes", self.step, self.seconds / 60)


def fine_tuning(minutes: float, seed: int, threads: int) -> Plan:
    """Return the plan of a training that goes on from trained weights: gentle, and teaching together at once."""
    return Plan(minutes, teacher_share=0.0, learning_rate=FINE_TUNING_RATE, seed=seed, threads=threads)


def train_mask(
    garments: Path, styles: Path, output: Path, plan: Plan, *, start: Path | None = None, resume: bool = False
) -> Path:
    """Reproduce the shipped mask network from two folders of pictures.

    Args:
        garments: garment photos; the held-out tenth (`gan.picture_folders`) is left alone.
        styles: style pictures, used as textures of backgrounds.
        output: receives the teacher's votes, the checkpoint and the weights.
        plan: how long and how.
        start: weights to go on from; None begins with random ones.
        resume: go on from the checkpoint in `output`.

    Returns:
        The file of weights.
    """
    cv2.setNumThreads(1)  # its threads and torch's would fight for the same cores
    torch.set_num_threads(plan.threads)
    training = MaskTraining(plan, output)
    if start is not None:
        training.start_from(start)
    if resume:
        training.resume()
    lessons: list[Lesson] = list(teach(garments, output / "votes"))
    textures = read_textures(styles)
    logger.info("%d lessons, %d textures", len(lessons), len(textures))
    training.run(label(lessons), set_stage(lessons, textures), until=plan.teacher_share)
    fused = learn_together(training.averaged_network, lessons, plan.size)
    training.run(label(fused), set_stage(fused, textures), until=1.0)
    return output / WEIGHTS
