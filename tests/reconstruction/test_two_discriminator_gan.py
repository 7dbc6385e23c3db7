"""One generator and two discriminators: each loss as the paper has it, who learns from what, and that it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone

from dross.errors import DataError, ParameterError
from dross.networks import PatchDiscriminator, UNetAutoencoder
from dross.persistence import load, save
from dross.reconstruction import TwoDiscriminatorGAN
from dross.reconstruction.samples import network_samples
from dross.reconstruction.two_discriminator_loss import TwoDiscriminatorLoss, TwoDiscriminatorWeights
from tests.image_detectors import tiny_two_discriminator_gan
from tests.planted_pictures import picture_auroc, plant_defects
from tests.reconstruction.players import gradients

TOLD = plant_defects(contamination=0.25)
BATCH = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(12, 1, 16, 16), dtype=np.uint8))
#: The losses, and the weight that each has by default.
TERMS = {
    "reconstruction": 1.0,
    "latent": 1.0,
    "patches": 1.5,
    "adversarial": 1.0,
    "anomalies": 1.0,
    "anomalies adversarial": 1.0,
    "normal discriminator": 1.0,
    "anomaly discriminator": 0.5,
}


def game(*, normalise: Any = False, **weights: float) -> TwoDiscriminatorLoss:
    torch.manual_seed(0)
    network = UNetAutoencoder((16, 16, 1), (4, 8), 6, 1, normalise=normalise)
    normal, anomalous = (PatchDiscriminator((16, 16, 1), (4, 8)) for _ in range(2))
    return TwoDiscriminatorLoss(network, normal, anomalous, TwoDiscriminatorWeights(**weights))


def test_every_loss_is_the_papers() -> None:
    loss = game()
    total = float(loss(BATCH, torch.Generator()).detach())
    with torch.no_grad():
        samples = network_samples(BATCH)
        rebuilt = loss.network(samples)
        codes, again = (loss.network.encode(images)[:, :6].numpy() for images in (samples, rebuilt))
        p = {
            (judge, kind): 1 / (1 + np.exp(-getattr(loss, f"{judge}_discriminator")(images[half]).numpy()))
            for judge, half in (("normal", slice(0, 6)), ("anomaly", slice(6, 12)))
            for kind, images in (("real", samples), ("rebuilt", rebuilt))
        }
    x, g = samples.numpy(), rebuilt.numpy()
    patches = np.abs(x - g)[:6, 0]
    worst = [
        np.sort([image[y : y + 4, c : c + 4].mean() for y in range(0, 13, 2) for c in range(0, 13, 2)])[-3:].mean()
        for image in patches
    ]
    error = np.abs(x - g).mean(axis=(1, 2, 3))
    expected = {
        "reconstruction": error[:6].mean(),
        "latent": np.abs(codes - again)[:6].mean(),
        "patches": np.mean(worst),
        "adversarial": -np.log(p["normal", "rebuilt"]).mean(),
        "anomalies": -np.log(1 - np.exp(-4 * error[6:])).mean(),  # 4: sooner left alone than in the paper
        "anomalies adversarial": -np.log(1 - p["anomaly", "rebuilt"]).mean(),
        "normal discriminator": 0.5 * (-np.log(p["normal", "real"]).mean() - np.log(1 - p["normal", "rebuilt"]).mean()),
        "anomaly discriminator": 0.5
        * (-np.log(p["anomaly", "real"]).mean() - np.log(1 - p["anomaly", "rebuilt"]).mean()),
    }
    parts = {name: float(value) for name, value in loss.parts.items()}
    assert {name: parts[name] for name in expected} == pytest.approx(expected, rel=1e-3)
    assert total == pytest.approx(sum(TERMS[name] * value for name, value in expected.items()), rel=1e-3)
    assert parts["normal discriminator on real"] == pytest.approx(p["normal", "real"].mean(), rel=1e-4)
    assert parts["anomaly discriminator on generated"] == pytest.approx(p["anomaly", "rebuilt"].mean(), rel=1e-4)


def test_neither_player_is_trained_by_the_others_loss() -> None:
    loss = game()
    samples = network_samples(BATCH)
    codes = loss.network.encode(samples)
    rebuilt = loss.network.decode(codes)
    generators, judges = loss.generator_loss(samples, codes, rebuilt), loss.discriminators_loss(samples, rebuilt)
    assert len(gradients(generators, loss.network)) == len(list(loss.network.parameters()))
    assert gradients(judges, loss.network) == []
    for judge in (loss.normal_discriminator, loss.anomaly_discriminator):
        assert gradients(generators, judge) == []
        assert len(gradients(judges, judge)) == len(list(judge.parameters()))


@pytest.mark.parametrize("name", ["reconstruction", "latent", "patch", "adversarial", "anomaly", "anomaly_adversarial"])
def test_each_loss_alone_trains_the_generator(name: str) -> None:
    others = {field: 0.0 for field in TwoDiscriminatorWeights.__dataclass_fields__ if field != name}
    loss = game(**others)
    samples = network_samples(BATCH)
    codes = loss.network.encode(samples)
    found = gradients(loss.generator_loss(samples, codes, loss.network.decode(codes)), loss.network)
    assert sum(float(gradient.abs().sum()) for gradient in found) > 0


@pytest.mark.parametrize(
    ("weight", "gone"),
    [
        ("reconstruction", {"reconstruction"}),
        ("latent", {"latent"}),
        ("patch", {"patches"}),
        ("adversarial", {"adversarial", "normal discriminator"}),
        ("anomaly", {"anomalies"}),
        ("anomaly_adversarial", {"anomalies adversarial", "anomaly discriminator"}),
        ("anomaly_discriminator", {"anomaly discriminator"}),
    ],
)
def test_a_loss_of_weight_0_is_not_computed(weight: str, gone: set[str]) -> None:
    loss = game(**{weight: 0.0})
    loss(BATCH, torch.Generator())
    assert {name for name in loss.parts if " on " not in name} == set(TERMS) - gone


def test_batch_normalisation_scores_with_statistics_of_images_and_not_of_reconstructions() -> None:
    with_codes, without = game(normalise=True), game(normalise=True, latent=0.0)
    for loss in (with_codes, without):
        loss.train()(BATCH, torch.Generator())
    found, expected = ({name: b for name, b in loss.network.named_buffers()} for loss in (with_codes, without))
    statistics = [name for name in found if name.endswith(("running_mean", "running_var"))]
    assert statistics
    for name in statistics:
        assert torch.equal(found[name], expected[name])


def test_it_learns_from_labels_and_scores_without_discriminators() -> None:
    detector = tiny_two_discriminator_gan().fit(TOLD.X_train, labels=TOLD.labels_train)
    assert picture_auroc(detector, TOLD) > 0.95
    untrained = tiny_two_discriminator_gan().set_params(max_epochs=0).fit(TOLD.X_train, labels=TOLD.labels_train)
    assert picture_auroc(detector, TOLD) > picture_auroc(untrained, TOLD)
    errors = -detector.score_samples(TOLD.X_test)
    assert errors[TOLD.labels_test == 1].mean() > 3 * errors[TOLD.labels_test == 0].mean()
    assert isinstance(detector.network_, UNetAutoencoder)
    assert len(detector.history_) == detector.max_epochs
    assert set(TERMS) <= set(detector.history_[-1])


def test_a_saved_one_scores_the_same(tmp_path: Any) -> None:
    detector = tiny_two_discriminator_gan().set_params(max_epochs=1).fit(TOLD.X_train, labels=TOLD.labels_train)
    again = load(save(tmp_path / "model", detector)).detector
    np.testing.assert_array_equal(again.score_samples(TOLD.X_test), detector.score_samples(TOLD.X_test))


def test_labels_are_needed_and_of_both_kinds() -> None:
    needs = "TwoDiscriminatorGAN learns from labelled anomalies beside normal samples, and "
    for labels, message in (
        (
            None,
            needs + "there are no labels: give fit(X, labels=...) with 0 for normal, 1 for an anomaly, or use a "
            "detector that needs none",
        ),
        (
            np.zeros(96),
            needs + "none of the 96 labels is 1: label some, or use a detector that needs none",
        ),
        (
            np.ones(96),
            "all 96 training samples are labelled anomalies: TwoDiscriminatorGAN has to see normal ones too, labelled "
            "0, or -1 for not known",
        ),
    ):
        with pytest.raises(DataError) as caught:
            TwoDiscriminatorGAN().fit(TOLD.X_train, labels=labels)
        assert str(caught.value) == message


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {
        "widths": (),
        "n_code": 0,
        "patch_weight": -1,
        "discriminator_widths": 8,
    }
    with pytest.raises(ParameterError) as caught:
        TwoDiscriminatorGAN(**wrong).fit(TOLD.X_train, labels=TOLD.labels_train)
    assert str(caught.value) == (
        "4 mistakes:\n"
        "  - patch_weight is -1; it must be a number of at least 0\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - discriminator_widths is 8; it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1"
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_skips": 3}, "n_skips is 3; with 3 halvings it can be 2 at most"),
        (
            {"discriminator_widths": (8, 8, 8, 8)},
            "discriminator_widths has 4 layers; patches of 16x16 pixels are seen by 3 at most",
        ),
        (
            {
                name: 0
                for name in TwoDiscriminatorGAN().get_params()
                if name.endswith("_weight") and "discriminator" not in name
            },
            "the weights of all losses are 0: there is nothing to train",
        ),
    ],
)
def test_what_cannot_be_built_is_told(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        clone(TwoDiscriminatorGAN()).set_params(**parameters).fit(TOLD.X_train, labels=TOLD.labels_train)
    assert str(caught.value) == message
