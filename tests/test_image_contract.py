"""Our own contract of every detector and representation for images: scikit-learn's checks, as images need them.

scikit-learn's own checks hand tables to an estimator and so cannot run here; what they ask for is asked here.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from dross.detector import AbstractDetector
from tests.image_detectors import LABELLED, fit, image_detectors, image_representations, quick
from tests.image_kinds import KINDS
from tests.planted_pictures import SIDE, Pictures, plant_pictures
from tests.random_weights import random_resnet18

NOWHERE = Path("no-such.pth")
DETECTORS, REPRESENTATIONS = list(image_detectors(NOWHERE)), list(image_representations(NOWHERE))
#: What takes images of any size and colour.
ANY_SHAPE = "pretrained"

FEW = plant_pictures(n_train=20, n_test=8)
GREY = plant_pictures(n_train=20, n_test=8, channels=1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "resnet18.pth"
    torch.save(random_resnet18().state_dict(), path)
    return path


@pytest.fixture(scope="module")
def unfitted(weights: Path) -> Callable[[str], Any]:
    """Return what makes a detector by its name, or a representation by "the features of " and its name."""
    made = {name: quick(detector) for name, detector in image_detectors(weights).items()}
    made |= {f"the features of {name}": quick(part) for name, part in image_representations(weights).items()}
    return lambda name: clone(made[name])


@pytest.fixture(scope="module")
def fitted(unfitted: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what gives an estimator fitted on a few pictures, the same one to all tests: they leave it as it is."""
    known: dict[tuple[str, int], Any] = {}

    def fitted_once(name: str, pictures: Pictures = FEW) -> Any:
        key = (name, pictures.X_train.shape[3])
        if key not in known:
            known[key] = fit(unfitted(name), pictures.X_train)
        return known[key]

    return fitted_once


def every_detector() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", DETECTORS)


def every_estimator() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [*DETECTORS, *(f"the features of {name}" for name in REPRESENTATIONS)])


