"""Figures in documents: fill in the marked places of files, all of them or none."""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gitlog_track.errors import FileError
from gitlog_track.renderers.documents import Answer, Filled, Problem, fill
from gitlog_track.renderers.markers import NAME
from gitlog_track.services.files import Replacements


@dataclass(frozen=True, slots=True)
class Document:
    """A file, and what filling it in comes to.

    Attributes:
        path: as it was named.
        target: the file itself, with links followed.
        before: its bytes.
        filled: what changes; None in a file without markers.
        problems: why it cannot be filled in.
    """

    path: str
    target: str
    before: bytes
    filled: Filled | None
    problems: tuple[Problem, ...] = ()

    @property
    def after(self) -> bytes:
        """The bytes as they should be."""
        if self.filled is None or not self.filled.edits:
            return self.before
        text = self.filled.text.encode()
        return BOM_UTF8 + text if self.before.startswith(BOM_UTF8) else text


def read_documents(
    paths: Sequence[str], answer: Answer, *, force: bool
) -> list[Document]:
    """Read files and say what of them should change; nothing is written.

    Args:
        paths: of the files; one that is named twice is read once.
        answer: gives the content of a place; not called for a file without markers.
        force: overwrite what was edited by hand.

    Raises:
        FileError: a file cannot be read.
    """
    targets: dict[str, str] = {}
    for path in paths:
        targets.setdefault(os.path.realpath(path), path)
    return [
        _filled(path, target, answer, force=force) for target, path in targets.items()
    ]


def _filled(path: str, target: str, answer: Answer, *, force: bool) -> Document:
    data = _bytes_of(path, target)
    if NAME.encode() not in data:
        return Document(path, target, data, None)
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        found = f"found byte 0x{err.object[err.start]:02x}, expected UTF-8"
        return Document(path, target, data, None, (Problem(line, found),))
    filled = fill(text, answer, force=force)
    return Document(path, target, data, filled, tuple(filled.problems))


def _bytes_of(path: str, target: str) -> bytes:
    with _said(path, "read"):
        if not stat.S_ISREG(os.stat(target).st_mode):
            raise FileError(f"{path} is no regular file")
        with open(target, "rb") as file:
            return file.read()


def write_documents(documents: Sequence[Document], nonce: str) -> None:
    """Write the files that change: each whole or not at all, with its mode.

    All are written beside their places before the first is put there.

    Args:
        documents: as they were read.
        nonce: random text, for the names of what is written beside.

    Raises:
        FileError: one cannot be written, or was changed meanwhile.
    """
    changed = [each for each in documents if each.after != each.before]
    with Replacements(nonce) as files:
        for each in changed:
            with _said(each.path, "written"):
                _require_writable(each)
                files.write(each.target, each.after)
        for each in changed:
            if _bytes_of(each.path, each.target) != each.before:
                text = f"{each.path} was changed meanwhile"
                raise FileError(text, hint="run it again")
            with _said(each.path, "written"):
                files.put(each.target)


def _require_writable(document: Document) -> None:
    mode = os.stat(document.target).st_mode
    if not (mode & 0o222 and os.access(document.target, os.W_OK)):
        raise FileError(f"{document.path} is read-only")


@contextmanager
def _said(path: str, verb: str) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise FileError(f"{path} cannot be {verb}: {err.strerror}") from err
