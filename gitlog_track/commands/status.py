"""``status``: where the work stands."""

from __future__ import annotations

from decimal import Decimal

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.renderers.numbers import duration
from gitlog_track.renderers.safe import safe_line
from gitlog_track.services.status import Status, read_status


@click.command()
@click.pass_obj
def status(surroundings: Surroundings) -> None:
    """Show the current task, its time against the estimate, and what waits."""
    found = read_status(surroundings.workspace())
    surroundings.answer("".join(f"{line}\n" for line in _lines(found)))


def _lines(found: Status) -> list[str]:
    return [safe_line(line) for line in (*_task_lines(found), *_journal_lines(found))]


def _task_lines(found: Status) -> list[str]:
    if found.task is None:
        return ["no current task"]
    line = f"{found.task}  {found.status}"
    if found.phase:
        line += f"  phase {found.phase}"
    lines = [line]
    if found.elapsed_s is not None:
        text = f"elapsed {duration(found.elapsed_s)}"
        if found.estimated_s is not None:
            text += f" of {duration(Decimal(found.estimated_s))} estimated"
        lines.append(text)
    return lines


def _journal_lines(found: Status) -> list[str]:
    lines = []
    if found.waiting:
        lines.append(f"{found.waiting} events wait for the fold")
    if found.waiting_because:
        lines.append(f"not folded: {found.waiting_because}")
    if found.unreadable:
        lines.append(f"{found.unreadable} journal entries cannot be understood: doctor")
    if found.unassigned:
        noun = "event has" if found.unassigned == 1 else "events have"
        lines.append(f"{found.unassigned} {noun} no task: gitlog-track assign")
    if found.tip:
        lines.append(f"log at {found.tip[:12]}")
    elif not found.waiting_because:
        lines.append("the log is empty so far")
    return [*lines, *_unsent_lines(found)]


def _unsent_lines(found: Status) -> list[str]:
    lines = []
    for remote, count in found.unsent.items():
        noun = "log commit is" if count == 1 else "log commits are"
        what = "the log is" if count is None else f"{count} {noun}"
        lines.append(f"{what} not on {remote} yet: gitlog-track push {remote}")
    return lines