def applied(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Return the scores of images, or their features."""
    found = estimator.score_samples(X) if isinstance(estimator, AbstractDetector) else estimator.transform(X)
    return np.asarray(found)


@pytest.mark.parametrize("kind", KINDS)
@every_estimator()
def test_the_same_pixels_score_the_same_whatever_they_come_as(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str, kind: str, tmp_path: Path
) -> None:
    made = KINDS[kind]
    expected = applied(fitted(name), FEW.X_test)
    np.testing.assert_array_equal(applied(fitted(name), made(FEW.X_test, tmp_path / "test")), expected)
    if kind in ("files", "float64"):
        again = fit(unfitted(name), made(FEW.X_train, tmp_path / "train"))
        np.testing.assert_array_equal(applied(again, FEW.X_test), expected)


@pytest.mark.parametrize("kind", ["no channel", "no channel, float64", "files"])
@every_estimator()
def test_grey_pixels_score_the_same_whatever_they_come_as(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str, kind: str, tmp_path: Path
) -> None:
    def made(X: NDArray[np.uint8], folder: Path) -> Any:
        if kind in KINDS:
            return KINDS[kind](X, folder)
        return X[..., 0] / 255.0 if kind.endswith("float64") else X[..., 0]

    expected = applied(fitted(name, GREY), GREY.X_test)
    np.testing.assert_array_equal(applied(fitted(name, GREY), made(GREY.X_test, tmp_path / "test")), expected)
    again = fit(unfitted(name), made(GREY.X_train, tmp_path / "train"))
    np.testing.assert_array_equal(applied(again, GREY.X_test), expected)


@every_estimator()
def test_scores_and_features_are_finite_and_in_double_precision(fitted: Callable[..., Any], name: str) -> None:
    found = applied(fitted(name), FEW.X_test)
    assert found.dtype == np.float64
    assert len(found) == len(FEW.X_test)
    assert found.ndim == (2 if name.startswith("the features") else 1)
    assert np.isfinite(found).all()


@every_estimator()
def test_an_image_scores_alone_and_in_any_order_as_among_others(fitted: Callable[..., Any], name: str) -> None:
    # Not to the last bit: networks compute in single precision, and a convolution adds up along another path for
    # another number of images. Features of length 1 then differ by some 1e-7, and scores, to which small differences
    # of features matter, by up to 1e-4 of themselves.
    estimator = fitted(name)
    together = applied(estimator, FEW.X_test)
    atol = 1e-6 if name.startswith("the features") else 0.0
    alone = np.concatenate([applied(estimator, FEW.X_test[i : i + 1]) for i in range(len(FEW.X_test))])
    np.testing.assert_allclose(alone, together, rtol=1e-4, atol=atol)
    order = np.random.default_rng(0).permutation(len(FEW.X_test))
    np.testing.assert_allclose(applied(estimator, FEW.X_test[order]), together[order], rtol=1e-4, atol=atol)
    crowd = np.concatenate([FEW.X_test, np.repeat(FEW.X_test[:1], 300, axis=0)])
    np.testing.assert_allclose(applied(estimator, crowd)[: len(together)], together, rtol=1e-4, atol=atol)


@every_estimator()
def test_the_same_seed_gives_the_same_scores(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    again = fit(unfitted(name), FEW.X_train)
    np.testing.assert_array_equal(applied(again, FEW.X_test), applied(fitted(name), FEW.X_test))


@pytest.mark.parametrize("name", ["rotation", "contrast", "cutpaste", "srr rotation", "srr contrast", "srr cutpaste"])
def test_another_seed_gives_other_scores(fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str) -> None:
    other = unfitted(name).set_params(representation__random_state=1).fit(FEW.X_train)
    assert not np.array_equal(other.score_samples(FEW.X_test), fitted(name).score_samples(FEW.X_test))


@every_estimator()
def test_no_global_generator_is_read_or_set(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    np.random.seed(3)  # noqa: NPY002  (it is the global generator that is looked at)
    torch.manual_seed(3)
    numpy_before: Any = np.random.get_state()  # noqa: NPY002
    torch_before = torch.get_rng_state()
    again = fit(unfitted(name), FEW.X_train)
    numpy_after: Any = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(numpy_after[1], numpy_before[1])
    assert numpy_after[2:] == numpy_before[2:]
    assert torch.equal(torch.get_rng_state(), torch_before)
    np.testing.assert_array_equal(applied(again, FEW.X_test), applied(fitted(name), FEW.X_test))


@every_estimator()
def test_fitting_leaves_images_and_parameters_as_they_were(unfitted: Callable[[str], Any], name: str) -> None:
    estimator = unfitted(name)
    before, attributes = repr(estimator.get_params()), set(vars(estimator))
    X, X_test = FEW.X_train.copy(), FEW.X_test.copy()
    X.setflags(write=False)
    X_test.setflags(write=False)
    torch.set_warn_always(True)  # of arrays that must not be written to Torch otherwise warns once a process
    try:
        assert fit(estimator, X, np.zeros(len(X))) is estimator
        applied(estimator, X_test)
    finally:
        torch.set_warn_always(False)
    np.testing.assert_array_equal(X, FEW.X_train)
    np.testing.assert_array_equal(X_test, FEW.X_test)
    assert repr(estimator.get_params()) == before
    learned = set(vars(estimator)) - attributes
    assert learned
    assert all(attribute.endswith("_") or attribute.startswith("_") for attribute in learned)


@every_estimator()
def test_scoring_changes_nothing(unfitted: Callable[[str], Any], name: str) -> None:
    estimator = fit(unfitted(name), FEW.X_train)
    before = set(vars(estimator))
    first = applied(estimator, FEW.X_test)
    applied(estimator, FEW.X_train)
    np.testing.assert_array_equal(applied(estimator, FEW.X_test), first)
    assert set(vars(estimator)) == before


@every_estimator()
def test_labels_are_ignored(fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str) -> None:
    again = fit(unfitted(name), FEW.X_train, FEW.labels_train)
    np.testing.assert_array_equal(applied(again, FEW.X_test), applied(fitted(name), FEW.X_test))


@every_estimator()
def test_fitting_again_forgets_the_first_fit(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    other = plant_pictures(n_train=20, n_test=3, channels=1, side=12, seed=1)
    again = fit(fit(unfitted(name), other.X_train), FEW.X_train)
    np.testing.assert_array_equal(applied(again, FEW.X_test), applied(fitted(name), FEW.X_test))
    if not name.startswith("the features"):
        assert again.offset_ == fitted(name).offset_


@every_estimator()
def test_parameters_survive_cloning_and_setting(unfitted: Callable[[str], Any], name: str) -> None:
    estimator = unfitted(name)
    assert repr(clone(estimator)) == repr(estimator)
    for key, value in estimator.get_params(deep=False).items():
        assert estimator.set_params(**{key: value}) is estimator
        assert estimator.get_params(deep=False)[key] is value
    fitted_once = fit(clone(estimator), FEW.X_train)
    assert not any(attribute.endswith("_") for attribute in vars(clone(fitted_once)))
    with pytest.raises(ValueError, match="Invalid parameter 'zzz'"):
        estimator.set_params(zzz=1)


@every_detector()
def test_contamination_sets_the_share_of_alarms_and_not_the_scores(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    a_tenth = fit(unfitted(name).set_params(contamination=0.1), FEW.X_train)
    scores = a_tenth.score_samples(FEW.X_test)
    np.testing.assert_array_equal(scores, fitted(name).score_samples(FEW.X_test))
    # One image more or less: trained on the same images together, one may be a last bit off where they are scored.
    if name not in LABELLED:  # those raise alarms on labelled anomalies too
        assert (a_tenth.predict(FEW.X_train) == -1).sum() == pytest.approx(2, abs=1)
    np.testing.assert_array_equal(a_tenth.decision_function(FEW.X_test), scores - a_tenth.offset_)
    np.testing.assert_array_equal(a_tenth.predict(FEW.X_test), np.where(scores >= a_tenth.offset_, 1, -1))


@pytest.mark.parametrize("name", [name for name in DETECTORS if name not in LABELLED])
def test_fit_predict_is_fitting_and_predicting(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    np.testing.assert_array_equal(unfitted(name).fit_predict(FEW.X_train), fitted(name).predict(FEW.X_train))


@pytest.mark.parametrize("name", REPRESENTATIONS)
def test_fit_transform_is_fitting_and_transforming(
    fitted: Callable[..., Any], unfitted: Callable[[str], Any], name: str
) -> None:
    name = f"the features of {name}"
    np.testing.assert_array_equal(unfitted(name).fit_transform(FEW.X_train), fitted(name).transform(FEW.X_train))


@every_estimator()
def test_copies_score_the_same(fitted: Callable[..., Any], name: str) -> None:
    estimator = fitted(name)
    for made in (pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)):
        np.testing.assert_array_equal(applied(made, FEW.X_test), applied(estimator, FEW.X_test))
        assert repr(made) == repr(estimator)


@every_estimator()
def test_what_is_not_fitted_says_so(unfitted: Callable[[str], Any], name: str) -> None:
    estimator = unfitted(name)
    verbs = ["transform"] if name.startswith("the features") else ["score_samples", "decision_function", "predict"]
    for verb in verbs:
        with pytest.raises(NotFittedError, match=r"instance is not fitted yet. Call 'fit' with appropriate arguments"):
            getattr(estimator, verb)(FEW.X_test)
    assert not hasattr(estimator, "n_features_in_")


@every_estimator()
def test_the_numbers_in_an_image_are_its_features(fitted: Callable[..., Any], name: str) -> None:
    estimator = fitted(name)
    if name.removeprefix("the features of ") == ANY_SHAPE:
        assert not hasattr(estimator, "n_features_in_")
    else:
        assert estimator.n_features_in_ == 3 * SIDE * SIDE
    assert get_tags(estimator).input_tags.three_d_array
