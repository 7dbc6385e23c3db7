from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.evaluation.gallery import gallery_record
from dross.evaluation.thumbnails import thumbnail
from dross.scoring import anomaly_scores
from tests.planted_images import fitted_stand_in, planted_images


@pytest.fixture(scope="module")
def parts() -> tuple[Any, ...]:
    """Training images and labels, a detector that keeps some contaminants, and a test set."""
    X, labels = planted_images(200, n_anomalies=30)
    return X, labels, *planted_images(50, n_anomalies=10), fitted_stand_in(X, rejection=0.1)


@pytest.fixture(scope="module")
def record(parts: tuple[Any, ...]) -> dict[str, Any]:
    X, labels, X_test, labels_test, detector = parts
    scores = anomaly_scores(detector, X_test)
    return gallery_record(X, labels, X_test, labels_test, detector, test_scores=scores, n=6)


def panel(record: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = (panel for panel in record["panels"] if panel["key"] == key)
    return found


def test_it_is_plain_json(record: dict[str, Any]) -> None:
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_the_counts_are_those_of_the_detector(parts: tuple[Any, ...], record: dict[str, Any]) -> None:
    _, labels, _, _, detector = parts
    dropped = ~detector.inlier_mask_
    assert record["image_shape"] == [8, 8, 3]
    assert (record["n_train"], record["n_dropped"], record["n_contaminants"]) == (200, dropped.sum(), 30)
    assert record["dropped_contaminants"] == pytest.approx(dropped[labels == 1].mean())
    assert record["lost_normals"] == pytest.approx(dropped[labels == 0].mean())
    assert (record["n_rounds"], record["n_classifiers"], record["undone"]) == (3, 5, False)


def test_known_labels_show_the_mistakes(parts: tuple[Any, ...], record: dict[str, Any]) -> None:
    X, labels, _, _, detector = parts
    scores = anomaly_scores(detector, X)
    assert [found["key"] for found in record["panels"]] == [
        "most_anomalous",
        "contaminants_kept",
        "normals_lost",
        "test_highest",
        "test_middle",
        "test_lowest",
    ]
    top = panel(record, "most_anomalous")["images"]
    assert [image["index"] for image in top] == np.argsort(-scores, kind="stable")[:6].tolist()
    assert [image["rank"] for image in top] == [1, 2, 3, 4, 5, 6]
    kept = panel(record, "contaminants_kept")
    assert kept["total"] == ((labels == 1) & detector.inlier_mask_).sum() > 6
    shown = [image["score"] for image in kept["images"]]
    assert shown == sorted(scores[(labels == 1) & detector.inlier_mask_])[:6]
    assert panel(record, "normals_lost")["total"] == ((labels == 0) & ~detector.inlier_mask_).sum()


def test_every_image_tells_its_own_fate(parts: tuple[Any, ...], record: dict[str, Any]) -> None:
    X, labels, _, _, detector = parts
    for image in panel(record, "most_anomalous")["images"] + panel(record, "contaminants_kept")["images"]:
        row = image["index"]
        assert image["image"] == thumbnail(X[row])
        assert image["label"] == labels[row]
        assert image["kept"] == detector.inlier_mask_[row]
        assert image["votes"] == detector.votes_[row]
        assert image["round_dropped"] == detector.round_dropped_[row]
        assert image["name"] is None


def test_the_test_set_is_shown_at_three_places(parts: tuple[Any, ...], record: dict[str, Any]) -> None:
    _, _, X_test, labels_test, detector = parts
    order = np.argsort(-anomaly_scores(detector, X_test), kind="stable")
    for key, rows in (("test_highest", order[:2]), ("test_middle", order[24:26]), ("test_lowest", order[::-1][:2])):
        found = panel(record, key)
        assert [image["index"] for image in found["images"]] == rows.tolist()
        assert [image["label"] for image in found["images"]] == labels_test[rows].tolist()
        assert [image["alarm"] for image in found["images"]] == (detector.predict(X_test[rows]) == -1).tolist()
        assert (found["total"], found["n_samples"]) == (50, 50)


@pytest.mark.parametrize("labels", [None, np.full(200, -1)])
def test_without_labels_the_suspects_are_ranked(parts: tuple[Any, ...], labels: NDArray[np.int64] | None) -> None:
    X, *_, detector = parts
    scores = anomaly_scores(detector, X)
    record = gallery_record(X, labels, None, None, detector, test_scores=None, train_scores=scores, n=8)
    assert [(found["key"], len(found["images"])) for found in record["panels"]] == [
        ("suspects", 8),
        ("kept_anomalous", 4),
        ("kept_normal", 4),
    ]
    suspects, hidden, typical = (found["images"] for found in record["panels"])
    dropped = ~detector.inlier_mask_
    assert [image["score"] for image in suspects] == sorted(scores[dropped], reverse=True)[:8]
    assert [image["score"] for image in hidden] == sorted(scores[~dropped], reverse=True)[:4]
    assert [image["score"] for image in typical] == sorted(scores[~dropped])[:4]
    assert {image["label"] for image in suspects + hidden} == {None}
    assert (record["dropped_contaminants"], record["lost_normals"]) == (None, None)


def test_names_are_those_of_the_images(parts: tuple[Any, ...]) -> None:
    X, labels, _, _, detector = parts

    class Named(np.ndarray):
        names = tuple(f"photos/{number}.png" for number in range(200))

    record = gallery_record(X.view(Named), labels, None, None, detector, test_scores=None, n=2)
    for image in panel(record, "most_anomalous")["images"]:
        assert image["name"] == f"photos/{image['index']}.png"


def test_of_a_detector_that_is_not_refined_alarms_are_set_aside(parts: tuple[Any, ...]) -> None:
    X, *_, detector = parts

    class Plain:
        offset_ = detector.offset_
        score_samples = staticmethod(detector.score_samples)

    record = gallery_record(X, None, None, None, Plain(), test_scores=None, n=4)
    assert record["n_dropped"] == (detector.score_samples(X) < detector.offset_).sum() > 0
    assert record["n_classifiers"] is None
    assert record["maps"] is None
    assert {(image["votes"], image["round_dropped"]) for image in panel(record, "suspects")["images"]} == {(None, None)}


def test_a_refinement_that_was_undone_is_told(parts: tuple[Any, ...]) -> None:
    X, *_, detector = parts
    everything = np.ones(200, dtype=bool)
    last = replace(detector.refinement_trace_[-1], round=4, kept=everything, undone=True)
    trace = [*detector.refinement_trace_, last]
    undone = replace(detector, refinement_trace_=trace, inlier_mask_=everything, round_dropped_=np.zeros(200, int))
    record = gallery_record(X, None, None, None, undone, test_scores=None, n=4)
    assert (record["undone"], record["n_rounds"], record["n_dropped"]) == (True, 3, 0)
    assert panel(record, "suspects")["images"] == []


def test_a_test_set_smaller_than_the_panels_is_shown_without_repeats(parts: tuple[Any, ...]) -> None:
    X, labels, X_test, labels_test, detector = parts
    few = X_test[:4]
    scores = anomaly_scores(detector, few)
    record = gallery_record(X, labels, few, labels_test[:4], detector, test_scores=scores)
    shown = [
        image["index"]
        for key in ("test_highest", "test_middle", "test_lowest")
        for image in panel(record, key)["images"]
    ]
    assert len(shown) == len(set(shown)) == 3
