"""What detectors that train a network share: samples in, training on the one loop, a score a sample out."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor, nn

from dross.data.images import Images, holds_images
from dross.detector import AbstractDetector
from dross.errors import CollapseWarning, TooFewSamplesError, TrainingError, raise_gathered
from dross.parameters import (
    at_least_problems,
    choice_problems,
    contamination_problems,
    count_problems,
    positive_problems,
)
from dross.reconstruction.epochs import train_epochs
from dross.reconstruction.samples import byte_tensor, network_samples
from dross.reconstruction.training_set import anomaly_mask, training_set
from dross.representations.image_base import DEVICES
from dross.representations.image_input import images_to_use
from dross.representations.scaling import location_and_scale
from dross.scoring import finite_scores, threshold_offset
from dross.seeding import integer_seed
from dross.training import Precision, Schedule, TrainingLoop, seeded
from dross.training.precision import PRECISIONS

#: Samples that go through the network at once when they are scored.
CHUNK = 256

#: Standardised values beyond this are cut off, so that a network still makes numbers of them.
LARGEST_VALUE = 1e6


class AbstractNetworkDetector(AbstractDetector):
    """A network that is trained on images, or on rows of a table where the class says so, and scores each of them.

    Images are taken as they are. Rows are standardised by the training rows. A concrete class says which network it
    is, what that is trained on, and what its score is.
    """

    max_epochs: float
    batch_size: int
    learning_rate: float
    device: str
    precision: Precision
    contamination: float | Literal["auto"]
    random_state: int | np.random.RandomState | None

    network_: Any
    sample_shape_: tuple[int, ...]
    location_: NDArray[np.float64] | None
    scale_: NDArray[np.float64] | None
    n_samples_fit_: int
    history_: list[dict[str, float]]
    findings_: list[str]

    #: Whether rows of a table are taken, beside images.
    _takes_rows: ClassVar[bool] = False
    #: Whether it can learn from labelled anomalies, and whether it has to.
    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "no"
    #: Adam's momenta.
    _betas: ClassVar[tuple[float, float]] = (0.9, 0.999)
    #: Of the learning rate, over each stage of training.
    _schedule: ClassVar[Schedule] = "constant"

    @abstractmethod
    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        """Return the network for samples of this shape, with random weights."""

    @abstractmethod
    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        """Return what is trained: ``forward(batch, generator)`` gives the loss of a batch."""

    @abstractmethod
    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        """Return the anomaly score of samples as the network takes them, shape (n,)."""

    @abstractmethod
    def _own_problems(self) -> list[str]:
        """Return what is wrong with the parameters that only this class has."""

    def _stages(self, network: Any, labelled: bool) -> list[tuple[nn.Module, float]]:
        """Return what is trained one after the other, and for how many epochs each."""
        return [(self._objective(network, labelled), self.max_epochs)]

    def _shape_problems(self, shape: tuple[int, ...]) -> list[str]:
        """Return what is wrong with the parameters for samples of this shape."""
        return []

    def _begin(self, objective: nn.Module, network: Any, samples: Iterator[Tensor]) -> None:
        """Set what an objective needs to know of all samples, before it is trained; ``network`` is in scoring mode."""

    def _learn_scoring(self, normals: Any) -> None:
        """Learn from the normal training samples what scoring needs beside the trained network."""

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        """Return what is wrong with a trained network, in sentences; it is shown with the scores and in reports."""
        return []

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Train from random weights for ``max_epochs``.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths; where taken, rows (n, d)
            Training samples: images as bytes, or floats in [0, 1].
        y : None
            Ignored.
        labels : array of shape (n,), or None
            What is known: 0 normal, 1 an anomaly, -1 not known, which counts as normal. With anomalies among them, a
            class that learns from these is trained on batches of one half each.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If the samples, or the labels, are not what this class learns from.
        TrainingError
            If the loss stops being a number. ``network_`` then has the weights of the last epoch that went well.

        Warns
        -----
        CollapseWarning
            Of each of the ``findings_``.
        """
        return self._fit(X, labels, lambda epoch: None)

    def _fit(self, X: Any, labels: ArrayLike | None, after_epoch: Callable[[int], None]) -> Self:
        """Do what :meth:`fit` says, and call ``after_epoch`` with the number of epochs trained, from 0."""
        raise_gathered(self._parameter_problems())
        samples = self._samples(X, reset=True)
        raise_gathered(self._shape_problems(self.sample_shape_))
        anomalous = anomaly_mask(labels, len(samples), self._takes_labels, type(self).__name__)
        if len(samples) < 2:
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least 2 samples to fit, found {len(samples)} sample: give it more"
            )
        self.n_samples_fit_ = len(samples)
        seed = integer_seed(self.random_state)
        with seeded(seed):
            self.network_ = self._build(self.sample_shape_)
            stages = self._stages(self.network_, bool(anomalous.any()))
        stopped = self._train(stages, samples, anomalous, seed, after_epoch)
        normals = samples[np.flatnonzero(~anomalous)] if anomalous.any() else samples
        self._learn_scoring(normals)
        with torch.no_grad():
            # Random weights that nobody trained have nothing wrong with their training.
            self.findings_ = self._look(self._scoring_network(), self._chunks(normals)) if self.history_ else []
        self.offset_ = threshold_offset(finite_scores(self._normality, normals), self.contamination)
        for finding in self.findings_:
            warnings.warn(f"{type(self).__name__}: {finding}", CollapseWarning, stacklevel=3)
        if stopped is not None:
            raise stopped
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return minus the anomaly score of each sample, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        return finite_scores(self._normality, self._samples(X, reset=False))

    @property
    def n_parameters_(self) -> int:
        """Weights of the network."""
        return sum(weights.numel() for weights in self.network_.parameters())

    def _samples(self, X: Any, *, reset: bool) -> Images | NDArray[np.float64]:
        """Return images of the one shape, or standardised rows; with ``reset`` what they are is remembered."""
        rows = self._takes_rows and (not holds_images(X) if reset else len(self.sample_shape_) == 1)
        if not rows:
            images = images_to_use(X, None if reset else self._image_shape())
            if reset:
                self.sample_shape_, self.location_, self.scale_ = images.shape[1:], None, None
                self.n_features_in_ = int(np.prod(images.shape[1:]))
            return images
        table = validate_data(self, X, dtype=np.float64, reset=reset, ensure_min_samples=2 if reset else 1)
        if reset:
            self.sample_shape_ = (table.shape[1],)
            self.location_, self.scale_ = location_and_scale(table, "standard")
        with np.errstate(over="ignore"):
            return np.clip((table - self.location_) / self.scale_, -LARGEST_VALUE, LARGEST_VALUE)

    def _train(
        self,
        stages: list[tuple[nn.Module, float]],
        samples: Any,
        anomalous: NDArray[np.bool_],
        seed: int,
        after_epoch: Callable[[int], None],
    ) -> TrainingError | None:
        """Train stage after stage; return the error that ended it early."""
        self.history_, data = [], None
        after_epoch(0)
        for objective, max_epochs in stages:
            loop = TrainingLoop(
                objective,
                learning_rate=self.learning_rate,
                batch_size=batch_size_for(objective, self.batch_size, int((~anomalous).sum())),
                seed=seed,
                betas=self._betas,
                fused=True,
                schedule=self._schedule,
                max_epochs=max(max_epochs, 1e-9),
                device=self.device,
                precision=self.precision,
            )
            with torch.no_grad():
                self._begin(objective, self._scoring_network(), self._chunks(samples))
            data = training_set(samples, anomalous, loop.device, seed) if data is None else data
            start = self.history_[-1]["epoch"] if self.history_ else 0.0
            later = _later(after_epoch, len(self.history_))
            stopped = train_epochs(loop, data, max_epochs, type(self).__name__, later)
            self.history_ = self.history_ + [{**record, "epoch": start + record["epoch"]} for record in loop.history]
            if stopped is not None:
                return stopped
        return None

    @torch.no_grad()
    def _normality(self, samples: Any) -> NDArray[np.float64]:
        network = self._scoring_network()
        parts = [self._per_sample(network, part).double().cpu().numpy() for part in self._chunks(samples)]
        return -np.concatenate(parts)

    def _scoring_network(self) -> Any:
        """Return the network as it scores: rows in double precision, so that one scores alone as among others."""
        if len(self.sample_shape_) == 1:
            return deepcopy(self.network_).to("cpu", torch.float64).eval()
        return self.network_.float().eval()

    def _chunks(self, samples: Any) -> Iterator[Tensor]:
        if len(self.sample_shape_) == 1:
            yield from torch.split(torch.from_numpy(samples), CHUNK)
            return
        device = next(self.network_.parameters()).device
        for batch in samples.batches(CHUNK):
            yield network_samples(byte_tensor(batch).to(device))

    def _image_shape(self) -> tuple[int, int, int]:
        height, width, channels = self.sample_shape_
        return height, width, channels

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("batch_size", self.batch_size)
        problems += positive_problems("learning_rate", self.learning_rate)
        problems += at_least_problems("max_epochs", self.max_epochs)
        problems += choice_problems("device", self.device, DEVICES)
        problems += choice_problems("precision", self.precision, PRECISIONS)
        return [*problems, *contamination_problems(self.contamination), *self._own_problems()]

    def __sklearn_tags__(self) -> Tags:
        """Say that images are taken and, where they are not, that rows are not."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self._takes_rows
        tags.input_tags.three_d_array = True
        return tags


def _later(after_epoch: Callable[[int], None], epochs_before: int) -> Callable[[int], None]:
    return lambda epoch: after_epoch(epochs_before + epoch)


def batch_size_for(objective: nn.Module, wanted: int, n_samples: int) -> int:
    """Return the batch size nearest above that leaves no sample alone, if batch normalisation is to be trained.

    Examples
    --------
    >>> batch_size_for(nn.BatchNorm2d(3), 8, 17), batch_size_for(nn.Linear(3, 3), 8, 17)
    (9, 8)
    """
    if n_samples < 2 or not any(isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) for module in objective.modules()):
        return wanted
    return next(size for size in range(max(wanted, 2), max(wanted, n_samples) + 2) if n_samples % size != 1)
