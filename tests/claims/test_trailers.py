"""The task trailer in messages of every shape: found where it counts, added where it belongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.trailers import CleanUp, add_task, find_tasks

EDITOR = CleanUp(edited=True)
SCISSORS = b"# ------------------------ >8 ------------------------\n"


@pytest.mark.parametrize(
    ("message", "tasks"),
    [
        (b"Do it\n\nTask: P1-009\n", ["P1-009"]),
        (b"Do it\n\ntask: P1-009", ["P1-009"]),
        (b"Do it\n\nTASK:P1-009\n", ["P1-009"]),
        (b"Do it\n\nTask \t:  P1-009 \n", ["P1-009"]),
        (b"Do it\r\n\r\nTask: P1-009\r\n", ["P1-009"]),
        (b"Task: P1-009\n\nmore\n", ["P1-009"]),
        (b"Do\n\nTask: P1-009\n\nmore\n", ["P1-009"]),
        (b"Do\n\nTask: A-1\nTask: A-2\nTask: A-1\n", ["A-1", "A-2"]),
        (b"Do\n\n---------\n\nTask: A-1\n", ["A-1"]),
        (b"Squashed commit of the following:\n\n    Task: A-1\n", ["A-1"]),
        (b"Do\n\n```\nTask: A-1\n```\nTask: A-2\n", ["A-2"]),
        (b"Do\n\nX```\nTask: A-1\n", ["A-1"]),
        (b"Do\n\n\t```\nTask: A-1\n", ["A-1"]),
        (b"Do\n\n\xff\xfe\nTask: A-1\n", ["A-1"]),
        (b"Do\n\nTask: caf\xe9\n", ["caf\ufffd"]),
        (b"Do\n\nTask: a:b\n", ["a:b"]),
        (b"\nSquashed commit of the following:\n\n    Task: A-1\n", ["A-1"]),
    ],
)
def test_a_task_is_found(message: bytes, tasks: list[str]) -> None:
    assert find_tasks(message, "Task") == tuple(tasks)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"Do it\n",
        b"Do it, Task: P1-009\n",
        b"Do\n\nTask:\n",
        b"Do\n\nTask: do it all\n",
        b"Do\n\nTasks: P1-009\n",
        b"Do\n\nMy-Task: P1-009\n",
        b"Do\n\n# Task: P1-009\n",
        b"Do\n\n+Task: P1-009\n",
        b"Do\n\n    Task: P1-009\n",
        b"Do\n\n```\nTask: P1-009\n```\n",
        b"Do\n\n~~~ text\nTask: P1-009\n~~~\n",
        b"Do\n\n  ```\nTask: P1-009\n  ```\n",
        b"Do\n\nTask = P1-009\n",
        b"Do\n\nT\xc3\xa4sk: P1-009\n",
    ],
)
def test_no_task_is_found(message: bytes) -> None:
    assert find_tasks(message, "Task") == ()


def test_another_key_is_another_trailer() -> None:
    message = b"Do\n\nTask: A-1\nWork-Item: A-2\n"
    assert find_tasks(message, "Work-Item") == ("A-2",)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (b"Do", b"Do\n\nTask: A-1\n"),
        (b"Do\n\n\n", b"Do\n\nTask: A-1\n"),
        (b"a: b\n", b"a: b\n\nTask: A-1\n"),
        (b"Do\n\na: b\n", b"Do\n\na: b\nTask: A-1\n"),
        (b"Do\n\n\n \n\na: b\n", b"Do\n\n\n \n\na: b\nTask: A-1\n"),
        (b"Do\n\na: b\n c\n", b"Do\n\na: b\n c\nTask: A-1\n"),
        (b"Do\n\n c\na: b\n", b"Do\n\n c\na: b\n\nTask: A-1\n"),
        (b"Do\n\na: b\nprose\n", b"Do\n\na: b\nprose\n\nTask: A-1\n"),
        (b"Do\n\na b: c\n", b"Do\n\na b: c\n\nTask: A-1\n"),
        (
            b"Do\n\nSigned-off-by: A\n1\n2\n3\n",
            b"Do\n\nSigned-off-by: A\n1\n2\n3\nTask: A-1\n",
        ),
        (
            b"Do\n\nSigned-off-by: A\n1\n2\n3\n4\n",
            b"Do\n\nSigned-off-by: A\n1\n2\n3\n4\n\nTask: A-1\n",
        ),
        (
            b"Do\n\nSigned-off-by: A\nSigned-off-by: B\n1\n2\n3\n4\n",
            b"Do\n\nSigned-off-by: A\nSigned-off-by: B\n1\n2\n3\n4\nTask: A-1\n",
        ),
        (
            b"Do\n\nSigned-off-by: A\nb: c\n1\n2\n3\n4\n",
            b"Do\n\nSigned-off-by: A\nb: c\n1\n2\n3\n4\nTask: A-1\n",
        ),
        (
            b"Do\n\nSigned-off-by: A\nb: c\n1\n2\n3\n4\n5\n6\n7\n",
            b"Do\n\nSigned-off-by: A\nb: c\n1\n2\n3\n4\n5\n6\n7\n\nTask: A-1\n",
        ),
        (b"Do\n\na: b\n\tc\n", b"Do\n\na: b\n\tc\nTask: A-1\n"),
        (b"Do\n\na: b\n\nprose\n", b"Do\n\na: b\n\nprose\n\nTask: A-1\n"),
        (b"Do\r\n\r\na: b\r\n", b"Do\r\n\r\na: b\r\nTask: A-1\r\n"),
        (b"Do\xe9\n", b"Do\xe9\n\nTask: A-1\n"),
        (b"Do\n\n#12\n", b"Do\n\n#12\n\nTask: A-1\n"),
    ],
)
def test_a_given_message_ends_in_the_task(message: bytes, wanted: bytes) -> None:
    assert add_task(message, "Task", "A-1", CleanUp()) == wanted


@pytest.mark.parametrize(
    ("message", "cleanup", "wanted"),
    [
        (b"Do\n\n# c\n", EDITOR, b"Do\n\nTask: A-1\n\n\n# c\n"),
        (b"Do\n# c\nmore\n# d\n", EDITOR, b"Do\n# c\nmore\n\nTask: A-1\n\n# d\n"),
        (
            b"Do\n# c\n" + SCISSORS + b"+Task: B-1\n",
            EDITOR,
            b"Do\n\nTask: A-1\n\n# c\n" + SCISSORS + b"+Task: B-1\n",
        ),
        (
            b"Do\n\n#12\n" + SCISSORS + b"x\n",
            CleanUp(edited=True, mode="scissors"),
            b"Do\n\n#12\n\nTask: A-1\n\n" + SCISSORS + b"x\n",
        ),
        (
            b"Do\n\n#12\n",
            CleanUp(edited=True, mode="verbatim"),
            b"Do\n\n#12\n\nTask: A-1\n",
        ),
        (
            b"#12\n\n; c\n",
            CleanUp(edited=True, comment=b";"),
            b"#12\n\nTask: A-1\n\n\n; c\n",
        ),
        (
            b"#12\n\n// c\n",
            CleanUp(edited=True, comment=b"//"),
            b"#12\n\nTask: A-1\n\n\n// c\n",
        ),
        (b"Do\n# c\n", CleanUp(edited=True, mode="strip"), b"Do\n\nTask: A-1\n\n# c\n"),
        (b"Do\n\na: b\n# c\nd: e\n", EDITOR, b"Do\n\na: b\n# c\nd: e\nTask: A-1\n"),
        (
            b"Do\n\n\n" + SCISSORS + b"x\n",
            EDITOR,
            b"Do\n\nTask: A-1\n\n" + SCISSORS + b"x\n",
        ),
        (
            b"Do\n" + SCISSORS.replace(b"#", b";") + b"x\n",
            CleanUp(edited=True, comment=b""),
            b"Do\n\nTask: A-1\n\n" + SCISSORS.replace(b"#", b";") + b"x\n",
        ),
        (
            b"Do\nwell\n",
            CleanUp(edited=True, comment=b""),
            b"Do\nwell\n\nTask: A-1\n",
        ),
        (
            b"Do\n\n; c\n;; d\n",
            CleanUp(edited=True, comment=b""),
            b"Do\n\nTask: A-1\n\n\n; c\n;; d\n",
        ),
        (
            b"#12\n\n; c\n",
            CleanUp(edited=True, comment=b""),
            b"#12\n\nTask: A-1\n\n\n; c\n",
        ),
    ],
)
def test_in_an_edited_message_the_task_goes_above_what_git_removes(
    message: bytes,
    cleanup: CleanUp,
    wanted: bytes,
) -> None:
    assert add_task(message, "Task", "A-1", cleanup) == wanted


@pytest.mark.parametrize(
    ("message", "cleanup"),
    [
        (b"", CleanUp()),
        (b"\n \n", CleanUp()),
        (b"#12\n", CleanUp()),
        (b"#12\n", CleanUp(comment=b";")),
        (b"# c\n", CleanUp(comment=b";")),
        (b"\n\nfixup! Do\n", CleanUp()),
        (b"# c\n", EDITOR),
        (b"\n# c\n" + SCISSORS + b"text\n", EDITOR),
        (SCISSORS + b"text\n", CleanUp(edited=True, mode="scissors")),
        (b"; c\n", CleanUp(edited=True, comment=b";")),
        (b"; c\n", CleanUp(edited=True, comment=b"")),
        (b"Do\n\nTask: B-1\n", CleanUp()),
        (b"Do\n\ntask:B-1\n", EDITOR),
        (b"fixup! Do\n", CleanUp()),
        (b"squash! Do\n\nmore\n", EDITOR),
        (b"amend! Do\n", CleanUp()),
    ],
)
def test_some_messages_are_left_alone(message: bytes, cleanup: CleanUp) -> None:
    assert add_task(message, "Task", "A-1", cleanup) is None


@pytest.mark.parametrize(
    ("message", "template"),
    [
        (b"Why:\n", b"Why:\n"),
        (b"Why:\n\n# c\n", b"Why:\n"),
        (b"\nWhy:\n\n", b"Why:"),
        (b"Why:\n\nSigned-off-by: A <a@b>\n", b"Why:\n"),
        (b"Why:\n# mine\n", b"Why:\n# mine\n"),
    ],
)
def test_an_untouched_template_is_left_alone(message: bytes, template: bytes) -> None:
    assert add_task(message, "Task", "A-1", EDITOR, template) is None


@pytest.mark.parametrize("message", [b"Why: so\n", b"Do\n\nWhy:\n", b"Why:\nso\n"])
def test_a_template_that_was_filled_in_gets_the_task(message: bytes) -> None:
    changed = add_task(message, "Task", "A-1", EDITOR, b"Why:\n")
    assert changed is not None
    assert changed.endswith(b"\nTask: A-1\n")


@pytest.mark.parametrize("message", [b"XXXX\n", b"XX\n", b"X\n\nX\n", b"Do X\n"])
def test_no_letter_is_a_comment_or_a_blank(message: bytes) -> None:
    for cleanup in (CleanUp(), EDITOR, CleanUp(edited=True, comment=b"")):
        changed = add_task(message, "Task", "A-1", cleanup)
        assert changed == message + b"\nTask: A-1\n"


@pytest.mark.parametrize("tail", [b"\x0b", b"\x0c"])
def test_only_what_git_takes_for_a_blank_line_is_one(tail: bytes) -> None:
    changed = add_task(b"Do it\n" + tail, "Task", "A-1", CleanUp())
    assert changed is not None
    assert changed.startswith(b"Do it\n" + tail)


def test_an_empty_template_is_no_template() -> None:
    message = b"Signed-off-by: A <a@b>\n"
    changed = add_task(message, "Task", "A-1", EDITOR, b" \n")
    assert changed == message + b"\nTask: A-1\n"


@given(
    st.lists(
        st.sampled_from([b"Do", b"", b"a: b", b"# c", b"Task:", b" x", b"\xff"]),
        max_size=8,
    ),
    st.booleans(),
)
def test_adding_twice_is_adding_once_and_loses_nothing(
    lines: list[bytes],
    edited: bool,
) -> None:
    message = b"\n".join(lines)
    cleanup = CleanUp(edited=edited)
    changed = add_task(message, "Task", "A-1", cleanup)

    if changed is not None:
        assert find_tasks(changed, "Task") == ("A-1",)
        assert add_task(changed, "Task", "A-1", cleanup) is None
        kept = changed.replace(b"Task: A-1\n", b"", 1).split()
        assert kept == message.split()
