"""Workflows that are run here as a forge runs them: their shell steps, its variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.support.hooks import executable
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
GITHUB = ".github/workflows/gitlog-track.yml"
GITLAB = ".gitlab/gitlog-track.yml"
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def load(path: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text())
    return loaded


@dataclass
class Run:
    """What one pipeline did.

    Attributes:
        steps: name of each shell step that ran, with its end.
        place: the checkout.
        summary: what the job summary says.
    """

    place: Repo
    steps: dict[str, CompletedProcess[str]] = field(default_factory=dict)
    summary: str = ""

    @property
    def code(self) -> int:
        """The first failure's exit code; 0 where all went well."""
        ends = (done.returncode for done in self.steps.values())
        return next((code for code in ends if code), 0)

    @property
    def said(self) -> str:
        return "".join(done.stdout + done.stderr for done in self.steps.values())


def checkout(place: Path, url: str, revision: str) -> Repo:
    """Clone as actions/checkout does with ``fetch-depth: 0``, and GitLab without depth."""
    repo = Repo.init(place)
    repo.git("remote", "add", "origin", url)
    branches = "+refs/heads/*:refs/remotes/origin/*"
    repo.git("fetch", "-q", "--no-tags", "origin", branches)
    repo.git("fetch", "-q", "--no-tags", "origin", revision)
    repo.git("checkout", "-q", "--detach", revision)
    return repo


def with_program(place: Path) -> dict[str, str]:
    """Return an environment in which our command line is on PATH."""
    run = f'#!/bin/sh\nexec "{sys.executable}" -m gitlog_track "$@"\n'
    path = executable(place / "bin" / "gitlog-track", run).parent
    return {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "CI": "true"}


def shell(
    repo: Repo, script: str, environment: dict[str, str]
) -> CompletedProcess[str]:
    """Run a script as both forges do: by bash, ending at the first failure."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=repo.path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def run_github(
    job: dict[str, Any], place: Path, url: str, event: dict[str, str]
) -> Run:
    """Run a job's shell steps but the one that installs.

    Args:
        job: of the workflow.
        place: where to check out.
        url: of the server.
        event: values of the expressions that the job may use.
    """

    def value(text: object) -> str:
        return _EXPRESSION.sub(lambda m: _evaluate(m[1], event), str(text))

    steps = job["steps"]
    repo = checkout(place / "checkout", url, value(steps[0]["with"]["ref"]))
    summary = place / "summary"
    common = {
        **with_program(place),
        **{name: value(text) for name, text in job["env"].items()},
        "GITHUB_REF": event["github.ref"],
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    run = Run(repo)
    for step in steps:
        if "run" not in step or step["name"] == "Install":
            continue
        if not _is_due(step.get("if", ""), run, job):
            continue
        own = {name: value(text) for name, text in step.get("env", {}).items()}
        run.steps[step["name"]] = shell(repo, step["run"], common | own)
    run.summary = summary.read_text() if summary.exists() else ""
    return run


def _is_due(condition: str, run: Run, job: dict[str, Any]) -> bool:
    """Does a step run? Without a condition, only while all has gone well."""
    if not condition:
        return not run.code
    (expression,) = _EXPRESSION.findall(condition)
    not_cancelled, _, outcome = expression.partition(" && ")
    assert not_cancelled == "!cancelled()"
    asked = re.fullmatch(r"steps\.(\w+)\.outcome == 'success'", outcome)
    if asked is None:
        assert not outcome
        return True
    (name,) = [step["name"] for step in job["steps"] if step.get("id") == asked[1]]
    return name in run.steps and run.steps[name].returncode == 0


def _evaluate(expression: str, event: dict[str, str]) -> str:
    """Return the first alternative that is not empty. Source: GitHub, "Expressions"."""
    names = [name.strip() for name in expression.split("||")]
    assert all(name.startswith("github.") for name in names), expression
    return next((event[name] for name in names if event.get(name)), "")


def run_gitlab(
    job: dict[str, Any], place: Path, url: str, variables: dict[str, str]
) -> Run:
    """Run a job's script but the line that installs.

    Args:
        job: of the pipeline.
        place: where to check out.
        url: of the server.
        variables: those that GitLab sets.
    """
    assert job["variables"]["GIT_DEPTH"] == "0"
    repo = checkout(place / "checkout", url, variables["CI_COMMIT_SHA"])
    environment = {**with_program(place), **job["variables"], **variables}
    lines = [line for line in job["script"] if "pip install" not in line]
    run = Run(repo)
    run.steps["script"] = shell(repo, "\n".join(lines), environment)
    return run
