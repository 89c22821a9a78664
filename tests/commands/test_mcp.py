"""``mcp``: what it prints for clients, and what it refuses before it serves."""

from __future__ import annotations

import json
import sys
import tomllib
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from gitlog_track.renderers.mcp_clients import CLIENTS
from tests.support.cli import Cli
from tests.support.repos import Repo

KEYS = {
    "claude-code": "mcpServers",
    "claude-desktop": "mcpServers",
    "cursor": "mcpServers",
    "vscode": "servers",
    "codex": "mcp_servers",
}


def printed(cli: Cli, client: str) -> dict[str, Any]:
    """Return the entry that a client's configuration gets."""
    text = cli.run("mcp", "--print-config", client)
    read = tomllib.loads if client == "codex" else json.loads
    whole: dict[str, Any] = read(text)
    assert list(whole) == [KEYS[client]]
    entry: dict[str, Any] = whole[KEYS[client]]["gitlog-track"]
    return entry


@pytest.mark.parametrize("client", CLIENTS)
def test_a_configuration_names_the_repository(cli: Cli, client: str) -> None:
    (cli.path / "deep").mkdir()
    entry = printed(Cli(cli.path / "deep", cli.capsys), client)
    assert entry["command"] == sys.executable
    assert entry["args"] == ["-P", "-m", "gitlog_track", "-C", str(cli.path), "mcp"]
    assert entry.get("type", "stdio") == "stdio"
    assert ("type" in entry) is (client in {"claude-code", "vscode"})


def test_it_is_said_into_which_file_it_goes(cli: Cli) -> None:
    answer = cli.try_run("mcp", "--print-config", "vscode")
    assert answer.err == "add to .vscode/mcp.json:\n"
    assert cli.try_run("-q", "mcp", "--print-config", "vscode").err == ""


def test_a_printed_configuration_starts_the_server(
    tracked: Repo, cli: Cli, tmp_path: Any
) -> None:
    """From a directory whose own ``mcp`` is not to be taken for the SDK."""
    cli.run("start", "P1-001", "--description", "\u00e4")
    trap = tmp_path / "trap"
    (trap / "mcp").mkdir(parents=True)
    (trap / "mcp" / "__init__.py").write_text("raise SystemExit('trapped')")
    entry = printed(cli, "claude-code")
    parameters = StdioServerParameters(
        command=entry["command"], args=entry["args"], cwd=trap
    )

    async def ask() -> object:
        async with Client(stdio_client(parameters)) as client:
            answer = await client.call_tool("tasks_list", {})
            return answer.structured_content

    page = anyio.run(ask)
    assert isinstance(page, dict)
    assert page["tasks"][0]["description"] == "\u00e4"
    assert tracked.path == cli.path


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--print-config", "emacs"), "'emacs' is not one of 'claude-code'"),
        (("--print-config", "codex", "--http"), "for clients that start the server"),
        (("--port", "9"), "--port is for --http"),
        (("--http", "--port", "65536"), "65536 is not in the range"),
        (("--http", "--host", "192.0.2.1"), "No such option"),
        (("--http", "--port", "-1"), "-1 is not in the range"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    cli: Cli, args: tuple[str, ...], said: str
) -> None:
    answer = cli.try_run("mcp", *args)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize("missing", ["mcp", "mcp.server.mcpserver", "mcp_types"])
def test_without_the_extra_it_says_what_to_install(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in list(sys.modules):
        if name.startswith(("gitlog_track.mcp", "mcp")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    answer = cli.try_run("mcp")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "gitlog-track: the MCP SDK (mcp 2.3 or later) is not installed beside "
        "gitlog-track\n  pip install 'gitlog-track[mcp]'\n"
    )


def test_a_configuration_needs_no_extra(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert printed(cli, "cursor")["command"] == sys.executable


def test_outside_a_repository_it_does_not_start(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Cli(tmp_path, capsys).try_run("mcp")
    assert (answer.code, answer.out) == (4, "")
