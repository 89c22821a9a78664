"""Tasks of the log as rows of the index: read, replayed, measured; in several processes.

A million events are too much for one processor to replay while somebody waits.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from gitlog_track.git.objects import read_blobs
from gitlog_track.index.details import Details, details, encode, micros
from gitlog_track.log.codec import lines_of
from gitlog_track.log.store import LogReader
from gitlog_track.measures.listing import LISTS
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.measures.totals import PhaseTotals
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState

WORTH_A_POOL = 1_000
"""Segments below which starting processes costs more than it saves."""
CHUNKS_A_WORKER = 4

Blobs = tuple[str, ...]


class TaskRow(NamedTuple):
    """One row of ``task``, without its number, and the rows of other tables."""

    name: str
    folded: str
    phase: str
    spelled_phase: str
    status: str
    trace_id: str
    provenance: str
    begun_us: int | None
    failed_us: int | None
    labels: str
    description: str
    lists: int
    blobs: str
    data: str
    recorded: str
    details: Details


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some tasks, and what they come to by phase (as JSON, by folded name)."""

    rows: list[TaskRow]
    totals: dict[str, bytes]


def digest(name: str, blobs: Sequence[str]) -> str:
    """Return what stands for a subject's spelling and the ids of its segments."""
    return sha256(" ".join((name, *sorted(blobs))).encode()).hexdigest()[:32]


def read_chunks(
    reader: LogReader, tasks: Mapping[str, Blobs], workers: int
) -> Iterator[Chunk]:
    """Read tasks by name, with *workers* processes where that pays.

    Args:
        reader: of the log.
        tasks: names as the log spells them, each with the ids of its segments.
        workers: processors to use.

    Raises:
        GitlogTrackError: the log cannot be read.
    """
    wanted = list(tasks.items())
    segments = sum(map(len, tasks.values()))
    if workers < 2 or segments < WORTH_A_POOL:
        yield _read(reader, wanted)
        return
    import multiprocessing  # few reports need it, and all would pay for it

    parts = _cut(wanted, segments // (workers * CHUNKS_A_WORKER) + 1)
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    with context.Pool(workers, _begin, (reader,)) as pool:
        yield from pool.imap_unordered(_read_part, parts)


_READERS: list[LogReader] = []


def _begin(reader: LogReader) -> None:
    """Prepare a worker: what it makes has no cycles, and looking for them costs a third."""
    gc.disable()
    _READERS[:] = [reader]


def _read_part(wanted: list[tuple[str, Blobs]]) -> Chunk:
    return _read(_READERS[0], wanted)


def _cut(
    wanted: list[tuple[str, Blobs]], segments: int
) -> Iterator[list[tuple[str, Blobs]]]:
    part: list[tuple[str, Blobs]] = []
    held = 0
    for name, blobs in wanted:
        part.append((name, blobs))
        held += len(blobs)
        if held >= segments:
            yield part
            part, held = [], 0
    if part:
        yield part


def _read(reader: LogReader, wanted: list[tuple[str, Blobs]]) -> Chunk:
    oids = [oid for _, blobs in wanted for oid in blobs]
    found = read_blobs(reader.git, reader.common_dir, oids)
    rows: list[TaskRow] = []
    totals: dict[str, PhaseTotals] = {}
    for name, blobs in wanted:
        lines = [x for _ in blobs for x in lines_of(next(found)) if x]
        state = replay(name, lines)
        summary = summarise(MeasuredTask.of(state))
        rows.append(_row(summary, state, digest(name, blobs)))
        totals.setdefault(summary.phase.lower(), PhaseTotals()).add(summary)
    return Chunk(rows, {phase: encode(total) for phase, total in totals.items()})


def _row(task: TaskSummary, state: TaskState, blobs: str) -> TaskRow:
    return TaskRow(
        name=task.name,
        folded=task.name.lower(),
        phase=task.phase.lower(),
        spelled_phase=task.phase,
        status=task.status,
        trace_id=task.trace_id,
        provenance=task.provenance,
        begun_us=micros(task.begun_at),
        failed_us=micros(task.failed_at),
        labels="".join(f"\n{label}\n" for label in task.labels),
        description=task.description,
        lists=sum(1 << n for n, belongs in enumerate(LISTS.values()) if belongs(task)),
        blobs=blobs,
        data=encode(task).decode(),
        recorded=encode(Recorded.of([state])).decode(),
        details=details(state, task.attempts),
    )
