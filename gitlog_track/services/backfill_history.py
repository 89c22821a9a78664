"""Record commits that were made before anybody tracked them, for the tasks they name.

What is recorded is what a commit itself proves: its parents, dates and size. When work
began and ended it does not say, and how the commit came to be neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.errors import UsageProblem
from gitlog_track.git.commits import Commit, DiffStat, diff_stats
from gitlog_track.git.head import is_partial_clone
from gitlog_track.git.objects import ObjectReader
from gitlog_track.log.identity import actor_as
from gitlog_track.log.layout import Subject
from gitlog_track.log.observe import Draft, commit_facts
from gitlog_track.log.store import LogReader
from gitlog_track.model.events import CommitRecorded
from gitlog_track.model.ids import BACKFILLED
from gitlog_track.model.names import is_name
from gitlog_track.services.workspace import Workspace

SOURCE = "importer:history 1"
COMMITS_IN_FOLD = 2_000


@dataclass(slots=True)
class History:
    """What became of the commits that were looked at.

    Attributes:
        naming: how many name a task, and say when they were made.
        added: how many were recorded, or would be, once for each task.
        known: how many the log had already.
        copies: how many change what a commit of the task changed that the log has.
        tasks: to which some were added.
    """

    naming: int = 0
    added: int = 0
    known: int = 0
    copies: int = 0
    tasks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Standing:
    """What the log has of one task's commits, and what is to be added."""

    commits: set[str]
    patches: set[str]


def commits_of(workspace: Workspace, revisions: str | None) -> list[str]:
    """Return the commits of HEAD or of a range, the oldest first.

    Args:
        workspace: where.
        revisions: as git-rev-list(1) selects them; None for all of HEAD.

    Raises:
        UsageProblem: the revisions are none.
    """
    git = workspace.git
    if revisions is None and git.try_run("rev-parse", "-q", "--verify", "HEAD")[0]:
        return []
    asked = "HEAD" if revisions is None else revisions
    args = ("rev-list", "--topo-order", "--reverse", "--end-of-options", asked, "--")
    code, out, said = git.try_run(*args)
    if code != 0 or not asked:
        raise UsageProblem(
            f"{asked!r} is no range here: {said.removeprefix('fatal: ')}",
            hint="such as: gitlog-track backfill history v1.0..HEAD",
        )
    return out.decode("ascii").split()


def backfill_history(
    workspace: Workspace, commits: Iterable[str], *, is_dry_run: bool = False
) -> History:
    """Record commits for the tasks that their ``Task:`` trailers name.

    Args:
        workspace: where.
        commits: ids, the oldest first.
        is_dry_run: say what would be recorded, and write nothing.

    Raises:
        LogError: tracking has not begun, or the log cannot be read or written.
        GitError: a commit cannot be read.
    """
    workspace.require_tracked()
    total = History()
    waiting = _naming(workspace, commits)
    while some := list(islice(waiting, COMMITS_IN_FOLD)):
        _record(workspace, some, total, is_dry_run=is_dry_run)
    return total


Named = tuple[Commit, tuple[str, ...]]


def _naming(workspace: Workspace, commits: Iterable[str]) -> Iterator[Named]:
    """Yield the commits that name tasks and say when they were made, with their tasks."""
    key = workspace.config.task_trailer
    with ObjectReader(workspace.git, workspace.home.common_dir) as reader:
        for oid in commits:
            commit = Commit(oid, reader.read(oid, "commit"))
            tasks = tuple(filter(is_name, find_tasks(commit.message, key)))
            if tasks and commit.committer[1]:
                yield commit, tasks


def _record(
    workspace: Workspace, some: list[Named], total: History, *, is_dry_run: bool
) -> None:
    events = dict(_events(workspace, [commit for commit, _ in some]))
    if not is_dry_run:
        for event in events.values():  # where it is kept as a hash, that makes a key
            actor = str(event["actor"])
            event["actor"] = actor_as(workspace.config.actor, actor, workspace.home)
    found = History()

    def plan(tip: str | None) -> list[Draft]:
        nonlocal found
        found = History(naming=len(some))
        log = LogReader(workspace.git, workspace.home.common_dir, tip)
        return list(_drafts(log, some, events, found))

    if is_dry_run:
        plan(workspace.ref().read())
    else:
        workspace.add(plan)
    total.naming += found.naming
    total.added += found.added
    total.known += found.known
    total.copies += found.copies
    total.tasks |= found.tasks


def _events(
    workspace: Workspace, commits: list[Commit]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each commit's event by its id, without the task it is recorded for."""
    stats = _stats(workspace, commits)
    now = workspace.now()[1]
    for commit in commits:
        is_merge = len(commit.parents) > 1
        facts = commit_facts(commit, stats.get(commit.oid))
        event: dict[str, object] = {
            "kind": "commit_recorded",
            "at": facts["committed_at"],
            "recorded_at": now,
            "provenance": BACKFILLED,
            "source": SOURCE,
            "commit": commit.oid,
            "operation": "merge" if is_merge else "unknown",
            **facts,
        }
        yield commit.oid, event


def _stats(workspace: Workspace, commits: list[Commit]) -> dict[str, DiffStat]:
    """Return how large each change is, where that can be told without a network.

    Where a shallow history is cut off, all files would look like a commit's work.
    """
    if is_partial_clone(workspace.git):
        return {}
    cut_off = _cut_off(workspace)
    asked = [
        commit.oid
        for commit in commits
        if len(commit.parents) < 2 and commit.oid not in cut_off
    ]
    found = diff_stats(workspace.git, asked) if asked else {}
    return {oid: found.get(oid) or DiffStat() for oid in asked}


def _cut_off(workspace: Workspace) -> frozenset[str]:
    """Return the commits whose parents a shallow clone lacks; see gitrepository-layout."""
    if not workspace.repository.is_shallow:
        return frozenset()
    with open(f"{workspace.home.common_dir}/shallow", encoding="ascii") as file:
        return frozenset(file.read().split())


def _drafts(
    log: LogReader,
    some: list[Named],
    events: dict[str, dict[str, object]],
    found: History,
) -> Iterator[Draft]:
    names = {task.lower(): task for _, tasks in reversed(some) for task in tasks}
    subjects = [Subject("task", task) for task in names.values()]
    standings = {
        key: _Standing(
            {e.commit for e in state.of(CommitRecorded)},
            {e.patch_id for e in state.of(CommitRecorded) if e.patch_id},
        )
        for key, state in zip(names, log.states_of(subjects), strict=True)
    }
    for commit, tasks in some:
        event = events[commit.oid]
        patch = event["patch_id"]
        for key in dict.fromkeys(task.lower() for task in tasks):
            standing = standings[key]
            if commit.oid in standing.commits:
                found.known += 1
                continue
            standing.commits.add(commit.oid)
            if patch in standing.patches:
                found.copies += 1
                continue
            if isinstance(patch, str):
                standing.patches.add(patch)
            found.added += 1
            found.tasks.add(names[key])
            yield Draft(Subject("task", names[key]), dict(event))
