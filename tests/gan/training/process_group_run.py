"""What each process of `test_distributed` does: a whole run, and one that is stopped and resumed."""

import sys
from dataclasses import replace
from pathlib import Path

import torch

from gan.data.masks import mask_source
from gan.data.pack import open_pack
from gan.training import loop
from gan.training.checkpoint import CHECKPOINT, load_checkpoint
from gan.training.distributed import join_process_group
from gan.training.report import Reporter
from gan.training.samples import draw_held_out
from gan.training.stopping import Stopping
from tests.gan.tiny_backbone import tiny_backbone
from tests.gan.training.runs import StopAfter, fresh_loop, options

FOREVER = 1e6


def run(wardrobe, chosen, group, stopping, resume=False):
    one = fresh_loop(wardrobe, chosen, group)
    begun = torch.get_rng_state()
    if resume:
        load_checkpoint(chosen.out / CHECKPOINT, one.state, group)
    with stopping as when, Reporter(12, shown=False) as reporter:
        one.train(when, reporter)
    networks = [one.state.generator.state_dict(), one.state.discriminators.state_dict()]
    return {"networks": networks, "images": one.state.progress.images, "begun": begun, "random": torch.get_rng_state()}


def main(folder):
    loop.load_perceptual = lambda choice: tiny_backbone()
    loop.draw_held_out = lambda pack, height: draw_held_out(pack, height, pairs=2)
    garments, styles, masks = folder / "garments", folder / "styles", mask_source(folder / "masks")
    with join_process_group() as group:
        packs = [open_pack(garments, styles, masks, folder / "cache", held_out=held) for held in (False, True)]
        # By the clock of one process alone a checkpoint is due after each step.
        save_every = 0.0 if group.rank == 1 else FOREVER
        wardrobe = garments, styles, packs
        whole = options(wardrobe, folder / "whole", images=8, batch=1, warm_start=False, save_every=save_every)
        halves = replace(whole, out=folder / "halves")
        halves.out.mkdir(exist_ok=True)
        found = {"whole": run(wardrobe, whole, group, Stopping(None))}
        run(wardrobe, halves, group, StopAfter(2))
        found["halves"] = run(wardrobe, halves, group, Stopping(None), resume=True)
        torch.save(found, folder / f"rank{group.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
