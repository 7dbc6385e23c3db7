"""A fitted model on disk and back, without pickle: a folder of JSON, safetensors and audited scikit-learn parts."""

from dross.persistence.folder import load, save
from dross.persistence.model import Model, Provenance

__all__ = ["Model", "Provenance", "load", "save"]
