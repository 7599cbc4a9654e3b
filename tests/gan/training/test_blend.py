import pytest
import torch

from gan.networks.generator import Generator, load_generator
from gan.request import RenderError
from gan.training.blend import blend_weights
from gan.training.checkpoint import save_weights


@pytest.fixture
def two(tmp_path):
    files = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        files.append(tmp_path / f"{seed}.safetensors")
        save_weights(Generator(), files[-1])
    return files


def weight(path):
    return load_generator(path).garment.stem.conv.weight


def test_a_blend_lies_between_its_parents(two, tmp_path):
    out = tmp_path / "blend.safetensors"
    for share in (0.0, 0.25, 1.0):
        blend_weights(*two, share, out)
        expected = (1 - share) * weight(two[0]) + share * weight(two[1])
        assert torch.allclose(weight(out), expected, atol=1e-3)
    assert not torch.allclose(weight(two[0]), weight(two[1]), atol=1e-2)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_no_share_is_one_sentence(two, tmp_path, share):
    with pytest.raises(RenderError, match="from 0 to 1"):
        blend_weights(*two, share, tmp_path / "out.safetensors")


def test_missing_and_foreign_weights_are_one_sentence(two, tmp_path):
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"not weights")
    for wrong, sentence in ((tmp_path / "none.safetensors", "There are no weights"), (foreign, "do not fit")):
        with pytest.raises(RenderError, match=sentence):
            blend_weights(two[0], wrong, 0.5, tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()
