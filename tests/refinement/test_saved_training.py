"""A training that was stopped and goes on ends with the scores of one that was not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.errors import ModelError, ParameterError
from dross.one_class import GaussianDensity
from dross.refinement import SRR
from dross.representations import AffineTransformations, RotationPrediction

IMAGES = np.random.default_rng(0).integers(0, 256, size=(48, 16, 16, 1), dtype=np.uint8)


def detector(checkpoint: Path | None = None, **parameters: Any) -> SRR:
    rotation = RotationPrediction(width=2, batch_size=16, device="cpu", precision="32-true")
    settings = {"rejection": 0.2, "max_epochs": 4.0, "refine_from": 2.0, "random_state": 0} | parameters
    return SRR(rotation, GaussianDensity(), checkpoint=checkpoint, **settings)


def stop_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Let the training be interrupted at this call of ``train_to``."""
    calls = iter(range(1000))
    train_to = RotationPrediction.train_to

    def interrupted(self: RotationPrediction, X: NDArray[Any], epoch: float) -> float:
        if next(calls) == call:
            raise KeyboardInterrupt
        return train_to(self, X, epoch)

    monkeypatch.setattr(RotationPrediction, "train_to", interrupted)


@pytest.mark.parametrize("call", range(1, 5))
def test_stopped_anywhere_it_goes_on_to_the_same_scores(
    call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = detector().fit(IMAGES)
    file = tmp_path / "training.safetensors"
    with monkeypatch.context() as patch:
        stop_at(patch, call)
        with pytest.raises(KeyboardInterrupt):
            detector(file).fit(IMAGES)
    assert file.exists() == (call > 1)
    resumed = detector(file).fit(IMAGES)
    assert not file.exists()
    assert np.array_equal(resumed.score_samples(IMAGES), whole.score_samples(IMAGES))
    assert len(resumed.refinement_trace_) == len(whole.refinement_trace_)
    for ours, theirs in zip(resumed.refinement_trace_, whole.refinement_trace_, strict=True):
        assert np.array_equal(ours.votes, theirs.votes)
        assert (ours.round, ours.epoch) == (theirs.round, theirs.epoch)


def test_the_state_of_another_training_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "training.safetensors"
    with monkeypatch.context() as patch:
        stop_at(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            detector(file).fit(IMAGES)
    said = (
        f"{file} is the state of a training with other settings or other samples: remove it to train from the start, "
        "or resume with what that training was started with"
    )
    with pytest.raises(ModelError) as settings:
        detector(file, rejection=0.1).fit(IMAGES)
    with pytest.raises(ModelError) as samples:
        detector(file).fit(IMAGES[:40])
    assert str(settings.value) == str(samples.value) == said


def test_what_is_trained_in_one_go_is_not_saved_on_the_way(tmp_path: Path) -> None:
    srr = SRR(AffineTransformations(n_maps=4), GaussianDensity(), checkpoint=tmp_path / "x")
    with pytest.raises(ParameterError) as told:
        srr.fit(np.random.default_rng(0).normal(size=(40, 3)))
    assert str(told.value) == (
        f"checkpoint is {str(tmp_path / 'x')!r}, but AffineTransformations is trained in one go and cannot be saved on "
        "the way: leave checkpoint out"
    )
