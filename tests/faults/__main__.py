"""Make every fault and print what came of it: ``python -m tests.faults [--long]``.

Prints a Markdown table, a row a fault; ends with 1 if one broke a promise.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.ground import Ground, Scene
from tests.faults.table import FAULTS
from tests.faults.tally import HEADER, Fault, NotHereError
from tests.support.sealing import open_names, sealed


def one(fault: Fault, path: Path, template: Scene, *, long: bool) -> list[str]:
    """Make one fault and print its row; return what promises it broke.

    Raises:
        NotHereError: it cannot be made on this machine.
    """
    path.mkdir(mode=0o755)
    begin = time.monotonic()
    try:
        tally = fault.tally(Ground(path, template), long=long)
    finally:
        shutil.rmtree(path, ignore_errors=True)
    print(tally.row(fault.name), flush=True)
    print(f"{time.monotonic() - begin:6.1f} s  {fault.name}", file=sys.stderr)
    breaches = fault.breaches(tally)
    for text in breaches:
        print(f"  {fault.name}: {text}", file=sys.stderr, flush=True)
    return breaches


def every(chosen: list[Fault], place: Path, *, long: bool) -> int:
    """Make the faults and print the table; return how many broke a promise."""
    template = Ground.template(place / "template")
    print(HEADER)
    broken, not_made = 0, 0
    for number, fault in enumerate(chosen):
        try:
            path = place / f"fault-{number}"
            broken += bool(one(fault, path, template, long=long))
        except NotHereError as err:
            not_made += 1
            print(f"| {fault.name} | 0 | | | | not made here: {err} |", flush=True)
    if not_made:
        text = f"{not_made} of {len(chosen)} faults could not be made here"
        print(text, file=sys.stderr)
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--long",
        action="store_true",
        help="some minutes: every boundary of hooks, commands and folds; of gates and "
        "syncs, which take seconds each, as many as are said in boundary_rows.py",
    )
    parser.add_argument("--only", default="", help="faults whose name holds this")
    args = parser.parse_args()
    chosen = [fault for fault in FAULTS if args.only in fault.name]
    if not chosen:
        parser.error(f"no fault has {args.only!r} in its name")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    place = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        place.chmod(0o755)
        for name in open_names():
            del os.environ[name]
        os.environ.update(sealed(place / "home"))
        return int(every(chosen, place, long=args.long) > 0)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
