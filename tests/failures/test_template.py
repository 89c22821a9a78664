"""Messages that differ only in their values have one template."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.failures.template import MASKS, template_of
from gitlog_track.scrubbing.scrub import scrub

SAME = [
    ("took 3 s", "took 200 ms", "took 1h30m", "took 1.5 minutes"),
    ("user 'ann' is unknown", "user 'o. b.' is unknown", 'user "x" is unknown'),
    ("row 7 of 12", "row 1,000 of 4_096", "row -3 of 1e9", "row 0x1f of 12"),
    ("at 2026-11-21T12:00:00.123+01:00", "at 2026-11-21 09:15:00 UTC", "at 12:30:01,5"),
    ("on Sat, 21 Nov 2026 16:04:11 +0000", "on Sat Nov  1 06:04:11 UTC 2026"),
    ("open /home/ann/x.txt", "open C:\\Users\\b\\y.txt", "open ~/z", "open ../q/r.c"),
    ("get https://a.example/b?c=1", "get postgres://u:p@10.0.0.1:5432/db"),
    ("mail to a@example.org", "mail to b.c@d.example.com"),
    ("host 10.1.2.3 is down", "host 127.0.0.1 is down", "host 2001:db8::7 is down", "host ::1 is down"),
    ("job 123e4567-e89b-12d3-a456-426614174000", "job ffffffff-0000-1111-2222-333333333333"),
    ("commit 0123abc4", "commit 1234567", "commit deadbeef01234567deadbeef01234567deadbeef"),
    ("worker-3 died", "worker-12 died"),
    ("a  b\n\tc", "a b c"),
]  # fmt: skip


@pytest.mark.parametrize("messages", SAME)
def test_what_differs_in_values_has_one_template(messages: tuple[str, ...]) -> None:
    assert len({template_of(message) for message in messages}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cannot read", "cannot write"),
        ("index out of range", "key out of range"),
        ("int32 overflow", "int64 overflow"),
        ("read/write error", "read error"),
        ("don't know", "can't know"),
        ("facade broken", "decade broken"),
        ("utf8 expected", "utf16 expected"),
        ("src/a.py: bad", "src/b.py: bad"),
    ],
)
def test_what_differs_in_words_does_not(one: str, other: str) -> None:
    assert template_of(one) != template_of(other)


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("it's 5 o'clock, isn't it", "it's <n> o'clock, isn't it"),
        ("exit status 1", "exit status <n>"),
        ("3 of 4 tests failed in 1.25s", "<n> of <n> tests failed in <duration>"),
        ("[Errno 2] No such file or directory: 'x'", "[Errno <n>] No such file or directory: <text>"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_template_reads_well(message: str, template: str) -> None:
    assert template_of(message) == template


_VALUES = {
    "number": st.integers().map(str),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=3).map(
        lambda d: f"{d:f}"
    ),
    "hex": st.integers(0, 2**64).map(hex),
    "uuid": st.uuids().map(str),
    "ip": st.ip_addresses(v=4).map(str),
    "quoted": st.text(st.characters(exclude_characters='"'), max_size=20).map(
        lambda text: f'"{text}"'
    ),
    "time": st.datetimes().map(lambda at: f"2026-{at:%m-%dT%H:%M:%S.%f}"),
    "seconds": st.integers(0, 10**6).map(lambda n: f"{n} s"),
    "url": st.from_regex(r"https?://[a-z]{1,9}\.example(/[a-z0-9]{1,9}){0,3}", fullmatch=True),
}  # fmt: skip


@pytest.mark.parametrize("kind", _VALUES)
def test_any_two_values_have_one_template(kind: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(_VALUES[kind], _VALUES[kind])
    def check(one: str, other: str) -> None:
        made = {template_of(f"could not use {value} here") for value in (one, other)}
        assert len(made) == 1

    check()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_scrubbing_before_makes_no_difference(text: str) -> None:
    assert template_of(scrub(text)[0]) == template_of(text)


@pytest.mark.parametrize(
    "piece",
    ["1", "1.", "1,", "1,000_", "a1", "a1,", "'", "' ", '"a', "12:", "1h", "/", "/a", "0x", "://", "a://", "f", "2026-11-", "<", "~", "Sat ", "-", "1 s", "\\"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begin = time.perf_counter()
    template_of(text)
    assert time.perf_counter() - begin < 2


def test_every_mask_is_of_use() -> None:
    masked = " ".join(template_of(message) for row in SAME for message in row)
    assert [mask for mask, _ in MASKS if mask not in masked] == []
