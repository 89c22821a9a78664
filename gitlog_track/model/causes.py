"""What led to what in a task: its events as a graph, whatever they name. Pure.

A cause is named by the id of an event of the same task, or as ``TASK:ID``. Besides causes
that somebody named there are those that follow from the kinds: a retry follows the end of
the attempt before, an end its attempt's begin, a fix its bug, a resolution its blocker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gitlog_track.model.events import BlockerResolved, BugFixed, KnownEvent
from gitlog_track.model.task import TaskState

Relation = Literal["cause", "retry", "end", "fix", "resolution"]


class Ref(NamedTuple):
    """Names one event: its task and its id."""

    task: str
    event: str


@dataclass(frozen=True, slots=True)
class Edge:
    """One event led to another."""

    cause: Ref
    effect: Ref
    relation: Relation


@dataclass(frozen=True, slots=True)
class CauseGraph:
    """What led to what.

    Attributes:
        task: whose events it is about.
        events: those that led to something or follow from something, by time.
        edges: by the time of the effect; causes may lie in other tasks.
        unknown: named as causes, but in no log that could be read.
    """

    task: str
    events: dict[Ref, KnownEvent]
    edges: tuple[Edge, ...]
    unknown: tuple[Ref, ...]


def parse_cause(text: str, task: str) -> Ref:
    """Return what a cause names.

    >>> parse_cause("0a1b", "P1-001"), parse_cause("P2-003:0a1b", "P1-001")
    (Ref(task='P1-001', event='0a1b'), Ref(task='P2-003', event='0a1b'))
    """
    other, colon, event = text.rpartition(":")
    return Ref(other if colon else task, event)


def cause_graph(state: TaskState, load: Callable[[str], TaskState]) -> CauseGraph:
    """Return the graph of a task, with the causes of its causes in other tasks.

    Args:
        state: of the task.
        load: returns another task's state; without events where it has no log.
    """
    states = _States(state, load)
    edges = list(_edges_of(state, state.events))
    wanted = [edge.cause for edge in edges]
    seen = {Ref(state.name, event.id) for event in state.events}
    unknown: dict[Ref, None] = {}
    while wanted:
        ref = wanted.pop()
        if ref in seen:
            continue
        seen.add(ref)
        event = states.event(ref)
        if event is None:
            unknown[ref] = None
            continue
        found = list(_edges_of(states.state(ref.task), [event]))
        edges += found
        wanted += [edge.cause for edge in found]
    used = {ref for edge in edges for ref in (edge.cause, edge.effect)}
    known = {ref: event for ref in used if (event := states.event(ref)) is not None}
    events = dict(sorted(known.items(), key=lambda row: (row[1].at, row[0])))
    return CauseGraph(
        state.name,
        events,
        tuple(sorted(edges, key=lambda e: (events[e.effect].at, e.effect, e.cause))),
        tuple(sorted(unknown)),
    )


class _States:
    """Tasks by name, each loaded once, and their events by id."""

    def __init__(self, own: TaskState, load: Callable[[str], TaskState]) -> None:
        self._load = load
        self._states = {own.name.lower(): own}
        self._events: dict[str, dict[str, KnownEvent]] = {}

    def state(self, task: str) -> TaskState:
        if task.lower() not in self._states:
            self._states[task.lower()] = self._load(task)
        return self._states[task.lower()]

    def event(self, ref: Ref) -> KnownEvent | None:
        key = ref.task.lower()
        if key not in self._events:
            self._events[key] = {e.id: e for e in self.state(ref.task).events}
        return self._events[key].get(ref.event)


def _edges_of(state: TaskState, events: Iterable[KnownEvent]) -> Iterator[Edge]:
    frames = _frames(state)
    for event in events:
        effect = Ref(state.name, event.id)
        for text in dict.fromkeys(event.causes):
            yield Edge(parse_cause(text, state.name), effect, "cause")
        if isinstance(event, BugFixed) and event.bug:
            yield Edge(Ref(state.name, event.bug), effect, "fix")
        if isinstance(event, BlockerResolved):
            yield Edge(Ref(state.name, event.blocker), effect, "resolution")
        if event.id in frames:
            before, relation = frames[event.id]
            yield Edge(Ref(state.name, before), effect, relation)


def _frames(state: TaskState) -> dict[str, tuple[str, Relation]]:
    """Return what a begin or an end follows: the end or begin before it."""
    found: dict[str, tuple[str, Relation]] = {}
    before = ""
    for attempt in state.attempts:
        if attempt.begun is not None:
            if before:
                found[attempt.begun.id] = (before, "retry")
            before = attempt.begun.id
        if attempt.ended is not None:
            if before:
                found[attempt.ended.id] = (before, "end")
            before = attempt.ended.id
    return found
