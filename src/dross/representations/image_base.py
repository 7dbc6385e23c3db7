"""What the trained representations of images share: the network, its training, and the features it gives."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn
from torch.nn import functional

from dross.data.images import Images
from dross.errors import DataError, ModelError, TooFewSamplesError, raise_gathered
from dross.networks import MLPHead, ResNet
from dross.networks.resnet import STEMS
from dross.parameters import at_least_problems, choice_problems, count_problems, positive_problems
from dross.representations.base import AbstractTrainedRepresentation
from dross.representations.image_input import described, images_to_use
from dross.representations.known_anomalies import KnownAnomalies
from dross.seeding import integer_seed
from dross.training import Precision, TrainingLoop, seeded
from dross.training.batches import channels_first
from dross.training.precision import PRECISIONS

#: Where training can take place.
DEVICES = ("auto", "cpu", "cuda", "mps")

#: Share of the training after which refinement begins.
REFINE_FROM = 0.75

#: Pixels a side that four stages need at least.
SMALLEST = 8

#: Images embedded at once.
CHUNK = 256

#: Names of what the network computes on the way, from the pixels to the features.
STAGES = ("stem", "stage 1", "stage 2", "stage 3", "stage 4")


class AbstractImageRepresentation(AbstractTrainedRepresentation):
    """A network that is trained on a self-supervised task, and whose pooled, L2-normalised features are kept.

    A concrete class says what the task is, by its head and its objective; it has the parameters of a
    :class:`~dross.networks.ResNet` and of its training.
    """

    width: int
    stem: Any
    blocks: tuple[int, int, int, int]
    n_stages: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    device: str
    precision: Precision
    compile: bool
    random_state: int | np.random.RandomState | None

    network_: ResNet
    head_: MLPHead
    image_shape_: tuple[int, int, int]
    history_: list[dict[str, float]]

    _loop: TrainingLoop | None = None
    _known: KnownAnomalies | None = None

    #: Whether images are learned from by turning them, and so have to be square.
    _turns_images: ClassVar[bool] = True
    #: When to refine again: often, since the last epochs are few.
    schedule: ClassVar = (1.0,)

    @property
    def refine_from(self) -> float:
        """Epochs before the first refinement: random features of images tell nothing, and little training not much."""
        return REFINE_FROM * self.max_epochs

    @abstractmethod
    def _head(self, n_features: int) -> MLPHead:
        """Return the layers between the features and the loss, with random weights."""

    @abstractmethod
    def _objective(self, network: ResNet, head: MLPHead, known: KnownAnomalies) -> nn.Module:
        """Return what is trained: ``forward(batch, generator)`` gives the loss of a batch of bytes (n, c, h, w)."""

    @abstractmethod
    def _own_problems(self) -> list[str]:
        """Return what is wrong with the parameters that only this class has."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train from random weights for ``max_epochs`` on images; see :meth:`train_to` for what they may be."""
        images = self._initialise(X)
        self._train(images, self.max_epochs)
        return self

    def train_to(self, X: Any, epoch: float, *, anomalies: Any = None) -> float:
        """Go on training on these images until ``epoch``; return the loss.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Bytes, or floats in [0, 1]; grey or RGB.
        epoch : float
            Counted from the start. An unfitted representation first draws its weights.
        anomalies : as ``X``, or None, default None
            Images known to be anomalies: trained away from, with ``anomaly_weight``.

        Raises
        ------
        ModelError
            If the representation was loaded from disk: the state of its optimiser is not kept there.
        """
        images = self._images(X) if hasattr(self, "network_") else self._initialise(X)
        return self._train(images, epoch, None if anomalies is None else self._images(anomalies))

    def training_state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return what :meth:`resume_training` needs to go on from here, bit for bit: JSON and arrays."""
        if self._loop is None or self._known is None:
            raise ModelError("this representation is not being trained: call train_to first")
        return self._loop.state()

    def resume_training(self, X: Any, meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        """Take up a training of a representation with the same parameters on images like ``X`` where it stopped."""
        self._initialise(X)
        if self._loop is not None:
            self._loop.load_state(meta, arrays)
            self.history_ = self._loop.history

    @property
    def epoch(self) -> float:
        """Epochs trained so far."""
        return self._loop.epoch if self._loop is not None else self.max_epochs

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the features of images, shape (n_samples, n_features_out), each row of length 1.

        They are the pooled outputs of the last ``n_stages`` stages, each brought to one length.
        """
        check_is_fitted(self)
        last = slice(-self.n_stages, None)
        parts = [np.hstack([_unit(stage) for stage in stages[last]]) for stages in self._stages(self._images(X))]
        return np.concatenate(parts) / np.sqrt(self.n_stages)

    def stage_features(self, X: Any) -> dict[str, NDArray[np.float64]]:
        """Return what each stage of the network makes of images, from the pixels to the head, for maps of them.

        Returns
        -------
        dict of str to array of shape (n_samples, k)
            "input", "stem", "stage 1" to "stage 4", "output".
        """
        check_is_fitted(self)
        images = self._images(X)
        # A copy, since one that moves to the processor for good could not be trained on.
        head = deepcopy(self.head_).to("cpu").float().eval()
        found: dict[str, list[NDArray[Any]]] = {name: [] for name in (*STAGES, "output")}
        for stages in self._stages(images):
            with torch.no_grad():
                output = head(stages[-1])
            for name, values in zip((*STAGES, "output"), (*stages, output), strict=True):
                found[name].append(values.numpy().astype(np.float64))
        pixels = np.asarray(images).reshape(len(images), -1) / 255.0
        return {"input": pixels, **{name: np.concatenate(parts) for name, parts in found.items()}}

    @property
    def n_features_in_(self) -> int:  # type: ignore[override]
        """Numbers in an image; ``AttributeError`` before ``fit``, as scikit-learn's tools expect."""
        height, width, channels = self.image_shape_
        return height * width * channels

    def _images(self, X: Any) -> Images:
        return images_to_use(X, self.image_shape_)

    def _initialise(self, X: Any) -> Images:
        """Draw random weights for images like these, whatever it was fitted on before, and return them."""
        raise_gathered(self._parameter_problems())
        images = images_to_use(X)
        if len(images) < 2:
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least 2 images to fit, found 1 image: give it more images"
            )
        self._check_shape(images.shape[1:])
        seed = integer_seed(self.random_state)
        with seeded(seed):
            self.network_ = ResNet(images.shape[3], self.width, self.stem, self.blocks)
            self.head_ = self._head(self.network_.n_features)
        self.image_shape_ = images.shape[1:]
        self._known = KnownAnomalies(self.anomaly_weight)
        self._loop = TrainingLoop(
            self._objective(self.network_, self.head_, self._known),
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            seed=seed,
            optimizer="sgd",
            weight_decay=self.weight_decay,
            schedule="cosine",
            warmup_epochs=min(1.0, 0.1 * self.max_epochs),
            max_epochs=max(self.max_epochs, 1e-9),
            device=self.device,
            precision=self.precision,
            channels_last=True,
            compile=self.compile,
            description=f"Training {type(self).__name__}",
        )
        self.history_ = []
        return images

    def _check_shape(self, shape: tuple[int, int, int]) -> None:
        height, width = shape[:2]
        if (height == width or not self._turns_images) and min(height, width) >= SMALLEST:
            return
        how, remedy = ("turning them and ", "squares of at least") if self._turns_images else ("", "at least")
        raise DataError(
            f"images of {described(shape)} cannot be learned from by {how}halving them four times: resize them to "
            f"{remedy} {SMALLEST} pixels a side"
        )

    def _train(self, images: Images, epoch: float, anomalies: Images | None = None) -> float:
        if self._loop is None or self._known is None:
            raise ModelError(
                "this representation cannot go on training, because its optimiser was not saved: call fit to train anew"
            )
        self._known.samples = None if anomalies is None else channels_first(torch.from_numpy(anomalies.read()))
        loss = self._loop.train_to(images, epoch)
        self.history_ = self._loop.history
        return loss

    @torch.no_grad()
    def _stages(self, images: Images) -> Iterator[list[Tensor]]:
        """Yield the pooled output of the stem and of each stage, chunk by chunk, in single precision on the CPU."""
        device = next(self.network_.parameters()).device
        network = self.network_.float().eval()
        for batch in images.batches(CHUNK):
            # Torch takes no arrays that must not be written to; those alone are copied.
            pixels = torch.from_numpy(np.require(batch, requirements="W")).to(device).permute(0, 3, 1, 2)
            yield [stage.cpu() for stage in network.stages(network_input(pixels))]

    def _parameter_problems(self) -> list[str]:
        problems: list[str] = []
        for name in ("width", "batch_size"):
            problems += count_problems(name, getattr(self, name))
        problems += choice_problems("stem", self.stem, STEMS)
        blocks = self.blocks if isinstance(self.blocks, (tuple, list)) else ()
        if len(blocks) != 4 or any(count_problems("blocks", count) for count in blocks):
            problems.append(f"blocks is {self.blocks!r}; it must be four whole numbers of at least 1")
        if self.n_stages not in range(1, 5):
            problems.append(f"n_stages is {self.n_stages!r}; it must be 1, 2, 3 or 4")
        problems += positive_problems("learning_rate", self.learning_rate)
        for name in ("anomaly_weight", "weight_decay", "max_epochs"):
            problems += at_least_problems(name, getattr(self, name))
        problems += choice_problems("device", self.device, DEVICES)
        return problems + choice_problems("precision", self.precision, PRECISIONS) + self._own_problems()

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Leave the optimiser behind: a copy scores, and is trained anew by ``fit``."""
        state: dict[str, Any] = super().__getstate__()
        spent = {"_loop": None, "_known": None}
        return {**state, **spent} if "_loop" in state else state


def network_input(batch: Tensor) -> Tensor:
    """Return bytes (n, c, h, w) as floats in [-1, 1], what every network of Dross's own takes.

    Examples
    --------
    >>> network_input(torch.tensor([0, 255], dtype=torch.uint8)).tolist()
    [-1.0, 1.0]
    """
    return batch.float() / 127.5 - 1.0


def _unit(features: Tensor) -> NDArray[np.float64]:
    return functional.normalize(features.double(), dim=1).numpy()
