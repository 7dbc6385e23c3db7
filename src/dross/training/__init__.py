"""The one training loop, on Lightning Fabric, and the seeding that makes it repeatable."""

from dross.training.loop import TrainingLoop
from dross.training.seeding import seeded

__all__ = ["TrainingLoop", "seeded"]
