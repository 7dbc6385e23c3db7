"""Labelled image sets by name: those that ``make data`` lays out, and those whose files a user brings along."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray

from dross.data.faces import count_faces
from dross.data.image_sets import SETS, KnownImages
from dross.data.images.sizing import Size, check_size_and_channels
from dross.data.inspection_sets import GOOD, INSPECTION_SETS, InspectionSet, count_parts, defect_names, read_parts
from dross.data.named import data_folder
from dross.errors import DataError, ParameterError, did_you_mean


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
    masks : array of shape (n, height, width), bool, or None
        Which pixels of each image are part of a defect, where that is known.
    categories : array of shape (n,), int64, or None
        Of several sets mixed into one: the number of the set that each image comes from.
    category_names : tuple of str
        One a category.

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
    masks: NDArray[np.bool_] | None = None
    categories: NDArray[np.int64] | None = None
    category_names: tuple[str, ...] = ()

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
        if self.masks is not None and self.masks.shape != self.X.shape[:3]:
            raise DataError(
                f"{self.name}: the masks have the shape {self.masks.shape} and the images {self.X.shape}: give one "
                "mask an image, of its height and width"
            )

    @property
    def n_images(self) -> int:
        """The number of images."""
        return len(self.X)


@final
@dataclass(frozen=True)
class NamedImages:
    """What can be said of a named image set without loading it; sizes are ``None`` where only absent files tell.

    ``how_to_get`` says what a user does for a set that ``make data`` does not fetch.
    """

    name: str
    n_images: int | None
    n_test: int | None
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    licence: str
    where: str
    available: bool
    how_to_get: str | None = None


def load_image_dataset(
    name: str, folder: str | os.PathLike[str] | None = None, *, size: Size | None = None
) -> ImageDataset:
    """Return an image set by its name.

    Parameters
    ----------
    name : str
        ``"animals"``, ``"cifar10"``, ``"faces"``, ``"fashion-mnist"``, ``"kolektorsdd"``, or a category of MVTec AD
        such as ``"mvtec-bottle"``; in capitals or not.
    folder : path, optional
        The data folder; by default ``$DROSS_DATA``, else ``./data``.
    size : int or (int, int), optional
        The side, or height and width, that images of inspected parts are brought to instead of their usual size (the
        sets of MVTec AD, and KolektorSDD). The others have one size.

    Raises
    ------
    ParameterError
        If a set of one size is asked for in another.
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
    parts = {item.name: item for item in INSPECTION_SETS}
    known = {item.name: item for item in SETS}
    if name.strip().lower() in parts:
        return _load_parts(parts[name.strip().lower()], where, size)
    item = known.get(name.strip().lower())
    if item is None:
        near = did_you_mean(name.strip().lower(), [*known, *parts])
        raise DataError(f"no image set is called '{name}'{near}; `dross datasets` lists those there are")
    if size is not None:
        raise ParameterError(f"size is {size!r}; images of '{item.name}' have one size: leave it out")
    files = [where / file for file in item.files]
    if missing := [file for file in files if not file.exists()]:
        how = f"Run `make data` to fetch it from its publisher ({item.source})"
        raise DataError(
            f"the data set '{item.name}' is not at hand: there is no {'file' if missing[0].suffix else 'folder'} "
            f"{missing[0]}. {item.how_to_get(where) if item.how_to_get else how}, or set DROSS_DATA to the folder that "
            "has it"
        )
    X, classes = item.load(files)
    n_train, n_test = item.sizes or count_faces(files)
    if X.shape != (n_train + n_test, *item.shape) or classes.shape != X.shape[:1]:
        raise DataError(
            f"{files[0].parent} is damaged: its images have the shape {X.shape}, and there are {len(classes)} classes; "
            f"delete it and {'copy it' if item.how_to_get else 'run `make data`'} again"
        )
    test = np.arange(len(X)) >= n_train
    checksum = hashlib.sha256(np.ascontiguousarray(X).data)
    checksum.update(classes.data)
    return ImageDataset(
        item.name, X, classes, item.class_names, test, checksum.hexdigest(), item.source, item.licence, item.notes
    )


def _load_parts(item: InspectionSet, where: Path, size: Size | None) -> ImageDataset:
    check_size_and_channels(size, None)
    folder = where / item.folder
    if not folder.exists():
        raise DataError(
            f"the data set '{item.name}' is not at hand: there is no folder {folder}. {item.how_to_get(where)}, or set "
            "DROSS_DATA to the folder that has it"
        )
    found = read_parts(folder, item.shape, size)
    test = np.arange(len(found.X)) >= found.n_train
    checksum = hashlib.sha256(np.ascontiguousarray(found.X).data)
    checksum.update(found.classes.data)
    checksum.update(found.masks.data)
    return ImageDataset(
        item.name,
        found.X,
        found.classes,
        found.class_names,
        test,
        checksum.hexdigest(),
        item.source,
        item.licence,
        item.notes,
        found.masks,
    )


def image_dataset_names(folder: str | os.PathLike[str] | None = None) -> list[NamedImages]:
    """Return every image set that has a name, with its size and whether its files are in the data folder.

    Examples
    --------
    >>> [(item.name, item.n_images, item.shape) for item in image_dataset_names("nowhere")]  # doctest: +ELLIPSIS
    [('animals', 300, (32, 32, 3)), ('cifar10', 60000, (32, 32, 3)), ('faces', None, (64, 64, 3)), ...]
    """
    where = data_folder(folder)
    return [*(_listed(item, where) for item in SETS), *(_listed_parts(item, where) for item in INSPECTION_SETS)]


def _listed(item: KnownImages, where: Path) -> NamedImages:
    files = [where / file for file in item.files]
    available = all(file.exists() for file in files)
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
        None if item.how_to_get is None else item.how_to_get(where),
    )


def _listed_parts(item: InspectionSet, where: Path) -> NamedImages:
    folder = where / item.folder
    sizes = count_parts(folder)
    n_images, n_test = (None, None) if sizes is None else (sum(sizes), sizes[1])
    names = (GOOD, *(defect_names(folder) or ("defective",)))
    how = item.how_to_get(where)
    return NamedImages(
        item.name, n_images, n_test, item.shape, names, item.licence, str(folder), sizes is not None, how
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
