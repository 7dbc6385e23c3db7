"""The state of training as JSON and arrays, and back, bit for bit; and both in one file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dross.errors import ModelError
from dross.files import atomic_path

Arrays = dict[str, NDArray[Any]]

_WEIGHTS: Final = "weights."
_OPTIMIZER: Final = "optimizer."
_META: Final = "dross"


def module_arrays(module: nn.Module) -> Arrays:
    """Return copies of all weights and buffers of a module, by name.

    Examples
    --------
    >>> sorted(module_arrays(nn.Linear(2, 1)))
    ['weights.bias', 'weights.weight']
    """
    return {_WEIGHTS + name: _array(value) for name, value in module.state_dict().items()}


def optimizer_arrays(optimizer: torch.optim.Optimizer, module: nn.Module) -> Arrays:
    """Return copies of what an optimiser remembers of each parameter of a module, by the parameter's name.

    Examples
    --------
    >>> layer = nn.Linear(2, 1)
    >>> optimizer_arrays(torch.optim.Adam(layer.parameters()), layer)
    {}
    """
    found: Arrays = {}
    for name, parameter in module.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            if isinstance(value, Tensor):  # SGD without momentum remembers a None
                found[f"{_OPTIMIZER}{name}/{key}"] = _array(value)
    return found


def load_module(module: nn.Module, arrays: Arrays) -> None:
    """Copy weights and buffers back into a module, which keeps its device and its layout in memory.

    Raises
    ------
    ModelError
        If the arrays are not those of this module.
    """
    own = module.state_dict()
    given = {name.removeprefix(_WEIGHTS): value for name, value in arrays.items() if name.startswith(_WEIGHTS)}
    wrong = sorted(own.keys() ^ given.keys()) + [
        name for name in sorted(own.keys() & given.keys()) if tuple(own[name].shape) != given[name].shape
    ]
    if wrong:
        raise ModelError(
            f"the state is that of another network: {', '.join(wrong[:3])} {'and others ' if wrong[3:] else ''}"
            "differ; resume with the parameters that training was started with"
        )
    with torch.no_grad():
        for name, value in given.items():
            own[name].copy_(torch.from_numpy(value))


def load_optimizer(optimizer: torch.optim.Optimizer, module: nn.Module, arrays: Arrays) -> None:
    """Put back what an optimiser remembered of each parameter of a module."""
    for name, parameter in module.named_parameters():
        prefix = f"{_OPTIMIZER}{name}/"
        remembered = {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}
        optimizer.state.pop(parameter, None)
        if remembered:
            optimizer.state[parameter] = {
                # The count of steps stays on the processor, where the optimiser has it.
                key: torch.from_numpy(value).clone() if key == "step" else _like(parameter, value)
                for key, value in remembered.items()
            }


def write_checkpoint(path: str | os.PathLike[str], meta: dict[str, Any], arrays: Arrays) -> None:
    """Write JSON and arrays to one file (safetensors), whole or not at all.

    Parameters
    ----------
    path : path
        The file.
    meta : dict
        What JSON can hold.
    arrays : dict of str to array
        Numbers of any shape.

    Raises
    ------
    DataError
        If the file cannot be written, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "state.safetensors"
    >>> write_checkpoint(path, {"epoch": 2.0}, {"x": np.arange(3)})
    >>> read_checkpoint(path)
    ({'epoch': 2.0}, {'x': array([0, 1, 2])})
    """
    contents = {name: np.asarray(value, order="C") for name, value in arrays.items()}
    with atomic_path(path) as temporary:
        temporary.write_bytes(safetensors.numpy.save(contents, {_META: json.dumps(meta)}))


def read_checkpoint(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Arrays]:
    """Return the JSON and the arrays that :func:`write_checkpoint` wrote.

    Raises
    ------
    ModelError
        If the file is missing, damaged, or of another origin.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            meta = json.loads((file.metadata() or {})[_META])
            return meta, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise ModelError(
            f"{Path(path)} cannot be read as the state of a training ({error}): it is damaged or something else; "
            "remove it to train from the start"
        ) from error


def _array(value: Tensor) -> NDArray[Any]:
    """Return a copy, because a tensor on the processor shares its memory with its array."""
    return value.detach().cpu().numpy().copy(order="C")


def _like(parameter: Tensor, value: NDArray[Any]) -> Tensor:
    # With the layout in memory that the parameter has: along another one, sums may be rounded differently.
    return torch.empty_like(parameter, requires_grad=False).copy_(torch.from_numpy(value))
