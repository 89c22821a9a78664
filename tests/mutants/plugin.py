"""A plugin of pytest: collects tests once, and tries them on one mutant after the other.

Each mutant has a fork of its own, in which those tests run that mutmut saw reach its function,
until one fails; the test that killed the last mutant is tried first on the next. Thousands of
mutants take minutes so, not hours.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

STATS = "mutmut-stats.json"
HANGS_AFTER_S = 40
MOST_BYTES = 2 << 30
KILLED = 1
Reaching = Mapping[str, Sequence[str]]
"""The ids of the tests in which each function is called."""


class Trials:
    """Tries tests on mutants, several mutants at once.

    Attributes:
        failed: has a test failed in this process?
    """

    def __init__(
        self, items: list[pytest.Item], reaching: Reaching, workers: int
    ) -> None:
        self.failed = False
        self._items = items
        self._reaching = {name: frozenset(ids) for name, ids in reaching.items()}
        self._workers = workers
        self._order = list(range(len(items)))
        self._running: dict[
            int, tuple[str, int]
        ] = {}  # to the mutant, and a pipe from it

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def run(self, names: list[str]) -> Iterator[tuple[str, bool]]:
        """Yield every mutant, in no particular order, and whether a test killed it."""
        for name in names:
            if len(self._running) >= self._workers:
                yield self._end_one()
            self._begin(name)
        while self._running:
            yield self._end_one()

    def _begin(self, name: str) -> None:
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            self._running[pid] = name, read
            return
        try:
            self._become(name)
            killer = self._killer(name)
            os.write(write, str(killer).encode())
        finally:
            os._exit(KILLED if self.failed else 0)

    def _become(self, name: str) -> None:
        os.environ["MUTANT_UNDER_TEST"] = name
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(HANGS_AFTER_S)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)

    def _killer(self, name: str) -> int:
        """Run the tests that reach it, or else all, until one fails; return its number."""
        reaching = self._reaching.get(name.partition("__mutmut_")[0])
        order = [
            number
            for number in self._order
            if reaching is None or self._items[number].nodeid in reaching
        ]
        for number, after in zip(order, [*order[1:], None], strict=True):
            item = self._items[number]
            following = None if after is None else self._items[after]
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return number
        return -1

    def _end_one(self) -> tuple[str, bool]:
        pid, status = os.wait()
        name, pipe = self._running.pop(pid)
        said = os.read(pipe, 16)
        os.close(pipe)
        if said and said != b"-1":
            self._order.remove(int(said))
            self._order.insert(0, int(said))
        return name, status != 0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", help="a file of their names, a line each")
    parser.addoption("--verdicts", help="where to write those that live")
    parser.addoption("--workers", type=int, default=1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    config = session.config
    reaching = json.loads(Path(STATS).read_text())["tests_by_mangled_function_name"]
    trials = Trials(session.items, reaching, config.getoption("--workers"))
    config.pluginmanager.register(trials)
    names = Path(config.getoption("--mutants")).read_text().split()
    with Path(config.getoption("--verdicts")).open("w") as verdicts:
        for name, killed in trials.run(names):
            if not killed:
                verdicts.write(f"{name}\n")
    return True
