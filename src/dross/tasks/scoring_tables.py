"""From a model and a table to scores and alarms, in memory or as a stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.labels import split_columns
from dross.data.tables import count_rows, iter_table, read_table
from dross.files import sha256
from dross.persistence import Model, load
from dross.persistence.model import alarms_of
from dross.progress import bar
from dross.scoring import anomaly_scores
from dross.tasks.table_output import check_output, table_writer

#: Rows read, scored and written at a time.
CHUNK_ROWS = 100_000


@final
@dataclass(frozen=True)
class Scored:
    """What scoring a file came to.

    Parameters
    ----------
    out : Path
        The file that was written.
    n_rows, n_alarms : int
        How many rows it has, and how many of them are alarms.
    training_data : bool
        Whether these are the rows that the model was fitted on.
    """

    out: Path
    n_rows: int
    n_alarms: int
    training_data: bool


def score(
    model: Model | str | os.PathLike[str],
    data: str | os.PathLike[str] | pd.DataFrame | Any,
    *,
    label: str | None = None,
    id: str | None = None,
) -> pd.DataFrame:
    """Return the anomaly score and the alarm of each row of a table.

    Use :func:`score_file` for files larger than memory.

    Parameters
    ----------
    model : Model or path
        What :func:`dross.tasks.fit` returned, or the folder it was saved to.
    data : path, DataFrame or array of shape (n_samples, n_features)
        A table with the columns of the training table.
    label, id : str, optional
        Columns that are no features; by default those of the training table, where they are there.

    Returns
    -------
    DataFrame
        ``id`` (of the id column, else the row number from 0), ``anomaly_score`` (higher = more anomalous), ``alarm`` (1
        beyond the model's threshold, else 0). Where these are the rows that a refined model was fitted on, also
        ``round_dropped`` (the round of refinement since which the row has been out; 0 = kept) and ``votes`` (how many
        of the ensemble's classifiers rejected it in the last round).

    Raises
    ------
    SchemaError
        If the table is not like the training table; all differences are named.
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
    return pd.concat(_scored_parts(model, data, label, id), ignore_index=True)


def score_file(
    model: Model | str | os.PathLike[str],
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    label: str | None = None,
    id: str | None = None,
) -> Scored:
    """Score a file of any length part by part and write the scores as CSV or Parquet, in the order of the rows.

    Memory does not grow with the file, and the output is written whole or not at all.

    Parameters
    ----------
    model, label, id
        As for :func:`score`.
    data : path
        The file with the rows.
    out : path
        The file for the scores, ``.csv`` or ``.parquet``; its columns are those of :func:`score`.

    Raises
    ------
    DataError, SchemaError, ModelError
        As :func:`score`, and if ``out`` cannot be written.

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
    check_output(out, inputs=(data,))
    model = load(model) if isinstance(model, (str, os.PathLike)) else model
    n_rows = n_alarms = 0
    columns: list[str] = []
    with table_writer(out) as write, bar(count_rows(data), "Scoring") as progress:
        for part in _scored_parts(model, data, label, id):
            write(part)
            columns = list(part.columns)
            n_rows += len(part)
            n_alarms += int(part["alarm"].sum())
            progress.advance(len(part))
    return Scored(Path(out), n_rows, n_alarms, "votes" in columns)


def _scored_parts(model: Model, data: Any, label: str | None, id: str | None) -> Iterator[pd.DataFrame]:
    if isinstance(data, (str, os.PathLike)):
        parts = iter_table(data, chunk_rows=CHUNK_ROWS)
        record = _record(model) if _is_training_file(model, data) else {}
    else:
        whole = read_table(data)
        parts = iter([whole])
        record = _record(model) if whole.checksum == model.provenance.checksum else {}
    first_row = 0
    for part in parts:
        features, ids = split_features(model, part.frame, part.source, label=label, id=id)
        scores = anomaly_scores(model.detector, model.encode(features, source=part.source, first_row=first_row))
        rows = slice(first_row, first_row + len(part))
        yield pd.DataFrame(
            {
                "id": np.arange(rows.start, rows.stop) if ids is None else ids.array,
                "anomaly_score": scores,
                "alarm": alarms_of(model.detector, scores),
                **{name: values[rows] for name, values in record.items()},
            }
        )
        first_row += len(part)


def split_features(
    model: Model, frame: pd.DataFrame, source: str, *, label: str | None, id: str | None
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return the features and the ids of a new table; what it says of anomalies plays no part in scoring."""

    def column(asked: str | None, trained: str | None) -> str | None:
        return asked if asked is not None else trained if trained in frame.columns else None

    known = model.provenance
    features, _, ids = split_columns(frame, column(label, known.label), column(id, known.id), source)
    return features, ids


def _record(model: Model) -> dict[str, NDArray[np.int64]]:
    """Return what refinement said of each training row, or nothing of a detector that is not refined."""
    if not hasattr(model.detector, "votes_"):
        return {}
    return {"round_dropped": model.detector.round_dropped_, "votes": model.detector.votes_}


def _is_training_file(model: Model, data: str | os.PathLike[str]) -> bool:
    # Reading a large file once more only to know it is worth avoiding where its length says no already.
    if not _record(model) or count_rows(data) not in (None, model.provenance.n_rows):
        return False
    return sha256(data) == model.provenance.checksum
