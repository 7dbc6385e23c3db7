"""ResNet-18 as a classifier: its losses, the epoch it keeps, its threshold, weights from a file, its stages."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from sklearn.metrics import f1_score, log_loss
from torch.nn import functional

from dross.augmentations import Augmentation, HorizontalFlip, PaddedCrop, RandomRotation
from dross.errors import DataError, ModelError, ParameterError, ThresholdWarning, TrainingError
from dross.networks import ClassifierResNet
from dross.persistence import load, save
from dross.reconstruction.samples import byte_tensor, network_samples
from dross.seeding import integer_seed
from dross.supervised import ResNetClassifier
from dross.supervised.epoch_choice import held_out_part
from dross.supervised.resnet_loss import LabelledImageLoss, balanced_loss, sample_losses
from dross.supervised.resnet_training import class_weights
from dross.training import seeded
from tests.image_detectors import tiny_resnet_classifier
from tests.planted_pictures import picture_auroc, plant_defects
from tests.random_weights import random_resnet18

#: What the instance in ``tests/image_detectors.py`` draws first of its random state.
SEED = integer_seed(0)
TOLD = plant_defects(contamination=0.25)
FEW = plant_defects(n_train=24, n_test=12, contamination=0.25)
LABELS = torch.tensor([0, 0, 1, 0, 1, 0, 0, 1])


def fitted(X: Any = TOLD.X_train, labels: Any = TOLD.labels_train, **parameters: Any) -> ResNetClassifier:
    detector: ResNetClassifier = tiny_resnet_classifier().set_params(**parameters)
    return detector.fit(X, labels=labels)


def tiny_network(n_outputs: int) -> ClassifierResNet:
    with seeded(0):
        return ClassifierResNet((16, 16, 3), n_outputs, width=2, stem="strided", blocks=(1, 1, 1, 1)).eval()


@pytest.mark.parametrize("n_outputs", [2, 1])
def test_the_loss_is_the_weighted_cross_entropy_or_the_squared_error(n_outputs: int) -> None:
    images = byte_tensor(TOLD.X_train[:8])
    objective = LabelledImageLoss(tiny_network(n_outputs), augment=False).eval()
    weights = torch.from_numpy(class_weights(LABELS.numpy())).float()
    objective.learn_from(images, LABELS, weights)
    with torch.no_grad():
        outputs = objective.network(network_samples(images))
        ours = objective(torch.arange(8), torch.Generator())
    if n_outputs == 2:
        # Torch divides by the sum of the weights of the batch, which is that of its samples here.
        kinds = torch.tensor([8 / 10, 8 / 6])
        torch.testing.assert_close(ours, functional.cross_entropy(outputs, LABELS, weight=kinds))
        balanced = log_loss(LABELS, outputs.softmax(1)[:, 1], sample_weight=weights)
    else:
        squared = (outputs[:, 0].numpy() - LABELS.numpy()) ** 2
        assert float(ours) == pytest.approx(np.average(squared, weights=weights), rel=1e-5)
        balanced = (squared[LABELS == 0].mean() + squared[LABELS == 1].mean()) / 2
    assert balanced_loss(outputs, LABELS) == pytest.approx(float(balanced), rel=1e-5)
    assert balanced_loss(outputs, LABELS) == pytest.approx(float(ours), rel=1e-5)


def test_images_are_changed_before_they_are_scaled_and_by_the_given_generator() -> None:
    images = byte_tensor(TOLD.X_train[:8])
    objective = LabelledImageLoss(tiny_network(2), augment=True).eval()
    objective.learn_from(images, LABELS, torch.ones(8))
    changed = Augmentation(HorizontalFlip(), RandomRotation(45), PaddedCrop(4))(
        images[[3, 1]].float() / 255, torch.Generator().manual_seed(5)
    )
    with torch.no_grad():
        ours = objective(torch.tensor([3, 1]), torch.Generator().manual_seed(5))
        expected = sample_losses(objective.network(changed * 2 - 1), LABELS[[3, 1]]).mean()
    torch.testing.assert_close(ours, expected)


@pytest.mark.parametrize("n_outputs", [2, 1])
@pytest.mark.parametrize("balance", ["weights", "sampler"])
def test_it_learns_and_scores_by_its_output(n_outputs: int, balance: str) -> None:
    detector = fitted(n_outputs=n_outputs, balance=balance, threshold="half")
    assert picture_auroc(detector, TOLD) > 0.95
    alarms = detector.predict(TOLD.X_test) == -1
    assert f1_score(TOLD.labels_test, alarms) > 0.8
    with torch.no_grad():
        outputs = detector.network_(network_samples(byte_tensor(TOLD.X_test)))
    said = outputs.softmax(1)[:, 1] if n_outputs == 2 else outputs[:, 0]
    np.testing.assert_allclose(detector.score_samples(TOLD.X_test), -said.double().numpy(), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(alarms, -detector.score_samples(TOLD.X_test) >= 0.5)
    assert detector.score_is_probability_ == (n_outputs == 2)


def test_the_epoch_that_does_best_on_held_out_images_is_kept() -> None:
    # Labels that say nothing can only be learned by heart, and held-out ones the worse, the better that is done.
    labels = np.random.default_rng(0).permutation(TOLD.labels_train)
    detector = fitted(TOLD.X_train, labels, learning_rate=0.02, max_epochs=10.0, augment=False)
    losses = [record["validation_loss"] for record in detector.history_]
    assert len(losses) == 10
    assert detector.best_epoch_ == 1 + int(np.argmin(losses)) < 10
    assert np.argmin([record["loss"] for record in detector.history_]) > np.argmin(losses)
    held_out = held_out_part(labels, 0.2, SEED)
    told = labels[held_out]
    weights = np.where(told == 1, 1 / (told == 1).sum(), 1 / (told == 0).sum())
    kept = log_loss(told, -detector.score_samples(TOLD.X_train[held_out]), sample_weight=weights)
    assert kept == pytest.approx(min(losses), rel=1e-4)


def test_held_out_images_and_those_not_labelled_train_nothing() -> None:
    held_out = held_out_part(FEW.labels_train, 0.25, SEED)
    assert held_out.sum() == 6
    assert FEW.labels_train[held_out].sum() == 1 or FEW.labels_train[held_out].sum() == 2
    changed = FEW.X_train.copy()
    changed[held_out] = 255 - changed[held_out]
    # One epoch, which is the one that is kept whatever is held out.
    ours, other = (fitted(X, FEW.labels_train, max_epochs=1.0, validation_share=0.25) for X in (FEW.X_train, changed))
    np.testing.assert_array_equal(ours.score_samples(FEW.X_test), other.score_samples(FEW.X_test))
    assert ours.history_[0]["validation_loss"] != other.history_[0]["validation_loss"]
    more = np.concatenate([FEW.X_train, 255 - FEW.X_train])
    unknown = np.concatenate([FEW.labels_train, np.full(24, -1)])
    again = fitted(more, unknown, max_epochs=1.0, validation_share=0.25)
    np.testing.assert_array_equal(again.score_samples(FEW.X_test), ours.score_samples(FEW.X_test))
    assert again.n_samples_fit_ == 24
    normal = fitted(more, unknown, max_epochs=1.0, validation_share=0.25, unlabelled="normal")
    assert normal.n_samples_fit_ == 48


def test_without_held_out_images_the_last_epoch_is_kept() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ThresholdWarning)  # three epochs part nothing
        detector = fitted(FEW.X_train, FEW.labels_train, max_epochs=3.0, validation_share=0, threshold=0.5)
    assert detector.best_epoch_ == 3
    assert all("validation_loss" not in record for record in detector.history_)


def test_each_rule_puts_the_threshold_where_it_says() -> None:
    held_out = held_out_part(TOLD.labels_train, 0.5, SEED)
    known = TOLD.labels_train[held_out]
    base: dict[str, Any] = {"validation_share": 0.5, "max_epochs": 4.0}
    scores = fitted(**base).score_samples(TOLD.X_train)[held_out]

    def alarms(**parameters: Any) -> Any:
        detector = fitted(**base, **parameters)
        # The rule changes the threshold alone.
        np.testing.assert_array_equal(detector.score_samples(TOLD.X_train)[held_out], scores)
        return detector.predict(TOLD.X_train)[held_out] == -1

    assert alarms(threshold="contamination", contamination=0.25).sum() == pytest.approx(0.25 * len(known), abs=1)
    assert alarms(threshold="false-alarms", false_alarm_rate=0.1)[known == 0].sum() <= 0.1 * (known == 0).sum()
    best = max(f1_score(known, scores <= score) for score in scores)
    assert f1_score(known, alarms(threshold="validation-f1")) == pytest.approx(best)
    middle = -float(np.median(scores))
    np.testing.assert_array_equal(alarms(threshold=middle), -scores >= middle)


def test_a_threshold_that_parts_nothing_is_warned_of() -> None:
    with pytest.warns(ThresholdWarning, match=r"^ResNetClassifier: the alarm threshold, 2, lies outside") as caught:
        detector = fitted(FEW.X_train, FEW.labels_train, max_epochs=1.0, threshold=2.0)
    assert [f"ResNetClassifier: {finding}" for finding in detector.findings_] == [str(caught[0].message)]
    # Not where nothing was trained: pytest makes errors of warnings.
    assert fitted(FEW.X_train, FEW.labels_train, max_epochs=0.0, threshold=2.0).findings_ == []


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_training_starts_from_given_weights(suffix: str, tmp_path: Path) -> None:
    theirs, path = random_resnet18(), tmp_path / f"resnet18{suffix}"
    (torch.save if suffix == ".pth" else safetensors.torch.save_file)(theirs.state_dict(), path)
    given: dict[str, Any] = {"weights": path, "width": 64, "stem": "standard", "blocks": (2, 2, 2, 2)}
    detector = fitted(FEW.X_train[:8], FEW.labels_train[:8], **given, max_epochs=0.0, image_size=32)
    state = detector.network_.resnet.state_dict()
    for name, value in theirs.state_dict().items():
        assert name.startswith("fc.") or torch.equal(state[name], value)
    assert detector.network_.hyperparameters["normalisation"] == "imagenet"
    path.unlink()
    again = load(save(tmp_path / "model", detector)).detector
    np.testing.assert_array_equal(again.score_samples(FEW.X_test), detector.score_samples(FEW.X_test))


def test_weights_that_do_not_fit_and_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    path = tmp_path / "resnet18.pth"
    torch.save(random_resnet18().state_dict(), path)
    with pytest.raises(ModelError) as caught:
        ResNetClassifier(weights=path).fit(FEW.X_train, labels=FEW.labels_train)
    assert str(caught.value) == (
        f"{path} holds the weights of another network (conv1.weight differ): give those of a ResNet of this width, "
        "stem and blocks; torchvision's resnet18 has width=64, stem='standard'"
    )
    with pytest.raises(ModelError) as caught:
        ResNetClassifier(weights="no.pth").fit(FEW.X_train, labels=FEW.labels_train)
    assert str(caught.value) == "there is no file of weights no.pth: download it, and give its path"


def test_the_stages_are_those_of_the_network_on_images_as_they_are() -> None:
    detector = fitted(FEW.X_train, FEW.labels_train, max_epochs=1.0)
    found = detector.stage_features(FEW.X_test)
    assert list(found) == ["input", "stage 1", "stage 2", "stage 3", "stage 4", "output"]
    assert [values.shape for values in found.values()] == [(12, 768), (12, 4), (12, 8), (12, 16), (12, 32), (12, 2)]
    np.testing.assert_array_equal(found["input"], FEW.X_test.reshape(12, -1) / 255)
    logits = found["output"][:, 1] - found["output"][:, 0]
    np.testing.assert_allclose(detector.score_samples(FEW.X_test), -1 / (1 + np.exp(-logits)), rtol=1e-6)
    again = detector.stage_features(list(FEW.X_test))
    np.testing.assert_array_equal(again["output"], found["output"])


def test_a_loss_that_is_no_number_leaves_a_detector_that_scores() -> None:
    detector = tiny_resnet_classifier().set_params(learning_rate=1e30, n_outputs=1, validation_share=0, threshold=0.5)
    with pytest.raises(TrainingError, match=r"^ResNetClassifier stopped in epoch 1"):
        detector.fit(FEW.X_train, labels=FEW.labels_train)
    assert np.isfinite(detector.score_samples(FEW.X_test)).all()


def test_labels_that_cannot_be_learned_from_are_told() -> None:
    with pytest.raises(DataError) as caught:
        ResNetClassifier().fit(FEW.X_train)
    assert str(caught.value) == (
        "ResNetClassifier learns from labelled anomalies beside labelled normal samples, and there are no labels: give "
        "fit(X, labels=...) with 0 for normal, 1 for an anomaly, -1 for not known, or use a detector that needs none"
    )
    with pytest.raises(DataError) as caught:
        ResNetClassifier().fit(FEW.X_train, labels=[1] + [0] * 23)
    assert str(caught.value) == (
        "there is 1 labelled anomaly, and one is needed to learn from and another to choose the epoch by: label more, "
        "or give validation_share = 0, which trains on all for as long as max_epochs says"
    )


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {
        "n_outputs": 3,
        "weights": 3,
        "augment": "yes",
        "balance": "weight",
        "validation_share": 0.7,
        "image_size": 4,
        "threshold": "halve",
    }
    with pytest.raises(ParameterError) as caught:
        ResNetClassifier(**wrong).fit(FEW.X_train, labels=FEW.labels_train)
    assert str(caught.value) == (
        "7 mistakes:\n"
        "  - n_outputs is 3; it must be 1 or 2\n"
        "  - weights is 3; it must be the path of a file\n"
        "  - augment is 'yes'; it must be true or false\n"
        "  - balance is 'weight'; it must be 'weights', 'sampler' or 'none'; did you mean 'weights'?\n"
        "  - image_size is 4; it must be a whole number of at least 8\n"
        "  - threshold is 'halve'; it must be 'half', 'contamination', 'false-alarms' or 'validation-f1'; did you mean "
        "'half'?\n"
        "  - validation_share is 0.7; it must be a share in [0, 0.5]"
    )
    with pytest.raises(ParameterError) as caught:
        ResNetClassifier(validation_share=0, threshold="validation-f1").fit(FEW.X_train, labels=FEW.labels_train)
    assert str(caught.value) == (
        "validation_share is 0, and threshold is 'validation-f1', which goes by samples held out: hold some out, or "
        "give threshold = 'half' or a number"
    )
