"""Images in the loop: bytes on the device, or read ahead when they do not fit; both train the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from dross.training import TrainingLoop, batches, seeded
from tests.training.objectives import ImagesInMemory, Turned


def loop(*, channels_last: bool = False) -> TrainingLoop:
    with seeded(0):
        objective = Turned()
    return TrainingLoop(objective, learning_rate=0.05, batch_size=8, seed=0, device="cpu", channels_last=channels_last)


def seen(training: TrainingLoop) -> list[Tensor]:
    return training._objective.batches  # type: ignore[return-value]


def test_the_loss_falls() -> None:
    training = loop()
    first, last = training.train_to(ImagesInMemory(), 1), training.train_to(ImagesInMemory(), 10)
    assert last < 0.5 * first


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("streamed", [False, True])
def test_batches_are_bytes_with_the_channels_first(
    channels_last: bool, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LARGEST_ON_CPU", 0 if streamed else 1 << 30)
    images, training = ImagesInMemory(), loop(channels_last=channels_last)
    training.train_to(images, 1)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    for batch in seen(training):
        assert batch.dtype == torch.uint8
        assert batch.shape[1:] == (3, 8, 8)
        assert batch.is_contiguous(memory_format=layout)
        for image in batch:
            np.testing.assert_array_equal(image.permute(1, 2, 0), images.pixels[int(image[0, 0, 0])])


def test_a_tensor_of_images_and_images_that_are_read_are_the_same() -> None:
    images = ImagesInMemory()
    read, given = loop(channels_last=True), loop(channels_last=True)
    assert read.train_to(images, 2) == given.train_to(torch.from_numpy(images.pixels).permute(0, 3, 1, 2), 2)


def test_images_that_fit_are_read_once() -> None:
    images, training = ImagesInMemory(), loop()
    training.train_to(images, 3)
    assert [n for n, _ in images.reads] == [1, 20]


def test_what_does_not_fit_is_read_ahead_and_trains_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    resident = loop()
    resident.train_to(ImagesInMemory(), 2)
    monkeypatch.setattr(batches, "LARGEST_ON_CPU", 0)
    monkeypatch.setattr(batches, "SAMPLES_A_READ", 16)
    images, streamed = ImagesInMemory(), loop()
    streamed.train_to(images, 2)
    assert [n for n, _ in images.reads] == [1, *[16, 4] * 2]  # two batches at once, and what is left
    assert {thread.rpartition("_")[0] for _, thread in images.reads[1:]} == {"dross-read"}
    for name, value in resident.state()[1].items():
        np.testing.assert_array_equal(value, streamed.state()[1][name], err_msg=name)


def test_an_error_while_reading_ends_training_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ImagesInMemory):
        def read(self, indices: Sequence[int]) -> np.ndarray:
            if len(indices) > 1:
                raise OSError("cat-7.png is truncated")
            return super().read(indices)

    monkeypatch.setattr(batches, "LARGEST_ON_CPU", 0)
    with pytest.raises(OSError, match=r"^cat-7[.]png is truncated$"):
        loop().train_to(Broken(), 1)
