"""GOAD training on Thyroid (1,839 normal rows x 6, 256 maps, one epoch) against a plain PyTorch loop.

The plain loop is the method as its paper writes it: a ``DataLoader`` of shuffled batches of 64, the views
``W_m x + b_m`` of all maps, one linear trunk for all of them, a leaky ReLU and a linear head, cross-entropy plus 0.1
times the triplet-centre loss by broadcasting, Adam. Both sides start from the same weights, see the same batches in
the same order and use one thread, as the processes of a sweep do; their losses are compared.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from benchmarks.measuring import Row, in_child
from dross.data.named import load_dataset
from dross.networks import AffineMapClassifier
from dross.representations import AffineTransformations
from dross.representations.transformation_loss import TransformationLoss
from dross.training import TrainingLoop, seeded

ROWS, MAPS, BATCH, SEED = 1839, 256, 64, 0
MARGIN, TRIPLET_WEIGHT, LEARNING_RATE, BETAS = 1.0, 0.1, 1e-3, (0.5, 0.999)
REPEATS = 3
NAME = "goad-training"


class PlainGOAD(nn.Module):
    """The network with its views built one by one."""

    def __init__(self, same_as: AffineMapClassifier) -> None:
        super().__init__()
        self.maps, self.shifts = same_as.maps, same_as.shifts
        width, map_dim = same_as.trunk.weight.shape
        self.trunk = nn.Linear(map_dim, width, bias=False)
        self.classify = nn.Linear(width, len(self.maps))
        self.trunk.load_state_dict(same_as.trunk.state_dict())
        self.classify.load_state_dict(same_as.head[1].state_dict())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the embedding and the logits of all views of rows."""
        views = torch.einsum("nd,mdk->nmk", x, self.maps) + self.shifts
        embedding = self.trunk(views)
        return embedding, self.classify(functional.leaky_relu(embedding, 0.2))


def plain_loss(network: PlainGOAD, x: Tensor) -> Tensor:
    """Return cross-entropy plus 0.1 times the triplet-centre loss."""
    embedding, logits = network(x)
    which = torch.arange(MAPS).repeat(len(x))
    cross_entropy = functional.cross_entropy(logits.reshape(-1, MAPS), which)
    centres = embedding.mean(0)
    distances = ((embedding.unsqueeze(2) - centres) ** 2).sum(-1)
    own = torch.diagonal(distances, dim1=1, dim2=2)
    others = distances + torch.diag(torch.full((MAPS,), torch.inf))
    triplet = torch.clamp(own + MARGIN - others.min(-1).values, min=0).mean()
    return cross_entropy + TRIPLET_WEIGHT * triplet


def train_plainly(network: PlainGOAD, rows: Tensor) -> float:
    """Train one epoch and return the mean loss."""
    dataset = TensorDataset(rows)
    sampler = RandomSampler(dataset, generator=torch.Generator().manual_seed(SEED))
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, betas=BETAS)
    total = 0.0
    for (batch,) in DataLoader(dataset, batch_size=BATCH, sampler=sampler):
        optimizer.zero_grad()
        loss = plain_loss(network, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(rows)


def train_ours(network: AffineMapClassifier, rows: Tensor) -> float:
    """Train one epoch with Dross's loop and loss and return the mean loss."""
    loss = TransformationLoss(network, MARGIN, TRIPLET_WEIGHT)
    loop = TrainingLoop(loss, learning_rate=LEARNING_RATE, betas=BETAS, batch_size=BATCH, seed=SEED, device="cpu")
    return loop.train_to(rows, 1)


def normal_rows() -> np.ndarray[Any, Any]:
    """Return the standardised normal rows that the paper's protocol trains on: half of them."""
    data = load_dataset("thyroid")
    rows = data.X[data.labels == 0][:ROWS]
    return np.asarray((rows - rows.mean(axis=0)) / rows.std(axis=0))


def timed(work: Any, *arguments: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - started, result


def run() -> list[Row]:
    """Return the rows of this benchmark."""
    found = in_child("goad_training")
    print(f"  {found}", file=sys.stderr)
    return [
        Row(NAME, found["ours"], found["other"], "s an epoch"),
        Row(f"{NAME}-with-projection", found["fit"], found["other"], "s an epoch with the features projected"),
        Row(f"{NAME}-loss", found["loss_ours"], found["loss_other"], "mean loss of the epoch from the same weights"),
    ]


def main() -> None:
    torch.set_num_threads(1)
    X = normal_rows()
    rows = torch.from_numpy(X).float()
    times: dict[str, list[float]] = {"ours": [], "other": [], "fit": []}
    losses = {}
    for _ in range(1 + REPEATS):
        with seeded(SEED):
            network = AffineMapClassifier(X.shape[1], MAPS)
            plain = PlainGOAD(network)
        seconds, losses["loss_ours"] = timed(train_ours, network, rows)
        times["ours"].append(seconds)
        seconds, losses["loss_other"] = timed(train_plainly, plain, rows)
        times["other"].append(seconds)
        representation = AffineTransformations(n_maps=MAPS, batch_size=BATCH, random_state=SEED, device="cpu")
        times["fit"].append(timed(representation.fit, X)[0])
    if abs(losses["loss_ours"] - losses["loss_other"]) > 1e-3 * abs(losses["loss_other"]):
        raise SystemExit(f"the two sides do not train the same: {losses}")
    # The first turn warms both up and does not count.
    print(json.dumps({**{side: median(found[1:]) for side, found in times.items()}, **losses}))


if __name__ == "__main__":
    main()
