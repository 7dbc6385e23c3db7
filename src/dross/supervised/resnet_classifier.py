"""ResNet-18 as a classifier of normal images and labelled anomalies."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from dross.errors import ThresholdWarning, TrainingError, raise_gathered
from dross.networks import ClassifierResNet
from dross.networks.resnet import STEMS, Stem, blocks_problems
from dross.parameters import at_least_problems, choice_problems, count_problems, truth_problems
from dross.reconstruction.network_detector import AbstractNetworkDetector, batch_size_for
from dross.representations.weights_file import load_resnet_weights, weights_problems
from dross.scoring import finite_scores, threshold_offset
from dross.seeding import integer_seed
from dross.supervised import alarm_rules
from dross.supervised.epoch_choice import held_out_part, held_out_problems
from dross.supervised.known_rows import Unlabelled, known_rows
from dross.supervised.resnet_loss import LabelledImageLoss
from dross.supervised.resnet_training import BALANCES, Balance, train_on_labels
from dross.training import Precision, TrainingLoop, seeded

#: Names of what the network computes on the way, from the pixels to the outputs.
STAGES = ("stage 1", "stage 2", "stage 3", "stage 4", "output")

_REMEDY = "give those of a ResNet of this width, stem and blocks; torchvision's resnet18 has width=64, stem='standard'"


@final
class ResNetClassifier(AbstractNetworkDetector):
    """Score images by what a ResNet-18 that was trained on normal images and labelled anomalies says of them.

    Use it where hundreds of images are labelled, of all kinds of anomalies that are to be found, or with ``weights``
    that were trained on many others. Do not use it for a few dozen labelled images and random weights, where a support
    vector machine on descriptors does better in a second; nor alone where anomalies of new kinds may come.

    A part of the labelled images is held out, and the weights of the epoch that does best on these are kept. The loss
    on the training images goes on falling while they are learned by heart.

    Parameters
    ----------
    n_outputs : {2, 1}, default 2
        2: an output for each kind, trained by cross-entropy, and the score is minus the probability of "anomaly". 1:
        one output, trained by the squared error to 0 for normal and 1 for an anomaly; the score is minus the output.
    weights : path or None, default None
        Weights to start from, as torchvision distributes them (``.pth``, read without running anything in it, or
        ``.safetensors``), with ``width=64, stem="standard"`` for its ``resnet18``. Images are then normalised as on
        ImageNet. Such weights have seen other people's labels: do not compare with detectors that have not. ``None``:
        random ones.
    augment : bool, default True
        Whether training images are mirrored, turned by up to 45 degrees and moved by up to 4 pixels at random.
    balance : {"weights", "sampler", "none"}, default "weights"
        How both kinds come to count alike: by the weight of each image in the loss, by batches of one half each (the
        rarer kind drawn again and again), or not at all.
    validation_share : float in [0, 0.5], default 0.2
        Of the labelled images of each kind, held out to choose the epoch. 0 keeps the weights of the last one.
    width, stem, blocks
        Of the :class:`~dross.networks.ResNet`; the default is ResNet-18 with the stem for small images.
    image_size : int or None, default None
        Images are resized to a square of this side; ``None`` leaves them as they are. Pretrained weights expect 224,
        and do better on small images that are enlarged.
    max_epochs : float, default 40
        Epochs that ``fit`` trains; 0 leaves the weights as they are.
    batch_size : int, default 32
        Images a step.
    learning_rate : float, default 1e-3
        Adam's at its highest; it falls to 0 along half a cosine.
    weight_decay : float, default 5e-4
        Weight of half the squared norm of all weights, added to the loss.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed".
    unlabelled : {"left out", "normal"}, default "left out"
        What becomes of training images labelled -1, not known.
    threshold : {"half", "contamination", "false-alarms", "validation-f1"} or float, default "half"
        Where the alarm threshold goes. "half": an anomaly as likely as not raises an alarm, which is an output of 0.5.
        By the held-out images: "contamination": the share ``contamination`` of them does; "false-alarms": at most the
        share ``false_alarm_rate`` of the normal ones does; "validation-f1": where F1 is highest. A number: from this
        probability, or output, on.
    contamination : float in (0, 0.5] or "auto", default "auto"
        What ``threshold="contamination"`` goes by; ``"auto"``: Tukey's outer fence.
    false_alarm_rate : float in (0, 1), default 0.05
        What ``threshold="false-alarms"`` goes by.
    random_state : int, RandomState or None, default None
        Draws the weights, the images held out, their order and their changes.

    Attributes
    ----------
    network_ : ClassifierResNet
    history_ : list of dict
        One record an epoch: ``epoch``, ``loss``, and ``validation_loss``, in which both kinds count alike.
    best_epoch_ : int
        The epoch whose weights are kept.
    score_is_probability_ : bool
        Whether ``score_samples`` is minus a probability.
    findings_ : list of str
        That the threshold lies outside the scores, where it does.
    offset_ : float

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.

    Examples
    --------
    >>> images = np.zeros((32, 16, 16, 1), dtype=np.uint8)
    >>> images[:16, 4:12, 4:12] = 200
    >>> images[16:, ::2] = 200
    >>> detector = ResNetClassifier(width=4, blocks=(1, 1, 1, 1), max_epochs=10, batch_size=4, random_state=0)
    >>> detector.fit(images, labels=np.repeat([0, 1], 16)).predict(images[[0, -1]]).tolist()
    [1, -1]
    """

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"

    def __init__(
        self,
        *,
        n_outputs: Literal[1, 2] = 2,
        weights: str | os.PathLike[str] | None = None,
        augment: bool = True,
        balance: Balance = "weights",
        validation_share: float = 0.2,
        width: int = 64,
        stem: Stem = "strided",
        blocks: tuple[int, int, int, int] = (2, 2, 2, 2),
        image_size: int | None = None,
        max_epochs: float = 40.0,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        weight_decay: float = 5e-4,
        device: str = "auto",
        precision: Precision = "32-true",
        unlabelled: Unlabelled = "left out",
        threshold: Literal["half", "contamination", "false-alarms", "validation-f1"] | float = "half",
        contamination: float | Literal["auto"] = "auto",
        false_alarm_rate: float = 0.05,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_outputs = n_outputs
        self.weights = weights
        self.augment = augment
        self.balance = balance
        self.validation_share = validation_share
        self.width = width
        self.stem = stem
        self.blocks = blocks
        self.image_size = image_size
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.precision = precision
        self.unlabelled = unlabelled
        self.threshold = threshold
        self.contamination = contamination
        self.false_alarm_rate = false_alarm_rate
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: ArrayLike | None = None) -> Self:
        """Train on the images whose label is known, for ``max_epochs``, and keep the weights of the best epoch.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Training images: bytes, or floats in [0, 1]; grey or RGB.
        y : None
            Ignored.
        labels : array of shape (n,)
            What is known: 0 normal, 1 an anomaly, -1 not known. Needed, with both 0 and 1 in it.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If there are no labels, or of one kind only, or too few to hold some out.
        ModelError
            If the file of weights is missing, or holds those of another network; it names the layers.
        TrainingError
            If the loss stops being a number. ``network_`` then has the best weights from before.

        Warns
        -----
        ThresholdWarning
            If all training images raise an alarm, or none does.
        """
        raise_gathered(self._parameter_problems())
        images = self._samples(X, reset=True)
        rows, known = known_rows(labels, len(images), self.unlabelled, type(self).__name__)
        images, seed = images[rows], integer_seed(self.random_state)
        held_out = held_out_part(known, self.validation_share, seed)
        self.n_samples_fit_, self.score_is_probability_ = len(images), self.n_outputs == 2
        with seeded(seed):
            self.network_ = self._build(self.sample_shape_)
        stopped = self._learn(images, known, held_out, seed)
        scores = finite_scores(self._normality, images)
        self.offset_ = self._offset(scores[held_out], known[held_out])
        # Random weights that nobody trained have nothing wrong with their threshold.
        self.findings_ = alarm_rules.outside_problems(scores, self.offset_) if self.history_ else []
        for finding in self.findings_:
            warnings.warn(f"{type(self).__name__}: {finding}", ThresholdWarning, stacklevel=2)
        if stopped is not None:
            raise stopped
        return self

    @torch.no_grad()
    def stage_features(self, X: Any) -> dict[str, NDArray[np.float64]]:
        """Return what each stage of the network makes of images, as they are, for maps of them.

        Returns
        -------
        dict of str to array of shape (n_samples, k)
            "input", "stage 1" to "stage 4", "output".
        """
        check_is_fitted(self)
        images, network = self._samples(X, reset=False), self._scoring_network()
        parts = [[stage.double().cpu().numpy() for stage in network.stages(part)] for part in self._chunks(images)]
        pixels = np.asarray(images).reshape(len(images), -1) / 255.0
        stages = (np.concatenate(stage) for stage in zip(*parts, strict=True))
        return {"input": pixels, **dict(zip(STAGES, stages, strict=True))}

    def _build(self, shape: tuple[int, ...]) -> ClassifierResNet:
        network = ClassifierResNet(
            shape,
            self.n_outputs,
            width=self.width,
            stem=self.stem,
            blocks=self.blocks,
            image_size=self.image_size,
            normalisation="symmetric" if self.weights is None else "imagenet",
        )
        if self.weights is not None:
            load_resnet_weights(network.resnet, Path(self.weights), _REMEDY)
        return network

    def _learn(
        self, images: Any, known: NDArray[np.int64], held_out: NDArray[np.bool_], seed: int
    ) -> TrainingError | None:
        """Train, and leave the weights of the best epoch; return the error that ended it early."""
        objective = self._objective(self.network_, labelled=True)
        loop = TrainingLoop(
            objective,
            learning_rate=self.learning_rate,
            batch_size=batch_size_for(objective, self.batch_size, len(known) - int(held_out.sum())),
            seed=seed,
            weight_decay=self.weight_decay,
            fused=True,
            schedule="cosine",
            max_epochs=max(self.max_epochs, 1e-9),
            device=self.device,
            precision=self.precision,
            channels_last=True,
        )
        trained = train_on_labels(
            loop, objective, images, known, held_out, balance=self.balance, max_epochs=self.max_epochs, seed=seed
        )
        self.history_, self.best_epoch_ = trained.history, trained.best_epoch
        return trained.stopped

    def _objective(self, network: Any, labelled: bool) -> LabelledImageLoss:
        return LabelledImageLoss(network, self.augment)

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        outputs: Tensor = network(samples).double()
        return outputs[:, 0] if self.n_outputs == 1 else outputs.softmax(1)[:, 1]

    def _offset(self, scores: NDArray[np.float64], known: NDArray[np.int64]) -> float:
        """Return the alarm threshold, by the scores of the held-out images where it goes by these."""
        if self.threshold == "contamination":
            return threshold_offset(scores, self.contamination)
        if self.threshold == "false-alarms":
            return alarm_rules.false_alarm_offset(scores[known == 0], self.false_alarm_rate)
        if self.threshold == "validation-f1":
            return alarm_rules.best_f1_offset(scores, known)
        return alarm_rules.offset_from(0.5 if self.threshold == "half" else self.threshold)

    def _own_problems(self) -> list[str]:
        problems = [] if self.n_outputs in (1, 2) else [f"n_outputs is {self.n_outputs!r}; it must be 1 or 2"]
        problems += [] if self.weights is None else weights_problems(self.weights)
        problems += truth_problems("augment", self.augment) + choice_problems("balance", self.balance, BALANCES)
        problems += count_problems("width", self.width) + choice_problems("stem", self.stem, STEMS)
        problems += blocks_problems("blocks", self.blocks)
        problems += [] if self.image_size is None else count_problems("image_size", self.image_size, least=8)
        problems += at_least_problems("weight_decay", self.weight_decay)
        problems += choice_problems("unlabelled", self.unlabelled, ["left out", "normal"])
        problems += alarm_rules.threshold_problems(self.threshold, self.contamination, self.false_alarm_rate)
        return problems + held_out_problems(self.validation_share, self.threshold)
