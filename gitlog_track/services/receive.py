"""Judge what a server is about to receive; writes nothing at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gitlog_track.config import Config, parse_config
from gitlog_track.errors import ConfigError
from gitlog_track.gate.policy import policy_of
from gitlog_track.gate.verdict import Verdict
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import (
    Selection,
    commit_of,
    existing,
    is_oid,
    is_zero,
    peel,
)
from gitlog_track.log.audit import judge_update
from gitlog_track.log.layout import NAMESPACE, PROBE
from gitlog_track.log.signing import badly_signed
from gitlog_track.services.judging import (
    PushLine,
    brought_by,
    config_of_commit,
    read_fields,
    verifier_for,
)
from gitlog_track.services.received import RECEIVED
from gitlog_track.services.workspace import Workspace


def parse_receive(text: str) -> list[PushLine]:
    """Read a pre-receive hook's standard input. Source: githooks(5), "pre-receive".

    Raises:
        UsageProblem: a line is not of that form.
    """
    return [
        PushLine(ref=fields[2], new=fields[1], old=fields[0])
        for fields in read_fields(text, "pre-receive", 3, (0, 1))
    ]


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
    git, ref = workspace.git, workspace.config.ref
    refusals: list[str] = []
    log = workspace.ref().read()
    head = peel(git, "HEAD")
    for line in lines:
        refusals += _refused_place(ref, line)
        if line.ref == ref:
            refusals += judge_update(
                git, workspace.home.common_dir, line.old, line.new
            ) or _unsigned(git, _server_config(git, head), line)
            log = line.new if is_oid(line.new) else log
    brought = [line for line in lines if line.ref != ref and is_oid(line.new)]
    by_base: dict[str | None, list[PushLine]] = {}
    for line in brought if not refusals else ():
        if line.ref == workspace.branch and (tip := commit_of(git, line.new)):
            policy_of(config_of_commit(git, tip))  # what nobody can read is no policy
        base = head or (peel(git, line.old) if is_oid(line.old) else None)
        by_base.setdefault(base, []).append(line)
    parts: list[Verdict] = []
    for base, group in by_base.items():
        policy = policy_of(_server_config(git, base))
        selection = Selection(
            known=tuple(existing(git, policy.baseline)),
            options=("--not", "--all"),
        )
        verifier = verifier_for(workspace, policy, is_remote=True, log=log)
        parts.append(verifier.verify(brought_by(git, group, selection)))
    return Received(tuple(refusals), _together(parts))


def _refused_place(log_ref: str, line: PushLine) -> list[str]:
    """Return why nobody may push to a ref, whatever it is to point at; empty is good.

    Our namespace holds the log alone. Any other ref in it is a log that nobody judges,
    or a directory where the log's file is to be; so none is made, moved or deleted by a
    push. A probe of ``doctor`` may come and go.
    """
    if _is_within(line.ref, RECEIVED):
        return [f"{line.ref} is written by this server alone"]
    if line.ref == log_ref or not any(
        _is_within(line.ref, place) for place in (NAMESPACE, log_ref)
    ):
        return []
    is_probe = line.ref.startswith(f"{log_ref}{PROBE}")
    if is_probe and (is_zero(line.old) or is_zero(line.new)):
        return []
    return [f"{line.ref} is no place to push to: the log is {log_ref}, alone"]


def _unsigned(git: Git, config: Config, line: PushLine) -> list[str]:
    """Return which new log commits lack a good signature, where the policy asks for it.

    Merges say nothing of their own, which the judgment of each step has made sure of.
    """
    if not config.sign or not is_oid(line.new):
        return []
    known = existing(git, [line.old, config.signed_since])
    bad = badly_signed(git, line.new, *known)
    rest = f", nor have {len(bad) - 1} others" if len(bad) > 1 else ""
    return [f"log commit {oid[:12]} has no good signature{rest}" for oid in bad[:1]]


def _is_within(ref: str, place: str) -> bool:
    return f"{ref}/".startswith(f"{place}/")


def _server_config(git: Git, base: str | None) -> Config:
    """Return what counts on this server: its own git configuration, over the base's.

    A base that cannot be read, of a newer version for example, is judged by the
    defaults, which are the strictest: the server must not lock itself.

    Raises:
        ConfigError: the server's own configuration holds a value that is none.
    """
    try:
        config = config_of_commit(git, base) if base else Config()
    except ConfigError:
        config = Config()
    own, baseline = _own_settings(git)
    said = parse_config({"gate": own}, "git configuration of this server")
    return replace(
        config,
        gate_mode=said.gate_mode if "mode" in own else config.gate_mode,
        gate_prose=said.gate_prose if "prose" in own else config.gate_prose,
        gate_evidence=said.gate_evidence if "evidence" in own else config.gate_evidence,
        gate_baseline=(*config.gate_baseline, *baseline),
    )


def _own_settings(git: Git) -> tuple[dict[str, object], list[str]]:
    """Return what ``git config gitlog-track.KEY`` says, and its baselines."""
    code, out, _ = git.try_run("config", "-z", "--get-regexp", r"^gitlog-track\.")
    rows = out.decode("utf-8", "replace").split("\0")[:-1] if code == 0 else []
    pairs = [row.removeprefix("gitlog-track.").partition("\n") for row in rows]
    baseline = [value for key, _, value in pairs if key == "baseline"]
    own: dict[str, object] = {
        key: value
        for key, _, value in pairs
        if key not in {"baseline", "ref", "recordreceived"}
    }
    return own, baseline


def _together(parts: list[Verdict]) -> Verdict:
    violations = dict.fromkeys(v for part in parts for v in part.violations)
    return Verdict(
        commits=sum(part.commits for part in parts),
        claims=sum(part.claims for part in parts),
        violations=tuple(violations),
    )
