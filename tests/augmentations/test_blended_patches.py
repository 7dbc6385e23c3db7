"""Naturally blended patches: what is cut and where it goes, against the ranges of the paper; degrees and objects."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor
from torchvision.transforms import functional as reference

from dross.augmentations import BlendedPatches
from dross.augmentations.blended_patches import _cut_out
from dross.augmentations.object_mask import object_masks, object_shares
from dross.augmentations.poisson_blending import poisson_blended
from dross.errors import ParameterError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(n: int = 12, channels: int = 3, height: int = 40, width: int = 56) -> Tensor:
    return torch.rand(n, channels, height, width, generator=generator(1))


def discs(n: int = 64, side: int = 40) -> Tensor:
    """Return dark discs on a light ground with a little noise."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    disc = torch.from_numpy(np.hypot(rows, columns) < side / 4).float()
    return (0.8 - 0.5 * disc + 0.03 * torch.randn(n, 3, side, side, generator=generator(2))).clamp(0, 1)


def test_a_patch_is_a_resized_crop() -> None:
    given = images()
    cut, put = BlendedPatches().draw(given, object_masks(given), object_masks(given), generator())
    patches = _cut_out(given, cut, put)
    for number in range(len(given)):
        top, left, height, width = (int(values[number]) for values in cut)
        new_height, new_width = int(put.heights[number]), int(put.widths[number])
        # torchvision does not look beyond the crop at its rim; here what lies beside it is seen there.
        expected = reference.resized_crop(
            given[number], top, left, height, width, [new_height, new_width], antialias=False
        )
        inner = patches[number, :, 2 : new_height - 2, 2 : new_width - 2]
        torch.testing.assert_close(inner, expected[:, 2:-2, 2:-2], atol=1e-4, rtol=0)


def test_one_patch_is_a_crop_of_another_image_blended_in() -> None:
    given = images()
    drawn = generator()
    order = torch.randperm(12, generator=drawn)
    objects = object_masks(given)
    cut, put = BlendedPatches().draw(given, objects, objects[order], drawn)
    expected = poisson_blended(given, _cut_out(given[order], cut, put), put).clamp(0, 1)
    assert torch.equal(BlendedPatches(n_patches=1)(given, generator()), expected)


def test_sides_have_the_distribution_of_the_paper() -> None:
    blank = torch.empty(1, 1, 1, 1).expand(20000, 1, 1000, 500)  # whose shape alone is looked at
    made = BlendedPatches(resizing=(1.0, 1.0))
    for side in (1000, 500):
        shares = made._sides(side, blank, generator()) / side
        inside = shares[shares < 0.8]
        assert float(shares.min()) >= 0.06
        assert float((shares == 0.8).float().mean()) == pytest.approx(1 - stats.gamma(2, 0.06, 0.1).cdf(0.8), abs=3e-3)
        assert stats.kstest(inside.numpy()[:2000], stats.gamma(2, 0.06, 0.1).cdf).pvalue > 0.01
    small, objects = blank[:2000, :, :100, :50], torch.ones(2000, 1, 100, 50).bool()
    cut, put = made.draw(small, objects, objects, generator())
    for boxes in (cut, put):
        assert int(boxes.heights.min()) == 6
        assert int(boxes.heights.max()) == 80
        assert int(boxes.widths.min()) == 3
        assert bool((boxes.tops >= 0).all() and (boxes.tops + boxes.heights <= 100).all())
        assert bool((boxes.lefts >= 0).all() and (boxes.lefts + boxes.widths <= 50).all())
    assert torch.equal(cut.heights, put.heights)


def test_patches_are_resized_by_factors_of_the_paper() -> None:
    made = BlendedPatches(side=(0.2, 0.4))
    objects = torch.ones(200, 1, 300, 300).bool()
    cut, put = made.draw(torch.empty(1, 1, 1, 1).expand(200, 1, 300, 300), objects, objects, generator())
    factors = put.heights / cut.heights
    assert float(factors.min()) == pytest.approx(0.7, rel=0.02)
    assert float(factors.max()) == pytest.approx(1.3, rel=0.02)
    assert float((factors < 0.71).float().mean()) == pytest.approx(float(stats.norm.cdf(-0.6)), abs=0.1)
    torch.testing.assert_close(put.widths / cut.widths, factors, rtol=0.03, atol=0)


