"""What a report says where there is no log: what there is to prove, and how to begin."""

from __future__ import annotations

from gitlog_track.measures.prospect import Prospect

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


def start_text(found: Prospect) -> str:
    """Return what a person is told."""
    return _START.format(
        commits=found.commits,
        naming=found.naming_tasks,
        claiming=found.claiming,
        partial=_PARTIAL if found.is_partial else "",
    )


def start_markdown(found: Prospect) -> str:
    """Return the same as Markdown."""
    said, _, commands = start_text(found).partition("\nTo begin:\n")
    lines = "".join(line.removeprefix("  ") for line in commands.splitlines(True))
    return f"# Report\n\n{said}\nTo begin:\n\n```sh\n{lines}```\n"


def start_body(found: Prospect) -> dict[str, object]:
    """Return what ``report --format json`` adds to the envelope then."""
    return {
        "notice": NOTICE,
        "commits": {
            "total": found.commits,
            "naming_tasks": found.naming_tasks,
            "claiming": found.claiming,
            "partial": found.is_partial,
        },
    }
