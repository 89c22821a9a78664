"""The one table of faults."""

from __future__ import annotations

from tests.faults import (
    boundary_rows,
    clocks,
    crowd,
    left_behind,
    pruning,
    storage,
    versions,
)
from tests.faults.tally import Fault

FAULTS: tuple[Fault, ...] = (
    *boundary_rows.rows(),
    *storage.rows(),
    *left_behind.rows(),
    *pruning.rows(),
    *crowd.rows(),
    *clocks.rows(),
    *versions.rows(),
)
