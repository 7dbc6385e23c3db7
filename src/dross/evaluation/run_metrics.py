"""The metrics of one run, and why those that are undefined are so."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.fitted_record import reconstruction_errors
from dross.evaluation.split import Split
from dross.metrics import (
    accuracy,
    alarm_metrics,
    auroc,
    average_precision,
    average_precision_minority,
    balanced_accuracy,
    f1_at_true_count,
    undefined_reason,
)
from dross.scoring import NORMAL


def run_metrics(
    split: Split, scores: NDArray[np.float64], alarms: NDArray[np.bool_], detector: Any
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return the metrics of a run by name, and the reason for each that is ``None``.

    Accuracies are measured only where labels were there to learn from: where anomalies are a few of a hundred, they
    say nothing.

    Parameters
    ----------
    split : Split
        Its test labels are what is measured against.
    scores : array of shape (n_test,)
        Anomaly scores, higher = more anomalous.
    alarms : array of shape (n_test,), bool
        Where the detector raised an alarm, at its own threshold.
    detector : fitted detector
        One that reconstructs has mean errors as well.
    """
    labels = split.labels_test
    own = alarm_metrics(labels, alarms)
    metrics = {
        "auroc": auroc(labels, scores),
        "ap": average_precision(labels, scores),
        "ap_minority": average_precision_minority(labels, scores),
        "f1_oracle": f1_at_true_count(labels, scores),
        "f1": own.f1,
        "precision": own.precision,
        "recall": own.recall,
    }
    if split.labels_given is not None:
        metrics |= {"accuracy": accuracy(labels, alarms), "balanced_accuracy": balanced_accuracy(labels, alarms)}
    metrics |= reconstruction_errors(detector, labels, scores)
    reason = undefined_reason(labels) or "the detector raised no alarm on the test set"
    undefined = {name: reason for name, value in metrics.items() if value is None}
    if split.test_unseen is not None:
        of_unseen = split.test_unseen | (labels == NORMAL)
        metrics["auroc_unseen"] = auroc(labels[of_unseen], scores[of_unseen])
        if metrics["auroc_unseen"] is None:
            undefined["auroc_unseen"] = "the test set has no anomaly of a class never seen, or no normal sample"
    return metrics, undefined
