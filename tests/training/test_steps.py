"""Single steps: optimisers, clipping, precision, memory, and what is left after a failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dross.errors import TrainingError
from dross.training import TrainingLoop, precision, resolve_precision
from dross.training.out_of_memory import explain_out_of_memory


class Centre(nn.Module):
    """Learns the mean of the data."""

    def __init__(self) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.zeros(2))

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        return ((batch - self.centre) ** 2).mean()


def loop(objective: nn.Module, **changed: Any) -> TrainingLoop:
    parameters: dict[str, Any] = {"learning_rate": 0.1, "batch_size": 4, "seed": 0, "device": "cpu", **changed}
    return TrainingLoop(objective, **parameters)


@pytest.mark.parametrize(
    ("ours", "plain"),
    [
        ({"optimizer": "sgd", "momentum": 0.7, "weight_decay": 0.2}, {"momentum": 0.7, "weight_decay": 0.2}),
        ({"optimizer": "sgd", "momentum": 0.0, "clip_norm": 0.3}, {}),
    ],
)
def test_steps_are_those_of_torchs_sgd(ours: dict[str, Any], plain: dict[str, Any]) -> None:
    objective, reference, data = Centre(), Centre(), torch.ones(4, 2)
    loop(objective, **ours).train_to(data, 3)
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.1, **plain)
    for _ in range(3):
        optimizer.zero_grad()
        reference(data, torch.Generator()).backward()
        if "clip_norm" in ours:
            assert float(nn.utils.clip_grad_norm_(reference.parameters(), ours["clip_norm"])) > ours["clip_norm"]
        optimizer.step()
    torch.testing.assert_close(objective.centre, reference.centre)


def test_auto_takes_bfloat16_where_it_is_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_amx, expected in ((True, "bf16-mixed"), (False, "32-true")):
        monkeypatch.setattr(precision, "processor_has_amx", lambda has_amx=has_amx: has_amx)
        assert resolve_precision("auto", torch.device("cpu")) == expected
    for capability, expected in (((9, 0), "bf16-mixed"), ((8, 0), "bf16-mixed"), ((7, 5), "32-true")):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda capability=capability: capability)
        assert resolve_precision("auto", torch.device("cuda")) == expected
    assert resolve_precision("auto", torch.device("mps")) == "32-true"
    assert resolve_precision("32-true", torch.device("cuda")) == "32-true"


def test_mixed_precision_multiplies_in_bfloat16_and_keeps_weights_in_32_bits() -> None:
    formats = []

    class Linear(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(2, 1)

        def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
            out = self.layer(batch)
            formats.append((out.dtype, self.layer.weight.dtype))
            return out.float().square().mean()

    for wanted, expected in (("bf16-mixed", torch.bfloat16), ("32-true", torch.float32)):
        loop(Linear(), precision=wanted).train_to(torch.ones(4, 2), 1)
        assert formats.pop() == (expected, torch.float32)


def test_nothing_is_said_on_the_way(capfd: pytest.CaptureFixture[str]) -> None:
    loop(Centre(), precision="bf16-mixed", description="Training").train_to(torch.ones(8, 2), 2)
    assert capfd.readouterr() == ("", "")


def test_memory_that_runs_out_is_explained() -> None:
    class Greedy(Centre):
        def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
            return torch.empty(1 << 60).sum() + self.centre.sum()

    training = loop(Greedy())
    with pytest.raises(TrainingError) as caught:
        training.train_to(torch.ones(8, 2), 1)
    assert str(caught.value) == (
        "cpu ran out of memory in a step of batch_size=4 samples: lower batch_size, then width"
    )
    assert training.step == 0


def test_memory_of_a_gpu_that_runs_out_is_explained_and_other_errors_pass() -> None:
    with (
        pytest.raises(TrainingError, match=r"^cuda:1 ran out of memory in a step of batch_size=512 samples: lower"),
        explain_out_of_memory(torch.device("cuda:1"), 512),
    ):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
    with (
        pytest.raises(RuntimeError, match="shapes cannot be multiplied"),
        explain_out_of_memory(torch.device("cpu"), 2),
    ):
        torch.zeros(2, 3) @ torch.zeros(2, 3)


def test_a_training_that_fails_stands_where_it_stood() -> None:
    training, data = loop(Centre(), optimizer="sgd"), torch.ones(8, 2)
    training.train_to(data, 2)
    meta, arrays = training.state()
    broken = data.clone()
    broken[5] = torch.nan
    with pytest.raises(TrainingError, match="the training loss became nan by epoch 4"):
        training.train_to(broken, 4)
    assert training.state()[0] == meta
    for name, value in training.state()[1].items():
        np.testing.assert_array_equal(value, arrays[name])
    untouched = loop(Centre(), optimizer="sgd")
    untouched.train_to(data, 2)
    assert training.train_to(data, 3) == untouched.train_to(data, 3)


def test_a_compiled_objective_trains_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # Torch's own compiler takes minutes and a C++ compiler; what is ours is that it is asked, and that names stay.
    asked = []
    compiler = torch.compile

    def compile_eagerly(module: nn.Module, **kwargs: Any) -> Any:
        asked.append(module)
        return compiler(module, backend="eager")

    monkeypatch.setattr(torch, "compile", compile_eagerly)
    plain, compiled = Centre(), Centre()
    loop(plain).train_to(torch.ones(8, 2), 2)
    training = loop(compiled, compile=True)
    training.train_to(torch.ones(8, 2), 2)
    assert asked[0] is compiled
    assert torch.equal(plain.centre, compiled.centre)
    assert set(training.state()[1]) == {
        "weights.centre",
        "optimizer.centre/step",
        "optimizer.centre/exp_avg",
        "optimizer.centre/exp_avg_sq",
        "order",
    }
