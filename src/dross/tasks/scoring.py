"""From a model and new data to scores and alarms, in memory or as a stream."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import pandas as pd
from numpy.typing import NDArray

from dross.data.tables import count_rows
from dross.errors import SchemaError
from dross.persistence import Model, load
from dross.progress import bar
from dross.tasks.choosing import Kind, check_reading, is_missing, kind_of, named
from dross.tasks.map_output import check_maps, map_writer
from dross.tasks.output_places import check_apart, check_outside
from dross.tasks.scoring_images import read_like_training, scored_images
from dross.tasks.scoring_tables import scored_rows
from dross.tasks.submitting import as_submission, check_row_count, check_submission
from dross.tasks.table_output import check_output, table_writer


@final
@dataclass(frozen=True)
class Scored:
    """What scoring a file or a folder came to.

    Parameters
    ----------
    out : Path
        The file that was written.
    n_rows, n_alarms : int
        How many rows it has (of a table, or images), and how many of them are alarms.
    training_data : bool
        Whether these are the rows, or images, that the model was fitted on.
    of : {"tables", "images"}
        What the rows stand for.
    skipped : tuple of (str, str)
        The files that were left out, and why.
    """

    out: Path
    n_rows: int
    n_alarms: int
    training_data: bool
    of: Kind = "tables"
    skipped: tuple[tuple[str, str], ...] = ()


def score(
    model: Model | str | os.PathLike[str],
    data: str | os.PathLike[str] | pd.DataFrame | NDArray[Any] | Sequence[Any],
    *,
    label: str | None = None,
    id: str | None = None,
    skip_bad: bool = False,
) -> pd.DataFrame:
    """Return the anomaly score and the alarm of each row of a table, or of each image.

    Use :func:`score_file` for tables larger than memory, and to be told which files were skipped.

    Parameters
    ----------
    model : Model or path
        What :func:`dross.tasks.fit` returned, or the folder it was saved to.
    data : path, DataFrame, array or list of paths
        What :func:`dross.tasks.fit` takes: a table with the columns of the training table, or images, which are
        brought to the size of the training images.
    label, id : str, optional
        Columns of a table that are no features; by default those of the training table, where they are there.
    skip_bad : bool, default False
        Whether to leave out files that are no readable images, where they would be an error.

    Returns
    -------
    DataFrame
        ``id`` (of the id column, else the row number from 0; of an image its file), ``anomaly_score`` (higher = more
        anomalous), ``alarm`` (1 beyond the model's threshold, else 0). Where these are what a refined model was fitted
        on, also ``round_dropped`` (the round of refinement since which the row has been out; 0 = kept) and ``votes``
        (how many of the ensemble's classifiers rejected it in the last round).

    Raises
    ------
    SchemaError
        If the data are not like the training data; all differences are named.
    ModelError
        If the model cannot be read.

    Examples
    --------
    >>> from dross.tasks import fit
    >>> rows = pd.DataFrame({"size": [1.0, 1.1, 0.9, 1.0, 1.2, 0.8, 9.0], "part": list("abcdefg")})
    >>> model = fit(rows, detector="gaussian", id="part")
    >>> score(model, rows).columns.tolist()
    ['id', 'anomaly_score', 'alarm']
    """
    model = load(model) if isinstance(model, (str, os.PathLike)) else model
    if _kind_to_score(model, data, label, id, skip_bad) == "images":
        parts = scored_images(model, read_like_training(model, data, skip_bad))
    else:
        parts = scored_rows(model, data, label, id)
    return pd.concat(parts, ignore_index=True)


def score_file(
    model: Model | str | os.PathLike[str],
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    label: str | None = None,
    id: str | None = None,
    skip_bad: bool = False,
    columns: Sequence[str] | None = None,
    rows: int | None = None,
    maps: str | os.PathLike[str] | None = None,
) -> Scored:
    """Score a file or a folder part by part and write the scores as CSV or Parquet, in the order of the rows.

    Images come in the natural order of their names. Memory does not grow with the file or the folder, and the output
    is written whole or not at all.

    Parameters
    ----------
    model, label, id, skip_bad
        As for :func:`score`.
    data : path
        The file with the rows, or the folder with the images.
    out : path
        The file for the scores, ``.csv`` or ``.parquet``; its columns are those of :func:`score`.
    columns : sequence of two str, optional
        Write the ids and the anomaly scores alone, under these names, such as ``["ID", "score"]``: what is handed in
        to be marked. The ids of an array are 0, 1, 2, ...
    rows : int, optional
        How many rows the file must have; with any other number it is not written.
    maps : path, optional
        A new folder for the score maps of images: ``maps.npy`` (n, height, width), in the order of the scores, and
        ``overlays/`` with a picture of each image.

    Raises
    ------
    DataError, SchemaError, ModelError
        As :func:`score`, and if ``out`` or ``maps`` cannot be written, or would not have that many rows.
    ParameterError
        If ``columns`` are not two different names, or the model makes no maps.

    Examples
    --------
    >>> import tempfile
    >>> from dross.tasks import fit
    >>> folder = Path(tempfile.mkdtemp())
    >>> rows = pd.DataFrame({"size": [1.0, 1.1, 0.9, 1.0, 1.2, 0.8, 9.0]})
    >>> rows.to_csv(folder / "new.csv", index=False)
    >>> score_file(fit(rows, detector="gaussian"), folder / "new.csv", folder / "scores.csv").n_rows
    7
    """
    check_submission(columns, rows)
    check_output(out, inputs=(data,))
    check_outside(out, data)
    check_apart(maps, out)
    model = load(model) if isinstance(model, (str, os.PathLike)) else model
    if maps is not None:
        check_maps(model, maps, data)
    if _kind_to_score(model, data, label, id, skip_bad) == "images":
        images = read_like_training(model, data, skip_bad)
        check_row_count(data, len(images.images), rows, "images")
        n, height, width, _ = images.images.shape
        with nullcontext() if maps is None else map_writer(model, maps, (n, height, width)) as write_maps:
            parts = scored_images(model, images, write_maps=write_maps)
            written = _write(parts, data, out, n, columns, rows)
        return Scored(Path(out), *written, of="images", skipped=images.skipped)
    total = count_rows(data)
    check_row_count(data, total, rows, "rows")
    return Scored(Path(out), *_write(scored_rows(model, data, label, id), data, out, total, columns, rows))


def _write(
    parts: Iterator[pd.DataFrame],
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    total: int | None,
    columns: Sequence[str] | None,
    rows: int | None,
) -> tuple[int, int, bool]:
    """Write the parts, and return how many rows and alarms there are, and whether they are the training data."""
    n_rows = n_alarms = 0
    known: list[str] = []
    with table_writer(out) as write, bar(total, "Scoring") as progress:
        for part in parts:
            write(as_submission(part, columns))
            known = list(part.columns)
            n_rows += len(part)
            n_alarms += int(part["alarm"].sum())
            progress.advance(len(part))
        check_row_count(data, n_rows, rows, "rows")  # of some files the number is known only now
    return n_rows, n_alarms, "votes" in known


def _kind_to_score(model: Model, data: Any, label: str | None, id: str | None, skip_bad: bool) -> Kind:
    """Return what the model takes, after checking that the data are that."""
    found = kind_of(data)
    wanted = model.takes or found
    if wanted != found and not is_missing(data):
        fitted_on, remedy = _FITTED_ON[wanted]
        raise SchemaError(f"{named(data)} {_HOLDS[found]}, but the model was fitted on {fitted_on}: give {remedy}")
    check_reading(data, label=label, id=id, size=None, skip_bad=skip_bad)
    return wanted


_HOLDS: dict[Kind, str] = {"tables": "holds no images", "images": "holds images"}
_FITTED_ON: dict[Kind, tuple[str, str]] = {
    "tables": ("a table", "a table with its columns, or fit a model on images"),
    "images": ("images", "a folder or an array of images, or fit a model on a table"),
}
