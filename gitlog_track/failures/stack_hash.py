"""The hash by which two failures are known as one."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from gitlog_track.failures.stack import LINE_LENGTH, plain, read_stack
from gitlog_track.failures.template import template_of
from gitlog_track.failures.trace import Frame, Trace
from gitlog_track.scrubbing.scrub import clipped

VERSION = "v1"
"""Of what is hashed: hashes of two versions are never the same."""
MAX_FRAMES = 20
DIGITS = 16


def stack_hash(text: str) -> str:
    """Return the hash of a stack trace: ``v1:`` and 16 hex digits of SHA-256.

    Over lines: the exceptions' types, the root cause first, and then up to 20 frames as
    ``module:function``. No line numbers, so an edit elsewhere in a file changes nothing;
    no directories of the program, so every machine has the same. Frames of libraries and
    of the language count only where there are no others. Of a text that is no known
    trace, the template of its first line is hashed. Source: Sentry's grouping, in its
    documentation.
    """
    trace = read_stack(text)
    return _digest([template_of(first_line(text))]) if trace is None else hash_of(trace)


def hash_of(trace: Trace) -> str:
    """Return the hash of a trace that was read; see :func:`stack_hash`."""
    frames = [f for raised in trace.chain for f in _once(raised.frames)]
    counted = ([f for f in frames if f.in_app] or frames)[:MAX_FRAMES]
    lines = [raised.type for raised in trace.chain]
    lines += [f"{frame.module}:{frame.function}" for frame in counted]
    if not any(frame.function for frame in counted):
        lines.append(template_of(trace.chain[0].message))
    return _digest(lines)


def _once(frames: Iterable[Frame]) -> Iterable[Frame]:
    """Each frame where it is first met: how deep a recursion went is no difference."""
    return dict.fromkeys(frames)


def first_line(text: str) -> str:
    """Return the first line of a text that has something in it, as far as it is read."""
    lines = (line.strip() for line in plain(text).split("\n"))
    return next((clipped(line, LINE_LENGTH) for line in lines if line), "")


def _digest(lines: Iterable[str]) -> str:
    data = "\n".join(lines).encode("utf-8", "replace")
    return f"{VERSION}:{sha256(data).hexdigest()[:DIGITS]}"
