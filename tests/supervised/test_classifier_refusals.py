"""What the adapter of classifiers refuses, and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from dross.errors import DataError, ParameterError, TooFewSamplesError
from dross.one_class import NearestNeighbors
from dross.representations import Identity
from dross.supervised import ClassifierDetector, CrossValidatedChoice
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


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [
        (SVC(C=-1), "C is -1; it must be a positive number"),
        (SVC(C="abc"), "C is 'abc'; it must be a positive number"),
        (SVC(gamma="foo"), "gamma is 'foo'; it must be one of 'auto', 'scale' or a number of at least 0"),
        (
            SVC(kernel="rfb"),
            "kernel is 'rfb'; it must be one of 'linear', 'poly', 'precomputed', 'rbf', 'sigmoid' or a callable; did "
            "you mean 'rbf'?",
        ),
        (KNeighborsClassifier(0), "n_neighbors is 0; it must be a whole number of at least 1"),
        (KNeighborsClassifier(2.5), "n_neighbors is 2.5; it must be a whole number of at least 1"),
        (KNeighborsClassifier(None), "n_neighbors is None; it must be a whole number of at least 1"),
        (HistGradientBoostingClassifier(learning_rate=-1), "learning_rate is -1; it must be a positive number"),
        (HistGradientBoostingClassifier(max_iter=0), "max_iter is 0; it must be a whole number of at least 1"),
    ],
)
def test_wrong_settings_of_the_classifier_are_told_like_others(classifier: Any, expected: str) -> None:
    assert message(ClassifierDetector(classifier), TABLE.X_train, TABLE.labels_train, ParameterError) == expected


def test_what_the_classifier_refuses_beside_the_samples_is_told() -> None:
    told = message(ClassifierDetector(SVC(kernel="precomputed")), np.eye(5)[:, :3], [0, 1, 0, 1, 1], ParameterError)
    assert told.startswith("SVC does not learn from 5 samples with the settings it has: Precomputed matrix must be")


def test_more_neighbours_than_samples_are_told_and_where_folds_hold_fewer() -> None:
    X, labels = np.random.default_rng(0).normal(size=(20, 2)), np.repeat([0, 1], [12, 8])
    detector = ClassifierDetector(KNeighborsClassifier(21))
    assert message(detector, X, labels, ParameterError) == (
        "n_neighbors is 21, and there are 20 samples to learn from: give at most that"
    )
    folded = ClassifierDetector(KNeighborsClassifier(18), threshold="false-alarms", n_folds=4)
    held_out = "in each fold, where one of n_folds = 4 parts is held out: n_neighbors is 18, and there are 15 samples "
    assert message(folded, X, labels, ParameterError) == held_out + "to learn from: give at most that"
    choice = CrossValidatedChoice(detector, "classifier__n_neighbors", [1, 18], n_folds=4)
    assert message(choice, X, labels, ParameterError) == held_out + "to learn from: give at most that"
    choice.set_params(values=[1, 0])
    assert message(choice, X, labels, ParameterError) == "n_neighbors is 0; it must be a whole number of at least 1"


def test_too_few_for_smote_in_folds_says_that_it_is_there() -> None:
    X, labels = np.random.default_rng(0).normal(size=(20, 2)), np.repeat([0, 1], [16, 4])
    smote = ClassifierDetector(SVC(), smote=True, smote_neighbors=3, threshold="validation-f1", n_folds=4)
    assert message(smote, X, labels, DataError) == (
        "in each fold, where one of n_folds = 4 parts is held out: SMOTE makes up samples between each of the "
        "anomalies and its 3 nearest others, and there are only 3 labelled anomalies to learn from: give "
        "smote_neighbors = 2 at most, or turn smote off"
    )
