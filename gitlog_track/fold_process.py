"""The process that hooks start: fold the journal of one repository, then end.

Run as a file, ``python -I -S fold_process.py COMMON_DIR [detached]``, so that neither
site-packages nor the environment costs the commit anything. It fails open: what went
wrong goes to ``last-error``, the entries stay, and the next command folds them.
"""

from __future__ import annotations

import os
import sys
import time

SYNC_PATIENCE_S = 2.0
DETACHED_PATIENCE_S = 30.0


def main(argv: list[str]) -> int:
    """Fold the repository whose common git directory is ``argv[0]``."""
    try:
        _fold(os.path.abspath(argv[0]), detached=argv[1:] == ["detached"])
    except Exception as err:  # noqa: BLE001  # nothing may stop git, not even a bug
        text = _one_line(err)
        _remember(f"{argv[0]}/gitlog-track/last-error", text)
        sys.stderr.write(f"gitlog-track: not folded yet: {text}\n")
    return 0


def _fold(common_dir: str, *, detached: bool) -> None:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from gitlog_track import __version__
    from gitlog_track.git.process import Git
    from gitlog_track.log.fold import Folder
    from gitlog_track.log.layout import Home
    from gitlog_track.log.settings import load_settings

    home = Home(common_dir)
    if not home.is_tracked():
        return
    if detached:
        os.setsid()
        os.nice(5)
    settings = load_settings(home)
    Folder(
        home,
        Git(home.common_dir, os.environ),
        settings,
        __version__,
        now_ns=time.time_ns,
        jitter=lambda: os.urandom(1)[0] / 256,
        patience_s=DETACHED_PATIENCE_S if detached else SYNC_PATIENCE_S,
    ).fold()


def _one_line(err: Exception) -> str:
    expected = isinstance(err, OSError) or type(err).__module__ == "gitlog_track.errors"
    text = str(err) if expected else f"{type(err).__name__}: {err}"
    line = " ".join(text.split())
    # It may name what others pushed; and what no file could hold is no reason to fail.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


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
