"""The gate's use cases: a push, a range, a framework's push, a server's receive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gitlog_track.config import FILE_NAME, PYPROJECT, Config, parse_config, parse_toml
from gitlog_track.errors import UsageProblem
from gitlog_track.gate.judge import Judge
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy, policy_of
from gitlog_track.gate.verdict import Verdict
from gitlog_track.gate.verify import Verifier, joined, read_boundary
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import (
    RawObject,
    Selection,
    commit_of,
    existing,
    is_oid,
    is_zero,
    new_commits,
    peel,
    tag_chain,
)
from gitlog_track.services.workspace import Workspace

MOST_PLACED = 50
"""Violations whose refs are looked up; each costs a process."""


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


def parse_push(text: str) -> list[PushLine]:
    """Read a pre-push hook's standard input. Source: githooks(5), "pre-push".

    Raises:
        UsageProblem: a line is not of that form.
    """
    return [
        PushLine(ref=fields[2], new=fields[1], old=fields[3])
        for fields in _fields(text, "pre-push", 4, (1, 3))
    ]


def _fields(text: str, hook: str, count: int, ids: tuple[int, ...]) -> list[list[str]]:
    """Return the fields of each line; a line that git does not write hides something.

    A ref's name may hold all that ends a line but the newline itself.
    """
    rows = [row.split(" ") for row in text.removesuffix("\n").split("\n") if text]
    for row in rows:
        if len(row) != count or not all(is_oid(row[i]) or is_zero(row[i]) for i in ids):
            raise UsageProblem(
                f"{hook} was given {' '.join(row)[:80]!r}, which is no line of git"
            )
    return rows


def verify_push(workspace: Workspace, remote: str, lines: list[PushLine]) -> Verdict:
    """Judge everything that a push brings, whatever its refs are.

    Args:
        workspace: the pushing side.
        remote: name of the remote, or its URL.
        lines: all that git said is pushed.

    Raises:
        GitlogTrackError: the log or the policy cannot be read.
    """
    workspace.fold()
    git = workspace.git
    brought = [
        line for line in lines if is_oid(line.new) and line.ref != workspace.config.ref
    ]
    policy = policy_of(workspace.config)
    known = existing(git, [line.old for line in brought])
    selection = Selection(
        known=(*known, *existing(git, policy.baseline)),
        options=("--not", *_tracked(git, remote)),
    )
    objects = _brought(git, brought, selection)
    return _verifier(workspace, policy).verify(joined(objects))


def _brought(
    git: Git, lines: list[PushLine], selection: Selection
) -> Iterator[RawObject]:
    """Yield what lines bring: tags with messages of their own, and the commits.

    Raises:
        GitError: something of it cannot be read.
    """
    for line in lines:
        if line.new != line.old:
            yield from tag_chain(git, line.new)
    tips = tuple(oid for line in lines if (oid := commit_of(git, line.new)))
    if tips:
        yield from new_commits(git, replace(selection, tips=tips))


def _tracked(git: Git, remote: str) -> Iterator[str]:
    """Yield the options that name what a remote is known to have.

    A push to a URL is one to every remote configured with that URL.
    """
    code, out, _ = git.try_run(
        "config", "-z", "--get-regexp", r"^remote\..*\.(push)?url$"
    )
    rows = out.decode("utf-8", "replace").split("\0")[:-1] if code == 0 else []
    names = {remote}
    for key, _, url in (row.partition("\n") for row in rows):
        if url == remote:
            names.add(key.removeprefix("remote.").rpartition(".")[0])
    for name in sorted(names):
        if name and not set(name) & set("*?[\\:"):
            yield f"--remotes={name}"


def verify_superset(workspace: Workspace, remote: str, target: str) -> Verdict:
    """Judge all that could be in a push of which the framework shows one ref only.

    That is every local branch and tag and HEAD, less what the remote is known to have.

    Args:
        workspace: the pushing side.
        remote: name of the remote.
        target: the commit the framework says is pushed; may be empty.

    Raises:
        GitlogTrackError: the log or the policy cannot be read.
    """
    workspace.fold()
    git = workspace.git
    policy = policy_of(workspace.config)
    head = peel(git, "HEAD")
    tips = [oid for oid in (head, peel(git, target) if target else None) if oid]
    selection = Selection(
        tips=tuple(tips),
        known=tuple(existing(git, policy.baseline)),
        options=("--branches", "--tags", "--not", *_tracked(git, remote)),
    )
    seen: set[str] = set()
    commits = _noting(new_commits(git, selection), seen)
    verifier = _verifier(workspace, policy)
    return _placed(git, verifier.verify(joined(commits, _new_tags(git, seen))))


def _placed(git: Git, verdict: Verdict) -> Verdict:
    """Say in which refs violations are: perhaps in none of those being pushed."""
    placed = []
    for violation in verdict.violations[:MOST_PLACED]:
        names = _refs_with(git, violation.commit) if violation.commit else ""
        text = f"{violation.message} (in {names})" if names else violation.message
        placed.append(replace(violation, message=text))
    rest = verdict.violations[MOST_PLACED:]
    return replace(verdict, violations=(*placed, *rest))


def _refs_with(git: Git, oid: str) -> str:
    code, out, _ = git.try_run(
        *("for-each-ref", "--count=3", "--format=%(refname)", "--contains", oid),
        *("refs/heads", "refs/tags"),
    )
    names = out.decode("utf-8", "replace").split("\n")[:-1] if code == 0 else []
    return ", ".join(name.split("/", 2)[2] for name in names)


def _noting(objects: Iterable[RawObject], seen: set[str]) -> Iterator[RawObject]:
    for one in objects:
        seen.add(one.oid)
        yield one


def _new_tags(git: Git, new: set[str]) -> Iterator[RawObject]:
    """Yield the annotated tags of new commits; read when those are known."""
    form = "--format=%(objecttype) %(objectname) %(*objectname)"
    for row in git.run("for-each-ref", form, "refs/tags").decode().splitlines():
        kind, oid, target = (*row.split(" "), "")[:3]
        if kind == "tag" and (target in new or peel(git, oid) in new):
            yield from tag_chain(git, oid)


def verify_range(workspace: Workspace, revisions: str | None) -> Verdict:
    """Judge a range, by the policy of the commit it starts from.

    Args:
        workspace: where; CI, or a person who wants to know.
        revisions: ``A..B``, or ``B`` for all of its history; by default what upstream
            lacks of HEAD.

    Raises:
        UsageProblem: the range is none.
        GitlogTrackError: the log or the policy cannot be read.
    """
    workspace.fold()
    base, tip, options = _range(workspace.git, revisions)
    policy = policy_of(_config_at(workspace.git, base) if base else workspace.config)
    known = ([base] if base else []) + existing(workspace.git, policy.baseline)
    selection = Selection(tips=(tip,), known=tuple(known), options=options)
    verifier = _verifier(workspace, policy, is_remote=True)
    return verifier.verify(new_commits(workspace.git, selection))


def _range(git: Git, revisions: str | None) -> tuple[str | None, str, tuple[str, ...]]:
    if revisions is None:
        tip = _commit(git, "HEAD")
        upstream = peel(git, "@{upstream}")
        return upstream, tip, () if upstream else ("--not", "--remotes")
    base, dots, tip = revisions.partition("..")
    if not dots:
        return None, _commit(git, revisions), ()
    if tip.startswith("."):
        base_commit, tip_commit = _commit(git, base), _commit(git, tip[1:] or "HEAD")
        code, out, _ = git.try_run("merge-base", base_commit, tip_commit)
        if code != 0:
            raise UsageProblem(f"{revisions}: the two have no common history")
        return out.decode().strip(), tip_commit, ()
    return _commit(git, base or "HEAD"), _commit(git, tip or "HEAD"), ()


def _commit(git: Git, revision: str) -> str:
    found = None if revision.startswith("-") else peel(git, revision)
    if found is None:
        raise UsageProblem(
            f"{revision!r} is no commit here",
            hint="in a shallow checkout: git fetch --unshallow",
        )
    return found


def _config_at(git: Git, commit: str) -> Config:
    """Read a commit's configuration, so that what is judged cannot choose its judge."""
    for path in (FILE_NAME, PYPROJECT):
        code, out, _ = git.try_run("cat-file", "blob", f"{commit}:{path}")
        if code == 0:
            text = out.decode("utf-8", "replace")
            tables = parse_toml(text, f"{path} of {commit[:12]}")
            if path == PYPROJECT:
                tool = tables.get("tool")
                table = tool.get("gitlog-track") if isinstance(tool, dict) else None
                tables = table if isinstance(table, dict) else {}
            return parse_config(tables, f"{path} of {commit[:12]}")
    return Config()


