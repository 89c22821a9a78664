"""Hostile bytes for a target: its words, its seeds with pieces exchanged, and noise."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.target import Target


def hostile(one: Target) -> st.SearchStrategy[bytes]:
    words = st.sampled_from([word.encode() for word in one.words] or [b"\n"])
    seeds = [*one.seeds(), *(path.read_bytes() for path in one.inputs())] or [b""]
    noise = st.one_of(words, st.binary(max_size=8), st.text(max_size=8).map(utf8))
    pieces = st.lists(noise, max_size=12).map(b"".join)
    places = st.tuples(
        st.sampled_from(seeds), st.integers(0, 4_000), st.integers(0, 40)
    )
    return pieces | st.builds(exchanged, places, pieces)


def exchanged(place: tuple[bytes, int, int], piece: bytes) -> bytes:
    seed, at, length = place
    return seed[:at] + piece + seed[at + length :]


def utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
