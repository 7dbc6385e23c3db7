"""Refinement: an ensemble of classifiers throws out what looks anomalous, and learning goes on with the rest."""

from dross.refinement.data_refiner import DataRefiner
from dross.refinement.label_adjustment import LabelAdjustment
from dross.refinement.refined import Refined
from dross.refinement.srr import SRR
from dross.refinement.trace import RefinementRound

__all__ = ["SRR", "DataRefiner", "LabelAdjustment", "Refined", "RefinementRound"]
