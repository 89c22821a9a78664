"""Messages and objects made to harm: refused or shown escaped, never overlooked."""

from __future__ import annotations

import time
import zlib

import pytest

from tests.support.gate import BAD, GOOD, Project, is_refused, nothing_received

CLAIM = "Task: P1-009\nTokens-Used: 2,400\n"
PLAIN = "Go on\n\nNothing to see.\n"
UTF7 = b"Go on\n\n+AFQ-ask: P1-009\n+AFQ-okens-Used: 2,400\n"


def encoded(codec: str, name: str = "") -> tuple[bytes, bytes]:
    return BAD.encode(codec), f"encoding {name or codec}\n".encode()


REFUSED: dict[str, tuple[bytes, bytes]] = {
    "unknown encoding, claim": (BAD.encode(), b"encoding x-evil\n"),
    "unknown encoding, no claim": (PLAIN.encode(), b"encoding x-evil\n"),
    "rot13": (BAD.encode(), b"encoding rot13\n"),
    "UTF-7, claim": (UTF7, b"encoding UTF-7\n"),
    "UTF-7, no claim": (PLAIN.encode(), b"encoding UTF-7\n"),
    "UTF-16": encoded("utf-16"),
    "UTF-16LE": encoded("utf-16-le", "UTF-16LE"),
    "UTF-32": encoded("utf-32"),
    "EBCDIC": encoded("cp500"),
    "UTF-16 without a header": (BAD.encode("utf-16"), b""),
    "NUL before a claim": (b"Go on\n\0\n" + BAD.encode(), b""),
    "NUL after a claim": (GOOD.encode() + b"\0", b""),
    "invalid UTF-8, bad claim": (BAD.encode() + b"\xff\xfe\n", b""),
    "invalid UTF-8, good claim": (GOOD.encode() + b"\xff\xfe\n", b""),
    "Latin-1 said to be, bad claim": encoded("iso-8859-1"),
    "two encodings": (BAD.encode(), b"encoding UTF-8\nencoding x-evil\n"),
    "two encodings, evil first": (BAD.encode(), b"encoding x-evil\nencoding UTF-8\n"),
    "encoding of odd case": (UTF7, b"encoding utf-7\n"),
    "encoding beside a header": (UTF7, b"x-other 1\nencoding UTF-7\n"),
    "byte order mark": (b"\xef\xbb\xbf" + BAD.encode(), b""),
    "carriage returns": (BAD.replace("\n", "\r\n").encode(), b""),
    "escape sequence": (b"\x1b[2J\x1b[31m" + BAD.encode(), b""),
    "bidi": ("\u202e\u2066".encode() + BAD.encode(), b""),
    "operating system command": (b"\x1b]0;title\x07" + BAD.encode(), b""),
    "C1": ("\u009b31m".encode() + BAD.encode(), b""),
    "signature header": (BAD.encode(), b"gpgsig -----BEGIN\n x\n \n -----END\n"),
}  # fmt: skip
PASSES: dict[str, tuple[bytes, bytes]] = {
    "invalid UTF-8, no claim": (b"Go on \xff\xfe\n", b""),
    "Latin-1, no claim": ("Gr\u00fc\u00dfe\n".encode("latin-1"), b"encoding ISO-8859-1\n"),
    "Latin-1, good claim": (f"Gr\u00fc\u00dfe\n\n{GOOD}".encode("latin-1"), b"encoding ISO-8859-1\n"),
    "escape sequence, no claim": (b"\x1b[2J\n", b""),
    "bidi, good claim": ("\u202e\n\n".encode() + GOOD.encode(), b""),
    "empty": (b"", b""),
    "blank": (b"\n\n\n", b""),
}  # fmt: skip


