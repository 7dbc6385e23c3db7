"""What holds for every augmentation: shape, range, layout, and that only the given generator counts."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from dross.augmentations import (
    Augmentation,
    BlendedPatches,
    ColourJitter,
    CutPaste,
    CutPasteScar,
    HorizontalFlip,
    PaddedCrop,
    PerlinPatches,
    RandomGrey,
    RandomResizedCrop,
    RandomRotation,
    as_floats,
    quarter_turns,
)
from dross.errors import DataError, ParameterError

STEPS = [RandomResizedCrop(0.5), HorizontalFlip(), ColourJitter(0.4, 0.4, 0.4, 0.4), RandomGrey(0.2)]
MOVES = [RandomRotation(45), PaddedCrop(4), RandomRotation(180, fill=0.0), PaddedCrop(4, fill=1.0)]
DEFECTS = [CutPaste(), CutPasteScar(), BlendedPatches(), PerlinPatches(max_exponent=2)]
AUGMENTATIONS = [*STEPS, *MOVES, *DEFECTS, Augmentation(*STEPS, *MOVES)]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(channels: int = 3, n: int = 16) -> Tensor:
    return torch.rand(n, channels, 8, 8, generator=generator(1))


@pytest.mark.parametrize("augment", AUGMENTATIONS, ids=lambda augment: type(augment).__name__)
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_and_range_stay_and_the_input_is_left_alone(augment: nn.Module, channels: int) -> None:
    given = images(channels)
    copy = given.clone()
    changed = augment(given, generator())
    assert changed.shape == given.shape
    assert changed.dtype == torch.float32
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 1 + 1e-6
    assert torch.equal(given, copy)


@pytest.mark.parametrize("augment", AUGMENTATIONS, ids=lambda augment: type(augment).__name__)
def test_only_the_given_generator_counts(augment: nn.Module) -> None:
    before = torch.get_rng_state()
    first, again, other = (augment(images(), generator(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("augment", AUGMENTATIONS, ids=lambda augment: type(augment).__name__)
def test_images_are_changed_independently(augment: nn.Module) -> None:
    same = images(n=1).expand(16, -1, -1, -1)
    changed = augment(same, generator())
    assert len({tuple(image.flatten().tolist()) for image in changed}) > 1


def test_under_mixed_precision_pixels_keep_their_digits() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        mixed = Augmentation(*STEPS)(images(), generator())
    assert torch.equal(mixed, Augmentation(*STEPS)(images(), generator()))


def test_parts_lie_in_the_image_and_all_sizes_and_places_occur() -> None:
    parts = RandomResizedCrop(0.5).draw(torch.empty(4000, 3, 8, 8), generator())
    tops, lefts, heights, widths = parts
    assert torch.equal(heights, widths)
    assert sorted(set(heights.tolist())) == [4, 5, 6, 7, 8]
    counts = torch.bincount((heights - 4).long())
    assert float(counts.float().std()) < 0.1 * 800
    for starts in (tops, lefts):
        assert float(starts.min()) == 0
        assert torch.equal(starts, starts.floor())
        assert bool((starts + heights <= 8).all())
        assert sorted(set(starts[heights == 4].tolist())) == [0, 1, 2, 3, 4]


def test_angles_are_uniform_on_both_sides() -> None:
    # A ramp from left to right: how steep it still is across, and how steep it became down, tell the angle.
    ramp = (torch.arange(5.0) / 10).expand(4000, 1, 5, 5)
    turned = RandomRotation(30)(ramp, generator())[:, 0]
    angles = torch.rad2deg(torch.atan2(turned[:, 1, 2] - turned[:, 3, 2], turned[:, 2, 3] - turned[:, 2, 1]))
    counts = torch.histc(angles, bins=6, min=-30, max=30)
    assert int(counts.sum()) == 4000
    assert int(counts.min()) > 580
    assert int(counts.max()) < 760


def test_a_padded_crop_goes_to_all_places_alike() -> None:
    places = torch.arange(1.0, 26).reshape(1, 1, 5, 5) / 25
    firsts = PaddedCrop(2)(places.expand(5000, -1, -1, -1), generator())[:, 0, 2, 2]
    counts = torch.bincount((firsts * 25).round().long())[1:]
    assert len(counts) == 25
    assert int(counts.min()) > 140
    assert int(counts.max()) < 260


def test_the_border_makes_no_new_values() -> None:
    given = images(n=4)
    constant = torch.full((4, 3, 8, 8), 0.3)
    for move in (RandomRotation(180), PaddedCrop(6)):
        torch.testing.assert_close(move(constant, generator()), constant)
        assert float(move(given, generator()).max()) <= float(given.max())
    assert float(PaddedCrop(6, fill=0.0)(constant, generator()).min()) == 0
    assert float(RandomRotation(180, fill=1.0)(constant, generator()).max()) > 0.9


def test_bytes_become_floats_in_the_same_layout() -> None:
    given = torch.arange(256, dtype=torch.uint8).reshape(1, 4, 8, 8).contiguous(memory_format=torch.channels_last)
    floats = as_floats(given)
    torch.testing.assert_close(floats, given.double().div(255).float())
    assert floats.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_turned_images_keep_the_layout(memory_format: torch.memory_format) -> None:
    turned, _ = quarter_turns(images().contiguous(memory_format=memory_format))
    assert turned.is_contiguous(memory_format=memory_format)


def test_only_square_images_are_turned() -> None:
    with pytest.raises(DataError) as caught:
        quarter_turns(torch.zeros(2, 3, 28, 32))
    assert str(caught.value) == (
        "images of 28 x 32 pixels cannot be turned by 90 degrees: give square ones, or a size to resize them to"
    )


def test_amounts_that_make_no_sense_are_told() -> None:
    with pytest.raises(ParameterError) as caught:
        ColourJitter(-1, 0.4, "much", 0.4)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - brightness is -1; it must be a number of at least 0\n"
        "  - saturation is 'much'; it must be a number of at least 0"
    )
    with pytest.raises(ParameterError) as caught:
        ColourJitter(hue=0.6)
    assert str(caught.value) == "hue is 0.6; it must be at most 0.5, half a turn of the colour circle"
    with pytest.raises(ParameterError) as caught:
        RandomResizedCrop(0.0)
    assert str(caught.value) == "min_scale is 0.0; it must be a share in (0, 1]"
    with pytest.raises(ParameterError) as caught:
        RandomRotation(0, fill="edge")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - degrees is 0; it must be a positive number\n"
        "  - fill is 'edge'; it must be 'border' or a number in [0, 1]"
    )
    with pytest.raises(ParameterError) as caught:
        RandomRotation(270)
    assert str(caught.value) == "degrees is 270; it must be at most 180, half a turn to either side"
    with pytest.raises(ParameterError) as caught:
        PaddedCrop(0, fill=1.5)
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - padding is 0; it must be a whole number of at least 1\n"
        "  - fill is 1.5; it must be 'border' or a number in [0, 1]"
    )
    for random in (HorizontalFlip, RandomGrey):
        with pytest.raises(ParameterError) as caught:
            random(2.0)
        assert str(caught.value) == "probability is 2.0; it must be a share in (0, 1]"
