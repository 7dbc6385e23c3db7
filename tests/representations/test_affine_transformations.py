"""Affine transformations: what is learned is worth learning, repeats with a seed, and is told right or not at all."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from dross.errors import ModelError, ParameterError, TrainingError
from dross.one_class import GOAD
from dross.representations import AffineTransformations
from dross.representations.transformation_loss import TransformationLoss
from tests.planted import plant
from tests.table_detectors import tiny_affine

X = plant(contamination=0.0).X_train


def on_a_curve(n: int, seed: int) -> NDArray[np.float64]:
    """Return rows whose columns depend on each other."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(-2, 2, size=n)
    return np.column_stack([t, t**2, np.sin(2 * t), t**3 / 3]) + 0.05 * rng.normal(size=(n, 4))


def held_out_loss(fitted: AffineTransformations, rows: NDArray[np.float64]) -> float:
    objective = TransformationLoss(fitted.network_, fitted.margin, fitted.triplet_weight)
    standardised = torch.from_numpy((rows - fitted.location_) / fitted.scale_).float()
    with torch.no_grad():
        return float(objective(standardised))


def embedded(fitted: AffineTransformations, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the embedding of each view, from views that are built."""
    state = {name: value.double().numpy() for name, value in fitted.network_.state_dict().items()}
    standardised = (rows - fitted.location_) / fitted.scale_
    views = np.einsum("nd,mdk->nmk", standardised, state["maps"]) + state["shifts"]
    return np.asarray(views @ state["trunk.weight"].T)


@pytest.mark.parametrize("seed", range(5))
def test_training_lowers_the_loss_on_rows_it_has_not_seen(seed: int) -> None:
    recipe = tiny_affine().set_params(random_state=seed)
    untrained = clone(recipe).set_params(max_epochs=0).fit(on_a_curve(300, seed))
    trained = clone(recipe).set_params(max_epochs=10).fit(on_a_curve(300, seed))
    unseen = on_a_curve(300, seed + 100)
    assert held_out_loss(trained, unseen) < 0.8 * held_out_loss(untrained, unseen)


def test_training_makes_goads_score_better() -> None:
    gains = []
    for seed in range(5):
        normal, unseen = on_a_curve(300, seed), on_a_curve(300, seed + 100)
        # Each column by itself looks normal: only how the columns go together is wrong.
        rng = np.random.default_rng(seed)
        shuffled = np.column_stack([rng.permutation(column) for column in unseen.T])
        labels = np.repeat([0, 1], 300)
        aurocs = []
        for max_epochs in (0, 20):
            goad = GOAD(tiny_affine().set_params(max_epochs=max_epochs, n_maps=16), random_state=seed).fit(normal)
            aurocs.append(roc_auc_score(labels, -goad.score_samples(np.concatenate([unseen, shuffled]))))
        gains.append(aurocs[1] - aurocs[0])
    assert np.mean(gains) > 0.01


def test_log_probabilities_are_equation_3_of_the_paper() -> None:
    fitted = tiny_affine().fit(X)
    z, rows = embedded(fitted, X[:6]), X[:6]
    centres = embedded(fitted, X).mean(axis=0)
    ours = fitted.log_probabilities(rows)
    assert ours.shape == (6, 8)
    for i in range(6):
        for m in range(8):
            likelihoods = np.exp([-np.sum((z[i, m] - centres[k]) ** 2) for k in range(8)])
            np.testing.assert_allclose(ours[i, m], np.log(likelihoods[m] / likelihoods.sum()), rtol=1e-6)


def test_goad_scores_by_the_sum_of_the_log_probabilities() -> None:
    goad = GOAD(tiny_affine(), random_state=0).fit(X)
    np.testing.assert_allclose(goad.score_samples(X), goad.representation_.log_probabilities(X).sum(axis=1))


def test_rows_far_away_are_named_worse_and_worse() -> None:
    goad = GOAD(tiny_affine(), random_state=0).fit(X)
    direction = np.array([[1.0, -1.0, 0.5, 2.0]])
    scores = [goad.score_samples(10.0**power * direction)[0] for power in (1, 3, 8, 18, 60)]
    assert scores == sorted(scores, reverse=True)
    assert np.isfinite(scores).all()
    assert len(set(scores)) == len(scores)


def test_features_are_projected_onto_orthogonal_directions_of_falling_variance() -> None:
    fitted = tiny_affine().fit(X)
    features = fitted.transform(X)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-8)
    covariance = np.cov(features, rowvar=False)
    np.testing.assert_allclose(covariance - np.diag(np.diag(covariance)), 0, atol=1e-8 * covariance.max())
    assert (np.diff(np.diag(covariance)) <= 0).all()
    np.testing.assert_allclose(fitted.components_ @ fitted.components_.T, np.eye(len(fitted.components_)), atol=1e-10)


def test_map_centres_are_the_mean_embedding_of_the_rows_of_the_last_training() -> None:
    fitted = tiny_affine()
    fitted.train_to(X, 1)
    np.testing.assert_allclose(fitted.map_centres_, embedded(fitted, X).mean(axis=0), atol=1e-6)
    fitted.train_to(X[:100], 2)
    np.testing.assert_allclose(fitted.map_centres_, embedded(fitted, X[:100]).mean(axis=0), atol=1e-6)


def test_many_rows_are_embedded_as_few_are() -> None:
    fitted = tiny_affine().fit(X)
    many = np.tile(X, (8, 1))  # more than a chunk
    np.testing.assert_allclose(fitted.transform(many)[-len(X) :], fitted.transform(X), rtol=1e-10)
    np.testing.assert_allclose(fitted.log_probabilities(many)[-len(X) :], fitted.log_probabilities(X), rtol=1e-10)


def test_fit_is_training_to_its_epochs() -> None:
    fitted, trained = tiny_affine().set_params(max_epochs=2).fit(X), tiny_affine()
    assert np.isnan(trained.train_to(X, 0))
    assert trained.history_ == []
    assert trained.transform(X).shape == (300, 4)  # the first refinement looks through random weights
    loss = trained.train_to(X, 2)
    np.testing.assert_array_equal(fitted.transform(X), trained.transform(X))
    assert trained.history_ == [{"epoch": 2, "loss": loss, "n_samples": 300}]


def test_training_goes_on_with_fewer_rows_and_the_first_scale() -> None:
    trained = tiny_affine()
    trained.train_to(X, 1)
    location, before = trained.location_.copy(), trained.transform(X)
    trained.train_to(X[:150], 2)
    assert [record["n_samples"] for record in trained.history_] == [300, 150]
    np.testing.assert_array_equal(trained.location_, location)
    assert not np.array_equal(trained.transform(X), before)


def test_a_seed_fixes_the_weights_and_another_one_changes_maps_and_weights() -> None:
    same, again, other = (
        tiny_affine().set_params(random_state=seed).fit(X).network_.state_dict() for seed in (3, 3, 4)
    )
    assert all(torch.equal(same[name], again[name]) for name in same)
    assert not any(torch.equal(same[name], other[name]) for name in same)


def test_fitting_neither_reads_nor_moves_the_global_generators() -> None:
    weights = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002  (it is the old global generator that must not matter)
        before = torch.get_rng_state(), np.random.get_state(legacy=False)["state"]["key"]  # noqa: NPY002
        weights.append(tiny_affine().fit(X).network_.trunk.weight.detach())
        assert torch.equal(torch.get_rng_state(), before[0])
        np.testing.assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], before[1])  # noqa: NPY002
    assert torch.equal(*weights)


def test_a_copy_from_a_pickle_transforms_but_does_not_train_on() -> None:
    fitted = tiny_affine().fit(X)
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.transform(X), fitted.transform(X))
    np.testing.assert_array_equal(loaded.log_probabilities(X), fitted.log_probabilities(X))
    with pytest.raises(ModelError) as caught:
        loaded.train_to(X, 2)
    assert str(caught.value) == (
        "this representation cannot go on training, because its optimiser was not saved: call fit to train anew"
    )
    fitted.train_to(X, 2)  # the original still can
    assert loaded.fit(X).train_to(X, 2) > 0  # and so can the copy once it is fitted anew


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {
        "n_maps": 1,
        "map_dim": 0,
        "width": 2.5,
        "n_components": "all",
        "margin": -1.0,
        "triplet_weight": float("nan"),
        "learning_rate": 0,
        "batch_size": True,
        "max_epochs": float("inf"),
        "device": "cdua",
    }
    with pytest.raises(ParameterError) as caught:
        AffineTransformations(**wrong).fit(X)
    assert str(caught.value) == (
        "10 mistakes:\n"
        "  - n_maps is 1; it must be a whole number of at least 2\n"
        "  - map_dim is 0; it must be a whole number of at least 1\n"
        "  - width is 2.5; it must be a whole number of at least 1\n"
        "  - n_components is 'all'; it must be a whole number of at least 1\n"
        "  - batch_size is True; it must be a whole number of at least 1\n"
        "  - margin is -1.0; it must be a number of at least 0\n"
        "  - triplet_weight is nan; it must be a number of at least 0\n"
        "  - max_epochs is inf; it must be a number of at least 0\n"
        "  - learning_rate is 0; it must be a positive number\n"
        "  - device is 'cdua'; it must be 'auto', 'cpu', 'cuda' or 'mps'; did you mean 'cuda'?"
    )


def test_goad_takes_no_other_representation() -> None:
    with pytest.raises(ParameterError) as caught:
        GOAD("affine", contamination=2).fit(X)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - representation is 'affine'; it must be an AffineTransformations or None\n"
        "  - contamination is 2; it must be 'auto' or a share in (0, 0.5]"
    )


def test_a_learning_rate_that_blows_up_is_told() -> None:
    with pytest.raises(TrainingError) as caught:
        tiny_affine().set_params(learning_rate=1e30, max_epochs=3).fit(X)
    assert str(caught.value) == ("the training loss became nan by epoch 3; lower the learning rate or scale the data")


@pytest.mark.parametrize("shape", [(2, 3), (5, 1), (4, 60)])
def test_degenerate_tables_can_be_represented(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(0).normal(size=shape)
    features = tiny_affine().fit_transform(rows)
    assert features.shape[0] == shape[0]
    assert np.isfinite(features).all()


def test_rows_that_are_all_alike_can_be_represented() -> None:
    features = tiny_affine().fit_transform(np.full((10, 3), 0.1))
    assert np.isfinite(features).all()
    assert np.ptp(features) < 1e-6
