"""``read_images``: whatever images come as, with ids, labels where folders give them, and what was skipped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.array_reading import images_of_array
from dross.data.images.decoding import KIND_OF_SUFFIX
from dross.data.images.file_reading import images_of_files
from dross.data.images.folders import check_folder, list_folder
from dross.data.images.images import Images
from dross.data.images.natural_order import natural_key
from dross.data.images.packed_files import is_idx, map_npy, npy_dimensions, read_cifar, read_idx
from dross.data.images.sizing import HELD_BYTES, Size, check_size_and_channels
from dross.errors import DataError
from dross.files import sha256

_BLOCK: Final = 1024


@final
@dataclass(frozen=True)
class ImageSet:
    """Images as users bring them.

    Parameters
    ----------
    images : Images
        Of one shape.
    labels : array of shape (n,) or None
        1 anomaly, 0 normal, -1 not known; ``None`` where no folder's name gives any.
    ids : tuple of str
        One an image: its path below the folder, as given in a list, or its number in an array or a file.
    source : str
        The folder or file, or what messages call the images.
    checksum : str
        SHA-256: of the file; of the array; or, for files of their own, of their names, sizes and first 64 KiB.
    skipped : tuple of (str, str)
        The bad files that were left out, and what is wrong with each.
    """

    images: Images
    labels: NDArray[np.int64] | None
    ids: tuple[str, ...]
    source: str
    checksum: str
    skipped: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.images)


def read_images(
    data: Any,
    *,
    size: Size | None = None,
    channels: int | None = None,
    skip_bad: bool = False,
    held_bytes: int = HELD_BYTES,
    refuse_colour: bool = False,
) -> ImageSet:
    """Read images of any kind, and bring them to one shape.

    Images of one size up to 64 pixels a side are taken as they are. Otherwise all are resized, with antialiasing and
    without cropping, to a square of ``size``, by default 64, or of the longest side of all where that is less. They are
    grey if all are grey, else RGB. Turned as their EXIF data say; on white where they let light through; 16 bits scaled
    to 8.

    Parameters
    ----------
    data : path, list of paths, array, Images or ImageSet
        A folder of JPEG, PNG, WebP, BMP and TIFF files at any depth, in natural order (2.png before 10.png), whose
        sub-folders may give labels (``normal`` and ``abnormal``, ``good`` and the names of defects; below ``train``
        and ``test`` as well); such a file, or a list of them; an ``.npy`` file, which stays mapped; an IDX file
        (``-ubyte``, ``.gz`` or not); a ``.bin`` file of CIFAR-10, or the folder of them; an array (n, height, width[,
        channels]) of uint8, or of floats in [0, 1].
    size : int or (int, int), optional
        The side in pixels, or height and width.
    channels : int, optional
        1 makes all grey, 3 makes all RGB.
    skip_bad : bool, default False
        Whether files that cannot be used are left out, and listed in ``skipped``; otherwise they are an error that
        names them.
    held_bytes : int, default 1 GiB
        Files are decoded now if their pixels fit this budget, else when they are asked for, by worker processes. 0
        streams them in any case.
    refuse_colour : bool, default False
        Whether a file in colour is an error where ``channels`` is 1, rather than made grey.

    Raises
    ------
    DataError
        If there are no images, or files are bad. Of files that are decoded later, and without ``skip_bad``, only the
        header and the end are looked at now: one that is damaged in between is an error when it is decoded.

    Warns
    -----
    SizeWarning
        If images are made smaller and ``size`` was not given.

    Examples
    --------
    >>> found = read_images(np.zeros((3, 8, 8), dtype=np.uint8))
    >>> found.images, found.ids, found.labels
    (<Images: 3 of 8 x 8, grey>, ('0', '1', '2'), None)
    """
    check_size_and_channels(size, channels)
    if isinstance(data, ImageSet):
        images = brought_to(data.images, size, channels)
        return ImageSet(images, data.labels, data.ids, data.source, data.checksum, data.skipped)
    if isinstance(data, Images):
        images = brought_to(data, size, channels)
        return ImageSet(images, None, images.names, "the images", _digest_of(images))
    if isinstance(data, (str, os.PathLike)) and not _is_file_of_images(Path(data)):
        return _read_packed(Path(data), size, channels, held_bytes)
    if isinstance(data, (str, os.PathLike)) or _are_paths(data):
        paths, names, labels, source = _listed(data)
        found = images_of_files(
            paths,
            names,
            size=size,
            channels=channels,
            skip_bad=skip_bad,
            held_bytes=held_bytes,
            refuse_colour=refuse_colour,
        )
        labels = None if labels is None else labels[found.kept]
        return ImageSet(found.images, labels, found.images.names, source, found.checksum, found.skipped)
    images = images_of_array(array_of(data), "the images", size=size, channels=channels, held_bytes=held_bytes)
    return ImageSet(images, None, images.names, "the images", _digest_of(images))


def holds_images(data: Any) -> bool:
    """Return whether these are images rather than a table, by what they look like from outside.

    Parameters
    ----------
    data : anything
        A folder, an image file, ``.npy`` with 3 dimensions or more, IDX, ``.bin``, an array with 3 dimensions or more,
        and a list of paths hold images.

    Examples
    --------
    >>> holds_images(np.zeros((2, 8, 8))), holds_images(np.zeros((2, 8))), holds_images("table.csv")
    (True, False, False)
    """
    if isinstance(data, (Images, ImageSet)):
        return True
    if not isinstance(data, (str, os.PathLike)):
        return _are_paths(data) or len(getattr(data, "shape", ())) > 2 or _lists_arrays(data)
    path = Path(data)
    suffix = path.suffix.lower()
    if path.is_dir() or suffix in KIND_OF_SUFFIX or suffix == ".bin":
        return True
    if suffix == ".npy":
        return npy_dimensions(path) not in (0, 1, 2)  # one that does not say is refused with a reason
    return is_idx(path)


def _is_file_of_images(path: Path) -> bool:
    """Return whether a path is a folder of image files, or one image file; other files hold many images each."""
    if path.is_dir():
        return not _cifar_files(path)
    return path.suffix.lower() in KIND_OF_SUFFIX or not path.exists()


def _cifar_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.bin"), key=lambda path: natural_key(path.name))


def _listed(data: Any) -> tuple[Sequence[Path], Sequence[str], NDArray[np.int64] | None, str]:
    """Return the files of a folder or a list, their names, their labels, and what to call them together."""
    if not isinstance(data, (str, os.PathLike)):
        paths = [Path(path) for path in data]
        if missing := [path for path in paths if not path.is_file()]:
            count = f"; {len(missing):,} files of the list are missing" if len(missing) > 1 else ""
            raise DataError(f"there is no file {missing[0]}{count}")
        return paths, [str(path) for path in data], None, "the images"
    path = Path(data)
    check_folder(path)
    if path.is_dir():
        listing = list_folder(path)
        return listing.paths, listing.names, listing.labels, str(path)
    return [path], [path.name], None, str(path)


def _read_packed(path: Path, size: Size | None, channels: int | None, held_bytes: int) -> ImageSet:
    """Return the images of a file that holds many, or of CIFAR-10's folder."""
    suffix = path.suffix.lower()
    if path.is_dir() or suffix == ".bin":
        files = _cifar_files(path) if path.is_dir() else [path]
        array: NDArray[Any] = read_cifar(files)[0]
        checksum = hashlib.sha256("".join(sha256(file) for file in files).encode()).hexdigest()
    elif suffix == ".npy":
        array, checksum = map_npy(path), sha256(path)
    elif is_idx(path):
        array, checksum = read_idx(path), sha256(path)
    else:
        raise DataError(
            f"{path} is of a kind that images are not read from: give a folder, an image file "
            f"({', '.join(sorted(KIND_OF_SUFFIX))}), .npy, IDX (ending in -ubyte, or -ubyte.gz) or CIFAR-10's .bin"
        )
    images = images_of_array(array, str(path), size=size, channels=channels, held_bytes=held_bytes)
    return ImageSet(images, None, images.names, str(path), checksum)


