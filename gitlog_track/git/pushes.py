"""What a push or range brings: its commits and tags, as raw objects, streamed.

``git rev-list`` feeds ``git cat-file --batch`` directly, so that the walk, the reading
and our own work go on side by side. Sizes are known before bytes are read, so no NUL or
odd byte in a message can hide what follows it. Source: git-cat-file(1), BATCH OUTPUT;
githooks(5), "pre-push".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gitlog_track.errors import GitError
from gitlog_track.git.objects import (
    HEX_DIGITS,
    REQUESTS_IN_PIPE,
    MissingObjectError,
    Stream,
)
from gitlog_track.git.process import Child, Git

MAX_MESSAGE_BYTES = 16 << 20
MAX_TAGS = 64


class RawObject(NamedTuple):
    """One commit or tag, as stored.

    Attributes:
        oid: hex.
        raw: its bytes; cut after 16 MiB.
        is_whole: were all bytes read?
    """

    oid: str
    raw: bytes
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """Which commits are new.

    Attributes:
        tips, known: commits whose histories count, and those whose do not.
        options: further revision options of git-rev-list(1), in order.
    """

    tips: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def new_commits(git: Git, selection: Selection) -> Iterator[RawObject]:
    """Yield the commits of a selection, newest first.

    Raises:
        GitError: git cannot walk, for example because an object is missing.
    """
    revisions = [*selection.tips, *(f"^{oid}" for oid in selection.known)]
    # Options after --stdin: "--not" would turn the revisions around.
    walk = git.start("rev-list", "--stdin", *selection.options)
    walk.write("".join(f"{revision}\n" for revision in revisions).encode())
    walk.close(walk.stdin)
    batch = git.start_reading(walk, "cat-file", "--batch", "--buffer")
    try:
        yield from _read_batch(batch)
        for name, child in (("rev-list", walk), ("cat-file", batch)):
            code, said = child.wait()
            if code != 0:
                raise GitError(f"git {name} failed: {said or code}")
    finally:
        batch.wait()
        walk.wait()


def _read_batch(batch: Child) -> Iterator[RawObject]:
    stream = Stream(batch)
    while header := stream.line():
        fields = header.decode("ascii", "replace").split(" ")
        if len(fields) != 3:
            raise MissingObjectError(
                f"object {fields[0] if fields else '?'} is missing",
                hint="git fetch --unshallow, or fetch what was left out",
            )
        size = int(fields[2])
        raw = stream.take(size + 1)
        if size > MAX_MESSAGE_BYTES:
            yield RawObject(fields[0], raw[:MAX_MESSAGE_BYTES], is_whole=False)
        else:
            yield RawObject(fields[0], raw[:-1])


def tag_chain(git: Git, oid: str) -> Iterator[RawObject]:
    """Yield an object and what it points at, as long as they are annotated tags.

    Raises:
        MissingObjectError: one of them is not there.
        GitError: more tags point at each other than anybody means.
    """
    for _ in range(MAX_TAGS):
        code, out, _ = git.try_run("cat-file", "-t", oid)
        if code != 0:
            raise MissingObjectError(f"object {oid} is missing", hint="git fetch")
        if out.strip() != b"tag":
            return
        raw = git.run("cat-file", "tag", oid)
        yield RawObject(oid, raw[:MAX_MESSAGE_BYTES], len(raw) <= MAX_MESSAGE_BYTES)
        oid = (
            raw.partition(b"\n")[0].removeprefix(b"object ").decode("ascii", "replace")
        )
    raise GitError(f"over {MAX_TAGS} tags point at each other: the last is {oid[:12]}")


def peel(git: Git, oid: str) -> str | None:
    """Return the commit an object is or points at; None for trees and blobs."""
    code, out, _ = git.try_run("rev-parse", "-q", "--verify", f"{oid}^{{commit}}")
    return out.decode("ascii", "replace").strip() if code == 0 else None


def commit_of(git: Git, oid: str) -> str | None:
    """Return the commit that what is pushed is or points at; None for trees and blobs.

    Raises:
        GitError: it is there and no tree or blob, but git cannot read it.
    """
    commit = peel(git, oid)
    if commit is None:
        _, out, _ = git.try_run("rev-parse", "-q", "--verify", f"{oid}^{{}}")
        last = out.decode("ascii", "replace").strip() or oid
        kind = git.try_run("cat-file", "-t", last)[1].strip()
        if kind not in {b"tree", b"blob"}:
            raise GitError(f"object {oid} is missing, or no commit that git can read")
    return commit


def kinds_of(git: Git, oids: Sequence[str]) -> dict[str, str]:
    """Return the kind of each object, through one process; empty for a missing one."""
    found = dict.fromkeys(oids, "")
    for start in range(0, len(found), REQUESTS_IN_PIPE):
        asked = list(found)[start : start + REQUESTS_IN_PIPE]
        text = "".join(f"{oid}\n" for oid in asked).encode()
        out = git.run("cat-file", "--batch-check=%(objecttype)", stdin=text)
        answers = out.decode("utf-8", "replace").split("\n")[:-1]
        for oid, kind in zip(asked, answers, strict=True):
            found[oid] = kind if kind in {"commit", "tag", "tree", "blob"} else ""
    return found


def existing(git: Git, oids: Sequence[str]) -> list[str]:
    """Return those of some commits that are there; each peeled to a commit."""
    kinds = kinds_of(git, [oid for oid in oids if is_oid(oid)])
    found = [
        oid if kind == "commit" else peel(git, oid)
        for oid, kind in kinds.items()
        if kind in {"commit", "tag"}
    ]
    return [oid for oid in found if oid]


def is_oid(text: str) -> bool:
    """Is this a full object id, of 40 or 64 digits, and not the zero id?"""
    whole = len(text) in {40, 64} and HEX_DIGITS.issuperset(text)
    return whole and not is_zero(text)


def is_zero(text: str) -> bool:
    """Is this the id by which git says "nothing", of 40 or 64 zeros?"""
    return len(text) in {40, 64} and not set(text) - {"0"}
