"""Every command with its arguments and options, as the document that the project keeps."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from gitlog_track.commands.main import cli
from gitlog_track.renderers.markup import table

PATH = Path(__file__).parents[2] / "gitlog_track" / "commands" / "COMMANDS.md"
HEAD = """\
# Commands

Every command with its arguments and options, as `--help` of each has them; which to use for what, and the exit codes, stand in the README.
`-C DIR` before a command runs it as if started in DIR, `-q` shows failures only, `-h` or `--help` explains. An option that ends in "Again." may
be given several times. Written by `pytest tests/test_docs.py --update-golden`.
"""


def document() -> str:
    """Return the document as the commands are defined."""
    return "\n".join([HEAD, *(_section(context) for context in commands(root()))])


def root() -> click.Context:
    """Return where all commands hang."""
    return click.Context(cli, info_name="gitlog-track")


def commands(context: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command below one, in the order of the table."""
    command = context.command
    if context.parent is not None:
        yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from commands(
                    click.Context(child, info_name=name, parent=context)
                )


def _section(context: click.Context) -> str:
    words = " ".join([context.command_path, *_arguments(context.command)])
    parts = [f"## `{words}`\n", f"{_help(context.command)}\n"]
    rows = [_row(one, context) for one in options(context.command)]
    if rows:
        parts.append(table(("option", "what it says"), rows, left=2))
    return "\n".join(parts)


def options(command: click.Command) -> list[click.Option]:
    """Return the options that people are shown."""
    found = [one for one in command.params if isinstance(one, click.Option)]
    return [one for one in found if not one.hidden]


def _arguments(command: click.Command) -> list[str]:
    context = click.Context(command)
    found = [one for one in command.params if isinstance(one, click.Argument)]
    words = [one.make_metavar(context) for one in found]
    return [*words, "COMMAND"] if isinstance(command, click.Group) else words


def _help(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    # Click's mark of a paragraph that is to stay as it is: code, here.
    blocks = text.split("\n\n")
    return "\n\n".join(
        f"```\n{block[2:]}\n```" if block.startswith("\b\n") else _quoted(block)
        for block in blocks
    )


def _quoted(text: str) -> str:
    """Return a text whose HTML comments are shown, not taken for comments."""
    return re.sub("<!--.*?-->", r"`\g<0>`", text)


def _row(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    takes_value = not (option.is_flag or option.count)
    # Only "\\|" is no end of a cell, even in code.
    metavar = option.make_metavar(context).replace("|", r"\|")
    value = f" `{metavar}`" if takes_value else ""
    default = option.get_default(context)
    notes = [option.help or ""]
    notes += ["Again."] if option.multiple else []
    notes += [f"Default: `{default}`."] if _is_said(option, default) else []
    return names + value, " ".join(notes)


def _is_said(option: click.Option, default: object) -> bool:
    return not option.is_flag and isinstance(default, str | int) and default != ""
