"""What the adapter of classifiers refuses, and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from dross.errors import DataError, ParameterError, TooFewSamplesError
from dross.one_class import NearestNeighbors
from dross.representations import Identity
from dross.supervised import ClassifierDetector
from tests.planted import plant

TABLE = plant(contamination=0.2, n_train=200)


def message(detector: Any, X: Any, labels: Any, error: type[Exception]) -> str:
    with pytest.raises(error) as told:
        detector.fit(X, labels=labels)
    return str(told.value)


KNN = ClassifierDetector(KNeighborsClassifier(1))
NEEDS = "ClassifierDetector learns from labelled anomalies beside labelled normal samples, and "


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (
            None,
            NEEDS + "there are no labels: give fit(X, labels=...) with 0 for normal, 1 for an anomaly, -1 for not "
            "known, or use a detector that needs none",
        ),
        (
            [0, 0, -1],
            NEEDS
            + "none of the 3 labels says anomaly (1), while 2 say normal (0): label some anomalies, or use a detector "
            "that needs none",
        ),
        (
            [1, 1, -1],
            NEEDS + "none of the 3 labels says normal (0), while 2 say anomaly (1): label some normal samples, or set "
            "unlabelled to normal (on the command line --set unlabelled=normal) where nearly all that are not "
            "labelled are",
        ),
        ([0, 1], "labels have the shape (2,), but there are 3 samples: give one label each"),
    ],
)
def test_labels_that_do_not_do_are_told(labels: Any, expected: str) -> None:
    assert message(KNN, np.eye(3), labels, DataError) == expected


def test_one_sample_is_too_few() -> None:
    assert message(KNN, np.eye(1), [1], TooFewSamplesError) == (
        "ClassifierDetector needs at least 2 samples to fit, found 1 sample: give it more"
    )


def test_too_few_for_smote_says_the_largest() -> None:
    X, labels = np.random.default_rng(0).normal(size=(20, 2)), np.repeat([0, 1], [16, 4])
    detector = ClassifierDetector(KNeighborsClassifier(1), smote=True)
    assert message(detector, X, labels, DataError) == (
        "SMOTE makes up samples between each of the anomalies and its 5 nearest others, and there are only 4 labelled "
        "anomalies to learn from: give smote_neighbors = 3 at most, or turn smote off"
    )
    detector.set_params(smote_neighbors=3).fit(X, labels=labels)
    assert message(detector, X, np.repeat([1, 0], [19, 1]), DataError) == (
        "SMOTE makes up samples between each of the normal samples and its 3 nearest others, and there is only 1 "
        "labelled normal sample to learn from: label more of them, or turn smote off"
    )


def test_more_components_or_folds_than_there_are_is_told() -> None:
    X, labels = np.random.default_rng(0).normal(size=(20, 3)), np.repeat([0, 1], [16, 4])
    assert message(KNN.set_params(n_components=4), X, labels, ParameterError) == (
        "n_components is 4, and 20 training samples of 3 features have 3: give at most that"
    )
    KNN.set_params(n_components=None)
    folded = ClassifierDetector(KNeighborsClassifier(1), threshold="validation-f1")
    assert message(folded, X, labels, DataError) == (
        "n_folds is 5, and there are 4 labelled anomalies, of which each fold must have one: give at most 4"
    )


def test_all_wrong_parameters_are_told_at_once() -> None:
    detector = ClassifierDetector(
        NearestNeighbors(),
        "pixels",
        n_components=0,
        smote="yes",  # type: ignore[arg-type]
        smote_neighbors=0,
        augment="yes",  # type: ignore[arg-type]
        n_copies=0,
        unlabelled="drop",  # type: ignore[arg-type]
        threshold="halve",  # type: ignore[arg-type]
        false_alarm_rate=1.0,
        n_folds=1,
    )
    told = message(detector, TABLE.X_train, TABLE.labels_train, ParameterError)
    assert told.splitlines() == [
        "11 mistakes:",
        "  - n_components is 0; it must be a whole number of at least 1",
        "  - smote is 'yes'; it must be true or false",
        "  - smote_neighbors is 0; it must be a whole number of at least 1",
        "  - augment is 'yes'; it must be true or false",
        "  - n_copies is 0; it must be a whole number of at least 1",
        "  - unlabelled is 'drop'; it must be 'left out' or 'normal'",
        "  - threshold is 'halve'; it must be 'half', 'contamination', 'false-alarms' or 'validation-f1'; did you mean "
        "'half'?",
        "  - false_alarm_rate is 1.0; it must be a share in (0, 1)",
        "  - n_folds is 1; it must be a whole number of at least 2",
        "  - representation is 'pixels'; it must be an unfitted estimator with fit and transform",
        "  - classifier is NearestNeighbors(); it must be a classifier with predict_proba or decision_function",
    ]


def test_rows_of_a_table_are_not_augmented() -> None:
    detector = ClassifierDetector(SVC(), Identity(), augment=True)
    assert message(detector, TABLE.X_train, TABLE.labels_train, ParameterError) == (
        "augment is True, and only images can be mirrored and turned: leave it out, or give a representation of images"
    )


def test_a_contamination_that_nothing_goes_by_is_told() -> None:
    detector = ClassifierDetector(SVC(), Identity(), contamination=0.05)
    assert message(detector, TABLE.X_train, TABLE.labels_train, ParameterError) == (
        "contamination is 0.05, and threshold is 'half', which does not go by it: give threshold = 'contamination', or "
        "leave contamination at 'auto'"
    )
