from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone

from dross.errors import ParameterError, TooFewSamplesError
from dross.inspection import MixedDetector, PatchDistributions, TailCalibration
from dross.inspection.images_in_full import images_in_full
from dross.metrics import auroc
from dross.one_class import NearestNeighbors, TwoStage
from dross.representations import Pixels
from dross.scoring import anomaly_scores
from tests.inspection.made_products import mixed

SIZES = (45, 35, 25)
TRAIN, _, _ = mixed(SIZES)
TEST, KINDS, DEFECTIVE = mixed((30, 30, 30), defective=0.5, seed=1)
LOCAL = PatchDistributions(scales=(1.0,), stride=4, smoothing=1.0)
PIXELS = TwoStage(Pixels(), NearestNeighbors())


@pytest.fixture(scope="module")
def fitted() -> MixedDetector:
    return MixedDetector(LOCAL, random_state=0).fit(TRAIN)


def pooled(scores: NDArray[np.float64]) -> float:
    found = auroc(DEFECTIVE, scores)
    assert found is not None
    return found


def mean_of_kinds(scores: NDArray[np.float64]) -> float:
    found = []
    for kind in range(3):
        here = np.equal(KINDS, kind)
        found.append(auroc(DEFECTIVE[here], scores[here]))
    return float(np.mean([value for value in found if value is not None]))


def test_pooled_images_are_ranked_as_well_as_those_of_each_category(fitted: MixedDetector) -> None:
    said = fitted.judge(TEST)
    assert fitted.categories_.n_categories_ == 3
    assert said.known.all()
    mean = mean_of_kinds(said.anomaly_scores)
    assert mean > 0.95
    assert pooled(said.anomaly_scores) > mean - 0.02


def test_without_calibration_the_pool_is_worse() -> None:
    raw = (
        MixedDetector(PIXELS, n_categories=3, calibration="none", random_state=0).fit(TRAIN).judge(TEST).anomaly_scores
    )
    mean = mean_of_kinds(raw)
    assert mean > 0.8
    assert pooled(raw) < mean - 0.1
    for scale in ("tail", "rank", "z"):
        detector = MixedDetector(PIXELS, n_categories=3, random_state=0)
        detector.set_params(calibration=scale).fit(TRAIN)
        assert pooled(anomaly_scores(detector, TEST)) > pooled(raw) + 0.1


def test_a_category_is_scored_by_its_own_detector_and_calibrated_by_images_it_had_not_seen() -> None:
    images = images_in_full(TRAIN)
    detector = MixedDetector(PIXELS, n_categories=3, random_state=0).fit(TRAIN)
    labels = detector.categories_.labels_
    said = detector.judge(TEST)
    for category in range(3):
        alone = clone(PIXELS).fit(images[labels == category])
        by = detector.category_detectors_[category]
        here = TEST[said.categories == category]
        raw = anomaly_scores(alone, here)
        np.testing.assert_array_equal(anomaly_scores(by.detector, here), raw)
        assert isinstance(by.calibration, TailCalibration)
        np.testing.assert_array_equal(said.anomaly_scores[said.categories == category], by.calibration.apply(raw))
        # Each image was held out once: as many scores, and of neighbours among fewer images, so none is smaller.
        held_out, seen = by.calibration.held_out, np.sort(anomaly_scores(alone, images[labels == category]))
        assert len(held_out) == (labels == category).sum()
        assert np.all(held_out >= seen)
        assert held_out.mean() > seen.mean()


def test_a_category_of_too_few_images_is_scored_by_the_detector_of_all() -> None:
    detector = MixedDetector(PIXELS, n_categories=3, least_images=30, random_state=0).fit(TRAIN)
    assert sorted(detector.category_detectors_) == [-1, 0, 1]
    assert detector.findings_ == [
        "category 2 has 25 images, fewer than the 30 that a detector of its own is fitted on: it is scored by one that "
        "is fitted on all images"
    ]
    said = detector.judge(TEST)
    shared = detector.category_detectors_[-1]
    few = said.categories == 2
    assert few.sum() == 30
    raw = anomaly_scores(clone(PIXELS).fit(images_in_full(TRAIN)), TEST[few])
    np.testing.assert_array_equal(said.anomaly_scores[few], shared.calibration.apply(raw))


def test_maps_are_those_of_the_category_on_the_scale_of_all(fitted: MixedDetector) -> None:
    maps = fitted.score_maps(TEST)
    assert maps.shape == TEST.shape
    assert maps.dtype == np.float32
    categories = fitted.judge(TEST).categories
    by = fitted.category_detectors_[int(categories[0])]
    expected = by.calibration.apply(by.detector.score_maps(TEST[:1]))
    np.testing.assert_allclose(maps[:1], expected, rtol=1e-5)
    bad = np.flatnonzero(DEFECTIVE)
    # The spot is where the map is highest.
    highest = maps[bad].reshape(len(bad), -1).max(axis=1)
    assert np.median(highest) > np.median(maps[DEFECTIVE == 0].reshape(len(TEST) - len(bad), -1).max(axis=1)) + 1


def test_a_detector_without_maps_has_none() -> None:
    detector = MixedDetector(PIXELS, n_categories=1, random_state=0).fit(TRAIN)
    with pytest.raises(AttributeError, match="score_maps"):
        detector.score_maps(TEST)


def test_alarms_are_rare_among_new_normal_images_and_a_share_is_kept_to(fitted: MixedDetector) -> None:
    normal = mixed((60, 60, 60), seed=2)[0]
    assert (fitted.predict(normal) == -1).mean() < 0.05
    assert (fitted.predict(TEST[DEFECTIVE == 1]) == -1).mean() > 0.5
    a_tenth = MixedDetector(PIXELS, n_categories=3, contamination=0.1, random_state=0).fit(TRAIN)
    assert (a_tenth.predict(TRAIN) == -1).sum() == pytest.approx(0.1 * len(TRAIN), abs=1)


def test_one_category_asked_for_is_the_detector_itself_in_another_unit() -> None:
    detector = MixedDetector(PIXELS, n_categories=1, random_state=0).fit(TRAIN)
    alone = clone(PIXELS).fit(images_in_full(TRAIN))
    order = np.argsort(alone.score_samples(TEST))
    assert np.all(np.diff(detector.score_samples(TEST)[order]) >= 0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_folds": 1}, "n_folds is 1; it must be a whole number of at least 2"),
        (
            {"calibration": "ranks", "n_categories": 1.5},
            "2 mistakes:\n  - n_categories is 1.5; it must be 'auto' or a whole number of at least 1\n"
            "  - calibration is 'ranks'; it must be 'tail', 'rank', 'z' or 'none'; did you mean 'rank'?",
        ),
        (
            {"least_images": 1, "contamination": 0.7, "detector": "padim"},
            "3 mistakes:\n  - detector is 'padim'; it must be an unfitted estimator with fit and score_samples\n"
            "  - least_images is 1; it must be a whole number of at least 2\n"
            "  - contamination is 0.7; it must be 'auto' or a share in (0, 0.5]",
        ),
    ],
)
def test_wrong_parameters_are_named_together(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        MixedDetector(PIXELS).set_params(**parameters).fit(TRAIN)
    assert str(raised.value) == message


def test_too_few_images_are_told() -> None:
    with pytest.raises(TooFewSamplesError) as raised:
        MixedDetector(PIXELS).fit(TRAIN[:4])
    assert str(raised.value) == (
        "MixedDetector needs at least 10 samples to fit, found 4 samples: give it more, or lower n_folds"
    )
