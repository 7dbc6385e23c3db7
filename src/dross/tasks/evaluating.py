"""What detectors are worth on a labelled table, at several contaminations."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from dross.catalog import build
from dross.data.dataset import Dataset, make_dataset
from dross.data.encoder import TableEncoder
from dross.data.named import load_dataset
from dross.data.tables import SUFFIXES, read_table
from dross.errors import DataError, ParameterError
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.protocols import ProtocolName
from dross.evaluation.results import open_results
from dross.evaluation.run import TRAININGS, Training
from dross.evaluation.summary import summarise
from dross.evaluation.sweep import run_sweep
from dross.scoring import UNKNOWN
from dross.tasks import defaults


def evaluate(
    data: str | os.PathLike[str],
    *,
    detectors: Sequence[str] = defaults.EVALUATED,
    training: Sequence[Training] = TRAININGS,
    protocol: ProtocolName = "controlled",
    contamination: Sequence[float] | None = None,
    seeds: int = defaults.N_SEEDS,
    parameters: Mapping[str, Any] | None = None,
    max_train: int | None = None,
    label: str | None = None,
    id: str | None = None,
    workers: int = 1,
    results: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Measure detectors on one labelled table and return a row a metric: mean, spread and interval over seeds.

    Use it for a first look, and a run file with :func:`dross.tasks.sweep` for figures that others shall repeat.

    Parameters
    ----------
    data : str or path
        The name of a data set (:func:`dross.tasks.datasets`), or a file with a label column. A file's columns are
        encoded once, from all its rows; whatever learns from data beyond that is fitted on training rows alone.
    detectors : sequence of str
        Names of the catalogue, without ``srr-``.
    training : sequence of {"blind", "refined", "oracle"}
        Without refinement, with it, and on the training rows without their anomalies.
    protocol : {"controlled", "paper", "adbench"}, default "controlled"
        How the table becomes training and test set.
    contamination : sequence of float, optional
        Shares of anomalies among the training rows; by default 0, 0.02 and 0.05; the table's own under ``adbench``.
    seeds : int, default 5
        How often each is repeated.
    parameters : mapping, optional
        Parameters of every detector that takes them.
    max_train : int, optional
        The largest training size.
    label, id : str
        Columns of a file.
    workers : int, default 1
        Processes.
    results : path, optional
        The results file to keep, for :func:`dross.tasks.report`; by default none is.

    Returns
    -------
    DataFrame
        With the columns of ``summary.csv``.

    Raises
    ------
    ParameterError
        With every mistake: unknown names, and ratios that the table cannot give.
    DataError
        If the table cannot be used, or has no labels.

    Examples
    --------
    >>> table = evaluate("breast-cancer", detectors=["gaussian"], training=["blind"], contamination=[0.0], seeds=2)
    >>> table.loc[table["metric"] == "auroc", "n_seeds"].tolist()
    [2]
    """
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise ParameterError(f"seeds is {seeds!r}; it must be a whole number of at least 1")
    ratios = contamination if contamination is not None else () if protocol == "adbench" else defaults.CONTAMINATION
    loader = functools.partial(load_labelled, label=label, id=id)
    load = functools.lru_cache(maxsize=1)(loader)
    load(str(data))  # what is wrong with the table is told by itself, before what is wrong with the rest
    asked = Sweep(
        name=Path(data).stem,
        datasets=(str(data),),
        protocol=protocol,
        contamination=tuple(ratios),
        seeds=tuple(range(seeds)),
        detectors=tuple(DetectorPlan(name, tuple(training), dict(parameters or {})) for name in detectors),
        max_train=max_train,
        title=f"Evaluation on {data}",
    )
    plan = make_plan(asked, build=build, load=load)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(results) if results is not None else Path(folder) / "results.sqlite"
        outcome = run_sweep(plan, target, build=build, load=loader, workers=workers)
        with open_results(outcome.path) as stored:
            rows = list(stored.rows())
    failed = [f"{row.key}: {row.error}" for row in rows if row.status == "failed"]
    if len(failed) == len(rows):
        raise DataError(f"every run failed; the first: {failed[0]}")
    return pd.DataFrame([{**row.cell._asdict(), **asdict(row), "cell": None} for row in summarise(rows)]).drop(
        columns="cell"
    )


def load_labelled(name: str, *, label: str | None = None, id: str | None = None) -> Dataset:
    """Return a named data set, or a file with a label column as one.

    Parameters
    ----------
    name : str
        The name of a data set, or the path of a file.
    label, id : str, optional
        Columns of a file.

    Raises
    ------
    DataError
        If there is no such thing, or a row has no label.
    """
    if Path(name).suffix.lower() not in SUFFIXES and not Path(name).is_file():
        return load_dataset(name)
    table = read_table(name, label=label, id=id)
    if table.labels is None:
        raise DataError(f"{name}: detectors are measured against labels: name the label column (--label COLUMN)")
    known = table.labels != UNKNOWN
    encoder = TableEncoder()
    X = encoder.fit_transform(table.frame, source=name)
    names = tuple(str(feature) for feature in encoder.get_feature_names_out())
    left_out = int((~known).sum())
    notes = (f"{left_out} rows without a label are left out",) if left_out else ()
    return make_dataset(
        str(name), X[known], table.labels[known], feature_names=names, checksum=table.checksum, source=name, notes=notes
    )
