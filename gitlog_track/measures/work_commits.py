"""The commits of a task as its log recorded them, each piece of work once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import MISSING, Value, from_events
from gitlog_track.model.events import CommitRecorded, CommitsRewritten
from gitlog_track.model.task import TaskState


def work_commits(state: TaskState) -> Value:
    """Return each piece of work once, by the commit it has become.

    What an amend or a rebase made of a commit is the same work under another id, and a
    cherry-pick of a commit of this task under both.
    """
    events = _without_copies(state.of(CommitRecorded))
    if not events:
        return MISSING
    became = {old: new for e in state.of(CommitsRewritten) for old, new in e.pairs}
    finals: dict[str, str] = {}
    oids = tuple(dict.fromkeys(_final(e.commit, became, finals) for e in events))
    return from_events(state, events, oids, Evidence.MEASURED)


def _without_copies(recorded: Sequence[CommitRecorded]) -> list[CommitRecorded]:
    """Leave out rebased commits, and cherry-picked ones of which the patch is there."""
    events = [e for e in recorded if e.operation != "rebase"]
    picked = [e for e in events if e.operation == "cherry-pick" and e.patch_id]
    if not picked:
        return events
    known = {e.patch_id for e in events if e.operation != "cherry-pick"}
    copies: set[str] = set()
    for event in picked:
        if event.patch_id in known:
            copies.add(event.id)
        known.add(event.patch_id)
    return [e for e in events if e.id not in copies]


def _final(commit: str, became: Mapping[str, str], finals: dict[str, str]) -> str:
    """Return what a commit has become in the end, and keep it for all on the way.

    Args:
        commit: its id.
        became: what each rewrite made of a commit.
        finals: what is known by now, so that a long chain is walked once.
    """
    seen = {commit: None}
    while commit not in finals and (following := became.get(commit)) is not None:
        if following in seen:
            break
        commit = following
        seen[commit] = None
    commit = finals.get(commit, commit)
    finals.update(dict.fromkeys(seen, commit))
    return commit
