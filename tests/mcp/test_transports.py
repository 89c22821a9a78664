"""The server as a process of its own: over standard input and output, and over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import TextResourceContents

from gitlog_track.mcp.transports import HOST
from tests.support.agents import MODES, Mode, Planted, names
from tests.support.cli import Cli

T = TypeVar("T")
COMMAND = (sys.executable, "-P", "-m", "gitlog_track")
WAIT_S = 60
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


async def exercise(client: Client) -> None:
    """Use every tool and resource, and provoke an error, over one connection."""
    listed = await client.call_tool("tasks_list", {"limit": 2})
    page = listed.structured_content
    assert page is not None
    assert names(page) == ["P2-001", "P1-002"]
    rest = await client.call_tool("tasks_list", {"cursor": page["next_cursor"]})
    assert rest.structured_content is not None
    assert names(rest.structured_content) == ["P1-001", "P2-002"]
    failed = await client.call_tool("tasks_last_failed", {"limit": 1})
    assert failed.structured_content is not None
    assert names(failed.structured_content) == ["P2-001"]
    traced = await client.call_tool("tasks_by_trace", {"trace_id": "abab"})
    assert traced.structured_content is not None
    assert names(traced.structured_content) == ["P1-001"]
    [log] = (await client.read_resource("task://P1-001/log")).contents
    assert isinstance(log, TextResourceContents)
    assert log.text.startswith("TASK: P1-001\n")
    [report] = (await client.read_resource("phase://P1/report")).contents
    assert isinstance(report, TextResourceContents)
    assert report.text.startswith("# Report\n")
    refused = await client.call_tool("tasks_list", {"limit": 0})
    assert refused.is_error


def stdio(path: Path, question: Callable[[Client], Awaitable[T]], mode: Mode) -> T:
    args = [*COMMAND[1:], "-C", str(path), "mcp"]
    parameters = StdioServerParameters(
        command=COMMAND[0], args=args, env=dict(os.environ)
    )

    async def connected() -> T:
        async with Client(stdio_client(parameters), mode=mode) as client:
            return await question(client)

    return anyio.run(connected)


@contextlib.contextmanager
def process(path: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Start the server as a client would; it is killed if it did not end."""
    with subprocess.Popen(
        [*COMMAND, "-C", str(path), "mcp", *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


@contextlib.contextmanager
def http(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with process(path, "--http", "--port", "0") as child:
        said = _stream(child.stderr).readline()
        assert said.startswith(f"listening on http://{HOST}:")
        yield child, said.split()[-1]


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def post(url: str, **headers: str) -> int:
    """Send a handshake with some headers; return the status."""
    accepts = "application/json, text/event-stream"
    every = {"Content-Type": "application/json", "Accept": accepts, **headers}
    body = json.dumps(INITIALIZE).encode()
    request = urllib.request.Request(url, body, every)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as err:
        err.close()
        return err.code


@pytest.mark.parametrize("mode", MODES)
def test_a_child_process_is_asked_over_stdio(
    cli: Cli, planted: Planted, mode: Mode
) -> None:
    del planted
    stdio(cli.path, exercise, mode)


def test_stdout_belongs_to_the_protocol(tracking: Cli) -> None:
    """Also while a call folds, makes the index, and is told nonsense."""
    (tracking.path / ".gitlog-track.toml").write_text('[log]\nfold = "detached"\n')
    tracking.run("start", "P1-001")
    call = {"name": "tasks_list", "arguments": {"task": "\ud800"}}
    lines = [
        json.dumps(INITIALIZE),
        "no JSON at all",
        json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}),
        json.dumps({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "tasks_list", "arguments": {}}}),
    ]  # fmt: skip
    with process(tracking.path) as child:
        _stream(child.stdin).write("".join(f"{line}\n" for line in lines))
        _stream(child.stdin).flush()
        answers: list[dict[str, Any]] = []
        while not any(answer.get("id") == 3 for answer in answers):
            answers.append(json.loads(_stream(child.stdout).readline()))
        _stream(child.stdin).close()
        assert child.wait(WAIT_S) == 0
        assert _stream(child.stdout).read() == ""
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    [last] = [answer for answer in answers if answer.get("id") == 3]
    assert names(last["result"]["structuredContent"]) == ["P1-001"]


def test_the_end_of_input_ends_the_server(cli: Cli) -> None:
    with process(cli.path) as child:
        out, err = child.communicate("", timeout=WAIT_S)
        assert (child.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)]
)
@pytest.mark.parametrize("args", [(), ("--http", "--port", "0")])
def test_a_signal_ends_the_server_without_a_traceback(
    cli: Cli, args: tuple[str, ...], number: int, code: int
) -> None:
    with process(cli.path, *args) as child:
        if args:
            assert "listening" in _stream(child.stderr).readline()
        else:
            _stream(child.stdin).write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
            _stream(child.stdin).flush()
            assert '"result":{}' in _stream(child.stdout).readline()
        child.send_signal(number)
        assert child.wait(WAIT_S) == code
        assert _stream(child.stderr).read() == ""


@pytest.mark.parametrize("mode", MODES)
def test_it_is_asked_over_http(cli: Cli, planted: Planted, mode: Mode) -> None:
    del planted

    async def ask(url: str) -> None:
        async with Client(url, mode=mode) as client:
            await exercise(client)

    with http(cli.path) as (_, url):
        anyio.run(ask, url)


def test_http_answers_only_who_calls_it_by_its_own_name(cli: Cli) -> None:
    with http(cli.path) as (_, url):
        host = url.split("/")[2]
        port = host.split(":")[1]
        statuses = {
            "own": post(url),
            "localhost": post(url, Host=f"localhost:{port}"),
            "own page": post(url, Origin=f"http://{host}"),
            "rebound": post(url, Host="evil.example"),
            "rebound, port": post(url, Host=f"evil.example:{port}"),
            "alike": post(url, Host=f"{host}.evil.example"),
            "page": post(url, Origin="http://evil.example"),
            "local page": post(url, Origin="http://localhost:3000"),
            "file": post(url, Origin="null"),
            "form": post(url, **{"Content-Type": "text/plain"}),
            "elsewhere": post(url.removesuffix("/mcp")),
        }
    assert statuses == {
        "own": 200,
        "localhost": 200,
        "own page": 200,
        "rebound": 421,
        "rebound, port": 421,
        "alike": 421,
        "page": 403,
        "local page": 403,
        "file": 403,
        "form": 400,
        "elsewhere": 404,
    }


def test_http_listens_on_loopback_alone(cli: Cli) -> None:
    with http(cli.path) as (child, url):
        port = int(url.split(":")[2].split("/")[0])
        assert _listening(child.pid, port) == {HOST}


def _listening(pid: int, port: int) -> set[str]:
    """Return the addresses on which something listens at a port; Linux only."""
    found = set()
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            local, state = row.split()[1], row.split()[3]
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                packed = bytes.fromhex(address)[::-1]
                found.add(socket.inet_ntoa(packed) if len(packed) == 4 else address)
    return found


def test_a_taken_port_is_one_sentence(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = cli.try_run("mcp", "--http", "--port", str(port))
    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        f"gitlog-track: cannot listen on {HOST}:{port}: Address already in use\n"
        "  gitlog-track mcp --http --port 0 takes any free port\n"
    )
