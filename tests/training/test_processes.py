"""Training shared by two processes under torchrun: each takes its part of a batch, and both end the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from dross.training import read_checkpoint
from dross.training.processes import share_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("n", "n_processes"), [(7, 2), (8, 4), (2, 3), (1, 2)])
def test_shares_are_the_whole_batch_and_their_weighted_mean_is_its_mean(n: int, n_processes: int) -> None:
    batch = torch.arange(100, 100 + n)
    shares = [share_of(batch, rank, n_processes) for rank in range(n_processes)]
    counted = torch.cat([own for own, weight in shares if weight])
    assert torch.equal(counted.sort().values, batch)
    averaged = sum(weight * float(own.float().mean()) for own, weight in shares) / n_processes
    assert averaged == pytest.approx(float(batch.float().mean()))
    assert all(len(own) for own, _ in shares)  # nobody may sit a step out


def test_a_weighted_mean_of_gradients_is_the_gradient_of_the_whole_batch() -> None:
    layer, data = nn.Linear(3, 1), torch.randn(5, 3)
    whole = torch.autograd.grad(layer(data).square().mean(), layer.weight)[0]
    parts = []
    for rank in range(2):
        own, weight = share_of(torch.arange(5), rank, 2)
        parts.append(torch.autograd.grad(weight * layer(data[own]).square().mean(), layer.weight)[0])
    torch.testing.assert_close(sum(parts) / 2, whole)


def test_two_processes_end_with_the_same_weights(tmp_path: Path) -> None:
    words = ["--standalone", "--nproc-per-node", "2", "-m", "tests.training.two_processes", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (meta, arrays), (other_meta, others) = (read_checkpoint(tmp_path / f"{rank}.safetensors") for rank in range(2))
    assert arrays.keys() == others.keys()
    for name, value in arrays.items():  # running means included
        np.testing.assert_array_equal(value, others[name], err_msg=name)
    assert meta["batches"] == other_meta["batches"] == [3, 3, 3, 1] * 2
    assert meta["history"] == other_meta["history"]
    assert meta["step"] == 8
    assert 0 < meta["history"][0]["loss"] < 2
