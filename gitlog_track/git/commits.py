"""What a commit is: its headers, its size, and how it came to be.

Headers are parsed from raw bytes, because a commit's author, encoding and message are
whatever somebody put there. Standard library only: the fold runs this.
"""

from __future__ import annotations

import os

from gitlog_track.errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.git.process import Child, Git

MAX_PATCH_BYTES = 16 << 20
REFLOG_TAIL_BYTES = 1 << 20
DIFF = (
    *("-c", "core.bigFileThreshold=1m", "-c", "core.attributesFile=/dev/null"),
    *("diff-tree", "--stdin", "--root", "-r", "-p", "--full-index"),
    *("--no-ext-diff", "--no-textconv", "--no-renames"),
)
"""Prints the patches of commits; what is patch-id's input must never vary."""
END_OF_TIME_S = 253_402_214_400
"""9999-12-31T00:00:00Z, in seconds since 1970: a day before the years have five digits."""

_OPERATIONS = {
    b"commit": "commit",
    b"commit (initial)": "commit",
    b"commit (amend)": "amend",
    b"commit (merge)": "merge",
    b"commit (cherry-pick)": "cherry-pick",
    b"cherry-pick": "cherry-pick",
    b"revert": "revert",
}


class Commit:
    """The parts of a commit that the log keeps, and its message.

    Attributes:
        oid, tree: hex ids.
        parents: hex ids, in order.
        author, committer: (identity ``name <mail>``, seconds, zone as ``+hhmm``).
        message: bytes after the headers, in whatever encoding.
    """

    __slots__ = ("author", "committer", "message", "oid", "parents", "tree")

    def __init__(self, oid: str, raw: bytes) -> None:
        header, _, self.message = raw.partition(b"\n\n")
        self.oid = oid
        self.tree = ""
        self.parents: list[str] = []
        self.author = ("", 0, "+0000")
        self.committer = ("", 0, "+0000")
        for line in header.split(b"\n"):
            key, _, value = line.partition(b" ")
            if key == b"tree" and not self.tree:
                self.tree = value.decode("ascii", "replace")
            elif key == b"parent":
                self.parents.append(value.decode("ascii", "replace"))
            elif key == b"author":
                self.author = _parse_ident(value)
            elif key == b"committer":
                self.committer = _parse_ident(value)


def _parse_ident(value: bytes) -> tuple[str, int, str]:
    text = value.decode("utf-8", "replace")
    who, seconds, zone = [*text.rsplit(" ", 2), "", ""][:3]
    if _is_seconds(seconds) and _is_zone(zone):
        return (who, int(seconds), zone)
    return (who if who.endswith(">") else text, 0, "+0000")


def _is_zone(text: str) -> bool:
    """Is this ``+hhmm`` of less than a day? What RFC 3339 cannot say is no instant."""
    digits = text[1:]
    if len(digits) != 4 or text[0] not in "+-" or not _is_number(digits):
        return False
    return int(digits[:2]) < 24 and int(digits[2:]) < 60


def _is_seconds(text: str) -> bool:
    """Is this a time whose year has four digits in every zone?"""
    return len(text) < 15 and _is_number(text) and int(text) < END_OF_TIME_S


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def zone_offset_s(zone: str) -> int:
    """Return the seconds from UTC of a git zone such as ``-0530``."""
    sign = -1 if zone.startswith("-") else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[3:5]) * 60)


class DiffStat:
    """How large a commit's change against its parent is.

    Attributes:
        files, insertions, deletions: counts; binary files count as files only.
        patch_id: as ``git patch-id --stable`` gives it; None for an empty change, a
            merge, or a patch over 16 MiB.
    """

    __slots__ = ("deletions", "files", "insertions", "patch_id")

    def __init__(self) -> None:
        self.files = 0
        self.insertions = 0
        self.deletions = 0
        self.patch_id: str | None = None


