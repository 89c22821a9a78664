"""Probe a remote: does it take, keep and give back a ref of the log's kind?

Forges differ, and a policy may change; so nothing is guessed: a commit is pushed to a
ref beside the log's, read back, and removed again.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.log.layout import FALLBACK_REFS, PROBE
from gitlog_track.services.doctor import Finding
from gitlog_track.services.remotes import Peer
from gitlog_track.services.workspace import Workspace

PROBE_S = 60.0


def probe_remote(workspace: Workspace, peer: Peer) -> list[Finding]:
    """Return what a remote does with the log's ref; leaves nothing behind there.

    Args:
        workspace: this side.
        peer: where it is.
    """
    budget = Budget(PROBE_S)
    transport = Transport(
        workspace.git, peer.remote, budget, workspace.top, address=peer.address
    )
    try:
        found = _probe(workspace, transport, workspace.log_ref)
        if found.level == "ok":
            return [found, _log_there(workspace, transport)]
        return [found, *_fallbacks(workspace, transport)]
    except GitlogTrackError as err:
        return [Finding("problem", str(err), err.hint or "")]


def _probe(workspace: Workspace, transport: Transport, name: str) -> Finding:
    """Push a probe beside a ref, read it back, remove it."""
    ref = f"{name}{PROBE}{workspace.nonce()[:8]}"
    probe = _probe_commit(workspace)
    remote = transport.label
    row = transport.push([f"{probe}:{ref}"])[0]
    if row.is_refused:
        return Finding("problem", f"{remote} refuses {name}: {row.summary}")
    try:
        kept = transport.refs(ref).get(ref) == probe
    finally:
        removed = not transport.push([f":{ref}"])[0].is_refused
    if not kept:
        text = f"{remote} took a ref beside {name} and does not show it"
        return Finding("problem", text)
    if not removed:
        text = f"{remote} keeps refs like {name}, but does not let {ref} be removed"
        return Finding("note", text, f"remove it by hand: {ref} on {remote}")
    return Finding("ok", f"{remote} takes, keeps and gives back refs like {name}")


def _probe_commit(workspace: Workspace) -> str:
    """Return a commit of nothing, so that a branch can be a probe too."""
    git = workspace.git
    tree = git.run("hash-object", "-t", "tree", "-w", "--stdin").decode().strip()
    at = f"gitlog-track <> {workspace.clock.now_ns() // 10**9} +0000"
    text = f"tree {tree}\nauthor {at}\ncommitter {at}\n\nProbe: remove me\n"
    made = git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    return made.decode().strip()


def _log_there(workspace: Workspace, transport: Transport) -> Finding:
    ref = workspace.log_ref
    there = transport.refs(ref).get(ref)
    if there is None:
        fix = f"gitlog-track push {transport.name}"
        return Finding("note", f"{transport.label} has no log yet", fix)
    here = workspace.ref().read()
    if there == here:
        return Finding("ok", f"{transport.label} has the log as it is here")
    fix = f"gitlog-track sync {transport.name}"
    return Finding("note", f"the log on {transport.label} is at {there[:12]}", fix)


def _fallbacks(workspace: Workspace, transport: Transport) -> Iterator[Finding]:
    for name in FALLBACK_REFS:
        if name == workspace.log_ref:
            continue
        found = _probe(workspace, transport, name)
        if found.level == "problem":
            yield found
            continue
        fix = f'set log.ref = "{name}" for all clones, then in each: deinit, init'
        yield Finding(found.level, found.text, fix)
