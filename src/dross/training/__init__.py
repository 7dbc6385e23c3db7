"""The one training loop, on Lightning Fabric, and what makes it repeatable and resumable."""

from dross.training.batches import ReadsImages
from dross.training.checkpoint import read_checkpoint, write_checkpoint
from dross.training.loop import TrainingLoop
from dross.training.precision import Precision, resolve_precision
from dross.training.schedule import Schedule
from dross.training.seeding import seeded

__all__ = [
    "Precision",
    "ReadsImages",
    "Schedule",
    "TrainingLoop",
    "read_checkpoint",
    "resolve_precision",
    "seeded",
    "write_checkpoint",
]
