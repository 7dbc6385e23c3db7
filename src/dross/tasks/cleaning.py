"""From a dirty table to its clean part and a ranked list of suspects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.catalog import build
from dross.data.labels import split_columns
from dross.data.tables import Table, read_table
from dross.persistence import Model
from dross.persistence.model import alarms_of
from dross.scoring import NORMAL, anomaly_scores
from dross.tasks import defaults
from dross.tasks.fitting import fit_table
from dross.tasks.standing_out import columns_that_stand_out


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


def clean(
    data: str | os.PathLike[str] | pd.DataFrame | Any,
    *,
    detector: str = defaults.DETECTOR,
    parameters: Mapping[str, Any] | None = None,
    label: str | None = None,
    id: str | None = None,
    seed: int | None = defaults.SEED,
) -> Cleaned:
    """Split a table into the rows to keep and the suspects.

    A refined detector keeps what its ensemble kept in the last round; of a detector that is not refined, the rows that
    raise no alarm are kept. Suspects are for somebody to look at: some of them are rare normal rows.

    Parameters
    ----------
    data, detector, parameters, label, id, seed
        As for :func:`dross.tasks.fit`. Labels are not used, and stay in the table.

    Raises
    ------
    DataError, ParameterError
        As :func:`dross.tasks.fit`.

    Examples
    --------
    >>> rows = pd.DataFrame({"size": [*np.random.default_rng(0).normal(size=99), 30.0]})
    >>> cleaned = clean(rows, detector="gaussian", parameters={"contamination": 0.01})
    >>> len(cleaned.kept), cleaned.suspects["id"].tolist()
    (99, [99])
    """
    build(detector, random_state=seed, **(parameters or {}))  # what is misspelt shows before a large file is read
    whole = read_table(data)
    features, _, ids = split_columns(whole.frame, label, id, whole.source)
    table = Table(features, None, ids, whole.source, whole.checksum)
    model, X = fit_table(table, detector=detector, parameters=parameters, label=label, id=id, seed=seed)
    scores = anomaly_scores(model.detector, X)
    alarms = alarms_of(model.detector, scores)
    kept = np.asarray(getattr(model.detector, "inlier_mask_", alarms == NORMAL))
    suspects = np.flatnonzero(~kept)
    suspects = suspects[np.argsort(-scores[suspects], kind="stable")]
    said = _said_of(model, scores, alarms, ids).iloc[suspects].reset_index(drop=True)
    said["stands_out"] = _stands_out(model, X, kept, suspects)
    rest = whole.frame.drop(columns=[id] if id is not None else []).iloc[suspects].reset_index(drop=True)
    rest = rest.rename(columns={name: f"{name} (data)" for name in rest.columns if name in said.columns})
    return Cleaned(whole.frame[kept].reset_index(drop=True), pd.concat([said, rest], axis=1), model)


def _said_of(
    model: Model, scores: NDArray[np.float64], alarms: NDArray[np.int64], ids: pd.Series | None
) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "id": np.arange(len(scores)) if ids is None else ids.array,
        "anomaly_score": scores,
        "alarm": alarms,
    }
    if hasattr(model.detector, "votes_"):
        columns |= {"votes": model.detector.votes_, "round_dropped": model.detector.round_dropped_}
    return pd.DataFrame(columns)


def _stands_out(model: Model, X: NDArray[Any], kept: NDArray[np.bool_], suspects: NDArray[np.intp]) -> list[str]:
    if model.encoder is None or not kept.any():
        return [""] * len(suspects)
    names = [str(name) for name in model.encoder.get_feature_names_out()]
    return columns_that_stand_out(X[suspects], X[kept], model.encoder.feature_origin_, names)
