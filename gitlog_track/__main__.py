"""``gitlog-track`` and ``git track``: hooks at once, everything else through click."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.argv[1:2] == ["hook"] and not {"-h", "--help"} & set(sys.argv):
        if sys.argv[2:3] in (["pre-push"], ["pre-receive"]):
            from gitlog_track.commands.gate_hooks import run_gate_hook

            sys.exit(run_gate_hook(sys.argv[2:]))
        if sys.argv[2:3] == ["post-receive"]:
            from gitlog_track.commands.context import Surroundings
            from gitlog_track.commands.received import post_receive

            sys.exit(post_receive(Surroundings()))
        from gitlog_track.commands.framework_hooks import main as run_hook

        sys.exit(run_hook(sys.argv[2:]))
    from gitlog_track.commands.main import run

    _expect_children()
    sys.exit(run(sys.argv[1:]))


def _expect_children() -> None:
    """Let the ends of child processes be waited for.

    Where the process that started this one ignores SIGCHLD, so does this one, and no
    child leaves an exit status. A hook of git fails there anyway: git cannot wait for it
    either. Source: wait(2), "NOTES".
    """
    import signal

    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


if __name__ == "__main__":
    main()
