"""Representations: from samples to the features that a one-class classifier sees."""

from dross.representations.affine_transformations import AffineTransformations
from dross.representations.base import AbstractRepresentation, AbstractTrainedRepresentation
from dross.representations.identity import Identity
from dross.representations.principal_components import PrincipalComponents

__all__ = [
    "AbstractRepresentation",
    "AbstractTrainedRepresentation",
    "AffineTransformations",
    "Identity",
    "PrincipalComponents",
]
