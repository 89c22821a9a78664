"""What people use today, doing the same: hooks that do nothing, one event from a process.

A peer that is not installed is named, and its row is NOT MEASURED. All but git-annex,
which is a package of the system's, come with the extra ``bench``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.commits import call, make_repository, track
from tests.benchmarks.turns import Act, in_turn

STAGES = ("pre-commit", "commit-msg", "post-commit")
FRAMEWORK_HOOK = """\
repos:
- repo: local
  hooks:
  - id: nothing
    name: nothing
    language: system
    entry: 'true'
    always_run: true
    pass_filenames: false
    stages: [pre-commit, commit-msg, post-commit]
"""
LEFTHOOK = "no_auto_install: true\noutput: false\n" + "".join(
    f"{stage}:\n  commands:\n    nothing:\n      run: 'true'\n" for stage in STAGES
)
DVCLIVE = """
from dvclive import Live
with Live('live', save_dvc_exp=False, report=None, monitor_system=False) as live:
    live.log_metric('tokens', 3236)
"""
MLFLOW = """
import os
os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'
import mlflow
mlflow.set_tracking_uri('file:./runs')
with mlflow.start_run():
    mlflow.log_metric('tokens', 3236)
"""


QUIET = {
    "DO_NOT_TRACK": "true",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
"""Tells peers to send nobody anything: that is neither measured nor wanted here."""


def lefthook() -> str | None:
    """Return the program itself: the command of the Python package is a wrapper."""
    spec = find_spec("lefthook")
    if spec is not None and spec.origin is not None:
        found = sorted(Path(spec.origin).parent.glob("bin/lefthook-linux-*/lefthook"))
        if found:
            return str(found[0])
    return shutil.which("lefthook")


def hook_managers(
    env: dict[str, str], base: Path, files: int
) -> tuple[dict[str, Path], list[str]]:
    """Return a repository for each hook manager that is there, and who is not.

    Args:
        env: of all commits; is told where lefthook is.
        base: for the repositories.
        files: in each.
    """
    paths: dict[str, Path] = {}
    absent = []
    name = "pre-commit framework, a hook a stage that does nothing"
    if find_spec("pre_commit") is not None:
        paths[name] = make_repository(env, base / f"framework-{files}", files)
        (paths[name] / ".pre-commit-config.yaml").write_text(FRAMEWORK_HOOK)
        line = [sys.executable, "-m", "pre_commit", "install"]
        types = [word for stage in STAGES for word in ("-t", stage)]
        call(env, paths[name], *line, *types)
    else:
        absent.append(name)
    name = "lefthook, a hook a stage that does nothing"
    program = lefthook()
    if program is not None:
        paths[name] = make_repository(env, base / f"lefthook-{files}", files)
        (paths[name] / "lefthook.yml").write_text(LEFTHOOK)
        # Its hook looks for the program in a dozen places; here it is told.
        env["LEFTHOOK_BIN"] = program
        call(env, paths[name], program, "install")
    else:
        absent.append(name)
    return paths, absent


def one_event(
    env: dict[str, str], base: Path, rounds: int
) -> tuple[dict[str, list[float]], list[str]]:
    """Record one event from a process of its own, with every tool in turn.

    Returns:
        wall seconds by tool, and the tools that are not there.
    """
    tools, absent = _tools(env | QUIET, base)
    return in_turn(tools, rounds), absent


def _tools(env: dict[str, str], base: Path) -> tuple[dict[str, Act], list[str]]:
    path = make_repository(env, base / "events", 50)
    track(env, path, "sync")
    call(env, path, "git", "commit", "-q", "--allow-empty", "-m", "annotated")

    def line(*args: str) -> Act:
        return lambda: call(env, path, *args)

    python = sys.executable
    tools = {
        "git notes append": line("git", "notes", "append", "-m", "tokens 3236", "HEAD"),
        "gitlog-track note": line(python, "-m", "gitlog_track", "-q", "note", "3236"),
    }
    absent = []
    if shutil.which("git-annex"):
        subprocess.run(
            ["git", "annex", "init", "-q"],
            cwd=path,
            env=env,
            check=True,
            capture_output=True,
        )
        (path / "annexed").write_text("a file\n")
        call(env, path, "git", "annex", "add", "-q", "annexed")
        set_field = ("git", "annex", "metadata", "-q", "annexed", "-s", "tokens+=3236")
        tools["git annex metadata"] = line(*set_field)
    else:
        absent.append("git annex metadata")
    for name, package, text in (
        ("dvclive", "dvclive", DVCLIVE),
        ("mlflow-skinny", "mlflow", MLFLOW),
    ):
        if find_spec(package) is not None:
            tools[name] = line(python, "-W", "ignore", "-c", text)
        else:
            absent.append(name)
    return tools, absent
