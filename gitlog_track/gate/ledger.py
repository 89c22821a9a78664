"""What the log says of a task or phase at one of its commits; each asked for once."""

from __future__ import annotations

from dataclasses import dataclass, field

from gitlog_track.git.process import Git
from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.phase import MeasuredTask, measure_phase
from gitlog_track.measures.task import Measures
from gitlog_track.model.events import EventCorrected


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one task or phase.

    Attributes:
        name: as the log spells it.
        measures: by id.
        exists: does it have a log at all?
        has_ended: a task that has ended; a phase with one that has.
        problems: why the log is no proof; empty is sound.
        events: ids of all events of a task.
        corrected: ids of those that a correction is about.
    """

    name: str
    measures: Measures
    exists: bool
    has_ended: bool
    problems: tuple[str, ...]
    events: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()


@dataclass(slots=True)
class Ledger:
    """The log as the gate asks it.

    Attributes:
        git, common_dir: the repository's.
        tip: the log commit that counts; None where there is no log.
    """

    git: Git
    common_dir: str
    tip: str | None
    _accounts: dict[tuple[str, str, str], Account] = field(default_factory=dict)
    _pins: dict[str, str | None] = field(default_factory=dict)

    def pinned(self, pin: str) -> str | None:
        """Return the log commit that a pin names, or None if the log does not hold it."""
        if pin not in self._pins:
            self._pins[pin] = self._find_pin(pin)
        return self._pins[pin]

    def _find_pin(self, pin: str) -> str | None:
        if (
            self.tip is None
            or not 7 <= len(pin) <= 40
            or set(pin) - set("0123456789abcdef")
        ):
            return None
        code, out, _ = self.git.try_run(
            "rev-parse", "-q", "--verify", f"{pin}^{{commit}}"
        )
        commit = out.decode("ascii", "replace").strip()
        if code != 0:
            return None
        args = ("merge-base", "--is-ancestor", commit, self.tip)
        return commit if self.git.try_run(*args)[0] == 0 else None

    def account(self, kind: str, name: str, commit: str | None) -> Account:
        """Return what the log says of a task or phase at one of its commits.

        Raises:
            GitlogTrackError: the log cannot be read.
        """
        at = commit or self.tip or ""
        key = (kind, name.lower(), at)
        if key not in self._accounts:
            reader = LogReader(self.git, self.common_dir, at or None)
            read = _task if kind == "task" else _phase
            self._accounts[key] = read(reader, name)
        return self._accounts[key]


def _task(reader: LogReader, name: str) -> Account:
    task = MeasuredTask.of(reader.state(Subject("task", name)))
    state = task.state
    return Account(
        name=state.name,
        measures=task.measures,
        exists=bool(state.stored),
        has_ended=state.ended is not None,
        problems=tuple(p.text for p in state.problems if p.invalid),
        events=frozenset(s.event.id for s in state.stored),
        corrected=frozenset(
            s.event.event for s in state.stored if isinstance(s.event, EventCorrected)
        ),
    )


def _phase(reader: LogReader, name: str) -> Account:
    tasks = [
        MeasuredTask.of(state)
        for state in reader.states("task")
        if (state.phase or "").lower() == name.lower()
    ]
    own = reader.state(Subject("phase", name))
    ended = [task for task in tasks if task.state.ended is not None]
    return Account(
        name=own.name,
        measures=measure_phase(tasks, own),
        exists=bool(tasks) or bool(own.stored),
        has_ended=bool(ended),
        problems=tuple(
            f"task {task.state.name}: {problem.text}"
            for task in ended
            for problem in task.state.problems
            if problem.invalid
        ),
    )
