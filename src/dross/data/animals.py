"""Photographs of animals, among which drawings, cartoons and other pictures are to be found: four folders.

It is the smallest labelled image set by name: 300 pictures of 32 x 32, collected for a course. Its publisher offers it
as files of a repository rather than as an archive with a checksum, so that a user copies the folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.reading import read_images

ANIMALS_FOLDER: Final = "animals"
#: To train on and to test on; in each, the folder of the first class before that of the second.
ANIMALS_FILES: Final = tuple(
    f"{ANIMALS_FOLDER}/{part}/{name}" for part in ("train", "test") for name in ("normal", "abnormal")
)
ANIMALS_CLASSES: Final = ("normal", "abnormal")
ANIMALS_SIZES: Final = (240, 60)
ANIMALS_SHAPE: Final = (32, 32, 3)
ANIMALS_SOURCE: Final = "https://github.com/Ray-1026/AI-Capstone"


def how_to_get_animals(folder: Path) -> str:
    """Return where the files are to be copied from, and to.

    Examples
    --------
    >>> print(how_to_get_animals(Path("data")))
    'animals' is published as single files: copy the folders train and test, each with normal and abnormal, from \
https://github.com/Ray-1026/AI-Capstone to data/animals
    """
    return (
        "'animals' is published as single files: copy the folders train and test, each with normal and abnormal, "
        f"from {ANIMALS_SOURCE} to {folder / ANIMALS_FOLDER}"
    )


def read_animals(folders: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the images, folder by folder and in each by number (2.jpg before 10.jpg), and the class of each.

    Raises
    ------
    DataError
        If a folder holds no images, or a file is damaged.
    """
    images = [read_images(folder, size=ANIMALS_SHAPE[:2], channels=3).images.read() for folder in folders]
    classes = [np.full(len(part), number % 2, dtype=np.int64) for number, part in enumerate(images)]
    return np.concatenate(images), np.concatenate(classes)
