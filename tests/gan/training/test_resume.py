import logging
from dataclasses import replace
from pathlib import Path

import pytest

from gan.request import RenderError
from gan.shipped import GENERATOR
from gan.training.checkpoint import CHECKPOINT, read_checkpoint, save_checkpoint
from gan.training.options import TrainingOptions
from gan.training.resume import resumed_options
from gan.training.run import resume_training, run_training
from gan.training.schedule import phases
from tests.gan.training.runs import fresh_state, options


@pytest.fixture
def begun(wardrobe, tmp_path):
    """The options of a run that has learned from 100 images."""
    chosen = options(
        wardrobe, tmp_path / "out", images=400, seed=5, weights={"exposure": 2.0, "style": 0.5}, minutes=1.0
    )
    state = fresh_state(chosen)
    state.progress.images = 100
    save_checkpoint(chosen.out, state, chosen.to_json())
    return chosen


def asked(begun, **changes):
    """Options with all defaults but the three folders."""
    return TrainingOptions(begun.garments, begun.styles, begun.out, **changes)


def test_a_resumed_run_keeps_its_options(begun):
    resumed = resumed_options(asked(begun), {"garments", "styles"})
    assert resumed == replace(begun, minutes=None, device="auto", threads=None, workers=1)


def test_what_is_given_replaces_what_is_stored_and_is_logged(begun, caplog):
    changed = asked(begun, images=600, batch=8, weights={"style": 1.0})
    with caplog.at_level(logging.WARNING):
        resumed = resumed_options(changed, {"garments", "styles", "images", "weights"})
    assert (resumed.images, resumed.batch, resumed.seed) == (600, begun.batch, 5)
    assert resumed.weights == {"exposure": 2.0, "style": 1.0}
    assert "changes images from 400 to 600" in caplog.text
    assert "batch" not in caplog.text and "garments" not in caplog.text


def test_a_run_cannot_end_before_where_it_stands(begun):
    with pytest.raises(RenderError, match="100 images already; it cannot end at 99"):
        resumed_options(asked(begun, images=99), {"images"})
    assert resumed_options(asked(begun, images=99), set()).images == 400


def test_a_finished_run_that_learned_from_a_few_images_more_can_be_resumed(wardrobe, tmp_path):
    chosen = options(wardrobe, tmp_path, images=12)
    state = fresh_state(chosen)
    state.progress.images = 16
    save_checkpoint(tmp_path, state, chosen.to_json())
    assert resumed_options(asked(chosen, images=12), {"images"}).images == 12


def test_a_resumed_run_knows_that_it_was_begun_from_weights_even_where_these_are_gone(wardrobe, tmp_path):
    chosen = options(wardrobe, tmp_path, start_from=tmp_path / "gone.safetensors", teachers=(tmp_path / "t.pt",))
    save_checkpoint(tmp_path, fresh_state(chosen), chosen.to_json())
    resumed = resumed_options(asked(chosen), set())
    assert resumed.start_from == chosen.start_from
    assert resumed.teachers == chosen.teachers
    assert phases(resumed) == phases(chosen)


def test_the_shipped_checkpoint_brings_its_options_but_no_paths(tmp_path):
    packed = GENERATOR.with_name(CHECKPOINT)
    (tmp_path / CHECKPOINT).write_bytes(packed.read_bytes())
    folders = TrainingOptions(Path("garments"), Path("styles"), tmp_path)
    resumed = resumed_options(folders, {"garments", "styles"})
    assert resumed.images == read_checkpoint(packed)["options"]["images"] != folders.images
    assert (resumed.garments, resumed.out) == (folders.garments, tmp_path)


def test_no_or_a_torn_checkpoint_is_one_sentence(begun):
    for content in (None, b"torn"):
        (begun.out / CHECKPOINT).unlink()
        if content:
            (begun.out / CHECKPOINT).write_bytes(content)
        with pytest.raises(RenderError, match="cannot be read" if content else "no checkpoint"):
            resume_training(begun)
        (begun.out / CHECKPOINT).touch()


@pytest.mark.parametrize("option", ["teachers", "undyed_by", "start_from"])
def test_missing_weights_are_named_before_anything_is_prepared(wardrobe, tmp_path, option):
    nobody = tmp_path / "nobody.safetensors"
    with pytest.raises(RenderError, match="nobody"):
        run_training(options(wardrobe, tmp_path, **{option: (nobody,) if option == "teachers" else nobody}))
