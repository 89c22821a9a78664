"""``verify`` as CI runs it: ranges, formats, whose policy, and what it cannot see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gitlog_track.gate.rules import RULES
from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.renderers.verdicts import (
    github_summary,
    verdict_github,
    verdict_junit,
    verdict_text,
)
from tests.support.cli import Answer, Cli
from tests.support.gate import BAD, GOOD, Project
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
FORMATS = ("text", "json", "junit", "github")
HOSTILE = "Add \x1b[31m<b>&\u202e%0A::error::x\uffff\ufffe@all|`x`"


@pytest.fixture
def ci(project: Project, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A checkout whose main is behind its upstream's by what is judged."""
    return Cli(project.work.path, capsys)


def put(project: Project, *messages: str) -> list[str]:
    """Put commits on main, as a contributor did; return their ids."""
    tip = project.work.head()
    made: list[str] = []
    for message in messages:
        tip = project.commit(message, tip)
        made.append(tip)
    project.work.git("reset", "-q", "--hard", tip)
    return made


@pytest.mark.parametrize(
    ("messages", "code", "summary"),
    [
        ((), 0, "0 commits, 0 claims, 0 violations: pass"),
        (("Go on",), 0, "1 commits, 0 claims, 0 violations: pass"),
        ((GOOD,), 0, "1 commits, 2 claims, 0 violations: pass"),
        ((GOOD, BAD, "Go on"), 1, "3 commits, 3 claims, 1 violations: fail"),
        ((BAD, BAD), 1, "2 commits, 2 claims, 2 violations: fail"),
    ],
)
def test_by_default_what_upstream_lacks_is_judged(
    project: Project, ci: Cli, messages: tuple[str, ...], code: int, summary: str
) -> None:
    put(project, *messages)
    answer = ci.try_run("verify")
    assert (answer.code, answer.out.splitlines()[-1]) == (code, summary)


@pytest.mark.parametrize(
    ("form", "judged"),
    [
        ("{0}..{2}", 2), ("{0}..", 2), ("{1}..HEAD", 1), ("HEAD..{2}", 0),
        ("..{2}", 0), ("{0}...{2}", 2), ("main~2...", 2), ("{2}...{0}", 0), ("{2}", 4),
    ],
)  # fmt: skip
def test_ranges_select_what_git_would(
    project: Project, ci: Cli, form: str, judged: int
) -> None:
    revisions = form.format(*put(project, GOOD, GOOD, GOOD))
    answer = ci.try_run("verify", revisions)
    assert (answer.code, answer.out.split(" ")[0]) == (0, str(judged))


def test_three_dots_judge_from_the_merge_base(project: Project, ci: Cli) -> None:
    side = project.branch("side", GOOD)
    put(project, BAD)
    assert ci.try_run("verify", "main...side").code == 0
    assert ci.try_run("verify", f"{side}...main").code == 1


@pytest.mark.parametrize("revisions", ["nowhere", "nowhere..HEAD", "HEAD..nowhere", "--all", "--all..HEAD", "HEAD...--all", "", "HEAD^{tree}", "^HEAD"])  # fmt: skip
def test_a_range_that_is_none_is_told_and_nothing_passes(
    ci: Cli, revisions: str
) -> None:
    answer = ci.try_run("verify", "--", revisions)
    assert answer.code == 2
    assert "is no commit here" in answer.err
    assert "git fetch --unshallow" in answer.err


def test_histories_without_a_common_commit_have_no_range(
    project: Project, ci: Cli
) -> None:
    project.branch("other", GOOD, "root")
    answer = ci.try_run("verify", "main...other")
    assert (answer.code, "no common history" in answer.err) == (2, True)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("message", "code"), [(GOOD, 0), (BAD, 1)])
def test_the_exit_code_is_the_same_in_every_format(
    project: Project, ci: Cli, form: str, message: str, code: int
) -> None:
    put(project, message)
    answer = ci.try_run("verify", "--format", form)
    assert answer.code == code
    assert ("GT004" in answer.out) is bool(code)


def test_json_holds_every_field_of_a_violation(project: Project, ci: Cli) -> None:
    (bad,) = put(project, BAD)
    told = json.loads(ci.try_run("verify", "--format", "json").out)
    found = json.dumps(told)
    for words in (bad, "GT004", "P1-009", "token_count_used", "Tokens-Used: 2,400", "3236", "declared", "fail"):  # fmt: skip
        assert words in found


