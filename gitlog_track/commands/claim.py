"""``claim``: print the trailers that the log backs."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.command()
@click.argument("name", metavar="[TASK|PHASE]", required=False)
@click.option("--pin/--no-pin", default=True, help="End with Metrics-Log: COMMIT.")
@click.pass_obj
def claim(surroundings: Surroundings, name: str | None, pin: bool) -> None:
    """Print the trailers that the log backs, for a commit message.

    Without argument: of the current task, else of the one completed last.

    git commit -m "..." -m "$(git track claim)"
    """
    from gitlog_track.services.claim import claim_trailers

    found = claim_trailers(surroundings.workspace(), name, pin=pin)
    surroundings.answer("\n".join(found.lines) + "\n")
    if found.refused:
        surroundings.say(f"too weak to claim: {', '.join(found.refused)}")
