"""Drawn patterns: seamless, diverse, obedient to words."""

import numpy as np
import pytest

from gan.patterns import PATTERN_KINDS, draw_pattern


def wrap_step(picture: np.ndarray, axis: int) -> tuple[float, float]:
    """Mean step across the picture's edge, and the greatest mean step between neighbouring rows inside."""
    steps = np.abs(
        np.diff(picture.astype(np.float32), axis=axis, append=np.take(picture, [0], axis).astype(np.float32))
    )
    rows = steps.mean(axis=(1 - axis, 2))
    return float(rows[-1]), float(np.sort(rows[:-1])[-3])


@pytest.mark.parametrize("kind", PATTERN_KINDS)
def test_every_kind_meets_itself_at_its_edges(kind: str) -> None:
    picture = draw_pattern(kind, 160)
    assert picture.shape == (160, 160, 3) and picture.dtype == np.uint8
    for axis in (0, 1):
        edge, inside = wrap_step(picture, axis)
        assert edge <= 1.3 * inside + 2.0


@pytest.mark.parametrize("kind", PATTERN_KINDS)
def test_every_kind_shows_a_pattern(kind: str) -> None:
    assert draw_pattern(kind, 128).std(axis=(0, 1)).max() > 4


def test_same_words_same_bytes_and_same_seed_same_bytes() -> None:
    assert np.array_equal(draw_pattern("Navy  gingham, small", 64), draw_pattern("navy gingham small", 64))
    assert np.array_equal(draw_pattern(12, 64), draw_pattern(12, 64))


def test_seeds_give_different_patterns() -> None:
    thumbs = np.stack([draw_pattern(seed, 64).astype(np.float32).ravel() for seed in range(24)])
    distances = np.abs(thumbs[:, None] - thumbs[None]).mean(2)[np.triu_indices(24, 1)]
    assert distances.min() > 5


@pytest.mark.parametrize("size", [16, 33, 100])
def test_odd_sizes_work_for_many_seeds(size: int) -> None:
    for seed in range(60):
        assert draw_pattern(seed, size).shape == (size, size, 3)


def test_colours_are_obeyed() -> None:
    picture = draw_pattern("burgundy polka dots on cream", 128).reshape(-1, 3).astype(int)
    cream, burgundy = np.array([0xF2, 0xE6, 0xC9]), np.array([0x6A, 0x1B, 0x2D])
    assert (np.abs(picture - cream).max(1) < 12).mean() > 0.4
    assert (np.abs(picture - burgundy).max(1) < 12).mean() > 0.1


def test_two_word_colours_and_misspellings_are_read() -> None:
    royal = draw_pattern("royal blue gingham", 64).reshape(-1, 3).astype(int)
    assert (np.abs(royal - np.array([0x23, 0x47, 0xB8])).max(1) < 12).mean() > 0.1
    assert np.array_equal(draw_pattern("navy houndstoth", 64), draw_pattern("navy houndstoth", 64))
    assert draw_pattern("navy houndstoth", 64).std() > 20


def test_size_words_change_the_motif_size() -> None:
    def changes(words: str) -> int:
        row = draw_pattern(words, 256)[3].astype(int).sum(1)
        return int((np.abs(np.diff(row)) > 60).sum())

    assert changes("red stripes small") > 1.3 * changes("red stripes") > 1.69 * changes("red stripes large")


def test_direction_words_turn_stripes() -> None:
    vertical, horizontal = draw_pattern("stripes", 64), draw_pattern("horizontal stripes", 64)
    assert vertical.std(axis=0).max() < 1 < vertical.std(axis=1).max()
    assert horizontal.std(axis=1).max() < 1 < horizontal.std(axis=0).max()


def test_a_tartan_has_the_same_sett_in_warp_and_weft() -> None:
    picture = draw_pattern("royal stewart tartan", 252).astype(np.float32)
    assert np.allclose(picture.mean(0), picture.mean(1), atol=8)


@pytest.mark.parametrize("words", ["", "blorptastic", "red", "1234"])
def test_words_without_a_pattern_are_answered_in_one_sentence(words: str) -> None:
    with pytest.raises(ValueError, match="try one of these: stripes") as caught:
        draw_pattern(words, 64)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [0, -3, 10**6])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="size must be between"):
        draw_pattern(1, size)
