"""A training that was stopped and goes on gives the weights of one that was not, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dross.errors import ModelError
from dross.training import TrainingLoop, read_checkpoint, seeded, write_checkpoint
from tests.training.objectives import ImagesInMemory, Turned

RECIPES: dict[str, dict[str, Any]] = {
    "adam": {"optimizer": "adam", "weight_decay": 0.01},
    "sgd, cosine, clipped": {
        "optimizer": "sgd",
        "schedule": "cosine",
        "warmup_epochs": 1,
        "max_epochs": 4,
        "clip_norm": 0.5,
        "weight_decay": 3e-4,
    },
    "bfloat16, channels last": {"optimizer": "sgd", "precision": "bf16-mixed", "channels_last": True},
    "without momentum": {"optimizer": "sgd", "momentum": 0.0},
}


def loop(seed: int = 0, **recipe: Any) -> TrainingLoop:
    with seeded(seed):
        objective = Turned()
    recipe = {"learning_rate": 0.05, "batch_size": 8, "seed": 0, "device": "cpu", **recipe}
    return TrainingLoop(objective, **recipe)


def assert_same(one: TrainingLoop, other: TrainingLoop) -> None:
    arrays, others = one.state()[1], other.state()[1]
    assert arrays.keys() == others.keys()
    for name, value in arrays.items():
        assert value.dtype == others[name].dtype
        np.testing.assert_array_equal(value, others[name], err_msg=name, strict=True)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_going_on_from_a_file_is_going_on(recipe: dict[str, Any], tmp_path: Path) -> None:
    images = ImagesInMemory()
    whole, stopped, resumed = loop(**recipe), loop(**recipe), loop(seed=1, **recipe)
    whole.train_to(images, 4)
    stopped.train_to(images, 2)
    meta, arrays = stopped.state()
    write_checkpoint(tmp_path / "state.safetensors", meta, arrays)
    stopped.train_to(images, 3)  # what was written does not change with the loop it came from
    resumed.load_state(*read_checkpoint(tmp_path / "state.safetensors"))
    assert resumed.epoch == 2
    assert resumed.step == 6
    resumed.train_to(images, 4)
    assert_same(resumed, whole)
    assert (resumed.epoch, resumed.step) == (whole.epoch, whole.step) == (4, 12)
    assert resumed.history[0] == meta["history"][0]
    assert len(resumed.history) == 2


def test_a_state_is_json_and_arrays_of_its_own() -> None:
    training = loop()
    training.train_to(ImagesInMemory(), 1)
    meta, arrays = training.state()
    assert json.loads(json.dumps(meta)) == meta
    copies = {name: value.copy() for name, value in arrays.items()}
    training.train_to(ImagesInMemory(), 2)
    for name, value in arrays.items():
        np.testing.assert_array_equal(value, copies[name])


def test_each_step_draws_the_same_numbers_however_training_got_there() -> None:
    drawn: list[list[float]] = []

    class Draws(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.idle = nn.Parameter(torch.zeros(()))

        def forward(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
            drawn[-1].append(float(torch.rand((), generator=generator)))
            return 0 * self.idle

    recipe: dict[str, Any] = {"learning_rate": 1.0, "batch_size": 4, "seed": 5, "device": "cpu"}
    for stops in ((3,), (1, 3)):
        drawn.append([])
        training = TrainingLoop(Draws(), **recipe)
        for stop in stops:
            training.train_to(torch.zeros(8, 1), stop)
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 6


def test_a_state_of_another_network_is_refused() -> None:
    meta, arrays = loop().state()
    del arrays["weights.classify.bias"]
    arrays["weights.classify.weight"] = np.zeros((3, 16), dtype=np.float32)
    with pytest.raises(ModelError) as caught:
        loop().load_state(meta, arrays)
    assert str(caught.value) == (
        "the state is that of another network: classify.bias, classify.weight differ; resume with the parameters that "
        "training was started with"
    )


@pytest.mark.parametrize("contents", [b"", b"not a checkpoint", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_a_damaged_file_is_refused(contents: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    path.write_bytes(contents)
    with pytest.raises(ModelError) as caught:
        read_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"{path} cannot be read as the state of a training (")
    assert message.endswith("): it is damaged or something else; remove it to train from the start")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_checkpoint(tmp_path / "none.safetensors")
    assert str(caught.value).startswith(f"{tmp_path / 'none.safetensors'} cannot be read as the state of a training (")
