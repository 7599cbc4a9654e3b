import logging

import pytest
import torch
from typer.testing import CliRunner

from bot.cli import app
from gan.networks.generator import Generator
from gan.request import RenderError
from gan.shipped import GENERATOR
from gan.training.checkpoint import (
    CHECKPOINT,
    load_checkpoint,
    pack_checkpoint,
    read_checkpoint,
    save_checkpoint,
    save_weights,
    take_discriminators,
    take_weights,
)
from tests.gan.training.runs import fresh_state, options, same, train


def test_checkpoints_survive_a_crash_while_saving(wardrobe, tmp_path, monkeypatch):
    run = train(wardrobe, tmp_path, adversarial=False)

    def crash(content, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", crash)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(tmp_path, run.state, {})
    load_checkpoint(tmp_path / CHECKPOINT, run.state)


def test_packed_checkpoints_are_small_and_can_be_resumed(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path)
    packed = tmp_path / "packed.pt"
    pack_checkpoint(tmp_path / CHECKPOINT, packed)
    assert str(tmp_path).encode() not in packed.read_bytes(), "it names no place of the machine that trained it"
    assert packed.stat().st_size < 0.4 * (tmp_path / CHECKPOINT).stat().st_size
    state = fresh_state(options(wardrobe, tmp_path, seed=5))
    load_checkpoint(packed, state)
    assert state.progress.images == 12
    for name in ("average", "cloth", "garment", "folds"):
        old, new = getattr(run.state, name).state_dict(), getattr(state, name).state_dict()
        assert all(torch.allclose(old[key], new[key], rtol=0.01, atol=1e-4) for key in old)
    assert same(state.generator, state.average)
    assert state.generator.garment.stem.conv.weight.dtype == torch.float32


def test_fine_tuning_starts_from_weights_or_a_checkpoint(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path, adversarial=False)
    for name in ("generator.safetensors", CHECKPOINT):
        state = fresh_state(options(wardrobe, tmp_path, seed=9))
        take_weights(tmp_path / name, state.generator, state.average)
        old, new = run.state.average.garment.stem.conv.weight, state.generator.garment.stem.conv.weight
        assert torch.allclose(old, new, atol=1e-3)
        assert state.progress.images == 0
    with pytest.raises(RenderError, match="do not fit"):
        take_weights(tmp_path / "generator.safetensors", Generator())


def test_a_checkpoint_brings_its_discriminators_to_fine_tuning_and_weights_bring_none(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path, warm_start=False)
    start = fresh_state(options(wardrobe, tmp_path))
    assert not same(start.folds, run.state.folds)
    take_discriminators(tmp_path / "generator.safetensors", start)
    assert same(start.folds, fresh_state(options(wardrobe, tmp_path)).folds)
    take_discriminators(tmp_path / CHECKPOINT, start)
    assert same(start.folds, run.state.folds)
    (tmp_path / "torn.pt").write_bytes(b"torn")
    with pytest.raises(RenderError, match=r"torn\.pt"):
        take_discriminators(tmp_path / "torn.pt", start)


def test_resuming_nothing_is_one_sentence(wardrobe, tmp_path):
    state = fresh_state(options(wardrobe, tmp_path))
    with pytest.raises(RenderError, match="no checkpoint"):
        load_checkpoint(tmp_path / "none.pt", state)


def test_random_numbers_go_on_where_they_stopped(wardrobe, tmp_path):
    chosen = options(wardrobe, tmp_path)
    save_checkpoint(tmp_path, fresh_state(chosen), chosen.to_json())
    expected = torch.rand(4)
    state = fresh_state(options(wardrobe, tmp_path, seed=9))
    load_checkpoint(tmp_path / CHECKPOINT, state)
    assert torch.equal(torch.rand(4), expected)


def test_a_checkpoint_of_more_processes_is_gone_on_from_and_says_so(wardrobe, tmp_path, caplog):
    chosen = options(wardrobe, tmp_path)
    save_checkpoint(tmp_path, fresh_state(chosen), chosen.to_json())
    content = read_checkpoint(tmp_path / CHECKPOINT)
    content["state"]["random"] *= 2
    content["state"]["progress"]["images"] = 24
    torch.save(content, tmp_path / CHECKPOINT)
    state = fresh_state(chosen)
    with caplog.at_level(logging.WARNING):
        load_checkpoint(tmp_path / CHECKPOINT, state)
    assert "written by 2 processes and this run has 1" in caplog.text
    assert state.progress.images == 24


def test_checkpoints_with_one_random_state_for_all_gpus_are_still_read(wardrobe, tmp_path):
    chosen = options(wardrobe, tmp_path)
    save_checkpoint(tmp_path, fresh_state(chosen), chosen.to_json())
    content = read_checkpoint(tmp_path / CHECKPOINT)
    [random] = content["state"].pop("random")
    expected = torch.rand(4)
    torch.save(
        content | {"state": content["state"] | {"torch_rng": random["cpu"], "cuda_rng": []}}, tmp_path / "old.pt"
    )
    load_checkpoint(tmp_path / "old.pt", fresh_state(chosen))
    assert torch.equal(torch.rand(4), expected)


def test_the_command_packs_a_checkpoint_and_refuses_what_is_none(wardrobe, tmp_path):
    run = train(wardrobe, tmp_path, images=4, adversarial=False)
    packed, runner = tmp_path / "packed.pt", CliRunner()
    done = runner.invoke(app, ["pack-checkpoint", str(tmp_path / CHECKPOINT), "--out", str(packed)])
    assert done.exit_code == 0, done.stderr
    state = fresh_state(options(wardrobe, tmp_path, seed=5))
    load_checkpoint(packed, state)
    assert torch.allclose(
        state.average.garment.stem.conv.weight, run.state.average.garment.stem.conv.weight, rtol=0.01, atol=1e-4
    )
    other = fresh_state(options(wardrobe, tmp_path, seed=6)).generator
    save_weights(other, tmp_path / "other.safetensors")
    weights = ["--weights", str(tmp_path / "other.safetensors")]
    done = runner.invoke(app, ["pack-checkpoint", str(tmp_path / CHECKPOINT), "--out", str(packed), *weights])
    assert done.exit_code == 0, done.stderr
    load_checkpoint(packed, state)
    assert torch.allclose(state.average.garment.stem.conv.weight, other.garment.stem.conv.weight, atol=1e-3)
    assert torch.allclose(next(state.folds.parameters()), next(run.state.folds.parameters()), rtol=0.01, atol=1e-4)
    assert not list(tmp_path.glob("*.part"))
    torch.save({"other": 1}, tmp_path / "other.pt")
    nowhere = str(tmp_path / "missing" / "packed.pt")
    for arguments, sentence in (
        ([str(tmp_path / "none.pt"), "--out", str(packed)], "no checkpoint"),
        ([str(tmp_path / "other.pt"), "--out", str(packed)], "no checkpoint of a training run"),
        ([str(tmp_path / CHECKPOINT), "--out", nowhere], "could not be written"),
        ([str(tmp_path / CHECKPOINT), "--out", str(packed), "--weights", nowhere], "no weights"),
        ([str(tmp_path / CHECKPOINT), "--out", str(packed), "--weights", str(GENERATOR)], "not of the checkpoint's"),
    ):
        done = runner.invoke(app, ["pack-checkpoint", *arguments])
        assert done.exit_code == 2
        assert sentence in done.stderr
