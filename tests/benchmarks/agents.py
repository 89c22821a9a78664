"""What an agent waits for: calls to the MCP server over standard input and output."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import anyio
from mcp import Client, StdioServerParameters, stdio_client

ROUNDS = 9


def calls_ms(path: Path, env: dict[str, str]) -> dict[str, float]:
    """Return how long each tool and resource takes, of a log that is indexed."""
    args = ["-P", "-m", "gitlog_track", "-C", str(path), "mcp"]
    child = StdioServerParameters(command=sys.executable, args=args, env=env)

    async def measure() -> dict[str, float]:
        async with Client(stdio_client(child)) as client:
            return {
                name: await _median_ms(question)
                for name, question in (await _questions(client)).items()
            }

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


async def _median_ms(question: Question) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        await question()
        taken.append(time.perf_counter() - begin)
    return median(taken) * 1e3