def push_of(project: Project, message: bytes, headers: bytes) -> list[str]:
    made = project.commit(message, headers=headers, literally=True)
    return ["origin", f"{made}:refs/heads/topic"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_hide_a_claim_is_refused_and_never_printed_raw(
    project: Project, name: str
) -> None:
    with nothing_received(project):
        done = project.push(*push_of(project, *REFUSED[name]))
        assert is_refused(done, "GT0"), done.stderr
    for raw in ("\x1b", "\x07", "\u202e", "\u2066", "\u009b", "\0"):
        assert raw not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_the_server_refuses_the_same(project: Project, name: str) -> None:
    project.serve()
    project.push("--no-verify", "-q", "origin", "refs/gitlog-track/log")
    with nothing_received(project):
        done = project.push("--no-verify", *push_of(project, *REFUSED[name]))
        assert is_refused(done, "GT0"), done.stderr
    assert "\x1b[31m" not in done.stderr
    assert "\u202e" not in done.stderr


@pytest.mark.parametrize("name", PASSES)
def test_what_is_odd_but_claims_nothing_untrue_passes(
    project: Project, name: str
) -> None:
    done = project.push(*push_of(project, *PASSES[name]))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["unknown encoding, claim", "UTF-7, claim", "UTF-16", "NUL before a claim"])  # fmt: skip
def test_a_tag_cannot_hide_a_claim_either(project: Project, name: str) -> None:
    message, header = REFUSED[name]
    target = project.work.git("rev-parse", "main").encode()
    who = b"tagger A <a@example.org> 1759633200 +0000\n"
    rows = b"object %s\ntype commit\ntag v1\n%s%s\n%s" % (target, who, header, message)
    made = project.raw(rows, "tag", literally=True)
    with nothing_received(project):
        assert is_refused(project.push("origin", f"{made}:refs/tags/v1"), "GT0")


def test_a_replacement_does_not_hide_what_is_pushed(project: Project) -> None:
    bad = project.branch("topic", BAD)
    project.work.git("replace", bad, project.commit(PLAIN))
    assert "Go on" in project.work.git("log", "-1", "topic")
    with nothing_received(project):
        assert is_refused(project.push("origin", "topic"), "GT004")


def test_a_graft_does_not_cut_off_what_is_pushed(project: Project) -> None:
    tip = project.branch("topic", "Go on", project.commit(BAD))
    project.work.git("replace", "--graft", tip, "main")
    with nothing_received(project):
        assert is_refused(project.push("origin", "topic"), "GT004")


def test_a_grafts_file_does_not_hide_what_is_pushed(project: Project) -> None:
    bad = project.commit(BAD)
    tip = project.commit("Go on", bad)
    main = project.work.git("rev-parse", "main")
    grafts = project.work.common / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{tip} {main}\n")
    line = f"refs/heads/x {tip} refs/heads/x {'0' * 40}\n"
    done = project.feed("origin", "../origin.git", lines=line)
    assert is_refused(done, bad[:12]), done.stderr


def damage_object(project: Project, oid: str, data: bytes | None) -> None:
    path = project.work.common / "objects" / oid[:2] / oid[2:]
    path.chmod(0o600)
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


@pytest.mark.parametrize(
    "data",
    [None, b"", b"garbage", zlib.compress(b"commit 5\0short and wrong")],
    ids=["missing", "empty", "garbage", "wrong"],
)
@pytest.mark.parametrize("below", [True, False])
def test_an_object_that_cannot_be_read_is_not_let_through(
    project: Project, data: bytes | None, below: bool
) -> None:
    bad = project.commit(BAD)
    tip = project.commit("Go on", bad) if below else bad
    damage_object(project, bad, data)
    zero = "0" * 40
    line = f"refs/heads/x {tip} refs/heads/x {zero}\n"
    done = project.feed("origin", "../origin.git", lines=line)
    assert is_refused(done, "GT011"), done.stderr


