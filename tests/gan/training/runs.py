"""Runs of a tiny generator on a small wardrobe, in a second or two."""

import torch

from gan.devices import choose_compute
from gan.networks.generator import Widths
from gan.training.checkpoint import CHECKPOINT, load_checkpoint
from gan.training.distributed import ProcessGroup
from gan.training.loop import TrainingLoop
from gan.training.options import TrainingOptions
from gan.training.report import Reporter
from gan.training.stopping import Stopping
from gan.training.train_state import make_train_state
from tests.gan.tiny_backbone import tiny_backbone

TINY = Widths(half=4, half_narrow=2, quarter=8, eighth=8, guide=8, dilations=(1,))
SETTINGS = {"images": 12, "batch": 2, "height": 48, "workers": 0, "threads": 1, "precision": "fp32", "device": "cpu"}


def options(wardrobe, out, **changes):
    out.mkdir(exist_ok=True, parents=True)
    return TrainingOptions(wardrobe[0], wardrobe[1], out, **{**SETTINGS, **changes})


def fresh_state(chosen):
    return make_train_state(chosen, torch.device("cpu"), TINY, tiny_backbone())


def fresh_loop(wardrobe, chosen, group=None):
    return TrainingLoop(chosen, group or ProcessGroup(), wardrobe[2], choose_compute("cpu", 1), TINY)


def train(wardrobe, out, stopping=None, resume=False, **changes):
    loop = fresh_loop(wardrobe, options(wardrobe, out, **changes))
    if resume:
        load_checkpoint(out / CHECKPOINT, loop.state)
    with stopping or Stopping(None) as when, Reporter(12, shown=False) as reporter:
        loop.train(when, reporter)
    return loop


class StopAfter(Stopping):
    """Asks to stop after a number of steps."""

    def __init__(self, steps):
        super().__init__(None)
        self._left = steps

    @property
    def now(self):
        self._left -= 1
        return self._left <= 0


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
