"""From a folder of collected pictures to a data set: one size, numbered, split, and told what is on both sides."""

from __future__ import annotations

import csv
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.folders import PARTS, check_folder
from dross.data.images.near_duplicates import DuplicatePair, duplicate_pairs
from dross.data.images.reading import ImageSet, read_images
from dross.errors import DataError, ParameterError, raise_gathered
from dross.files import atomic_path, sha256
from dross.progress import track
from dross.scoring import ANOMALY, NORMAL, UNKNOWN
from dross.tasks import defaults
from dross.tasks.output_places import check_new_folder, check_outside

MANIFEST: Final = "manifest.csv"
DUPLICATES: Final = "duplicates.csv"
SAME: Final = "same.csv"
#: The folders of what the names of the source's folders label.
_LABEL_NAMES: Final = {NORMAL: "normal", ANOMALY: "abnormal", UNKNOWN: "unlabelled"}
_BATCH: Final = 256


@final
@dataclass(frozen=True)
class Prepared:
    """A data set that was made of collected pictures.

    Parameters
    ----------
    images : ImageSet
        As they were written: of one size, in the natural order of their source.
    files : tuple of str
        The file of each in the new folder, such as ``"train/normal/17.png"``.
    test : array of shape (n,), bool
        Which of them test.
    duplicates : tuple of (str, str, float)
        A training and a test file that are the same or nearly so, and their difference in levels of 0 to 255.
    same : tuple of (str, str)
        Two files with the same pixels that are both trained on, or of two classes: of each picture, the first file and
        another.
    """

    images: ImageSet
    files: tuple[str, ...]
    test: NDArray[np.bool_]
    duplicates: tuple[tuple[str, str, float], ...]
    same: tuple[tuple[str, str], ...] = ()

    @property
    def in_two_classes(self) -> tuple[tuple[str, str], ...]:
        """Those of ``same`` that are of two classes, so that one of the labels is wrong."""
        return tuple(pair for pair in self.same if len({_folder_of(name) for name in pair}) == 2)


def prepare(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    size: int = 32,
    split: float = 0.8,
    skip_bad: bool = False,
    seed: int = defaults.SEED,
) -> Prepared:
    """Make a data set of a folder of collected pictures, in a new folder, whole or not at all.

    - ``train/CLASS/N.png`` and ``test/CLASS/N.png``: decoded, turned as their EXIF data say, on white, resized, without
      loss, and numbered by class in the natural order of the source. The classes are ``normal`` and ``abnormal`` where
      the names of folders say so, else the names of the folders; pictures that lie in no folder have no class.
    - ``manifest.csv``: each file with its part, class and source, and the SHA-256 of that.
    - ``duplicates.csv``: pairs of a training and a test file that are the same or nearly so. They are told, not taken
      out: a figure on such a test set is flattered until one of each pair is removed.
    - ``same.csv``, where there are any: pairs of files with the same pixels in two classes, or twice in training.

    Parameters
    ----------
    folder : path
        The pictures (JPEG, PNG, WebP, BMP, TIFF), at any depth.
    out : path
        The new folder; it must not exist, or be empty, and must not lie in the folder that is read.
    size : int, default 32
        The side in pixels.
    split : float in (0, 1), default 0.8
        The share of each class that trains; of each class at least one picture trains and one tests.
    skip_bad : bool, default False
        Whether files that cannot be used are left out; otherwise they are an error that names them.
    seed : int, default 0
        Draws the split.

    Raises
    ------
    ParameterError
        If ``split`` is no share.
    DataError
        If the folder cannot be used, a class has a single picture, or the new folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> here = Path(tempfile.mkdtemp())
    >>> for number in range(10):
    ...     (here / "found" / "good").mkdir(parents=True, exist_ok=True)
    ...     Image.new("RGB", (40, 50), (25 * number, 0, 0)).save(here / "found" / "good" / f"photo {number}.png")
    >>> made = prepare(here / "found", here / "set", size=16)
    >>> made.images.images.shape, int(made.test.sum()), sorted(path.name for path in (here / "set").iterdir())
    ((10, 16, 16, 3), 2, ['duplicates.csv', 'manifest.csv', 'test', 'train'])
    """
    if isinstance(split, bool) or not isinstance(split, (int, float)) or not 0 < split < 1:
        raise ParameterError(f"split is {split!r}; it must be a share in (0, 1): that of the pictures that train")
    source = Path(folder)
    check_folder(source)
    if not source.is_dir():
        raise DataError(f"{folder} is a file: give the folder that the pictures lie in")
    check_outside(out, source)
    target = check_new_folder(out)
    found = read_images(source, size=size, skip_bad=skip_bad)
    classes = [_class_of(found, row) for row in range(len(found))]
    test = _split(classes, float(split), seed)
    files = _numbered(classes, test)
    duplicates = _duplicates(found, files, test)
    same = _same(found, files, test, classes)
    with atomic_path(target) as temporary:
        temporary.mkdir()
        _write_images(found, files, temporary)
        _write_manifest(temporary / MANIFEST, found, files, classes)
        _write_csv(temporary / DUPLICATES, ("train", "test", "difference"), duplicates)
        if same:
            _write_csv(temporary / SAME, ("first", "second"), same)
    return Prepared(found, files, test, duplicates, same)


