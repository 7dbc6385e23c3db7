"""A folder of 20,000 JPEGs, streamed: peak memory of all processes, the rate of decoding, and what is the limit.

Decoding alone is measured against a plain Pillow loop in one process, both to 64 x 64. Then the images are scored as
they are read, by the rotation detector with the settings it has on a CPU, and the time spent waiting for images is
taken apart from the time spent scoring them: decoding is the limit where its time an image, alone, is above the
detector's. Memory is counted through /proc, so this benchmark runs on Linux only.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.measuring import Row, in_child, in_turns
from dross.data.images import read_images
from dross.data.images.natural_order import natural_key

FILES, DIFFERENT, BATCH, SIDE = 20_000, 500, 256, 64
WIDTH, HEIGHT = 320, 240
NAME = "image-input"


def write_folder(folder: Path) -> None:
    """Write 500 different photographs' worth of detail, each 40 times under names of its own."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(DIFFERENT):
        coarse = rng.integers(0, 256, (HEIGHT // 20, WIDTH // 20, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), np.int16)
        grain = rng.normal(0, 6, smooth.shape).astype(np.int16)
        picture = Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))
        picture.save(folder / f"{number}.jpg", quality=90)
        content = (folder / f"{number}.jpg").read_bytes()
        for copy in range(number + DIFFERENT, FILES, DIFFERENT):
            (folder / f"{copy}.jpg").write_bytes(content)


def plain_loop(folder: Path) -> dict[str, float]:
    """Decode as one writes it down at first."""
    started = time.perf_counter()
    for path in sorted(folder.iterdir(), key=lambda path: natural_key(path.name)):
        with Image.open(path) as image:
            pixels: NDArray[np.uint8] = np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR))
        if pixels.shape != (SIDE, SIDE, 3):
            raise SystemExit(f"{path} became {pixels.shape}")
    return {"us": 1e6 * (time.perf_counter() - started) / FILES}


def stream(folder: Path) -> dict[str, float]:
    """Read headers and pixels as a command does, and do nothing with them."""
    started = time.perf_counter()
    images = read_images(folder, size=SIDE, held_bytes=0).images
    headers = time.perf_counter() - started
    seen = sum(len(batch) for batch in images.batches(BATCH))
    if seen != FILES:
        raise SystemExit(f"{seen} images were read of {FILES}")
    us = 1e6 * (time.perf_counter() - started) / FILES
    return {"us": us, "headers_us": 1e6 * headers / FILES, "memory": peak_of_all()}


def score(folder: Path) -> dict[str, float]:
    """Score the images as they are read, by a network."""
    from dross.catalog import build

    images = read_images(folder, size=SIDE, held_bytes=0).images
    detector = build("rotation", max_epochs=1, random_state=0).fit(images[:BATCH])
    waited = scored = 0.0
    seen = 0
    last = time.perf_counter()
    for batch in images.batches(BATCH):
        ready = time.perf_counter()
        if not np.isfinite(detector.score_samples(batch)).all():
            raise SystemExit(f"a score of images {seen} to {seen + len(batch)} is not finite")
        seen += len(batch)
        waited, scored, last = waited + ready - last, scored + time.perf_counter() - ready, time.perf_counter()
    started = time.perf_counter()
    batch = images[:BATCH].read()
    for _ in range(8):
        detector.score_samples(batch)
    alone = 1e6 * (time.perf_counter() - started) / (8 * BATCH)
    return {"waited": waited, "scored": scored, "alone_us": alone, "memory": peak_of_all(), "seen": float(seen)}


def peak_of_all() -> float:
    """Return the most memory that this process and its workers have had resident, each at its own peak, in MiB."""
    waiting, peaks = ["self"], []
    while waiting:
        process = Path("/proc") / waiting.pop()
        peaks.append(int((process / "status").read_text().partition("VmHWM:")[2].split()[0]) / 1024.0)
        for children in process.glob("task/*/children"):
            waiting += children.read_text().split()
    return sum(peaks)


def run() -> list[Row]:
    """Return the rows of this benchmark."""
    if not Path("/proc/self/status").is_file():
        raise SystemExit("this benchmark counts memory through /proc, which there is on Linux only")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "images"
        write_folder(folder)
        ours, plain = in_turns("image_input", [("stream", str(folder)), ("plain", str(folder))], 3, "us")
        found = in_child("image_input", "score", str(folder))
    print(f"  scoring: {', '.join(f'{key} {value:.4g}' for key, value in found.items())}", file=sys.stderr)
    total = found["waited"] + found["scored"]
    what = f"{FILES:,} JPEGs of {WIDTH} x {HEIGHT}"
    return [
        Row(f"{NAME}-memory-bar", found["memory"], 2048.0, f"MiB of all processes while {what} are scored"),
        Row(f"{NAME}-decoding", ours, plain, "us an image, headers included, against a plain loop"),
        Row(f"{NAME}-limit", ours, found["alone_us"], "us an image: decoding alone, against the network alone"),
        Row(f"{NAME}-waiting", found["waited"], total, f"s waited for images, of s in all, while {what} are scored"),
    ]


def main() -> None:
    sides = {"plain": plain_loop, "stream": stream, "score": score}
    print(json.dumps(sides[sys.argv[1]](Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
