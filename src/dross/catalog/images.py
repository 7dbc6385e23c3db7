"""The detectors for images."""

from __future__ import annotations

from typing import Final

from dross.catalog.entry import CLEAN, Entry
from dross.ensemble import ScoreEnsemble
from dross.one_class import GaussianDensity, KMeansDistance, NearestNeighbors, TwoStage
from dross.reconstruction import (
    ConstantReconstruction,
    FullyConnectedAutoencoder,
    PCAReconstruction,
    VariationalAutoencoder,
)
from dross.representations import DistributionAugmentedContrast, Pixels, PretrainedFeatures, RotationPrediction

#: What refinement rejects of images by default.
REJECTED: Final = 0.2


def _rank_ensemble() -> ScoreEnsemble:
    return ScoreEnsemble(
        [
            ("autoencoder", FullyConnectedAutoencoder()),
            ("vae", VariationalAutoencoder()),
            ("components", TwoStage(Pixels(), PCAReconstruction())),
            ("neighbour", TwoStage(Pixels(), NearestNeighbors(n_neighbors=1))),
        ]
    )


IMAGE_ENTRIES = (
    Entry(
        "constant-image",
        "distance from a grey card: learns nothing, shows what a data set gives away",
        "nothing",
        "an anchor, not a method",
        ConstantReconstruction,
        Pixels,
        "images",
        REJECTED,
    ),
    Entry(
        "contrastive",
        "contrastive learning with rotated copies as images of their own, then a Gaussian",
        CLEAN,
        "Sohn et al., ICLR 2021",
        GaussianDensity,
        DistributionAugmentedContrast,
        "images",
        REJECTED,
    ),
    Entry(
        "mean-image",
        "distance from the mean of the training images",
        CLEAN,
        "an anchor, not a method",
        lambda: KMeansDistance(n_clusters=1),
        Pixels,
        "images",
        REJECTED,
    ),
    Entry(
        "pixel-knn",
        "distance to the nearest training image, pixel by pixel",
        CLEAN,
        "Ramaswamy, Rastogi and Shim, SIGMOD 2000",
        lambda: NearestNeighbors(n_neighbors=1),
        Pixels,
        "images",
        REJECTED,
    ),
    Entry(
        "pixel-pca",
        "error of the reconstruction from 50 principal components of the pixels",
        CLEAN,
        "Pearson, 1901",
        PCAReconstruction,
        Pixels,
        "images",
        REJECTED,
    ),
    Entry(
        "pretrained",
        "PRE-TRAINED: features of a ResNet-18 with ImageNet's weights, from the file weights=PATH, then a Gaussian",
        "clean training data, and that weights trained on other people's labelled images are allowed",
        "He et al., CVPR 2016",
        GaussianDensity,
        lambda: PretrainedFeatures(None),
        "images",
        REJECTED,
    ),
    Entry(
        "rank-ensemble",
        "mean rank by two autoencoders, principal components and the nearest neighbour, each among held-out images",
        CLEAN,
        "Aggarwal and Sathe, SIGKDD Explorations 2015",
        _rank_ensemble,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "rotation",
        "telling by how many quarter turns an image was rotated, then a Gaussian",
        CLEAN,
        "Golan and El-Yaniv, NeurIPS 2018; two-stage as in Sohn et al., ICLR 2021",
        GaussianDensity,
        RotationPrediction,
        "images",
        REJECTED,
    ),
)
