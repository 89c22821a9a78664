"""What a report says where there is no log: what there is to prove, and how to begin."""

from __future__ import annotations

from gitlog_track.measures.prospect import Prospect
from gitlog_track.measures.report import Selection

NOTICE = "no log here yet: nothing of this history is measured"
_START = """\
No log here yet: nothing of this history is measured.
{commits} commits on HEAD{span}; {naming} name a task; {claiming} claim a metric.
{partial}
"""
_PARTIAL = "(shallow clone: partial)\n"
_BEGIN = """\
gitlog-track init
gitlog-track start P1-001 --estimate 1h --description 'what it is'
git commit ...
gitlog-track complete
"""
_FETCH = "Where the log was begun elsewhere, bring it here; a second one is of no use"


def start_text(found: Prospect, selection: Selection, fetch: str) -> str:
    """Return what a person is told.

    Args:
        found: what there is to prove.
        selection: since when and until when.
        fetch: the command that brings a log; empty where there is no remote.
    """
    blocks = (
        f"{title}:\n" + "".join(f"  {line}\n" for line in commands.splitlines())
        for title, commands in _advice(fetch)
    )
    return _said(found, selection) + "\n".join(blocks)


def start_markdown(found: Prospect, selection: Selection, fetch: str) -> str:
    """Return the same as Markdown."""
    blocks = (
        f"{title}:\n\n```sh\n{commands}```\n" for title, commands in _advice(fetch)
    )
    return f"# Report\n\n{_said(found, selection)}" + "\n".join(blocks)


def _said(found: Prospect, selection: Selection) -> str:
    since, until = selection.since, selection.until
    span = f" since {since.isoformat()}" if since else ""
    span += f" before {until.isoformat()}" if until else ""
    return _START.format(
        commits=found.commits,
        span=span,
        naming=found.naming_tasks,
        claiming=found.claiming,
        partial=_PARTIAL if found.is_partial else "",
    )


def _advice(fetch: str) -> list[tuple[str, str]]:
    """Return commands, each with what they are for."""
    bring = [(_FETCH, f"{fetch}\n")] if fetch else []
    return [*bring, ("To begin", _BEGIN)]


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
