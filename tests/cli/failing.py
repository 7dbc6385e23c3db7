"""The type of what runs a command that must fail; ``conftest.py`` makes one."""

from __future__ import annotations

from collections.abc import Callable

#: Runs the words of a command line, checks that it fails without writing anything, and returns its message.
Fails = Callable[..., str]
