"""Who did it: git's identity, kept as the configuration says. Standard library only."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.git.process import Git
    from gitlog_track.log.layout import Home

NOBODY = "unknown <>"


def git_identity(git: Git) -> str:
    """Return ``name <mail>`` of the committer git would use; NOBODY if it has none."""
    code, out, _ = git.try_run("var", "GIT_COMMITTER_IDENT")
    if code != 0:
        return NOBODY
    return out.decode("utf-8", "replace").rpartition(">")[0].strip() + ">"


def actor_as(kept: str, identity: str, home: Home) -> str:
    """Return an identity as it may be kept.

    Args:
        kept: ``full`` (name and e-mail), ``name``, or ``hash``: a keyed hash that
            tells people apart in one clone and says nothing outside it.
        identity: ``name <mail>``.
        home: where the key is.
    """
    if kept == "name":
        return _split(identity)[0] or "unknown"
    if kept == "hash":
        from hashlib import blake2b

        data = identity.encode("utf-8", "replace")
        digest = blake2b(data, key=_key(home), digest_size=8)
        return f"actor-{digest.hexdigest()}"
    return identity


def author_line(identity: str) -> str:
    """Return an identity as a commit header takes it, whatever it holds."""
    name, mail = _split(identity)
    return f"{_clean(name) or 'unknown'} <{_clean(mail)}>"


def _split(identity: str) -> tuple[str, str]:
    name, _, mail = identity.partition("<")
    return name.strip(), mail.partition(">")[0]


def _clean(text: str) -> str:
    return "".join(c for c in text if c >= " " and c not in "<>\x7f").strip()


def _key(home: Home) -> bytes:
    fd = os.open(f"{home.path}/actor-key", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        known = os.read(fd, 32)
        if len(known) == 32:
            return known
        made = os.urandom(32)
        os.pwrite(fd, made, 0)
        return made
    finally:
        os.close(fd)
