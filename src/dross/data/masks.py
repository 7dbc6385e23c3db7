"""Masks of defects: which pixels of an image are part of one; each mask in a file of its own, checked by its image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.decoding import KIND_OF_SUFFIX, BadImageError, decode, read_header
from dross.errors import DataError, raise_gathered

#: Behind the name of an image, the name of its mask.
_ENDING: Final = "_mask"
#: From here on a grey value is white: masks are 0 and 255, and what a camera or JPEG made of these.
_WHITE: Final = 128


def read_masks(images: Sequence[Path], root: Path, masks: Path, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the masks of images, brought to a size.

    A pixel of a mask that is made smaller is part of a defect where half of what it stands for is; a defect too thin
    for that stays where it covers most.

    Parameters
    ----------
    images : sequence of Path
        Images of defects, below ``root``: ``ROOT/KIND/7.png``.
    root, masks : Path
        Their folder, and that of the masks: ``MASKS/KIND/7_mask.png``, or ``MASKS/KIND/7.png``.
    size : tuple of int
        Height and width of what is returned.

    Returns
    -------
    array of shape (n, height, width), bool

    Raises
    ------
    DataError
        If an image has no mask or a mask no image, their sizes differ, a mask is damaged, or marks nothing; all such
        masks are named.
    """
    known = {path.relative_to(masks).with_suffix(""): path for path in _files(masks)}
    found, problems = np.zeros((len(images), *size), dtype=bool), []
    for image, place in zip(images, found, strict=True):
        stem = image.relative_to(root).with_suffix("")
        names = [stem.with_name(stem.name + _ENDING), stem]
        path = next((known.pop(name) for name in names if name in known), None)
        if path is None:
            problems.append(f"{image} has no mask: there is no {masks / names[0]}.png")
            continue
        try:
            place[...] = _mask(path, image, size)
        except BadImageError as error:
            problems.append(f"{path} {error}")
    problems += [
        f"{path} is a mask of no image: there is no {root / _unmasked(name)}.*" for name, path in known.items()
    ]
    raise_gathered(problems, DataError)
    return found


def _mask(path: Path, image: Path, size: tuple[int, int]) -> NDArray[np.bool_]:
    mask, of = read_header(path), read_header(image)
    if (mask.height, mask.width) != (of.height, of.width):
        raise BadImageError(
            f"is a mask of {mask.width}x{mask.height} pixels, but {image} has {of.width}x{of.height}: copy the mask "
            "that belongs to it"
        )
    if (decode(path, mask.height, mask.width, 1) < _WHITE).all():
        raise BadImageError("is a mask that marks no pixel: what it marks must be white, or its image is good")
    grey = decode(path, *size, 1)[..., 0]
    return grey >= min(_WHITE, int(grey.max()))


def _unmasked(name: Path) -> Path:
    return name.with_name(name.name.removesuffix(_ENDING))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in KIND_OF_SUFFIX)
