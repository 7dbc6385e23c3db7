"""What a few known anomalies are to the training of a representation: samples whose right answer must not be given."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor
from torch.nn import functional


@final
class KnownAnomalies:
    """Known anomalies beside the batches of a self-supervised classification, and the bounded term they enter by.

    Use it in an objective that names something about each sample (which map, which rotation). Do not use it where
    anomalies are known by the hundred: a classifier learns more from those.

    A batch is followed by as many of them as there are, and no more than itself, drawn without replacement. Where there
    are none, or where they have no weight, nothing is drawn and the loss is what it is without this.

    Parameters
    ----------
    weight : float
        Of the term beside the loss of the other samples, 0 or more.

    Attributes
    ----------
    samples : Tensor of shape (n_anomalies, ...) or None
        The known anomalies, as batches have theirs.

    Examples
    --------
    >>> known = KnownAnomalies(weight=0.5)
    >>> known.samples = torch.tensor([7.0, 8.0])
    >>> known.after(torch.zeros(3), torch.Generator().manual_seed(0)).sort().values.tolist()
    [0.0, 0.0, 0.0, 7.0, 8.0]

    References
    ----------
    Qiu, Li, Kloft, Rudolph and Mandt, "Latent Outlier Exposure for Anomaly Detection with Contaminated Data", ICML
    2022, arXiv:2202.08088, whose loss of anomalies this is; with a few labels: Li, Qiu, Kloft, Smyth, Mandt and
    Rudolph, "Deep Anomaly Detection under Labeling Budget Constraints", ICML 2023, arXiv:2302.07832.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.samples: Tensor | None = None

    def after(self, batch: Tensor, generator: torch.Generator | None) -> Tensor:
        """Return a batch of normal samples with known anomalies after them; the batch itself where there are none."""
        if self.samples is None or self.weight == 0 or len(self.samples) == 0:
            return batch
        if self.samples.device != batch.device:
            self.samples = self.samples.to(batch.device)
        order = torch.randperm(len(self.samples), generator=generator, device=batch.device)[: len(batch)]
        together = torch.cat([batch, self.samples[order]])
        layout = torch.channels_last if _channels_last(batch) else torch.contiguous_format
        return together.contiguous(memory_format=layout)

    def loss(self, logits: Tensor, right: Tensor, n_normal: int, n_all: int) -> Tensor:
        """Return the mean cross-entropy of normal samples, plus the weighted mean term of known anomalies.

        Parameters
        ----------
        logits : Tensor of shape (n_views, n_answers)
            Of the views, one of each sample after the other.
        right : Tensor of shape (n_views,)
            The right answers.
        n_normal, n_all : int
            Samples in the batch, without and with the known anomalies after them.
        """
        if n_normal == n_all:
            return functional.cross_entropy(logits, right)
        anomalous = torch.arange(len(logits), device=logits.device) % n_all >= n_normal
        normal = functional.cross_entropy(logits[~anomalous], right[~anomalous])
        return normal + self.weight * right_answer_loss(logits[anomalous], right[anomalous]).mean()


def right_answer_loss(logits: Tensor, right: Tensor) -> Tensor:
    """Return -log(1 - p) of the probability p of each right answer: what an anomaly loses by being understood.

    It is never negative, and its slope in the logits never above 1: it lets go of an anomaly whose right answer is no
    longer given, where the negative cross-entropy would push it without end.

    Parameters
    ----------
    logits : Tensor of shape (..., n_answers)
        Unnormalised log-probabilities of two answers or more.
    right : Tensor of shape (...)
        Which answer is right.

    Examples
    --------
    >>> losses = right_answer_loss(torch.tensor([[0.0, 0.0], [-9.0, 9.0]]), torch.tensor([0, 0]))
    >>> [round(float(loss), 4) for loss in losses]
    [0.6931, 0.0]
    """
    # As a difference of logarithms of sums, which is finite where p rounds to 1.
    others = logits.scatter(-1, right[..., None], -torch.inf)
    return torch.logsumexp(logits, dim=-1) - torch.logsumexp(others, dim=-1)


def _channels_last(batch: Tensor) -> bool:
    return batch.ndim == 4 and batch.is_contiguous(memory_format=torch.channels_last)
