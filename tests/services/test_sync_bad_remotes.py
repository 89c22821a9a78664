"""Remotes that fail: one sentence, a hint, nothing lost, and nobody is ever waited for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gitlog_track.errors import GitlogTrackError, LogBusyError
from gitlog_track.git.transport import (
    Budget,
    Pushed,
    RemoteError,
    RemoteTooSlowError,
    Transport,
    parse_push,
)
from gitlog_track.log.layout import LOG_REF
from tests.support.hooks import executable
from tests.support.remotes import TRACKING, Server, Site, assert_one_log


@pytest.fixture
def ann(ann: Site) -> Site:
    ann.note("one")
    return ann


def refusal(site: Site, words: str, hint: str = "") -> None:
    """Check that a sync fails in one sentence, changes nothing, and can be repeated."""
    before = site.tip, site.tracking
    for _ in range(2):
        with pytest.raises(GitlogTrackError, match=words) as caught:
            site.sync()
        assert "\n" not in str(caught.value)
        assert caught.value.exit_code == 4
        assert hint in str(caught.value.hint)
    assert (site.tip, site.tracking) == before


@pytest.mark.parametrize(
    "url",
    ["/no/such/place.git", "http://127.0.0.1:9/x.git", "ssh://127.0.0.1:9/x.git"],
)
def test_an_unreachable_remote(ann: Site, url: str) -> None:
    ann.run("remote", "set-url", "origin", url)
    refusal(ann, "origin cannot be reached", "git ls-remote origin")


@pytest.mark.parametrize(
    ("script", "words", "hint"),
    [
        ("echo 'refs are closed here' >&2; exit 1", "does not take the log's ref: refs are closed here", "doctor --remote origin"),
        ("echo 'fatal: No space left on device' >&2; exit 1", "origin is full", "make room"),
        ("echo 'cannot write: no space left on device' >&2; exit 1", "origin is full", "make room"),
        ("echo 'gitlog-track: refused: the log is not deleted' >&2; exit 1", "origin does not take what was pushed: gitlog-track: refused: the log is not", "rules of its server"),
        ("echo 'remote quota exceeded' >&2; exit 1", "origin is full", "make room"),
        ("echo 'error: Read-only file system' >&2; exit 1", "read-only for you", "right to push"),
    ],
)  # fmt: skip
def test_a_server_that_declines(
    server: Server, ann: Site, script: str, words: str, hint: str
) -> None:
    server.hook("pre-receive", script)
    refusal(ann, words, hint)
    server.hook("pre-receive", "exit 0")
    assert ann.sync().is_pushed


def tries_of(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often a site pushes."""
    tries: list[str] = []
    real = Transport.push

    def push(self: Transport, *args: Any, **kwargs: Any) -> list[Pushed]:
        tries.append(site.path.name)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Transport, "push", push)
    return tries


@pytest.mark.parametrize("has_log", [False, True])
@pytest.mark.parametrize(
    ("hook", "words", "pushes"),
    [
        ("", r"cannot push with origin: error: cannot lock ref .*log\.lock': File exists", 2),
        ("reference-transaction", "take the log's ref: ref updates aborted by hook", 1),
        ("update", "take the log's ref: this ref is protected", 1),
    ],
)  # fmt: skip
def test_a_refusal_for_good_is_no_race(
    server: Server,
    ann: Site,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_log: bool,
    hook: str,
    words: str,
    pushes: int,
) -> None:
    if has_log:
        ann.sync()
        ann.note("two")
    lock = server.path / f"{LOG_REF}.lock"
    if hook:
        server.hook(hook, "echo this ref is protected >&2; exit 1")
    else:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    tries = tries_of(ann, monkeypatch)
    refusal(ann, words)
    assert len(tries) == 2 * pushes
    lock.unlink(missing_ok=True)
    if hook:
        server.hook(hook, "exit 0")
    ann.push()
    assert server.tip == ann.tip


def test_a_server_that_hides_the_namespace(server: Server, ann: Site) -> None:
    server.text("config", "transfer.hideRefs", "refs/gitlog-track")
    refusal(ann, "does not take the log's ref.*hidden ref", "doctor --remote origin")


def test_a_server_that_takes_nothing(server: Server, ann: Site) -> None:
    script = executable(
        server.path.parent / "receive-pack",
        "#!/bin/sh\necho 'fatal: unable to create temporary object directory' >&2\nexit 128\n",
    )
    ann.run("config", "remote.origin.receivepack", str(script))
    refusal(ann, "read-only for you", "fetching goes on")


