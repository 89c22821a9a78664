"""Calls whose errors reach the client: one sentence and what helps, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import (
    ResourceError,
    ResourceNotFoundError,
    ToolError,
)
from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from gitlog_track.errors import GitlogTrackError, UnknownNameError, UsageProblem
from gitlog_track.mcp.asking import MESSAGE_LENGTH, spoken
from gitlog_track.renderers.safe import clipped

P = ParamSpec("P")
R = TypeVar("R")


class CheckedTool(Tool):
    """A tool that says what is wrong with its arguments, also with their names.

    The SDK drops an argument that a tool does not have, and a filter misspelt would
    answer another question than the one that was asked.
    """

    async def run(
        self,
        arguments: dict[str, Any],
        context: Context[Any, Any],
        convert_result: bool = False,  # noqa: FBT001, FBT002  # the SDK's signature
    ) -> Any:  # noqa: ANN401
        """Run the tool; null stands for an argument that is left out.

        Raises:
            ToolError: what is wrong, for the client.
        """
        known = self.parameters["properties"]
        for name in sorted(arguments.keys() - known.keys()):
            raise ToolError(
                f"{self.name} has no argument {clipped(repr(name), 80)}; "
                f"expected {', '.join(known)}"
            )
        given = {name: each for name, each in arguments.items() if each is not None}
        try:
            return await super().run(given, context, convert_result)
        except ToolError as err:
            # The SDK puts words of its own before those of the tool.
            if isinstance(err.__cause__, ValidationError):
                raise ToolError(_sentence(err.__cause__)) from None
            if type(err.__cause__) is ToolError:
                raise err.__cause__ from None
            raise


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"{name} is missing"
    found = clipped(repr(first["input"]), 80)
    return clipped(f"{name} is {found}: {first['msg']}", MESSAGE_LENGTH)


def tool_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into those that the SDK hands to the client."""

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except GitlogTrackError as err:
            raise ToolError(spoken(err)) from None

    return answer


def resource_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into those of resources: not there, or not to be read."""

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (UnknownNameError, UsageProblem) as err:
            raise ResourceNotFoundError(spoken(err)) from None
        except GitlogTrackError as err:
            raise ResourceError(spoken(err)) from None

    return answer
