"""Which tasks have a record of some instant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from gitlog_track.index.details import micros
from gitlog_track.index.index import Index

_TASKS = """
WITH wanted AS (SELECT value FROM json_each(:instants)), found AS (
  SELECT task FROM occurrence WHERE kind = 'exception' AND at_us IN wanted
  UNION SELECT task FROM execution WHERE at_us IN wanted
)
SELECT coalesce(name, '') FROM found LEFT JOIN task ON task.id = found.task ORDER BY 1
"""


def tasks_with_records(index: Index, instants: Iterable[datetime]) -> list[str]:
    """Return the tasks that have an exception or execution of one of some instants.

    Returns:
        names, in order; the empty one stands for what belongs to no task.
    """
    wanted = json.dumps([micros(at) for at in instants])
    return [name for (name,) in index.rows(_TASKS, {"instants": wanted})]
