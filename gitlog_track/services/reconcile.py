"""Find out which commits of HEAD a forge squashed lost work into, and record it.

What is recorded is a rewrite, of each squashed commit into the new one: its natural key
is the task and the pairs, so that two clones which find the same record the same event.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitlog_track.claims.message import read_message
from gitlog_track.claims.squashed import listed_commits, repeated_titles, title_of
from gitlog_track.errors import UsageProblem
from gitlog_track.git.commits import Commit
from gitlog_track.git.head import (
    HeadCommit,
    combined_patch_id,
    head_commits,
    is_partial_clone,
    patch_ids,
)
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import kinds_of
from gitlog_track.log.layout import Subject
from gitlog_track.log.observe import PAIRS_IN_EVENT
from gitlog_track.log.store import LogReader
from gitlog_track.measures.recorded import SQUASH, Recorded
from gitlog_track.measures.resolution import MAX_SEARCHED, Resolution
from gitlog_track.measures.squashes import (
    Branch,
    Candidate,
    Doubt,
    LostCommit,
    Squash,
    branches,
    match,
)
from gitlog_track.model.events import CommitRecorded
from gitlog_track.services.history import named_tasks, resolve_history
from gitlog_track.services.record import record
from gitlog_track.services.workspace import Workspace

MAX_BRANCHES = 1_000
"""So many combined patches are computed, at two processes each."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found.

    Attributes:
        squashes: what is certain, a row for each task of each commit.
        doubts: what is not.
        lost: how many recorded commits are on HEAD under no id, these not counted.
        titles: of the commits of HEAD that are named.
    """

    squashes: tuple[Squash, ...]
    doubts: tuple[Doubt, ...]
    lost: int
    titles: Mapping[str, str]


def find_squashes(
    workspace: Workspace, revisions: str | None, workers: int
) -> Reconciled:
    """Return which commits of HEAD carry lost commits' work.

    Args:
        workspace: where.
        revisions: look at these commits only, as git-rev-list(1) selects them; by
            default at those since tracking began.
        workers: processors that may be used.

    Raises:
        UsageProblem: the revisions are none.
        LogError: the log cannot be read.
        GitError: the history cannot be read.
    """
    recorded = workspace.ask(lambda index: index.recorded(), workers=workers)
    found = resolve_history(workspace, recorded)
    wanted = None if revisions is None else _selected(workspace, revisions)
    lost = list(_lost_commits(workspace, workspace.log(), recorded, found))
    commits = list(_candidates(workspace, recorded, found, wanted)) if lost else []
    runs = branches(lost)
    key, made_here = workspace.config.task_trailer, {c.commit for c in recorded.commits}
    candidates = [_candidate(key, made_here, commit) for commit in commits]
    patches: dict[Branch, frozenset[str]] = {}
    if not is_partial_clone(workspace.git):
        candidates = _with_patches(workspace, commits, candidates)
        patches = _combined(workspace, runs) if candidates else {}
    squashes, doubts = match(runs, candidates, patches)
    alike = list(_alike(workspace, recorded, found, wanted))
    moved = {oid for squash in squashes for oid in squash.squashed}
    return Reconciled(
        squashes=tuple(squashes),
        doubts=(*doubts, *alike),
        lost=len({orphan.commit for orphan in found.orphaned} - moved),
        titles={
            **_titles(workspace, [oid for doubt in alike for oid in doubt.commits]),
            **{c.oid: _text(c).lstrip().partition("\n")[0] for c in commits},
        },
    )


def record_squashes(workspace: Workspace, squashes: Iterable[Squash]) -> None:
    """Put what was found into the journal, and fold it.

    Raises:
        LogError: tracking has not begun here, or the journal cannot be written.
    """
    workspace.require_tracked()
    for squash in squashes:
        for at in range(0, len(squash.squashed), PAIRS_IN_EVENT):
            part = squash.squashed[at : at + PAIRS_IN_EVENT]
            pairs = [[old, squash.commit] for old in part]
            fields = {"kind": "commits_rewritten", "cause": SQUASH, "pairs": pairs}
            record(workspace, Subject("task", squash.task), fields, "reconcile")


def _selected(workspace: Workspace, revisions: str) -> frozenset[str]:
    args = ("rev-list", "--end-of-options", revisions, "--")
    code, out, said = workspace.git.try_run(*args)
    if code != 0 or not revisions:
        raise UsageProblem(
            f"{revisions!r} is no range here: {said.removeprefix('fatal: ')}",
            hint="such as: gitlog-track reconcile v1.0..HEAD",
        )
    return frozenset(out.decode("ascii").split())


def _lost_commits(
    workspace: Workspace, log: LogReader, recorded: Recorded, found: Resolution
) -> Iterator[LostCommit]:
    """Yield what was recorded and is nowhere on HEAD; of copies only the last one."""
    tasks = {o.commit: o.tasks for o in found.orphaned if o.tasks}
    followed = {old for old, new in recorded.rewrites if new in tasks and old != new}
    tasks = {oid: names for oid, names in tasks.items() if oid not in followed}
    events: dict[str, CommitRecorded] = {}
    for name in sorted({task for names in tasks.values() for task in names}):
        state = log.state(Subject("task", name))
        events.update((e.commit, e) for e in state.of(CommitRecorded))
    there = _still_there(workspace, list(tasks))
    titles = {} if is_partial_clone(workspace.git) else _titles(workspace, there)
    live = _held_by_branches(workspace.git, there)
    for oid, names in tasks.items():
        event = events.get(oid)
        at = event.committed_at if event is not None else None
        yield LostCommit(
            oid,
            names,
            event.commit_parents if event is not None else (),
            int(at.timestamp()) if at is not None else 0,
            titles.get(oid, ""),
            oid in live,
        )


def _alike(
    workspace: Workspace,
    recorded: Recorded,
    found: Resolution,
    wanted: frozenset[str] | None,
) -> Iterator[Doubt]:
    """Yield the commits of HEAD whose patch was recorded for several tasks.

    What was recorded is not lost then, and whose work the commit carries is not known.
    """
    rows = [
        row
        for row in found.ambiguous
        if row.way == "patch_id" and (wanted is None or row.commit in wanted)
    ]
    patches = patch_ids(workspace.git, [row.commit for row in rows]) if rows else {}
    for row in rows:
        patch = patches.get(row.commit)
        mine = [c.commit for c in recorded.commits if patch and c.patch_id == patch]
        yield Doubt(tuple(mine), row.tasks, (row.commit,), "patch_id")


def _still_there(workspace: Workspace, oids: list[str]) -> list[str]:
    """Return those of some commits that are still here; none is fetched."""
    kinds = kinds_of(workspace.git, oids)
    return [oid for oid, kind in kinds.items() if kind == "commit"]


def _held_by_branches(git: Git, oids: list[str]) -> frozenset[str]:
    """Return those of some commits that a local or remote-tracking branch contains."""
    if not oids:
        return frozenset()
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    args = ("rev-list", "--stdin", "--not", "--branches", "--remotes")
    free = git.run(*args, stdin=asked).decode("ascii").split()
    return frozenset(oids).difference(free)


def _titles(workspace: Workspace, oids: list[str]) -> dict[str, str]:
    """Return the titles of commits that are here."""
    with ObjectReader(workspace.git, workspace.home.common_dir) as reader:
        raw = {oid: Commit(oid, reader.read(oid, "commit")).message for oid in oids}
    return {oid: title_of(read_message(text).text) for oid, text in raw.items()}


def _candidates(
    workspace: Workspace,
    recorded: Recorded,
    found: Resolution,
    wanted: frozenset[str] | None,
) -> Iterator[HeadCommit]:
    """Yield commits of HEAD that lead to no task, or to one that lacks commits."""
    lacking = {task for orphan in found.orphaned for task in orphan.tasks}
    settled = {row.commit for row in found.resolved if lacking.isdisjoint(row.tasks)}
    fewest = 1 if workspace.is_history_cut_off else 0
    for commit in head_commits(workspace.git):
        is_new = commit.committed_s >= (recorded.began_s or 0)
        is_asked = is_new if wanted is None else commit.oid in wanted
        if is_asked and commit.oid not in settled and fewest <= commit.parents <= 1:
            yield commit


def _candidate(key: str, made_here: Container[str], commit: HeadCommit) -> Candidate:
    text = _text(commit)
    return Candidate(
        oid=commit.oid,
        committed_s=commit.committed_s,
        titles=repeated_titles(text),
        named=named_tasks(key, commit),
        listed=listed_commits(text),
        is_recorded=commit.oid in made_here,
    )


def _text(commit: HeadCommit) -> str:
    return read_message(commit.message).text


def _with_patches(
    workspace: Workspace, commits: list[HeadCommit], candidates: list[Candidate]
) -> list[Candidate]:
    asked = [commit.oid for commit in commits][:MAX_SEARCHED]
    found = patch_ids(workspace.git, asked) if asked else {}
    return [c._replace(patch_id=found.get(c.oid)) for c in candidates]


def _combined(workspace: Workspace, runs: list[Branch]) -> dict[Branch, frozenset[str]]:
    """Return the patch ids of what each branch as a whole changes.

    Of all since HEAD's history was left, as a forge compares (git-diff(1), ``A...B``),
    and of these commits alone, as where the branch below was merged before.
    """
    found: dict[Branch, frozenset[str]] = {}
    git = workspace.git
    for branch in runs[:MAX_BRANCHES]:
        tip, parents = branch.commits[-1].oid, branch.commits[0].parents
        code, out, _ = git.try_run("merge-base", "HEAD", tip)
        starts = {out.decode("ascii", "replace").strip()} if code == 0 else set()
        starts.add(parents[0] if parents else "")
        patches = {combined_patch_id(git, start or None, tip) for start in starts}
        found[branch] = frozenset(p for p in patches if p is not None)
    return found
