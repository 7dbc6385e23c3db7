"""Metrics of anomaly detection: pure functions of labels (1 anomaly, 0 normal) and anomaly scores.

Scores are higher for more anomalous samples. A metric that is not defined, such as the AUROC of a test set without
anomalies, is ``None`` and never a number that looks like one; `undefined_reason` says why.
"""

from dross.metrics.alarms import AlarmMetrics, Confusion, accuracy, alarm_metrics, balanced_accuracy, confusion
from dross.metrics.checking import undefined_reason
from dross.metrics.intervals import N_RESAMPLES, bootstrap_interval, interval_of_resamples, resampling_weights
from dross.metrics.localisation import aupro, pixel_auroc
from dross.metrics.paired import Difference, bootstrap_difference, corrected_t, holm, mcnemar_exact
from dross.metrics.rankings import auroc, average_precision, average_precision_minority, f1_at_true_count
from dross.metrics.recovery import SMALLEST_GAP, recovery
from dross.metrics.resampled import RESAMPLED, resampled_metrics

__all__ = [
    "N_RESAMPLES",
    "RESAMPLED",
    "SMALLEST_GAP",
    "AlarmMetrics",
    "Confusion",
    "Difference",
    "accuracy",
    "alarm_metrics",
    "aupro",
    "auroc",
    "average_precision",
    "average_precision_minority",
    "balanced_accuracy",
    "bootstrap_difference",
    "bootstrap_interval",
    "confusion",
    "corrected_t",
    "f1_at_true_count",
    "holm",
    "interval_of_resamples",
    "mcnemar_exact",
    "pixel_auroc",
    "recovery",
    "resampled_metrics",
    "resampling_weights",
    "undefined_reason",
]
