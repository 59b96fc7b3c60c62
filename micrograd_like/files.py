"""Writing a file: whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

#: Links that are followed, as systems do.
_MOST_LINKS = 40
#: Such names are short, so that a file whose own name is as long as can be has one beside it.
_UNFINISHED = ".micrograd-like-{}"


def write_whole(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Write a file that is never seen half written, whatever ends the program meanwhile.

    The data go into a new file in the same folder, which then takes the file's place. A link
    stays a link, and what it leads to is written; a file that was there keeps its mode and its
    owner. What is no regular file, as a pipe or a device, is never replaced: it is written to; and
    so is what the program was given open, by names such as /dev/stdout or /dev/fd/63, where it
    stands.

    Args:
        path: Where to; its folder exists.
        data: Bytes, or text, which is written in UTF-8.

    Raises:
        OSError: It cannot be written, with ``path`` as its ``filename``; what was there before
            is there still.
    """
    data = data.encode() if isinstance(data, str) else data
    with _named(path):
        if (number := descriptor(path)) is not None:
            with open(os.dup(number), "wb") as stream:
                stream.write(data)
            return
        target, before = _target(path)
        if before is None or stat.S_ISREG(before.st_mode):
            _replace(target, data, before)
        else:
            with open(target, "wb") as stream:
                stream.write(data)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a path to which :func:`write_whole` cannot write; nothing there is changed.

    Raises:
        OSError: It cannot be written, with ``path`` as its ``filename``.
    """
    with _named(path):
        if (number := descriptor(path)) is not None:
            os.fstat(number)
            return
        target, before = _target(path)
        if before is None or stat.S_ISREG(before.st_mode):
            unfinished = _beside(target)
            with open(unfinished, "xb"):
                pass
            os.unlink(unfinished)
        elif stat.S_ISDIR(before.st_mode):
            raise _error(errno.EISDIR)


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    """Errors about the path that was given, whatever file it leads to."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def descriptor(path: str | os.PathLike[str]) -> int | None:
    """The open file that the path names by its number, through links or not; None for a file."""
    place = os.path.abspath(path)
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(place)
        folder = os.path.realpath(folder)
        if name.isdecimal() and folder in (f"/proc/{os.getpid()}/fd", "/dev/fd"):
            return int(name)
        place = os.path.join(folder, name)
        if not os.path.islink(place):
            return None
        place = os.path.join(folder, os.readlink(place))
    return None


def _target(path: str | os.PathLike[str]) -> tuple[str, os.stat_result | None]:
    """What is to be written, and what is there now."""
    if not os.path.basename(path):  # it ends in a slash, or is empty
        raise _error(errno.EISDIR if os.fspath(path) else errno.ENOENT)
    os.stat(os.path.dirname(path) or ".")  # realpath takes missing/.. for nothing
    target = os.path.realpath(path)
    if os.path.islink(target):
        raise _error(errno.ELOOP)
    try:
        before = os.stat(target)
    except FileNotFoundError:
        return target, None
    if stat.S_ISREG(before.st_mode) and not os.access(target, os.W_OK):
        raise _error(errno.EACCES)
    return target, before


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))


def _beside(target: str) -> str:
    """A new name in the file's folder."""
    return os.path.join(os.path.dirname(target), _UNFINISHED.format(os.urandom(8).hex()))


def _replace(target: str, data: bytes, before: os.stat_result | None) -> None:
    unfinished = _beside(target)
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


def without_shared_folder(names: Sequence[str]) -> dict[str, str]:
    """The names of files, each without the folder that all of them are in."""
    folders = [os.path.dirname(name) for name in names]
    try:
        shared = os.path.commonpath(folders) if all(folders) and folders else ""
    except ValueError:  # some are absolute, or on another drive
        shared = ""
    return {name: os.path.relpath(name, shared) if shared else name for name in names}
