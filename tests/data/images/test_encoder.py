from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dross.data.images import ImageEncoder, as_images, read_images
from dross.errors import DataError, ParameterError, SchemaError
from tests.data.images.made_images import smooth, write_image

RGB = ImageEncoder().fit(read_images(smooth(3, 20, 24)))
GREY = ImageEncoder().fit(read_images(smooth(3, 20, 24, 1)))


def test_new_images_get_the_shape_of_the_training_images(tmp_path: Path) -> None:
    assert (RGB.size_, RGB.channels_) == ((20, 24), 3)
    assert RGB.transform(smooth(2, 50, 60)).shape == (2, 20, 24, 3)
    assert RGB.transform(as_images(smooth(2, 50, 60), size=50)).shape == (2, 20, 24, 3)
    assert GREY.transform(smooth(2, 50, 60, 1)[..., 0]).shape == (2, 20, 24, 1)
    np.testing.assert_array_equal(RGB.transform(smooth(2, 20, 24)).read(), smooth(2, 20, 24))
    write_image(tmp_path / "a.png", smooth(1, 500, 400)[0])
    assert RGB.transform(tmp_path).shape == (1, 20, 24, 3)


def test_a_grey_file_is_one_of_its_colours(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", smooth(1, 20, 24, 1)[0])
    assert RGB.transform(tmp_path).shape == (1, 20, 24, 3)
    (tmp_path / "b.png").write_bytes(b"")
    found = RGB.read(tmp_path, skip_bad=True, held_bytes=0)
    assert (found.ids, found.skipped) == (("a.png",), (("b.png", "is empty (0 bytes): copy it again"),))


@pytest.mark.parametrize("images", [smooth(2), as_images(smooth(2)), read_images(smooth(2))])
def test_colours_for_a_grey_model(images: Any) -> None:
    source = "the images" if hasattr(images, "source") else "the new images"
    with pytest.raises(SchemaError) as caught:
        GREY.transform(images)
    assert str(caught.value) == (
        f"{source} are RGB images (3 channels), but the model was fitted on grey images (1 channel): give such "
        "(images.mean(axis=-1).astype('uint8')), or fit a model on RGB images (3 channels)"
    )


def test_grey_arrays_for_a_model_of_colours() -> None:
    with pytest.raises(SchemaError) as caught:
        RGB.transform(smooth(2, channels=1)[..., 0], source="parts")
    assert str(caught.value) == (
        "parts are grey images (1 channel), but the model was fitted on RGB images (3 channels): give such "
        "(numpy.repeat(images, 3, axis=-1)), or fit a model on grey images (1 channel)"
    )


def test_files_in_colour_for_a_grey_model(tmp_path: Path) -> None:
    for number in range(5):
        write_image(tmp_path / f"{number}.png", smooth(1, channels=1 if number == 1 else 3)[0])
    with pytest.raises(SchemaError) as caught:
        GREY.transform(tmp_path)
    assert str(caught.value) == (
        "0.png, 2.png, 3.png and 1 more are in colour (3 channels), but the model was fitted on grey images "
        "(1 channel): save them as grey, or fit a model on images in colour"
    )


def test_wrong_arrays_get_the_messages_of_reading() -> None:
    with pytest.raises(DataError) as caught:
        RGB.transform(np.zeros((2, 8)))
    assert str(caught.value) == (
        "the new images: an array of shape (2, 8), but images are (n, height, width) or (n, height, width, channels)"
    )


def test_an_encoder_comes_back_from_json() -> None:
    again = ImageEncoder.from_dict(json.loads(json.dumps(RGB.to_dict())))
    assert (again.size_, again.channels_) == (RGB.size_, RGB.channels_)


@pytest.mark.parametrize(
    "description",
    [{}, {"size": 3, "channels": 3}, {"size": [1, 2, 3], "channels": 3}, {"size": [8, "x"], "channels": 3}],
)
def test_damaged_descriptions(description: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"^the description of the images is damaged \(.*\): fit the model again$"):
        ImageEncoder.from_dict(description)


@pytest.mark.parametrize("description", [{"size": [8, 0], "channels": 3}, {"size": [8, 8], "channels": 2}])
def test_impossible_descriptions(description: dict[str, Any]) -> None:
    with pytest.raises(DataError) as caught:
        ImageEncoder.from_dict(description)
    assert str(caught.value) == f"the description of the images is damaged ({description!r}): fit the model again"


def test_an_encoder_must_be_fitted() -> None:
    with pytest.raises(ParameterError) as caught:
        ImageEncoder().transform(smooth(2))
    assert str(caught.value) == "this ImageEncoder is not fitted: call fit with the training images first"
