import torch

from gan.colour_tensors import linear_to_srgb
from gan.losses.wrong_light import wrong_light

COUNT = 12


def printed_shirts():
    """Garments with broad folds across and fine stripes of a print along: photo, exact light, mask, the print."""
    rows, columns = torch.meshgrid(torch.arange(96.0), torch.arange(72.0), indexing="ij")
    folds = (0.3 * torch.sin(rows / 3)).expand(COUNT, 1, -1, -1).contiguous()
    stripes = (0.8 * torch.sign(torch.sin(columns / 2))).expand(COUNT, 1, -1, -1)
    mask = torch.zeros(COUNT, 1, 96, 72)
    mask[..., 6:-6, 6:-6] = 1
    photo = linear_to_srgb((0.3 * torch.exp(folds + stripes)).clamp(0, 1)).expand(-1, 3, -1, -1)
    return photo, folds, mask, stripes


def likeness(change, pattern, mask):
    """Size of the correlation of each change with a pattern inside the mask."""
    one, other = ((x - x.mean(dim=(2, 3), keepdim=True)) * mask for x in (change, pattern))
    sizes = one.square().sum(dim=(1, 2, 3)) * other.square().sum(dim=(1, 2, 3))
    return ((one * other).sum(dim=(1, 2, 3)) / sizes.clamp_min(1e-9).sqrt()).abs()


def test_what_leaks_is_the_print_and_no_fold():
    torch.manual_seed(0)
    photo, light, mask, stripes = printed_shirts()
    change = (wrong_light(photo, light, mask) - light) * mask
    assert likeness(change, stripes, mask).median() > 0.6
    assert likeness(change, light, mask).max() < 0.1
    spread = change.square().mean(dim=(1, 2, 3)).sqrt()
    assert spread.min() > 0.01
    assert spread.max() < 0.7


def test_light_is_spoilt_in_places_and_differently_each_time():
    torch.manual_seed(0)
    photo, light, mask, _ = printed_shirts()
    first, second = (wrong_light(photo, light, mask) - light for _ in range(2))
    assert not torch.equal(first, second)
    untouched = (first.abs() < 1e-6) & (mask > 0)
    assert 0.05 < untouched.float().sum() / mask.sum() < 0.9


def test_a_plain_garment_without_print_has_hardly_anything_to_leak():
    _, light, mask, _ = printed_shirts()
    photo = linear_to_srgb((0.3 * torch.exp(light)).clamp(0, 1)).expand(-1, 3, -1, -1)
    assert ((wrong_light(photo, light, mask) - light) * mask).abs().max() < 0.03


def test_an_empty_mask_is_no_trouble():
    photo, light, mask, _ = printed_shirts()
    assert torch.isfinite(wrong_light(photo, light, torch.zeros_like(mask))).all()
