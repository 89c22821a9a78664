"""One target under atheris; ends with its process. Started by ``python -m tests.fuzz``."""

from __future__ import annotations

import sys


def main(argv: list[str]) -> None:
    """Fuzz the target that is named; what follows is libFuzzer's."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    with atheris.instrument_imports(include=["gitlog_track"]):
        from tests.fuzz.targets import TARGETS
    [one] = [target for target in TARGETS if target.name == argv[1]]
    atheris.Setup([argv[0], *argv[2:]], one.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
