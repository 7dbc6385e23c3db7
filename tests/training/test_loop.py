"""The training loop: it learns, counts epochs, repeats with a seed, and touches nobody's random numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dross.errors import TrainingError
from dross.training import TrainingLoop


class Centre(nn.Module):
    """Learns the mean of the data, and writes down the batches it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.zeros(2))
        self.batches: list[Tensor] = []

    def forward(self, batch: Tensor, generator: torch.Generator | None = None) -> Tensor:
        self.batches.append(batch.clone())
        return ((batch - self.centre) ** 2).mean()


def rows(n: int, seed: int = 0) -> Tensor:
    """Return ``n`` rows around 1, the first column a serial number's hundredth away from it."""
    generator = torch.Generator().manual_seed(seed)
    data = 1 + 0.1 * torch.randn(n, 2, generator=generator)
    data[:, 0] = 1 + torch.arange(n) / 1000
    return data


def loop(objective: nn.Module, *, batch_size: int = 8, seed: int = 0, learning_rate: float = 0.05) -> TrainingLoop:
    return TrainingLoop(objective, learning_rate=learning_rate, batch_size=batch_size, seed=seed, device="cpu")


def test_the_loss_falls_to_what_can_be_reached() -> None:
    objective, data = Centre(), rows(64)
    training = loop(objective)
    losses = [training.train_to(data, epoch) for epoch in (1, 5, 20)]
    assert losses == sorted(losses, reverse=True)
    torch.testing.assert_close(objective.centre.detach(), data.mean(0), atol=0.02, rtol=0)


def test_a_pass_shows_every_row_once_in_a_new_order_each_time() -> None:
    objective, data = Centre(), rows(20)
    loop(objective).train_to(data, 2)
    assert [len(batch) for batch in objective.batches] == [8, 8, 4] * 2
    first, second = torch.cat(objective.batches[:3]), torch.cat(objective.batches[3:])
    for seen in (first, second):
        assert torch.equal(seen[:, 0].sort().values, data[:, 0])
    assert not torch.equal(first, second)
    assert not torch.equal(first, data)


def test_the_loss_is_the_mean_over_the_samples_and_not_over_the_batches() -> None:
    class Mean(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.idle = nn.Parameter(torch.zeros(()))

        def forward(self, batch: Tensor, generator: torch.Generator | None = None) -> Tensor:
            return batch.mean() + 0 * self.idle

    data = torch.arange(9.0)[:, None]
    assert loop(Mean()).train_to(data, 1) == pytest.approx(4.0)
    assert loop(Mean()).train_to(data, 3) == pytest.approx(4.0)


def test_going_on_later_is_the_same_as_going_on_at_once() -> None:
    data, weights = rows(30), []
    for stops in ((1, 2, 5), (5,)):
        objective = Centre()
        training = loop(objective)
        for stop in stops:
            training.train_to(data, stop)
        assert training.epoch == 5
        weights.append(objective.centre.detach().clone())
    assert torch.equal(weights[0], weights[1])


@pytest.mark.parametrize(
    ("n_rows", "batch_size", "stops", "steps"),
    [
        (64, 8, (1.0,), [8]),
        (64, 8, (0.25, 0.5, 1.0), [2, 2, 4]),
        (64, 8, (2.5,), [20]),
        (60, 8, (1.0,), [8]),  # the last batch of a pass is a smaller one
        (60, 8, (0.5, 1.0), [4, 4]),  # 30 rows are 3.75 batches: each stretch is rounded up to whole steps
        (64, 8, (0.01, 0.02), [1, 1]),  # and is one step at least
        (5, 8, (1.0, 3.0), [1, 2]),  # fewer rows than a batch
        (8, 8, (0.25, 0.5, 1.0), [1, 1, 1]),
        (64, 8, (0.0, 1.0, 1.0, 0.5), [0, 8, 0, 0]),  # nothing where the epoch has been reached
    ],
)
def test_counts_steps(n_rows: int, batch_size: int, stops: tuple[float, ...], steps: list[int]) -> None:
    objective, counted = Centre(), []
    training = loop(objective, batch_size=batch_size)
    for stop in stops:
        before = len(objective.batches)
        training.train_to(rows(n_rows), stop)
        counted.append(len(objective.batches) - before)
    assert counted == steps
    assert training.epoch == max(stops)


def test_a_set_that_shrinks_is_counted_by_its_own_size() -> None:
    objective = Centre()
    training = loop(objective)
    training.train_to(rows(64), 1)
    training.train_to(rows(40), 2)
    assert [len(batch) for batch in objective.batches] == [8] * 8 + [8] * 5
    assert training.epoch == 2
    assert [record["n_samples"] for record in training.history] == [64, 40]


def test_where_there_is_nothing_to_do_the_last_loss_is_returned() -> None:
    objective, data = Centre(), rows(16)
    training = loop(objective)
    assert math.isnan(training.train_to(data, 0))
    assert training.history == []
    loss = training.train_to(data, 1)
    weights = objective.centre.detach().clone()
    assert training.train_to(data, 1) == training.train_to(data, 0.5) == loss
    assert torch.equal(objective.centre.detach(), weights)
    assert training.history == [{"epoch": 1, "loss": loss, "n_samples": 16}]


def test_a_loss_that_is_not_finite_ends_training() -> None:
    data = rows(16)
    data[3, 1] = torch.nan
    with pytest.raises(TrainingError) as caught:
        loop(Centre()).train_to(data, 2)
    assert str(caught.value) == ("the training loss became nan by epoch 2; lower the learning rate or scale the data")


def test_the_same_seed_gives_the_same_weights_and_another_seed_another_order() -> None:
    runs = []
    for seed in (3, 3, 4):
        objective = Centre()
        loop(objective, seed=seed).train_to(rows(30), 3)
        runs.append((objective.centre.detach().clone(), objective.batches[0]))
    assert torch.equal(runs[0][0], runs[1][0])
    assert not torch.equal(runs[0][1], runs[2][1])


def test_no_global_generator_is_read_or_moved() -> None:
    weights = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002  (it is the old global generator that must not matter)
        states = torch.get_rng_state(), np.random.get_state(legacy=False)["state"]["key"]  # noqa: NPY002
        objective = Centre()
        loop(objective).train_to(rows(30), 2)
        assert torch.equal(torch.get_rng_state(), states[0])
        np.testing.assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], states[1])  # noqa: NPY002
        weights.append(objective.centre.detach().clone())
    assert torch.equal(weights[0], weights[1])


def test_steps_are_those_of_adam_with_the_betas_that_are_given() -> None:
    data = rows(8)
    ours = Centre()
    TrainingLoop(ours, learning_rate=0.1, betas=(0.5, 0.9), batch_size=8, seed=0, device="cpu").train_to(data, 3)
    plain = Centre()
    optimizer = torch.optim.Adam(plain.parameters(), lr=0.1, betas=(0.5, 0.9))
    for _ in range(3):
        optimizer.zero_grad()
        plain(data).backward()
        optimizer.step()
    torch.testing.assert_close(ours.centre, plain.centre)


def test_the_callers_data_is_left_as_it_was() -> None:
    data = rows(16)
    copy = data.clone()
    loop(Centre()).train_to(data, 2)
    assert torch.equal(data, copy)
