"""Several detectors as one, on one scale, with weights that see no label."""

from dross.ensemble.calibration import Calibration
from dross.ensemble.score_ensemble import ScoreEnsemble
from dross.ensemble.synthetic_anomalies import synthetic_anomalies

__all__ = ["Calibration", "ScoreEnsemble", "synthetic_anomalies"]
