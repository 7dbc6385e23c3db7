"""One epoch of the convolutional autoencoder over 100,000 images of 64 x 64 RGB in a file: the peak of its memory.

The images, 1.2 GB as bytes, are generated into an ``.npy`` file, and are read from it as it is mapped into memory.
Pages of the file that the system keeps cached are counted with the process that has mapped them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measuring import Row, in_child, peak_memory

MODULE = "reconstruction_streaming"
IMAGES, SIZE, PART = 100_000, 64, 1000
BAR_MIB = 4096


def write_images(path: Path) -> None:
    """Write smooth random images, part by part."""
    images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(IMAGES, SIZE, SIZE, 3))
    rng = np.random.default_rng(0)
    for start in range(0, IMAGES, PART):
        coarse = rng.integers(0, 256, size=(PART, 8, 8, 3), dtype=np.uint8)
        images[start : start + PART] = coarse.repeat(8, axis=1).repeat(8, axis=2)
    images.flush()


def fit(path: Path) -> dict[str, float]:
    """Train for an epoch, and return the seconds and the peak."""
    from dross.data.images import read_images
    from dross.reconstruction import ConvolutionalAutoencoder

    images = read_images(path).images
    started = time.perf_counter()
    ConvolutionalAutoencoder(max_epochs=1, batch_size=256, device="cpu", random_state=0).fit(images)
    return {"seconds": time.perf_counter() - started, "memory": peak_memory()}


def run() -> list[Row]:
    """Return the rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trainingset.npy"
        write_images(path)
        found = in_child(MODULE, str(path))
    rate = IMAGES / float(found["seconds"])
    return [
        Row("autoencoder-streaming-memory-bar", float(found["memory"]), BAR_MIB, "MiB, 100,000 images of 64 x 64 RGB"),
        Row("autoencoder-streaming-rate", rate, None, "images a second, one epoch and the scores after it"),
    ]


def main() -> None:
    print(json.dumps(fit(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
