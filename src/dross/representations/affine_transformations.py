"""Affine-transformation classification: self-supervision for rows of a table (GOAD)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar, Self, final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor
from torch.nn import functional

from dross.errors import ModelError, raise_gathered
from dross.networks import AffineMapClassifier
from dross.parameters import at_least_problems, choice_problems, count_problems, positive_problems
from dross.representations.base import AbstractTrainedRepresentation
from dross.representations.known_anomalies import KnownAnomalies
from dross.representations.scaling import location_and_scale
from dross.representations.transformation_loss import TransformationLoss
from dross.seeding import integer_seed
from dross.training import TrainingLoop, seeded

#: Where training can take place.
DEVICES = ("auto", "cpu", "cuda", "mps")

#: Rows embedded at once: with 256 maps of width 8 a row takes 16 KiB in float64.
CHUNK = 1024

#: Standardised values beyond this are cut off, so that their squares are still numbers.
LARGEST_VALUE = 1e100

#: Directions with less than this share of the largest variance are rounding, not data.
SPANNED = 1e-10


@final
class AffineTransformations(ClassNamePrefixFeaturesOutMixin, AbstractTrainedRepresentation):
    """Learn to tell which of M random affine maps was applied to a row, and represent rows by what that takes.

    The features are the distances of the M views of a row to the centres of their maps, to a power, projected onto
    their leading principal components: what GOAD's own score (:class:`~dross.one_class.GOAD`) is made of, left for
    another one-class classifier to weigh.

    Use it on tables whose columns depend on each other. Do not use it on a handful of rows, or where a plain density
    on the columns does as well, which on small tables is often: compare with
    :class:`~dross.representations.Identity`.

    Parameters
    ----------
    n_maps : int, default 256
        Random affine maps, M.
    map_dim : int, default 32
        Numbers in a view.
    width : int, default 8
        Dimensions of a view's embedding.
    power : float, default 1.5
        Exponent of the distances. A Gaussian on plain distances (1) withstands contaminants better than one on squared
        ones (2), as GOAD sums them; the published curves lie between.
    n_components : int, default 19
        Features to keep of the M powers; fewer where they span fewer.
    margin : float, default 1.0
        Margin of the triplet-centre loss.
    triplet_weight : float, default 0.1
        Weight of the triplet-centre loss beside the cross-entropy.
    anomaly_weight : float, default 0
        Weight of the bounded term by which known anomalies, if :meth:`train_to` is given any, are trained away from
        the right answers (:class:`~dross.representations.known_anomalies.KnownAnomalies`); 0 leaves them out.
    learning_rate : float, default 1e-3
        Adam's, with betas (0.5, 0.999).
    batch_size : int, default 64
        Rows a step; each brings all its M views.
    max_epochs : float, default 1.0
        Epochs that ``fit`` trains. The paper trains one on small tables.
    device : str, default "auto"
        Where to train: "auto", "cpu", "cuda", "mps".
    random_state : int, RandomState or None, default None
        Draws the maps, the weights and the order of rows.

    Attributes
    ----------
    network_ : AffineMapClassifier
        The trained network.
    location_, scale_ : array of shape (n_features,)
        How columns are standardised: from the first rows it was given.
    mean_, components_ : array of shape (n_maps,) and (n_components, n_maps)
        The projection of the distances, refitted on the rows of the last training.
    map_centres_ : array of shape (n_maps, width)
        The mean embedding of each map's views, on the rows of the last training.
    history_ : list of dict
        Epoch, loss and number of rows of each stretch of training.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(200, 4))
    >>> AffineTransformations(n_maps=16, n_components=3, random_state=0).fit_transform(X).shape
    (200, 3)

    References
    ----------
    Bergman and Hoshen, "Classification-Based Anomaly Detection for General Data", ICLR 2020, arXiv:2005.02359.
    Two-stage use with a Gaussian: Yoon, Sohn, Li, Arik, Lee and Pfister, "Self-supervise, Refine, Repeat", TMLR 2022,
    arXiv:2106.06115.
    """

    network_: AffineMapClassifier
    location_: NDArray[np.float64]
    scale_: NDArray[np.float64]
    mean_: NDArray[np.float64]
    components_: NDArray[np.float64]
    map_centres_: NDArray[np.float64]
    history_: list[dict[str, float]]

    #: When to refine: the whole training takes an epoch or two, so the usual schedule in epochs is too coarse.
    schedule: ClassVar = (0.1, 0.2, 0.5, 1.0)
    _loop: TrainingLoop | None = None
    _known: KnownAnomalies | None = None

    def __init__(
        self,
        *,
        n_maps: int = 256,
        map_dim: int = 32,
        width: int = 8,
        power: float = 1.5,
        n_components: int = 19,
        margin: float = 1.0,
        triplet_weight: float = 0.1,
        anomaly_weight: float = 0.0,
        learning_rate: float = 1e-3,
        batch_size: int = 64,
        max_epochs: float = 1.0,
        device: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_maps = n_maps
        self.map_dim = map_dim
        self.width = width
        self.power = power
        self.n_components = n_components
        self.margin = margin
        self.triplet_weight = triplet_weight
        self.anomaly_weight = anomaly_weight
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train from random weights for ``max_epochs`` on ``X`` (n_samples, n_features)."""
        self._initialise(validate_data(self, X, dtype=np.float64, ensure_min_samples=2))
        self.train_to(X, self.max_epochs)
        return self

    def train_to(self, X: Any, epoch: float, *, anomalies: Any = None) -> float:
        """Go on training on ``X`` (n_samples, n_features) until ``epoch``; return the loss.

        An unfitted representation first draws its weights and standardises by these rows. ``anomalies`` are rows known
        to be some: trained away from, with ``anomaly_weight``.

        Raises
        ------
        ModelError
            If the representation was loaded from disk: the state of its optimiser is not kept there.
        """
        if not hasattr(self, "network_"):
            self._initialise(validate_data(self, X, dtype=np.float64, ensure_min_samples=2))
        if self._loop is None or self._known is None:
            raise ModelError(
                "this representation cannot go on training, because its optimiser was not saved: call fit to train anew"
            )
        rows = self._standardised(X)
        self._known.samples = None if anomalies is None else self._standardised(anomalies).float()
        loss = self._loop.train_to(rows.float(), epoch)
        self.history_ = self._loop.history
        self._summarise(rows)
        return loss

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the projected distances, shape (n_samples, n_components)."""
        check_is_fitted(self)
        rows = self._standardised(X)
        parts = [(self._distances(embedding) - self.mean_) @ self.components_.T for embedding in self._embeddings(rows)]
        return np.concatenate(parts)

    def log_probabilities(self, X: Any) -> NDArray[np.float64]:
        """Return log P(m | view m) of each row and map, shape (n_samples, n_maps): GOAD's own evidence.

        The probability falls with the squared distance of a view to the maps' centres (eq. 3 of the paper).
        """
        check_is_fitted(self)
        centres = torch.from_numpy(self.map_centres_)
        parts = []
        for embedding in self._embeddings(self._standardised(X)):
            # |z|^2 is the same for all centres of a view, and left out: far away it would drown what differs.
            evidence = 2 * embedding @ centres.T - centres.square().sum(-1)
            log_probability = functional.log_softmax(evidence, dim=-1)
            parts.append(log_probability.diagonal(dim1=1, dim2=2).numpy())
        return np.concatenate(parts)

    def _initialise(self, X: NDArray[np.float64]) -> None:
        raise_gathered(self._parameter_problems())
        seed = integer_seed(self.random_state)
        self.location_, self.scale_ = location_and_scale(X, "standard")
        with seeded(seed):
            self.network_ = AffineMapClassifier(X.shape[1], self.n_maps, self.map_dim, self.width)
        self._known = KnownAnomalies(self.anomaly_weight)
        self._loop = TrainingLoop(
            TransformationLoss(self.network_, self.margin, self.triplet_weight, self._known),
            learning_rate=self.learning_rate,
            betas=(0.5, 0.999),
            batch_size=self.batch_size,
            seed=seed,
            device=self.device,
        )
        self.history_ = []

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("n_maps", self.n_maps, least=2)
        for name in ("map_dim", "width", "n_components", "batch_size"):
            problems += count_problems(name, getattr(self, name))
        for name in ("margin", "triplet_weight", "anomaly_weight", "max_epochs"):
            problems += at_least_problems(name, getattr(self, name))
        for name in ("power", "learning_rate"):
            problems += positive_problems(name, getattr(self, name))
        return problems + choice_problems("device", self.device, DEVICES)

    def _standardised(self, X: Any) -> Tensor:
        X = validate_data(self, X, dtype=np.float64, reset=False)
        with np.errstate(over="ignore"):
            return torch.from_numpy(np.clip((X - self.location_) / self.scale_, -LARGEST_VALUE, LARGEST_VALUE))

    @torch.no_grad()
    def _embeddings(self, rows: Tensor) -> Iterator[Tensor]:
        """Embed in float64, chunk by chunk, so that a row is scored alone as it is in a batch."""
        network = deepcopy(self.network_).to("cpu", torch.float64).eval()
        for chunk in torch.split(rows, CHUNK):
            yield network(chunk)

    def _distances(self, embedding: Tensor) -> NDArray[np.float64]:
        """Return the distance of each view to the centre of its own map, to the power, (n_samples, n_maps)."""
        squared = (embedding - torch.from_numpy(self.map_centres_)).square().sum(-1)
        return squared.pow(self.power / 2).numpy()

    def _summarise(self, rows: Tensor) -> None:
        """Refit what describes the training set rather than being learned by it: map centres and projection."""
        sums = torch.stack([part.sum(0) for part in self._embeddings(rows)])
        self.map_centres_ = sums.sum(0).numpy() / len(rows)
        distances = np.concatenate([self._distances(part) for part in self._embeddings(rows)])
        self.mean_ = distances.mean(axis=0)
        variances, directions = np.linalg.eigh(np.atleast_2d(np.cov(distances, rowvar=False)))
        spanned = int((variances > SPANNED * variances[-1]).sum())
        leading = np.argsort(variances)[::-1][: max(1, min(self.n_components, spanned))]
        self.components_ = directions[:, leading].T

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the optimiser behind: a copy scores, and is trained anew by ``fit``."""
        state: dict[str, Any] = super().__getstate__()
        spent = {"_loop": None, "_known": None}
        return {**state, **spent} if "_loop" in state else state
