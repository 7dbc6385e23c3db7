"""Images a second that get self-made defects, beside the rate of the network that learns from them.

Each kind of defect is made for batches of 32 images of 128 pixels a side, and the network
is that which learns from it, in a training step of as many images: the augmentation is not the bottleneck where it
takes a fraction of the step. Also scoring with maps by the segmentation.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Final

import numpy as np
import torch

from benchmarks.measuring import Row, in_turns
from dross.augmentations import AbstractDefects, BlendedPatches, CutPaste, CutPasteScar, PerlinPatches
from dross.inspection import DefectSegmentation
from dross.networks import ResNet, SegmentationUNet

SIZE, BATCH, STEPS, REPEATS = 128, 32, 5, 3
MODULE = "self_made_defects"
DEFECTS: Final[dict[str, Callable[[], AbstractDefects]]] = {
    "cutpaste": CutPaste,
    "cutpaste-scar": CutPasteScar,
    "blended-patches": BlendedPatches,
    "perlin-patches": PerlinPatches,
}


def defects_ms(name: str) -> float:
    """Return the milliseconds that defects for a batch take."""
    images = torch.rand(BATCH, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    made, generator = DEFECTS[name](), torch.Generator().manual_seed(0)
    return timed(lambda: made.make(images, generator))


def network_ms(name: str) -> float:
    """Return the milliseconds that the network's part of a training step takes, forwards and backwards."""
    network = ResNet(3, 16, "strided") if name.startswith("cutpaste") else SegmentationUNet(3, 16)
    images = torch.rand(BATCH, 3, SIZE, SIZE)
    return timed(lambda: network(images).square().mean().backward())


def scoring_ms() -> float:
    """Return the milliseconds that score maps of a batch take."""
    images = np.random.default_rng(0).integers(0, 256, size=(BATCH, SIZE, SIZE, 3), dtype=np.uint8)
    detector = DefectSegmentation(max_epochs=0, device="cpu", random_state=0).fit(images)
    return timed(lambda: detector.score_maps(images))


def timed(action: Callable[[], object]) -> float:
    """Return the milliseconds of an action, after one that warms up."""
    action()
    started = time.perf_counter()
    for _ in range(STEPS):
        action()
    return 1000 * (time.perf_counter() - started) / STEPS


def run() -> list[Row]:
    """Return the rows."""
    rows = []
    for name in DEFECTS:
        ours, network = in_turns(MODULE, [("defects", name), ("network", name)], REPEATS, "ms")
        unit = f"ms for {BATCH} images of {SIZE} x {SIZE}; beside it the network's own, forwards and backwards"
        rows.append(Row(f"{name}-bar", ours, network, unit))
        rows.append(Row(f"{name}-rate", 1000 * BATCH / ours, None, "images a second get a defect"))
    (scoring,) = in_turns(MODULE, [("scoring",)], REPEATS, "ms")
    rows.append(Row("segmentation-maps-rate", 1000 * BATCH / scoring, None, f"maps a second, {SIZE} x {SIZE}"))
    return rows


def main() -> None:
    if sys.argv[1] == "scoring":
        found = scoring_ms()
    else:
        found = (defects_ms if sys.argv[1] == "defects" else network_ms)(sys.argv[2])
    print(json.dumps({"ms": found}))


if __name__ == "__main__":
    main()
