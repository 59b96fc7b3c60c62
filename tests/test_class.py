"""A class handed in: folders and archives, a row for every file, pages with an index, resumed."""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from command import run

from micrograd_like.cli import jobs
from micrograd_like.cli.files import Given
from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet

RIGHT = "x = 2\ny = x^2 = 4\ndy/dx = 2x = 4\n"
WRONG = "x = 2\ny = x^2 = 4\ndy/dx = x^2 = 4\n"
#: What stands beside the pages of a class.
BESIDE = {"index.html", "class.csv", "marks.jsonl"}
#: What is handed in, and how each is to come out: lines right, or None where there are none.
HANDED_IN: dict[str, tuple[bytes, int | None]] = {
    "anna.txt": (RIGHT.encode(), 2),
    "ben.md": (b"Given $x = 2$ and $y = x^2$ we get $\\frac{dy}{dx} = 2x = 4$.\n", 1),
    "cleo/backward.py": (b"x = 2.0\ny = x ** 2\ndy_dx = 2 * x\n", 1),
    "cleo/sheet.txt": (WRONG.encode(), 1),
    "dan.txt": (b"", None),
    "eve.png": (bytes(range(256)), None),
    "作业一.txt": (RIGHT.encode("utf-16"), 2),
    "<b>&.txt": (RIGHT.encode(), 2),
    "broken.ipynb": (b"{", None),
}


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    for name, (data, _) in HANDED_IN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._anna.txt").write_bytes(b"\0")
    return folder


def archived(folder: Path, name: str) -> Path:
    out = folder.parent / name
    files = [path for path in folder.rglob("*") if path.is_file()]
    if name.endswith(".zip"):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(folder))
    else:
        with tarfile.open(out, "w:gz") as tar:
            for file in files:
                tar.add(file, file.relative_to(folder))
    return out


@pytest.mark.parametrize("how", ["folder", "hand-in.zip", "hand-in.tar.gz"])
def test_every_file_has_its_row(how: str, handed_in: Path) -> None:
    where = handed_in if how == "folder" else archived(handed_in, how)
    done = run("check", str(where), "--format", "json")
    sheets = {sheet["file"]: sheet for sheet in json.loads(done.stdout)["worksheets"]}
    assert sorted(sheets) == sorted(f"{where}/{name}" for name in HANDED_IN)
    for name, (_, right) in HANDED_IN.items():
        found = sheets[f"{where}/{name}"]
        assert found["right"] == (right or 0), name
        assert bool(found["failure"] or not found["lines"]) == (right is None), name
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_table_and_the_spreadsheet_have_them_too(handed_in: Path) -> None:
    said = run("check", str(handed_in)).stdout
    table = said[said.rindex("\nworksheet ") :]
    for name in HANDED_IN:
        assert name in table
    rows = [*csv.DictReader(io.StringIO(run("check", str(handed_in), "--format", "csv").stdout))]
    failed = {Path(row["file"]).name for row in rows if not row["line"]}
    assert failed == {"eve.png", "broken.ipynb"}
    assert all(row["message"] for row in rows)


