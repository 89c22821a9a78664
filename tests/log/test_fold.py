"""Folding: segments, order over writers, identities, and the ref's own rules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.errors import GitlogTrackError, LogBusyError, LogError
from gitlog_track.log import fold as fold_module
from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import LOG_REF, Subject
from gitlog_track.log.ref import LogRef
from gitlog_track.log.settings import Settings
from gitlog_track.model.ids import span_id, trace_id
from tests.support.clones import Clone
from tests.support.examples import OWN_FIELDS, PHASE_KINDS, line
from tests.support.hooks import executable

TASK = Subject("task", "P1-009")
PROJECT = Path(fold_module.__file__).parents[2]


def test_what_was_recorded_is_in_the_log_and_the_journal_is_empty(clone: Clone) -> None:
    for kind in OWN_FIELDS:
        subject = "phase" if kind in PHASE_KINDS else "task"
        clone.record(
            kind, subject=subject, task="P1" if subject == "phase" else "P1-009"
        )
    assert clone.fold() == len(OWN_FIELDS)
    assert clone.waiting == []
    assert {e["kind"] for e in clone.events()} == set(OWN_FIELDS)
    codes = {p.code for p in clone.log.state(TASK).problems}
    assert codes <= {"ended_twice", "after_end", "end_before_begin"}
    assert audit_log(clone.log).findings == ()


def test_folding_nothing_changes_nothing(clone: Clone) -> None:
    assert clone.fold() == 0
    assert clone.tip is None
    clone.record()
    clone.fold()
    tip = clone.tip
    assert clone.fold() == 0
    assert clone.tip == tip


def test_a_fold_is_one_commit_that_reads_as_a_journal(clone: Clone) -> None:
    for task in ("A-1", "B-2", "C-3", "D-4"):
        clone.record(task=task, text="x")
    clone.fold()
    shown = clone.text("log", "--format=%an <%ae>%n%B", LOG_REF).split("\n")
    assert shown[0] == "C O Mitter <committer@example.org>"
    assert shown[1] == "Record 4 events of A-1, B-2, C-3 and 1 more"
    assert shown[3:8] == [
        "Task: A-1",
        "Task: B-2",
        "Task: C-3",
        "Task: D-4",
        "Events: 4",
    ]


# segments


def test_a_segment_is_filled_to_64_events_and_left_for_ever(clone: Clone) -> None:
    for number in range(63):
        clone.record(text=str(number))
    clone.fold()
    for number in range(63, 65):
        clone.record(text=str(number))
    clone.fold()
    first, second = (p for p in clone.paths() if p != "format.json")
    assert [len(clone.lines(p)) for p in (first, second)] == [64, 1]
    full = clone.text("rev-parse", f"{LOG_REF}:{first}")
    clone.record(text="65")
    clone.fold()
    assert clone.text("rev-parse", f"{LOG_REF}:{first}") == full
    assert clone.texts() == [str(n) for n in range(66)]
    assert [e["seq"] for e in clone.events()] == list(range(1, 67))


def test_many_events_of_one_fold_fill_segment_after_segment(clone: Clone) -> None:
    for number in range(200):
        clone.record(text=str(number))
    assert clone.fold() == 200
    assert [len(clone.lines(p)) for p in clone.paths()[1:]] == [64, 64, 64, 8]
    assert clone.texts() == [str(n) for n in range(200)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda blob: blob[:-1],
        lambda blob: blob[:-20],
        lambda blob: blob + b"alien\n",
        lambda blob: blob + b"\n",
        lambda blob: blob + b'{"a":[1}\n',
        lambda blob: blob + b"\xff\xfe\n",
        lambda _: b"alien",
    ],
)
def test_after_a_damaged_segment_the_fold_goes_on_in_a_new_one(
    clone: Clone, damage: Callable[[bytes], bytes]
) -> None:
    for text in ("one", "two"):
        clone.record(text=text)
    clone.fold()
    files = clone.files()
    (path,) = [p for p in files if p != "format.json"]
    forged = damage(files[path])
    clone.forge_files({**files, path: forged}, str(clone.tip))
    clone.record(text="three")
    assert clone.fold() == 1
    after = clone.files()
    assert after[path] == forged
    new = [
        json.loads(x) for p in after if p not in files for x in after[p].splitlines()
    ]
    assert [e["text"] for e in new] == ["three"]
    state = clone.log.state(TASK)
    assert "three" in {s.fields().get("text") for s in state.stored}
    assert all(e["seq"] > 1 for e in new) or forged == b"alien"


def test_a_damaged_segment_of_another_writer_holds_up_nobody(clone: Clone) -> None:
    clone.record(text="mine")
    clone.fold()
    files = clone.files()
    (path,) = [p for p in files if p != "format.json"]
    other = path.replace(clone.writer, "f5e4d3c2b1a0")
    good = line("note_recorded", 7, text="theirs")
    clone.forge_files({**files, other: good + b"\n" + b'{"a":[1}'}, str(clone.tip))
    clone.record(text="more")
    assert clone.fold() == 1
    assert clone.events(path)[-1]["seq"] == 8


def test_events_are_ordered_over_two_writers(clone: Clone, tmp_path: Path) -> None:
    clone.record(text="a1")
    clone.fold()
    subprocess.run(["cp", "-a", str(clone.path), str(tmp_path / "copy")], check=True)
    copy = Clone(tmp_path / "copy", clone.now_ns)
    for number in range(3):
        copy.record(text=f"b{number}")
    copy.fold()
    clone.run("fetch", "-q", str(copy.path), f"{LOG_REF}:refs/other")
    clone.run("update-ref", LOG_REF, "refs/other")
    clone.record(text="a2")
    clone.fold()
    events = clone.events()
    assert [(e["text"], e["seq"]) for e in events] == [
        ("a1", 1), ("b0", 2), ("b1", 3), ("b2", 4), ("a2", 5),
    ]  # fmt: skip
    # What was recorded before the copy first folded may have been copied with it.
    assert len({e["writer"] for e in events}) == 1
    copy.record(text="b3")
    copy.fold()
    assert len({e["writer"] for e in copy.events()}) == 2
    assert len(clone.paths()) == 3


# attempts, traces, phases


def test_traces_follow_from_root_and_task_and_agree_between_clones(
    clone: Clone, tmp_path: Path
) -> None:
    clone.commit("another")
    root = clone.text("rev-list", "--max-parents=0", "HEAD")
    subprocess.run(
        ["git", "clone", "-q", str(clone.path), str(tmp_path / "other")], check=True
    )
    other = Clone(tmp_path / "other")
    os.makedirs(other.home.journal)
    found = []
    for one in (clone, other):
        one.record("task_started")
        one.record("task_failed")
        one.record("task_retried")
        one.record(text="x")
        one.fold()
        found.append(
            [
                (e["attempt"], e["trace_id"], e["span_id"], e.get("retry_of"))
                for e in one.events()
            ]
        )
    assert found[0] == found[1]
    trace = trace_id(root, "P1-009")
    first, second = span_id(trace, 1), span_id(trace, 2)
    assert found[0] == [
        (1, trace, first, None), (1, trace, first, None),
        (2, trace, second, first), (2, trace, second, first),
    ]  # fmt: skip


def test_an_empty_repository_records_and_gets_its_trace_with_the_first_commit(
    tmp_path: Path,
) -> None:
    empty = Clone.make(tmp_path / "empty")
    empty.record(text="before any commit")
    assert empty.fold() == 1
    assert "trace_id" not in empty.events()[0]
    empty.commit("first")
    empty.record(text="after")
    empty.fold()
    assert empty.events()[1]["trace_id"] == trace_id(
        empty.text("rev-parse", "HEAD"), "P1-009"
    )
    assert empty.log.state(TASK).trace_id == empty.events()[1]["trace_id"]


def test_a_shallow_clone_invents_no_root(clone: Clone, tmp_path: Path) -> None:
    clone.commit("another")
    path = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{clone.path}", str(path)],
        check=True,
    )
    shallow = Clone(path)
    os.makedirs(shallow.home.journal)
    shallow.record(text="x")
    shallow.fold()
    assert "trace_id" not in shallow.events()[0]


@pytest.mark.parametrize(
    ("given", "before", "phase"),
    [(None, None, "P1"), ("P7", None, "P7"), (None, "P7", "P7"), ("P8", "P7", "P8")],
)
def test_the_phase_is_the_one_given_else_the_last_else_the_names(
    clone: Clone, given: str | None, before: str | None, phase: str
) -> None:
    if before:
        clone.record(text="x", phase=before)
    clone.record(text="y", **({"phase": given} if given else {}))
    clone.fold()
    assert clone.events()[-1]["phase"] == phase


# the ref


def test_the_reflog_exists_and_grows(clone: Clone) -> None:
    path = clone.path / ".git" / "logs" / LOG_REF
    for number in range(1, 4):
        clone.record()
        clone.fold()
        assert len(path.read_text().splitlines()) == number
    clone.run("pack-refs", "--all")
    clone.record()
    clone.fold()
    assert len(path.read_text().splitlines()) == 4


def test_a_packed_ref_is_read_and_moved(clone: Clone) -> None:
    clone.record(text="a")
    clone.fold()
    clone.run("pack-refs", "--all", "--prune")
    assert not (clone.path / ".git" / LOG_REF).exists()
    clone.record(text="b")
    clone.fold()
    assert clone.texts() == ["a", "b"]


def test_a_log_under_another_name(clone: Clone) -> None:
    clone.settings = Settings(ref="refs/notes/our/log")
    clone.record(text="a")
    clone.fold()
    assert clone.text("rev-parse", "refs/notes/our/log") == clone.tip
    assert clone.git.try_run("rev-parse", "-q", "--verify", LOG_REF)[0] != 0


def test_variables_of_another_repository_lead_nowhere(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Clone.make(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
    clone.record(text="x")
    assert clone.fold() == 1
    monkeypatch.undo()
    assert other.tip is None
    assert clone.texts() == ["x"]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after two tries, without pauses."""
    monkeypatch.setattr(fold_module, "TRIES", 2)
    monkeypatch.setattr(fold_module, "FIRST_PAUSE_S", 0)


