"""Images a second in training: rotation prediction with ResNet-18 on 32 x 32, against a plain PyTorch loop.

The plain loop is what one writes with torchvision: a data set whose items are transformed one by one (crop and resize,
flip, colours, grey), a ``DataLoader``, ``torch.rot90`` four times, autocast, SGD. Both sides train the same network
with the same head, batch (64 images x 4 rotations), precision and number of steps. The plain loop gets whichever
number of loader processes is faster for it, and is measured a second time with channels last in memory, which a plain
loop could have for one line more.

On a processor the network is that of the preset for processors (width 16, stem "strided"), where there is a GPU also
the full one (width 64, stem "small") there, with the share of the rate at which it multiplies bfloat16 matrices.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.measuring import Row, in_child, in_turns
from dross.augmentations import (
    Augmentation,
    ColourJitter,
    HorizontalFlip,
    RandomGrey,
    RandomResizedCrop,
    as_floats,
    quarter_turns,
)
from dross.networks import MLPHead, ResNet
from dross.training import TrainingLoop, resolve_precision

SIZE, BATCH, IMAGES = 32, 64, 1280
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 0.01, 0.9, 3e-4
MIN_SCALE, JITTER, GREY = 0.5, 0.4, 0.2
REPEATS = 3
MODULE = "image_training"


@final
@dataclass(frozen=True)
class Setting:
    """What is trained, and where."""

    name: str
    device: str
    width: int
    stem: Literal["small", "strided", "standard"]
    head_width: int
    head_depth: int
    bar: float
    passes: int

    @property
    def n_steps(self) -> int:
        """Steps that are timed."""
        return self.passes * IMAGES // BATCH


SETTINGS = {
    "cpu": Setting("image-training", "cpu", 16, "strided", 128, 2, bar=1.2, passes=2),
    "cuda": Setting("image-training-gpu", "cuda", 64, "small", 512, 8, bar=3.0, passes=20),
}


class RotationNaming(nn.Module):
    """The network, its head, and the cross-entropy of naming each image's rotation."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.network = ResNet(3, setting.width, setting.stem)
        self.head = MLPHead(self.network.n_features, setting.head_width, setting.head_depth, n_out=4)

    def loss(self, turned: Tensor, quarters: Tensor) -> Tensor:
        """Return the loss of images that have been turned."""
        return functional.cross_entropy(self.head(self.network(turned)).float(), quarters)


