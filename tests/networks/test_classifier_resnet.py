"""The residual network with a layer that classifies, against torchvision's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as reference

from dross.errors import ParameterError
from dross.networks import ClassifierResNet
from dross.training import seeded
from tests.random_weights import random_resnet18


def images(channels: int = 3, side: int = 32) -> Tensor:
    """Return pixels in [0, 1]."""
    return torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("channels", "image_size"), [(3, None), (1, None), (3, 48), (3, 20)])
def test_with_imagenets_normalisation_it_computes_what_torchvisions_does(channels: int, image_size: int | None) -> None:
    theirs = random_resnet18()
    with seeded(0):
        ours = ClassifierResNet(
            (32, 32, channels), 1000, stem="standard", image_size=image_size, normalisation="imagenet"
        ).eval()
    state = theirs.state_dict()
    ours.resnet.load_state_dict({name: value for name, value in state.items() if not name.startswith("fc.")})
    ours.fc.load_state_dict({"weight": state["fc.weight"], "bias": state["fc.bias"]})
    given = images(channels)
    resized = given.expand(-1, 3, -1, -1)
    if image_size is not None:
        resized = reference.resize(resized, [image_size] * 2, InterpolationMode.BILINEAR, antialias=True)
    normalised = reference.normalize(resized, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    with torch.no_grad():
        torch.testing.assert_close(ours(2 * given - 1), theirs(normalised), atol=1e-4, rtol=1e-4)


def test_the_last_stage_is_what_comes_out_and_the_one_before_what_goes_into_the_layer() -> None:
    with seeded(0):
        network = ClassifierResNet((16, 16, 1), 2, width=4, stem="strided").eval()
    given = 2 * images(1, 16) - 1
    with torch.no_grad():
        *stages, outputs = network.stages(given)
        assert [tuple(stage.shape) for stage in stages] == [(2, 4), (2, 8), (2, 16), (2, 32)]
        torch.testing.assert_close(outputs, network(given))
        torch.testing.assert_close(stages[-1], network.resnet(given))
        torch.testing.assert_close(outputs, stages[-1] @ network.fc.weight.T + network.fc.bias)


def test_all_wrong_parameters_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        ClassifierResNet((32, 32, 3), 0, image_size=0, normalisation="image")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - n_outputs is 0; it must be a whole number of at least 1\n"
        "  - image_size is 0; it must be a whole number of at least 1\n"
        "  - normalisation is 'image'; it must be 'symmetric' or 'imagenet'; did you mean 'imagenet'?"
    )
    with pytest.raises(ParameterError) as caught:
        ClassifierResNet((32,))
    assert str(caught.value) == "shape is (32,); it must be (height, width, channels) of an image"
