"""Ranking by self-made defects: what is learned from and what is not, the AUROC, and that it tells good from bad."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import roc_auc_score

from dross.augmentations import CutPaste
from dross.errors import ParameterError, TooFewSamplesError
from dross.evaluation.self_made_ranking import damaged, self_made_ranking
from dross.inspection import PatchDistributions
from dross.one_class import TwoStage
from dross.reconstruction import ConstantReconstruction
from dross.representations import Pixels
from tests.planted_parts import plant_parts

PARTS = plant_parts(n_train=40).X_train
KINDS = ["piece", "scar", "perlin", "blended"]
LEARNED: list[NDArray[Any]] = []
SCORED: list[NDArray[Any]] = []
SCORES: list[NDArray[np.float64]] = []


@final
class Watched(BaseEstimator):
    """Scores images by their spread, and keeps what it was given."""

    def __init__(self, random_state: int | None = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        LEARNED.append(np.asarray(X))
        self.fitted_ = True
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        SCORED.append(np.asarray(X))
        SCORES.append(-SCORED[-1].std(axis=(1, 2, 3)))
        return SCORES[-1]


@pytest.fixture(autouse=True)
def _forget() -> None:
    for kept in (LEARNED, SCORED, SCORES):
        kept.clear()


def names(images: NDArray[Any]) -> list[bytes]:
    return [image.tobytes() for image in images]


def test_held_out_images_are_scored_as_they_are_and_damaged_and_never_learned_from() -> None:
    found = list(self_made_ranking(PARTS, {"watched": Watched()}, n_repeats=2))
    assert [(each.detector, each.repeat, each.defects) for each in found] == [
        ("watched", repeat, kind) for repeat in range(2) for kind in KINDS
    ]
    assert len(LEARNED) == 2
    assert len(SCORED) == 2 * (1 + len(KINDS))
    for repeat in range(2):
        learned, (held, *made) = LEARNED[repeat], SCORED[5 * repeat : 5 * repeat + 5]
        assert (len(learned), len(held)) == (32, 8)
        assert sorted(names(learned) + names(held)) == sorted(names(PARTS))
        for odd in made:
            assert odd.shape == held.shape
            assert (odd != held).any(axis=(1, 2, 3)).all()
    assert names(LEARNED[0]) != names(LEARNED[1])


def test_the_figure_is_the_auroc_of_damaged_images() -> None:
    found = list(self_made_ranking(PARTS, {"watched": Watched()}, n_repeats=1))
    normal, *odd = SCORES
    labels = np.repeat([0, 1], 8)
    expected = [roc_auc_score(labels, -np.concatenate([normal, scores])) for scores in odd]
    assert [each.auroc for each in found] == pytest.approx(expected)
    assert len(set(expected)) > 1


def test_what_looks_is_ranked_above_what_does_not() -> None:
    detectors = {"grey": TwoStage(Pixels(), ConstantReconstruction()), "padim": PatchDistributions()}
    found = list(self_made_ranking(PARTS, detectors, n_repeats=2))
    means = {name: np.mean([each.auroc for each in found if each.detector == name]) for name in detectors}
    assert means["padim"] > 0.85
    assert means["padim"] > means["grey"] + 0.2


def test_the_same_seed_gives_the_same_and_detectors_stay_unfitted() -> None:
    detectors = {"watched": Watched()}
    first, again, other = (list(self_made_ranking(PARTS, detectors, n_repeats=1, seed=seed)) for seed in (3, 3, 4))
    assert first == again
    assert [each.auroc for each in first] != [each.auroc for each in other]
    assert not hasattr(detectors["watched"], "fitted_")
    assert detectors["watched"].random_state is None


def test_grey_images_without_an_axis_of_channels_keep_their_shape() -> None:
    grey = PARTS[:5, :, :, 0]
    before = grey.copy()
    made = damaged(grey, CutPaste(), seed=0)
    assert made.shape == grey.shape
    assert made.dtype == np.uint8
    assert np.array_equal(grey, before)
    assert not np.array_equal(made, grey)


def test_too_few_images_and_wrong_numbers_are_told() -> None:
    with pytest.raises(TooFewSamplesError, match=r"of 7 images, held_out=0.2 leaves 6 to learn from and 1 to make"):
        self_made_ranking(PARTS[:7], {"watched": Watched()})
    with pytest.raises(ParameterError, match="n_repeats is 0") as caught:
        self_made_ranking(PARTS, {"watched": Watched()}, n_repeats=0, held_out=1.5)
    assert "held_out is 1.5" in str(caught.value)
