"""Writing a file: whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress

#: Such names are short, so that a file whose own name is as long as can be has one beside it.
_UNFINISHED = ".micrograd-like-{}"


def write_whole(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Write a file that is never seen half written, whatever ends the program meanwhile.

    The data go into a new file in the same folder, which then takes the file's place. A link
    stays a link, and what it leads to is written; a file that was there keeps its mode and its
    owner. What is no regular file, as a pipe or a device, is never replaced: it is written to.

    Args:
        path: Where to; its folder exists.
        data: Bytes, or text, which is written in UTF-8.

    Raises:
        OSError: It cannot be written, with ``path`` as its ``filename``; what was there before
            is there still.
    """
    data = data.encode() if isinstance(data, str) else data
    try:
        target = os.path.realpath(path)
        if os.path.islink(target):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        before = os.stat(target) if os.path.exists(target) else None
        if before is None or stat.S_ISREG(before.st_mode):
            _replace(target, data, before)
        else:
            with open(target, "wb") as stream:
                stream.write(data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def _replace(target: str, data: bytes, before: os.stat_result | None) -> None:
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    unfinished = os.path.join(os.path.dirname(target), _UNFINISHED.format(secrets.token_hex(8)))
    try:
        with open(unfinished, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if before is not None:
            _keep(unfinished, before)
        os.replace(unfinished, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


def _keep(path: str, before: os.stat_result) -> None:
    """Give the file the owner, as far as that is allowed, and the mode that was there before."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(path, before.st_uid, before.st_gid)
    os.chmod(path, stat.S_IMODE(before.st_mode))