def _class_of(found: ImageSet, row: int) -> str:
    """Return the name of an image's class, empty where its folders give none."""
    if found.labels is not None:
        return _LABEL_NAMES[int(found.labels[row])]
    folders = [name for name in Path(found.ids[row]).parts[:-1] if name.lower() not in PARTS]
    return folders[0] if folders else ""


def _split(classes: list[str], share: float, seed: int) -> NDArray[np.bool_]:
    """Return which images test: of each class its share, drawn by the seed."""
    test = np.zeros(len(classes), dtype=bool)
    names = np.array(classes)
    single = [name for name in sorted(set(classes)) if np.count_nonzero(names == name) < 2]
    problems = [f"{_one_picture(name)}, and needs 2 to be in both parts: add some" for name in single]
    raise_gathered(problems, DataError)
    generator = np.random.default_rng(seed)
    for name in sorted(set(classes)):
        rows = np.flatnonzero(names == name)
        n_train = int(np.clip(round(share * len(rows)), 1, len(rows) - 1))
        test[generator.permutation(rows)[n_train:]] = True
    return test


def _one_picture(name: str) -> str:
    return f"the class '{name}' has 1 picture" if name else "what lies in no folder of a class is 1 picture"


def _folder_of(file: str) -> str:
    """Return the class that a file of the new folder is in, empty where there is none."""
    return "/".join(file.split("/")[1:-1])


def _numbered(classes: list[str], test: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return the file of each image: numbers of a class go on through both parts, so that none stands for two."""
    counts: dict[str, int] = defaultdict(int)
    files = []
    for name, tests in zip(classes, test, strict=True):
        counts[name] += 1
        files.append("/".join(filter(None, (PARTS[int(tests)], name, f"{counts[name]}.png"))))
    return tuple(files)


def _duplicates(found: ImageSet, files: tuple[str, ...], test: NDArray[np.bool_]) -> tuple[tuple[str, str, float], ...]:
    train_rows, test_rows = np.flatnonzero(~test), np.flatnonzero(test)
    pairs: list[DuplicatePair] = duplicate_pairs(found.images[train_rows], found.images[test_rows])
    return tuple(
        (files[train_rows[pair.first]], files[test_rows[pair.second]], round(pair.difference, 3)) for pair in pairs
    )


def _same(
    found: ImageSet, files: tuple[str, ...], test: NDArray[np.bool_], classes: list[str]
) -> tuple[tuple[str, str], ...]:
    """Return files with the same pixels, of each picture the first and another: those on both sides alone are told."""
    groups: dict[bytes, list[int]] = defaultdict(list)
    pictures = (image for batch in found.images.batches(_BATCH) for image in batch)
    for row, pixels in enumerate(pictures):
        groups[hashlib.sha256(np.ascontiguousarray(pixels).data).digest()].append(row)
    pairs = set()
    for rows in groups.values():
        trained = [row for row in rows if not test[row]]
        pairs |= {(trained[0], row) for row in trained[1:]}
        pairs |= {(rows[0], row) for row in rows[1:] if classes[row] != classes[rows[0]]}
    return tuple((files[first], files[second]) for first, second in sorted(pairs))


def _write_images(found: ImageSet, files: tuple[str, ...], folder: Path) -> None:
    from PIL import Image

    batches = (image for batch in found.images.batches(_BATCH) for image in batch)
    for name, pixels in track(zip(files, batches, strict=True), len(files), "Writing pictures"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels).save(path)


def _write_manifest(path: Path, found: ImageSet, files: tuple[str, ...], classes: list[str]) -> None:
    rows = [
        (name, name.split("/")[0], its_class, source, sha256(Path(found.source) / source))
        for name, its_class, source in zip(files, classes, found.ids, strict=True)
    ]
    _write_csv(path, ("file", "part", "class", "source", "sha256"), rows)


def _write_csv(path: Path, columns: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
