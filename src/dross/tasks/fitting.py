"""From a dirty table to a model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from dross.catalog import build
from dross.data.encoder import TableEncoder
from dross.data.tables import Table, read_table
from dross.errors import DataError
from dross.evaluation.environment import describe_environment
from dross.persistence import Model, Provenance, save
from dross.persistence.folder import check_target
from dross.tasks import defaults
from dross.tasks.table_output import check_place


def fit(
    data: str | os.PathLike[str] | pd.DataFrame | Any,
    *,
    detector: str = defaults.DETECTOR,
    parameters: Mapping[str, Any] | None = None,
    label: str | None = None,
    id: str | None = None,
    out: str | os.PathLike[str] | None = None,
    seed: int | None = defaults.SEED,
) -> Model:
    """Learn from a table, anomalies and all, a model that scores new data.

    Parameters
    ----------
    data : path, DataFrame or array of shape (n_samples, n_features)
        The table; see :func:`dross.data.tables.read_table`. It may have missing cells, words and dates.
    detector : str, default "srr-gaussian"
        A name of the catalogue; :func:`dross.tasks.detectors` lists them with what each assumes of the table.
    parameters : mapping, optional
        Parameters of the detector beside its defaults.
    label, id : str, optional
        Columns that are no features: what is known of the rows, which is not used, and what names them.
    out : path, optional
        The folder to save the model to.
    seed : int or None, default 0
        Of everything random; ``None`` draws another each time.

    Raises
    ------
    DataError
        If the table cannot be used.
    ParameterError
        If the detector or a parameter is not known or out of its range.
    ModelError
        If ``out`` is there and no model, or the detector cannot be saved.

    Examples
    --------
    >>> import numpy as np
    >>> parts = np.random.default_rng(0).normal(size=(200, 3))
    >>> model = fit(parts, detector="gaussian")
    >>> model.alarms([[0.0, 0.0, 0.0], [9.0, 9.0, 9.0]]).tolist()
    [0, 1]
    """
    if out is not None:
        check_target(out)
        check_place(out)
    build(detector, random_state=seed, **(parameters or {}))  # what is misspelt shows before a large file is read
    table = read_table(data, label=label, id=id)
    model, _ = fit_table(table, detector=detector, parameters=parameters, label=label, id=id, seed=seed)
    if out is not None:
        save(out, model)
    return model


def fit_table(
    table: Table,
    *,
    detector: str,
    parameters: Mapping[str, Any] | None,
    label: str | None,
    id: str | None,
    seed: int | None,
) -> tuple[Model, NDArray[Any]]:
    """Return the model of a table that has been read, and the array that its detector was fitted on."""
    encoder = TableEncoder().fit(table.frame, source=table.source)
    X = encoder.transform(table.frame, source=table.source)
    estimator = build(detector, random_state=seed, **(parameters or {}))
    try:
        estimator.fit(X)
    except DataError as error:
        raise DataError(f"{table.source}: {error}") from error
    provenance = Provenance(
        detector=detector,
        parameters=dict(parameters or {}),
        seed=seed,
        source=table.source,
        checksum=table.checksum,
        n_rows=len(table),
        label=label,
        id=id,
        environment=describe_environment(),
    )
    return Model(estimator, encoder, provenance), X
