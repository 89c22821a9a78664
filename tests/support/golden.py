"""Golden files: what the program prints, kept and compared byte by byte."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parent.parent / "golden"


@dataclass(frozen=True)
class Golden:
    """Compares, or rewrites when asked to."""

    update: bool

    def check(self, name: str, text: str) -> None:
        path = DIRECTORY / name
        if self.update:
            path.write_bytes(text.encode())
        assert path.exists(), f"{path.name} is missing: run pytest --update-golden"
        assert text == path.read_bytes().decode()
