"""The claims of a message: which task or phase, which measure, which value.

Joins the readers of fields and of prose, and binds what they state to the task or
phase that the same part of the message names. Does not judge whether a claim is
true.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gitlog_track.claims.fields import Line, read_fields, read_lines
from gitlog_track.claims.layout import Paragraph, split_paragraphs
from gitlog_track.claims.message import Message
from gitlog_track.claims.prose import read_prose
from gitlog_track.claims.quantity import Quantity
from gitlog_track.claims.statement import Budget, Form, Statement, TooManyError
from gitlog_track.claims.vocabulary import KINDS, Kind, Vocabulary
from gitlog_track.model.names import DEFAULT_BRANCH_PATTERN, is_name, tasks_in

__all__ = ["Claim", "Form", "Options", "Reading", "Subject", "read_claims"]

MOST_CANDIDATES = 4000
"""Numbers looked at in one message; one with more is refused (see `Reading`)."""
PIN_KEY = "metrics_log"
"""Key of the trailer that names a commit of the log, as keys are compared."""

_PHASE_NUMBER = re.compile(
    r"(?:phase[ \t]{0,3})?([0-9]{1,4}(?:\.[0-9]{1,4})?)\Z", re.IGNORECASE
)
_PHASE_WORD = re.compile(r"phase[ \t]{1,3}(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a project's configuration says about its messages.

    Attributes:
        task_key: key of the trailer that names a task, in lower case.
        phase_key: key of the trailer that names a phase, in lower case.
        title_pattern: what a task's name looks like where no trailer names one, in
            the subject line.
        hours_per_day: length of a working day; None leaves working days unjudged.
    """

    task_key: str = "task"
    phase_key: str = "phase"
    title_pattern: str = DEFAULT_BRANCH_PATTERN
    hours_per_day: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The task or phase that a claim is about."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value of one measure, stated for one subject.

    Attributes:
        subject: None where the message names none, or several at once.
        measure: id in the catalogue, at the subject's level if it exists there.
        level: the level at which `measure` is an id.
        form: how it is written.
        quantity: the value; None for a status or where there is a problem.
        status: complete, partial, failed or in_progress, for the measure status.
        or_floor: the value may also be the logged one cut off, not rounded.
        words: the claim's own words, on one line, at most 120 characters.
        pin: the log commit that the claim is made at; empty without a pin.
        problem: why the value cannot be judged; empty when it can.
    """

    subject: Subject | None
    measure: str
    level: Kind
    form: Form
    quantity: Quantity | None = None
    status: str = ""
    or_floor: bool = False
    words: str
    pin: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in a message.

    Attributes:
        claims: in the order of the message.
        subjects: tasks and phases named by trailers, without repeats.
        unreadable: why the message must be refused (its encoding, a NUL, a doubt
            together with a claim, more numbers than can be looked at); else empty.
    """

    claims: tuple[Claim, ...] = ()
    subjects: tuple[Subject, ...] = ()
    unreadable: str = ""


@dataclass(slots=True, kw_only=True)
class _Block:
    """A part of a message with one set of subjects and one pin."""

    subjects: list[Subject]
    pin: str
    statements: list[tuple[Subject | None, Statement]]


def read_claims(
    message: Message, words: Vocabulary, options: Options | None = None
) -> Reading:
    """Read the claims of a message; never raises, whatever the message.

    Args:
        message: of a commit or a tag.
        words: keys and nouns of all measures that can be claimed.
        options: of the project; None is the defaults.
    """
    if message.unreadable:
        return Reading(unreadable=message.unreadable)
    chosen = options or Options()
    paragraphs = split_paragraphs(message.text)
    try:
        blocks = _read_blocks(paragraphs, words, chosen)
    except TooManyError:
        reason = f"it holds more than {MOST_CANDIDATES} numbers that may be claims"
        return Reading(unreadable=reason)
    subjects = dict.fromkeys(each for block in blocks for each in block.subjects)
    default = _default_subjects(tuple(subjects), message.text, chosen)
    claims = tuple(claim for block in blocks for claim in _bound(block, default, words))
    return Reading(
        claims=claims,
        subjects=tuple(subjects),
        unreadable=message.doubt if claims else "",
    )


def _read_blocks(
    paragraphs: list[Paragraph], words: Vocabulary, options: Options
) -> list[_Block]:
    """Read paragraph by paragraph; one that names a task ends its block."""
    own_keys = {options.task_key, options.phase_key}
    own = frozenset(key.replace("-", "_") for key in own_keys) | {PIN_KEY}
    known = words.known_keys | own
    budget = Budget(MOST_CANDIDATES)
    blocks: list[_Block] = []
    block = _Block(subjects=[], pin="", statements=[])
    for paragraph in paragraphs:
        lines = read_lines(paragraph, known)
        named = _subjects_by_line(lines, options, budget)
        block.subjects += named.values()
        block.pin = _pin(lines) or block.pin
        in_block = _is_block(lines, own)
        statements = _statements(lines, words, options, budget, in_block=in_block)
        above = _subjects_above(lines, named) if len(named) > 1 else {}
        block.statements += [(above.get(n), each) for n, each in statements]
        if any(each.kind == "task" for each in named.values()):
            blocks.append(block)
            block = _Block(subjects=[], pin="", statements=[])
    return [*blocks, block]


