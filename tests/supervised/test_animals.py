"""The published figures of three hundred labelled pictures, where the data are there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from dross.catalog import build
from dross.data.named_images import ImageDataset, load_image_dataset
from dross.scoring import anomaly_scores

pytestmark = pytest.mark.data("animals")


@pytest.fixture(scope="module")
def animals() -> ImageDataset:
    return load_image_dataset("animals")


def labels_of(dataset: ImageDataset) -> NDArray[np.int64]:
    return (dataset.classes != dataset.class_names.index("normal")).astype(np.int64)


def fitted(detector: Any, animals: ImageDataset) -> tuple[Any, NDArray[np.uint8], NDArray[np.int64]]:
    """Return a detector fitted on the training split, and the test split."""
    labels, test = labels_of(animals), animals.test
    return detector.fit(animals.X[~test], labels=labels[~test]), animals.X[test], labels[test]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, (70.00, 58.33, 35.00, 43.75)), ({"n_components": 2}, (73.33, 59.09, 65.00, 61.90))],
    ids=["pixels", "two components"],
)
def test_three_neighbours_come_to_exactly_what_is_published(
    animals: ImageDataset, parameters: dict[str, Any], expected: tuple[float, ...]
) -> None:
    detector, X, labels = fitted(build("pixel-knn-classifier", **parameters), animals)
    alarms = detector.predict(X) == -1
    measures = (accuracy_score, precision_score, recall_score, f1_score)
    assert tuple(round(100 * float(measure(labels, alarms)), 2) for measure in measures) == expected


def test_what_cross_validation_chooses_on_the_training_split_holds_on_the_test_split(animals: ImageDataset) -> None:
    detector, X, labels = fitted(build("descriptor-svm-cv", random_state=0), animals)
    alarms = detector.predict(X) == -1
    assert (alarms == labels).sum() >= 52
    assert f1_score(labels, alarms) >= 0.80


def test_descriptors_hold_in_repeated_folds_over_all(animals: ImageDataset) -> None:
    labels = labels_of(animals)
    accuracies, aurocs = [], []
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
    for train, test in folds.split(animals.X, labels):
        detector: Any = build("descriptor-svm", random_state=0)
        detector.fit(animals.X[train], labels=labels[train])
        accuracies.append(((detector.predict(animals.X[test]) == -1) == labels[test]).mean())
        aurocs.append(roc_auc_score(labels[test], anomaly_scores(detector, animals.X[test])))
    assert np.mean(accuracies) >= 0.87
    assert np.mean(aurocs) >= 0.93


def test_normals_alone_do_for_more_than_a_grey_card(animals: ImageDataset) -> None:
    labels = labels_of(animals)
    aurocs: dict[str, list[float]] = {"constant-image": [], "descriptor-ensemble": []}
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=0)
    for train, test in folds.split(animals.X, labels):
        for name, found in aurocs.items():
            detector = build(name, random_state=0).fit(animals.X[train[labels[train] == 0]])
            found.append(float(roc_auc_score(labels[test], anomaly_scores(detector, animals.X[test]))))
    assert np.mean(aurocs["descriptor-ensemble"]) > np.mean(aurocs["constant-image"]) + 0.01
