"""The one list of every detector and representation for images; what is in it must keep ``test_image_contract.py``.

A new one is added here, with parameters that make it fast and let it learn what ``tests.planted_pictures`` shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn.base import clone
from sklearn.svm import SVC

from dross.ensemble import ScoreEnsemble
from dross.inspection import DefectSegmentation, MatchedFilters, MixedDetector, PatchDistributions, SurfaceDefects
from dross.one_class import GaussianDensity, KMeansDistance, NearestNeighbors, OneClassSVMSearch, TwoStage
from dross.reconstruction import (
    GAN,
    AuxiliaryDecoder,
    ConstantReconstruction,
    ConvolutionalAutoencoder,
    DecodedNoiseClassifier,
    DeepSVDD,
    DenoisingAutoencoder,
    FAnoGAN,
    FullyConnectedAutoencoder,
    GANomaly,
    MemoryAugmentedAutoencoder,
    MultiEncoderAutoencoder,
    PCAReconstruction,
    ResidualAutoencoder,
    TwoDiscriminatorGAN,
    VariationalAutoencoder,
)
from dross.refinement import SRR, Refined
from dross.representations import (
    ColourAndGradients,
    CumulativeColours,
    CutPasteClassification,
    DistributionAugmentedContrast,
    Pixels,
    PretrainedFeatures,
    RotationPrediction,
)
from dross.supervised import ClassifierDetector, ConvolutionalClassifier, ResNetClassifier

#: Small enough for tests, and in 32 bits wherever they run.
TINY: dict[str, Any] = {
    "width": 4,
    "blocks": (1, 1, 1, 1),
    "head_width": 32,
    "learning_rate": 0.05,
    "max_epochs": 8.0,
    "device": "cpu",
    "precision": "32-true",
    "random_state": 0,
}


def tiny_rotation() -> RotationPrediction:
    """Return rotation prediction, small and trained long enough to tell what is upright."""
    return RotationPrediction(**TINY, batch_size=16)


#: What a detector that reconstructs needs to be small and quick in tests, and to learn what is planted.
TINY_RECONSTRUCTION: dict[str, Any] = {
    "n_code": 2,
    "max_epochs": 60.0,
    "batch_size": 8,
    "learning_rate": 0.005,
    "device": "cpu",
    "random_state": 0,
}

#: The same of games, whose steps take longer.
TINY_GAN: dict[str, Any] = {**TINY_RECONSTRUCTION, "max_epochs": 30.0}


def tiny_contrast() -> DistributionAugmentedContrast:
    """Return contrastive learning, small and on views so much alike that a few steps are enough."""
    changed = {**TINY, "learning_rate": 0.1}
    return DistributionAugmentedContrast(**changed, batch_size=8, n_dimensions=16, min_scale=1.0, jitter=0.0)


def tiny_cut_paste() -> CutPasteClassification:
    """Return CutPaste classification, small; for sides of 16 pixels, which leave a scar of the paper's a dot."""
    return CutPasteClassification(**{**TINY, "max_epochs": 16.0}, variant="rectangle", shift=0, batch_size=16)


def tiny_segmentation() -> DefectSegmentation:
    """Return the segmentation of self-made defects, small and quick."""
    return DefectSegmentation(
        width=4,
        n_levels=3,
        smoothing=1.0,
        max_epochs=12.0,
        batch_size=8,
        learning_rate=0.01,
        device="cpu",
        random_state=0,
    )


def tiny_two_discriminator_gan() -> TwoDiscriminatorGAN:
    """Return the GAN with two discriminators, small and quick."""
    # In so few steps what discriminators say has to be a whisper.
    changed = {**TINY_RECONSTRUCTION, "max_epochs": 20.0, "n_code": 8}
    return TwoDiscriminatorGAN(
        widths=(4, 8),
        discriminator_widths=(8, 16),
        adversarial_weight=0.1,
        anomaly_weight=5.0,
        anomaly_adversarial_weight=0.1,
        **changed,
    )


