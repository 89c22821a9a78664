"""What led to what in a task: its events as a graph, whatever they name. Pure.

A cause is named by the id of an event of the same task, or as ``TASK:ID``. Besides causes
that somebody named there are those that follow from the kinds: a retry follows the end of
the attempt before, an end its attempt's begin, a fix its bug, a resolution its blocker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gitlog_track.model.events import BlockerResolved, BugFixed, KnownEvent
from gitlog_track.model.task import TaskState

MAX_DEPTH = 24
"""Of a tree, so that its lines stay on a screen."""
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
    tasks = _Tasks(state, load)
    edges = [edge for event in state.events for edge in tasks.edges(event, state.name)]
    wanted = [edge.cause for edge in edges]
    seen = {Ref(state.name, event.id) for event in state.events}
    while wanted:
        ref = wanted.pop()
        event = None if ref in seen else tasks.event(ref)
        seen.add(ref)
        if event is not None:
            found = tasks.edges(event, ref.task)
            edges += found
            wanted += [edge.cause for edge in found]
    used = {ref for edge in edges for ref in (edge.cause, edge.effect)}
    known = {ref: event for ref in used if (event := tasks.event(ref)) is not None}
    events = dict(sorted(known.items(), key=lambda row: (row[1].at, row[0])))
    return CauseGraph(
        state.name,
        events,
        tuple(sorted(edges, key=lambda e: (events[e.effect].at, e.effect, e.cause))),
        tuple(sorted(used - known.keys())),
    )


class _Task:
    """One task's events by id, and what each begin and end follows."""

    def __init__(self, state: TaskState) -> None:
        self.name = state.name
        self.events = {event.id: event for event in state.events}
        self.before: dict[str, tuple[str, Relation]] = {}
        last = ""
        for attempt in state.attempts:
            frames: tuple[tuple[KnownEvent | None, Relation], ...] = (
                (attempt.begun, "retry"),
                (attempt.ended, "end"),
            )
            for event, relation in frames:
                if event is not None:
                    if last:
                        self.before[event.id] = (last, relation)
                    last = event.id


class _Tasks:
    """Tasks by name, each loaded once."""

    def __init__(self, own: TaskState, load: Callable[[str], TaskState]) -> None:
        self._load = load
        self._tasks = {own.name.lower(): _Task(own)}

    def _task(self, name: str) -> _Task:
        key = name.lower()
        if key not in self._tasks:
            self._tasks[key] = _Task(self._load(name))
        return self._tasks[key]

    def event(self, ref: Ref) -> KnownEvent | None:
        return self._task(ref.task).events.get(ref.event)

    def edges(self, event: KnownEvent, task: str) -> list[Edge]:
        """Return what led to an event of a task."""
        home = self._task(task)
        effect = Ref(home.name, event.id)
        found: list[tuple[Ref, Relation]] = []
        for text in event.causes:
            named = parse_cause(text, home.name)
            found.append((Ref(self._task(named.task).name, named.event), "cause"))
        if isinstance(event, BugFixed) and event.bug:
            found.append((Ref(home.name, event.bug), "fix"))
        if isinstance(event, BlockerResolved):
            found.append((Ref(home.name, event.blocker), "resolution"))
        if event.id in home.before:
            before, relation = home.before[event.id]
            found.append((Ref(home.name, before), relation))
        return [
            Edge(cause, effect, relation) for cause, relation in dict.fromkeys(found)
        ]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the graph as a tree.

    Attributes:
        ref: the event; it may be unknown.
        relation: to the line above it by one; None for a root.
        depth: 0 for a root.
        is_last: among the effects of its cause.
        note: ``cycle`` leads back to a line that it hangs under, ``again`` to one shown
            before; ``deeper`` goes on as a root of its own.
    """

    ref: Ref
    relation: Relation | None
    depth: int
    is_last: bool
    note: Literal["", "cycle", "again", "deeper"]


def walk(graph: CauseGraph) -> Iterator[Step]:
    """Yield the graph as trees, causes above effects, each event with its effects once.

    What only a cycle leads to is begun at its earliest event. Nothing recurses, however
    deep a graph is.
    """
    effects: dict[Ref, list[Edge]] = {}
    for edge in graph.edges:
        effects.setdefault(edge.cause, []).append(edge)
    follows = {e.effect for e in graph.edges if e.cause in graph.events}
    seen: set[Ref] = set()
    roots = [ref for ref in (*graph.unknown, *graph.events) if ref not in follows]
    for root in (*roots, *graph.events):
        later: list[tuple[Ref, frozenset[Ref]]] = [(root, frozenset())]
        while later:
            ref, above = later.pop(0)
            if ref not in seen:
                yield from _tree(ref, above, effects, seen, later)


def _tree(
    root: Ref,
    above: frozenset[Ref],
    effects: Mapping[Ref, list[Edge]],
    seen: set[Ref],
    later: list[tuple[Ref, frozenset[Ref]]],
) -> Iterator[Step]:
    path = list[Ref]()
    waiting: list[tuple[Ref, Relation | None, int, bool]] = [(root, None, 0, True)]
    while waiting:
        ref, relation, depth, is_last = waiting.pop()
        del path[depth:]
        if ref in above or ref in path:
            yield Step(ref, relation, depth, is_last, "cycle")
        elif ref in seen:
            yield Step(ref, relation, depth, is_last, "again")
        elif depth >= MAX_DEPTH and ref in effects:
            yield Step(ref, relation, depth, is_last, "deeper")
            later.append((ref, above | frozenset(path)))
        else:
            yield Step(ref, relation, depth, is_last, "")
            seen.add(ref)
            path.append(ref)
            below = effects.get(ref, [])
            for edge in reversed(below):
                is_end = edge is below[-1]
                waiting.append((edge.effect, edge.relation, depth + 1, is_end))
