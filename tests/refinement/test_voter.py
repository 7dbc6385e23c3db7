"""Who votes on what is dropped: the detector's own copies, the paper's Gaussian, or a classifier that is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dross.errors import ParameterError
from dross.one_class import GaussianDensity, IsolationForest, NearestNeighbors
from dross.refinement import SRR, DataRefiner, Refined
from dross.representations import Identity
from tests.planted import plant

DIRTY = plant(contamination=0.1)
X = DIRTY.X_train


def refined(voter: Any = "own") -> Refined:
    return Refined(NearestNeighbors(), voter=voter, rejection=0.2, random_state=3).fit(X)


@pytest.mark.parametrize(
    ("voter", "votes"),
    [("own", NearestNeighbors()), ("gaussian", GaussianDensity()), (NearestNeighbors(n_neighbors=9), None)],
)
def test_what_is_dropped_is_what_its_copies_drop(voter: Any, votes: Any) -> None:
    voted = DataRefiner(votes or voter, rejection=0.2, random_state=3).fit(X)
    found = refined(voter)
    np.testing.assert_array_equal(found.votes_, voted.votes_)
    np.testing.assert_array_equal(found.inlier_mask_, voted.inlier_mask_)
    alone = NearestNeighbors().fit(X[found.inlier_mask_])
    np.testing.assert_array_equal(found.score_samples(DIRTY.X_test), alone.score_samples(DIRTY.X_test))


def test_voters_differ() -> None:
    assert (refined("own").inlier_mask_ != refined("gaussian").inlier_mask_).any()


def test_srr_has_the_same_voters() -> None:
    def kept(voter: Any) -> Any:
        found = SRR(Identity(), IsolationForest(), voter=voter, rejection=0.2, random_state=0).fit(X)
        assert isinstance(found.one_class_, IsolationForest)
        return found.inlier_mask_

    np.testing.assert_array_equal(kept("gaussian"), kept(GaussianDensity()))
    assert (kept("gaussian") != kept("own")).any()


def test_a_voter_that_is_none_is_told() -> None:
    for wrong in (Refined(NearestNeighbors(), voter="gausian"), SRR(Identity(), NearestNeighbors(), voter="gausian")):
        with pytest.raises(ParameterError) as caught:
            wrong.fit(X)
        assert str(caught.value) == (
            "voter is 'gausian'; it must be 'own', 'gaussian' or a one-class classifier; did you mean 'gaussian'?"
        )
    with pytest.raises(ParameterError, match="voter"):
        Refined(NearestNeighbors(), voter=3).fit(X)