DAMAGED = {
    "no tree": b"author A <a@b> 1 +0000\n\n%(bad)s",
    "no author": b"tree %(tree)s\n\n%(bad)s",
    "bad time": b"tree %(tree)s\nparent %(main)s\nauthor A <a@b> x y\ncommitter A\n\n%(bad)s",
    "two trees": b"tree %(tree)s\ntree %(tree)s\nparent %(main)s\n\n%(bad)s",
    "bad parent": b"tree %(tree)s\nparent xyz\n\n%(bad)s",
    "no blank line": b"tree %(tree)s\nparent %(main)s\n%(bad)s",
    "empty": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_header_hides_no_claim(project: Project, name: str) -> None:
    values = {
        b"tree": project.work.git("rev-parse", "main^{tree}").encode(),
        b"main": project.work.head().encode(),
        b"bad": BAD.encode(),
    }
    made = project.raw(DAMAGED[name] % values, literally=True)
    with nothing_received(project):
        line = f"refs/heads/x {made} refs/heads/x {'0' * 40}\n"
        done = project.feed("origin", "../origin.git", lines=line)
        assert is_refused(done), done.stderr
        assert "GT0" in done.stderr or "cannot verify" in done.stderr


@pytest.mark.parametrize("name", DAMAGED)
def test_a_tag_of_a_damaged_commit_hides_no_claim(project: Project, name: str) -> None:
    values = {b"tree": b"0" * 40, b"main": b"1" * 40, b"bad": BAD.encode()}
    made = project.raw(DAMAGED[name] % values, literally=True)
    rows = f"object {made}\ntype commit\ntag v1\n\nRelease\n".encode()
    tag = project.raw(rows, "tag", literally=True)
    line = f"refs/tags/v1 {tag} refs/tags/v1 {'0' * 40}\n"
    assert is_refused(project.feed("origin", "../origin.git", lines=line), "GT0")


@pytest.mark.parametrize(
    ("filler", "claims"),
    [("x" * 79 + "\n", True), ("x" * 79 + "\n", False), ("y", True)],
)
def test_a_message_of_20_mb_is_refused_soon(
    project: Project, filler: str, claims: bool
) -> None:
    size = 20 << 20
    text = filler * (size // len(filler)) + ("\n\n" + CLAIM if claims else "")
    made = project.commit(f"Go on\n\n{text}")
    line = f"refs/heads/x {made} refs/heads/x {'0' * 40}\n"
    begun = time.monotonic()
    done = project.feed("origin", "../origin.git", lines=line)
    assert is_refused(done, "GT008"), done.stderr
    assert time.monotonic() - begun < 10
    assert len(done.stderr) < 5000


@pytest.mark.parametrize("message", ["Duration: 1\n" * 20_000, "1 " * 200_000, "Task: " * 50_000, "took " * 100_000])  # fmt: skip
def test_a_message_of_many_claims_ends_soon(project: Project, message: str) -> None:
    made = project.commit(f"Go on\n\n{message}")
    line = f"refs/heads/x {made} refs/heads/x {'0' * 40}\n"
    begun = time.monotonic()
    done = project.feed("origin", "../origin.git", lines=line)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < 5
    assert len(done.stderr) < 50_000


def test_a_subject_of_escapes_is_shown_escaped_by_verify(project: Project) -> None:
    made = project.commit("\x1b[31m\u202e" + BAD)
    for form in ("text", "json", "junit", "github"):
        done = project.work.cli("verify", f"main..{made}", "--format", form)
        assert done.returncode == 1
        assert not {"\x1b", "\u202e"} & set(done.stdout + done.stderr)


@pytest.mark.parametrize("name", ["refs/heads/-x", "refs/heads/caf\u00e9", "refs/heads/x\u202ey", "refs/heads/%s%n"])  # fmt: skip
def test_the_name_of_a_ref_does_not_matter(project: Project, name: str) -> None:
    with nothing_received(project):
        done = project.push("origin", f"{project.commit(BAD)}:{name}")
        assert is_refused(done, "GT004")
