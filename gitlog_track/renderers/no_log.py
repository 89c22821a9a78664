"""What a report says where there is no log: what there is to prove, and how to begin."""

from __future__ import annotations

from gitlog_track.measures.report import Report

NOTICE = "no log here yet: nothing of this history is measured"
_START = """\
No log here yet: nothing of this history is measured.
{commits} commits on HEAD; {naming} name a task; {claiming} look as if they claim a metric.
{partial}
To begin:
  gitlog-track init
  gitlog-track start P1-001 --estimate 1h --description 'what it is'
  git commit ...
  gitlog-track complete
"""
_PARTIAL = "(shallow clone: partial)\n"


def start_text(report: Report) -> str:
    """Return what a person is told."""
    return _START.format(
        commits=report.history.commits,
        naming=report.history.naming_tasks,
        claiming=report.history.claiming,
        partial=_PARTIAL if report.history.is_partial else "",
    )


def start_markdown(report: Report) -> str:
    """Return the same as Markdown."""
    said, _, commands = start_text(report).partition("\nTo begin:\n")
    lines = "".join(line.removeprefix("  ") for line in commands.splitlines(True))
    return f"# Report\n\n{said}\nTo begin:\n\n```sh\n{lines}```\n"
