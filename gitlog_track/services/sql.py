"""Questions in SQL over the index: the probes, and where others may ask their own."""

from __future__ import annotations

from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.index.index import ask
from gitlog_track.index.probes import Answer, Probe, read_probes, run_probe
from gitlog_track.services.validate import existing_log
from gitlog_track.services.workspace import Workspace


def find_probe(name: str) -> Probe:
    """Return the probe of a name.

    Raises:
        UsageProblem: there is none.
    """
    probes = read_probes()
    if name not in probes:
        raise UsageProblem(
            f"there is no probe {name[:80]!r}; expected one of {', '.join(probes)}",
            hint="gitlog-track probe",
        )
    return probes[name]


def answer_probe(workspace: Workspace, probe: Probe, *, workers: int = 1) -> Answer:
    """Return what a probe finds in the log as it is now.

    Args:
        workspace: where.
        probe: the question.
        workers: processors that may be used.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    return ask(
        workspace.home.index,
        existing_log(workspace),
        lambda index: run_probe(index, probe),
        workers=workers,
    )


def index_path(workspace: Workspace, *, workers: int = 1) -> str:
    """Return the path of the index, which shows the log as it is now.

    Raises:
        LogError: there is no log, it cannot be read, or its index cannot be written.
    """
    path = workspace.home.index
    is_kept = ask(
        path, existing_log(workspace), lambda index: index.is_kept, workers=workers
    )
    if not is_kept:
        raise LogError(
            f"the index cannot be written to {path}", hint="gitlog-track doctor"
        )
    return path
