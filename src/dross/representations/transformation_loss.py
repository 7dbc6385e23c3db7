"""The self-supervised loss of GOAD: name the map of each view, and keep the maps' embeddings apart."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.networks import AffineMapClassifier


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
    distances = squared_distances(embedding, embedding.mean(0))
    own = distances.diagonal(dim1=1, dim2=2)
    n_maps = distances.shape[1]
    others = distances.masked_fill(torch.eye(n_maps, dtype=torch.bool, device=distances.device), torch.inf)
    return functional.relu(own + margin - others.amin(-1)).mean()


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
    """

    def __init__(self, network: AffineMapClassifier, margin: float, triplet_weight: float) -> None:
        super().__init__()
        self.network = network
        self.margin = margin
        self.triplet_weight = triplet_weight

    def forward(self, x: Tensor) -> Tensor:
        """Return the loss of a batch of rows ``x`` (n, d)."""
        embedding = self.network(x)
        logits = self.network.logits(embedding)
        n_maps = logits.shape[1]
        which = torch.arange(n_maps, device=x.device).repeat(len(x))
        loss = functional.cross_entropy(logits.reshape(-1, n_maps), which)
        return loss + self.triplet_weight * triplet_centre_loss(embedding, self.margin)
