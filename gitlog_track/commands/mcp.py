"""``mcp``: the MCP server, by which agents ask the log."""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import parse_instant
from gitlog_track.errors import UsageProblem
from gitlog_track.renderers.mcp_clients import CLIENTS, client_config

DEFAULT_PORT = 8001
_OF_THE_EXTRA = {"mcp", "mcp_types"}


@click.command()
@click.option("--http", is_flag=True, help="Serve HTTP on 127.0.0.1, not stdio.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"For --http; {DEFAULT_PORT} by default, 0 is any that is free.",
)
@click.option(
    "--print-config",
    "client",
    type=click.Choice(list(CLIENTS)),
    help="Print what this client's configuration needs, and end.",
)
@click.pass_obj
def mcp(
    surroundings: Surroundings, http: bool, port: int | None, client: str | None
) -> None:
    """Let agents ask the log over MCP; read-only.

    Speaks MCP on stdin and stdout, as clients that start servers themselves expect.
    """
    if client is not None and (http or port is not None):
        raise UsageProblem(
            "--print-config is for clients that start the server: no --http"
        )
    if port is not None and not http:
        raise UsageProblem("--port is for --http")
    top = surroundings.workspace().repository.top
    if client is not None:
        _print_config(surroundings, client, top or os.getcwd())
    else:
        _serve(surroundings, DEFAULT_PORT if port is None else port, http=http)


def _print_config(surroundings: Surroundings, client: str, top: str) -> None:
    # -P: a directory "mcp" of the project is not to be taken for the SDK.
    command = [sys.executable, "-P", "-m", "gitlog_track", "-C", top, "mcp"]
    surroundings.say(f"add to {CLIENTS[client].file}:")
    surroundings.answer(client_config(client, command))


def _serve(surroundings: Surroundings, port: int, *, http: bool) -> None:
    try:
        from gitlog_track.mcp.server import build_server
        from gitlog_track.mcp.transports import listen, serve_http, serve_stdio
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        raise UsageProblem(
            "the MCP SDK (mcp 2.3 or later) is not installed beside gitlog-track",
            hint="pip install 'gitlog-track[mcp]'",
        ) from err
    server = build_server(surroundings.workspace, partial(parse_instant, surroundings))
    if http:
        serve_http(server, listen(port), surroundings.say)
    else:
        serve_stdio(server)
