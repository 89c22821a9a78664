"""Audit: was anything ever taken out of the log, or changed in it?

The set of whole lines only grows, from every parent to every child. The first commit
that breaks a rule is named. Every id is recomputed from what its event says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import is_zero
from gitlog_track.log.layout import FORMAT_PATH, Segment
from gitlog_track.log.store import LogReader
from gitlog_track.log.tree import LogTree
from gitlog_track.model.event import Event
from gitlog_track.model.stored import BrokenLine, has_own_id, read_line
from gitlog_track.model.task import TaskState

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Git knows this tree without storing it."""


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
    with ObjectReader(log.git, log.common_dir) as reader:
        for commit, parents in _walk(log.git, log.tip):
            commits += 1
            if not findings:
                findings += _judge_step(log.git, reader, commit, parents)
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
    if is_zero(new):
        return ["the log is not deleted"]
    code, out, _ = git.try_run("cat-file", "-t", new)
    if code != 0 or out.strip() != b"commit":
        return [f"{new[:12]} is no log commit"]
    known = [] if is_zero(old) else [old]
    if known and git.try_run("merge-base", "--is-ancestor", old, new)[0] != 0:
        return [f"the log at {new[:12]} does not contain {old[:12]}: it was rewritten"]
    with ObjectReader(git, common_dir) as reader:
        for commit, parents in _walk(git, new, *(f"^{oid}" for oid in known)):
            found = list(_judge_step(git, reader, commit, parents))
            if found:
                return [f"log commit {commit[:12]}: {f.text}" for f in found[:5]]
    return []


def _walk(git: Git, *revisions: str) -> Iterator[tuple[str, list[str]]]:
    listing = git.run("rev-list", "--parents", "--topo-order", "--reverse", *revisions)
    for row in listing.decode("ascii").splitlines():
        commit, *parents = row.split()
        yield commit, parents


def _judge_step(
    git: Git,
    reader: ObjectReader,
    commit: str,
    parents: list[str],
) -> Iterator[Finding]:
    """Judge one log commit against each of its parents."""
    try:
        LogTree(reader, commit)
        for parent in parents or [EMPTY_TREE]:
            yield from _judge_difference(git, reader, parent, commit)
    except GitlogTrackError as err:
        yield Finding(commit, str(err))


def _judge_difference(
    git: Git,
    reader: ObjectReader,
    parent: str,
    commit: str,
) -> Iterator[Finding]:
    raw = git.run("diff-tree", "-r", "-z", "--no-renames", parent, commit)
    fields = raw.split(b"\0")[:-1]
    for meta, name in zip(fields[::2], fields[1::2], strict=True):
        _, mode, old, new, _ = meta.decode("ascii").split(" ")
        path = name.decode("ascii", "backslashreplace")
        if path == FORMAT_PATH:
            if not is_zero(old):
                yield Finding(commit, f"{FORMAT_PATH} was changed")
            continue
        before, after = _lines(reader, old), _lines(reader, new)
        lost = before - after
        if lost:
            count = f"{len(lost)} line{'s' if len(lost) > 1 else ''}"
            yield Finding(commit, f"{count} of {path} gone or changed")
        if not is_zero(new):
            segment = Segment(path, new)
            if mode != "100644":
                yield Finding(commit, f"{path} has mode {mode}")
            yield from _judge_added(commit, segment, after - before)


def _judge_added(
    commit: str,
    segment: Segment,
    added: set[bytes],
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


def _lines(reader: ObjectReader, oid: str) -> set[bytes]:
    """Return a segment's lines with their newlines, which a cut takes too."""
    if is_zero(oid):
        return set()
    *lines, rest = reader.read(oid, "blob").split(b"\n")
    return {*(line + b"\n" for line in lines), *([rest] if rest else [])}


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
