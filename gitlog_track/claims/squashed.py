"""What the message of a squash merge repeats of the commits that went into it.

GitHub writes the pull request's title with its number, ``Feature (#12)``, and below it
``* title`` for each commit (docs.github.com, "About pull request merges"); GitLab writes
what its template says, by default the merge request's title (docs.gitlab.com, "Commit
message templates"); git itself writes a ``commit <id>`` line for each (git-merge(1),
``--squash``).
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\s*\([#!][0-9]+\)\s*\Z")
_BULLET = re.compile(r"^\s{0,3}[*-]\s+(\S.*?)\s*$", re.MULTILINE)
_COMMIT = re.compile(r"^(?:\s{4})?commit ([0-9a-f]{40})\s*$", re.MULTILINE)


def title_of(text: str) -> str:
    r"""Return a message's title, without the number that a forge adds.

    >>> title_of("Parse the header (#12)\n\nbody")
    'Parse the header'
    """
    first = text.lstrip().partition("\n")[0].strip()
    return _NUMBER.sub("", first)


def repeated_titles(text: str) -> frozenset[str]:
    r"""Return a message's title and what stands in its list, in plain words.

    >>> sorted(repeated_titles("Feature (#12)\n\n* one\n\nTask: P1-001\n\n* two"))
    ['Feature', 'one', 'two']
    """
    found = {_NUMBER.sub("", line) for line in _BULLET.findall(text)}
    return frozenset({title_of(text), *found} - {""})


def listed_commits(text: str) -> frozenset[str]:
    """Return the ids of the commits that a message says it was made of."""
    return frozenset(_COMMIT.findall(text))
