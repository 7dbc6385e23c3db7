"""What image detectors refuse, with the reason: what is no image, or of another kind; too few; wrong parameters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from dross.data.images import as_images
from dross.errors import DataError, ParameterError, SchemaError, TooFewSamplesError
from tests.image_detectors import (
    LABELLED,
    RECONSTRUCTED,
    TAKES_ROWS,
    fit,
    image_detectors,
    image_representations,
    quick,
)
from tests.planted_pictures import plant_pictures

FEW = plant_pictures(n_train=20, n_test=8)
GREY = plant_pictures(n_train=20, n_test=8, channels=1)
DETECTORS = list(image_detectors(Path()))
#: Those that no file of weights has to be read for.
FITTED = [name for name in DETECTORS if "pretrained" not in name]


def unfitted(name: str) -> Any:
    detectors = image_detectors(Path("no-such.pth"))
    return quick(detectors[name] if name in detectors else image_representations(Path())[name.split()[-1]])


@cache
def fitted(name: str) -> Any:
    return fit(unfitted(name), FEW.X_train)


WRONG: dict[str, tuple[Any, str]] = {
    "a table": (
        np.zeros((9, 5)),
        "the images: an array of shape (9, 5), but images are (n, height, width) or (n, height, width, channels)",
    ),
    "one image without the first axis": (
        np.zeros((16, 16), dtype=np.uint8),
        "the images: an array of shape (16, 16), but images are (n, height, width) or (n, height, width, channels)",
    ),
    "four channels": (
        np.zeros((9, 16, 16, 4), dtype=np.uint8),
        "the images: an array of shape (9, 16, 16, 4) has 4 channels: grey images have 1, RGB images 3",
    ),
    "channels first": (
        np.zeros((9, 3, 16, 16), dtype=np.uint8),
        "the images: an array of shape (9, 3, 16, 16) has 16 channels: grey images have 1, RGB images 3; its channels "
        "come first: give array.transpose(0, 2, 3, 1)",
    ),
    "whole numbers": (
        np.zeros((9, 16, 16, 3), dtype=np.int64),
        "the images: an array of int64: give uint8 from 0 to 255 (array.astype('uint8')), or floats in [0, 1]",
    ),
    "objects": (
        np.full((9, 16, 16), None),
        "the images: Python objects, perhaps images of differing sizes: give an array (n, height, width, channels), or "
        "the files themselves, which are resized to one size",
    ),
    "floats beyond 1": (
        np.where(np.arange(9)[:, None, None] == 4, 2.5, np.zeros((9, 16, 16))),
        "the images: image 4 has values from 2.5 to 2.5: float images must lie in [0, 1]; divide by the largest value "
        "that a pixel can have, or give uint8 from 0 to 255",
    ),
    "not a number": (
        np.where(np.arange(9)[:, None, None] == 4, np.nan, np.zeros((9, 16, 16))),
        "the images: image 4 has pixels that are not finite: float images must lie in [0, 1]",
    ),
    "no image": (
        np.zeros((0, 16, 16, 3), dtype=np.uint8),
        "the images: an array of shape (0, 16, 16, 3) has no pixels: there is nothing to read",
    ),
    "Images without any": (as_images(FEW.X_test)[:0], "there are no images: give one or more"),
    "a missing file": (
        [Path("no-such.png")] * 12,
        "there is no file no-such.png; 12 files of the list are missing",
    ),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("name", [name for name in DETECTORS if not name.startswith(("refined", "ensemble"))])
def test_what_is_not_images_is_refused_with_the_reason(name: str, what: str) -> None:
    X, message = WRONG[what]
    if name in TAKES_ROWS and what in ("a table", "one image without the first axis"):
        pytest.skip("it takes tables")
    for verb in (unfitted(name).fit, *([fitted(name).score_samples] if name in FITTED else [])):
        with pytest.raises(DataError) as caught:
            verb(X)
        assert str(caught.value) == message


SMALLER = "the images are 12x12 RGB, but those it was fitted on 16x16 RGB: give images of that size and colour"
GREYER = "the images are 16x16 grey, but those it was fitted on 16x16 RGB: give images of that size and colour"


@pytest.mark.parametrize("name", FITTED)
def test_images_of_another_size_or_colour_are_refused(name: str) -> None:
    for X, message in ((FEW.X_test[:, :12, :12], SMALLER), (GREY.X_test, GREYER)):
        with pytest.raises(SchemaError) as caught:
            fitted(name).score_samples(X)
        assert str(caught.value) == message


ONE_IMAGE = {
    "constant": "ConstantReconstruction needs at least 2 samples to fit, found 1 sample: give it more samples",
    "mean": "KMeansDistance needs at least 2 samples to fit, found 1 sample: give it more samples, or lower n_clusters",
    "pixel neighbours": (
        "NearestNeighbors needs at least 2 samples to fit, found 1 sample: give it more samples, or lower n_neighbors"
    ),
    "pixel components": "PCAReconstruction needs at least 2 samples to fit, found 1 sample: give it more samples",
    "one-class svm search": (
        "OneClassSVMSearch needs at least 6 samples to fit, found 1 sample: give it more samples, or lower n_folds"
    ),
    "deep svdd": "DeepSVDD needs at least 2 samples to fit, found 1 sample: give it more",
    "defect segmentation": "DefectSegmentation needs at least 2 samples to fit, found 1 sample: give it more",
    "mixed": "MixedDetector needs at least 2 samples to fit, found 1 sample: give it more, or lower n_folds",
    "matched filters": "MatchedFilters needs at least 2 samples to fit, found 1 sample: give it more",
    "surface defects": "SurfaceDefects needs at least 2 samples to fit, found 1 sample: give it more",
    "patch distributions": "PatchDistributions needs at least 2 samples to fit, found 1 sample: give it more",
    "rotation": "RotationPrediction needs at least 2 images to fit, found 1 image: give it more images",
    "cutpaste": "CutPasteClassification needs at least 2 images to fit, found 1 image: give it more images",
    "contrast": "DistributionAugmentedContrast needs at least 2 images to fit, found 1 image: give it more images",
}
ENSEMBLE = (
    "refinement with 5 classifiers needs at least 10 samples, found 1 sample: give more samples, or lower n_classifiers"
)


@pytest.mark.parametrize("name", [name for name in FITTED if name not in LABELLED])
def test_one_image_is_too_little(name: str) -> None:
    with pytest.raises(TooFewSamplesError) as caught:
        unfitted(name).fit(FEW.X_train[:1])
    blind = name.removeprefix("srr ")
    trained = blind in ("rotation", "contrast", "cutpaste")
    if name == "ensemble":
        assert str(caught.value).startswith("of 1 samples, held_out=0.2 leaves 1 to fit on and 0 to calibrate on")
        return
    if name in RECONSTRUCTED:
        assert str(caught.value).endswith(" needs at least 2 samples to fit, found 1 sample: give it more")
        return
    assert str(caught.value) == (ENSEMBLE if blind != name and not trained else ONE_IMAGE.get(blind, ENSEMBLE))


@pytest.mark.parametrize("name", ["rotation", "contrast"])
@pytest.mark.parametrize(("shape", "described"), [((12, 6, 6, 1), "6x6 grey"), ((12, 16, 12, 3), "12x16 RGB")])
def test_what_cannot_be_turned_and_halved_is_refused(name: str, shape: tuple[int, ...], described: str) -> None:
    representation = unfitted(f"the features of {name}")
    with pytest.raises(DataError) as caught:
        representation.fit(np.zeros(shape, dtype=np.uint8))
    assert str(caught.value) == (
        f"images of {described} cannot be learned from by turning them and halving them four times: resize them to "
        "squares of at least 8 pixels a side"
    )
    with pytest.raises(NotFittedError):  # nothing half done is left
        representation.transform(FEW.X_test)


MISTAKES: dict[str, tuple[Any, str]] = {
    "width": (0, "width is 0; it must be a whole number of at least 1"),
    "batch_size": (2.5, "batch_size is 2.5; it must be a whole number of at least 1"),
    "stem": ("smal", "stem is 'smal'; it must be 'small', 'strided' or 'standard'; did you mean 'small'?"),
    "blocks": ((2, 2), "blocks is (2, 2); it must be four whole numbers of at least 1"),
    "n_stages": (5, "n_stages is 5; it must be 1, 2, 3 or 4"),
    "learning_rate": (0, "learning_rate is 0; it must be a positive number"),
    "weight_decay": (-1, "weight_decay is -1; it must be a number of at least 0"),
    "max_epochs": (-1, "max_epochs is -1; it must be a number of at least 0"),
    "device": ("x", "device is 'x'; it must be 'auto', 'cpu', 'cuda' or 'mps'"),
    "precision": (
        "32-tru",
        "precision is '32-tru'; it must be 'auto', '32-true', 'bf16-mixed' or '16-mixed'; did you mean '32-true'?",
    ),
    "variant": ("scars", "variant is 'scars'; it must be 'rectangle', 'scar' or 'three-way'; did you mean 'scar'?"),
    "head_depth": (0, "head_depth is 0; it must be a whole number of at least 1"),
    "head_width": (0, "head_width is 0; it must be a whole number of at least 1"),
    "n_dimensions": (0, "n_dimensions is 0; it must be a whole number of at least 1"),
    "temperature": (0, "temperature is 0; it must be a positive number"),
    "shift": (-1, "shift is -1; it must be a whole number of at least 0"),
    "jitter": (1.5, "jitter is 1.5; it must be in [0, 1]"),
    "min_scale": (0, "min_scale is 0; it must be a share in (0, 1]"),
}


@pytest.mark.parametrize("name", ["rotation", "contrast", "cutpaste"])
def test_wrong_parameters_are_told_all_at_once_before_anything_is_trained(name: str) -> None:
    known = unfitted(f"the features of {name}").get_params()
    wrong = {key: value for key, (value, _) in MISTAKES.items() if key in known}
    told = [MISTAKES[key][1] for key in wrong]
    for path, estimator in (
        ("", unfitted(f"the features of {name}")),
        ("representation__", unfitted(name)),
        ("representation__", unfitted(f"srr {name}")),
    ):
        estimator.set_params(**{path + key: value for key, value in wrong.items()})
        with pytest.raises(ParameterError) as caught:
            estimator.fit(FEW.X_train)
        assert str(caught.value) == f"{len(told)} mistakes:\n" + "\n".join(f"  - {line}" for line in told)
