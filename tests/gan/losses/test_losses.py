import math

import pytest
import torch

from gan.losses import LOSS_TABLE, DiscriminatorFeedback, LossInputs, TeacherOutput, total_loss
from gan.losses.inputs import LIGHT_WINDOW
from gan.losses.pictures import LEAST_ERROR
from gan.networks.perceptual import VGG16, PerceptualFeatures, vgg_stages


def backbone():
    torch.manual_seed(0)
    return PerceptualFeatures(vgg_stages(VGG16), torch.ones(3), torch.zeros(3), swap=False)


def loss_inputs(picture=None, **changes):
    torch.manual_seed(5)
    truth = torch.rand(2, 3, 32, 32)
    mask = torch.zeros(2, 1, 32, 32)
    mask[..., 4:28, 4:28] = 1
    light = torch.randn(2, 1, 32, 32) * 0.3
    values = {
        "garment": torch.rand(2, 3, 32, 32),
        "mask": mask,
        "guide": torch.rand(2, 3, 32, 32),
        "reference": torch.rand(2, 3, 32, 32),
        "picture": truth.clone() if picture is None else picture,
        "exposure": light.clone(),
        "residual": torch.zeros(2, 3, 32, 32),
        "paired": torch.ones(2),
        "identity": torch.zeros(2),
        "truth": truth,
        "log_shading": light,
        "patterned": torch.zeros(2),
        "backbone": backbone(),
    }
    return LossInputs(**{**values, **changes})


@pytest.mark.parametrize("name", ["reconstruction", "exposure", "folds", "fold_energy", "paired_features"])
def test_paired_terms_are_zero_at_the_truth_and_positive_away_from_it(name):
    right = LOSS_TABLE[name](loss_inputs())
    wrong = LOSS_TABLE[name](loss_inputs(picture=torch.rand(2, 3, 32, 32), exposure=torch.zeros(2, 1, 32, 32)))
    assert right.item() == pytest.approx(0, abs=1e-5)
    assert wrong.item() > 0.05


@pytest.mark.parametrize("name", ["reconstruction", "exposure", "folds", "fold_energy", "paired_features"])
def test_paired_terms_ignore_examples_without_truth(name):
    wrong = loss_inputs(picture=torch.rand(2, 3, 32, 32), exposure=torch.zeros(2, 1, 32, 32), paired=torch.zeros(2))
    assert LOSS_TABLE[name](wrong).item() == pytest.approx(0, abs=1e-5)


def test_what_teachers_say_is_learned_inside_the_mask_also_where_there_is_no_truth():
    said = TeacherOutput(torch.randn(2, 1, 32, 32), torch.rand(2, 3, 32, 32))
    photos = {"paired": torch.zeros(2), "teacher": said}

    def cost(**changes):
        return LOSS_TABLE["taught"](loss_inputs(**{**photos, **changes})).item()

    outside = 1 - loss_inputs().mask
    assert cost(exposure=said.exposure, picture=said.picture) == 0
    assert cost(exposure=said.exposure + outside, picture=said.picture + outside) == 0
    assert cost(exposure=said.exposure + 0.1, picture=said.picture) > 0.05
    assert cost(exposure=said.exposure, picture=said.picture + 0.1) > 0.05
    assert LOSS_TABLE["taught"](loss_inputs()).item() == 0


def test_light_before_the_discriminators_is_kept_on_photos_of_plain_garments_alone():
    light = torch.randn(2, 1, 32, 32)
    photos = {"paired": torch.zeros(2), "earlier_exposure": light}

    def cost(**changes):
        return LOSS_TABLE["unforgotten"](loss_inputs(**{**photos, **changes})).item()

    assert cost(exposure=light.clone()) == 0
    brighter, ironed = cost(exposure=light + 0.2), cost(exposure=torch.zeros_like(light))
    assert brighter == pytest.approx(0.2 + 4 * 0.2 / 24, abs=0.005)  # it steps at the four borders of the mask too
    assert ironed > 1
    assert cost(exposure=light + 0.2, patterned=torch.tensor([0.0, 1.0])) == pytest.approx(brighter, rel=1e-3)
    assert cost(patterned=torch.ones(2)) == cost(paired=torch.ones(2)) == 0
    assert cost(earlier_exposure=None) == 0


