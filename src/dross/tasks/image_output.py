"""The folder of cleaned images: the kept ones as they were, the suspects ranked, and a page to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.reading import ImageSet
from dross.evaluation.gallery import gallery_record
from dross.files import atomic_path
from dross.progress import track
from dross.tasks.cleaning_images import CleanedImages
from dross.tasks.output_places import check_new_folder, check_outside

KEPT: Final = "kept"
SUSPECTS: Final = "suspects.csv"
GALLERY: Final = "gallery.html"
#: Images of an array copied at a time.
CHUNK_IMAGES: Final = 1024


def check_clean_folder(out: str | os.PathLike[str], data: object) -> Path:
    """Return the path of the folder of cleaned images after checking, before any work is done, that it can be written.

    Raises
    ------
    DataError
        If it lies in the folder that is read, has things in it, or cannot be written.
    """
    check_outside(out, data)
    return check_new_folder(out)


def write_cleaned_images(cleaned: CleanedImages, out: str | os.PathLike[str]) -> Path:
    """Write what :func:`dross.tasks.clean` made of images to a new folder, whole or not at all.

    - ``kept/``: copies of the kept files under their relative names; ``kept.npy`` where the images came as an array or
      in one file.
    - ``suspects.csv``: the others, most anomalous first.
    - ``gallery.html``: a page to look at.

    Parameters
    ----------
    cleaned : CleanedImages
        What to write.
    out : path
        The folder; it must not exist, or be empty, and must not lie in the folder that was read.

    Returns
    -------
    Path
        Where the kept images are: ``kept/`` or ``kept.npy``.

    Raises
    ------
    DataError
        If the folder is not empty, lies in the folder that was read, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from dross.tasks import clean
    >>> images = np.random.default_rng(0).integers(90, 110, (40, 8, 8), dtype=np.uint8)
    >>> images[7] = 255
    >>> cleaned = clean(images, detector="pixel-knn", parameters={"contamination": 0.02})
    >>> kept = write_cleaned_images(cleaned, Path(tempfile.mkdtemp()) / "clean")
    >>> np.load(kept).shape, sorted(file.name for file in kept.parent.iterdir())
    ((39, 8, 8), ['gallery.html', 'kept.npy', 'suspects.csv'])
    """
    from dross.report.gallery_page import render_gallery  # draws with matplotlib, which only reports wait for

    target = check_clean_folder(out, cleaned.images.source)
    found = cleaned.images
    record = gallery_record(
        found.images,
        found.labels,
        None,
        None,
        cleaned.model.detector,
        test_scores=None,
        train_scores=cleaned.anomaly_scores,
    )
    with atomic_path(target) as temporary:
        temporary.mkdir()
        kept = _write_kept(cleaned, temporary)
        cleaned.suspects.to_csv(temporary / SUSPECTS, index=False, lineterminator="\n")
        (temporary / GALLERY).write_text(render_gallery(record, f"{found.source}: suspects"), encoding="utf-8")
    return target / kept


def _write_kept(cleaned: CleanedImages, folder: Path) -> str:
    """Write what is kept into a folder, and return its name there."""
    rows = np.flatnonzero(cleaned.is_kept)
    if isinstance(cleaned.originals, tuple):
        _copy([cleaned.originals[row] for row in rows], _names(cleaned.originals, cleaned.images)[rows], folder / KEPT)
        return KEPT
    shape = (len(rows), *cleaned.originals.shape[1:])
    name = f"{KEPT}.npy"
    array = np.lib.format.open_memmap(folder / name, "w+", cleaned.originals.dtype, shape)
    for start in range(0, len(rows), CHUNK_IMAGES):
        part = slice(start, start + CHUNK_IMAGES)
        array[part] = np.asarray(cleaned.originals[rows[part]])
    array.flush()
    return name


def _names(files: tuple[Path, ...], images: ImageSet) -> NDArray[np.object_]:
    """Return the name of each file below the folder of copies."""
    if Path(images.source).exists():  # a folder, below which the ids are
        return np.array(images.ids, dtype=object)
    absolute = [file.absolute() for file in files]
    top = os.path.commonpath([file.parent for file in absolute])
    return np.array([str(file.relative_to(top)) for file in absolute], dtype=object)


def _copy(files: Sequence[Path], names: Iterable[str], folder: Path) -> None:
    for file, name in track(zip(files, names, strict=True), len(files), "Copying what is kept"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