def _is_block(lines: list[Line], own: frozenset[str]) -> bool:
    """Tell a paragraph of trailers: all its lines have keys, or one is ours.

    Its first line may be a subject line that a blank line was forgotten behind.
    """
    if any(line.key in own for line in lines):
        return True
    return all(line.key for line in lines)


def _subjects_by_line(
    lines: list[Line], options: Options, budget: Budget
) -> dict[int, Subject]:
    task_key = options.task_key.replace("-", "_")
    phase_key = options.phase_key.replace("-", "_")
    found: dict[int, Subject] = {}
    for line in lines:
        if line.key not in {task_key, phase_key}:
            continue
        budget.spend()
        name = line.value.strip("`*_ ")
        kind: Kind = "task" if line.key == task_key else "phase"
        name = name if kind == "task" else _phase_name(name)
        if is_name(name):
            found[line.number] = Subject(kind=kind, name=name)
    return found


def _phase_name(value: str) -> str:
    """Return a phase's name: `Phase 1` and `1` are `P1`."""
    number = _PHASE_NUMBER.match(value)
    return f"P{number[1]}" if number else _PHASE_WORD.sub("", value, count=1)


def _pin(lines: list[Line]) -> str:
    return next((x.value for x in reversed(lines) if x.key == PIN_KEY and x.value), "")


def _subjects_above(
    lines: list[Line], named: dict[int, Subject]
) -> dict[int, Subject | None]:
    """Bind each line of a paragraph with several tasks to the nearest one above."""
    tasks = {n: each for n, each in named.items() if each.kind == "task"}
    if len(set(tasks.values())) < 2:
        return {}
    bound: dict[int, Subject | None] = {}
    nearest = next(iter(tasks.values()))
    for line in lines:
        nearest = tasks.get(line.number, nearest)
        bound[line.number] = nearest
    return bound


def _statements(
    lines: list[Line],
    words: Vocabulary,
    options: Options,
    budget: Budget,
    *,
    in_block: bool,
) -> list[tuple[int, Statement]]:
    """Return a paragraph's statements, each with the number of its line."""
    found: list[tuple[int, Statement]] = []
    prose: list[Line] = []
    days = options.hours_per_day
    for line in lines:
        fields = read_fields(line, words, budget, in_block=in_block, hours_per_day=days)
        if fields:
            found += [(line.number, each) for each in fields]
        else:
            prose.append(line)
    sentences = [line.text for line in prose]
    for place, each in read_prose(sentences, words, budget, hours_per_day=days):
        found.append((prose[place].number, each))
    return sorted(found, key=lambda pair: pair[0])


def _default_subjects(
    named: tuple[Subject, ...], text: str, options: Options
) -> dict[Kind, Subject]:
    """Return what a block without a subject of its own speaks of.

    The one task or phase of the message, wherever it is named; where no trailer
    names any, the one task that the subject line names.
    """
    found: dict[Kind, Subject] = {}
    for kind in KINDS:
        of_kind = [each for each in named if each.kind == kind]
        if len(of_kind) == 1:
            found[kind] = of_kind[0]
    if not named:
        title = text.lstrip()[:1000].partition("\n")[0]
        tasks = tasks_in(title, options.title_pattern)
        if len(tasks) == 1:
            found["task"] = Subject(kind="task", name=tasks.pop())
    return found


def _bound(
    block: _Block, default: dict[Kind, Subject], words: Vocabulary
) -> Iterator[Claim]:
    """Turn a block's statements into claims about its subjects."""
    own: dict[Kind, Subject | None] = {}
    for kind in KINDS:
        of_kind = {each for each in block.subjects if each.kind == kind}
        if len(of_kind) > 1:
            own[kind] = None
        elif of_kind:
            own[kind] = of_kind.pop()
        elif kind in default:
            own[kind] = default[kind]
    for above, statement in block.statements:
        yield _claim(statement, above, own, block.pin, words)


def _claim(
    statement: Statement,
    above: Subject | None,
    own: dict[Kind, Subject | None],
    pin: str,
    words: Vocabulary,
) -> Claim:
    preferred: Kind = "task" if "task" in own or "phase" not in own else "phase"
    if statement.key:
        level, term = words.term_of_key(preferred, statement.key)
    else:
        level, term = words.term_of_topic(preferred, statement.topic)
    subject = above if above is not None else own.get(level) or own.get(preferred)
    return Claim(
        subject=subject,
        measure=term.measure,
        level=level,
        form=statement.form,
        quantity=statement.quantity,
        status=statement.status,
        or_floor=term.or_floor,
        words=statement.words,
        pin=pin,
        problem=statement.problem,
    )
