"""Images that are made smaller: it is said once, with what to do, and nobody who says a size loses any."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from dross.cli.main import main
from dross.data.images import as_images, read_images
from dross.errors import SchemaError, SizeWarning
from dross.inspection import PatchDistributions
from dross.one_class import KMeansDistance, TwoStage
from dross.reconstruction import FullyConnectedAutoencoder
from dross.representations import ColourAndGradients, Pixels
from dross.supervised import ClassifierDetector
from tests.data.images.made_images import smooth, write_image

LARGE: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (8, 80, 96), dtype=np.uint8)
SMALL = LARGE[:, :16, :20]
TEXT = (
    "images of {} pixels are made 64x64, and small details are lost: to keep more, say a larger size (--size, or size= "
    "of as_images and read_images)"
)


def pixels() -> Any:
    return TwoStage(Pixels(), KMeansDistance(n_clusters=1, random_state=0))


def told(do: Any) -> list[str]:
    """Return what is said of sizes, however often."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        do()
    return [str(each.message) for each in caught if each.category is SizeWarning]


def test_an_array_of_large_images() -> None:
    assert told(lambda: as_images(LARGE)) == [TEXT.format("96x80")]
    assert told(lambda: read_images(LARGE)) == [TEXT.format("96x80")]


def test_a_folder_of_large_and_small_images(tmp_path: Path) -> None:
    for number, (height, width) in enumerate([(100, 70), (20, 90), (30, 30)]):
        write_image(tmp_path / f"{number}.png", smooth(1, height, width)[0])
    assert told(lambda: read_images(tmp_path)) == [TEXT.format("up to 70x100")]
    assert told(lambda: read_images(tmp_path, size=64)) == []


def test_nothing_is_said_of_small_images_or_where_a_size_was_given(tmp_path: Path) -> None:
    write_image(tmp_path / "0.png", smooth(1, 20, 24)[0])
    write_image(tmp_path / "1.png", smooth(1, 12, 10)[0])
    assert told(lambda: as_images(SMALL)) == []
    assert told(lambda: as_images(LARGE, size=32)) == []
    assert told(lambda: as_images(as_images(LARGE, size=(80, 96)))) == []
    assert told(lambda: read_images(tmp_path)) == []
    # Small ones are not made larger than the largest of them.
    assert read_images(tmp_path).images.shape == (2, 24, 24, 3)


@pytest.mark.parametrize(
    "detector",
    [
        pixels(),
        TwoStage(ColourAndGradients(), KMeansDistance(n_clusters=1, random_state=0)),
        FullyConnectedAutoencoder(hidden=(4,), n_code=2, max_epochs=1.0, device="cpu", random_state=0),
    ],
    ids=["pixels", "descriptors", "autoencoder"],
)
def test_it_is_said_once_a_fit_and_not_when_scoring(detector: Any) -> None:
    assert told(lambda: detector.fit(LARGE)) == [TEXT.format("96x80")]
    assert told(lambda: detector.score_samples(LARGE)) == []


def test_what_finds_small_defects_takes_arrays_in_full() -> None:
    detector = PatchDistributions(stride=8)
    assert told(lambda: detector.fit(LARGE)) == []
    assert detector.image_shape_ == (80, 96, 1)


def test_a_detector_fitted_in_full_scores_arrays_and_files_in_full(tmp_path: Path) -> None:
    detector = pixels().fit(as_images(LARGE, size=(80, 96)))
    assert detector.representation_.image_shape_ == (80, 96, 1)
    expected = detector.score_samples(as_images(LARGE, size=(80, 96)))
    np.testing.assert_array_equal(detector.score_samples(LARGE), expected)
    paths = [write_image(tmp_path / f"{number}.png", image[..., None]) for number, image in enumerate(LARGE)]
    np.testing.assert_array_equal(detector.score_samples(paths), expected)
    with pytest.raises(SchemaError) as caught:
        detector.score_samples(LARGE[:, :70, :70])
    assert str(caught.value) == (
        "the images are 70x70 grey, but those it was fitted on 96x80 grey: give images of that size and colour"
    )


def test_augmented_copies_are_as_large_as_the_images() -> None:
    images = as_images(np.repeat(LARGE[..., None], 3, axis=3)[:, :, :80], size=80)
    detector = ClassifierDetector(
        KNeighborsClassifier(1), Pixels(), augment=True, threshold="contamination", n_folds=2, random_state=0
    )
    assert told(lambda: detector.fit(images, labels=[0, 0, 0, 0, 0, 0, 1, 1])) == []
    assert detector.representation_.image_shape_ == (80, 80, 3)


def test_the_command_line_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, image in enumerate(LARGE):
        write_image(tmp_path / "photos" / f"{number}.png", image[..., None])
    words = ["fit", str(tmp_path / "photos"), "--detector", "mean-image"]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert main([*words, "--out", str(tmp_path / "model")]) == 0
    assert f"dross: warning: {TEXT.format('96x80')}\n" in capsys.readouterr().err
    assert main([*words, "--size", "80", "--out", str(tmp_path / "larger")]) == 0
    assert "warning" not in capsys.readouterr().err
