"""``reconcile``: find lost commits again in the squash merges of a forge."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.output import format_option
from gitlog_track.services.reconcile import (
    Reconciled,
    find_squashes,
    record_squashes,
)
from gitlog_track.services.record import fold_quietly


@click.command()
@click.argument("revisions", metavar="[RANGE]", required=False)
@click.option("--dry-run", is_flag=True, help="Show what is found, record nothing.")
@format_option("text", "json")
@click.pass_obj
def reconcile(
    surroundings: Surroundings, revisions: str | None, dry_run: bool, form: str
) -> int:
    """Record which new commits carry the work of commits that a forge squashed.

    Looks at the commits of RANGE that are on HEAD; by default at those since tracking
    began. Exit code 1 where something is ambiguous: it is shown, and nothing is
    recorded of it.
    """
    workspace = surroundings.workspace()
    found = find_squashes(workspace, revisions, surroundings.workers)
    if found.squashes and not dry_run:
        record_squashes(workspace, found.squashes)
        if problem := fold_quietly(workspace):
            surroundings.warn(f"recorded, but not in the log yet: {problem}")
    if form == "json":
        from gitlog_track.renderers.machine import envelope
        from gitlog_track.renderers.reconcile import reconcile_body

        body = reconcile_body(
            found.squashes, found.doubts, found.lost, is_dry_run=dry_run
        )
        common = workspace.repository.common_dir
        surroundings.answer(envelope(common, workspace.ref().read(), body))
    else:
        _tell(surroundings, found, is_dry_run=dry_run)
    return 1 if found.doubts else 0


def _tell(surroundings: Surroundings, found: Reconciled, *, is_dry_run: bool) -> None:
    from gitlog_track.renderers.reconcile import doubt_text, squash_text

    for squash in found.squashes:
        text = squash_text(squash, found.titles.get(squash.commit, ""))
        surroundings.answer(f"{text}\n")
    for doubt in found.doubts:
        surroundings.answer(f"{doubt_text(doubt, found.titles)}\n")
    merges = len({squash.commit for squash in found.squashes})
    noun = "squash merge" if merges == 1 else "squash merges"
    surroundings.say(
        f"{merges} {noun} {'found' if is_dry_run else 'recorded'}, "
        f"{len(found.doubts)} ambiguous; "
        f"{found.lost} recorded commits are on HEAD under no id"
    )
