"""Deaths at a chosen step, as ``kill -9`` would bring them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


class Killed(BaseException):
    """Stands for kill -9: no handler of the program sees it."""


@contextlib.contextmanager
def death(target: object, name: str, after: bool) -> Iterator[None]:
    """Die at the first call of a function, before or after it has done its work."""
    real: Callable[..., object] = getattr(target, name)

    def die(*args: object, **kwargs: object) -> object:
        setattr(target, name, real)
        if after:
            real(*args, **kwargs)
        raise Killed

    setattr(target, name, die)
    try:
        yield
    except Killed:
        pass
    finally:
        setattr(target, name, real)
