"""The one training loop, on Lightning Fabric, and what makes it repeatable and resumable."""

from dross.training.balanced_batches import BalancedBatches
from dross.training.batches import Batches, ReadsImages
from dross.training.checkpoint import read_checkpoint, write_checkpoint
from dross.training.loop import TrainingLoop
from dross.training.precision import Precision, resolve_precision
from dross.training.schedule import Schedule
from dross.training.seeding import seeded

__all__ = [
    "BalancedBatches",
    "Batches",
    "Precision",
    "ReadsImages",
    "Schedule",
    "TrainingLoop",
    "read_checkpoint",
    "resolve_precision",
    "seeded",
    "write_checkpoint",
]
