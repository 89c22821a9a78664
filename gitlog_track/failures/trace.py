"""A stack trace as a value, the same for every language."""

from __future__ import annotations

from dataclasses import dataclass

LOOK_BACK = 20
"""How many lines above its first frame the line that names an exception may stand."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call.

    Attributes:
        module: of the program; of a file only its name without directories, since where
            a checkout or a home lies differs from machine to machine.
        function: in the module; empty where the trace does not say.
        in_app: is it of the program itself, not of a library or the language?
    """

    module: str
    function: str
    in_app: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception, error or panic.

    Attributes:
        type: as the language names it; empty where the trace does not say.
        message: its first line.
        frames: the innermost first.
    """

    type: str
    message: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A stack trace.

    Attributes:
        language: a key of ``stack.READERS``.
        chain: exceptions, the root cause first.
        lines: the trace's own lines, without source code and what stood around it.
        end: where in the text that was read it ends, as a number of lines.
    """

    language: str
    chain: tuple[Raised, ...]
    lines: tuple[str, ...]
    end: int


def file_stem(path: str) -> str:
    """Return the name of a file without directories and extension.

    >>> file_stem("/home/me/checkout/pkg/mod.py")
    'mod'
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name
