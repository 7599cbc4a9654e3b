"""The training's pictures vary without losing their labels, and a few steps teach something."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from gan.guide.parts.augment import vary
from gan.guide.parts.labels import label_parts
from gan.guide.parts.network import PARTS, PartNetwork, load_network
from gan.guide.parts.pictures import DRAWN_WEIGHT, LabelledPicture, read_pictures
from gan.guide.parts.train import first_network, make_batch, part_loss, train_parts
from gan.mask.weights import load_network as load_mask_network
from gan.mask.weights import save_network
from gan.patterns import draw_pattern
from gan.picture_folders import is_held_out
from tests.gan.guide.drawn import LONGSLEEVE, SKIRT, TROUSERS, shaded, silhouette

SHAPE = (112, 96)


def labelled(stem: str, polygon: list[tuple[float, float]]) -> LabelledPicture:
    mask = silhouette((136, 112), polygon)
    parts, known = label_parts(stem, mask, {})
    return LabelledPicture(shaded(mask, (150, 90, 60)), mask, parts, known, 1.0)


@pytest.fixture(scope="module")
def pictures() -> list[LabelledPicture]:
    return [labelled("tshirt-1", LONGSLEEVE), labelled("pants-1", TROUSERS)]


@pytest.fixture(scope="module")
def prints() -> list[np.ndarray]:
    return [draw_pattern("tartan", 64)]


def test_parts_stay_inside_and_on_their_side(pictures: list[LabelledPicture], prints: list[np.ndarray]) -> None:
    for seed in range(20):
        varied = vary(pictures[0], prints, SHAPE, np.random.default_rng(seed))
        assert varied.picture.shape == (*SHAPE, 3) and varied.mask.shape == SHAPE and varied.known.all()
        assert varied.weight == pictures[0].weight
        parts = varied.parts
        if not parts.any():  # it lies sideways or upside down
            continue
        left, right = (np.argwhere(parts[index])[:, 1].mean() for index in (0, 1))
        assert left < right
        assert (varied.mask[parts.any(axis=0)] > 0.2).mean() > 0.9


def test_some_pictures_have_their_limbs_laid_against_the_body(
    pictures: list[LabelledPicture], prints: list[np.ndarray]
) -> None:
    rng = np.random.default_rng(3)
    gaps = []
    for _ in range(40):
        varied = vary(pictures[1], prints, SHAPE, rng)
        mask, parts = varied.mask, varied.parts
        if not parts.any():
            continue
        rows = np.flatnonzero(parts[2].any(axis=1) & parts[3].any(axis=1))
        line = mask[int(np.quantile(rows, 0.8))] > 0.5
        gaps.append(np.count_nonzero(np.diff(line.astype(int)) == 1) > 1)
    assert 0.2 < np.mean(gaps) < 0.95


def test_unknown_parts_teach_nothing(pictures: list[LabelledPicture], prints: list[np.ndarray]) -> None:
    unknown = LabelledPicture(pictures[0].picture, pictures[0].mask, pictures[0].parts, np.zeros(len(PARTS), bool), 1.0)
    _, _, weights = make_batch([unknown], prints, np.random.default_rng(0))
    assert float(weights.abs().sum()) == 0


def test_a_few_steps_lower_the_loss(pictures: list[LabelledPicture], prints: list[np.ndarray]) -> None:
    torch.manual_seed(0)
    network, rng = PartNetwork().train(), np.random.default_rng(0)
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3)
    losses = []
    for _ in range(8):
        loss = part_loss(network, make_batch(pictures, prints, rng))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-2:]) < 0.85 * losses[0]


def test_weights_survive_their_file(tmp_path) -> None:
    network = PartNetwork().eval()
    save_network(network, tmp_path / "parts.safetensors")
    again = load_network(tmp_path / "parts.safetensors")
    inputs = torch.rand(1, 7, 64, 48)
    with torch.inference_mode():
        assert torch.allclose(network(inputs), again(inputs), atol=0.05)


def test_few_pictures_lie_sideways_and_teach_that_nothing_is_there(
    pictures: list[LabelledPicture], prints: list[np.ndarray]
) -> None:
    rng = np.random.default_rng(5)
    empty = [not vary(pictures[0], prints, SHAPE, rng).parts.any() for _ in range(100)]
    assert 0 < sum(empty) < 20


def photograph(garments: Path, masks: Path, name: str, polygon: list[tuple[float, float]]) -> None:
    """Write a drawn garment and its mask."""
    mask = silhouette((136, 112), polygon)
    cv2.imwrite(str(garments / name), shaded(mask, (150, 90, 60)))
    cv2.imwrite(str((masks / name).with_suffix(".png")), np.rint(mask * 255).astype(np.uint8))


def test_a_picture_labelled_as_bare_of_collars_is_shown_and_one_that_says_nothing_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = {
        "longsleeve-0001": {"left collar": [], "right collar": []},
        "longsleeve-0004": {"left collar": [[40, 10], [60, 10], [50, 50]], "right collar": []},
    }
    monkeypatch.setattr("gan.guide.parts.pictures.read_drawn", lambda: drawn)
    for name in (*drawn, "longsleeve-0009"):
        photograph(tmp_path, tmp_path, f"{name}.jpg", SKIRT)
    bare, leafed = read_pictures(tmp_path, tmp_path)
    assert bare.known[4:6].all() and not bare.known[:2].any() and not bare.parts.any()
    assert leafed.parts[4].any() and leafed.weight == DRAWN_WEIGHT > bare.weight


def test_without_shipped_weights_the_training_begins_from_the_garment_finder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = first_network(seed=0)
    monkeypatch.setattr("gan.guide.parts.train.SHIPPED", tmp_path / "none.safetensors")
    begun, finder = first_network(seed=0), load_mask_network()
    assert torch.equal(begun.deepest[0].layers[0].weight, finder.deepest[0].layers[0].weight)
    assert not torch.equal(begun.deepest[0].layers[0].weight, shipped.deepest[0].layers[0].weight)
    assert not any(layer.requires_grad for layer in (*begun.stem.parameters(), *shipped.stem.parameters()))


def test_a_folder_of_photos_becomes_weights(tmp_path: Path) -> None:
    garments, masks = tmp_path / "garments", tmp_path / "masks"
    garments.mkdir()
    masks.mkdir()
    names = [name for number in range(40) if not is_held_out(Path(name := f"pants-{number:04d}.jpg"))][:3]
    for name in names:
        photograph(garments, masks, name, TROUSERS)
    weights = train_parts(garments, masks, tmp_path / "parts.safetensors", minutes=0.005, seed=0)
    trained, begun = load_network(weights), first_network(seed=0)
    assert not torch.equal(trained.head.weight, begun.head.weight)
    # The first layers are held, so what the mask network knows of edges is still there.
    assert torch.allclose(trained.stem[0].weight, begun.stem[0].weight, atol=1e-3)


def test_a_folder_without_garments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no photos"):
        train_parts(tmp_path, None, tmp_path / "parts.safetensors", minutes=1, seed=0)
