"""Files that hold many images each: ``.npy``, IDX (as MNIST's) and CIFAR-10's binary version; none runs code."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from dross.errors import DataError

#: CIFAR-10's records: the number of the class, then 32 x 32 pixels, red plane first.
CIFAR_SIDE: Final = 32
CIFAR_RECORD: Final = 1 + 3 * CIFAR_SIDE * CIFAR_SIDE
_IDX_BYTES: Final = 8  # the code of unsigned bytes
_NPY_VERSIONS: Final = {
    (1, 0): npy_format.read_array_header_1_0,
    (2, 0): npy_format.read_array_header_2_0,
}


def map_npy(path: Path) -> np.memmap:
    """Return the array of an ``.npy`` file, mapped read-only.

    Raises
    ------
    DataError
        If it is damaged, cut off, in Fortran order or holds Python objects.
    """
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        if _holds_objects(path):
            raise DataError(
                f"{path} holds Python objects, which could run code when read: save plain arrays of one shape with "
                "numpy.save"
            ) from error
        raise DataError(f"{path} is damaged or cut off ({error}): write it again, or copy it again") from error
    except (OSError, EOFError) as error:
        raise DataError(f"{path} is no readable .npy file ({error}): write it again, or copy it again") from error
    if not mapped.flags.c_contiguous:
        raise DataError(f"{path} is in Fortran order: save numpy.ascontiguousarray(array)")
    return mapped


def npy_dimensions(path: Path) -> int | None:
    """Return how many dimensions the array of an ``.npy`` file has, or ``None`` if it does not say."""
    shape = npy_shape(path)
    return None if shape is None else len(shape)


def npy_shape(path: Path) -> tuple[int, ...] | None:
    """Return the shape of the array of an ``.npy`` file, from its head alone, or ``None`` if it does not say."""
    try:
        with path.open("rb") as file:
            shape: tuple[int, ...] = _NPY_VERSIONS[npy_format.read_magic(file)](file)[0]
            return shape
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _holds_objects(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            return bool(_NPY_VERSIONS[npy_format.read_magic(file)](file)[2].hasobject)
        except (ValueError, KeyError, EOFError):
            return False


def is_idx(path: Path) -> bool:
    """Return whether a file is an IDX file of unsigned bytes, compressed or not, by its first bytes.

    Its name must say so too: end in ``ubyte`` or ``.idx``, with or without ``.gz``.
    """
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith(("ubyte", ".idx")) or not path.is_file():
        return False
    try:
        with _open(path) as file:
            return file.read(3) == bytes((0, 0, _IDX_BYTES))
    except (OSError, EOFError, zlib.error):
        return True  # damaged, and read_idx says how


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Return the array of an IDX file of unsigned bytes.

    Raises
    ------
    DataError
        If it is damaged, cut off, or of another type.
    """
    try:
        with _open(path) as file:
            start = file.read(4)
            if len(start) == 4 and start[:3] == bytes((0, 0, _IDX_BYTES)):
                shape = tuple(int(side) for side in np.frombuffer(file.read(4 * start[3]), ">u4"))
                expected = int(np.prod(shape, dtype=np.int64))
                content = file.read(expected + 1)  # and no more, however much a small compressed file may hold
                if len(shape) == start[3] and len(content) == expected:
                    return np.frombuffer(content, np.uint8).reshape(shape)
                reason = f"its header says {shape}, which is {expected:,} bytes, and {len(content):,} or more follow"
            else:
                reason = f"it begins with {start!r}, not as IDX files of unsigned bytes do"
    except (OSError, EOFError, zlib.error, ValueError) as error:
        reason = str(error)
    raise DataError(f"{path} is damaged or cut off ({reason}): fetch it again")


def _open(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def read_cifar(paths: Sequence[Path]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the images (n, 32, 32, 3) and the classes (n,) of files of CIFAR-10's binary version.

    Raises
    ------
    DataError
        If a file does not consist of such records.
    """
    sizes = [path.stat().st_size for path in paths]
    for path, size in zip(paths, sizes, strict=True):
        if size == 0 or size % CIFAR_RECORD:
            raise DataError(
                f"{path} has {size:,} bytes, which are no whole number of CIFAR-10's records of {CIFAR_RECORD:,}: "
                "fetch the binary version again"
            )
    n = sum(sizes) // CIFAR_RECORD
    images = np.empty((n, CIFAR_SIDE, CIFAR_SIDE, 3), dtype=np.uint8)
    classes = np.empty(n, dtype=np.int64)
    start = 0
    for path in paths:
        records = np.fromfile(path, dtype=np.uint8).reshape(-1, CIFAR_RECORD)
        stop = start + len(records)
        classes[start:stop] = records[:, 0]
        images[start:stop] = records[:, 1:].reshape(-1, 3, CIFAR_SIDE, CIFAR_SIDE).transpose(0, 2, 3, 1)
        start = stop
    if classes.max() > 9:
        raise DataError(
            f"{paths[0].parent}: class {classes.max()} is no class of CIFAR-10: fetch the binary version again"
        )
    return images, classes
