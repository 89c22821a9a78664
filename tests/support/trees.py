"""Trees of the log in memory: the union without a single process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from hypothesis import strategies as st

from gitlog_track.git.objects import TreeEntry
from gitlog_track.log.layout import (
    BLOB_MODE,
    FORMAT_BLOB,
    FORMAT_PATH,
    TREE_MODE,
    Subject,
    directory,
    segment_name,
)
from gitlog_track.log.union import Union, unite

Files = dict[str, bytes]


@dataclass
class Store:
    """Objects by id, as git names them."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, list[TreeEntry]] = field(default_factory=dict)
    reads: int = 0

    def tree(self, oid: str) -> list[TreeEntry]:
        self.reads += 1
        return self.trees[oid]

    def read(self, oid: str, kind: str) -> bytes:
        assert kind == "blob"
        self.reads += 1
        return self.blobs[oid]

    def blob(self, data: bytes) -> str:
        oid = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        self.blobs[oid] = data
        return oid

    def write(self, files: Files) -> str:
        """Store files as git does; return the root's id."""
        below: dict[str, Files] = {}
        rows = []
        for path, data in files.items():
            top, _, rest = path.partition("/")
            if rest:
                below.setdefault(top, {})[rest] = data
            else:
                rows.append(TreeEntry(BLOB_MODE, top.encode(), self.blob(data)))
        rows += [
            TreeEntry(TREE_MODE, n.encode(), self.write(f)) for n, f in below.items()
        ]
        rows.sort(key=lambda r: r.name + (b"/" if r.mode == TREE_MODE else b""))
        text = b"".join(b"%s %s %s\n" % (r.mode, r.name, r.oid.encode()) for r in rows)
        oid = hashlib.sha1(b"tree" + text, usedforsecurity=False).hexdigest()
        self.trees[oid] = rows
        return oid

    def files(self, oid: str, path: str = "") -> Files:
        found: Files = {}
        for row in self.trees[oid]:
            inner = f"{path}/{row.name.decode()}" if path else row.name.decode()
            if row.mode == TREE_MODE:
                found |= self.files(row.oid, inner)
            else:
                found[inner] = self.blobs[row.oid]
        return found

    def apply(self, first: str, union: Union) -> str:
        """Return the tree that the first becomes, as fast-import makes it."""
        files = self.files(first)
        for row in union.taken:
            if row.mode == TREE_MODE:
                files |= self.files(row.oid, row.path)
            else:
                files[row.path] = self.blobs[row.oid]
        return self.write(files | union.merged)


def join(store: Store, first: str, second: str) -> str:
    return store.apply(first, unite(store, first, second))


def every_line(files: Files) -> set[tuple[str, bytes]]:
    return {
        (path, line)
        for path, data in files.items()
        for line in data.split(b"\n")
        if line
    }


SUBJECTS = (
    Subject("task", "P1-001"),
    Subject("task", "p1-001"),
    Subject("task", "Q"),
    Subject("phase", "P1"),
    Subject("unassigned"),
)
WRITERS = ("0a1b2c3d4e5f", "f5e4d3c2b1a0")

lines = st.one_of(
    st.builds(
        lambda seq, text: b'{"id":"%d","seq":%d}' % (text, seq),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    st.sampled_from([b"junk", b'{"seq":"x"}', b"\xff", b"{}"]),
)
segments = st.lists(lines, min_size=1, max_size=4).map(
    lambda found: b"".join(line + b"\n" for line in found)
)


@st.composite
def logs(draw: st.DrawFn) -> Files:
    """The files of a whole log: few names, so that two logs often meet."""
    names = st.tuples(
        st.sampled_from(SUBJECTS), st.sampled_from(WRITERS), st.integers(1, 2)
    )
    found: Files = {FORMAT_PATH: FORMAT_BLOB}
    for subject, writer, number in draw(st.sets(names, max_size=5)):
        path = f"{directory(subject)}/{segment_name(subject, writer, number)}"
        found[path] = draw(segments)
    return found
