"""The journal: entries are whole or wait, and none is ever thrown away."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gitlog_track.log.journal import (
    count_unreadable,
    list_names,
    read_entries,
    set_aside,
    write_entry,
)
from tests.support.clones import Clone

TEN_MINUTES_NS = 600 * 1_000_000_000


def path_of(clone: Clone, name: str) -> Path:
    return Path(clone.home.journal, name)


def names(clone: Clone, limit: int = 100) -> list[str]:
    return [e.name for e in read_entries(clone.home, clone.now_ns, limit)]


def test_a_commands_entry_reads_back(clone: Clone) -> None:
    name = clone.record(text='\u00e4 "quoted"')
    (entry,) = read_entries(clone.home, clone.now_ns, 9)
    assert (entry.name, entry.at_ns, entry.hook) == (name, clone.now_ns, "")
    event = entry.facts["event"]
    assert isinstance(event, dict)
    assert event["text"] == '\u00e4 "quoted"'


def test_a_hooks_entry_is_dated_by_its_file(clone: Clone) -> None:
    clone.hook("post-rewrite", pair="a b extra")
    (entry,) = read_entries(clone.home, clone.now_ns, 9)
    assert (entry.hook, entry.at_ns) == ("post-rewrite", clone.now_ns)
    assert (entry.fact("task"), entry.fact("nothing")) == ("P1-009", "")
    assert entry.pairs == [("a", "b")]


def test_entries_come_in_the_order_in_which_things_happened(clone: Clone) -> None:
    late = clone.hook("post-commit", "a-late")
    clone.now_ns -= 5_000_000_000
    early = clone.hook("pre-commit", "z-early")
    assert names(clone) == [early, late]


@pytest.mark.parametrize("kind", ["hook", "command"])
@pytest.mark.parametrize("branch", ["main", "legend", "end"])
def test_an_entry_cut_at_any_byte_waits_and_is_set_aside_after_ten_minutes(
    clone: Clone, kind: str, branch: str
) -> None:
    if kind == "hook":
        name = clone.hook("post-commit", branch=branch, head="a" * 40)
    else:
        name = clone.record(text=branch)
    path = path_of(clone, name)
    whole = path.read_bytes()
    assert names(clone) == [name]
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        clone.stamp(str(path))
        assert names(clone) == [], size
        assert path.exists(), f"{size} bytes of {len(whole)} moved while being written"
    assert read_entries(clone.home, clone.now_ns + TEN_MINUTES_NS, 9) == []
    assert path.exists()
    assert read_entries(clone.home, clone.now_ns + TEN_MINUTES_NS + 1, 9) == []
    assert not path.exists()
    assert Path(clone.home.unreadable, name).read_bytes() == whole[:-1]
    assert count_unreadable(clone.home) == 1


@pytest.mark.parametrize(
    "text",
    [
        "gitlog-track-entry 2\nhook post-commit\nend\n",
        "gitlog-track-entry 1\nworktree\nend\n",
        "something else\nend\n",
        "gitlog-track-entry 1\nhook post-commit\nworktree a\0b\nend\n",
    ],
)
def test_what_is_whole_and_not_understood_is_set_aside_at_once(
    clone: Clone, text: str
) -> None:
    path_of(clone, "post-commit-1-0").write_text(text)
    assert names(clone) == []
    assert clone.unreadable == ["post-commit-1-0"]


@pytest.mark.parametrize(
    "text",
    [b"[]", b"{}", b'{"at_ns":"1"}', b'{"at_ns":1.5}', b'{"at_ns":true}', b"[" * 100_000,
     b"\xff", b"", b"null"],
    ids=range(9),
)  # fmt: skip
def test_a_commands_entry_that_is_none_is_set_aside(clone: Clone, text: bytes) -> None:
    path = path_of(clone, "1-1-x.json")
    path.write_bytes(text)
    clone.stamp(str(path))
    assert read_entries(clone.home, clone.now_ns + TEN_MINUTES_NS + 1, 9) == []
    assert clone.unreadable == ["1-1-x.json"]


def test_two_entries_of_one_name_are_both_kept_aside(clone: Clone) -> None:
    for text in ("first", "second"):
        path_of(clone, "post-commit-1-0").write_text(text)
        set_aside(clone.home, "post-commit-1-0")
    kept = {Path(clone.home.unreadable, n).read_text() for n in clone.unreadable}
    assert kept == {"first", "second"}


def test_setting_aside_what_is_gone_is_no_error(clone: Clone) -> None:
    set_aside(clone.home, "post-commit-1-0")
    assert clone.unreadable == []


def test_entries_that_cannot_be_opened_stay_and_hold_up_nobody(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = [clone.hook("post-commit", f"another-users-{n}") for n in range(5)]
    mine = clone.hook("post-commit", "mine")
    real = open

    def refuse(path: str, *args: object, **kwargs: object) -> object:
        if "another-users" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", refuse)
    assert names(clone, limit=3) == [mine]
    assert set(hidden) <= set(list_names(clone.home))


def test_a_half_written_entry_takes_no_place_of_a_whole_one(clone: Clone) -> None:
    for number in range(5):
        path = path_of(clone, f"a-{number}")
        path.write_text("gitlog-track-entry 1\n")
        clone.stamp(str(path))
    mine = clone.hook("post-commit", "mine")
    assert names(clone, limit=2) == [mine]


@pytest.mark.parametrize("name", ["a\nb", "\udcff", "a b", "\x1b[31m"])
def test_a_name_that_nobody_of_ours_gives_is_set_aside(clone: Clone, name: str) -> None:
    clone.hook("post-commit", name)
    mine = clone.record(text="mine")
    assert names(clone) == [mine]
    assert clone.unreadable == [name]


def test_a_file_being_written_under_its_temporary_name_is_no_entry(
    clone: Clone,
) -> None:
    path_of(clone, ".1-1-x.json").write_text("{")
    assert list_names(clone.home) == []


def test_a_directory_among_the_entries_is_left_alone(clone: Clone) -> None:
    path_of(clone, "strange").mkdir()
    mine = clone.record(text="mine")
    assert names(clone) == [mine]


def test_an_entry_that_cannot_be_written_leaves_nothing(clone: Clone) -> None:
    with pytest.raises(TypeError):
        write_entry(clone.home, {"at_ns": 1, "x": 0.5}, "n")
    assert os.listdir(clone.home.journal) == []
    os.rmdir(clone.home.journal)
    with pytest.raises(FileNotFoundError):
        write_entry(clone.home, {"at_ns": 1}, "n")


def test_an_entry_is_flushed_where_that_is_asked(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    name = write_entry(clone.home, {"at_ns": 1}, "n", fsync=True)
    assert len(flushed) == 1
    assert json.loads(path_of(clone, name).read_bytes())["at_ns"] == 1


def test_a_byte_that_changed_on_disk_never_reaches_the_log(clone: Clone) -> None:
    """It may be valid JSON all the same: a line that nobody can read, for ever."""
    changed = clone.record(text="changed")
    path = path_of(clone, changed)
    whole = path.read_bytes()
    assert b'"text"' in whole
    path.write_bytes(whole.replace(b'"text"', b'"texu"'))
    clone.stamp(str(path))
    clone.now_ns += 601 * 10**9
    kept = clone.record(text="kept")
    clone.fold()
    assert clone.unreadable == [changed]
    assert clone.texts() == ["kept"]
    assert kept not in clone.waiting


def test_an_entry_without_a_checksum_is_taken_as_it_is(clone: Clone) -> None:
    """Older versions and other tools write none."""
    name = clone.record(text="plain")
    facts = json.loads(path_of(clone, name).read_bytes())
    del facts["crc32"]
    path_of(clone, name).write_text(json.dumps(facts))
    clone.fold()
    assert clone.texts() == ["plain"]


@pytest.mark.parametrize("checksum", ["1", '"1"', "true", "1.0", "[]"])
def test_another_checksum_is_a_damaged_entry(clone: Clone, checksum: str) -> None:
    name = clone.record(text="plain")
    facts = json.loads(path_of(clone, name).read_bytes())
    path = path_of(clone, name)
    path.write_text(path.read_text().replace(str(facts["crc32"]), checksum))
    clone.stamp(str(path))
    clone.now_ns += 601 * 10**9
    clone.fold()
    assert clone.unreadable == [name]


def test_no_journal_is_no_entries(clone: Clone) -> None:
    os.rmdir(clone.home.journal)
    assert list_names(clone.home) == []
    assert count_unreadable(clone.home) == 0


@pytest.mark.parametrize(("age_s", "left"), [(599, True), (601, False)])
def test_what_a_killed_command_left_is_swept_by_the_fold(
    clone: Clone, age_s: int, left: bool
) -> None:
    temporary = path_of(clone, ".1-2-3.json")
    temporary.write_text('{"at_ns": 1')
    at_ns = clone.now_ns - age_s * 1_000_000_000
    os.utime(temporary, ns=(at_ns, at_ns))
    other = path_of(clone, ".keep")
    other.write_text("")
    os.utime(other, ns=(at_ns, at_ns))
    clone.fold()
    assert (temporary.exists(), other.exists()) == (left, True)
