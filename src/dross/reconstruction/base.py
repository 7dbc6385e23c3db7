"""What the detectors that reconstruct share: samples in, a network trained on the one loop, errors out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
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
from dross.errors import ModelError, ParameterError, TooFewSamplesError, TrainingError, raise_gathered
from dross.networks.sample_shape import tensor_shape
from dross.one_class import GaussianDensity
from dross.parameters import (
    at_least_problems,
    choice_problems,
    contamination_problems,
    count_problems,
    positive_problems,
)
from dross.reconstruction.epochs import train_epochs
from dross.reconstruction.errors import ERRORS, IMAGE_SCORES, SCORES, Score
from dross.reconstruction.samples import as_given, byte_tensor, network_samples
from dross.reconstruction.training_set import anomaly_mask, training_set
from dross.representations.image_base import DEVICES
from dross.representations.image_input import images_to_use
from dross.representations.scaling import location_and_scale
from dross.scoring import finite_scores, threshold_offset
from dross.seeding import integer_seed
from dross.training import Precision, TrainingLoop, seeded
from dross.training.precision import PRECISIONS

#: Samples that go through the network at once when they are scored.
CHUNK = 256

#: Standardised values beyond this are cut off, so that a network still makes numbers of them.
LARGEST_VALUE = 1e6


class AbstractReconstruction(AbstractDetector):
    """A network that is trained to reconstruct normal samples, and scores a sample by how badly it does.

    Images are scored as they are. Rows of a table, which some classes take too, are standardised by the training rows.
    A concrete class says which network it is and what that is trained on.
    """

    score_by: Score
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
    latent_density_: GaussianDensity | None
    history_: list[dict[str, float]]
    findings_: list[str]

    #: Whether rows of a table are taken, beside images.
    _takes_rows: ClassVar[bool] = False
    #: Whether it can learn from labelled anomalies, and whether it has to.
    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "no"

    @abstractmethod
    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        """Return the network for samples of this shape, with random weights."""

    @abstractmethod
    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        """Return what is trained: ``forward(batch, generator)`` gives the loss of a batch."""

    @abstractmethod
    def _own_problems(self) -> list[str]:
        """Return what is wrong with the parameters that only this class has."""

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        """Return the anomaly score of samples as the network takes them, shape (n,): what ``score_by`` names."""
        codes = network.encode(samples)
        if self.score_by == "mahalanobis":
            return torch.from_numpy(-self._density().score_samples(codes.flatten(1).double().cpu().numpy()))
        reconstructed = network.decode(codes)
        if self.score_by == "re-encoding":
            return (codes - network.encode(reconstructed)).square().flatten(1).mean(1)
        return ERRORS[self.score_by](samples, reconstructed)

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
        """
        raise_gathered(self._parameter_problems())
        samples = self._samples(X, reset=True)
        if self.score_by in IMAGE_SCORES and len(self.sample_shape_) == 1:
            raise ParameterError(
                f"score_by is {self.score_by!r}, which compares neighbouring pixels, and rows have none"
            )
        anomalous = anomaly_mask(labels, len(samples), self._takes_labels, type(self).__name__)
        if len(samples) < 2:
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least 2 samples to fit, found {len(samples)} sample: give it more"
            )
        seed = integer_seed(self.random_state)
        with seeded(seed):
            self.network_ = self._build(self.sample_shape_)
        stopped = self._train(samples, anomalous, seed)
        normals = samples[np.flatnonzero(~anomalous)] if anomalous.any() else samples
        self._finish(normals)
        if stopped is not None:
            raise stopped
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return minus the error of each sample, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        return finite_scores(self._normality, self._samples(X, reset=False))

    @torch.no_grad()
    def reconstruct(self, X: Any) -> NDArray[Any]:
        """Return the reconstructions of samples: images as bytes (n, h, w, c), rows in their own units."""
        check_is_fitted(self)
        network, parts = self._scoring_network(), self._chunks(self._samples(X, reset=False))
        return self._as_given(torch.cat([network(part).cpu() for part in parts]))

    @torch.no_grad()
    def encode(self, X: Any) -> NDArray[np.float64]:
        """Return the codes of samples, shape (n_samples, n_code)."""
        check_is_fitted(self)
        network, parts = self._scoring_network(), self._chunks(self._samples(X, reset=False))
        return np.concatenate([network.encode(part).flatten(1).double().cpu().numpy() for part in parts])

    @torch.no_grad()
    def decode(self, codes: ArrayLike) -> NDArray[Any]:
        """Return the samples that codes (n, n_code) stand for, like those of :meth:`reconstruct`."""
        check_is_fitted(self)
        network = self._scoring_network()
        like = next(network.parameters())
        rows = torch.as_tensor(np.asarray(codes), dtype=like.dtype, device=like.device)
        shape = network.encode(self._blank(like)).shape[1:]
        return self._as_given(network.decode(rows.reshape(-1, *shape)).cpu())

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

    def _train(self, samples: Any, anomalous: NDArray[np.bool_], seed: int) -> TrainingError | None:
        """Train; return the error that ended it early."""
        loop = TrainingLoop(
            self._objective(self.network_, bool(anomalous.any())),
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            seed=seed,
            device=self.device,
            precision=self.precision,
        )
        data = training_set(samples, anomalous, loop.device, seed)
        stopped = train_epochs(loop, data, self.max_epochs, type(self).__name__)
        self.history_ = loop.history
        return stopped

    def _finish(self, normals: Any) -> None:
        """Learn what scoring needs beside the network, look for what went wrong, and set the threshold."""
        self.latent_density_ = None
        if self.score_by == "mahalanobis":
            with torch.no_grad():
                network = self._scoring_network()
                codes = [network.encode(part).flatten(1).double().cpu().numpy() for part in self._chunks(normals)]
            self.latent_density_ = GaussianDensity().fit(np.concatenate(codes))
        with torch.no_grad():
            self.findings_ = self._look(self._scoring_network(), self._chunks(normals))
        self.offset_ = threshold_offset(finite_scores(self._normality, normals), self.contamination)

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

    def _blank(self, like: Tensor) -> Tensor:
        """Return one sample of zeros as the network takes it."""
        return torch.zeros((1, *tensor_shape(self.sample_shape_)), dtype=like.dtype, device=like.device)

    def _as_given(self, samples: Tensor) -> NDArray[Any]:
        found = as_given(samples)
        return found if self.scale_ is None or self.location_ is None else found * self.scale_ + self.location_

    def _image_shape(self) -> tuple[int, int, int]:
        height, width, channels = self.sample_shape_
        return height, width, channels

    def _density(self) -> GaussianDensity:
        if self.latent_density_ is None:
            raise ModelError(
                f"score_by is {self.score_by!r} now and was another when the detector was fitted: fit it anew"
            )
        return self.latent_density_

    def _parameter_problems(self) -> list[str]:
        problems = choice_problems("score_by", self.score_by, SCORES)
        problems += count_problems("batch_size", self.batch_size)
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
