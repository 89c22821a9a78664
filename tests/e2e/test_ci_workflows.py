"""``ci init``: the workflows it writes are run, for pushes and pull requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.support.gate import BAD, GOOD, ZERO, Project
from tests.support.repos import Repo
from tests.support.workflows import (
    GITHUB,
    GITLAB,
    LOG,
    Run,
    load,
    run_github,
    run_gitlab,
)

FULL_PIN = re.compile(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$")


@dataclass(frozen=True)
class Forge:
    """A bare server whose log is behind, a fork with all of it, and the workflows."""

    project: Project
    fork: Repo
    place: Path

    @property
    def url(self) -> str:
        return str(self.project.origin.path)

    def offer(self, message: str, *, fork: bool = False) -> tuple[str, str]:
        """Push a topic of one commit, and the log with it; return base and head."""
        work = self.project.work
        base, head = work.head(), self.project.commit(message)
        target = str(self.fork.path) if fork else "origin"
        work.git("push", "-q", "--no-verify", target, f"{head}:refs/heads/topic", LOG)
        # A forge keeps the head of every request in the repository it is made to.
        work.git("push", "-q", "--no-verify", "origin", f"{head}:refs/pull/7/head")
        return base, head

    def github(self, **event: str) -> Run:
        job = load(self.project.work.path / GITHUB)["jobs"]["gitlog-track"]
        known = {
            "github.ref": "refs/heads/topic",
            "github.event.repository.clone_url": self.url,
            "github.event.repository.default_branch": "main",
        }
        named = {name.replace("__", "."): value for name, value in event.items()}
        return run_github(job, self.place, self.url, known | named)

    def pull(self, base: str, head: str, source: str) -> Run:
        start = "github__event__pull_request__"
        event = {
            f"{start}base__sha": base,
            f"{start}head__sha": head,
            f"{start}number": "7",
            f"{start}head__repo__clone_url": source,
            "github__sha": head,
        }
        return self.github(**event)

    def gitlab(self, **variables: str) -> Run:
        job = load(self.project.work.path / GITLAB)["gitlog-track"]
        known = {
            "CI_PROJECT_URL": self.url.removesuffix(".git"),
            "CI_DEFAULT_BRANCH": "main",
        }
        return run_gitlab(job, self.place, self.url, known | variables)


@pytest.fixture
def forge(project: Project, tmp_path: Path) -> Forge:
    work = project.work
    fields = "TASK, START_TIMESTAMP, END_TIMESTAMP, STATUS".split(", ")
    project.commit_config(f"[validation]\nrequired = {json.dumps(fields)}\n")
    fork = Repo.init(tmp_path / "fork.git", "--bare")
    work.git("push", "-q", "--no-verify", str(fork.path), "main")
    # What the server's log lacks is that the task was completed.
    work.git("push", "-q", "--no-verify", "origin", "main", f"{LOG}~1:{LOG}")
    for name in ("github", "gitlab"):
        work.ours("ci", "init", name)
    place = tmp_path / "runner"
    place.mkdir()
    return Forge(project, fork, place)


@pytest.mark.parametrize(("message", "code"), [(GOOD, 0), (BAD, 1)])
def test_github_a_push(forge: Forge, message: str, code: int) -> None:
    base, head = forge.offer(message)
    run = forge.github(github__sha=head, github__event__before=base)
    assert run.code == code, run.said
    assert list(run.steps) == [
        "Fetch the log",
        "Verify the claims",
        "Audit the log",
        "Validate the log",
        "Report",
    ]
    assert ("::error " in run.said) is ("GT004" in run.summary) is bool(code)
    assert "| P1 |" in run.summary
    kept = json.loads((run.place.path / "gitlog-track-report.json").read_text())
    assert kept["log"] == forge.project.work.git("rev-parse", LOG)


@pytest.mark.parametrize(("message", "code"), [(GOOD, 0), (BAD, 1)])
def test_github_a_pull_request(forge: Forge, message: str, code: int) -> None:
    base, head = forge.offer(message)
    run = forge.pull(base, head, forge.url)
    assert run.code == code, run.said
    assert run.place.head() == base


@pytest.mark.parametrize(("message", "code"), [(GOOD, 0), (BAD, 1)])
def test_github_a_pull_request_from_a_fork(
    forge: Forge, message: str, code: int
) -> None:
    before = forge.project.received()[LOG]
    base, head = forge.offer(message, fork=True)
    run = forge.pull(base, head, str(forge.fork.path))
    assert run.code == code, run.said
    assert forge.project.received()[LOG] == before
    assert run.place.git("rev-parse", LOG) == before


@pytest.mark.parametrize(("message", "code"), [(GOOD, 1), ("Go on", 0)])
def test_a_fork_without_a_log_backs_no_claim_and_needs_none(
    forge: Forge, message: str, code: int
) -> None:
    base, head = forge.offer(message, fork=True)
    forge.fork.git("update-ref", "-d", LOG)
    assert forge.pull(base, head, str(forge.fork.path)).code == code


def test_a_pull_request_brings_no_configuration_along(forge: Forge) -> None:
    work = forge.project.work
    base = work.head()
    head = forge.project.commit_config('[gate]\nmode = "off"\n[log]\nref = "x"\n', BAD)
    work.git("push", "-q", "--no-verify", "origin", f"{head}:refs/pull/7/head", LOG)
    run = forge.pull(base, head, forge.url)
    assert run.code == 1
    assert "GT004" in run.said


@pytest.mark.parametrize(
    ("system", "before", "branch"),
    [
        pytest.param("github", ZERO, "topic", id="github-new-branch"),
        pytest.param("github", "1" * 40, "main", id="github-forced-main"),
        pytest.param("gitlab", "1" * 40, "topic", id="gitlab-forced-branch"),
        pytest.param("gitlab", ZERO, "main", id="gitlab-first-push"),
    ],
)
def test_where_nothing_was_before_all_that_is_new_is_judged(
    forge: Forge, system: str, before: str, branch: str
) -> None:
    _, head = forge.offer(BAD)
    if branch == "main":
        forge.project.work.git("push", "-q", "--no-verify", "origin", f"{head}:main")
    if system == "github":
        ref = f"refs/heads/{branch}"
        run = forge.github(
            github__sha=head, github__event__before=before, github__ref=ref
        )
    else:
        run = forge.gitlab(
            CI_COMMIT_SHA=head, CI_COMMIT_BEFORE_SHA=before, CI_COMMIT_BRANCH=branch
        )
    assert run.code == 1
    assert " 1 claims, 1 violations: fail" in run.said


def test_a_forced_push_is_judged_from_what_the_server_still_has(forge: Forge) -> None:
    work, origin = forge.project.work, forge.project.origin
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    lost, head = forge.project.commit(BAD), forge.project.commit(GOOD)
    work.git("push", "-q", "--no-verify", "origin", f"{lost}:main", LOG)
    work.git("push", "-q", "--no-verify", "origin", f"+{head}:main")
    run = forge.github(
        github__sha=head, github__event__before=lost, github__ref="refs/heads/main"
    )
    assert run.code == 0, run.said
    assert "1 commits, 2 claims, 0 violations: pass" in run.said


@pytest.mark.parametrize(
    ("system", "message", "code"), [("github", GOOD, 1), ("gitlab", "Go on", 0)]
)
def test_a_server_without_the_log_is_told(
    forge: Forge, system: str, message: str, code: int
) -> None:
    base, head = forge.offer(message)
    forge.project.origin.git("update-ref", "-d", LOG)
    if system == "github":
        run = forge.github(github__sha=head, github__event__before=base)
    else:
        run = forge.gitlab(CI_COMMIT_SHA=head, CI_COMMIT_BEFORE_SHA=base)
    assert run.code == code, run.said
    assert f"origin has no {LOG}: gitlog-track push publishes it" in run.said


@pytest.mark.parametrize(
    ("source", "message", "code"),
    [("same", BAD, 1), ("fork", GOOD, 0), ("fork-merged", GOOD, 0)],
)
def test_gitlab_a_merge_request(
    forge: Forge, source: str, message: str, code: int
) -> None:
    base, head = forge.offer(message, fork=source != "same")
    place = forge.url if source == "same" else str(forge.fork.path)
    variables = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_URL": place.removesuffix(".git"),
        "CI_COMMIT_BEFORE_SHA": ZERO,
        "CI_COMMIT_SHA": head,
    }
    if source == "fork-merged":
        # GitLab runs on what the merge will be, and names the branch's own commit.
        merged = forge.project.commit("Merge", base, head)
        work = forge.project.work
        work.git("push", "-q", "--no-verify", "origin", f"{merged}:refs/pull/7/merge")
        variables["CI_COMMIT_SHA"] = merged
        variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] = head
    run = forge.gitlab(**variables)
    assert run.code == code, run.said
    junit = ET.parse(run.place.path / "gitlog-track-junit.xml").getroot()  # noqa: S314
    assert junit.get("failures") == str(code)
    assert (run.place.path / "gitlog-track-report.json").exists()


def change_log(forge: Forge, change: Callable[[str], str]) -> None:
    """Put a log on the server in which the lines of one task were changed."""
    work = forge.project.work
    path = next(
        p
        for p in work.git("ls-tree", "-r", "--name-only", LOG).split()
        if "P1-009" in p
    )
    text = work.run("git", "cat-file", "-p", f"{LOG}:{path}").stdout
    blob = forge.project.raw(change(text).encode(), "blob")
    index = {"GIT_INDEX_FILE": str(work.path / ".git" / "forged")}
    work.git("read-tree", LOG, env=index)
    work.git("update-index", "--cacheinfo", f"100644,{blob},{path}", env=index)
    tree = work.git("write-tree", env=index)
    made = work.git("commit-tree", tree, "-p", LOG, "-m", "x")
    work.git("push", "-q", "--no-verify", "origin", f"+{made}:{LOG}")


@pytest.mark.parametrize("system", ["github", "gitlab"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: f"{text}no event\n", "a line cannot be read"),
        (lambda text: text.partition("\n")[2], "gone or changed"),
    ],
)
def test_a_log_that_was_tampered_with_is_not_taken_and_not_reported(
    forge: Forge, system: str, change: Callable[[str], str], said: str
) -> None:
    base, head = forge.offer("Go on")
    change_log(forge, change)
    if system == "github":
        run = forge.github(github__sha=head, github__event__before=base)
        assert list(run.steps) == ["Fetch the log"]
    else:
        run = forge.gitlab(CI_COMMIT_SHA=head, CI_COMMIT_BEFORE_SHA=base)
    assert run.code == 4
    assert said in run.said
    assert run.summary == ""
    assert LOG not in run.place.git("for-each-ref")
    assert not list(run.place.path.glob("gitlog-track-report*"))


def test_a_forks_log_is_judged_before_it_backs_a_claim(forge: Forge) -> None:
    base, head = forge.offer(GOOD, fork=True)
    tip = forge.fork.git("rev-parse", LOG)
    tree = forge.fork.git("rev-parse", f"{head}^{{tree}}")
    bad = forge.fork.git("commit-tree", tree, "-p", tip, "-m", "x")
    forge.fork.git("update-ref", LOG, bad)
    run = forge.pull(base, head, str(forge.fork.path))
    assert run.code == 4
    assert "has no format.json" in run.said


def test_a_log_that_is_no_proof_fails_the_job(forge: Forge) -> None:
    work = forge.project.work
    fields = '["TASK", "TEST_COVERAGE_TARGET"]'
    forge.project.commit_config(f"[validation]\nrequired = {fields}\n")
    work.git("push", "-q", "--no-verify", "origin", "main")
    base, head = forge.offer("Go on")
    run = forge.github(github__sha=head, github__event__before=base)
    assert run.steps["Verify the claims"].returncode == 0
    assert run.steps["Audit the log"].returncode == 0
    assert run.steps["Validate the log"].returncode == 1
    assert "P1-009: NOT valid" in run.said
    assert run.steps["Report"].returncode == 0


def test_gitlab_shows_the_report_in_the_job_log_and_the_merge_request(
    forge: Forge,
) -> None:
    base, head = forge.offer(GOOD)
    run = forge.gitlab(CI_COMMIT_SHA=head, CI_COMMIT_BEFORE_SHA=base)
    assert run.code == 0, run.said
    # Read as text, a carriage return is the end of a line too.
    section = re.search(
        "\x1b\\[0Ksection_start:[0-9]+:gitlog_track\\[collapsed=true\\][\r\n]\x1b\\[0K[^\n]+\n"
        "(.*)\x1b\\[0Ksection_end:[0-9]+:gitlog_track[\r\n]\x1b\\[0K\n",
        run.steps["script"].stdout,
        re.DOTALL,
    )
    assert section is not None
    assert "\nP1 " in section[1]
    artifacts = load(forge.project.work.path / GITLAB)["gitlog-track"]["artifacts"]
    assert artifacts["expose_as"] == "gitlog-track report"
    for path in (*artifacts["paths"], artifacts["reports"]["junit"]):
        assert (run.place.path / path).stat().st_size, path


@pytest.fixture
def written(project: Project) -> dict[Any, Any]:
    project.work.ours("ci", "init", "github")
    return load(project.work.path / GITHUB)


def test_github_gets_no_rights_but_to_read(written: dict[Any, Any]) -> None:
    assert written["permissions"] == {"contents": "read"}
    # YAML 1.1 reads the key "on" as a truth value.
    assert written[True] == {"push": {"branches": ["**"]}, "pull_request": None}
    (job,) = written["jobs"].values()
    assert "permissions" not in job
    assert "timeout-minutes" in job


def test_nothing_that_others_wrote_gets_into_a_script(written: dict[Any, Any]) -> None:
    (job,) = written["jobs"].values()
    assert len(job["steps"]) == 9
    assert all("${{" not in step.get("run", "") for step in job["steps"])


def test_every_action_is_pinned_by_its_commit(project: Project) -> None:
    project.work.ours("ci", "init", "github")
    text = (project.work.path / GITHUB).read_text()
    uses = [row.strip() for row in text.split("\n") if "uses:" in row]
    assert len(uses) == 3
    assert all(FULL_PIN.fullmatch(row) for row in uses)


@pytest.mark.parametrize(("system", "path"), [("github", GITHUB), ("gitlab", GITLAB)])
def test_a_file_that_is_there_is_not_written_over(
    project: Project, system: str, path: str
) -> None:
    work = project.work
    told = work.cli("ci", "init", system)
    assert (told.returncode, told.stdout) == (0, "")
    assert f"{path}: written; commit it\n" in told.stderr
    text = (work.path / path).read_text()
    assert f"{path}: is up to date\n" in work.cli("ci", "init", system).stderr
    work.write(path, "mine\n")
    refused = work.cli("ci", "init", system)
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert (work.path / path).read_text() == "mine\n"
    work.ours("ci", "init", system, "--force")
    assert (work.path / path).read_text() == text


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (None, ".gitlab-ci.yml: written; commit it"),
        ("include:\n  - local: .gitlab/gitlog-track.yml\n", "names it already"),
        ("stages: [x]\n", "add to its include: - local: .gitlab/gitlog-track.yml"),
    ],
)
def test_gitlab_is_told_to_read_it(
    project: Project, there: str | None, said: str
) -> None:
    root = project.work.path / ".gitlab-ci.yml"
    if there is not None:
        root.write_text(there)
    assert said in project.work.cli("ci", "init", "gitlab", "--force").stderr
    if there is not None:
        assert root.read_text() == there
    else:
        assert load(root) == {"include": [{"local": GITLAB}]}


def test_another_ref_is_fetched_where_another_is_configured(project: Project) -> None:
    project.work.write(".gitlog-track.toml", '[log]\nref = "refs/notes/mine"\n')
    project.work.ours("deinit")
    project.work.ours("ci", "init", "github")
    (job,) = load(project.work.path / GITHUB)["jobs"].values()
    assert job["env"]["LOG"] == "refs/notes/mine"


def test_what_cannot_be_written_is_said(project: Project) -> None:
    project.work.write(".github", "a file")
    done = project.work.cli("ci", "init", "github")
    assert (done.returncode, ".github" in done.stderr) == (4, True)
    assert "Traceback" not in done.stderr
    bare = project.origin.cli("ci", "init", "github")
    assert (bare.returncode, "bare" in bare.stderr) == (2, True)
