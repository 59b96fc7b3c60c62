"""What a command is given to mark: files, folders and archives of them, standard input."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from micrograd_like.cli.shared import STDIN, read_stdin
from micrograd_like.errors import MicrogradLikeError

#: Files of one folder or archive, and how large one of an archive may be.
MOST_FILES = 10_000
MOST_BYTES = 64_000_000
#: What a system puts beside files.
_BESIDE = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))


class Given(NamedTuple):
    """A worksheet to be read.

    Attributes:
        name: What it is called in the report.
        data: Its bytes, where they are not those of a file of that name.
        failure: Why it cannot be read.
        key: The assignment that it is held against.
    """

    name: str
    data: bytes | None = None
    failure: str = ""
    key: Given | None = None


def given(files: Sequence[str]) -> list[Given]:
    """What is to be marked: of a folder or archive each of its files, in the order of names.

    Standard input is read once, whoever marks it.
    """
    found: list[Given] = []
    read: Given | None = None
    for file in files:
        if file == STDIN:
            read = read or _standard_input()
            found.append(read)
        elif os.path.isdir(file):
            found += _of_folder(file)
        elif is_archive(file):
            found += _of_archive(file)
        else:
            found.append(Given(file))
    return found


def are_several(files: Sequence[str]) -> bool:
    """Whether these are worksheets to be counted together, as a class is."""
    return len(files) > 1 or any(os.path.isdir(file) or is_archive(file) for file in files)


def is_archive(file: str) -> bool:
    """Whether a file is one whose files are meant."""
    ends = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
    return file.lower().endswith(ends) and os.path.isfile(file)


def _standard_input() -> Given:
    try:
        return Given(STDIN, read_stdin())
    except MicrogradLikeError as error:
        return Given(STDIN, failure=str(error))
    except OSError as error:
        return Given(STDIN, failure=f"cannot open it: {error.strerror}")


def _of_folder(folder: str) -> Iterator[Given]:
    names = sorted(path for path in Path(folder).rglob("*") if _is_meant(path.relative_to(folder)))
    yield from _bounded([Given(str(path)) for path in names if not path.is_dir()], folder)


def _of_archive(file: str) -> Iterator[Given]:
    """The files of an archive, which is not unpacked: nothing of it is written anywhere."""
    try:
        members = [*(_zipped(file) if zipfile.is_zipfile(file) else _tarred(file))]
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, ValueError) as error:
        members = [Given(file, failure=f"expected an archive that can be read: {error}")]
    yield from _bounded(sorted(members), file)


def _zipped(file: str) -> Iterator[Given]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or not _is_meant(Path(member.filename)):
                continue
            name = f"{file}/{member.filename}"
            try:
                with archive.open(member) as stream:
                    yield Given(name, stream.read(MOST_BYTES + 1))
            except (RuntimeError, NotImplementedError, OSError, zipfile.BadZipFile) as error:
                yield Given(name, failure=str(error))  # it has a password, or is damaged


def _tarred(file: str) -> Iterator[Given]:
    with tarfile.open(file) as archive:
        for member in archive:
            if member.isfile() and _is_meant(Path(member.name)):
                stream = archive.extractfile(member)
                if stream is not None:
                    yield Given(f"{file}/{member.name}", stream.read(MOST_BYTES + 1))


def _is_meant(path: Path) -> bool:
    """False for what is hidden, or a system's own."""
    hidden = (part.startswith(".") and part != ".." for part in path.parts)
    return not any(hidden) and _BESIDE.isdisjoint(path.parts)


def _bounded(found: Sequence[Given], where: str) -> Iterator[Given]:
    yield from found[:MOST_FILES]
    if len(found) > MOST_FILES:
        said = f"expected at most {MOST_FILES:,} files, got {len(found):,}; mark in parts"
        yield Given(where, failure=said)
    if not found:
        yield Given(where, failure="there is no file in it")
