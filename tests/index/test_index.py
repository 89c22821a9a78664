"""The index says what the log says, whatever happened to either of them."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gitlog_track.errors import LogError
from gitlog_track.index import database, reading
from gitlog_track.index.attempts import find_traced
from gitlog_track.index.index import Index, Place, Query, ask
from gitlog_track.log.store import LogReader
from gitlog_track.measures.listing import LISTS, list_tasks
from gitlog_track.measures.report import OwnRecord, group, merged
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.replay import replay
from tests.benchmarks.synthetic import make_log
from tests.support.clones import Clone
from tests.support.examples import OWN_FIELDS, line
from tests.support.planted import plant

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def tasks_of(log: LogReader) -> list[TaskSummary]:
    return [summarise(MeasuredTask.of(state)) for state in log.states("task")]


def own_of(log: LogReader) -> dict[str, OwnRecord]:
    return {state.name.lower(): OwnRecord.of(state) for state in log.states("phase")}


def assert_true(index: Index, log: LogReader) -> None:
    """Compare all that an index answers with the log itself."""
    tasks = tasks_of(log)
    records = group(tasks, own_of(log))
    assert index.phases() == records
    assert merged(index.phases()) == merged(records)
    for name in LISTS:
        assert index.listing(name, 3) == list_tasks(tasks, name, 3)
    found = sorted(index.tasks(Query()), key=lambda task: task.name)
    assert found == sorted(tasks, key=lambda task: task.name)


def synthetic(path: Path, tasks: int = 12, events: int = 30) -> Clone:
    make_log(path, dict(os.environ), tasks=tasks, events=events, phases=4)
    return Clone(path)


def look(clone: Clone, workers: int = 1) -> None:
    """Ask the index everything, and compare."""
    log = clone.log
    ask(clone.home.index, log, lambda index: assert_true(index, log), workers=workers)


def story(name: str, minutes: int = 10, phase: str = "P1") -> list[bytes]:
    """Return the lines of a task of so many minutes."""
    fields = {"task": name, "phase": phase, "estimated_duration_s": 600}
    begin, end = (BEGIN + timedelta(minutes=m) for m in (0, minutes))
    return [
        line("task_started", 1, at=begin.isoformat(), **fields),
        line("task_completed", 2, at=end.isoformat(), task=name, phase=phase),
    ]


def test_an_index_says_what_the_log_says(tmp_path: Path) -> None:
    clone = synthetic(tmp_path / "log")
    look(clone)
    records = ask(clone.home.index, clone.log, lambda index: index.phases())
    assert sum(len(record.totals.names) for record in records) == 12


def test_several_processes_read_what_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WORTH_A_POOL", 1)
    clone = synthetic(tmp_path / "log", tasks=20)
    look(clone, workers=2)


def test_what_changes_between_two_looks_is_followed(clone: Clone) -> None:
    """Tasks appear, grow, move to another phase and vanish; phases of their own too."""
    generator = random.Random(5)
    tasks: dict[str, list[bytes]] = {}
    phases: dict[str, list[bytes]] = {}
    for _ in range(12):
        for _ in range(generator.randint(1, 3)):
            name = f"P{generator.randint(1, 2)}-{generator.randint(1, 6)}"
            phase = generator.choice(["P1", "p1", "P2", ""])
            tasks[name] = story(name, generator.randint(1, 90), phase)
        if generator.random() < 0.3:
            tasks.pop(generator.choice(list(tasks)))
        if generator.random() < 0.5:
            name = generator.choice(["P1", "P3"])
            fields = OWN_FIELDS["phase_reviewed"]
            phases[name] = [line("phase_reviewed", 1, phase=name, **fields)]
        elif phases and generator.random() < 0.5:
            phases.popitem()
        plant(clone.path, tasks, phases)
        look(clone)


def test_one_event_more_reads_one_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = synthetic(tmp_path / "log")
    look(clone)
    read: list[str] = []
    real = replay

    def counting(name: str, lines: list[bytes]) -> object:
        read.append(name)
        return real(name, lines)

    monkeypatch.setattr("gitlog_track.index.reading.replay", counting)
    look(clone)
    assert read == []
    clone.record("lesson_learned", task="P1-000000", text="one more")
    clone.fold()
    look(clone)
    assert read == ["P1-000000"]


def test_an_empty_log_and_none_at_all_are_empty(clone: Clone) -> None:
    assert ask(clone.home.index, clone.log, lambda index: index.phases()) == []
    plant(clone.path, {})
    look(clone)


def overwrite(path: str) -> None:
    Path(path).write_bytes(b"\0no database\xff" * 400)


def truncate(path: str) -> None:
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[: len(data) // 2])


def tear(path: str) -> None:
    data = bytearray(Path(path).read_bytes())
    data[4096:12288] = os.urandom(8192)
    Path(path).write_bytes(data)


def make_foreign(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99.0' WHERE key = 'made_by'")


def spoil_rows(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE summary SET data = '{}'")
        connection.execute("UPDATE phase SET record = '[1]'")


def lose_tip(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'tip'")


def empty_rows(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE phase SET record = ''")


def leave_journal(path: str) -> None:
    """As a writer that was killed, and a person who then removed the file."""
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1')\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "c.execute('UPDATE summary SET data = data || zeroblob(9000)')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, path], check=True)
    assert os.path.exists(f"{path}-journal")
    os.unlink(path)


def make_another(path: str) -> None:
    Path(path).unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")


def make_directory(path: str) -> None:
    Path(path).unlink()
    Path(path).mkdir()


def drop_table(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE summary")


def lose_commit(path: str) -> None:
    """The commit that was indexed is gone, as after a rewrite and a prune."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'tip'", ("e" * 40,))


