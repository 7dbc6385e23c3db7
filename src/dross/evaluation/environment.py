"""What a sweep ran on: versions, commit and processor, so that a figure can be traced to what made it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = ("dross", "numpy", "scipy", "scikit-learn", "pandas", "torch", "lightning-fabric", "pyod")


def describe_environment() -> dict[str, Any]:
    """Return Python, library versions, git commit (``None`` outside a checkout), processor and time, as a plain dict.

    Examples
    --------
    >>> sorted(describe_environment())
    ['commit', 'cpu', 'cpus', 'libraries', 'platform', 'python', 'started']
    """
    return {
        "python": platform.python_version(),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name)) is not None},
        "commit": git_commit(Path(__file__)),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
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


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
