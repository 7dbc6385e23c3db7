"""The detectors for tables."""

from __future__ import annotations

from dross.catalog.entry import CLEAN, ROBUST, Entry
from dross.one_class import (
    GOAD,
    GaussianDensity,
    IsolationForest,
    KernelDensity,
    KMeansDistance,
    NearestNeighbors,
    OneClassSVM,
    OneClassSVMSearch,
    RobustGaussian,
)
from dross.representations import AffineTransformations, PrincipalComponents

TABLE_ENTRIES = (
    Entry(
        "affine",
        "affine-transformation classification, then a Gaussian on its features",
        CLEAN,
        "Bergman and Hoshen, ICLR 2020; two-stage as in Yoon et al., TMLR 2022",
        lambda: GaussianDensity(shrinkage="none"),
        AffineTransformations,
    ),
    Entry(
        "gaussian",
        "one Gaussian with full covariance (Ledoit-Wolf) on the scaled columns",
        CLEAN,
        "Ledoit and Wolf, J. Multivariate Analysis 2004",
        GaussianDensity,
    ),
    Entry(
        "goad",
        "affine-transformation classification with its own score",
        CLEAN,
        "Bergman and Hoshen, ICLR 2020",
        lambda: GOAD(AffineTransformations()),
        None,
    ),
    Entry(
        "isolation-forest",
        "how few random cuts isolate a row",
        "that anomalies are few and lie alone; a cluster of them is missed",
        "Liu, Ting and Zhou, ICDM 2008",
        IsolationForest,
    ),
    Entry(
        "k-means",
        "distance to the nearest centroid",
        CLEAN,
        "MacQueen, 1967",
        KMeansDistance,
    ),
    Entry(
        "kernel-density",
        "kernel density estimate",
        CLEAN,
        "Parzen, Annals of Mathematical Statistics 1962",
        KernelDensity,
    ),
    Entry(
        "knn",
        "mean distance to the five nearest neighbours",
        CLEAN,
        "Ramaswamy, Rastogi and Shim, SIGMOD 2000",
        NearestNeighbors,
    ),
    Entry(
        "mcd",
        "a Gaussian fitted to the densest half of the rows (minimum covariance determinant)",
        ROBUST,
        "Rousseeuw and Van Driessen, Technometrics 1999",
        RobustGaussian,
    ),
    Entry(
        "ocsvm-search",
        "one-class SVM whose kernel and parameters best tell held-out rows from made ones, without a label",
        CLEAN,
        "Schölkopf et al., Neural Computation 2001; Tax and Duin, JMLR 2001",
        OneClassSVMSearch,
    ),
    Entry(
        "one-class-svm",
        "the boundary that holds all but a share of the rows",
        "that at most the share nu of the training data is anomalous",
        "Schölkopf et al., Neural Computation 2001",
        OneClassSVM,
    ),
    Entry(
        "pca-gaussian",
        "principal components, then a Gaussian on them",
        CLEAN,
        "Pearson, 1901",
        GaussianDensity,
        PrincipalComponents,
    ),
)
