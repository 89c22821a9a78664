"""Audit: was anything ever taken out of the log, or changed in it?

The set of whole lines only grows, from every parent to every child. The first commit
that breaks a rule is named. Every id is recomputed from what its event says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.commits import Commit
from gitlog_track.git.differences import Differences
from gitlog_track.git.head import EMPTY_TREE
from gitlog_track.git.objects import ZERO_OID, ObjectReader
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import is_zero
from gitlog_track.log.layout import FORMAT_PATH, Segment
from gitlog_track.log.store import LogReader
from gitlog_track.log.tree import LogTree
from gitlog_track.model.event import Event
from gitlog_track.model.stored import BrokenLine, has_own_id, read_line
from gitlog_track.model.task import TaskState

SEGMENTS_KEPT = 4_096
"""Whose lines are remembered: what is new in one commit is old in the next."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach.

    Attributes:
        commit: the log commit at which it shows; empty where it is the tip's content.
        text: one sentence.
    """

    commit: str
    text: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit saw.

    Attributes:
        commits: how many log commits were walked.
        events: how many events the tip holds.
        findings: oldest first; empty is good.
    """

    commits: int
    events: int
    findings: tuple[Finding, ...]


def audit_log(log: LogReader) -> Audit:
    """Audit the whole history of the log and everything in its tip.

    Raises:
        GitError: git cannot walk the history at all.
    """
    if log.tip is None:
        return Audit(0, 0, ())
    findings: list[Finding] = []
    commits = 0
    with _Steps(log.git, log.common_dir) as steps:
        for commit, parents in walk(log.git, log.tip):
            commits += 1
            if not findings:
                findings += steps.judge(commit, parents)
    events, broken = _judge_tip(log)
    return Audit(commits, events, (*findings, *broken))


def judge_update(git: Git, common_dir: str, old: str, new: str) -> list[str]:
    """Return why a server must not move the log from *old* to *new*; empty is good.

    Every step on the way has to add lines and to change none: a fast-forward alone
    does not say so. Source: git's receive.denyNonFastForwards and denyDeletes protect
    refs/heads/ only.

    Args:
        git: the receiving repository, its quarantine visible.
        common_dir: its git directory.
        old: hex id of the log now; all zeros is none.
        new: hex id it is to move to; all zeros deletes it.
    """
    if not set(new) - {"0"}:
        return ["the log is not deleted"]
    code, out, _ = git.try_run("cat-file", "-t", new)
    if code != 0 or out.strip() != b"commit":
        return [f"{new[:12]} is no log commit"]
    known = [] if is_zero(old) else [old]
    if known and git.try_run("merge-base", "--is-ancestor", old, new)[0] != 0:
        return [f"the log at {new[:12]} does not contain {old[:12]}: it was rewritten"]
    return judge_steps(git, common_dir, walk(git, new, *(f"^{oid}" for oid in known)))


def judge_steps(
    git: Git, common_dir: str, commits: Iterable[tuple[str, list[str]]]
) -> list[str]:
    """Return what is wrong with the first bad one of some log commits; empty is good.

    Args:
        git: the repository.
        common_dir: its git directory.
        commits: each with its parents, parents first; see :func:`walk`.
    """
    with _Steps(git, common_dir) as steps:
        for commit, parents in commits:
            if found := list(steps.judge(commit, parents)):
                return [f"log commit {commit[:12]}: {f.text}" for f in found[:5]]
    return []


def judge_lines(git: Git, common_dir: str, ours: str | None, theirs: str) -> list[str]:
    """Return what is wrong with lines that one log has and another has not.

    However many steps led there, one difference of two trees shows them all.

    Args:
        git: the repository.
        common_dir: its git directory.
        ours: the log commit that is trusted; None for none.
        theirs: the log commit that is judged.
    """
    with _Steps(git, common_dir) as steps:
        return [found.text for found in islice(steps.judge_lines(ours, theirs), 5)]


def walk(git: Git, *revisions: str) -> Iterator[tuple[str, list[str]]]:
    """Yield log commits, each with its parents, parents first.

    Raises:
        GitError: git cannot walk.
    """
    listing = git.run("rev-list", "--parents", "--topo-order", "--reverse", *revisions)
    for row in listing.decode("ascii").splitlines():
        commit, *parents = row.split()
        yield commit, parents


Added = dict[str, frozenset[bytes]]
"""Path to the lines that a commit has and one of its parents has not."""


