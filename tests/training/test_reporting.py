"""What is shown of a training that lasts, and when the loss is looked at."""

from __future__ import annotations

import io
import sys

import pytest
import torch

from dross.errors import TrainingError
from dross.training.reporting import reporting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves."""
    clock = [0.0]
    monkeypatch.setattr("dross.training.reporting.time.monotonic", lambda: clock[0])
    return clock


def test_a_terminal_shows_loss_rate_and_what_is_left(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with reporting("Training", 1000) as report:
        for step in range(1, 5):
            now[0] += 1.0
            report.count(100, torch.tensor(50.0 * step), None)
    assert "Training" in terminal.getvalue()
    assert "loss 0.5000, 100 samples/s" in terminal.getvalue()
    assert "400/1000" in terminal.getvalue()


def test_without_a_description_nothing_is_shown(now: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with reporting(None, 1000) as report:
        for _ in range(5):
            now[0] += 30.0
            report.count(100, torch.tensor(50.0), None)
    assert capsys.readouterr() == ("", "")


def test_a_loss_that_is_not_finite_is_noticed_while_a_long_training_runs(now: list[float]) -> None:
    looked = []

    def check(loss: float) -> None:
        looked.append(loss)
        if loss != loss:
            raise TrainingError("the loss is no number")

    with reporting(None, 1000) as report:
        for _ in range(9):
            now[0] += 1.0
            report.count(100, torch.tensor(torch.nan), check)
        assert looked == []  # each look makes the processor wait for the device
        now[0] += 1.0
        with pytest.raises(TrainingError, match="the loss is no number"):
            report.count(100, torch.tensor(torch.nan), check)
