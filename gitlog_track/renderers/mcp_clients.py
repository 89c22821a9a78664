"""How the usual clients are told of the MCP server: what to add to which file.

Sources, looked up in November 2026: the vendors' own pages for VS Code
(code.visualstudio.com/docs/copilot/reference/mcp-configuration) and Codex
(developers.openai.com/codex/mcp); for Claude Code a copy of code.claude.com/docs/en/mcp;
for Claude Desktop and Cursor only guides of third parties, which agree.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gitlog_track.config import render_tables

NAME = "gitlog-track"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a client keeps its servers.

    Attributes:
        file: as people name it; those without a directory of the user's are of a project.
        key: the table of servers in it.
        has_type: does an entry say that it is started over stdio?
    """

    file: str
    key: str
    has_type: bool


CLIENTS = {
    "claude-code": Client(".mcp.json", "mcpServers", has_type=True),
    "claude-desktop": Client(
        "claude_desktop_config.json", "mcpServers", has_type=False
    ),
    "cursor": Client(".cursor/mcp.json", "mcpServers", has_type=False),
    "vscode": Client(".vscode/mcp.json", "servers", has_type=True),
    "codex": Client("~/.codex/config.toml", "mcp_servers", has_type=False),
}


def client_config(name: str, command: Sequence[str]) -> str:
    """Return what to add to a client's file, ending in a newline.

    Args:
        name: key of :data:`CLIENTS`.
        command: that starts the server, with its arguments.
    """
    client = CLIENTS[name]
    entry: dict[str, object] = {"type": "stdio"} if client.has_type else {}
    entry |= {"command": command[0], "args": list(command[1:])}
    whole = {client.key: {NAME: entry}}
    if client.file.endswith(".toml"):
        return render_tables(whole)
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"
