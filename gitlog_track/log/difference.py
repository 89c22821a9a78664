"""Which tasks and phases two log commits tell differently, by their trees alone."""

from __future__ import annotations

from gitlog_track.git.process import Git
from gitlog_track.log.layout import FORMAT_PATH, Segment, Subject


def changed_subjects(git: Git, old: str, new: str) -> set[Subject] | None:
    """Return what has other segments in *new* than in *old*.

    git descends only where the two trees differ: one event among a hundred thousand
    tasks costs three trees. None where *old* is gone, as after a rewrite and a prune.

    Raises:
        LogCorruptError: a path is no segment's.
    """
    args = ("diff-tree", "-r", "-z", "--no-renames", "--raw", old, new)
    code, out, _ = git.try_run(*args)
    if code != 0:
        return None
    found: set[Subject] = set()
    fields = out.split(b"\0")[:-1]
    for meta, raw in zip(fields[::2], fields[1::2], strict=True):
        path = raw.decode("ascii", "backslashreplace")
        if path != FORMAT_PATH:
            oid = meta.split(b" ")[3].decode("ascii", "replace")
            found.add(Segment(path, oid).subject)
    return found