def brought_to(images: Images, size: Size | None, channels: int | None) -> Images:
    """Return images of another size or number of channels, where these are given."""
    height, width = (size, size) if isinstance(size, int) else size or images.shape[1:3]
    shape = (height, width, channels or images.shape[3])
    if shape == images.shape[1:]:
        return images
    return images.converted(shape)


def _digest_of(images: Images) -> str:
    digest = hashlib.sha256(str(images.shape).encode())
    for batch in images.batches(_BLOCK):
        digest.update(np.ascontiguousarray(batch).data)
    return digest.hexdigest()


def _are_paths(data: Any) -> bool:
    return (
        isinstance(data, (list, tuple)) and len(data) > 0 and all(isinstance(item, (str, os.PathLike)) for item in data)
    )


def _lists_arrays(data: Any) -> bool:
    return isinstance(data, (list, tuple)) and len(data) > 0 and len(getattr(data[0], "shape", ())) > 1


def is_array_like(data: Any) -> bool:
    """Return whether these are an array, or what becomes one: neither paths nor images already."""
    return not isinstance(data, (str, os.PathLike, ImageSet, Images)) and not _are_paths(data)


def array_of(data: Any) -> NDArray[Any]:
    """Return an array of what is like one; a map of a file stays that."""
    try:
        return np.asanyarray(data) if isinstance(data, np.memmap) else np.asarray(data)
    except ValueError as error:
        raise DataError(
            "the images cannot become one array, perhaps because their sizes differ: give files, which are resized, or "
            "images of one size"
        ) from error
