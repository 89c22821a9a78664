"""The ``Task:`` trailer: found in any commit message, added where it belongs.

Works on bytes, since a message may be in any encoding. Standard library only: the
hooks and the fold run this. Source of the trailer rules: git-interpret-trailers(1).
"""

from __future__ import annotations

# ``re`` is imported where it is used: the fold needs it for no message without the key.
_KEY_LINE = rb"[A-Za-z0-9-]+[ \t]*:"
_FENCES = (b"```", b"~~~")
_SCISSORS = rb"(?P<mark>[^\n]{0,16}) -{24} >8 -{24}\r?\n?\Z"
_SQUASHED = b"Squashed commit of the following:"
_NO_TRAILER_SUBJECTS = (b"fixup! ", b"squash! ", b"amend! ")


def find_tasks(message: bytes, key: str) -> tuple[str, ...]:
    r"""Return the values of a trailer key, wherever in the body they stand.

    A squash leaves trailers in the middle of the body or indented by four spaces; both
    are found. Code fences are not read.

    Args:
        message: the whole commit message.
        key: ``Task`` or what the configuration names.

    >>> find_tasks(b"Add x\n\nTask: P1-009\n", "Task")
    ('P1-009',)
    """
    if key.lower().encode() not in message.lower():
        return ()
    squashed = message.lstrip().startswith(_SQUASHED)
    wanted = key.lower().encode()
    found: dict[str, None] = {}
    fenced = False
    for line in message.split(b"\n"):
        text = line.removeprefix(b"    ") if squashed else line
        name, _, value = text.partition(b":")
        words = value.split()
        if text.lstrip(b" ").startswith(_FENCES):
            fenced = not fenced
        elif not fenced and len(words) == 1 and name.rstrip().lower() == wanted:
            found[words[0].decode("utf-8", "replace")] = None
    return tuple(found)


def add_task(
    message: bytes,
    key: str,
    task: str,
    *,
    edited: bool,
    comment: bytes = b"#",
    template: bytes = b"",
) -> bytes | None:
    """Return the message with a task trailer, or None to leave it as it is.

    The file is what commit-msg sees, before git cleans it up. Nothing is added to a
    message that names a task, is empty, is the untouched template, or is a fixup:
    git has to see those as they are (an added trailer would turn an aborted commit
    into a made one; git's own comparison is ``template_untouched`` in
    builtin/commit.c).

    Args:
        message: the message file.
        key: trailer key.
        task: its value.
        edited: was an editor used, so that comments will be removed?
        comment: git's comment character or string; b"" for ``auto``.
        template: the commit template's bytes, if one is configured.
    """
    if edited and not comment:
        comment = _guess_comment(message)
    head, tail = _split_tail(message, comment, edited=edited)
    text = _without_comments(head, comment)
    if not text.strip() or (not edited and not _speaks(head)):
        return None
    if find_tasks(head, key) or head.lstrip().startswith(_NO_TRAILER_SUBJECTS):
        return None
    if template and _untouched(text, _without_comments(template, comment)):
        return None
    eol = b"\r\n" if head.rstrip(b"\n").endswith(b"\r") else b"\n"
    body = head.rstrip(b" \t\r\n")
    gap = eol if _ends_in_trailers(body, comment) else eol + eol
    line = f"{key}: {task}".encode()
    return body + gap + line + eol + (eol + tail if tail else b"")


def _guess_comment(message: bytes) -> bytes:
    """Return the comment character of ``core.commentChar = auto``: the last line's."""
    import re

    lines = message.rstrip(b"\r\n").split(b"\n")
    for line in lines:
        if match := re.match(_SCISSORS, line):
            return match["mark"]
    return lines[-1][:1] if lines and lines[-1][:1] in b"#;@!$%^&|:" else b""


def _split_tail(message: bytes, comment: bytes, *, edited: bool) -> tuple[bytes, bytes]:
    """Split into what will stay and git's own comments, scissors and diff below."""
    import re

    if not edited or not comment:
        return message, b""
    lines = message.splitlines(keepends=True)
    cut = len(lines)
    for number, line in enumerate(lines):
        match = re.match(_SCISSORS, line)
        if match and match["mark"] == comment:
            cut = number
            break
    scissors = cut < len(lines)
    above_is_comment = cut > 0 and lines[cut - 1].startswith(comment)
    while cut > 0 and (not scissors or above_is_comment):
        line = lines[cut - 1]
        if not line.startswith(comment) and line.strip():
            break
        cut -= 1
    return b"".join(lines[:cut]), b"".join(lines[cut:])


def _without_comments(text: bytes, comment: bytes) -> bytes:
    if not comment:
        return text
    kept = [x for x in text.split(b"\n") if not x.startswith(comment)]
    return b"\n".join(kept).strip()


def _speaks(head: bytes) -> bool:
    """Is there a line that no comment character could hide?"""
    return any(x.strip() and x[:1] not in b"#;@!$%^&|:" for x in head.split(b"\n"))


def _untouched(text: bytes, template: bytes) -> bool:
    if not template.strip() or not text.startswith(template.strip()):
        return False
    rest = text[len(template.strip()) :].split(b"\n")
    return all(not x.strip() or x.startswith(b"Signed-off-by: ") for x in rest)


def _ends_in_trailers(body: bytes, comment: bytes) -> bool:
    """Is the last paragraph, which is not the first, made of trailers only?"""
    import re

    paragraphs = re.split(rb"\r?\n[ \t\r]*\n", body.strip())
    if len(paragraphs) < 2:
        return False
    seen = False
    for line in paragraphs[-1].split(b"\n"):
        if re.match(_KEY_LINE, line):
            seen = True
        elif not (
            (seen and line[:1] in (b" ", b"\t"))
            or (comment and line.startswith(comment))
        ):
            return False
    return seen
