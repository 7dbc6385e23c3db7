"""Seeding a block of Torch code leaves everybody else's random numbers alone."""

from __future__ import annotations

import pytest
import torch

from dross.training import seeded


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    drawn = []
    for seed in (1, 1, 2):
        with seeded(seed):
            drawn.append(torch.rand(5))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_the_global_generator_goes_on_where_it_was_even_after_an_error() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    with pytest.raises(RuntimeError, match="shape"), seeded(1):
        torch.rand(10).reshape(3)
    assert torch.equal(torch.rand(3), expected)
