"""Poisson blending against SciPy's direct solver of the sparse equations, and what follows from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve
from torch import Tensor

from dross.augmentations.poisson_blending import Boxes, poisson_blended

#: Top, left, height and width of rectangles in images of 20 x 26; some so small that there is nothing to solve.
BOXES = [(0, 0, 20, 26), (3, 5, 9, 14), (10, 2, 3, 3), (1, 1, 3, 20), (4, 20, 12, 6), (7, 7, 2, 5), (9, 9, 1, 1)]


def boxes() -> Boxes:
    return Boxes(*torch.tensor(BOXES).T)


def pictures(seed: int, height: int = 20, width: int = 26) -> Tensor:
    return torch.rand(len(BOXES), 2, height, width, generator=torch.Generator().manual_seed(seed))


def solved(image: NDArray[np.float64], patch: NDArray[np.float64], box: tuple[int, ...]) -> NDArray[np.float64]:
    """Return an image of one channel with a patch blended into it: one equation a pixel, as Pérez et al. write it."""
    top, left, height, width = box
    unknown = [(row, column) for row in range(1, height - 1) for column in range(1, width - 1)]
    number = {place: i for i, place in enumerate(unknown)}
    matrix, right = lil_matrix((len(unknown), len(unknown))), np.zeros(len(unknown))
    for i, (row, column) in enumerate(unknown):
        matrix[i, i] = 4
        for other in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            right[i] += patch[row, column] - patch[other]
            if other in number:
                matrix[i, number[other]] = -1
            else:
                right[i] += image[top + other[0], left + other[1]]
    found = image.copy()
    if unknown:
        for (row, column), value in zip(unknown, np.atleast_1d(spsolve(matrix.tocsr(), right)), strict=True):
            found[top + row, left + column] = value
    return found


def test_it_is_the_solution_of_the_sparse_equations() -> None:
    images, patches = pictures(0), pictures(1)
    blended = poisson_blended(images, patches, boxes())
    for number, box in enumerate(BOXES):
        for channel in range(2):
            expected = solved(images[number, channel].double().numpy(), patches[number, channel].double().numpy(), box)
            np.testing.assert_allclose(blended[number, channel].numpy(), expected, atol=2e-5)


def test_what_lies_beyond_a_patch_does_not_matter_nor_do_the_other_rectangles() -> None:
    images, patches = pictures(0), pictures(1)
    blended = poisson_blended(images, patches, boxes())
    for number, (_, _, height, width) in enumerate(BOXES):
        own = Boxes(*(values[number : number + 1] for values in boxes()))
        alone = poisson_blended(images[number : number + 1], patches[number : number + 1, :, :height, :width], own)
        torch.testing.assert_close(alone[0], blended[number], atol=2e-5, rtol=0)


def test_a_patch_that_is_the_image_itself_but_brighter_changes_nothing() -> None:
    images = pictures(0)
    patches = torch.zeros(len(BOXES), 2, 20, 26)
    for number, (top, left, height, width) in enumerate(BOXES):
        patches[number, :, :height, :width] = images[number, :, top : top + height, left : left + width] + 0.3
    torch.testing.assert_close(poisson_blended(images, patches, boxes()), images, atol=2e-5, rtol=0)


def test_the_rim_and_all_beyond_it_stay_and_the_input_is_left_alone() -> None:
    images, patches = pictures(0), pictures(1)
    copies = images.clone(), patches.clone()
    blended = poisson_blended(images, patches, boxes())
    assert torch.equal(images, copies[0])
    assert torch.equal(patches, copies[1])
    for number, (top, left, height, width) in enumerate(BOXES):
        changed = (blended[number] != images[number]).any(0)
        inner = torch.zeros_like(changed)
        inner[top + 1 : top + height - 1, left + 1 : left + width - 1] = True
        assert torch.equal(changed, inner)


@pytest.mark.parametrize("value", [0.0, 0.7])
def test_a_membrane_stays_between_the_values_of_its_rim(value: float) -> None:
    images = pictures(0)
    blended = poisson_blended(images, torch.full_like(images, value), boxes())
    assert float(blended.min()) >= float(images.min()) - 1e-5
    assert float(blended.max()) <= float(images.max()) + 1e-5
