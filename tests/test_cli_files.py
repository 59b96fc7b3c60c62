"""What the command reads and writes: streams, links, processes that mark side by side."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command import run
from sampled import sampled

COMMAND = [sys.executable, "-m", "micrograd_like"]
RIGHT, WRONG = "x = 2\ny = x^2 = 4\n", "x = 2\ny = x^2 = 5\n"
#: Takes its time to be marked.
LONG = "".join(f"x{n} = {n}.5\n" for n in range(40)) + "".join(
    f"h{n} = sigmoid({' + '.join(f'x{m}*x{(m + n) % 40}' for m in range(40))})\n" for n in range(40)
)


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command as the process that it is."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        **options,
    )


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    path = tmp_path / "sheet.txt"
    path.write_text(WRONG, encoding="utf-8")
    return str(path)


# Standard output.


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (["page", "{sheet}", "-o", "-"], "<!DOCTYPE html>"),
        (["check", "{sheet}", "--page", "-"], "<!DOCTYPE html>"),
        (["draw", "{sheet}", "-o", "-"], "digraph"),
        (["draw", "{sheet}", "-o", "-", "--format", "svg"], "<svg"),
        (["lessons", "one-weight", "--epochs", "2", "--plot", "-"], "<?xml"),
        (["example", "--plot", "-"], "<?xml"),
        (["exercise", "2-2-1", "--form", "slips", "--answers", "-"], "#"),
    ],
)
def test_a_dash_is_standard_output(arguments: list[str], starts: str, sheet: str) -> None:
    folder = Path(sheet).parent
    done = run(*(a.format(sheet=sheet) for a in arguments), cwd=folder)
    assert done.stderr == ""
    assert done.stdout.startswith(starts)
    assert os.listdir(folder) == ["sheet.txt"]


def test_what_is_printed_is_what_is_written(sheet: str, tmp_path: Path) -> None:
    for name in ("page.html", "drawn.svg"):
        command = ["page"] if name == "page.html" else ["draw", "--format", "svg"]
        printed = run(*command, sheet, "-o", "-").stdout
        assert run(*command, sheet, "-o", str(tmp_path / name)).stdout == ""
        assert (tmp_path / name).read_text(encoding="utf-8") == printed


def test_a_picture_of_bytes_is_printed_as_it_is(sheet: str) -> None:
    done = run("draw", sheet, "--format", "png", "-o", "-")
    assert done.printed.startswith(b"\x89PNG\r\n\x1a\n")


def test_a_list_of_mistakes_stands_below_the_worksheet() -> None:
    done = run("exercise", "2-2-1", "--form", "slips", "--answers", "-")
    apart = run("exercise", "2-2-1", "--form", "slips")
    assert done.stdout == apart.stdout + apart.stderr


def test_a_link_is_followed_and_a_pipe_is_no_file_to_replace(sheet: str, tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to("target.html")
    assert run("page", sheet, "-o", str(tmp_path / "link.html")).returncode == 0
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "target.html").read_text(encoding="utf-8").startswith("<!DOCTYPE")
    assert run("page", sheet, "-o", os.devnull).returncode == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", sampled(["link", "/dev/fd/1"], every=2))
def test_standard_output_has_names(name: str, sheet: str, tmp_path: Path) -> None:
    """It goes on where it stands, be it a pipe or a file that others write to before and after."""
    (tmp_path / "link").symlink_to("/dev/stdout")
    expected = run("draw", sheet).stdout
    assert process("draw", sheet, "--format", "dot", "-o", name, cwd=tmp_path).stdout == expected
    with open(tmp_path / "all", "w+b") as file:
        inode = os.fstat(file.fileno()).st_ino
        file.write(b"before\n")
        file.flush()
        command = [*COMMAND, "draw", sheet, "--format", "dot", "-o", name]
        subprocess.run(command, stdout=file, cwd=tmp_path, check=True, timeout=60)
        file.seek(0, os.SEEK_END)
        file.write(b"after\n")
    assert (tmp_path / "all").read_text(encoding="utf-8") == f"before\n{expected}after\n"
    assert os.stat(tmp_path / "all").st_ino == inode


def test_a_report_stands_before_the_page_on_one_stream(sheet: str) -> None:
    said = process("check", sheet, "--page", "/dev/stdout").stdout
    assert said.index("The formula is right, the arithmetic is not") < said.index("<!DOCTYPE html>")


def test_what_a_shell_opens_for_another_program_is_written_to(sheet: str) -> None:
    """As >(…) does: a pipe by its number."""
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        command = ["draw", sheet, "--format", "dot", "-o", f"/dev/fd/{writing}"]
        done = process(*command, pass_fds=[writing])
        os.close(writing)
        assert pipe.read().startswith(b"digraph")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_number_that_is_not_open_or_not_for_writing_is_told(sheet: str) -> None:
    with open(os.devnull, "rb") as stream:
        for name in ("/dev/fd/999", f"/dev/fd/{stream.fileno()}"):
            done = run("draw", sheet, "--format", "dot", "-o", name)
            said = f"micrograd-like: cannot open {name!r}: Bad file descriptor\n"
            assert (done.returncode, done.stderr) == (2, said)


#: What is said where standard output is closed.
UNHEARD = "micrograd-like: cannot write the output: it is closed\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{sheet}"],
        ["check", "{sheet}", "--page", "-"],
        ["derive", "{sheet}", "dy/dx"],
        ["step", "{sheet}"],
        ["draw", "{sheet}"],
        ["exercise", "2-2-1"],
        ["example", "--format", "json"],
        ["lessons"],
        ["--version"],
    ],
)
def test_what_has_something_to_say_fails_where_nobody_can_hear_it(
    arguments: list[str], sheet: str
) -> None:
    done = run(*(a.format(sheet=sheet) for a in arguments), closed="stdout")
    assert (done.returncode, done.stderr) == (2, UNHEARD)


@pytest.mark.parametrize("arguments", [["check", "{sheet}", "{sheet}", "--jobs", "2"], ["--help"]])
def test_so_does_a_process(arguments: list[str], sheet: str) -> None:
    given = [a.format(sheet=sheet) for a in arguments]
    done = process(*given, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (2, UNHEARD)


def test_what_goes_into_a_file_needs_no_standard_output(sheet: str, tmp_path: Path) -> None:
    out = tmp_path / "out.dot"
    done = process("draw", sheet, "-o", str(out), preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_text(encoding="utf-8").startswith("digraph")
    done = process("check", "missing.txt", preexec_fn=lambda: os.close(2))
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["page", "{sheet}", "-o", "missing/page.html"],
        ["check", "{sheet}", "--page", "missing/page.html"],
        ["draw", "{sheet}", "-o", "missing/drawn.dot"],
        ["exercise", "2-2-1", "--form", "slips", "--answers", "missing/answers.txt"],
    ],
)
def test_an_output_that_cannot_be_written_is_named(arguments: list[str], sheet: str) -> None:
    done = run(*(a.format(sheet=sheet) for a in arguments), cwd=Path(sheet).parent)
    assert done.returncode == 2
    assert f"cannot open '{arguments[-1]}': No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr


# Standard input.


@pytest.mark.parametrize("arguments", [["page", "-"], ["check", "-", "--page"]])
def test_what_standard_input_gives_is_not_written_over(arguments: list[str], sheet: str) -> None:
    output = [] if arguments[-1] == "--page" else ["-o"]
    with open(sheet, encoding="utf-8") as stream:
        done = run(*arguments, *output, sheet, files={"stdin": stream})
    assert (done.returncode, Path(sheet).read_text(encoding="utf-8")) == (2, WRONG)
    assert "is what standard input gives itself; name another file" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{sheet}"],
        ["check", "{sheet}", "--page", "-"],
        ["check", "office-hours", "{sheet}", "--jobs", "2"],
        ["check", "."],
        ["check", "office-hours", "--key", "{sheet}"],
        ["exercise", "--from", "{sheet}"],
        ["derive", "{sheet}", "dy/dx"],
        ["step", "{sheet}"],
        ["draw", "{sheet}"],
        ["draw", "-", "-o", "drawn.svg"],
        ["page", "-", "-o", "-"],
    ],
)
@pytest.mark.parametrize("linked", [False, True])
def test_a_worksheet_to_which_standard_output_goes_is_not_written_to(
    arguments: list[str], linked: bool, sheet: str, tmp_path: Path
) -> None:
    """As cat has it; what stands below a worksheet would be read as a part of it."""
    (tmp_path / "link.txt").symlink_to(sheet)
    given = [a.format(sheet=tmp_path / "link.txt" if linked else sheet) for a in arguments]

    def ended(output: str) -> Any:
        with open(output, "a", encoding="utf-8") as out, open(sheet, encoding="utf-8") as read:
            return run(*given, files={"stdin": read, "stdout": out}, cwd=tmp_path)

    done = ended(sheet)
    assert (done.returncode, Path(sheet).read_text(encoding="utf-8")) == (2, WRONG)
    assert "standard output is " in done.stderr
    assert not (tmp_path / "drawn.svg").exists()
    assert "standard output is " not in ended(str(tmp_path / ".beside")).stderr


@pytest.mark.parametrize(
    ("arguments", "one"),
    [
        (["exercise", "2-2-1", "--form", "slips", "--answers", "{file}"], False),
        (["check", "{sheet}", "--page", "{file}"], False),
        (["check", "{sheet}", "{sheet}", "--page", "{file}"], False),
        (["lessons", "one-weight", "--epochs", "2", "--plot", "{file}"], False),
        (["example", "--plot", "{file}"], False),
        # Nothing is printed beside it.
        (["draw", "{sheet}", "-o", "{file}"], True),
        (["page", "{sheet}", "-o", "{file}"], True),
    ],
)
def test_two_outputs_into_one_file_are_refused(
    arguments: list[str], one: bool, sheet: str, tmp_path: Path
) -> None:
    """One would be lost."""
    file = tmp_path / "both.svg"
    given = [a.format(sheet=sheet, file=file) for a in arguments]
    with open(file, "w", encoding="utf-8") as out:
        done = run(*given, files={"stdout": out})
    assert ("is where standard output goes, too" in done.stderr) is not one
    assert (file.read_bytes() == b"") is not one


@pytest.mark.parametrize("command", [run, process])
def test_standard_input_is_marked_among_files(command: Callable[..., Any], sheet: str) -> None:
    """By one process, and by two."""
    jobs = "1" if command is run else "2"
    done = command("check", "-", sheet, "-", "--jobs", jobs, "--format", "json", input=RIGHT)
    first, second, third = json.loads(done.stdout)["worksheets"]
    assert [one["wrong"] for one in (first, second, third)] == [0, 1, 0]
    assert [one["right"] for one in (first, second, third)] == [1, 0, 1]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (run, ["check", "-"]),
        (run, ["draw", "-"]),
        (run, ["derive", "-", "dE/dx"]),
        (process, ["check", "-", "-", "--jobs", "2"]),
    ],
)
def test_closed_standard_input_is_told_in_a_sentence(
    command: Callable[..., Any], asked: list[str]
) -> None:
    closed = {"closed": "stdin"} if command is run else {"preexec_fn": lambda: os.close(0)}
    done = command(*asked, **closed)
    assert done.returncode == 2
    assert "standard input" in done.stderr
    assert "that is closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_standard_input_is_no_matter_to_what_does_not_read_it(sheet: str) -> None:
    done = process("check", sheet, sheet, "--jobs", "2", preexec_fn=lambda: os.close(0))
    assert done.stderr == ""


# Processes.


@pytest.fixture
def marking(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run with two workers, which have begun and are not done for a while."""
    for n in range(30):
        (tmp_path / f"{n}.txt").write_text(LONG, encoding="utf-8")
    command = [*COMMAND, "check", *map(str, sorted(tmp_path.iterdir())), "--jobs", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    until(lambda: len(children(process.pid)) >= 2)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def children(pid: int) -> list[int]:
    """The processes that it has begun."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(after_name[1]) == pid and after_name[0] != "Z":
            found.append(int(status.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Callable[[], bool]) -> None:
    """Wait for it; a machine that is busy takes its time."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not come to that within a minute"
        time.sleep(0.02)


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@linux
@pytest.mark.parametrize(
    "number", sampled([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], every=3)
)
def test_no_worker_outlives_the_command(marking: subprocess.Popen[bytes], number: int) -> None:
    workers = children(marking.pid)
    marking.send_signal(number)
    marking.communicate(timeout=60)
    until(lambda: not any(map(alive, workers)))


@linux
@pytest.mark.parametrize("to_all", [True, False], ids=["the terminal's Ctrl-C", "kill -INT"])
def test_an_interrupt_ends_it_without_marking_the_rest(
    marking: subprocess.Popen[bytes], to_all: bool
) -> None:
    workers = children(marking.pid)
    if to_all:
        os.killpg(marking.pid, signal.SIGINT)
    else:
        marking.send_signal(signal.SIGINT)
    _, said = marking.communicate(timeout=60)
    assert marking.returncode == 130
    assert b"Traceback" not in said
    until(lambda: not any(map(alive, workers)))


@linux
def test_what_a_worker_was_marking_when_it_was_killed_is_marked_by_another(tmp_path: Path) -> None:
    """Nothing is lost, nothing is marked twice, and the order stays."""
    files = [tmp_path / f"{n}.txt" for n in range(3)]
    for file in files:
        file.write_text(LONG, encoding="utf-8")
    command = [*COMMAND, "check", str(tmp_path), "--jobs", "2", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until(lambda: len(children(process.pid)) >= 2)
        os.kill(children(process.pid)[0], signal.SIGKILL)
        out, said = process.communicate(timeout=120)
    sheets = json.loads(out)["worksheets"]
    assert [sheet["file"] for sheet in sheets] == [*map(str, files)]
    assert not any(sheet["failure"] for sheet in sheets)
    assert said == b""
    assert b"Traceback" not in said


def test_a_derivative_by_an_array_is_worked_out_by_element(tmp_path: Path) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text("x = [2, 3]\nW = [[1, 4], [5, 6]]\nz = W·x\nE = z_1 - 2z_2\n", encoding="utf-8")
    answer = json.loads(run("derive", str(file), "dE/dW", "--format", "json").stdout)
    values = {element["name"]: element["value"] for element in answer["elements"]}
    assert values == {"dE/dW11": 2, "dE/dW12": 3, "dE/dW21": -4, "dE/dW22": -6}
    # One element is one derivation, as ever, and a name that is none is refused.
    assert json.loads(run("derive", str(file), "dE/dW21", "--format", "json").stdout)["value"] == -4
    assert "has no 'q'" in run("derive", str(file), "dE/dq").stderr


@pytest.mark.parametrize(
    ("lines", "asked", "said"),
    [
        ("w = 0.5\nH = 0.5\nR = 0.05*0.5^2 = 0.0125", "dR/dw", "R has only figures on line 3"),
        ("x = 2\np = 2 * / 3 = 0.5\nL = p^2", "dL/dx", "p stands on a line that could not be read"),
        ("x = 2\ny = 3\nL = x^2", "dL/dy", ""),
    ],
)
def test_a_slope_through_what_is_known_in_part_is_in_doubt(
    tmp_path: Path, lines: str, asked: str, said: str
) -> None:
    file = tmp_path / "sheet.txt"
    file.write_text(lines, encoding="utf-8")
    answer = run("derive", str(file), asked, "--format", "json")
    assert said in run("derive", str(file), asked).stdout
    record = json.loads(answer.stdout)
    assert said in record["reason"]
    assert said in answer.stderr
    assert record["value"] == (None if said else 0)


# Files that are saved again.


def test_a_file_is_marked_again_when_it_is_saved(tmp_path: Path) -> None:
    """And when it has gone meanwhile, and come back, as some editors do it."""
    file = tmp_path / "sheet.txt"
    file.write_text(WRONG, encoding="utf-8")
    command = [*COMMAND, "check", str(file), "--watch", "--format", "short"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as watching:
        late = threading.Timer(60, watching.kill)  # else a line that does not come is waited for
        late.start()
        try:
            assert watching.stdout is not None
            assert watching.stderr is not None
            assert ": wrong: " in watching.stdout.readline()
            file.write_text(f"{WRONG}z = )\n", encoding="utf-8")
            assert "saved: " in watching.stderr.readline()
            assert ": wrong: " in watching.stdout.readline()
            assert ": unreadable: " in watching.stdout.readline()
            file.unlink()
            assert "saved: " in watching.stderr.readline()
            assert "no such file" in watching.stderr.readline()
            file.write_text(WRONG, encoding="utf-8")
            assert ": wrong: " in watching.stdout.readline()
        finally:
            late.cancel()
            watching.send_signal(signal.SIGINT)
            late = threading.Timer(60, watching.kill)
            late.start()
    late.cancel()
    assert watching.returncode == 130


def test_an_assignment_is_read_again_when_it_is_saved(tmp_path: Path) -> None:
    key, sheet = tmp_path / "key.txt", tmp_path / "sheet.txt"
    key.write_text("x = 2\ny = x^2 = ? [1]\n", encoding="utf-8")
    sheet.write_text("x = 2\ny = x^2 = 4\n", encoding="utf-8")
    command = [*COMMAND, "check", str(sheet), "--key", str(key), "--watch", "--format", "csv"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as watching:
        late = threading.Timer(60, watching.kill)
        late.start()
        assert watching.stdout is not None
        before = [watching.stdout.readline() for _ in range(3)]
        key.write_text("x = 2\ny = x^3 = ? [5]\n", encoding="utf-8")
        after = [watching.stdout.readline() for _ in range(3)]
        late.cancel()
        watching.kill()
    assert before[-1].rstrip().endswith(",1.0,1.0")
    assert after[-1].rstrip().endswith(",0.0,5.0")


def test_standard_input_is_not_watched() -> None:
    done = run("check", "-", "--watch", input=RIGHT)
    assert done.returncode == 2
    assert "standard input" in done.stderr
