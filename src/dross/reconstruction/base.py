"""What the detectors that reconstruct share: codes and reconstructions, and the errors that are scored."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from dross.errors import ModelError
from dross.networks.sample_shape import tensor_shape
from dross.one_class import GaussianDensity
from dross.parameters import choice_problems
from dross.reconstruction.deviations import in_deviations, means_and_spreads
from dross.reconstruction.errors import ERRORS, IMAGE_SCORES, SCORES, squared_error
from dross.reconstruction.network_detector import AbstractNetworkDetector
from dross.reconstruction.samples import as_given
from dross.reconstruction.snapshots import Snapshots


class AbstractReconstruction(AbstractNetworkDetector):
    """A network that is trained to reconstruct normal samples, and scores a sample by how badly it does."""

    score_by: str

    latent_density_: GaussianDensity | None
    score_scale_: NDArray[np.float64]
    snapshots_: NDArray[np.uint8] | None
    snapshot_epochs_: list[int]

    #: What ``score_by`` may name.
    _scores: ClassVar[tuple[str, ...]] = SCORES

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None, watch: Any = None) -> Self:
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
        watch : Images, array or list of paths, or None
            A handful of images whose reconstructions are kept as they were before training and after each epoch (of
            a long training, after some), in ``snapshots_`` (n_snapshots, n, h, w, c).

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
        snapshots = Snapshots(self.max_epochs)

        def keep(epoch: int) -> None:
            if watch is not None:
                snapshots.take(epoch, self._picture, watch)
            self.snapshots_, self.snapshot_epochs_ = snapshots.pictures, snapshots.epochs

        return self._fit(X, labels, keep)

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
        return self._codes(self._samples(X, reset=False))

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
    def score_is_error(self) -> bool:
        """Whether scores are minus an error of the reconstruction, and not something of the code."""
        return self.score_by in ERRORS

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        """Return the anomaly score of samples as the network takes them, shape (n,): what ``score_by`` names."""
        codes = network.encode(samples)
        if self.score_by == "mahalanobis":
            return self._unusualness(codes)
        reconstructed = network.decode(codes)
        if self.score_by == "re-encoding":
            return (codes - network.encode(reconstructed)).square().flatten(1).mean(1)
        if self.score_by == "squared+mahalanobis":
            return in_deviations(self._error_and_unusualness(samples, codes, reconstructed), self.score_scale_).sum(1)
        return ERRORS[self.score_by](samples, reconstructed)

    @torch.no_grad()
    def _learn_scoring(self, normals: Any) -> None:
        self.latent_density_, self.score_scale_ = None, np.empty((2, 0))
        if "mahalanobis" not in self.score_by:
            return
        network, codes, errors = self._scoring_network(), [], []
        for part in self._chunks(normals):
            code = network.encode(part)
            codes.append(code.flatten(1).double().cpu().numpy())
            errors.append(squared_error(part, network.decode(code)).double().cpu().numpy())
        known = np.concatenate(codes)
        self.latent_density_ = GaussianDensity().fit(known)
        unusualness = -self.latent_density_.score_samples(known)
        self.score_scale_ = means_and_spreads(np.stack([np.concatenate(errors), unusualness], axis=1))

    def _error_and_unusualness(self, samples: Tensor, codes: Tensor, reconstructed: Tensor) -> Tensor:
        error = squared_error(samples, reconstructed).double().cpu()
        return torch.stack([error, self._unusualness(codes)], dim=1)

    def _unusualness(self, codes: Tensor) -> Tensor:
        """Return how unusual codes are among those of the training set, in float64, shape (n,)."""
        return torch.from_numpy(-self._density().score_samples(codes.flatten(1).double().cpu().numpy()))

    def _shape_problems(self, shape: tuple[int, ...]) -> list[str]:
        if self.score_by not in IMAGE_SCORES or len(shape) == 3:
            return []
        return [f"score_by is {self.score_by!r}, which compares neighbouring pixels, and rows have none"]

    def _picture(self, watched: Any) -> NDArray[Any]:
        """Return what is kept of the samples that are watched: the reconstruction of each."""
        return self.reconstruct(watched)

    @torch.no_grad()
    def _codes(self, samples: Any) -> NDArray[np.float64]:
        network = self._scoring_network()
        return np.concatenate(
            [network.encode(part).flatten(1).double().cpu().numpy() for part in self._chunks(samples)]
        )

    def _blank(self, like: Tensor) -> Tensor:
        """Return one sample of zeros as the network takes it."""
        return torch.zeros((1, *tensor_shape(self.sample_shape_)), dtype=like.dtype, device=like.device)

    def _as_given(self, samples: Tensor) -> NDArray[Any]:
        found = as_given(samples)
        return found if self.scale_ is None or self.location_ is None else found * self.scale_ + self.location_

    def _density(self) -> GaussianDensity:
        if self.latent_density_ is None:
            raise ModelError(
                f"score_by is {self.score_by!r} now and was another when the detector was fitted: fit it anew"
            )
        return self.latent_density_

    def _parameter_problems(self) -> list[str]:
        return [*choice_problems("score_by", self.score_by, self._scores), *super()._parameter_problems()]
