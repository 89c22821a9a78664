"""What an agent waits for: calls to the MCP server over standard input and output."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters, stdio_client

from tests.benchmarks.turns import order

ROUNDS = 9


def calls(path: Path, env: dict[str, str]) -> dict[str, list[float]]:
    """Return each tool's and resource's seconds, of a log that is indexed."""
    args = ["-P", "-m", "gitlog_track", "-C", str(path), "mcp"]
    child = StdioServerParameters(command=sys.executable, args=args, env=env)

    async def measure() -> dict[str, list[float]]:
        async with Client(stdio_client(child)) as client:
            return await _in_turn(await _questions(client))

    return anyio.run(measure)


Question = Callable[[], Awaitable[object]]


async def _questions(client: Client) -> dict[str, Question]:
    page = (await client.call_tool("tasks_list", {})).structured_content
    assert page is not None
    newest = page["tasks"][0]
    task, trace_id, cursor = newest["task"], newest["trace_id"], page["next_cursor"]
    return {
        "tasks_list": lambda: client.call_tool("tasks_list", {}),
        "tasks_list, page 2": lambda: client.call_tool(
            "tasks_list", {"cursor": cursor}
        ),
        "tasks_list, limit 10^9": lambda: client.call_tool(
            "tasks_list", {"limit": 10**9}
        ),
        "tasks_by_trace": lambda: client.call_tool(
            "tasks_by_trace", {"trace_id": trace_id}
        ),
        "tasks_last_failed": lambda: client.call_tool("tasks_last_failed", {}),
        "a task's log": lambda: client.read_resource(f"task://{task}/log"),
        "a phase's report": lambda: client.read_resource("phase://P1/report"),
    }


async def _in_turn(questions: dict[str, Question]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in questions}
    for number in range(ROUNDS):
        for name in order(questions, number):
            begin = time.perf_counter()
            await questions[name]()
            taken[name].append(time.perf_counter() - begin)
    return taken
