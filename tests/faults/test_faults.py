"""Whatever fails, nothing acknowledged is lost: the short form of the table.

``python -m tests.faults --long`` makes them at every boundary.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ground import Ground, Scene
from tests.faults.table import FAULTS
from tests.faults.tally import Fault, NotHereError
from tests.support.sealing import sealed

_TEMPLATES: dict[Path, Scene] = {}


@pytest.fixture
def ground(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    """Ground that every user can enter, as some faults are made as another."""
    session = tmp_path_factory.getbasetemp()
    place = Path(tempfile.mkdtemp(prefix="faults-"))
    place.chmod(0o755)
    for name, value in sealed(place / "home").items():
        monkeypatch.setenv(name, value)
    if session not in _TEMPLATES:
        path = tmp_path_factory.mktemp("faults") / "template"
        _TEMPLATES[session] = Ground.template(path)
    yield Ground(place, _TEMPLATES[session])
    shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost(fault: Fault, ground: Ground) -> None:
    try:
        tally = fault.tally(ground, long=False)
    except NotHereError as err:
        pytest.skip(str(err))
    print(tally.row(fault.name))
    assert fault.breaches(tally) == []


def test_the_names_of_faults_are_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
