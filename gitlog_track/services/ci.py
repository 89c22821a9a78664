"""Write the workflow that runs the gate in CI: never over a file that is there."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from typing import NamedTuple

from gitlog_track import __version__
from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.services.workspace import Workspace

PLACES = {
    "github": ".github/workflows/gitlog-track.yml",
    "gitlab": ".gitlab/gitlog-track.yml",
}
"""Where each forge looks for it, or is told to by :data:`INCLUDE`."""
GITLAB_ROOT = ".gitlab-ci.yml"
INCLUDE = f"include:\n  - local: {PLACES['gitlab']}\n"
"""Source: docs.gitlab.com, "Use CI/CD configuration from other files"."""


class Written(NamedTuple):
    """What became of one file.

    Attributes:
        path: from the top of the work tree.
        text: what was done, or what is left to do.
    """

    path: str
    text: str


def init_ci(workspace: Workspace, forge: str, *, force: bool = False) -> list[Written]:
    """Write the workflow of a forge.

    Args:
        workspace: where.
        forge: ``github`` or ``gitlab``.
        force: write over a file that says something else.

    Raises:
        UsageProblem: there is no work tree, or a file that says something else.
        GitlogTrackError: the file cannot be written.
    """
    top = workspace.repository.top
    if top is None:
        raise UsageProblem("a bare repository has no work tree to write a workflow to")
    path = PLACES[forge]
    written = [_write(top, path, _workflow(workspace, forge), force=force)]
    if forge == "gitlab":
        written.append(_include(top))
    return written


def _workflow(workspace: Workspace, forge: str) -> str:
    """Return the workflow's text; what is filled in is quoted, as YAML reads JSON."""
    text = files("gitlog_track").joinpath(f"workflows/{forge}.yml").read_text("utf-8")
    return text.replace("@REF@", json.dumps(workspace.log_ref)).replace(
        "@REQUIREMENT@", json.dumps(f"gitlog-track=={__version__}")
    )


def _include(top: str) -> Written:
    """Have GitLab read our file, where no configuration of the project is in the way."""
    said = _read(top, GITLAB_ROOT)
    if said is None:
        return _write(top, GITLAB_ROOT, INCLUDE, force=False)
    if PLACES["gitlab"] in said:
        return Written(GITLAB_ROOT, "names it already")
    item = f"- local: {PLACES['gitlab']}"
    return Written(GITLAB_ROOT, f"left as it is; add to its include: {item}")


def _write(top: str, path: str, text: str, *, force: bool) -> Written:
    said = _read(top, path)
    if said == text:
        return Written(path, "is up to date")
    if said is not None and not force:
        raise UsageProblem(
            f"{path} is there and says something else; nothing was written",
            hint="to write over it: add --force",
        )
    try:
        os.makedirs(os.path.dirname(f"{top}/{path}"), exist_ok=True)
        with open(f"{top}/{path}", "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as err:
        raise _failed(path, "written", err) from err
    return Written(path, "written; commit it")


def _read(top: str, path: str) -> str | None:
    """Return what a file says; None where there is none."""
    try:
        with open(f"{top}/{path}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as err:
        raise _failed(path, "read", err) from err


def _failed(path: str, what: str, err: OSError) -> GitlogTrackError:
    return GitlogTrackError(f"{path} cannot be {what}: {err.strerror}")
