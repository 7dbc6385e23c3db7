"""Detectors that learn from labels, made to label the samples themselves: for checks that give them none."""

from __future__ import annotations

from typing import Any, Self

from sklearn.utils.validation import _num_samples

from dross.supervised import ClassifierDetector, CrossValidatedChoice


def labels_of(X: Any) -> list[int]:
    """Return labels by the place of a sample: every third is an anomaly."""
    return [int(number % 3 == 0) for number in range(_num_samples(X))]


class ToldClassifierDetector(ClassifierDetector):  # type: ignore[misc]
    """The detector of any classifier."""

    def fit(self, X: Any, y: Any = None, *, labels: Any = None) -> Self:
        return super().fit(X, y, labels=labels_of(X) if labels is None else labels)


class ToldCrossValidatedChoice(CrossValidatedChoice):  # type: ignore[misc]
    """The choice of a parameter of it."""

    def fit(self, X: Any, y: Any = None, *, labels: Any = None) -> Self:
        return super().fit(X, y, labels=labels_of(X) if labels is None else labels)
