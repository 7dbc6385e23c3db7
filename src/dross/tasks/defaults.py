"""What is taken where the user says nothing; without imports, since ``dross --help`` shows it."""

from __future__ import annotations

from typing import Final

#: The detector of ``fit`` and ``clean``.
DETECTOR: Final = "srr-gaussian"
#: The seed of everything random.
SEED: Final = 0
#: The detectors, ratios and number of seeds of ``evaluate``.
EVALUATED: Final = ("gaussian", "knn", "isolation-forest")
CONTAMINATION: Final = (0.0, 0.02, 0.05)
N_SEEDS: Final = 5
