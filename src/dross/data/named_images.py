"""Labelled image sets by name: CIFAR-10 and Fashion-MNIST, which ``make data`` lays out, and faces of one's own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.faces import FACES_CLASSES, FACES_FILES, FACES_SHAPE, count_faces, how_to_get_faces, read_faces
from dross.data.images.packed_files import read_cifar, read_idx
from dross.data.named import data_folder
from dross.errors import DataError, did_you_mean

#: The folder of CIFAR-10's binary version, as its archive has it, and the images of each file.
CIFAR_FOLDER: Final = "cifar-10-batches-bin"
CIFAR_FILES: Final = (*(f"{CIFAR_FOLDER}/data_batch_{i}.bin" for i in range(1, 6)), f"{CIFAR_FOLDER}/test_batch.bin")
FASHION_FILES: Final = tuple(
    f"fashion_mnist/{part}-{what}-ubyte.gz" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")
)


@final
@dataclass(frozen=True)
class ImageDataset:
    """A labelled image set for evaluation: which class is normal, the protocol says.

    Parameters
    ----------
    name : str
        The name it is asked for by.
    X : array of shape (n, height, width, channels), uint8
        The images, those of the training split first.
    classes : array of shape (n,), int64
        The number of each image's class.
    class_names : tuple of str
        One a class.
    test : array of shape (n,), bool
        Whether an image is of the official test split.
    checksum : str
        SHA-256 of the images and the classes.
    source : str
        Where its publisher offers it.
    licence : str
        What its publisher allows.
    notes : tuple of str
        What can mislead an evaluation on it.

    Raises
    ------
    DataError
        If the parts do not fit together.
    """

    name: str
    X: NDArray[np.uint8]
    classes: NDArray[np.int64]
    class_names: tuple[str, ...]
    test: NDArray[np.bool_]
    checksum: str
    source: str
    licence: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.X.ndim != 4 or self.X.dtype != np.uint8:
            raise DataError(
                f"{self.name}: the images have the shape {self.X.shape} and the type {self.X.dtype}; they must be "
                "(n, height, width, channels) of uint8"
            )
        if not self.X.shape[:1] == self.classes.shape == self.test.shape:
            raise DataError(
                f"{self.name}: {len(self.X)} images, {len(self.classes)} classes and {len(self.test)} marks of the "
                "test split do not fit together: give one each"
            )
        if len(self.classes) and not 0 <= self.classes.min() <= self.classes.max() < len(self.class_names):
            raise DataError(
                f"{self.name}: classes from {self.classes.min()} to {self.classes.max()} for {len(self.class_names)} "
                "names: number them from 0"
            )

    @property
    def n_images(self) -> int:
        """The number of images."""
        return len(self.X)


@final
@dataclass(frozen=True)
class NamedImages:
    """What can be said of a named image set without loading it; sizes are ``None`` where only absent files tell."""

    name: str
    n_images: int | None
    n_test: int | None
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    licence: str
    where: str
    available: bool
    published: bool = True


@final
@dataclass(frozen=True)
class _Known:
    name: str
    sizes: tuple[int, int] | None  # to train and to test on; None for files of any size, which have no publisher
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    files: tuple[str, ...]
    load: Callable[[list[Path]], tuple[NDArray[np.uint8], NDArray[np.int64]]]
    source: str
    licence: str
    notes: tuple[str, ...] = ()


def _load_fashion(files: list[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images = np.concatenate([read_idx(path) for path in files[0::2]])
    classes = np.concatenate([read_idx(path) for path in files[1::2]])
    return images[..., np.newaxis], classes.astype(np.int64)


_SETS: Final = (
    _Known(
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
    _Known(
        "faces",
        None,
        FACES_SHAPE,
        FACES_CLASSES,
        FACES_FILES,
        read_faces,
        "files of one's own, without a publisher",
        "that of the files; pictures of people may not be shown freely",
        ("all of its training images are human, so that nothing can contaminate them",),
    ),
    _Known(
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


def load_image_dataset(name: str, folder: str | os.PathLike[str] | None = None) -> ImageDataset:
    """Return an image set by its name.

    Parameters
    ----------
    name : str
        ``"cifar10"``, ``"faces"`` or ``"fashion-mnist"``, in capitals or not.
    folder : path, optional
        The data folder; by default ``$DROSS_DATA``, else ``./data``.

    Raises
    ------
    DataError
        If nothing has that name (the nearest is suggested), its files are not in the folder (it says how to get them),
        or are damaged.

    Examples
    --------
    >>> try:
    ...     load_image_dataset("cifar-10", "nowhere")
    ... except DataError as error:
    ...     print(error)
    no image set is called 'cifar-10'; did you mean 'cifar10'?; `dross datasets` lists those there are
    """
    where = data_folder(folder)
    known = {item.name: item for item in _SETS}
    item = known.get(name.strip().lower())
    if item is None:
        near = did_you_mean(name.strip().lower(), known)
        raise DataError(f"no image set is called '{name}'{near}; `dross datasets` lists those there are")
    files = [where / file for file in item.files]
    if missing := [file for file in files if not file.is_file()]:
        how = f"Run `make data` to fetch it from its publisher ({item.source})"
        raise DataError(
            f"the data set '{item.name}' is not at hand: there is no file {missing[0]}. "
            f"{how_to_get_faces(where) if item.sizes is None else how}, or set DROSS_DATA to the folder that has it"
        )
    X, classes = item.load(files)
    n_train, n_test = item.sizes or count_faces(files)
    if X.shape != (n_train + n_test, *item.shape) or classes.shape != X.shape[:1]:
        raise DataError(
            f"{files[0].parent} is damaged: its images have the shape {X.shape}, and there are {len(classes)} classes; "
            "delete it and run `make data` again"
        )
    test = np.arange(len(X)) >= n_train
    checksum = hashlib.sha256(np.ascontiguousarray(X).data)
    checksum.update(classes.data)
    return ImageDataset(
        item.name, X, classes, item.class_names, test, checksum.hexdigest(), item.source, item.licence, item.notes
    )


def image_dataset_names(folder: str | os.PathLike[str] | None = None) -> list[NamedImages]:
    """Return every image set that has a name, with its size and whether its files are in the data folder.

    Examples
    --------
    >>> [(item.name, item.n_images, item.shape) for item in image_dataset_names("nowhere")]
    [('cifar10', 60000, (32, 32, 3)), ('faces', None, (64, 64, 3)), ('fashion-mnist', 70000, (28, 28, 1))]
    """
    where = data_folder(folder)
    return [_listed(item, [where / file for file in item.files]) for item in _SETS]


def _listed(item: _Known, files: list[Path]) -> NamedImages:
    available = all(file.is_file() for file in files)
    sizes = item.sizes or (count_faces(files) if available else None)
    n_images, n_test = (None, None) if sizes is None else (sum(sizes), sizes[1])
    place = str(files[0].parent)
    return NamedImages(
        item.name,
        n_images,
        n_test,
        item.shape,
        item.class_names,
        item.licence,
        place,
        available,
        item.sizes is not None,
    )


def class_index(dataset: ImageDataset, name: str | int) -> int:
    """Return the number of a class from its name or its number.

    Parameters
    ----------
    dataset : ImageDataset
        The image set.
    name : str or int
        Such as ``"cat"`` (in capitals or not), ``3`` or ``"3"``.

    Raises
    ------
    DataError
        If there is no such class; the nearest name is suggested.

    Examples
    --------
    >>> X, test = np.zeros((2, 4, 4, 1), np.uint8), np.array([False, True])
    >>> toy = ImageDataset("toy", X, np.array([0, 1]), ("cat", "dog"), test, "", "", "")
    >>> class_index(toy, "Dog"), class_index(toy, 0)
    (1, 0)
    """
    names = [known.lower() for known in dataset.class_names]
    word = str(name).strip().lower()
    if word in names:
        return names.index(word)
    if word.isdecimal() and int(word) < len(names):
        return int(word)
    listed = ", ".join(f"{number} {known}" for number, known in enumerate(dataset.class_names))
    raise DataError(f"'{name}' is no class of {dataset.name}{did_you_mean(word, names)}; its classes are {listed}")
