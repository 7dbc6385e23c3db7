"""Data sets by name: the one place that turns a name into a data set, or into how to get it.

Two come with scikit-learn and need no file (``breast-cancer``, ``digits``). The others are laid out by ``make data`` in
the data folder: the one given, else ``$DROSS_DATA``, else ``./data``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import final

from dross.data import adbench
from dross.data.arrays import read_npz
from dross.data.dataset import Dataset, make_dataset
from dross.data.published import SETS, labels_of
from dross.errors import DataError, did_you_mean
from dross.files import sha256


@final
@dataclass(frozen=True)
class NamedDataset:
    """What can be said of a named data set without loading it."""

    name: str
    n_samples: int
    n_features: int
    n_anomalies: int
    licence: str
    where: str
    available: bool


def data_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the data folder: the one given, else ``$DROSS_DATA``, else ``./data``.

    Examples
    --------
    >>> data_folder("elsewhere").name
    'elsewhere'
    """
    return Path(folder or os.environ.get("DROSS_DATA") or "data")


def load_dataset(name: str, folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Return a data set by its name.

    Parameters
    ----------
    name : str
        One of :func:`dataset_names`, in capitals or not. ``"thyroid"`` is the ODDS table, ``"adbench/thyroid"``
        ADBench's file of the same rows.
    folder : path, optional
        The data folder; by default ``$DROSS_DATA``, else ``./data``.

    Raises
    ------
    DataError
        If nothing has that name (the nearest is suggested), or its file is not in the folder (it says how to get it).

    Examples
    --------
    >>> data = load_dataset("breast-cancer")
    >>> data.X.shape, data.n_anomalies
    ((569, 30), 212)
    """
    where = data_folder(folder)
    wanted = name.strip().lower()
    for item in SETS:
        if item.name == wanted:
            missing = [file for file in item.files if not (where / file).is_file()]
            if missing:
                raise _absent(item.name, where / missing[0], item.source)
            return item.load(item, where)
    tables = _adbench_files(where)
    if (key := wanted.removeprefix("adbench/")) in tables:
        return _load_adbench(tables[key])
    for table in adbench.TABLES:
        if table.name.lower() == key:
            raise _absent(table.name, where / "adbench" / table.file, adbench.SOURCE)
    known = [item.name for item in dataset_names(where)]
    raise DataError(
        f"no data set is called '{name}'{did_you_mean(wanted, known)}; `dross datasets` lists those there are"
    )


def dataset_names(folder: str | os.PathLike[str] | None = None) -> list[NamedDataset]:
    """Return every data set that has a name, with its size and whether its files are in the data folder.

    Examples
    --------
    >>> [item.n_samples for item in dataset_names() if item.name == "digits"]
    [1797]
    """
    where = data_folder(folder)
    listed = [
        NamedDataset(
            item.name,
            item.n_samples,
            item.n_features,
            item.n_anomalies,
            item.licence,
            str(where / item.files[0]) if item.files else "ships with scikit-learn",
            all((where / file).is_file() for file in item.files),
        )
        for item in SETS
    ]
    present = _adbench_files(where)
    for table in adbench.TABLES:
        key = table.name.lower()
        name = table.name if key not in {item.name for item in SETS} else f"adbench/{table.name}"
        path = present.get(key, where / "adbench" / table.file)
        sizes = (table.n_samples, table.n_features, table.n_anomalies)
        listed.append(NamedDataset(name, *sizes, adbench.LICENCE, str(path), key in present))
    return listed


def _absent(name: str, path: Path, source: str) -> DataError:
    return DataError(
        f"the data set '{name}' is not at hand: there is no file {path}. Run `make data` to fetch it from its "
        f"publisher ({source}), or set DROSS_DATA to the folder that has it"
    )


def _adbench_files(folder: Path) -> dict[str, Path]:
    """Return the ADBench files in the folder by the lower-case name of their table."""
    found = {}
    for path in sorted((folder / "adbench").glob("*.npz")):
        if match := re.fullmatch(r"\d+_(.+)", path.stem):
            found[match[1].lower()] = path
    return found


def _load_adbench(path: Path) -> Dataset:
    name = path.stem.split("_", 1)[1]
    X, y = read_npz(path)
    return make_dataset(
        name if name != "thyroid" else "adbench/thyroid",
        X,
        labels_of(path, y),
        checksum=sha256(path),
        source=f"{adbench.RAW}/{path.name}",
        licence=adbench.LICENCE,
        notes=adbench.notes(name),
    )
