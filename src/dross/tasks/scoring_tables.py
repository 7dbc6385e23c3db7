"""From a model and a table to scores and alarms, part by part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dross.data.labels import split_columns
from dross.data.tables import count_rows, iter_table, read_table
from dross.files import sha256
from dross.persistence import Model
from dross.tasks.verdicts import refinement_record, verdicts_on

#: Rows read, scored and written at a time.
CHUNK_ROWS = 100_000


def scored_rows(model: Model, data: Any, label: str | None, id: str | None) -> Iterator[pd.DataFrame]:
    """Yield what is said of the rows of a table, a part of them at a time where it is a file.

    Raises
    ------
    DataError, SchemaError
        When the part at fault is reached.
    """
    if isinstance(data, (str, os.PathLike)):
        parts = iter_table(data, chunk_rows=CHUNK_ROWS)
        record = refinement_record(model) if _is_training_file(model, data) else {}
    else:
        whole = read_table(data)
        parts = iter([whole])
        record = refinement_record(model) if whole.checksum == model.provenance.checksum else {}
    first_row = 0
    for part in parts:
        features, ids = split_features(model, part.frame, part.source, label=label, id=id)
        rows = slice(first_row, first_row + len(part))
        yield verdicts_on(
            model,
            model.encode(features, source=part.source, first_row=first_row),
            np.arange(rows.start, rows.stop) if ids is None else ids.array,
            {name: values[rows] for name, values in record.items()},
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


def _is_training_file(model: Model, data: str | os.PathLike[str]) -> bool:
    # Reading a large file once more only to know it is worth avoiding where its length says no already.
    if not refinement_record(model) or count_rows(data) not in (None, model.provenance.n_rows):
        return False
    return sha256(data) == model.provenance.checksum
