"""The union of two logs: its laws, on trees in memory; what it refuses to take."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from gitlog_track.errors import LogCorruptError
from gitlog_track.git.objects import MAX_OBJECT_BYTES, TreeEntry
from gitlog_track.log.layout import (
    BLOB_MODE,
    FORMAT_BLOB,
    FORMAT_PATH,
    TREE_MODE,
    Subject,
    directory,
    segment_name,
)
from gitlog_track.log.union import unite, unite_lines
from tests.support.trees import (
    WRITERS,
    Files,
    Store,
    every_line,
    join,
    logs,
    segments,
)

MANY = settings(max_examples=80, deadline=None)


def path_of(name: str, writer: str = WRITERS[0], number: int = 1) -> str:
    subject = Subject("task", name)
    return f"{directory(subject)}/{segment_name(subject, writer, number)}"


@MANY
@given(segments, segments, segments)
def test_lines_commute_associate_and_absorb(a: bytes, b: bytes, c: bytes) -> None:
    assert unite_lines(a, b) == unite_lines(b, a)
    assert unite_lines(unite_lines(a, b), c) == unite_lines(a, unite_lines(b, c))
    assert unite_lines(a, a) == a
    assert unite_lines(unite_lines(a, b), b) == unite_lines(a, b)


@MANY
@given(logs(), logs(), logs())
def test_trees_commute_associate_and_absorb(a: Files, b: Files, c: Files) -> None:
    store = Store()
    x, y, z = (store.write(files) for files in (a, b, c))
    assert join(store, x, y) == join(store, y, x)
    assert join(store, join(store, x, y), z) == join(store, x, join(store, y, z))
    assert join(store, x, x) == x
    assert join(store, join(store, x, y), y) == join(store, x, y)


@MANY
@given(logs(), logs())
def test_no_line_is_lost_and_none_is_made_up(a: Files, b: Files) -> None:
    store = Store()
    joined = store.files(join(store, store.write(a), store.write(b)))
    assert every_line(joined) == every_line(a) | every_line(b)


@MANY
@given(logs(), logs())
def test_it_tells_whether_the_second_lacks_something(a: Files, b: Files) -> None:
    store = Store()
    x, y = store.write(a), store.write(b)
    union = unite(store, x, y)
    assert union.is_second_whole == (store.apply(x, union) == y)


def test_what_is_alike_is_not_read() -> None:
    store = Store()
    many = {path_of(f"P1-{number:04d}"): b'{"seq":1}\n' for number in range(2_000)}
    base = {FORMAT_PATH: FORMAT_BLOB, **many}
    more = {**base, path_of("P1-0007", WRITERS[1]): b'{"seq":2}\n'}
    x, y = store.write(base), store.write(more)
    store.reads = 0
    union = unite(store, x, y)
    assert [row.path for row in union.taken] == [path_of("P1-0007", WRITERS[1])]
    assert store.reads == 8  # root, tasks, fan-out, task, of either


def test_a_segment_that_both_wrote_keeps_the_lines_of_both() -> None:
    store = Store()
    path = path_of("P1-001")
    x = store.write({FORMAT_PATH: FORMAT_BLOB, path: b'{"seq":1}\n{"seq":3}\n'})
    y = store.write({FORMAT_PATH: FORMAT_BLOB, path: b'{"seq":1}\n{"seq":2}\n'})
    union = unite(store, x, y)
    assert union.merged == {path: b'{"seq":1}\n{"seq":2}\n{"seq":3}\n'}
    assert union.grown == [path]


def hostile(name: bytes, mode: bytes = BLOB_MODE) -> list[TreeEntry]:
    return [TreeEntry(mode, name, "1" * 40)]


TASK = path_of("P1-001").rpartition("/")[2].encode()
FAN = path_of("P1-001").split("/")[1].encode()
HOSTILE = {
    "parent directory": ((), hostile(b"..")),
    "path in a name": ((), hostile(b"../../evil")),
    "git directory": ((), hostile(b".git", TREE_MODE)),
    "escape sequence": ((b"unassigned",), hostile(b"\x1b[31m")),
    "no UTF-8": ((b"unassigned",), hostile(b"\xff\xfe")),
    "unknown top": ((), hostile(b"evil", TREE_MODE)),
    "symbolic link": ((b"tasks", FAN, b"P1-001"), hostile(TASK, b"120000")),
    "submodule": ((b"tasks", FAN, b"P1-001"), hostile(TASK, b"160000")),
    "executable": ((b"tasks", FAN, b"P1-001"), hostile(TASK, b"100755")),
    "odd mode": ((b"tasks", FAN, b"P1-001"), hostile(TASK, b"100777")),
    "padded mode": ((b"tasks",), hostile(FAN, b"040000")),
    "another task's segment": ((b"tasks", FAN, b"P1-001"), hostile(TASK[:-1] + b"z")),
    "wrong fan-out": ((b"tasks", b"zz", b"P1-001"), hostile(TASK)),
    "bad task name": ((b"tasks", FAN, b"P1..1"), hostile(TASK)),
    "file for a directory": ((), hostile(b"tasks")),
    "directory for a segment": ((b"tasks", FAN, b"P1-001"), hostile(TASK, TREE_MODE)),
    "twice": ((b"tasks", FAN, b"P1-001"), hostile(TASK) * 2),
    "out of order": ((b"unassigned",), hostile(b"b1-000001") + hostile(b"a1-000001")),
    "empty directory": ((b"tasks", FAN), []),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("meets_ours", [False, True])
def test_a_hostile_tree_is_refused_whole(case: str, meets_ours: bool) -> None:
    where, rows = HOSTILE[case]
    store = Store()
    ours = {FORMAT_PATH: FORMAT_BLOB}
    if meets_ours:
        ours |= {path_of("P1-001"): b"x\n", "unassigned/c1-000001": b"x\n"}
    x = store.write(ours)
    for depth, name in enumerate((*where, b"")):
        oid = f"{depth:040x}"
        inner = [TreeEntry(TREE_MODE, name, f"{depth + 1:040x}")] if name else rows
        store.trees[oid] = inner
    with pytest.raises(LogCorruptError):
        unite(store, x, "0" * 40)


def test_another_format_is_never_merged() -> None:
    store = Store()
    x = store.write({FORMAT_PATH: FORMAT_BLOB})
    y = store.write({FORMAT_PATH: b'{ "format": 1 }\n'})
    with pytest.raises(LogCorruptError, match="never merged"):
        unite(store, x, y)


@pytest.mark.parametrize("file_is_ours", [True, False])
def test_what_is_a_directory_here_and_a_file_there_is_refused(
    file_is_ours: bool,
) -> None:
    store = Store()
    whole = store.write({FORMAT_PATH: FORMAT_BLOB, path_of("P1-001"): b"x\n"})
    store.trees["d" * 40] = [TreeEntry(BLOB_MODE, b"tasks", "1" * 40)]
    first, second = ("d" * 40, whole) if file_is_ours else (whole, "d" * 40)
    with pytest.raises(LogCorruptError, match="tasks"):
        unite(store, first, second)


def test_a_blob_beyond_all_measure_is_no_segment() -> None:
    store = Store()
    x = store.write({FORMAT_PATH: FORMAT_BLOB, path_of("P1-001"): b"x\n"})
    y = store.write({FORMAT_PATH: FORMAT_BLOB, path_of("P1-001"): b"y" * (17 << 20)})
    with pytest.raises(LogCorruptError, match="would be no segment: 17825795 bytes"):
        unite(store, x, y)


def neighbours() -> tuple[str, str]:
    """Return two tasks of one fan-out, which git and plain order have differently."""
    found: dict[str, str] = {}
    for number in range(10_000):
        name = f"P1-{number:04d}"
        longer = f"{name}-A"
        if path_of(name).split("/")[1] == path_of(longer).split("/")[1]:
            found[name] = longer
            break
    return next(iter(found.items()))


def test_directories_stand_in_the_order_of_git() -> None:
    short, long = neighbours()
    store = Store()
    base = store.write({FORMAT_PATH: FORMAT_BLOB})
    both = {path_of(name): b'{"seq":1}\n' for name in (short, long)}
    union = unite(store, base, store.write({FORMAT_PATH: FORMAT_BLOB, **both}))
    assert sorted(union.grown) == sorted(both)
    rows = [TreeEntry(TREE_MODE, name.encode(), "1" * 40) for name in (short, long)]
    fan = path_of(short).split("/")[1].encode()
    store.trees["a" * 40] = [TreeEntry(TREE_MODE, b"tasks", "b" * 40)]
    store.trees["b" * 40] = [TreeEntry(TREE_MODE, fan, "c" * 40)]
    store.trees["c" * 40] = rows
    store.trees["1" * 40] = []
    with pytest.raises(LogCorruptError) as caught:
        unite(store, base, "a" * 40)
    assert "is an empty directory" in str(caught.value)
    store.trees["1" * 40] = [
        TreeEntry(BLOB_MODE, path_of(short).rpartition("/")[2].encode(), "2" * 40)
    ]
    with pytest.raises(LogCorruptError, match="stands twice, or not in its place"):
        unite(store, base, "a" * 40)


def test_an_empty_log_is_named_as_the_root() -> None:
    store = Store()
    base = store.write({FORMAT_PATH: FORMAT_BLOB})
    store.trees["a" * 40] = []
    with pytest.raises(LogCorruptError, match=r"^'the root' is an empty directory"):
        unite(store, base, "a" * 40)


@pytest.mark.parametrize(
    ("mode", "shown"), [(b"120000", "120000"), (b"1\xff", "1\ufffd")]
)
def test_a_mode_that_no_log_has_is_named(mode: bytes, shown: str) -> None:
    store = Store()
    base = store.write({FORMAT_PATH: FORMAT_BLOB})
    store.trees["a" * 40] = hostile(b"unassigned", mode)
    with pytest.raises(LogCorruptError) as caught:
        unite(store, base, "a" * 40)
    assert str(caught.value) == f"the log holds 'unassigned' as mode {shown}"


def test_a_segment_may_be_as_large_as_an_object() -> None:
    store = Store()
    half = (MAX_OBJECT_BYTES - 4) // 2
    x = store.write({FORMAT_PATH: FORMAT_BLOB, path_of("P1-001"): b"x" * half + b"\n"})
    y = store.write(
        {FORMAT_PATH: FORMAT_BLOB, path_of("P1-001"): b"y" * (half + 2) + b"\n"}
    )
    union = unite(store, x, y)
    assert len(union.merged[path_of("P1-001")]) == MAX_OBJECT_BYTES


def test_lines_stand_by_their_numbers_and_what_has_none_comes_last() -> None:
    nine, ten, broken = b'{"seq":9}\n', b'{"seq":10}\n', b"a line cut\n"
    assert unite_lines(ten, nine) == nine + ten
    assert unite_lines(broken, ten) == ten + broken
    assert unite_lines(b"b\n", b"a\n") == b"a\nb\n"
    assert unite_lines(b"", ten + b"\n\n") == ten
