"""A server writes down when it received the log, if it wants to."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.gate import ZERO, Project, at, is_refused, nothing_received, tell
from tests.support.hooks import executable

LOG = "refs/gitlog-track/log"
RECEIVED = "refs/gitlog-track-received/log"


@pytest.fixture
def server(project: Project) -> Project:
    """A bare repository with both hooks, which records; no hook on the client's side."""
    project.serve()
    script = f'#!/bin/sh\nexec "{sys.executable}" -m gitlog_track hook post-receive\n'
    executable(project.origin.path / "hooks" / "post-receive", script)
    project.origin.git("config", "gitlog-track.recordReceived", "true")
    project.work.git("config", "core.hooksPath", "/dev/null")
    return project


def entries(project: Project) -> list[dict[str, str]]:
    """Return the trailers of each entry, oldest first."""
    if RECEIVED not in project.received():
        return []
    told = project.origin.git("log", "--reverse", "--format=%(trailers)%x00", RECEIVED)
    return [
        dict(row.split(": ", 1) for row in entry.strip().split("\n"))
        for entry in told.split("\0")[:-1]
    ]


def test_every_push_of_the_log_is_an_entry(server: Project) -> None:
    tips = []
    for minute in (20, 21):
        tell(server.work.path, at(f"22:{minute}:00"), "note", "x", "--task", "P1-009")
        tips.append(server.work.git("rev-parse", LOG))
        environment = {"REMOTE_USER": f"u{minute}\nLog: forged"}
        done = server.push("origin", LOG, env=environment)
        assert done.returncode == 0, done.stderr
    found = entries(server)
    assert [entry["Log"] for entry in found] == tips
    assert [entry["Pusher"] for entry in found] == [
        "u20 Log: forged",
        "u21 Log: forged",
    ]
    assert all(entry["Received-At"][:2] == "20" for entry in found)
    assert server.origin.git("fsck", "--strict") == ""


def test_a_push_of_code_alone_is_none(server: Project) -> None:
    server.branch("topic", "Go on")
    assert server.push("origin", "topic").returncode == 0
    assert entries(server) == []
    assert server.push("origin", "main:other", LOG).returncode == 0
    assert [set(entry) for entry in entries(server)] == [{"Log", "Received-At"}]


def test_nothing_is_recorded_where_nobody_asked_for_it(server: Project) -> None:
    server.origin.git("config", "--unset", "gitlog-track.recordReceived")
    assert server.push("origin", LOG).returncode == 0
    assert entries(server) == []


def test_nobody_pushes_to_the_servers_own_ref(server: Project) -> None:
    assert server.push("origin", LOG).returncode == 0
    for refspec in (f"+main:{RECEIVED}", f":{RECEIVED}"):
        with nothing_received(server):
            done = server.push("origin", refspec)
            assert is_refused(done, "is written by this server alone"), done.stderr


def feed(server: Project, line: str) -> subprocess.CompletedProcess[str]:
    return server.origin.run(
        str(server.origin.path / "hooks" / "post-receive"),
        stdin=line,
        env={"GIT_DIR": "."},
    )


def test_pushes_at_the_same_time_lose_no_entry(server: Project) -> None:
    assert server.push("origin", LOG).returncode == 0
    tip = server.received()[LOG]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(feed, [server] * 6, [f"{ZERO} {tip} {LOG}\n"] * 6))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 6
    assert len(entries(server)) == 7


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("git config gitlog-track.recordReceived perhaps", "recordReceived"),
        ("mkdir -p refs/gitlog-track-received; : >refs/gitlog-track-received/log", ""),
        (": >refs/gitlog-track-received", "again and again"),
    ],
)
def test_what_goes_wrong_is_said_and_fails_nothing(
    server: Project, harm: str, said: str
) -> None:
    assert server.origin.run("sh", "-c", harm).returncode == 0
    tip = server.work.git("rev-parse", LOG)
    done = feed(server, f"{ZERO} {tip} {LOG}\n")
    assert done.returncode == 0
    assert "the time of receipt was not recorded: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["", "nonsense\n", f"{ZERO} {ZERO} {LOG}\n"])
def test_lines_that_bring_no_log_make_no_entry(server: Project, text: str) -> None:
    assert feed(server, text).returncode == 0
    assert entries(server) == []
