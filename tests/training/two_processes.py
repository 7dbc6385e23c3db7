"""What each of the processes of ``test_processes`` runs: a few steps on its share, and its state into a file.

``torchrun --nproc-per-node 2 -m tests.training.two_processes FOLDER``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch

from dross.training import TrainingLoop, seeded, write_checkpoint
from tests.training.objectives import ImagesInMemory, Turned


def train(batch_size: int = 6) -> TrainingLoop:
    """Return a loop that has trained two epochs of 20 images: the last batch of each has two."""
    with seeded(0):
        objective = Turned()
    training = TrainingLoop(
        objective, learning_rate=0.05, batch_size=batch_size, seed=0, optimizer="sgd", device="cpu", clip_norm=5.0
    )
    training.train_to(ImagesInMemory(), 2)
    return training


def main() -> None:
    torch.set_num_threads(1)
    training = train()
    meta, arrays = training.state()
    objective = training._objective
    assert isinstance(objective, Turned)
    meta["batches"] = [len(batch) for batch in objective.batches]
    write_checkpoint(Path(sys.argv[1]) / f"{os.environ['RANK']}.safetensors", meta, arrays)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
