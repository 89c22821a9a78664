"""Inputs on which a careless parser takes time that grows faster than they do."""

from __future__ import annotations

from collections.abc import Callable

Pattern = Callable[[int], bytes]


def repeated(unit: str, before: str = "", after: str = "") -> Pattern:
    """Return a pattern that is one piece over and over, to about a length."""
    piece = unit.encode()

    def make(size: int) -> bytes:
        return before.encode() + piece * (size // len(piece)) + after.encode()

    return make


ANYWHERE: dict[str, Pattern] = {
    "blanks": repeated(" "),
    "blanks, then a letter": repeated(" ", after="x"),
    "tabs": repeated("\t"),
    "newlines": repeated("\n"),
    "returns": repeated("\r"),
    "letters": repeated("a"),
    "digits": repeated("1"),
    "digits and commas": repeated("1,"),
    "thousands": repeated("1,000,"),
    "points": repeated("1."),
    "dashes": repeated("-"),
    "colons": repeated(":"),
    "equals": repeated("="),
    "stars": repeated("*"),
    "ticks": repeated("`"),
    "fences": repeated("```\n"),
    "brackets": repeated("[", after="]"),
    "braces": repeated("{", after="}"),
    "pairs": repeated("[]"),
    "quotes": repeated('"'),
    "backslashes": repeated("\\"),
    "hashes": repeated("#"),
    "slashes": repeated("/"),
    "escapes": repeated("\x1b["),
    "nuls": repeated("\0"),
    "words": repeated("word "),
    "long lines": repeated("word word word\n"),
    "wide": repeated("\u4e2d"),
    "combining": repeated("e\u0301"),
    "mixed ends": repeated("a\r\n\r"),
    "at signs": repeated("a@"),
    "dots": repeated("a."),
}

CLAIMS: dict[str, Pattern] = {
    "trailers": repeated("Task: P1-009\n", "x\n\n"),
    "keys": repeated("Duration: 12m\n", "x\n\n"),
    "key without end": repeated("A-", "x\n\n", ": 1"),
    "hedges": repeated("about "),
    "units": repeated("1h 2m "),
    "spans": repeated("1-2 to "),
    "minutes": repeated("12 minutes, "),
    "took": repeated("took 12 minutes using 3,236 tokens and "),
    "no claim": repeated("12 tokens per task is not used "),
    "markdown": repeated("**took** _2h_ `3` "),
    "quoted": repeated("> took 2h\n"),
    "indented": repeated("    Task: P1-9\n", "x\n\n"),
    "folded": repeated(" more\n", "x\n\nTask: P1-9\n"),
    "tables": repeated("| took | 2h |\n"),
    "squash": repeated(
        "commit 1\n\n    took 2h\n", "Squashed commit of the following:\n\n"
    ),
    "scissors": repeated("# ------------------------ >8 -----------------------\n"),
    "diff": repeated("@@ -1 +1 @@\n", "x\n\ndiff --git a/x b/x\n"),
}

JSON: dict[str, Pattern] = {
    "nested lists": lambda n: b"[" * (n // 2) + b"]" * (n // 2),
    "nested objects": repeated('{"a":', after="1"),
    "long text": repeated("a", '{"text":"', '"}'),
    "escaped text": repeated("\\u0000", '{"text":"', '"}'),
    "many keys": lambda n: (
        b"{" + b",".join(b'"k%d":1' % i for i in range(n // 8)) + b"}"
    ),
    "one key": repeated('"kind":1,', "{", '"seq":1}'),
    "long number": repeated("9", '{"seq":', "}"),
    "many lines": repeated('{"kind":"note_recorded","seq":1}\n'),
}

TRACES: dict[str, Pattern] = {
    "frames": repeated('  File "/a/b.py", line 3, in f\n    g()\n', "Traceback (most recent call last):\n", "E: x\n"),
    "tracebacks": repeated("Traceback (most recent call last):\n"),
    "causes": repeated("Caused by: java.lang.E: x\n\tat a.b.C.d(E.java:1)\n"),
    "javascript": repeated("    at f (/a/b.js:1:2)\n", "Error: x\n"),
    "goroutines": repeated("goroutine 1 [running]:\nmain.f()\n\t/a/b.go:1 +0x1\n", "panic: x\n\n"),
    "rust": repeated("   1: a::b\n             at /a/b.rs:1:2\n", "thread 'main' panicked at x\nstack backtrace:\n"),
    "during": repeated("During handling of the above exception, another exception occurred:\n\n"),
}  # fmt: skip

SECRETS: dict[str, Pattern] = {
    "addresses": repeated("a.b@c.d.e "),
    "long address": repeated("a.", after="@b"),
    "domains": repeated("a.", "x@"),
    "ipv6": repeated("1:"),
    "ipv4": repeated("1.2.3.4 "),
    "urls": repeated("https://a:b@"),
    "jwt": repeated("eyJ", after="."),
    "jwt parts": repeated("eyJhbGciOiJIUzI1NiJ9."),
    "keys": repeated("-----BEGIN PRIVATE KEY-----\n"),
    "uuids": repeated("00000000-0000-0000-0000-"),
    "assignments": repeated("password="),
}

MARKERS: dict[str, Pattern] = {
    "comments": repeated("<!-- "),
    "markers": repeated("<!-- gitlog-track: report -->\n"),
    "ends": repeated("<!-- /gitlog-track -->\n"),
    "comment ends": repeated("-->"),
    "comment in line": repeated("<!-- x --> "),
    "html": repeated("<a "),
    "links": repeated("[a]("),
    "emphasis": repeated("*a _b "),
    "lists": repeated("- "),
    "quotes of quotes": repeated("> "),
    "headings": repeated("# a\n"),
}
