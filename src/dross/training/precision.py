"""The number format to train in: half of 32 bits where the machine multiplies them faster, else 32."""

from __future__ import annotations

from typing import Literal

import torch

Precision = Literal["auto", "32-true", "bf16-mixed", "16-mixed"]
ResolvedPrecision = Literal["32-true", "bf16-mixed", "16-mixed"]

PRECISIONS: tuple[Precision, ...] = ("auto", "32-true", "bf16-mixed", "16-mixed")


def resolve_precision(precision: Precision, device: torch.device) -> ResolvedPrecision:
    """Return the precision to train in on a device; ``"auto"`` becomes what is fast there and loses nothing.

    That is "bf16-mixed" where the device multiplies matrices of bfloat16: NVIDIA GPUs from Ampere on, and processors
    with AMX (two to four times as fast as 32 bits on convolutions). Weights and optimiser stay in 32 bits, and
    bfloat16 has the range of 32 bits, so that no loss needs scaling. Elsewhere it is "32-true".

    Parameters
    ----------
    precision : {"auto", "32-true", "bf16-mixed", "16-mixed"}
        What was asked for; anything but "auto" is returned as it is.
    device : torch.device
        Where training takes place.

    Examples
    --------
    >>> resolve_precision("16-mixed", torch.device("cpu"))
    '16-mixed'
    >>> resolve_precision("auto", torch.device("cpu")) in ("32-true", "bf16-mixed")
    True
    """
    if precision != "auto":
        return precision
    fast = {"cuda": _cuda_multiplies_bfloat16, "cpu": processor_has_amx}.get(device.type, lambda: False)
    return "bf16-mixed" if fast() else "32-true"


def processor_has_amx() -> bool:
    """Return whether this machine's processor has AMX tiles and Torch may use them.

    Examples
    --------
    >>> processor_has_amx() in (True, False)
    True
    """
    # Torch has no documented name for this question yet; where it has none at all, it is too old to use AMX well.
    asked = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(asked is not None and asked())


def _cuda_multiplies_bfloat16() -> bool:
    # is_bf16_supported() also says yes where bfloat16 is only emulated.
    return torch.cuda.get_device_capability() >= (8, 0)
