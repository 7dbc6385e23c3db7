"""Files of trained weights of a ResNet, by whatever hands: read without running anything in them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from dross.errors import ModelError
from dross.networks import ResNet

_ALLOWED: ContextVar[bool] = ContextVar("weights of other hands are allowed", default=True)


@contextmanager
def no_weights() -> Iterator[None]:
    """Make every attempt to load weights an error, where a task allows nothing but its own images.

    Examples
    --------
    >>> with no_weights():  # doctest: +ELLIPSIS
    ...     load_resnet_weights(ResNet(3, 64, "standard"), Path("resnet18.pth"), "")
    Traceback (most recent call last):
    ...
    dross.errors.ModelError: weights would be loaded from resnet18.pth, which is not allowed here: ...
    """
    token = _ALLOWED.set(False)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def load_resnet_weights(network: ResNet, path: Path, remedy: str) -> None:
    """Give a network the weights that a file holds; the layer that classifies may be in it, and is left out.

    Parameters
    ----------
    network : ResNet
        Changed in place.
    path : Path
        A state dict as Torch saves it, or a ``.safetensors``, with torchvision's names.
    remedy : str
        What the error says of weights that do not fit: which to give.

    Raises
    ------
    ModelError
        If the file is missing, cannot be read, or holds the weights of another network; it names the layers that
        differ. And inside of :func:`no_weights`.
    """
    if not _ALLOWED.get():
        raise ModelError(
            f"weights would be loaded from {path}, which is not allowed here: take a detector that learns from your "
            "images alone, or allow it (download=True, --download)"
        )
    wanted, given = _compared(network.state_dict()), _compared(_read(path))
    wrong = sorted(wanted.keys() ^ given.keys()) or [name for name in wanted if wanted[name].shape != given[name].shape]
    if wrong:
        raise ModelError(
            f"{path} holds the weights of another network ({', '.join(wrong[:3])} {'and others ' if wrong[3:] else ''}"
            f"differ): {remedy}"
        )
    network.load_state_dict(given, strict=False)


def weights_problems(weights: object) -> list[str]:
    """Return what is wrong with a parameter that must be the path of a file of weights.

    Examples
    --------
    >>> weights_problems(3)
    ['weights is 3; it must be the path of a file']
    """
    return [] if isinstance(weights, (str, os.PathLike)) else [f"weights is {weights!r}; it must be the path of a file"]


def _compared(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Leave out the layer that classifies, and what only training needs: files of old versions of Torch lack that."""
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("fc.") and not name.endswith("num_batches_tracked")
    }


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise ModelError(f"there is no file of weights {path}: download it, and give its path")
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files by other hands: what matters is whether they can be read
            # Only tensors and plain containers are: anything else in the file is refused, and nothing is run.
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # every kind of damage has its own
        raise ModelError(
            f"{path} cannot be read as weights ({type(error).__name__}): give a .pth or .safetensors"
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise ModelError(f"{path} holds no weights by name: give the file that torchvision distributes")
    return found