class Objective(nn.Module):
    """Ours: augmentation and rotation of the whole batch on the device."""

    def __init__(self, naming: RotationNaming) -> None:
        super().__init__()
        self.naming = naming
        self.augment = Augmentation(
            RandomResizedCrop(MIN_SCALE),
            HorizontalFlip(),
            ColourJitter(JITTER, JITTER, JITTER, JITTER),
            RandomGrey(GREY),
        )

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss."""
        return self.naming.loss(*quarter_turns(self.augment(as_floats(batch), generator)))


class Transformed(Dataset[Tensor]):
    """The other side's data set: each item is transformed when the loader asks for it."""

    def __init__(self, images: np.ndarray[Any, Any]) -> None:
        from PIL import Image
        from torchvision import transforms

        self.images, self.as_image = images, Image.fromarray
        self.transform: Callable[[Any], Tensor] = transforms.Compose(
            [
                transforms.RandomResizedCrop(SIZE, scale=(MIN_SCALE**2, 1.0)),
                transforms.RandomHorizontalFlip(),
                transforms.ColorJitter(JITTER, JITTER, JITTER, JITTER),
                transforms.RandomGrayscale(GREY),
                transforms.ToTensor(),
            ]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.transform(self.as_image(self.images[index]))


def make_images() -> np.ndarray[Any, Any]:
    """Return random images; what is in them does not change the time."""
    return np.random.default_rng(0).integers(0, 256, size=(IMAGES, SIZE, SIZE, 3), dtype=np.uint8)


def train_ours(setting: Setting, compiled: bool) -> float:
    """Return the seconds of all steps, after one pass that warms up."""
    images = torch.from_numpy(make_images()).permute(0, 3, 1, 2)
    loop = TrainingLoop(
        Objective(RotationNaming(setting)),
        learning_rate=LEARNING_RATE,
        batch_size=BATCH,
        seed=0,
        optimizer="sgd",
        momentum=MOMENTUM,
        weight_decay=WEIGHT_DECAY,
        device=setting.device,
        precision="auto",
        channels_last=True,
        compile=compiled,
    )
    loop.train_to(images, 1)
    started = time.perf_counter()
    loop.train_to(images, 1 + setting.passes)  # returns the loss, and so waits for the device
    return time.perf_counter() - started


def train_plainly(setting: Setting, n_workers: int, channels_last: bool) -> float:
    """Return the seconds of as many steps of the plain loop, after one pass that warms up."""
    device = torch.device(setting.device)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    naming = RotationNaming(setting).to(device).to(memory_format=layout)
    optimizer = torch.optim.SGD(naming.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)
    loader = DataLoader(
        Transformed(make_images()),
        batch_size=BATCH,
        shuffle=True,
        num_workers=n_workers,
        persistent_workers=n_workers > 0,
        pin_memory=device.type == "cuda",
    )
    mixed = resolve_precision("auto", device) == "bf16-mixed"
    started, total = 0.0, 0.0
    for epoch in range(1 + setting.passes):
        if epoch == 1:
            started = time.perf_counter()
        for batch in loader:
            images = batch.to(device, non_blocking=True)
            turned = torch.cat([torch.rot90(images, quarters, (2, 3)) for quarters in range(4)])
            turned = turned.contiguous(memory_format=layout)
            quarters = torch.arange(4, device=device).repeat_interleave(len(images))
            optimizer.zero_grad()
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
                loss = naming.loss(turned, quarters)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            total += float(loss.detach())
    return time.perf_counter() - started


def matrix_rate(device: str, size: int = 8192, repeats: int = 20) -> float:
    """Return how many bfloat16 operations a second the device does in matrix products."""
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    for _ in range(3):
        a @ b
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(repeats):
        a @ b
    torch.cuda.synchronize()
    seconds = time.perf_counter() - started
    return 2 * size**3 * repeats / seconds


def operations_a_step(setting: Setting) -> float:
    """Return the operations of the convolutions and linear layers in one step, forwards and backwards."""
    naming = RotationNaming(setting)
    turned, quarters = quarter_turns(torch.rand(2, 3, SIZE, SIZE))
    with FlopCounterMode(display=False) as counter:
        naming.loss(turned, quarters).backward()  # type: ignore[no-untyped-call]
    return float(counter.get_total_flops()) * BATCH / 2


def run() -> list[Row]:
    """Return the rows of the processor."""
    return measured(SETTINGS["cpu"], "ours")


def run_on_gpu() -> list[Row]:
    """Return the rows of the GPU; none where there is none."""
    if not torch.cuda.is_available():
        print("  no GPU here: nothing is measured", file=sys.stderr)
        return []
    setting = SETTINGS["cuda"]
    rows = measured(setting, "ours") + measured(setting, "ours-compiled", "-compiled")
    rate = matrix_rate("cuda")
    for suffix in ("", "-compiled"):
        ours = next(row.ours for row in rows if row.name == setting.name + suffix)
        share = operations_a_step(setting) / (ours / 1000) / rate
        unit = f"share of {rate / 1e12:.0f} TFLOP/s, the measured bfloat16 matrix rate"
        rows.append(Row(f"{setting.name}{suffix}-share", share, None, unit))
    return rows


def measured(setting: Setting, ours: str, suffix: str = "") -> list[Row]:
    """Return the time of a step on both sides, and the images a second of ours."""
    workers = sorted({0, os.cpu_count() or 1})
    trials = {n: float(in_child(MODULE, setting.device, "plain", str(n))["ms"]) for n in workers}
    best = str(min(trials, key=lambda n: trials[n]))
    print(f"  plain loop by loader processes, ms a step: {trials}", file=sys.stderr)
    sides = [(setting.device, side, best) for side in (ours, "plain", "plain-channels-last")]
    step, plain, plain_last = in_turns(MODULE, sides, REPEATS, "ms")
    name = setting.name + suffix
    return [
        Row(name, step, plain, "ms a step of 64 images x 4 rotations"),
        Row(
            f"{name}-bar",
            step,
            plain / setting.bar,
            f"ms a step; the bar is {setting.bar:g} times the plain loop's rate",
        ),
        Row(f"{name}-channels-last", step, plain_last, "ms a step; the plain loop with channels last too"),
        Row(f"{name}-rate", BATCH * 1000 / step, None, "images a second, each in 4 rotations"),
    ]


def main() -> None:
    setting, side, n_workers = SETTINGS[sys.argv[1]], sys.argv[2], int(sys.argv[3])
    if side.startswith("ours"):
        seconds = train_ours(setting, compiled=side == "ours-compiled")
    else:
        seconds = train_plainly(setting, n_workers, channels_last=side == "plain-channels-last")
    print(json.dumps({"ms": 1000 * seconds / setting.n_steps}))


if __name__ == "__main__":
    main()
