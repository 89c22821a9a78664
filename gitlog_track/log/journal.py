"""The journal: a maildir of entries that wait for the fold.

An entry is written once and completely. Hooks write ``key value`` lines that close
with ``end``; commands write one JSON object under a temporary name and rename it. Both
are snapshots of the moment they were made in. Standard library only.
"""

from __future__ import annotations

import os
import zlib

from gitlog_track.log.files import unlink_if_there
from gitlog_track.model.canonical import dumps
from gitlog_track.model.names import NAME_CHARACTERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.log.layout import Home

HOOK_HEADER = "gitlog-track-entry 1"
CHECKSUM = "crc32"
HALF_WRITTEN_NS = 600 * 1_000_000_000


class Entry:
    """One journal entry.

    Attributes:
        name: of its file.
        at_ns: when the thing happened, nanoseconds since 1970 UTC.
        hook: the hook that wrote it; empty for a command.
        facts: a hook's lines by key, or a command's JSON object.
        pairs: (old, new) commits of a post-rewrite entry.
    """

    __slots__ = ("at_ns", "facts", "hook", "name", "pairs")

    def __init__(self, name: str, at_ns: int) -> None:
        self.name = name
        self.at_ns = at_ns
        self.hook = ""
        self.facts: dict[str, object] = {}
        self.pairs: list[tuple[str, str]] = []

    def fact(self, key: str) -> str:
        """Return a fact as text; empty when the entry does not have it."""
        value = self.facts.get(key)
        return value if isinstance(value, str) else ""


def list_names(home: Home) -> list[str]:
    """Return the names of all entries, whole or not, in no particular order."""
    try:
        names = os.listdir(home.journal)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [n for n in names if n != "unreadable" and not n.startswith(".")]


def count_unreadable(home: Home) -> int:
    """Return how many entries could not be understood."""
    try:
        return len(os.listdir(home.unreadable))
    except (FileNotFoundError, NotADirectoryError):
        return 0


def read_entries(home: Home, now_ns: int, limit: int) -> list[Entry]:
    """Return the entries that are whole, in the order in which things happened.

    What another user's umask hides stays where it is. What is whole and cannot be
    understood, or has been half-written for ten minutes, moves to ``unreadable/``.

    Args:
        home: where the journal is.
        now_ns: the current instant.
        limit: return at most so many entries.
    """
    entries: list[Entry] = []
    for name in sorted(list_names(home)):
        if len(entries) >= limit:
            break
        if not NAME_CHARACTERS.issuperset(name):
            set_aside(home, name)
            continue
        try:
            with open(f"{home.journal}/{name}", "rb") as file:
                mtime_ns = os.fstat(file.fileno()).st_mtime_ns
                text = file.read()
        except OSError:
            continue
        entry = _parse(name, text, mtime_ns)
        if entry is not None:
            entries.append(entry)
        elif text.endswith(b"\nend\n") or now_ns - mtime_ns > HALF_WRITTEN_NS:
            set_aside(home, name)
    entries.sort(key=lambda entry: (entry.at_ns, entry.name))
    return entries


def _parse(name: str, text: bytes, mtime_ns: int) -> Entry | None:
    entry = Entry(name, mtime_ns)
    if name.endswith(".json"):
        return _parse_command(entry, text)
    return _parse_hook(entry, text)


def _parse_command(entry: Entry, text: bytes) -> Entry | None:
    import json

    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or type(facts.get("at_ns")) is not int:
        return None
    if not _is_as_written(text, facts.pop(CHECKSUM, None)):
        return None
    entry.facts = facts
    entry.at_ns = facts["at_ns"]
    return entry


def _with_checksum(facts: dict[str, object]) -> bytes:
    """Return an entry's bytes with the CRC-32 of what they are without it.

    A disk that changed a byte would otherwise put a line into the log for ever that
    nobody can read, or that nobody wrote.
    """
    checksum = zlib.crc32(dumps(facts).encode("utf-8", "replace"))
    return dumps({**facts, CHECKSUM: checksum}).encode("utf-8", "replace")


def _is_as_written(text: bytes, checksum: object) -> bool:
    """Is an entry what its checksum says? Other tools' entries may have none."""
    if checksum is None:
        return True
    if type(checksum) is not int:
        return False
    row = f',"{CHECKSUM}":{checksum}'.encode()
    return zlib.crc32(text.replace(row, b"", 1)) == checksum


def _parse_hook(entry: Entry, text: bytes) -> Entry | None:
    # No shell can write a NUL: a disk did, and a path with one cannot even be asked for.
    if b"\0" in text:
        return None
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    if lines[0] != HOOK_HEADER or lines[-2:] != ["end", ""]:
        return None
    for line in lines[1:-2]:
        key, _, value = line.partition(" ")
        if key == "pair":
            old, _, rest = value.partition(" ")
            entry.pairs.append((old, rest.partition(" ")[0]))
        else:
            entry.facts[key] = value
    entry.hook = entry.fact("hook")
    return entry if entry.hook else None


def set_aside(home: Home, name: str) -> None:
    """Move an entry that no log can hold to ``unreadable/``; nothing is thrown away."""
    os.makedirs(home.unreadable, exist_ok=True)
    kept = name
    number = 0
    while os.path.lexists(f"{home.unreadable}/{kept}"):
        number += 1
        kept = f"{name}.{number}"
    try:
        os.rename(f"{home.journal}/{name}", f"{home.unreadable}/{kept}")
    except FileNotFoundError:
        return


def write_entry(
    home: Home,
    facts: dict[str, object],
    nonce: str,
    *,
    fsync: bool = False,
) -> str:
    """Write a command's entry, whole or not at all.

    Args:
        home: where the journal is.
        facts: with ``at_ns``; JSON values only.
        nonce: random text that makes the name unique.
        fsync: flush it to disk first.

    Returns:
        the entry's name.

    Raises:
        OSError: it could not be written; nothing was recorded.
    """
    name = f"{facts['at_ns']}-{os.getpid()}-{nonce}.json"
    temporary = f"{home.journal}/.{name}"
    text = _with_checksum(facts)
    try:
        with open(temporary, "xb") as file:
            file.write(text)
            if fsync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, f"{home.journal}/{name}")
    except OSError:
        unlink_if_there(temporary)
        raise
    return name


def sweep_temporaries(home: Home, now_ns: int) -> None:
    """Remove what commands that were killed ten minutes ago left half-written.

    Such a file never was an entry: nobody was told that it is recorded.
    """
    try:
        names = os.listdir(home.journal)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if name.startswith(".") and name.endswith(".json"):
            path = f"{home.journal}/{name}"
            try:
                age_ns = now_ns - os.stat(path).st_mtime_ns
            except OSError:
                continue
            if age_ns > HALF_WRITTEN_NS:
                unlink_if_there(path)


def remove_entries(home: Home, names: list[str]) -> None:
    """Remove entries whose events are in the log."""
    for name in names:
        unlink_if_there(f"{home.journal}/{name}")
