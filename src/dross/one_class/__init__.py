"""One-class classifiers: detectors on arrays of numbers; and the detector made of a representation and one of them."""

from dross.one_class.adapters import PyODDetector
from dross.one_class.base import AbstractOneClass
from dross.one_class.gaussian_density import GaussianDensity
from dross.one_class.goad import GOAD
from dross.one_class.isolation_forest import IsolationForest
from dross.one_class.k_means_distance import KMeansDistance
from dross.one_class.kernel_density import KernelDensity
from dross.one_class.nearest_neighbors import NearestNeighbors
from dross.one_class.one_class_svm import OneClassSVM
from dross.one_class.one_class_svm_search import OneClassSVMSearch
from dross.one_class.robust_gaussian import RobustGaussian
from dross.one_class.two_stage import TwoStage

__all__ = [
    "GOAD",
    "AbstractOneClass",
    "GaussianDensity",
    "IsolationForest",
    "KMeansDistance",
    "KernelDensity",
    "NearestNeighbors",
    "OneClassSVM",
    "OneClassSVMSearch",
    "PyODDetector",
    "RobustGaussian",
    "TwoStage",
]
