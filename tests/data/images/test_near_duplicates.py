from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.data.images import read_images
from dross.data.images.conversion import resized
from dross.data.images.images import as_images
from dross.data.images.near_duplicates import SIDE, duplicate_pairs
from tests.data.images.made_images import smooth, write_image


def test_copies_are_found_however_they_were_saved(tmp_path: Path) -> None:
    pictures = smooth(6, 48, 48)
    for number, pixels in enumerate(pictures):
        write_image(tmp_path / "first" / f"{number}.png", pixels)
    write_image(tmp_path / "second" / "0.png", pictures[3])
    write_image(tmp_path / "second" / "1.jpg", pictures[1], quality=60)
    write_image(tmp_path / "second" / "2.jpg", resized(pictures[4:5], 24, 24)[0], quality=90)
    write_image(tmp_path / "second" / "3.png", 255 - pictures[0])
    first, second = (read_images(tmp_path / name, size=32).images for name in ("first", "second"))
    pairs = duplicate_pairs(first, second)
    assert {(pair.first, pair.second) for pair in pairs} == {(3, 0), (1, 1), (4, 2)}
    assert [pair.difference for pair in pairs] == sorted(pair.difference for pair in pairs)
    assert (pairs[0].first, pairs[0].difference) == (3, 0.0)


def test_the_difference_is_the_root_mean_square() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, 256, (5, SIDE, SIDE, 1), dtype=np.uint8) for _ in range(2))
    other[2] = np.clip(one[4].astype(int) + rng.integers(-5, 6, one[4].shape), 0, 255)
    found = {(p.first, p.second): p.difference for p in duplicate_pairs(as_images(one), as_images(other), limit=200)}
    expected = np.sqrt(((one[:, None].astype(float) - other[None]) ** 2).mean(axis=(2, 3, 4)))
    assert len(found) == 25
    for (i, j), difference in found.items():
        assert difference == pytest.approx(expected[i, j], rel=1e-5)
    (near,) = duplicate_pairs(as_images(one), as_images(other), limit=float(expected[4, 2]) + 1e-3)
    assert (near.first, near.second) == (4, 2)
    assert duplicate_pairs(as_images(one), as_images(other), limit=float(expected[4, 2]) - 1e-3) == []
