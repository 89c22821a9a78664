"""Answers of bounded size: as many rows as were asked for, and as fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
from mcp_types import CallToolResult, TextContent

from gitlog_track.errors import UsageProblem
from gitlog_track.index.index import Place
from gitlog_track.mcp.cursors import digest, read_cursor, write_cursor
from gitlog_track.mcp.rows import Page, TaskRow, row_of
from gitlog_track.measures.summary import TaskSummary

ANSWER_BYTES = 50_000
"""No answer is longer, as text. Clients cut at 25,000 tokens, and the protocol carries
an answer twice, as text and as structure: that is 4 bytes a token where a model is given
both, and 2 bytes a token where it is given one."""
_FRAME_BYTES = 2_000
"""What stands around the rows has no more: the log, the cursor and the notes."""
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for.

    Attributes:
        question: stands for the list and its filters.
        limit: at most so many tasks.
        after: the place behind which it begins; None is the list's beginning.
        place_of: tells a task's place in this list.
        notes: what a client has to know about its own arguments.
        in_full: show all measures of each task.
    """

    question: str
    limit: int
    after: Place | None
    place_of: Callable[[TaskSummary], Place]
    notes: tuple[str, ...]
    in_full: bool = False

    @classmethod
    def of(
        cls,
        question: object,
        limit: int,
        cursor: str,
        place_of: Callable[[TaskSummary], Place],
        *,
        in_full: bool = False,
    ) -> Paging:
        """Check what a client asks for.

        Raises:
            UsageProblem: the limit asks for nothing, or the cursor is none of this list.
        """
        if limit < 1:
            raise UsageProblem(
                f"limit {limit} asks for no task: expected 1 to {MAX_LIMIT}"
            )
        notes: tuple[str, ...] = ()
        if limit > MAX_LIMIT:
            notes = (f"limit is cut to {MAX_LIMIT}; next_cursor gets the rest",)
        asked = digest(question)
        after = read_cursor(cursor, asked)
        return cls(asked, min(limit, MAX_LIMIT), after, place_of, notes, in_full)

    @property
    def wanted(self) -> int:
        """How many tasks to look for: one more than is shown tells that there is more."""
        return self.limit + 1

    def answer(self, log: str, found: Sequence[TaskSummary]) -> CallToolResult:
        """Return the page.

        Args:
            log: where the answer can be checked.
            found: the next tasks of the list, as many as were wanted.
        """
        rows = fitting(found[: self.limit], in_full=self.in_full)
        notes = list(self.notes)
        if len(rows) < min(self.limit, len(found)):
            notes.append(f"{len(rows)} tasks fill this answer; next_cursor gets more")
        cursor = None
        if len(rows) < len(found):
            cursor = write_cursor(self.question, self.place_of(found[len(rows) - 1]))
        return result(Page(log, rows, cursor, notes))


def fitting(tasks: Iterable[TaskSummary], *, in_full: bool) -> list[TaskRow]:
    """Return the rows of the first tasks, as many as fit into one answer."""
    rows: list[TaskRow] = []
    room = ANSWER_BYTES - _FRAME_BYTES
    for task in tasks:
        row = row_of(task, in_full=in_full)
        room -= len(msgspec.json.encode(row)) + 1
        if room < 0:
            break
        rows.append(row)
    return rows


def result(page: Page) -> CallToolResult:
    """Return a page as the protocol has it: as text, and as what the schema describes."""
    text = msgspec.json.encode(page).decode()
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=msgspec.to_builtins(page),
    )
