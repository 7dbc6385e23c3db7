"""The image sets that have a name: what is known of each before its files are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.animals import (
    ANIMALS_CLASSES,
    ANIMALS_FILES,
    ANIMALS_SHAPE,
    ANIMALS_SIZES,
    ANIMALS_SOURCE,
    how_to_get_animals,
    read_animals,
)
from dross.data.faces import FACES_CLASSES, FACES_FILES, FACES_SHAPE, how_to_get_faces, read_faces
from dross.data.images.packed_files import read_cifar, read_idx

#: The folder of CIFAR-10's binary version, as its archive has it, and the images of each file.
CIFAR_FOLDER: Final = "cifar-10-batches-bin"
CIFAR_FILES: Final = (*(f"{CIFAR_FOLDER}/data_batch_{i}.bin" for i in range(1, 6)), f"{CIFAR_FOLDER}/test_batch.bin")
FASHION_FILES: Final = tuple(
    f"fashion_mnist/{part}-{what}-ubyte.gz" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")
)


@final
@dataclass(frozen=True)
class KnownImages:
    """What is known of an image set by name: its sizes, its classes, its files and how they are read."""

    name: str
    sizes: tuple[int, int] | None  # to train and to test on; None for files of any size, which have no publisher
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    files: tuple[str, ...]
    load: Callable[[list[Path]], tuple[NDArray[np.uint8], NDArray[np.int64]]]
    source: str
    licence: str
    notes: tuple[str, ...] = ()
    how_to_get: Callable[[Path], str] | None = None  # what a user does where `make data` does not fetch it


def _load_fashion(files: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images = np.concatenate([read_idx(path) for path in files[0::2]])
    classes = np.concatenate([read_idx(path) for path in files[1::2]])
    return images[..., np.newaxis], classes.astype(np.int64)


SETS: Final = (
    KnownImages(
        "animals",
        ANIMALS_SIZES,
        ANIMALS_SHAPE,
        ANIMALS_CLASSES,
        ANIMALS_FILES,
        read_animals,
        ANIMALS_SOURCE,
        "none stated",
        ("it is small: differences of a few test images between methods are chance more often than not",),
        how_to_get_animals,
    ),
    KnownImages(
        "cifar10",
        (50_000, 10_000),
        (32, 32, 3),
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        CIFAR_FILES,
        read_cifar,
        "https://www.cs.toronto.edu/~kriz/cifar.html",
        "none stated by its author, who asks to be cited (Krizhevsky, 2009)",
        ("some images of its test split are near-duplicates of training images",),
    ),
    KnownImages(
        "faces",
        None,
        FACES_SHAPE,
        FACES_CLASSES,
        FACES_FILES,
        read_faces,
        "files of one's own, without a publisher",
        "that of the files; pictures of people may not be shown freely",
        ("all of its training images are human, so that nothing can contaminate them",),
        how_to_get_faces,
    ),
    KnownImages(
        "fashion-mnist",
        (60_000, 10_000),
        (28, 28, 1),
        (
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ),
        FASHION_FILES,
        _load_fashion,
        "https://github.com/zalandoresearch/fashion-mnist",
        "MIT",
    ),
)
