"""The size and the channels that images are brought to, by a rule that is told to the user."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Final

import numpy as np

from dross.errors import ParameterError, SizeWarning, raise_gathered
from dross.parameters import count_problems

#: Images of one size up to this many pixels a side are taken as they are; others are resized to it by default.
DEFAULT_SIZE: Final = 64
#: Decoded pixels up to this many bytes are held in memory; more are decoded when they are asked for.
HELD_BYTES: Final = 1 << 30

Size = int | tuple[int, int]


def check_size_and_channels(size: Size | None, channels: int | None) -> None:
    """Raise unless ``size`` is a number of pixels (or height and width) and ``channels`` 1 or 3, where given.

    Raises
    ------
    ParameterError
        With the values found.
    """
    problems = []
    if size is not None:
        for side in size if isinstance(size, tuple) else (size,):
            problems += count_problems("size", side)
    if channels not in (None, 1, 3):
        problems.append(f"channels is {channels!r}; it must be 1 (grey) or 3 (RGB)")
    raise_gathered(problems, ParameterError)


def target_size(sizes: Iterable[tuple[int, int]], size: Size | None) -> tuple[int, int]:
    """Return the height and width that images of these heights and widths are brought to.

    Without ``size``, images of one size up to 64 pixels a side stay as they are. All others are resized, with
    antialiasing and without cropping, to a square of ``size``, by default 64, or of the longest side of all where that
    is less.

    Warns
    -----
    SizeWarning
        If images are made smaller and ``size`` was not given.

    Examples
    --------
    >>> target_size([(28, 20), (28, 20)], None), target_size([(28, 20), (28, 21)], None), target_size([(9, 9)], 16)
    ((28, 20), (28, 28), (16, 16))
    """
    if isinstance(size, tuple):
        return int(size[0]), int(size[1])
    if size is not None:
        return int(size), int(size)
    found = set(sizes)
    longest = max((max(sides) for sides in found), default=DEFAULT_SIZE)
    if longest > DEFAULT_SIZE:
        height, width = max(found, key=lambda sides: sides[0] * sides[1])
        warnings.warn(
            f"images of {'up to ' if len(found) > 1 else ''}{width}x{height} pixels are made {DEFAULT_SIZE}x"
            f"{DEFAULT_SIZE}, and small details are lost: to keep more, say a larger size (--size, or size= of "
            "as_images and read_images)",
            SizeWarning,
            stacklevel=2,
        )
        return DEFAULT_SIZE, DEFAULT_SIZE
    if len(found) == 1:
        ((height, width),) = found
        return int(height), int(width)
    return int(longest), int(longest)


def fits_memory(shape: tuple[int, ...], held_bytes: int = HELD_BYTES) -> bool:
    """Return whether images of a shape, one byte a value, are held rather than read when asked for.

    Examples
    --------
    >>> fits_memory((20_000, 64, 64, 3)), fits_memory((20_000, 256, 256, 3))
    (True, False)
    """
    return int(np.prod(shape, dtype=np.int64)) <= held_bytes
