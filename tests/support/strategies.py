"""Hypothesis strategies: canonical values, events of every kind, whole task logs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from gitlog_track.log.codec import encode
from gitlog_track.model.ids import event_id, natural_key
from tests.support.examples import (
    OTHER_WRITER,
    OWN_FIELDS,
    OWN_KEY_KINDS,
    PHASE_KINDS,
    WRITER,
    Fields,
    stored,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | texts
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)
objects = st.dictionaries(texts, values, max_size=6)
task_kinds = st.sampled_from(sorted(set(OWN_FIELDS) - PHASE_KINDS))
writers = st.sampled_from([WRITER, OTHER_WRITER])
_BEGIN = datetime(2025, 10, 4, 22, tzinfo=timezone(timedelta(hours=-5)))


def instants() -> st.SearchStrategy[str]:
    """Instants of some hours, as the log writes them."""
    return st.integers(0, 20_000).map(
        lambda s: (_BEGIN + timedelta(seconds=s)).isoformat(timespec="milliseconds"),
    )


@st.composite
def events(draw: st.DrawFn, seq: int | None = None) -> Fields:
    """A stored event of any kind of a task, with the id it demands."""
    kind = draw(task_kinds)
    own = OWN_FIELDS[kind]
    kept = draw(st.sets(st.sampled_from(sorted(own)))) if own else set()
    place = seq if seq is not None else draw(st.integers(1, 50))
    return stored(
        kind,
        place,
        at=draw(instants()),
        writer=draw(writers),
        attempt=draw(st.integers(1, 2)),
        **_entry(kind, f"entry-{place}-{draw(st.integers(0, 10**6))}@1"),
        **{k: v for k, v in own.items() if k in kept or k in _needed(kind)},
    )


def _entry(kind: str, entry: str) -> Fields:
    return {} if kind in OWN_KEY_KINDS else {"entry": entry}


def _needed(kind: str) -> set[str]:
    return {
        "milestone_reached": {"milestone"},
        "note_recorded": {"text"},
        "bug_found": {"text"},
        "bug_fixed": {"text"},
        "measurement_recorded": {"measure"},
        "command_finished": {"label", "exit_code", "duration_s", "started_at"},
        "blocker_hit": {"text"},
        "blocker_resolved": {"blocker"},
        "lesson_learned": {"text"},
        "commit_recorded": {"commit", "operation"},
        "commits_rewritten": {"cause", "pairs"},
        "exception_recorded": {"exception_id", "trigger", "severity", "what_happened"},
        "execution_recorded": {"trigger", "description", "outcome"},
        "event_corrected": {"event", "reason"},
    }.get(kind, set())


@st.composite
def logs(draw: st.DrawFn) -> list[bytes]:
    """Lines of one task: events, corrections and retractions of some of them."""
    found = [draw(events(seq=number)) for number in range(1, draw(st.integers(1, 9)))]
    for target in draw(st.lists(st.sampled_from(found), max_size=3)) if found else []:
        replacement = draw(st.none() | st.just({"at": draw(instants())}))
        found.append(
            stored(
                "event_corrected",
                len(found) + 1,
                event=target["id"],
                reason="test",
                replacement=replacement,
            ),
        )
    return [encode(event) for event in found]


def renewed(event: Fields, **changes: object) -> Fields:
    """The event with other fields, and the id that they demand."""
    fields = {**event, **changes}
    return {**fields, "id": event_id(str(fields["kind"]), natural_key(fields))}
