"""The entry point of hooks that the pre-commit framework runs.

The framework starts this once a stage, with an empty standard input. It runs the very
script that is installed natively, so that there is one implementation, and does nothing
where that script is installed, so that nothing is recorded twice. It fails open.
"""

from __future__ import annotations

import os
import sys

from gitlog_track.config import FILE_NAME, PYPROJECT
from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.git.process import Child
from gitlog_track.git.repository import discover, hooks_dir
from gitlog_track.log.layout import Home
from gitlog_track.log.settings import Settings, save_settings
from gitlog_track.services.hook_scripts import HOOK_NAMES, native_path, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitlog_track.git.repository import Repository
    from gitlog_track.services.judging import PushLine
    from gitlog_track.services.workspace import Workspace


def main(argv: list[str]) -> int:
    """Run hook ``argv[0]`` with the arguments the framework gave it.

    Returns:
        0; 1 where the project wants the commit stopped; 2 for a hook that does not exist.
    """
    try:
        return _run(_known(argv), argv[1:])
    except UsageProblem as err:
        _say(str(err))
        return err.exit_code
    except (GitlogTrackError, OSError) as err:
        _say(f"nothing recorded: {err}")
    return 0


def _say(text: str) -> None:
    from gitlog_track.renderers.safe import safe

    sys.stderr.write(f"gitlog-track: {safe(text)}\n")


def _known(argv: list[str]) -> str:
    name = argv[0] if argv else ""
    if name not in HOOK_NAMES:
        raise UsageProblem(f"no hook {name!r}; expected {', '.join(HOOK_NAMES)}")
    return name


def _run(name: str, args: list[str]) -> int:
    repository = discover(os.environ)
    if native_path(hooks_dir(os.environ), name):
        return 0
    prepare(repository)
    if name == "post-merge" and not args:
        args = [os.environ.get("PRE_COMMIT_IS_SQUASH_MERGE", "0")]
    if name == "post-rewrite" and not args:
        args = [os.environ.get("PRE_COMMIT_REWRITE_COMMAND", "unknown")]
    script = Child(["sh", "-c", render(name), name, *args], os.environ)
    script.close(script.stdin)
    script.read_all()
    code, said = script.wait()
    if said:
        sys.stderr.write(said + "\n")
    return code if name == "commit-msg" else 0


def lines_seen(workspace: Workspace, environment: Mapping[str, str]) -> list[PushLine]:
    """Return as much of a push as can be seen from a hook of the framework.

    That is the one ref which the framework names, without its ids where all is new; and
    the log's ref, if the command line above names it. Source: pre-commit, ``hook_impl``.
    """
    from gitlog_track.commands.parent import push_arguments, what_becomes_of
    from gitlog_track.git.pushes import peel
    from gitlog_track.services.judging import PushLine

    nothing, log = "0" * 40, workspace.log_ref
    ref = environment.get("PRE_COMMIT_REMOTE_BRANCH", "")
    local = environment.get("PRE_COMMIT_LOCAL_BRANCH", "")
    new = environment.get("PRE_COMMIT_TO_REF", "") or local
    old = environment.get("PRE_COMMIT_FROM_REF", "")
    lines = []
    if ref and (oid := peel(workspace.git, new)):
        lines.append(PushLine(ref, oid, old or nothing))
    becomes = what_becomes_of(log, push_arguments())
    if becomes and ref != log:
        tip = nothing if becomes == "deleted" else workspace.ref().read()
        lines += [PushLine(log, tip, nothing)] if tip else []
    return lines


def prepare(repository: Repository) -> None:
    """Begin tracking: an entry in the framework's configuration says that it is wanted.

    Who only uses the framework may never run a command, so a configuration that has
    changed is read here.
    """
    home = Home(repository.common_dir)
    if not home.is_tracked():
        os.makedirs(home.journal, exist_ok=True)
        save_settings(home, Settings())
        os.utime(home.settings, ns=(0, 0))
    if _changed_ns(repository) > os.stat(home.settings).st_mtime_ns:
        from gitlog_track.commands.context import Surroundings

        os.utime(home.settings)
        try:
            Surroundings().workspace()
        except GitlogTrackError as err:
            _say(f"settings stay as they were: {err}")


def _changed_ns(repository: Repository) -> int:
    """Return when the configuration was last changed; 0 if there is none."""
    changed = [0]
    for name in (FILE_NAME, PYPROJECT):
        try:
            changed.append(os.stat(f"{repository.top}/{name}").st_mtime_ns)
        except OSError:
            continue
    return max(changed)
