"""Batches of one half normals and one half anomalies, evenly from every group."""

from __future__ import annotations

import numpy as np
import torch

from dross.training import BalancedBatches

NORMALS, ANOMALIES = torch.arange(40.0), -torch.arange(1.0, 31.0)
GROUPS = np.repeat([3, 5, 9], [24, 4, 2])


def batches(seed: int = 0) -> list[torch.Tensor]:
    made = BalancedBatches(NORMALS, ANOMALIES, GROUPS, seed=seed)
    assert len(made) == 40
    return list(made.cut(list(torch.split(torch.randperm(40, generator=torch.Generator().manual_seed(1)), 12))))


def test_each_half_is_what_it_is_said_to_be() -> None:
    halves = [batch.chunk(2) for batch in batches()]
    assert [len(normals) for normals, _ in halves] == [12, 12, 12, 4]
    assert sorted(torch.cat([normals for normals, _ in halves]).tolist()) == NORMALS.tolist()
    assert all((anomalies < 0).all() for _, anomalies in halves)


def test_small_groups_are_drawn_as_often_as_large_ones() -> None:
    anomalies = torch.cat([batch.chunk(2)[1] for batch in batches()])
    counts = np.bincount(GROUPS[(-anomalies).long().numpy() - 1], minlength=10)[[3, 5, 9]]
    assert counts.min() >= 40 // 3 - 2
    assert counts.max() <= 40 // 3 + 2


def test_the_same_seed_draws_the_same_and_each_batch_anew() -> None:
    first, again, other = batches(), batches(), batches(seed=1)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=True))
    assert not torch.equal(first[0].chunk(2)[1], first[1].chunk(2)[1])
