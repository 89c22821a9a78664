"""``patterns``: what goes wrong again and again, for people, agents and programs."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.command()
@click.option(
    "--last",
    metavar="N",
    type=click.IntRange(min=1),
    help="Since the last N executions began: attempts, execution and exception records.",
)
@click.option("--handoff-to", metavar="NAME", default="", help="Who takes them over.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    help="How it is written: text, or md with --handoff-to.",
)
@click.pass_obj
def patterns(
    surroundings: Surroundings, last: int | None, handoff_to: str, form: str | None
) -> None:
    """Group what went wrong or was learnt by stack or by what the texts have in common.

    Issues, contract gaps, exceptions, errors, blockers, bugs and lessons, with what is
    known to have ended them. With --handoff-to it is Markdown, with fields to fill in.
    """
    from gitlog_track.renderers import patterns as renderer
    from gitlog_track.services.patterns import patterns_of_log

    workspace = surroundings.workspace()
    found = patterns_of_log(workspace, last, workers=surroundings.workers)
    form = form or ("md" if handoff_to else "text")
    if form == "json":
        from gitlog_track.renderers.machine import envelope

        body = renderer.patterns_body(found, last, handoff_to)
        log = workspace.ref().read()
        surroundings.answer(envelope(workspace.repository.common_dir, log, body))
    elif form == "md":
        surroundings.answer(renderer.patterns_markdown(found, handoff_to))
    else:
        surroundings.answer(renderer.patterns_text(found, handoff_to))
