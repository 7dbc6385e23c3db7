"""Representations: from samples to the features that a one-class classifier sees."""

from dross.representations.affine_transformations import AffineTransformations
from dross.representations.base import AbstractRepresentation, AbstractTrainedRepresentation
from dross.representations.colour_and_gradients import ColourAndGradients
from dross.representations.cumulative_colours import CumulativeColours
from dross.representations.cut_paste_classification import CutPasteClassification
from dross.representations.distribution_augmented_contrast import DistributionAugmentedContrast
from dross.representations.identity import Identity
from dross.representations.image_base import AbstractImageRepresentation
from dross.representations.pixels import Pixels
from dross.representations.pretrained_features import PretrainedFeatures
from dross.representations.principal_components import PrincipalComponents
from dross.representations.rotation_prediction import RotationPrediction

__all__ = [
    "AbstractImageRepresentation",
    "AbstractRepresentation",
    "AbstractTrainedRepresentation",
    "AffineTransformations",
    "ColourAndGradients",
    "CumulativeColours",
    "CutPasteClassification",
    "DistributionAugmentedContrast",
    "Identity",
    "Pixels",
    "PretrainedFeatures",
    "PrincipalComponents",
    "RotationPrediction",
]
