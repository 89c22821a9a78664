"""What every use case of the gate needs: lines of a push, whose policy, the verifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gitlog_track.config import (
    FILE_NAME,
    PYPROJECT,
    Config,
    parse_config,
    parse_toml,
    pyproject_table,
)
from gitlog_track.errors import ConfigError, UsageProblem
from gitlog_track.gate.judge import Judge
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verify import Verifier
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import (
    RawObject,
    Selection,
    commit_of,
    is_oid,
    is_zero,
    kinds_of,
    new_commits,
    peel,
    tag_chain,
)
from gitlog_track.git.repository import read_boundary
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PushLine:
    """One line that git gives a pre-push or pre-receive hook.

    Attributes:
        ref: the ref on the receiving side.
        new: the object it is to point at; all zeros deletes it.
        old: what it points at there now; all zeros is nothing.
    """

    ref: str
    new: str
    old: str


def read_fields(
    text: str, hook: str, count: int, ids: tuple[int, ...]
) -> list[list[str]]:
    """Return the fields of each line; a line that git does not write hides something.

    A ref's name may hold all that ends a line but the newline itself.

    Raises:
        UsageProblem: there is such a line.
    """
    rows = [row.split(" ") for row in text.removesuffix("\n").split("\n") if text]
    for row in rows:
        if len(row) != count or not all(is_oid(row[i]) or is_zero(row[i]) for i in ids):
            raise UsageProblem(
                f"{hook} was given {' '.join(row)[:80]!r}, which is no line of git"
            )
    return rows


def brought_by(
    git: Git, lines: list[PushLine], selection: Selection
) -> Iterator[RawObject]:
    """Yield what lines bring: tags with messages of their own, and the commits.

    Raises:
        GitError: something of it cannot be read.
    """
    kinds = kinds_of(git, [line.new for line in lines])
    tips = []
    seen: set[str] = set()
    for line in lines:
        if kinds[line.new] == "commit":
            tips.append(line.new)
            continue
        if line.new != line.old:
            for tag in tag_chain(git, line.new):
                if tag.oid not in seen:
                    seen.add(tag.oid)
                    yield tag
        if tip := commit_of(git, line.new):
            tips.append(tip)
    if tips:
        yield from new_commits(git, replace(selection, tips=tuple(tips)))


MOST_CONFIG_BYTES = 256 << 10
"""Of a file that somebody pushed: reading TOML takes time quadratic in a dotted key."""


def config_of_commit(git: Git, commit: str) -> Config:
    """Read a commit's configuration, so that what is judged cannot choose its judge.

    Raises:
        ConfigError: it is no TOML, too large, or holds an unknown key or a wrong value.
    """
    for path in (FILE_NAME, PYPROJECT):
        code, out, _ = git.try_run("cat-file", "blob", f"{commit}:{path}")
        if code == 0:
            if len(out) > MOST_CONFIG_BYTES:
                text = f"{path} of {commit[:12]} has {len(out)} bytes"
                raise ConfigError(f"{text}; expected at most {MOST_CONFIG_BYTES}")
            text = out.decode("utf-8", "replace")
            tables = parse_toml(text, f"{path} of {commit[:12]}")
            if path == PYPROJECT:
                tables = pyproject_table(tables) or {}
            return parse_config(tables, f"{path} of {commit[:12]}")
    return Config()


def bare_config(git: Git) -> Config:
    """Return the configuration of a bare repository: of HEAD's tree, and its log's ref.

    ``git config gitlog-track.ref`` names the ref where the tree does not. A tree that
    cannot be read leaves the defaults.
    """
    head = peel(git, "HEAD")
    try:
        config = config_of_commit(git, head) if head else Config()
    except ConfigError:
        config = Config()
    code, out, _ = git.try_run("config", "gitlog-track.ref")
    ref = out.decode("utf-8", "replace").strip() if code == 0 else ""
    return replace(config, ref=ref) if ref else config


def verifier_for(
    workspace: Workspace,
    policy: Policy,
    *,
    is_remote: bool = False,
    log: str | None = None,
) -> Verifier:
    """Return what judges raw objects by a policy.

    Args:
        workspace: where they and the log are.
        policy: of the project.
        is_remote: is this the side of who reads the claims?
        log: the log commit that counts; by default the one the ref names.
    """
    common = workspace.repository.common_dir
    tip = log or workspace.ref().read()
    ledger = Ledger(workspace.git, common, tip)
    return Verifier(
        Judge(ledger, policy, is_remote),
        head=peel(workspace.git, "HEAD") or "",
        boundary=read_boundary(common),
    )
