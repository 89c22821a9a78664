"""The rules: what is refused, why, and what to do about it.

Ids are public and never reused. Each rule has an example that it refuses and one that
it lets through, shown by ``verify --explain`` and held against the gate by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        id: ``GT001`` and so on.
        title: what is refused, in a few words.
        why: the reason, in a sentence or two.
        bad: a message that is refused, on a log in which P1-009 was completed after 12
            minutes with 3,236 tokens.
        good: one that passes.
        fix: what to do.
    """

    id: str
    title: str
    why: str
    bad: str
    good: str
    fix: str


_ALL = (
    Rule(
        id="GT001",
        title="a claim without a task",
        why="The message claims a metric but names no task or phase, so there is no log "
        "that could back it.",
        bad="Add the parser\n\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="name the task in a Task: trailer, or leave the number out",
    ),
    Rule(
        id="GT002",
        title="a task without a log",
        why="Nothing was recorded for the task: what it took is NOT MEASURED.",
        bad="Add the parser\n\nTask: P1-404\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="start the task before the work, or leave the number out",
    ),
    Rule(
        id="GT003",
        title="a log that does not support the measure yet",
        why="The task has not ended, or its log is not sound, so the measure cannot be "
        "taken from it.",
        bad="Add the parser\n\nTask: P1-010\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="complete the task first",
    ),
    Rule(
        id="GT004",
        title="a value that differs",
        why="The log says something else. A claim holds if the logged value, rounded half "
        "up to the last digit that was written, is the claimed one.",
        bad="Add the parser\n\nTask: P1-009\nTokens-Used: 2,400\n",
        good="Add the parser\n\nTask: P1-009\nTokens-Used: 3.2k\n",
        fix="claim what was measured",
    ),
    Rule(
        id="GT005",
        title="a measure that was not taken",
        why="The task has a log, but not this measure: it is NOT MEASURED.",
        bad="Add the parser\n\nTask: P1-009\nTest-Coverage: 87%\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="record it with gitlog-track measure while the task is open, or leave it out",
    ),
    Rule(
        id="GT006",
        title="evidence that is too weak",
        why="The value is known, but less well than the project asks for: by default "
        "backfilled and estimated values back no claim.",
        bad="Add the parser\n\nTask: P1-008\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="leave the number out, or lower gate.evidence",
    ),
    Rule(
        id="GT007",
        title="a log that is not there",
        why="Whoever reads the claim cannot check it: the log is neither on this side nor "
        "in this push.",
        bad="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="push the log: gitlog-track push REMOTE",
    ),
    Rule(
        id="GT008",
        title="a message that cannot be read",
        why="Its encoding, a NUL byte or damaged bytes could hide a claim or show it "
        "twofold; or a number is written in a way that can be read in two ways.",
        bad="Add the parser\n\nTask: P1-009\nDuration: 1,5 hours\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="write the message in UTF-8, numbers with a decimal point",
    ),
    Rule(
        id="GT009",
        title="a contradiction",
        why="The message states two values of one measure for one task, and no value can "
        "be both.",
        bad="Add the parser\n\nCompleted in 12 minutes.\n\nTask: P1-009\nDuration: 20m\n",
        good="Add the parser\n\nCompleted in 12 minutes.\n\nTask: P1-009\nDuration: 720s\n",
        fix="state it once",
    ),
    Rule(
        id="GT010",
        title="a pin that does not hold",
        why="Metrics-Log names a commit that the log does not contain.",
        bad="Add the parser\n\nTask: P1-009\nDuration: 12m\nMetrics-Log: " + "0" * 40,
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="take the trailers from gitlog-track claim, or fetch the log",
    ),
    Rule(
        id="GT011",
        title="cannot verify",
        why="History or log is cut off, or an object is missing: the gate cannot see what "
        "it has to judge, and does not say yes.",
        bad="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        good="Add the parser\n\nTask: P1-009\nDuration: 12m\n",
        fix="git fetch --unshallow, and fetch the whole log",
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})


def explain(rule: Rule) -> str:
    """Return a rule's page, for people."""
    bad, good = (_indented(text) for text in (rule.bad, rule.good))
    return (
        f"{rule.id}: {rule.title}\n\n{rule.why}\n\nRefused:\n\n{bad}\n\nPasses:\n\n{good}"
        f"\n\nWhat to do: {rule.fix}.\n"
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
