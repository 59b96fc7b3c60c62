"""Files are written whole or not at all, through links, whatever else writes them."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from micrograd_like import nn
from micrograd_like.files import check_writable, write_whole
from micrograd_like.training import load, save


def left_over(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".micrograd-like")]


@pytest.mark.parametrize("data", [b"\xff\x00\r\n", "ŷ = σ(a)\r\n", ""])
def test_what_is_written_is_what_was_given(data: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, data)
    assert path.read_bytes() == (data if isinstance(data, bytes) else data.encode())
    assert left_over(tmp_path) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    link.symlink_to(target)
    for text in ("new", "again"):  # what it leads to is made, and then written over
        write_whole(link, text)
        assert link.is_symlink()
        assert target.read_text() == text
    assert os.listdir(tmp_path / "folder") == ["target"]


def test_a_circle_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OSError, match="a") as caught:
        write_whole(tmp_path / "a", "text")
    assert caught.value.errno == errno.ELOOP
    assert (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("before")
    path.chmod(mode)
    write_whole(path, "after")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("as usual")
    write_whole(tmp_path / "b", "text")
    assert (tmp_path / "b").stat().st_mode == (tmp_path / "a").stat().st_mode


def test_a_pipe_and_a_device_are_written_to_and_stay(tmp_path: Path) -> None:
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    listener = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    listener.start()
    write_whole(pipe, "text")
    listener.join(10)
    assert heard == [b"text"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    write_whole(os.devnull, "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_name_as_long_as_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * os.pathconf(tmp_path, "PC_NAME_MAX"))
    write_whole(path, "text")
    assert path.read_text() == "text"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("missing/a", errno.ENOENT),
        ("missing/../a", errno.ENOENT),
        ("missing/../file", errno.ENOENT),
        ("file/../a", errno.ENOTDIR),
        ("file/a", errno.ENOTDIR),
        ("folder", errno.EISDIR),
        ("folder/", errno.EISDIR),
        ("new/", errno.EISDIR),  # no file of that name is made
        ("n" * 300, errno.ENAMETOOLONG),
    ],
)
def test_an_error_names_the_file_that_was_asked_for(name: str, number: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    path = f"{tmp_path}/{name}"
    for write in (lambda: write_whole(path, "text"), lambda: check_writable(path)):
        with pytest.raises(OSError, match=name) as caught:
            write()
        assert (caught.value.errno, caught.value.filename) == (number, path)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_what_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    check_writable(path)
    assert os.listdir(tmp_path) == []
    path.write_text("text")
    check_writable(path)
    check_writable(os.devnull)
    assert path.read_text() == "text"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), MemoryError()]
)
def test_what_fails_leaves_what_was_there(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: int) -> None:
        raise error

    path = tmp_path / "a"
    path.write_text("before")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(type(error)):
        write_whole(path, "after")
    assert os.listdir(tmp_path) == ["a"]
    assert path.read_text() == "before"


def at_once(count: int, action: Callable[[int], None]) -> list[BaseException]:
    """What threads that begin together raise."""
    errors: list[BaseException] = []
    start = threading.Barrier(count)

    def run(place: int) -> None:
        start.wait()
        try:
            action(place)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_several_writers_at_once_leave_what_one_of_them_wrote(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    nets = [nn.MLP(2, [3, 1], seed=seed) for seed in range(8)]

    def saves(place: int) -> None:
        for _ in range(20):
            save(nets[place], path)

    assert at_once(8, saves) == []
    assert load(path).state_dict() in [net.state_dict() for net in nets]
    assert os.listdir(tmp_path) == ["model.json"]
