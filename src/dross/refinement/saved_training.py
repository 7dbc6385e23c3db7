"""Training that was stopped goes on: what SRR needs for it, in one file, written whole after each stretch."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, final

import numpy as np
from sklearn.utils.validation import _num_samples

from dross.errors import ModelError, ParameterError
from dross.refinement.trace import RefinementRound
from dross.training import read_checkpoint, write_checkpoint

#: What a round consists of that is an array.
_ARRAYS = ("kept", "votes", "thresholds")


@final
class SavedTraining:
    """The state of a training under way: weights and optimiser, the rounds so far, and the generator of the votes.

    Parameters
    ----------
    path : path or None
        The file; ``None`` saves nothing.
    settings : str
        What the training was asked to do: a file of other settings is refused.

    Examples
    --------
    >>> SavedTraining(None, "").restore(None, None, [], None)
    False
    """

    def __init__(self, path: str | os.PathLike[str] | None, settings: str) -> None:
        self._path = None if path is None else Path(path)
        self._settings = hashlib.sha256(settings.encode()).hexdigest()

    def restore(self, X: Any, representation: Any, trace: list[RefinementRound], rng: Any) -> bool:
        """Put everything back as it was saved, in place, and return whether there was anything saved.

        Raises
        ------
        ParameterError
            If the representation cannot be saved while it is trained.
        ModelError
            If the file is damaged, or of a training with other settings or another number of samples.
        """
        if self._path is None:
            return False
        if not hasattr(representation, "training_state"):
            raise ParameterError(
                f"checkpoint is {str(self._path)!r}, but {type(representation).__name__} is trained in one go and "
                "cannot be saved on the way: leave checkpoint out"
            )
        if not self._path.exists():
            return False
        meta, arrays = read_checkpoint(self._path)
        if meta.get("settings") != self._settings or meta.get("n_samples") != _num_samples(X):
            raise ModelError(
                f"{self._path} is the state of a training with other settings or other samples: remove it to train "
                "from the start, or resume with what that training was started with"
            )
        for number, record in enumerate(meta["rounds"]):
            votes: dict[str, Any] = {name: arrays.pop(f"round.{number}.{name}") for name in _ARRAYS}
            trace.append(RefinementRound(**record, **votes))
        rng.set_state((*meta["rng"][:1], arrays.pop("rng"), *meta["rng"][1:]))
        representation.resume_training(X, meta["training"], arrays)
        return True

    def save(self, X: Any, representation: Any, trace: list[RefinementRound], rng: Any) -> None:
        """Write the state, whole or not at all."""
        if self._path is None:
            return
        training, arrays = representation.training_state()
        name, keys, *rest = rng.get_state()
        rounds = []
        for number, record in enumerate(trace):
            plain = asdict(record)
            arrays |= {f"round.{number}.{field}": np.asarray(plain.pop(field)) for field in _ARRAYS}
            rounds.append(plain)
        meta = {"settings": self._settings, "n_samples": _num_samples(X), "rounds": rounds, "rng": [name, *rest]}
        write_checkpoint(self._path, meta | {"training": training}, arrays | {"rng": keys})

    def discard(self) -> None:
        """Remove the file: the training has ended."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
