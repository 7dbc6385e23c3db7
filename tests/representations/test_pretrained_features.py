"""Pretrained features against torchvision's ResNet-18, and files of weights that are refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torchvision.transforms.functional import normalize

from dross.data.images import as_images
from dross.errors import ModelError, ParameterError
from dross.representations import PretrainedFeatures
from tests.random_weights import random_resnet18

IMAGES = np.random.default_rng(0).integers(0, 256, size=(5, 40, 40, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    return random_resnet18()


@pytest.fixture(scope="module")
def weights(reference: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "resnet18.pth"
    torch.save(reference.state_dict(), path)
    return path


def torchvisions_features(reference: nn.Module, images: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Return what torchvision computes before its last layer of images resized by Pillow, brought to length 1."""
    resized = [
        np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
        for image in images
    ]
    batch = normalize(torch.from_numpy(np.stack(resized)).float() / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    last = reference.fc
    reference.fc = nn.Identity()
    with torch.no_grad():
        features: Tensor = reference(batch)
    reference.fc = last
    return functional.normalize(features.double(), dim=1).numpy()


@pytest.mark.parametrize("size", [32, 40, 64])
def test_features_are_torchvisions(reference: nn.Module, weights: Path, size: int) -> None:
    found = PretrainedFeatures(weights, image_size=size).fit_transform(IMAGES)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, torchvisions_features(reference, IMAGES, size), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-12)


def test_large_images_are_resized_once(reference: nn.Module, weights: Path) -> None:
    # The rule for all images makes a square of 64 of anything larger; these go straight to 96.
    large = np.random.default_rng(1).integers(0, 256, size=(2, 120, 100, 3), dtype=np.uint8)
    found = PretrainedFeatures(weights, image_size=96).fit_transform(large)
    np.testing.assert_allclose(found, torchvisions_features(reference, large, 96), atol=1e-5)


def test_a_safetensors_file_gives_the_same(reference: nn.Module, weights: Path, tmp_path: Path) -> None:
    safetensors.torch.save_file(reference.state_dict(), tmp_path / "resnet18.safetensors")
    expected = PretrainedFeatures(weights, image_size=32).fit_transform(IMAGES)
    found = PretrainedFeatures(str(tmp_path / "resnet18.safetensors"), image_size=32).fit_transform(IMAGES)
    np.testing.assert_array_equal(found, expected)


def test_files_of_old_versions_of_torch_do_not_count_batches(
    reference: nn.Module, weights: Path, tmp_path: Path
) -> None:
    state = {name: value for name, value in reference.state_dict().items() if "num_batches_tracked" not in name}
    assert len(state) < len(reference.state_dict())
    torch.save(state, tmp_path / "old.pth")
    expected = PretrainedFeatures(weights, image_size=32).fit_transform(IMAGES)
    found = PretrainedFeatures(tmp_path / "old.pth", image_size=32).fit_transform(IMAGES)
    np.testing.assert_array_equal(found, expected)


def test_the_layer_that_classifies_may_be_missing(reference: nn.Module, weights: Path, tmp_path: Path) -> None:
    state = {name: value for name, value in reference.state_dict().items() if not name.startswith("fc.")}
    torch.save(state, tmp_path / "headless.pth")
    expected = PretrainedFeatures(weights, image_size=32).fit_transform(IMAGES)
    found = PretrainedFeatures(tmp_path / "headless.pth", image_size=32).fit_transform(IMAGES)
    np.testing.assert_array_equal(found, expected)


def test_grey_images_are_rgb_images_without_colour_and_any_size_will_do(weights: Path) -> None:
    features = PretrainedFeatures(weights, image_size=32).fit(IMAGES)
    grey = IMAGES[:, 4:36, 4:36, :1]
    found = features.transform(grey)
    np.testing.assert_array_equal(features.transform(np.repeat(grey, 3, axis=3)), found)
    np.testing.assert_array_equal(features.transform(as_images(grey)), found)


class Malicious:
    """When unpickled it calls a function: here one that leaves a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("way", ["torch.save", "pickle", "within a state dict"])
def test_nothing_in_a_file_is_run(reference: nn.Module, way: str, tmp_path: Path) -> None:
    trace, path = tmp_path / "was run", tmp_path / "evil.pth"
    if way == "torch.save":
        torch.save(Malicious(trace), path)
    elif way == "pickle":
        path.write_bytes(pickle.dumps(Malicious(trace)))
    else:
        torch.save({**reference.state_dict(), "conv1.weight": Malicious(trace)}, path)
    with pytest.raises(ModelError) as caught:
        PretrainedFeatures(path).fit(IMAGES)
    assert str(caught.value) == (f"{path} cannot be read as weights (UnpicklingError): give a .pth or .safetensors")
    assert not trace.exists()


def test_the_file_that_must_not_run_would_run(tmp_path: Path) -> None:
    # Else the test above could not fail.
    trace = tmp_path / "was run"
    pickle.loads(pickle.dumps(Malicious(trace)))
    assert trace.exists()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        PretrainedFeatures(tmp_path / "no.pth").fit(IMAGES)
    assert str(caught.value) == f"there is no file of weights {tmp_path / 'no.pth'}: download it, and give its path"


@pytest.mark.parametrize("name", ["empty.pth", "text.pth", "cut.pth", "text.safetensors", "empty.safetensors"])
def test_damaged_files_are_told(weights: Path, name: str, tmp_path: Path) -> None:
    content = {"empty": b"", "text": b"these are no weights", "cut": weights.read_bytes()[:100_000]}
    path = tmp_path / name
    path.write_bytes(content[path.stem])
    with pytest.raises(ModelError) as caught:
        PretrainedFeatures(path).fit(IMAGES)
    reason = type(caught.value.__cause__).__name__
    assert str(caught.value) == f"{path} cannot be read as weights ({reason}): give a .pth or .safetensors"


@pytest.mark.parametrize("content", [[1.0, 2.0], {"epoch": 3}, torch.zeros(3)], ids=["list", "numbers", "tensor"])
def test_files_without_weights_by_name_are_told(content: Any, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "other.pth")
    with pytest.raises(ModelError) as caught:
        PretrainedFeatures(tmp_path / "other.pth").fit(IMAGES)
    assert str(caught.value) == (
        f"{tmp_path / 'other.pth'} holds no weights by name: give the file that torchvision distributes"
    )


def test_the_weights_of_other_networks_are_told(reference: nn.Module, tmp_path: Path) -> None:
    state = reference.state_dict()
    path = tmp_path / "other.pth"
    shallow = {name: value for name, value in state.items() if not name.startswith("layer4.1.bn2.")}
    foreign = {f"module.{name}": value for name, value in state.items()}
    narrow = {**state, "conv1.weight": torch.zeros(32, 3, 7, 7)}
    for other, differing in (
        (shallow, "layer4.1.bn2.bias, layer4.1.bn2.running_mean, layer4.1.bn2.running_var and others differ"),
        (foreign, "bn1.bias, bn1.running_mean, bn1.running_var and others differ"),
        (narrow, "conv1.weight differ"),
    ):
        torch.save(other, path)
        with pytest.raises(ModelError) as caught:
            PretrainedFeatures(path).fit(IMAGES)
        assert str(caught.value) == (
            f"{path} holds the weights of another network ({differing}): give those of torchvision's resnet18"
        )


def test_wrong_parameters_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        PretrainedFeatures(None, image_size=16).fit(IMAGES)
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - image_size is 16; it must be a whole number of at least 32\n"
        "  - weights is None; it must be the path of a file"
    )
