"""Where faults are made: a repository with a history, copied for every try."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import gitlog_track
from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.objects import read_blobs
from gitlog_track.log.audit import audit_log
from tests.support.gate import Project, tell
from tests.support.remotes import Server, Site
from tests.support.repos import Repo

PACKAGE = Path(gitlog_track.__file__).parent
FOLD = (sys.executable, "-I", "-S", str(PACKAGE / "fold_process.py"))
OURS = (sys.executable, "-m", "gitlog_track")
AN_AGE_S = 660
"""After so long, whatever a process that was killed has left is stale."""
PATIENCE_S = 60
HUNG = 124
ELSEWHERE = "of another clone"
"""A note that the server has, and this clone has once it has synced."""

Done = subprocess.CompletedProcess[str]


class RestlessError(Exception):
    """Processes of a scene work on and on; the message says how many."""


@dataclass
class Scene:
    """One try's repository, its server, and what was acknowledged so far.

    Attributes:
        path: holds ``work`` and ``origin.git``.
        told: texts of notes and ids of commits.
        prefix, env: what a program is started with.
    """

    path: Path
    told: list[str] = field(default_factory=list)
    prefix: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)

    @cached_property
    def site(self) -> Site:
        return Site(self.path / "work", now_ns=time.time_ns(), _count=1_000)

    @property
    def repo(self) -> Repo:
        return Repo(self.path / "work")

    @property
    def project(self) -> Project:
        return Project(self.repo, Repo(self.path / "origin.git"))

    @property
    def server(self) -> Server:
        return Server(self.path / "origin.git")

    def wait(self, text: str, task: str = "P1-010") -> None:
        """Record a note that waits in the journal."""
        self.site.record(task=task, text=text)
        self.told.append(text)

    def run(
        self, argv: Sequence[str], env: dict[str, str] | None = None, stdin: str = ""
    ) -> Done:
        """Run a program at the top of the repository; one that hangs ends with HUNG."""
        with subprocess.Popen(
            (*self.prefix, *argv),
            cwd=self.repo.path,
            env={**os.environ, **self.env, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(stdin, PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
                return subprocess.CompletedProcess(argv, HUNG, out, f"hung: {err}")
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def ours(self, *args: str) -> Done:
        return self.run((*OURS, *args))

    def note(self, text: str) -> Done:
        """Record a note by command; it is acknowledged if the command succeeds."""
        done = self.ours("note", "--task", "P1-010", text)
        if done.returncode == 0:
            self.told.append(text)
        return done

    def commit(self, text: str) -> Done:
        """Commit; its record is acknowledged if the commit is made without a word."""
        before = self.head()
        done = self.run(("git", "commit", "-q", "--allow-empty", "-m", text))
        head = self.head()
        if head != before and done.returncode == 0 and not done.stderr:
            self.told.append(head)
        return done

    def quiet(self) -> None:
        """Wait until nobody works here: a detached fold outlives who has started it.

        Raises:
            RestlessError: somebody still does after a minute; they are ended.
        """
        until = time.monotonic() + PATIENCE_S
        while found := self.at_work():
            if time.monotonic() > until:
                for pid in found:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise RestlessError(f"{len(found)} processes do not end")
            time.sleep(0.01)

    def at_work(self) -> list[int]:
        """The processes whose working directory is in this scene."""
        found = []
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                if name.isdigit() and Path(
                    f"/proc/{name}/cwd"
                ).readlink().is_relative_to(self.path):
                    found.append(int(name))
        return found

    def head(self) -> str:
        return self.run(("git", "rev-parse", "HEAD")).stdout.strip()

    def later(self) -> None:
        """Let what a killed process left behind grow old."""
        then = time.time() - AN_AGE_S
        for top in (self.path / "work" / ".git", self.path / "origin.git"):
            for directory, _, names in os.walk(top):
                for name in names:
                    is_entry = directory.endswith("/journal")
                    if is_entry or name.endswith(".lock"):
                        os.utime(f"{directory}/{name}", (then, then))

    def in_log(self) -> Counter[str]:
        """How often the log holds each note, by text, and each commit, by id."""
        site = self.site
        log = site.log
        oids = [segment.oid for segment in log.segments()]
        found: dict[str, str] = {}
        for blob in read_blobs(site.git, site.home.common_dir, oids):
            for line in blob.splitlines():
                event = json.loads(line)
                if event["kind"] == "note_recorded":
                    found[event["id"]] = event.get("text", "")
                elif event["kind"] == "commit_recorded":
                    found[event["id"]] = event.get("commit", "")
        return Counter(found.values())

    def wrong(self) -> list[str]:
        """Say what of a repository at rest is not as it must be."""
        site, found = self.site, []
        if site.waiting:
            found.append(f"the journal still holds {site.waiting}")
        fsck = self.repo.run("git", "fsck", "--strict", "--no-dangling")
        if fsck.returncode or fsck.stdout:
            found.append(f"git fsck: {fsck.stdout}{fsck.stderr}")
        found += [f"audit: {row.text}" for row in audit_log(site.log).findings]
        return found


class Ground:
    """A directory with the scene that is copied for every try.

    The work repository folds in line, until :func:`fold_detached`. Its log holds a task that was completed and an
    open one; another clone has sent notes to the server since; three notes wait.
    """

    def __init__(self, path: Path, template: Scene) -> None:
        self.path = path
        self._made = 0
        self._template = template

    @staticmethod
    def template(path: Path) -> Scene:
        """Make the scene; it takes seconds, and serves all faults."""
        project = Project.make(path)
        scene = Scene(path)
        for hooks in (path / "work/.git/hooks", path / "origin.git/hooks"):
            for sample in hooks.glob("*.sample"):
                sample.unlink()
        project.work.ours("sync")
        other = Site.of(scene.server, path / "other")
        other.note(ELSEWHERE)
        other.sync()
        tell(
            scene.repo.path,
            "2025-10-04T22:20:00-05:00",
            "note",
            "--task",
            "P1-010",
            "old",
        )
        scene.told.append("old")
        return scene

    def scene(self, waiting: int = 3, *, at: Path | None = None) -> Scene:
        """Make a copy of the scene, where some notes wait."""
        template = self._template
        self._made += 1
        path = at or self.path / f"try-{self._made}"
        for name in ("work", "origin.git"):
            shutil.copytree(template.path / name, path / name, symlinks=True)
        config = path / "work/.git/config"
        config.write_text(
            config.read_text().replace("../origin.git", f"{path}/origin.git")
        )
        scene = Scene(path, list(template.told))
        for number in range(waiting):
            scene.wait(f"waits {number}")
        return scene

    def done_with(self, scene: Scene) -> None:
        shutil.rmtree(scene.path, ignore_errors=True)


def fold_detached(scene: Scene) -> None:
    """Let commits fold as they do by default: in a process that they leave behind."""
    (scene.repo.path / ".gitlog-track.toml").write_text("")
    scene.site.workspace.refresh_settings()


Recover = Callable[[Scene], str]


def folds(scene: Scene) -> str:
    """Fold in process; return what went wrong."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            scene.site.folder(patience_s=0.1).fold()
    except GitlogTrackError as err:
        return f"{err} ({err.hint})"
    return ""


def commits(scene: Scene) -> str:
    """Commit; return what went wrong, with the fold too that this leaves behind."""
    done = scene.commit("and on")
    scene.quiet()
    if waiting := scene.site.waiting:
        return f"after a commit there wait {waiting}: {done.stderr}"
    return ""


def syncs(scene: Scene) -> str:
    """Sync in process; return what went wrong."""
    if ELSEWHERE not in scene.told:
        scene.told.append(ELSEWHERE)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            scene.site.sync()
    except GitlogTrackError as err:
        return f"{err} ({err.hint})"
    return ""
