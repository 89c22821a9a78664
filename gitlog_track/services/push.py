"""Judge a push: as the native hook sees it, or as much as the framework lets us see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gitlog_track.errors import LogBusyError, LogError
from gitlog_track.gate.policy import policy_of
from gitlog_track.gate.verdict import Verdict
from gitlog_track.gate.verify import joined
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import (
    RawObject,
    Selection,
    existing,
    is_oid,
    is_zero,
    new_commits,
    peel,
    tag_chain,
)
from gitlog_track.log.layout import TRACKING
from gitlog_track.services.judging import (
    PushLine,
    brought_by,
    read_fields,
    verifier_for,
)
from gitlog_track.services.workspace import Workspace

MOST_PLACED = 50
"""Violations whose refs are looked up; each costs a process."""


def parse_push(text: str) -> list[PushLine]:
    """Read a pre-push hook's standard input. Source: githooks(5), "pre-push".

    Raises:
        UsageProblem: a line is not of that form.
    """
    return [
        PushLine(ref=fields[2], new=fields[1], old=fields[3])
        for fields in read_fields(text, "pre-push", 4, (1, 3))
    ]


class LogLossError(LogError):
    """A push would take events away from the log that all share."""


def check_log_kept(workspace: Workspace, lines: list[PushLine]) -> None:
    """Check that no line deletes the remote's log or moves it to one without its events.

    git asks the hook about a forced update only; it refuses the others by itself.

    Raises:
        LogLossError: a line does.
    """
    for line in lines:
        if line.ref != workspace.log_ref:
            continue
        hint = "gitlog-track push"
        if is_zero(line.new):
            raise LogLossError(
                f"{line.ref} is the log all share: not deleted", hint=hint
            )
        ancestry = ("merge-base", "--is-ancestor", line.old, line.new)
        if not is_zero(line.old) and workspace.git.try_run(*ancestry)[0] != 0:
            raise LogLossError(
                f"the remote's log is at {line.old[:12]}, which {line.new[:12]} does not "
                "contain: not overwritten",
                hint=hint,
            )


def published_tracking(lines: list[PushLine]) -> str:
    """Return a line for a person whose push takes tracking refs along; empty if none.

    ``git push --mirror`` does. They are copies of what remotes have, of no use there.
    """
    kept = (line for line in lines if not is_zero(line.new))
    told = [line for line in kept if line.ref.startswith(f"{TRACKING}/")]
    if not told:
        return ""
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return (
        f"this push publishes {told[0].ref}{more}, a copy of what a remote had: it is "
        "of no use there (git push BRANCH publishes none)"
    )


def verify_push(workspace: Workspace, remote: str, lines: list[PushLine]) -> Verdict:
    """Judge everything that a push brings, whatever its refs are.

    Args:
        workspace: the pushing side.
        remote: name of the remote, or its URL.
        lines: all that git said is pushed.

    Raises:
        GitlogTrackError: the log or the policy cannot be read.
    """
    notes = _fold_or_note(workspace)
    git = workspace.git
    brought = [
        line for line in lines if is_oid(line.new) and line.ref != workspace.log_ref
    ]
    policy = policy_of(workspace.config)
    known = existing(git, [line.old for line in brought])
    selection = Selection(
        known=(*known, *existing(git, policy.baseline)),
        options=("--not", *_tracked(git, remote)),
    )
    objects = brought_by(git, brought, selection)
    verdict = verifier_for(workspace, policy).verify(objects)
    return replace(verdict, notes=notes)


def _fold_or_note(workspace: Workspace) -> tuple[str, ...]:
    """Fold; where another fold is at it for long, say so and go on.

    Nothing gets through by this: what is not in the log yet backs no claim.
    """
    try:
        workspace.fold_if_signed()
    except LogBusyError as err:
        return (f"a fold is under way, so the newest events may be missing: {err}",)
    return ()


def _tracked(git: Git, remote: str) -> Iterator[str]:
    """Yield the options that name what a remote is known to have.

    A push to a URL is one to every remote configured with that URL. Refs of another
    remote whose name only begins alike (``a`` and ``a/b``) are left out.
    """
    remotes: dict[str, set[str]] = {}
    for key, urls in git.config().items():
        if key.startswith("remote.") and key.endswith((".url", ".pushurl")):
            name = key.removeprefix("remote.").rpartition(".")[0]
            remotes.setdefault(name, set()).update(urls)
    meant = {remote} | {name for name, urls in remotes.items() if remote in urls}
    for name in sorted(meant):
        if name and not set(name) & set("*?[\\:"):
            for other in sorted(remotes):
                if other.startswith(f"{name}/"):
                    yield f"--exclude=refs/remotes/{other}/*"
            yield f"--glob=refs/remotes/{name}/*"


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
    notes = _fold_or_note(workspace)
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
    verifier = verifier_for(workspace, policy)
    verdict = verifier.verify(joined(commits, _new_tags(git, seen)))
    return replace(_placed(git, verdict), notes=notes)


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