def lock_of(clone: Clone, age_s: int) -> Path:
    path = clone.path / ".git" / f"{LOG_REF}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    at_ns = clone.now_ns + 10**9 - age_s * 10**9
    os.utime(path, ns=(at_ns, at_ns))
    return path


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("first", [True, False])
def test_a_stale_lock_is_removed_after_ten_minutes(
    clone: Clone, first: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not first:
        clone.record()
        clone.fold()
    lock = lock_of(clone, 601)
    clone.record(text="mine")
    assert clone.fold() == 1
    assert not lock.exists()
    said = f"gitlog-track: removed {lock}, which a git that was killed left there\n"
    assert capsys.readouterr().err == said


@pytest.mark.usefixtures("hasty")
def test_a_younger_lock_is_named_and_the_entry_stays(clone: Clone) -> None:
    lock = lock_of(clone, 599)
    entry = clone.record(text="mine")
    with pytest.raises(LogBusyError, match="599 s old") as caught:
        clone.fold()
    assert str(lock) in str(caught.value)
    assert caught.value.exit_code == 4
    assert clone.waiting == [entry]
    assert lock.exists()
    lock.unlink()
    assert clone.fold() == 1


@pytest.mark.usefixtures("hasty")
def test_a_ref_that_keeps_moving_ends_in_a_clear_error(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogRef, "advance", lambda *_, **__: None)
    entry = clone.record()
    with pytest.raises(LogBusyError, match="moved or locked again and again"):
        clone.fold()
    assert clone.waiting == [entry]


FIRST_FOLD = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from gitlog_track.git.process import Git
from gitlog_track.log.layout import FORMAT_BLOB, LOG_REF
from gitlog_track.log.ref import Change, LogRef
common, who, start = sys.argv[2], sys.argv[3], sys.argv[4]
ref = LogRef(Git(common, os.environ), common, LOG_REF)
child = ref.begin(fsync=False)
header = f"author {who} <> 1 +0000\\ncommitter {who} <> 1 +0000\\ndata 1\\nx".encode()
Path(f"{start}.{who}").touch()
while not os.path.exists(start):
    time.sleep(0.001)
change = Change([], header, {"format.json": FORMAT_BLOB})
made = ref.advance(child, change, lambda made: None)
print(made or "")
"""


def test_the_first_creation_has_one_winner(clone: Clone, tmp_path: Path) -> None:
    """Processes that do not share our lock race for the first commit of the log."""
    for round_ in range(5):
        start = tmp_path / f"start-{round_}"
        racers = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    FIRST_FOLD,
                    str(PROJECT),
                    clone.home.common_dir,
                    f"w{n}",
                    str(start),
                ],
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(6)
        ]
        while not all((tmp_path / f"{start.name}.w{n}").exists() for n in range(6)):
            assert all(r.poll() is None for r in racers)
        start.touch()
        winners = [out for r in racers if (out := r.communicate(timeout=60)[0].strip())]
        assert winners == [clone.tip]
        clone.run("update-ref", "-d", LOG_REF)


def test_errors_of_a_fold_are_of_our_own_tree(clone: Clone) -> None:
    clone.run("update-ref", LOG_REF, "HEAD")
    clone.record()
    with pytest.raises(GitlogTrackError) as caught:
        clone.fold()
    assert caught.value.exit_code == 4


def test_a_disk_that_takes_nothing_is_told_of_at_once(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was waited for as for another git, and called a lock."""
    shim = executable(
        tmp_path / "bin" / "git",
        f"""#!/bin/sh
case "$*" in
*fast-import*) echo "fatal: cannot create x: No space left on device" >&2; exit 128 ;;
esac
exec {shutil.which("git")} "$@"
""",
    )
    monkeypatch.setenv("PATH", str(shim.parent), prepend=":")
    entry = clone.record()
    folder = clone.folder(patience_s=60.0)
    with pytest.raises(LogError, match="cannot create x: No space left"):
        folder.fold()
    assert clone.waiting == [entry]
