"""What is saved: a fitted detector, the encoder of what it was fitted on, and where both come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.data.encoder import TableEncoder
from dross.data.images.encoder import ImageEncoder
from dross.detector import AbstractDetector
from dross.scoring import anomaly_scores, flipped


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
        The training file or folder, or what messages call the data.
    checksum : str
        SHA-256 of the training data; empty when not known.
    n_rows : int or None
        The number of training rows, or images.
    label, id : str or None
        The columns of the training table that are no features.
    environment : mapping
        What it was fitted on, and when: versions of Python, Dross and the libraries under it, commit, processor.
    skipped : sequence of (str, str)
        The files among the training images that were left out, and why.
    answered : mapping of str to int
        The training samples that somebody gave a label for in a file, by id: 0 normal, 1 an anomaly.
    labels : mapping
        What the detector was told, empty where nothing: ``anomalies``, ``normal`` and ``unknown`` count the training
        samples, ``files`` names the files of answers, and ``own`` says whether the data's own labels are among it.
    false_alarms : mapping of str to number, or None
        What the alarm threshold was set by and on, where it was a target false-alarm rate.
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
    skipped: Sequence[tuple[str, str]] = ()
    answered: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    false_alarms: Mapping[str, float] | None = None


@final
@dataclass(frozen=True)
class Model:
    """A fitted detector together with the encoder in front of it.

    Use it where tables come as files or DataFrames, and images as files: it holds new tables to the columns of the
    training table, and brings new images to the size of the training images. For arrays of numbers the detector alone
    will do.

    Parameters
    ----------
    detector : fitted detector
        What scores.
    encoder : fitted TableEncoder, ImageEncoder or None
        What turns a table, or images, into what the detector takes; ``None`` passes arrays on as they are.
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
    encoder: TableEncoder | ImageEncoder | None = None
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def takes(self) -> Literal["tables", "images"] | None:
        """What it was fitted on; ``None`` where there is no encoder to say so."""
        if self.encoder is None:
            return None
        return "images" if isinstance(self.encoder, ImageEncoder) else "tables"

    def encode(self, data: Any, *, source: str = "new data", first_row: int = 0) -> Any:
        """Return data as the detector takes them.

        Parameters
        ----------
        data : DataFrame or array of shape (n_samples, n_columns), or images
            A table with the columns of the training table, or what :func:`dross.data.images.read_images` takes.
        source : str
            What messages call the data.
        first_row : int, default 0
            The number of a table's first row in messages.

        Returns
        -------
        array of shape (n_samples, n_features), or Images

        Raises
        ------
        SchemaError
            If the data are not like the training data.
        """
        if self.encoder is None:
            return np.asarray(data)
        if isinstance(self.encoder, ImageEncoder):
            return self.encoder.transform(data, source=source)
        return self.encoder.transform(data, source=source, first_row=first_row)

    def anomaly_scores(self, data: Any) -> NDArray[np.float64]:
        """Return the anomaly score of each row of a table, or image, shape (n_samples,): higher = more anomalous."""
        return anomaly_scores(self.detector, self.encode(data))

    def alarms(self, data: Any) -> NDArray[np.int64]:
        """Return 1 for each row, or image, beyond the detector's threshold and 0 for the others, shape (n_samples,)."""
        return alarms_of(self.detector, self.anomaly_scores(data))


def alarms_of(detector: AbstractDetector, scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 1 where an anomaly score lies beyond the detector's threshold and 0 elsewhere, without scoring again."""
    return (flipped(scores) < detector.offset_).astype(np.int64)
