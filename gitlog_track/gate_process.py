"""The process that our installed hooks start for the gate.

Run as a file, ``python -I gate_process.py HOOK ...``: isolated, so that nothing in the
pushed repository is ever imported.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import gc

    from gitlog_track.commands.gate_hooks import run_gate_hook

    # A push of 70,000 commits makes millions of values and no cycle among them.
    gc.disable()
    sys.exit(run_gate_hook(sys.argv[1:]))
