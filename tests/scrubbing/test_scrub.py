"""What scrubbing removes, what it leaves, and that it is quick about it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gitlog_track.scrubbing.scrub import (
    NOUNS,
    RULES,
    SECRET_RULES,
    clipped,
    describe,
    scrub,
)
from gitlog_track.scrubbing.secrets import TOKENS

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g"
KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,0123456789ABCDEF\n\n"
    + "\n".join("MIIEpAIBAAKCAQEA" * 4 for _ in range(3))
    + "\nAB==\n-----END RSA PRIVATE KEY-----"
)
GH = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    ("text", "clean", "hits"),
    [
        ("ask joe.b+x@mail.example.org.", "ask <email>.", {"email": 1}),
        ("jürgen@müller.de,a@b.co", "<email>,<email>", {"email": 2}),
        ("<joe@example.org>", "<<email>>", {"email": 1}),
        ("of o'brien@example.com", "of <email>", {"email": 1}),
        ("'joe@example.com','a@b.co'", "'<email>','<email>'", {"email": 2}),
        ("from 192.168.001.001 and 010.000.000.7", "from <ip> and <ip>", {"ip": 2}),
        ("from 192.0.2.7:80 to 198.51.100.1/24", "from <ip>:80 to <ip>/24", {"ip": 2}),
        (r"a\n203.0.113.9", r"a\n<ip>", {"ip": 1}),
        ("db/10.0.0.5 and [2001:db8::7]:443", "db/<ip> and [<ip>]:443", {"ip": 2}),
        ("fe80::1%eth0 ::ffff:10.0.0.1.", "<ip>%eth0 <ip>.", {"ip": 2}),
        ("fe80::.10.0.0.1", "<ip>.<ip>", {"ip": 2}),
        ("2001:DB8:0:0:8:800:200C:417A", "<ip>", {"ip": 1}),
        ("id 123e4567-e89b-12d3-a456-426614174000!", "id <uuid>!", {"uuid": 1}),
        ("ssh://joe:pw@host/x", "ssh://<url_credentials>@host/x", {"url_credentials": 1}),
        ("https://tok@h/x?y=a@b", "https://<url_credentials>@h/x?y=a@b", {"url_credentials": 1}),
        ("redis://:p@ss@h", "redis://<url_credentials>@h", {"url_credentials": 1}),
        ("ssh://a:b@hssh://c:d@h", "ssh://<url_credentials>@hssh://<url_credentials>@h", {"url_credentials": 2}),
        ("a://b:c@d,e://f:g@h", "a://<url_credentials>@d,e://<url_credentials>@h", {"url_credentials": 2}),
        (f"Bearer {JWT}", "Bearer <jwt>", {"jwt": 1}),
        (f"x.{JWT}", "x.<jwt>", {"jwt": 1}),
        (f"'{GH}'", "'<token>'", {"token": 1}),
        (rf"'\n{GH}'", r"'\n<token>'", {"token": 1}),
        (f"key:\n{KEY}\nrest", "key:\n<private_key>\nrest", {"private_key": 1}),
        (KEY.replace("\n", "\\n") + "\\n", "<private_key>\\n", {"private_key": 1}),
        (KEY[:200], "<private_key>", {"private_key": 1}),
    ],
)  # fmt: skip
def test_what_is_removed(text: str, clean: str, hits: dict[str, int]) -> None:
    assert scrub(text) == (clean, hits)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing to see here, 3.14 and 1,000 and v1.2.3",
        "127.0.0.1 and ::1 and 0.0.0.0 and :: and 127.8.8.8 and ::ffff:127.0.0.1",
        "version 1.2.3.4, v1.2.3.4, Release: 10.0.0.1, lib1.2.3.4, 1.2.3.4.5",
        "999.1.2.3 and 1.2.3 and 01.2.3.4. and 127.000.000.001",
        "12:30:45 and aa:bb:cc:dd:ee:ff and std::vec::f64 and x[::2] and bad::face",
        "react@18.2.0 render@app.js:1:2 @decorator a@b user@localhost",
        "git@github.com:owner/name.git and ssh://git@example.org/x",
        "http://example.org/@scope/x and https://h:443/a@b",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B\n-----END PUBLIC KEY-----",
        "no -----BEGIN PRIVATE KEY----- in the file",
        "0123abc4-e89b-12d3-a456-42661417400",
        "ghp_short sk-ant- AKIA xoxb- eyJ.a.b eyJhbGciOiJIUzI1NiJ9",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ],
)
def test_what_is_left(text: str) -> None:
    assert scrub(text) == (text, {})


def _prefixed(prefix: str) -> str:
    return KEY.replace("\n", f"\n{prefix}")


LOGGED = '{"log":"' + KEY.replace("\n", '\\n","time":"12:00Z"}\n{"log":"') + '\\n"}'
WRITTEN_KEYS = {
    "pytest": f"E   {_prefixed('E   ')}",
    "log": f"2026-01-02 03:04:05,678 ERROR shop.keys - {_prefixed('2026-01-02 03:04:05,679 ERROR shop.keys - ')}",
    "compose": f"web_1  | {_prefixed('web_1  | ')}",
    "mail": f"> {_prefixed('> ')}",
    "patch": f"+{_prefixed('+')}",
    "indented": _prefixed("\t    "),
    "crlf": KEY.replace("\n", "\r\n"),
    "list": repr(KEY.splitlines()),
    "list with ends": repr(KEY.splitlines(keepends=True)),
    "source": '"' + KEY.replace("\n", '\\n" +\n  "') + '"',
    "json": json.dumps({"key": KEY}),
    "json in json": json.dumps(json.dumps({"key": KEY})),
    "json in json in json": json.dumps(json.dumps(json.dumps([KEY.splitlines()]))),
    "json log": LOGGED,
    "repr of pytest": repr(f"E   {_prefixed('E   ')}"),
}  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN_KEYS)
@pytest.mark.parametrize("is_cut", [False, True])
def test_a_key_goes_however_it_is_written(form: str, is_cut: bool) -> None:
    text = f"before\n{WRITTEN_KEYS[form]}\nand after it\n"
    if is_cut:
        text = text[: text.rindex("MIIE")]
    clean, hits = scrub(text)
    assert hits == {"private_key": 1}
    assert not re.search("MIIE|AB==|DEK", clean)
    assert clean.startswith("before\n")
    assert is_cut or clean.endswith("\nand after it\n")


@pytest.mark.parametrize(
    ("prefix", "length"),
    [
        ("sk-", 48),
        ("sk_test_", 24),
        ("rk_live_", 24),
        ("rk_test_", 24),
        ("whsec_", 32),
        ("ATATT3", 180),
        ("gsk_", 52),
        ("lin_api_", 40),
        ("glsa_", 41),
        ("sbp_", 40),
        ("glptt-", 40),
        ("gldt-", 20),
        ("glcbt-", 20),
        ("AGE-SECRET-KEY-1", 58),
        ("https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/", 24),
    ],
)
def test_a_token_is_known_by_its_prefix(prefix: str, length: int) -> None:
    rest = ("A1B2C3D4" if prefix.isupper() else "a1b2c3d4") * 23
    clean, hits = scrub(f"use {prefix}{rest[:length]} now")
    assert clean.removeprefix("use https://").removeprefix("use ") == "<token> now"
    assert hits == {"token": 1}


def test_every_rule_has_a_name_for_people() -> None:
    assert set(NOUNS) == {rule for rule, _ in RULES}
    assert set(NOUNS) > SECRET_RULES
    assert describe({"uuid": 1, "token": 3}) == "3 access tokens, 1 UUID"


def _matching(pattern: str) -> SearchStrategy[str]:
    bounded = pattern.replace(",}+", ",80}").replace("}+", "}")
    return st.from_regex(bounded, fullmatch=True)


_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_BASE64URL = st.binary(min_size=12, max_size=60).map(
    lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")
)
SECRETS: dict[str, SearchStrategy[str]] = {
    "email": st.tuples(
        st.from_regex(r"[a-z][a-z0-9._+-]{0,20}", fullmatch=True), _WORDS
    ).map(lambda parts: f"{parts[0]}@{parts[1]}.example.org"),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.integers(2**124, 2**125).map(
        lambda number: ":".join(f"{number:032x}"[i : i + 4] for i in range(0, 32, 4))
    ),
    "uuid": st.uuids().map(str),
    "url": st.tuples(_WORDS, _WORDS).map(lambda w: f"ssh://{w[0]}:{w[1]}@host"),
    "jwt": st.tuples(_BASE64URL, _BASE64URL).map(
        lambda parts: f"eyJhbGciOiJub25l.{parts[0]}.{parts[1]}"
    ),
    **{prefix: _matching(re.escape(prefix) + rest) for prefix, rest in TOKENS},
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_survives(kind: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.text(max_size=20), SECRETS[kind], st.text(max_size=20))
    def check(before: str, secret: str, after: str) -> None:
        assume(not secret.startswith(("127.", "0.0.", "git@")))
        text, hits = scrub(f"{before} {secret} {after}")
        core = secret.removeprefix("ssh://").removesuffix("@host")
        assert core not in text or core in f"{before} {after}"
        assert hits

    check()


@pytest.mark.parametrize("kind", SECRETS)
def test_no_part_of_a_secret_survives_wherever_a_text_is_cut(kind: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.text("x .<@:\n", max_size=8), SECRETS[kind])
    def check(before: str, secret: str) -> None:
        text = f"{before} {secret} end"
        clean = scrub(text)[0]
        for length in range(len(text) + 2):
            short = clipped(text, length)
            assert text.startswith(short)
            assert len(short) <= length
            assert clean.startswith(scrub(short)[0]), short

    check()


_PIECES = st.one_of(
    *SECRETS.values(),
    st.sampled_from(["version ", "v", "git", "@", "://", "::", ".", "\\n", "<", ">", " ", KEY, KEY[:80]]),
    st.text(max_size=6),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=8).map("".join))
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    clean, _ = scrub(text)
    assert scrub(clean) == (clean, {})


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_a_text_without_hits_is_what_it_was(text: str) -> None:
    clean, hits = scrub(text)
    assert (clean == text) == (not hits)
    assert sum(clean.count(f"<{rule}>") for rule in NOUNS) >= sum(hits.values())


def _repeat(piece: str) -> str:
    return (piece * 100_000)[:100_000]


HOSTILE = [
    "@", "a@", "a@a.", "a.a@", "a@a.a.a.a.a.a.a.a.a.a.a.1 ", "://", "://a:", "x://a@",
    "eyJ", "eyJaaaaaaaaaaa.", "a.", "_", "ghp_", "github_pat_", "sk-ant-", "SG.", "xoxb-",
    "SG.aaaaaaaaaaaaaaaa", ":", "::", "1:", "1:1:", "fe80::1 ", "1.", "1.1.1.1 ", ".1",
    "v1.1.1.1", "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n", "-----BEGIN A ",
    "-----BEGIN PRIVATE KEY-----\n" + "x " * 100 + "\n" + "x " * 100, "\\", "'", "MIIEpAIBAAKCAQEA ",
    "-----BEGIN PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA-" * 11, "E MIIEpAIBAAKCAQEA\n", "E \n", "\\\\n", "\\n", "-1111",
    "11111111-1111-", "a", "1", "-", " ", "\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    for text in (_repeat(piece), "-----BEGIN PRIVATE KEY-----\n" + _repeat(piece)):
        begin = time.perf_counter()
        scrub(text)
        assert time.perf_counter() - begin < 1.5


def test_a_rule_finds_spans_in_order_without_overlap() -> None:
    text = f"{KEY} {GH} {JWT} a@b.co 10.0.0.1 ssh://a:b@c github_pat_{GH}{GH}"
    for rule, spans_in in RULES:
        spans: Callable[[str], object] = spans_in
        assert spans(text) is not None
        at = 0
        for start, end in spans_in(text):
            assert at <= start < end <= len(text), rule
            at = end
