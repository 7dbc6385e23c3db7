"""The self-supervised loss of GOAD: name the map of each view, and keep the maps' embeddings apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from dross.networks import AffineMapClassifier
from dross.representations.known_anomalies import KnownAnomalies, right_answer_loss

#: Numbers in a chunk of the (n, M, M) logits and distances: on a processor a chunk stays in its cache, and the whole,
#: which never exists, need not pass through memory a dozen times a step. Other devices take all at once.
CHUNK_VALUES = 1 << 18


def squared_distances(embedding: Tensor, centres: Tensor) -> Tensor:
    """Return the squared distance of every view to every centre.

    Parameters
    ----------
    embedding : Tensor of shape (n_samples, n_maps, width)
        The views of each sample.
    centres : Tensor of shape (n_maps, width)
        One centre a map.

    Returns
    -------
    Tensor of shape (n_samples, n_maps, n_maps)
    """
    # Expanding the square turns the sum over (n, M, M, width) into one matrix product. Rounding can leave a small
    # negative number where a view sits on a centre.
    cross = embedding @ centres.T
    squares = embedding.square().sum(-1, keepdim=True) + centres.square().sum(-1)
    return (squares - 2 * cross).clamp_min(0)


def triplet_centre_loss(embedding: Tensor, margin: float) -> Tensor:
    """Return the triplet-centre loss: each view nearer to its own map's centre than to any other, by a margin.

    ``mean(max(0, |z_m - c_m|^2 + margin - min_{k != m} |z_m - c_k|^2))`` with ``c_m`` the mean of the batch's views
    under map ``m``.

    Parameters
    ----------
    embedding : Tensor of shape (n_samples, n_maps, width)
        The views of a batch.
    margin : float
        By how much.

    References
    ----------
    He, Zhou, Zhou, Bai and Bai, "Triplet-Center Loss for Multi-View 3D Object Retrieval", CVPR 2018; eq. 7 of
    Bergman and Hoshen, arXiv:2005.02359.
    """
    centres = embedding.mean(0)
    nearest = centres[_nearest_others(embedding.detach(), centres.detach())]
    own, other = (embedding - centres).square().sum(-1), (embedding - nearest).square().sum(-1)
    return functional.relu(own + margin - other).mean()


@torch.no_grad()
def _nearest_others(embedding: Tensor, centres: Tensor) -> Tensor:
    """Return which other map's centre is nearest to each view, shape (n_samples, n_maps)."""
    nearest = []
    for views in _chunks(embedding):
        # Squared distances less the square of the view itself, which is the same for all centres.
        distances = centres.square().sum(-1) - 2 * (views @ centres.T)
        distances.diagonal(dim1=1, dim2=2).fill_(torch.inf)
        nearest.append(distances.argmin(-1))
    return torch.cat(nearest)


def naming_loss(activations: Tensor, classifier: nn.Linear) -> Tensor:
    """Return the mean cross-entropy of naming each view's map by a linear classifier.

    Parameters
    ----------
    activations : Tensor of shape (n_samples, n_maps, width)
        The views of a batch; view ``m`` was made by map ``m``.
    classifier : nn.Linear
        From ``width`` numbers to one logit a map.
    """
    with_one = functional.pad(activations, (0, 1), value=1.0)
    with_bias = torch.cat([classifier.weight, classifier.bias[:, None]], dim=1)
    return _apply_naming_loss(with_one, with_bias)


@final
class _NamingLoss(torch.autograd.Function):
    """Cross-entropy with its gradient, computed together chunk by chunk while the logits are in the cache."""

    @staticmethod
    def forward(ctx: Any, activations: Tensor, weight: Tensor) -> Tensor:
        """Return the mean loss and keep its gradient."""
        loss = activations.new_zeros(())
        to_activations, to_weight = [], torch.zeros_like(weight)
        for views in _chunks(activations):
            log_probability = functional.log_softmax(views @ weight.T, dim=-1)
            own = log_probability.diagonal(dim1=1, dim2=2)
            loss -= own.sum()
            error = log_probability.exp_()  # of the logits: the probability, less 1 for the right map
            own -= 1
            to_activations.append(error @ weight)
            to_weight += error.flatten(0, 1).T @ views.flatten(0, 1)
        n_views = activations.shape[0] * activations.shape[1]
        ctx.save_for_backward(torch.cat(to_activations) / n_views, to_weight / n_views)
        return loss / n_views

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, Tensor]:
        """Return the kept gradient."""
        to_activations, to_weight = ctx.saved_tensors
        return upstream * to_activations, upstream * to_weight


# Torch declares the type of ``apply`` in some of its versions and not in others.
_apply_naming_loss: Callable[[Tensor, Tensor], Tensor] = _NamingLoss.apply


def _chunks(views: Tensor) -> Iterator[Tensor]:
    n_samples, n_maps, _ = views.shape
    in_cache = max(1, CHUNK_VALUES // n_maps**2)
    return iter(torch.split(views, in_cache if views.device.type == "cpu" else n_samples))


@final
class TransformationLoss(nn.Module):
    """Cross-entropy of naming each view's map, plus the weighted triplet-centre loss.

    Parameters
    ----------
    network : AffineMapClassifier
        What is trained.
    margin : float
        Margin of the triplet-centre loss.
    triplet_weight : float
        Its weight beside the cross-entropy.
    known : KnownAnomalies or None, default None
        Rows whose views are not to be named rightly.
    """

    def __init__(
        self, network: AffineMapClassifier, margin: float, triplet_weight: float, known: KnownAnomalies | None = None
    ) -> None:
        super().__init__()
        self.network = network
        self.margin = margin
        self.triplet_weight = triplet_weight
        self.known = known or KnownAnomalies(0.0)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return the loss of a batch of rows ``x`` (n, d); known anomalies alone are drawn from the generator."""
        embedding = self.network(self.known.after(x, generator))
        normal, anomalous = embedding[: len(x)], embedding[len(x) :]
        activation, classifier = self.network.head
        assert isinstance(classifier, nn.Linear)
        loss = naming_loss(activation(normal), classifier)
        loss = loss + self.triplet_weight * triplet_centre_loss(normal, self.margin)
        if len(anomalous) == 0:
            return loss
        maps = torch.arange(anomalous.shape[1], device=x.device).expand(anomalous.shape[:2])
        return loss + self.known.weight * right_answer_loss(self.network.logits(anomalous), maps).mean()