def tiny_classifier() -> ConvolutionalClassifier:
    """Return the plain classifier, small and quick."""
    changed = {key: value for key, value in TINY_RECONSTRUCTION.items() if key != "n_code"}
    return ConvolutionalClassifier(widths=(4, 8), n_hidden=8, **{**changed, "max_epochs": 15.0})


def tiny_resnet_classifier() -> ResNetClassifier:
    """Return the residual network that classifies, small and quick."""
    # By the held-out images, so that there is a threshold among the scores however little was learned.
    return ResNetClassifier(
        width=4,
        blocks=(1, 1, 1, 1),
        threshold="contamination",
        max_epochs=24.0,
        batch_size=8,
        learning_rate=0.005,
        device="cpu",
        random_state=0,
    )


#: The detectors that learn a representation from the images; these have to rank what is planted.
LEARNED: tuple[str, ...] = ("rotation", "contrast", "srr rotation", "srr contrast")

#: The detectors that learn to reconstruct; ``tests/reconstruction/test_learning.py`` asks that they do.
RECONSTRUCTED: tuple[str, ...] = (
    "autoencoder",
    "conv autoencoder",
    "vae",
    "gan",
    "ganomaly",
    "f-anogan",
    "residual autoencoder",
    "denoising autoencoder",
    "memory autoencoder",
    "multi encoder",
    "decoded noise",
    "auxiliary decoder",
)
#: Those of them that take rows of a table too, and so refuse none.
TAKES_ROWS: tuple[str, ...] = ("autoencoder", "conv autoencoder", "vae", "residual autoencoder")

#: Those that do not learn without labelled anomalies.
LABELLED: tuple[str, ...] = ("two-discriminator gan", "supervised cnn", "resnet classifier", "descriptor classifier")


def fit(estimator: Any, X: Any, y: Any = None) -> Any:
    """Fit; what needs labels is told that every fourth image is an anomaly."""
    if getattr(estimator, "_takes_labels", "no") != "needed":
        return estimator.fit(X, y)
    return estimator.fit(X, y, labels=[int(number % 4 == 0) for number in range(len(X))])


