"""What each metric is called in a report, how it is printed and what it means in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class MetricWords:
    """How one metric appears in a report."""

    key: str
    label: str
    meaning: str
    scale: float = 100.0
    digits: int = 1
    significant: bool = False

    @property
    def short(self) -> str:
        """The label where it is plain that decisions were made at the detector's own threshold.

        Examples
        --------
        >>> METRICS["f1"].label, METRICS["f1"].short
        ('F1 at own threshold', 'F1')
        """
        return self.label.removesuffix(" at own threshold")

    def shown(self, value: float | None) -> str:
        """Return the value as it is printed, an en dash where it is not defined.

        Examples
        --------
        >>> METRICS["auroc"].shown(0.98765), METRICS["auroc"].shown(None)
        ('98.8', '–')
        """
        if value is None:
            return "–"
        if self.significant:  # of any size: three digits that say something
            text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
        else:
            text = f"{value * self.scale:.{self.digits}f}"
        return text.replace("-", "−") if float(text) else text.lstrip("-")

    def shown_gain(self, value: float | None) -> str:
        """Return a difference as it is printed: always signed, with a true minus.

        Examples
        --------
        >>> METRICS["auroc"].shown_gain(0.0123), METRICS["auroc"].shown_gain(-0.2)
        ('+1.2', '−20.0')
        """
        if value is None:
            return "–"
        text = f"{value * self.scale:+.{self.digits}f}"
        return text.replace("-", "−") if float(text) else text.lstrip("+-")


_ALL = (
    MetricWords(
        "auroc",
        "AUROC",
        "Chance that a random anomaly scores higher than a random normal sample, in percent; 50 is guessing.",
    ),
    MetricWords(
        "auroc_unseen",
        "AUROC, unseen classes",
        "The same with the anomalies of those classes alone of which no labelled anomaly was in the training set.",
    ),
    MetricWords(
        "auroc_within",
        "AUROC within categories",
        "Mean over the categories of mixed parts of the AUROC among the images of one alone.",
    ),
    MetricWords(
        "auroc_pooling", "AUROC, pooled minus within", "Below 0 where scores of one category are not those of another."
    ),
    MetricWords(
        "adjusted_rand",
        "Clusters, training",
        "Adjusted Rand index of clusters and categories: 1 where they are the same, 0 where they agree by chance.",
        scale=1.0,
        digits=2,
    ),
    MetricWords("adjusted_rand_test", "Clusters, test", "The same of test images.", scale=1.0, digits=2),
    MetricWords("n_clusters", "Number of clusters", "How many were found.", scale=1.0, digits=1),
    MetricWords(
        "pixel_auroc",
        "Pixel AUROC",
        "Chance that a random pixel of a defect scores higher than a random other pixel; large defects decide it.",
    ),
    MetricWords(
        "aupro",
        "AUPRO",
        "Mean overlap with each defect, up to 30 % of false positive pixels; a small defect counts as a large one.",
    ),
    MetricWords(
        "ap", "AP", "Average precision with anomalies as the positive class; guessing gives the share of anomalies."
    ),
    MetricWords(
        "ap_minority",
        "AP (minority)",
        "Average precision with the test set's minority class as positive, as some papers count it.",
    ),
    MetricWords(
        "f1_oracle",
        "F1 at the true count",
        "F1 when exactly as many samples are flagged as there are anomalies. It needs the true count, which nobody "
        "has in practice.",
    ),
    MetricWords(
        "accuracy",
        "Accuracy",
        "Share of the test samples judged rightly at the own threshold; to raise no alarm gets the share of normals.",
    ),
    MetricWords(
        "balanced_accuracy",
        "Balanced accuracy",
        "Mean of the shares of anomalies and of normals judged rightly at the own threshold; 50 is guessing.",
    ),
    MetricWords("f1", "F1 at own threshold", "F1 at the alarm threshold that the detector set for itself."),
    MetricWords("precision", "Precision at own threshold", "Share of the alarms that are anomalies."),
    MetricWords("recall", "Recall at own threshold", "Share of the anomalies that raise an alarm."),
    MetricWords(
        "recovery",
        "Recovery",
        "(refined − blind) / (oracle − blind) on AUROC: 1 wins back everything that contamination cost, 0 nothing, and "
        "below 0 it makes things worse.",
        scale=1.0,
        digits=2,
    ),
    MetricWords("auroc_gain", "AUROC gained", ""),
    MetricWords("ap_gain", "AP gained", ""),
    MetricWords("ap_minority_gain", "AP (minority) gained", ""),
    MetricWords("f1_oracle_gain", "F1 gained", ""),
    MetricWords(
        "mean_error_normal",
        "Mean error of normals",
        "Mean anomaly score of the normal test samples, in the detector's own measure of the error of reconstruction.",
        scale=1.0,
        significant=True,
    ),
    MetricWords(
        "mean_error_anomaly",
        "Mean error of anomalies",
        "The same of the anomalous test samples.",
        scale=1.0,
        significant=True,
    ),
    MetricWords("seconds", "Seconds", "", scale=1.0, digits=2),
    MetricWords("fit_seconds", "Seconds to fit", "", scale=1.0, digits=2),
    MetricWords("scoring_seconds", "Seconds to score", "All test samples together.", scale=1.0, digits=2),
    MetricWords(
        "dropped_contaminants",
        "Contaminants dropped",
        "Share of the anomalies in the training set that refinement dropped.",
    ),
    MetricWords(
        "lost_normals", "Normals lost", "Share of the normal training samples that refinement dropped as well."
    ),
)

#: Every metric that a report knows, in the order in which it is shown.
METRICS: dict[str, MetricWords] = {metric.key: metric for metric in _ALL}

#: The metrics that are drawn against contamination and compared pairwise.
COMPARED = ("auroc", "auroc_unseen", "ap", "ap_minority", "f1_oracle", "f1")

#: Beside them where accuracies were measured.
DECIDED = ("accuracy", "balanced_accuracy", "precision", "recall")


def metric_words(key: str) -> MetricWords:
    """Return the words for a metric; one that is not known is shown under its own name.

    Examples
    --------
    >>> metric_words("auroc").label, metric_words("hits").label
    ('AUROC', 'hits')
    """
    return METRICS.get(key, MetricWords(key, key, "", scale=1.0, digits=3))
