"""SHA-256 without loading OpenSSL, which costs a commit 3 ms more than the digest.

``hashlib`` prefers OpenSSL; the interpreter's own module gives the same bytes. The
standard library's ``random`` does the same for the same reason.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12 and later
    except ImportError:  # pragma: no cover - which is there, Python says
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
