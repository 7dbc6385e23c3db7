"""What shape samples have inside a network, and what its output layer is: images end in a tanh, rows do not."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

from dross.parameters import count_problems


def is_image(shape: Sequence[int]) -> bool:
    """Return whether samples of this shape are images rather than rows.

    Examples
    --------
    >>> is_image((28, 28, 1)), is_image((6,))
    (True, False)
    """
    return len(shape) == 3


def tensor_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that one sample has as a tensor: of an image, the channels first.

    Examples
    --------
    >>> tensor_shape((28, 20, 1)), tensor_shape((6,))
    ((1, 28, 20), (6,))
    """
    return (shape[2], shape[0], shape[1]) if is_image(shape) else tuple(shape)


def output_layer(shape: Sequence[int]) -> list[nn.Module]:
    """Return what follows a decoder's last layer: pixels lie in [-1, 1], columns anywhere.

    Examples
    --------
    >>> output_layer((28, 28, 1)), output_layer((6,))
    ([Tanh()], [])
    """
    return [nn.Tanh()] if is_image(shape) else []


def shape_problems(shape: Sequence[int]) -> list[str]:
    """Return what is wrong with the shape of a sample, one sentence each.

    Examples
    --------
    >>> shape_problems((28, 28))
    ['shape is (28, 28); it must be (height, width, channels) of an image or (columns,) of a row']
    """
    if len(shape) not in (1, 3) or any(count_problems("shape", side) for side in shape):
        return [f"shape is {shape!r}; it must be (height, width, channels) of an image or (columns,) of a row"]
    return []


def halved_sides(shape: Sequence[int], n_halvings: int) -> list[tuple[int, ...]]:
    """Return the sides of the feature maps before and after each halving, odd ones rounded up.

    Examples
    --------
    >>> halved_sides((28, 20, 1), 3), halved_sides((6,), 1)
    ([(28, 20), (14, 10), (7, 5), (4, 3)], [(6,), (3,)])
    """
    sides = [tuple(shape[:2]) if is_image(shape) else tuple(shape)]
    for _ in range(n_halvings):
        sides.append(tuple(math.ceil(side / 2) for side in sides[-1]))
    return sides
