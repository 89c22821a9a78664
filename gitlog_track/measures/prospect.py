"""What a repository without a log has to prove. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What the messages of HEAD's history say.

    Attributes:
        commits: how many there are.
        naming_tasks: how many of them name a task.
        claiming: how many of them claim a metric, as the gate reads them.
        is_partial: is the history cut off?
    """

    commits: int
    naming_tasks: int
    claiming: int
    is_partial: bool
