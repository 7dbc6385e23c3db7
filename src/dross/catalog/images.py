"""The detectors for images."""

from __future__ import annotations

from typing import Final

from dross.catalog.entry import CLEAN, Entry
from dross.ensemble import ScoreEnsemble
from dross.one_class import GaussianDensity, KMeansDistance, NearestNeighbors, OneClassSVMSearch, TwoStage
from dross.reconstruction import (
    ConstantReconstruction,
    FullyConnectedAutoencoder,
    PCAReconstruction,
    VariationalAutoencoder,
)
from dross.representations import (
    ColourAndGradients,
    CumulativeColours,
    CutPasteClassification,
    DistributionAugmentedContrast,
    Pixels,
    PretrainedFeatures,
    RotationPrediction,
)

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


def _descriptor_ensemble() -> ScoreEnsemble:
    # How far from grey, in colours unlike all others, and with edges unlike all others: each sees what others miss.
    return ScoreEnsemble(
        [
            ("grey", TwoStage(Pixels(), ConstantReconstruction())),
            ("colours", TwoStage(CumulativeColours(), NearestNeighbors())),
            ("descriptors", TwoStage(ColourAndGradients(), NearestNeighbors())),
        ],
        combine="z",
    )


IMAGE_ENTRIES = (
    Entry(
        "colour-knn",
        "mean distance to the five nearest training images by their cumulative histograms of colours",
        CLEAN,
        "Ramaswamy, Rastogi and Shim, SIGMOD 2000; Stricker and Orengo, SPIE 1995",
        NearestNeighbors,
        CumulativeColours,
        "images",
        REJECTED,
    ),
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
        "cutpaste",
        "telling whole images from those with a piece of themselves in the wrong place, then a Gaussian",
        CLEAN,
        "Li et al., CVPR 2021",
        GaussianDensity,
        CutPasteClassification,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-autoencoder",
        "error of the reconstruction of colours and gradients by a fully connected autoencoder",
        CLEAN,
        "Hinton and Salakhutdinov, Science 2006",
        FullyConnectedAutoencoder,
        ColourAndGradients,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-ensemble",
        "mean score by distance from grey, from the nearest images by colour, and by colour and gradients",
        CLEAN,
        "Aggarwal and Sathe, SIGKDD Explorations 2015",
        _descriptor_ensemble,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-k-means",
        "distance to the nearest of eight centroids, by colours and gradients",
        CLEAN,
        "MacQueen, 1967; Dalal and Triggs, CVPR 2005",
        KMeansDistance,
        ColourAndGradients,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-knn",
        "mean distance to the five nearest training images by colours and gradients",
        CLEAN,
        "Ramaswamy, Rastogi and Shim, SIGMOD 2000; Dalal and Triggs, CVPR 2005",
        NearestNeighbors,
        ColourAndGradients,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-ocsvm-search",
        "one-class SVM on colours and gradients, whose kernel and parameters best find self-made defects",
        CLEAN,
        "Schölkopf et al., Neural Computation 2001; Tax and Duin, JMLR 2001",
        lambda: OneClassSVMSearch(ColourAndGradients()),
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-pca",
        "error of the reconstruction from 50 principal components of colours and gradients",
        CLEAN,
        "Pearson, 1901",
        PCAReconstruction,
        ColourAndGradients,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-vae",
        "error of the reconstruction of colours and gradients by a variational autoencoder",
        CLEAN,
        "Kingma and Welling, ICLR 2014; An and Cho, 2015",
        VariationalAutoencoder,
        ColourAndGradients,
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
        "pixel-k-means",
        "distance to the nearest of eight centroids, pixel by pixel",
        CLEAN,
        "MacQueen, 1967",
        KMeansDistance,
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
        "pixel-ocsvm-search",
        "one-class SVM on pixels, whose kernel and parameters best find self-made defects",
        CLEAN,
        "Schölkopf et al., Neural Computation 2001; Tax and Duin, JMLR 2001",
        lambda: OneClassSVMSearch(Pixels()),
        None,
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
