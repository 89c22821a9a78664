"""The entry point of hooks that the pre-commit framework runs.

The framework starts this once a stage, with an empty standard input. It runs the very
script that is installed natively, so that there is one implementation, and does nothing
where that script is installed, so that nothing is recorded twice. It fails open.
Standard library only.
"""

from __future__ import annotations

import os
import sys

from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.git.process import Child
from gitlog_track.git.repository import discover, hooks_dir
from gitlog_track.log.layout import Home
from gitlog_track.log.settings import Settings, save_settings
from gitlog_track.services.hook_scripts import HOOK_NAMES, native_path, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.git.repository import Repository


def main(argv: list[str]) -> int:
    """Run hook ``argv[0]`` with the arguments the framework gave it.

    Returns:
        0; 2 for a hook that does not exist.
    """
    try:
        name = _known(argv)
        _run(name, argv[1:])
    except UsageProblem as err:
        sys.stderr.write(f"gitlog-track: {err}\n")
        return err.exit_code
    except (GitlogTrackError, OSError) as err:
        sys.stderr.write(f"gitlog-track: nothing recorded: {err}\n")
    return 0


def _known(argv: list[str]) -> str:
    name = argv[0] if argv else ""
    if name not in HOOK_NAMES:
        raise UsageProblem(f"no hook {name!r}; expected {', '.join(HOOK_NAMES)}")
    return name


def _run(name: str, args: list[str]) -> None:
    repository = discover(os.environ)
    if native_path(hooks_dir(os.environ), name):
        return
    _prepare(Home(repository.common_dir))
    if name == "post-merge" and not args:
        args = [os.environ.get("PRE_COMMIT_IS_SQUASH_MERGE", "0")]
    stdin = b""
    if name == "post-rewrite":
        args = args or [os.environ.get("PRE_COMMIT_REWRITE_COMMAND", "unknown")]
        stdin = _rewritten(repository)
    script = Child(["sh", "-c", render(name), name, *args], os.environ)
    script.write(stdin)
    script.close(script.stdin)
    script.read_all()
    _, said = script.wait()
    if said:
        sys.stderr.write(said + "\n")


def _prepare(home: Home) -> None:
    """Begin tracking: an entry in the framework's configuration says that it is wanted."""
    if not home.is_tracked():
        os.makedirs(home.journal, exist_ok=True)
        save_settings(home, Settings())


def _rewritten(repository: Repository) -> bytes:
    """Return the pairs that the framework swallowed, as git gave them.

    Source: git's sequencer and am keep exactly what they feed post-rewrite in these
    files until it has run; an amend is the last step of HEAD's reflog.
    """
    for name in ("rebase-merge/rewritten-list", "rebase-apply/rewritten"):
        try:
            with open(f"{repository.git_dir}/{name}", "rb") as file:
                return file.read()
        except OSError:
            continue
    try:
        with open(f"{repository.git_dir}/logs/HEAD", "rb") as file:
            last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    except OSError:
        return b""
    return last[:81] + b"\n" if b"(amend)" in last else b""