def test_junit_is_xml_with_a_failure_for_each_violation(
    project: Project, ci: Cli
) -> None:
    bad = put(project, BAD, BAD.replace("Add", HOSTILE))
    told = ci.try_run("verify", "--format", "junit").out
    suite = ET.fromstring(told)  # noqa: S314  # our own
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    names = " ".join(str(case.get("name")) for case in suite)
    assert all(oid[:12] in names for oid in bad)
    assert all("Tokens-Used: 2,400" in (case[0].text or "") for case in suite)


def many(count: int, *, blocks: bool = True, text: str = "too much") -> Verdict:
    found = [
        Violation(
            rule="GT004",
            commit=f"{number:040x}",
            title=text,
            claimed=text,
            logged=text,
            evidence="declared",
            message=text,
            fix="mend it",
            blocks=blocks,
        )
        for number in range(count)
    ]
    return Verdict(commits=count, claims=count, violations=tuple(found))


@pytest.mark.parametrize("count", [1, 10, 11, 500])
@pytest.mark.parametrize("blocks", [True, False])
def test_github_gets_at_most_ten_annotations_of_a_kind(
    count: int, blocks: bool
) -> None:
    told = verdict_github(many(count, blocks=blocks))
    kind = "::error " if blocks else "::warning "
    assert sum(row.startswith(kind) for row in told.split("\n")) == min(count, 10)
    assert f"{count} violations" in told


@pytest.mark.parametrize("text", ["short", "x" * 5000, "\u202e\x1b" * 300, "|" * 5000])
def test_the_job_summary_stays_under_a_mebibyte(text: str) -> None:
    told = github_summary(many(20_000, text=text))
    assert len(told.encode()) < 1 << 20
    assert "more were left out" in told


def test_the_job_summary_is_written_where_github_asks(
    project: Project, ci: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    put(project, BAD)
    ci.try_run("verify", "--format", "github")
    told = (tmp_path / "summary").read_text()
    assert "| GT004 |" in told
    assert "1 violations: fail" in told


@pytest.mark.parametrize("render", [verdict_text, verdict_junit, verdict_github, github_summary])  # fmt: skip
def test_untrusted_text_is_escaped_in_every_format(
    render: Callable[[Verdict], str],
) -> None:
    told = render(many(1, text=HOSTILE))
    for raw in ("\x1b", "\u202e", "\uffff", "\ufffe"):
        assert raw not in told
    assert "\\x1b" in told or "\\\\x1b" in told
    assert "\n::error::x" not in told


def test_untrusted_text_makes_no_markup() -> None:
    told = verdict_junit(many(1, text=HOSTILE))
    junit = ET.fromstring(told)  # noqa: S314  # our own
    assert junit.find(".//b") is None
    row = github_summary(many(1, text=HOSTILE)).splitlines()[-1]
    assert "<b>" not in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "%250A" in verdict_github(many(1, text=HOSTILE))


def test_a_quote_is_a_quote_in_the_job_summary() -> None:
    row = github_summary(many(1, text='it\'s "so" & #1')).splitlines()[-1]
    assert 'it\'s "so" &amp; \\#1' in row


def shallow_clone(project: Project, depth: int, tmp_path: Path) -> Repo:
    project.push("--no-verify", "-q", "origin", "main", LOG)
    target = tmp_path / "shallow"
    url = f"file://{project.origin.path}"
    project.work.git("clone", "-q", "--depth", str(depth), url, str(target))
    clone = Repo(target)
    clone.git("fetch", "-q", "origin", f"{LOG}:{LOG}")
    return clone


@pytest.mark.parametrize(("depth", "code"), [(1, 4), (3, 4), (10, 0)])
def test_where_history_is_cut_off_the_answer_is_cannot_verify(
    project: Project, tmp_path: Path, depth: int, code: int
) -> None:
    put(project, GOOD, GOOD, GOOD)
    done = shallow_clone(project, depth, tmp_path).cli("verify", "HEAD")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("cut off" in done.stdout) is (code == 4)


def test_a_range_that_begins_behind_the_cut_cannot_be_judged(
    project: Project, tmp_path: Path
) -> None:
    base = project.work.head()
    put(project, GOOD, GOOD)
    done = shallow_clone(project, 1, tmp_path).cli("verify", f"{base}..HEAD")
    assert (done.returncode, done.stdout) == (4, "")
    assert "where the history is cut off\n  git fetch --unshallow" in done.stderr


def test_a_shallow_log_backs_nothing_that_is_pinned_below(
    project: Project, tmp_path: Path
) -> None:
    pin = project.work.git("rev-parse", f"{LOG}~1")
    put(project, f"Go on\n\nTask: P1-008\nIterations: 1\nMetrics-Log: {pin}\n")
    project.push("--no-verify", "-q", "origin", "main", LOG)
    clone = Repo(tmp_path / "clone")
    project.work.git("clone", "-q", f"file://{project.origin.path}", str(clone.path))
    clone.git("fetch", "-q", "--depth", "1", "origin", f"{LOG}:{LOG}")
    assert clone.cli("verify", "HEAD~1..HEAD").returncode in (1, 4)


def test_without_the_log_ci_says_so(project: Project, tmp_path: Path) -> None:
    put(project, GOOD)
    project.push("--no-verify", "-q", "origin", "main")
    clone = Repo(tmp_path / "clone")
    project.work.git("clone", "-q", str(project.origin.path), str(clone.path))
    done = clone.cli("verify", "HEAD~1..HEAD")
    assert (done.returncode, "GT007" in done.stdout) == (1, True)


@pytest.mark.parametrize("setting", ['mode = "off"', 'mode = "warn"', "tolerance = { token_count_used = 5000 }", 'baseline = ["{bad}"]'])  # fmt: skip
@pytest.mark.parametrize("name", [".gitlog-track.toml", "pyproject.toml"])
def test_the_policy_is_the_base_commits(
    project: Project, ci: Cli, setting: str, name: str
) -> None:
    base = project.work.head()
    (bad,) = put(project, BAD)
    table = "tool.gitlog-track.gate" if name == "pyproject.toml" else "gate"
    if name == "pyproject.toml":
        project.work.git("rm", "-q", ".gitlog-track.toml")
    project.work.write(name, f"[{table}]\n{setting.replace('{bad}', bad)}\n")
    project.work.git("add", "-A")
    project.work.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "Configure")
    assert ci.try_run("verify", f"{base}..HEAD").code == 1
    assert ci.try_run("verify", f"{base}...HEAD").code == 1
    assert ci.try_run("verify").code == 1
    put(project, BAD)
    lenient = ci.try_run("verify", "HEAD~1..HEAD")
    assert lenient.code == (1 if "baseline" in setting else 0)


