"""Read the log back: one task, or all of it, as replayed states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gitlog_track.errors import GitError, LogCorruptError
from gitlog_track.git.commits import Commit
from gitlog_track.git.differences import Difference, Differences
from gitlog_track.git.objects import ObjectReader, read_blobs
from gitlog_track.git.process import Git
from gitlog_track.log.codec import lines_of
from gitlog_track.log.layout import (
    FORMAT_PATH,
    UNASSIGNED,
    Segment,
    Subject,
    is_directory,
)
from gitlog_track.log.tree import LogTree
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState

Key = tuple[str, str]
"""A subject's kind, and its name as names are compared: in lower case."""


class Run(NamedTuple):
    """All segments of one subject, in whatever spellings clones began it.

    Attributes:
        subject: as the log spells it.
        segments: of all its spellings.
    """

    subject: Subject
    segments: list[Segment]


def _key(subject: Subject) -> Key:
    return subject.kind, subject.name.lower()


@dataclass(frozen=True, slots=True)
class LogReader:
    """The log at one commit.

    Attributes:
        git, common_dir: the repository's.
        tip: the log commit; None where there is no log yet.
    """

    git: Git
    common_dir: str
    tip: str | None

    def state(self, subject: Subject) -> TaskState:
        """Return the state of one task or phase; without events if it has none.

        The name is as the log spells it; see ``TaskState.name``.

        Raises:
            LogError: the log cannot be read.
        """
        with ObjectReader(self.git, self.common_dir) as reader:
            spelled, segments = LogTree(reader, self.tip).find(subject)
            blobs = [reader.read(segment.oid, "blob") for segment in segments]
        return replay(spelled.name, _lines(blobs))

    def states_of(self, subjects: Iterable[Subject]) -> Iterator[TaskState]:
        """Yield the states of some tasks, through one process for all.

        Raises:
            LogError: the log cannot be read.
        """
        with ObjectReader(self.git, self.common_dir) as reader:
            tree = LogTree(reader, self.tip)
            for subject in subjects:
                spelled, segments = tree.find(subject)
                blobs = [reader.read(segment.oid, "blob") for segment in segments]
                yield replay(spelled.name, _lines(blobs))

    def states(self, kind: str) -> Iterator[TaskState]:
        """Yield the states of all tasks, or of all phases, in the order of names.

        Args:
            kind: ``task`` or ``phase``.

        Raises:
            LogError: the log cannot be read.
        """
        runs = [run for run in self.runs().values() if run.subject.kind == kind]
        runs.sort(key=lambda run: run.subject.name)
        oids = [segment.oid for run in runs for segment in run.segments]
        blobs = read_blobs(self.git, self.common_dir, oids)
        for run in runs:
            yield replay(run.subject.name, _lines([next(blobs) for _ in run.segments]))

    def runs(self) -> dict[Key, Run]:
        """Return the segments of every task and phase, and of the unassigned.

        Raises:
            LogError: the log cannot be read, or holds what no version writes.
        """
        found: dict[Key, Run] = {}
        for segment in self.segments():
            subject = segment.subject
            found.setdefault(_key(subject), Run(subject, [])).segments.append(segment)
        return found

    def changes_since(self, old: str) -> dict[Key, Run] | None:
        """Return the runs that are others than at another log commit.

        One that is gone is empty. None where *old* cannot be compared.

        Raises:
            LogError: the log cannot be read.
        """
        if self.tip is None:
            return None
        with ObjectReader(self.git, self.common_dir) as reader:
            files = _changed_files(self.git, reader, old, self.tip)
            if files is None:
                return None
            tree = LogTree(reader, self.tip)
            subjects = {segment.subject for segment in _segments_of(files)}
            return {_key(subject): Run(*tree.find(subject)) for subject in subjects}

    def unassigned(self) -> TaskState:
        """Return the events that no task was known for."""
        return self.state(UNASSIGNED)

    def segments(self) -> Iterator[Segment]:
        """Yield every segment of the tree, checked row by row.

        Raises:
            LogError: the log cannot be read, or holds what no version writes.
        """
        if self.tip is None:
            return
        with ObjectReader(self.git, self.common_dir) as reader:
            LogTree(reader, self.tip)
        listing = ("ls-tree", "-r", "-t", "-z", "--full-tree", self.tip)
        seen: set[str] = set()
        # While it runs: a few trees that name each other often hold endless rows.
        for row in self.git.offline().rows(*listing):
            meta, _, raw = row.partition(b"\t")
            mode, _, oid = meta.decode("ascii", "replace").split(" ")
            path = raw.decode("ascii", "backslashreplace")
            if path in seen:
                raise LogCorruptError(f"the log holds {path!r} twice")
            seen.add(path)
            if mode == "040000" and is_directory(path):
                continue
            if mode != "100644":
                raise LogCorruptError(f"the log holds {path!r} as mode {mode}")
            if path != FORMAT_PATH:
                yield Segment(path, oid)


def _changed_files(
    git: Git, reader: ObjectReader, old: str, new: str
) -> list[Difference] | None:
    """Return the files that differ; None where *old* is gone, as after a prune.

    git descends only where two trees differ: one event among a hundred thousand tasks
    costs three trees.
    """
    try:
        before, after = (
            Commit(oid, reader.read(oid, "commit")).tree for oid in (old, new)
        )
        with Differences(git) as differences:
            return list(differences.between(before, after))
    except (GitError, LogCorruptError):
        return None


def _segments_of(files: list[Difference]) -> Iterator[Segment]:
    for file in files:
        path = file.path.decode("ascii", "backslashreplace")
        if path != FORMAT_PATH:
            yield Segment(path, file.new)


def _lines(blobs: list[bytes]) -> Iterator[bytes]:
    """Yield the lines of segments; one that was cut ends in a broken line."""
    for blob in blobs:
        yield from (line for line in lines_of(blob) if line)
