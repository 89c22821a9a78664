"""An agent: asks the MCP server as the SDK's own client, in this process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import anyio
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, TextContent, TextResourceContents

from gitlog_track.commands.instants import parse_instant
from gitlog_track.mcp.server import build_server
from tests.support.cli import Cli, inside
from tests.support.examples import Fields, line
from tests.support.planted import plant
from tests.support.stories import BEGIN

Mode = Literal["auto", "legacy"]
MODES: tuple[Mode, ...] = ("auto", "legacy")
"""The protocol of today, and the one that begins with a handshake."""
Page = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Agent:
    """Calls one server; every question is a connection of its own."""

    path: Path
    server: MCPServer[object]
    mode: Mode = "auto"

    @classmethod
    def of(cls, cli: Cli, mode: Mode = "auto") -> Agent:
        around = cli.surroundings()
        parse = partial(parse_instant, around)
        return cls(cli.path, build_server(around.workspace, parse), mode)

    def ask(self, question: Callable[[Client], Awaitable[T]]) -> T:
        async def connected() -> T:
            async with Client(self.server, mode=self.mode) as client:
                return await question(client)

        with inside(self.path):
            return anyio.run(connected)

    def call(self, tool: str, **arguments: object) -> Page:
        """Return a tool's answer, which has to be one, and of the form it promises."""

        async def question(client: Client) -> tuple[CallToolResult, object]:
            [schema] = [
                each.output_schema
                for each in (await client.list_tools()).tools
                if each.name == tool
            ]
            return await client.call_tool(tool, arguments), schema

        answer, schema = self.ask(question)
        [text] = answer.content
        assert isinstance(text, TextContent)
        assert not answer.is_error, text.text
        page: Page | None = answer.structured_content
        assert page is not None
        assert json.loads(text.text) == page
        assert isinstance(schema, dict)
        Draft202012Validator(schema).validate(page)
        return page

    def refused(self, tool: str, **arguments: object) -> str:
        """Return what a tool says that cannot answer."""
        answer = self.ask(lambda client: client.call_tool(tool, arguments))
        assert answer.is_error
        [text] = answer.content
        assert isinstance(text, TextContent)
        assert "Traceback" not in text.text
        return text.text

    def pages(self, tool: str, **arguments: object) -> Iterator[Page]:
        """Yield page after page."""
        page = self.call(tool, **arguments)
        yield page
        while page["next_cursor"] is not None:
            page = self.call(tool, **arguments, cursor=page["next_cursor"])
            yield page

    def read(self, uri: str) -> str:
        answer = self.ask(lambda client: client.read_resource(uri))
        [content] = answer.contents
        assert isinstance(content, TextResourceContents)
        return content.text

    def unreadable(self, uri: str) -> MCPError:
        """Return why a resource cannot be read."""

        async def question(client: Client) -> MCPError | None:
            try:
                await client.read_resource(uri)
            except MCPError as err:
                return err
            return None

        found = self.ask(question)
        assert found is not None
        assert "Traceback" not in str(found)
        return found

    def in_mode(self, mode: Mode) -> Agent:
        return replace(self, mode=mode)


def names(page: Page) -> list[str]:
    return [row["task"] for row in page["tasks"]]


class Planted:
    """Tasks of a made-up log, told one by one; begins are minutes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.tasks: dict[str, list[bytes]] = {}

    def tell(self, kind: str, task: str, minute: float, **fields: object) -> Planted:
        lines = self.tasks.setdefault(task, [])
        at = (BEGIN + timedelta(minutes=minute)).isoformat(timespec="milliseconds")
        own: Fields = {"phase": task.partition("-")[0], **fields}
        lines.append(line(kind, len(lines) + 1, task=task, at=at, **own))
        return self

    def write(self) -> None:
        plant(self._path, self.tasks)
