"""Arrays with or without labels in ``.npz`` and ``.mat`` files, read without pickle."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError, did_you_mean

Arrays = tuple[NDArray[Any], NDArray[Any] | None]


def read_npz(path: Path) -> Arrays:
    """Return the arrays ``X`` and ``y`` (or ``None``) of an ``.npz`` file.

    Raises
    ------
    DataError
        If the file is damaged, holds Python objects, or has no array ``X``.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            X = archive["X"] if "X" in archive.files else _no_samples(path, archive.files)
            y = archive["y"] if "y" in archive.files else None
    except DataError:
        raise
    except ValueError as error:
        raise DataError(
            f"{path} holds Python objects, which could run code when read, or is damaged: save plain arrays with "
            "numpy.savez(path, X=..., y=...)"
        ) from error
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no readable .npz file ({error}): write it again, or fetch it again") from error
    return _as_table(path, X), y


def read_mat(path: Path) -> Arrays:
    """Return the arrays ``X`` and ``y`` (or ``None``) of a MATLAB file up to version 7.2.

    Raises
    ------
    DataError
        If the file is damaged, of version 7.3 (which is HDF5), or has no array ``X``.
    """
    from scipy.io import loadmat

    try:
        content = loadmat(path)
    except NotImplementedError as error:
        raise DataError(f"{path} is a MATLAB file of version 7.3: save it again with save(..., '-v7')") from error
    except Exception as error:  # scipy raises many kinds for a damaged file, none of them its own
        raise DataError(f"{path} is no readable .mat file ({error}): write it again, or fetch it again") from error
    names = [name for name in content if not name.startswith("__")]
    X = content["X"] if "X" in content else _no_samples(path, names)
    return _as_table(path, X), content.get("y")


def _no_samples(path: Path, names: list[str]) -> NDArray[Any]:
    found = ", ".join(f"'{name}'" for name in names) or "nothing"
    raise DataError(
        f"{path} has no array 'X' but {found}{did_you_mean('X', names)}: name the samples X, and the labels, if any, y"
    )


def _as_table(path: Path, X: NDArray[Any]) -> NDArray[Any]:
    if X.ndim != 2 or X.dtype.kind not in "buif":
        raise DataError(
            f"{path}: 'X' has the shape {X.shape} and the type {X.dtype}: it must be a table of numbers, "
            "(n_samples, n_features)"
        )
    return X
