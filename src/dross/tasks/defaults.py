"""What is taken where the user says nothing; without imports, since ``dross --help`` shows it."""

from __future__ import annotations

from typing import Final

#: The detector of ``fit`` and ``clean`` for tables, and for images.
DETECTOR: Final = "srr-gaussian"
IMAGE_DETECTOR: Final = "srr-rotation"
#: What networks for images are built and trained with where there is no GPU: minutes rather than hours.
CPU_PRESET: Final[dict[str, dict[str, float | str]]] = {
    "rotation": {"width": 16, "stem": "strided", "max_epochs": 20, "batch_size": 64},
    "contrastive": {"width": 16, "stem": "strided", "max_epochs": 20, "batch_size": 64},
}
#: The seed of everything random.
SEED: Final = 0
#: The detectors, ratios and number of seeds of ``evaluate``.
EVALUATED: Final = ("gaussian", "knn", "isolation-forest")
CONTAMINATION: Final = (0.0, 0.02, 0.05)
N_SEEDS: Final = 5
