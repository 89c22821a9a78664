"""commit-msg adds the task to messages that are given, under every shell, and to no other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.messages import (
    TASK,
    commit,
    message,
    trailers,
)
from tests.support.repos import Repo

SIGNED = "Signed-off-by: C O Mitter <committer@example.org>"
PICKED = f"(cherry picked from commit {'0123456789' * 4})"
SCISSORS = "# ------------------------ >8 ------------------------"
LONG = "".join(f"line {n}\n" for n in range(5_000))


@dataclass(frozen=True)
class Case:
    """A message and what becomes of it.

    Attributes:
        name: of the case.
        given: what ``git commit -F -`` reads.
        want: the commit's whole message.
        args: further arguments.
    """

    name: str
    given: str
    want: str
    args: tuple[str, ...] = ()


def verbatim(name: str, given: str, want: str) -> Case:
    return Case(f"verbatim: {name}", given, want, ("--cleanup=verbatim",))


def untouched(name: str, given: str) -> Case:
    return Case(name, given, given, ("--cleanup=verbatim",))


GIVEN = [
    Case("one line", "Do it\n", f"Do it\n\n{TASK}\n"),
    Case("no newline at the end", "Do it", f"Do it\n\n{TASK}\n"),
    Case("trailing blank lines", "Do it\n\n\n\n", f"Do it\n\n{TASK}\n"),
    Case("trailing line of blanks", "Do it\n  \t\n", f"Do it\n\n{TASK}\n"),
    Case("leading blank lines", "\n\nDo it\n", f"Do it\n\n{TASK}\n"),
    Case("a body", "Do it\n\nIt must.\n", f"Do it\n\nIt must.\n\n{TASK}\n"),
    Case("title like a trailer", "fix: it\n", f"fix: it\n\n{TASK}\n"),
    Case("body line with a colon", "Do\n\nNo key: x\n", f"Do\n\nNo key: x\n\n{TASK}\n"),
    Case("trailers", f"Do it\n\n{SIGNED}\n", f"Do it\n\n{SIGNED}\n{TASK}\n"),
    Case(
        "trailers without a newline at the end",
        f"Do it\n\n{SIGNED}",
        f"Do it\n\n{SIGNED}\n{TASK}\n",
    ),
    Case(
        "folded trailer",
        "Do it\n\nKey: a\n  b\n",
        f"Do it\n\nKey: a\n  b\n{TASK}\n",
    ),
    Case(
        "trailers that git made, of a cherry-pick",
        f"Do it\n\n{SIGNED}\n{PICKED}\n",
        f"Do it\n\n{SIGNED}\n{PICKED}\n{TASK}\n",
    ),
    Case(
        "trailers with a remark between",
        f"Do it\n\n{SIGNED}\n[B: mended]\n{SIGNED}x\n",
        f"Do it\n\n{SIGNED}\n[B: mended]\n{SIGNED}x\n{TASK}\n",
    ),
    Case("-s", "Do it\n", f"Do it\n\n{SIGNED}\n{TASK}\n", ("-s",)),
    Case("--trailer", "Do it\n", f"Do it\n\nA: b\n{TASK}\n", ("--trailer", "A: b")),
    Case("#12 last", "Do\n\n#12 done\n", f"Do\n\n#12 done\n\n{TASK}\n"),
    Case("#12 first", "#12 done\n\nDo\n", f"#12 done\n\nDo\n\n{TASK}\n"),
    Case("divider", "Do\n\na\n---\nb\n", f"Do\n\na\n---\nb\n\n{TASK}\n"),
    Case("back slashes", "Do \\n \\\n\n%s\n", f"Do \\n \\\n\n%s\n\n{TASK}\n"),
    Case(
        "a fence",
        "Do\n\n```\nTask: X-9\n```\n",
        f"Do\n\n```\nTask: X-9\n```\n\n{TASK}\n",
    ),
    Case("indented", "Do\n\n    Task: X-9\n", f"Do\n\n    Task: X-9\n\n{TASK}\n"),
    Case("Task: and prose", "Task: do it all\n", f"Task: do it all\n\n{TASK}\n"),
    Case("Task without name", "Do\n\nTask:\n", f"Do\n\nTask:\n{TASK}\n"),
    Case("Tasks:", "Do\n\nTasks: two\n", f"Do\n\nTasks: two\n{TASK}\n"),
    Case("huge", f"Do\n\n{LONG}", f"Do\n\n{LONG}\n{TASK}\n"),
    Case(
        "a long line", f"Do\n\n{'x' * 200_000}\n", f"Do\n\n{'x' * 200_000}\n\n{TASK}\n"
    ),
    Case("no ASCII at all", "é\n", f"é\n\n{TASK}\n"),
    Case("strip", "Do\n\n# no\n", f"Do\n\n{TASK}\n", ("--cleanup=strip",)),
    Case(
        "whitespace",
        "Do\n\n# yes\n",
        f"Do\n\n# yes\n\n{TASK}\n",
        ("--cleanup=whitespace",),
    ),
    Case(
        "scissors without an editor are text",
        f"Do\n\n{SCISSORS}\nno\n",
        f"Do\n\n{SCISSORS}\nno\n\n{TASK}\n",
        ("--cleanup=scissors",),
    ),
    verbatim("one line", "Do it\n", f"Do it\n\n{TASK}\n"),
    verbatim("no newline at the end", "Do it", f"Do it\n\n{TASK}\n"),
    verbatim("CRLF", "Do it\r\n", f"Do it\r\n\r\n{TASK}\r\n"),
    verbatim("CRLF, body", "Do\r\n\r\nx\r\n", f"Do\r\n\r\nx\r\n\r\n{TASK}\r\n"),
    verbatim(
        "CRLF, trailers",
        f"Do\r\n\r\n{SIGNED}\r\n",
        f"Do\r\n\r\n{SIGNED}\r\n{TASK}\r\n",
    ),
    untouched("names a task", "Do it\n\nTask: X-9\n"),
    untouched("names a task, lower case", "Do it\n\ntask: X-9\n"),
    untouched("names a task, upper case, no blank", "Do it\n\nTASK:X-9\n"),
    untouched("names a task, blank before the colon", "Do it\n\nTask : X-9\n"),
    untouched("names a task, trailing blanks", "Do it\n\nTask: X-9  \n"),
    untouched("names a task in the middle", "Do it\n\nTask: X-9\n\nmore\n"),
    untouched("names a task in the title", "Task: X-9\n\nmore\n"),
    untouched("names a task, CRLF", "Do it\r\n\r\nTask: X-9\r\n"),
    untouched(
        "names a task in a squash",
        "Squashed commit of the following:\n\n    Do\n    \n    Task: X-9\n",
    ),
    untouched("fixup!", "fixup! Do it\n"),
    untouched("squash!", "squash! Do it\n\nmore\n"),
    untouched("amend!", "amend! Do it\n\nDo it well\n"),
    untouched("only what a comment character could hide", "#12 done\n\n; and\n"),
]


@pytest.mark.parametrize("case", GIVEN, ids=lambda case: case.name)
def test_a_given_message_gets_the_task_where_it_belongs(
    worked: Repo,
    case: Case,
) -> None:
    done = commit(worked, ["-F", "-", *case.args], given=case.given)

    assert (done.returncode, done.stderr) == (0, "")
    assert message(worked) == case.want


@pytest.mark.parametrize(
    "given",
    [
        f"Do it\n\n{SIGNED}\n",
        f"Do it\n\n{SIGNED}\n{PICKED}\n",
        f"Do it\n\n{SIGNED}\n[B: mended]\nCo-authored-by: B <b@example.org>\n",
        "Do it\n\nhttps://example.org\n",
        "Do it\n\nAcked-by: B\n",
    ],
)
def test_the_trailers_that_were_there_stay_trailers(worked: Repo, given: str) -> None:
    bare = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty"]
    worked.git(*bare, "-F", "-", stdin=given)
    before = trailers(worked)

    commit(worked, ["-F", "-"], given=given)

    assert trailers(worked) == [*before, TASK]


@pytest.mark.parametrize("args", [["-m", "Do it"], ["-m", "a", "-m", "b"], ["-F", "f"]])
def test_the_ways_to_give_a_message_end_alike(worked: Repo, args: list[str]) -> None:
    worked.write("f", "a\n\nb\n")
    done = commit(worked, args)

    assert done.returncode == 0, done.stderr
    assert trailers(worked) == [TASK]
    assert message(worked).count("Task") == 1


def test_bytes_of_another_encoding_are_kept(worked: Repo) -> None:
    (worked.path / "f").write_bytes(b"Caf\xe9\n\n\xff\xfe \xe9\n")
    worked.git("config", "i18n.commitEncoding", "latin1")
    for locale in ("C", "C.UTF-8"):
        done = worked.run(
            *("git", "commit", "-q", "--allow-empty", "-F", "f"),
            env={"LC_ALL": locale},
        )
        raw = worked.run("sh", "-c", "git cat-file commit HEAD | od -An -tx1 -v")

        assert done.returncode == 0, done.stderr
        stored = bytes.fromhex(raw.stdout).partition(b"\n\n")[2]
        assert stored == b"Caf\xe9\n\n\xff\xfe \xe9\n\n%s\n" % TASK.encode()


@pytest.mark.parametrize("way", ["--fixup=HEAD", "--squash=HEAD"])
def test_a_fixup_made_by_git_is_left_alone(worked: Repo, way: str) -> None:
    done = commit(worked, [way, "--no-edit"])

    assert done.returncode == 0, done.stderr
    assert "Task" not in message(worked)


def test_amending_adds_the_task_once(worked: Repo) -> None:
    commit(worked, ["-m", "Do it", "-s"])
    once = message(worked)
    for args in (["--amend", "--no-edit"], ["--amend", "-C", "HEAD"], ["--amend"]):
        done = commit(worked, args, editor="true")
        assert done.returncode == 0, done.stderr

    assert message(worked) == once
    assert once.count("Task:") == 1


def test_amending_keeps_the_task_of_the_commit(worked: Repo) -> None:
    commit(worked, ["-m", "Do it\n\nTask: X-9"])
    commit(worked, ["--amend", "--no-edit"])

    assert trailers(worked) == ["Task: X-9"]


def test_a_merge_gets_no_task(worked: Repo) -> None:
    worked.git("checkout", "-q", "-b", "topic")
    commit(worked, ["-m", "Do it"])
    worked.git("checkout", "-q", "main")
    worked.git("merge", "-q", "--no-ff", "-m", "Merge it", "topic")

    assert message(worked) == "Merge it\n"


def test_a_merge_that_is_finished_by_hand_gets_no_task(worked: Repo) -> None:
    worked.git("checkout", "-q", "-b", "topic")
    commit(worked, ["-m", "Do it"])
    worked.git("checkout", "-q", "main")
    worked.git("merge", "-q", "--no-ff", "--no-commit", "topic")
    done = commit(worked, [], editor="true")

    assert done.returncode == 0, done.stderr
    assert "Task" not in message(worked)
    assert worked.git("rev-parse", "-q", "--verify", "HEAD^2")


@pytest.mark.parametrize("key", ["Work-Item", "Ticket"])
def test_the_configured_key_is_the_one_that_counts(worked: Repo, key: str) -> None:
    worked.write(".gitlog-track.toml", f'[trailers]\ntask = "{key}"\n')
    worked.ours("status")
    commit(worked, ["-m", "Do it\n\nTask: X-9"])
    assert trailers(worked) == ["Task: X-9", f"{key}: P1-001"]

    commit(worked, ["-m", f"Do it\n\n{key.lower()}: X-9"])
    assert trailers(worked) == [f"{key.lower()}: X-9"]


@pytest.mark.parametrize(
    ("branch", "pattern", "task"),
    [
        ("P2-017-parser", None, "P2-017"),
        ("feature/P2-017", None, "P2-017"),
        ("topic", None, None),
        ("release-2", None, None),
        ("wip/alpha", "wip/([a-z]+)", "alpha"),
        ("P2-017-parser", "", None),
    ],
)
def test_without_a_current_task_the_branch_names_it(
    worked: Repo,
    branch: str,
    pattern: str | None,
    task: str | None,
) -> None:
    (worked.common / "gitlog-track" / "current").unlink()
    if pattern is not None:
        worked.write(".gitlog-track.toml", f"[task]\nbranch_pattern = '{pattern}'\n")
        worked.ours("status")
    worked.git("checkout", "-q", "-b", branch)
    commit(worked, ["-m", "Do it"])

    assert message(worked) == (f"Do it\n\nTask: {task}\n" if task else "Do it\n")


def test_in_a_detached_head_without_a_task_the_message_stays(worked: Repo) -> None:
    (worked.common / "gitlog-track" / "current").unlink()
    worked.git("checkout", "-q", "--detach")
    commit(worked, ["-m", "Do it"])

    assert message(worked) == "Do it\n"


def test_a_task_that_only_begins_or_ends_like_the_current_is_another(
    worked: Repo,
) -> None:
    worked.write(".gitlog-track.toml", "")
    for task in ("P1-0010", "XP1-001"):
        done = commit(worked, ["-m", f"Do it\n\nTask: {task}"])
        assert f"task {task} has no log" in done.stderr
    assert commit(worked, ["-m", "Do it\n\nTask: P1-001"]).stderr == ""


def test_the_last_line_is_looked_at_even_if_it_does_not_end(worked: Repo) -> None:
    text = "Do it\n\nTask: P1-001\nDuration: 12 minutes"
    args = ["--cleanup=verbatim", "-F", "-"]
    done = commit(worked, args, given=text)
    assert "a push will refuse this (GT003)" in done.stderr
    assert message(worked) == text


def test_the_worktrees_own_task_is_added(worked: Repo, tmp_path: Path) -> None:
    worked.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.ours("start", "P1-002")
    commit(linked, ["-m", "Do it"])

    assert trailers(linked) == ["Task: P1-002"]
