"""The options of git commit that no hook is told, in every spelling git takes."""

from __future__ import annotations

import os

import pytest

from gitlog_track.git.commit_command import parse_commit_options, read_commit_options


@pytest.mark.parametrize(
    "args",
    [
        "-t why",
        "-twhy",
        "-qt why",
        "-anvtwhy",
        "--template why",
        "--template=why",
        "--te=why",
        "--templ why",
        "-m -tother --template=why",
        "-t other -t why",
        "--author -tother -t why",
        "-t why -- -t other",
    ],
)
def test_the_template_is_found(args: str) -> None:
    assert parse_commit_options(["git", "commit", *args.split()]).template == "why"


@pytest.mark.parametrize(
    "args",
    [
        "",
        "-m -twhy",
        "-mt why",
        "-qFt why",
        "-Skeyt",
        "-- -t why",
        "--message -twhy",
        "-ut",
    ],
)
def test_no_template_is_made_up(args: str) -> None:
    assert parse_commit_options(["git", "commit", *args.split()]).template is None


@pytest.mark.parametrize("args", ["--cleanup=strip", "--cleanup strip", "--cl=strip"])
def test_the_clean_up_mode_is_found(args: str) -> None:
    assert parse_commit_options(["git", "commit", *args.split()]).cleanup == "strip"


@pytest.mark.parametrize("args", [["-t"], ["--template"], ["-m"], ["--cleanup"], ["-"]])
def test_a_value_that_is_missing_is_git_s_to_refuse(args: list[str]) -> None:
    options = parse_commit_options(["git", "commit", *args])
    assert not options.template
    assert not options.cleanup


@pytest.mark.parametrize("process", ["", "x", "0", str(2**22 + 1)])
def test_a_process_that_cannot_be_read_says_nothing(process: str) -> None:
    assert read_commit_options(process).template is None


def test_a_running_process_is_read() -> None:
    assert read_commit_options(str(os.getpid())).cleanup is None
