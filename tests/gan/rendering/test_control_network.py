"""The generator behind NumPy pictures: sizes, noise, and the compiled form."""

import functools
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import gan.rendering.control_network
from gan.devices import Compute, choose_compute
from gan.mask import find_mask
from gan.networks.generator import STRIDE, WORKING_SIZE, Features, Generator
from gan.pictures import read_picture
from gan.rendering.compiling import compile_generator
from gan.rendering.control_network import BUCKETS, MOST_DEPTH, ControlNetwork, fold_depth, working_size
from tests.gan.scenery import shirt_alpha, shirt_photo

SAMPLES = Path(__file__).parents[3] / "bot" / "playground" / "samples"


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Weights that do something: an untrained generator's heads are zero."""
    from safetensors.torch import save_file

    torch.manual_seed(3)
    generator = Generator()
    for head in (generator.garment.head, generator.guide.head):
        torch.nn.init.normal_(head.conv.weight, std=0.05)
    save_file(generator.state_dict(), tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


@pytest.mark.parametrize("shape", [(1, 1), (2000, 3), (3, 2000), (400, 300), (90, 90)])
@pytest.mark.parametrize("multiple", [STRIDE, WORKING_SIZE // BUCKETS])
def test_working_sizes_need_no_padding(shape, multiple):
    width, height = working_size(shape, multiple)
    assert max(width, height) == WORKING_SIZE
    assert width % multiple == height % multiple == multiple % STRIDE == 0
    assert min(width, height) >= multiple


def test_noise_follows_the_seed_only(trained):
    network = ControlNetwork(choose_compute("cpu"), trained)
    encoded = network.encode(shirt_photo(), shirt_alpha())
    first, again, other = (network.controls(encoded, shirt_photo(), seed) for seed in (1, 1, 2))
    assert torch.equal(first.gain, again.gain)
    assert not torch.equal(first.gain, other.gain)


def test_the_shipped_generator_leaves_no_chequerboard():
    """It writes squares of pixels as channels, which need not fit together unless it has learned to make them."""
    photo = read_picture(SAMPLES / "garments" / "berry-tshirt.jpg")
    network = ControlNetwork(choose_compute("cpu"))
    controls = network.controls(network.encode(photo, find_mask(photo).alpha), np.full_like(photo, 200), seed=0)
    for plane in (controls.trust_coarse, controls.trust_fine, controls.gain):
        corners = [plane[..., row::2, column::2] for row in (0, 1) for column in (0, 1)]
        crossed = (corners[0] - corners[1] - corners[2] + corners[3]).abs().mean() / 4
        means = torch.stack([corner.mean() for corner in corners])
        assert plane.std() > 0.05
        assert crossed < 0.05 * plane.std()
        assert means.max() - means.min() < 0.05 * plane.std()


def test_compiled_controls_are_the_same(trained, monkeypatch):
    """Traced as for a compiler, but run by PyTorch itself: compiling for real takes minutes."""
    monkeypatch.setattr(torch, "compile", functools.partial(_traced, torch.compile))
    photo, alpha = np.tile(shirt_photo(128, 128), (2, 2, 1)), np.ones((256, 256), np.float32)
    networks = [ControlNetwork(choose_compute("cpu"), trained, compiled=compiled) for compiled in (False, True)]

    plain, compiled = (network.controls(network.encode(photo, alpha), photo, seed=4) for network in networks)

    assert plain.gain.abs().max() > 0
    assert torch.allclose(plain.gain, compiled.gain, atol=2e-2)
    assert torch.allclose(plain.residual, compiled.residual, atol=2e-2)


def _traced(compile_function, function, *, mode, **settings):
    return compile_function(function, backend="eager", **settings)


@pytest.fixture
def traced_graphs(monkeypatch) -> list[object]:
    """The graphs that `torch.compile` has made so far; PyTorch itself runs them."""
    graphs: list[object] = []

    def backend(graph, _):
        graphs.append(graph)
        return graph.forward

    def compiled(function, *, mode, **settings):
        return compile_function(function, backend=backend, **settings)

    compile_function = torch.compile
    monkeypatch.setattr(torch, "compile", compiled)
    return graphs


def test_a_compiled_gpu_compiles_nothing_after_its_warm_up(traced_graphs, trained, monkeypatch):
    """Also where it draws variants one by one, because it ran out of memory. The CPU pretends to be one."""
    monkeypatch.setattr(Compute, "is_cuda", property(lambda _: True))
    monkeypatch.setattr(gan.rendering.control_network, "BUCKETS", 1)
    network = ControlNetwork(choose_compute("cpu", 1), trained, compiled=True)
    network.warm_up()
    ready = len(traced_graphs)
    assert ready == 2
    encoded = network.encode(shirt_photo(), shirt_alpha())
    alone = network.controls(encoded, shirt_photo(), seed=5)
    guides = torch.rand(3, 3, WORKING_SIZE, WORKING_SIZE)
    together = network.run(functools.partial(network.batch_controls, encoded, guides, [1, 2, 3]))
    assert alone.residual.shape[0] == 1 and together.residual.shape[0] == 4
    assert len(traced_graphs) == ready


def test_every_shape_is_compiled_however_many_there_are(traced_graphs):
    """PyTorch's own limit is 8; what comes after it would run uncompiled, without a word but a log line."""
    networks = SimpleNamespace(garment=torch.nn.Conv2d(1, 1, 3), guide=torch.nn.Conv2d(1, 1, 3))
    compile_generator(networks, choose_compute("cpu", 1), shapes=10)  # type: ignore[arg-type]
    for side in range(10, 20):
        for network in (networks.garment, networks.guide):
            network(torch.zeros(1, 1, side, 10))
    assert len(traced_graphs) == 20


def test_all_work_of_a_device_happens_in_one_thread_that_it_is_the_current_one_of(monkeypatch):
    made_current: list[tuple[torch.device, str]] = []
    monkeypatch.setattr(
        gan.rendering.control_network,
        "make_current",
        lambda device: made_current.append((device, threading.current_thread().name)),
    )
    device = torch.device("meta")  # a device that is not the CPU
    network = ControlNetwork(Compute(device, torch.float32, 1), None)
    names = {network.run(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"network_0"}
    assert made_current == [(device, "network_0")]
    network.close()


def test_missing_weights_are_logged_and_give_the_analytic_picture(tmp_path, caplog):
    network = ControlNetwork(choose_compute("cpu"), tmp_path / "none.safetensors")
    controls = network.controls(network.encode(shirt_photo(), shirt_alpha()), shirt_photo(), seed=0)
    assert "no generator weights" in caplog.text
    assert (controls.trust_coarse == 1).all() and (controls.trust_fine == 1).all()
    assert not controls.gain.any() and not controls.residual.any()


def features_with(exposure):
    half = torch.cat([exposure, torch.ones_like(exposure)], dim=1)
    return Features(torch.zeros(1, 3, 64, 64), half, torch.zeros(1, 1, 16, 16), (64, 64))


def test_shallow_folds_are_deepened_and_deep_ones_left_alone():
    folds = torch.sin(torch.linspace(0, 20, 32)).expand(1, 1, 32, 32)
    assert fold_depth(features_with(0.01 * folds)) == MOST_DEPTH
    assert 1 < fold_depth(features_with(0.46 * folds)) < MOST_DEPTH
    assert fold_depth(features_with(folds)) == 1
