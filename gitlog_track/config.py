"""The configuration: one value from TOML text, every key known and documented here.

Reads no file and no environment; commands hand it the text. An unknown key is an error
that names the nearest known one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gitlog_track.errors import ConfigError
from gitlog_track.model.names import (
    DEFAULT_BRANCH_PATTERN,
    DEFAULT_PHASE_PATTERN,
    compile_branch_pattern,
)

FILE_NAME = ".gitlog-track.toml"
PYPROJECT = "pyproject.toml"
NO_SYNC = "gitlog-track.syncOnPush"
"""Key of git's own configuration: false where this clone's pushes carry no log."""
REQUIRED_FIELDS = (
    "TASK",
    "START_TIMESTAMP",
    "END_TIMESTAMP",
    "START_TOKENS",
    "END_TOKENS",
    "ITERATIONS",
    "STATUS",
)


Answer = Literal["block", "warn", "off"]
ANSWERS = ("block", "warn", "off")
WHEN_TO_LOG = (
    "tool_call_failure",
    "self_test_gate_failure",
    "multi_step",
    "prod_deployment",
)
"""Triggers of exception and execution records that the program sees by itself."""
EVIDENCE = ("measured", "derived", "declared", "backfilled", "estimated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project has configured.

    Attributes:
        fold: ``log.fold``. Whether a commit leaves the fold to a detached process or
            waits for it.
        actor: ``log.actor``. How a person's identity is kept in events.
        fsync: ``log.fsync``. Flush every event to disk before going on.
        ref: ``log.ref``. Name of the log's ref, for hosts that refuse ours.
        sign: ``log.sign``. Sign the log's commits, and let ``audit`` ask for it.
        scrub: ``log.scrub``. Take personal data and secrets out of texts.
        signed_since: ``log.signed_since``. Log commit whose history was not signed yet.
        branch_pattern: ``task.branch_pattern``. Finds a task in a branch name; empty
            switches it off.
        phase_pattern: ``task.phase_pattern``. Finds the phase in a task name.
        task_trailer: ``trailers.task``. Key of the trailer that names the task.
        required: ``validation.required``. Fields without which a log is incomplete.
        phase_trailer: ``trailers.phase``. Key of the trailer that names the phase.
        hours_per_day: ``measures.hours_per_day``. Length of a working day; 0 leaves
            working days unjudged.
        gate_mode: ``gate.mode``. What a violation does to a push.
        gate_prose: ``gate.prose``. The same for claims made in prose.
        gate_evidence: ``gate.evidence``. The weakest evidence that backs a claim.
        gate_evidence_for: ``gate.evidence_for``. The same for single measures.
        gate_tolerance: ``gate.tolerance``. How far a claim of a measure may be off, in
            its base unit.
        gate_require_log: ``gate.require_log``. What is done about a commit that names a
            task without an open log.
        gate_baseline: ``gate.baseline``. Commits whose history is not judged.
        automatic_records: ``records.automatic``. What is recorded as an exception or
            execution without being asked.
        sync_remotes: ``sync.remotes``. Remotes that the log is exchanged with.
        sync_on_push: ``sync.on_push``. Does an ordinary push to one of them carry it?
    """

    fold: Literal["detached", "sync"] = "detached"
    actor: Literal["full", "name", "hash"] = "full"
    fsync: bool = False
    ref: str = "refs/gitlog-track/log"
    scrub: bool = True
    sign: bool = False
    signed_since: str = ""
    branch_pattern: str = DEFAULT_BRANCH_PATTERN
    phase_pattern: str = DEFAULT_PHASE_PATTERN
    task_trailer: str = "Task"
    required: tuple[str, ...] = field(default=REQUIRED_FIELDS)
    phase_trailer: str = "Phase"
    hours_per_day: int = 0
    gate_mode: Answer = "block"
    gate_prose: Answer = "block"
    gate_evidence: str = "declared"
    gate_evidence_for: Mapping[str, str] = field(default_factory=dict)
    gate_tolerance: Mapping[str, str] = field(default_factory=dict)
    gate_require_log: Answer = "warn"
    gate_baseline: tuple[str, ...] = ()
    automatic_records: tuple[str, ...] = WHEN_TO_LOG
    sync_remotes: tuple[str, ...] = ("origin",)
    sync_on_push: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key.

    Attributes:
        attribute: of :class:`Config`.
        type: what TOML has to give.
        choices: the texts allowed, in a list or alone; empty for any.
        form: regular expression that a text has to match; empty for any.
    """

    attribute: str
    type: type
    choices: tuple[str, ...] = ()
    form: str = ""


KEYS: Mapping[str, Key] = {
    "log.fold": Key("fold", str, ("detached", "sync")),
    "log.actor": Key("actor", str, ("full", "name", "hash")),
    "log.fsync": Key("fsync", bool),
    "log.ref": Key("ref", str, form=r"refs(/[A-Za-z0-9][A-Za-z0-9_-]{0,40}){2,6}"),
    "log.scrub": Key("scrub", bool),
    "log.sign": Key("sign", bool),
    "log.signed_since": Key("signed_since", str, form=r"([0-9a-f]{40})?"),
    "task.branch_pattern": Key("branch_pattern", str),
    "task.phase_pattern": Key("phase_pattern", str),
    "trailers.task": Key("task_trailer", str, form=r"[A-Za-z][A-Za-z0-9-]{0,30}"),
    "trailers.phase": Key("phase_trailer", str, form=r"[A-Za-z][A-Za-z0-9-]{0,30}"),
    "validation.required": Key("required", list),
    "measures.hours_per_day": Key("hours_per_day", int),
    "gate.mode": Key("gate_mode", str, ANSWERS),
    "gate.prose": Key("gate_prose", str, ANSWERS),
    "gate.evidence": Key("gate_evidence", str, EVIDENCE),
    "gate.evidence_for": Key("gate_evidence_for", dict, EVIDENCE),
    "gate.tolerance": Key("gate_tolerance", dict, form=r"[0-9]{1,9}(\.[0-9]{1,6})?"),
    "gate.require_log": Key("gate_require_log", str, ANSWERS),
    "gate.baseline": Key("gate_baseline", list),
    "records.automatic": Key("automatic_records", list, WHEN_TO_LOG),
    "sync.remotes": Key("sync_remotes", list),
    "sync.on_push": Key("sync_on_push", bool),
}


def parse_toml(text: str, source: str) -> dict[str, object]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: it is no TOML.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError as err:
        raise ConfigError(f"{source} nests its values too deeply") from err
    except ValueError as err:  # numbers of thousands of digits too
        raise ConfigError(f"{source} is no TOML: {err}") from err


def pyproject_table(tables: Mapping[str, object]) -> dict[str, object] | None:
    """Return ``[tool.gitlog-track]`` of a pyproject.toml's tables; None without one.

    >>> pyproject_table({"tool": {"gitlog-track": {"gate": {"mode": "off"}}}})
    {'gate': {'mode': 'off'}}
    """
    tool = tables.get("tool")
    table = tool.get("gitlog-track") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def render_config(config: Config) -> str:
    """Return the TOML that ``init`` writes: the keys a project is likely to change."""
    tables: dict[str, object] = {
        "log": {"fold": config.fold},
        "task": {
            "branch_pattern": config.branch_pattern,
            "phase_pattern": config.phase_pattern,
        },
        "validation": {"required": list(config.required)},
        "gate": {"mode": config.gate_mode, "baseline": list(config.gate_baseline)},
        "sync": {
            "remotes": list(config.sync_remotes),
            "on_push": config.sync_on_push,
        },
    }
    return render_tables(tables)


def render_tables(tables: Mapping[str, object]) -> str:
    """Return tables as TOML."""
    import tomli_w

    return tomli_w.dumps(tables)


def parse_config(tables: Mapping[str, object], source: str) -> Config:
    """Return the configuration of parsed TOML.

    Args:
        tables: the file's tables; those of ``[tool.gitlog-track]`` in pyproject.toml.
        source: the file, for messages.

    Raises:
        ConfigError: an unknown key or section, or a value of the wrong kind.
    """
    values: dict[str, object] = {}
    for section, table in tables.items():
        if not isinstance(table, dict):
            _refuse_unknown(section, source)
            raise ConfigError(f"{source}: {section} has to be a table of keys")
        if not table:
            _refuse_unknown(section, source)
        for name, value in table.items():
            dotted = f"{section}.{name}"
            _refuse_unknown(dotted, source)
            key = KEYS[dotted]
            values[key.attribute] = _checked(key, dotted, value, source)
    return Config(**values)  # type: ignore[arg-type]  # checked one by one above


def _refuse_unknown(dotted: str, source: str) -> None:
    if dotted in KEYS or any(key.startswith(f"{dotted}.") for key in KEYS):
        return
    from difflib import get_close_matches

    near = get_close_matches(dotted, KEYS, n=1, cutoff=0.4)
    hint = f"the nearest known key is {near[0]}" if near else None
    raise ConfigError(f"{source}: unknown key {dotted}", hint=hint)


def _checked(key: Key, dotted: str, value: object, source: str) -> object:
    if type(value) is not key.type:
        raise ConfigError(
            f"{source}: {dotted} is {value!r}; expected a {key.type.__name__}",
        )
    if isinstance(value, int) and value < 0:
        raise ConfigError(f"{source}: {dotted} is {value}; expected 0 or more")
    if isinstance(value, dict):
        return _checked_table(key, dotted, value, source)
    for one in value if isinstance(value, list) else [value]:
        if key.choices and one not in key.choices:
            expected = " or ".join(key.choices)
            raise ConfigError(f"{source}: {dotted} is {one!r}; expected {expected}")
    if isinstance(value, str):
        _check_text(key, dotted, value, source)
        return value
    return _texts(dotted, value, source) if isinstance(value, list) else value


def _checked_table(
    key: Key,
    dotted: str,
    table: dict[str, object],
    source: str,
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in table.items():
        text = str(value) if isinstance(value, int | float | str) else ""
        if (key.choices and text not in key.choices) or (
            key.form and not re.fullmatch(key.form, text)
        ):
            expected = " or ".join(key.choices) or "a number"
            raise ConfigError(
                f"{source}: {dotted}.{name} is {value!r}; expected {expected}"
            )
        found[name] = text
    return found


def _check_text(key: Key, dotted: str, value: str, source: str) -> None:
    if "\n" in value or "\r" in value:
        raise ConfigError(f"{source}: {dotted} must be one line")
    if key.form and not re.fullmatch(key.form, value):
        raise ConfigError(f"{source}: {dotted} is {value!r}; expected {key.form}")
    if dotted.endswith("_pattern"):
        _check_pattern(dotted, value, source)


def _check_pattern(dotted: str, value: str, source: str) -> None:
    """Compile it as the fold will: what passes here must not stop a fold."""
    try:
        re.compile(value)
        if dotted == "task.branch_pattern":
            compile_branch_pattern(value)
    except (re.error, ConfigError) as err:
        raise ConfigError(
            f"{source}: {dotted} is no regular expression: {err}",
        ) from err


def _texts(dotted: str, values: list[object], source: str) -> tuple[str, ...]:
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) != len(values):
        raise ConfigError(f"{source}: {dotted} has to be a list of texts")
    return texts
