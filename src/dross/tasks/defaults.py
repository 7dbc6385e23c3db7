"""What is taken where the user says nothing; without imports, since ``dross --help`` shows it."""

from __future__ import annotations

from typing import Final

#: The detector of ``fit`` and ``clean`` for tables, and for images.
DETECTOR: Final = "srr-gaussian"
IMAGE_DETECTOR: Final = "srr-rotation"
#: The detector that ``inspect`` fits on each category, the width and height that images are brought to, and the parts
#: that they are held out in.
INSPECTION_DETECTOR: Final = "padim"
INSPECTION_SIZE: Final = 128
INSPECTION_FOLDS: Final = 10
#: The detectors that ``rank`` compares, each of which takes seconds for a few hundred images, and how often.
RANKED: Final = (
    "padim",
    "surface",
    "descriptor-autoencoder",
    "descriptor-pca",
    "descriptor-knn",
    "pixel-pca",
    "pixel-knn",
)
N_REPEATS: Final = 3
#: What networks for images are built and trained with where there is a GPU, as in ``studies/cifar10``. Where there is
#: none they keep to the defaults of their classes, which are for two processor cores.
GPU_PRESET: Final[dict[str, dict[str, float | str]]] = {
    "rotation": {
        "width": 64,
        "stem": "small",
        "n_stages": 1,
        "head_depth": 8,
        "head_width": 512,
        "max_epochs": 200,
        "learning_rate": 0.01,
    },
    "contrastive": {
        "width": 64,
        "stem": "small",
        "n_stages": 1,
        "head_depth": 8,
        "head_width": 512,
        "max_epochs": 100,
        "batch_size": 64,
        "learning_rate": 0.02,
    },
}
#: The seed of everything random.
SEED: Final = 0
#: The detectors, ratios and number of seeds of ``evaluate``.
EVALUATED: Final = ("gaussian", "knn", "isolation-forest")
CONTAMINATION: Final = (0.0, 0.02, 0.05)
N_SEEDS: Final = 5
