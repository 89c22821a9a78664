"""How an answer is written and where: ``--format`` and ``-o FILE``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import OutputError
from gitlog_track.services.files import Replacements

Function = TypeVar("Function", bound=Callable[..., object])


def format_option(*forms: str) -> Callable[[Function], Function]:
    """Return the option ``--format`` of a command that can answer in several.

    Args:
        forms: their names; the first is the default.
    """
    choice = click.Choice(forms)
    return click.option(
        "--format", "form", type=choice, default=forms[0], help="How it is written."
    )


def deliver(surroundings: Surroundings, text: str, path: str | None) -> None:
    """Write an answer to stdout, or to a file in one step.

    Args:
        surroundings: where stdout and random names come from.
        text: the answer.
        path: of the file; None or ``-`` is stdout.

    Raises:
        OutputError: it cannot be written; a file that was there is what it was.
    """
    if path in (None, "-"):
        surroundings.answer(text)
        return
    try:
        _write(path, text.encode(), surroundings.random(6).hex())
    except OSError as err:
        raise OutputError(f"cannot write {path}: {err.strerror}") from err


def _write(path: str, data: bytes, nonce: str) -> None:
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        # A device or a pipe cannot be replaced; a directory refuses here.
        with open(target, "wb") as file:
            file.write(data)
        return
    with Replacements(nonce) as files:
        files.write(target, data)
        files.put(target)
