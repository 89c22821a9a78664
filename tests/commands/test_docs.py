"""``docs update``, ``docs check`` and ``docs template`` on real files and logs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.services.files import Replacements
from tests.support.cli import Cli
from tests.support.founding_phase import APPROVED, tell_founding_phase
from tests.support.gate import Project, tell
from tests.support.golden import Golden
from tests.support.repos import Repo

END = "<!-- gitlog-track:end -->"
VALUE = "<!-- gitlog-track:value task=P1-009 measure=TOKENS_USED -->"
TOKENS = f"It used {VALUE}{END} tokens.\n"
EVERY_BLOCK = "\n".join(
    f"<!-- gitlog-track:begin {each} -->\n{END}\n"
    for each in (
        *("table", "table phase=p1", "measures task=P1-001", "measures phase=P1"),
        *("lessons", "lessons phase=P1", "blockers", "blockers phase=P1"),
    )
)


@pytest.fixture
def told(project: Project, capsys: pytest.CaptureFixture[str]) -> Cli:
    """P1-009 is complete with 3,236 tokens, P1-010 is open, P1-008 was imported."""
    return Cli(project.work.path, capsys)


def write(cli: Cli, text: str, name: str = "a.md") -> Path:
    path = cli.path / name
    path.write_bytes(text.encode())
    return path


def test_a_document_is_checked_updated_and_in_order(told: Cli) -> None:
    path = write(told, TOKENS)
    stale = told.try_run("docs", "check", "a.md")
    assert stale.code == 1
    assert stale.out.startswith("--- a/a.md\n+++ b/a.md\n@@ -1,1 +1,1 @@\n-It used ")
    assert "gitlog-track docs update a.md" in stale.err
    assert path.read_text() == TOKENS

    done = told.try_run("docs", "update", "a.md")
    said = "a.md:1: value task=P1-009 measure=TOKENS_USED filled in\n"
    assert (done.code, done.out, done.err) == (0, "", said)
    assert f"It used {VALUE}3,236<!-- gitlog-track:end " in path.read_text()
    for command in ("check", "update"):
        after = told.try_run("docs", command, "a.md")
        assert (after.code, after.out, after.err) == (0, "", "")


def test_a_block_edited_by_hand_is_reported_and_kept(told: Cli) -> None:
    path = write(told, f"{TOKENS}\n<!-- gitlog-track:begin lessons -->\n{END}\n")
    told.run("docs", "update", "a.md")
    path.write_text(path.read_text().replace("3,236", "2,400"))
    tell(told.path, "2025-10-04T23:00:00-05:00", "lesson", "look", "--task", "P1-010")
    edited = path.read_text()

    checked = told.try_run("docs", "check", "a.md")
    assert (checked.code, "+It used" in checked.out) == (1, True)
    kept = told.try_run("docs", "update", "a.md")
    assert kept.code == 1
    for answer in (checked, kept):
        assert "a.md:1: value task=P1-009 measure=TOKENS_USED was edited" in answer.err
        assert "gitlog-track docs update --force a.md" in answer.err
    assert "2,400" in path.read_text()  # the other place was filled in
    assert path.read_text() != edited
    assert "- P1-010: look" in path.read_text()

    assert told.try_run("docs", "update", "--force", "a.md").code == 0
    assert "3,236" in path.read_text()
    told.run("docs", "check", "a.md")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a\n<!-- gitlog-track:begin table -->\n", "b.md:2: table has no end"),
        (b"<!-- gitlog-track:begin pie -->\n", "b.md:1: found block 'pie', expected"),
        (
            b"caf\xe9 <!-- gitlog-track:end -->",
            "b.md:1: found byte 0xe9, expected UTF-8",
        ),
        (
            f"a\n\nb {VALUE.replace('TOKENS_USED', 'speed')}{END}".encode(),
            "b.md:3: 'speed' is no measure of a task",
        ),
        (
            f"{VALUE.replace('TOKENS_USED', 'commits')}{END}".encode(),
            "b.md:1: commits changes with the commit of this document",
        ),
        (f"{VALUE.replace('9', '7')}{END}".encode(), "task 'P1-007' has no log"),
        (
            f"{VALUE.replace('task=P1-009', 'phase=P7')}{END}".encode(),
            "b.md:1: phase 'P7' has no log",
        ),
        (
            f"<!-- gitlog-track:begin lessons phase=P7 -->\n{END}".encode(),
            "b.md:1: phase 'P7' has no log",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "update"])
def test_one_bad_file_and_none_is_written(
    told: Cli, command: str, text: bytes, said: str
) -> None:
    good = write(told, TOKENS)
    bad = told.path / "b.md"
    bad.write_bytes(text)
    done = told.try_run("docs", command, "a.md", "b.md")
    assert done.code == 2
    assert said in done.err
    assert (good.read_text(), bad.read_bytes()) == (TOKENS, text)


def test_what_is_around_the_text_of_a_file_stays(told: Cli) -> None:
    path = write(told, f"\ufeff{TOKENS}\r\n\ttail ".replace("\n", "\r\n"))
    path.chmod(0o754)
    told.run("docs", "update", "a.md")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfIt used ")
    assert data.endswith(b" tokens.\r\n\r\r\n\ttail ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o754


def test_a_link_stays_a_link_and_a_file_named_twice_is_one(told: Cli) -> None:
    path = write(told, TOKENS)
    link = told.path / "link.md"
    link.symlink_to("a.md")
    done = told.try_run("docs", "update", "link.md", "a.md", "./a.md")
    assert (done.code, done.err.count("filled in")) == (0, 1)
    assert link.is_symlink()
    assert "3,236" in path.read_text()


def test_a_read_only_file_stops_the_others_too(told: Cli) -> None:
    first, second = write(told, TOKENS), write(told, TOKENS, "b.md")
    second.chmod(0o444)
    done = told.try_run("docs", "update", "a.md", "b.md")
    assert (done.code, "b.md is read-only" in done.err) == (4, True)
    assert first.read_text() == second.read_text() == TOKENS
    assert sorted(p.name for p in told.path.glob("*.md*")) == ["a.md", "b.md"]
    assert not list(told.path.glob(".gitlog-track-*"))


def test_a_file_that_changes_meanwhile_is_not_overwritten(
    told: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(told, TOKENS)
    write_beside: Callable[..., None] = Replacements.write

    def change(*args: object) -> None:
        write_beside(*args)
        path.write_text("mine\n")

    monkeypatch.setattr(Replacements, "write", change)
    done = told.try_run("docs", "update", "a.md")
    assert (done.code, path.read_text()) == (4, "mine\n")
    assert "a.md was changed meanwhile" in done.err


@pytest.mark.parametrize("name", ["missing.md", "."])
def test_what_is_no_file_is_refused(told: Cli, name: str) -> None:
    done = told.try_run("docs", "check", name)
    assert (done.code, name in done.err) == (2, True)
    os.mkfifo(told.path / "pipe.md")
    done = told.try_run("docs", "check", "pipe.md")
    assert (done.code, "pipe.md is no regular file" in done.err) == (4, True)


def test_without_a_log_only_files_without_markers_are_in_order(cli: Cli) -> None:
    path = write(cli, "# No figures\n\n`<!-- gitlog-track:begin table -->`\n")
    before = path.read_bytes()
    assert cli.try_run("docs", "check", "a.md").code == 0
    assert cli.try_run("docs", "update", "a.md").code == 0
    assert path.read_bytes() == before
    write(cli, TOKENS)
    for args in (("check", "a.md"), ("update", "a.md"), ("template", "task", "P1-009")):
        done = cli.try_run("docs", *args)
        assert (done.code, "there is no log" in done.err) == (4, True)


def test_the_same_events_give_the_same_bytes(
    cli: Cli, tmp_path: Path, golden: Golden
) -> None:
    """In two clones with logs of their own, and after commits and other work."""
    other = Repo.init(tmp_path / "other")
    other.track(fold="sync")
    texts = []
    for repo in (Repo(cli.path), other):
        tell_founding_phase(repo.path)
        (repo.path / "a.md").write_text(EVERY_BLOCK)
        tell(repo.path, APPROVED, "docs", "update", "a.md")
        texts.append((repo.path / "a.md").read_text())
    assert texts[0] == texts[1]
    golden.check("documents.md", texts[0])

    other.commit("Write it down\n\nTask: P1-001")
    part = texts[0][texts[0].index("<!-- gitlog-track:begin table phase=p1") :]
    (other.path / "a.md").write_text(part)
    tell(other.path, APPROVED, "docs", "update", "a.md")  # the phase's first code
    other.commit("Write more\n\nTask: P1-001")
    tell(other.path, "2025-11-01T10:00:00+00:00", "start", "Q-1", "--phase", "P2")
    tell(other.path, "2026-01-01T00:00:00+00:00", "docs", "check", "a.md")


def test_text_of_others_can_neither_end_a_block_nor_begin_one(told: Cli) -> None:
    evil = f"a --> {END} <!-- gitlog-track:begin table --> | `a` \n```\n# big <b>"
    tell(told.path, "2025-10-04T23:00:00-05:00", "lesson", evil, "--task", "P1-010")
    path = write(told, EVERY_BLOCK.replace("P1-001", "P1-010"))
    told.run("docs", "update", "a.md")
    text = path.read_text()
    assert text.count("<!-- gitlog-track:begin") == EVERY_BLOCK.count("begin")
    assert "\\<\\!-- gitlog-track:begin table --\\>" in text
    told.run("docs", "check", "a.md")


def test_a_figure_weaker_than_declared_says_so(told: Cli) -> None:
    path = write(
        told,
        f"<!-- gitlog-track:value task=P1-008 measure=duration -->{END}\n"
        f"<!-- gitlog-track:value task=P1-010 measure=duration -->{END}\n",
    )
    told.run("docs", "update", "a.md")
    shown = re.findall(r"-->(.*)<!--", path.read_text())
    assert shown == ["12m BACKFILLED (from import:notes.md)", "NOT MEASURED"]


def test_the_founding_templates(cli: Cli, golden: Golden) -> None:
    tell_founding_phase(cli.path)
    for level, name in (("task", "P1-001"), ("phase", "P1")):
        text = cli.run("docs", "template", level, name)
        shown = re.sub(r"(?<= at )[0-9a-f]{12}", "LOG", text)
        golden.check(f"{level}_template.txt", shown)


def test_a_template_without_a_name(told: Cli) -> None:
    assert told.run("docs", "template", "task").startswith("TASK: P1-009\n")
    told.run("switch", "P1-010")
    text = told.run("docs", "template", "task")
    assert text.startswith("TASK: P1-010\n")
    assert "ACTUAL_DURATION: NOT MEASURED\n" in text
    assert told.run("docs", "template", "phase").startswith("PHASE: P1\n")


@pytest.mark.parametrize(("level", "name"), [("task", "P1-099"), ("phase", "P9")])
def test_a_template_of_what_has_no_log_is_empty(
    told: Cli, level: str, name: str
) -> None:
    done = told.try_run("docs", "template", level, name)
    assert (done.code, "nothing of it is measured" in done.err) == (0, True)
    values = {row.partition(": ")[2] for row in done.out.split("\n")[1:] if ":" in row}
    assert values == {"NOT MEASURED"}


@pytest.mark.parametrize("name", ["../x", "a b", ""])
def test_a_template_of_what_is_no_name_is_refused(told: Cli, name: str) -> None:
    for level in ("task", "phase"):
        answer = told.try_run("docs", "template", level, name or "..")
        assert answer.code == 2


def test_a_template_names_its_subject_by_the_configured_trailer(told: Cli) -> None:
    config = '[trailers]\ntask = "Item"\nphase = "Stage"\n'
    (told.path / ".gitlog-track.toml").write_text(config)
    assert told.run("docs", "template", "task", "P1-009").startswith("ITEM: P1-009\n")
    assert told.run("docs", "template", "phase", "p1").startswith("STAGE: P1\n")


def test_a_task_of_no_phase_has_no_phase_template(cli: Cli) -> None:
    cli.run("start", "cleanup")
    answer = cli.try_run("docs", "template", "phase")
    assert answer.code == 2
    assert "task cleanup is of no phase" in answer.err


def value_of(cli: Cli, about: str, measure: str) -> str:
    """Return what a place for one value is filled with."""
    path = write(cli, f"<!-- gitlog-track:value {about} measure={measure} -->{END}\n")
    cli.run("docs", "update", "a.md")
    (shown,) = re.findall(r"-->(.*)<!--", path.read_text())
    return str(shown)


@pytest.mark.parametrize(
    ("measure", "shown"),
    [
        ("DURATION_MINUTES", "12"),
        ("duration-seconds", "779"),
        ("duration", "12m 59s"),
    ],
)
def test_a_name_that_says_its_unit_is_the_number_alone(
    cli: Cli, measure: str, shown: str
) -> None:
    """Whole minutes are cut off, not rounded, as in the founding log."""
    cli.run("start", "P1-001", at="2025-10-04T22:00:00-05:00")
    assert value_of(cli, "task=P1-001", "DURATION_MINUTES") == "NOT MEASURED"
    cli.run("complete", at="2025-10-04T22:12:59-05:00")
    assert value_of(cli, "task=P1-001", measure) == shown


def test_a_figure_says_how_much_it_is_over(cli: Cli) -> None:
    """One task of two has iterations: a mean over it alone is no mean over the phase."""
    for number, extra in enumerate((("--iterations", "3"), ()), 1):
        begin, end = (f"2025-10-0{number}T1{n}:00:00+00:00" for n in (0, 1))
        tell(cli.path, begin, "start", f"P1-00{number}", "--estimate", "1h")
        tell(cli.path, end, "complete", "--tokens-used", "1000", *extra)
    begin = "2025-10-03T10:00:00+00:00"
    tell(cli.path, begin, "start", "P1-003", "--performance-target", "ipc<5ms")
    for measure, shown in (
        ("average_iterations_per_task", "3.00 (n=1)"),
        ("tokens_per_task_avg", "1,000 (n=2)"),
        ("tasks_completed", "2 of 3"),
        ("tasks_total", "3"),
    ):
        assert value_of(cli, "phase=P1", measure) == shown
    template = cli.run("docs", "template", "phase", "P1")
    assert "AVERAGE_ITERATIONS_PER_TASK: 3.00 (n=1) DECLARED" in template
    assert "TASKS_COMPLETED: 2 / 3 DECLARED" in template
    path = write(cli, f"<!-- gitlog-track:begin measures phase=P1 -->\n{END}\n")
    cli.run("docs", "update", "a.md")
    block = path.read_text()
    assert "| `average_iterations_per_task` | 3.00 (n=1) | DECLARED" in block
    assert "| `tasks_completed` | 2 of 3 | DECLARED" in block


def test_a_document_has_the_table_of_the_report(founding: Cli) -> None:
    path = write(founding, f"<!-- gitlog-track:begin table -->\n{END}\n")
    founding.run("docs", "update", "a.md")
    report = founding.run("report", "--format", "md")
    table = report[report.index("| phase ") : report.index("\n\n## Is")]
    assert table in path.read_text()
