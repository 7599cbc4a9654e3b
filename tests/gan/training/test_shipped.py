import pytest
import torch

from gan.networks.generator import load_generator
from gan.shipped import GENERATOR
from gan.training.checkpoint import load_checkpoint
from gan.training.options import TrainingOptions
from gan.training.train_state import make_train_state
from tests.gan.wardrobe import plain_garment


@pytest.fixture(scope="module")
def shipped():
    return load_generator(GENERATOR)


def picture_of(generator, garment, mask, guide):
    with torch.no_grad():
        return generator(garment, mask, guide, torch.zeros(1, 8), torch.ones(1))[0]


def printed_garment():
    """A plain piece with a large dark disc on it, and the same piece without."""
    picture, mask = plain_garment(3, 192, 144)
    plain = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    rows, columns = torch.meshgrid(torch.arange(192), torch.arange(144), indexing="ij")
    disc = ((rows - 90) ** 2 + (columns - 72) ** 2 < 30**2).float()
    ink = torch.tensor([0.35, 0.4, 0.7]).view(1, 3, 1, 1)
    return plain * (1 - disc) + plain * ink * disc, plain, torch.from_numpy(mask)[None, None].float() / 255, disc


def test_shipped_weights_take_an_old_print_off(shipped):
    printed, _, mask, disc = printed_garment()
    guide = torch.full((1, 3, 192, 144), 0.6)
    untrained = load_generator(None)
    steps = []
    for generator in (shipped, untrained):
        grey = picture_of(generator, printed, mask, guide).mean(dim=1)[0]
        ring = (mask[0, 0] > 0.9) & (disc == 0)
        steps.append(abs(grey[disc > 0].mean() - grey[ring].mean()).item())
    assert steps[0] < 0.35 * steps[1]


def test_shipped_weights_keep_the_folds_of_a_plain_garment(shipped):
    _, plain, mask, _ = printed_garment()
    picture = picture_of(shipped, plain, mask, torch.full((1, 3, 192, 144), 0.5))
    inside = mask[0, 0] > 0.99
    pair = torch.stack([picture.mean(dim=1)[0][inside], plain.mean(dim=1)[0][inside]])
    assert torch.corrcoef(pair)[0, 1] > 0.7


def test_a_run_can_go_on_from_the_shipped_checkpoint(tmp_path):
    options = TrainingOptions(tmp_path, tmp_path, tmp_path)
    state = make_train_state(options, torch.device("cpu"))
    load_checkpoint(GENERATOR.with_name("checkpoint.pt"), state)
    assert state.progress.images > 1_000
    generator = load_generator(GENERATOR)
    for name, value in state.average.state_dict().items():
        assert torch.allclose(value, generator.state_dict()[name], atol=1e-3), name
