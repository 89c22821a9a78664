"""What led to what: as a tree of lines, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from gitlog_track.model.causes import CauseGraph, Ref, Step, walk
from gitlog_track.model.events import kind_of
from gitlog_track.renderers.events import about, event_line
from gitlog_track.renderers.safe import safe_line

UNICODE = ("\u251c\u2500\u2500 ", "\u2514\u2500\u2500 ", "\u2502   ")
ASCII = ("|-- ", "`-- ", "|   ")
NOTES = {
    "": "",
    "cycle": "  (cycle: it is above)",
    "again": "  (shown above)",
    "deeper": "  (goes on below)",
}


def graph_text(graph: CauseGraph, *, ascii_only: bool) -> str:
    """Return the graph as a tree of lines.

    Args:
        graph: of a task.
        ascii_only: can whoever reads it show nothing else?
    """
    if not graph.edges:
        return f"nothing in {safe_line(graph.task)} names a cause\n"
    return "".join(f"{line}\n" for line in _lines(graph, ascii_only=ascii_only))


def _lines(graph: CauseGraph, *, ascii_only: bool) -> Iterator[str]:
    branch, corner, bar = ASCII if ascii_only else UNICODE
    bars: list[str] = []
    for step in walk(graph):
        del bars[max(step.depth - 1, 0) :]
        shape = "" if step.depth == 0 else corner if step.is_last else branch
        yield f"{''.join(bars)}{shape}{_said(graph, step)}{NOTES[step.note]}"
        if step.depth:
            bars.append("    " if step.is_last else bar)


def _said(graph: CauseGraph, step: Step) -> str:
    task = "" if step.ref.task == graph.task else f"{step.ref.task}: "
    event = graph.events.get(step.ref)
    if event is None:
        return safe_line(f"{task}{step.ref.event}  is in no log, or was retracted")
    word = step.relation if step.relation != "cause" else ""
    return f"{safe_line(task)}{event_line(event, word or '')}"


def graph_body(graph: CauseGraph) -> dict[str, object]:
    """Return what ``show --graph --format json`` adds to the envelope."""
    return {
        "task": graph.task,
        "events": [
            {
                **_named(ref),
                "kind": kind_of(event),
                "at": event.at,
                "attempt": event.attempt,
                "about": about(event),
            }
            for ref, event in graph.events.items()
        ],
        "edges": [
            {
                "cause": _named(edge.cause),
                "effect": _named(edge.effect),
                "relation": edge.relation,
            }
            for edge in graph.edges
        ],
        "unknown": [_named(ref) for ref in graph.unknown],
        "cycles": [_named(step.ref) for step in walk(graph) if step.note == "cycle"],
    }


def _named(ref: Ref) -> dict[str, object]:
    return {"task": ref.task, "event": ref.event}
