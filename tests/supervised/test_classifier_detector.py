"""The adapter of classifiers: what it learns from, what its score is, and where its threshold goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from dross.errors import ThresholdWarning
from dross.persistence import load, save
from dross.representations import ColourAndGradients, Pixels
from dross.supervised import ClassifierDetector
from dross.supervised.augmented_images import with_augmented_copies
from tests.persistence.bits import bits
from tests.planted import plant
from tests.planted_pictures import plant_defects

TABLE = plant(contamination=0.2, n_train=200)
PICTURES = plant_defects(contamination=0.3, n_train=60)


def overlapping(n: int = 300, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return samples of two kinds that no threshold parts without mistakes."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.3).astype(np.int64)
    return rng.normal(size=(n, 2)) + labels[:, None], labels


class Spy(ClassifierMixin, BaseEstimator):
    """A classifier that writes down which rows it, and whatever is in front of it, was fitted on."""

    seen: list[NDArray[np.float64]] = []  # noqa: RUF012  (one list for all clones is the point)

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> Self:
        Spy.seen.append(X)
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        p = 1 / (1 + np.exp(-X[:, 0]))
        return np.column_stack([1 - p, p])


@pytest.mark.parametrize(
    ("classifier", "probability"),
    [
        (KNeighborsClassifier(3), True),
        (HistGradientBoostingClassifier(max_iter=5, random_state=0), True),
        (LogisticRegression(), True),
        (SVC(), False),
    ],
    ids=["knn", "boosting", "logistic", "svm"],
)
def test_the_score_is_minus_what_the_classifier_says(classifier: Any, probability: bool, tmp_path: Path) -> None:
    detector = ClassifierDetector(classifier).fit(TABLE.X_train, labels=TABLE.labels_train)
    alone = classifier.fit(TABLE.X_train, TABLE.labels_train)
    said = alone.predict_proba(TABLE.X_test)[:, 1] if probability else alone.decision_function(TABLE.X_test)
    np.testing.assert_array_equal(detector.score_samples(TABLE.X_test), -said)
    assert detector.score_is_probability_ is probability
    np.testing.assert_array_equal(detector.predict(TABLE.X_test) == -1, alone.predict(TABLE.X_test) == 1)
    loaded = load(save(tmp_path / "model", detector)).detector
    assert bits(loaded.score_samples(TABLE.X_test)) == bits(detector.score_samples(TABLE.X_test))
    assert loaded.predict(TABLE.X_test).tolist() == detector.predict(TABLE.X_test).tolist()


def test_forests_and_pipelines_can_be_saved_too(tmp_path: Path) -> None:
    for place, classifier in enumerate([RandomForestClassifier(3), make_pipeline(StandardScaler(), SVC())]):
        detector = ClassifierDetector(classifier, random_state=0).fit(TABLE.X_train, labels=TABLE.labels_train)
        loaded = load(save(tmp_path / str(place), detector)).detector
        assert bits(loaded.score_samples(TABLE.X_test)) == bits(detector.score_samples(TABLE.X_test))


def test_a_tie_raises_an_alarm() -> None:
    X = np.array([[0.0], [1.0], [10.0], [11.0]])
    detector = ClassifierDetector(KNeighborsClassifier(2)).fit(X, labels=[0, 1, 0, 0])
    assert detector.score_samples([[0.4]]).tolist() == [-0.5]
    assert detector.predict([[0.4], [10.4]]).tolist() == [-1, 1]
    assert KNeighborsClassifier(2).fit(X, [0, 1, 0, 0]).predict([[0.4]]).tolist() == [0]  # which this is not


def test_what_is_not_known_is_left_out_or_taken_for_normal() -> None:
    X = np.array([[0.0], [0.1], [5.0], [5.1], [9.0]])
    left_out = ClassifierDetector(KNeighborsClassifier(1)).fit(X, labels=[0, 0, 1, 1, -1])
    assert left_out.predict([[9.0]]).tolist() == [-1]
    normal = ClassifierDetector(KNeighborsClassifier(1), unlabelled="normal").fit(X, labels=[-1, -1, 1, 1, -1])
    assert normal.predict([[9.0], [0.0], [5.0]]).tolist() == [1, 1, -1]


def test_components_and_smote_are_those_of_their_libraries() -> None:
    X, labels = overlapping(80)
    wide = np.hstack([X, X**2, np.sin(X)])
    detector = ClassifierDetector(
        KNeighborsClassifier(5), n_components=2, smote=True, smote_neighbors=3, random_state=0
    ).fit(wide, labels=labels)
    components = PCA(2, svd_solver="full").fit(wide)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    more, known = SMOTE(k_neighbors=3, random_state=seed).fit_resample(components.transform(wide), labels)
    expected = KNeighborsClassifier(5).fit(more, known).predict_proba(components.transform(wide))[:, 1]
    np.testing.assert_array_equal(detector.score_samples(wide), -expected)
    assert detector.classifier_.n_samples_fit_ == 2 * (labels == 0).sum()


@pytest.mark.parametrize("augment", [False, True])
@pytest.mark.parametrize("smote", [False, True])
def test_no_step_sees_a_sample_that_is_held_out(smote: bool, augment: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[Any]] = {"components": [], "smote": [], "copies": [], "scale": []}
    images = np.random.default_rng(0).integers(0, 256, size=(48, 4, 4, 1), dtype=np.uint8)
    labels = np.arange(48) % 4 == 0

    def spied(cls: Any, method: str, name: str) -> None:
        original = getattr(cls, method)

        def noting(self: Any, X: Any, *rest: Any) -> Any:
            seen[name].append(X)
            return original(self, X, *rest)

        monkeypatch.setattr(cls, method, noting)

    def noted_copies(X: Any, *rest: Any) -> Any:
        seen["copies"].append(X.read())
        return with_augmented_copies(X, *rest)

    monkeypatch.setattr("dross.supervised.classifier_detector.with_augmented_copies", noted_copies)
    spied(PCA, "fit_transform", "components")
    spied(SMOTE, "fit_resample", "smote")
    spied(Pixels, "fit", "scale")
    Spy.seen.clear()
    ClassifierDetector(
        Spy(), Pixels(), n_components=3, smote=smote, smote_neighbors=2, augment=augment, n_copies=1,
        threshold="validation-f1", n_folds=4, random_state=0,
    ).fit(images, labels=labels.astype(int))  # fmt: skip
    # First on all, then on three quarters four times; each sample is held out of exactly one of these.
    times = 2 if augment else 1
    for name in ("components", "scale"):
        assert [len(X) for X in seen[name]] == [48 * times, *[36 * times] * 4]
    assert [len(X) for X in seen["smote"]] == ([48 * times, *[36 * times] * 4] if smote else [])
    assert [len(X) for X in seen["copies"]] == ([48, *[36] * 4] if augment else [])
    rows = [{image.tobytes() for image in np.asarray(X)} for X in seen["scale"]]
    for image in images:
        assert sum(image.tobytes() in part for part in rows) == 4
    held_out = [[image for image in images if image.tobytes() not in part] for part in rows[1:]]
    assert sorted(len(part) for part in held_out) == [12] * 4
    flat = [{row.tobytes() for row in X} for X in seen["components"][1:]]
    for part, fitted_on in zip(held_out, flat, strict=True):
        assert not any((image.reshape(-1) / 255.0).tobytes() in fitted_on for image in part)
    assert [len(X) for X in Spy.seen] == ([72 * times, *[54 * times] * 4] if smote else [48 * times, *[36 * times] * 4])


def test_copies_come_after_the_images_and_are_seeded() -> None:
    detector = ClassifierDetector(KNeighborsClassifier(1), Pixels(), augment=True, n_copies=3, random_state=0)
    detector.fit(PICTURES.X_train, labels=PICTURES.labels_train)
    stored = detector.classifier_._fit_X
    assert len(stored) == 4 * len(PICTURES.X_train)
    np.testing.assert_array_equal(stored[: len(PICTURES.X_train)], PICTURES.X_train.reshape(60, -1) / 255.0)
    assert not (stored[60:120] == stored[:60]).all(axis=1).any()
    np.testing.assert_array_equal(detector.classifier_._y, np.tile(PICTURES.labels_train, 4))
    again = ClassifierDetector(KNeighborsClassifier(1), Pixels(), augment=True, n_copies=3, random_state=0)
    again.fit(PICTURES.X_train, labels=PICTURES.labels_train)
    np.testing.assert_array_equal(again.classifier_._fit_X, stored)
    other = again.set_params(random_state=1).fit(PICTURES.X_train, labels=PICTURES.labels_train)
    assert not np.array_equal(other.classifier_._fit_X[60:], stored[60:])


def test_false_alarms_are_as_many_as_asked_for() -> None:
    X, labels = overlapping(600)
    new, truth = overlapping(4000, seed=1)
    rates = {}
    for rate in (0.02, 0.1, 0.3):
        detector = ClassifierDetector(GaussianNB(), threshold="false-alarms", false_alarm_rate=rate, random_state=0)
        rates[rate] = (detector.fit(X, labels=labels).predict(new[truth == 0]) == -1).mean()
        assert rates[rate] == pytest.approx(rate, abs=0.25 * rate + 0.01)


def test_contamination_is_the_share_of_alarms() -> None:
    X, labels = overlapping(600)
    new, _ = overlapping(4000, seed=1)
    detector = ClassifierDetector(SVC(), threshold="contamination", contamination=0.15, random_state=0)
    assert (detector.fit(X, labels=labels).predict(new) == -1).mean() == pytest.approx(0.15, abs=0.03)


def test_validation_f1_beats_a_half_where_anomalies_are_rare() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random(20_000) < 0.05).astype(np.int64)
    X = rng.normal(size=(20_000, 2)) + 1.5 * labels[:, None]
    train, test = slice(0, 2000), slice(2000, None)
    half = ClassifierDetector(LogisticRegression(), random_state=0).fit(X[train], labels=labels[train])
    chosen = ClassifierDetector(LogisticRegression(), threshold="validation-f1", random_state=0)
    chosen.fit(X[train], labels=labels[train])
    of_half, of_chosen = (f1_score(labels[test], d.predict(X[test]) == -1) for d in (half, chosen))
    assert of_chosen > of_half + 0.02
    np.testing.assert_array_equal(half.score_samples(X), chosen.score_samples(X))


def test_a_threshold_outside_the_scores_is_warned_of() -> None:
    with pytest.warns(ThresholdWarning) as warned:
        detector = ClassifierDetector(LogisticRegression(), threshold=1.5).fit(TABLE.X_train, labels=TABLE.labels_train)
    low, high = (f"{edge(-detector.score_samples(TABLE.X_train)):.4g}" for edge in (np.min, np.max))
    sentence = (
        f"the alarm threshold, 1.5, lies outside the anomaly scores of the training samples, {low} to {high}: none "
        "raises an alarm"
    )
    assert [str(warning.message) for warning in warned] == [f"ClassifierDetector: {sentence}"]
    assert detector.findings_ == [sentence]
    with pytest.warns(ThresholdWarning, match=r"the alarm threshold, -9, lies .*: each raises an alarm"):
        ClassifierDetector(SVC(), threshold=-9.0).fit(TABLE.X_train, labels=TABLE.labels_train)
    assert ClassifierDetector(SVC()).fit(TABLE.X_train, labels=TABLE.labels_train).findings_ == []


def test_images_are_told_apart_and_saved(tmp_path: Path) -> None:
    detector = ClassifierDetector(SVC(C=3.0, class_weight="balanced"), ColourAndGradients(), n_components=8)
    detector.fit(PICTURES.X_train, labels=PICTURES.labels_train)
    assert (detector.predict(PICTURES.X_test) == np.where(PICTURES.labels_test == 1, -1, 1)).mean() > 0.85
    loaded = load(save(tmp_path / "model", detector)).detector
    assert bits(loaded.score_samples(PICTURES.X_test)) == bits(detector.score_samples(PICTURES.X_test))
