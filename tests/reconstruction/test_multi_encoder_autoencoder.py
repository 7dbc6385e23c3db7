"""The multi-encoder autoencoder: different encoders, joined codes, and one decoder larger than any of them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from dross.errors import ParameterError
from dross.networks import ParallelEncoders
from dross.reconstruction import MultiEncoderAutoencoder
from dross.training import seeded
from tests.planted_pictures import plant_defects


def network() -> ParallelEncoders:
    with seeded(0):
        return ParallelEncoders((28, 28, 1), hidden=(32,), filter_sizes=(3, 7), widths=(8, 16), n_code=4)


def test_the_code_is_those_of_three_encoders_that_see_the_same_image() -> None:
    parallel = network()
    images = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    apart = [encoder(images) for encoder in parallel.encoders]
    assert [tuple(code.shape) for code in apart] == [(2, 4)] * 3
    torch.testing.assert_close(parallel.encode(images), torch.cat(apart, dim=1))


def test_no_two_encoders_are_of_a_kind() -> None:
    kinds = []
    for encoder in network().encoders:
        first = next(module for module in encoder.modules() if isinstance(module, (nn.Linear, nn.Conv2d)))
        kinds.append((type(first).__name__, tuple(first.weight.shape[2:])))
    assert kinds == [("Linear", ()), ("Conv2d", (3, 3)), ("Conv2d", (7, 7))]


def test_a_pixel_reaches_as_far_as_the_filters_are_large() -> None:
    reached = []
    for encoder in list(network().encoders)[1:]:
        blank = torch.zeros(1, 1, 28, 28)
        touched = blank.clone()
        touched[0, 0, 14, 14] = 1.0
        layer: nn.Module = encoder.layers[0]  # type: ignore[index, assignment]
        reached.append(int(((layer(touched) - layer(blank)).abs().sum(1) > 0).sum()))
    assert reached[0] <= 4 < reached[1] <= 16


def test_the_one_decoder_is_larger_than_any_encoder() -> None:
    parallel = network()

    def convolutions(module: nn.Module) -> int:
        found = [m for m in module.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
        return sum(m.out_channels if isinstance(m, nn.Conv2d) else m.in_channels for m in found)

    assert convolutions(parallel.decoder) == 2 * max(convolutions(encoder) for encoder in parallel.encoders)


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"hidden": 3, "widths": (), "filter_sizes": (3,), "n_code": 0, "anomaly_weight": 0}
    with pytest.raises(ParameterError) as caught:
        MultiEncoderAutoencoder(**wrong).fit(plant_defects(n_train=4).X_train)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - hidden is 3; it must be a tuple of whole numbers above 0\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - filter_sizes is (3,); it must be a tuple of 2 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - anomaly_weight is 0; it must be a positive number"
    )


@pytest.mark.parametrize("sizes", [(3, 3), (1, 5)])
def test_encoders_that_would_say_the_same_are_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ParameterError) as caught:
        MultiEncoderAutoencoder(filter_sizes=sizes).fit(plant_defects(n_train=4).X_train)
    assert str(caught.value) == (
        f"filter_sizes is {sizes}; each must be at least 2, and no two alike, or encoders say the same"
    )
