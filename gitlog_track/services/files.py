"""Replace files of the user's: each whole or not at all."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from gitlog_track.log.files import unlink_if_there


class Replacements:
    """New contents of files, written beside them and then put in their places.

    Use as a context manager: what was not put in place is removed again.
    """

    def __init__(self, nonce: str) -> None:
        """Begin.

        Args:
            nonce: random text, for the names of what is written beside.
        """
        self._nonce = nonce
        self._beside: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for made in self._beside.values():
            unlink_if_there(made)

    def write(self, target: str, data: bytes) -> None:
        """Write what a file shall hold beside it, with the mode of the file there.

        Args:
            target: the file itself, with links followed.
            data: all of it.

        Raises:
            OSError: it cannot be written.
        """
        name = f".gitlog-track-{self._nonce}-{len(self._beside)}"
        made = os.path.join(os.path.dirname(target), name)
        with open(made, "xb") as file:
            self._beside[target] = made
            file.write(data)
            if os.path.exists(target):
                os.fchmod(file.fileno(), os.stat(target).st_mode & 0o777)
            file.flush()
            os.fsync(file.fileno())

    def put(self, target: str) -> None:
        """Put what was written in the file's place.

        Raises:
            OSError: it cannot be; the file is what it was.
        """
        os.replace(self._beside[target], target)
        del self._beside[target]
