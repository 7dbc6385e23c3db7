"""Folders of images: which files are in them, in natural order, and what the folders' names say of them.

Layouts that are understood, at any depth: everything in one folder; ``normal`` and ``abnormal``; ``good`` beside
folders named after defects; any of these below ``train`` and ``test``. Folders named ``ground_truth`` hold masks, no
samples, and are left out.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.decoding import KIND_OF_SUFFIX
from dross.data.images.natural_order import natural_key
from dross.errors import DataError, did_you_mean, raise_gathered
from dross.scoring import ANOMALY, NORMAL, UNKNOWN

NORMAL_FOLDERS: Final = frozenset({"normal", "good", "ok", "inlier", "inliers", "benign"})
ANOMALY_FOLDERS: Final = frozenset(
    {"abnormal", "anomaly", "anomalies", "anomalous", "bad", "defect", "defects", "defective", "outlier", "outliers"}
)
UNKNOWN_FOLDERS: Final = frozenset({"unknown", "unlabelled", "unlabeled"})
PARTS: Final = ("train", "test")
MASKS: Final = "ground_truth"
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})


@final
@dataclass(frozen=True)
class FolderListing:
    """The files of a folder of images, in natural order, and their labels where the folders' names give any."""

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    labels: NDArray[np.int64] | None


def list_folder(folder: Path) -> FolderListing:
    """Return the files below a folder, of whatever kind, and their labels.

    Hidden files, and those that file managers leave, are left out; so are files that are no images by their name where
    they lie beside folders that give labels or parts: they are about the images.

    Parameters
    ----------
    folder : Path
        The folder.

    Raises
    ------
    DataError
        If there is no image in it, or none in one of the folders that give labels.
    """
    found = {Path(where): (folders, files) for where, folders, files in _walk(folder)}
    labels = _folder_labels(folder, {where: folders for where, (folders, _) in found.items()})
    files: list[Path] = []
    for where, (folders, inside) in found.items():
        arranged = any(where / name in labels or name.lower() in PARTS for name in folders)
        files += [where / name for name in inside if not arranged or _named_as_image(name)]
    files.sort(key=lambda path: natural_key(path.relative_to(folder).as_posix()))
    if not any(_named_as_image(path.name) for path in files):
        raise DataError(
            f"{folder} holds no images, at any depth{_instead(folder, files)}: image files end in "
            f"{', '.join(sorted(KIND_OF_SUFFIX))}"
        )
    raise_gathered(_empty_label_folders(labels, files), DataError)
    given = np.array([_label_of(path.parent, folder, labels) for path in files], dtype=np.int64)
    names = tuple(path.relative_to(folder).as_posix() for path in files)
    return FolderListing(tuple(files), names, given if labels else None)


def check_folder(folder: Path) -> None:
    """Raise unless a folder is there.

    Raises
    ------
    DataError
        With the nearest name suggested.
    """
    if not folder.exists():
        siblings = [other.name for other in folder.parent.iterdir()] if folder.parent.is_dir() else []
        raise DataError(f"there is no folder or file {folder}{did_you_mean(folder.name, siblings)}")


def _walk(folder: Path) -> list[tuple[str, list[str], list[str]]]:
    """Return each folder with its folders and files; links are followed, but no folder is entered twice."""
    seen: set[tuple[int, int]] = set()
    found = []
    for where, folders, files in os.walk(folder, followlinks=True, onerror=_unreadable):
        status = os.stat(where)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() != MASKS]
        kept = [name for name in files if not name.startswith(".") and name.lower() not in _LITTER]
        found.append((where, list(folders), kept))
    return found


def _unreadable(error: OSError) -> None:
    raise DataError(f"the folder {error.filename} cannot be read ({error.strerror}): check its permissions")


def _folder_labels(root: Path, children: dict[Path, list[str]]) -> dict[Path, int]:
    """Return the folders whose own name, or whose neighbour's, gives what is in them a label."""
    labels = {}
    for where, names in children.items():
        beside_normal = any(name.lower() in NORMAL_FOLDERS for name in names)
        for name in names:
            word = name.lower()
            if word in NORMAL_FOLDERS:
                labels[where / name] = NORMAL
            elif word in UNKNOWN_FOLDERS:
                labels[where / name] = UNKNOWN
            elif word in ANOMALY_FOLDERS or (beside_normal and word not in PARTS):
                labels[where / name] = ANOMALY
    # Folders that only say that nothing is known are no labels.
    return labels if any(label != UNKNOWN for label in labels.values()) else {}


def _empty_label_folders(labels: dict[Path, int], files: list[Path]) -> list[str]:
    used = {parent for path in files if _named_as_image(path.name) for parent in path.parents}
    return [
        f"the label folder {folder} holds no images: put some there, or remove it"
        for folder in labels
        if folder not in used
    ]


def _label_of(where: Path, root: Path, labels: dict[Path, int]) -> int:
    """Return the label that the nearest folder gives."""
    for folder in (where, *where.parents):
        if folder in labels:
            return labels[folder]
        if folder == root:
            break
    return UNKNOWN


def _instead(folder: Path, files: list[Path]) -> str:
    if not files:
        return " (it is empty)"
    shown = ", ".join(path.relative_to(folder).as_posix() for path in files[:3])
    return f" (but {shown}{' and others' if len(files) > 3 else ''})"


def _named_as_image(name: str) -> bool:
    return Path(name).suffix.lower() in KIND_OF_SUFFIX