def diff_stats(git: Git, oids: list[str]) -> dict[str, DiffStat]:
    """Return the size and patch id of commits; merges are left out.

    Args:
        git: the repository.
        oids: commits that exist; more than a pipe's buffer of them are asked in turns.
    """
    stats: dict[str, DiffStat] = {}
    for start in range(0, len(oids), 500):
        stats.update(_diff_stats(git, oids[start : start + 500]))
    return stats


def _diff_stats(git: Git, oids: list[str]) -> dict[str, DiffStat]:
    patch_id = git.start("patch-id", "--stable")
    diff = git.start(*DIFF, "--numstat")
    diff.write("".join(f"{oid}\n" for oid in oids).encode())
    diff.close(diff.stdin)
    patches = _read_bounded(diff.stdout, MAX_PATCH_BYTES)
    whole = len(patches) <= MAX_PATCH_BYTES
    diff.wait()
    if not whole and len(oids) > 1:
        patch_id.wait()
        half = len(oids) // 2
        return {**_diff_stats(git, oids[:half]), **_diff_stats(git, oids[half:])}
    stats = _numstat(patches, frozenset(oids))
    if whole:
        for oid, found in _patch_ids(patch_id, patches):
            if oid in stats:
                stats[oid].patch_id = found
    patch_id.wait()
    return stats


def _read_bounded(fd: int, limit: int) -> bytes:
    chunks = []
    size = 0
    while size <= limit and (chunk := os.read(fd, 1 << 20)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _numstat(patches: bytes, oids: frozenset[str]) -> dict[str, DiffStat]:
    stats: dict[str, DiffStat] = {}
    current = DiffStat()
    counting = False
    for line in patches.split(b"\n"):
        if len(line) == 40 and (oid := line.decode("ascii", "replace")) in oids:
            current = stats[oid] = DiffStat()
            counting = True
        elif line.startswith(b"diff --git "):
            counting = False
        elif counting and line.count(b"\t") >= 2:
            added, removed, _ = line.split(b"\t", 2)
            current.files += 1
            current.insertions += int(added) if added.isdigit() else 0
            current.deletions += int(removed) if removed.isdigit() else 0
    return stats


def _patch_ids(child: Child, patches: bytes) -> list[tuple[str, str]]:
    try:
        child.write(patches)
    except GitError:
        return []
    child.close(child.stdin)
    out = child.read_all()
    rows = (line.split() for line in out.decode("ascii", "replace").splitlines())
    return [(row[1], row[0]) for row in rows if len(row) == 2]


def operation_of(reflog: bytes, oid: str) -> str | None:
    """Return what made a commit, by the reflog line that first names it.

    The newest message of HEAD's reflog is the best classifier there is; looked up by
    commit id it stays true when other commits follow.

    Args:
        reflog: the tail of a worktree's ``logs/HEAD``.
        oid: the commit.

    Returns:
        ``commit``, ``amend``, ``merge``, ``rebase``, ``cherry-pick``, ``revert``,
        ``fast-forward``, or None when the reflog does not say.
    """
    needle = b" " + oid.encode() + b" "
    for line in reflog.split(b"\n"):
        if needle in line[40:82]:
            _, _, message = line.partition(b"\t")
            return _operation_of_message(message)
    return None


def _operation_of_message(message: bytes) -> str | None:
    action, _, rest = message.partition(b":")
    if known := _OPERATIONS.get(action):
        return known
    verb = action.partition(b" ")[0]
    if verb == b"rebase" or (verb == b"pull" and action.endswith(b")")):
        return "rebase"
    if verb in {b"merge", b"pull"}:
        return "fast-forward" if rest.strip().startswith(b"Fast-") else "merge"
    return None


def read_reflog_tail(git_dir: str) -> bytes:
    """Return the end of HEAD's reflog, at most 1 MiB; empty when there is none."""
    try:
        with open(f"{git_dir}/logs/HEAD", "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - REFLOG_TAIL_BYTES))
            return file.read()
    except OSError:
        return b""


def merge_base(git: Git, first: str, second: str) -> str | None:
    """Return the best commit that both contain; None where they began independently."""
    code, out, _ = git.try_run("merge-base", first, second)
    return out.decode("ascii", "replace").strip() if code == 0 else None
