"""A log with a line that no log may have: nobody takes it; the way out, as documented."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from gitlog_track.errors import LogCorruptError
from gitlog_track.log.layout import LOG_REF
from tests.support.remotes import Server, Site, assert_one_log, settle

README = Path(__file__).parents[2] / "README.md"
KEPT = "refs/gitlog-track-bad/log"


def way_out_of_the_bad_clone() -> list[str]:
    """Return the README's command lines for the clone that has the bad line."""
    text = README.read_text().partition("## Share the log")[2]
    block = text.partition(f"git update-ref {KEPT}")[1:]
    return ("".join(block)).partition("```")[0].strip().split("\n")


def refusal(site: Site, *, accept: bool) -> str:
    """Check that a site does not take the remote's log; return what helps."""
    with pytest.raises(LogCorruptError, match="a line cannot be read") as caught:
        site.sync(accept=accept)
    return str(caught.value.hint)


def test_a_remote_with_a_bad_line_is_put_back(
    server: Server, ann: Site, bob: Site, tmp_path: Path
) -> None:
    carol = Site.of(server, tmp_path / "carol")
    for site in (ann, bob, carol):
        site.note(f"of {site.path.name}")
    settle(ann, bob, carol)
    bad = {p: d + b"no event\n" if "tasks" in p else d for p, d in bob.files().items()}
    bob.forge_files(bad, str(bob.tip))
    bob.note("after the bad line", "P1-002")
    bob.run("push", "-q", "origin", LOG_REF)
    ann.note("meanwhile")
    carol.note("of carol, meanwhile")
    hints = {
        refusal(site, accept=accept)
        for site in (ann, carol)
        for accept in (False, True)
    }
    command = hints.pop().partition("where the log is good: ")[2]
    assert not hints
    ann.run(*shlex.split(command)[1:])
    carol.sync()
    rows = way_out_of_the_bad_clone()
    assert rows[2:] == ["gitlog-track fetch --accept-rewrite"]
    for row in rows[:2]:
        subprocess.run(shlex.split(row), cwd=bob.path, check=True)
    bob.exchange(accept=True).fetch()
    bob.note("bob again")
    settle(ann, bob, carol)
    assert_one_log(server, ann, bob, carol)
    assert carol.notes() == [
        "bob again", "meanwhile", "of ann", "of bob", "of carol", "of carol, meanwhile",
    ]  # fmt: skip
    assert "P1-002" in bob.text("ls-tree", "-r", "--name-only", KEPT)


def test_a_clone_whose_log_is_gone_gets_it_back(ann: Site) -> None:
    ann.note("one")
    ann.sync()
    before = ann.tip
    ann.run("update-ref", "-d", LOG_REF)
    assert ann.sync().merged == "adopted"
    assert ann.tip == before
