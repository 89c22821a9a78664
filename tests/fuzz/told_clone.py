"""A clone whose git says what it is told: the fold up to where it writes, without git."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from gitlog_track.git.objects import MissingObjectError, ObjectReader
from gitlog_track.git.process import Child, Git
from gitlog_track.log.batch import Batch
from gitlog_track.log.fold import Folder, _commit_header, _message
from gitlog_track.log.identity import actor_as
from gitlog_track.log.journal import Entry
from gitlog_track.log.layout import Home
from gitlog_track.log.settings import Settings

ROOT = b"1" * 40
IN_PIPE = 1 << 16
"""Bytes that a pipe holds, so that whoever writes them need not wait for a reader."""


class Surround(NamedTuple):
    """What the fold finds around the entries.

    Attributes:
        commit: the bytes of every commit; empty where none is there any more.
        reflog: of HEAD.
        difference: what ``git diff-tree`` and ``git patch-id`` print.
        committer: what ``git var GIT_COMMITTER_IDENT`` prints.
    """

    commit: bytes
    reflog: bytes
    difference: bytes
    committer: bytes


class _Said:
    """A process that has printed something, and reads nothing."""

    has_ended = False

    def __init__(self, text: bytes) -> None:
        self.stdin = -1
        self.stdout, end = os.pipe()
        os.write(end, text[:IN_PIPE])
        os.close(end)

    def write(self, text: bytes) -> None:
        del text

    def close(self, fd: int) -> None:
        del fd

    def read_all(self) -> bytes:
        return os.read(self.stdout, IN_PIPE)

    def wait(self) -> tuple[int, str]:
        os.close(self.stdout)
        return 0, ""


class _Git(Git):
    def __init__(self, around: Surround) -> None:
        super().__init__(os.devnull, {})
        self._around = around

    def offline(self) -> Git:
        return self

    def start(
        self, *args: str, keep_open: int | None = None, leads_group: bool = False
    ) -> Child:
        del args, keep_open, leads_group
        return cast("Child", _Said(self._around.difference))

    def try_run(self, *args: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        del stdin
        return 0, self._around.committer if args[0] == "var" else ROOT, ""


class _Objects(ObjectReader):
    def __init__(self, git: Git, raw: bytes) -> None:
        super().__init__(git, os.devnull)
        self._raw = raw

    def read(self, oid: str, kind: str) -> bytes:
        if kind != "commit" or not self._raw:
            raise MissingObjectError(f"object {oid} is not there")
        return self._raw


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    place = tempfile.TemporaryDirectory()
    for name in ("logs", "gitlog-track"):
        (Path(place.name) / name).mkdir()
    return place


def fold_entries(entries: list[Entry], around: Surround) -> tuple[Batch, bytes]:
    """Return what a fold would write of entries: the segments, and the commit's head."""
    home = Home(_place().name)
    (Path(home.common_dir) / "logs/HEAD").write_bytes(around.reflog)
    git = _Git(around)
    folder = Folder(home, git, Settings(), "test", now_ns=lambda: 1, jitter=lambda: 0.0)
    batch, who = folder._batch(_Objects(git, around.commit), None, entries)
    return batch, _commit_header(actor_as("full", who, home), 1, _message(batch))
