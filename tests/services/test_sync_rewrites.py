"""A remote's log that was rewritten or deleted: told, and joined when accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlog_track.errors import LogError
from gitlog_track.git.objects import ZERO_OID
from gitlog_track.log.audit import audit_log, judge_update
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services import incoming
from gitlog_track.services.incoming import RewrittenError
from tests.support.examples import line
from tests.support.remotes import (
    Server,
    Site,
    assert_one_log,
)


def rewrite(server: Server, tip: str) -> str:
    """Let somebody force the log back to an empty one with another root."""
    tree = server.text("rev-parse", f"{tip}^{{tree}}")
    made = server.text("commit-tree", tree, "-m", "rewritten")
    server.text("update-ref", LOG_REF, made)
    return made


def test_a_rewritten_log_is_reported_and_not_merged(
    server: Server, ann: Site, bob: Site
) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    rewrite(server, str(ann.tip))
    ann.note("two")
    before = ann.tip
    for act in (ann.sync, ann.push, ann.fetch, ann.sync):
        with pytest.raises(RewrittenError, match="was rewritten") as caught:
            act()
        assert "--accept-rewrite" in str(caught.value.hint)
        assert (ann.tip, ann.tracking) == (before, bob.tip)


def test_an_accepted_rewrite_joins_both(server: Server, ann: Site, bob: Site) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    forced = rewrite(server, str(ann.tip))
    ann.note("two")
    done = ann.sync(accept=True)
    assert (done.merged, done.is_pushed) == ("merge", True)
    assert ann.ref.contains(forced)
    assert ann.notes() == ["one", "two"]
    bob.sync()
    assert_one_log(server, ann, bob)


def test_a_deleted_log_is_reported_and_not_pushed_again(
    server: Server, ann: Site
) -> None:
    ann.note("one")
    ann.sync()
    server.text("update-ref", "-d", LOG_REF)
    ann.note("two")
    for act in (ann.sync, ann.push, ann.fetch):
        with pytest.raises(RewrittenError, match="is gone from origin"):
            act()
    assert server.tip is None
    ann.sync(accept=True)
    assert server.tip == ann.tip


def test_a_fast_forward_that_drops_a_line_is_no_growth(ann: Site, bob: Site) -> None:
    for text in ("one", "two"):
        ann.note(text)
    ann.sync()
    bob.sync()
    files = {
        path: data.replace(data.split(b"\n")[0] + b"\n", b"", 1)
        if "tasks" in path
        else data
        for path, data in bob.files().items()
    }
    bob.forge_files(files, str(bob.tip))
    bob.run("push", "-q", "origin", LOG_REF)
    with pytest.raises(LogError, match=r"1 line of .* gone or changed") as caught:
        ann.sync()
    assert "gitlog-track sync origin --accept-rewrite" in str(caught.value.hint)
    assert ann.notes() == ["one", "two"]
    assert ann.sync(accept=True).merged == "merge"
    assert ann.notes() == ["one", "two"]


BAD_LINES = [
    (b"no event\n", "a line cannot be read"),
    (line("note_recorded", task="P1-001", text="x", id="f" * 32) + b"\n", "the id of what it says"),
    (line("note_recorded", task="P9-999", text="x") + b"\n", "does not belong into"),
]  # fmt: skip


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize(("added", "words"), BAD_LINES)
def test_lines_are_judged_however_many_steps_came_with_them(
    ann: Site,
    bob: Site,
    monkeypatch: pytest.MonkeyPatch,
    added: bytes,
    words: str,
    accept: bool,
) -> None:
    monkeypatch.setattr(incoming, "STEPS_JUDGED", 0)
    ann.note("one")
    ann.sync()
    (note,) = bob.sync().notes
    assert "of 1 new log commits the lines were judged, not every step" in note
    files = {p: d + added if "tasks" in p else d for p, d in bob.files().items()}
    bob.forge_files(files, str(bob.tip))
    bob.run("push", "-q", "origin", LOG_REF)
    before = ann.tip, ann.tracking
    with pytest.raises(LogError, match=words):
        ann.sync(accept=accept)
    assert (ann.tip, ann.tracking) == before


# a rewrite that was accepted, for everybody else


def drop_a_line(site: Site) -> str:
    """Let a site push a follower of the log that lacks its oldest note."""
    files = {
        path: data.split(b"\n", 1)[1] if "tasks" in path else data
        for path, data in site.files().items()
    }
    made = site.forge_files(files, str(site.tip))
    site.run("push", "-q", "origin", LOG_REF)
    return made


@pytest.mark.parametrize("how", ["a follower without a line", "another root"])
def test_an_accepted_rewrite_is_taken_by_other_and_new_clones(
    server: Server, ann: Site, bob: Site, tmp_path: Path, how: str
) -> None:
    carol = Site.of(server, tmp_path / "carol")
    for text in ("one", "two"):
        ann.note(text)
    ann.sync()
    bob.sync()
    carol.sync()
    carol.note("of carol, not pushed yet")
    is_dropped = how == "a follower without a line"
    broken = drop_a_line(bob) if is_dropped else rewrite(server, str(ann.tip))
    with pytest.raises(RewrittenError):
        carol.sync()
    ann.sync(accept=True)
    done = carol.sync()
    new = Site.of(server, tmp_path / "new")
    first = new.sync()
    if is_dropped:
        for notes in (done.notes, first.notes):
            (note,) = notes
            assert "was rewritten once, and mended" in note
            assert broken[:12] in note
    for site in (ann, bob, new):
        site.sync()
    assert {site.tip for site in (ann, bob, carol, new)} == {server.tip}
    assert new.notes() == ["of carol, not pushed yet", "one", "two"]
    audited = audit_log(new.log)
    assert (audited.findings, audited.mended) == ((), (broken,) if is_dropped else ())
    # Another server takes the log too.
    assert judge_update(new.git, new.home.common_dir, ZERO_OID, str(new.tip)) == []


def test_what_was_mended_in_part_is_still_refused(
    ann: Site, bob: Site, server: Server, tmp_path: Path
) -> None:
    for text in ("one", "two", "three"):
        ann.note(text)
    ann.sync()
    bob.sync()
    whole = bob.files()
    tip = bob.tip
    less = {p: d.split(b"\n", 2)[2] if "tasks" in p else d for p, d in whole.items()}
    bob.forge_files(less, str(tip))
    half = {p: d.split(b"\n", 1)[1] if "tasks" in p else d for p, d in whole.items()}
    bob.forge_files(half, str(bob.tip))
    bob.run("push", "-q", "origin", LOG_REF)
    for site in (ann, Site.of(server, tmp_path / "new")):
        before = site.tip
        with pytest.raises(LogError, match=r"2 lines of .* gone or changed"):
            site.sync()
        assert site.tip == before
    (found,) = judge_update(bob.git, bob.home.common_dir, ZERO_OID, str(bob.tip))
    assert "gone or changed" in found
    assert audit_log(bob.log).findings
