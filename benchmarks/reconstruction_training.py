"""Images a second in training autoencoders: against a plain PyTorch loop, and against PyOD's autoencoder.

The plain loop is what one writes: a ``TensorDataset`` of the images as floats, a ``DataLoader`` that shuffles, Adam.
Both sides train the same convolutional network with the same batch, threads, precision and number of steps. PyOD's
``AutoEncoder`` gets the layers, batch, epochs and learning rate of our fully connected one, on the same rows, without
the batch normalisation and dropout that it would add.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from benchmarks.measuring import Row, in_turns
from dross.networks import ConvAutoencoder

MODULE = "reconstruction_training"
IMAGES, SIZE, CHANNELS, BATCH, EPOCHS = 4000, 28, 1, 64, 3
WIDTHS, CODE = (16, 32, 64), 32
ROWS, COLUMNS, HIDDEN, TABLE_CODE, TABLE_EPOCHS = 20_000, 32, (64, 32), 16, 10
WARM_UP, REPEATS = 512, 3


class AsFloats(Dataset[Tensor]):
    """The other side's data set: bytes made floats when the loader asks for them."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return torch.from_numpy(self.images[index]).permute(2, 0, 1).float() / 127.5 - 1.0


def make_images() -> NDArray[np.uint8]:
    """Return random images; what is in them does not change the time."""
    return np.random.default_rng(0).integers(0, 256, size=(IMAGES, SIZE, SIZE, CHANNELS), dtype=np.uint8)


def make_rows() -> NDArray[np.float64]:
    """Return correlated rows."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(ROWS, 8)) @ rng.normal(size=(8, COLUMNS)) + 0.1 * rng.normal(size=(ROWS, COLUMNS))


def ours() -> float:
    """Return the milliseconds of a step of our convolutional autoencoder, with all that ``fit`` does around it."""
    from dross.reconstruction import ConvolutionalAutoencoder

    images = make_images()
    settings: dict[str, Any] = {"widths": WIDTHS, "n_code": CODE, "batch_size": BATCH, "device": "cpu"}
    ConvolutionalAutoencoder(**settings, max_epochs=1, random_state=0).fit(images[:WARM_UP])
    started = time.perf_counter()
    ConvolutionalAutoencoder(**settings, max_epochs=EPOCHS, random_state=0).fit(images)
    return 1000 * (time.perf_counter() - started) / (EPOCHS * IMAGES / BATCH)


def plain() -> float:
    """Return the milliseconds of a step of the plain loop, and of the scores that ``fit`` ends with."""
    images = make_images()
    network = ConvAutoencoder((SIZE, SIZE, CHANNELS), WIDTHS, CODE, True)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    loader = DataLoader(AsFloats(images), batch_size=BATCH, shuffle=True)
    started = 0.0
    for epoch in range(1 + EPOCHS):
        if epoch == 1:
            started = time.perf_counter()
        for batch in loader:
            optimizer.zero_grad()
            functional.mse_loss(network(batch), batch).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    with torch.no_grad():
        network.eval()
        errors = [(network(batch) - batch).square().mean((1, 2, 3)) for batch in DataLoader(AsFloats(images), BATCH)]
    np.percentile(torch.cat(errors).numpy(), 95)
    return 1000 * (time.perf_counter() - started) / (EPOCHS * IMAGES / BATCH)


def our_rows() -> float:
    """Return the seconds that our fully connected autoencoder takes to be fitted on rows, once it is warm."""
    from dross.reconstruction import FullyConnectedAutoencoder

    torch.set_num_threads(1)  # so small a network is slower on two
    rows = make_rows()
    detector = FullyConnectedAutoencoder(
        hidden=HIDDEN, n_code=TABLE_CODE, batch_size=BATCH, max_epochs=TABLE_EPOCHS, device="cpu", random_state=0
    )
    detector.fit(rows[:WARM_UP])
    started = time.perf_counter()
    detector.fit(rows)
    return time.perf_counter() - started


def pyod_rows() -> float:
    """Return the seconds that PyOD's takes, once it is warm."""
    from pyod.models.auto_encoder import AutoEncoder

    torch.set_num_threads(1)
    rows = make_rows()
    detector = AutoEncoder(
        hidden_neuron_list=[*HIDDEN, TABLE_CODE],
        batch_size=BATCH,
        epoch_num=TABLE_EPOCHS,
        lr=1e-3,
        batch_norm=False,
        dropout_rate=0.0,
        verbose=0,
        device="cpu",
    )
    detector.fit(rows[:WARM_UP])
    started = time.perf_counter()
    detector.fit(rows)
    return time.perf_counter() - started


SIDES = {"ours": ours, "plain": plain, "our-rows": our_rows, "pyod": pyod_rows}


def run() -> list[Row]:
    """Return the rows."""
    step, plain_step = in_turns(MODULE, [("ours",), ("plain",)], REPEATS, "time")
    fitted, pyod = in_turns(MODULE, [("our-rows",), ("pyod",)], REPEATS, "time")
    unit = f"ms a step of {BATCH} grey images of {SIZE} x {SIZE}, the scores after training included"
    rows = f"s to fit {ROWS:,} rows x {COLUMNS}, {TABLE_EPOCHS} epochs; other: PyOD's AutoEncoder"
    return [
        Row("autoencoder-training", step, plain_step, unit),
        Row(
            "autoencoder-training-bar", step, plain_step / 1.2, "ms a step; the bar is 1.2 times the plain loop's rate"
        ),
        Row("autoencoder-training-rate", BATCH * 1000 / step, None, "images a second"),
        Row("table-autoencoder", fitted, pyod, rows),
        Row("table-autoencoder-bar", fitted, pyod / 2.0, "s; the bar is half of PyOD's time"),
    ]


def main() -> None:
    print(json.dumps({"time": SIDES[sys.argv[1]]()}))


if __name__ == "__main__":
    main()
