"""Dross finds the anomalies in data nobody has labelled, and learns from it a detector that scores new data."""

__version__ = "0.1.0"
