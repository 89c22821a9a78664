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

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
