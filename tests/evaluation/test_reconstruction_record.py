"""What is recorded of a detector that reconstructs."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dross.evaluation.reconstruction_record import reconstruction_record, watches
from dross.reconstruction import ConvolutionalAutoencoder, FullyConnectedAutoencoder
from dross.scoring import anomaly_scores
from tests.planted_pictures import plant_defects

PLANTED = plant_defects(n_train=60, contamination=0.2, channels=1)
SMALL: dict[str, Any] = {"n_code": 3, "max_epochs": 10, "learning_rate": 0.01, "device": "cpu", "random_state": 3}


def recorded(detector: Any, labels: NDArray[np.int64] | None = None) -> dict[str, Any]:
    detector.fit(PLANTED.X_train, **({} if labels is None else {"labels": labels}))
    scores = anomaly_scores(detector, PLANTED.X_test)
    return reconstruction_record(PLANTED.X_train, labels, PLANTED.X_test, PLANTED.labels_test, detector, scores)


def pixels(uri: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))))


def test_of_each_kind_images_are_shown_from_the_lowest_score_to_the_highest() -> None:
    detector = FullyConnectedAutoencoder(hidden=(16,), **SMALL)
    record = recorded(detector)
    assert json.loads(json.dumps(record)) == record
    assert [column["label"] for column in record["columns"]] == [0] * 6 + [1] * 6
    scores = anomaly_scores(detector, PLANTED.X_test)
    for label, columns in ((0, record["columns"][:6]), (1, record["columns"][6:])):
        shown = [column["score"] for column in columns]
        of_kind = scores[PLANTED.labels_test == label]
        assert shown == sorted(shown)
        assert (shown[0], shown[-1]) == (of_kind.min(), of_kind.max())


def test_pictures_are_what_they_are_called() -> None:
    detector = FullyConnectedAutoencoder(hidden=(16,), **SMALL)
    column = recorded(detector)["columns"][0]
    image = pixels(column["image"])
    after = pixels(column["after"])
    np.testing.assert_array_equal(after, detector.reconstruct(image[None, :, :, None])[0, :, :, 0])
    gap = np.abs(image.astype(int) - after)
    np.testing.assert_array_equal(pixels(column["difference"]), np.minimum(2 * gap, 255))
    untrained = FullyConnectedAutoencoder(hidden=(16,), **{**SMALL, "max_epochs": 0}).fit(PLANTED.X_train)
    np.testing.assert_array_equal(pixels(column["before"]), untrained.reconstruct(image[None, :, :, None])[0, :, :, 0])


@pytest.mark.parametrize("told", [False, True])
def test_losses_and_edits_are_kept(told: bool) -> None:
    detector = ConvolutionalAutoencoder(widths=(4, 8), **SMALL)
    record = recorded(detector, PLANTED.labels_train if told else None)
    assert record["network"] == "ConvolutionalAutoencoder"
    assert [entry["epoch"] for entry in record["history"]] == list(range(1, 11))
    assert ("anomalies" in record["history"][-1]) == told
    names = [edit["name"] for edit in record["edits"]]
    assert names[:2] == ["image", "reconstruction"]
    assert names[-1] == "75 % of the other"
    assert record["samples"] == []
    assert record["snapshots"] == []


def test_what_was_watched_is_shown_before_training_and_at_its_end() -> None:
    detector = FullyConnectedAutoencoder(hidden=(16,), **SMALL)
    assert watches(detector)
    watched = PLANTED.X_train[:2]
    detector.fit(PLANTED.X_train, watch=watched)
    scores = anomaly_scores(detector, PLANTED.X_test)
    record = reconstruction_record(PLANTED.X_train, None, PLANTED.X_test, PLANTED.labels_test, detector, scores)
    assert [snapshot["epoch"] for snapshot in record["snapshots"]] == [0, 2, 4, 6, 8, 10]
    last = [pixels(image) for image in record["snapshots"][-1]["images"]]
    np.testing.assert_array_equal(last, detector.reconstruct(watched)[..., 0])
