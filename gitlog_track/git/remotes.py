"""Which URLs a remote's name stands for: one to fetch from, and those pushed to.

A push URL may name another server than the URL does, and there may be several of both.
Source: git-config(1), ``remote.<name>.url``, ``remote.<name>.pushurl``,
``url.<base>.insteadOf``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.git.process import Git


@dataclass(frozen=True, slots=True)
class Urls:
    """What a remote's name stands for.

    Attributes:
        fetch: where a fetch goes.
        push: where a push goes, to each of them in turn.
    """

    fetch: str
    push: tuple[str, ...]

    @property
    def is_one(self) -> bool:
        """Does a push go where a fetch comes from, and nowhere else?"""
        return self.push == (self.fetch,)


def remote_names(git: Git) -> list[str]:
    """Return the names of the remotes that have a URL, sorted."""
    keys = (key for key in git.config() if key.startswith("remote."))
    return sorted({key[7:-4] for key in keys if key.endswith(".url")})


def urls_of(git: Git, remote: str) -> Urls | None:
    """Return a remote's URLs as git uses them; None where the name stands for none."""
    config = git.config()
    urls = _listed(config.get(f"remote.{remote}.url", []))
    if not urls:
        return None
    if any(key.startswith("url.") for key in config):
        return _rewritten(git, remote)
    push = _listed(config.get(f"remote.{remote}.pushurl", []))
    return Urls(urls[0], tuple(push or urls))


def is_mirror(git: Git, remote: str) -> bool:
    """Is a plain push to the remote one of all refs there are?"""
    said = git.configured(f"remote.{remote}.mirror").lower()
    return said in {"true", "yes", "on", "1"}


def without_password(url: str) -> str:
    """Return a URL to show: without the name and password that may stand in it.

    >>> without_password("https://ann:secret@example.org/x.git")
    'https://example.org/x.git'
    """
    scheme, stands, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{stands}{host.rpartition('@')[2]}{slash}{path}" if stands else url


def _listed(values: list[str]) -> list[str]:
    """Return the values that count: an empty one takes back those before it."""
    last = max((i for i, value in enumerate(values) if not value), default=-1)
    return values[last + 1 :]


def _rewritten(git: Git, remote: str) -> Urls | None:
    """Ask git, where its rules put one beginning of a URL in place of another."""
    asked = git.as_asked()
    found = []
    for options in ((), ("--push", "--all")):
        code, out, _ = asked.try_run("remote", "get-url", *options, remote)
        if code != 0:
            return None
        found.append(out.decode("utf-8", "surrogateescape").split("\n")[:-1])
    return Urls(found[0][0], tuple(found[1]))
