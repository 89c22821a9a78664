"""What a fault came to, and the row that tells of it."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.ground import Ground, Recover, Scene, folds


class NotHereError(Exception):
    """A fault cannot be made on this machine; the message is the reason."""


@dataclass
class Tally:
    """What all tries of one fault came to.

    Attributes:
        tries: how often the fault was made.
        acknowledged: events whose recorder said, by success, that they are kept.
        lost, doubled: the acknowledged events that the log has not, or has twice.
        stuck: tries after which a person had to do something.
        wrong: whatever else must not be; each begins with the try it was seen in.
        codes: exit codes of what the fault was done to; a signal is 128 and more.
    """

    tries: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)

    def saw(self, code: int) -> int:
        """Note an exit code as a shell shows it."""
        shown = 128 - code if code < 0 else code
        self.codes[shown] += 1
        return shown

    def settle(self, scene: Scene, where: str, recover: Recover = folds) -> None:
        """Let life go on after a fault, and see what is there and what is not."""
        scene.later()
        if said := recover(scene):
            self.stuck.append(f"{where}: {said}")
        self.account(scene, where)

    def account(self, scene: Scene, where: str) -> None:
        """Compare what was acknowledged with what is in the log."""
        self.acknowledged += len(scene.told)
        there = scene.in_log()
        self.lost += [f"{where}: {name}" for name in scene.told if not there[name]]
        self.doubled += [f"{where}: {name}" for name in scene.told if there[name] > 1]
        self.wrong += [f"{where}: {text}" for text in scene.wrong()]

    def row(self, name: str) -> str:
        codes = ", ".join(f"{code} ({n})" for code, n in sorted(self.codes.items()))
        recovered = "no" if self.stuck else "yes"
        cells = (name, self.tries, self.acknowledged, len(self.lost), recovered, codes)
        return f"| {' | '.join(str(cell) for cell in cells)} |"


HEADER = (
    "| fault | tries | events acknowledged | events lost | recovered without a person | exit codes seen |\n"
    "|---|---:|---:|---:|---|---|"
)


@dataclass(frozen=True)
class Fault:
    """One row of the table.

    Attributes:
        name: what goes wrong.
        short, long: how many tries, at most, in the two forms.
        run: makes the fault so many times, on ground of its own.
        helped: a person is needed afterwards, and does what the message said.
    """

    name: str
    short: int
    long: int
    run: Callable[[Ground, Tally, int], None]
    helped: bool = False

    def tally(self, ground: Ground, *, long: bool) -> Tally:
        """Make the fault; whatever stops that is something that must not be.

        A log that cannot be read any more shows as such an error, in the middle of it.

        Raises:
            NotHereError: it cannot be made on this machine.
        """
        tally = Tally()
        try:
            self.run(ground, tally, self.long if long else self.short)
        except NotHereError:
            raise
        except Exception as err:  # noqa: BLE001  # the other rows are made all the same
            seen = traceback.extract_tb(err.__traceback__)[-1]
            at = f"{Path(seen.filename).name}:{seen.lineno}"
            tally.wrong.append(f"try {tally.tries}: {type(err).__name__}: {err} ({at})")
        return tally

    def breaches(self, tally: Tally) -> list[str]:
        """Say what of the promises was not kept."""
        found = [f"lost: {name}" for name in tally.lost]
        found += [f"doubled: {name}" for name in tally.doubled]
        found += tally.wrong
        if not self.helped:
            found += [f"not recovered: {name}" for name in tally.stuck]
        if tally.tries == 0:
            found.append("nothing was tried")
        return found
