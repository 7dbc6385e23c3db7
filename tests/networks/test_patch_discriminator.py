"""The patch discriminator: how many patches, what each of them sees, and for how small an image there is none."""

from __future__ import annotations

import pytest
import torch

from dross.errors import ParameterError
from dross.networks import PatchDiscriminator


def test_the_published_one_has_fourteen_logits_a_side_of_seventy_pixels_each() -> None:
    network = PatchDiscriminator((128, 128, 3), widths=(4, 4, 4, 4))
    image = torch.zeros(1, 3, 128, 128, requires_grad=True)
    logits = network(image)
    assert logits.shape == (1, 1, 14, 14)
    logits[0, 0, 7, 7].backward()
    assert image.grad is not None
    seen = image.grad[0].abs().sum(0) > 0
    assert (int(seen.any(0).sum()), int(seen.any(1).sum())) == (70, 70)


@pytest.mark.parametrize("side", [*range(3, 14), 24, 25, 28, 47, 48])
def test_it_says_how_many_layers_an_image_has_room_for(side: int) -> None:
    most = max(n for n in range(1, 7) if not _refused(side, n))
    assert PatchDiscriminator((side, side, 1), (2,) * most)(torch.zeros(1, 1, side, side)).numel() >= 1
    assert _refused(side, most + 1) == (
        f"widths has {most + 1} layers; patches of {side}x{side} pixels are seen by {most} at most"
    )
    # And no fewer than there are: one more layer would leave nothing to judge.
    left = side
    for _ in range(most):
        left //= 2
    assert left - 2 < 1


def _refused(side: int, n_layers: int) -> str:
    try:
        PatchDiscriminator((side, side, 1), (2,) * n_layers)
    except ParameterError as error:
        return str(error)
    return ""


def test_an_images_logits_do_not_depend_on_those_beside_it() -> None:
    network = PatchDiscriminator((16, 16, 1), (4, 8))
    images = torch.rand(5, 1, 16, 16)
    torch.testing.assert_close(network(images)[:2], network(images[:2]))
