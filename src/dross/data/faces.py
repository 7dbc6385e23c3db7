"""Faces of people, among which drawn ones are to be found: three ``.npy`` files that a user brings along.

It is the layout of a course's task, whose files are handed out and not published: images to train on, which are all of
people, and images to test on. What the test images are is in a third file, so that detectors can be measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.packed_files import map_npy, npy_shape
from dross.errors import DataError, raise_gathered

FACES_FOLDER: Final = "faces"
FACES_FILES: Final = tuple(f"{FACES_FOLDER}/{name}.npy" for name in ("trainingset", "testingset", "testing_labels"))
FACES_SHAPE: Final = (64, 64, 3)
FACES_CLASSES: Final = ("human", "anime")


def how_to_get_faces(folder: Path) -> str:
    """Return where the files are to be put, since nobody can fetch them.

    Examples
    --------
    >>> print(how_to_get_faces(Path("data")))
    'faces' has no publisher to fetch it from: put trainingset.npy and testingset.npy (uint8, n x 64 x 64 x 3) and \
testing_labels.npy (0 human, 1 anime, one a test image) into data/faces
    """
    train, test, labels = (Path(file).name for file in FACES_FILES)
    shape = " x ".join(map(str, FACES_SHAPE))
    return (
        f"'faces' has no publisher to fetch it from: put {train} and {test} (uint8, n x {shape}) and {labels} "
        f"(0 human, 1 anime, one a test image) into {folder / FACES_FOLDER}"
    )


def count_faces(files: list[Path]) -> tuple[int, int]:
    """Return how many images the files have to train and to test on, by their heads alone; 0 of a damaged one."""
    n_train, n_test = ((npy_shape(path) or (0,))[0] for path in files[:2])
    return n_train, n_test


def read_faces(files: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the images, those of the training set first, and the number of each one's class.

    Raises
    ------
    DataError
        If a file is damaged, or does not hold what it should; all such files are named.
    """
    train, test, labels = (map_npy(path) for path in files)
    problems = [
        f"{path} holds an array of shape {images.shape} and type {images.dtype}; it must be (n, 64, 64, 3) of uint8"
        for path, images in zip(files[:2], (train, test), strict=True)
        if images.shape[1:] != FACES_SHAPE or images.dtype != np.uint8
    ]
    if labels.shape != test.shape[:1] or not np.isin(labels, (0, 1)).all():
        problems.append(
            f"{files[2]} holds an array of shape {labels.shape} with values from {_ends(labels)}; it must have a 0 "
            f"(human) or a 1 (anime) for each of the {len(test)} images of {files[1].name}"
        )
    raise_gathered(problems, DataError)
    classes = np.concatenate([np.zeros(len(train), dtype=np.int64), labels.astype(np.int64)])
    return np.concatenate([train, test]), classes


def _ends(values: NDArray[np.generic]) -> str:
    return f"{values.min()} to {values.max()}" if values.size else "none to none"
