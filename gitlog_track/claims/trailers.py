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
_MADE_BY_GIT = (b"Signed-off-by: ", b"(cherry picked from commit ")
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


class CleanUp:
    """What git will do to a message file after commit-msg has seen it.

    Attributes:
        edited: was an editor used, so that by default comments will be removed?
        mode: of ``git commit --cleanup``; all but ``default`` and ``strip`` keep
            comments.
        comment: git's comment character or string; b"" for ``auto``.
    """

    __slots__ = ("comment", "edited", "mode")

    def __init__(
        self,
        *,
        edited: bool = False,
        mode: str = "default",
        comment: bytes = b"#",
    ) -> None:
        self.edited = edited
        self.mode = mode
        self.comment = comment


def add_task(
    message: bytes,
    key: str,
    task: str,
    cleanup: CleanUp,
    template: bytes = b"",
) -> bytes | None:
    r"""Return the message with a task trailer, or None to leave it as it is.

    The file is what commit-msg sees, before git cleans it up. Nothing is added to a
    message that names a task, is empty, is the untouched template, or is a fixup:
    git has to see those as they are (an added trailer would turn an aborted commit
    into a made one; git's own comparison is ``template_untouched`` in
    builtin/commit.c).

    Args:
        message: the message file.
        key: trailer key.
        task: its value.
        cleanup: what git will do to it.
        template: the commit template's bytes, if there is one.

    >>> add_task(b"Do it", "Task", "P1-009", CleanUp())
    b'Do it\n\nTask: P1-009\n'
    """
    comment = cleanup.comment or _guess_comment(message)
    head, tail = message, b""
    if cleanup.edited and cleanup.mode in {"default", "strip"}:
        head, tail = _split_tail(message, comment)
    elif cleanup.edited:
        head, tail = _split_scissors(message, comment)
        comment = b""
    text = _without_comments(head, comment)
    if not text.strip() or (not cleanup.edited and not _speaks(head)):
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


def _split_scissors(message: bytes, comment: bytes) -> tuple[bytes, bytes]:
    """Split at git's scissors line; below it are the diff and git's own comments."""
    import re

    at = 0
    for line in message.splitlines(keepends=True) if comment else []:
        match = re.match(_SCISSORS, line)
        if match and match["mark"] == comment:
            return message[:at], message[at:]
        at += len(line)
    return message, b""


def _split_tail(message: bytes, comment: bytes) -> tuple[bytes, bytes]:
    """Split into what will stay and git's own comments, scissors and diff below."""
    if not comment:
        return message, b""
    above, below = _split_scissors(message, comment)
    lines = above.splitlines(keepends=True)
    cut = len(lines)
    if not below or (lines and lines[-1].startswith(comment)):
        while cut and (
            lines[cut - 1].startswith(comment) or not lines[cut - 1].strip()
        ):
            cut -= 1
    return b"".join(lines[:cut]), b"".join(lines[cut:]) + below


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
    """Is the last paragraph, which is not the first, a block of trailers to git?

    That is one of trailers only, or one with a line that git made and at least a third
    as many trailers as other lines. Source: ``find_trailer_start`` in git's trailer.c.
    """
    import re

    paragraphs = re.split(rb"\n(?:[ \t\r]*\n)+", body.strip())
    if len(paragraphs) < 2:
        return False
    trailers = others = 0
    made_by_git = False
    for line in paragraphs[-1].split(b"\n"):
        if line.startswith(_MADE_BY_GIT):
            made_by_git = True
            trailers += 1
        elif re.match(_KEY_LINE, line) or (trailers and line[:1] in (b" ", b"\t")):
            trailers += 1
        elif not (comment and line.startswith(comment)):
            others += 1
    if not others:
        return trailers > 0
    return made_by_git and trailers * 3 >= others
