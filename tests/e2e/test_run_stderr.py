"""``run``: what a command says on standard error is passed on, and looked at if it fails."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.repos import Repo

PYTHON = sys.executable
RAISE = "import sys; print('begun', file=sys.stderr); {}['shelf of a@example.org']"


@pytest.fixture
def started(tracked: Repo) -> Repo:
    tracked.ours("start", "P1-001")
    return tracked


def run(repo: Repo, *command: str, **streams: object) -> subprocess.Popen[bytes]:
    ours = [PYTHON, "-m", "gitlog_track", "run", "--", *command]
    return subprocess.Popen(ours, cwd=repo.path, stdin=subprocess.DEVNULL, **streams)  # type: ignore[call-overload,no-any-return]


def test_a_failing_command_leaves_its_error_and_passes_it_on(started: Repo) -> None:
    direct = started.run(PYTHON, "-c", RAISE)
    through = started.cli("run", "--", PYTHON, "-c", RAISE)
    assert (through.returncode, through.stderr) == (1, direct.stderr)
    (event,) = started.events("command_finished")
    assert event["error_type"] == "KeyError"
    assert event["message"] == "'shelf of <email>'"
    assert event["scrubbed"] == {"email": 2}
    assert event["stack_hash"].startswith("v1:")
    assert event["stack"].startswith("Traceback (most recent call last):\n")
    assert "begun" not in event["stack"]


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit('no trace here')",
        "import traceback, warnings\ntry: 1/0\nexcept ZeroDivisionError: traceback.print_exc()",
    ],
)
def test_no_trace_or_no_failure_leaves_none(started: Repo, code: str) -> None:
    started.cli("run", "--", PYTHON, "-c", code)
    (event,) = started.events("command_finished")
    assert {"error_type", "message", "stack", "stack_hash"} & set(event) == set()


def test_bytes_are_passed_on_unchanged_however_many(started: Repo) -> None:
    code = (
        "import os, sys\n"
        "data = bytes(range(256)) * 8_000\n"
        "os.write(2, data[:70_000]); sys.stderr.buffer.write(data)\n"
    )
    process = run(started, PYTHON, "-c", code, stderr=subprocess.PIPE)
    _, err = process.communicate(timeout=60)
    data = bytes(range(256)) * 8_000
    assert err == data[:70_000] + data


def test_stdout_and_stderr_in_one_file_keep_their_order(
    started: Repo, tmp_path: Path
) -> None:
    code = "import os\nfor n in range(300): os.write(1 + n % 2, b'%d\\n' % n)\n"
    with (tmp_path / "both").open("wb") as both:
        assert run(started, PYTHON, "-c", code, stdout=both, stderr=both).wait(60) == 0
    written = (tmp_path / "both").read_text().split()
    assert written == [str(n) for n in range(300)]


def test_a_daemon_that_keeps_stderr_is_not_waited_for_and_not_killed(
    started: Repo, tmp_path: Path
) -> None:
    late = tmp_path / "late"
    code = f"""
import os, sys, time
if os.fork() == 0:
    time.sleep(1.5)
    os.write(2, b"late\\n")
    open({str(late)!r}, "w").write("alive")
    os._exit(0)
sys.exit(3)
"""
    begin = time.monotonic()
    with (tmp_path / "err").open("wb") as err:
        process = run(started, PYTHON, "-c", code, stderr=err)
        assert process.wait(60) == 3
    assert time.monotonic() - begin < 60
    assert len(started.events("command_finished")) == 1
    until = time.monotonic() + 20
    while not late.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert late.read_text() == "alive"
    time.sleep(0.1)
    assert (tmp_path / "err").read_text() == "late\n"


def test_a_command_without_a_reader_dies_as_it_would(started: Repo) -> None:
    code = "import os\nwhile True: os.write(2, b'x' * 1000)"
    direct = "import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n" + code
    with run(started, PYTHON, "-c", direct, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.read(1000)
        process.stderr.close()
        assert process.wait(60) == 128 + 13


@pytest.mark.parametrize(("number", "status"), [(15, 143), (9, 137)])
def test_a_signal_to_the_command_is_told_as_before(
    started: Repo, number: int, status: int
) -> None:
    done = started.cli("run", "--", "sh", "-c", f"kill -{number} $$")
    assert done.returncode == status


def test_a_signal_to_us_is_passed_on_while_stderr_is_read(started: Repo) -> None:
    script = "trap 'echo told >&2; exit 5' TERM; echo ready >&2; while :; do sleep 0.05; done"
    with run(started, "sh", "-c", script, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.terminate()
        assert process.stderr.read() == b"told\n"
        assert process.wait(60) == 5


def test_on_a_terminal_the_command_has_it_to_itself(started: Repo) -> None:
    ours, theirs = pty.openpty()
    code = f"import os; assert os.isatty(2); {RAISE}"
    process = run(started, PYTHON, "-c", code, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while data := os.read(ours, 4096):
            said += data
    except OSError:  # Linux's way to say that the other side was closed
        pass
    os.close(ours)
    assert process.wait(60) == 1
    assert b"KeyError: 'shelf of a@example.org'" in said
    (event,) = started.events("command_finished")
    assert "stack" not in event


def test_a_command_that_is_not_there_leaves_nothing_open(started: Repo) -> None:
    done = started.cli("run", "--", "no-such-command-here")
    assert done.returncode == 127
    assert "cannot be started" in done.stderr


def test_closed_streams_are_no_failure(started: Repo) -> None:
    script = f"{PYTHON} -m gitlog_track run -- sh -c 'echo x >&2; exit 4' 2>&- >&-"
    assert started.run("sh", "-c", script).returncode == 4
