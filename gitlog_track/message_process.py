"""The process that commit-msg starts when adding the trailer needs more than sh.

Run as a file, ``python -I -S message_process.py COMMON GIT_DIR FILE TASK BRANCH GIT``.
It fails open: whatever goes wrong, the message stays as it is.
"""

from __future__ import annotations

import os
import sys


def main(argv: list[str]) -> int:
    """Add the task trailer to the message file ``argv[2]``, if it needs one."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        _add(*argv)
    except Exception as err:  # noqa: BLE001  # nothing may stop git, not even a bug
        # As in fold_process; nothing is imported here: an import may be what failed.
        line = " ".join(f"{type(err).__name__}: {err}".split())
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
        sys.stderr.write(f"gitlog-track: the message stays as it is: {text}\n")
    return 0


def _add(
    common: str,
    git_dir: str,
    path: str,
    current: str,
    branch: str,
    parent: str,
) -> None:
    from gitlog_track.claims.trailers import CleanUp, add_task
    from gitlog_track.git.commit_command import read_commit_options
    from gitlog_track.log.layout import Home
    from gitlog_track.log.settings import load_settings
    from gitlog_track.model.subject import resolve_tasks

    settings = load_settings(Home(os.path.abspath(common)))
    tasks = resolve_tasks(
        current=current,
        branch=branch,
        branch_pattern=settings.branch_pattern,
    )
    if not tasks:
        return
    with open(path, "rb") as file:
        message = file.read()
    options = read_commit_options(parent)
    config = _git_config(git_dir)
    comment = config.get("core.commentstring") or config.get("core.commentchar") or "#"
    cleanup = CleanUp(
        edited=os.environ.get("GIT_EDITOR") != ":",
        mode=options.cleanup or config.get("commit.cleanup") or "default",
        comment=b"" if comment == "auto" else comment.encode(),
    )
    template = _template(options.template, config.get("commit.template"))
    changed = add_task(message, settings.trailer, tasks[0], cleanup, template)
    if changed is not None:
        _replace(path, changed)


def _git_config(git_dir: str) -> dict[str, str]:
    """Read four keys, with what ``git -c`` set for this very commit."""
    from gitlog_track.git.process import Child

    keys = r"^(core\.comment(char|string)|commit\.(cleanup|template))$"
    args = ["git", f"--git-dir={git_dir}", "config", "-z", "--get-regexp", keys]
    child = Child(args, os.environ)
    out = child.read_all().decode("utf-8", "replace")
    child.wait()
    rows = (row.partition("\n") for row in out.split("\0") if row)
    return {key: value for key, _, value in rows}


def _template(given: str | None, configured: str | None) -> bytes:
    """Return the template; a given path starts where the user stood, not at the top."""
    if given is not None:
        path = os.path.join(os.environ.get("GIT_PREFIX", ""), given)
    elif configured:
        path = os.path.expanduser(configured)
    else:
        return b""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _replace(path: str, message: bytes) -> None:
    temporary = f"{path}.gitlog-track"
    with open(temporary, "wb") as file:
        file.write(message)
    os.replace(temporary, path)


if __name__ == "__main__":
    main(sys.argv[1:])