def test_a_fault_of_the_program_costs_one_row(
    handed_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(sheet: Worksheet, given: Given, wanted: jobs.Wanted) -> tuple[Report, Worksheet]:
        if given.name.endswith("anna.txt"):
            raise ZeroDivisionError("float division")
        return marked(sheet, given, wanted)

    marked = jobs.report_of
    monkeypatch.setattr(jobs, "report_of", failing)
    done = run("check", str(handed_in), "--format", "json")
    sheets = {Path(one["file"]).name: one for one in json.loads(done.stdout)["worksheets"]}
    assert len(sheets) == len(HANDED_IN)
    assert "fault of this program, ZeroDivisionError: float" in sheets["anna.txt"]["failure"]
    assert sheets["ben.md"]["right"] == 1


def test_what_a_process_hands_back_is_the_whole_report() -> None:
    """Also where a formula of it has been worked out again and again to find the cause."""
    report = Worksheet.parse("x = 2\ny = sigmoid(x) = log10(2) = 0.301").check()
    assert report.causes
    assert pickle.loads(pickle.dumps(report)).record() == report.record()


def test_a_missing_file_has_a_row_beside_the_others(handed_in: Path) -> None:
    files = [str(handed_in / name) for name in ("anna.txt", "zoe.txt", "ben.md")]
    done = run("check", *files, "--format", "json")
    sheets = json.loads(done.stdout)["worksheets"]
    assert [sheet["file"] for sheet in sheets] == files
    assert [bool(sheet["failure"]) for sheet in sheets] == [False, True, False]
    assert "zoe.txt" in done.stderr


@pytest.mark.parametrize("name", ["damaged.zip", "damaged.tar.gz", "locked.zip"])
def test_an_archive_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK\3\4 nothing of the kind" + bytes(40))
    done = run("check", str(tmp_path / name))
    assert done.returncode == 2
    assert "expected an archive that can be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_an_archive_is_written_anywhere(tmp_path: Path) -> None:
    """Least of all outside: names with .. are names."""
    out = tmp_path / "in" / "a.zip"
    out.parent.mkdir()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.txt", RIGHT)
    before = sorted(tmp_path.rglob("*"))
    done = run("check", str(out), "--page", str(tmp_path / "pages"))
    assert done.returncode == 0
    made = [path for path in sorted(tmp_path.rglob("*")) if path not in before]
    assert {path.name for path in made} == {"pages", "evil.txt.html", *BESIDE}
    assert all(path.name == "pages" or path.parent.name == "pages" for path in made)


# Pages.


def test_a_folder_of_pages_has_one_for_each_and_an_index(handed_in: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    done = run("check", str(handed_in), "--page", str(pages))
    assert done.returncode == 2
    index = (pages / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'<a href="([^"]+)"', index))
    marked = [name for name, (_, right) in HANDED_IN.items() if right is not None]
    made = {path.name for path in pages.glob("*.html")} - {"index.html"}
    assert {"anna.txt.html", "cleo-sheet.txt.html", "dan.txt.html"} <= made
    assert len(made) == len(marked) + 1, "the empty one has a page, what cannot be read has none"
    assert len(linked) == len(made)
    assert "<b>&" not in index
    assert index.count("could not be marked") == 2


def test_a_run_that_was_broken_off_goes_on_to_the_same_result(
    handed_in: Path, tmp_path: Path
) -> None:
    pages, asked = tmp_path / "pages", ["check", str(handed_in), "--format", "json", "--page"]
    whole = run(*asked, str(pages))
    first = {path.name: path.stat().st_mtime_ns for path in pages.glob("*.html")}
    index = (pages / "index.html").read_text(encoding="utf-8")
    rows = (pages / "marks.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    half = "".join(rows[:3]) + rows[3][: len(rows[3]) // 2]  # killed while it was writing
    (pages / "marks.jsonl").write_text(half, encoding="utf-8")
    again = run(*asked, str(pages))
    assert again.stdout == whole.stdout
    assert again.returncode == whole.returncode
    assert (pages / "index.html").read_text(encoding="utf-8") == index
    kept = [n for n, t in first.items() if (pages / n).stat().st_mtime_ns == t]
    assert len(kept) == 3, "what was done is not done again"
    assert run(*asked, str(pages)).stdout == whole.stdout


def test_what_has_changed_is_marked_again(handed_in: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    asked = ["check", str(handed_in), "--page", str(pages), "--format", "json"]
    run(*asked)
    (handed_in / "anna.txt").write_text(WRONG, encoding="utf-8")
    sheets = json.loads(run(*asked).stdout)["worksheets"]
    assert [s["wrong"] for s in sheets if s["file"].endswith("anna.txt")] == [1]
    hinted = json.loads(run(*asked, "--hint", "line").stdout)["worksheets"]
    assert {sheet["hint"] for sheet in hinted} == {"line"}


def test_of_a_class_one_file_may_be_the_page(handed_in: Path, tmp_path: Path) -> None:
    page = tmp_path / "class.html"
    run("check", str(handed_in), "--page", str(page))
    assert page.is_file()
    assert "<a href" not in page.read_text(encoding="utf-8")


def test_one_worksheet_goes_into_a_folder_where_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "anna.txt").write_text(RIGHT, encoding="utf-8")
    run("check", str(tmp_path / "anna.txt"), "--page", f"{tmp_path}/pages/")
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {
        "anna.txt.html",
        "index.html",
        "class.csv",
        "marks.jsonl",
    }


def test_pages_do_not_go_over_worksheets(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "a.txt.html").write_text(RIGHT, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.txt", "a.txt.html", "b.txt")]
    done = run("check", *files, "--page", f"{tmp_path}/")
    assert done.returncode == 2
    assert "name another folder" in done.stderr
    assert (tmp_path / "a.txt.html").read_text(encoding="utf-8") == RIGHT


def test_the_class_page_shows_points(handed_in: Path, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("x = 2\ny = x^2 = ? [1]\ndy/dx = ? [3]\n", encoding="utf-8")
    asked = ["check", str(handed_in), "--key", str(tmp_path / "key.txt")]
    done = run(*asked, "--page", str(tmp_path / "pages"), "--format", "json")
    points = {
        Path(sheet["file"]).name: sheet["points"] for sheet in json.loads(done.stdout)["worksheets"]
    }
    assert points["anna.txt"] == 4
    assert points["sheet.txt"] == 1
    assert points["dan.txt"] == points["eve.png"] == 0
    index = (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")
    assert "4 of 4" in index
    assert "by share of points" in index


# Assignments, one for each or one for some.

KEYS = {"Ada-Lovelace": 2, "Zoë-Ng": 3, "week-2": 5, "Lee": 7}


def handed_in_by(name: str, x: int) -> str:
    return f"x = {x}\ny = x^2 = {x * x}\n# {name}\n"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    for name, x in KEYS.items():
        text = f"x = {x}\ny = x^2 = ? [{x}]\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "seeds.csv").write_text("name,seed,file\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("Ada-Lovelace.txt", "Ada-Lovelace"),
        ("ada lovelace_4711_assignsubmission_file_/my sheet.txt", "Ada-Lovelace"),
        ("zoë ng.md", "Zoë-Ng"),
        ("Zoe\u0308_Ng (2).txt", "Zoë-Ng"),
        ("week 2/anna.txt", "week-2"),
        ("Lee/week-2.txt", "week-2"),
        ("Lee/week-3.txt", "Lee"),
        ("week-2/Lee Ann.txt", "Lee"),
        ("week-21/anna.txt", None),
        ("Ada/sheet.txt", None),
        ("Leeann.txt", None),
        ("Lee and Zoë Ng.txt", "Zoë-Ng"),
    ],
)
def test_a_worksheet_is_held_against_the_assignment_of_its_name(
    file: str, key: str | None, keys: Path, tmp_path: Path
) -> None:
    path = tmp_path / "in" / file
    path.parent.mkdir(parents=True)
    path.write_text(handed_in_by(file, KEYS.get(key or "", 1)), encoding="utf-8")
    done = run("check", str(path), "--key", str(keys), "--format", "json")
    found = [(one["points"], one["of"]) for one in json.loads(done.stdout)["worksheets"]]
    assert found == ([] if key is None else [(KEYS[key], KEYS[key])])
    assert ("expected an assignment that is called like it" in done.stderr) is (key is None)


def test_a_class_with_a_key_for_each_has_a_row_for_who_handed_in_nothing(
    keys: Path, tmp_path: Path
) -> None:
    folder, pages = tmp_path / "in", tmp_path / "pages"
    folder.mkdir()
    for name in ("Ada-Lovelace", "Lee"):
        (folder / f"{name}.txt").write_text(handed_in_by(name, 2), encoding="utf-8")
    (folder / "nobody.txt").write_text(RIGHT, encoding="utf-8")
    (keys / "week-2.txt").write_text("x = 2\ny = x^2 = 5\n", encoding="utf-8")
    (folder / "week-2.txt").write_text(RIGHT, encoding="utf-8")
    done = run("check", str(folder), "--key", str(keys), "--page", str(pages), "-j", "2")
    assert done.returncode == 2
    rows = [*csv.DictReader(io.StringIO((pages / "class.csv").read_text(encoding="utf-8")))]
    found = {
        Path(row["worksheet"]).stem: (row["points"], row["of"], row["failure"]) for row in rows
    }
    assert found["Ada-Lovelace"] == ("2.0", "2.0", "")
    assert found["Lee"][:2] == ("7.0", "7.0"), "an altered given, from which all follows"
    assert found["Zoë-Ng"] == ("0.0", "3.0", "nothing was handed in")
    assert "called like it" in found["nobody"][2]
    assert "is not right itself: line 2" in found["week-2"][2]
    (keys / "Lee.txt").write_text("x = 2\ny = x^2 = ? [9]\n", encoding="utf-8")
    again = run("check", str(folder), "--key", str(keys), "--page", str(pages))
    said = " ".join(again.stdout.split())
    assert "Ada-Lovelace.txt: marked before" in said
    assert "Lee.txt: marked before" not in said
    assert "9 of 9" in said


@pytest.mark.parametrize(
    ("name", "said"), [("LEE.md", "names differ in letters or digits"), ("", "got none")]
)
def test_a_folder_without_a_key_for_a_name_or_with_two_is_refused(
    name: str, said: str, keys: Path, tmp_path: Path
) -> None:
    (tmp_path / "lee.txt").write_text(RIGHT, encoding="utf-8")
    if name:
        (keys / name).write_text("x = 2\ny = x^2 = ?\n", encoding="utf-8")
    else:
        for file in keys.glob("*.txt"):
            file.unlink()
    done = run("check", str(tmp_path / "lee.txt"), "--key", str(keys))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_long_name_keeps_both_its_ends(tmp_path: Path) -> None:
    for name in ("Ada Lovelace", "Zoë Ng"):
        folder = tmp_path / "in" / f"{name}_4711_assignsubmission_file_"
        folder.mkdir(parents=True)
        (folder / "my calculation by hand.txt").write_text(RIGHT, encoding="utf-8")
    said = run("check", str(tmp_path / "in")).stdout
    table = said[said.rindex("\nworksheet ") :]
    assert [row[:3] for row in table.splitlines() if "hand.txt" in row] == ["Ada", "Zoë"]
