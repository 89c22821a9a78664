"""Replay and measures of one long task: time and memory by event.

``python -m tests.benchmarks.replays [EVENTS] [--profile]``.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import sys
import time
from datetime import datetime, timedelta

from gitlog_track.measures.task import measure_task
from gitlog_track.model.ids import event_id
from gitlog_track.model.replay import replay
from tests.support.examples import WRITER, Fields

BEGIN = datetime.fromisoformat("2025-10-04T22:00:00-05:00")
MIX: tuple[tuple[str, Fields], ...] = (
    ("note_recorded", {"text": "a note of some forty characters or so......"}),
    ("interaction_recorded", {"count": 1}),
    ("bug_found", {"text": "off by one"}),
    ("usage_recorded", {"output": 10}),
    ("iteration_recorded", {}),
)


def long_task(events: int) -> list[bytes]:
    """Return the lines of a sound task with so many events."""
    body = (MIX[number % len(MIX)] for number in range(events - 2))
    kinds: list[tuple[str, Fields]] = [
        ("task_started", {"estimated_duration_s": 3600}),
        *body,
        ("task_completed", {"iterations": 1}),
    ]
    return [
        json.dumps(
            {
                "kind": kind,
                "at": (BEGIN + timedelta(seconds=n)).isoformat(timespec="milliseconds"),
                "seq": n,
                "task": "P1-009",
                "writer": WRITER,
                "provenance": "live",
                "source": "test 1",
                "entry": f"entry-{n}@1",
                "id": event_id(kind, (WRITER, f"entry-{n}@1")),
                **fields,
            }
        ).encode()
        for n, (kind, fields) in enumerate(kinds, 1)
    ]


def measure(events: int) -> dict[str, float]:
    """Return microseconds and bytes by event, beyond the lines themselves."""
    lines = long_task(events)
    before = peak_bytes()
    begun = time.perf_counter()
    state = replay("P1-009", lines)
    replayed = time.perf_counter()
    measures = measure_task(state)
    done = time.perf_counter()
    assert state.is_valid
    assert measures["duration"].number == events - 1
    return {
        "replay_us": (replayed - begun) / events * 1e6,
        "measure_us": (done - replayed) / events * 1e6,
        "bytes": (peak_bytes() - before) / events,
        "total_s": done - begun,
    }


def peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("events", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    if args.profile:
        lines, profile = long_task(args.events), cProfile.Profile()
        profile.runcall(lambda: measure_task(replay("P1-009", lines)))
        pstats.Stats(profile).sort_stats("tottime").print_stats(12)
    else:
        print(json.dumps(measure(args.events)))


if __name__ == "__main__":
    main()
