"""Known anomalies in the training of a representation: the term against its formula, its bounds, and what it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from dross.augmentations import Augmentation
from dross.errors import ParameterError, SchemaError
from dross.networks import AffineMapClassifier
from dross.one_class import GaussianDensity
from dross.refinement import SRR
from dross.representations import CutPasteClassification, RotationPrediction
from dross.representations.cut_paste_classification import CutPasteLoss
from dross.representations.distribution_augmented_contrast import ContrastiveLoss
from dross.representations.known_anomalies import KnownAnomalies, right_answer_loss
from dross.representations.rotation_prediction import RotationLoss
from dross.representations.transformation_loss import TransformationLoss
from dross.scoring import anomaly_scores
from tests.image_detectors import tiny_contrast, tiny_cut_paste, tiny_rotation
from tests.planted import plant
from tests.planted_pictures import plant_pictures
from tests.table_detectors import tiny_affine

PICTURES = plant_pictures(contamination=0.1)
ROWS = plant(contamination=0.1)


def by_formula(logits: Tensor, right: Tensor) -> NDArray[np.float64]:
    """Return -log(1 - p_right) in NumPy, p the softmax: the loss of anomalies of latent outlier exposure."""
    powers = np.exp(logits.detach().double().numpy())
    shares = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(1 - np.take_along_axis(shares, right.numpy()[..., None], axis=-1)[..., 0])


class Flattened(nn.Module):
    """A linear map of the pixels."""

    def __init__(self, n_out: int) -> None:
        super().__init__()
        values = np.random.default_rng(0).normal(scale=0.2, size=(4 * 4 * 3, n_out))
        self.weights = nn.Parameter(torch.from_numpy(values).float())

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.weights


def known(weight: float, samples: Tensor | None) -> KnownAnomalies:
    found = KnownAnomalies(weight)
    found.samples = samples
    return found


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def images(n: int, seed: int) -> Tensor:
    return torch.randint(0, 256, (n, 3, 4, 4), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


def test_the_term_is_that_of_the_paper() -> None:
    logits = torch.randn(50, 7, generator=seeded(), dtype=torch.float64) * 3
    right = torch.arange(50) % 7
    np.testing.assert_allclose(right_answer_loss(logits, right), by_formula(logits, right), rtol=1e-7)
    views = logits.reshape(5, 10, 7)
    torch.testing.assert_close(
        right_answer_loss(views, right.reshape(5, 10)).flatten(), right_answer_loss(logits, right)
    )


@given(
    values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=8),
    right=st.integers(0, 7),
    shift=st.floats(-100, 100, width=32),
)
@settings(max_examples=200, deadline=None)
def test_the_term_is_never_negative_and_pulls_no_logit_harder_than_by_one(
    values: list[float], right: int, shift: float
) -> None:
    logits = torch.tensor([values], dtype=torch.float64, requires_grad=True)
    which = torch.tensor([right % len(values)])
    loss = right_answer_loss(logits, which)
    assert torch.isfinite(loss).all()
    assert loss.item() >= 0
    (slope,) = torch.autograd.grad(loss.sum(), logits)
    assert slope.abs().max().item() <= 1 + 1e-9
    assert slope[0, which].item() >= -1e-12  # the right answer is only ever made less likely
    torch.testing.assert_close(right_answer_loss(logits + shift, which), loss, atol=1e-6, rtol=1e-6)


def test_an_anomaly_that_is_not_understood_is_let_go() -> None:
    logits = torch.tensor([[-30.0, 0.0, 0.0]], requires_grad=True)
    (slope,) = torch.autograd.grad(right_answer_loss(logits, torch.tensor([0])).sum(), logits)
    assert slope.abs().max().item() < 1e-9


def test_a_batch_is_followed_by_no_more_of_them_than_itself_and_each_once() -> None:
    anomalies = torch.arange(100.0, 110.0)
    for n in (4, 10, 16):
        together = known(1.0, anomalies).after(torch.zeros(n), seeded())
        assert together[:n].tolist() == [0.0] * n
        drawn = together[n:].tolist()
        assert len(drawn) == len(set(drawn)) == min(n, 10)
    batch = torch.zeros(4)
    for none in (known(0.0, anomalies), known(1.0, None), known(1.0, anomalies[:0])):
        generator = seeded()
        assert none.after(batch, generator) is batch
        assert torch.equal(generator.get_state(), seeded().get_state())  # and nothing is drawn


def test_rows_are_named_and_known_anomalies_are_not() -> None:
    torch.manual_seed(0)
    network = AffineMapClassifier(n_features=3, n_maps=5, map_dim=4, width=2)
    rows, odd = torch.randn(6, 3), torch.randn(2, 3) + 2
    plain = TransformationLoss(network, 1.0, 0.1)(rows)
    told = TransformationLoss(network, 1.0, 0.1, known(0.7, odd))(rows, seeded())
    term = by_formula(network.logits(network(odd)), torch.arange(5).expand(2, 5)).mean()
    assert told.item() == pytest.approx(plain.item() + 0.7 * term, rel=1e-5)


def test_rotations_are_told_and_those_of_known_anomalies_are_not() -> None:
    normal, odd = images(5, 0), images(2, 1)
    network = Flattened(4)
    plain = RotationLoss(network, nn.Identity(), Augmentation())(normal, seeded())
    told = RotationLoss(network, nn.Identity(), Augmentation(), known(0.7, odd))(normal, seeded())
    turned = torch.cat([torch.rot90(odd, quarters, (2, 3)) for quarters in range(4)]).float() / 127.5 - 1
    term = by_formula(network(turned), torch.arange(4).repeat_interleave(2)).mean()
    assert told.item() == pytest.approx(plain.item() + 0.7 * term, rel=1e-5)


def test_known_anomalies_are_not_taken_for_whole() -> None:
    normal, odd = images(5, 0), images(2, 1)
    network = Flattened(2)
    plain = CutPasteLoss(network, nn.Identity(), Augmentation(), [])
    told = CutPasteLoss(network, nn.Identity(), Augmentation(), [], known(0.7, odd))
    term = by_formula(network(odd.float() / 127.5 - 1), torch.zeros(2, dtype=torch.long)).mean()
    assert told(normal, seeded()).item() == pytest.approx(plain(normal, seeded()).item() + 0.7 * term, rel=1e-5)


def test_views_of_known_anomalies_are_not_to_find_each_other() -> None:
    normal, odd = images(3, 0), images(2, 1)
    network = Flattened(6)
    told = ContrastiveLoss(network, nn.Identity(), Augmentation(), 0.5, known(0.7, odd))(normal, seeded())
    together = known(0.7, odd).after(normal, seeded())
    turned = torch.cat([torch.rot90(together, quarters, (2, 3)) for quarters in range(4)]).float() / 127.5 - 1
    embedded = nn.functional.normalize(network(torch.cat([turned, turned])), dim=1).double()
    similar = embedded @ embedded.T / 0.5
    similar.fill_diagonal_(-torch.inf)
    partners = torch.arange(40).roll(20)
    odd_ones = np.arange(40) % 5 >= 3
    terms = by_formula(similar, partners)
    powers = np.exp(similar.detach().numpy())
    named = -np.log(powers[np.arange(40), partners.numpy()] / powers.sum(axis=1))
    assert told.item() == pytest.approx(named[~odd_ones].mean() + 0.7 * terms[odd_ones].mean(), rel=1e-5)


@pytest.mark.parametrize("make", [tiny_rotation, tiny_contrast, tiny_cut_paste])
def test_without_known_anomalies_images_are_learned_from_as_ever(make: Any) -> None:
    few = PICTURES.X_train[:24]
    features = [
        make().set_params(max_epochs=1.0, anomaly_weight=weight).fit(few).transform(few) for weight in (0.0, 5.0)
    ]
    np.testing.assert_array_equal(*features)


def test_without_weight_or_without_known_anomalies_rows_are_learned_from_as_ever() -> None:
    normals_alone = np.where(ROWS.labels_train == 0, 0, -1)
    normals_alone[20:] = -1
    some = np.where(ROWS.labels_train == 1, 1, -1)
    for labels in (None, normals_alone):
        without, with_weight = (fitted(weight, labels) for weight in (0.0, 5.0))
        np.testing.assert_array_equal(without.score_samples(ROWS.X_test), with_weight.score_samples(ROWS.X_test))
    assert not np.array_equal(
        fitted(0.0, some).score_samples(ROWS.X_test), fitted(5.0, some).score_samples(ROWS.X_test)
    )


def fitted(weight: float, labels: NDArray[np.int64] | None) -> SRR:
    affine = tiny_affine().set_params(anomaly_weight=weight, max_epochs=2.0)
    return SRR(affine, GaussianDensity(), rejection=0.1, random_state=0).fit(ROWS.X_train, labels=labels)


@pytest.mark.parametrize("seed", range(2))
def test_told_of_some_fallen_pictures_it_does_not_do_worse(seed: int) -> None:
    pictures = plant_pictures(contamination=0.15, seed=seed)
    labels = np.full(len(pictures.X_train), -1)
    labels[np.flatnonzero(pictures.labels_train == 1)[:6]] = 1
    aurocs = []
    for weight in (0.0, 1.0):
        srr = SRR(tiny_rotation().set_params(anomaly_weight=weight), GaussianDensity(), rejection=0.2, random_state=0)
        scores = anomaly_scores(srr.fit(pictures.X_train, labels=labels), pictures.X_test)
        aurocs.append(roc_auc_score(pictures.labels_test, scores))
    assert aurocs[1] >= aurocs[0] - 0.02


def test_the_rotations_of_known_anomalies_are_forgotten() -> None:
    upright = PICTURES.X_train[PICTURES.labels_train == 0]
    fallen = plant_pictures(contamination=1.0, n_train=20, seed=5).X_train
    told, untold = (tiny_rotation().set_params(anomaly_weight=weight) for weight in (3.0, 0.0))
    told.train_to(upright, told.max_epochs, anomalies=fallen[:10])
    untold.train_to(upright, untold.max_epochs, anomalies=fallen[:10])
    assert rightly_turned(told, fallen[10:]) < rightly_turned(untold, fallen[10:])


def rightly_turned(representation: RotationPrediction, pictures: NDArray[np.uint8]) -> float:
    """Return the mean log of the odds against naming the rotation, negated: high where rotations are told."""
    turned = np.concatenate([np.rot90(pictures, quarters, axes=(1, 2)) for quarters in range(4)])
    logits = torch.from_numpy(representation.stage_features(turned)["output"])
    return float(right_answer_loss(logits, torch.arange(4).repeat_interleave(len(pictures))).mean())


def test_a_training_with_known_anomalies_goes_on_where_it_stopped() -> None:
    few, odd = PICTURES.X_train[:24], PICTURES.X_test[:5]
    whole, stopped, resumed = (tiny_rotation().set_params(anomaly_weight=1.0, max_epochs=2.0) for _ in range(3))
    whole.train_to(few, 1.0, anomalies=odd)
    whole.train_to(few, 2.0, anomalies=odd)
    stopped.train_to(few, 1.0, anomalies=odd)
    resumed.resume_training(few, *stopped.training_state())
    resumed.train_to(few, 2.0, anomalies=odd)
    np.testing.assert_array_equal(resumed.transform(few), whole.transform(few))


@pytest.mark.parametrize("representation", [tiny_affine(), tiny_rotation(), tiny_contrast(), CutPasteClassification()])
def test_a_weight_below_zero_is_told(representation: Any) -> None:
    with pytest.raises(ParameterError) as told:
        representation.set_params(anomaly_weight=-1.0).fit(
            ROWS.X_train if "affine" in type(representation).__name__.lower() else PICTURES.X_train
        )
    assert str(told.value) == "anomaly_weight is -1.0; it must be a number of at least 0"


def test_known_anomalies_of_another_size_are_told() -> None:
    with pytest.raises(SchemaError) as told:
        tiny_rotation().set_params(anomaly_weight=1.0).train_to(
            PICTURES.X_train, 1.0, anomalies=np.zeros((2, 8, 8, 3), dtype=np.uint8)
        )
    assert str(told.value) == (
        "the images are 8x8 RGB, but those it was fitted on 16x16 RGB: give images of that size and colour"
    )