def _verifier(
    workspace: Workspace,
    policy: Policy,
    *,
    is_remote: bool = False,
    log: str | None = None,
) -> Verifier:
    common = workspace.repository.common_dir
    tip = log or workspace.ref().read()
    ledger = Ledger(workspace.git, common, tip)
    return Verifier(
        Judge(ledger, policy, is_remote),
        head=peel(workspace.git, "HEAD") or "",
        boundary=read_boundary(common),
    )


@dataclass(frozen=True, slots=True)
class Received:
    """A server's answer.

    Attributes:
        refusals: why the log itself is not taken; empty is good.
        verdict: on the commits and tags.
    """

    refusals: tuple[str, ...]
    verdict: Verdict

    @property
    def is_accepted(self) -> bool:
        """Is the push let through?"""
        return not self.refusals and self.verdict.answer == "pass"


def verify_receive(workspace: Workspace, lines: list[PushLine]) -> Received:
    """Judge what a server is about to receive; writes nothing at all.

    The log's tip is taken from this very push, wherever its line stands, and has to add
    to the log and change nothing. The policy is that of the branch HEAD names, as it was
    before the push, whatever is pushed: a commit is judged once, so a side branch with
    a weaker policy would be a way round. Where HEAD is unborn it is the ref's old tip's.

    Raises:
        GitlogTrackError: something cannot be read; the caller refuses the push.
    """
    from gitlog_track.log.audit import judge_update

    git, ref = workspace.git, workspace.config.ref
    refusals: list[str] = []
    log = workspace.ref().read()
    for line in lines:
        if line.ref == ref:
            refusals += judge_update(git, workspace.home.common_dir, line.old, line.new)
            log = line.new if is_oid(line.new) else log
    brought = [line for line in lines if line.ref != ref and is_oid(line.new)]
    head = peel(git, "HEAD")
    parts: list[Verdict] = []
    for line in brought if not refusals else ():
        tip = commit_of(git, line.new)
        if tip and line.ref == workspace.branch:
            policy_of(_config_at(git, tip))  # what nobody can read is no policy
        base = head or (peel(git, line.old) if is_oid(line.old) else None)
        policy = policy_of(_config_at(git, base) if base else workspace.config)
        selection = Selection(
            known=tuple(existing(git, policy.baseline)),
            options=("--not", "--all"),
        )
        verifier = _verifier(workspace, policy, is_remote=True, log=log)
        parts.append(verifier.verify(joined(_brought(git, [line], selection))))
    return Received(tuple(refusals), _together(parts))


def _together(parts: list[Verdict]) -> Verdict:
    violations = dict.fromkeys(v for part in parts for v in part.violations)
    return Verdict(
        commits=sum(part.commits for part in parts),
        claims=sum(part.claims for part in parts),
        violations=tuple(violations),
    )


def parse_receive(text: str) -> list[PushLine]:
    """Read a pre-receive hook's standard input. Source: githooks(5), "pre-receive".

    Raises:
        UsageProblem: a line is not of that form.
    """
    return [
        PushLine(ref=fields[2], new=fields[1], old=fields[0])
        for fields in _fields(text, "pre-receive", 3, (0, 1))
    ]
