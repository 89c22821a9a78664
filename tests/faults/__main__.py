"""Make every fault and print what came of it: ``python -m tests.faults [--long]``.

Prints a Markdown table, a row a fault; ends with 1 if one broke a promise.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.ground import Ground, Scene
from tests.faults.table import FAULTS
from tests.faults.tally import HEADER, Fault, NotHereError
from tests.support.sealing import open_names, sealed


def one(fault: Fault, path: Path, template: Scene, *, long: bool) -> list[str]:
    """Make one fault and print its row; return what promises it broke."""
    path.mkdir(mode=0o755)
    begin = time.monotonic()
    try:
        tally = fault.tally(Ground(path, template), long=long)
    except NotHereError as err:
        print(f"| {fault.name} | 0 | | | | not made here: {err} |", flush=True)
        return []
    finally:
        shutil.rmtree(path, ignore_errors=True)
    print(tally.row(fault.name), flush=True)
    print(f"{time.monotonic() - begin:6.1f} s  {fault.name}", file=sys.stderr)
    breaches = fault.breaches(tally)
    for text in breaches:
        print(f"  {fault.name}: {text}", file=sys.stderr, flush=True)
    return breaches


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--long", action="store_true", help="some minutes, all boundaries"
    )
    parser.add_argument("--only", default="", help="faults whose name holds this")
    args = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="faults-"))
    place.chmod(0o755)
    for name in open_names():
        del os.environ[name]
    os.environ.update(sealed(place / "home"))
    chosen = [fault for fault in FAULTS if args.only in fault.name]
    template = Ground.template(place / "template")
    print(HEADER)
    try:
        broken = [
            one(fault, place / f"fault-{number}", template, long=args.long)
            for number, fault in enumerate(chosen)
        ]
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return int(any(broken))


if __name__ == "__main__":
    sys.exit(main())
