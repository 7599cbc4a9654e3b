import torch

from gan.augment import _cut_out, augment, cut_patches, fold_light, random_patches, window_means


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


def test_patches_come_from_inside_the_mask():
    torch.manual_seed(0)
    mask = torch.zeros(2, 1, 64, 48)
    mask[..., 20:60, 8:40] = 1
    patches = random_patches(mask.expand(-1, 3, -1, -1), mask, count=16, size=16)
    assert patches.shape == (32, 3, 16, 16)
    assert patches.mean() > 0.8


def test_patches_keep_the_order_of_pictures():
    pictures = torch.arange(3.0).view(3, 1, 1, 1).expand(3, 3, 20, 20)
    patches = random_patches(pictures, torch.ones(3, 1, 20, 20), count=2, size=8)
    assert patches.mean(dim=(1, 2, 3)).tolist() == [0, 0, 1, 1, 2, 2]


def test_fold_light_is_smooth_and_varies():
    torch.manual_seed(0)
    light = fold_light(8, 64, 48, torch.device("cpu"))
    assert light.shape == (8, 1, 64, 48)
    assert light.std() > 0.05
    assert light.diff(dim=-1).abs().max() < 0.3


def test_window_means_are_those_of_pooling():
    values = torch.rand(2, 3, 21, 17)
    assert torch.allclose(window_means(values, 5), torch.nn.functional.avg_pool2d(values, 5, stride=1), atol=1e-6)


def test_windows_of_several_pictures_are_cut_where_they_were_asked_for():
    pictures = torch.arange(2 * 3 * 6 * 8.0).view(2, 3, 6, 8)
    corners = torch.tensor([[[0, 0], [2, 4]], [[1, 3], [2, 0]]])
    patches = cut_patches(pictures, corners, 4)
    wanted = [pictures[0, :, :4, :4], pictures[0, :, 2:, 4:], pictures[1, :, 1:5, 3:7], pictures[1, :, 2:, :4]]
    assert torch.equal(patches, torch.stack(wanted))


def test_what_is_cut_out_is_one_box_and_the_rest_stays():
    torch.manual_seed(0)
    seen = _cut_out(torch.ones(16, 2, 20, 30))
    assert torch.equal(seen[:, 0], seen[:, 1])
    for one in seen[:, 0] == 0:
        rows, columns = one.any(dim=1), one.any(dim=0)
        assert 0 < int(one.sum()) == int(rows.sum()) * int(columns.sum()) <= 6 * 9
    assert len({tuple(one.flatten().tolist()) for one in seen[:, 0]}) > 8
