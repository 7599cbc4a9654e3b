"""Training examples by number: example n of a run is the same on every machine and after every resume."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from gan.data.pack import Pack
from gan.data.pairs import PseudoPair, make_dark_pair, make_identity_pair, make_pair, make_unpaired
from gan.data.prints import WORN, PrintMix
from gan.devices import work_on_one_core

Batch = dict[str, Tensor]


class ExampleDataset(Dataset[Batch]):
    """Pseudo-pairs, identity pairs and unpaired garments, mixed at random.

    Args:
        pack: decoded garments and styles.
        height: of the examples.
        width: of the examples.
        seed: of the run; with the number, it decides everything about an example.
        unpaired_share: share of real photos of any garment, without truth.
        identity_share: share of examples whose guide is the garment's own cloth.
        printed_only: whether every garment of a pair carries an old print.
        dark_share: share of pairs made of dark garments, whose truth is less exact; for training, not for judging.
        mix: the old prints that light garments carry.
        warped_share: share of pairs whose garment is elastically warped; for training, not for judging.
    """

    def __init__(
        self,
        pack: Pack,
        height: int,
        width: int,
        seed: int,
        unpaired_share: float = 0.0,
        identity_share: float = 0.04,
        printed_only: bool = False,
        dark_share: float = 0.0,
        mix: PrintMix = WORN,
        warped_share: float = 0.0,
    ) -> None:
        self.pack, self.height, self.width, self.seed = pack, height, width, seed
        self.unpaired_share, self.identity_share, self.printed_only = unpaired_share, identity_share, printed_only
        self.mix, self.warped_share = mix, warped_share
        self.dark_share = dark_share if pack.dark.any() else 0.0

    def __getitem__(self, number: int) -> Batch:
        """Return example `number` as tensors C×H×W (flags are scalars)."""
        rng = np.random.default_rng([self.seed, number])
        kind = rng.random()
        if kind < self.unpaired_share:
            return _tensors(make_unpaired(self.pack, self.height, self.width, rng), paired=0, identity=0)
        if kind < self.unpaired_share + self.identity_share:
            return _tensors(make_identity_pair(self.pack, self.height, self.width, rng), paired=1, identity=1)
        if rng.random() < self.dark_share:
            pair = make_dark_pair(self.pack, self.height, self.width, rng, self.warped_share)
        else:
            pair = make_pair(self.pack, self.height, self.width, rng, self.mix, self.printed_only, self.warped_share)
        return _tensors(pair, paired=1, identity=0)


class EndlessNumbers(Sampler[int]):
    """Counts from where a run stopped; each process of several takes every n-th number."""

    def __init__(self, start: int, rank: int = 0, processes: int = 1) -> None:
        self.start, self.rank, self.processes = start, rank, processes

    def __iter__(self) -> Iterator[int]:
        """Yield example numbers without end."""
        number = self.start + self.rank
        while True:
            yield number
            number += self.processes


def endless_batches(
    dataset: ExampleDataset, batch: int, numbers: EndlessNumbers, workers: int, pin: bool = False
) -> Iterator[Batch]:
    """Yield batches without end, made in `workers` other processes (0: in this one)."""
    loader: DataLoader[Batch] = DataLoader(
        dataset,
        batch_size=batch,
        sampler=numbers,
        num_workers=workers,
        pin_memory=pin,
        prefetch_factor=4 if workers else None,
        # OpenCV's threads do not survive a fork: a forked worker hangs at its first call.
        multiprocessing_context="spawn" if workers else None,
        worker_init_fn=_single_threaded,
        # Without its own, the loader draws a seed from torch's global generator, and a resumed run would differ.
        generator=torch.Generator().manual_seed(0),
    )
    yield from loader


def _single_threaded(worker: int) -> None:
    work_on_one_core()


def _tensors(pair: PseudoPair, paired: int, identity: int) -> Batch:
    mask = torch.from_numpy(pair.mask)[None]
    garment, truth = _planes(pair.garment), _planes(pair.truth)
    return {
        "garment": garment,
        "mask": mask,
        "guide": _planes(pair.guide),
        "truth": mask * truth + (1 - mask) * garment,
        "log_shading": torch.from_numpy(pair.log_shading)[None],
        "paired": torch.tensor(float(paired)),
        "identity": torch.tensor(float(identity)),
        "patterned": torch.tensor(float(pair.patterned)),
    }


def _planes(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32))
