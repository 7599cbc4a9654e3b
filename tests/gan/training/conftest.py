import pytest

from gan.data.masks import mask_source
from gan.data.pack import open_pack
from gan.training import loop
from gan.training.samples import draw_held_out
from tests.gan.tiny_backbone import tiny_backbone
from tests.gan.wardrobe import fill_wardrobe


@pytest.fixture(scope="session")
def wardrobe(tmp_path_factory):
    """Folders of garments and of styles, and the training and held-out packs of them."""
    folder = tmp_path_factory.mktemp("wardrobe")
    garments, styles, masks = fill_wardrobe(folder)
    source = mask_source(masks)
    packs = tuple(open_pack(garments, styles, source, folder / "cache", held_out=held) for held in (False, True))
    return garments, styles, packs


@pytest.fixture(autouse=True)
def small_and_fast(monkeypatch):
    monkeypatch.setattr(loop, "load_perceptual", lambda choice: tiny_backbone())
    monkeypatch.setattr(loop, "draw_held_out", lambda pack, height: draw_held_out(pack, height, pairs=2))
