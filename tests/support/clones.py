"""Clones whose journal, fold and log are driven in process, with a clock of their own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from gitlog_track import __version__
from gitlog_track.git.process import Git
from gitlog_track.log.fold import Folder
from gitlog_track.log.journal import list_names, write_entry
from gitlog_track.log.layout import LOG_REF, Home
from gitlog_track.log.merge import Merger
from gitlog_track.log.ref import LogRef
from gitlog_track.log.settings import Settings, save_settings
from gitlog_track.log.store import LogReader
from gitlog_track.log.writer import writer_of
from gitlog_track.model.instants import format_instant
from tests.support.examples import OWN_FIELDS, Fields

START_NS = 1_759_633_200_000_000_000  # 2025-10-04T22:00:00-05:00


@dataclass
class Clone:
    """A repository, tracked without hooks; its clock stands until it is moved."""

    path: Path
    now_ns: int = START_NS
    settings: Settings = field(default_factory=Settings)
    _count: int = 0

    @classmethod
    def make(cls, path: Path) -> Clone:
        subprocess.run(["git", "init", "-q", str(path)], check=True)
        clone = cls(path)
        os.makedirs(clone.home.journal)
        save_settings(clone.home, clone.settings)
        return clone

    @property
    def home(self) -> Home:
        return Home(str(self.path / ".git"))

    @property
    def git(self) -> Git:
        return Git(str(self.path / ".git"), os.environ)

    @property
    def ref(self) -> LogRef:
        return LogRef(self.git, self.home.common_dir, self.settings.ref)

    @property
    def tip(self) -> str | None:
        return self.ref.read()

    @property
    def writer(self) -> str:
        return writer_of(self.home, self.now_ns).id

    @property
    def log(self) -> LogReader:
        return LogReader(self.git, self.home.common_dir, self.tip)

    @property
    def waiting(self) -> list[str]:
        return sorted(list_names(self.home))

    @property
    def unreadable(self) -> list[str]:
        return (
            sorted(os.listdir(self.home.unreadable))
            if os.path.isdir(self.home.unreadable)
            else []
        )

    def run(self, *args: str, stdin: bytes = b"") -> bytes:
        """Run git; it has to succeed."""
        done = subprocess.run(
            ["git", *args], cwd=self.path, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == 0, (args, done.stderr.decode())
        return done.stdout.strip(b"\n")

    def text(self, *args: str, stdin: bytes = b"") -> str:
        return self.run(*args, stdin=stdin).decode()

    def commit(self, message: str = "a commit") -> str:
        self.run("commit", "-q", "--allow-empty", "-m", message)
        return self.text("rev-parse", "HEAD")

    def record(
        self,
        kind: str = "note_recorded",
        task: str = "P1-009",
        subject: str = "task",
        **fields: object,
    ) -> str:
        """Record an event as a command does, a second after the one before."""
        self.now_ns += 1_000_000_000
        self._count += 1
        event: Fields = {
            "kind": kind,
            "at": format_instant(self.now_ns, 0),
            "provenance": "live",
            "source": "test 1",
            "actor": "A U Thor <author@example.org>",
            **(fields or OWN_FIELDS[kind]),
        }
        return self.drop(
            {"subject_kind": subject, "subject_name": task, "event": event},
        )

    def drop(self, facts: Fields) -> str:
        """Drop an entry of these facts."""
        self._count += 1
        whole = {"at_ns": self.now_ns, "worktree": "", "branch": "", **facts}
        return write_entry(self.home, whole, f"n{self._count}")

    def hook(self, hook: str, name: str = "", **facts: str) -> str:
        """Drop an entry as a hook writes it."""
        self._count += 1
        name = name or f"{hook}-{self._count}-0"
        rows = {
            "worktree": "",
            "head": "",
            "branch": "",
            "task": "P1-009",
            "state": "",
            **facts,
        }
        lines = [
            "gitlog-track-entry 1",
            f"hook {hook}",
            *(f"{k} {v}" for k, v in rows.items()),
            "end",
        ]
        path = f"{self.home.journal}/{name}"
        Path(path).write_text("\n".join(lines) + "\n")
        self.stamp(path)
        return name

    def stamp(self, path: str) -> None:
        """Date a file by this clone's clock."""
        os.utime(path, ns=(self.now_ns, self.now_ns))

    def folder(self, patience_s: float = 5.0) -> Folder:
        return Folder(
            self.home,
            self.git,
            self.settings,
            __version__,
            now_ns=lambda: self.now_ns,
            jitter=lambda: 0.0,
            patience_s=patience_s,
        )

    def fold(self) -> int:
        return self.folder().fold()

    def paths(self) -> list[str]:
        return self.text("ls-tree", "-r", "--name-only", LOG_REF).split("\n")

    def lines(self, below: str = "") -> list[bytes]:
        """Every line of the log below a path."""
        found: list[bytes] = []
        for path in self.paths() if self.tip else []:
            if path != "format.json" and path.startswith(below):
                found += self.run("cat-file", "-p", f"{LOG_REF}:{path}").split(b"\n")
        return found

    def events(self, below: str = "") -> list[Fields]:
        """Every event of the log, in order."""
        found: list[Fields] = [json.loads(line) for line in self.lines(below)]
        return sorted(found, key=lambda e: (str(e["task"]), e["seq"]))

    def texts(self) -> list[object]:
        """The texts of all notes, in order."""
        return [e["text"] for e in self.events() if e["kind"] == "note_recorded"]

    # trees and commits as somebody else might write them

    def blob(self, data: bytes) -> str:
        return self.text("hash-object", "-w", "--stdin", stdin=data)

    def tree(self, *rows: tuple[str, bytes, str]) -> str:
        """Write a tree of (mode, name, oid), however hostile."""
        data = b"".join(
            mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid)
            for mode, name, oid in rows
        )
        return self.text(
            "hash-object", "-w", "--literally", "-t", "tree", "--stdin", stdin=data
        )

    def forge(self, tree: str, *parents: str) -> str:
        """Point the log at a commit of a tree."""
        args = [a for parent in parents for a in ("-p", parent)]
        made = self.text("commit-tree", tree, *args, "-m", "forged")
        self.run("update-ref", LOG_REF, made)
        return made

    def forge_files(self, files: dict[str, bytes], *parents: str) -> str:
        """Point the log at a commit with exactly these files."""
        index = {"GIT_INDEX_FILE": str(self.path / ".git" / "forged-index")}
        rows = "".join(
            f"100644 {self.blob(data)}\t{path}\n" for path, data in files.items()
        )
        environment = {**os.environ, **index}
        for args, stdin in (
            (["read-tree", "--empty"], ""),
            (["update-index", "--index-info"], rows),
        ):
            subprocess.run(
                ["git", *args],
                cwd=self.path,
                env=environment,
                input=stdin.encode(),
                check=True,
            )
        done = subprocess.run(
            ["git", "write-tree"],
            cwd=self.path,
            env=environment,
            capture_output=True,
            check=True,
        )
        return self.forge(done.stdout.decode().strip(), *parents)

    def files(self) -> dict[str, bytes]:
        """Every file of the log, whole."""
        git = ["git", "cat-file", "blob"]
        return {
            path: subprocess.run(
                [*git, f"{LOG_REF}:{path}"],
                cwd=self.path,
                capture_output=True,
                check=True,
            ).stdout
            for path in self.paths()
        }


def merger(clone: Clone) -> Merger:
    """Return what joins logs in a clone; it waits for nobody."""
    return Merger(
        clone.home,
        clone.git,
        clone.settings,
        clone.ref,
        now_ns=lambda: clone.now_ns,
        jitter=lambda: 0.0,
        patience_s=1.0,
    )
