"""The tools: each checks its arguments, makes one service call, and pages the answer.

Their docstrings and descriptions are what an agent reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from mcp_types import CallToolResult
from pydantic import Field

from gitlog_track.index.index import Place, Query
from gitlog_track.mcp.asking import Asker
from gitlog_track.mcp.paging import MAX_LIMIT, Paging, fitting, result
from gitlog_track.mcp.rows import Page
from gitlog_track.model.names import check_name
from gitlog_track.services.tasks import find_tasks, last_failed, trace_tasks
from gitlog_track.services.workspace import Workspace

Status = Literal["in_progress", "complete", "partial", "failed", "not_started"]
Provenance = Literal["live", "backfilled"]
Answer = Annotated[CallToolResult, Page]
Limit = Annotated[int, Field(description=f"1 to {MAX_LIMIT} tasks; more is cut to it.")]
Cursor = Annotated[
    str, Field(description="next_cursor of the page before; same filters.")
]
_INSTANT = "an instant (2026-01-31T14:00:00Z) or a day (from its local midnight)"


@dataclass(frozen=True, slots=True)
class Tools:
    """What can be asked; every public method is a tool.

    Attributes:
        asker: opens the workspace.
    """

    asker: Asker

    def tasks_list(  # noqa: PLR0913  # an argument for each filter
        self,
        *,
        status: Annotated[
            Status | None, Field(description="Only tasks that stand so.")
        ] = None,
        phase: Annotated[str, Field(description="Only tasks of this phase.")] = "",
        task: Annotated[str, Field(description="Only this task.")] = "",
        since: Annotated[
            str, Field(description=f"Started from then: {_INSTANT}.")
        ] = "",
        until: Annotated[str, Field(description=f"Started before: {_INSTANT}.")] = "",
        provenance: Annotated[
            Provenance | None, Field(description="Recorded live, or imported later.")
        ] = None,
        limit: Limit = 20,
        cursor: Cursor = "",
    ) -> Answer:
        """List tasks, the newest first, with their attempts and main measures.

        Asked for one task, it has all measures that are known.
        """
        begin, end = self.asker.span(since, until)
        query = Query(
            task=check_name(task, "task") if task else "",
            phase=check_name(phase, "phase") if phase else "",
            status=status or "",
            provenance=provenance or "",
            since=begin,
            until=end,
        )
        paging = Paging.of(
            ("list", query), limit, cursor, Place.by_start, in_full=bool(task)
        )
        query = replace(query, limit=paging.wanted, after=paging.after)
        with self.asker.workspace() as workspace:
            return paging.answer(_log(workspace), find_tasks(workspace, query))

    def tasks_by_trace(
        self,
        trace_id: Annotated[
            str,
            Field(
                description="A task's trace id, an attempt's span id, or the trace id of "
                "a TRACEPARENT; or its first digits, at least 4."
            ),
        ],
    ) -> Answer:
        """Find the tasks that an id stands for, with all measures that are known.

        Of an attempt's span id, or a TRACEPARENT's trace id, the attempts that are meant.
        """
        with self.asker.workspace() as workspace:
            found = trace_tasks(workspace, trace_id)
            log = _log(workspace)
        rows = fitting(found, in_full=True)
        notes = []
        if len(rows) < len(found):
            notes = [f"{len(rows)} of {len(found):,} tasks fit: give more digits"]
        return result(Page(log, rows, None, notes))

    def tasks_last_failed(self, limit: Limit = 5, cursor: Cursor = "") -> Answer:
        """List the tasks that failed last, the latest failure first.

        Those that were tried again since then are among them: status says how a task
        stands now, attempts what each try failed with.
        """
        paging = Paging.of("last failed", limit, cursor, Place.by_failure)
        with self.asker.workspace() as workspace:
            found = last_failed(workspace, paging.wanted, paging.after)
            return paging.answer(_log(workspace), found)


def _log(workspace: Workspace) -> str:
    """Return where an answer can be checked: the log at its commit."""
    return f"{workspace.log_ref} at {(workspace.ref().read() or '')[:12]}"
