"""A model of images that was saved and loaded is the model: its scores are equal to the last bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dross.catalog import CATALOG, build
from dross.data.images.encoder import ImageEncoder
from dross.data.images.reading import read_images
from dross.errors import ModelError
from dross.networks import ResNet
from dross.one_class import NearestNeighbors, TwoStage
from dross.persistence import Model, Provenance, load, save
from dross.persistence.packing import Packer
from dross.persistence.unpacking import Unpacker
from dross.representations import Pixels
from tests.image_detectors import fit
from tests.persistence.bits import bits, same
from tests.random_weights import random_resnet18
from tests.tasks.dirty_images import dirty_images

IMAGES = dirty_images(24, side=16)
COLOUR = np.random.default_rng(0).integers(0, 256, (24, 16, 16, 3), dtype=np.uint8)
#: What makes any of them fast.
SMALL: dict[str, Any] = {"width": 2, "max_epochs": 1.0, "batch_size": 8, "device": "cpu"}
NAMES = [entry.name for entry in CATALOG.values() if entry.takes == "images" and entry.name != "pretrained"]


def built(name: str) -> Any:
    known = {path.split("__")[-1] for path in build(name).get_params(deep=True)}
    return build(name, random_state=0, **{key: value for key, value in SMALL.items() if key in known})


@pytest.mark.filterwarnings("ignore::dross.errors.ThresholdWarning")  # one epoch parts nothing
@pytest.mark.parametrize("images", [IMAGES, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("name", [*NAMES, "srr-rotation", "srr-pixel-knn"])
def test_every_image_detector_scores_bit_for_bit_the_same(name: str, images: np.ndarray, tmp_path: Path) -> None:
    detector = fit(built(name), images)
    loaded = load(save(tmp_path / "model", detector)).detector
    for X in (images, images[:1], images[::-1]):
        assert bits(loaded.score_samples(X)) == bits(detector.score_samples(X))
    assert same(loaded, detector)


def test_pretrained_features_score_the_same_where_the_file_of_weights_is_gone(tmp_path: Path) -> None:
    weights = tmp_path / "resnet18.pth"
    torch.save(random_resnet18().state_dict(), weights)
    detector: Any = build("pretrained", weights=str(weights), image_size=32).fit(COLOUR)
    weights.unlink()
    loaded = load(save(tmp_path / "model", detector)).detector
    assert bits(loaded.score_samples(COLOUR)) == bits(detector.score_samples(COLOUR))
    assert same(loaded, detector)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last], ids=str)
def test_weights_come_back_in_the_order_in_memory_that_they_had(channels: int, order: torch.memory_format) -> None:
    # Convolutions add up along another path for another order, and so may give another last bit.
    torch.manual_seed(0)
    network = ResNet(channels, 2, "small").to(memory_format=order).eval()
    packer = Packer()
    loaded = Unpacker(packer.arrays, {}).unpack(packer.pack(network, "network"))
    for (name, one), (_, other) in zip(network.state_dict().items(), loaded.state_dict().items(), strict=True):
        assert torch.equal(one, other), name
        assert one.stride() == other.stride(), name
    X = torch.rand(3, channels, 16, 16).to(memory_format=order)
    assert torch.equal(network(X), loaded(X))


def test_a_model_takes_images_after_loading_as_before(tmp_path: Path) -> None:
    found = read_images(IMAGES)
    detector = TwoStage(Pixels(), NearestNeighbors(n_neighbors=2)).fit(found.images)
    skipped = (("7.png", "is empty (0 bytes): copy it again"),)
    provenance = Provenance("pixel-knn", {}, 0, "photos", "abc", 24, skipped=skipped, environment={"python": "3.11"})
    model = Model(detector, ImageEncoder().fit(found), provenance)
    loaded = load(save(tmp_path / "model", model))
    assert loaded.takes == "images"
    assert loaded.provenance == provenance
    larger = np.repeat(np.repeat(IMAGES, 2, axis=1), 2, axis=2)
    for data in (IMAGES, larger, IMAGES[:1]):
        assert bits(loaded.anomaly_scores(data)) == bits(model.anomaly_scores(data))
    assert loaded.alarms(IMAGES).tolist() == model.alarms(IMAGES).tolist()


def test_a_model_of_a_table_from_before_there_were_images_is_read(tmp_path: Path) -> None:
    from dross.tasks import fit

    fit([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], detector="gaussian", out=tmp_path / "m")
    rewrite(
        tmp_path / "m", lambda description: [description["schema"].pop("of"), description["provenance"].pop("skipped")]
    )
    loaded = load(tmp_path / "m")
    assert (loaded.takes, loaded.provenance.skipped) == ("tables", ())


@pytest.mark.parametrize(
    "schema",
    [
        {"of": "sounds", "size": [8, 8], "channels": 1},
        {"of": "images", "size": [8], "channels": 1},
        {"of": "images", "size": [8, 8], "channels": 2},
        {"of": "images", "columns": []},
    ],
)
def test_a_damaged_description_of_the_images_is_told(schema: dict[str, Any], tmp_path: Path) -> None:
    found = read_images(IMAGES)
    save(tmp_path / "m", Model(TwoStage(Pixels(), NearestNeighbors()).fit(found.images), ImageEncoder().fit(found)))
    rewrite(tmp_path / "m", lambda description: description.update(schema=schema))
    with pytest.raises(ModelError, match=r"is damaged: .*; copy it again from where it came from, or fit it again"):
        load(tmp_path / "m")


def rewrite(folder: Path, change: Any) -> None:
    """Change the description of a model, checksum and all."""
    from dross.persistence import folder as module

    description = json.loads((folder / "model.json").read_text())
    change(description)
    description["checksum"] = module._checksum(description)
    (folder / "model.json").write_text(json.dumps(description))
