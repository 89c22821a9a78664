"""Where things are: the log's tree in the ref, and our files in the git directory.

The only module, with ``codec``, that knows the shape of the log. Standard library
only: the fold runs this.
"""

from __future__ import annotations

import os

from gitlog_track.errors import LogCorruptError
from gitlog_track.model.names import is_name, name_hash

NAMESPACE = "refs/gitlog-track"
LOG_REF = f"{NAMESPACE}/log"
FALLBACK_REFS = ("refs/notes/gitlog-track", "refs/heads/gitlog-track")
"""Names that hosts take which refuse namespaces of one's own."""
PROBE = "-probe-"
"""What stands behind the log's name in that of a ref which only tries a remote."""
TRACKING = "refs/gitlog-track-remote"
"""Beside the log's namespace: within it, mirrors would nest it for ever."""
FORMAT_PATH = "format.json"
FORMAT_BLOB = b'{"format":1}\n'
SEGMENT_EVENTS = 64
BLOB_MODE = b"100644"
TREE_MODE = b"40000"


class Subject:
    """What a run of events is about: one task, one phase, or nothing yet.

    Attributes:
        kind: ``task``, ``phase`` or ``unassigned``.
        name: of the task or phase; empty when unassigned.
    """

    __slots__ = ("kind", "name")

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind = kind
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subject) and (self.kind, self.name) == (
            other.kind,
            other.name,
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.name))

    def __repr__(self) -> str:
        return f"Subject({self.kind!r}, {self.name!r})"


UNASSIGNED = Subject("unassigned")


def tracking_ref(remote: str, log_ref: str = LOG_REF) -> str:
    """Return the ref that holds a remote's log as it was last accepted.

    Args:
        remote: its name, or a URL, which no ref can be named by.
        log_ref: what the log is called there: under another name nothing was seen yet.
    """
    name = remote if is_name(remote) else f"url-{name_hash(remote)[:12]}"
    if log_ref == LOG_REF:
        return f"{TRACKING}/{name}/log"
    return f"{TRACKING}/{name}/at/{log_ref.removeprefix('refs/')}"


def parent_directory(subject: Subject) -> str:
    """Return the directory in which a subject's own directory stands."""
    if subject.kind == "task":
        return f"tasks/{name_hash(subject.name)[:2]}"
    return "phases" if subject.kind == "phase" else ""


def directory(subject: Subject) -> str:
    """Return the directory of a subject's segments."""
    if subject.kind == "unassigned":
        return "unassigned"
    return f"{parent_directory(subject)}/{subject.name}"


def is_directory(path: str) -> bool:
    """May the log have a directory of this path?"""
    depth = {"tasks": 3, "phases": 2, "unassigned": 1}
    top, *below = path.split("/")
    return len(below) < depth.get(top, 0)


def segment_name(subject: Subject, writer: str, number: int) -> str:
    """Return a segment's file name.

    It ends in the subject's hash because git looks for delta bases by the last 16
    characters of a path: without it 10,000 folds packed to 111 MB instead of 6 MB.
    """
    stem = f"{writer}-{number:06d}"
    if subject.kind == "unassigned":
        return stem
    return f"{stem}-{name_hash(subject.name)[:12]}"


def parse_segment_name(subject: Subject, name: bytes) -> tuple[str, int]:
    """Return (writer, number) of a segment's file name.

    Raises:
        LogCorruptError: no version of this program writes such a name.
    """
    text = name.decode("ascii", "replace")
    writer, _, rest = text.partition("-")
    digits = rest.partition("-")[0]
    if digits.isascii() and digits.isdigit():
        number = int(digits)
        if is_name(writer) and segment_name(subject, writer, number) == text:
            return writer, number
    raise LogCorruptError(f"{directory(subject)}/{text!r} is no segment's name")


class Segment:
    """One row of the log's tree.

    Attributes:
        path: in the tree.
        oid: of its blob.
        subject, writer, number: what its path says.
    """

    __slots__ = ("number", "oid", "path", "subject", "writer")

    def __init__(self, path: str, oid: str) -> None:
        self.path = path
        self.oid = oid
        parts = path.split("/")
        self.subject = _subject_of(parts)
        name = parts[-1].encode()
        self.writer, self.number = parse_segment_name(self.subject, name)


def _subject_of(parts: list[str]) -> Subject:
    match parts:
        case ["tasks", fan, name, _] if is_name(name) and name_hash(name)[:2] == fan:
            return Subject("task", name)
        case ["phases", name, _] if is_name(name):
            return Subject("phase", name)
        case ["unassigned", _]:
            return UNASSIGNED
        case _:
            raise LogCorruptError(
                f"the log holds {'/'.join(parts)!r}, which is no segment"
            )


class Home:
    """Our files in the common git directory.

    Attributes:
        common_dir: the common git directory, absolute.
        path: ``<common_dir>/gitlog-track``.
    """

    __slots__ = ("common_dir", "path")

    def __init__(self, common_dir: str) -> None:
        self.common_dir = common_dir
        self.path = f"{common_dir}/gitlog-track"

    @property
    def journal(self) -> str:
        """Where entries wait for the fold."""
        return f"{self.path}/journal"

    @property
    def unreadable(self) -> str:
        """Where entries go that are whole but cannot be understood."""
        return f"{self.path}/journal/unreadable"

    @property
    def settings(self) -> str:
        """What hooks and fold have to know of the configuration."""
        return f"{self.path}/settings"

    @property
    def pending(self) -> str:
        """Exists while a detached fold has been started and has not begun."""
        return f"{self.path}/pending"

    @property
    def folding(self) -> str:
        """Names the entries of a fold that is moving the ref."""
        return f"{self.path}/folding"

    @property
    def last_error(self) -> str:
        """What the last fold failed with; absent when it did not."""
        return f"{self.path}/last-error"

    @property
    def remotes(self) -> str:
        """Of which URL each remote's log is known; see ``tracking``."""
        return f"{self.path}/remotes"

    @property
    def index(self) -> str:
        """A cache of what the log comes to; see the package ``index``."""
        return f"{self.path}/index.sqlite"

    def is_tracked(self) -> bool:
        """Did ``init`` run here?"""
        return os.path.exists(self.settings)

    def worktree_dir(self, worktree: str) -> str:
        """Return a worktree's git directory by its id; the main one has none."""
        if worktree and "/" not in worktree and worktree not in {".", ".."}:
            return f"{self.common_dir}/worktrees/{worktree}"
        return self.common_dir
