"""The gate on a push whose messages make claims, each of which the log backs."""

from __future__ import annotations

from pathlib import Path

from gitlog_track.services.claim import claim_trailers
from tests.benchmarks import pushes, synthetic
from tests.benchmarks.syncs import git, workspace

EVENTS_IN_TASK = 20
PHASES = 5


def measure(
    path: Path, env: dict[str, str], commits: int, share: int, rounds: int
) -> dict[str, list[float]]:
    """Return wall seconds of the gate on a push, and of ``git log`` on the same commits.

    One of so many commits claims all that ``gitlog-track claim`` prints for a task of
    its own; the log has no other tasks. The gate alone: it does not sync the log.

    Args:
        path: where the repository is made.
        env: of all processes.
        commits: in the push; below them is one more.
        share: one of so many makes a claim.
        rounds: how often.
    """
    tasks = commits // share
    synthetic.make_log(path, env, tasks=tasks, events=EVENTS_IN_TASK, phases=PHASES)
    (path / ".gitlog-track.toml").write_text("[sync]\non_push = false\n")
    claims = [""] * (commits + 1)
    claims[1::share] = _claims(path, env)
    pushes.make_history(path, env, commits + 1, claims)
    found = pushes.measure(path, env, commits, rounds)
    _require_judged(path, env, commits)
    return found


def _claims(path: Path, env: dict[str, str]) -> list[str]:
    """Return the trailers of each task of the log."""
    place = workspace(path, env)
    names = [state.name for state in place.log().states("task")]
    found = (claim_trailers(place, name, pin=False).lines for name in names)
    return ["".join(f"{line}\n" for line in lines) for lines in found]


def _require_judged(path: Path, env: dict[str, str], commits: int) -> None:
    """Check that the gate did judge claims: without the log it has to refuse them."""
    git(path, env, "update-ref", "-d", "refs/gitlog-track/log")
    assert pushes.judge(path, env, commits) == 1
