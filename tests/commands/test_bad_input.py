"""Every bad input gets one clear sentence, the right exit code, and nothing is lost."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo

ESC = "\x1b"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("start", "a/b"), 2, ["'/'", "letters"]),
        (("start", ".."), 2, ["'..'"]),
        (("start", "x" * 65), 2, ["65 characters"]),
        (("start", ""), 2, ["empty"]),
        (("start", "P1-001", "--estimate", "soon"), 2, ["soon", "1h30m"]),
        (("start", "P1-001", "--start-tokens", "1,23"), 2, ["1,23"]),
        (("start", "P1-001", "--coverage-target", "80"), 2, ["'80'", ">80%"]),
        (("start", "P1-001", "--performance-target", "<5ms"), 2, ["ipc<5ms"]),
        (("start", "P1-001", "--risk", "huge"), 2, ["huge", "medium"]),
        (("start", "P1-001", "--retry"), 2, ["never started", "start P1-001"]),
        (("complete", "--task", "P1-001"), 2, ["never started", "start P1-001"]),
        (("complete",), 2, ["no task is current", "--task"]),
        (("switch", "P1-001"), 2, ["never started"]),
        (("show", "P1-001"), 4, ["no log", "NOT MEASURED"]),
        (
            ("validate", "P1-001"),
            4,
            ["not fetched, or nothing tracked", "gitlog-track start TASK"],
        ),
        (("validate",), 2, ["--all"]),
        (("assign", "abc"), 2, ["--task"]),
        (("assign", "abc", "--task", "P1-001"), 2, ["no event", "'abc'"]),
        (("nonsense",), 2, ["nonsense"]),
        (("milestone", "done"), 2, ["done", "tests_completion"]),
        (("-C", "nowhere", "status"), 2, ["nowhere"]),
        (("note", "x" * 5000, "--task", "P1-001"), 2, ["5000 bytes", "4096"]),
        (("phase", "review", "P1", "--projections-held", "3"), 2, ["3 of None"]),
    ],
)
def test_one_clear_sentence(
    cli: Cli,
    args: tuple[str, ...],
    code: int,
    words: list[str],
) -> None:
    answer = cli.try_run(*args)
    assert answer.code == code
    assert [word for word in words if word not in answer.err] == []
    assert "Traceback" not in answer.err


def test_a_second_start_names_the_first(cli: Cli) -> None:
    cli.run("start", "P1-001")
    answer = cli.try_run("start", "P1-001")
    assert answer.code == 2
    assert "was started at 2025-10-04T22:00:00-05:00" in answer.err
    assert "switch P1-001" in answer.err


def test_a_second_spelling_names_the_first(cli: Cli) -> None:
    cli.run("start", "P1-001")
    answer = cli.try_run("start", "p1-001")
    assert answer.code == 2
    assert "known as P1-001" in answer.err


def test_tokens_do_not_run_backwards(cli: Cli) -> None:
    cli.run("start", "P1-001", "--start-tokens", "500")
    answer = cli.try_run("complete", "--end-tokens", "400")
    assert answer.code == 2
    assert "end tokens 400 are below start tokens 500" in answer.err
    assert cli.run("status").startswith("P1-001  in_progress")


def test_an_ended_task_cannot_end_again(cli: Cli) -> None:
    cli.run("start", "P1-001")
    cli.run("complete")
    answer = cli.try_run("complete", "--task", "P1-001")
    assert answer.code == 2
    assert "--retry" in answer.err


def test_work_after_the_end_is_refused(cli: Cli) -> None:
    cli.run("start", "P1-001")
    cli.run("complete")
    assert cli.try_run("iteration", "--task", "P1-001").code == 2
    assert cli.try_run("note", "afterthought", "--task", "P1-001").code == 0


def test_a_clock_going_backwards_is_flagged_and_refuses_nothing(cli: Cli) -> None:
    cli.run("start", "P1-001", at="2025-10-04T22:00:00-05:00")
    cli.run("note", "later", at="2025-10-04T22:10:00-05:00")
    cli.run("note", "earlier", at="2025-10-04T22:05:00-05:00")
    cli.run("complete", at="2025-10-04T22:12:00-05:00")
    problems = json.loads(cli.run("show", "P1-001", "--format", "json"))["validation"][
        "problems"
    ]
    assert [(p["code"], p["invalid"]) for p in problems] == [("clock_skew", False)]


def test_control_characters_and_bidi_marks_are_shown_not_sent(cli: Cli) -> None:
    cli.run("start", "P1-001", "--description", f"red {ESC}[31m \u202e evil")
    cli.run("note", f"two\nlines {ESC}]0;title\x07")
    for args in (("show", "P1-001"), ("show", "P1-001", "--format", "log")):
        shown = cli.run(*args)
        assert ESC not in shown
        assert "\u202e" not in shown
        assert "\\x1b" in shown
    assert ESC not in cli.run("show", "P1-001", "--format", "json")


def test_an_unknown_configuration_key_offers_the_nearest(cli: Cli) -> None:
    (cli.path / ".gitlog-track.toml").write_text('[log]\nfodl = "sync"\n')
    answer = cli.try_run("status")
    assert answer.code == 2
    assert "unknown key log.fodl" in answer.err
    assert "log.fold" in answer.err


def test_commits_are_recorded_although_the_configuration_is_broken(
    cli: Cli, tracked: Repo
) -> None:
    cli.run("start", "P1-001")
    (cli.path / ".gitlog-track.toml").write_text("this is no TOML")
    tracked.commit("Go on")
    assert cli.try_run("status").code == 2
    (cli.path / ".gitlog-track.toml").unlink()
    assert len(tracked.events("commit_recorded")) == 1


def test_outside_a_repository(
    cli: Cli, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cli.path = tmp_path_factory.mktemp("elsewhere")
    answer = cli.try_run("status")
    assert answer.code == 4
    assert "not a git repository" in answer.err


def test_where_tracking_has_not_begun(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    cli = Cli(repo.path, capsys)
    for args in (
        ("start", "P1-001"),
        ("status",),
        ("note", "x", "--task", "P1-001"),
        ("fold",),
    ):
        answer = cli.try_run(*args)
        assert answer.code == 4
        assert "gitlog-track init" in answer.err


def test_a_bug_prints_a_block_to_paste(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("gitlog_track.commands.status.read_status", explode)
    answer = cli.try_run("status")
    assert answer.code == 3
    assert "this is a bug" in answer.err
    assert "RuntimeError: boom" in answer.err
