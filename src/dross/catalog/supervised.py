"""The classifiers: they know of anomalies what their labels say."""

from __future__ import annotations

from typing import Final

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from dross.catalog.entry import LABELLED, Entry
from dross.catalog.images import REJECTED
from dross.representations import ColourAndGradients, Identity, Pixels
from dross.supervised import ClassifierDetector, ConvolutionalClassifier, CrossValidatedChoice, ResNetClassifier


def _knn() -> ClassifierDetector:
    return ClassifierDetector(KNeighborsClassifier(3), Identity())


def _gradient_boosting() -> ClassifierDetector:
    return ClassifierDetector(HistGradientBoostingClassifier(class_weight="balanced"), Identity())


def _svm() -> ClassifierDetector:
    return ClassifierDetector(SVC(class_weight="balanced"), Identity())


def _pixel_knn() -> ClassifierDetector:
    return ClassifierDetector(KNeighborsClassifier(3), Pixels())


def _descriptor_knn() -> ClassifierDetector:
    return ClassifierDetector(KNeighborsClassifier(3), ColourAndGradients())


def _descriptor_gradient_boosting() -> ClassifierDetector:
    # So few images want small leaves, and trees that each see a part of the hundreds of features.
    trees = HistGradientBoostingClassifier(class_weight="balanced", min_samples_leaf=5, max_features=0.3)
    return ClassifierDetector(trees, ColourAndGradients())


def _descriptor_svm() -> ClassifierDetector:
    return ClassifierDetector(SVC(C=3.0, class_weight="balanced"), ColourAndGradients())


def _chosen_neighbours(detector: ClassifierDetector) -> CrossValidatedChoice:
    return CrossValidatedChoice(detector, "classifier__n_neighbors", list(range(1, 11)))


def _chosen_svm(detector: ClassifierDetector) -> CrossValidatedChoice:
    # A softer margin and a wider kernel are simpler, and come first. Figures of a single division into folds differ
    # more than those of neighbouring values.
    grid = [(C, gamma) for C in (0.3, 1.0, 3.0, 10.0) for gamma in ("scale", 0.03, 0.1, 0.3, 1.0)]
    return CrossValidatedChoice(detector, ("classifier__C", "classifier__gamma"), grid, n_repeats=2, metric="auroc")


_KNN_PAPER: Final = "Cover and Hart, IEEE Transactions on Information Theory 1967"
_SVM_PAPER: Final = "Cortes and Vapnik, Machine Learning 1995"

SUPERVISED_ENTRIES: Final = (
    Entry(
        "knn-classifier",
        "how many of the three nearest labelled rows are anomalies",
        LABELLED,
        _KNN_PAPER,
        _knn,
        None,
    ),
    Entry(
        "knn-classifier-cv",
        "how many of the nearest labelled rows are anomalies, 1 to 10 of them, by cross-validated F1",
        LABELLED,
        _KNN_PAPER,
        lambda: _chosen_neighbours(_knn()),
        None,
    ),
    Entry(
        "gradient-boosting",
        "trees that each mend what those before them get wrong, normal rows and anomalies weighing the same",
        LABELLED,
        "Friedman, Annals of Statistics 2001",
        _gradient_boosting,
        None,
    ),
    Entry(
        "svm",
        "on which side of the widest margin a row lies (Gaussian kernel), normal rows and anomalies weighing the same",
        LABELLED,
        _SVM_PAPER,
        _svm,
        None,
    ),
    Entry(
        "svm-cv",
        "support vector machine (Gaussian kernel) whose penalty and width are chosen by cross-validated AUROC",
        LABELLED,
        _SVM_PAPER,
        lambda: _chosen_svm(_svm()),
        None,
    ),
    Entry(
        "descriptor-gradient-boosting",
        "boosted trees on histograms of colours and of oriented gradients",
        LABELLED,
        "Friedman, Annals of Statistics 2001; Dalal and Triggs, CVPR 2005",
        _descriptor_gradient_boosting,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-knn-classifier",
        "how many of the three nearest labelled images are anomalies, by histograms of colours and gradients",
        LABELLED,
        f"{_KNN_PAPER}; Dalal and Triggs, CVPR 2005",
        _descriptor_knn,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-knn-classifier-cv",
        "how many of the nearest labelled images are anomalies, by histograms; 1 to 10 of them, by cross-validated F1",
        LABELLED,
        f"{_KNN_PAPER}; Dalal and Triggs, CVPR 2005",
        lambda: _chosen_neighbours(_descriptor_knn()),
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-svm",
        "support vector machine (Gaussian kernel) on histograms of colours and of oriented gradients",
        LABELLED,
        f"{_SVM_PAPER}; Dalal and Triggs, CVPR 2005",
        _descriptor_svm,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "descriptor-svm-cv",
        "support vector machine on histograms, penalty and kernel width chosen by cross-validated AUROC",
        LABELLED,
        f"{_SVM_PAPER}; Dalal and Triggs, CVPR 2005",
        lambda: _chosen_svm(_descriptor_svm()),
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "pixel-knn-classifier",
        "how many of the three nearest labelled images are anomalies, pixel by pixel",
        LABELLED,
        _KNN_PAPER,
        _pixel_knn,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "pixel-knn-classifier-cv",
        "how many of the nearest labelled images are anomalies, 1 to 10 of them, by cross-validated F1",
        LABELLED,
        _KNN_PAPER,
        lambda: _chosen_neighbours(_pixel_knn()),
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "resnet-classifier",
        "a ResNet-18 that tells normal images from labelled anomalies; PRE-TRAINED where weights=PATH is given",
        LABELLED,
        "He et al., CVPR 2016",
        ResNetClassifier,
        None,
        "images",
        REJECTED,
    ),
    Entry(
        "supervised-cnn",
        "a plain classifier of normal images and labelled anomalies: the bar for what learns from labels",
        LABELLED,
        "LeCun et al., 1998; as a bar Ruff et al., ICLR 2020",
        ConvolutionalClassifier,
        None,
        "images",
        REJECTED,
    ),
)
