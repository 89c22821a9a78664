"""``fail --stack``, what scrubbing does to records, and ``audit --secrets``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from gitlog_track.failures.stack_hash import stack_hash
from gitlog_track.model.limits import MAX_STACK_BYTES
from gitlog_track.services import stack_text
from tests.support.cli import Cli
from tests.support.repos import Repo

TRACES = Path(__file__).parent.parent / "failures" / "traces"
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "/home/me/shop/run.py", line 3, in main\n'
    '    load("a@example.org")\n'
    "ValueError: no shelf for a@example.org\n"
)
TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def started(cli: Cli) -> Cli:
    cli.run("start", "P1-001")
    return cli


def failed(repo: Repo) -> dict[str, object]:
    (event,) = repo.events("task_failed")
    return event


def test_fail_takes_everything_from_the_stack(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    (tmp_path / "trace").write_text(TRACE)
    answer = started.try_run("fail", "--stack", str(tmp_path / "trace"))
    assert answer.code == 0
    assert "2 e-mail addresses removed from the text\n" in answer.err
    event = failed(tracked)
    assert event["error_type"] == "ValueError"
    assert event["message"] == "no shelf for <email>"
    assert event["stack"] == (
        "Traceback (most recent call last):\n"
        '  File "/home/me/shop/run.py", line 3, in main\n'
        "ValueError: no shelf for <email>"
    )
    assert event["stack_hash"] == stack_hash(TRACE)
    assert event["scrubbed"] == {"email": 2}


def test_what_is_said_goes_before_what_the_stack_says(
    started: Cli, tracked: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(TRACE.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    started.run("fail", "the shelf is gone", "--error-type", "Gone", "--stack", "-")
    event = failed(tracked)
    assert (event["error_type"], event["message"]) == ("Gone", "the shelf is gone")
    assert event["stack_hash"] == stack_hash(TRACE)


def test_a_text_in_an_unknown_language_is_kept_as_it_is(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    text = "ShelfError: no shelf 7\n  in shelf.pl line 3\n"
    (tmp_path / "trace").write_text(text)
    started.run("fail", "--stack", str(tmp_path / "trace"))
    event = failed(tracked)
    assert event["stack"] == text.rstrip()
    assert (event["error_type"], event["message"]) == ("ShelfError", "no shelf 7")
    assert event["stack_hash"] == stack_hash("ShelfError: no shelf 12345")


def test_a_long_trace_is_cut_at_its_end_and_marked(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    frame = '  File "/home/me/shop/run.py", line 3, in walk\n'
    head, *rest = TRACE.splitlines(keepends=True)
    (tmp_path / "trace").write_text(head + frame * 2_000 + "".join(rest))
    started.run("fail", "--stack", str(tmp_path / "trace"))
    event = failed(tracked)
    stack = str(event["stack"])
    assert len(stack.encode()) <= MAX_STACK_BYTES
    assert stack.startswith(head + frame)
    assert stack.rpartition("\n")[2].startswith("[cut here: ")
    assert event["error_type"] == "ValueError"


def test_the_end_of_a_huge_file_is_read(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    with (tmp_path / "log").open("wb") as file:
        file.write(b"\xff")
        file.truncate(100 << 20)
        file.seek(0, 2)
        file.write(b"working\n" * 150_000 + TRACE.encode() + b"giving up\n")
    started.run("fail", "--stack", str(tmp_path / "log"))
    assert failed(tracked)["stack_hash"] == stack_hash(TRACE)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty; expected a stack trace"),
        (b"\n \n", "is empty; expected a stack trace"),
        (b"\x7fELF\x02\0\0", "is no text: it has a zero byte at 5"),
        (b"x\n" * 600_000, "is over 1 MiB, and its end has no stack trace"),
    ],
)
def test_what_is_no_trace_is_one_clear_sentence_and_a_failure_without_one(
    started: Cli, tracked: Repo, tmp_path: Path, data: bytes, said: str
) -> None:
    (tmp_path / "trace").write_bytes(data)
    answer = started.try_run("fail", "it broke", "--stack", str(tmp_path / "trace"))
    assert answer.code == 0
    (told,) = [line for line in answer.err.split("\n") if said in line]
    assert told.endswith("; recorded without a stack")
    event = failed(tracked)
    assert event["message"] == "it broke"
    assert not {"stack", "stack_hash", "error_type"} & set(event)


def test_a_failure_needs_no_message_beside_junk(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    (tmp_path / "trace").write_bytes(b"\0")
    started.run("fail", "--stack", str(tmp_path / "trace"))
    assert "stack" not in failed(tracked)
    answer = started.try_run("exception", "--stack", str(tmp_path / "trace"))
    assert (answer.code, "nothing says what happened" in answer.err) == (2, True)
    started.run("exception", "it broke", "--stack", str(tmp_path / "trace"))
    assert len(tracked.events("exception_recorded")) == 1


def test_a_trace_that_is_not_there_is_an_error(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    answer = started.try_run("fail", "--stack", str(tmp_path / "trace"))
    assert answer.code == 4
    said = answer.err.split("\n")[0]
    assert said.endswith("cannot be read: No such file or directory")
    assert tracked.events("task_failed") == []


def test_a_directory_is_no_trace(started: Cli, tmp_path: Path) -> None:
    answer = started.try_run("fail", "--stack", str(tmp_path))
    assert (answer.code, "Is a directory" in answer.err) == (4, True)


def test_a_stream_without_an_end_is_not_read_for_ever(
    started: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_text, "MAX_STREAM_BYTES", 3 << 20)
    answer = started.try_run("fail", "--stack", "/dev/zero")
    assert answer.code == 2
    assert "/dev/zero gives more than 3 MiB and no end" in answer.err


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        (TRACE.encode("utf-16"), False),
        (b"\xef\xbb\xbf" + TRACE.encode(), False),
        (TRACE.replace("shelf", "B\u00fccherbrett").encode("cp1252"), True),
        (TRACE.replace("\n", "\r\n").encode(), False),
    ],
)
def test_other_encodings(
    started: Cli, tracked: Repo, tmp_path: Path, data: bytes, warned: bool
) -> None:
    (tmp_path / "trace").write_bytes(data)
    answer = started.try_run("fail", "--stack", str(tmp_path / "trace"))
    assert ("is not UTF-8" in answer.err) == warned
    assert failed(tracked)["stack_hash"] == stack_hash(TRACE)


def test_every_text_is_scrubbed_before_it_reaches_the_journal(
    started: Cli, tracked: Repo
) -> None:
    answer = started.try_run("note", f"use {TOKEN} of a@example.org, b@example.org")
    assert answer.err.split("\n")[0] == (
        "1 access token, 2 e-mail addresses removed from the text"
    )
    (event,) = tracked.events("note_recorded")
    assert event["text"] == "use <token> of <email>, <email>"
    assert event["scrubbed"] == {"token": 1, "email": 2}
    assert "committer@example.org" in event["actor"]
    anywhere = f"git cat-file --batch-all-objects --batch | grep -ac {TOKEN}"
    assert tracked.run("sh", "-c", anywhere).stdout == "0\n"
    assert tracked.run("grep", "-rl", TOKEN, ".").stdout == ""


def test_where_nothing_is_removed_nothing_is_said(started: Cli, tracked: Repo) -> None:
    assert started.try_run("note", "plain").err == "note recorded for P1-001\n"
    (event,) = tracked.events("note_recorded")
    assert "scrubbed" not in event


def test_a_correction_is_scrubbed(started: Cli, tracked: Repo) -> None:
    started.run("note", "plain")
    (event,) = tracked.events("note_recorded")
    change = f"text=see {TOKEN}"
    started.run(
        "correct", event["id"], "--reason", "for a@example.org", "--set", change
    )
    (correction,) = tracked.events("event_corrected")
    assert correction["replacement"] == {"text": "see <token>"}
    assert correction["reason"] == "for <email>"
    assert correction["scrubbed"] == {"email": 1, "token": 1}


def test_what_was_scrubbed_cannot_be_corrected_away(
    started: Cli, tracked: Repo
) -> None:
    started.run("note", "a@example.org")
    (event,) = tracked.events("note_recorded")
    answer = started.try_run(
        "correct", event["id"], "--reason", "r", "--set", "scrubbed={}"
    )
    assert (answer.code, "cannot be corrected" in answer.err) == (2, True)


def off(repo: Repo) -> None:
    path = repo.path / ".gitlog-track.toml"
    path.write_text(path.read_text() + "scrub = false\n")


def test_a_project_may_switch_scrubbing_off(started: Cli, tracked: Repo) -> None:
    off(tracked)
    started.run("note", "ask a@example.org")
    (event,) = tracked.events("note_recorded")
    assert event["text"] == "ask a@example.org"


def test_an_audit_finds_what_was_not_scrubbed_and_never_shows_it(
    started: Cli, tracked: Repo
) -> None:
    assert started.try_run("audit", "--secrets").code == 0
    off(tracked)
    started.run("note", f"use {TOKEN} twice: {TOKEN}, a@example.org")
    started.run("run", "--label", TOKEN, "--", "true")
    (note,) = tracked.events("note_recorded")
    (ran,) = tracked.events("command_finished")
    answer = started.try_run("audit", "--secrets")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        f"{note['id']} P1-001 text: 2 access tokens",
        f"{note['id']} P1-001 text: 1 e-mail address",
        f"{ran['id']} P1-001 label: 1 access token",
    ]
    assert answer.err == (
        "gitlog-track: 4 found; the log only grows, so they stay in it\n"
        "  make new passwords, tokens and keys in place of these\n"
    )
    assert TOKEN not in answer.out + answer.err


@pytest.mark.parametrize("subject", ["phases/P9", "unassigned"])
def test_an_audit_searches_phases_and_the_unassigned(
    started: Cli, tracked: Repo, subject: str
) -> None:
    off(tracked)
    if subject == "unassigned":
        tracked.git("checkout", "-q", "--orphan", "elsewhere")
        started.run("complete")
        answer = started.try_run("run", "--keep-command", "--", "true", TOKEN)
        assert answer.code == 0
    else:
        started.run("phase", "start", "P9", "--description", TOKEN)
    (line,) = [text for text in tracked.log_lines(subject) if TOKEN in text]
    found = started.try_run("audit", "--secrets")
    assert found.code == 1
    assert found.out.startswith(
        f"{json.loads(line)['id']} {subject.rpartition('/')[2]} "
    )


def test_names_that_a_person_makes_up_are_scrubbed(started: Cli, tracked: Repo) -> None:
    said = "ask joe@example.org"
    started.run("exception", "it broke", "--error-type", said)
    (exception,) = tracked.events("exception_recorded")
    assert exception["error_type"] == "ask <email>"
    started.run("execution", "d", "--outcome", "success", "--tool", f"{said}=ok")
    (execution,) = tracked.events("execution_recorded")
    assert execution["tools"] == [{"name": "ask <email>", "result": "ok"}]


def test_what_run_recorded_and_fail_tells_again_is_one_failure(
    started: Cli, tracked: Repo, tmp_path: Path
) -> None:
    (tmp_path / "trace").write_text(TRACE)
    script = f"cat {tmp_path / 'trace'} >&2; exit 1"
    started.try_run("run", "--", "sh", "-c", script)
    started.run("fail", "--stack", str(tmp_path / "trace"))
    (exception,) = tracked.events("exception_recorded")
    (failure,) = tracked.events("task_failed")
    assert exception["stack_hash"] == failure["stack_hash"]
    (pattern,) = json.loads(started.run("patterns", "--format", "json"))["patterns"]
    assert (pattern["count"], pattern["kinds"]) == (1, {"exception": 1})
    rows = json.loads(started.run("probe", "error-patterns", "--format", "json"))[
        "rows"
    ]
    assert len(rows) == 1
    assert rows[0]["n"] == 1
