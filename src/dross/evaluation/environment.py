"""What a sweep ran on: versions, commit and processor, so that a figure can be traced to what made it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = (
    "dross",
    "numpy",
    "scipy",
    "scikit-learn",
    "pandas",
    "torch",
    "torchvision",
    "lightning-fabric",
    "pillow",
    "pyod",
)


def describe_environment() -> dict[str, Any]:
    """Return Python, library versions, git commit (``None`` outside a checkout), processors and time, as a plain dict.

    Examples
    --------
    >>> sorted(describe_environment())
    ['commit', 'cpu', 'cpus', 'gpus', 'libraries', 'platform', 'python', 'started']
    """
    return {
        "python": platform.python_version(),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name)) is not None},
        "commit": git_commit(Path(__file__)),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "gpus": _gpus(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def git_commit(file: Path) -> str | None:
    """Return the commit of the checkout that tracks ``file``, with ``+changes`` where it differs, or ``None``.

    A package installed into an environment that lies inside somebody else's checkout is not of that checkout: so git is
    asked whether it tracks the file.
    """
    if _git(file, "ls-files", "--error-unmatch", file.name) is None:
        return None
    commit = _git(file, "rev-parse", "HEAD")
    return f"{commit}+changes" if commit and _git(file, "status", "--porcelain", "--", "..") else commit


def _git(file: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=file.parent, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _gpus() -> str:
    """Return the names of the GPUs; an empty string without any, or where nothing has needed torch yet."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return ""
    return ", ".join(torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count()))


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
