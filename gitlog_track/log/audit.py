"""Audit: was anything ever taken out of the log, or changed in it?

The set of whole lines only grows, from every parent to every child. The first commit
that breaks a rule is named. Every id is recomputed from what its event says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.commits import Commit
from gitlog_track.git.differences import Difference, Differences
from gitlog_track.git.head import EMPTY_TREE
from gitlog_track.git.objects import ZERO_OID, ObjectReader
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import is_zero
from gitlog_track.log.codec import MAX_EVENT_BYTES, lines_of
from gitlog_track.log.layout import FORMAT_PATH, Segment
from gitlog_track.log.store import LogReader
from gitlog_track.log.tree import LogTree
from gitlog_track.model.event import Event
from gitlog_track.model.stored import BrokenLine, has_own_id, read_line
from gitlog_track.model.task import TaskState

CACHE_BYTES = 32 << 20
"""So much of segments is remembered: what is new in one commit is old in the next."""
MOST_NAMED = 100
"""So many findings of an audit are named; a hostile log has as many as it likes."""
MOST_TOLD = 5
"""So many findings make up a refusal."""


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
        mended: commits that took lines out which the tip has again: a rewrite that
            somebody accepted.
    """

    commits: int
    events: int
    findings: tuple[Finding, ...]
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Log commits to judge.

    Attributes:
        tip: the one they lead to.
        commits: each with its parents, parents first; see :func:`walk`. What is not
            among them is trusted.
    """

    tip: str
    commits: Mapping[str, list[str]]

    def leads_around(self, step: str, parent: str) -> bool:
        """Does a way lead from the tip to a parent of a step, and not by that step?"""
        is_trusted = parent not in self.commits
        waiting, seen = [self.tip], {step}
        while waiting:
            commit = waiting.pop()
            if commit in seen:
                continue
            seen.add(commit)
            if commit == parent or (is_trusted and commit not in self.commits):
                return True
            waiting += self.commits.get(commit, ())
        return False


@dataclass(frozen=True, slots=True)
class Judged:
    """What some steps come to.

    Attributes:
        refusals: what is wrong with the first bad one; empty is good.
        mended: commits that took lines out which the tip has again.
    """

    refusals: tuple[str, ...]
    mended: tuple[str, ...]


def audit_log(log: LogReader) -> Audit:
    """Audit the whole history of the log and everything in its tip.

    Raises:
        GitError: git cannot walk the history at all.
    """
    if log.tip is None:
        return Audit(0, 0, ())
    findings: list[Finding] = []
    history = History(log.tip, dict(walk(log.git, log.tip)))
    with _Steps(log.git, log.common_dir, history) as steps:
        for commit, parents in history.commits.items():
            if not findings:
                findings += islice(steps.judge(commit, parents), MOST_NAMED)
    events, broken = _judge_tip(log)
    found = (*findings, *broken)
    return Audit(len(history.commits), events, found, tuple(steps.mended))


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
    if is_zero(new):
        return ["the log is not deleted"]
    code, out, _ = git.try_run("cat-file", "-t", new)
    if code != 0 or out.strip() != b"commit":
        return [f"{new[:12]} is no log commit"]
    known = [] if is_zero(old) else [old]
    if known and git.try_run("merge-base", "--is-ancestor", old, new)[0] != 0:
        return [f"the log at {new[:12]} does not contain {old[:12]}: it was rewritten"]
    steps = dict(walk(git, new, *(f"^{oid}" for oid in known)))
    return list(judge_steps(git, common_dir, History(new, steps)).refusals)


def judge_steps(git: Git, common_dir: str, history: History) -> Judged:
    """Judge log commits, by what came of them in the end.

    Lines that a step took out are not lost where the tip holds them again by a way that
    leads around that step: somebody accepted a rewrite, and joined it with the log that
    had gone on beside it. To put lines back behind such a step mends nothing.

    Args:
        git: the repository.
        common_dir: its git directory.
        history: the commits to judge.
    """
    with _Steps(git, common_dir, history) as steps:
        for commit, parents in history.commits.items():
            if found := list(islice(steps.judge(commit, parents), MOST_TOLD)):
                refusals = [f"log commit {commit[:12]}: {f.text}" for f in found]
                return Judged(tuple(refusals), ())
        return Judged((), tuple(steps.mended))


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
        found = islice(steps.judge_lines(ours, theirs), MOST_TOLD)
        return [each.text for each in found]


def walk(git: Git, *revisions: str) -> Iterator[tuple[str, list[str]]]:
    """Yield log commits, each with its parents, parents first.

    Raises:
        GitError: git cannot walk.
    """
    listing = git.run("rev-list", "--parents", "--topo-order", "--reverse", *revisions)
    for row in listing.decode("ascii").splitlines():
        commit, *parents = row.split()
        yield commit, parents


Changed = dict[str, Difference]
"""By path the segments that a commit has otherwise than one of its parents."""


class _Steps:
    """Judges log commits against each of their parents, through two processes for all.

    Attributes:
        mended: commits that took lines out which the tip, if one is given, has again.
    """

    def __init__(
        self, git: Git, common_dir: str, history: History | None = None
    ) -> None:
        self.mended: dict[str, None] = {}
        self._history = history
        self._reader = ObjectReader(git, common_dir)
        self._differences = Differences(git)
        self._lines: dict[str, frozenset[bytes]] = {ZERO_OID: frozenset()}
        self._cached_bytes = 0

    def __enter__(self) -> _Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self._differences.__exit__()
        self._reader.__exit__()

    def judge(self, commit: str, parents: list[str]) -> Iterator[Finding]:
        """Yield what is wrong with one commit."""
        try:
            LogTree(self._reader, commit)
            known: list[str | None] = [*parents] or [None]
            changed: list[Changed] = [{} for _ in known]
            for parent, segments in zip(known, changed, strict=True):
                keep = segments if len(known) > 1 else None
                yield from self._judge_difference(parent, commit, keep)
            yield from self._judge_union(commit, changed)
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
        self, parent: str | None, commit: str, changed: Changed | None
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
            if lost and parent and self._is_mended(commit, parent, path, lost):
                self.mended[commit] = None
            elif lost:
                yield Finding(commit, f"{_count(lost)} of {path} gone or changed")
            if not is_zero(found.new):
                segment = Segment(path, found.new)
                if found.mode != "100644":
                    yield Finding(commit, f"{path} has mode {found.mode}")
                if changed is not None:
                    changed[path] = found
                yield from _judge_added(commit, segment, after - before)

    def _judge_union(self, commit: str, changed: list[Changed]) -> Iterator[Finding]:
        """Judge a merge: it joins what its parents have, and says nothing of its own.

        Nobody signs a merge, and everybody makes the same one; see ``merge``.
        """
        first, *others = changed
        for path in first if others else ():
            rows = [other[path] for other in changed if path in other]
            if len(rows) < len(changed):
                continue
            own = self._lines_of(rows[0].new).difference(
                *(self._lines_of(row.old) for row in rows)
            )
            if own:
                text = f"{path}: {_count(own)} that no parent of this merge has"
                yield Finding(commit, text)

    def _tree(self, commit: str) -> str:
        return Commit(commit, self._reader.read(commit, "commit")).tree

    def _is_mended(
        self, commit: str, parent: str, path: str, lost: frozenset[bytes]
    ) -> bool:
        history = self._history
        return (
            history is not None
            and lost <= self._lines_at(history.tip, path)
            and history.leads_around(commit, parent)
        )

    def _lines_at(self, tip: str, path: str) -> frozenset[bytes]:
        """Return the lines that a path of a commit has; none where it is not there."""
        oid = self._tree(tip)
        for name in path.encode("ascii", "replace").split(b"/"):
            rows = {row.name: row.oid for row in self._reader.tree(oid)}
            oid = rows.get(name, "")
            if not oid:
                return frozenset()
        return self._lines_of(oid)

    def _lines_of(self, oid: str) -> frozenset[bytes]:
        known = self._lines.get(oid)
        if known is None:
            blob = self._reader.read(oid, "blob")
            known = _split(blob)
            if self._cached_bytes + len(blob) > CACHE_BYTES:
                self._lines, self._cached_bytes = {ZERO_OID: frozenset()}, 0
            self._lines[oid] = known
            self._cached_bytes += len(blob)
        return known


def _split(blob: bytes) -> frozenset[bytes]:
    """Return a segment's lines with their newlines, which a cut takes too."""
    *lines, rest = lines_of(blob)
    return frozenset([*(line + b"\n" for line in lines), *([rest] if rest else [])])


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
        if len(line) > MAX_EVENT_BYTES + 1:
            text = f"{segment.path}: a line of {len(line)} bytes is no event"
            yield Finding(commit, text)
            continue
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
    return events, findings[:MOST_NAMED]


TOLD_TWICE = "contradiction"
"""What no single step shows: two writers may have told one event differently."""


def _content_findings(name: str, state: TaskState) -> list[Finding]:
    return [
        Finding("", f"{name}: {problem.text}")
        for problem in state.problems
        if problem.code == TOLD_TWICE
    ]
