"""Audit: silent on an honest log, and names the first commit that breaks a rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitlog_track.git.process import Child, Git
from gitlog_track.log.audit import Audit, audit_log
from gitlog_track.log.layout import LOG_REF
from tests.support.clones import Clone, merger
from tests.support.examples import OTHER_WRITER, line

Files = dict[str, bytes]


@pytest.fixture
def honest(clone: Clone) -> Clone:
    """A log of three folds, of two tasks."""
    for number in range(3):
        clone.record(task="P1-001", text=f"note {number}")
        clone.record(task="P1-002", text=f"note {number}")
        clone.fold()
    return clone


def audit(clone: Clone) -> Audit:
    return audit_log(clone.log)


def segment(files: Files, task: str = "P1-001") -> str:
    return next(p for p in files if f"/{task}/" in p)


def test_no_log_is_sound(clone: Clone) -> None:
    assert audit(clone) == Audit(0, 0, ())


def test_an_honest_log_of_many_folds_is_sound(clone: Clone) -> None:
    for number in range(25):
        for task in ("P1-001", "P1-002", "P1-003"):
            clone.record(task=task, text=str(number))
            clone.record(task=task, text=str(number))
        clone.record(subject="phase", task="P1", text="x")
        clone.record(subject="unassigned", task="", text="x")
        clone.fold()
    clone.run("gc", "-q")
    found = audit(clone)
    assert found == Audit(25, 200, ())


CHANGES: dict[str, tuple[Callable[[Files], Files], str]] = {
    "line removed": (
        lambda f: {
            **f,
            segment(f): b"".join(f[segment(f)].splitlines(keepends=True)[1:]),
        },
        "1 line of .*P1-001.* gone or changed",
    ),
    "line changed": (
        lambda f: {**f, segment(f): f[segment(f)].replace(b"note 1", b"note 9")},
        "1 line of .* gone or changed",
    ),
    "segment removed": (
        lambda f: {p: d for p, d in f.items() if p != segment(f)},
        "3 lines of .* gone or changed",
    ),
    "segment cut": (
        lambda f: {**f, segment(f): f[segment(f)][:-1]},
        "1 line of .* gone or changed",
    ),
    "segment emptied": (
        lambda f: {**f, segment(f): b""},
        "3 lines of .* gone or changed",
    ),
    "format changed": (
        lambda f: {**f, "format.json": b'{ "format":1}\n'},
        r"format\.json was changed",
    ),
    "format newer": (lambda f: {**f, "format.json": b'{"format":2}'}, "format 2"),
    "format removed": (
        lambda f: {p: d for p, d in f.items() if p != "format.json"},
        r"no format\.json",
    ),
    "stranger added": (
        lambda f: {**f, "notes.txt": b"x\n"},
        r"notes\.txt.* no segment",
    ),
    "stranger in a task": (
        lambda f: {**f, segment(f) + "x": b"x\n"},
        "no segment's name",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_first_commit_that_breaks_a_rule_is_named(
    honest: Clone, change: str
) -> None:
    alter, said = CHANGES[change]
    files = honest.files()
    tip = str(honest.tip)
    bad = honest.forge_files(alter(files), tip)
    worse = honest.forge_files(
        alter({**files, "format.json": files["format.json"]}), bad
    )
    found = audit(honest)
    assert found.findings[0].commit == bad != worse
    assert found.commits == 5
    import re

    assert re.search(said, found.findings[0].text)


def test_what_was_taken_out_and_put_back_is_still_found(honest: Clone) -> None:
    files = honest.files()
    alter, _ = CHANGES["segment removed"]
    bad = honest.forge_files(alter(files), str(honest.tip))
    honest.forge_files(files, bad)
    assert [f.commit for f in audit(honest).findings] == [bad]


def test_a_wrong_mode_is_found(honest: Clone) -> None:
    files = honest.files()
    blob = honest.text("rev-parse", f"{LOG_REF}:{segment(files)}")
    row = f"100755 blob {blob}\tx-000001\n".encode()
    tree = honest.text("mktree", stdin=row)
    root = (
        honest.run("ls-tree", LOG_REF) + f"\n040000 tree {tree}\tunassigned\n".encode()
    )
    bad = honest.forge(honest.text("mktree", stdin=root), str(honest.tip))
    found = audit(honest).findings
    assert (found[0].commit, "mode 100755" in found[0].text) == (bad, True)


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        (line("note_recorded", 9, task="P1-001", text="x", id="f" * 32), "does not carry the id"),
        (line("commit_recorded", 9, task="P1-002", commit="a" * 40, operation="commit").replace(
            b'"P1-002"', b'"P1-001"'), "does not carry the id"),
        (b"junk", "cannot be read"),
    ],
)  # fmt: skip
def test_an_added_line_that_no_version_writes_is_found(
    honest: Clone, forged: bytes, said: str
) -> None:
    files = honest.files()
    path = segment(files)
    honest.forge_files({**files, path: files[path] + forged + b"\n"}, str(honest.tip))
    (finding,) = audit(honest).findings
    assert finding.text.startswith(f"{path}: ")
    assert said in finding.text


def test_one_event_told_in_two_ways_is_found(honest: Clone) -> None:
    files = honest.files()
    path = segment(files)
    other = path.replace(honest.writer, OTHER_WRITER)
    honest.forge_files(
        {**files, other: files[path].replace(b"note 1", b"note 9")}, str(honest.tip)
    )
    (finding,) = audit(honest).findings
    assert "told in two ways" in finding.text


# merges


def merged(clone: Clone, keep: Callable[[Files, Files], Files]) -> tuple[str, str, str]:
    """Merge two lines of the log that grew apart; return both tips and the merge."""
    base, files = str(clone.tip), clone.files()
    path = segment(files).replace(clone.writer, OTHER_WRITER)
    theirs = {**files, path: line("note_recorded", 9, task="P1-001", text="b") + b"\n"}
    one = clone.forge_files(theirs, base)
    clone.run("update-ref", LOG_REF, base)
    clone.record(task="P1-001", text="a")
    clone.fold()
    other, mine = str(clone.tip), clone.files()
    return one, other, clone.forge_files(keep(mine, theirs), one, other)


def test_a_merge_that_keeps_both_sides_is_sound(honest: Clone) -> None:
    merged(honest, lambda mine, theirs: {**theirs, **mine})
    found = audit(honest)
    assert (found.commits, found.events, found.findings) == (6, 8, ())


@pytest.mark.parametrize("kept", [0, 1])
def test_a_merge_that_drops_a_side_is_named(honest: Clone, kept: int) -> None:
    *_, merge = merged(honest, lambda *sides: sides[kept])
    found = audit(honest).findings
    assert {f.commit for f in found} == {merge}
    assert "gone or changed" in found[0].text


def test_history_that_is_not_there_is_no_clean_audit(honest: Clone) -> None:
    files = honest.files()
    blob = honest.text("rev-parse", f"{LOG_REF}~1:{segment(files)}")
    (honest.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = audit(honest).findings
    assert any("missing" in f.text for f in found)


# merges


@pytest.fixture
def joined(honest: Clone) -> Clone:
    """The honest log, joined with another that went on from its second fold."""
    honest.record(task="P1-004", text="one")
    honest.fold()
    tips = [str(honest.tip)]
    honest.run("update-ref", LOG_REF, f"{LOG_REF}~2")
    Path(honest.home.path, "writer").unlink()
    honest.record(task="P1-003", text="another")
    honest.record(task="P1-001", text="another")
    honest.fold()
    merger(honest).merge(tips[0])
    return honest


def parents(clone: Clone) -> list[str]:
    return clone.text("rev-parse", f"{LOG_REF}^1", f"{LOG_REF}^2").split("\n")


def test_a_merge_of_two_logs_is_sound(joined: Clone) -> None:
    assert joined.text("log", "-1", "--format=%s", LOG_REF) == "Merge two logs"
    assert audit(joined) == Audit(6, 9, ())


@pytest.mark.parametrize("of", [0, 1])
def test_a_merge_that_drops_what_one_parent_has_is_found(
    joined: Clone, of: int
) -> None:
    both = parents(joined)
    files = joined.files()
    one = joined.text("ls-tree", "-r", "--name-only", both[of]).split("\n")
    other = joined.text("ls-tree", "-r", "--name-only", both[1 - of]).split("\n")
    only = next(path for path in one if path not in other)
    del files[only]
    made = joined.forge_files(files, *both)
    findings = audit(joined).findings
    assert [f.commit for f in findings] == [made]
    assert re.search(f"of {only} gone", findings[0].text)


def test_a_merge_that_says_something_of_its_own_is_found(joined: Clone) -> None:
    both = parents(joined)
    files = joined.files()
    path = segment(files)
    files[path] += line("note_recorded", 99, task="P1-001", text="slipped in") + b"\n"
    made = joined.forge_files(files, *both)
    findings = audit(joined).findings
    assert [f.commit for f in findings] == [made]
    assert "1 line that no parent of this merge has" in findings[0].text


def test_audit_starts_as_many_processes_for_many_commits_as_for_few(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    real = Git.start

    def start(self: Git, *args: str, **kwargs: Any) -> Child:
        started.append(args[0])
        return real(self, *args, **kwargs)

    for number in range(12):
        clone.record(task="P1-001", text=str(number))
        clone.fold()
    monkeypatch.setattr(Git, "start", start)
    assert audit(clone).findings == ()
    assert Counter(started)["diff-tree"] == 1
    assert len(started) < 10
