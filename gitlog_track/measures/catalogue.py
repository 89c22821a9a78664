"""All measures, and the look-up by id and founding name.

The one place that says which measures exist. Does not compute any of them.
"""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.phase_table import PHASE_MEASURES, TRACKING_MEASURES
from gitlog_track.measures.task_table import TASK_MEASURES

__all__ = ["MEASURES", "find"]

MEASURES: tuple[Measure, ...] = (*TASK_MEASURES, *PHASE_MEASURES, *TRACKING_MEASURES)
"""Every measure, in the order of design and reports."""


def normalise(name: str) -> str:
    """Return a name as it is compared: lower case, underscores for dashes.

    >>> normalise("Tokens-Used")
    'tokens_used'
    """
    return name.strip().lower().replace("-", "_").replace(" ", "_")


_NAMES: Mapping[tuple[Level, str], Measure] = MappingProxyType(
    {(m.level, name): m for m in MEASURES for name in (m.id, *m.names)}
)


@functools.lru_cache(maxsize=1024)
def find(name: str, level: Level | None = None) -> Measure | None:
    """Find a measure by its id or any founding name, in any case.

    Args:
        name: such as `TOKENS_USED`, `Tokens-Used` or `token_count_used`.
        level: where to look; None looks at tasks, then phases, then tracking.

    >>> find("DURATION_MINUTES").id
    'duration'
    >>> find("tokens-used", Level.PHASE).id
    'total_tokens_used'
    """
    levels = Level if level is None else (level,)
    wanted = normalise(name)
    found = (_NAMES.get((each, wanted)) for each in levels)
    return next((measure for measure in found if measure is not None), None)