def test_the_first_patch_is_sure_and_the_others_come_with_a_half() -> None:
    given = images(400, 1, 24, 24)
    once, thrice = (BlendedPatches(n_patches=number)(given, generator()) for number in (1, 3))
    assert bool((once != given).flatten(1).any(1).all())
    # Of the draws the first are the same, so that one patch alone is what three come to in a quarter of the images.
    alone = (once == thrice).flatten(1).all(1).float().mean()
    assert float(alone) == pytest.approx(0.25, abs=0.06)


def test_degrees_grow_with_the_change_and_are_none_without() -> None:
    given = torch.full((1, 3, 30, 30), 0.5)
    for levels in (0.5, 5.0, 15.0, 60.0):
        damaged = given.clone()
        damaged[:, :, 10:20, 10:20] += levels / 255
        degrees = BlendedPatches().degrees(given, damaged)
        middle = 1 / (1 + np.exp(-(levels - 15) / 6)) if levels > 1 else 0.0
        assert degrees.shape == (1, 1, 30, 30)
        np.testing.assert_allclose(degrees[0, 0, 13:17, 13:17], middle, atol=1e-5)
        assert float(degrees[0, 0, :10].max()) == 0
    damaged = images(64)
    changed, graded = BlendedPatches().make(damaged, generator())
    untouched = (changed == damaged).all(1, keepdim=True)
    assert float(graded[untouched].max()) == 0
    assert 0 <= float(graded.min()) <= float(graded.max()) <= 1


def test_the_object_is_what_differs_from_the_rim() -> None:
    rows, columns = np.mgrid[:40, :40] - 19.5
    disc = np.hypot(rows, columns) < 10
    masks = object_masks(discs())
    assert float((masks[:, 0] == torch.from_numpy(disc)).float().mean()) > 0.97
    surfaces = torch.cat([torch.rand(4, 3, 40, 40, generator=generator()), torch.full((1, 3, 40, 40), 0.4)])
    assert bool(object_masks(surfaces).all())


def test_patches_come_from_the_object_and_go_to_it() -> None:
    given = discs()
    objects = object_masks(given)
    for boxes in BlendedPatches(side=(0.1, 0.3)).draw(given, objects, objects, generator()):
        shares = object_shares(objects, boxes.tops[None], boxes.lefts[None], boxes.heights, boxes.widths)[0]
        for number, (top, left, height, width) in enumerate(zip(*map(Tensor.tolist, boxes), strict=True)):
            part = objects[number, 0, top : top + height, left : left + width]
            assert float(shares[number]) == pytest.approx(float(part.float().mean()), abs=1e-5)
        # Drawn anywhere, an eighth of them would.
        assert float((shares >= 0.5).float().mean()) > 0.6
        assert float((shares > 0).float().mean()) > 0.95


def test_no_patch_has_a_seam() -> None:
    """Between smooth images the largest step from pixel to pixel stays what it was; pasted, it would not."""
    rows, columns = torch.meshgrid(torch.linspace(0, 1, 40), torch.linspace(0, 1, 40), indexing="ij")
    given = torch.stack([(0.1 * k + 0.4 * (rows if k % 2 else columns))[None] for k in range(6)])
    damaged = BlendedPatches(resizing=(1.0, 1.0))(given, generator())
    steps = torch.cat([damaged.diff(dim=2).abs().flatten(), damaged.diff(dim=3).abs().flatten()])
    assert bool((damaged != given).any())
    assert float(steps.max()) < 0.1


def test_one_image_is_its_own_neighbour_and_small_ones_will_do() -> None:
    for shape in ((1, 3, 16, 16), (3, 1, 1, 1), (3, 1, 2, 30)):
        damaged, degrees = BlendedPatches().make(images(*shape), generator())
        assert bool(torch.isfinite(damaged).all() & torch.isfinite(degrees).all())


def test_parameters_out_of_range_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as told:
        BlendedPatches(n_patches=0, side=(0.5, 1.5), object_share=0.0, steepness=0.0, middle=-1.0)
    assert str(told.value).splitlines()[1:] == [
        "  - n_patches is 0; it must be a whole number of at least 1",
        "  - side is (0.5, 1.5); it must be two numbers above 0, the smaller one first, and the other at most 1",
        "  - object_share is 0.0; it must be a share in (0, 1]",
        "  - steepness is 0.0; it must be a positive number",
        "  - middle is -1.0; it must be a number of at least 0",
    ]
