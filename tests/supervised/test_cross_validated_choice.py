"""A parameter chosen by cross-validation: the figures are those of scikit-learn's, and the folds are kept apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from dross.errors import DataError, ParameterError
from dross.persistence import load, save
from dross.representations import ColourAndGradients, Identity
from dross.supervised import ClassifierDetector, CrossValidatedChoice
from dross.supervised import cross_validated_choice as module
from tests.persistence.bits import bits
from tests.planted_pictures import plant_defects
from tests.supervised.test_classifier_detector import overlapping

X, LABELS = overlapping(150)
KNN = ClassifierDetector(KNeighborsClassifier())
NEIGHBORS = [1, 3, 5, 25]


def chosen(**changed: Any) -> CrossValidatedChoice:
    given = {"detector": KNN, "parameter": "classifier__n_neighbors", "values": NEIGHBORS, "random_state": 0, **changed}
    return CrossValidatedChoice(**given)


def test_the_figures_are_those_of_scikit_learn() -> None:
    choice = chosen(n_repeats=2).fit(X, labels=LABELS)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=seed)
    names = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "f1", "auroc": "roc_auc"}
    for place, k in enumerate(NEIGHBORS):
        expected = cross_validate(KNeighborsClassifier(k), X, LABELS, cv=folds, scoring=list(names.values()))
        for ours, theirs in names.items():
            figures = expected[f"test_{theirs}"]
            assert choice.choice_[ours][place] == pytest.approx({"mean": figures.mean(), "sd": figures.std(ddof=1)})
    means = [figure["mean"] for figure in choice.choice_["f1"]]
    assert choice.choice_["chosen"] == NEIGHBORS[int(np.argmax(means))]
    assert choice.choice_ | {name: None for name in names} == {
        "parameter": "n_neighbors",
        "values": NEIGHBORS,
        "chosen": choice.choice_["chosen"],
        "metric": "f1",
        "n_folds": 5,
        "n_repeats": 2,
        **dict.fromkeys(names),
    }
    assert json.loads(json.dumps(choice.choice_)) == choice.choice_


def test_it_is_the_detector_with_the_chosen_value_fitted_on_all(tmp_path: Path) -> None:
    choice = chosen(metric="auroc").fit(X, labels=LABELS)
    best = ClassifierDetector(KNeighborsClassifier(choice.choice_["chosen"])).fit(X, labels=LABELS)
    np.testing.assert_array_equal(choice.score_samples(X), best.score_samples(X))
    assert choice.offset_ == best.offset_
    loaded = load(save(tmp_path / "model", choice)).detector
    assert bits(loaded.score_samples(X)) == bits(choice.score_samples(X))
    assert loaded.choice_ == choice.choice_


def test_the_choice_does_not_depend_on_what_is_not_known() -> None:
    unknown = np.concatenate([LABELS, np.full(30, -1)])
    with_more = chosen().fit(np.vstack([X, np.full((30, 2), 9.0)]), labels=unknown)
    assert with_more.choice_ == chosen().fit(X, labels=LABELS).choice_


def test_the_seed_draws_the_folds() -> None:
    first, again, other = (chosen(random_state=seed).fit(X, labels=LABELS).choice_ for seed in (0, 0, 1))
    assert first == again != other


def test_equally_good_values_leave_the_first() -> None:
    assert chosen(values=[5, 5.0, 5]).values == [5, 5.0, 5]
    detector = ClassifierDetector(KNeighborsClassifier(1), random_state=0)
    choice = CrossValidatedChoice(detector, "n_folds", [7, 3, 5], random_state=0).fit(X, labels=LABELS)
    assert choice.choice_["chosen"] == 7  # which the scores do not depend on


def test_several_parameters_are_chosen_together() -> None:
    grid = [(0.3, 0.1), (3.0, 0.3)]
    svm = ClassifierDetector(SVC(class_weight="balanced"), Identity())
    choice = CrossValidatedChoice(svm, ("classifier__C", "classifier__gamma"), grid, metric="auroc")
    choice.fit(X, labels=LABELS)
    assert (choice.choice_["parameter"], choice.choice_["values"]) == (["C", "gamma"], [[0.3, 0.1], [3.0, 0.3]])
    classifier = choice.detector_.classifier_
    assert [classifier.C, classifier.gamma] == choice.choice_["chosen"]


def test_no_fold_is_fitted_on_what_it_is_measured_on(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[set[bytes]] = []
    original = KNeighborsClassifier.fit

    def spied(self: Any, features: Any, y: Any) -> Any:
        fitted.append({row.tobytes() for row in np.asarray(features)})
        return original(self, features, y)

    monkeypatch.setattr(KNeighborsClassifier, "fit", spied)
    chosen(values=[3], n_folds=5).fit(X, labels=LABELS)
    assert [len(rows) for rows in fitted] == [120] * 5 + [150]
    for row in X:
        assert sum(row.tobytes() not in rows for rows in fitted[:5]) == 1


def test_images_that_are_described_once_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = plant_defects(contamination=0.3, n_train=40)
    detector = ClassifierDetector(KNeighborsClassifier(), ColourAndGradients(n_bins=4))
    described: list[int] = []
    original = ColourAndGradients.transform

    def counting(self: Any, images: Any) -> Any:
        described.append(len(images))
        return original(self, images)

    monkeypatch.setattr(ColourAndGradients, "transform", counting)
    once = chosen(detector=detector).fit(pictures.X_train, labels=pictures.labels_train)
    assert described == [40, 40]  # for the folds, and for the detector on all
    monkeypatch.setattr(ColourAndGradients, "learns", True)
    often = chosen(detector=detector).fit(pictures.X_train, labels=pictures.labels_train)
    assert len(described) > 2 * len(NEIGHBORS) * 5
    assert once.choice_ == often.choice_
    np.testing.assert_array_equal(once.score_samples(pictures.X_test), often.score_samples(pictures.X_test))


def test_a_metric_that_is_undefined_is_none_and_not_chosen() -> None:
    summary = module._summary({"precision": [None, 0.5], "f1": [None, None]})
    assert summary == {"precision": {"mean": 0.5, "sd": None}, "f1": {"mean": None, "sd": None}}


def message(detector: Any, labels: Any, error: type[Exception]) -> str:
    with pytest.raises(error) as told:
        detector.fit(X, labels=labels)
    return str(told.value)


def test_more_folds_than_anomalies_is_told() -> None:
    labels = np.zeros(150, dtype=int)
    labels[:3] = 1
    assert message(chosen(), labels, DataError) == (
        "n_folds is 5, and there are 3 labelled anomalies, of which each fold must have one: give at most 3"
    )
    labels[1:3] = 0
    assert message(chosen(), labels, DataError) == (
        "n_folds is 5, and there is 1 labelled anomaly, of which each fold must have one: label more of them"
    )


def test_without_labels_it_says_what_it_needs() -> None:
    assert message(chosen(), None, DataError).startswith(
        "CrossValidatedChoice learns from labelled anomalies beside labelled normal samples, and there are no labels"
    )


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong = chosen(parameter="classifier__n_neighbours", values=[], n_folds=1, n_repeats=0, metric="auc")
    assert message(wrong, LABELS, ParameterError).splitlines() == [
        "5 mistakes:",
        "  - n_folds is 1; it must be a whole number of at least 2",
        "  - n_repeats is 0; it must be a whole number of at least 1",
        "  - metric is 'auc'; it must be 'accuracy', 'precision', 'recall', 'f1' or 'auroc'; did you mean 'auroc'?",
        "  - parameter names 'classifier__n_neighbours', which ClassifierDetector does not have; did you mean "
        "'classifier__n_neighbors'?",
        "  - values is empty; give at least one value to choose from",
    ]
    assert message(chosen(values="135"), LABELS, ParameterError) == (
        "values is '135'; it must be a sequence of what to choose from"
    )
    pairs = chosen(parameter=("smote", "classifier__n_neighbors"), values=[(True, 1), True])
    assert message(pairs, LABELS, ParameterError) == (
        "values has True; each must be a tuple of 2 values, one for each parameter"
    )
    assert message(chosen(detector="knn"), LABELS, ParameterError) == (
        "detector is 'knn'; it must be an unfitted estimator with fit and score_samples and predict"
    )