def test_one_revision_does_not_choose_its_judge(project: Project, ci: Cli) -> None:
    put(project, BAD)
    project.commit_config('[gate]\nmode = "off"\n')
    assert ci.try_run("verify", "HEAD").code == 1


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("spelled", [str.upper, str.lower])
def test_every_rule_is_explained(
    ci: Cli, rule: str, spelled: Callable[[str], str]
) -> None:
    told = ci.run("verify", "--explain", spelled(rule))
    assert told.startswith(f"{rule}: {RULES[rule].title}\n")
    assert "What to do: " in told


@pytest.mark.parametrize("name", ["GT012", "GT4", "", "\x1b[31m"])
def test_a_rule_that_does_not_exist_is_told(ci: Cli, name: str) -> None:
    answer: Answer = ci.try_run("verify", "--explain", name)
    assert answer.code == 2
    assert "GT001, GT002" in answer.err
    assert "\x1b" not in answer.err


def test_a_shallow_log_is_not_a_shallow_history(
    project: Project, tmp_path: Path
) -> None:
    """The audit says what it could not see; what is about the code goes on."""
    project.work.ours("push")
    clone = shallow_clone(project, 10, tmp_path)
    clone.git("fetch", "-q", "--unshallow", check=False)
    assert clone.git("rev-parse", "--is-shallow-repository") == "false"
    url = f"file://{project.origin.path}"
    clone.git("fetch", "-q", "--depth", "1", url, f"{LOG}:{LOG}")
    assert clone.git("rev-parse", "--is-shallow-repository") == "true"
    done = clone.cli("audit")
    assert (done.returncode, "was not audited" in done.stderr) == (4, True), done.stderr
    assert "shallow" not in clone.ours("report")
    assert clone.cli("verify").returncode == 0
    clone.git("fetch", "-q", "--unshallow")
    assert clone.cli("audit").returncode == 0
