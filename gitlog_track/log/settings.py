"""The few configured values that hooks and fold need, as ``key=value`` lines.

Hooks cannot parse TOML and the fold cannot afford to, so every command writes these
anew when the configuration has changed; only the ref stays what it was when ``init``
ran first, or worktrees of unlike configuration would write two logs. Standard library only.
"""

from __future__ import annotations

import os

from gitlog_track.log.layout import LOG_REF
from gitlog_track.model.names import DEFAULT_BRANCH_PATTERN, DEFAULT_PHASE_PATTERN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.log.layout import Home

FIELDS = (
    "actor",
    "branch_pattern",
    "fold",
    "fsync",
    "phase_pattern",
    "ref",
    "sign",
    "trailer",
    "trailer_glob",
    "umask",
)


class Settings:
    """What the commit path knows of the configuration.

    Attributes:
        actor: ``full``, ``name`` or ``hash``.
        branch_pattern, phase_pattern: regular expressions; empty is off.
        fold: ``detached`` or ``sync``.
        fsync: ``1`` to flush to disk before going on, else empty.
        ref: the log's ref.
        sign: ``1`` to sign the commits of the fold, else empty.
        trailer: key of the task trailer.
        trailer_glob: the same for sh's ``case``, whatever the letters' case.
        umask: what ``umask`` of sh takes, for repositories that are shared; else empty.
    """

    __slots__ = FIELDS

    def __init__(  # noqa: PLR0913  # one argument a key
        self,
        *,
        actor: str = "full",
        branch_pattern: str = DEFAULT_BRANCH_PATTERN,
        fold: str = "detached",
        fsync: str = "",
        phase_pattern: str = DEFAULT_PHASE_PATTERN,
        ref: str = LOG_REF,
        sign: str = "",
        trailer: str = "Task",
        umask: str = "",
    ) -> None:
        self.actor = actor
        self.branch_pattern = branch_pattern
        self.fold = fold
        self.fsync = fsync
        self.phase_pattern = phase_pattern
        self.ref = ref
        self.sign = sign
        self.trailer = trailer
        self.trailer_glob = "".join(
            f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in trailer
        )
        self.umask = umask

    def render(self) -> str:
        """Return the file's text."""
        return "".join(f"{name}={getattr(self, name)}\n" for name in FIELDS)


GROUP_UMASK = "g+rwx"
ALL_UMASK = "g+rwx,o+rx"
_OPENED = {GROUP_UMASK: 0o070, ALL_UMASK: 0o075}


class SharedUmask:
    """Makes files as core.sharedRepository asks, while used as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._asked = settings.umask
        self._before = 0

    def __enter__(self) -> None:
        self._before = os.umask(0o077)
        mask = self._before & ~_OPENED.get(self._asked, 0)
        os.umask(int(self._asked, 8) if self._asked.isdigit() else mask)

    def __exit__(self, *_: object) -> None:
        os.umask(self._before)


def parse_settings(text: str) -> Settings:
    """Read the file's text; what is unknown is passed over, what is absent default."""
    rows = (line.partition("=") for line in text.split("\n"))
    known = {key: value for key, _, value in rows if key in FIELDS}
    known.pop("trailer_glob", None)
    return Settings(**known)


def load_settings(home: Home) -> Settings:
    """Read a repository's settings; defaults where there are none."""
    try:
        with open(home.settings, encoding="utf-8") as file:
            return parse_settings(file.read())
    except (OSError, UnicodeDecodeError):
        return Settings()


def fixed_ref(home: Home) -> str | None:
    """Return the log's ref that ``init`` fixed; None where it did not run."""
    try:
        with open(home.settings, encoding="utf-8") as file:
            rows = (line.partition("=") for line in file.read().split("\n"))
            found = [value for key, _, value in rows if key == "ref"]
    except (OSError, UnicodeDecodeError):
        return None
    return (found or [""])[0] or None


def save_settings(home: Home, settings: Settings) -> bool:
    """Write the settings if they differ from what is there; return whether they did."""
    text = settings.render()
    try:
        with open(home.settings, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except (OSError, UnicodeDecodeError):
        pass
    temporary = f"{home.settings}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, home.settings)
    return True
