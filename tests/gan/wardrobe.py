"""Small synthetic garments and styles with exact masks, for tests of training and evaluation."""

import cv2
import numpy as np

from gan.picture_folders import is_held_out


def plain_garment(seed, height=128, width=96, colour=(205, 190, 170)):
    """A plain piece with soft folds on a dark floor, and its mask."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (width // 6, height // 8), (width - width // 6, height - height // 8), [255], -1)
    knots = rng.normal(size=(5, 4)).astype(np.float32) * 0.06
    folds = np.exp(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC))
    cloth = np.array(colour, np.float32) * folds[..., None]
    floor = np.full((height, width, 3), 40.0) + rng.normal(size=(height, width, 1)) * 5
    picture = np.where(mask[..., None] > 0, cloth, floor)
    return np.clip(picture, 0, 255).astype(np.uint8), mask


def stripes(seed, size=96):
    """A striped style."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(0, 256, size=(2, 3))
    return colours[(np.arange(size) // int(rng.integers(3, 12))) % 2][None].repeat(size, axis=0).astype(np.uint8)


def names(count, held_out):
    """File stems of which `count` are held out, or kept for training."""
    from pathlib import Path

    found = (f"piece-{number:04d}" for number in range(10_000))
    chosen = [name for name in found if is_held_out(Path(name)) == held_out]
    return chosen[:count]


def fill_wardrobe(folder, training=4, held_out=2):
    """Write garments, styles and masks; returns the three folders."""
    folders = [folder / name for name in ("garments", "styles", "masks")]
    for made in folders:
        made.mkdir(parents=True)
    for number, name in enumerate(names(training, False) + names(held_out, True)):
        picture, mask = plain_garment(number)
        cv2.imwrite(str(folders[0] / f"{name}.png"), picture[..., ::-1])
        cv2.imwrite(str(folders[1] / f"{name}.png"), stripes(number)[..., ::-1])
        cv2.imwrite(str(folders[2] / f"{name}.png"), mask)
    return folders