def test_log_error_counts_an_easy_picture_as_much_as_a_hard_one():
    def cost(sizes):
        wrong = loss_inputs()
        steps = torch.tensor(sizes).view(2, 1, 1, 1)
        return LOSS_TABLE["log_error"](loss_inputs(picture=wrong.truth + steps)).item()

    before = cost([0.1, 0.4])
    assert before - cost([0.05, 0.4]) == pytest.approx(before - cost([0.1, 0.2]), rel=0.05)
    only_one = loss_inputs(picture=torch.rand(2, 3, 32, 32), paired=torch.tensor([0.0, 1.0]))
    only_one.picture[1] = only_one.truth[1]
    assert LOSS_TABLE["log_error"](only_one).item() == pytest.approx(math.log(LEAST_ERROR), abs=1e-3)


def test_light_is_seen_through_one_window_inside_the_mask():
    big = torch.zeros(2, 1, 200, 160)
    big[..., 20:180, 30:140] = 1
    light = torch.randn(2, 1, 200, 160)
    pictures = {name: torch.rand(2, 3, 200, 160) for name in ("garment", "guide", "reference", "picture", "truth")}
    shown = loss_inputs(**pictures, mask=big, exposure=light, log_shading=light)
    assert shown.light.shape == (2, 3, LIGHT_WINDOW, LIGHT_WINDOW)
    assert torch.equal(shown.light, shown.true_light)
    assert shown.window(big).mean() > 0.6 > big.mean()
    assert torch.equal(shown.window(light), shown.detached().window(light))


def test_discriminators_see_every_light_at_one_mean_and_spread():
    folds = 0.4 * torch.sin(torch.arange(32.0) / 3).expand(2, 1, 32, 32)
    shown, deeper = loss_inputs(exposure=folds), loss_inputs(exposure=1.5 * folds + 0.1)
    assert torch.allclose(shown.light, deeper.light, atol=1e-4)
    flat = loss_inputs(exposure=0.01 * folds)
    assert flat.light.std() < 0.2 * shown.light.std()
    detailed = loss_inputs(exposure=folds + 0.1 * (torch.arange(32) % 2))
    assert (detailed.light - shown.light).std() < 0.05 * shown.light.std(), "detail is not the discriminators' business"


def test_discriminators_see_the_photo_in_colour_inside_the_mask():
    red, green = (torch.zeros(2, 3, 32, 32) for _ in range(2))
    red[:, 0], green[:, 1] = 1, 1
    one, other = loss_inputs(garment=red), loss_inputs(garment=green)
    inside = (one.window(one.mask) == 1).expand_as(one.photo)
    assert ((one.photo - other.photo)[inside].view(2, 3, -1).abs().mean(dim=2)[:, :2] == 1).all()
    assert torch.equal(one.photo[~inside], other.photo[~inside])


def test_reconstruction_ignores_the_background():
    outside = loss_inputs()
    outside.picture[..., :4, :] = 0
    assert LOSS_TABLE["reconstruction"](outside).item() == 0


@pytest.mark.parametrize("name", ["style", "sliced_wasserstein", "colour"])
def test_style_terms_prefer_the_styles_own_pixels(name):
    torch.manual_seed(0)
    dark = torch.rand(2, 3, 32, 32) * 0.2
    near = LOSS_TABLE[name](loss_inputs(picture=dark.flip(-1), reference=dark, mask=torch.ones(2, 1, 32, 32)))
    far = LOSS_TABLE[name](loss_inputs(picture=1 - dark, reference=dark, mask=torch.ones(2, 1, 32, 32)))
    assert near < 0.5 * far


def test_content_prefers_the_garment():
    same = loss_inputs()
    same.picture = same.garment.clone()
    assert LOSS_TABLE["content"](same) < LOSS_TABLE["content"](loss_inputs())


def test_shading_follows_the_garments_light():
    one = loss_inputs()
    light = torch.linspace(0.1, 0.9, 32).view(1, 1, 32, 1).expand(2, 3, 32, 32)
    along = loss_inputs(garment=light, exposure=torch.log(light[:, :1] ** 2.2))
    against = loss_inputs(garment=light, exposure=-torch.log(light[:, :1] ** 2.2))
    shading = LOSS_TABLE["shading"]
    assert shading(along) < 0.1 < shading(one) < shading(against)


def test_identity_looks_only_at_identity_examples():
    none, both = loss_inputs(), loss_inputs(identity=torch.ones(2))
    assert LOSS_TABLE["identity"](none) == 0
    assert LOSS_TABLE["identity"](both) > 0.1


