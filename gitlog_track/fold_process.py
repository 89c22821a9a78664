"""The process that hooks start: fold the journal of one repository, then end.

Run as a file, ``python -I -S fold_process.py COMMON_DIR [detached]``, so that neither
site-packages nor the environment costs the commit anything. It fails open: what went
wrong goes to ``last-error``, the entries stay, and the next command folds them.
"""

from __future__ import annotations

import os
import sys
import time


def main(argv: list[str]) -> int:
    """Fold the repository whose common git directory is ``argv[0]``."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from gitlog_track import __version__
    from gitlog_track.errors import GitlogTrackError
    from gitlog_track.git.process import Git
    from gitlog_track.log.fold import Folder
    from gitlog_track.log.layout import Home
    from gitlog_track.log.settings import load_settings

    home = Home(os.path.abspath(argv[0]))
    if not home.is_tracked():
        return 0
    if argv[1:] == ["detached"]:
        os.setsid()
        os.nice(5)
    settings = load_settings(home)
    if settings.umask:
        os.umask(int(settings.umask, 8))
    folder = Folder(
        home,
        Git(home.common_dir, os.environ),
        settings,
        __version__,
        now_ns=time.time_ns,
        jitter=lambda: os.urandom(1)[0] / 256,
    )
    try:
        folder.fold()
    except (GitlogTrackError, OSError) as err:
        _remember(home.last_error, str(err))
        sys.stderr.write(f"gitlog-track: not folded yet: {err}\n")
    return 0


def _remember(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(0)  # tearing the interpreter down would cost the commit 2 ms more
