"""The resources: a task's log in the founding layout, a phase's report in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.errors import LogError, UnknownNameError
from gitlog_track.mcp.asking import Asker
from gitlog_track.mcp.paging import ANSWER_BYTES
from gitlog_track.mcp.rows import cut
from gitlog_track.measures.report import Selection
from gitlog_track.model.names import check_name
from gitlog_track.renderers.founding_log import render_log
from gitlog_track.renderers.report_markdown import report_markdown
from gitlog_track.services.report import Wanted, build_report
from gitlog_track.services.tasks import measured_task

LINE_BYTES = 2_000
LISTED = 50
"""So many tasks of each list go into a report; the tool ``tasks_list`` has all."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What can be read; every public method is a resource.

    Attributes:
        asker: opens the workspace.
    """

    asker: Asker

    def task_log(self, task: str) -> str:
        """The log of a task, in time order: its events, then what they come to."""
        with self.asker.workspace() as workspace:
            measured = measured_task(workspace, task)
        return shortened(render_log(measured.state, measured.measures))

    def phase_report(self, phase: str) -> str:
        """The report of a phase: all its measures with their evidence, and its tasks."""
        selection = Selection(phase=check_name(phase, "phase"))
        wanted = Wanted(selection=selection, listed=LISTED)
        with self.asker.workspace() as workspace:
            report = build_report(workspace, wanted)
        if report.log is None:
            raise LogError("there is no log: not fetched, or nothing tracked yet")
        if not report.phases:
            raise UnknownNameError(f"phase {phase} has no log: NOT MEASURED")
        return report_markdown(report, limit=ANSWER_BYTES, size=_size)


def _size(text: str) -> int:
    return len(text.encode())


def shortened(log: str) -> str:
    """Return an execution log of at most :data:`ANSWER_BYTES`.

    The oldest events are left out first, and it says how many; frame and figures stay.
    """
    lines = [_cut(line) for line in log.split("\n")[:-1]]
    begin = lines.index(_EVENTS) + 1 if _EVENTS in lines else len(lines)
    end = lines.index(_COMPLETION) if _COMPLETION in lines else len(lines)
    gone = 0
    over = sum(map(_size, lines)) + len(lines) - (ANSWER_BYTES - _NOTE_BYTES)
    while over > 0 and begin + gone < end:
        over -= _size(lines[begin + gone]) + 1
        gone += 1
    if gone:
        lines[begin : begin + gone] = [f"... {gone:,} earlier lines are left out"]
    return "\n".join(lines) + "\n"


def _cut(line: str) -> str:
    return line if _size(line) <= LINE_BYTES else cut(line, LINE_BYTES)


_EVENTS, _COMPLETION = "=== EVENTS ===", "=== COMPLETION ==="
_NOTE_BYTES = 100