def test_diversity_rewards_difference_up_to_a_cap():
    same, other = loss_inputs(), loss_inputs()
    same.second_picture, other.second_picture = same.picture.clone(), torch.rand(2, 3, 32, 32)
    assert LOSS_TABLE["diversity"](same) == 1
    assert LOSS_TABLE["diversity"](other) == 0
    assert LOSS_TABLE["diversity"](loss_inputs()) == 0


def test_variation_sees_checkerboards():
    board = (torch.arange(32).view(-1, 1) + torch.arange(32)) % 2
    rough = loss_inputs(residual=board.float().expand(2, 3, 32, 32))
    assert LOSS_TABLE["variation"](rough) > 1
    assert LOSS_TABLE["variation"](loss_inputs()) == 0


def test_adversarial_terms_come_from_the_discriminators():
    judged = loss_inputs()
    features = [torch.ones(1, 2, 4, 4)]
    judged.discriminators["cloth"] = DiscriminatorFeedback(torch.tensor(0.7), features, [2 * features[0]])
    total, values = total_loss(judged, {"adversarial_cloth": 2.0, "adversarial_garment": 1.0, "feature_matching": 0.0})
    assert total.item() == pytest.approx(1.4)
    assert set(values) == {"adversarial_cloth", "adversarial_garment"}
    assert LOSS_TABLE["feature_matching"](judged).item() == pytest.approx(0.5, abs=1e-3)


def test_terms_without_weight_are_not_computed():
    without_backbone = loss_inputs(backbone=None)
    total, values = total_loss(without_backbone, {"reconstruction": 1.0, "style": 0.0})
    assert list(values) == ["reconstruction"]
    assert total.item() == values["reconstruction"].item()


def test_a_perceptual_term_without_backbone_says_so():
    with pytest.raises(ValueError, match="no backbone"):
        total_loss(loss_inputs(backbone=None), {"style": 1.0})


def test_a_weight_of_no_term_is_an_error():
    with pytest.raises(KeyError):
        total_loss(loss_inputs(), {"beauty": 1.0})


@pytest.mark.parametrize("name", sorted(LOSS_TABLE))
def test_every_term_is_finite_and_its_gradient_too(name):
    picture = torch.rand(2, 3, 32, 32, requires_grad=True)
    light = torch.zeros(2, 1, 32, 32, requires_grad=True)
    one = loss_inputs(picture=picture, exposure=light, residual=picture - 0.5, identity=torch.ones(2))
    one.second_picture = torch.rand(2, 3, 32, 32)
    one.discriminators["garment"] = DiscriminatorFeedback(picture.mean(), [picture], [torch.rand(2, 3, 32, 32)])
    value = LOSS_TABLE[name](one)
    assert value.isfinite()
    if value.requires_grad:
        value.backward()
        for leaf in (picture, light):
            assert leaf.grad is None or leaf.grad.isfinite().all()


def test_fold_energy_knows_ironing_from_misplaced_folds():
    wave = torch.sin(torch.arange(32) * 0.7).view(1, 1, 32, 1).expand(2, 1, 32, 32) * 0.4
    ironed = LOSS_TABLE["fold_energy"](loss_inputs(log_shading=wave, exposure=torch.zeros_like(wave)))
    shifted = LOSS_TABLE["fold_energy"](loss_inputs(log_shading=wave, exposure=wave.roll(2, dims=2)))
    exact = LOSS_TABLE["fold_energy"](loss_inputs(log_shading=wave, exposure=wave.clone()))
    assert exact == 0
    assert shifted < 0.4 * ironed


def test_colours_are_sorted_in_full_precision_under_autocast():
    torch.manual_seed(0)
    dark = 0.9 + 0.001 * torch.rand(2, 3, 32, 32)
    inputs = loss_inputs(picture=dark, reference=dark + 1e-4, mask=torch.ones(2, 1, 32, 32))
    torch.manual_seed(1)
    exact = LOSS_TABLE["colour"](inputs)
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        found = LOSS_TABLE["colour"](inputs)
    assert found.item() == pytest.approx(exact.item(), rel=1e-3)


def test_diversity_does_not_depend_on_anything_but_the_two_pictures():
    one = loss_inputs()
    one.second_picture = one.picture + 0.02
    assert LOSS_TABLE["diversity"](one).item() == pytest.approx(1 - 0.02 / 0.05, rel=1e-4)
