"""The plain classifier: cross-entropy on balanced batches, and a score that is the logit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from dross.errors import DataError, ParameterError
from dross.networks import ConvClassifier
from dross.persistence import load, save
from dross.reconstruction.samples import byte_tensor, network_samples
from dross.supervised import ConvolutionalClassifier
from dross.supervised.convolutional_classifier import ClassificationLoss
from tests.image_detectors import tiny_classifier
from tests.planted_pictures import picture_auroc, plant_defects

TOLD = plant_defects(contamination=0.25)


def test_the_loss_is_the_cross_entropy() -> None:
    batch = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(8, 1, 9, 7), dtype=np.uint8))
    loss = ClassificationLoss(ConvClassifier((9, 7, 1), (2, 3), 4))
    with torch.no_grad():
        ours, logits = loss(batch, torch.Generator()), loss.network(network_samples(batch))
    expected = functional.binary_cross_entropy_with_logits(logits, torch.tensor([0.0] * 4 + [1.0] * 4))
    torch.testing.assert_close(ours, expected)
    p = 1 / (1 + np.exp(-logits.numpy()))
    assert float(loss.parts["normals"]) == pytest.approx(-np.log(1 - p[:4]).mean(), rel=1e-4)
    assert float(loss.parts["anomalies"]) == pytest.approx(-np.log(p[4:]).mean(), rel=1e-4)


def test_it_learns_and_its_score_is_minus_the_logit(tmp_path: Any) -> None:
    detector = tiny_classifier().fit(TOLD.X_train, labels=TOLD.labels_train)
    assert picture_auroc(detector, TOLD) > 0.95
    losses = [record["loss"] for record in detector.history_]
    assert np.mean(losses[-3:]) < 0.5 * losses[0]
    with torch.no_grad():
        logits = detector.network_(network_samples(byte_tensor(TOLD.X_test)))
    np.testing.assert_allclose(detector.score_samples(TOLD.X_test), -logits.double().numpy(), rtol=1e-5)
    untrained = tiny_classifier().set_params(max_epochs=0).fit(TOLD.X_train, labels=TOLD.labels_train)
    assert picture_auroc(detector, TOLD) > picture_auroc(untrained, TOLD)
    again = load(save(tmp_path / "model", detector)).detector
    np.testing.assert_array_equal(again.score_samples(TOLD.X_test), detector.score_samples(TOLD.X_test))


def test_without_labels_it_says_what_it_needs() -> None:
    with pytest.raises(DataError) as caught:
        ConvolutionalClassifier().fit(TOLD.X_train)
    assert str(caught.value) == (
        "ConvolutionalClassifier learns from labelled anomalies beside normal samples, and there are no labels: give "
        "fit(X, labels=...) with 0 for normal, 1 for an anomaly, or use a detector that needs none"
    )


def test_all_wrong_parameters_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        ConvolutionalClassifier(widths=(), n_hidden=0).fit(TOLD.X_train, labels=TOLD.labels_train)
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_hidden is 0; it must be a whole number of at least 1"
    )
