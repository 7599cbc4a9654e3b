import pytest
import torch

from gan.colour_tensors import linear_to_srgb, srgb_to_linear
from gan.evaluation import measures
from gan.evaluation.gatys import optimise
from gan.evaluation.two_sample import classifier_accuracy, crops_inside
from gan.networks.perceptual import VGG16, PerceptualFeatures, vgg_stages

MASK = torch.zeros(1, 1, 96, 72)
MASK[..., 8:-8, 8:-8] = 1


def checks(period, size=(96, 72)):
    rows, columns = torch.meshgrid(torch.arange(size[0]), torch.arange(size[1]), indexing="ij")
    board = ((rows // period + columns // period) % 2).float() * 0.5 + 0.25
    return board.expand(1, 3, *size).clone()


def folds():
    return (torch.sin(torch.arange(96) * 0.25) * 0.4).view(1, 1, 96, 1).expand(1, 1, 96, 72)


def lit(cloth, light):
    return linear_to_srgb((srgb_to_linear(cloth) * torch.exp(light)).clamp(0, 1))


@pytest.fixture(scope="module")
def backbone():
    torch.manual_seed(0)
    return PerceptualFeatures(vgg_stages(VGG16), torch.ones(3), torch.zeros(3), swap=False)


def test_ssim_is_one_for_the_same_and_falls_with_noise():
    picture = checks(8)
    assert measures.ssim(picture, picture, MASK).item() == pytest.approx(1, abs=1e-4)
    torch.manual_seed(0)
    assert measures.ssim((picture + 0.4 * torch.randn_like(picture)).clamp(0, 1), picture, MASK).item() < 0.8


def test_fold_correlation_sees_folds_through_a_bold_pattern():
    cloth = checks(10)
    worn, flat, wrong = lit(cloth, folds()), cloth, lit(cloth, folds().flip(2))
    scores = [measures.fold_correlation(p, folds(), cloth, MASK).item() for p in (worn, flat, wrong)]
    assert scores[0] > 0.9
    assert abs(scores[1]) < 0.2
    assert scores[2] < scores[0] - 0.5


def test_edge_agreement_sees_seams():
    seam = torch.zeros(1, 1, 96, 72)
    seam[..., 30:] = -0.5
    cloth = checks(6)
    assert measures.edge_agreement(lit(cloth, seam), seam, cloth, MASK).item() > 0.7
    assert abs(measures.edge_agreement(cloth, seam, cloth, MASK).item()) < 0.1


def test_texture_distance_prefers_the_same_cloth():
    fine, coarse = checks(3), checks(12)
    shifted = measures.texture_distance(fine.roll(1, dims=2), fine, MASK, MASK)
    other = measures.texture_distance(coarse, fine, MASK, MASK)
    assert shifted.item() < 0.3 * other.item()


def test_texture_distance_sees_colour():
    red = checks(3) * torch.tensor([1.0, 0.3, 0.3]).view(1, 3, 1, 1)
    assert measures.texture_distance(red, checks(3), MASK, MASK).item() > 0.01


def test_pattern_fidelity_hears_the_frequency():
    guide = checks(5)
    kept = measures.pattern_fidelity(lit(guide, folds()), guide, MASK).item()
    lost = measures.pattern_fidelity(checks(9), guide, MASK).item()
    assert kept > lost + 0.2


def printed_garment():
    """A red garment with folds and green bands across them."""
    albedo = torch.tensor([0.6, 0.1, 0.1]).view(1, 3, 1, 1).expand(1, 3, 96, 72).clone()
    for left in range(18, 60, 12):
        albedo[..., left : left + 6] = torch.tensor([0.05, 0.25, 0.08]).view(3, 1, 1)
    return linear_to_srgb((albedo * torch.exp(folds())).clamp(0, 1))


def test_an_old_print_in_the_light_is_found_and_folds_are_not_taken_for_one():
    garment, cloth = printed_garment(), torch.full((1, 3, 96, 72), 0.6)
    logs = torch.log(srgb_to_linear(garment) + measures.EXPOSURE_FLOOR).mean(dim=1, keepdim=True)
    ghost = logs - logs.mean() - folds()
    scores = [
        measures.old_print_left(lit(cloth, light), garment, cloth, MASK).item()
        for light in (folds(), folds() + 0.5 * ghost, folds() + ghost)
    ]
    assert abs(scores[0]) < 0.05
    assert 0.3 < scores[1] < scores[2]
    assert scores[2] > 0.7


def test_a_plain_garment_has_no_old_print_to_judge():
    cloth = torch.full((1, 3, 96, 72), 0.6)
    assert measures.old_print_left(lit(cloth, folds()), lit(cloth, folds()), cloth, MASK).isnan().item()


def test_background_difference_finds_one_grey_level_outside_and_ignores_the_inside():
    garment = checks(8)
    inside = garment.clone()
    inside[..., 40, 40] = 1
    assert measures.background_difference(inside, garment, MASK).item() == 0
    outside = garment.clone()
    outside[..., 0, 0] += 1 / 255
    assert measures.background_difference(outside, garment, MASK).item() == 1


def test_perceptual_distance_is_zero_for_the_same(backbone):
    picture = checks(8)
    assert measures.perceptual_distance(backbone, picture, picture, MASK).item() == 0
    assert measures.perceptual_distance(backbone, 1 - picture, picture, MASK).item() > 0


def test_style_descriptor_finds_its_own(backbone):
    everywhere = torch.ones_like(MASK)
    gallery = torch.cat([measures.style_descriptor(backbone, checks(period), everywhere) for period in (2, 5, 12)])
    code = measures.style_descriptor(backbone, checks(5).roll(2, dims=3), MASK)
    assert (gallery @ code[0]).argmax().item() == 1


def test_classifier_tells_different_from_alike():
    torch.manual_seed(0)
    groups = [number // 4 for number in range(80)]
    real, alike, different = torch.randn(80, 6), torch.randn(80, 6), torch.randn(80, 6) + 1.5
    others = [100 + group for group in groups]
    with torch.no_grad():  # as the judging of photos calls it
        told = classifier_accuracy(real, different, groups, others)
    fooled = classifier_accuracy(real, alike, groups, others)
    assert len(told) == len(fooled) == 40  # garments, not crops: an interval must count what is independent
    assert sum(told) / 40 > 0.9
    assert 0.3 < sum(fooled) / 40 < 0.7


def test_crops_lie_inside_the_garment():
    mask = torch.zeros(1, 1, 200, 150)
    mask[..., 50:180, 30:130] = 1
    crops = crops_inside(mask.expand(-1, 3, -1, -1), mask, count=5, seed=0)
    assert crops.shape == (5, 3, 64, 64)
    assert crops.mean() > 0.97
    assert len(crops_inside(mask[..., :40], mask[..., :40], 5, 0)) == 0


def test_gatys_moves_towards_the_style(backbone):
    torch.manual_seed(0)
    content, style = torch.rand(1, 3, 32, 32) * 0.2, torch.rand(1, 3, 32, 32) * 0.2 + 0.7
    painted = optimise(backbone, content, style, steps=15)
    assert (painted.mean() - style.mean()).abs() < (content.mean() - style.mean()).abs()
    assert painted.min() >= 0
    assert painted.max() <= 1
