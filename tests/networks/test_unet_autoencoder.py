"""The autoencoder with skips: its shapes, what bypasses the code, and what it refuses."""

from __future__ import annotations

import pytest
import torch

from dross.errors import ParameterError
from dross.networks import UNetAutoencoder

SHAPES = [(28, 28, 1), (32, 32, 3), (15, 22, 3)]


@pytest.mark.parametrize("n_skips", [0, 1, 2])
@pytest.mark.parametrize("n_code", [5, None])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_code_is_all_that_the_decoder_gets(shape: tuple[int, int, int], n_code: int | None, n_skips: int) -> None:
    network = UNetAutoencoder(shape, (4, 6, 8), n_code, n_skips).eval()
    images = torch.rand(3, shape[2], *shape[:2]) * 2 - 1
    rebuilt = network(images)
    assert rebuilt.shape == images.shape
    assert rebuilt.abs().max() <= 1
    codes = network.encode(images)
    assert codes.ndim == 2
    torch.testing.assert_close(network.decode(codes), rebuilt)
    narrow = network.narrowest(codes)
    assert narrow.shape[1] == (n_code or 8 * (-(-shape[0] // 8)) * (-(-shape[1] // 8)))
    assert (codes.shape[1] == narrow.shape[1]) == (n_skips == 0)


def test_without_skips_all_goes_through_the_code_and_with_them_it_does_not() -> None:
    images = torch.rand(2, 1, 16, 16) * 2 - 1
    for n_skips in (0, 1, 2):
        torch.manual_seed(0)
        network = UNetAutoencoder((16, 16, 1), (4, 6, 8), 5, n_skips).eval()
        codes = network.encode(images)
        # The second image's code with all that bypasses the first one's.
        mixed = torch.cat([codes[1:, :5], codes[:1, 5:]], dim=1)
        same = torch.allclose(network.decode(mixed), network.decode(codes[1:]), atol=1e-6)
        assert same == (n_skips == 0)


def test_each_skip_widens_one_layer_on_the_way_up() -> None:
    inputs = {
        n_skips: [layer[0].in_channels for layer in UNetAutoencoder((16, 16, 1), (4, 6, 8), 5, n_skips).up]  # type: ignore[index]
        for n_skips in (0, 1, 2)
    }
    assert inputs == {0: [8, 6, 4], 1: [8, 12, 4], 2: [8, 12, 8]}


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        UNetAutoencoder((16, 16, 1), (4, 0), 0, n_skips=2)
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - widths is 0; it must be a whole number of at least 1\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - n_skips is 2; with 2 halvings it can be 1 at most"
    )
    with pytest.raises(ParameterError) as caught:
        UNetAutoencoder((16,))
    assert str(caught.value) == "shape is (16,); it must be (height, width, channels) of an image"
