"""Remove files of ours that may be gone already. Standard library only."""

from __future__ import annotations

import os


def unlink_if_there(path: str) -> None:
    """Remove a file; that it is gone, or cannot be removed, stops nothing."""
    try:
        os.unlink(path)
    except OSError:
        return