class _Steps:
    """Judges log commits against each of their parents, through two processes for all."""

    def __init__(self, git: Git, common_dir: str) -> None:
        self._reader = ObjectReader(git, common_dir)
        self._differences = Differences(git)
        self._lines: dict[str, frozenset[bytes]] = {ZERO_OID: frozenset()}

    def __enter__(self) -> _Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self._differences.__exit__()
        self._reader.__exit__()

    def judge(self, commit: str, parents: list[str]) -> Iterator[Finding]:
        """Yield what is wrong with one commit."""
        try:
            LogTree(self._reader, commit)
            added: list[Added] = []
            known: list[str | None] = [*parents] or [None]
            for parent in known:
                added.append({})
                yield from self._judge_difference(parent, commit, added[-1])
            yield from _judge_union(commit, added)
        except GitlogTrackError as err:
            yield Finding(commit, str(err))

    def judge_lines(self, known: str | None, commit: str) -> Iterator[Finding]:
        """Yield what is wrong with the lines that a commit has and a known one has not."""
        try:
            first = self._tree(known) if known else EMPTY_TREE
            for found in self._differences.between(first, self._tree(commit)):
                path = found.path.decode("ascii", "backslashreplace")
                if path != FORMAT_PATH and not is_zero(found.new):
                    added = self._lines_of(found.new) - self._lines_of(found.old)
                    yield from _judge_added(commit, Segment(path, found.new), added)
        except GitlogTrackError as err:
            yield Finding(commit, str(err))

    def _judge_difference(
        self, parent: str | None, commit: str, added: Added
    ) -> Iterator[Finding]:
        first = self._tree(parent) if parent else EMPTY_TREE
        for found in self._differences.between(first, self._tree(commit)):
            path = found.path.decode("ascii", "backslashreplace")
            if path == FORMAT_PATH:
                if not is_zero(found.old):
                    yield Finding(commit, f"{FORMAT_PATH} was changed")
                continue
            before, after = self._lines_of(found.old), self._lines_of(found.new)
            lost = before - after
            if lost:
                yield Finding(commit, f"{_count(lost)} of {path} gone or changed")
            if not is_zero(found.new):
                segment = Segment(path, found.new)
                if found.mode != "100644":
                    yield Finding(commit, f"{path} has mode {found.mode}")
                added[path] = after - before
                yield from _judge_added(commit, segment, added[path])

    def _tree(self, commit: str) -> str:
        return Commit(commit, self._reader.read(commit, "commit")).tree

    def _lines_of(self, oid: str) -> frozenset[bytes]:
        """Return a segment's lines with their newlines, which a cut takes too."""
        known = self._lines.get(oid)
        if known is None:
            *lines, rest = self._reader.read(oid, "blob").split(b"\n")
            known = frozenset(
                [*(line + b"\n" for line in lines), *([rest] if rest else [])]
            )
            if len(self._lines) >= SEGMENTS_KEPT:
                self._lines = {ZERO_OID: frozenset()}
            self._lines[oid] = known
        return known


def _judge_union(commit: str, added: list[Added]) -> Iterator[Finding]:
    """Judge a merge: it joins what its parents have, and says nothing of its own.

    Nobody signs a merge, and everybody makes the same one; see ``merge``.
    """
    if len(added) < 2:
        return
    for path, lines in added[0].items():
        own = lines.intersection(*(other.get(path, frozenset()) for other in added[1:]))
        if own:
            text = f"{path}: {_count(own)} that no parent of this merge has"
            yield Finding(commit, text)


def _count(lines: frozenset[bytes]) -> str:
    return f"{len(lines)} line{'s' if len(lines) > 1 else ''}"


def _judge_added(
    commit: str,
    segment: Segment,
    added: frozenset[bytes],
) -> Iterator[Finding]:
    """Judge new lines: each an event, with the id of what it says, in its own place.

    What is in the log once stays there, and a line that is no event makes its task no
    proof for ever; so it must not get in.
    """
    for line in sorted(added):
        read = read_line(line.removesuffix(b"\n"))
        if isinstance(read, BrokenLine) or not line.endswith(b"\n"):
            yield Finding(commit, f"{segment.path}: a line cannot be read")
        elif not has_own_id(read):
            text = f"{segment.path}: an event does not carry the id of what it says"
            yield Finding(commit, text)
        elif isinstance(read.event, Event) and not _is_in_place(segment, read.event):
            text = f"event {read.event.id} does not belong into {segment.path}"
            yield Finding(commit, text)


def _is_in_place(segment: Segment, event: Event) -> bool:
    match segment.subject.kind:
        case "task":
            return event.task == segment.subject.name
        case "phase":
            return event.task is None and event.phase == segment.subject.name
        case _:
            return event.task is None


def _judge_tip(log: LogReader) -> tuple[int, list[Finding]]:
    events = 0
    findings = []
    try:
        for kind in ("task", "phase"):
            for state in log.states(kind):
                events += len(state.stored)
                findings += _content_findings(state.name, state)
        heap = log.unassigned()
        events += len(heap.stored)
        findings += _content_findings("unassigned", heap)
    except GitlogTrackError as err:
        findings.append(Finding("", str(err)))
    return events, findings


TOLD_TWICE = "contradiction"
"""What no single step shows: two writers may have told one event differently."""


def _content_findings(name: str, state: TaskState) -> list[Finding]:
    return [
        Finding("", f"{name}: {problem.text}")
        for problem in state.problems
        if problem.code == TOLD_TWICE
    ]