def image_detectors(weights: Path) -> dict[str, Any]:
    """Return one unfitted instance of each way of scoring images, blind and refined."""
    return {
        "constant": TwoStage(Pixels(), ConstantReconstruction()),
        "mean": TwoStage(Pixels(), KMeansDistance(n_clusters=1, random_state=0)),
        "pixel neighbours": TwoStage(Pixels(), NearestNeighbors(n_neighbors=1)),
        "pixel components": TwoStage(Pixels(), PCAReconstruction(n_components=8, random_state=0)),
        "one-class svm search": OneClassSVMSearch(
            Pixels(), nus=(0.2,), gammas=(1.0, 3.0), degrees=(2,), random_state=0
        ),
        "rotation": TwoStage(tiny_rotation(), GaussianDensity()),
        "contrast": TwoStage(tiny_contrast(), GaussianDensity()),
        "cutpaste": TwoStage(tiny_cut_paste(), GaussianDensity()),
        "pretrained": TwoStage(PretrainedFeatures(weights, image_size=32), GaussianDensity()),
        "autoencoder": FullyConnectedAutoencoder(hidden=(16,), **TINY_RECONSTRUCTION),
        "conv autoencoder": ConvolutionalAutoencoder(widths=(4, 8), **TINY_RECONSTRUCTION),
        "vae": VariationalAutoencoder(widths=(4, 8), **{**TINY_RECONSTRUCTION, "max_epochs": 30.0}),
        "residual autoencoder": ResidualAutoencoder(
            width=2, widths=(4, 8), **{**TINY_RECONSTRUCTION, "max_epochs": 20.0}
        ),
        "denoising autoencoder": DenoisingAutoencoder(hidden=(16,), **TINY_RECONSTRUCTION),
        "memory autoencoder": MemoryAugmentedAutoencoder(
            widths=(4, 8), n_slots=20, **{**TINY_RECONSTRUCTION, "max_epochs": 30.0}
        ),
        "multi encoder": MultiEncoderAutoencoder(
            hidden=(16,), widths=(4, 8), score_by="squared", **{**TINY_RECONSTRUCTION, "n_code": 1, "max_epochs": 20.0}
        ),
        "decoded noise": DecodedNoiseClassifier(widths=(4, 8), **{**TINY_RECONSTRUCTION, "max_epochs": 20.0}),
        "auxiliary decoder": AuxiliaryDecoder(
            width=2, widths=(4, 8), score_by="squared", **{**TINY_RECONSTRUCTION, "max_epochs": 40.0}
        ),
        "deep svdd": DeepSVDD(widths=(4, 8), **{**TINY_RECONSTRUCTION, "n_code": 8, "max_epochs": 20.0}),
        "gan": GAN(widths=(4, 8), **TINY_GAN),
        "ganomaly": GANomaly(widths=(4, 8), **{**TINY_GAN, "n_code": 32}),
        "f-anogan": FAnoGAN(widths=(4, 8), n_critic=2, **TINY_GAN),
        "two-discriminator gan": tiny_two_discriminator_gan(),
        "supervised cnn": tiny_classifier(),
        "resnet classifier": tiny_resnet_classifier(),
        "descriptor classifier": ClassifierDetector(
            SVC(), ColourAndGradients(), threshold="contamination", random_state=0
        ),
        "srr constant": SRR(Pixels(), ConstantReconstruction(), rejection=0.2, random_state=0),
        "srr pixel components": SRR(Pixels(), PCAReconstruction(n_components=8), rejection=0.2, random_state=0),
        "srr rotation": SRR(tiny_rotation(), GaussianDensity(), rejection=0.2, random_state=0),
        "srr cutpaste": SRR(tiny_cut_paste(), GaussianDensity(), rejection=0.2, random_state=0),
        "srr contrast": SRR(tiny_contrast(), GaussianDensity(), rejection=0.2, random_state=0),
        "refined autoencoder": Refined(
            FullyConnectedAutoencoder(hidden=(16,), **TINY_RECONSTRUCTION), rejection=0.2, random_state=0
        ),
        "ensemble": ScoreEnsemble(
            [
                ("components", TwoStage(Pixels(), PCAReconstruction(n_components=2))),
                ("neighbours", TwoStage(Pixels(), NearestNeighbors(n_neighbors=1))),
            ],
            random_state=0,
        ),
        "defect segmentation": tiny_segmentation(),
        "patch distributions": PatchDistributions(stride=2),
        "matched filters": MatchedFilters(stride=2, width=1.0, length=2.0),
        "surface defects": SurfaceDefects(),
        "refined patch distributions": Refined(PatchDistributions(), rejection=0.2, random_state=0),
        "mixed": MixedDetector(
            TwoStage(Pixels(), NearestNeighbors(n_neighbors=1)),
            n_categories=2,
            n_folds=2,
            least_images=5,
            random_state=0,
        ),
        "refined": Refined(TwoStage(Pixels(), NearestNeighbors(n_neighbors=1)), random_state=0),
    }


def image_representations(weights: Path) -> dict[str, Any]:
    """Return one unfitted instance of each representation of images."""
    return {
        "pixels": Pixels(),
        "colour and gradients": ColourAndGradients(n_cells=2),
        "cumulative colours": CumulativeColours(),
        "rotation": tiny_rotation(),
        "contrast": tiny_contrast(),
        "cutpaste": tiny_cut_paste(),
        "pretrained": PretrainedFeatures(weights, image_size=32),
    }


def quick(estimator: Any) -> Any:
    """Return a clone that is trained for one epoch, if at all: enough where nothing is to be learned."""
    estimator = clone(estimator)
    epochs = [name for name in ("max_epochs", "representation__max_epochs") if estimator.get_params().get(name)]
    return estimator.set_params(**dict.fromkeys(epochs, 1.0))
