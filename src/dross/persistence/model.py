"""What is saved: a fitted detector, the encoder of the tables it was fitted on, and where both come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from dross.detector import AbstractDetector
from dross.scoring import anomaly_scores, flipped

if TYPE_CHECKING:
    from dross.data.encoder import TableEncoder


@final
@dataclass(frozen=True)
class Provenance:
    """Where a model comes from: enough to fit it again, and to know its training data when they are scored.

    Parameters
    ----------
    detector : str
        The name in the catalogue, or the name of the class.
    parameters : mapping
        What was set beside the defaults.
    seed : int or None
        The ``random_state`` it was built with.
    source : str
        The training file, or what messages call the table.
    checksum : str
        SHA-256 of the training data; empty when not known.
    n_rows : int or None
        The number of training rows.
    label, id : str or None
        The columns of the training table that are no features.
    environment : mapping
        What it was fitted on, and when: versions of Python, Dross and the libraries under it, commit, processor.
    """

    detector: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    source: str = ""
    checksum: str = ""
    n_rows: int | None = None
    label: str | None = None
    id: str | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Model:
    """A fitted detector together with the encoder in front of it.

    Use it where tables come as files or DataFrames: it holds new ones to the columns of the training table. For arrays
    of numbers the detector alone will do.

    Parameters
    ----------
    detector : fitted detector
        What scores.
    encoder : fitted TableEncoder or None
        What turns a table into the detector's array; ``None`` passes arrays on as they are.
    provenance : Provenance
        Where it comes from.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> model = Model(GaussianDensity().fit([[0.0], [1.0], [2.0], [1.0]]))
    >>> model.alarms([[1.0], [99.0]]).tolist()
    [0, 1]
    """

    detector: AbstractDetector
    encoder: TableEncoder | None = None
    provenance: Provenance = field(default_factory=Provenance)

    def encode(self, data: Any, *, source: str = "new data", first_row: int = 0) -> NDArray[Any]:
        """Return a table as the array that the detector takes.

        Parameters
        ----------
        data : DataFrame or array of shape (n_samples, n_columns)
            A table with the columns of the training table.
        source : str
            What messages call the table.
        first_row : int, default 0
            The number of its first row in messages.

        Raises
        ------
        SchemaError
            If the table is not like the training table.
        """
        if self.encoder is None:
            return np.asarray(data)
        return self.encoder.transform(data, source=source, first_row=first_row)

    def anomaly_scores(self, data: Any) -> NDArray[np.float64]:
        """Return the anomaly score of each row of a table, shape (n_samples,): higher = more anomalous."""
        return anomaly_scores(self.detector, self.encode(data))

    def alarms(self, data: Any) -> NDArray[np.int64]:
        """Return 1 for each row beyond the detector's threshold and 0 for the others, shape (n_samples,)."""
        return alarms_of(self.detector, self.anomaly_scores(data))


def alarms_of(detector: AbstractDetector, scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 1 where an anomaly score lies beyond the detector's threshold and 0 elsewhere, without scoring again."""
    return (flipped(scores) < detector.offset_).astype(np.int64)