HARM = [os.unlink, overwrite, truncate, tear, make_foreign, spoil_rows, lose_tip, empty_rows, leave_journal, make_another, make_directory, drop_table, lose_commit]  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_an_index_that_is_none_is_made_anew(
    tmp_path: Path, harm: Callable[[str], None]
) -> None:
    clone = synthetic(tmp_path / "log")
    look(clone)
    harm(clone.home.index)
    clone.record(task="P1-000000", text="one more")
    clone.fold()
    for _ in range(2):
        look(clone)
    left = {n for n in os.listdir(clone.home.path) if n.startswith("index")}
    assert left == {"index.sqlite", "index.sqlite-lock"}


def test_a_directory_that_cannot_be_written_has_its_index_in_memory(
    tmp_path: Path,
) -> None:
    clone = synthetic(tmp_path / "log")
    if os.geteuid() == 0:
        Path(clone.home.index).mkdir()
        (Path(clone.home.index) / "in the way").touch()
    else:
        os.chmod(clone.home.path, stat.S_IRUSR | stat.S_IXUSR)
    look(clone)
    os.chmod(clone.home.path, stat.S_IRWXU)


def test_an_index_that_another_process_holds_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_S", 0.05)
    clone = synthetic(tmp_path / "log")
    look(clone)
    clone.record(task="P1-000000", text="one more")
    clone.fold()
    before = Path(clone.home.index).read_bytes()
    with database.writing(clone.home.index):
        look(clone)
    assert Path(clone.home.index).read_bytes() == before
    holder = sqlite3.connect(clone.home.index, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    look(clone)
    holder.close()
    look(clone)


def _open_once(path: str) -> int:
    clone = Clone(Path(path))
    found = ask(clone.home.index, clone.log, lambda index: list(index.tasks(Query())))
    return len(found)


def test_processes_that_open_it_at_once_all_see_the_log(tmp_path: Path) -> None:
    clone = synthetic(tmp_path / "log")
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.map(_open_once, [str(clone.path)] * 8) == [12] * 8
    look(clone)


def test_a_log_that_cannot_be_read_is_an_error_and_leaves_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = synthetic(tmp_path / "log")
    look(clone)
    before = Path(clone.home.index).read_bytes()
    clone.forge_files({"format.json": b'{"format":2}\n'})
    for workers in (1, 2):
        monkeypatch.setattr(reading, "WORTH_A_POOL", 1)
        with pytest.raises(LogError):
            look(clone, workers)
    assert Path(clone.home.index).read_bytes() == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(task="p1-1"), ["P1-1"]),
        (Query(phase="p2"), ["P2-1"]),
        (Query(status="complete", limit=1), ["P2-1"]),
        (Query(status="in_progress"), ["P1-3"]),
        (Query(label="agent"), ["P1-2"]),
        (Query(label="age"), []),
        (Query(search="HEADER"), ["P1-2"]),
        (Query(search="p1-"), ["P1-3", "P1-2", "P1-1"]),
        (Query(provenance="backfilled"), []),
        (Query(since=BEGIN + timedelta(hours=2)), ["P2-1", "P1-3"]),
        (Query(until=BEGIN + timedelta(hours=1)), ["P1-1"]),
        (Query(limit=2), ["P2-1", "P1-3"]),
        (Query(search="%"), []),
    ],
)
def test_tasks_are_found_by_what_is_known_of_them(
    clone: Clone, query: Query, found: list[str]
) -> None:
    def begun(name: str, hour: int, **fields: object) -> list[bytes]:
        at = (BEGIN + timedelta(hours=hour)).isoformat()
        phase = name.partition("-")[0]
        return [line("task_started", 1, at=at, task=name, phase=phase, **fields)]

    end = line("task_completed", 2, at=(BEGIN + timedelta(hours=9)).isoformat())
    labelled = {"labels": ["agent"], "description": "The header"}
    tasks = {
        "P1-1": [*begun("P1-1", 0), end],
        "P1-2": [*begun("P1-2", 1, **labelled), end],
        "P1-3": begun("P1-3", 2),
        "P2-1": [*begun("P2-1", 3), end.replace(b'"P1"', b'"P2"')],
    }
    plant(clone.path, tasks)
    tasks_found = ask(
        clone.home.index, clone.log, lambda index: list(index.tasks(query))
    )
    assert [task.name for task in tasks_found] == found


