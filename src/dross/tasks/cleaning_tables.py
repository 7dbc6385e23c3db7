"""From a dirty table to its clean part and a ranked list of suspects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.encoder import TableEncoder
from dross.data.labels import split_columns
from dross.data.tables import Table, read_table
from dross.persistence import Model
from dross.tasks.choosing import Choice
from dross.tasks.fitting_tables import fit_table
from dross.tasks.standing_out import columns_that_stand_out
from dross.tasks.verdicts import kept_and_suspects, refinement_record, verdicts_on


@final
@dataclass(frozen=True)
class Cleaned:
    """A table in two parts.

    Parameters
    ----------
    kept : DataFrame
        The rows that look normal, as they were, in their order.
    suspects : DataFrame
        The others, most anomalous first: ``id``, ``anomaly_score``, ``alarm``, of a refined detector ``votes`` and
        ``round_dropped``, ``stands_out`` (the columns in which the row differs most from the kept ones, in robust
        standard deviations; empty where no column does by itself), then the row as it was.
    model : Model
        What told them apart; it scores new data.
    """

    kept: pd.DataFrame
    suspects: pd.DataFrame
    model: Model


def clean_table(data: Any, choice: Choice, *, label: str | None, id: str | None) -> Cleaned:
    """Split a table into the rows to keep and the suspects.

    Raises
    ------
    DataError
        If the table cannot be used.
    """
    whole = read_table(data)
    features, _, ids = split_columns(whole.frame, label, id, whole.source)
    table = Table(features, None, ids, whole.source, whole.checksum)
    model, X = fit_table(table, choice, label=label, id=id)
    verdicts = verdicts_on(model, X, np.arange(len(X)) if ids is None else ids.array, refinement_record(model))
    kept, said = kept_and_suspects(model, verdicts)
    suspects = said.index.to_numpy()
    said = said.reset_index(drop=True)
    said["stands_out"] = _stands_out(model, X, kept, suspects)
    rest = whole.frame.drop(columns=[id] if id is not None else []).iloc[suspects].reset_index(drop=True)
    rest = rest.rename(columns={name: f"{name} (data)" for name in rest.columns if name in said.columns})
    return Cleaned(whole.frame[kept].reset_index(drop=True), pd.concat([said, rest], axis=1), model)


def _stands_out(model: Model, X: NDArray[Any], kept: NDArray[np.bool_], suspects: NDArray[np.int64]) -> list[str]:
    if not isinstance(model.encoder, TableEncoder) or not kept.any():
        return [""] * len(suspects)
    names = [str(name) for name in model.encoder.get_feature_names_out()]
    return columns_that_stand_out(X[suspects], X[kept], model.encoder.feature_origin_, names)
