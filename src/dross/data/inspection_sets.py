"""Image sets of inspected parts, with masks of their defects: MVTec AD by category, and KolektorSDD."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.decoding import KIND_OF_SUFFIX
from dross.data.images.natural_order import natural_key
from dross.data.images.reading import read_images
from dross.data.images.sizing import Size
from dross.data.masks import read_masks
from dross.errors import DataError

#: The folder of what is normal, in the training split and the test split.
GOOD: Final = "good"
#: Folders below that of a set, as MVTec AD has them.
TRAIN, TEST, MASKS = "train", "test", "ground_truth"

_MVTEC: Final = (
    *("bottle", "cable", "capsule", "carpet", "grid", "hazelnut", "leather", "metal_nut"),
    *("pill", "screw", "tile", "toothbrush", "transistor", "wood", "zipper"),
)


@final
@dataclass(frozen=True)
class InspectionSet:
    """What is known of a set of inspected parts before its files are read.

    ``shape`` is what images are brought to where nothing else is asked for.
    """

    name: str
    folder: str
    shape: tuple[int, int, int]
    source: str
    licence: str
    notes: tuple[str, ...] = ()

    def how_to_get(self, where: Path) -> str:
        """Return where the files are to be had, and where to be put: the same of all categories of MVTec AD."""
        is_mvtec = self.folder.startswith("mvtec/")
        what, place = ("MVTec AD", where / "mvtec" / "CATEGORY") if is_mvtec else ("KolektorSDD", where / self.folder)
        return (
            f"{what} is to be had from its publisher ({self.source}; {self.licence}): lay it out as {place}/{TRAIN}/"
            f"{GOOD}, {TEST}/{GOOD}, {TEST}/DEFECT and {MASKS}/DEFECT, each mask named as its image with _mask behind"
        )


@final
@dataclass(frozen=True)
class InspectedParts:
    """The images of a set, those to train on first; classes are numbers in ``class_names``, of which 0 is good."""

    X: NDArray[np.uint8]
    classes: NDArray[np.int64]
    class_names: tuple[str, ...]
    masks: NDArray[np.bool_]
    n_train: int


INSPECTION_SETS: Final = (
    *(
        InspectionSet(
            f"mvtec-{category.replace('_', '-')}",
            f"mvtec/{category}",
            (128, 128, 3),
            "https://www.mvtec.com/company/research/datasets/mvtec-ad",
            "CC BY-NC-SA 4.0",
            ("training images are free of defects: contaminants come from the test split",),
        )
        for category in _MVTEC
    ),
    InspectionSet(
        "kolektorsdd",
        "kolektorsdd",
        (320, 128, 1),
        "https://www.vicos.si/resources/kolektorsdd/",
        "CC BY-NC-SA 4.0",
        (
            "training images are free of defects: contaminants come from the test split",
            "several of its images show one part, which may then be in both splits",
        ),
    ),
)


def defect_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the kinds of defects that a set has, which are folders of its test split, in order.

    Examples
    --------
    >>> defect_names(Path("nowhere"))
    ()
    """
    found = [path.name for path in _entries(folder / TEST) if path.is_dir() and path.name != GOOD]
    return tuple(found)


def count_parts(folder: Path) -> tuple[int, int] | None:
    """Return how many images a set has to train and to test on, by the names of its files; ``None`` where it lacks one.

    Examples
    --------
    >>> count_parts(Path("nowhere")) is None
    True
    """
    n_train = len(_images(folder / TRAIN / GOOD))
    n_test = sum(len(_images(folder / TEST / kind)) for kind in (GOOD, *defect_names(folder)))
    return (n_train, n_test) if n_train and n_test else None


def read_parts(folder: Path, shape: tuple[int, int, int], size: Size | None = None) -> InspectedParts:
    """Return the images of a set and the masks of its defects.

    Parameters
    ----------
    folder : Path
        Laid out as MVTec AD is.
    shape : tuple of int
        Height, width and channels to bring images to.
    size : int or (int, int), optional
        Side, or height and width, instead of those.

    Raises
    ------
    DataError
        If a file is damaged, or masks do not match their images; all such masks are named.
    """
    height, width = (size, size) if isinstance(size, int) else size or shape[:2]
    kinds = (GOOD, *defect_names(folder))
    train, *tests = (_images(folder / part) for part in (f"{TRAIN}/{GOOD}", *(f"{TEST}/{kind}" for kind in kinds)))
    paths = [*train, *(path for test in tests for path in test)]
    if not train or not any(tests):
        raise DataError(f"{folder} has no images in {TRAIN}/{GOOD}, or none in {TEST}: copy it again")
    X = read_images(paths, size=(height, width), channels=shape[2]).images.read()
    classes = np.repeat(np.arange(len(kinds)), [len(test) for test in tests])
    masks = np.zeros(X.shape[:3], dtype=bool)
    masks[len(train) + len(tests[0]) :] = read_masks(
        [path for test in tests[1:] for path in test], folder / TEST, folder / MASKS, (height, width)
    )
    return InspectedParts(X, np.append(np.zeros(len(train), np.int64), classes), kinds, masks, len(train))


def _images(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.suffix.lower() in KIND_OF_SUFFIX and path.is_file()]


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, in natural order, hidden things left out; nothing where there is no such folder."""
    if not folder.is_dir():
        return []
    names = sorted((name for name in os.listdir(folder) if not name.startswith(".")), key=natural_key)
    return [folder / name for name in names]
