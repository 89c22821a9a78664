"""What is fuzzed: a function of bytes, and what it may say to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.shown import error_shown
from tests.fuzz.terminal import assert_showable

CORPUS = Path(__file__).parent / "corpus"


def nothing() -> Iterable[bytes]:
    return ()


@dataclass(frozen=True)
class Target:
    """One row of the table of targets.

    Attributes:
        name: as given to ``python -m tests.fuzz``.
        run: takes hostile bytes, and returns what would reach a terminal of them, raw:
            as renderers and console print it, not made harmless by the target itself.
        errors: what it may raise, and nothing else; the console shows it.
        words: what its grammar is made of, for whoever makes inputs up.
        seeds: inputs to begin with, besides those in the corpus.
        slow_at: patterns whose time has to grow no faster than they do: from a number
            to bytes of about that length.
    """

    name: str
    run: Callable[[bytes], str | None]
    errors: tuple[type[Exception], ...] = ()
    words: tuple[str, ...] = ()
    seeds: Callable[[], Iterable[bytes]] = nothing
    slow_at: Mapping[str, Callable[[int], bytes]] = field(default_factory=dict)

    def check(self, data: bytes) -> None:
        """Run it and hold it to its promises.

        Raises:
            AssertionError: what would be printed can move a cursor.
            Exception: whatever it raised that it may not.
        """
        try:
            said = self.run(data)
        except self.errors as err:
            said = error_shown(err)
        assert_showable(said or "")

    def inputs(self) -> list[Path]:
        """The corpus: seeds that were written by hand, and every case ever found."""
        return sorted(path for path in (CORPUS / self.name).glob("*") if path.is_file())
