"""The log's tree is believed only when it is well formed, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitlog_track.errors import (
    GitError,
    GitlogTrackError,
    LogCorruptError,
    LogFormatError,
)
from gitlog_track.git.objects import MissingObjectError, ObjectReader
from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import (
    FORMAT_BLOB,
    LOG_REF,
    UNASSIGNED,
    Subject,
    directory,
    segment_name,
)
from gitlog_track.log.tree import LogTree, check_format
from tests.support.clones import Clone
from tests.support.examples import WRITER, line

TASK = Subject("task", "P1-009")
_, FAN, NAME = directory(TASK).split("/")
SEGMENT = segment_name(TASK, WRITER, 1)
FILE, TREE = "100644", "40000"
Row = tuple[str, bytes, str]


def root(clone: Clone, *rows: Row) -> str:
    """A root with the format and other rows, in git's order."""
    format_row = (FILE, b"format.json", clone.blob(FORMAT_BLOB))
    return clone.tree(*sorted((format_row, *rows), key=lambda r: r[1]))


def below(clone: Clone, *rows: Row) -> str:
    """A root whose task directory has these rows."""
    task = clone.tree(*rows)
    fan = clone.tree((TREE, NAME.encode(), task))
    return root(clone, (TREE, b"tasks", clone.tree((TREE, FAN.encode(), fan))))


def segment(clone: Clone) -> Row:
    return (FILE, SEGMENT.encode(), clone.blob(line("task_started") + b"\n"))


def read_all(clone: Clone) -> None:
    """Read everything there is, the way commands do."""
    log = clone.log
    log.state(TASK)
    log.unassigned()
    list(log.states("task"))
    list(log.states("phase"))


def test_a_well_formed_tree_is_read(clone: Clone) -> None:
    clone.forge(below(clone, segment(clone)))
    read_all(clone)
    assert clone.log.state(TASK).started is not None
    assert audit_log(clone.log).findings == ()


def test_before_the_first_fold_there_is_nothing(clone: Clone) -> None:
    read_all(clone)
    assert clone.log.state(TASK).stored == ()
    assert list(clone.log.states("task")) == []


