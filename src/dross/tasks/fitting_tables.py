"""From a dirty table to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from dross.data.encoder import TableEncoder
from dross.data.tables import Table
from dross.evaluation.environment import describe_environment
from dross.persistence import Model, Provenance
from dross.tasks.answered_labels import Answers, answered
from dross.tasks.choosing import Choice
from dross.tasks.false_alarms import threshold_by_rate
from dross.tasks.known_labels import told_labels
from dross.tasks.learned_labels import gathered_labels, naming, record_of_labels


def fit_table(
    table: Table,
    choice: Choice,
    *,
    label: str | None,
    id: str | None,
    use_labels: bool = False,
    answers: Answers | Sequence[Answers] | None = None,
    false_alarms: float | None = None,
) -> tuple[Model, NDArray[Any]]:
    """Return the model of a table that has been read, and the array that its detector was fitted on.

    Raises
    ------
    DataError
        If the table cannot be used.
    """
    encoder = TableEncoder().fit(table.frame, source=table.source)
    X = encoder.transform(table.frame, source=table.source)
    estimator: Any = choice.build()
    ids = table.ids if table.ids is not None else range(len(table))
    labels = gathered_labels(table.labels, answers, ids, table.source, use_labels=use_labels)
    told = told_labels(choice.name, estimator, labels, table.source, asked=use_labels or answers is not None)
    record = record_of_labels(told.get("labels"), answers, use_labels=use_labels)
    with naming(choice.name, estimator, record, table.source):
        estimator.fit(X, **told)
    alarms = threshold_by_rate(estimator, X, false_alarms, told.get("labels"))
    provenance = Provenance(
        detector=choice.name,
        parameters=dict(choice.parameters),
        seed=choice.seed,
        source=table.source,
        checksum=table.checksum,
        n_rows=len(table),
        label=label,
        id=id,
        answered={} if answers is None or labels is None else answered(labels, ids),
        labels=record,
        false_alarms=None if alarms is None else asdict(alarms),
        environment=describe_environment(),
    )
    return Model(estimator, encoder, provenance), X
