import torch

from gan.losses.patches import cut_patches, random_patches, window_means


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


def test_window_means_are_those_of_pooling():
    values = torch.rand(2, 3, 21, 17)
    assert torch.allclose(window_means(values, 5), torch.nn.functional.avg_pool2d(values, 5, stride=1), atol=1e-6)


def test_windows_of_several_pictures_are_cut_where_they_were_asked_for():
    pictures = torch.arange(2 * 3 * 6 * 8.0).view(2, 3, 6, 8)
    corners = torch.tensor([[[0, 0], [2, 4]], [[1, 3], [2, 0]]])
    patches = cut_patches(pictures, corners, 4)
    wanted = [pictures[0, :, :4, :4], pictures[0, :, 2:, 4:], pictures[1, :, 1:5, 3:7], pictures[1, :, 2:, :4]]
    assert torch.equal(patches, torch.stack(wanted))