class Asks(BaseHTTPRequestHandler):
    """A server that wants a password."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def asking() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Asks)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_password_is_never_asked_for(
    ann: Site, asking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    askpass = executable(tmp_path / "askpass", f"#!/bin/sh\ntouch {asked}\nsleep 60\n")
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(askpass))
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "1")
    ann.run("config", "core.askPass", str(askpass))
    ann.run("remote", "set-url", "origin", asking)
    refusal(ann, "asks who you are", "credential helper")
    assert not asked.exists()


@pytest.mark.parametrize(
    ("command", "batch"),
    [(None, True), ("ssh -p 2222", True), ("/opt/wrapper", False)],
)
def test_ssh_is_told_not_to_ask(
    ann: Site, command: str | None, batch: bool, tmp_path: Path
) -> None:
    tool = executable(
        tmp_path / "bin" / "ssh", f'#!/bin/sh\necho "$@" >{tmp_path}/said\n'
    )
    environment = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    if command is not None:
        chosen = command.replace("/opt/wrapper", str(tmp_path / "wrapper"))
        ann.run("config", "core.sshCommand", chosen)
        shutil.copy(tool, tmp_path / "wrapper")
    ann.git.environment.update(environment)
    git = ann.git
    git.environment.update(environment)
    transport = Transport(git, "ssh://127.0.0.1/x.git", Budget(10), str(ann.path))
    with pytest.raises(RemoteError):
        transport.refs("x")
    assert ("BatchMode=yes" in (tmp_path / "said").read_text()) == batch


def test_a_remote_that_hangs_is_left_in_time_with_all_its_processes(
    server: Server, ann: Site
) -> None:
    pids = server.path.parent / "pids"
    script = executable(
        server.path.parent / "upload-pack",
        f"#!/bin/sh\necho $$ >>{pids}\nexec sleep 60\n",
    )
    ann.run("config", "remote.origin.uploadpack", str(script))
    begin = time.monotonic()
    with pytest.raises(RemoteTooSlowError, match="did not answer in time"):
        ann.exchange(seconds=0.5).sync()
    assert time.monotonic() - begin < 3
    time.sleep(0.1)
    for pid in pids.read_text().split():
        assert (
            not os.path.exists(f"/proc/{pid}")
            or "Z" in Path(f"/proc/{pid}/stat").read_text()
        )


ON_A_TERMINAL = """
import os, pty, sys
from gitlog_track.errors import GitlogTrackError, LogBusyError
from gitlog_track.git.process import Git
from gitlog_track.git.transport import Budget, Transport
pid, terminal = pty.fork()
if pid == 0:
    try:
        Transport(Git(sys.argv[1], os.environ), "origin", Budget(5), "").refs("x")
    except GitlogTrackError as err:
        open(sys.argv[2], "w").write(type(err).__name__)
    os._exit(0)
os.waitpid(pid, 0)
"""


def test_who_asks_at_the_terminal_fails_at_once(ann: Site, tmp_path: Path) -> None:
    asks = executable(tmp_path / "asks", "#!/bin/sh\nread answer </dev/tty\nexit 1\n")
    ann.run("config", "remote.origin.uploadpack", str(asks))
    said = tmp_path / "said"
    command = [sys.executable, "-c", ON_A_TERMINAL, ann.git.git_dir, str(said)]
    subprocess.run(command, check=True, timeout=30)
    assert said.read_text() == "RemoteError"


CUT_SHORT = f"""#!{sys.executable}
import subprocess, sys
pack = subprocess.Popen(["git", "upload-pack", *sys.argv[1:]], stdout=subprocess.PIPE)
sent = 0
while sent < 4000 and (data := pack.stdout.read1(4000 - sent)):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    sent += len(data)
pack.kill()
"""


def test_a_fetch_that_breaks_off_changes_nothing_and_can_be_repeated(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    for number in range(30):
        ann.note(f"note {number}", f"P1-{number:03d}")
    ann.sync()
    bob = Site.of(server, tmp_path / "bob")
    bob.note("of bob")
    script = executable(tmp_path / "upload-pack", CUT_SHORT)
    bob.run("config", "remote.origin.uploadpack", str(script))
    refusal(bob, "origin cannot be reached, or broke off")
    bob.run("config", "--unset", "remote.origin.uploadpack")
    bob.sync()
    ann.sync()
    assert_one_log(server, ann, bob)


def test_a_lock_that_a_killed_fetch_left_is_removed_when_it_is_old(
    server: Server, ann: Site
) -> None:
    ann.note("one")
    ann.sync()
    lock = Path(f"{ann.home.common_dir}/{TRACKING}.lock")
    lock.touch()
    aged = ann.now_ns - 599 * 10**9
    os.utime(lock, ns=(aged, aged))
    with pytest.raises(LogBusyError, match=str(lock)):
        ann.fetch()
    os.utime(lock, ns=(aged - 2 * 10**9, aged - 2 * 10**9))
    assert ann.fetch().merged == "nothing new"
    assert not lock.exists()
    assert server.tip == ann.tip


def test_a_shallow_log_can_append_and_push_and_says_what_it_is(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    for number in range(5):
        ann.note(f"note {number}")
    ann.sync()
    bob = Site.of(server, tmp_path / "bob")
    bob.run("fetch", "-q", "--depth=1", f"file://{server.path}", f"{LOG_REF}:{LOG_REF}")
    bob.run("remote", "set-url", "origin", f"file://{server.path}")
    assert (bob.path / ".git" / "shallow").exists()
    bob.note("of bob")
    done = bob.sync()
    assert (done.is_pushed, server.tip) == (True, bob.tip)
    (note,) = done.notes
    assert "cut off: pins, audit and reports are partial" in note
    ann.note("meanwhile")
    ann.sync()
    bob.sync()
    assert_one_log(server, ann)
    assert ann.notes() == bob.notes()


def test_what_git_prints_of_a_push_is_read() -> None:
    text = "To x\n!\ta:refs/x\t[rejected] (fetch first)\n*\tb:refs/y\t[new reference]\nDone\n"
    first, second = parse_push(text)
    assert (first.ref, first.is_refused, first.is_race) == ("refs/x", True, True)
    assert second == Pushed("refs/y", "*", "[new reference]")