HOSTILE: dict[str, Callable[[Clone], str]] = {
    "dot dot": lambda c: below(c, (FILE, b"..", c.blob(b"x"))),
    "dot git": lambda c: below(c, (FILE, b".git", c.blob(b"x"))),
    "escape": lambda c: below(c, (FILE, b"\x1b[31m" + SEGMENT.encode(), c.blob(b"x"))),
    "no utf-8": lambda c: below(c, (FILE, b"\xff\xfe", c.blob(b"x"))),
    "newline": lambda c: below(c, (FILE, SEGMENT.encode() + b"\n", c.blob(b"x"))),
    "twice": lambda c: below(c, segment(c), segment(c)),
    "symlink": lambda c: below(c, ("120000", SEGMENT.encode(), c.blob(b"/etc/passwd"))),
    "gitlink": lambda c: below(c, ("160000", SEGMENT.encode(), "1" * 40)),
    "executable": lambda c: below(c, ("100755", SEGMENT.encode(), c.blob(b"x"))),
    "tree for a segment": lambda c: below(c, (TREE, SEGMENT.encode(), c.tree())),
    "tree said to be a file": lambda c: below(c, (FILE, SEGMENT.encode(), c.tree())),
    "blob said to be a tree": lambda c: root(c, (TREE, b"tasks", c.blob(b"x"))),
    "file for tasks": lambda c: root(c, (FILE, b"tasks", c.blob(b"x"))),
    "link for tasks": lambda c: root(c, ("120000", b"tasks", c.blob(b"/etc"))),
    "tasks twice": lambda c: root(
        c, (TREE, b"tasks", c.tree()), (TREE, b"tasks", c.tree())
    ),
    "missing tree": lambda c: root(c, (TREE, b"tasks", "1" * 40)),
    "missing segment": lambda c: below(c, (FILE, SEGMENT.encode(), "1" * 40)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tree_is_refused_with_a_sentence(clone: Clone, name: str) -> None:
    clone.forge(HOSTILE[name](clone))
    with pytest.raises(GitlogTrackError) as caught:
        clone.log.state(TASK)
    assert str(caught.value)
    with pytest.raises(GitlogTrackError):
        list(clone.log.states("task"))
    assert audit_log(clone.log).findings


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tree_costs_no_entry(clone: Clone, name: str) -> None:
    tip = clone.forge(HOSTILE[name](clone))
    entry = clone.record(text="mine")
    with pytest.raises(GitlogTrackError):
        clone.fold()
    assert clone.waiting == [entry]
    assert clone.tip == tip


@pytest.mark.parametrize(
    "rows",
    [
        [(FILE, b"evil", FORMAT_BLOB)],
        [("120000", b"evil", b"/etc/passwd")],
        [(FILE, b"..", b"x")],
        [(FILE, b"a\\b", b"x")],
    ],
    ids=["file", "link", "dot dot", "backslash"],
)
def test_strangers_in_the_root_are_found_when_all_is_read(
    clone: Clone, rows: list[tuple[str, bytes, bytes]]
) -> None:
    clone.forge(root(clone, *((m, n, clone.blob(data)) for m, n, data in rows)))
    with pytest.raises(LogCorruptError):
        list(clone.log.states("task"))
    assert audit_log(clone.log).findings


def test_a_directory_that_is_there_twice_is_refused_however_it_is_read(
    clone: Clone,
) -> None:
    task = clone.tree(segment(clone))
    fan = clone.tree((TREE, NAME.encode(), task), (TREE, NAME.encode(), clone.tree()))
    clone.forge(root(clone, (TREE, b"tasks", clone.tree((TREE, FAN.encode(), fan)))))
    with pytest.raises(LogCorruptError, match="twice"):
        clone.log.state(TASK)
    with pytest.raises(LogCorruptError, match="twice"):
        list(clone.log.states("task"))


def test_a_task_in_the_wrong_place_is_refused(clone: Clone) -> None:
    fan = clone.tree((TREE, NAME.encode(), clone.tree(segment(clone))))
    clone.forge(root(clone, (TREE, b"tasks", clone.tree((TREE, b"zz", fan)))))
    with pytest.raises(LogCorruptError, match="no segment"):
        list(clone.log.states("task"))


@pytest.mark.parametrize("kind", ["blob", "tree", "tag"])
def test_a_ref_that_is_no_commit_is_refused_and_costs_no_entry(
    clone: Clone, kind: str
) -> None:
    if kind == "tag":
        clone.run("tag", "-a", "-m", "x", "v1")
    made = {
        "blob": lambda: clone.blob(b"x"),
        "tree": lambda: clone.tree(segment(clone)),
        "tag": lambda: clone.text("rev-parse", "v1"),
    }
    oid = made[kind]()
    clone.run("update-ref", LOG_REF, oid)
    entry = clone.record(text="mine")
    for act in (lambda: read_all(clone), clone.fold):
        with pytest.raises(LogCorruptError, match=f"is a {kind}, expected a commit"):
            act()
    assert clone.waiting == [entry]
    assert clone.tip == oid


def test_a_foreign_commit_is_no_log(clone: Clone) -> None:
    clone.run("update-ref", LOG_REF, "HEAD")
    entry = clone.record(text="mine")
    for act in (lambda: read_all(clone), clone.fold):
        with pytest.raises(LogFormatError, match=r"has no format\.json"):
            act()
    assert clone.waiting == [entry]


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\n", b"garbage\n", b"z" * 40, b"a b c d " * 5, b"0" * 39, b"\0" * 41],
)
def test_a_damaged_ref_file_is_an_error_and_not_an_empty_log(
    clone: Clone, garbage: bytes
) -> None:
    clone.record(text="before")
    clone.fold()
    path = clone.path / ".git" / LOG_REF
    path.write_bytes(garbage)
    entry = clone.record(text="after")
    for act in (clone.fold, lambda: read_all(clone)):
        with pytest.raises(LogCorruptError, match="log is damaged: it holds no commit"):
            act()
    assert clone.waiting == [entry]
    assert path.read_bytes() == garbage


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (b'{"format":2}', "of format 2; this version reads format 1"),
        (b'{"format":"1"}', "of format '1'"),
        (b"{}", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_a_newer_format_is_refused_with_the_entries_kept(
    clone: Clone, blob: bytes, said: str
) -> None:
    clone.forge(clone.tree((FILE, b"format.json", clone.blob(blob))))
    entry = clone.record(text="mine")
    for act in (lambda: read_all(clone), clone.fold):
        with pytest.raises(LogFormatError, match=said):
            act()
    assert clone.waiting == [entry]


@pytest.mark.parametrize(
    "blob", [FORMAT_BLOB, b'{ "format": 1 }', b'{"format":1,"more":2}']
)
def test_format_1_is_known_however_it_is_written(blob: bytes) -> None:
    check_format(blob)


def test_names_are_found_without_case_as_first_written(clone: Clone) -> None:
    clone.record(task="P1-009", text="one")
    clone.fold()
    clone.record(task="p1-009", text="two")
    clone.fold()
    assert clone.texts() == ["one", "two"]
    assert clone.log.state(Subject("task", "p1-009")).name == "P1-009"
    assert [s.name for s in clone.log.states("task")] == ["P1-009"]


def test_an_object_over_the_limit_is_refused_before_it_is_read(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitlog_track.git.objects.MAX_OBJECT_BYTES", 1_000)
    for packed in (False, True):
        clone.forge(below(clone, (FILE, SEGMENT.encode(), clone.blob(b"x" * 5_000))))
        if packed:
            clone.run("gc", "-q")
        with pytest.raises(LogCorruptError, match="5000 bytes, more than 1000 allowed"):
            clone.log.state(TASK)


def test_a_replaced_object_is_not_seen(clone: Clone) -> None:
    clone.record(text="true")
    clone.fold()
    (path,) = [p for p in clone.paths() if p != "format.json"]
    blob = clone.text("rev-parse", f"{LOG_REF}:{path}")
    clone.run("replace", blob, clone.blob(b"forged\n"))
    clone.run("gc", "-q")
    assert clone.log.state(TASK).problems == ()
    assert [s.fields()["text"] for s in clone.log.state(TASK).stored] == ["true"]
    assert [s.is_valid for s in clone.log.states("task")] == [True]


def test_a_missing_object_is_named_with_what_helps(clone: Clone) -> None:
    with ObjectReader(clone.git, clone.home.common_dir) as reader:
        with pytest.raises(MissingObjectError, match=r"1{40} is missing") as caught:
            LogTree(reader, "1" * 40)
        assert caught.value.hint
        assert not reader.exists("1" * 40)


def test_a_broken_loose_object_is_an_error_and_no_nonsense(clone: Clone) -> None:
    clone.record(text="x")
    clone.fold()
    (path,) = [p for p in clone.paths() if p != "format.json"]
    oid = clone.text("rev-parse", f"{LOG_REF}:{path}")
    loose = clone.path / ".git" / "objects" / oid[:2] / oid[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[:10])
    with pytest.raises(GitError):
        clone.log.state(TASK)


def test_the_unassigned_stand_in_a_directory_of_their_own(clone: Clone) -> None:
    clone.record(subject="unassigned", task="", text="free")
    clone.fold()
    assert [s.fields()["text"] for s in clone.log.unassigned().stored] == ["free"]
    assert clone.paths()[-1] == f"{directory(UNASSIGNED)}/{clone.writer}-000001"


def test_a_damaged_object_is_named_with_its_file_and_what_helps(clone: Clone) -> None:
    oid = clone.blob(b"whole")
    path = clone.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:8])
    with (
        ObjectReader(clone.git, clone.home.common_dir) as reader,
        pytest.raises(MissingObjectError, match=f"damaged on disk: {path}") as caught,
    ):
        reader.read(oid, "blob")
    assert "--refetch" in str(caught.value.hint)
