import torch

from gan.training.augment import _cut_out, augment


def test_augmentation_leaves_colour_alone():
    torch.manual_seed(0)
    picture = torch.tensor([0.2, 0.5, 0.9]).view(1, 3, 1, 1).expand(4, 3, 32, 32)
    seen = augment(picture)
    kept = seen.sum(dim=1) > 0
    assert 0.5 < kept.float().mean() < 1
    assert torch.allclose(seen.permute(0, 2, 3, 1)[kept], torch.tensor([0.2, 0.5, 0.9]))


def test_augmentation_moves_all_channels_together_and_passes_gradients():
    torch.manual_seed(1)
    one = torch.rand(3, 1, 24, 24)
    picture = one.expand(-1, 4, -1, -1).clone().requires_grad_(True)
    seen = augment(picture)
    assert torch.equal(seen[:, 0], seen[:, 3])
    seen.sum().backward()
    assert picture.grad.any()


def test_what_is_cut_out_is_one_box_and_the_rest_stays():
    torch.manual_seed(0)
    seen = _cut_out(torch.ones(16, 2, 20, 30))
    assert torch.equal(seen[:, 0], seen[:, 1])
    for one in seen[:, 0] == 0:
        rows, columns = one.any(dim=1), one.any(dim=0)
        assert 0 < int(one.sum()) == int(rows.sum()) * int(columns.sum()) <= 6 * 9
    assert len({tuple(one.flatten().tolist()) for one in seen[:, 0]}) > 8