def test_lists_go_on_behind_any_place(clone: Clone) -> None:
    """Also where several tasks have one instant, and where they have none."""
    tasks = {}
    for number in range(12):
        name, at = (
            f"P1-{number:02d}",
            (BEGIN + timedelta(hours=number // 3)).isoformat(),
        )
        kinds = (
            ["note_recorded"] if number % 5 == 0 else ["task_started", "task_failed"]
        )
        tasks[name] = [line(k, n, at=at, task=name) for n, k in enumerate(kinds, 1)]
    plant(clone.path, tasks)

    def check(index: Index) -> None:
        whole = list(index.tasks(Query()))
        assert len(whole) == 12
        for number, task in enumerate(whole, 1):
            rest = Query(after=Place.by_start(task))
            assert list(index.tasks(rest)) == whole[number:]
        failed = list(index.last_failed(99, None))
        assert len(failed) == 9
        for number, task in enumerate(failed, 1):
            behind = index.last_failed(2, Place.by_failure(task))
            assert list(behind) == failed[number : number + 2]

    ask(clone.home.index, clone.log, check)


def test_a_trace_is_found_by_how_it_begins(clone: Clone) -> None:
    traces = {"A-1": "ab" * 16, "A-2": "ac" * 16}
    tasks = {
        name: [line("task_started", 1, at=BEGIN.isoformat(), task=name, trace_id=trace)]
        for name, trace in traces.items()
    }
    plant(clone.path, tasks)

    def traced(prefix: str) -> list[str]:
        tasks_found = ask(
            clone.home.index, clone.log, lambda index: find_traced(index, prefix)
        )
        return sorted(task.name for task in tasks_found)

    assert traced("ab" * 16) == ["A-1"]
    assert traced("a") == ["A-1", "A-2"]
    assert traced("b") == []


def test_two_spellings_of_one_task_are_one(clone: Clone) -> None:
    """As two clones leave them that began the task apart and then joined their logs."""
    hour = BEGIN + timedelta(hours=1)
    later = line("lesson_learned", 3, at=hour.isoformat(), text="x", task="P1-a")
    plant(clone.path, {"P1-A": story("P1-A")})
    look(clone)
    plant(clone.path, {"P1-A": story("P1-A"), "P1-a": [later]})
    look(clone)
    found = ask(clone.home.index, clone.log, lambda index: list(index.tasks(Query())))
    assert [(t.name, t.value("lessons_learned").texts) for t in found] == [
        ("P1-A", ("x",))
    ]
    plant(clone.path, {"P1-a": [later]})
    look(clone)
