import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gan.data.masks import mask_source
from gan.data.pack import open_pack
from gan.training.checkpoint import CHECKPOINT
from gan.training.distributed import ProcessGroup, process_device
from gan.training.run import run_training
from tests.gan.training.runs import options
from tests.gan.wardrobe import fill_wardrobe


def equal(one, other):
    return all(
        torch.equal(mine[name], theirs[name])
        for mine, theirs in zip(one["networks"], other["networks"], strict=True)
        for name in mine
    )


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What two processes found, and the folder of their runs."""
    folder = tmp_path_factory.mktemp("group")
    garments, styles, masks = fill_wardrobe(folder)
    for held in (False, True):
        open_pack(garments, styles, mask_source(masks), folder / "cache", held_out=held)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    script = str(Path(__file__).with_name("process_group_run.py"))
    done = subprocess.run(
        [*launch, script, str(folder)], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [torch.load(folder / f"rank{rank}.pt") for rank in (0, 1)], folder


def test_two_processes_learn_the_same_weights_though_a_checkpoint_is_due_by_one_clock_alone(ranks):
    (first, second), folder = ranks
    assert first["whole"]["images"] == second["whole"]["images"] == 8
    assert equal(first["whole"], second["whole"])
    assert (folder / "whole" / CHECKPOINT).is_file()


def test_processes_draw_other_random_numbers(ranks):
    (first, second), _ = ranks
    assert not torch.equal(first["whole"]["begun"], second["whole"]["begun"])


def test_every_process_goes_on_with_its_own_random_numbers_after_a_resume(ranks):
    for rank in ranks[0]:
        assert equal(rank["halves"], rank["whole"])
        assert torch.equal(rank["halves"]["random"], rank["whole"]["random"])


@pytest.mark.parametrize(
    ("asked", "group", "wanted"),
    [
        ("auto", ProcessGroup(1, 2, 1), "cuda:1"),
        ("cuda", ProcessGroup(1, 2, 1), "cuda:1"),
        ("cuda:0", ProcessGroup(3, 4, 1), "cuda:1"),
        ("cpu", ProcessGroup(1, 2, 1), "cpu"),
        ("cuda:1", ProcessGroup(), "cuda:1"),
        ("cuda", ProcessGroup(), "cuda"),
    ],
)
def test_each_of_several_processes_takes_its_own_gpu(asked, group, wanted, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert process_device(asked, group) == wanted


def test_a_run_computes_on_the_device_of_its_process(wardrobe, tmp_path, monkeypatch):
    class ChosenError(Exception):
        """The device has been chosen."""

    def choose(name, threads):
        raise ChosenError(name, threads)

    monkeypatch.setattr("gan.training.run.process_device", lambda name, group: f"{name} of {group.processes}")
    monkeypatch.setattr("gan.training.run.choose_compute", choose)
    with pytest.raises(ChosenError, match="cpu of 1"):
        run_training(options(wardrobe, tmp_path))
