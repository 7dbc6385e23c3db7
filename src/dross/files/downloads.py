"""Downloads that go on where they stopped, and are believed only after their checksum."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final, final
from urllib.parse import urlsplit

from dross.errors import DataError, ParameterError
from dross.files.atomic import explain_write_errors, sha256

_BLOCK: Final = 1 << 16
_CANNOT_RESUME: Final = 416


@final
class UnreachableError(DataError):
    """A server that could not be reached, or that broke off each time; what arrived is kept for the next attempt."""


def download(
    url: str,
    path: Path,
    checksum: str | None,
    progress: Callable[[int, int | None], None] | None = None,
    *,
    digest: Callable[[Path], str] = sha256,
    timeout: float = 30.0,
    attempts: int = 3,
    pause: float = 1.0,
) -> None:
    """Download a file to ``path``; a later call goes on where an earlier one was cut off.

    What has arrived lies in ``path`` + ``.part`` until it is complete and its checksum is right; only then is it
    renamed.

    Parameters
    ----------
    url : str
        Where it is: ``https`` or ``http``.
    path : Path
        Where it shall be. A file that is there with the right checksum is left alone.
    checksum : str or None
        What ``digest`` must return for it; ``None`` where the publisher gives none.
    progress : callable, optional
        Called with the bytes there are and the bytes there will be (``None`` when the server does not say).
    digest : callable, default SHA-256
        The checksum of a file.
    timeout : float, default 30
        Seconds to wait for the server each time.
    attempts : int, default 3
        How often to go on after the connection broke.
    pause : float, default 1
        Seconds before the second attempt; each further one waits twice as long.

    Raises
    ------
    UnreachableError
        If the server cannot be reached, or breaks off every time.
    DataError
        If the server refuses, or what arrived has another checksum.
    """
    if urlsplit(url).scheme not in ("https", "http"):
        raise ParameterError(f"{url} is no address to download from: it must begin with https:// or http://")
    if path.is_file() and checksum is not None and digest(path) == checksum:
        return
    part = path.with_name(path.name + ".part")
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        resumed = part.exists()
        _fetch(url, part, progress, timeout, attempts, pause)
        found = digest(part)
        if checksum is not None and found != checksum and resumed:
            # The beginning came from another version of the file: once more, from nothing.
            part.unlink()
            _fetch(url, part, progress, timeout, attempts, pause)
            found = digest(part)
        if checksum is not None and found != checksum:
            part.unlink()
            raise DataError(
                f"{url} has the checksum {found}, but {checksum} is expected: the publisher has changed the file, or "
                "something on the way has; nothing was kept"
            )
        part.replace(path)


def _fetch(
    url: str,
    part: Path,
    progress: Callable[[int, int | None], None] | None,
    timeout: float,
    attempts: int,
    pause: float,
) -> None:
    for attempt in range(1, attempts + 1):
        try:
            _append(url, part, progress, timeout)
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _CANNOT_RESUME and part.exists():
                part.unlink()  # longer than the file is: it belongs to another version
                continue
            if error.code < 500 or attempt == attempts:
                raise DataError(
                    f"{url} could not be downloaded: the server answers {error.code} "
                    f"({error.reason}). Check the address in "
                    "a browser, or lay the file out by hand"
                ) from error
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
            if attempt == attempts:
                reason = getattr(error, "reason", None) or error
                kept = f"{part.stat().st_size:,} bytes are kept; " if part.exists() else ""
                raise UnreachableError(
                    f"{url} could not be downloaded ({reason}): {kept}check the network and run the "
                    "same command again, "
                    "which goes on from there"
                ) from error
        time.sleep(pause * 2 ** (attempt - 1))
    raise DataError(f"{url} could not be downloaded: the server refuses to send it from its beginning; try again later")


def _append(url: str, part: Path, progress: Callable[[int, int | None], None] | None, timeout: float) -> None:
    """Fetch what is still to come and append it, or begin anew if the server sends the whole."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "dross", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=timeout) as response:
        if response.status != http.client.PARTIAL_CONTENT or not _continues(response.headers, have):
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length is not None else None
        with part.open("ab" if have else "wb") as file:
            while block := response.read(_BLOCK):
                file.write(block)
                have += len(block)
                if progress is not None:
                    progress(have, total)
    if total is not None and have < total:
        raise ConnectionError(f"the connection ended after {have:,} of {total:,} bytes")


def _continues(headers: http.client.HTTPMessage, have: int) -> bool:
    match = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return match is not None and int(match[1]) == have
